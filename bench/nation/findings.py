"""What was measured of the stores, as figures of the document."""

from collections.abc import Iterator, Sequence
from typing import cast

from bench.nation.measured import Measured
from bench.nation.questions import RUNS, Answer
from bench.results import Findings, Row, Table

_MOST_BY_HAND, _MOST_BY_SIZE, _MOST_MS, _COMMIT_MS, _BYTES = 1.5, 1.3, 50, 30, 4
_ABOUT = """The real regions of the country with invented villages up to 690,000; 山东's counties up to 20,000; one county of
400 villages, which is part of all three and reports the same in each. Eight flows, three stocks and a percentage a month,
3 % missing, households and natural villages once; a batch a county and month, then six batches that each correct 2 % of a
month's cells all over the country. The rows are written by sets, not county by county; the store of 400 is then proved to be
row for row what the app's own commits write (journal, origins, roll-up), and of the large ones the app works out the roll-up
of some counties anew at three watermarks.

A question is asked through `store.reading`, which every page reads by, without the memory that keeps figures between pages;
by hand is DuckDB's own SQL for the same store by somebody who knows that only villages report, and its figures are compared
with ours every time; a raw scan sums the months' rows of the journal, without carrying or ratios."""


def findings(found: Sequence[Measured]) -> Findings:
    """Aims first, then every time."""
    rows = [
        *(row for one in found for row in _by_hand(one)),
        *_by_size(found),
        *(row for one in found for row in _of_store(one, is_largest=one is found[-1])),
    ]
    proved = "; ".join(f"{one.villages:,} villages: {one.proved:,} rows" for one in found)
    return {
        "about": [_ABOUT, f"Medians of {RUNS}, the three ways in turn. Proved rows: {proved}."],
        "rows": rows,
        "tables": [*map(_answers, found), _pages(found), _opening(found)],
    }


def _name(one: Measured) -> str:
    return f"{one.villages:,} villages"


def _when(answer: Answer) -> str:
    return "now" if answer.is_newest else "before the corrections"


def _by_hand(one: Measured) -> Iterator[Row]:
    for answer in one.answers:
        ratio = answer.ours.median / answer.hand.median
        is_met = ratio <= _MOST_BY_HAND
        yield {
            "group": f"Queries beside hand-written SQL, {_name(one)}",
            "what": f"{answer.asked.name}, {_when(answer)}",
            "value": answer.ours.median,
            "unit": "ms",
            "ratio": ratio,
            "aim": f"≤ {_MOST_BY_HAND} × by hand ({answer.hand.median:.1f} ms)",
            "met": is_met,
            "why": "" if is_met else _why(answer),
        }


def _why(answer: Answer) -> str:
    beyond = answer.ours.median - answer.hand.median
    return (
        f"{beyond:.0f} ms more: building, compiling and planning a statement that holds every rule of the domain, and "
        "shaping the frame"
    )


def _by_size(found: Sequence[Measured]) -> Iterator[Row]:
    """County questions of the largest store against the smallest, and the country's roll-up."""
    smallest, largest = found[0], found[-1]
    if smallest is not largest:
        for small, large in zip(smallest.answers, largest.answers, strict=True):
            if large.asked.is_of_a_county:
                ratio = large.ours.median / small.ours.median
                is_met = ratio <= _MOST_BY_SIZE
                yield {
                    "group": f"County questions, {_name(largest)} against {smallest.villages:,}",
                    "what": f"{large.asked.name}, {_when(large)}",
                    "value": large.ours.median,
                    "unit": "ms",
                    "ratio": ratio,
                    "aim": f"≤ {_MOST_BY_SIZE} × of {small.ours.median:.1f} ms",
                    "met": is_met,
                    "why": ""
                    if is_met
                    else "parts of the journal and of the roll-up hold several counties, and are read whole",
                }
        yield from _county_pages(smallest, largest)
    for answer in largest.answers:
        if not answer.asked.is_of_a_county:
            is_met = answer.ours.median <= _MOST_MS
            yield {
                "group": f"Roll-up of the country, {_name(largest)}",
                "what": f"{answer.asked.name}, {_when(answer)}",
                "value": answer.ours.median,
                "unit": "ms",
                "aim": f"≤ {_MOST_MS} ms",
                "met": is_met,
                "why": ""
                if is_met
                else "what later months carried is kept in the roll-up of each month, and passed over",
            }


