"""Who reported; batches."""

from dataclasses import dataclass

import pandas as pd

from ecodash.analytics.completeness import reporting_status
from ecodash.domain.access import Right
from ecodash.domain.periods import Month
from ecodash.domain.regions import Level, ancestor_key
from ecodash.domain.selection import Selection
from ecodash.permits import Reach, needs, of_selection, regions_of_batches
from ecodash.queries.base import unit_columns, units
from ecodash.queries.deadlines import dues_of, late_from
from ecodash.queries.months import first_receipts
from ecodash.store import records
from ecodash.workspace import Workspace


@needs(Right.READ, of_selection)
def reporting(workspace: Workspace, selection: Selection, leaves_out: frozenset[str] = frozenset()) -> pd.DataFrame:
    """Who reported the month, by unit under the region (towns where the region is a town's own villages' town).

    Args:
        leaves_out: codes of indicators whose reports do not count.
    Returns:
        One row per unit, most missing first: region, region_code, name, villages, on_time, late, missing,
        last_received, is_own, state (complete, late, partial, missing).
    """
    level = selection.level
    receipts = first_receipts(workspace, selection, leaves_out)
    villages = [v for v in workspace.tree.under(selection.region, Level.VILLAGE) if v.is_valid(selection.month.key)]
    keys = [village.key for village in villages]
    frame = pd.DataFrame({"region": keys, "unit": [ancestor_key(key, level) for key in keys]}, dtype="int64")
    status = reporting_status(frame, receipts, _late_from(workspace, frame["region"], selection.month)).rename(
        columns={"unit": "region"}
    )
    names = unit_columns(workspace, units(workspace, selection))[["region", "region_code", "name"]]
    return status.merge(names, on="region", how="inner")[
        ["region", "region_code", "name", *(c for c in status.columns if c != "region")]
    ]


def _late_from(workspace: Workspace, regions: "pd.Series[int]", month: Month) -> pd.Series:
    """For each region the moment from which its report of a month is late."""
    return late_from(regions, month.key, dues_of(workspace, regions.unique(), [month]))


@dataclass(frozen=True, slots=True)
class ReportCounts:
    """Villages of a region that exist in a month; how many of them reported anything for it, and how many of those late."""

    villages: int
    reported: int
    late: int


@needs(Right.READ, of_selection)
def report_counts(workspace: Workspace, selection: Selection) -> ReportCounts:
    """How much of a region's month was reported."""
    month = selection.month.key
    receipts = first_receipts(workspace, selection)
    villages = [v.key for v in workspace.tree.under(selection.region, Level.VILLAGE) if v.is_valid(month)]
    received = receipts[receipts["region"].isin(villages)].reset_index(drop=True)
    is_late = received["received_at"] >= _late_from(workspace, received["region"], selection.month)
    return ReportCounts(len(villages), len(received), int(is_late.sum()))


@needs(Right.READ, Reach.SOMEWHERE)
def list_batches(workspace: Workspace, watermark: int) -> pd.DataFrame:
    """Batches up to a watermark all of whose regions the asker may see, newest first: the columns of
    store.records.list_batches."""
    with workspace.store.reading() as connection:
        batches = records.list_batches(connection, watermark)
    actor = workspace.actor
    if actor.may(Right.READ):
        return batches
    regions = regions_of_batches(workspace, map(int, batches["seq"]))
    shown = [all(actor.may(Right.READ, key) for key in regions[int(number)]) for number in batches["seq"]]
    return batches[shown].reset_index(drop=True)
