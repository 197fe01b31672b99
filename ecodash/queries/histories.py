"""How one figure came to be what it is, and how one region reported over the months."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from ecodash.domain.access import Right
from ecodash.domain.periods import Month, months_between
from ecodash.domain.regions import Level, RegionTree, ancestor_key, key_range, level_of, region_code
from ecodash.domain.selection import Selection
from ecodash.permits import needs, of_selection, of_selection_and
from ecodash.queries.deadlines import dues_of, late_from
from ecodash.store import histories, records
from ecodash.workspace import Workspace

NEW, CHANGED, WITHDRAWN, RESTORED = "new", "changed", "withdrawn", "restored"
"""What a batch did to a cell: put the first value, put another, took the value away, put back what stood before."""

REPORT_MONTHS = 12
"""So many months back a region's reports are looked at."""

HISTORY_COLUMNS = [
    "indicator", "indicator_name", "unit", "decimals", "region", "name", "period", "seq", "kind", "undoes", "undone_by",
    "old", "new", "is_standing", "committed_at", "actor", "file_name", "file_row", "note", "is_file_kept", "is_demo",
]  # fmt: skip


@needs(Right.READ, of_selection_and("region"))
def value_history(workspace: Workspace, selection: Selection, region: int, indicator: str) -> pd.DataFrame:
    """Every batch that wrote, changed or withdrew a region's own report behind a figure, oldest first.

    The cell is that of the selected month; where its value is one carried from an earlier month, that month's cell too.

    Args:
        region: key, at or below the selected region.
        indicator: code; a ratio brings its numerator and denominator.
    Returns:
        One row per cell and batch: indicator (code reported), indicator_name, unit, decimals, region, name, period
        (yyyymm reported for), seq, kind (new, changed, withdrawn, restored), undoes (the batch an undo takes back) and
        undone_by (the undo that took this back; both Int64), old, new (NaN where nothing stood or stands), is_standing
        (its value is the one that counts as of the watermark), committed_at (aware UTC), actor, file_name, file_row
        (Int64), note, is_file_kept, is_demo.
    """
    lo, hi = region, region + 1
    codes = workspace.catalog.parts_of([indicator])
    with workspace.store.reading() as connection:
        carried = records.origins(connection, selection.watermark, lo, hi, selection.month.key, codes)
        newest = carried.groupby("indicator")["period"].max() if not carried.empty else pd.Series(dtype=int)
        periods = sorted({selection.month.key, *(int(period) for period in newest)})
        found = histories.cell_writes(connection, selection.watermark, lo, hi, codes, periods)
    own_month = found["period"] == selection.month.key
    found = found[own_month | (found["period"] == found["indicator"].map(newest))]
    return _with_words(workspace, found)


@needs(Right.READ, of_selection)
def corrected_reports(workspace: Workspace, selection: Selection) -> pd.DataFrame:
    """Reports of the month for the selected indicator, at or below the region, that more than one batch wrote.

    Returns:
        The rows of value_history of those cells, by region, indicator and batch.
    """
    lo, hi = key_range(selection.region)
    codes = workspace.catalog.parts_of([selection.indicator])
    with workspace.store.reading() as connection:
        found = histories.cell_writes(connection, selection.watermark, lo, hi, codes, [selection.month.key])
    often = found.groupby(["region", "indicator", "period"])["seq"].transform("size") > 1
    return _with_words(workspace, found[often])


def _with_words(workspace: Workspace, found: pd.DataFrame) -> pd.DataFrame:
    cell = ["region", "indicator", "period"]
    rows = found.sort_values([*cell, "seq"], ignore_index=True)
    rows["kind"] = _kinds(rows)
    undos = rows[rows["undoes"].notna()].drop_duplicates([*cell, "undoes"], keep="last")
    undone = {(*(row[name] for name in cell), int(row["undoes"])): row["seq"] for row in undos.to_dict("records")}
    keys = zip(*(rows[name] for name in (*cell, "seq")), strict=True)
    rows["undone_by"] = pd.array([undone.get(key) for key in keys], dtype="Int64")
    rows["undoes"] = rows["undoes"].astype("Int64")
    rows["file_row"] = rows["file_row"].astype("Int64")
    rows["is_standing"] = _standing(rows, cell)
    rows["name"] = [workspace.tree.get(int(key)).name for key in rows["region"]]
    entries = [workspace.catalog[str(code)] for code in rows["indicator"]]
    rows["indicator_name"] = [entry.name for entry in entries]
    rows["unit"] = [entry.unit for entry in entries]
    rows["decimals"] = [entry.decimals for entry in entries]
    return rows[HISTORY_COLUMNS]


def _kinds(rows: pd.DataFrame) -> list[str]:
    is_undo = rows["batch_kind"] == "undo"
    choices = [rows["new"].isna(), is_undo, rows["old"].notna()]
    return list(np.select(choices, [WITHDRAWN, RESTORED, CHANGED], NEW))


def _standing(rows: pd.DataFrame, cell: Sequence[str]) -> list[bool]:
    """The upload whose value a cell has now: the newest that no undo took back; none where the cell is empty."""
    standing: list[bool] = [False] * len(rows)
    for _, group in rows.groupby(list(cell), sort=False):
        alive = group[group["undoes"].isna() & group["undone_by"].isna()]
        if not alive.empty and pd.notna(group["new"].iloc[-1]):
            standing[int(alive.index[-1])] = True
    return standing


