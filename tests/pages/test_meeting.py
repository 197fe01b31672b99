"""会议模式: an order is put together, kept, changed and withdrawn; links say what they open."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from ecodash.domain.meeting import MeetingOrder
from ecodash.domain.pages import Page
from ecodash.domain.periods import Month
from ecodash.domain.regions import Level, region_key
from ecodash.domain.selection import Selection
from ecodash.views.meeting_links import order_of_page


def written(app: AppTest) -> str:
    return "\n".join(
        one.value for kind in ("markdown", "caption", "info", "success", "warning") for one in app.get(kind)
    )


def links(app: AppTest) -> dict[str, str]:
    return {one.proto.label: one.proto.url for one in app.get("link_button")}


def keep(app: AppTest, name: str) -> AppTest:
    app.text_input(key="meeting_name").set_value(name).run()
    return app.button(key="meeting_save").click().run()


def order_of(address: str) -> MeetingOrder:
    return MeetingOrder.from_params(dict(parse_qsl(urlsplit(address).query)))


def test_the_page_offers_the_usual_order_and_explains_the_keys(open_app: Any, county_home: Path) -> None:
    app = open_app(county_home, "meeting")
    assert not app.exception
    assert app.title[0].value == "会议模式"
    text = written(app)
    assert "还没有保存过会议顺序" in text
    for word in ("总览", "目标进度", "排名", "地图", "上报情况", "空格 或 P", "全屏"):
        assert word in text
    order = order_of(links(app)["不保存，直接放映"])
    assert order == MeetingOrder(region=region_key("500230"))


def test_what_is_chosen_goes_into_the_link(open_app: Any, county_home: Path) -> None:
    app = open_app(county_home, "meeting")
    app.selectbox(key="meeting_month").set_value("2026-09").run()
    app.selectbox(key="meeting_level").set_value("village").run()
    app.selectbox(key="meeting_indicator").set_value("public_toilets").run()
    app.number_input(key="meeting_seconds").set_value(20).run()
    app.selectbox(key="meeting_theme").set_value("dark").run()
    order = order_of(links(app)["不保存，直接放映"])
    assert (order.month, order.level, order.indicator, order.seconds, order.theme.value) == (
        Month(2026, 9), Level.VILLAGE, "public_toilets", 20, "dark",
    )  # fmt: skip


def test_pages_are_added_moved_and_dropped(open_app: Any, county_home: Path) -> None:
    app = open_app(county_home, "meeting")
    app.button(key="meeting_drop_4").click().run()
    app.button(key="meeting_up_1").click().run()
    app.selectbox(key="meeting_add").set_value("ranking").run()
    app.selectbox(key="meeting_add_indicator").set_value("public_toilets").run()
    app.number_input(key="meeting_add_seconds").set_value(30).run()
    app.button(key="meeting_append").click().run()
    order = order_of(links(app)["不保存，直接放映"])
    assert [str(stop) for stop in order.stops] == ["targets", "overview", "ranking", "map", "ranking:public_toilets~30"]
    for _ in range(5):
        app.button(key="meeting_drop_0").click().run()
    assert app.button(key="meeting_save").disabled
    assert "还没有页面" in written(app)


def test_an_order_is_kept_changed_and_withdrawn(open_app: Any, county_home: Path) -> None:
    app = keep(open_app(county_home, "meeting"), "月度*调度会*")
    text = written(app)
    assert "已保存会议顺序“月度\\*调度会\\*”" in text
    assert "总览 → 目标进度 → 排名 → 地图 → 上报情况" in text
    assert "第 1 版" in text
    assert urlsplit(links(app)["放映"]).path == "/screen/1"
    app.number_input(key="meeting_seconds").set_value(60).run()
    app.text_input(key="meeting_name").set_value("另一个").run()
    app.button(key="meeting_edit_1").click().run()
    assert app.number_input(key="meeting_seconds").value == 15
    assert app.text_input(key="meeting_name").value == "月度*调度会*"
    app.number_input(key="meeting_seconds").set_value(45).run()
    app.button(key="meeting_save").click().run()
    assert "第 2 版" in written(app)
    assert "每页 45 秒" in written(app)
    app.button(key="meeting_withdraw_2").click().run()
    assert "已停用会议顺序" in written(app)
    assert "放映" not in links(app)


def test_an_order_without_a_name_is_refused_with_words(open_app: Any, county_home: Path) -> None:
    app = keep(open_app(county_home, "meeting"), "  ")
    assert "名称不能为空" in app.error[0].value
    assert not app.exception


def test_the_page_stands_where_nothing_was_reported(open_app: Any, bare_with_regions: Path) -> None:
    app = open_app(bare_with_regions, "meeting")
    assert not app.exception
    assert app.selectbox(key="meeting_month").options == ["最新月份"]


@pytest.mark.parametrize("page", list(Page))
def test_every_figure_page_has_an_order_of_its_own_first(page: Page) -> None:
    here = Selection(7, Month(2026, 10), region_key("500230"), "public_toilets", Level.VILLAGE)
    order = order_of_page(page, here)
    first = {"progress": "targets", "lists": "ranking"}.get(page.value, page.value)
    assert order.stops[0].slide.value == first
    assert (order.region, order.month, order.indicator, order.level) == (
        here.region, here.month, here.indicator, here.level,
    )  # fmt: skip
