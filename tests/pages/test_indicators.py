"""指标管理: an indicator put out of use is offered nowhere, and its link still leads to its figures."""

from pathlib import Path

from tests.pages.conftest import Open


def options(app, key: str) -> list[str]:  # type: ignore[no-untyped-def]
    return list(app.selectbox(key=key).options)


def test_put_out_of_use_and_back(open_app: Open, county_home: Path) -> None:
    app = open_app(county_home, "indicators", indicator="public_toilets")
    assert not app.exception
    assert app.title[0].value == "指标管理"
    assert "停用 0 项" in app.markdown[0].value
    assert any("现有数据 6 个，最近为2026年10月" in one.value for one in app.caption)
    app.toggle(key="indicator_public_toilets_used").set_value(False)
    app.button(key="indicator_public_toilets_save").click().run()
    assert "已停用“公厕”，已有数据不变" in app.success[0].value
    table = app.dataframe[0].value.set_index("指标")
    assert table.loc["公厕", "状态"] == "✕ 停用"

    offered = open_app(county_home, "ranking")
    assert options(offered, "indicator_box") == ["垃圾治理：清理生活垃圾"]
    linked = open_app(county_home, "ranking", indicator="public_toilets")
    assert not linked.warning
    assert options(linked, "indicator_box") == ["垃圾治理：清理生活垃圾", "厕所革命：公厕"]
    assert linked.selectbox(key="indicator_box").value == "public_toilets"

    app.toggle(key="indicator_public_toilets_used").set_value(True)
    app.button(key="indicator_public_toilets_save").click().run()
    assert "已恢复使用“公厕”" in app.success[0].value
    again = open_app(county_home, "ranking")
    assert len(options(again, "indicator_box")) == 2


def test_left_out_of_the_template_and_of_targets(open_app: Open, county_home: Path) -> None:
    app = open_app(county_home, "indicators", indicator="garbage_cleared")
    app.toggle(key="indicator_garbage_cleared_used").set_value(False)
    app.button(key="indicator_garbage_cleared_save").click().run()
    targets = open_app(county_home, "targets")
    assert not targets.exception
    boxes = [one for one in targets.selectbox if one.key == "target_indicator"]
    assert boxes
    assert not [name for name in boxes[0].options if "清理生活垃圾" in name]


def test_a_heading_is_kept_and_a_wrong_one_refused_beside_it(open_app: Open, county_home: Path) -> None:
    app = open_app(county_home, "indicators", indicator="garbage_cleared")
    app.text_area(key="indicator_garbage_cleared_headings").set_value("清运总斤两\n公厕\n")
    app.button(key="indicator_garbage_cleared_save").click().run()
    assert "“公厕”已经表示指标“公厕”" in app.error[0].value
    app.text_area(key="indicator_garbage_cleared_headings").set_value("清运总斤两（吨）\n\n清运总斤两")
    app.button(key="indicator_garbage_cleared_save").click().run()
    assert "已保存“清理生活垃圾”的列名" in app.success[0].value
    assert app.text_area(key="indicator_garbage_cleared_headings").value == "清运总斤两"
    assert app.dataframe[0].value.set_index("指标").loc["清理生活垃圾", "本地列名"] == "清运总斤两"


def test_a_denominator_says_what_depends_on_it(open_app: Open, county_home: Path) -> None:
    app = open_app(county_home, "indicators", indicator="households")
    assert any("无害化卫生户厕覆盖率" in one.value and "由它计算" in one.value for one in app.caption)
