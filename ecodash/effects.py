"""What an upload would change, or a batch changed: totals, ranks, the marked workbook, the receipt.

Both are a comparison of two watermarks: for a batch those around it, for an upload the newest and one that is rehearsed
and rolled back.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from ecodash import queries
from ecodash.actions import Upload, open_filing, rehearsing, rehearsing_filings
from ecodash.domain.access import Actor, Right
from ecodash.domain.indicators import Direction, Indicator, Kind
from ecodash.domain.periods import Month
from ecodash.domain.regions import (
    COUNTRY_KEY,
    LEVELS,
    Level,
    ancestor_key,
    child_level,
    key_range,
    level_of,
    region_code,
)
from ecodash.domain.review import FilingState
from ecodash.domain.selection import Selection
from ecodash.permits import needs, of_batch, of_selection, of_upload
from ecodash.permits.filings import of_filing_unless_own
from ecodash.queries.base import figures_of
from ecodash.reports.annotated import Mark, annotate
from ecodash.workspace import Workspace

MOST_MONTHS = 3
"""The newest months of a file whose rankings are compared; a file of years is a first load."""
MOST_CELLS = 50_000
"""A file with more changes is a first load of a county or a province: whose rank moves is no question then."""

RANK_COLUMNS = [
    "indicator", "period", "level", "region", "name", "rank_before", "rank_after", "value_before", "value_after", "is_own",
]  # fmt: skip
_ABOVE = (Level.TOWN, Level.COUNTY, Level.CITY, Level.PROVINCE)


@dataclass(frozen=True)
class Effects:
    """What changes between two watermarks.

    Args:
        region: key of the smallest region, a town or above, that holds all that is touched.
        totals: one row per (indicator, period) touched, newest month first: indicator (code), period (yyyymm), before,
            after: the region's figure, NaN where nothing is reported; none where the asker may not see the region's.
        ranks: one row per region whose rank or place among the ranked changes: indicator, period, level, region, name,
            rank_before, rank_after (Int64, NA where not ranked), value_before, value_after, is_own (its own figures
            are touched; the others are displaced).
        is_whole: whether every month was looked at; False where there were too many months or cells.
    """

    region: int
    totals: pd.DataFrame
    ranks: pd.DataFrame
    is_whole: bool = True


@needs(Right.READ_REPORTED, of_upload)
def effects_of_upload(workspace: Workspace, upload: Upload, *, actor: Actor, now: datetime) -> Effects:
    """What committing an upload would do to totals and ranks. Nothing is written.

    Args:
        upload: without faults.
    """
    touched = upload.changes.loc[upload.changes["change"] != "unchanged", ["region", "indicator", "period"]]
    if touched.empty or len(touched) > MOST_CELLS:
        return _nothing(is_whole=touched.empty)
    plan = _plan(workspace, touched)
    before = _look(workspace, upload.watermark, plan)
    with rehearsing(workspace, upload, actor=actor, now=now) as (rehearsed, watermark):
        after = _look(rehearsed, watermark, plan)
    return _compared(workspace, before, after, plan, touched)


@needs(Right.READ_REPORTED, of_filing_unless_own)
def effects_of_filing(workspace: Workspace, number: int, *, actor: Actor, now: datetime) -> Effects:
    """What accepting a filing would do to totals and ranks as they are now. Nothing is written.

    Raises:
        UserError, TransitionRefused: as actions.open_filing.
    """
    return effects_of_upload(workspace, open_filing(workspace, number, actor=actor, now=now), actor=actor, now=now)


@needs(Right.READ, of_batch)
def effects_of_batch(workspace: Workspace, number: int) -> Effects:
    """What a batch did to totals and ranks when it was committed."""
    touched = queries.batch_cells(workspace, number)[["region", "indicator", "period"]]
    if touched.empty or len(touched) > MOST_CELLS:
        return _nothing(is_whole=touched.empty)
    plan = _plan(workspace, touched)
    before, after = _look(workspace, number - 1, plan), _look(workspace, number, plan)
    return _compared(workspace, before, after, plan, touched)


def _nothing(*, is_whole: bool) -> Effects:
    totals = pd.DataFrame(columns=["indicator", "period", "before", "after"])
    return Effects(COUNTRY_KEY, totals, pd.DataFrame(columns=RANK_COLUMNS), is_whole)


@dataclass(frozen=True)
class _Plan:
    """What is looked at, at both watermarks: indicators by month, the common region, the comparisons."""

    codes: dict[int, list[str]]
    common: int
    comparisons: list[tuple[int, Level]]
    is_whole: bool


@dataclass(frozen=True)
class _View:
    """What stands at one watermark: totals by (indicator, period); ranked units with period and level."""

    totals: dict[tuple[str, int], float]
    ranks: pd.DataFrame


def _plan(workspace: Workspace, touched: pd.DataFrame) -> _Plan:
    codes: dict[int, list[str]] = {}
    for period in sorted(touched["period"].unique(), reverse=True)[:MOST_MONTHS]:
        found = set(touched.loc[touched["period"] == period, "indicator"].astype("str"))
        codes[int(period)] = [code for code in workspace.catalog if code in found]
    common = _common_region(workspace, touched)
    is_whole = touched["period"].nunique() <= MOST_MONTHS
    return _Plan(codes, common, list(_comparisons(workspace, common)), is_whole)


def _look(workspace: Workspace, watermark: int, plan: _Plan) -> _View:
    totals: dict[tuple[str, int], float] = {}
    frames = [pd.DataFrame(columns=["indicator", "region", "name", "rank", "value", "period", "level"])]
    for period, codes in plan.codes.items():
        selection = Selection(watermark, Month.from_key(period), plan.common)
        for code, value in queries.totals_of(workspace, selection, codes).items():
            totals[code, period] = value
        ranked = [code for code in codes if _is_ranked(workspace.catalog[code])]
        for region, level in plan.comparisons:
            frame = queries.ranks_of(workspace, selection.at(region=region, level=level), ranked)
            if not frame.empty:
                frames.append(frame.assign(period=period, level=level.value))
    return _View(totals, pd.concat(frames[1:], ignore_index=True) if len(frames) > 1 else frames[0])


def _compared(workspace: Workspace, before: _View, after: _View, plan: _Plan, touched: pd.DataFrame) -> Effects:
    totals = [
        (code, period, before.totals.get((code, period)), after.totals.get((code, period)))
        for period, codes in plan.codes.items()
        for code in codes
        if workspace.actor.may(Right.READ, plan.common)
    ]
    keys = ["indicator", "period", "level", "region", "name"]
    both = before.ranks.merge(after.ranks, on=keys, how="outer", suffixes=("_before", "_after"))
    for name in ("rank_before", "rank_after"):
        both[name] = both[name].astype("Int64")
    same = (both["rank_before"] == both["rank_after"]).fillna(False) | (
        both["rank_before"].isna() & both["rank_after"].isna()
    )
    moved = both[~same.astype(bool)].copy()
    # A town is told how it moves among its like, not how the others do.
    moved = moved[moved["region"].map(lambda key: workspace.actor.may(Right.READ, int(key))).astype(bool)]
    moved["is_own"] = _are_own(moved, touched)
    moved = moved.sort_values(["period", "indicator", "level", "rank_after"], ascending=[False, True, True, True])
    rows = pd.DataFrame(totals, columns=["indicator", "period", "before", "after"])
    return Effects(plan.common, rows, moved[RANK_COLUMNS].reset_index(drop=True), plan.is_whole)


def _are_own(moved: pd.DataFrame, touched: pd.DataFrame) -> list[bool]:
    """Whether figures of the region itself, or of one in it, are touched."""
    cells = {(str(code), int(period), int(key)) for key, code, period in touched.itertuples(index=False)}
    own = {
        (code, period, ancestor_key(key, level)) for code, period, key in cells for level in (level_of(key), *_ABOVE)
    }
    return [
        (str(row.indicator), int(row.period), int(row.region)) in own  # type: ignore[arg-type]
        for row in moved.itertuples()
    ]


def _is_ranked(indicator: Indicator) -> bool:
    return indicator.kind is not Kind.ATTRIBUTE and indicator.direction is not Direction.NEUTRAL


def _common_region(workspace: Workspace, touched: pd.DataFrame) -> int:
    """Key of the smallest region of a town or above that holds everything touched."""
    first, last = int(touched["region"].min()), int(touched["region"].max())
    for level in reversed([level for level in LEVELS if level is not Level.VILLAGE]):
        key = ancestor_key(first, level)
        if key == ancestor_key(last, level) and workspace.tree.find(key) is not None:
            return key
    return COUNTRY_KEY


def _comparisons(workspace: Workspace, common: int) -> Iterator[tuple[int, Level]]:
    """Which regions are compared with each other: those inside the common region, and it with its like."""
    if common == COUNTRY_KEY:
        yield common, Level.PROVINCE
        return
    yield common, child_level(level_of(common))
    parent = workspace.tree.find(workspace.tree.parent_of(common))
    if parent is not None and parent.is_whole and parent.key != common:
        yield parent.key, level_of(common)


# ── reported beside accepted ───────────────────────────────────────────────────────────────────────────────────────

BESIDE_COLUMNS = [
    "region", "region_code", "name", "is_total", "indicator", "indicator_name", "unit", "accepted", "reported",
    "difference", "filing", "filings", "state",
]  # fmt: skip


@needs(Right.READ_REPORTED, of_selection)
def reported_beside_accepted(
    workspace: Workspace, selection: Selection, *, actor: Actor, now: datetime
) -> pd.DataFrame:
    """上报 / 审定: the figures of a month with everything accepted that waits, beside those that are published.

    Both are of the newest commit, whatever the selection's. Commits wait meanwhile; not to be cached but for as long as
    nothing is handed in, decided or committed.

    Returns:
        One row per region and indicator that something waits for, the region itself (is_total) first, then its units by
        code: BESIDE_COLUMNS. accepted, reported: NaN where nothing is reported; difference: reported less accepted, NaN
        where one is missing; filing: the newest of filings (numbers that wait with figures it is made of); state:
        submitted. The attribute left_out (DataFrame.attrs) has the numbers of filings that can no longer be read.
    """
    own = level_of(selection.region)
    below = selection.level if selection.level.rank > own.rank else child_level(own)
    levels = list(dict.fromkeys((own, below)))
    with rehearsing_filings(workspace, selection.region, selection.month, actor=actor, now=now) as rehearsed:
        waiting = rehearsed.cells
        codes = _made_of(workspace, set(waiting["indicator"].astype("str")))
        after = _figures(rehearsed.workspace, selection.at(watermark=rehearsed.watermark), levels, codes)
    newest = selection.at(watermark=queries.newest_watermark(workspace))
    before = _figures(workspace, newest, levels, codes)
    both = before.rename("accepted").to_frame().join(after.rename("reported"), how="outer").reset_index()
    rows = []
    for row in both.to_dict("records"):
        key, code = int(row["region"]), str(row["indicator"])
        accepted, reported = row["accepted"], row["reported"]
        lo, hi = key_range(key)
        parts = waiting["indicator"].isin([code, *_parts(workspace, code)])
        inside = waiting[parts & (waiting["region"] >= lo) & (waiting["region"] < hi)]
        is_same = accepted == reported or (pd.isna(accepted) and pd.isna(reported))
        if inside.empty or (is_same and not (inside["period"] == selection.month.key).any()):
            continue
        entry = workspace.catalog[code]
        numbers = sorted({int(number) for number in inside["filing"]})
        rows.append(
            {
                "region": key,
                "region_code": region_code(key),
                "name": workspace.tree.get(key).name,
                "is_total": key == selection.region,
                "indicator": code,
                "indicator_name": entry.name,
                "unit": entry.shown_at(level_of(key))[0],
                "accepted": accepted,
                "reported": reported,
                "difference": round(reported - accepted, 6),
                "filing": numbers[-1],
                "filings": numbers,
                "state": FilingState.SUBMITTED.value,
            }
        )
    order = {code: place for place, code in enumerate(workspace.catalog)}
    rows.sort(key=lambda row: (not row["is_total"], row["region"], order[str(row["indicator"])]))
    found = pd.DataFrame(rows, columns=BESIDE_COLUMNS)
    found.attrs["left_out"] = rehearsed.left_out
    return found


def _parts(workspace: Workspace, code: str) -> list[str]:
    """What an indicator is computed from, beside itself."""
    entry = workspace.catalog[code]
    return [part for part in (entry.numerator, entry.denominator) if part]


def _made_of(workspace: Workspace, codes: set[str]) -> list[str]:
    """Some indicators and those computed from them, in the catalogue's order."""
    return [code for code in workspace.catalog if code in codes or codes & set(_parts(workspace, code))]


def _figures(workspace: Workspace, selection: Selection, levels: list[Level], codes: list[str]) -> "pd.Series[float]":
    """Values of a month by region and indicator; what is not reported is not there."""
    rows = figures_of(workspace, selection, [selection.month], levels, codes)
    return rows.astype({"indicator": "str", "value": "float64"}).set_index(["region", "indicator"])["value"]


# ── the marked workbook ────────────────────────────────────────────────────────────────────────────────────────────


def annotated(upload: Upload) -> bytes:
    """The file as an xlsx workbook with every fault and doubt marked in its cell (批注表)."""
    places = {sheet.label: (sheet.name, sheet.source) for sheet in upload.intake.book.sheets}
    first = next(iter(places.values()), ("", ""))
    marks = [
        Mark(*places.get(fault.sheet, first), fault.row, fault.position, fault.hint) for fault in upload.intake.faults
    ]
    marks += [
        Mark(*places.get(doubt.sheet, first), doubt.row, doubt.position, doubt.hint, "doubt")
        for doubt in upload.intake.doubts
    ]
    return annotate(upload.data, upload.intake.book, marks)
