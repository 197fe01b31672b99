"""Workbooks → sheets: what is in them, what they hide, and what they must not do."""

import datetime
import io
import struct
import zipfile
from typing import Any

import pytest

from ecodash.ingest.book import Span
from ecodash.ingest.files import archives
from tests.unit.ingest.reader_files import (
    READ,
    SHEET1,
    TABLE,
    book,
    code,
    label,
    number,
    ods,
    record,
    repacked,
    with_rows,
    xls,
    xlsx,
    zipped,
)

# ── xlsx ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_cells_are_text() -> None:
    rows = [
        ["区划代码", "月份", "数", "话"],
        [500230101201, datetime.date(2026, 9, 1), 0.1 + 0.2, "1,268"],
        [True, datetime.datetime(2026, 9, 1, 8, 30), 1e20, " 两行\n文字\u200b "],
    ]
    (sheet,) = book(xlsx(rows)).sheets
    assert sheet.rows[1:] == [
        ["500230101201", "2026-09-01", "0.3", "1,268"],
        ["TRUE", "2026-09-01 08:30:00", "100000000000000000000", "两行\n文字"],
    ]
    assert sheet.notes == ("1 格含看不见的控制字符或零宽字符，已去掉，其余文字照常读取。",)


def test_all_sheets_in_order_with_what_they_hide() -> None:
    def change(made: Any) -> None:
        first, second = made["表1"], made["表2"]
        first.row_dimensions[2].hidden = True
        first.column_dimensions["B"].hidden = True
        first.merge_cells("B4:D5")
        first["B4"] = "合并"
        second.sheet_state = "hidden"
        made["表4"].sheet_state = "veryHidden"

    read = book(xlsx(TABLE, TABLE, [], TABLE, change=change))
    assert [(sheet.name, sheet.is_hidden) for sheet in read.sheets] == [("表1", False), ("表2", True), ("表4", True)]
    first = read.sheets[0]
    assert first.rows == [*READ, [], ["", "合并"]]
    assert (first.merges, first.hidden_rows, first.hidden_columns) == ((Span(3, 1, 4, 3),), {1}, {1})
    assert (read.kind, first.encoding, first.dialect) == ("xlsx", "xlsx", None)


def test_percentages_are_read_as_shown() -> None:
    def change(made: Any) -> None:
        for place, shown in {"B2": "0%", "B3": "0.00%", "B4": '0"%"', "B5": "[Red]0.0\\%"}.items():
            made.active[place].number_format = shown

    rows = [["村", "率"], ["甲", 0.98], ["乙", 1], ["丙", 98], ["丁", 97.5]]
    (sheet,) = book(xlsx(rows, change=change)).sheets
    assert [row[1] for row in sheet.rows[1:]] == ["98%", "100%", "98%", "97.5"]


def test_formulas_are_read_as_saved_and_said() -> None:
    saved = {
        SHEET1: lambda content: content.replace(
            b"</sheetData>",
            b'<row r="3"><c r="A3" t="str"><f>A2</f><v></v></c><c r="B3"><f>B2*2</f><v>2</v></c></row></sheetData>',
        )
    }
    (sheet,) = book(repacked(xlsx(TABLE), saved)).sheets
    assert sheet.rows[2] == ["", "2"]
    assert sheet.formulas == ((2, 0), (2, 1))
    assert sheet.notes == ("2 格是公式，按保存时的计算结果读取。",)
    assert sheet.faults == ()


def test_a_formula_without_its_result_is_a_fault() -> None:
    (sheet,) = book(xlsx([*TABLE, ["同心村", "=1+1"], ["回龙村", "=1+2"]])).sheets
    assert [(fault.code, fault.row, fault.column) for fault in sheet.faults] == [("formula_uncomputed", 3, "B")]
    assert "B3等 2 格" in sheet.faults[0].hint


def test_macros_are_ignored_and_said() -> None:
    assert book(repacked(xlsx(TABLE), {"xl/vbaProject.bin": lambda _: b"x"})).notes == ("宏没有运行，已忽略。",)


def test_empty_and_damaged_workbooks() -> None:
    assert code(xlsx([])) == "nothing_to_read"
    assert code(b"PK\x03\x04 and nothing else") == "workbook_damaged"
    assert code(repacked(xlsx(TABLE), {SHEET1: lambda c: c[: c.index(b"</sheetData>")] + b"<c "})) == "workbook_damaged"
    assert code(zipped({"xl/workbook.bin": b"x"})) == "workbook_damaged"
    assert code(zipped({"[Content_Types].xml": b"x", "word/document.xml": b"<a/>"})) == "not_a_table"


@pytest.mark.parametrize(
    "rows",
    [
        b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        b'<row r="9999999"><c><v>1</v></c></row>',
        b'<row r="3"><c r="B900000"><v>1</v></c><c r="AAA3"><v>1</v></c></row>',
        b'<row r="3"><c  r="A1000001"><v>1</v></c></row>',
        b'<row r="100000"><c r="HA100000"><v>1</v></c></row>',
    ],
)
def test_cells_far_away_are_refused_before_they_are_laid_out(rows: bytes) -> None:
    assert code(with_rows(rows)) == "too_many_rows"


