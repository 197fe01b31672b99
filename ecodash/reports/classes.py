"""Values into a few classes for colouring maps and tiles: of equal size, of equal width, or by attainment of a target."""

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

SHADES = 5
"""Steps of the sequential scale, lightest first; the style sheet names them q0 to q4."""

COUNTS = (3, 4, 5)
"""Numbers of classes a reader may choose: with more, neighbours could not be told apart without hue."""

BAND_EDGES = (60.0, 80.0, 100.0)
"""Attainment in percent at which a band of targets ends; the last band is what has reached its target."""


class Method(StrEnum):
    """How values are divided: as many in each class, as wide each class, or by how much of a target is reached."""

    QUANTILE = "quantile"
    EQUAL = "equal"
    BANDS = "bands"


@dataclass(frozen=True, slots=True)
class ValueClass:
    """One class: the shade it is drawn in, from where to where it reaches, and how many values are in it.

    Quantile classes reach from their smallest to their largest value; the others from one edge to the next, the upper
    edge belonging to the next class, save for the last; outermost bands reach to infinity.
    """

    shade: int
    lowest: float
    highest: float
    count: int


@dataclass(frozen=True, slots=True)
class Classes:
    """Classes of a set of values, lowest first. Equal values always share a class; no quantile class is empty."""

    members: tuple[ValueClass, ...]

    def place_of(self, value: float) -> int:
        """The place, from 0, of the class of one of the values the classes were made of."""
        lowest = [member.lowest for member in self.members]
        return max(bisect_right(lowest, value) - 1, 0)

    def shade_of(self, value: float) -> int:
        """The shade of one of the values the classes were made of."""
        return self.members[self.place_of(value)].shade


def quantile_classes(values: Iterable[float], count: int = SHADES) -> Classes:
    """Up to so many classes; fewer where there are fewer distinct values, spread over the whole scale."""
    ordered = sorted(values)
    if not ordered:
        return Classes(())
    starts = sorted({ordered[len(ordered) * step // count] for step in range(count)})
    groups = [
        [value for value in ordered if start <= value and (end is None or value < end)]
        for start, end in zip(starts, [*starts[1:], None], strict=True)
    ]
    return Classes(
        tuple(
            ValueClass(shade, group[0], group[-1], len(group))
            for shade, group in zip(_shades(len(groups)), groups, strict=True)
        )
    )


def equal_classes(values: Iterable[float], count: int = SHADES) -> Classes:
    """So many classes of the same width from the smallest to the largest value, empty ones too; one where all are equal."""
    kept = list(values)
    if not kept:
        return Classes(())
    lowest, highest = min(kept), max(kept)
    if lowest == highest:
        return Classes((ValueClass(0, lowest, highest, len(kept)),))
    # Rounded, so that 0.6 is the edge of tenths and not 0.6000000000000001, and a value on it belongs above it.
    edges = [*(round(lowest + (highest - lowest) * step / count, 9) for step in range(count)), highest]
    return _between(edges, kept)


def band_classes(attained: Iterable[float], edges: Sequence[float] = BAND_EDGES) -> Classes:
    """Bands of the attainment of targets, empty ones too.

    Args:
        attained: (actual - baseline) / (target - baseline) in percent, which is higher where it is better even for an
            indicator whose lower values are better; may pass 0 and 100.
    """
    return _between([-math.inf, *edges, math.inf], list(attained))


def _between(edges: Sequence[float], values: Sequence[float]) -> Classes:
    """Classes from each edge up to, but without, the next; the last edge belongs to the last class."""
    counts = [0] * (len(edges) - 1)
    for value in values:
        counts[min(max(bisect_right(edges, value) - 1, 0), len(counts) - 1)] += 1
    spans = zip(_shades(len(counts)), edges, edges[1:], counts, strict=False)
    return Classes(tuple(ValueClass(shade, low, high, count) for shade, low, high, count in spans))


def _shades(count: int) -> list[int]:
    """Shades of so many classes, spread over the whole scale; a single class is of the lightest."""
    last = max(count - 1, 1)
    return [round(place * (SHADES - 1) / last) for place in range(count)]
