"""Areas: read from GeoJSON, laid out, named inside themselves."""

import json
import math

import pandas as pd
import pytest

from ecodash.reports.area_drawing import draw_areas, inner_room, lay_ground, name_areas, thin_areas
from ecodash.reports.boundary_shapes import COLUMNS, read_areas
from ecodash.reports.map_drawing import WIDTH, label_box, overlap

TOWN_A, TOWN_B = 500230101000, 500230102000
NO_OUTLINE = pd.DataFrame(columns=COLUMNS)


def square(west: float, south: float, size: float) -> list[list[float]]:
    east, north = west + size, south + size
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def collection(*features: tuple[str, dict[str, object]]) -> bytes:
    return json.dumps(
        {
            "type": "FeatureCollection",
            "features": [
                {"type": "Feature", "id": code, "properties": {}, "geometry": geometry} for code, geometry in features
            ],
        }
    ).encode()


TWO = collection(
    ("500230101", {"type": "Polygon", "coordinates": [square(107.0, 29.0, 1.0), square(107.4, 29.4, 0.2)]}),
    ("500230102", {"type": "MultiPolygon", "coordinates": [[square(108.0, 29.0, 1.0)], [square(109.5, 29.0, 0.01)]]}),
)


def test_holes_and_exclaves_are_rings_of_their_region() -> None:
    areas = read_areas(TWO)
    rings = areas.groupby("county")["ring"].nunique().to_dict()
    assert rings == {TOWN_A: 2, TOWN_B: 2}
    assert len(areas) == 20


def test_a_feature_without_an_area_has_no_rows() -> None:
    assert read_areas(collection(("500230101", {"type": "Point", "coordinates": [107.0, 29.0]}))).empty


def test_every_area_is_laid_out_within_the_frame_north_up() -> None:
    areas = read_areas(TWO)
    ground = lay_ground(areas, NO_OUTLINE)
    assert ground is not None
    assert [shape.region for shape in ground.shapes] == [TOWN_A, TOWN_B]
    assert all(0 <= x <= WIDTH and 0 <= y <= ground.height for s in ground.shapes for ring in s.rings for x, y in ring)
    left, right = ground.rooms
    assert left.x < right.x


def test_an_area_too_small_to_simplify_is_still_drawn() -> None:
    tiny = collection(
        ("500230101", {"type": "Polygon", "coordinates": [square(107.0, 29.0, 2.0)]}),
        ("500230102", {"type": "Polygon", "coordinates": [square(108.0, 29.0, 0.0001)]}),
    )
    ground = lay_ground(read_areas(tiny), NO_OUTLINE)
    assert ground is not None
    assert [shape.region for shape in ground.shapes if shape.path] == [TOWN_A, TOWN_B]


def test_nothing_is_laid_out_without_areas() -> None:
    assert lay_ground(read_areas(collection()), NO_OUTLINE) is None


def test_room_is_found_inside_and_not_in_the_hole() -> None:
    # A frame 10 wide with a hole from 2 to 8: the room is in a leg or a bar, never in the hole.
    ring = [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0), (0.0, 0.0)]
    hole = [(2.0, 2.0), (8.0, 2.0), (8.0, 8.0), (2.0, 8.0), (2.0, 2.0)]
    room = inner_room([ring, hole])
    assert not (2 < room.x < 8 and 2 < room.y < 8)
    assert inner_room([ring]).wide == pytest.approx(10)


def test_names_are_written_where_they_fit_and_never_on_each_other() -> None:
    ground = lay_ground(read_areas(TWO), NO_OUTLINE)
    assert ground is not None
    drawing = name_areas(ground, {TOWN_A: ("甲镇", "73.3"), TOWN_B: ("乙" * 40, "1")})
    labels = [dot.label for dot in drawing.dots]
    assert labels[0] is not None
    assert labels[0].lines == ("甲镇", "73.3")
    assert labels[1] is None


def test_areas_that_are_kept_are_thinned_and_draw_the_same() -> None:
    ring = [(108 + math.cos(step / 500 * math.tau), 29 + math.sin(step / 500 * math.tau)) for step in range(500)]
    round_one = {"type": "Polygon", "coordinates": [[[*point] for point in (*ring, ring[0])]]}
    islet = {"type": "Polygon", "coordinates": [square(110.0, 29.0, 0.0001)]}
    areas = read_areas(collection(("500230101", round_one), ("500230102", islet)))
    kept = thin_areas(areas, NO_OUTLINE)
    assert list(kept.columns) == COLUMNS
    assert len(kept) < len(areas) / 4
    assert kept["county"].nunique() == 2  # however small
    before, after = lay_ground(areas, NO_OUTLINE), lay_ground(kept, NO_OUTLINE)
    assert before is not None
    assert after is not None
    (one,), (other,) = before.shapes[0].rings, after.shapes[0].rings
    assert max(min(math.dist(point, corner) for corner in one) for point in other) < 1.0
    assert thin_areas(kept, NO_OUTLINE)["county"].nunique() == 2


def test_nothing_is_kept_of_no_areas() -> None:
    assert thin_areas(read_areas(collection()), NO_OUTLINE).empty


def test_units_without_an_area_are_dots_that_no_name_covers() -> None:
    points = pd.DataFrame({"row": [2], "lon": [107.1], "lat": [29.93], "value": [8.0]})
    captions = [("甲镇", "7"), ("乙镇", "9"), ("丙镇", "8")]
    mixed = draw_areas(read_areas(TWO), NO_OUTLINE, points, captions, {TOWN_A: 0, TOWN_B: 1})
    assert [shape.region for shape in mixed.drawing.shapes] == [TOWN_A, TOWN_B]
    (dot,) = mixed.drawing.dots
    assert dot.row == 2
    assert {key: label.lines[0] for key, label in mixed.names.items()} == {TOWN_A: "甲镇", TOWN_B: "乙镇"}
    for label in mixed.names.values():
        box = label_box(label)
        assert not (box[0] < dot.x < box[2] and box[1] < dot.y < box[3])
    assert dot.label is not None
    assert not any(overlap(label_box(dot.label), label_box(label)) for label in mixed.names.values())
