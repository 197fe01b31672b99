"""Points and scores, by hand: missing parts, lower is better, all values equal."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecodash.analytics.composite import item_points, score_units
from ecodash.domain.composite import Composite, CompositeItem, Scoring
from ecodash.domain.indicators import Direction

NAN = float("nan")
UP, DOWN = Direction.HIGHER, Direction.LOWER


def item(code: str, weight: int, scoring: Scoring = Scoring.SPAN, full: int | None = None) -> CompositeItem:
    return CompositeItem(code, Decimal(weight), scoring, None if full is None else Decimal(full))


def points(
    values: list[float], one: CompositeItem, direction: Direction = UP, left_out: int | None = None
) -> list[float]:
    takes_part = np.array([place != left_out for place in range(len(values))])
    return item_points(np.array(values), takes_part, one, direction).tolist()


def test_between_the_worst_and_the_best() -> None:
    assert points([10, 20, 30], item("a", 100)) == [0, 50, 100]
    assert points([10, 20, 30], item("a", 100), DOWN) == [100, 50, 0]


def test_all_equal_earn_all_points_and_missing_earns_none() -> None:
    assert points([7, 7], item("a", 100)) == [100, 100]
    assert points([7, NAN, 9], item("a", 100)) == pytest.approx([0, NAN, 100], nan_ok=True)
    assert points([NAN, NAN], item("a", 100)) == pytest.approx([NAN, NAN], nan_ok=True)


def test_units_left_out_do_not_stretch_the_scale() -> None:
    assert points([10, 20, 1000], item("a", 100), left_out=2) == pytest.approx([0, 100, NAN], nan_ok=True)


def test_by_a_full_mark_and_directly() -> None:
    full = item("a", 100, Scoring.TARGET, 40)
    assert points([10, 40, 60, -1], full) == [25, 100, 100, 0]
    assert points([0, 10, 60], full, DOWN) == [100, 75, 0]
    direct = item("a", 100, Scoring.DIRECT)
    assert points([88.5, 101, -3], direct) == [88.5, 100, 0]
    assert points([88.5], direct, DOWN) == [11.5]


def test_a_score_weighs_what_is_present_and_says_how_much_that_is() -> None:
    composite = Composite(
        "综合", (item("a", 50, Scoring.DIRECT), item("b", 30, Scoring.DIRECT), item("c", 20, Scoring.DIRECT))
    )
    values = np.array([[80, 60, 100], [80, NAN, 100], [80, NAN, NAN], [NAN, NAN, NAN]])
    scored = score_units(values, np.ones(4, dtype=bool), composite, dict.fromkeys("abc", UP))
    # 40 + 18 + 20; (40 + 20) / 0.7; only 50% is there, and 60% is asked for.
    assert scored.score.tolist() == pytest.approx([78, 85.714286, NAN, NAN], nan_ok=True)
    assert scored.present.tolist() == [100, 70, 50, 0]


@given(
    st.lists(
        st.lists(st.one_of(st.just(NAN), st.integers(0, 50).map(float)), min_size=3, max_size=3), min_size=1, max_size=8
    ),
    st.randoms(use_true_random=False),
)
def test_a_score_does_not_depend_on_the_order_of_units(rows: list[list[float]], random: "np.random.Generator") -> None:
    composite = Composite("综合", (item("a", 50), item("b", 30), item("c", 20, Scoring.TARGET, 30)))
    directions = {"a": UP, "b": DOWN, "c": UP}
    order = list(range(len(rows)))
    random.shuffle(order)
    everyone = np.ones(len(rows), dtype=bool)
    plain = score_units(np.array(rows), everyone, composite, directions).score
    mixed = score_units(np.array([rows[place] for place in order]), everyone, composite, directions).score
    np.testing.assert_array_equal(plain[order], mixed)
    assert not ((plain < 0) | (plain > 100)).any()
