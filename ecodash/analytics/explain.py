"""Why a unit moved: the places it moved, taken apart so that the parts add up to the whole.

Method, the same for every indicator: ordered counterfactuals. Start from the earlier ranking and change one thing at a
time, ranking anew after each: first what the unit itself did, factor by factor, while all others stay as they were;
last what all the others did. The places of a factor are the rank before it minus the rank after it, so they are whole
numbers and their sum is the movement, whatever the figures. A unit's own factors come in the order: parts that are new,
parts that changed (the largest effect on the unit's own figure first, then in the order of the composite), parts that
are gone; so that in between no score stands on less of the weight than at both ends.

The same movement is taken apart by name as well: units passed, units that passed, and units that came or went above.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ecodash.analytics.composite import Floats, Scored, score_units
from ecodash.domain.composite import Composite
from ecodash.domain.indicators import Direction


class FactorKind(StrEnum):
    """What changed: the unit's figure, an item of its composite, a part of its ratio; or the other units."""

    OWN = "own"
    ITEM = "item"
    NUMERATOR = "numerator"
    DENOMINATOR = "denominator"
    OTHERS = "others"


class Moved(StrEnum):
    """What became of a unit: up, down, same; new: it has no earlier rank; or it has no rank now."""

    UP = "up"
    DOWN = "down"
    SAME = "same"
    NEW = "new"
    UNREPORTED = "unreported"
    EXCLUDED = "excluded"


@dataclass(frozen=True, slots=True)
class Factor:
    """One part of a movement.

    Args:
        kind: what changed.
        indicator: code of the item or the part of the ratio; the ranked one for own; "" for others.
        places: gained (positive) or lost by it.
        rank_after: rank once it and what stands before it are counted.
        before, after: the unit's figure in the two periods; NaN where there is none, and for others.
        points_before, points_after: of an item of a composite; NaN else.
    """

    kind: FactorKind
    indicator: str
    places: int
    rank_after: int
    before: float = float("nan")
    after: float = float("nan")
    points_before: float = float("nan")
    points_after: float = float("nan")


@dataclass(frozen=True, slots=True)
class Passing:
    """Units, by key, that changed sides: passed and gone_above gain a place each, passed_by and new_above cost one."""

    passed: tuple[int, ...] = ()
    passed_by: tuple[int, ...] = ()
    new_above: tuple[int, ...] = ()
    gone_above: tuple[int, ...] = ()

    @property
    def places(self) -> int:
        return len(self.passed) + len(self.gone_above) - len(self.passed_by) - len(self.new_above)


@dataclass(frozen=True)
class Explanation:
    """Why a unit stands where it stands.

    Args:
        region, name: of the unit.
        moved: what became of it.
        excluded: domain.ranking.Excluded or "".
        rank, previous_rank, places: None where there is none.
        value, previous: figures of the two periods, NaN where there is none.
        factors: their places add up to places; none where there is no movement to explain.
        passing: units that changed sides with it.
        names: of the units in passing, by key.
        batches: uploads that brought the unit's figures of this period, newest first: seq, file_name, actor,
            committed_at, cells, indicators (codes joined by commas), is_demo.
    """

    region: int
    name: str
    moved: Moved
    excluded: str
    rank: int | None
    previous_rank: int | None
    places: int | None
    value: float
    previous: float
    factors: tuple[Factor, ...]
    passing: Passing
    names: Mapping[int, str]
    batches: pd.DataFrame = field(compare=False)


@dataclass(frozen=True, slots=True)
class Step:
    """A change of the unit's own figure.

    Args:
        kind, indicator, before, after: as Factor has them.
        value: the unit's ranked figure once this and all earlier steps are taken.
    """

    kind: FactorKind
    indicator: str
    before: float
    after: float
    value: float


def ratio_steps(
    parts: tuple[str, str], before: tuple[float, float], after: tuple[float, float], previous: float, value: float
) -> list[Step]:
    """A ratio's change as one of its numerator and one of its denominator, the larger effect first.

    Args:
        parts: codes of numerator and denominator.
        before, after: numerator and denominator in the two periods; denominators above 0.
        previous, value: the ratio as ranked.
    """
    (num0, den0), (num1, den1) = before, after
    kinds = (FactorKind.NUMERATOR, FactorKind.DENOMINATOR)
    halfway = (round(100 * num1 / den0, 6), round(100 * num0 / den1, 6))
    first = 0 if abs(halfway[0] - previous) >= abs(halfway[1] - previous) else 1
    order = (first, 1 - first)
    values = (halfway[first], value)
    return [
        Step(kinds[part], parts[part], before[part], after[part], stand)
        for part, stand in zip(order, values, strict=True)
        if before[part] != after[part]
    ]


