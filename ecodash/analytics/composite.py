"""Scores of a composite: each item made 0 to 100 points, then weighed. The rules are stated in domain.composite."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ecodash.domain.composite import Composite, CompositeItem, Scoring
from ecodash.domain.indicators import Direction

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
_PLACES = 6


@dataclass(frozen=True)
class Scored:
    """Scores of all units.

    Args:
        score: by unit; NaN where too little of the weight is present.
        present: percent of the weight that is behind the score, by unit.
        points: by unit and item; NaN where the item is missing.
    """

    score: Floats
    present: Floats
    points: Floats


def item_points(values: Floats, takes_part: Flags, item: CompositeItem, direction: Direction) -> Floats:
    """Points, 0 to 100, of one item; NaN where it was not reported.

    Args:
        values: by unit.
        takes_part: units whose worst and best value span the scale. The others get no points.
    """
    shown = np.where(takes_part, values, np.nan)
    is_lower = direction is Direction.LOWER
    if item.scoring is Scoring.SPAN:
        if np.isnan(shown).all():
            return shown
        low, high = float(np.nanmin(shown)), float(np.nanmax(shown))
        if low == high:
            return np.where(np.isnan(shown), np.nan, 100.0)
        share = (high - shown) / (high - low) if is_lower else (shown - low) / (high - low)
        return np.round(100 * share, _PLACES)
    share = shown / float(item.full) * 100 if item.scoring is Scoring.TARGET and item.full else shown
    held = np.clip(share, 0.0, 100.0)
    return np.round(100 - held if is_lower else held, _PLACES)


def score_units(values: Floats, takes_part: Flags, composite: Composite, directions: Mapping[str, Direction]) -> Scored:
    """Scores of units from the values of the items.

    Args:
        values: by unit and item, in the composite's order; NaN is missing.
        takes_part: units that are compared at all.
    Returns:
        The score is the mean of the points by weight over the items that are present, and NaN where those carry less
        weight than the composite asks for.
    """
    columns = [
        item_points(values[:, place], takes_part, item, directions[item.indicator])
        for place, item in enumerate(composite.items)
    ]
    return weigh(np.column_stack(columns), composite)


def weigh(points: Floats, composite: Composite) -> Scored:
    """Scores from points: see score_units."""
    weights = np.array([float(item.weight) for item in composite.items])
    is_there = ~np.isnan(points)
    # Summed by column, so that a unit's score does not depend on which other units stand beside it.
    present, total = np.zeros(len(points)), np.zeros(len(points))
    for place, weight in enumerate(weights):
        present += weight * is_there[:, place]
        total += weight * np.where(is_there[:, place], points[:, place], 0.0)
    present = np.round(present, _PLACES)
    is_enough = (present > 0) & (present >= float(composite.least_weight))
    score = np.round(total / np.where(present > 0, present, 1.0), _PLACES)
    return Scored(np.where(is_enough, score, np.nan), present, points)


def missing_items(values: pd.DataFrame) -> list[str]:
    """For each unit the codes of the items it lacks, joined by commas: columns are the items."""
    absent = values.isna().to_numpy()
    codes = np.array([str(code) for code in values.columns], dtype=object)
    known: dict[bytes, str] = {}
    texts = []
    for row in absent:
        pattern = row.tobytes()
        if pattern not in known:
            known[pattern] = ",".join(codes[row])
        texts.append(known[pattern])
    return texts
