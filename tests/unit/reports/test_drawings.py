"""Classes, map and trend geometry."""

import math

import pandas as pd
import pytest

from ecodash.reports.classes import quantile_classes
from ecodash.reports.map_drawing import WIDTH, draw_map, simplify
from ecodash.reports.trend_drawing import draw_trend

# ── classes ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_classes_are_about_equal_in_size() -> None:
    classes = quantile_classes(range(10))
    assert [(m.shade, m.lowest, m.highest, m.count) for m in classes.members] == [
        (0, 0, 1, 2), (1, 2, 3, 2), (2, 4, 5, 2), (3, 6, 7, 2), (4, 8, 9, 2),
    ]  # fmt: skip


@pytest.mark.parametrize("values", [[1, 1, 1, 1, 9], [0, 0, 0], [5], [3, 1, 2], [1, 1, 2, 2, 2, 2, 7, 8, 8, 8, 9]])
def test_equal_values_share_a_class_and_none_is_empty(values: list[float]) -> None:
    classes = quantile_classes(values)
    assert sum(member.count for member in classes.members) == len(values)
    assert all(member.count for member in classes.members)
    for value in values:
        member = next(m for m in classes.members if m.shade == classes.shade_of(value))
        assert member.lowest <= value <= member.highest


def test_two_classes_use_both_ends_of_the_scale() -> None:
    assert [member.shade for member in quantile_classes([1, 1, 1, 9]).members] == [0, 4]


def test_no_values_make_no_classes() -> None:
    assert quantile_classes([]).members == ()


# ── map ────────────────────────────────────────────────────────────────────────────────────────────────────────────

SQUARE = pd.DataFrame(
    {
        "county": 430321000000,
        "ring": 0,
        "lon": [112.0, 112.5, 113.0, 113.0, 112.0, 112.0],
        "lat": [27.0, 27.0, 27.0, 28.0, 28.0, 27.0],
    }
)
NO_OUTLINE = SQUARE.iloc[:0]


def points(*places: tuple[float, float, float]) -> pd.DataFrame:
    rows = [(row, *place) for row, place in enumerate(places)]
    return pd.DataFrame(rows, columns=["row", "lon", "lat", "value"])


def test_simplifying_drops_only_what_lies_on_the_line() -> None:
    assert simplify([(0, 0), (1, 0), (2, 0), (2, 2), (0, 2), (0, 0)], 0.5) == [(0, 0), (2, 0), (2, 2), (0, 2), (0, 0)]


def test_north_is_up_and_dots_lie_inside_the_frame() -> None:
    drawing = draw_map(points((112.2, 27.2, 1.0), (112.8, 27.9, 4.0)), SQUARE, [("甲镇", "1"), ("乙镇", "4")])
    assert drawing is not None
    south, north = drawing.dots
    assert north.y < south.y
    assert north.x > south.x
    assert north.radius == pytest.approx(2 * south.radius, abs=0.2)
    assert all(0 < dot.x < WIDTH and 0 < dot.y < drawing.height for dot in drawing.dots)


def test_longitudes_shrink_with_the_latitude() -> None:
    drawing = draw_map(points(), SQUARE, [])
    assert drawing is not None
    assert drawing.height > drawing.width


def test_an_unreported_unit_has_the_smallest_dot() -> None:
    drawing = draw_map(points((112.2, 27.2, math.nan), (112.8, 27.8, 9.0)), SQUARE, [("甲镇", "未上报"), ("乙镇", "9")])
    assert drawing is not None
    assert drawing.dots[0].radius < drawing.dots[1].radius


def test_labels_do_not_cover_each_other_and_name_every_dot() -> None:
    crowd = points(*[(112.3 + 0.06 * (n % 5), 27.3 + 0.1 * (n // 5), float(n)) for n in range(15)])
    drawing = draw_map(crowd, SQUARE, [(f"第{n}镇", str(n)) for n in range(15)])
    assert drawing is not None
    labels = [dot.label for dot in drawing.dots if dot.label]
    assert len(labels) >= 12
    assert len({(label.x, label.y) for label in labels}) == len(labels)


def test_nothing_known_draws_nothing() -> None:
    assert draw_map(points(), NO_OUTLINE, []) is None


def test_one_point_alone_is_drawn() -> None:
    drawing = draw_map(points((112.2, 27.2, 1.0)), NO_OUTLINE, [("甲镇", "1")])
    assert drawing is not None
    assert len(drawing.dots) == 1


# ── trend ──────────────────────────────────────────────────────────────────────────────────────────────────────────

MONTHS = [f"2026-{month:02d}" for month in range(1, 8)]


def test_the_line_breaks_where_nothing_was_reported() -> None:
    trend = draw_trend(MONTHS, [1.0, 2.0, math.nan, 3.0, math.nan, 5.0, 4.0])
    assert [len(line.split()) for line in trend.lines] == [2, 2]
    assert [mark.is_reported for mark in trend.marks] == [True, True, False, True, False, True, True]
    assert trend.floor == 0


def test_the_axis_leaves_zero_only_where_all_values_are_far_from_it() -> None:
    assert draw_trend(MONTHS[:2], [95.0, 98.0]).floor == 95
    assert draw_trend(MONTHS[:2], [40.0, 98.0]).floor == 0
    assert draw_trend(MONTHS[:2], [-3.0, 2.0]).floor <= -3


@pytest.mark.parametrize("values", [[math.nan] * 7, [0.0] * 7, [5.0] * 7, [math.nan] * 6 + [1e7]])
def test_flat_and_empty_trends_can_be_drawn(values: list[float]) -> None:
    trend = draw_trend(MONTHS, values)
    assert len(trend.marks) == 7
    assert all(math.isfinite(mark.y) for mark in trend.marks)
    assert trend.columns[-1].text == "2026.7"


def test_number_of_the_newest_month_stands_clear_of_a_line_that_falls_to_it() -> None:
    falling, rising = draw_trend(MONTHS[:3], [1.0, 5.0, 4.0]), draw_trend(MONTHS[:3], [1.0, 3.0, 4.0])
    assert falling.last is not None
    assert falling.last_label > falling.last.y
    assert rising.last is not None
    assert rising.last_label < rising.last.y