def explain_value(
    region: int, before: "pd.Series[float]", now: "pd.Series[float]", direction: Direction, steps: Sequence[Step]
) -> tuple[Factor, ...]:
    """The factors of a movement on one indicator.

    Args:
        before, now: figures of the units ranked in the two periods, by region; the region is in both.
        steps: changes of its own figure; the last one ends at its figure of now.
    """
    others_before = before.drop(region).to_numpy(dtype=float)
    others_now = now.drop(region).to_numpy(dtype=float)
    rank = _place(float(before[region]), others_before, direction)
    factors = []
    for step in steps:
        after = _place(step.value, others_before, direction)
        factors.append(Factor(step.kind, step.indicator, rank - after, after, step.before, step.after))
        rank = after
    return (*factors, _of_others(rank, _place(float(now[region]), others_now, direction)))


def explain_composite(
    region: int,
    before: pd.DataFrame,
    now: pd.DataFrame,
    composite: Composite,
    directions: Mapping[str, Direction],
) -> tuple[Factor, ...]:
    """The factors of a movement on a composite.

    Args:
        before, now: values of the items (columns, in the composite's order) of the units that take part in the two
            periods, by region; the region is ranked in both.
    """
    mine = int(before.index.get_loc(region))  # type: ignore[arg-type]
    old, new = before.to_numpy(dtype=float), now.loc[region].to_numpy(dtype=float)
    start = _scored(old, composite, directions)
    end = _scored(now.to_numpy(dtype=float), composite, directions)
    final = int(now.index.get_loc(region))  # type: ignore[arg-type]
    state = old.copy()
    rank = _score_place(start, mine)
    factors = []
    for place in _item_order(old[mine], new, lambda row: _with_row(old, mine, row, composite, directions)):
        state[mine, place] = new[place]
        scored = _scored(state, composite, directions)
        after = _score_place(scored, mine)
        code = composite.items[place].indicator
        points = (float(start.points[mine, place]), float(end.points[final, place]))
        factors.append(
            Factor(FactorKind.ITEM, code, rank - after, after, float(old[mine, place]), float(new[place]), *points)
        )
        rank = after
    return (*factors, _of_others(rank, _score_place(end, final)))


def passing_of(region: int, before: "pd.Series[float]", now: "pd.Series[float]", direction: Direction) -> Passing:
    """Which other units changed sides: arguments as explain_value takes them."""
    ahead_before = _ahead(before, float(before[region]), direction)
    ahead_now = _ahead(now, float(now[region]), direction)
    was_there, is_there = set(before.index), set(now.index)

    def keys(found: set[int]) -> tuple[int, ...]:
        return tuple(sorted(int(key) for key in found))

    return Passing(
        passed=keys((ahead_before - ahead_now) & is_there),
        passed_by=keys((ahead_now - ahead_before) & was_there),
        new_above=keys(ahead_now - was_there),
        gone_above=keys(ahead_before - is_there),
    )


def _ahead(values: "pd.Series[float]", mine: float, direction: Direction) -> set[int]:
    is_ahead = values < mine if direction is Direction.LOWER else values > mine
    return set(values.index[is_ahead])


def _of_others(rank: int, final: int) -> Factor:
    return Factor(FactorKind.OTHERS, "", rank - final, final)


def _place(value: float, others: npt.NDArray[Any], direction: Direction) -> int:
    """Rank of a value among others: one more than there are better ones."""
    better = others < value if direction is Direction.LOWER else others > value
    return 1 + int(np.count_nonzero(better))


def _scored(values: Floats, composite: Composite, directions: Mapping[str, Direction]) -> Scored:
    everyone: npt.NDArray[np.bool_] = np.ones(len(values), dtype=bool)
    return score_units(values, everyone, composite, directions)


def _score_place(scored: Scored, mine: int) -> int:
    scores = scored.score
    return 1 + int(np.count_nonzero(scores > scores[mine]))


def _with_row(
    values: Floats, mine: int, row: Floats, composite: Composite, directions: Mapping[str, Direction]
) -> float:
    """The unit's score with another row of values, the others as they are."""
    changed = values.copy()
    changed[mine] = row
    return float(_scored(changed, composite, directions).score[mine])


def _item_order(old: Floats, new: Floats, score: Callable[[Floats], float]) -> list[int]:
    """Places of the items that changed, in the order in which they are counted."""
    is_new = np.isnan(old) & ~np.isnan(new)
    is_gone = ~np.isnan(old) & np.isnan(new)
    is_changed = ~np.isnan(old) & ~np.isnan(new) & (old != new)
    whole = score(old)

    def effect(place: int) -> float:
        row = old.copy()
        row[place] = new[place]
        found = abs(score(row) - whole)
        return 0.0 if np.isnan(found) else float(found)

    order: list[int] = []
    for group in (is_new, is_changed, is_gone):
        places = [int(place) for place in np.flatnonzero(group)]
        order += sorted(places, key=lambda place: (-effect(place), place)) if len(places) > 1 else places
    return order
