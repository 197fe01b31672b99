"""合计 rows against what they cover: a difference is a doubt, as either may have been misread or mistyped."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ecodash.decimals import SCALE, Ints, scaled_one, unscaled
from ecodash.domain.indicators import Aggregation, Kind
from ecodash.domain.regions import Level, ancestor_key, level_of
from ecodash.domain.units import Units
from ecodash.ingest.body import Body, Total
from ecodash.ingest.cells import UNKNOWN, Placed
from ecodash.ingest.faults import LISTED, Doubt, cut
from ecodash.ingest.numbers import read_number

_SUMMED_KINDS = frozenset({Kind.FLOW, Kind.STOCK, Kind.ATTRIBUTE})


def check_totals(
    body: Body, placed: list[Placed], keys: Ints, units: Units, town_named: Callable[[str], int | None]
) -> list[Doubt]:
    """A doubt for each number of a total row that is not the sum of what it covers.

    A row that names a town covers the town's rows; 小计 covers the rows since the total before it, or up to the next
    where it stands on top; 合计 and 总计 cover all. Where a town and its villages stand in one table, only the villages
    are added. It is enough that one reading of the total adds up. Ratios and scores are not sums.

    Args:
        placed: the figures of columns that hold one indicator each.
        keys: region of each data row.
        town_named: key of the town a text names, or None.
    """
    if not body.totals:
        return []
    finest, by_key = _finest(keys), np.argsort(keys, kind="stable")
    counts, sorted_keys = _Sums(finest.astype(np.int64), by_key), keys[by_key]
    bounds = [0, *(total.before for total in body.totals), len(body.rows)]
    spans = [
        _spans(total, since, until, sorted_keys, town_named, counts)
        for total, since, until in zip(body.totals, bounds, bounds[2:], strict=False)
    ]
    doubts: list[tuple[int, int, Doubt]] = []
    for order, one in enumerate(placed):
        if one.figures.indicator.aggregation is Aggregation.SUM and one.figures.indicator.kind in _SUMMED_KINDS:
            amounts = np.zeros(len(keys), dtype=np.int64)
            amounts[one.places] = np.where(finest[one.places], one.amounts, 0)
            sums = _Sums(amounts, by_key)
            for number, total in enumerate(body.totals):
                doubt = _judge(total, one, [sums.of(span) for span in spans[number]], units)
                if doubt is not None:
                    doubts.append((number, order, doubt))
    told = [doubt for *_, doubt in sorted(doubts, key=lambda found: found[:2])]
    if len(told) > LISTED:
        hint = f"同类疑点另有 {len(told) - LISTED} 处没有逐条列出，例如：{told[LISTED].hint}请先核对整张表的合计行。"
        return [*told[:LISTED], Doubt("total_differs", hint)]
    return told


@dataclass(frozen=True, slots=True)
class _Span:
    """Rows from one to before another, in the file's order or in that of their regions."""

    start: int
    stop: int
    is_by_key: bool = False


class _Sums:
    """Sums of any span at once: a county's table may have a thousand 小计.

    Args:
        values: one for each row.
        by_key: rows in the order of their regions.
    """

    def __init__(self, values: Ints, by_key: Ints) -> None:
        self._by_row = np.append(0, np.cumsum(values))
        self._by_key = np.append(0, np.cumsum(values[by_key]))

    def of(self, span: _Span) -> int:
        sums = self._by_key if span.is_by_key else self._by_row
        return int(sums[span.stop] - sums[span.start])


def _spans(
    total: Total,
    since: int,
    until: int,
    sorted_keys: Ints,
    town_named: Callable[[str], int | None],
    counts: _Sums,
) -> list[_Span]:
    """What a total may cover, likeliest first; only what has rows."""
    everything = _Span(0, len(sorted_keys))
    block, below = _Span(since, total.before), _Span(total.before, until)
    town = next((key for cell in total.cells[:6] if cell and (key := town_named(cell)) is not None), None)
    found = [block, below] if "小计" in total.text else [everything, block, below]
    if town is not None:
        first, last = np.searchsorted(sorted_keys, [town + 1, town + level_of(town).span]).tolist()
        inside = _Span(first, last, is_by_key=True)
        if counts.of(inside):
            found = [inside]
    return [span for span in found if counts.of(span)]


def _finest(keys: Ints) -> npt.NDArray[np.bool_]:
    """Rows that are not themselves the sum of others in the table: a town whose villages are there is left out."""
    known = np.unique(keys[keys != UNKNOWN]).tolist()
    parents = {
        ancestor_key(key, level)
        for key in known
        for level in (Level.TOWN, Level.COUNTY)
        if ancestor_key(key, level) != key
    }
    return ~np.isin(keys, np.fromiter(parents, np.int64, len(parents)))


def _judge(total: Total, one: Placed, sums: list[int], units: Units) -> Doubt | None:
    source, indicator = one.figures.source, one.figures.indicator
    column = source.column
    text = total.cells[column.position] if column.position < len(total.cells) else ""
    reading = read_number(text, indicator, units, unit=source.unit)
    if reading.value is None or not sums:
        return None
    written = scaled_one(reading.value)
    # Each converted figure, and the total, may have been rounded by half the last digit kept.
    slack = (len(one.places) + 1) * (SCALE // 10**indicator.decimals) // 2 if source.unit else 0
    if any(abs(written - found) <= slack for found in sums):
        return None
    hint = (
        f"第 {total.row} 行“{cut(total.text)}”的“{indicator.name}”是 {unscaled(written):f}，所列各行之和是 "
        f"{unscaled(sums[0]):f}，相差 {unscaled(abs(written - sums[0])):f}。请核对是否漏行或填错。"
    )
    return Doubt(
        "total_differs", hint, indicator=indicator.code, row=total.row, column=cut(column.label), value=cut(text),
        position=column.position,
    )  # fmt: skip
