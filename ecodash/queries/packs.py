"""Several pages for one snapshot: those chosen at a selection, those of a meeting, and a month's 红黑榜."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pandas as pd

from ecodash.domain.access import Right
from ecodash.domain.comparison import Comparison
from ecodash.domain.indicators import Kind
from ecodash.domain.listed import Entry, MonthLists
from ecodash.domain.lists import By, Side
from ecodash.domain.meeting import MeetingOrder, Slide, Stop
from ecodash.domain.pages import Page
from ecodash.domain.periods import Month
from ecodash.domain.regions import region_code
from ecodash.domain.selection import Selection
from ecodash.domain.snapshots import check_page_count
from ecodash.i18n import CHINESE, speaking
from ecodash.permits import needs, of_order, of_rule, of_selection
from ecodash.queries.deadlines import due_of
from ecodash.queries.figures import key_figures
from ecodash.queries.frozen import freeze, page_meta
from ecodash.queries.lists import month_lists
from ecodash.queries.meeting import settle_stops
from ecodash.queries.targets import region_targets, unit_progress
from ecodash.reports import lists_words
from ecodash.reports.frozen import FrozenPage
from ecodash.workspace import Workspace

# ── pages at one selection ─────────────────────────────────────────────────────────────────────────────────────────


@needs(Right.READ, of_selection)
def freeze_pages(
    workspace: Workspace, pages: Sequence[Page], selection: Selection, comparison: Comparison | None = None
) -> list[FrozenPage]:
    """Several pages at the same selection, in order; one asked for twice stands once.

    Args:
        comparison: how 排名 ranks, where it is not by the month alone; the other pages do not mind it.

    Raises:
        UserError: too many pages, or 红黑榜, which freeze_lists makes.
    """
    chosen = list(dict.fromkeys(pages))
    check_page_count(len(chosen))
    return [freeze(workspace, page, selection, comparison) for page in chosen]


@needs(Right.READ, of_selection)
def telling_indicator(workspace: Workspace, selection: Selection) -> str:
    """An indicator the region itself has a figure for: a rate where there is one; else the selection's, which may be one
    of its units alone."""
    figures = key_figures(workspace, selection)
    known = figures[figures["value"].notna()]
    rates = known[known["kind"] == Kind.RATIO.value]
    first = rates if not rates.empty else known
    return selection.indicator if first.empty else str(first["indicator"].iloc[0])


# ── the slides of a meeting ────────────────────────────────────────────────────────────────────────────────────────

_PAGES = {
    Slide.OVERVIEW: Page.OVERVIEW,
    Slide.TARGETS: Page.PROGRESS,
    Slide.PROGRESS: Page.PROGRESS,
    Slide.RANKING: Page.RANKING,
    Slide.MAP: Page.MAP,
    Slide.REPORTING: Page.REPORTING,
    Slide.PROFILE: Page.PROFILE,
}
"""进度 shows both the targets of the region and those of its units, to which the screen gives a slide each."""


@needs(Right.READ, of_order)
def freeze_order(workspace: Workspace, order: MeetingOrder, watermark: int) -> list[FrozenPage]:
    """The slides of a meeting as pages, in order, each of the place, month, level and indicator its slide shows.

    Slides that come to the same page stand once, where the first of them stands: 目标进度 and 各地进度 of one place are
    one page, and who reported does not depend on the indicator.

    Raises:
        UserError: the order names what does not exist, or makes too many pages.
    """
    planned = list(dict.fromkeys(_planned(workspace, order, watermark)))
    check_page_count(len(planned))
    return [freeze(workspace, page, selection) for page, selection in planned]


def _planned(workspace: Workspace, order: MeetingOrder, watermark: int) -> list[tuple[Page, Selection]]:
    """The page of every slide, equal ones for slides that belong together."""
    settled = [
        (stop.slide, _settled_page(workspace, order, stop, selection))
        for stop, selection in zip(order.stops, settle_stops(workspace, order, watermark), strict=True)
    ]
    first: dict[tuple[Slide, Selection], Selection] = {}
    for slide, selection in settled:
        first.setdefault((slide, selection.at(indicator="")), selection)
    planned = []
    for slide, selection in settled:
        place = selection.at(indicator="")
        if slide is Slide.TARGETS:
            selection = first.get((Slide.PROGRESS, place)) or first[slide, place]
        elif slide is Slide.REPORTING:
            selection = first[slide, place]
        planned.append((_PAGES[slide], selection))
    return planned


def _settled_page(workspace: Workspace, order: MeetingOrder, stop: Stop, selection: Selection) -> Selection:
    """What the page of a slide looks at: what the slide does. Where the order names no indicator, a page that shows one
    more closely than the slide, or that would show nothing of the usual one, takes the one it would itself begin with.
    """
    if stop.indicator or order.indicator:
        return selection
    if stop.slide is Slide.PROFILE:
        return selection.at(indicator=telling_indicator(workspace, selection))
    if stop.slide in (Slide.TARGETS, Slide.PROGRESS) and unit_progress(workspace, selection).empty:
        codes = [str(code) for code in region_targets(workspace, selection)["indicator"]]
        rates = [code for code in codes if workspace.catalog[code].kind is Kind.RATIO]
        return selection.at(indicator=next(iter(rates or codes), selection.indicator))
    return selection


# ── red and black lists ────────────────────────────────────────────────────────────────────────────────────────────


@needs(Right.READ, of_rule)
def freeze_lists(
    workspace: Workspace, watermark: int, month: Month, rule_number: int, reasons_number: int = 0
) -> FrozenPage:
    """A month's 红黑榜 by a version of a rule: who is on which list and why, in the words of its annex, in Chinese.

    Args:
        rule_number: of the rule's version.
        reasons_number: of the version of the reviewer's reasons; 0: without.

    Returns:
        A page with the tables list_entries (LIST_COLUMNS; one row per unit listed, red ones first, each list in its
        order) and list_notes (code, note: a sentence a row). Its meta has, beside what every page's says, `lists`:
        rule_number, rule_name, rule_version, reasons_number, title, rules (sentences), previous_label, has_distance,
        judged, unlisted, is_due, due_at (ISO).

    Raises:
        LinkUnknown: there is no such rule.
        UserError: the rule cannot be read or names what is not here.
    """
    with speaking(CHINESE):
        lists = month_lists(workspace, watermark, month, rule_number, reasons_number)
        rule = lists.rule
        selection = Selection(watermark, month, rule.region, rule.indicator, rule.level)
        meta = page_meta(workspace, Page.LISTS, selection) | {
            "lists": _lists_meta(lists, due_of(workspace, rule.region, month))
        }
        notes = [(note.code, lists_words.note_words(note)) for note in lists.notes]
        tables = {
            "list_entries": list_entries(lists),
            "list_notes": pd.DataFrame(notes, columns=["code", "note"], dtype="string"),
        }
        return FrozenPage(Page.LISTS, selection, meta, tables)


def _lists_meta(lists: MonthLists, due: datetime) -> dict[str, Any]:
    return {
        "rule_number": lists.number,
        "rule_name": lists.name,
        "rule_version": lists.version,
        "reasons_number": lists.reasons_number,
        "title": lists_words.title(lists),
        "rules": lists_words.rule_words(lists),
        "previous_label": lists_words.since_words(lists.rule.comparison),
        "has_distance": By.THRESHOLD in (lists.rule.red.by, lists.rule.black.by),
        "judged": lists.judged,
        "unlisted": lists.unlisted,
        # As of the commit, not of the clock: the same page is made again by whoever checks it later.
        "is_due": lists.committed_at is not None and due <= lists.committed_at,
        "due_at": due.isoformat(),
    }


LIST_COLUMNS = {
    "side": "string", "place": "int64", "region": "int64", "region_code": "string", "name": "string",
    "parent": "string", "rank": "Int64", "previous_rank": "Int64", "movement": "Int64", "value": "float64",
    "previous": "float64", "distance": "float64", "streak": "int64", "villages": "int64", "reported": "int64",
    "carried": "int64", "late": "int64", "missing": "int64", "grounds": "string", "reason": "string",
    "own_reason": "string", "own_by": "string", "own_at": "datetime64[us, UTC]",
}  # fmt: skip
"""Columns of list_entries and their types. side: red or black; place: from 1 down the list; value, previous: NaN is
unreported; distance: value less the standard's bound; streak: months in a row on this list; villages, reported, carried,
late, missing: counts of villages; grounds: codes, comma-separated; reason: as the annex words it; own_reason, own_by,
own_at: the reviewer's words, "" and NaT where nobody wrote any."""


def list_entries(lists: MonthLists) -> pd.DataFrame:
    """Who is on the lists, in the language of the context: LIST_COLUMNS."""
    rows = [
        _entry_row(lists, side, place, entry)
        for side in Side
        for place, entry in enumerate(lists.entries(side), start=1)
    ]
    return pd.DataFrame(rows, columns=list(LIST_COLUMNS)).astype(LIST_COLUMNS)


def _entry_row(lists: MonthLists, side: Side, place: int, entry: Entry) -> tuple[Any, ...]:
    return (
        side.value, place, entry.region, region_code(entry.region), entry.name, entry.parent, entry.rank,
        entry.previous_rank, entry.movement, entry.value, entry.previous, entry.distance, entry.streak,
        entry.villages, entry.reported, entry.carried, entry.late, entry.missing,
        ",".join(ground.value for ground in entry.grounds), lists_words.reason(entry, side, lists),
        entry.own_reason, entry.own_by, entry.own_at,
    )  # fmt: skip
