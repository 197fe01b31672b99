"""CSV and workbooks: text is harmless, numbers are numbers, codes are text."""

import io
from datetime import UTC, datetime

import numpy as np
import openpyxl
import pandas as pd
import pytest

from ecodash.reports.tables import to_csv, to_xlsx

FRAME = pd.DataFrame(
    {
        "region_code": ["430321101201", "430321101202"],
        "name": ["东岳村", "=HYPERLINK(1)"],
        "value": [85.25, np.nan],
        "rank": pd.array([1, None], dtype="Int64"),
    }
)
HEADER = ["区划代码", "名称", "数值", "名次"]


def test_csv_opens_in_excel_and_keeps_missing_empty() -> None:
    assert to_csv(FRAME, header=HEADER).decode("utf-8-sig").splitlines() == [
        "区划代码,名称,数值,名次",
        "430321101201,东岳村,85.25,1",
        "430321101202,'=HYPERLINK(1),,",
    ]
    assert to_csv(FRAME).startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝"])
def test_formula_like_text_is_led_by_an_apostrophe(start: str) -> None:
    frame = pd.DataFrame({f"{start}header": [f"{start}cell"]})
    text = to_csv(frame).decode("utf-8-sig")
    assert f"'{start}header" in text
    assert f"'{start}cell" in text


def test_negative_numbers_stay_numbers() -> None:
    assert to_csv(pd.DataFrame({"change": [-3.5, 2.0]})).decode("utf-8-sig").split() == ["change", "-3.5", "2"]


def test_a_header_must_name_every_column() -> None:
    with pytest.raises(ValueError, match="4 columns"):
        to_csv(FRAME, header=["名称"])


def test_workbook_has_title_stamp_header_and_typed_cells() -> None:
    frame = FRAME.assign(received=[datetime(2026, 11, 3, 1, 12, tzinfo=UTC), pd.NaT])
    content = to_xlsx(frame, title="=排名", as_of="截至 第 12 批", header=[*HEADER, "收到"])
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    rows = list(sheet.values)
    assert [row[0] for row in rows[:3]] == ["'=排名", "截至 第 12 批", None]
    assert list(rows[3]) == [*HEADER, "收到"]
    assert list(rows[4]) == ["430321101201", "东岳村", 85.25, 1, "2026-11-03 09:12"]
    assert list(rows[5]) == ["430321101202", "'=HYPERLINK(1)", None, None, None]
    assert sheet["A4"].font.bold
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_control_characters_do_not_break_a_workbook() -> None:
    assert to_xlsx(pd.DataFrame({"name": ["a\x01b"]}), title="t", as_of="w").startswith(b"PK")


def test_an_empty_frame_still_has_its_header() -> None:
    assert to_csv(FRAME.iloc[:0], header=HEADER).decode("utf-8-sig") == "区划代码,名称,数值,名次\r\n"
    assert to_xlsx(FRAME.iloc[:0], title="t", as_of="w").startswith(b"PK")


def test_figures_written_for_the_screen_are_numbers_with_their_digits_again() -> None:
    frame = pd.DataFrame(
        {"指标": ["清理垃圾", "公厕", "人口"], "数值": ["-1,268.50", "34", "未上报"], "代码": ["50", "500", "1"]}
    )
    text = to_csv(frame, numbers={"数值"}).decode("utf-8-sig").splitlines()
    assert text[1:] == ["清理垃圾,-1268.50,50", "公厕,34,500", "人口,未上报,1"]
    sheet = openpyxl.load_workbook(io.BytesIO(to_xlsx(frame, title="t", as_of="w", numbers={"数值"}))).active
    assert [(cell.value, cell.number_format) for cell in sheet["B"][4:6]] == [(-1268.5, "#,##0.00"), (34, "#,##0")]
    assert [cell.value for cell in sheet["C"][4:]] == ["50", "500", "1"]


def test_workbook_keeps_its_header_in_view_formats_numbers_and_ends_with_its_notes() -> None:
    frame = pd.DataFrame({"乡镇": ["甲"], "吨": [12345.678], "户": [1200]})
    sheet = openpyxl.load_workbook(io.BytesIO(to_xlsx(frame, title="t", as_of="w", notes=["演示数据", "=1"]))).active
    assert (sheet.freeze_panes, sheet.print_title_rows) == ("A5", "$4:$4")
    assert [cell.number_format for cell in sheet[5]][1:] == ["#,##0.00", "#,##0"]
    assert sheet["B5"].value == 12345.678
    assert [row[0].value for row in sheet["A6:A8"]] == [None, "演示数据", "'=1"]
    assert sheet.column_dimensions["B"].width >= len("12345.678")


def test_a_list_in_a_cell_is_written_as_its_numbers() -> None:
    assert (
        to_csv(pd.DataFrame({"近12个月": [[1.0, float("nan"), 2.5]]})).decode("utf-8-sig").split("\r\n")[1] == "1 — 2.5"
    )
