"""Competition ranks and movement."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecodash.domain.indicators import Direction
from ecodash.domain.ranking import competition_ranks, movement


def test_equal_values_share_a_rank_and_the_next_rank_is_left_out() -> None:
    values = {1: 95.0, 2: 90.0, 3: 90.0, 4: 88.0}
    assert competition_ranks(values, Direction.HIGHER) == {1: 1, 2: 2, 3: 2, 4: 4}


def test_where_lower_is_better_the_smallest_is_first() -> None:
    values = {1: 95.0, 2: 90.0, 3: 90.0, 4: 88.0}
    assert competition_ranks(values, Direction.LOWER) == {4: 1, 2: 2, 3: 2, 1: 4}


def test_a_neutral_indicator_ranks_the_largest_first() -> None:
    assert competition_ranks({1: 1.0, 2: 2.0}, Direction.NEUTRAL) == {2: 1, 1: 2}


@pytest.mark.parametrize("direction", Direction)
def test_who_did_not_report_is_not_ranked_and_zero_is_a_value(direction: Direction) -> None:
    ranks = competition_ranks({1: None, 2: 0.0, 3: None}, direction)
    assert ranks == {2: 1}


reports = st.dictionaries(st.integers(0, 60), st.none() | st.integers(0, 6).map(float), max_size=30)


@given(values=reports, direction=st.sampled_from(Direction), data=st.data())
def test_a_rank_is_one_more_than_the_number_of_better_ones_in_any_order(
    values: dict[int, float | None], direction: Direction, data: st.DataObject
) -> None:
    shuffled = dict(data.draw(st.permutations(list(values.items()))))
    sign = -1 if direction is Direction.LOWER else 1
    known = {key: value * sign for key, value in values.items() if value is not None}
    expected = {key: 1 + sum(other > value for other in known.values()) for key, value in known.items()}
    assert competition_ranks(shuffled, direction) == expected


@pytest.mark.parametrize(
    ("now", "before", "places"),
    [(1, 3, 2), (3, 1, -2), (2, 2, 0), (None, 1, None), (1, None, None), (None, None, None)],
)
def test_movement_is_places_gained(now: int | None, before: int | None, places: int | None) -> None:
    assert movement(now, before) == places
