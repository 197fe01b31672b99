"""Carried months, targets and last year in a trend, and small trends."""

import base64
import math
import xml.etree.ElementTree as ET

import pytest

from ecodash.reports.trend_drawing import SPARK_HEIGHT, Sheet, draw_spark, draw_trend, spark_image

NAN = math.nan
MONTHS = [f"2026-{month:02d}" for month in range(1, 7)]


def test_a_carried_month_is_marked_and_an_unreported_one_never_is() -> None:
    trend = draw_trend(MONTHS, [1, 1, NAN, 2, 2, 3], carried=[False, True, True, False, True, False])
    assert [mark.is_carried for mark in trend.marks] == [False, True, False, False, True, False]


def test_months_of_one_target_are_one_level_stroke_and_a_new_target_starts_another() -> None:
    trend = draw_trend(
        MONTHS, [1, 2, 3, 4, 5, 6], target=[NAN, 4, 4, 4, 8, 8], sheet=Sheet(width=572, left=58, right=14)
    )
    # Months lie 100 apart from 58; a stroke reaches half a month beyond its ends, but not out of the chart.
    strokes = [[point.split(",") for point in stroke.split()] for stroke in trend.targets]
    assert [(float(start[0]), float(end[0])) for start, end in strokes] == [(108, 408), (408, 558)]
    assert all(start[1] == end[1] for start, end in strokes)


def test_a_target_above_all_values_is_inside_the_drawing() -> None:
    trend = draw_trend(MONTHS, [1, 2, 3, 4, 5, 6], target=[100] * 6)
    y = float(trend.targets[0].split()[0].split(",")[1])
    assert 0 < y < trend.foot


def test_last_years_months_are_those_that_were_reported() -> None:
    trend = draw_trend(MONTHS, [1, 2, 3, 4, 5, 6], year_ago=[NAN, 5, NAN, 5, NAN, NAN])
    assert [mark.row for mark in trend.year_ago] == [1, 3]


def test_bars_begin_at_zero_where_a_line_would_not() -> None:
    assert draw_trend(MONTHS[:2], [95.0, 98.0]).floor == 95
    assert draw_trend(MONTHS[:2], [95.0, 98.0], is_from_zero=True).floor == 0


def test_a_small_trend_breaks_where_nothing_was_reported() -> None:
    spark = draw_spark([1, 2, NAN, 3, NAN, 4])
    assert spark is not None
    assert [len(line.split()) for line in spark.lines] == [2]
    assert [mark.row for mark in spark.alone] == [3, 5]
    assert spark.marks[0].y > spark.marks[-1].y


@pytest.mark.parametrize("values", [[NAN] * 4, [NAN, 3.0, NAN], []])
def test_one_month_is_no_trend(values: list[float]) -> None:
    assert draw_spark(values) is None


def test_a_flat_line_runs_through_the_middle() -> None:
    spark = draw_spark([0.0, 0.0, 0.0])
    assert spark is not None
    assert {mark.y for mark in spark.marks} == {SPARK_HEIGHT / 2}


def test_a_small_trend_is_an_image_that_breaks_where_nothing_was_reported() -> None:
    image = spark_image([1, 2, NAN, 3, 4])
    assert image is not None
    drawn = ET.fromstring(base64.b64decode(image.removeprefix("data:image/svg+xml;base64,")))
    assert [element.tag.rpartition("}")[2] for element in drawn] == ["polyline", "polyline", "circle"]
    assert spark_image([NAN, 1, NAN]) is None
