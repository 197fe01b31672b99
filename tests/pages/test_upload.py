"""数据上报: all faults at once, preview, one commit, undo."""

import re
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

CSV = "text/csv"
CORRECTION = "2026年10月月报,\n村,清理生活垃圾(吨)\n滨江东路社区,145\n平都中路社区,52\n平都西路社区,7\n".encode(
    "gb18030"
)
BAD = "2026年10月月报,,\n村,清理生活垃圾(吨),公厕(座)\n滨江东路社区,四十五,11\n没有的村,3,4\n平都中路社区,-5,15\n".encode()
STRANGE = "2026年10月月报,,\n村,公厕(座),垃圾清了多少\n滨江东路社区,11,46\n".encode()


def garbage(app: AppTest) -> str:
    app.query_params.clear()
    app.switch_page("../../pages/overview.py").run()
    return str(next(metric for metric in app.metric if metric.label == "清理生活垃圾").value)


def fault_rows(app: AppTest) -> list[tuple[str, ...]]:
    """The cells of the list of faults."""
    table = next(element.body for element in app.get("html") if "faults" in element.body and "<td" in element.body)
    rows = re.findall(r"<tr>((?:<td.*?</td>)+)</tr>", table)
    return [tuple(re.findall(r"<td[^>]*>(.*?)</td>", row)) for row in rows]


def test_bad_file_shows_every_fault_with_row_column_and_remedy(open_app: Any, county_home: Path) -> None:
    app = open_app(county_home, "upload")
    app.file_uploader[0].set_value(("坏表.csv", BAD, CSV)).run()
    assert not app.exception
    listed = fault_rows(app)
    assert [row for row, *_ in listed] == ["3", "4", "5"]
    assert [column for _, column, *_ in listed] == ["清理生活垃圾(吨)", "村", "清理生活垃圾(吨)"]
    assert all(remedy for *_, remedy in listed)
    assert "没有提交任何数据" in app.error[0].value
    assert not [button for button in app.button if button.key == "commit"]


def test_what_a_file_says_is_shown_as_text_and_never_as_markup(open_app: Any, county_home: Path) -> None:
    app = open_app(county_home, "upload")
    hostile = "2026年10月月报,\n村,清理生活垃圾(吨)\n<img src=x onerror=alert(1)>,4\n".encode()
    app.file_uploader[0].set_value(("坏表.csv", hostile, CSV)).run()
    page = "".join(element.body for element in app.get("html"))
    assert "<img" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page


def test_preview_commit_receipt_and_undo(open_app: Any, county_home: Path) -> None:
    app = open_app(county_home, "upload")
    app.file_uploader[0].set_value(("更正.csv", CORRECTION, CSV)).run()
    preview = app.dataframe[0].value
    assert list(preview["变化"]) == ["更改", "不变", "新增"]
    assert next(iter(preview["原值"])) == "45.00"
    app.segmented_control(key="preview_filter").set_value("changed").run()
    assert len(app.dataframe[0].value) == 1

    app.button(key="commit").click().run()
    assert "提交成功：第 4 批" in app.success[0].value
    assert garbage(app) == "270.00 吨"

    app.query_params.clear()
    app.switch_page("../../pages/upload.py").run()
    app.selectbox(key="undo_number").set_value(4).run()
    assert app.button(key="undo").disabled
    app.checkbox(key="undo_sure_4").check().run()
    app.button(key="undo").click().run()
    assert any("第 4 批已撤销" in message.value for message in app.success)
    assert garbage(app) == "163.00 吨"


def test_undo_starts_at_the_batch_just_committed_and_takes_its_receipt_away(open_app: Any, county_home: Path) -> None:
    app = open_app(county_home, "upload")
    assert app.selectbox(key="undo_number").value == 3
    app.file_uploader[0].set_value(("更正.csv", CORRECTION, CSV)).run()
    app.button(key="commit").click().run()
    assert app.selectbox(key="undo_number").value == 4
    app.checkbox(key="undo_sure_4").check().run()
    app.button(key="undo").click().run()
    assert ["第 4 批已撤销" in message.value for message in app.success] == [True]


def test_second_click_and_same_file_again_commit_nothing(open_app: Any, county_home: Path) -> None:
    app = open_app(county_home, "upload")
    app.file_uploader[0].set_value(("更正.csv", CORRECTION, CSV)).run()
    app.button(key="commit").click().run()
    app.file_uploader[0].set_value(("更正.csv", CORRECTION, CSV)).run()
    assert not [button for button in app.button if button.key == "commit"]
    batches = app.dataframe[-1].value
    assert list(batches["批次"]) == [4, 3, 2, 1]


def test_unknown_column_is_mapped_by_hand(open_app: Any, county_home: Path) -> None:
    app = open_app(county_home, "upload")
    app.file_uploader[0].set_value(("怪表头.csv", STRANGE, CSV)).run()
    box = next(box for box in app.selectbox if "垃圾清了多少" in box.label)
    box.set_value("garbage_cleared").run()
    assert not app.error
    assert list(app.dataframe[0].value["新值"]) == ["11", "46.00"]


def test_batch_that_later_ones_changed_is_not_undone_and_the_reason_is_said(open_app: Any, county_home: Path) -> None:
    app = open_app(county_home, "upload")
    app.file_uploader[0].set_value(("更正.csv", CORRECTION, CSV)).run()
    app.button(key="commit").click().run()
    app.selectbox(key="undo_number").set_value(2).run()
    app.checkbox(key="undo_sure_2").check().run()
    app.button(key="undo").click().run()
    assert not app.exception
    assert "第 4 批" in app.error[0].value
