"""Whether the parts of a target add up, by hand."""

from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecodash.analytics.decomposition import Decomposition, decompose
from ecodash.domain.indicators import Catalog
from ecodash.domain.regions import Level
from tests.builders import indicator

CATALOG = Catalog(
    [
        indicator("built", "flow", decimals=0),
        indicator("pipe", "flow", decimals=1),
        indicator("rate", "ratio", parts=("built", "households"), decimals=2),
        indicator("households", "attribute"),
        indicator("score", "score"),
        indicator("level", "stock", "count", decimals=0),
    ],
    "test",
)
DUE, HALF = 202612, 202606
NAMES = {1: "甲镇", 2: "乙镇", 3: "丙镇"}


def add_up(
    whole: list[tuple[str, int, float]],
    parts: list[tuple[int, str, int, float]],
    weights: dict[int, float] | None = None,
    level: Level = Level.TOWN,
) -> Decomposition:
    return decompose(
        pd.DataFrame(whole, columns=["indicator", "deadline", "target"]),
        pd.DataFrame(parts, columns=["region", "indicator", "deadline", "target"]),
        pd.DataFrame({"region": list(NAMES), "name": list(NAMES.values())}),
        pd.DataFrame(
            [(region, "rate", weight) for region, weight in (weights or {}).items()],
            columns=["region", "indicator", "weight"],
        ),
        CATALOG,
        level,
    )


def sums(found: Decomposition, *columns: str) -> list[tuple[Any, ...]]:
    return [
        tuple(None if pd.isna(cell) else cell for cell in row)
        for row in found.sums[list(columns)].astype(object).itertuples(index=False)
    ]


def test_amounts_that_add_up_agree() -> None:
    found = add_up([("built", DUE, 100)], [(1, "built", DUE, 50), (2, "built", DUE, 30), (3, "built", DUE, 20)])
    assert sums(found, "parts", "difference", "adding", "children", "with_target", "without_target") == [
        (100, 0, "agrees", 3, 3, 0)
    ]
    assert found.parts["share_pct"].tolist() == [50, 30, 20]


def test_amounts_that_fall_short_say_by_how_much_and_who_signed_nothing() -> None:
    found = add_up([("built", DUE, 100)], [(1, "built", DUE, 50), (3, "built", HALF, 40)])
    rows = sums(found, "deadline", "target", "parts", "difference", "adding", "without_target", "other_deadline")
    # 丙镇 signed for the half year only, 乙镇 for nothing; the half year has no whole.
    assert rows == [
        (HALF, None, 40, None, "no_whole", 2, 1),
        (DUE, 100, 50, -50, "short", 2, 1),
    ]
    of_year = found.parts[found.parts["deadline"] == DUE]
    assert of_year["name"].tolist() == ["甲镇", "乙镇", "丙镇"]
    assert of_year["other_deadline"].tolist() == [0, 0, HALF]


def test_more_than_the_whole_is_over() -> None:
    found = add_up([("built", DUE, 100)], [(1, "built", DUE, 70), (2, "built", DUE, 60)])
    assert sums(found, "difference", "adding") == [(30, "over")]


def test_tenths_add_up_without_the_noise_of_decimals() -> None:
    found = add_up([("pipe", DUE, 0.6)], [(1, "pipe", DUE, 0.1), (2, "pipe", DUE, 0.2), (3, "pipe", DUE, 0.3)])
    assert sums(found, "difference", "adding") == [(0, "agrees")]


def test_a_rate_is_the_mean_weighted_by_denominators_and_not_the_plain_one() -> None:
    # 100 households to 90 %, 300 to 70 %: 300 of 400, 75 %; the plain mean would be 80 %.
    parts = [(1, "rate", DUE, 90.0), (2, "rate", DUE, 70.0)]
    found = add_up([("rate", DUE, 75)], parts, {1: 100, 2: 300, 3: 50})
    assert sums(found, "parts", "difference", "adding", "unweighted") == [(75, 0, "agrees", 0)]
    assert found.parts["share_pct"].fillna(-1).tolist() == [25, 75, -1]
    found = add_up([("rate", DUE, 80)], parts, {1: 100, 2: 300, 3: 50})
    assert sums(found, "parts", "difference", "adding") == [(75, -5, "short")]


def test_a_mean_that_only_differs_beyond_the_digits_shown_agrees() -> None:
    parts = [(1, "rate", DUE, 90.0), (2, "rate", DUE, 70.0)]
    found = add_up([("rate", DUE, 83.33)], parts, {1: 200, 2: 100})  # 83.3333…
    assert sums(found, "parts", "difference", "adding") == [(83.333333, 0, "agrees")]


def test_a_rate_without_a_denominator_is_left_out_and_counted() -> None:
    parts = [(1, "rate", DUE, 90.0), (2, "rate", DUE, 10.0)]
    found = add_up([("rate", DUE, 90)], parts, {1: 100, 2: float("nan")})
    assert sums(found, "parts", "adding", "unweighted") == [(90, "agrees", 1)]
    found = add_up([("rate", DUE, 90)], parts)
    assert sums(found, "parts", "difference", "adding", "unweighted") == [(None, None, "unweighted", 2)]


def test_scores_are_not_added() -> None:
    found = add_up([("score", DUE, 90)], [(1, "score", DUE, 90)])
    assert sums(found, "parts", "adding") == [(None, "not_additive")]


@pytest.mark.parametrize(("level", "added"), [(Level.VILLAGE, 2), (Level.TOWN, 5)])
def test_a_counted_level_counts_villages_and_adds_up_towns(level: Level, added: float) -> None:
    found = add_up([("level", DUE, 2)], [(1, "level", DUE, 3), (2, "level", DUE, 2), (3, "level", DUE, 0)], level=level)
    assert sums(found, "parts") == [(added,)]


def test_a_whole_nobody_took_a_part_of_is_said() -> None:
    found = add_up([("built", DUE, 100)], [])
    assert sums(found, "parts", "difference", "adding", "without_target") == [(None, None, "no_parts", 3)]
    assert add_up([], []).sums.empty


TENTHS = st.integers(0, 10_000).map(lambda number: number / 10)


@settings(deadline=None, max_examples=40)
@given(parts=st.lists(TENTHS, min_size=1, max_size=3), order=st.randoms())
def test_parts_that_sum_to_the_whole_have_no_difference_in_any_order(parts: list[float], order: Any) -> None:
    rows = [(region, "pipe", DUE, value) for region, value in enumerate(parts, 1)]
    order.shuffle(rows)
    total = sum(round(value * 10) for value in parts) / 10
    assert sums(add_up([("pipe", DUE, total)], rows), "difference", "adding") == [(0, "agrees")]


@settings(deadline=None, max_examples=40)
@given(
    parts=st.lists(st.tuples(st.integers(0, 100), st.integers(1, 9_999)), min_size=1, max_size=3),
    order=st.randoms(),
)
def test_rates_whose_weighted_mean_is_the_whole_have_no_difference(parts: list[tuple[int, int]], order: Any) -> None:
    rows = [(region, "rate", DUE, float(rate)) for region, (rate, _) in enumerate(parts, 1)]
    order.shuffle(rows)
    weights = {region: float(weight) for region, (_, weight) in enumerate(parts, 1)}
    mean = sum(rate * weight for rate, weight in parts) / sum(weights.values())
    assert sums(add_up([("rate", DUE, round(mean, 2))], rows, weights), "difference", "adding") == [(0, "agrees")]
