"""数据上报: recognition, all faults at once, doubts, preview, one commit."""

import io
import re
from pathlib import Path
from typing import Any

import openpyxl
from streamlit.testing.v1 import AppTest

from ecodash.settings import PROJECT_ROOT
from tests.pages.reading import card

CSV = "text/csv"
CORRECTION = "2026年10月月报,\n村,清理生活垃圾(吨)\n滨江东路社区,145\n平都中路社区,52\n平都西路社区,7\n".encode(
    "gb18030"
)
BAD = "2026年10月月报,,\n村,清理生活垃圾(吨),公厕(座)\n滨江东路社区,四十五,11\n没有的村,3,4\n平都中路社区,-5,15\n".encode()
STRANGE = "2026年10月月报,,\n村,公厕(座),好看不好看\n滨江东路社区,11,46\n".encode()
GUESSED = "2026年10月月报,,\n村,公厕(座),清理的生活垃圾量\n滨江东路社区,11,46\n".encode()
TENFOLD = "2026年10月月报,\n村,清理生活垃圾(吨)\n滨江东路社区,950\n".encode()


def garbage(app: AppTest) -> str:
    app.query_params.clear()
    app.switch_page("../../pages/overview.py").run()
    return card(app, "garbage_cleared").value


def drop(app: AppTest, name: str, content: bytes) -> AppTest:
    return app.file_uploader[0].set_value((name, content, CSV)).run()


def markup(app: AppTest, kind: str) -> str:
    """The drawn markup that holds an element of a class."""
    return "\n".join(
        element.body for element in app.get("html") if f"{kind}" in element.body and "<style" not in element.body
    )


def rows_of(table: str) -> list[tuple[str, ...]]:
    rows = re.findall(r"<tr[^>]*>((?:<td.*?</td>)+)</tr>", table)
    return [tuple(re.findall(r"<td[^>]*>(.*?)</td>", row)) for row in rows]


def fault_rows(app: AppTest) -> list[tuple[str, ...]]:
    """The cells of the list of faults."""
    return rows_of(markup(app, "short faults"))