def _county_pages(smallest: Measured, largest: Measured) -> Iterator[Row]:
    """What pages of a county ask, shaped for them, with what they keep between them and without."""
    for small, large in zip(smallest.pages, largest.pages, strict=True):
        if small.is_of_a_county:
            for what, least, most in (
                ("nothing read before", small.new, large.new),
                ("read before", small.kept, large.kept),
            ):
                ratio = most.median / least.median
                row: Row = {
                    "group": f"County pages, {_name(largest)} against {smallest.villages:,}",
                    "what": f"{large.name}, {what}",
                    "value": most.median,
                    "unit": "ms",
                    "ratio": ratio,
                    "why": ""
                    if ratio <= _MOST_BY_SIZE
                    else "24 months are read, from parts that hold several counties",
                }
                yield row | _aimed(f"≤ {_MOST_BY_SIZE} × of {least.median:.1f} ms", ratio <= _MOST_BY_SIZE)


def _of_store(one: Measured, *, is_largest: bool) -> Iterator[Row]:
    """The aims are of the largest store."""
    whole, alone = one.committed.whole, one.committed.without_rollup
    what = f"{one.committed.villages} villages, {one.committed.cells:,} cells replaced"
    commit: Row = {
        "group": f"Commit of a county's month, {_name(one)}",
        "what": what,
        "value": whole.median,
        "unit": "ms",
        "why": f"p95 {whole.p95:.0f} ms, processor {whole.cpu:.0f} ms; without the roll-up {alone.median:.0f} ms. A figure "
        "that is carried changes the roll-up of twelve months more, each worked out village by village",
    }
    yield commit | _aimed(f"≤ {_COMMIT_MS} ms", whole.median <= _COMMIT_MS) if is_largest else commit
    bytes_each, packed = one.size.store / one.size.rows, one.size.parquet / one.size.rows
    on_disk: Row = {
        "group": f"Bytes on disk, {_name(one)}",
        "what": f"a row of the journal, of {one.size.rows:,}, with all else in the store",
        "value": bytes_each,
        "unit": "B",
        "ratio": one.size.store / one.size.parquet,
        "why": f"the journal alone {one.size.journal / one.size.rows:.2f} B; zstd Parquet of its rows {packed:.2f} B. "
        "Values are exact, in ten-thousandths, so that a whole number is stored 13 bits longer than it is; roll-up and "
        "origins are the rest",
    }
    yield on_disk | _aimed(f"≤ {_BYTES} B", bytes_each <= _BYTES) if is_largest else on_disk


def _aimed(aim: str, is_met: bool) -> Row:
    """What is added to a figure that has an aim."""
    return cast(Row, {"aim": aim, "met": is_met})


def _answers(one: Measured) -> Table:
    return {
        "title": f"Milliseconds, {_name(one)}: median / p95 / processor",
        "header": ["question", "as of", "EcoDash", "by hand", "raw scan", "of raw", "rows"],
        "rows": [
            [
                answer.asked.name,
                _when(answer),
                *(f"{t.median:.1f} / {t.p95:.1f} / {t.cpu:.1f}" for t in (answer.ours, answer.hand, answer.raw)),
                f"{answer.ours.median / answer.raw.median:.1f}",
                f"{len(answer.rows):,}",
            ]
            for answer in one.answers
        ],
    }


def _pages(found: Sequence[Measured]) -> Table:
    """Pages read 24 months of all indicators at once, so that a change of the month finds them."""
    names = [page.name for page in found[0].pages]
    return {
        "title": "Questions as pages ask them, milliseconds: nothing read before / read before",
        "header": ["question", *map(_name, found)],
        "rows": [
            [name, *(f"{one.pages[place].new.median:.0f} / {one.pages[place].kept.median:.1f}" for one in found)]
            for place, name in enumerate(names)
        ],
    }


def _opening(found: Sequence[Measured]) -> Table:
    return {
        "title": "Opening a store in a fresh process",
        "header": ["store", "opening s", "regions s", "regions", "MB before", "MB after"],
        "rows": [
            [
                _name(one),
                f"{one.opened.opening:.2f}",
                f"{one.opened.regions:.2f}",
                f"{one.opened.count:,}",
                f"{one.opened.before:.0f}",
                f"{one.opened.held:.0f}",
            ]
            for one in found
        ],
    }
