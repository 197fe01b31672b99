"""Geometry of the snapshot's map: outlines, points and labels in drawing units, ready for a template to print."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product

import pandas as pd

from ecodash.reports.numbers import is_missing

WIDTH = 420.0
"""Drawing units across. A phone shows about 0.85 pixels a unit, so a letter of FONT is still read there."""

FONT = 15.0
MARGIN = 12.0
_TALLEST = 480.0
RADII = 4.5, 11.0
"""Of the smallest and the largest dot."""

_TOLERANCE = 0.5
"""How far a simplified line may stray from the true one."""

_REACHES = (3.0, 14.0, 28.0)
"""Distances of a label from its dot; from the second on a line joins them."""

_ROUNDS = 12
"""Tries at labelling every dot before some are left to the list under the map."""

Point = tuple[float, float]
Box = tuple[float, float, float, float]
Circle = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Shape:
    """A county's outline, simplified, its rings filled by the even-odd rule, and the middle of it for a label."""

    region: int
    rings: tuple[tuple[Point, ...], ...]
    x: float
    y: float

    @property
    def path(self) -> str:
        """The rings as an SVG path."""
        return "".join("M" + " ".join(f"{x:.1f},{y:.1f}" for x, y in ring) + "Z" for ring in self.rings)


@dataclass(frozen=True, slots=True)
class Label:
    """Where a dot's lines of text go, and where the line to the dot ends; no line where the label is close by."""

    x: float
    y: float
    anchor: str
    lines: tuple[str, ...]
    leader: Point | None


@dataclass(frozen=True, slots=True)
class Dot:
    """A unit's point: its row in the ranking frame, place and radius; no label where there was no room."""

    row: int
    x: float
    y: float
    radius: float
    label: Label | None


@dataclass(frozen=True, slots=True)
class Drawing:
    """A map in drawing units."""

    width: float
    height: float
    shapes: tuple[Shape, ...]
    dots: tuple[Dot, ...]


def draw_map(
    points: pd.DataFrame,
    outline: pd.DataFrame,
    captions: Sequence[tuple[str, ...]],
    *,
    radii: tuple[float, float] = RADII,
    largest: float | None = None,
) -> Drawing | None:
    """Outlines and dots fitted to WIDTH, north up; None where no place is known.

    Args:
        points: one row per unit with a known place: row (its position in captions), lon, lat, value (NaN unreported).
        outline: one row per vertex: county, ring, lon, lat.
        captions: for every unit, the lines that label it, name first.
        radii: of the smallest and the largest dot.
        largest: the value of the largest dot, where drawings are compared; that of the points where not given.
    """
    if points.empty and outline.empty:
        return None
    project, height = projection([*points["lon"], *outline["lon"]], [*points["lat"], *outline["lat"]])
    top = max((value for value in points["value"] if value > 0), default=0.0) if largest is None else largest
    dots = tuple(place_dots(points, project, captions, height, radii, top))
    return Drawing(WIDTH, height, tuple(shapes_of(outline, project)), dots)


class Projection:
    """Degrees to drawing units: longitude shrunk by the cosine of the middle latitude, which a county's size allows."""

    def __init__(self, lon: float, lat: float, squeeze: float, scale: float) -> None:
        self._lon, self._lat, self._squeeze, self._scale = lon, lat, squeeze, scale

    def __call__(self, lon: float, lat: float) -> Point:
        return MARGIN + (lon - self._lon) * self._squeeze * self._scale, MARGIN + (self._lat - lat) * self._scale


def projection(lons: Sequence[float], lats: Sequence[float]) -> tuple[Projection, float]:
    west, east, south, north = min(lons), max(lons), min(lats), max(lats)
    squeeze = math.cos(math.radians((south + north) / 2))
    across = max((east - west) * squeeze, 1e-3)
    tall = max(north - south, 1e-3)
    scale = min((WIDTH - 2 * MARGIN) / across, (_TALLEST - 2 * MARGIN) / tall)
    # A narrow county stands in the middle of the frame.
    left = west - ((WIDTH - 2 * MARGIN) / scale - across) / 2 / squeeze
    return Projection(left, north, squeeze, scale), round(tall * scale + 2 * MARGIN, 1)


def shapes_of(outline: pd.DataFrame, project: Projection, tolerance: float = _TOLERANCE) -> Iterable[Shape]:
    """Each region's rings, simplified; of one too small for that its longest ring as it is, so that none goes missing."""
    for county, rings in outline.groupby("county", sort=True):
        kept: list[tuple[Point, ...]] = []
        corners: list[Point] = []
        whole = [
            [project(lon, lat) for lon, lat in zip(ring["lon"], ring["lat"], strict=True)]
            for _, ring in rings.groupby("ring", sort=True)
        ]
        for line in (simplify(ring, tolerance) for ring in whole):
            if len(line) > 3:
                kept.append(tuple(line))
                corners += line
        if not kept and (longest := max(whole, key=len, default=[])):
            kept.append(tuple(longest))
            corners += longest
        middle = [round((min(side) + max(side)) / 2, 1) for side in zip(*corners, strict=True)] or [0.0, 0.0]
        yield Shape(int(str(county)), tuple(kept), *middle)


def simplify(line: Sequence[Point], tolerance: float) -> list[Point]:
    """A line without the vertices that lie closer than tolerance to the line of the others (Douglas-Peucker)."""
    return [line[place] for place in kept_places(line, tolerance)]


