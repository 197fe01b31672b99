"""How safe first place is, by hand and against a search."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecodash.analytics.composite import weigh
from ecodash.analytics.robustness import lead_of, smallest_change
from ecodash.domain.composite import Composite, CompositeItem
from ecodash.domain.indicators import Direction

NAN = float("nan")


def composite(*weights: int, least: int = 60) -> Composite:
    items = tuple(CompositeItem(f"i{place}", Decimal(weight)) for place, weight in enumerate(weights))
    return Composite("综合", items, Decimal(least))


def test_the_lead_and_the_next() -> None:
    found = lead_of([3, 1, 2], np.array([80.0, 95.5, 90.0]), Direction.HIGHER)
    assert (found.leaders, found.runners_up, found.lead, found.share) == ((1,), (2,), 5.5, pytest.approx(35.483871))
    lower = lead_of([3, 1, 2], np.array([80.0, 95.5, 90.0]), Direction.LOWER)
    assert (lower.leaders, lower.runners_up, lower.lead) == ((3,), (2,), 10)


def test_a_shared_first_place_has_no_lead() -> None:
    found = lead_of([1, 2, 3], np.array([9.0, 9.0, 5.0]), Direction.HIGHER)
    assert (found.leaders, found.runners_up, found.lead) == ((1, 2), (3,), 0)
    assert lead_of([1, 2], np.array([9.0, 9.0]), Direction.HIGHER).runners_up == ()
    assert lead_of([], np.array([]), Direction.HIGHER).leaders == ()


def test_the_smallest_change_of_a_weight() -> None:
    # 60·90 + 40·50 = 74 against 60·70 + 40·70 = 70. Level where w·90 + (100 − w)·50 = 70, at w = 50.
    change = smallest_change([1, 2], np.array([[90.0, 50.0], [70.0, 70.0]]), composite(60, 40))
    assert change is not None
    assert (change.indicator, change.weight, change.changed, change.leader) == ("i0", 60, pytest.approx(50), 2)


def test_who_is_better_in_everything_keeps_first_place_whatever_the_weights() -> None:
    assert smallest_change([1, 2], np.array([[90.0, 80.0], [70.0, 70.0]]), composite(60, 40)) is None
    assert smallest_change([1, 2], np.array([[90.0, 80.0], [90.0, 80.0]]), composite(60, 40)) is None
    assert smallest_change([1], np.array([[90.0]]), composite(100)) is None


def test_a_first_that_lacks_an_item_falls_out_where_that_item_weighs_more() -> None:
    # It has 70% of the weight behind it; with 40% on the missing item no more than the least.
    change = smallest_change([1, 2], np.array([[90.0, NAN], [10.0, 10.0]]), composite(70, 30))
    assert change is not None
    assert (change.indicator, change.changed, change.leader) == ("i0", pytest.approx(60), 2)


CELL = st.one_of(st.just(NAN), st.integers(0, 10).map(lambda n: n * 10.0))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(CELL, CELL, CELL), min_size=2, max_size=5))
def test_no_smaller_change_costs_first_place(rows: list[tuple[float, float, float]]) -> None:
    points, one = np.array(rows), composite(50, 30, 20)
    found = smallest_change(list(range(len(rows))), points, one)
    scores = weigh(points, one).score
    if np.isnan(scores).all() or np.count_nonzero(scores == np.nanmax(scores)) > 1:
        assert found is None
        return
    first = int(np.nanargmax(scores))
    reach = abs(found.changed - found.weight) if found else 100.0
    for place, item in enumerate(one.items):
        for step in np.linspace(-reach, reach, 41)[1:-1]:
            weight = float(item.weight) + step * 0.995
            if not 0.5 < weight < 99.5:
                continue
            shares = [float(other.weight) * (100 - weight) / (100 - float(item.weight)) for other in one.items]
            shares[place] = weight
            present = (~np.isnan(points)) @ np.array(shares)
            total = np.nan_to_num(points) @ np.array(shares)
            there = np.where(present >= 60 - 1e-6, total / np.maximum(present, 1e-9), -np.inf)
            assert there[first] >= there.max() - 1e-6
