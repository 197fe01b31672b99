"""How near a figure is to a target that is not its own."""

from ecodash.domain.indicators import Direction

_PLACES = 9
"""Digits a share is rounded to: 0.17 of 0.17 is 100 %, on the edge of a band and not below it."""


def share_of_target(value: float, target: float, direction: Direction) -> float:
    """A figure as a share of a target in percent: from 100 on it is reached, whichever way is better.

    A unit is held to the target of the region above it by this share, and not by the way from a baseline: the region's
    baseline is not the unit's. Lower is better: the target as a share of the figure, 100 where both are zero.
    """
    if direction is Direction.LOWER:
        return 100.0 if value <= target and value <= 0 else (round(100.0 * target / value, _PLACES) if value else 0.0)
    if target <= 0:
        return 100.0 if value >= target else 0.0
    return round(100.0 * value / target, _PLACES)
