"""边界管理: a file dropped, looked at, kept, and taken back."""

from pathlib import Path

from streamlit.testing.v1 import AppTest

from ecodash.domain.boundaries import Datum
from tests.boundaries import fengdu_tree, geojson, shifted, town_columns, towns
from tests.pages.conftest import Open

KEYS, SHAPES = list(towns()), list(towns().values())


def drop(app: AppTest, data: bytes, name: str = "乡镇界.geojson") -> AppTest:
    app.file_uploader[0].set_value([(name, data, "application/json")])
    return app.run()


def test_the_page_says_that_there_are_none_yet(open_app: Open, bare_with_regions: Path) -> None:
    app = open_app(bare_with_regions, "boundaries")
    assert not app.exception
    assert "还没有上传过边界" in app.info[0].value
    assert app.title[0].value == "边界管理"


def test_shifted_towns_are_told_kept_and_withdrawn(open_app: Open, bare_with_regions: Path) -> None:
    app = drop(open_app(bare_with_regions, "boundaries"), geojson(shifted(SHAPES, Datum.GCJ02), town_columns(KEYS)))
    assert not app.exception
    assert "GCJ-02 最吻合" in app.success[0].value
    assert list(app.dataframe[0].value.iloc[:, 0]) == ["GCJ-02", "WGS-84、CGCS2000", "BD-09"]
    assert len(app.dataframe[1].value) == 30
    app.button(key="boundary_save").click().run()
    assert "已保存丰都县乡镇界（第 1 套，30 个图形）" in app.success[0].value
    assert any("正在使用" in one.value for one in app.markdown)
    assert not app.dataframe
    app.button(key="boundary_withdraw_1").click().run()
    assert "已撤回" in app.success[0].value
    assert any("✕ 已撤回" in one.value for one in app.markdown)


def test_a_wrong_choice_is_warned_of(open_app: Open, bare_with_regions: Path) -> None:
    app = drop(open_app(bare_with_regions, "boundaries"), geojson(shifted(SHAPES, Datum.GCJ02), town_columns(KEYS)))
    app.selectbox(key="boundary_datum").set_value("wgs84").run()
    assert "很可能选错了" in app.warning[0].value


def test_a_file_that_cannot_be_read_is_refused_where_it_was_dropped(open_app: Open, bare_with_regions: Path) -> None:
    app = drop(open_app(bare_with_regions, "boundaries"), b"{}")
    assert "不是 GeoJSON" in app.error[0].value
    assert app.subheader[0].value == "已有的边界"


def test_what_nothing_tells_waits_for_a_choice(open_app: Open, bare_with_regions: Path) -> None:
    # A town in the middle of the county shares no border with it.
    place = next(place for place, key in enumerate(KEYS) if fengdu_tree().get(key).name == "兴义镇")
    one = slice(place, place + 1)
    app = drop(open_app(bare_with_regions, "boundaries"), geojson(SHAPES[one], town_columns(KEYS[one])))
    assert app.button(key="boundary_save").disabled
    assert "看不出是哪种坐标系" in app.warning[0].value
    app.selectbox(key="boundary_datum").set_value("cgcs2000").run()
    assert not app.button(key="boundary_save").disabled


def test_names_that_match_nothing_leave_nothing_to_keep(open_app: Open, bare_with_regions: Path) -> None:
    app = drop(open_app(bare_with_regions, "boundaries"), geojson(SHAPES, {"名称": ["无此镇"] * 30}))
    assert "不能保存" in app.error[0].value
    assert "boundary_save" not in [one.key for one in app.button]
