"""What headers mean: names in their variants, units, periods, guesses, and words over words."""

from collections.abc import Sequence

import pytest

from ecodash.catalog.loader import load_catalog
from ecodash.ingest.headers import HeaderNames, Heading
from ecodash.settings import PROJECT_ROOT

CATALOG = load_catalog(PROJECT_ROOT / "data" / "catalog" / "indicators.toml")
NAMES = HeaderNames(CATALOG, {})


def said(heading: Heading | None) -> tuple[str, str, str, str]:
    """Target, how, unit and period of a heading; empty texts for none."""
    if heading is None:
        return "", "", "", ""
    return heading.target, heading.how, heading.unit, heading.period.label if heading.period else ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("garbage_cleared", ("garbage_cleared", "code", "", "")),
        ("清理生活垃圾(吨)", ("garbage_cleared", "name", "", "")),
        ("清运垃圾量", ("garbage_cleared", "alias", "", "")),
        ("清理\n生活 垃圾", ("garbage_cleared", "name", "", "")),
        ("*清理生活垃圾：", ("garbage_cleared", "name", "", "")),
        ("３．清理生活垃圾", ("garbage_cleared", "name", "", "")),
        ("（二）改造户厕", ("household_toilets_built", "name", "", "")),
        ("本月清理垃圾", ("garbage_cleared", "alias", "", "")),
        ("清理垃圾完成数", ("garbage_cleared", "alias", "", "")),
        ("清理垃圾（公斤）", ("garbage_cleared", "alias", "公斤", "")),
        ("清理垃圾[单位：kg]", ("garbage_cleared", "alias", "单位:kg", "")),
        ("清理垃圾/斤", ("garbage_cleared", "alias", "斤", "")),
        ("投入资金（千元）", ("funds_invested", "name", "千元", "")),
        ("拆除私搭乱建（m²）", ("illegal_structures_removed", "name", "", "")),
        ("9月清理垃圾（吨）", ("garbage_cleared", "alias", "", "9月")),
        ("清理垃圾（9月）", ("garbage_cleared", "alias", "", "9月")),
        ("清理垃圾（9月，公斤）", ("garbage_cleared", "alias", "公斤", "9月")),
        ("清理垃圾（本月）", ("garbage_cleared", "alias", "", "")),
        ("清理垃圾（累计）", ("ignored", "derived", "", "")),
        ("清理垃圾-上月", ("ignored", "derived", "", "")),
        ("2026年三季度群众满意度", ("satisfaction", "name", "", "2026年第三季度")),
        ("改造户厕（户）", ("household_toilets_built", "name", "", "")),
        ("上月清理垃圾", ("ignored", "derived", "", "")),
        ("清理垃圾同比", ("ignored", "derived", "", "")),
        ("1-9月累计清理垃圾", ("ignored", "derived", "", "")),
        ("序号", ("ignored", "role", "", "")),
        ("村（社区）名称", ("", "", "", "")),
        ("村(居)", ("village", "role", "", "")),
        ("", ("", "", "", "")),
        ("好人好事", ("", "", "", "")),
    ],
)
def test_one_text(text: str, expected: tuple[str, str, str, str]) -> None:
    assert said(NAMES.match(text)) == expected


def test_a_unit_that_measures_something_else_is_said() -> None:
    heading = NAMES.match("清理垃圾（亩）")
    assert heading is not None
    assert "不能换算" in heading.unit_hint
    assert "“吨”" in heading.unit_hint


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (["垃圾治理", "清理垃圾", "公斤"], ("garbage_cleared", "alias", "公斤", "")),
        (["清理垃圾（公斤）", "8月"], ("garbage_cleared", "alias", "公斤", "8月")),
        (["8月", "清理垃圾"], ("garbage_cleared", "alias", "", "8月")),
        (["2026年", "8月"], ("value", "role", "", "2026年8月")),
        (["三季度", "8月"], ("value", "role", "", "8月")),
        (["三季度", "10月", "清理垃圾"], ("", "", "", "")),
        (["清理垃圾", "本月完成"], ("garbage_cleared", "alias", "", "")),
        (["清理垃圾", "任务数"], ("ignored", "derived", "", "")),
        (["清理垃圾", "累计"], ("ignored", "derived", "", "")),
        (["改造", "户厕（座）"], ("household_toilets_built", "name", "", "")),
        (["农村厕所情况", "改造户厕"], ("household_toilets_built", "name", "", "")),
        (["长效管护", "行政村"], ("village", "role", "", "")),
        (["10月"], ("value", "role", "", "10月")),
        (["公厕", "垃圾箱"], ("", "", "", "")),
        (["说不清", "也说不清"], ("", "", "", "")),
        ([], ("", "", "", "")),
    ],
)
def test_texts_over_one_column(path: Sequence[str], expected: tuple[str, str, str, str]) -> None:
    assert said(NAMES.match_path(path)) == expected


def test_choices_go_before_names_and_those_of_now_before_those_of_then() -> None:
    names = HeaderNames(
        CATALOG,
        {"垃圾": "garbage_cleared", "公厕": "-", "清运（车次）": "patrols", "垃圾治理/其他": "bins"},
        {"垃圾": "bins", "灯": "-"},
    )
    assert said(names.match("垃圾")) == ("garbage_cleared", "chosen", "", "")
    assert said(names.match("垃圾（公斤）")) == ("garbage_cleared", "chosen", "公斤", "")
    assert said(names.match("公厕")) == ("ignored", "chosen", "", "")
    assert said(names.match("灯")) == ("ignored", "remembered", "", "")
    assert said(names.match("清运（车次）")) == ("patrols", "chosen", "", "")
    assert said(names.match_path(["垃圾治理", "其他"])) == ("bins", "chosen", "", "")
    assert HeaderNames(CATALOG, {"灯": "street_lamps"}).unknown_choices() == ["street_lamps"]


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("清理农村垃圾", "garbage_cleared"),
        ("整治乱堆乱放点位", "clutter_cleared"),
        ("无害化卫生厕所复盖率", "sanitary_toilet_rate"),
        ("行政村明称", "village"),
        ("好人好事", ""),
        ("公", ""),
        ("其他", ""),
    ],
)
def test_a_guess_is_made_only_where_one_leads(text: str, target: str) -> None:
    guess = NAMES.guess([text])
    assert (guess.target if guess else "") == target
    if guess:
        assert guess.how == "near"
        assert 65 <= guess.confidence < 100


def test_the_nearest_names_are_three_indicators() -> None:
    near = NAMES.nearest("清理水沟")
    assert near.count("“") == 3
    assert "“清理沟渠”" in near
    assert NAMES.nearest("xyz") == ""


def test_an_indicator_named_in_a_title() -> None:
    assert (found := NAMES.named_in("楠杆镇2026年清理生活垃圾情况表")) is not None
    assert found.code == "garbage_cleared"
    assert NAMES.named_in("新建公厕统计") is CATALOG["public_toilets_built"]
    assert NAMES.named_in("清理垃圾和改造户厕情况") is None
    assert NAMES.named_in("农村人居环境整治情况") is None


def test_a_row_is_scored_by_what_is_recognised_in_it() -> None:
    assert NAMES.score(["乡镇", "村", "清理垃圾", "什么"]) == 3
    assert NAMES.score(["村", "备注"]) == 0
    assert NAMES.score(["清理垃圾", "垃圾箱"]) == 0
