"""Ranking: standard competition ranks, movement, and who is left out and why."""

from collections.abc import Mapping
from enum import StrEnum

from ecodash.domain.indicators import Direction


class Excluded(StrEnum):
    """Why a unit that could be compared is not ranked.

    kind: it is no village of the kinds ranked (a community, a farm); class: it is of another peer class;
    least: its ratio stands on a denominator below the minimum, or on none that is known;
    parts: too little of a composite's weight is behind it.
    """

    KIND = "kind"
    CLASS = "class"
    LEAST = "least"
    PARTS = "parts"


def competition_ranks(values: Mapping[int, float | None], direction: Direction) -> dict[int, int]:
    """Rank of each region by value: 1, 2, 2, 4.

    Args:
        values: region key → value; None is unreported and gets no rank, never a 0.
        direction: lower ranks the smallest first; higher and neutral the largest.
    Returns:
        region key → rank, for the regions that have a value; does not depend on the order of values.
    """
    reported = {key: value for key, value in values.items() if value is not None}
    ordered = sorted(reported.values(), reverse=direction is not Direction.LOWER)
    first = {value: place for place, value in reversed(list(enumerate(ordered, start=1)))}
    return {key: first[value] for key, value in reported.items()}


def movement(now: int | None, before: int | None) -> int | None:
    """Places gained since the last ranking: positive is up; None where either is missing."""
    return None if now is None or before is None else before - now
