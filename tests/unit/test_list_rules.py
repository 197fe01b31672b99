"""Rules of red and black lists: what can be said, what contradicts itself, and what a definition keeps."""

from decimal import Decimal
from typing import Any

import pytest

from ecodash.domain.comparison import Against, Comparison, Span
from ecodash.domain.lists import (
    By,
    Falling,
    ListRule,
    SideRule,
    Sign,
    check_reason,
    check_rule,
    reasons_name,
    standard_rule,
)
from ecodash.domain.regions import Level, region_key
from ecodash.errors import UserError
from tests.builders import CATALOG, COUNTY, TOWN_A, indicator

KEY = region_key(COUNTY)
PLACES = SideRule(By.PLACES, 3)


def standard(sign: Sign, bound: str) -> SideRule:
    return SideRule(By.THRESHOLD, sign=sign, bound=Decimal(bound))


def rule(**changes: Any) -> ListRule:
    usual: dict[str, Any] = {"region": KEY, "level": Level.TOWN, "indicator": "score", "red": PLACES, "black": PLACES}
    return ListRule(**(usual | changes))


FULL = rule(
    comparison=Comparison(Span.QUARTER, Against.YEAR_AGO, ("村",), "远郊", 30, 7),
    red=standard(Sign.AT_LEAST, "95"),
    black=standard(Sign.BELOW, "84.50"),
    falling=Falling.ALSO,
    fallen_places=5,
    lists_unreported=True,
    lists_late=True,
    left_out=(region_key(TOWN_A),),
)


@pytest.mark.parametrize("one", [rule(), FULL, rule(black=SideRule(By.NOBODY))])
def test_a_rule_comes_back_as_it_was_kept(one: ListRule) -> None:
    assert ListRule.from_content(one.to_content()) == one


def test_what_is_kept_is_plain_and_names_codes() -> None:
    content = FULL.to_content()
    assert content["region"] == COUNTY
    assert content["left_out"] == [TOWN_A]
    assert content["black"] == {"by": "threshold", "sign": "below", "bound": "84.5"}


@pytest.mark.parametrize(
    "content",
    [
        {},
        {**FULL.to_content(), "region": "abc"},
        {**FULL.to_content(), "level": "planet"},
        {**FULL.to_content(), "red": {"by": "places", "count": "many"}},
        {**FULL.to_content(), "black": {"by": "threshold", "sign": "below", "bound": "much"}},
        {**FULL.to_content(), "red": None},
        {**FULL.to_content(), "left_out": ["x"]},
    ],
)
def test_content_that_is_no_rule_is_refused_in_words(content: dict[str, Any]) -> None:
    with pytest.raises(UserError, match="规则的内容无法读取"):
        ListRule.from_content(content)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"level": Level.COUNTY}, "层级要在地区之下"),
        ({"red": SideRule(By.NOBODY), "black": SideRule(By.NOBODY)}, "都没有条件"),
        ({"falling": Falling.ALSO}, "下降的位数"),
        ({"black": SideRule(By.NOBODY), "falling": Falling.ONLY, "fallen_places": 2}, "无从筛选"),
        ({"left_out": (KEY,)}, "所比较的单位之中"),
        ({"left_out": (region_key("510104001"),)}, "所比较的单位之中"),
        ({"comparison": Comparison(least=-1)}, "最小分母"),
        ({"comparison": Comparison(least=float("nan"))}, "最小分母"),
        ({"red": standard(Sign.AT_LEAST, "85"), "black": standard(Sign.AT_MOST, "85")}, "有重叠"),
        ({"red": standard(Sign.AT_LEAST, "80"), "black": standard(Sign.BELOW, "85")}, "有重叠"),
        ({"red": standard(Sign.AT_LEAST, "80"), "black": standard(Sign.ABOVE, "90")}, "有重叠"),
    ],
)
def test_a_rule_that_contradicts_itself_is_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(UserError, match=said):
        rule(**changes)


def test_standards_that_meet_without_overlap_are_a_rule() -> None:
    assert rule(red=standard(Sign.AT_LEAST, "85"), black=standard(Sign.BELOW, "85")).red.meets(85.0)


@pytest.mark.parametrize("count", [0, -1, 101])
def test_a_side_gives_a_sensible_number_of_places(count: int) -> None:
    with pytest.raises(UserError, match="名额"):
        SideRule(By.PLACES, count)


def test_a_bound_is_a_number() -> None:
    with pytest.raises(UserError, match="不是一个数"):
        standard(Sign.BELOW, "NaN")


# ── with the catalogue ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("code", ["households", "nothing"])
def test_facts_and_unknown_indicators_cannot_be_judged(code: str) -> None:
    with pytest.raises(UserError, match="不能用来定红黑榜"):
        check_rule(rule(indicator=code), CATALOG)


def test_a_standard_that_honours_the_worse_is_refused() -> None:
    lower = {"complaints": indicator("complaints", "flow", direction="lower")}
    good = rule(indicator="complaints", red=standard(Sign.AT_MOST, "2"), black=standard(Sign.ABOVE, "5"))
    check_rule(good, lower)  # type: ignore[arg-type]
    bad = rule(indicator="complaints", red=standard(Sign.AT_LEAST, "5"))
    with pytest.raises(UserError, match="数值越低越好，标准的方向反了"):
        check_rule(bad, lower)  # type: ignore[arg-type]


def test_what_has_no_better_side_is_judged_by_a_standard_only() -> None:
    neutral = {"funds": indicator("funds", "flow", direction="neutral")}
    check_rule(rule(indicator="funds", red=standard(Sign.ABOVE, "5"), black=SideRule(By.NOBODY)), neutral)  # type: ignore[arg-type]
    with pytest.raises(UserError, match="没有好坏之分"):
        check_rule(rule(indicator="funds"), neutral)  # type: ignore[arg-type]


@pytest.mark.parametrize(("units", "count"), [(0, 1), (2, 1), (6, 2), (30, 3)])
def test_the_rule_to_begin_with_leaves_a_middle(units: int, count: int) -> None:
    one = standard_rule(KEY, Level.TOWN, "score", units)
    assert (one.red.count, one.black.count) == (count, count)


# ── reasons ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_reason_is_one_line_and_not_too_long() -> None:
    assert check_reason("  新建分拣站\n投用 ") == "新建分拣站 投用"
    with pytest.raises(UserError, match="301 个字，最多 300"):
        check_reason("字" * 301)


def test_the_longest_rule_name_leaves_room_for_the_month() -> None:
    assert len(reasons_name("规" * 40, "2026-10")) <= 60