# ── reports over the months ────────────────────────────────────────────────────────────────────────────────────────


@needs(Right.READ, of_selection)
def report_months(workspace: Workspace, selection: Selection) -> pd.DataFrame:
    """How the region's villages (or the village itself) reported in the last twelve months.

    Months before the county first reported anything say nothing of anyone and are left out.

    Returns:
        One row per month, newest first: month (yyyy-mm), villages (that existed), on_time, late, missing, last_received
        (aware UTC, NaT where none), is_due (whether the day it was due lay before the commit of the watermark).
    """
    reports = _village_reports(workspace, selection)
    rows = [
        {
            "month": str(Month.from_key(int(str(period)))),
            "villages": len(group),
            "on_time": int(group["is_on_time"].sum()),
            "late": int(group["is_late"].sum()),
            "missing": int(group["is_missing"].sum()),
            "last_received": group["received_at"].max(),
            "is_due": bool(group["is_due"].iloc[0]),
        }
        for period, group in reports.groupby("period")
    ]
    columns = ["month", "villages", "on_time", "late", "missing", "last_received", "is_due"]
    found = pd.DataFrame(rows[::-1], columns=columns)
    return found.assign(last_received=pd.to_datetime(found["last_received"], utc=True))


@needs(Right.READ, of_selection)
def late_villages(workspace: Workspace, selection: Selection) -> pd.DataFrame:
    """Villages at or below the region that reported late, or not though it was due, in the last twelve months.

    Returns:
        One row per such village, the worst first: region, region_code, name, parent (its town), months (it existed
        and was asked), late, missing (counts), late_months, missing_months (lists of yyyy-mm, oldest first).
    """
    reports = _village_reports(workspace, selection)
    reports["is_missing"] &= reports["is_due"]
    tree, rows = workspace.tree, []
    for key, group in reports[reports["is_due"]].groupby("region"):
        late, missing = (group.loc[group[name], "period"] for name in ("is_late", "is_missing"))
        if late.empty and missing.empty:
            continue
        village = int(str(key))
        rows.append(
            {
                "region": village,
                "region_code": region_code(village),
                "name": tree.get(village).name,
                "parent": _name_of(tree, ancestor_key(village, Level.TOWN)),
                "months": len(group),
                "late": len(late),
                "missing": len(missing),
                "late_months": _spelled(late),
                "missing_months": _spelled(missing),
            }
        )
    columns = [
        "region", "region_code", "name", "parent", "months", "late", "missing", "late_months", "missing_months",
    ]  # fmt: skip
    found = pd.DataFrame(rows, columns=columns)
    return found.sort_values(["missing", "late", "region"], ascending=[False, False, True], ignore_index=True)


def _spelled(periods: "pd.Series[Any]") -> list[str]:
    return [str(Month.from_key(int(period))) for period in sorted(periods)]


def _name_of(tree: RegionTree, key: int) -> str:
    region = tree.find(key)
    return "" if region is None else region.name


def _village_reports(workspace: Workspace, selection: Selection) -> pd.DataFrame:
    """One row per village and month it existed in: period, region, received_at, is_due, is_on_time, is_late,
    is_missing."""
    county = ancestor_key(selection.region, Level.COUNTY)
    around = county if level_of(selection.region).rank > Level.COUNTY.rank and county in workspace.tree else None
    lo, hi = key_range(selection.region)
    first = selection.month.plus(1 - REPORT_MONTHS)
    with workspace.store.reading() as connection:
        known = records.reported_months(connection, selection.watermark, *key_range(around or selection.region))
        committed = records.stamp(connection, selection.watermark).committed_at
        began = min(known, default=selection.month.key)
        receipts = histories.receipts_by_month(
            connection, selection.watermark, max(first.key, began), selection.month.key, lo, hi
        )
    villages = workspace.tree.under(selection.region, Level.VILLAGE)
    months = [month for month in months_between(first, selection.month) if month.key >= began]
    asked = [(month.key, one.key) for month in months for one in villages if one.is_valid(month.key)]
    rows = pd.DataFrame(asked, columns=["period", "region"], dtype="int64")
    rows = rows.merge(receipts.astype({"period": "int64", "region": "int64"}), on=["period", "region"], how="left")
    rows["received_at"] = pd.to_datetime(rows["received_at"], utc=True)
    late = late_from(rows["region"], rows["period"], dues_of(workspace, rows["region"].unique(), months))
    rows["is_due"] = False if committed is None else late <= pd.Timestamp(committed)
    rows["is_missing"] = rows["received_at"].isna()
    rows["is_late"] = ~rows["is_missing"] & (rows["received_at"] >= late)
    rows["is_on_time"] = ~rows["is_missing"] & ~rows["is_late"]
    return rows


@needs(Right.READ, of_selection)
def batch_notes(workspace: Workspace, selection: Selection) -> pd.DataFrame:
    """What reporters wrote about batches whose figures stand in the month for the region and all in it.

    Returns:
        One row per batch with a note: batch, file_name, actor, committed_at (aware UTC), note.
    """
    lo, hi = key_range(selection.region)
    with workspace.store.reading() as connection:
        found = histories.standing_notes(connection, selection.watermark, lo, hi, selection.month.key)
    return found.rename(columns={"seq": "batch"})
