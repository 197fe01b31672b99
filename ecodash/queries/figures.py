"""Figures of a region and of the units below it."""

from typing import Any

import pandas as pd

from ecodash.analytics.reconciliation import is_own_report, reconcile
from ecodash.domain.access import Right
from ecodash.domain.indicators import Indicator, Kind
from ecodash.domain.periods import Month, months_between
from ecodash.domain.regions import Level, ancestor_key, level_of, region_code
from ecodash.domain.selection import Selection
from ecodash.permits import needs, of_selection
from ecodash.queries.base import figures_of, read_figures, village_counts
from ecodash.queries.ranking import ranking_without_history
from ecodash.workspace import Workspace


@needs(Right.READ, of_selection)
def key_figures(workspace: Workspace, selection: Selection) -> pd.DataFrame:
    """The region's figure for every indicator it has one for, with the month before.

    Returns:
        One row per indicator in the catalogue's order: category, indicator, name, unit, kind, decimals, direction,
        value, previous, change (value - previous), year_to_date (flows only), reported, carried, totals, unweighted,
        villages (that exist), own (the region's own report), is_own (the value is that report), headline (the order in
        which they are shown where there is no room for all, from 1: of each category its most telling figure, those
        with a value first, then the next of each).
    """
    month = selection.month
    level = level_of(selection.region)
    year = months_between(Month(month.year, 1), month)
    flows = [code for code, entry in workspace.catalog.items() if entry.kind is Kind.FLOW]
    with workspace.store.reading() as connection:
        figures = read_figures(connection, workspace, selection, [month.plus(-1), month], [level])
        yearly = read_figures(connection, workspace, selection, year, [level], flows)
    figures = figures[figures["region"] == selection.region]
    figures = figures.assign(is_own=is_own_report(figures))
    now = {row["indicator"]: row for row in figures[figures["period"] == month.key].to_dict("records")}
    before = figures[figures["period"] == month.plus(-1).key].set_index("indicator")["value"]
    sums = yearly[yearly["region"] == selection.region].groupby("indicator")["value"].sum(min_count=1).round(6)
    villages = village_counts(workspace, selection, level).get(selection.region, 0)
    rows = []
    for code, entry in workspace.catalog.items():
        if entry.kind is Kind.ATTRIBUTE or (code not in now and code not in before.index):
            continue
        row = now.get(code)
        value = float("nan") if row is None else float(row["value"])
        previous = float(before.get(code, float("nan")))
        counts = {
            name: 0 if row is None else int(row[name]) for name in ("reported", "carried", "totals", "unweighted")
        }
        rows.append(
            labels(entry, level)
            | {
                "value": value,
                "previous": previous,
                "change": round(value - previous, 6),
                "year_to_date": float(sums.get(code, float("nan"))) if entry.kind is Kind.FLOW else float("nan"),
                **counts,
                "villages": villages,
                "own": float("nan") if row is None else float(row["own"]),
                "is_own": row is not None and bool(row["is_own"]),
            }
        )
    found = pd.DataFrame(rows, columns=KEY_FIGURE_COLUMNS[:-1])
    return found.assign(headline=_headlines(found))


_TELLING = [Kind.SCORE, Kind.RATIO, Kind.FLOW, Kind.STOCK]
"""Which kind of figure says most about a category, first to last."""


def _headlines(figures: pd.DataFrame) -> "pd.Series[int]":
    places = {kind.value: place for place, kind in enumerate(_TELLING)}
    keys = pd.DataFrame({"is_missing": figures["value"].isna(), "order": figures["kind"].map(places)})
    telling = keys.sort_values(["is_missing", "order"], kind="stable").index
    keys["turn"] = figures.loc[telling].groupby("category", sort=False).cumcount()
    ordered = keys.sort_values(["is_missing", "turn"], kind="stable").index
    return pd.Series(range(1, len(figures) + 1), index=ordered, dtype="int64").reindex(figures.index)


KEY_FIGURE_COLUMNS = [
    "category", "indicator", "name", "unit", "kind", "decimals", "direction", "value", "previous", "change",
    "year_to_date", "reported", "carried", "totals", "unweighted", "villages", "own", "is_own", "headline",
]  # fmt: skip


def labels(entry: Indicator, level: Level) -> dict[str, Any]:
    unit, decimals = entry.shown_at(level)
    return {
        "category": entry.category,
        "indicator": entry.code,
        "name": entry.name,
        "unit": unit,
        "kind": entry.kind.value,
        "decimals": decimals,
        "direction": entry.direction.value,
    }


@needs(Right.READ, of_selection)
def unit_ranking(workspace: Workspace, selection: Selection) -> pd.DataFrame:
    """The units under the region ranked on the selected indicator.

    Returns:
        One row per unit, ranked ones first: rank, previous_rank, movement (Int64), region, region_code, name, parent,
        kind (of a village), value, previous, reported, carried, totals, unweighted, villages, is_reported.
    """
    rows = ranking_without_history(workspace, selection)[UNIT_COLUMNS]
    # Of a composite a unit may have reported, but too little to be ranked.
    return rows.assign(is_reported=rows["rank"].notna() | rows["value"].notna())


UNIT_COLUMNS = [
    "rank", "previous_rank", "movement", "region", "region_code", "name", "parent", "kind", "value", "previous",
    "reported", "carried", "totals", "unweighted", "villages", "is_reported",
]  # fmt: skip


@needs(Right.READ, of_selection)
def reconciliation(workspace: Workspace, selection: Selection) -> pd.DataFrame:
    """Own reports of the region and of the units below it that stand beside figures rolled up from villages.

    Returns:
        One row per (region, indicator), largest difference first: region, region_code, name, indicator,
        indicator_name, unit, own, value, difference (own - value).
    """
    levels = [level for level in (level_of(selection.region), selection.level) if level is not Level.VILLAGE]
    both = reconcile(figures_of(workspace, selection, [selection.month], levels))
    catalog, tree = workspace.catalog, workspace.tree
    both["region_code"] = [region_code(key) for key in both["region"]]
    both["name"] = [tree.get(key).name for key in both["region"]]
    both["indicator_name"] = [catalog[code].name for code in both["indicator"]]
    both["unit"] = [catalog[code].rolled_unit for code in both["indicator"]]
    columns = ["region", "region_code", "name", "indicator", "indicator_name", "unit", "own", "value", "difference"]
    return both[columns]


@needs(Right.READ, of_selection)
def unit_tiles(workspace: Workspace, selection: Selection) -> pd.DataFrame:
    """Every village at or below the region with the selected indicator's figure, grouped by town.

    Returns:
        The rows of unit_ranking at village level, in code order, with town and town_name.
    """
    rows = unit_ranking(workspace, selection.at(level=Level.VILLAGE)).sort_values("region", ignore_index=True)
    rows["town"] = [ancestor_key(key, Level.TOWN) for key in rows["region"]]
    rows["town_name"] = [town.name if (town := workspace.tree.find(key)) else "" for key in rows["town"]]
    return rows


@needs(Right.READ, of_selection)
def region_attributes(workspace: Workspace, selection: Selection) -> dict[str, float]:
    """The region's attributes (households, population, natural villages) by code, those that are known."""
    codes = [code for code, entry in workspace.catalog.items() if entry.kind is Kind.ATTRIBUTE]
    figures = figures_of(workspace, selection, [selection.month], [level_of(selection.region)], codes)
    own = figures[figures["region"] == selection.region]
    return {str(code): float(value) for code, value in zip(own["indicator"], own["value"], strict=True)}
