"""Values into a few classes of about equal size, for colouring maps and tiles."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

SHADES = 5
"""Steps of the sequential scale, lightest first; the style sheet names them q0 to q4."""


@dataclass(frozen=True, slots=True)
class ValueClass:
    """One class: the shade it is drawn in, and the smallest and largest value in it."""

    shade: int
    lowest: float
    highest: float
    count: int


@dataclass(frozen=True, slots=True)
class Classes:
    """Quantile classes of a set of values, lowest first. Equal values always share a class; no class is empty."""

    members: tuple[ValueClass, ...]

    def shade_of(self, value: float) -> int:
        """The shade of one of the values the classes were made of."""
        lowest = [member.lowest for member in self.members]
        return self.members[max(bisect_right(lowest, value) - 1, 0)].shade


def quantile_classes(values: Iterable[float]) -> Classes:
    """Up to five classes; fewer where there are fewer distinct values, spread over the whole scale."""
    ordered = sorted(values)
    if not ordered:
        return Classes(())
    starts = sorted({ordered[len(ordered) * step // SHADES] for step in range(SHADES)})
    groups = [
        [value for value in ordered if start <= value and (end is None or value < end)]
        for start, end in zip(starts, [*starts[1:], None], strict=True)
    ]
    last = max(len(groups) - 1, 1)
    return Classes(
        tuple(
            ValueClass(round(place * (SHADES - 1) / last), group[0], group[-1], len(group))
            for place, group in enumerate(groups)
        )
    )
