"""Who reported; batches, audit."""

from dataclasses import dataclass

import pandas as pd

from ecodash.analytics.completeness import reporting_status
from ecodash.domain.calendar import due_at
from ecodash.domain.regions import Level, ancestor_key
from ecodash.domain.selection import Selection
from ecodash.queries.base import unit_columns, units
from ecodash.queries.months import first_receipts
from ecodash.store import records
from ecodash.workspace import Workspace


def reporting(workspace: Workspace, selection: Selection) -> pd.DataFrame:
    """Who reported the month, by unit under the region (towns where the region is a town's own villages' town).

    Returns:
        One row per unit, most missing first: region, region_code, name, villages, on_time, late, missing,
        last_received, is_own, state (complete, late, partial, missing).
    """
    level = selection.level
    receipts = first_receipts(workspace, selection)
    villages = [v for v in workspace.tree.under(selection.region, Level.VILLAGE) if v.is_valid(selection.month.key)]
    keys = [village.key for village in villages]
    frame = pd.DataFrame({"region": keys, "unit": [ancestor_key(key, level) for key in keys]}, dtype="int64")
    status = reporting_status(frame, receipts, due_at(selection.month)).rename(columns={"unit": "region"})
    names = unit_columns(workspace, units(workspace, selection))[["region", "region_code", "name"]]
    return status.merge(names, on="region", how="inner")[
        ["region", "region_code", "name", *(c for c in status.columns if c != "region")]
    ]


@dataclass(frozen=True, slots=True)
class ReportCounts:
    """Villages of a region that exist in a month; how many of them reported anything for it, and how many of those late."""

    villages: int
    reported: int
    late: int


def report_counts(workspace: Workspace, selection: Selection) -> ReportCounts:
    """How much of a region's month was reported."""
    month = selection.month.key
    receipts = first_receipts(workspace, selection)
    villages = [v.key for v in workspace.tree.under(selection.region, Level.VILLAGE) if v.is_valid(month)]
    received = receipts.loc[receipts["region"].isin(villages), "received_at"]
    return ReportCounts(len(villages), len(received), int((received >= due_at(selection.month)).sum()))


def list_batches(workspace: Workspace, watermark: int) -> pd.DataFrame:
    """Batches up to a watermark, newest first: the columns of store.records.list_batches."""
    with workspace.store.reading() as connection:
        return records.list_batches(connection, watermark)


def list_audit(workspace: Workspace, limit: int = 200) -> pd.DataFrame:
    """The newest audit lines: number, at, actor, channel, action, detail (JSON), watermark."""
    with workspace.store.reading() as connection:
        return records.list_audit(connection, limit)
