"""Then and now: what changed since a snapshot was made of what its pages are made of, and its figures beside today's."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from ecodash.analytics.spans import SpanRule, span_rule
from ecodash.analytics.then_now import compare_pages
from ecodash.domain.access import Right
from ecodash.domain.comparison import Comparison
from ecodash.domain.composite import find_composite_number
from ecodash.domain.indicators import Kind
from ecodash.domain.pages import Page
from ecodash.domain.periods import FIRST_MONTH, Month
from ecodash.domain.regions import COUNTRY_KEY, Level, key_range, level_of, region_code
from ecodash.domain.selection import Selection
from ecodash.domain.since import Change, Since
from ecodash.domain.snapshots import Snapshot
from ecodash.domain.targets import STALL_MONTHS, year_end_before
from ecodash.errors import UserError
from ecodash.i18n import CHINESE, speaking
from ecodash.i18n import gettext as _
from ecodash.permits import needs, of_pages, of_snapshots
from ecodash.queries.composites import composite_of
from ecodash.queries.dossier import TREND_MONTHS
from ecodash.queries.frozen import read_comparison
from ecodash.queries.lists import STREAK_MONTHS
from ecodash.queries.profile import SPARK_MONTHS
from ecodash.queries.snapshots import freeze_again, frozen_pack
from ecodash.reports.frozen import FrozenPack, FrozenPage
from ecodash.store import records
from ecodash.store.since import Reach, actors_of, cell_changes, target_changes
from ecodash.workspace import Workspace

YEAR = 12
Span = tuple[Sequence[str], Month, Month]
"""Indicators whose figures of some months, from the first to the last, a page shows."""

# ── what bears on a page ───────────────────────────────────────────────────────────────────────────────────────────
#
# A figure of a month is made of reports for that month and, where they carry forward (Kind.carry_months), of earlier
# ones; never of later ones. So a page's reports are those for the months whose figures it shows, and as many before as
# its indicators, or the parts of its ratios, reach. Not all of them count in the end: one that was followed by a newer
# report does not. How many figures really read otherwise only working them out again tells (with_shown).


def _cell_reaches(workspace: Workspace, page: FrozenPage, goals: pd.DataFrame) -> Iterator[Reach]:
    lo, hi = key_range(page.selection.region)
    catalog = workspace.catalog
    for codes, first, last in _spans(workspace, page, goals):
        by_reach: dict[int, list[str]] = {}
        for part in catalog.parts_of([code for code in codes if code in catalog]):
            by_reach.setdefault(catalog[part].kind.carry_months, []).append(part)
        for months, parts in by_reach.items():
            yield Reach(lo, hi, tuple(parts), _before(first, months).key, last.key)
    if page.page in (Page.REPORTING, Page.LISTS):
        # Who reported a month: any report made for it, whatever it says.
        month = page.selection.month
        first = month if page.page is Page.REPORTING else _before(month, STREAK_MONTHS - 1)
        yield Reach(
            lo, hi, tuple(code for code in catalog if catalog[code].kind is not Kind.ATTRIBUTE), first.key, month.key
        )


def _spans(workspace: Workspace, page: FrozenPage, goals: pd.DataFrame) -> Iterator[Span]:
    """The figures a page shows."""
    selection, month, catalog = page.selection, page.selection.month, workspace.catalog
    selected = _selected(workspace, selection)
    flows = [code for code, entry in catalog.items() if entry.kind is Kind.FLOW]
    others = [code for code in catalog if code not in flows]
    # Of flows the year so far and the month before. A target of anything else starts from the end of last year and
    # stalls over the last months.
    flows_from = min(Month(month.year, 1), _before(month, 1))
    others_from = min(year_end_before(month), _before(month, STALL_MONTHS))
    if page.page is Page.OVERVIEW:
        yield flows, flows_from, month
        yield others, others_from, month
    elif page.page is Page.PROGRESS:
        wanted = {*selected, *_goal_codes(page, goals)}
        yield [code for code in flows if code in wanted], Month(month.year, 1), month
        yield [code for code in others if code in wanted], others_from, month
    elif page.page in (Page.RANKING, Page.MAP):
        yield from _ranked(workspace, selected, month, read_comparison(page.meta) or Comparison())
    elif page.page is Page.LISTS:
        # As often in a row as counts, each month ranked by the rule and perhaps beside the year before.
        yield selected, _before(month, STREAK_MONTHS - 1 + YEAR), month
    elif page.page is Page.PROFILE:
        # The profile draws every indicator's last months, and the selected one's two years beside the year before each.
        back = _before(month, SPARK_MONTHS - 1)
        yield flows, min(flows_from, back), month
        yield others, min(others_from, back), month
        if find_composite_number(selection.indicator) is None:
            yield selected, _before(month, TREND_MONTHS - 1 + YEAR), month


def _ranked(workspace: Workspace, codes: Sequence[str], month: Month, comparison: Comparison) -> Iterator[Span]:
    """The months ranked over, and those they are compared with: all of what adds up, the last of what stands."""
    for end in (month, comparison.compared_month(month)):
        months = comparison.span.months(end)
        for code in codes:
            is_last = span_rule(workspace.catalog[code], workspace.catalog) is SpanRule.LAST
            yield [code], end if is_last else months[0], end


def _selected(workspace: Workspace, selection: Selection) -> list[str]:
    composite = composite_of(workspace, selection.indicator)
    codes = [selection.indicator] if composite is None else list(composite.codes)
    return [code for code in codes if code in workspace.catalog]


def _goal_codes(page: FrozenPage, goals: pd.DataFrame) -> set[str]:
    """Indicators the region itself has a target for, then or now."""
    kept = page.tables.get("region_targets")
    new = goals.loc[goals["region"] == page.selection.region, "indicator"]
    return {*(() if kept is None or kept.empty else kept["indicator"]), *new}


def _target_reaches(page: FrozenPage) -> Iterator[Reach]:
    """The region's own targets of the year, and on 进度 those of its units; on a profile those of the trend's months."""
    selection, month = page.selection, page.selection.month
    if page.page not in (Page.OVERVIEW, Page.PROGRESS, Page.PROFILE):
        return
    own, year = (selection.region, selection.region + 1), month.year * 100
    yield Reach(*own, None, year + 1, year + YEAR)
    if page.page is Page.PROGRESS:
        yield Reach(*key_range(selection.region), (selection.indicator,), year + 1, year + YEAR, level=selection.level)
    if page.page is Page.PROFILE:
        yield Reach(*own, (selection.indicator,), _before(month, TREND_MONTHS - 1).key, year + YEAR)


def _before(month: Month, months: int) -> Month:
    """So many months earlier, or the first month there is."""
    return month.plus(-min(months, FIRST_MONTH.months_until(month)))


# ── what changed ───────────────────────────────────────────────────────────────────────────────────────────────────


@needs(Right.READ, of_pages)
def changes_since(workspace: Workspace, pack: FrozenPack, watermark: int) -> Since:
    """What stands otherwise now of the reports and targets that can bear on a snapshot's pages.

    Reports count that lie in a page's region, are of an indicator it shows or of a part of one, and were made for a
    month its figures can depend on. Reports of a region's neighbours, which move only its rank on a profile, do not
    count. Largest is the correction with the largest relative change, |after - before| over the larger of the two, so
    that halving and doubling weigh the same; of equals the larger difference, then the lower region key, the
    catalogue's order, the earlier month. Where nothing was corrected it is the largest value that was added, else the
    largest withdrawn, figures before facts of the region such as households.

    Args:
        watermark: the newest; shown is left open.
    """
    then = int(pack.meta["watermark"])
    now = max(watermark, then)
    with workspace.store.reading() as connection:
        then_at, now_at = (records.stamp(connection, mark).committed_at for mark in (then, now))
        since = Since(then, now, then_at, now_at)
        if now == then:
            return since
        goals = target_changes(connection, then, now, [one for page in pack.pages for one in _target_reaches(page)])
        reaches = [one for page in pack.pages for one in _cell_reaches(workspace, page, goals)]
        cells = cell_changes(connection, then, now, reaches)
        batches = [int(seq) for seq in pd.concat([cells["seq"], goals["seq"]])]
        actors = actors_of(connection, sorted(set(batches))) if batches else {}
    stood, stands = cells["before"].notna(), cells["after"].notna()
    counts: dict[str, int] = {}
    for seq in batches:
        counts[actors[seq]] = counts.get(actors[seq], 0) + 1
    return replace(
        since,
        corrected=int((stood & stands).sum()),
        added=int((~stood & stands).sum()),
        withdrawn=int((stood & ~stands).sum()),
        targets=len(goals),
        people=tuple(sorted(counts.items(), key=lambda one: (-one[1], one[0]))),
        batches=tuple(sorted(set(batches))),
        largest=_largest(workspace, cells),
    )


def _largest(workspace: Workspace, cells: pd.DataFrame) -> Change | None:
    if cells.empty:
        return None
    rows = cells.astype({"before": float, "after": float})
    places = {code: place for place, code in enumerate(workspace.catalog)}
    kinds = {code: entry.kind for code, entry in workspace.catalog.items()}
    rows["place"] = rows["indicator"].map(places).fillna(len(places))
    is_both = rows["before"].notna() & rows["after"].notna()
    if is_both.any():
        rows = rows[is_both]
        step = (rows["after"] - rows["before"]).abs()
        size: pd.Series[float] = step / np.maximum(rows["before"].abs(), rows["after"].abs())
        rows = rows.assign(is_fact=False, size=size.round(9), step=step)
    else:
        rows = rows[rows["after"].notna()] if rows["after"].notna().any() else rows
        is_fact = rows["indicator"].map(kinds) == Kind.ATTRIBUTE
        rows = rows.assign(is_fact=is_fact, size=rows["after"].fillna(rows["before"]).abs(), step=0.0)
    keys = ["is_fact", "size", "step", "region", "place", "period"]
    rows = rows.sort_values(keys, ascending=[True, False, False, True, True, True])
    return _change(workspace, rows.iloc[0])


def _change(workspace: Workspace, row: Any) -> Change:
    code, entry = str(row["indicator"]), workspace.catalog.get(str(row["indicator"]))
    return Change(
        region_code=region_code(int(row["region"])),
        region_name=_place_name(workspace, int(row["region"])),
        indicator=code,
        indicator_name=code if entry is None else entry.name,
        unit="" if entry is None else entry.unit,
        month_label=_chinese_label(Month.from_key(int(row["period"]))),
        before=None if pd.isna(row["before"]) else float(row["before"]),
        after=None if pd.isna(row["after"]) else float(row["after"]),
    )


def _chinese_label(month: Month) -> str:
    """The banner is Chinese for every reader, as the snapshot is."""
    with speaking(CHINESE):
        return month.label


def _place_name(workspace: Workspace, key: int) -> str:
    """A region's name; of a village with its town before it, as names are not unique in a county."""
    tree = workspace.tree
    keys = [key] if level_of(key) is not Level.VILLAGE else [tree.parent_of(key), key]
    found = [tree.find(one) for one in keys if one != COUNTRY_KEY or key == COUNTRY_KEY]
    return " ".join(region.name for region in found if region is not None) or region_code(key)


