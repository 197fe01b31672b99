"""批注表 of files that are no workbooks: a new workbook of text cells, or the list alone."""

import io

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from ecodash.domain.uploads import PROBLEM_SHEET
from ecodash.ingest.book import Book, Sheet, Span
from ecodash.reports import annotated
from ecodash.reports.annotated import Mark, annotate
from tests.unit.reports.workbooks import cells_listed, comments_of

TITLE = "石潭镇2026年10月农村人居环境整治填报表"


def test_a_text_file_becomes_a_workbook_of_text() -> None:
    rows = [
        [TITLE],
        ["区划代码", "村", "户数"],
        ["430321103204", "=cmd|' /C calc'!A0", "1,200"],
        [],
        ["", "+1<&\x01_x0041_"],
    ]
    book = Book("text", "utf-8", (Sheet("", rows, merges=(Span(0, 0, 0, 2), Span(0, 1, 0, 1), Span(0, 2, 1, 2))),))
    result = annotate(b"", book, [Mark("", "", 3, 2, "请改。"), Mark("", "", 5, None, "整行有误。")])
    sheet = openpyxl.load_workbook(io.BytesIO(result))["Sheet1"]
    assert sheet["A3"].value == "430321103204"
    assert sheet["B3"].value == "=cmd|' /C calc'!A0"
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    assert sheet["C3"].number_format == "@"
    assert [str(span) for span in sheet.merged_cells.ranges] == ["A1:C1"]
    assert set(comments_of(sheet)) == {"B5", "C3"}
    with CalamineWorkbook.from_filelike(io.BytesIO(result)) as read:
        values = read.get_sheet_by_name("Sheet1").to_python(False)
    assert values[2] == ["430321103204", "=cmd|' /C calc'!A0", "1,200"]
    assert values[4] == ["", "+1<&_x0041_", ""]


def test_sheets_of_an_archive_keep_their_names_and_hidden_parts() -> None:
    book = Book(
        "zip",
        "zip",
        (
            Sheet("Sheet1", [["村", "户数"], ["董泉村", "x"]], source="十月/石潭镇2026年10月.xlsx"),
            Sheet("甲", [["a"]], source="青山桥镇.xls", is_hidden=True),
            Sheet("乙", [["a", "b"], ["c"]], source="青山桥镇.xls", hidden_rows=frozenset({1}), hidden_columns=frozenset({1})),
            Sheet("", [["a"]], source="[青山桥镇]-乙.csv"),
        ),
    )  # fmt: skip
    marks = [Mark("Sheet1", "十月/石潭镇2026年10月.xlsx", 2, 1, "请改。"), Mark("无此表", "x.csv", 2, 1, "请改。")]
    result = openpyxl.load_workbook(io.BytesIO(annotate(b"", book, marks)))
    assert result.sheetnames == ["石潭镇2026年10月", "青山桥镇-甲", "青山桥镇-乙", "_青山桥镇_-乙", PROBLEM_SHEET]
    assert result["石潭镇2026年10月"]["B2"].comment.text == "【EcoDash】\n【问题】请改。"
    assert result["青山桥镇-甲"].sheet_state == "hidden"
    assert result["青山桥镇-乙"].row_dimensions[2].hidden
    assert result["青山桥镇-乙"].column_dimensions["B"].hidden


def test_a_huge_text_file_is_answered_with_the_list_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(annotated, "LARGEST_TABLE", 3)
    book = Book("text", "utf-8", (Sheet("", [["村", "户数"], ["董泉村", "x"]]),))
    result = openpyxl.load_workbook(io.BytesIO(annotate(b"", book, [Mark("", "", 2, 1, "请改。")])))
    assert result.sheetnames == [PROBLEM_SHEET]
    rows = list(result.active.iter_rows(values_only=True))
    assert rows[-1] == ("1", "问题", "Sheet1", "B2", "x", "请改。", "董泉村 | x")
    assert "不能用来上报" in str(rows[1][0])


def test_a_thousand_marks_are_set_and_the_rest_counted() -> None:
    rows = [["x"] * 3 for _ in range(500)]
    marks = [Mark("", "", 1 + n % 500, n // 500, f"第 {n} 处。") for n in range(1_200)]
    result = annotate(b"", Book("text", "utf-8", (Sheet("", rows),)), marks)
    listed = cells_listed(result)
    assert listed[-1][0] == "1000"
    assert any("另有 200 处没有列出" in str(row[0]) for row in listed)
    assert len(comments_of(openpyxl.load_workbook(io.BytesIO(result))["Sheet1"])) == 1_000


def test_messages_cannot_break_the_workbook() -> None:
    evil = "=1+1 <b>&\x00\x0b]]>\ud800 “" + "长" * 5_000
    book = Book("text", "utf-8", (Sheet("a'b\"<&", [["村"]]),))
    result = openpyxl.load_workbook(io.BytesIO(annotate(b"", book, [Mark("a'b\"<&", "", 1, 0, evil)])))
    sheet = result["a'b\"<&"]
    assert sheet["A1"].comment.text.startswith("【EcoDash】\n【问题】=1+1 <b>& ]]> “长".replace("& ]", "&]"))
    assert len(sheet["A1"].comment.text) < 1_100
    assert result[PROBLEM_SHEET]["D5"].hyperlink.location == "'a''b\"<&'!A1"
