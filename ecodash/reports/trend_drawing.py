"""Geometry of a trend: a line with gaps where nothing was reported, its target, last year's months; and small trends."""

import base64
import math
from collections.abc import Sequence
from dataclasses import dataclass

from ecodash.domain.periods import Month

WIDTH, HEIGHT = 420.0, 230.0
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


_ABOVE, _BELOW = 9.0, 20.0
"""How far from a point the foot of its number stands."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The paper a trend is drawn on: its size, the margins left for words, and months between two marks of the foot."""

    width: float = WIDTH
    height: float = HEIGHT
    left: float = 58.0
    right: float = 14.0
    top: float = 26.0
    bottom: float = 34.0
    months_apart: int = 6


@dataclass(frozen=True, slots=True)
class Tick:
    """A grid line: where it lies, and what it says."""

    at: float
    value: float
    text: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """A month's place in the drawing and in the frame; unreported months lie on the foot of the chart.

    is_carried: nothing was reported for the month itself; an earlier value still stands.
    """

    row: int
    x: float
    y: float
    is_reported: bool
    is_carried: bool = False


@dataclass(frozen=True, slots=True)
class Trend:
    """A trend in drawing units.

    Args:
        lines: runs of neighbouring reported months, as SVG polyline points; a lone month is a mark only.
        floor: the value at the foot; not 0 where every value is far from it.
        last: the newest reported month.
        last_label: the foot of its number: below a line that falls to it, else above.
        targets: runs of months with one target, as polyline points.
        year_ago: the same months a year before, those that were reported.
        across: from one month to the next.
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
    targets: tuple[str, ...] = ()
    year_ago: tuple[Mark, ...] = ()
    across: float = 0.0


def draw_trend(
    months: Sequence[str],
    values: Sequence[float],
    *,
    carried: Sequence[bool] = (),
    target: Sequence[float] = (),
    year_ago: Sequence[float] = (),
    is_from_zero: bool = False,
    sheet: Sheet | None = None,
) -> Trend:
    """A line over months (yyyy-mm) with NaN for those unreported.

    Args:
        carried: whether a month's value was carried from an earlier one; none where not given.
        target, year_ago: of each month, NaN where there is none; nothing where not given.
        is_from_zero: the axis begins at 0 even where all values are far from it, as bars must.
    """
    sheet = sheet or Sheet()
    known = [value for value in (*values, *target, *year_ago) if not math.isnan(value)]
    lowest = min([*known, 0.0] if is_from_zero else known, default=0.0)
    floor, top, step = _axis(lowest, max(known, default=1.0))
    foot = sheet.height - sheet.bottom
    across = (sheet.width - sheet.left - sheet.right) / max(len(months) - 1, 1)

    def height_of(value: float) -> float:
        return round(foot - (value - floor) / (top - floor) * (foot - sheet.top), 1)

    def place(row: int, value: float, *, is_carried: bool = False) -> Mark:
        is_known = not math.isnan(value)
        y = height_of(value) if is_known else foot
        return Mark(row, round(sheet.left + row * across, 1), y, is_known, is_known and is_carried)

    is_carried = list(carried) or [False] * len(values)
    marks = [place(row, value, is_carried=is_carried[row]) for row, value in enumerate(values)]
    goals = [place(row, value) for row, value in enumerate(target)]
    count = round((top - floor) / step)
    rows = [Tick(height_of(floor + n * step), floor + n * step) for n in range(count + 1)]
    reported = [mark for mark in marks if mark.is_reported]
    last = reported[-1] if reported else None
    ticks = _month_ticks(months, marks, sheet.months_apart)
    return Trend(
        sheet.width, sheet.height, tuple(_runs(marks)), tuple(marks), tuple(rows), tuple(ticks), floor, foot,
        sheet.left, sheet.width - sheet.right, last, 0.0 if last is None else _label_foot(last, marks, foot),
        tuple(_levels(goals, across / 2, sheet)),
        tuple(mark for mark in (place(row, value) for row, value in enumerate(year_ago)) if mark.is_reported), across,
    )  # fmt: skip


def _levels(goals: Sequence[Mark], half: float, sheet: Sheet) -> list[str]:
    """Level strokes: neighbouring months with the same target make one, half a month wider at both ends."""
    runs: list[list[Mark]] = []
    for mark in goals:
        if not mark.is_reported:
            continue
        if runs and runs[-1][-1].row == mark.row - 1 and runs[-1][-1].y == mark.y:
            runs[-1].append(mark)
        else:
            runs.append([mark])
    most = sheet.width - sheet.right
    ends = [(max(run[0].x - half, sheet.left), min(run[-1].x + half, most), run[0].y) for run in runs]
    return [f"{round(start, 1)},{y} {round(end, 1)},{y}" for start, end, y in ends]


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


def _month_ticks(months: Sequence[str], marks: Sequence[Mark], apart: int) -> list[Tick]:
    """Every so many months counted back from the newest, so that the month of the page always stands there."""
    chosen = range((len(months) - 1) % apart, len(months), apart)
    return [Tick(marks[row].x, 0.0, _short(Month.parse(months[row]))) for row in chosen]


def _short(month: Month) -> str:
    return f"{month.year}.{month.month}"


# ── small trends ───────────────────────────────────────────────────────────────────────────────────────────────────

SPARK_WIDTH, SPARK_HEIGHT = 96.0, 22.0
_SPARK_MARGIN = 3.0


@dataclass(frozen=True, slots=True)
class Spark:
    """A trend without axes in drawing units: runs of neighbouring reported months, and every reported month."""

    lines: tuple[str, ...]
    marks: tuple[Mark, ...]
    width: float = SPARK_WIDTH
    height: float = SPARK_HEIGHT

    @property
    def alone(self) -> tuple[Mark, ...]:
        """Months without a reported neighbour, which no line shows, and the newest reported one."""
        rows = {mark.row for mark in self.marks}
        last = max(rows, default=-1)
        return tuple(mark for mark in self.marks if mark.row == last or not {mark.row - 1, mark.row + 1} & rows)


def draw_spark(values: Sequence[float]) -> Spark | None:
    """The last months of one figure, NaN for those unreported; None where there are fewer than two to compare."""
    known = [value for value in values if not math.isnan(value)]
    if len(known) < 2:
        return None
    low, high = min(known), max(known)
    across = (SPARK_WIDTH - 2 * _SPARK_MARGIN) / max(len(values) - 1, 1)
    inner = SPARK_HEIGHT - 2 * _SPARK_MARGIN
    marks = []
    for row, value in enumerate(values):
        is_known = not math.isnan(value)
        # A flat line runs through the middle, not along the foot as a fall to nothing would.
        share = 0.5 if not is_known or high == low else (value - low) / (high - low)
        marks.append(
            Mark(row, round(_SPARK_MARGIN + row * across, 1), round(_SPARK_MARGIN + (1 - share) * inner, 1), is_known)
        )
    return Spark(tuple(_runs(marks)), tuple(mark for mark in marks if mark.is_reported))


SPARK_COLOUR = "#2f8f6b"
"""Seen on light ground and on dark."""


def spark_image(values: Sequence[float]) -> str | None:
    """A small trend as an address that holds its picture, for a column of images: a table's own line charts cannot show
    a month that was not reported. None where there are fewer than two months to compare."""
    spark = draw_spark(values)
    if spark is None:
        return None
    lines = "".join(
        f'<polyline points="{run}" fill="none" stroke="{SPARK_COLOUR}" stroke-width="1.8" stroke-linejoin="round"/>'
        for run in spark.lines
    )
    dots = "".join(f'<circle cx="{mark.x}" cy="{mark.y}" r="2.4" fill="{SPARK_COLOUR}"/>' for mark in spark.alone)
    # A cell draws an image as high as itself: room above and below keeps it as wide as the column.
    wide, high = spark.width + 8, spark.height + 10
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide:g}" height="{high:g}" '
        f'viewBox="-4 -5 {wide:g} {high:g}">{lines}{dots}</svg>'
    )
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"