def test_wide_sheets() -> None:
    assert code(with_rows(b'<row r="3"><c r="SG3"><v>1</v></c></row>')) == "too_many_columns"
    assert book(with_rows(b'<row r="3"><c r="SF3"><v>1</v></c></row>')).sheets[0].rows[2][499] == "1"
    assert book(with_rows(b'<row r="1048576"><c r="XFD1048576" s="0"/></row>')).sheets[0].rows == READ


def test_entities_and_bombs_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
    assert code(repacked(xlsx(TABLE), {SHEET1: lambda c: laughs + c})) == "workbook_damaged"
    bomb = repacked(xlsx(TABLE), {"docProps/app.xml": lambda _: b" " * 300_000})
    assert len(bomb) < 20_000
    monkeypatch.setattr(archives, "MAX_UNPACKED", 200_000)
    assert code(bomb) == "file_too_large"


def test_a_size_that_the_archive_lies_about() -> None:
    data = bytearray(xlsx(TABLE))
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        entry = archive.getinfo(SHEET1)
    at = bytes(data).rindex(b"PK\x01\x02", 0, bytes(data).rindex(SHEET1.encode()))
    assert struct.unpack_from("<I", data, at + 24)[0] == entry.file_size
    struct.pack_into("<I", data, at + 24, 10)
    assert code(bytes(data)) == "workbook_damaged"


# ── xls ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_xls_workbook() -> None:
    hidden = record(0x208, struct.pack("<HHHHHHI", 2, 0, 2, 0, 0, 0, 0x20)) + record(
        0x7D, struct.pack("<HHHHHH", 1, 1, 0, 0, 1, 0)
    )
    merged = record(0xE5, struct.pack("<HHHHH", 1, 0, 0, 0, 1))
    cells = label(0, 0, "村") + label(1, 0, "荷花村") + number(1, 1, 0.985, 1) + number(2, 1, 3)
    read = book(xls(hidden + cells + merged, label(0, 0, "村"), streams=("_VBA_PROJECT_CUR",)))
    first, second = read.sheets
    assert (read.kind, read.notes) == ("xls", ("宏没有运行，已忽略。",))
    assert first.rows == [["村"], ["荷花村", "98.5%"], ["", "3"]]
    assert (first.merges, first.hidden_rows, first.hidden_columns) == ((Span(0, 0, 0, 1),), {2}, {1})
    assert (second.name, second.rows) == ("表2", [["村"]])


def test_xls_cells_in_far_corners_are_refused_before_they_are_laid_out() -> None:
    assert code(xls(*[number(0, 0, 1) + number(65_535, 255, 1)] * 12)) == "too_many_rows"


def test_locked_and_damaged_ole_files() -> None:
    assert code(xls(b"", before=record(0x2F, b"\0" * 6))) == "workbook_locked"
    assert code(xls(b"", streams=("EncryptedPackage",))) == "workbook_locked"
    assert code(archives.OLE + b"\x00" * 600) == "workbook_damaged"
    whole = xls(label(0, 0, "村"))
    assert code(whole.replace("Workbook".encode("utf-16-le"), "WordDocu".encode("utf-16-le"))) == "not_a_table"
    # The sector table runs in a circle.
    assert code(whole[:520] + struct.pack("<I", 2) + whole[524:]) == "workbook_damaged"


# ── ods ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_ods_workbook() -> None:
    read = book(
        ods(
            '<table:table table:name="表"><table:table-column/><table:table-column table:visibility="collapse"/>'
            '<table:table-row><table:table-cell office:value-type="string" table:number-columns-spanned="2" '
            'table:number-rows-spanned="1"><text:p>村</text:p></table:table-cell><table:covered-table-cell/></table:table-row>'
            '<table:table-row table:visibility="filter"><table:table-cell office:value-type="percentage" office:value="0.98">'
            '<text:p>98%</text:p></table:table-cell><table:table-cell table:formula="of:=1" office:value-type="float" '
            'office:value="2"><text:p>2</text:p></table:table-cell></table:table-row>'
            '<table:table-row table:number-rows-repeated="1048000"><table:table-cell/></table:table-row></table:table>'
        )
    )
    (sheet,) = read.sheets
    assert (read.kind, sheet.rows) == ("ods", [["村"], ["98%", "2"]])
    assert (sheet.merges, sheet.hidden_rows, sheet.hidden_columns) == ((Span(0, 0, 0, 1),), {1}, {1})
    assert (sheet.formulas, sheet.notes) == (((1, 1),), ("1 格是公式，按保存时的计算结果读取。",))


def test_ods_cells_repeated_without_end_are_refused() -> None:
    cell = '<table:table-cell office:value-type="float" office:value="1" table:number-columns-repeated="16000">'
    row = f'<table:table-row table:number-rows-repeated="1048576">{cell}<text:p>1</text:p></table:table-cell></table:table-row>'
    assert code(ods(f'<table:table table:name="表">{row}</table:table>')) == "too_many_rows"
