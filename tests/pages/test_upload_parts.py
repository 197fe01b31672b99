"""数据上报: the other parts: batches and their undo, the template, who has reported."""

import io
from pathlib import Path
from typing import Any

import openpyxl
from streamlit.testing.v1 import AppTest

from tests.pages.test_upload import CORRECTION, drop, garbage, has_commit, markup, rows_of


def undo(app: AppTest, number: int) -> None:
    app.segmented_control(key="upload_part").set_value("batches").run()
    app.selectbox(key="batch_number").set_value(number).run()
    app.toggle(key=f"undo_open_{number}").set_value(True).run()


def test_part_of_the_page_is_named_by_the_address(open_app: Any, county_home: Path) -> None:
    app = open_app(county_home, "upload", part="reporting")
    assert app.segmented_control(key="upload_part").value == "reporting"
    app.segmented_control(key="upload_part").set_value("submit").run()
    assert "part" not in app.query_params
    assert open_app(county_home, "upload", part="nosuch").segmented_control(key="upload_part").value == "submit"


def test_batch_says_who_when_which_file_and_what_changed(open_app: Any, county_home: Path) -> None:
    app = open_app(county_home, "upload", part="batches")
    app.selectbox(key="batch_number").set_value(2).run()
    facts = markup(app, "facts")
    assert "测试员" in facts
    assert "2026年10月月报.csv" in facts
    assert "有效" in facts
    assert any(button.label == "下载原文件" for button in app.get("download_button"))
    app.toggle(key="batch_cells_2").set_value(True).run()
    changed = app.dataframe[1].value
    assert len(changed) == 6
    assert set(changed["地区"]) == {"滨江东路社区", "平都中路社区", "九龙泉村"}
    assert "暨龙镇" in set(changed["乡镇"])


def test_undo_starts_at_the_batch_just_committed_and_takes_its_receipt_away(open_app: Any, county_home: Path) -> None:
    app = drop(open_app(county_home, "upload"), "更正.csv", CORRECTION)
    app.button(key="commit").click().run()
    app.segmented_control(key="upload_part").set_value("batches").run()
    assert app.selectbox(key="batch_number").value == 4
    app.toggle(key="undo_open_4").set_value(True).run()
    assert app.button(key="undo").disabled
    app.checkbox(key="undo_sure_4").check().run()
    app.button(key="undo").click().run()
    assert any("第 4 批已撤销" in message.value for message in app.success)
    app.segmented_control(key="upload_part").set_value("submit").run()
    assert not app.success
    assert garbage(app) == "163.00 吨"


def test_untouched_rest_is_undone_and_the_part_that_stays_is_listed(open_app: Any, county_home: Path) -> None:
    app = drop(open_app(county_home, "upload"), "更正.csv", CORRECTION)
    app.button(key="commit").click().run()
    undo(app, 2)
    assert "1 格后来又被第 4 批修改过" in app.warning[0].value
    kept = app.dataframe[1].value
    assert list(kept["现在的数值"]) == ["145.00"]
    assert list(kept["后来修改的批次"]) == ["第 4 批"]
    assert app.button(key="undo").label == "撤销其余部分（5 格）"
    app.checkbox(key="undo_sure_2").check().run()
    app.button(key="undo").click().run()
    assert not app.exception
    assert "第 2 批的其余 5 格已撤销" in app.success[0].value
    assert "已由第 5 批撤销一部分" in set(app.dataframe[0].value["状态"])


def test_template_of_a_town_filled_in_uploads_clean(open_app: Any, county_home: Path) -> None:
    from ecodash.views import data

    app = open_app(county_home, "upload", part="template")
    assert not app.exception
    app.selectbox(key="template_place_500230000000").set_value(500230123000).run()
    app.selectbox(key="template_month").set_value("2026-10").run()
    codes = app.multiselect[0].value
    assert codes == ["garbage_cleared", "public_toilets"]
    assert any("个村，2 项指标" in line.value for line in app.markdown)
    from ecodash.domain.periods import Month

    book = openpyxl.load_workbook(io.BytesIO(data.upload_template(500230123000, Month(2026, 10), codes)))
    sheet = book.worksheets[0]
    heads = {str(cell.value): cell.column for cell in sheet[3] if cell.value}
    place = next(column for head, column in heads.items() if head.startswith("清理生活垃圾"))
    sheet.cell(4, place).value = 12.5
    sink = io.BytesIO()
    book.save(sink)
    app.segmented_control(key="upload_part").set_value("submit").run()
    app = drop(app, "模板.xlsx", sink.getvalue())
    assert not app.error
    assert has_commit(app)


def test_template_without_indicators_is_not_offered(open_app: Any, county_home: Path) -> None:
    app = open_app(county_home, "upload", part="template")
    app.multiselect[0].set_value([]).run()
    assert "请至少选择一项指标" in app.info[0].value
    assert not [button for button in app.get("download_button") if button.label == "下载模板"]


def test_who_has_reported_and_the_reminder(open_app: Any, county_home: Path) -> None:
    app = open_app(county_home, "upload", part="reporting")
    app.selectbox(key="reporting_month").set_value("2026-10").run()
    assert not app.exception
    rows = {row[0]: row[1:3] for row in rows_of(markup(app, "short reporting"))}
    assert rows["暨龙镇"][0] == "◐ 部分未报"
    assert rows["暨龙镇"][1].startswith("1／")
    assert "暨龙镇" in app.code[0].value
    assert "未报齐" in app.code[0].value


def test_place_without_any_report_has_its_empty_states(open_app: Any, bare_with_regions: Path) -> None:
    app = open_app(bare_with_regions, "upload", part="batches")
    assert "还没有提交过数据" in app.info[0].value
    for part in ("reporting", "template"):
        app.segmented_control(key="upload_part").set_value(part).run()
        assert not app.exception