def kept_places(line: Sequence[Point], tolerance: float) -> list[int]:
    """Which vertices of a line stay when it is simplified."""
    if len(line) < 3:
        return list(range(len(line)))
    kept = {0, len(line) - 1}
    # A ring starts where it ends: split it at the vertex farthest from there.
    far = max(range(len(line)), key=lambda place: math.dist(line[0], line[place]))
    kept.add(far)
    pending = [(0, far), (far, len(line) - 1)]
    while pending:
        first, last = pending.pop()
        if last - first < 2:
            continue
        worst = max(range(first + 1, last), key=lambda place: _distance(line[place], line[first], line[last]))
        if _distance(line[worst], line[first], line[last]) > tolerance:
            kept.add(worst)
            pending += [(first, worst), (worst, last)]
    return sorted(kept)


def _distance(point: Point, start: Point, end: Point) -> float:
    length = math.dist(start, end)
    if not length:
        return math.dist(point, start)
    cross = (end[0] - start[0]) * (start[1] - point[1]) - (start[0] - point[0]) * (end[1] - start[1])
    return abs(cross) / length


# ── dots and their labels ──────────────────────────────────────────────────────────────────────────────────────────


def place_dots(
    points: pd.DataFrame,
    project: Projection,
    captions: Sequence[tuple[str, ...]],
    height: float,
    radii: tuple[float, float],
    largest: float,
    taken: Sequence[Box] = (),
) -> Iterable[Dot]:
    """Dots of draw_map's points, labelled where there is room beside what is taken."""
    ordered = points.sort_values("row")
    places = zip(ordered["lon"], ordered["lat"], ordered["value"], strict=True)
    circles = [(*project(lon, lat), _radius(value, largest, radii)) for lon, lat, value in places]
    rows = [int(row) for row in ordered["row"]]
    labels = _label_all(circles, [captions[row] for row in rows], height, taken)
    for row, (x, y, radius), label in zip(rows, circles, labels, strict=True):
        yield Dot(row, round(x, 1), round(y, 1), round(radius, 1), label)


def _label_all(
    circles: Sequence[Circle], captions: Sequence[tuple[str, ...]], height: float, others: Sequence[Box]
) -> list[Label | None]:
    """A label for as many circles as can be: whoever found no room chooses first in the next round."""

    def room(place: int) -> float:
        here = circles[place]
        others = (math.dist(here[:2], there[:2]) for other, there in enumerate(circles) if other != place)
        return min(others, default=0.0)

    # The most crowded choose first: the others have room left anyway.
    order = sorted(range(len(circles)), key=room)
    best: list[Label | None] = [None] * len(circles)
    for _ in range(_ROUNDS):
        taken = [*others, *((x - r, y - r, x + r, y + r) for x, y, r in circles)]
        labels: list[Label | None] = [None] * len(circles)
        for place in order:
            labels[place] = _place_label(circles[place], captions[place], circles, taken, height)
        if best.count(None) > labels.count(None):
            best = labels
        if None not in labels:
            break
        order = sorted(order, key=lambda place: labels[place] is not None)
    return best


def _radius(value: float, largest: float, radii: tuple[float, float]) -> float:
    """Area in proportion to the value, within what the eye can tell."""
    if is_missing(value) or value <= 0 or not largest:
        return radii[0]
    return max(radii[0], radii[1] * math.sqrt(value / largest))


def _place_label(
    own: Circle, caption: tuple[str, ...], circles: Sequence[Circle], taken: list[Box], height: float
) -> Label | None:
    """The first free place for name and value, else for the name alone, near the dot, else farther off with a line.

    Without a line a label must lie nearer to its own dot than to any other: a town must never be read as its neighbour.
    """
    x, y, radius = own
    for reach, lines in product(_REACHES, (caption, caption[:1])):
        has_line = reach > _REACHES[0]
        wide = max(text_width(line) for line in lines)
        tall = FONT * 1.15 * len(lines)
        for left, top, anchor in _beside(x, y, radius + reach, wide, tall):
            box = (left, top, left + wide, top + tall)
            inside = left >= 2 and top >= 2 and box[2] <= WIDTH - 2 and box[3] <= height - 2
            if not inside or any(overlap(box, other) for other in taken):
                continue
            if not has_line and any(_gap(box, other) < _gap(box, own) + 2 for other in circles if other != own):
                continue
            taken.append(box)
            across = {"start": left, "end": box[2], "middle": x}[anchor]
            end = (round(min(max(x, left), box[2]), 1), round(min(max(y, top), box[3]), 1)) if has_line else None
            return Label(round(across, 1), round(top + FONT * 0.95, 1), anchor, lines, end)
    return None


def _gap(box: Box, circle: Circle) -> float:
    """Distance between a box and the edge of a circle."""
    x, y, radius = circle
    return math.hypot(max(box[0] - x, 0, x - box[2]), max(box[1] - y, 0, y - box[3])) - radius


def _beside(x: float, y: float, gap: float, wide: float, tall: float) -> Iterable[tuple[float, float, str]]:
    """Left and top of a label around a dot, with its text anchor, the easiest to read first."""
    slant = gap * 0.7
    yield x + gap, y - tall / 2, "start"
    yield x - gap - wide, y - tall / 2, "end"
    yield x - wide / 2, y + gap, "middle"
    yield x - wide / 2, y - gap - tall, "middle"
    yield x + slant, y + slant, "start"
    yield x + slant, y - slant - tall, "start"
    yield x - slant - wide, y + slant, "end"
    yield x - slant - wide, y - slant - tall, "end"


def overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def label_box(label: Label) -> Box:
    """The room a label takes."""
    wide = max(text_width(line) for line in label.lines)
    left = label.x - {"start": 0.0, "end": wide, "middle": wide / 2}[label.anchor]
    top = label.y - FONT * 0.95
    return left, top, left + wide, top + FONT * 1.15 * len(label.lines)


def text_width(text: str) -> float:
    return sum(FONT * (0.6 if char.isascii() else 1.0) for char in text)
