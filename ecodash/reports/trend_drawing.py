"""Geometry of the snapshot's trend: a line with gaps where nothing was reported."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ecodash.domain.periods import Month

WIDTH, HEIGHT = 420.0, 230.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 58.0, 14.0, 26.0, 34.0
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


_ABOVE, _BELOW = 9.0, 20.0
"""How far from a point the foot of its number stands."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A grid line: where it lies, and what it says."""

    at: float
    value: float
    text: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """A month's place in the drawing and in the frame; unreported months lie on the foot of the chart."""

    row: int
    x: float
    y: float
    is_reported: bool


@dataclass(frozen=True, slots=True)
class Trend:
    """A trend in drawing units.

    Args:
        lines: runs of neighbouring reported months, as SVG polyline points; a lone month is a mark only.
        floor: the value at the foot; not 0 where every value is far from it.
        last: the newest reported month.
        last_label: the foot of its number: below a line that falls to it, else above.
    """

    width: float
    height: float
    lines: tuple[str, ...]
    marks: tuple[Mark, ...]
    rows: tuple[Tick, ...]
    columns: tuple[Tick, ...]
    floor: float
    foot: float
    left: float
    right: float
    last: Mark | None
    last_label: float


def draw_trend(months: Sequence[str], values: Sequence[float]) -> Trend:
    """A line over months (yyyy-mm) with NaN for those unreported."""
    known = [value for value in values if not math.isnan(value)]
    floor, top, step = _axis(min(known, default=0.0), max(known, default=1.0))
    foot = HEIGHT - _BOTTOM
    across = (WIDTH - _LEFT - _RIGHT) / max(len(months) - 1, 1)

    def height_of(value: float) -> float:
        return round(foot - (value - floor) / (top - floor) * (foot - _TOP), 1)

    marks = [
        Mark(
            row, round(_LEFT + row * across, 1), foot if math.isnan(value) else height_of(value), not math.isnan(value)
        )
        for row, value in enumerate(values)
    ]
    count = round((top - floor) / step)
    rows = [Tick(height_of(floor + place * step), floor + place * step) for place in range(count + 1)]
    reported = [mark for mark in marks if mark.is_reported]
    last = reported[-1] if reported else None
    return Trend(
        WIDTH, HEIGHT, tuple(_runs(marks)), tuple(marks), tuple(rows), tuple(_month_ticks(months, marks)), floor, foot,
        _LEFT, WIDTH - _RIGHT, last, 0.0 if last is None else _label_foot(last, marks, foot),
    )  # fmt: skip


def _label_foot(last: Mark, marks: Sequence[Mark], foot: float) -> float:
    before = marks[last.row - 1] if last.row else last
    falls = before.is_reported and before.y < last.y
    has_room = last.y + _BELOW <= foot
    return round(last.y + _BELOW if falls and has_room else last.y - _ABOVE, 1)


def _axis(lowest: float, highest: float) -> tuple[float, float, float]:
    """Foot, top and step of the upright axis: from 0 unless all values lie in the upper half of it."""
    start = lowest if 0 < highest / 2 < lowest < highest else min(lowest, 0.0)
    rough = (highest - start or abs(highest) or 1.0) / 4
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * size for factor in _STEPS if factor * size >= rough * 0.999)
    floor = math.floor(start / step + 1e-9) * step
    top = max(math.ceil(highest / step - 1e-9) * step, floor + step)
    return floor, top, step


def _runs(marks: Sequence[Mark]) -> list[str]:
    runs: list[list[Mark]] = [[]]
    for mark in marks:
        if mark.is_reported:
            runs[-1].append(mark)
        elif runs[-1]:
            runs.append([])
    return [" ".join(f"{mark.x},{mark.y}" for mark in run) for run in runs if len(run) > 1]


def _month_ticks(months: Sequence[str], marks: Sequence[Mark]) -> list[Tick]:
    """Every sixth month counted back from the newest, so that the month of the page always stands there."""
    chosen = range((len(months) - 1) % 6, len(months), 6)
    return [Tick(marks[row].x, 0.0, _short(Month.parse(months[row]))) for row in chosen]


def _short(month: Month) -> str:
    return f"{month.year}.{month.month}"
