"""Queries → the frames a map draws: each unit with its figure and with what its class is made of."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from ecodash.domain.periods import Month
from ecodash.domain.regions import LEVELS, Level, ancestor_key, level_of
from ecodash.domain.selection import Selection
from ecodash.reports.classes import Method
from ecodash.views import classes, data
from ecodash.views.classes import Division
from ecodash.views.map_choice import MapChoice
from ecodash.views.map_tiles import MOST_TILES

LONGEST_RUN = 24
"""Months a slider reaches over: classes that hold for all of them are made of so many."""


@dataclass(frozen=True, slots=True)
class Units:
    """The units of a map in some months.

    Args:
        frames: by month, rows of queries.unit_ranking in code order with group, group_name (what the unit lies in),
            measure (what its class is of; NaN without one), holder (key of the region above whose target that is
            measured by; 0 for its own, or none).
        division: of the measures of all the months classes are to hold for.
        method: as divided; not what was asked for, where no unit is held to a target.
        count: classes asked for.
    """

    frames: dict[Month, pd.DataFrame]
    division: Division
    method: Method
    count: int


def measured(selection: Selection, choice: MapChoice, months: Sequence[Month], over: Sequence[Month]) -> Units:
    """The units of a selection in the months drawn, divided by the classes of a choice.

    Args:
        over: months whose values the classes are made of; the months drawn where empty.
    """
    method, attained = choice.method, dict[Month, pd.DataFrame]()
    if method is Method.BANDS:
        attained = {month: data.unit_attainment(selection.at(month=month)) for month in months}
        if all(known.empty for known in attained.values()):
            method = Method.QUANTILE
    frames = {month: _frame(selection.at(month=month)) for month in months}
    for month, frame in frames.items():
        _add_measure(frame, attained[month] if method is Method.BANDS else None)
    unit, decimals = data.indicator(selection).shown_at(selection.level)
    pooled = pd.concat([frame["measure"] for frame in frames.values()])
    if over and method is not Method.BANDS:
        pooled = data.unit_values(selection.at(month=over[-1]), tuple(over))["value"]
    return Units(frames, classes.divide(pooled, decimals, unit, method, choice.count), method, choice.count)


def _add_measure(frame: pd.DataFrame, attained: pd.DataFrame | None) -> None:
    if attained is None:
        frame["measure"] = frame["value"]
        frame["holder"] = 0
        return
    known = attained.set_index("region")
    frame["measure"] = frame["region"].map(known["attained_pct"])
    # Only what is another's needs to be said.
    frame["holder"] = frame["region"].map(known["holder"].where(~known["is_own"], 0)).fillna(0).astype("int64")


def _frame(selection: Selection) -> pd.DataFrame:
    rows = data.unit_ranking(selection).sort_values("region", ignore_index=True)
    above = _group_level(selection)
    tree = data.tree()
    rows["group"] = [ancestor_key(key, above) for key in rows["region"]]
    rows["group_name"] = [found.name if (found := tree.find(key)) else "" for key in rows["group"]]
    return rows


def _group_level(selection: Selection) -> Level:
    """Villages are grouped by town; towns of a city by county."""
    return LEVELS[selection.level.rank - 1]


def finest_level(region: int, month: Month) -> Level:
    """The lowest level of a region's units of which there are no more than a screen holds."""
    below = [level for level in LEVELS if level.rank > level_of(region).rank]
    for level in reversed(below):
        if 0 < sum(unit.is_valid(month.key) for unit in data.tree().under(region, level)) <= MOST_TILES:
            return level
    return below[0] if below else Level.VILLAGE
