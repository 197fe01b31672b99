"""Progress towards targets."""

from collections.abc import Sequence

import pandas as pd

from ecodash.analytics.progress import category_progress, target_progress
from ecodash.domain.indicators import Kind
from ecodash.domain.periods import Month, months_between
from ecodash.domain.regions import Level, key_range, level_of
from ecodash.domain.selection import Selection
from ecodash.domain.targets import STALL_MONTHS
from ecodash.queries.base import read_figures, unit_columns, units
from ecodash.store import journal
from ecodash.store.engine import Connection
from ecodash.workspace import Workspace


def _targets(connection: Connection, selection: Selection) -> pd.DataFrame:
    """Targets in force: of each region and indicator the nearest deadline in or after the month, within its year."""
    targets = journal.targets_as_of(connection, selection.watermark)
    lo, hi = key_range(selection.region)
    year_end = selection.month.year * 100 + 12
    targets = targets[(targets["region"] >= lo) & (targets["region"] < hi)]
    targets = targets[(targets["deadline"] >= selection.month.key) & (targets["deadline"] <= year_end)]
    targets = targets.sort_values("deadline").drop_duplicates(["region", "indicator"])
    return targets.rename(columns={"value": "target"}).astype({"baseline": float, "target": float})


def _with_actuals(
    connection: Connection, workspace: Workspace, selection: Selection, targets: pd.DataFrame, levels: Sequence[Level]
) -> pd.DataFrame:
    """Adds actual and earlier: flows summed from the start of the year, others as they stand."""
    catalog, month = workspace.catalog, selection.month
    codes = list(dict.fromkeys(targets["indicator"]))
    flows = [code for code in codes if catalog[code].kind is Kind.FLOW]
    states = [code for code in codes if catalog[code].kind is not Kind.FLOW]
    before = month.plus(-STALL_MONTHS)
    year = months_between(Month(month.year, 1), month)
    done = read_figures(connection, workspace, selection, year, levels, flows)
    standing = read_figures(connection, workspace, selection, [before, month], levels, states)
    cell = ["region", "indicator"]
    sums = done.groupby(cell)["value"].sum(min_count=1).round(6)
    earlier_sums = done[done["period"] <= before.key].groupby(cell)["value"].sum(min_count=1).round(6)
    actual = pd.concat([sums, standing[standing["period"] == month.key].set_index(cell)["value"]])
    earlier = pd.concat([earlier_sums, standing[standing["period"] == before.key].set_index(cell)["value"]])
    index = pd.MultiIndex.from_frame(targets[cell])
    return targets.assign(
        actual=actual.astype(float).reindex(index).to_numpy(), earlier=earlier.astype(float).reindex(index).to_numpy()
    )


def _measured(workspace: Workspace, selection: Selection, levels: Sequence[Level]) -> pd.DataFrame:
    with workspace.store.reading() as connection:
        targets = _targets(connection, selection)
        targets = targets[pd.Series([level_of(key) in levels for key in targets["region"]], targets.index, dtype=bool)]
        rows = _with_actuals(connection, workspace, selection, targets, levels)
    rows = target_progress(rows, workspace.catalog, selection.month)
    catalog = workspace.catalog
    rows["category"] = [catalog[code].category for code in rows["indicator"]]
    rows["indicator_name"] = [catalog[code].name for code in rows["indicator"]]
    rows["unit"] = [catalog[code].rolled_unit for code in rows["indicator"]]
    rows["decimals"] = [catalog[code].shown_decimals for code in rows["indicator"]]
    return rows


def region_targets(workspace: Workspace, selection: Selection) -> pd.DataFrame:
    """Progress of every target of the region itself.

    Returns:
        One row per indicator with a target in force, in the catalogue's order: category, indicator, indicator_name,
        unit, decimals, deadline, baseline, target, actual, earlier, and the columns of analytics.target_progress.
    """
    rows = _measured(workspace, selection, [level_of(selection.region)])
    order = {code: place for place, code in enumerate(workspace.catalog)}
    rows = rows[rows["region"] == selection.region]
    return rows.sort_values("indicator", key=lambda codes: codes.map(order), ignore_index=True)


def category_targets(workspace: Workspace, selection: Selection) -> pd.DataFrame:
    """Progress of each category of the region's targets: see analytics.category_progress."""
    return category_progress(region_targets(workspace, selection))


def unit_progress(workspace: Workspace, selection: Selection) -> pd.DataFrame:
    """Progress of the units under the region on the selected indicator, the neediest first.

    Returns:
        One row per unit with a target: region, region_code, name, and the columns of region_targets.
    """
    rows = _measured(workspace, selection, [selection.level])
    rows = rows[rows["indicator"] == selection.indicator]
    names = unit_columns(workspace, units(workspace, selection))[["region", "region_code", "name"]]
    rows = names.merge(rows, on="region", how="inner")
    return rows.sort_values(["progress_pct", "region"], ignore_index=True)
