"""Who is on the red and the black list: every rule worked by hand."""

from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecodash.analytics.lists import BOTH, NAMED, judge, listed_by_place, streak
from ecodash.domain.indicators import Direction
from ecodash.domain.listed import Ground
from ecodash.domain.lists import By, Falling, ListRule, Side, SideRule, Sign
from ecodash.domain.regions import Level
from ecodash.errors import UserError

COUNTY = 500230_000_000
TOWN = 1_000
"""One step from a town's key to the next."""


def key(number: int) -> int:
    return COUNTY + number * TOWN


def units(*values: float | None, moves: dict[int, int] | None = None, **columns: dict[int, Any]) -> pd.DataFrame:
    """Units 1, 2, 3 … with these values; columns name what differs from usual by unit."""
    numbers = range(1, len(values) + 1)
    moved = [(moves or {}).get(number) for number in numbers]
    frame = pd.DataFrame(
        {
            "region": [key(number) for number in numbers],
            "value": [float("nan") if value is None else float(value) for value in values],
            "movement": pd.array(moved, dtype="Int64"),
        }
    )
    for name, usual in (("excluded", ""), ("late", 0), ("missing", 0)):
        frame[name] = [columns.get(name, {}).get(number, usual) for number in numbers]
    return frame


def first(count: int) -> SideRule:
    return SideRule(By.PLACES, count)


def standard(sign: Sign, bound: str) -> SideRule:
    return SideRule(By.THRESHOLD, sign=sign, bound=Decimal(bound))


NOBODY = SideRule(By.NOBODY)


def rule(red: SideRule = NOBODY, black: SideRule = NOBODY, **more: Any) -> ListRule:
    return ListRule(COUNTY, Level.TOWN, "score", red=red, black=black, **more)


