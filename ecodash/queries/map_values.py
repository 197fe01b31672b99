"""What a map colours: figures of the units over several months, and how much of their targets they have reached."""

import math

import pandas as pd

from ecodash.analytics.attainment import share_of_target
from ecodash.catalog import geo
from ecodash.domain.access import Right
from ecodash.domain.indicators import Kind
from ecodash.domain.periods import Month
from ecodash.domain.regions import LEVELS, Level, ancestor_key, level_of
from ecodash.domain.selection import Selection
from ecodash.domain.targets import State
from ecodash.permits import Reach, needs, of_selection
from ecodash.queries.base import figures_of, units
from ecodash.queries.composites import indicator_entry
from ecodash.queries.targets import region_targets, unit_progress
from ecodash.workspace import Workspace

INHERITED_KINDS = (Kind.RATIO, Kind.SCORE)
"""Kinds whose target a unit below can be held to: a county's tonnes are not a town's, its percentage is."""


@needs(Right.READ, of_selection)
def unit_values(workspace: Workspace, selection: Selection, months: tuple[Month, ...]) -> pd.DataFrame:
    """The units under the region in each of some months.

    Returns:
        One row per (unit that exists in the month, month): region, month (yyyy-mm), value (NaN unreported), carried.
    """
    figures = figures_of(workspace, selection, months, [selection.level], [selection.indicator])
    by_month = dict(list(figures.groupby("period")))
    parts = []
    for month in months:
        rows = pd.DataFrame({"region": [region.key for region in units(workspace, selection.at(month=month))]})
        now = by_month.get(month.key, figures.iloc[:0]).set_index("region")
        rows["month"] = str(month)
        rows["value"] = rows["region"].map(now["value"]).astype(float)
        rows["carried"] = rows["region"].map(now["carried"]).fillna(0).astype(int)
        parts.append(rows)
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=_VALUE_COLUMNS)


_VALUE_COLUMNS = ["region", "month", "value", "carried"]


@needs(Right.READ, of_selection)
def unit_attainment(workspace: Workspace, selection: Selection) -> pd.DataFrame:
    """How much of its target each unit under the region has reached.

    A unit with a target of its own stands at the progress of that, flows from the start of the year. One without is
    held to the target of the nearest region above it that has one, for a ratio or a score, and stands at its share of
    that; a target for an amount says nothing about a part of the region.

    Returns:
        One row per unit that has or is held to a target, in code order: region, attained_pct (100 or more where the
        target is reached; NaN where unreported, or where nothing tells how far an own target is), is_own, target,
        holder (key of the region whose target it is).
    """
    entry = indicator_entry(workspace, selection.indicator)
    rows = [
        (
            int(row["region"]),
            _attained(row["progress_pct"], row["state"]),
            True,
            float(row["target"]),
            int(row["region"]),
        )
        for row in unit_progress(workspace, selection).to_dict("records")
    ]
    own = {row[0] for row in rows}
    if entry.kind in INHERITED_KINDS and (goals := _goals_above(workspace, selection)):
        figures = figures_of(workspace, selection, [selection.month], [selection.level], [selection.indicator])
        values = {int(key): float(value) for key, value in zip(figures["region"], figures["value"], strict=True)}
        for unit in units(workspace, selection):
            holder = next((key for key in _above(unit.key) if key in goals), None)
            if unit.key not in own and holder is not None:
                value = values.get(unit.key, math.nan)
                share = math.nan if math.isnan(value) else share_of_target(value, goals[holder], entry.direction)
                rows.append((unit.key, share, False, goals[holder], holder))
    frame = pd.DataFrame(rows, columns=["region", "attained_pct", "is_own", "target", "holder"])
    frame = frame.astype({"region": "int64", "attained_pct": float, "is_own": bool, "target": float, "holder": "int64"})
    return frame.sort_values("region", ignore_index=True)


@needs(None, Reach.SIGNED_IN)
def county_outline(workspace: Workspace, county: int) -> pd.DataFrame:
    """The known outline of a county: one row per vertex: county, ring, lon, lat (WGS-84); none where it is not known."""
    rings = geo.county_outline(workspace.settings.data_dir, county) or []
    rows = [(county, number, lon, lat) for number, ring in enumerate(rings) for lon, lat in ring]
    return pd.DataFrame(rows, columns=["county", "ring", "lon", "lat"])


def _goals_above(workspace: Workspace, selection: Selection) -> dict[int, float]:
    """Targets of the selected indicator in force from the region's county down to above its units, by their region."""
    frames = [region_targets(workspace, selection)]
    for level in LEVELS:
        if level_of(selection.region).rank < level.rank < selection.level.rank:
            frames.append(unit_progress(workspace, selection.at(level=level)))
    if level_of(selection.region) is Level.TOWN:
        # A town's villages are held to the county's target where the town has none.
        frames.append(region_targets(workspace, selection.at(region=ancestor_key(selection.region, Level.COUNTY))))
    rows = [row for frame in frames for row in frame.to_dict("records") if row["indicator"] == selection.indicator]
    return {int(row["region"]): float(row["target"]) for row in rows}


def _above(key: int) -> list[int]:
    """Keys of the regions a region lies in, the nearest first."""
    rank = level_of(key).rank
    return [ancestor_key(key, level) for level in reversed(LEVELS) if level.rank < rank]


def _attained(progress_pct: float | None, state: str) -> float:
    """Progress as a map bands it: what is reached stands at 100 at least, also where no share can be formed."""
    known = math.nan if progress_pct is None or pd.isna(progress_pct) else float(progress_pct)
    if state == State.DONE:
        return 100.0 if math.isnan(known) else max(known, 100.0)
    return known
