"""Kinds of file: encodings, delimiters, workbooks, and what is not a table."""

import datetime
import io
import zipfile
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import openpyxl
import pytest

from ecodash.ingest import Intake
from ecodash.ingest.files import archives, reader

Read = Callable[..., Intake]
FaultOf = Callable[..., tuple[str, int | None, str, str]]
TABLE = "乡镇,村,清理生活垃圾(吨),垃圾箱\n虎威镇,荷花村,12.5,3\n社坛镇,德盛村,8,\n"
CELLS = [(500230101201, "12.5"), (500230101201, "3"), (500230102200, "8")]


def found(intake: Intake) -> list[tuple[int, str]]:
    assert intake.faults == ()
    return [
        (int(region), f"{value.normalize():f}")
        for region, value in zip(intake.cells["region"], intake.cells["value"], strict=True)
    ]


def xlsx(*sheets: Any, formats: dict[str, str] | None = None) -> bytes:
    book = openpyxl.Workbook()
    for number, rows in enumerate(sheets, 1):
        page: Any = book.active if number == 1 else book.create_sheet()
        page.title = f"表{number}"
        for row in rows:
            page.append(row)
        for place, shown in (formats or {}).items():
            page[place].number_format = shown
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def repacked(data: bytes, changes: dict[str, Callable[[bytes], bytes]]) -> bytes:
    """A workbook with some of its parts changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, changes[name](content) if name in changes else content)
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_every_encoding_line_end_and_delimiter(read: Read, encoding: str, line_end: str, delimiter: str) -> None:
    data = TABLE.replace("\n", line_end).replace(",", delimiter).encode(encoding)
    intake = read(data, "数据.txt")
    assert found(intake) == CELLS
    assert intake.encoding == encoding
    assert (intake.layout, intake.header_row, intake.row_count) == ("wide", 1, 2)


def test_the_delimiter_is_that_of_the_header(read: Read) -> None:
    assert found(read("村\t清理垃圾\t垃圾箱\n荷花村\t1,268\t1,000\n同心村\t2,000\t3,000\n"))[0] == (
        500230101201,
        "1268",
    )


def test_quotes_hold_delimiters_and_line_breaks(read: Read) -> None:
    intake = read('村,"清理\n垃圾",备注\n荷花村,"1,268","甲,乙\n丙"\n同心村,几车,\n')
    assert intake.cells["value"].tolist() == [1268]
    # A record is one row of the spreadsheet, however many lines it takes.
    assert [(f.code, f.row) for f in intake.faults] == [("number_unreadable", 3)]


@pytest.mark.parametrize(
    "broken", ['村,垃圾箱\n荷花村,1\n同心村,"2\n回龙村,3\n', '村,垃圾箱\n荷花村,1\n"同心"村,2\n回龙村,3\n']
)
def test_a_broken_quote_refuses_the_file_before_any_cell_is_judged(read: Read, broken: str) -> None:
    intake = read(broken)
    assert [(f.code, f.row) for f in intake.faults] == [("quote_broken", 3)]
    assert (len(intake.cells), intake.sheets, len(intake.unread)) == (0, (), 1)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "nothing_to_read"),
        (b"\n\n", "nothing_to_read"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "not_a_table"),
        (b"%PDF-1.7\n\x01\x02", "not_a_table"),
        ("<html><table><tr><td>村</td></tr></table>".encode(), "header_missing"),
        ("<html><body>垃圾箱</body></html>".encode(), "not_a_table"),
        ("村,垃圾箱\n荷花村,1".encode("utf-16-be"), "not_a_table"),
        (b"\xff\xff\xfe,1\n", "encoding_unknown"),
        ("村,备注\n荷花村,1".encode(), "header_missing"),
        (b"PK\x03\x04 and nothing else", "workbook_damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "workbook_damaged"),
    ],
)
def test_what_is_not_a_table(fault_of: FaultOf, data: bytes, code: str) -> None:
    assert fault_of(data)[0] == code


def test_bounds(monkeypatch: pytest.MonkeyPatch, fault_of: FaultOf) -> None:
    assert fault_of("村,垃圾箱," + "甲," * 498 + "乙\n")[0] == "too_many_columns"
    assert fault_of(f"村,垃圾箱,备注\n荷花村,1,{'长' * 32_001}\n")[0] == "cell_too_long"
    assert fault_of(f"村,垃圾箱,备注\n荷花村,1,{'长' * 140_000}\n")[0] == "cell_too_long"
    monkeypatch.setattr(archives, "MAX_ROWS", 3)
    assert fault_of("村,垃圾箱\n" + "荷花村,1\n" * 3)[0] == "too_many_rows"
    monkeypatch.setattr(reader, "MAX_BYTES", 10)
    assert fault_of("村,垃圾箱\n荷花村,1\n")[0] == "file_too_large"


# ── workbooks ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_workbook_is_read_as_text(read: Read) -> None:
    month = datetime.date(2026, 9, 1)
    rows = [
        ["2026年情况"],
        ["区划代码", "月份", "清理生活垃圾", "垃圾箱"],
        [500230101201, month, 0.1 + 0.2, 5],
        [500230102200, month, "1,268", None],
    ]
    intake = read(xlsx(rows), "上报.csv", month=None)
    assert found(intake) == [(500230101201, "0.3"), (500230101201, "5"), (500230102200, "1268")]
    assert (intake.encoding, intake.sheet, intake.title, intake.header_row) == ("xlsx", "表1", "2026年情况", 2)
    assert set(intake.cells["period"]) == {202609}
    assert intake.cells["row"].tolist() == [3, 3, 4]


def test_a_cell_shown_as_percent_is_read_as_shown(read: Read) -> None:
    rows = [["村", "无害化卫生户厕覆盖率", "垃圾箱"], ["荷花村", 0.98, 2], ["同心村", 0.985, 3]]
    intake = read(xlsx(rows, formats={"B2": "0%", "B3": "0.00%"}))
    assert intake.cells["value"].tolist() == [98, 2, Decimal("98.5"), 3]
    assert intake.remarks == ()
    plain = read(xlsx(rows))
    assert plain.cells["value"].tolist() == [98, 2, Decimal("98.5"), 3]
    assert dict(plain.remark_counts) == {"percent_of_one": 2}


def test_other_sheets_are_noted_those_alike_are_all_read_and_others_ask_for_a_choice(read: Read) -> None:
    table = [["村", "垃圾箱"], ["荷花村", 1]]
    noted = read(xlsx([["填表说明"]], table, []))
    assert (noted.sheet, noted.notes, noted.faults) == ("表2", ("没有读取的工作表：表1。",), ())
    alike = read(xlsx(table, [["村", "垃圾箱"], ["同心村", 2]]))
    assert alike.faults == ()
    assert alike.cells[["sheet", "row", "value"]].values.tolist() == [[0, 2, 1], [1, 2, 2]]
    assert alike.notes == ("2 个工作表栏目相同，一并读取：“表1”、“表2”。",)
    different = xlsx(table, [["村", "户数"], ["荷花村", 1]])
    assert [f.code for f in read(different).faults] == ["sheets_many"]
    chosen = read(different, sheets=["表2"])
    assert (chosen.faults, chosen.cells["indicator"].tolist()) == ((), ["households"])
    assert [f.code for f in read(different, sheets=["表3"]).faults] == ["sheet_unknown"]


def test_the_same_cell_in_two_sheets(read: Read) -> None:
    table = [["村", "垃圾箱"], ["荷花村", 1]]
    same = read(xlsx(table, table))
    assert (same.faults, same.cells["value"].tolist()) == ((), [1])
    assert "重复且数值相同的 1 格只保留一份：“表1”第 2 行与“表2”第 2 行。" in same.notes
    (fault,) = read(xlsx(table, [["村", "垃圾箱"], ["荷花村", 2]])).faults
    assert (fault.code, fault.sheet, fault.row, fault.column, fault.position) == ("cell_twice", "表2", 2, "垃圾箱", 1)
    assert "“表1”第 2 行是 1，“表2”第 2 行是 2" in fault.hint


def test_a_formula_without_its_result_is_told(fault_of: FaultOf) -> None:
    assert fault_of(xlsx([["村", "垃圾箱", "户数"], ["荷花村", 1, "=1+1"]]))[0] == "formula_uncomputed"


def test_an_empty_workbook(fault_of: FaultOf) -> None:
    assert fault_of(xlsx([]))[0] == "nothing_to_read"


def test_cells_far_away_are_refused_before_they_are_laid_out(fault_of: FaultOf) -> None:
    table = xlsx([["村", "垃圾箱"], ["荷花村", 1]])
    part = "xl/worksheets/sheet1.xml"
    far = {
        part: lambda c: c.replace(b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>')
    }
    unplaced = {part: lambda c: c.replace(b"</sheetData>", b'<row r="9999999"><c><v>1</v></c></row></sheetData>')}
    assert fault_of(repacked(table, far))[0] == "too_many_rows"
    assert fault_of(repacked(table, unplaced))[0] == "too_many_rows"


def test_a_damaged_sheet_is_not_passed_over(fault_of: FaultOf) -> None:
    table = xlsx([["村", "垃圾箱"], ["荷花村", 1]])
    torn = {"xl/worksheets/sheet1.xml": lambda c: c[: c.index(b"</sheetData>")] + b"<c "}
    assert fault_of(repacked(table, torn))[0] == "workbook_damaged"


def test_styled_but_empty_cells_far_away_do_no_harm(read: Read) -> None:
    table = xlsx([["村", "垃圾箱"], ["荷花村", 1]])
    empty = b'<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>'
    styled = {"xl/worksheets/sheet1.xml": lambda c: c.replace(b"</sheetData>", empty)}
    assert found(read(repacked(table, styled))) == [(500230101201, "1")]


def test_an_archive_that_unpacks_too_far_is_refused(monkeypatch: pytest.MonkeyPatch, fault_of: FaultOf) -> None:
    bomb = repacked(xlsx([["村", "垃圾箱"], ["荷花村", 1]]), {"docProps/app.xml": lambda c: b" " * 300_000})
    assert len(bomb) < 20_000
    monkeypatch.setattr(archives, "MAX_UNPACKED", 200_000)
    assert fault_of(bomb)[0] == "file_too_large"


def test_an_archive_that_is_no_workbook(fault_of: FaultOf) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<a/>")
    assert fault_of(packed.getvalue(), "月报.xlsx")[0] == "not_a_table"


def test_a_percent_sign_that_is_only_written_behind_a_number_does_not_multiply_it(read: Read) -> None:
    rows = [["村", "卫生厕所普及率"], ["荷花村", 98], ["同心村", 97.5]]
    intake = read(xlsx(rows, formats={"B2": '0"%"', "B3": "0.0\\%"}))
    assert intake.faults == ()
    assert intake.cells["value"].tolist() == [98, Decimal("97.5")]