# ── figures beside figures ─────────────────────────────────────────────────────────────────────────────────────────


def compare_packs(then: Sequence[FrozenPage], now: Sequence[FrozenPage]) -> list[pd.DataFrame]:
    """The figures of pages beside those of the same pages at another watermark, page by page.

    Returns:
        The frames of analytics.then_now.compare_pages with position: of the page, from 0.
    """
    return [
        frame.assign(position=place)
        for place, (one, other) in enumerate(zip(then, now, strict=True))
        for frame in compare_pages(one.tables, other.tables, one.meta)
    ]


@needs(Right.READ, of_pages)
def compare_with_now(workspace: Workspace, pack: FrozenPack, watermark: int) -> list[pd.DataFrame]:
    """A snapshot's figures beside the same worked out as of another watermark: frames of compare_packs, in Chinese.

    Raises:
        UserError: a page looks at what is gone.
    """
    with speaking(CHINESE):
        return compare_packs(pack.pages, freeze_again(workspace, pack, watermark))


def with_shown(since: Since, comparison: Sequence[pd.DataFrame]) -> Since:
    """The same with how many figures shown would read otherwise, counted in the frames of compare_with_now."""
    return replace(since, shown=sum(int(frame["is_changed"].sum()) for frame in comparison))


def are_alike(a: Snapshot, b: Snapshot) -> bool:
    """Whether two snapshots look at the same: pages, regions, levels, indicators and how they are ranked, in the same
    order. Months and watermarks may differ."""
    return _looks(a) == _looks(b)


def _looks(snapshot: Snapshot) -> list[tuple[object, ...]]:
    meta: Mapping[str, Any] = json.loads(snapshot.meta)
    return [
        (page["page"], page["region_code"], page["level"], page["indicator"], read_comparison(page))
        for page in meta.get("pages", [meta])
    ]


@needs(Right.READ, of_snapshots)
def compare_snapshots(workspace: Workspace, a: Snapshot, b: Snapshot) -> list[pd.DataFrame]:
    """The figures of two snapshots beside each other, a's as then and b's as now: frames of compare_packs.

    Raises:
        UserError: they do not look at the same.
    """
    if not are_alike(a, b):
        raise UserError(
            _("快照 #{a} 和快照 #{b} 看的不是同样的页面、区域或指标，不能对照。").format(a=a.number, b=b.number),
            _("请选择同一个例会的两期，或内容相同的两个快照。"),
        )
    with speaking(CHINESE):
        return compare_packs(frozen_pack(workspace, a).pages, frozen_pack(workspace, b).pages)