def lists_of(
    frame: pd.DataFrame, by: ListRule, direction: Direction = Direction.HIGHER, *, is_due: bool = True
) -> tuple[list[int], list[int]]:
    """Numbers of the units on the red and on the black list."""
    judged = judge(frame, by, direction, is_due=is_due)
    sides = {side: judged.loc[judged["side"] == side, "region"] for side in Side}
    return tuple(sorted((int(one) - COUNTY) // TOWN for one in sides[side]) for side in Side)  # type: ignore[return-value]


# ── places ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_first_and_last_few_are_listed() -> None:
    assert lists_of(units(90, 80, 70, 60, 50), rule(first(2), first(1))) == ([1, 2], [5])


def test_lower_is_better_turns_the_lists_round() -> None:
    assert lists_of(units(90, 80, 70, 60, 50), rule(first(2), first(1)), Direction.LOWER) == ([4, 5], [1])


def test_all_that_tie_at_the_edge_are_listed() -> None:
    # Ranks 1 2 2 4 5 5: two places for red are three units, one for black is two.
    frame = units(90, 80, 80, 70, 60, 60)
    judged = judge(frame, rule(first(2), first(1)), Direction.HIGHER, is_due=True)
    assert lists_of(frame, rule(first(2), first(1))) == ([1, 2, 3], [5, 6])
    assert [listed_by_place(judged, side, rule(first(2), first(1))) for side in Side] == [3, 2]


def test_a_tie_that_ends_before_the_edge_adds_nobody() -> None:
    # Ranks 1 1 3 4: three places are three units.
    assert lists_of(units(90, 90, 80, 70), rule(first(3))) == ([1, 2, 3], [])


def test_fewer_units_than_places_leave_the_middle_one_on_neither() -> None:
    frame = units(90, 80, 70, 60, 50)
    judged = judge(frame, rule(first(3), first(3)), Direction.HIGHER, is_due=True)
    assert lists_of(frame, rule(first(3), first(3))) == ([1, 2], [4, 5])
    assert judged["withheld"].tolist() == ["", "", BOTH, "", ""]


def test_where_all_are_equal_nobody_is_listed() -> None:
    assert lists_of(units(80, 80, 80), rule(first(1), first(1))) == ([], [])


# ── standards ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("sign", "red"),
    [(Sign.AT_LEAST, [1, 2]), (Sign.ABOVE, [1]), (Sign.AT_MOST, [2, 3]), (Sign.BELOW, [3])],
)
def test_a_standard_holds_with_or_without_its_bound(sign: Sign, red: list[int]) -> None:
    assert lists_of(units(90.1, 90, 89.9), rule(standard(sign, "90"))) == (red, [])


def test_a_standard_is_compared_by_decimals() -> None:
    # 0.1 + 0.2 is not 0.3 for a computer; 85.3 as stored is 85.3 as written.
    assert lists_of(units(85.3, 85.29), rule(standard(Sign.AT_LEAST, "85.3"))) == ([1], [])


def test_distance_is_value_less_bound_with_its_sign() -> None:
    by = rule(standard(Sign.AT_LEAST, "95"), standard(Sign.BELOW, "85"))
    judged = judge(units(98.2, 90, 78.7), by, Direction.HIGHER, is_due=True)
    assert judged["side"].tolist() == ["red", "", "black"]
    assert judged["distance"].tolist()[::2] == [3.2, -6.3]
    assert pd.isna(judged["distance"][1])


def test_who_fails_the_standard_is_not_honoured_for_a_place() -> None:
    # All are below 85: the first two are the best of them, and on the black list all the same.
    assert lists_of(units(80, 70, 60), rule(first(2), standard(Sign.BELOW, "85"))) == ([], [1, 2, 3])


def test_who_meets_the_red_standard_is_not_criticised_for_a_place() -> None:
    assert lists_of(units(99, 97, 96, 80), rule(standard(Sign.AT_LEAST, "95"), first(2))) == ([1, 2, 3], [4])


# ── falls ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_who_fell_far_is_listed_besides() -> None:
    frame = units(90, 80, 70, 60, moves={2: -5, 3: -4})
    by = rule(first(1), first(1), falling=Falling.ALSO, fallen_places=5)
    judged = judge(frame, by, Direction.HIGHER, is_due=True)
    assert lists_of(frame, by) == ([1], [2, 4])
    assert judged["grounds"].tolist() == [(Ground.PLACES,), (Ground.FALL,), (), (Ground.PLACES,)]


def test_only_those_of_the_list_that_fell_are_kept_on_it() -> None:
    frame = units(90, 80, 70, 60, moves={2: -9, 3: -2, 4: 1})
    by = rule(black=first(2), falling=Falling.ONLY, fallen_places=2)
    assert lists_of(frame, by) == ([], [3])


def test_a_fall_takes_nobody_off_the_red_list() -> None:
    by = rule(first(1), falling=Falling.ALSO, fallen_places=1)
    assert lists_of(units(90, 80, moves={1: -1, 2: -1}), by) == ([1], [2])


def test_without_an_earlier_rank_there_is_no_fall() -> None:
    assert lists_of(units(90, 80), rule(falling=Falling.ALSO, fallen_places=1)) == ([], [])


# ── reports ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_unreported_unit_is_no_zero_and_on_no_list() -> None:
    assert lists_of(units(90, None, 70), rule(first(1), first(1))) == ([1], [3])
    assert lists_of(units(90, None, 70), rule(black=standard(Sign.BELOW, "85"))) == ([], [3])


def test_unreported_units_are_listed_where_the_rule_says_so_and_the_reports_were_due() -> None:
    by = rule(first(1), first(1), lists_unreported=True)
    assert lists_of(units(90, None, 70), by) == ([1], [2, 3])
    assert lists_of(units(90, None, 70), by, is_due=False) == ([1], [3])


def test_late_units_are_criticised_even_where_they_lead() -> None:
    frame = units(90, 80, 70, late={1: 2}, missing={2: 1})
    assert lists_of(frame, rule(first(1), lists_late=True)) == ([], [1, 2])
    assert lists_of(frame, rule(first(1), lists_late=True), is_due=False) == ([1], [])


def test_a_unit_that_lacks_parts_of_a_composite_counts_as_unreported() -> None:
    frame = units(90, None, 70, excluded={2: "parts"})
    judged = judge(frame, rule(first(1), first(1)), Direction.HIGHER, is_due=True)
    assert judged["withheld"].tolist() == ["", "parts", ""]
    assert lists_of(frame, rule(first(1), first(1), lists_unreported=True)) == ([1], [2, 3])


# ── who is left out ────────────────────────────────────────────────────────────────────────────────────────────────


def test_places_of_units_left_out_go_to_those_after_them() -> None:
    frame = units(90, 80, 70, 60, 50, excluded={5: "least"})
    by = rule(first(1), first(1), left_out=(key(1),))
    judged = judge(frame, by, Direction.HIGHER, is_due=True)
    assert lists_of(frame, by) == ([2], [4])
    assert judged["withheld"].tolist() == [NAMED, "", "", "", "least"]


def test_a_unit_left_out_is_not_listed_for_its_reports_either() -> None:
    frame = units(90, None, late={1: 1}, excluded={2: "kind"})
    assert lists_of(frame, rule(first(1), lists_late=True, lists_unreported=True, left_out=(key(1),))) == ([], [])


# ── months in a row ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_streak_ends_where_a_month_was_missed_or_the_side_changed() -> None:
    months = [{1: "red", 2: "black", 3: "red"}, {1: "red", 2: "red"}, {1: "red", 3: "red"}, {}]
    assert [streak(months, number, months[0][number]) for number in (1, 2, 3)] == [3, 1, 1]


# ── any units, any rule ────────────────────────────────────────────────────────────────────────────────────────────

_SIDES = st.one_of(
    st.just(NOBODY),
    st.builds(first, st.integers(1, 4)),
    st.builds(lambda sign, bound: standard(sign, str(bound)), st.sampled_from(Sign), st.integers(0, 6)),
)
_UNITS = st.lists(
    st.tuples(
        st.one_of(st.none(), st.integers(0, 6)), st.one_of(st.none(), st.integers(-4, 4)),
        st.sampled_from(["", "", "", "kind", "least", "parts"]), st.integers(0, 1), st.integers(0, 1),
    ),
    max_size=9,
)  # fmt: skip


@settings(deadline=None)
@given(_UNITS, _SIDES, _SIDES, st.sampled_from(Falling), st.booleans(), st.booleans(), st.data())
def test_lists_never_share_a_unit_and_never_depend_on_the_order(
    rows: list[Any], red: SideRule, black: SideRule, falling: Falling, unreported: bool, late: bool, data: Any
) -> None:
    try:
        by = rule(red, black, falling=falling, fallen_places=2, lists_unreported=unreported, lists_late=late)
    except UserError:
        return  # A rule that contradicts itself cannot be made: tests/unit/test_list_rules.py.
    frame = units(
        *(row[0] for row in rows),
        moves={place: row[1] for place, row in enumerate(rows, 1) if row[1] is not None},
        excluded={place: row[2] for place, row in enumerate(rows, 1)},
        late={place: row[3] for place, row in enumerate(rows, 1)},
        missing={place: row[4] for place, row in enumerate(rows, 1)},
    )
    found = lists_of(frame, by)
    assert not set(found[0]) & set(found[1])
    order = data.draw(st.permutations(range(len(rows))))
    assert lists_of(frame.iloc[list(order)].reset_index(drop=True), by) == found
    judged = judge(frame, by, Direction.HIGHER, is_due=True)
    assert not (judged["side"].ne("") & judged["withheld"].ne("")).any()
    assert judged.loc[judged["side"] == "red", "value"].notna().all()
