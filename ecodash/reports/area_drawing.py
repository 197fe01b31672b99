"""Geometry of areas: polygons in drawing units, where each is wide inside, and what is written there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from ecodash.reports.map_drawing import (
    FONT,
    WIDTH,
    Box,
    Dot,
    Drawing,
    Label,
    Point,
    Projection,
    Shape,
    kept_places,
    label_box,
    overlap,
    place_dots,
    projection,
    shapes_of,
    text_width,
)

_TOLERANCE = 0.4
"""How far a simplified line may stray: neighbours share their borders, so gaps show sooner than on an outline."""

_DOT = 6.0
"""Radius of the dot of a unit without an area: beside areas size says nothing."""

_KEPT_TOLERANCE = _TOLERANCE / 2
"""The same for areas that are kept to be drawn later: what is drawn of them must not show that they were thinned."""

_DEGREES = 5
"""Digits a kept vertex is rounded to: about a metre."""

_LINES_TRIED = 7
"""Level lines through an area along which its widest place is looked for."""

_LEAST_ROOM = 0.75
"""How much of a line of text must fit inside its area."""


@dataclass(frozen=True, slots=True)
class Room:
    """A point inside an area where it is wide, and how wide it is there."""

    x: float
    y: float
    wide: float


@dataclass(frozen=True, slots=True)
class Ground:
    """Areas in drawing units, before anything is written on them: all of a map that no figure changes.

    Args:
        width, height: of the drawing.
        around: the outline they lie in.
        shapes, rooms: of each area, in the order of the regions' keys.
    """

    width: float
    height: float
    around: tuple[Shape, ...]
    shapes: tuple[Shape, ...]
    rooms: tuple[Room, ...]


def lay_ground(areas: pd.DataFrame, outline: pd.DataFrame) -> Ground | None:
    """Polygons fitted to WIDTH, north up; None where there is none.

    Args:
        areas: one row per vertex: county (key of the region drawn, whatever its level), ring, lon, lat (WGS-84).
        outline: the line around them, of the same columns, in the same datum.
    """
    if areas.empty:
        return None
    return _ground(areas, outline, *projection([*areas["lon"], *outline["lon"]], [*areas["lat"], *outline["lat"]]))


def _ground(areas: pd.DataFrame, outline: pd.DataFrame, project: Projection, height: float) -> Ground:
    shapes = tuple(shapes_of(areas, project, _TOLERANCE))
    return Ground(WIDTH, height, tuple(shapes_of(outline, project)), shapes, tuple(inner_room(s.rings) for s in shapes))


@dataclass(frozen=True, slots=True)
class MixedMap:
    """Units as areas where they are known, the others as dots.

    Args:
        drawing: the line around, the areas, and the dots.
        names: what is written inside the areas, by region key; nothing where there is no room.
    """

    drawing: Drawing
    names: Mapping[int, Label]


def draw_areas(
    areas: pd.DataFrame,
    outline: pd.DataFrame,
    points: pd.DataFrame,
    captions: Sequence[tuple[str, ...]],
    row_of: Mapping[int, int],
) -> MixedMap:
    """Areas, the points of units without one, and the outline around, fitted to WIDTH, north up.

    Args:
        areas, outline: as of lay_ground; there are areas.
        points: as of map_drawing.draw_map.
        captions: for every unit, the lines that label it, name first.
        row_of: the position in captions of each region drawn as an area.
    """
    frames = (areas, outline, points)
    project, height = projection(
        [lon for frame in frames for lon in frame["lon"]], [lat for frame in frames for lat in frame["lat"]]
    )
    ground = _ground(areas, outline, project, height)
    places = [project(lon, lat) for lon, lat in zip(points["lon"], points["lat"], strict=True)]
    boxes = [(x - _DOT, y - _DOT, x + _DOT, y + _DOT) for x, y in places]
    # Areas are named first: a dot's name in a nameless area would be read as that of the area.
    named = name_areas(ground, {key: captions[row] for key, row in row_of.items()}, boxes)
    names = {ground.shapes[dot.row].region: dot.label for dot in named.dots if dot.label is not None}
    taken = [label_box(label) for label in names.values()]
    dots = tuple(place_dots(points, project, captions, height, (_DOT, _DOT), 0.0, taken))
    return MixedMap(Drawing(WIDTH, height, (*ground.around, *ground.shapes), dots), names)


def thin_areas(areas: pd.DataFrame, outline: pd.DataFrame) -> pd.DataFrame:
    """Areas without the vertices no drawing of them in the outline shows: what is kept of them where they are frozen.

    Args:
        areas, outline: as of lay_ground.
    Returns:
        The rows that stay, with lon and lat rounded to a metre or so. Every region keeps a ring.
    """
    if areas.empty:
        return areas.reset_index(drop=True)
    project, _height = projection([*areas["lon"], *outline["lon"]], [*areas["lat"], *outline["lat"]])
    kept = []
    for _key, rings in areas.groupby("county", sort=True):
        thinned = [_thin_ring(ring, project) for _number, ring in rings.groupby("ring", sort=True)]
        # Islets that shrink to a line are not drawn; the largest ring is, however small.
        drawn = [ring for ring in thinned if len(ring) > 3]
        kept += drawn or [max((ring for _number, ring in rings.groupby("ring", sort=True)), key=len)]
    rows = pd.concat(kept, ignore_index=True)
    return rows.assign(lon=rows["lon"].round(_DEGREES), lat=rows["lat"].round(_DEGREES))


def _thin_ring(ring: pd.DataFrame, project: Projection) -> pd.DataFrame:
    drawn = [project(lon, lat) for lon, lat in zip(ring["lon"], ring["lat"], strict=True)]
    return ring.iloc[kept_places(drawn, _KEPT_TOLERANCE)]


def name_areas(ground: Ground, captions: Mapping[int, tuple[str, ...]], taken: Sequence[Box] = ()) -> Drawing:
    """The areas with what is written inside them, the widest first; what has no room is not written.

    Args:
        captions: by region key: the lines that label it, name first; without a line the area stays blank.
        taken: where something else stands.
    Returns:
        A drawing of the areas alone, a dot of radius 0 for each at its inner point; row counts the areas.
    """
    full = list(taken)
    labels: dict[int, Label] = {}
    for place in sorted(range(len(ground.shapes)), key=lambda place: -ground.rooms[place].wide):
        caption = captions.get(ground.shapes[place].region, ())
        for lines in (caption, caption[:1]):
            label = _write(ground, ground.rooms[place], lines, full)
            if label is not None:
                labels[place] = label
                break
    dots = [
        Dot(place, round(room.x, 1), round(room.y, 1), 0.0, labels.get(place))
        for place, room in enumerate(ground.rooms)
    ]
    return Drawing(ground.width, ground.height, ground.shapes, tuple(dots))


def _write(ground: Ground, room: Room, lines: tuple[str, ...], taken: list[Box]) -> Label | None:
    """Lines about an inner point: they may stand out of the area a little, but never on others."""
    if not lines:
        return None
    wide, tall = max(text_width(line) for line in lines), FONT * 1.15 * len(lines)
    box = (room.x - wide / 2, room.y - tall / 2, room.x + wide / 2, room.y + tall / 2)
    inside = box[0] >= 2 and box[1] >= 2 and box[2] <= ground.width - 2 and box[3] <= ground.height - 2
    if not inside or room.wide < _LEAST_ROOM * wide or any(overlap(box, other) for other in taken):
        return None
    taken.append(box)
    return Label(round(room.x, 1), round(box[1] + FONT * 0.95, 1), "middle", lines, None)


def inner_room(rings: Sequence[Sequence[Point]]) -> Room:
    """Where an area is wide inside; rings count by the even-odd rule, so a hole is no room."""
    corners = [point for ring in rings for point in ring]
    if not corners:
        return Room(0.0, 0.0, 0.0)
    top, bottom = min(y for _, y in corners), max(y for _, y in corners)
    best, most = Room(*corners[0], 0.0), 0.0
    for step in range(1, _LINES_TRIED + 1):
        share = step / (_LINES_TRIED + 1)
        y = top + (bottom - top) * share
        crossings = sorted(
            start[0] + (y - start[1]) * (end[0] - start[0]) / (end[1] - start[1])
            for ring in rings
            for start, end in zip(ring, [*ring[1:], ring[0]], strict=True)
            if (start[1] <= y) != (end[1] <= y)
        )
        for left, right in zip(crossings[::2], crossings[1::2], strict=False):
            # Width near the top or the bottom counts half: a name has a height too.
            worth = (right - left) * (1 - abs(share - 0.5))
            if worth > most:
                best, most = Room((left + right) / 2, y, right - left), worth
    return best
