"""Targets as they were set: a region's and its children's, whether they add up, what next year's could be."""

from collections.abc import Sequence

import pandas as pd

from ecodash.analytics.decomposition import Decomposition, decompose
from ecodash.analytics.rollover import propose_next_year
from ecodash.domain.access import Right
from ecodash.domain.indicators import Aggregation, Kind
from ecodash.domain.periods import Month, months_between
from ecodash.domain.regions import Level, Region, level_of
from ecodash.domain.selection import Selection
from ecodash.domain.targets import period_start
from ecodash.permits import Reach, needs, of_selection
from ecodash.queries.base import read_figures
from ecodash.queries.targets import targets_of_year, with_baselines
from ecodash.store.engine import Connection
from ecodash.workspace import Workspace


@needs(None, Reach.SIGNED_IN)
def target_children(workspace: Workspace, region: int, month: Month) -> list[Region]:
    """The regions a region's targets are decomposed to: those of the nearest level below it that has any in the month."""
    below = [level for level in Level if level.rank > level_of(region).rank]
    for level in below:
        found = [one for one in workspace.tree.under(region, level) if one.is_valid(month.key)]
        if found:
            return found
    return []


def _levels(region: int, children: Sequence[Region]) -> list[Level]:
    return list(dict.fromkeys([level_of(region), *(child.level for child in children)]))


@needs(Right.READ, of_selection)
def target_plans(workspace: Workspace, selection: Selection) -> pd.DataFrame:
    """The targets of a region and of its children for the month's year, as they were set.

    Returns:
        One row per (region, indicator, deadline), by indicator in the catalogue's order, the region itself before its
        children: region, region_code, name, is_own (the region itself), indicator, indicator_name, category, kind, unit
        (of the region's level), decimals, deadline (yyyymm), given (the baseline stated with the target; NaN where none
        is), baseline (as it is used: as given or worked out; NaN where it is not known), baseline_source, target.
    """
    children = target_children(workspace, selection.region, selection.month)
    with workspace.store.reading() as connection:
        targets = _of_place(connection, workspace, selection, children)
        rows = with_baselines(connection, workspace, selection, targets, _levels(selection.region, children))
    rows["given"] = targets["baseline"]
    return _named(workspace, selection, rows).drop(columns="start")


def _of_place(
    connection: Connection, workspace: Workspace, selection: Selection, children: Sequence[Region]
) -> pd.DataFrame:
    targets = targets_of_year(connection, workspace, selection, _levels(selection.region, children))
    known = {selection.region, *(child.key for child in children)}
    return targets[targets["region"].isin(known)].reset_index(drop=True)


def _named(workspace: Workspace, selection: Selection, rows: pd.DataFrame) -> pd.DataFrame:
    """Adds names and units, in order."""
    catalog = workspace.catalog
    order = {code: place for place, code in enumerate(catalog)}
    places = [workspace.tree.get(int(key)) for key in rows["region"]]
    entries = [catalog[code] for code in rows["indicator"]]
    shown = [entry.shown_at(place.level) for entry, place in zip(entries, places, strict=True)]
    named = rows.assign(
        region_code=[place.code for place in places],
        name=[place.name for place in places],
        is_own=rows["region"] == selection.region,
        indicator_name=[entry.name for entry in entries],
        category=[entry.category for entry in entries],
        kind=[entry.kind.value for entry in entries],
        unit=[unit for unit, _ in shown],
        decimals=[entry.decimals for entry in entries],
        _place=[order[entry.code] for entry in entries],
    )
    return named.sort_values(
        ["_place", "deadline", "is_own", "region"], ascending=[True, True, False, True], ignore_index=True
    ).drop(columns="_place")


@needs(Right.READ, of_selection)
def target_decomposition(workspace: Workspace, selection: Selection) -> Decomposition:
    """Whether the targets of a region's children for the month's year add up to its own: see analytics.decompose.

    A rate is weighed by the denominators that stand in the month, or, where those are flows, by their sums since January.
    """
    children = target_children(workspace, selection.region, selection.month)
    catalog = workspace.catalog
    with workspace.store.reading() as connection:
        targets = _of_place(connection, workspace, selection, children)
        codes = list(dict.fromkeys(targets["indicator"]))
        rates = [code for code in codes if catalog[code].aggregation is Aggregation.RATIO]
        weights = _weights(connection, workspace, selection, rates, children)
    is_own = targets["region"] == selection.region
    named = pd.DataFrame({"region": [child.key for child in children], "name": [child.name for child in children]})
    level = children[0].level if children else Level.VILLAGE
    return decompose(targets[is_own], targets[~is_own], named, weights, catalog, level)


def _weights(
    connection: Connection, workspace: Workspace, selection: Selection, rates: Sequence[str], children: Sequence[Region]
) -> pd.DataFrame:
    """Denominators of the children: region, indicator (of the ratio), weight."""
    catalog, month = workspace.catalog, selection.month
    below = {code: catalog[code].denominator for code in rates}
    if not below or not children:
        return pd.DataFrame(columns=["region", "indicator", "weight"])
    flows = {code for code in below.values() if catalog[code].kind is Kind.FLOW}
    months = months_between(period_start(month), month) if flows else [month]
    rows = read_figures(connection, workspace, selection, months, [children[0].level], sorted(set(below.values())))
    rows = rows[rows["indicator"].isin(flows) | (rows["period"] == month.key)]
    sums = rows.groupby(["region", "indicator"])["value"].sum(min_count=1).reset_index(name="weight")
    found = [sums[sums["indicator"] == denominator].assign(indicator=code) for code, denominator in below.items()]
    return pd.concat(found, ignore_index=True)


@needs(Right.READ, of_selection)
def next_year_targets(workspace: Workspace, selection: Selection) -> pd.DataFrame:
    """Next year's targets of a region and its children, proposed from those of the month's year.

    Returns:
        One row per target: region, region_code, name, is_own, indicator, indicator_name, category, kind, unit, decimals,
        deadline (a year later), target, year_end (the figure at this year's end as far as it is known: the baseline to
        be; NaN for flows and where nothing is known), remark: see analytics.propose_next_year.
    """
    year_end = Month(selection.month.year, 12)
    now = selection.at(month=year_end)
    children = target_children(workspace, selection.region, selection.month)
    with workspace.store.reading() as connection:
        targets = _of_place(connection, workspace, now, children)
        following = _of_place(connection, workspace, now.at(month=year_end.plus(12)), children)
        codes = dict.fromkeys(targets["indicator"])
        standing = [code for code in codes if workspace.catalog[code].kind is not Kind.FLOW]
        levels = _levels(selection.region, children)
        rows = read_figures(connection, workspace, now, [year_end], levels, standing)
    values = rows.set_index(["region", "indicator"])["value"].astype(float)
    wanted = pd.MultiIndex.from_frame(targets[["region", "indicator"]])
    targets["year_end"] = values.reindex(wanted).to_numpy(dtype=float)
    return _named(workspace, selection, propose_next_year(targets, following, workspace.catalog))
