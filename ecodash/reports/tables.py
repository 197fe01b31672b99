"""Frames as files people open in WPS or Excel: CSV and workbook."""

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from ecodash.reports.numbers import is_missing, show_time

Cell = str | int | float | bool | None

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet may take for the start of a formula; the full-width forms count in Chinese Excel."""

_WIDEST, _NARROWEST = 48, 8


def to_csv(frame: pd.DataFrame, *, header: Sequence[str] | None = None) -> bytes:
    """A frame as CSV in UTF-8 with a byte order mark, which Excel and WPS need to read Chinese.

    Text that a spreadsheet would run as a formula is led by an apostrophe; numbers stay numbers; missing is empty.

    Args:
        header: column titles as the reader knows them; the frame's own names where not given.
    """
    sink = io.StringIO(newline="")
    writer = csv.writer(sink, lineterminator="\r\n")
    writer.writerow(_titles(frame, header))
    writer.writerows(["" if cell is None else cell for cell in row] for row in _rows(frame))
    return b"\xef\xbb\xbf" + sink.getvalue().encode("utf-8")


def to_xlsx(frame: pd.DataFrame, *, title: str, as_of: str, header: Sequence[str] | None = None) -> bytes:
    """A frame as a workbook of one sheet: title, as-of line, an empty line, bold header, rows.

    Codes stay text, so that Excel does not turn twelve digits into 4.3E+11. Formula-like text is neutralised as in
    to_csv.
    """
    book = Workbook()
    sheet = book.active
    sheet.title = "数据"
    titles, rows = _titles(frame, header), list(_rows(frame))
    sheet.append([_safe_text(title)])
    sheet.append([_safe_text(as_of)])
    sheet.append([])
    sheet.append(titles)
    for row in rows:
        sheet.append(row)
    sheet["A1"].font = Font(bold=True, size=14)
    sheet["A2"].font = Font(color="00595959")
    for cell in sheet[4]:
        cell.font = Font(bold=True)
        cell.alignment = Alignment(wrap_text=True, vertical="center")
    for place, column_title in enumerate(titles):
        widest = max((_width(text) for text in (column_title, *(row[place] for row in rows))), default=0)
        sheet.column_dimensions[get_column_letter(place + 1)].width = min(max(widest + 2, _NARROWEST), _WIDEST)
    sheet.freeze_panes = "A5"
    sheet.print_title_rows = "4:4"
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def _titles(frame: pd.DataFrame, header: Sequence[str] | None) -> list[str]:
    titles = [str(name) for name in frame.columns] if header is None else list(header)
    if len(titles) != len(frame.columns):
        raise ValueError(f"{len(titles)} titles for {len(frame.columns)} columns")
    return [_safe_text(title) for title in titles]


def _rows(frame: pd.DataFrame) -> Iterable[list[Cell]]:
    columns = [[_cell(value) for value in frame.iloc[:, place].tolist()] for place in range(len(frame.columns))]
    return (list(row) for row in zip(*columns, strict=True))


def _cell(value: object) -> Cell:
    if is_missing(value):
        return None
    if isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        # A count that a missing neighbour turned into a float is still a count.
        return int(value) if value.is_integer() and abs(value) < 2**53 else value
    if isinstance(value, datetime):
        return show_time(value) if value.tzinfo else f"{value:%Y-%m-%d %H:%M}"
    return _safe_text(str(value))


def _safe_text(text: str) -> str:
    clean = ILLEGAL_CHARACTERS_RE.sub("", text)
    return f"'{clean}" if clean.startswith(_FORMULA_STARTS) else clean


def _width(cell: Cell) -> int:
    """Columns a cell takes, a Chinese character counting two."""
    text = "" if cell is None else str(cell)
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
