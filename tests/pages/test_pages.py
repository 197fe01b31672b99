"""Each page through the shell: title, empty state, one filter, a bad link."""

from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.reading import card, opened

FIGURE_PAGES = {"overview": "总览", "map": "地图", "progress": "进度", "ranking": "排名", "profile": "区域档案"}
PLAIN_PAGES = {"upload": "数据上报", "snapshots": "快照"}


def shown_text(app: AppTest) -> str:
    """Everything written on the screen, one piece a line."""
    pieces = [
        element.value
        for kind in ("markdown", "caption", "info", "warning", "error", "success")
        for element in app.get(kind)
    ]
    return "\n".join([*pieces, *(element.proto.body for element in app.get("html"))])


@pytest.mark.parametrize(("page", "label"), FIGURE_PAGES.items())
def test_page_says_place_month_batch(open_app: Any, county_home: Path, page: str, label: str) -> None:
    app = open_app(county_home, page)
    assert not app.exception
    assert app.title[0].value == f"丰都县 {label}"
    assert "2026年10月" in shown_text(app)
    assert "截至第 3 批，2026-11-04 10:00 提交（北京时间）" in shown_text(app)


@pytest.mark.parametrize(("page", "label"), PLAIN_PAGES.items())
def test_plain_page_has_its_title(open_app: Any, county_home: Path, page: str, label: str) -> None:
    app = open_app(county_home, page)
    assert not app.exception
    assert app.title[0].value == label


def test_overview_sums_villages_and_counts_them(open_app: Any, county_home: Path) -> None:
    app = open_app(county_home)
    garbage = card(app, "garbage_cleared")
    assert (garbage.name, garbage.value) == ("清理生活垃圾", "163.00 吨")
    assert garbage.change == "比上月 ▲ 增 13.00 吨"
    assert "上报 3/" in garbage.backed


def test_figures_are_not_called_demo_where_none_is(open_app: Any, county_home: Path) -> None:
    assert "演示数据" not in shown_text(open_app(county_home))


def test_province_held_in_part_is_said_not_to_be_whole(open_app: Any, county_home: Path) -> None:
    assert "合计数不代表全域" in shown_text(open_app(county_home, region="50"))
    assert "合计数不代表全域" not in shown_text(open_app(county_home, region="500230"))


def test_month_filter_goes_into_address_and_figures(open_app: Any, county_home: Path) -> None:
    app = open_app(county_home)
    app.selectbox(key="month_box").set_value("2026-09").run()
    assert app.query_params["month"] == "2026-09"
    assert card(app, "garbage_cleared").value == "150.00 吨"


def test_choice_goes_along_to_the_next_page(open_app: Any, county_home: Path) -> None:
    app = open_app(county_home)
    app.selectbox(key="month_box").set_value("2026-09").run()
    app.query_params.clear()
    app.switch_page("../../pages/ranking.py").run()
    assert app.query_params["month"] == "2026-09"


def test_village_is_there_again_after_a_page_that_shows_its_town(open_app: Any, county_home: Path) -> None:
    app = open_app(county_home, "profile", region="500230123202")
    assert app.title[0].value == "九龙泉村 区域档案"
    app.query_params.clear()
    app.switch_page("../../pages/ranking.py").run()
    assert app.title[0].value == "暨龙镇 排名"
    app.query_params.clear()
    app.switch_page("../../pages/profile.py").run()
    assert app.title[0].value == "九龙泉村 区域档案"


def test_address_with_known_codes_is_followed_silently(open_app: Any, county_home: Path) -> None:
    app = open_app(
        county_home, "ranking", month="2026-09", region="500230", indicator="public_toilets", level="village"
    )
    assert not app.warning
    assert next(list(frame.value["村"]) for frame in app.dataframe) == ["平都中路社区", "滨江东路社区", "九龙泉村"]


@pytest.mark.parametrize(
    ("name", "value"),
    [("month", "2026-13"), ("month", "2031-01"), ("region", "abc"), ("region", "110101"), ("indicator", "nosuch"),
     ("indicator", "households"), ("level", "street")],
)  # fmt: skip
def test_bad_link_is_said_in_chinese_and_shows_the_default(
    open_app: Any, county_home: Path, name: str, value: str
) -> None:
    app = open_app(county_home, "ranking", **{name: value})
    assert not app.exception
    assert not app.error
    assert len(app.warning) == 1
    assert app.title[0].value == "丰都县 排名"
    assert app.query_params["month"] == "2026-10"


def test_unreported_towns_stand_apart_from_the_ranking(open_app: Any, county_home: Path) -> None:
    app = open_app(county_home, "ranking", indicator="garbage_cleared")
    ranked, unreported = (frame.value for frame in app.dataframe)
    assert len(ranked) == 2
    assert len(unreported) == 28
    assert 0 not in list(ranked["清理生活垃圾（吨）"])


def test_progress_says_state_in_words(open_app: Any, county_home: Path) -> None:
    assert "停滞" in (words := shown_text(open_app(county_home, "progress"))) or "滞后" in words or "正常" in words


def test_profile_names_batch_file_and_row(open_app: Any, county_home: Path) -> None:
    app = open_app(county_home, "profile", region="500230123202", indicator="garbage_cleared")
    origins = app.dataframe[-1].value
    assert list(origins["文件"]) == ["2026年10月月报.csv"]
    assert list(origins["批次"]) == [2]
    assert list(origins["行"]) == [5]


def test_place_without_reports_says_so_and_leads_to_upload(open_app: Any, bare_with_regions: Path) -> None:
    for page in FIGURE_PAGES:
        app = open_app(bare_with_regions, page)
        assert not app.exception
        assert "还没有上报过数据" in app.info[0].value


def test_snapshot_is_made_once_and_listed(open_app: Any, county_home: Path) -> None:
    app = opened(open_app(county_home), "snapshot_popover")
    app.button(key="snapshot_make").click().run()
    link = app.code[0].value
    assert "/s/" in link
    app.button(key="snapshot_another").click().run()
    app.button(key="snapshot_make").click().run()
    assert app.code[0].value == link
    app.query_params.clear()
    app.switch_page("../../pages/snapshots.py").run()
    assert [code.value for code in app.code] == [link]
