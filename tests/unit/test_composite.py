"""What a composite may be, and how it is kept and named."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecodash.domain.composite import (
    Composite,
    CompositeItem,
    Scoring,
    check_items,
    composite_code,
    find_composite_number,
    reweighted,
)
from ecodash.errors import UserError
from tests.builders import CATALOG


def item(code: str, weight: str, scoring: Scoring = Scoring.SPAN, full: str | None = None) -> CompositeItem:
    return CompositeItem(code, Decimal(weight), scoring, None if full is None else Decimal(full))


def test_what_is_kept_comes_back_the_same() -> None:
    made = Composite(
        "综合",
        (item("garbage", "33.5"), item("toilets", "66.5", Scoring.TARGET, "120")),
        Decimal(70),
    )
    content = made.to_content()
    assert content == {
        "items": [
            {"indicator": "garbage", "weight": "33.5", "scoring": "span"},
            {"indicator": "toilets", "weight": "66.5", "scoring": "target", "full": "120"},
        ],
        "least_weight": "70",
    }
    assert Composite.from_content(content, "综合") == made


def test_weights_must_sum_to_a_hundred() -> None:
    with pytest.raises(UserError, match="现在是 90%"):
        Composite("综合", (item("garbage", "60"), item("toilets", "30")))


def test_an_indicator_stands_once_and_weighs_something() -> None:
    with pytest.raises(UserError, match="不能列两次"):
        Composite("综合", (item("garbage", "60"), item("garbage", "40")))
    with pytest.raises(UserError, match="大于 0"):
        item("garbage", "0")
    with pytest.raises(UserError, match="满分值"):
        item("garbage", "10", Scoring.TARGET)
    with pytest.raises(UserError, match="1 至"):
        Composite("综合", ())


def test_content_that_is_none_of_a_composite_is_refused() -> None:
    for content in ({}, {"items": [{"weight": 1}]}, {"items": [{"indicator": "a", "weight": "x"}]}, {"items": 3}):
        with pytest.raises(UserError, match="无法读取"):
            Composite.from_content(content)


def test_items_are_results_not_facts_of_the_region() -> None:
    check_items(Composite("综合", (item("garbage", "100"),)), CATALOG)
    for code in ("households", "nothing"):
        with pytest.raises(UserError, match="不能列入"):
            check_items(Composite("综合", (item(code, "100"),)), CATALOG)


def test_a_version_is_named_by_its_number() -> None:
    assert composite_code(12) == "composite-12"
    assert find_composite_number("composite-12") == 12
    assert [find_composite_number(code) for code in ("garbage", "composite-", "composite-0", "composite-１")] == [
        None
    ] * 4


def test_a_changed_weight_leaves_the_others_in_proportion() -> None:
    items = (item("a", "50"), item("b", "30"), item("c", "20"))
    assert [one.weight for one in reweighted(items, "a", Decimal(20))] == [Decimal(20), Decimal(48), Decimal(32)]


@given(st.lists(st.integers(1, 500), min_size=2, max_size=8), st.integers(1, 99))
def test_changed_weights_still_sum_to_a_hundred(parts: list[int], weight: int) -> None:
    whole = sum(parts)
    weights = [Decimal(part * 10_000 // whole) / 100 for part in parts]
    weights[0] += Decimal(100) - sum(weights)
    if min(weights) <= 0:
        return
    items = tuple(CompositeItem(f"i{place}", one) for place, one in enumerate(weights))
    try:
        changed = reweighted(items, "i0", Decimal(weight))
    except UserError:
        # A share that would be rounded to nothing is refused, never written as 0.
        return
    assert sum(one.weight for one in changed) == 100
    assert changed[0].weight == weight
