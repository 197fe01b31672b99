"""How safe first place is: the lead, and the smallest change of one weight that costs it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ecodash.analytics.composite import Floats
from ecodash.domain.composite import Composite
from ecodash.domain.indicators import Direction

Places = npt.NDArray[np.int64]
_NEAR = 1e-9
_PAST = 1e-4
"""Percentage points past a crossing at which it is looked whether first place has gone."""


@dataclass(frozen=True, slots=True)
class WeightChange:
    """A change of one weight after which another unit stands first.

    Args:
        indicator: whose weight.
        weight, changed: before, and where the first unit and the next are level, in percent; the other weights keep
            their proportions.
        leader: key of the unit that would stand first beyond it; 0 where the first would fall below the least weight.
    """

    indicator: str
    weight: float
    changed: float
    leader: int


@dataclass(frozen=True, slots=True)
class Robustness:
    """How safe first place is.

    Args:
        leaders: keys of the units in first place; more than one where they are level; none where nobody is ranked.
        runners_up: keys of the units ranked next.
        lead: difference between their figures, in the unit of the figure, never negative; NaN without a runner-up.
        share: the lead in percent of the spread between the first and the last figure; NaN where all are equal.
        smallest: the smallest change of one weight that costs first place; None where no single one does, or the
            ranking is not a composite's.
    """

    leaders: tuple[int, ...]
    runners_up: tuple[int, ...]
    lead: float
    share: float
    smallest: WeightChange | None = None


def lead_of(regions: Sequence[int], values: npt.NDArray[Any], direction: Direction) -> Robustness:
    """The lead of the first among ranked units.

    Args:
        regions, values: of the ranked units, in one order; no value is missing.
    """
    keys = np.asarray(regions)
    if not len(keys):
        return Robustness((), (), float("nan"), float("nan"))
    better = -values if direction is Direction.LOWER else values
    best = better.max()
    behind = better[better < best]
    leaders = tuple(int(key) for key in np.sort(keys[better == best]))
    if not len(behind):
        return Robustness(leaders, (), 0.0 if len(keys) > 1 else float("nan"), float("nan"))
    second = behind.max()
    lead = 0.0 if len(leaders) > 1 else round(float(best - second), 6)
    return Robustness(
        leaders,
        tuple(int(key) for key in np.sort(keys[better == second])),
        lead,
        round(100 * lead / float(best - better.min()), 6),
    )


def smallest_change(regions: Sequence[int], points: Floats, composite: Composite) -> WeightChange | None:
    """The smallest change of one weight, the others keeping their proportions, that costs a sole first place.

    Args:
        regions, points: units that take part, and their points by item (NaN missing), in one order.
    Returns:
        None where first place is shared, or no change of a single weight (above 0, below 100) costs it.

    A unit's score is a quotient of two linear functions of the change, so two scores cross where a quadratic is 0.
    """
    weights = np.array([float(item.weight) for item in composite.items])
    first = _sole_first(points, weights, float(composite.least_weight))
    if first is None or len(weights) < 2:
        return None
    best: WeightChange | None = None
    for place, item in enumerate(composite.items):
        course = _Course(points, weights, float(composite.least_weight), first, place)
        change = course.smallest()
        if change is None or (best is not None and abs(change) >= abs(best.changed - best.weight)):
            continue
        leader = course.leader_beyond(change)
        weight = float(weights[place])
        best = WeightChange(item.indicator, weight, weight + change, 0 if leader is None else int(regions[leader]))
    return best


def _sole_first(points: Floats, weights: Floats, least: float) -> int | None:
    """The place of the sole first; None where nobody or several are first."""
    if not len(points):
        return None
    present = (~np.isnan(points)) @ weights
    scores = np.nan_to_num(points) @ weights / np.where(present > 0, present, 1.0)
    scores = np.where((present > 0) & (present >= least - _NEAR), np.round(scores, 6), -np.inf)
    first = int(scores.argmax())
    return first if np.isfinite(scores[first]) and np.count_nonzero(scores == scores[first]) == 1 else None


class _Course:
    """Scores while one weight changes and the others keep their proportions: both the points by weight and the weight
    behind them are linear in the change.

    Args:
        points, weights, least: of the composite.
        first: place of the unit in first place.
        place: of the item whose weight changes.
    """

    def __init__(self, points: Floats, weights: Floats, least: float, first: int, place: int) -> None:
        slope = -weights / (100 - weights[place])
        slope[place] = 1.0
        known, is_there = np.nan_to_num(points), (~np.isnan(points)).astype(float)
        self._total, self._total_slope = known @ weights, known @ slope
        self._present, self._present_slope = is_there @ weights, is_there @ slope
        self._least, self._first = least, first
        self._lowest, self._highest = -float(weights[place]), 100 - float(weights[place])

    def smallest(self) -> float | None:
        """The smallest change beyond which the first is not first any more."""
        units, changes = self._crossings()
        is_inside = (changes > self._lowest + _PAST) & (changes < self._highest - _PAST) & (np.abs(changes) > _NEAR)
        units, changes = units[is_inside], changes[is_inside]
        beyond = changes + _PAST * np.sign(changes)
        mine, theirs = self._scores(np.full_like(units, self._first), beyond), self._scores(units, beyond)
        costing = changes[(theirs > mine) | np.isneginf(mine)]
        return float(costing[np.abs(costing).argmin()]) if len(costing) else None

    def leader_beyond(self, change: float) -> int | None:
        """The place of who leads just beyond a change; None where nobody is ranked there."""
        everyone = np.arange(len(self._total))
        scores = self._scores(everyone, np.full(len(everyone), change + _PAST * np.sign(change)))
        leader = int(scores.argmax())
        return leader if np.isfinite(scores[leader]) else None

    def _scores(self, units: Places, changes: Floats) -> Floats:
        present = self._present[units] + self._present_slope[units] * changes
        total = self._total[units] + self._total_slope[units] * changes
        is_ranked = (present >= self._least - _NEAR) & (present > _NEAR)
        scores = np.full(len(total), -np.inf)
        scores[is_ranked] = total[is_ranked] / present[is_ranked]
        return scores

    def _crossings(self) -> tuple[Places, Floats]:
        """Units and changes at which one draws level with the first, or comes into the ranking or leaves it."""
        n, ns, m, ms = self._total, self._total_slope, self._present, self._present_slope
        first = self._first
        a = ns[first] * ms - ns * ms[first]
        b = n[first] * ms + ns[first] * m - n * ms[first] - ns * m[first]
        c = n[first] * m - n * m[first]
        level = _roots(a, b, c)
        entry = _roots(np.zeros_like(m), ms, m - self._least)
        return np.concatenate([level[0], entry[0]]), np.concatenate([level[1], entry[1]])


def _roots(a: Floats, b: Floats, c: Floats) -> tuple[Places, Floats]:
    """Real roots of each a·t² + b·t + c: places and roots."""
    is_curved = np.abs(a) > _NEAR
    line = np.flatnonzero(~is_curved & (np.abs(b) > _NEAR))
    curve = np.flatnonzero(is_curved & (b * b - 4 * a * c >= 0))
    root = np.sqrt(b[curve] ** 2 - 4 * a[curve] * c[curve])
    roots = [-c[line] / b[line], (-b[curve] - root) / (2 * a[curve]), (-b[curve] + root) / (2 * a[curve])]
    return np.concatenate([line, curve, curve]), np.concatenate(roots)
