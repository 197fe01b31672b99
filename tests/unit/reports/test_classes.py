"""Values divided by hand: equal size, equal width, bands of targets."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecodash.reports.classes import COUNTS, band_classes, equal_classes, quantile_classes

Row = tuple[int, float, float, int]


def rows(classes: object) -> list[Row]:
    return [(m.shade, m.lowest, m.highest, m.count) for m in classes.members]  # type: ignore[attr-defined]


def test_quantiles_put_as_many_into_each_class() -> None:
    # 9 values in 3 classes: three each.
    assert rows(quantile_classes([5, 1, 9, 2, 8, 3, 7, 4, 6], 3)) == [(0, 1, 3, 3), (2, 4, 6, 3), (4, 7, 9, 3)]


def test_quantiles_never_part_equal_values() -> None:
    # Six of eight are 10: the cuts at places 2, 4 and 6 all fall on it.
    assert rows(quantile_classes([1, 10, 10, 10, 10, 10, 10, 99], 4)) == [(0, 1, 1, 1), (4, 10, 99, 7)]


def test_equal_widths_keep_classes_that_are_empty() -> None:
    # 0 to 100 in four steps of 25; 25 belongs to the class it opens, 100 to the last.
    assert rows(equal_classes([0, 10, 25, 100], 4)) == [
        (0, 0, 25, 2), (1, 25, 50, 1), (3, 50, 75, 0), (4, 75, 100, 1),
    ]  # fmt: skip


def test_a_value_on_an_edge_of_tenths_opens_the_upper_class() -> None:
    # 0.1 + 0.2 is a little over 0.3 in binary: the edge must be 0.3 itself.
    classes = equal_classes([0.1, 0.3, 0.4], 3)
    assert [classes.place_of(value) for value in (0.1, 0.3, 0.4)] == [0, 2, 2]
    assert [member.count for member in classes.members] == [1, 0, 2]


@pytest.mark.parametrize("divide", [quantile_classes, equal_classes])
@pytest.mark.parametrize("values", [[7.0], [7.0, 7.0, 7.0], [0.0, 0.0]])
def test_one_value_makes_one_class(divide: object, values: list[float]) -> None:
    assert rows(divide(values, 5)) == [(0, values[0], values[0], len(values))]  # type: ignore[operator]


@pytest.mark.parametrize("divide", [quantile_classes, equal_classes])
def test_no_values_make_no_classes(divide: object) -> None:
    assert rows(divide([], 5)) == []  # type: ignore[operator]


def test_bands_stand_where_targets_are_nearly_and_wholly_reached() -> None:
    classes = band_classes([-20, 59.99, 60, 79, 80, 99.99, 100, 130])
    assert [member.count for member in classes.members] == [2, 2, 2, 2]
    assert [member.shade for member in classes.members] == [0, 1, 3, 4]
    assert (classes.members[0].lowest, classes.members[-1].highest) == (-math.inf, math.inf)
    assert [classes.place_of(value) for value in (-20, 59.99, 60, 80, 100)] == [0, 0, 1, 2, 3]


def test_bands_are_there_without_a_value() -> None:
    assert [member.count for member in band_classes([]).members] == [0, 0, 0, 0]


VALUES = st.lists(st.floats(-1e6, 1e6).map(lambda value: round(value, 4)), min_size=1, max_size=60)


@given(VALUES, st.sampled_from(COUNTS), st.sampled_from([quantile_classes, equal_classes]))
def test_every_value_is_counted_in_the_class_it_is_drawn_in(values: list[float], count: int, divide: object) -> None:
    classes = divide(values, count)  # type: ignore[operator]
    drawn = [classes.place_of(value) for value in values]
    assert [drawn.count(place) for place in range(len(classes.members))] == [m.count for m in classes.members]
    assert 1 <= len(classes.members) <= count


@given(VALUES, st.sampled_from(COUNTS), st.sampled_from([quantile_classes, equal_classes]))
def test_larger_values_are_never_lighter(values: list[float], count: int, divide: object) -> None:
    classes = divide(values, count)  # type: ignore[operator]
    shades = [classes.shade_of(value) for value in sorted(values)]
    assert shades == sorted(shades)
