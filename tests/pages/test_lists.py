"""红黑榜 through the shell: nothing yet, a rule in one click, reasons, a change with its preview, versions, withdrawal."""

from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.test_pages import shown_text

HOSTILE = "<img src=x onerror=alert(1)> **粗**"


@pytest.fixture
def app(open_app: Any, county_home: Path) -> AppTest:
    """The page with the ready rule created: 3 villages, so one place on each list."""
    page: AppTest = open_app(county_home, "lists")
    page.button(key="list_create").click().run()
    assert not page.exception
    return page


def test_without_a_rule_a_ready_one_is_offered_with_who_it_would_list(open_app: Any, county_home: Path) -> None:
    page = open_app(county_home, "lists")
    assert not page.exception
    assert page.title[0].value == "红黑榜"
    shown = shown_text(page)
    assert "还没有红黑榜规则" in shown
    assert "红榜 1 个" in shown


def test_without_figures_the_page_says_so(open_app: Any, bare_with_regions: Path) -> None:
    page = open_app(bare_with_regions, "lists")
    assert not page.exception
    assert "还没有上报过数据" in shown_text(page)
    assert not [button for button in page.button if button.key == "list_create"]


def test_one_click_makes_the_rule_and_shows_both_lists(app: AppTest) -> None:
    shown = shown_text(app)
    assert "规则“乡镇月度红黑榜”已保存" in shown
    assert 'class="list list-red"' in shown
    assert app.query_params["month"] == "2026-10"
    assert app.query_params["rule"] == "1"


def test_another_month_goes_into_the_address_and_the_lists(app: AppTest) -> None:
    app.selectbox(key="list_month").set_value("2026-09").run()
    assert app.query_params["month"] == "2026-09"
    assert app.header[0].value == "丰都县2026年9月红黑榜"


def test_a_reviewers_words_stand_beside_the_entry_and_are_escaped(app: AppTest) -> None:
    area = next(one for one in app.text_area if one.label.startswith("审核人说明"))
    area.set_value(HOSTILE).run()
    next(button for button in app.button if button.label == "保存说明").click().run()
    assert not app.exception
    shown = shown_text(app)
    assert "<img src=x" not in shown
    assert "&lt;img src=x onerror=alert(1)&gt; **粗**<small>本机操作员" in shown


def test_a_change_is_previewed_before_it_is_saved_as_the_next_version(app: AppTest) -> None:
    app.toggle(key="list_change_1").set_value(True).run()
    app.number_input(key="lc1_red_count").set_value(2).run()
    assert not app.exception
    assert "红榜：前 2 名" in shown_text(app)
    assert app.query_params["rule"] == "1"
    app.button(key="lc1_save").click().run()
    assert "第 2 版已保存" in shown_text(app)
    assert app.query_params["rule"] == "2"


def test_a_rule_that_contradicts_itself_is_said_and_cannot_be_saved(app: AppTest) -> None:
    app.toggle(key="list_change_1").set_value(True).run()
    app.segmented_control(key="lc1_red_by").set_value("nobody").run()
    app.segmented_control(key="lc1_black_by").set_value("nobody").run()
    assert not app.exception
    assert "不会有单位上榜" in shown_text(app)
    assert not [button for button in app.button if button.key == "lc1_save"]


def test_a_hostile_rule_name_is_shown_as_text(app: AppTest) -> None:
    app.toggle(key="list_change_1").set_value(True).run()
    app.text_input(key="lc1_name").set_value("<b>榜</b>**粗**").run()
    app.button(key="lc1_save").click().run()
    assert not app.exception
    shown = shown_text(app)
    assert "<b>榜</b>" not in shown
    assert "\\<b\\>榜" in shown


def test_an_old_version_says_that_there_is_a_newer_one(app: AppTest) -> None:
    app.toggle(key="list_change_1").set_value(True).run()
    app.number_input(key="lc1_red_count").set_value(2).run()
    app.button(key="lc1_save").click().run()
    app.query_params["rule"] = "1"
    app.run()
    assert "现在看的是第 1 版规则；最新的是第 2 版" in shown_text(app)


def test_a_rule_is_withdrawn_after_a_second_word_and_its_link_still_opens(app: AppTest) -> None:
    assert app.button(key="list_withdraw").disabled
    app.checkbox(key="list_sure_1").set_value(True).run()
    app.button(key="list_withdraw").click().run()
    assert "已停用" in shown_text(app)
    assert [button for button in app.button if button.key == "list_create"]
    app.query_params["rule"] = "1"
    app.run()
    assert not app.exception
    assert "这条规则已经停用" in shown_text(app)


@pytest.mark.parametrize("number", ["99", "abc", "-1", "9" * 40, "²"])
def test_a_link_to_no_rule_says_so(open_app: Any, county_home: Path, number: str) -> None:
    page = open_app(county_home, "lists", rule=number)
    assert not page.exception
    assert "不存在" in shown_text(page)


def test_a_link_to_a_month_without_reports_shows_the_newest(app: AppTest) -> None:
    app.query_params["month"] = "2020-01"
    app.run()
    assert "2020-01”没有上报数据，现在显示的是2026年10月" in shown_text(app)