def fact(app: AppTest, label: str) -> str:
    return dict(re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", markup(app, "facts")))[label]


def has_commit(app: AppTest) -> bool:
    return any(button.key == "commit" for button in app.button)


# ── recognition ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_before_a_file_the_steps_are_told(open_app: Any, county_home: Path) -> None:
    app = open_app(county_home, "upload")
    assert not app.exception
    assert "核对后提交" in markup(app, "steps")


def test_what_was_recognised_is_said_in_words(open_app: Any, county_home: Path) -> None:
    content = (
        "丰都县2026年10月月报,,\n村,清理生活垃圾(公斤),公厕(座)\n滨江东路社区,约4500,11\n合计,4500,11\n填报人：张三,,\n"
    )
    app = drop(open_app(county_home, "upload"), "月报.csv", content.encode("gb18030"))
    assert not app.exception
    assert "国标中文编码" in fact(app, "文件")
    assert fact(app, "月份") == "2026年10月"
    assert fact(app, "数据行") == "1 行；没有读取：合计行 1、表尾说明 1"
    assert "约数" in fact(app, "数值")
    columns = rows_of(markup(app, "short columns"))
    assert [row[:4] for row in columns] == [
        ("A　村", "村", "栏目名称", ""),
        ("B　清理生活垃圾(公斤)", "清理生活垃圾（吨）", "指标名称", "公斤 → 吨"),
        ("C　公厕(座)", "公厕（座）", "指标名称", ""),
    ]
    assert [row[1] for row in rows_of(markup(app, "short left-out"))] == ["合计行", "表尾说明"]


def test_sheets_are_chosen_where_there_are_several(open_app: Any, county_home: Path) -> None:
    book = openpyxl.Workbook()
    first, second = book.active, book.create_sheet("考核")
    first.title = "月报"
    for sheet, header, value in ((first, "清理生活垃圾(吨)", 5), (second, "公厕(座)", 3)):
        for row in (["2026年10月", ""], ["村", header], ["滨江东路社区", value]):
            sheet.append(row)
    sink = io.BytesIO()
    book.save(sink)
    app = drop(open_app(county_home, "upload"), "两张表.xlsx", sink.getvalue())
    assert "需要选择工作表" in markup(app, "short faults")
    app.multiselect[0].set_value(["考核"]).run()
    assert not app.error
    assert fact(app, "工作表") == "“考核”；没有读取：“月报”"
    assert list(app.dataframe[0].value["新值"]) == ["3"]


def test_month_is_asked_for_where_the_file_has_none(open_app: Any, county_home: Path) -> None:
    app = drop(open_app(county_home, "upload"), "月报.csv", "村,公厕(座)\n滨江东路社区,12\n".encode())
    assert "没有写月份" in markup(app, "short faults")
    app.selectbox(key="upload_month").set_value("2026-10").run()
    assert not app.error
    assert fact(app, "月份") == "2026年10月"


def test_column_is_mapped_by_hand(open_app: Any, county_home: Path) -> None:
    app = drop(open_app(county_home, "upload"), "怪表头.csv", STRANGE)
    box = next(box for box in app.selectbox if "好看不好看" in box.label)
    box.set_value("garbage_cleared").run()
    assert not app.error
    assert list(app.dataframe[0].value["新值"]) == ["11", "46.00"]


def test_guess_is_one_click_and_then_remembered(open_app: Any, county_home: Path) -> None:
    app = drop(open_app(county_home, "upload"), "相近.csv", GUESSED)
    right = next(button for button in app.button if button.label.startswith("是，就是"))
    assert right.label == "是，就是“清理生活垃圾（吨）”"
    assert not has_commit(app)
    right.click().run()
    assert not app.error
    app.button(key="commit").click().run()
    again = drop(app, "相近.csv", GUESSED.replace(b"46", b"47"))
    assert "您上次选定的" in markup(again, "short columns")
    assert has_commit(again)


# ── faults ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_bad_file_shows_every_fault_with_place_column_and_remedy(open_app: Any, county_home: Path) -> None:
    app = drop(open_app(county_home, "upload"), "坏表.csv", BAD)
    assert not app.exception
    listed = fault_rows(app)
    assert sorted(place for place, *_ in listed) == ["A4", "B3", "B5"]
    assert {column for _, column, *_ in listed} == {"清理生活垃圾(吨)", "村"}
    assert all(remedy for *_, remedy in listed)
    assert "没有提交任何数据" in app.error[0].value
    assert not has_commit(app)


def test_what_a_file_says_is_shown_as_text_and_never_as_markup(open_app: Any, county_home: Path) -> None:
    hostile = "2026年10月月报,\n村,清理生活垃圾(吨)\n<img src=x onerror=alert(1)>,4\n".encode()
    app = drop(open_app(county_home, "upload"), "<b>坏表</b>.csv", hostile)
    page = "".join(element.body for element in app.get("html"))
    assert "<img" not in page
    assert "<b>坏" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page


def test_faults_are_counted_by_kind_filtered_and_searched(open_app: Any, county_home: Path) -> None:
    lines = [f"没有的村{number},x,1" for number in range(130)]
    content = "2026年10月月报,,\n村,清理生活垃圾(吨),公厕(座)\n滨江东路社区,四十五,11\n" + "\n".join(lines)
    app = drop(open_app(county_home, "upload"), "坏表.csv", content.encode())
    kinds = app.get("button_group") or app.get("pills")
    assert kinds
    assert len(fault_rows(app)) == 8 + 8
    assert "131 处，列出 8 处" in markup(app, "short faults")
    app.get("button_group")[-1].set_value("没有这个地区").run()
    assert len(fault_rows(app)) == 50
    app.text_input[0].set_value("没有的村77").run()
    assert {row[2] for row in fault_rows(app)} == {"没有的村77"}
    app.text_input[0].set_value("没有这样的").run()
    assert "没有符合条件" in app.info[0].value


def test_annotated_workbook_corrected_uploads_clean(open_app: Any, county_home: Path) -> None:
    from ecodash import effects

    app = drop(open_app(county_home, "upload"), "坏表.csv", BAD)
    upload = app.session_state["upload_desk"].reading[1]
    book = openpyxl.load_workbook(io.BytesIO(effects.annotated(upload)))
    sheet = book.worksheets[0]
    assert sheet["B3"].comment is not None
    sheet["B3"], sheet["A4"], sheet["B5"] = "45", "平都西路社区", "52"
    sink = io.BytesIO()
    book.save(sink)
    app = drop(app, "坏表_批注.xlsx", sink.getvalue())
    assert not app.error
    assert has_commit(app)


# ── doubts ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_doubt_needs_a_tick_and_a_reason_and_both_are_kept(open_app: Any, county_home: Path) -> None:
    app = drop(open_app(county_home, "upload"), "十倍.csv", TENFOLD)
    assert app.button(key="commit").disabled
    assert any("还不能提交" in warning.value for warning in app.warning)
    tick = next(box for box in app.checkbox if box.key.startswith("doubt_tick_tenfold"))
    tick.check().run()
    assert app.button(key="commit").disabled
    reason = next(box for box in app.text_input if box.key.startswith("doubt_reason_tenfold"))
    reason.set_value("集中清理，已核实").run()
    assert not app.button(key="commit").disabled
    app.button(key="commit").click().run()
    assert "提交成功：第 4 批" in app.success[0].value
    app.segmented_control(key="upload_part").set_value("batches").run()
    assert "集中清理，已核实" in markup(app, "kept-doubts")


# ── the difference and the commit ──────────────────────────────────────────────────────────────────────────────────


def test_preview_shows_cells_totals_and_ranks_before_anything_is_committed(open_app: Any, county_home: Path) -> None:
    app = drop(open_app(county_home, "upload"), "更正.csv", CORRECTION)
    preview, totals = app.dataframe[0].value, app.dataframe[1].value
    assert list(preview["变化"]) == ["更改", "不变", "新增"]
    assert next(iter(preview["原值"])) == "45.00"
    assert list(totals["生效后"]) == ["204.00"]
    moved = rows_of(markup(app, "movements"))
    assert ("滨江东路社区", "2 → 1", "↑ 升 1 位", "清理生活垃圾（吨）", "45.00 → 145.00", "本次上报") in moved
    assert ("平都中路社区", "1 → 2", "↓ 降 1 位", "清理生活垃圾（吨）", "52.00 → 52.00", "受别处变化影响") in moved
    app.segmented_control(key="preview_filter").set_value("changed").run()
    assert len(app.dataframe[0].value) == 1
    assert garbage(app) == "163.00 吨"


def test_commit_shows_the_receipt_and_the_figures(open_app: Any, county_home: Path) -> None:
    app = drop(open_app(county_home, "upload"), "更正.csv", CORRECTION)
    app.button(key="commit").click().run()
    assert "提交成功：第 4 批" in app.success[0].value
    assert any(button.label == "打印回执" for button in app.get("download_button"))
    assert garbage(app) == "270.00 吨"


def test_file_in_hand_outlives_a_look_at_another_page(open_app: Any, county_home: Path) -> None:
    app = drop(open_app(county_home, "upload"), "更正.csv", CORRECTION)
    garbage(app)
    app.query_params.clear()
    app.switch_page("../../pages/upload.py").run()
    assert has_commit(app)
    app.button(key="put_away").click().run()
    assert not has_commit(app)


def test_second_click_and_same_file_again_commit_nothing(open_app: Any, county_home: Path) -> None:
    app = drop(open_app(county_home, "upload"), "更正.csv", CORRECTION)
    app.button(key="commit").click().run()
    app = drop(app, "更正.csv", CORRECTION)
    assert not has_commit(app)
    assert "已经在第 4 批提交过" in app.info[0].value
    app.segmented_control(key="upload_part").set_value("batches").run()
    assert len(app.dataframe[0].value) == 4


def test_file_committed_by_somebody_else_meanwhile_is_compared_anew(open_app: Any, county_home: Path) -> None:
    from ecodash import actions
    from ecodash.settings import load_settings
    from ecodash.workspace import shared_workspace
    from tests.pages.conftest import CLERK, NOW

    app = drop(open_app(county_home, "upload"), "更正.csv", CORRECTION)
    workspace = shared_workspace(load_settings()).acting(CLERK)
    other = actions.read_file(workspace, CORRECTION, "更正.csv", actor=CLERK, now=NOW)
    actions.commit_upload(workspace, other, actor=CLERK, now=NOW)
    app.button(key="commit").click().run()
    assert not app.exception
    assert any("第 4 批" in warning.value for warning in app.warning)
    assert "已经在第 4 批提交过" in app.info[0].value


def test_published_file_of_a_year_is_read_for_the_month_that_is_chosen(open_app: Any, county_home: Path) -> None:
    content = (PROJECT_ROOT / "data" / "samples" / "jilong-2023-12.csv").read_bytes()
    app = drop(open_app(county_home, "upload"), "暨龙镇.csv", content)
    assert "不能按季、半年、全年填报" in markup(app, "short faults")
    app.selectbox(key="upload_month").set_value("2023-12").run()
    assert not app.error
    assert fact(app, "月份") == "2023年12月"
