"""Why a unit moved: parts by hand, and that they always add up."""

from decimal import Decimal

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from ecodash.analytics.composite import score_units
from ecodash.analytics.explain import (
    FactorKind,
    Step,
    explain_composite,
    explain_value,
    passing_of,
    ratio_steps,
)
from ecodash.analytics.ranking import rank_column
from ecodash.domain.composite import Composite, CompositeItem, Scoring
from ecodash.domain.indicators import Direction

NAN = float("nan")
UP, DOWN = Direction.HIGHER, Direction.LOWER
COMPOSITE = Composite(
    "综合",
    (
        CompositeItem("a", Decimal(50), Scoring.DIRECT),
        CompositeItem("b", Decimal(30)),
        CompositeItem("c", Decimal(20), Scoring.TARGET, Decimal(40)),
    ),
)
DIRECTIONS = {"a": UP, "b": DOWN, "c": UP}


def own(before: float, after: float) -> list[Step]:
    return [Step(FactorKind.OWN, "x", before, after, after)] if before != after else []


def test_own_change_first_then_that_of_the_others() -> None:
    before = pd.Series({1: 70.0, 2: 90.0, 3: 80.0, 4: 60.0})
    now = pd.Series({1: 85.0, 2: 90.0, 3: 95.0, 4: 88.0})
    # 70 → 85 passes 3 (80): 3 → 2. Then 3 rises to 95 and 4 to 88: 2 → 4.
    found = explain_value(1, before, now, UP, own(70, 85))
    assert [(one.kind, one.places, one.rank_after) for one in found] == [("own", 1, 2), ("others", -2, 4)]
    passing = passing_of(1, before, now, UP)
    assert (passing.passed, passing.passed_by, passing.places) == ((), (4,), -1)


def test_new_and_vanished_units_above_cost_and_give_places() -> None:
    before, now = pd.Series({1: 5.0, 2: 9.0, 3: 8.0}), pd.Series({1: 5.0, 4: 7.0, 5: 5.0})
    passing = passing_of(1, before, now, UP)
    assert (passing.gone_above, passing.new_above, passing.places) == ((2, 3), (4,), 1)
    assert [one.places for one in explain_value(1, before, now, UP, [])] == [1]


def test_a_ratio_moves_by_its_numerator_and_its_denominator() -> None:
    # 80/100 → 99/110 = 90%: the numerator alone would make it 99%, the denominator alone 72.7%.
    steps = ratio_steps(("n", "d"), (80, 100), (99, 110), 80.0, 90.0)
    assert [(one.kind, one.before, one.after, one.value) for one in steps] == [
        ("numerator", 80, 99, 99.0),
        ("denominator", 100, 110, 90.0),
    ]
    before = pd.Series({1: 80.0, 2: 85.0, 3: 95.0})
    found = explain_value(1, before, before.where(before.index != 1, 90.0), UP, steps)
    assert [(one.kind, one.places) for one in found] == [("numerator", 2), ("denominator", -1), ("others", 0)]


def test_a_ratio_whose_denominator_stood_still_has_one_step() -> None:
    steps = ratio_steps(("n", "d"), (80, 100), (90, 100), 80.0, 90.0)
    assert [(one.kind, one.value) for one in steps] == [("numerator", 90.0)]


def test_items_of_a_composite_are_counted_the_largest_first() -> None:
    composite = Composite("综合", tuple(CompositeItem(code, Decimal(50), Scoring.DIRECT) for code in "ab"))
    before = pd.DataFrame({"a": [50.0, 60, 70], "b": [50.0, 60, 70]}, index=[1, 2, 3])
    now = pd.DataFrame({"a": [56.0, 60, 70], "b": [80.0, 60, 72]}, index=[1, 2, 3])
    # 50 → 65 by b (over 60: one place), → 68 by a (under 70: none); the third's own rise to 71 changes nothing.
    found = explain_composite(1, before, now, composite, {"a": UP, "b": UP})
    assert [(one.indicator, one.places, one.rank_after) for one in found] == [("b", 1, 2), ("a", 0, 2), ("", 0, 2)]
    assert (found[0].points_before, found[0].points_after) == (50, 80)


FIGURE = st.integers(0, 6).map(float)
# One unit at least has a figure in both.
FIGURES = st.tuples(st.dictionaries(st.integers(1, 8), FIGURE), FIGURE).map(lambda drawn: {**drawn[0], 9: drawn[1]})


@given(FIGURES, FIGURES, st.sampled_from(Direction))
def test_the_places_of_the_factors_add_up(
    before: dict[int, float], now: dict[int, float], direction: Direction
) -> None:
    both = sorted(set(before) & set(now))
    old, new = pd.Series(before), pd.Series(now)
    for region in both:
        moved = int(rank_column(old, direction)[region] - rank_column(new, direction)[region])
        factors = explain_value(region, old, new, direction, own(before[region], now[region]))
        assert sum(one.places for one in factors) == moved
        assert passing_of(region, old, new, direction).places == moved
        assert factors[-1].rank_after == rank_column(new, direction)[region]


CELL = st.one_of(st.just(NAN), st.integers(0, 60).map(float))
WHOLE = st.tuples(*(st.integers(0, 60).map(float) for _ in range(3)))
UNITS = st.tuples(st.dictionaries(st.integers(1, 6), st.tuples(CELL, CELL, CELL)), WHOLE).map(
    lambda drawn: {**drawn[0], 7: drawn[1]}
)


@given(UNITS, UNITS)
def test_the_places_of_a_composites_items_add_up(
    before: dict[int, tuple[float, float, float]], now: dict[int, tuple[float, float, float]]
) -> None:
    frames = [pd.DataFrame.from_dict(rows, orient="index", columns=["a", "b", "c"]) for rows in (before, now)]
    ranks = []
    for frame in frames:
        everyone = np.ones(len(frame), dtype=bool)
        scores = score_units(frame.to_numpy(dtype=float), everyone, COMPOSITE, DIRECTIONS).score
        ranks.append(rank_column(pd.Series(scores, index=frame.index), UP))
    both = [key for key in before if key in now and ranks[0].notna()[key] and ranks[1].notna()[key]]
    for region in both:
        factors = explain_composite(region, frames[0], frames[1], COMPOSITE, DIRECTIONS)
        assert sum(one.places for one in factors) == ranks[0][region] - ranks[1][region]
        # Only what changed is a factor.
        changed = [one.indicator for one in factors if one.kind is FactorKind.ITEM]
        old, new = frames[0].loc[region], frames[1].loc[region]
        assert set(changed) == {
            code for code in "abc" if not (old[code] == new[code] or (old.isna() & new.isna())[code])
        }
