"""Frames as files people open in WPS or Excel: CSV and workbook."""

import csv
import io
import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from decimal import Decimal

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from ecodash.domain.indicators import SHOWN_DECIMALS
from ecodash.i18n import gettext as _
from ecodash.reports.numbers import is_missing, show_time

Cell = str | int | float | bool | Decimal | None

_WRITTEN_NUMBER = re.compile(r"-?\d{1,3}(,\d{3})*(\.\d+)?")
_HEADER_ROW = 4
_GREY, _SHADE = "00595959", "00EAF2EE"

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet may take for the start of a formula; the full-width forms count in Chinese Excel."""

_WIDEST, _NARROWEST = 48, 8


def to_csv(frame: pd.DataFrame, *, header: Sequence[str] | None = None, numbers: Collection[str] = ()) -> bytes:
    """A frame as CSV in UTF-8 with a byte order mark, which Excel and WPS need to read Chinese.

    Text that a spreadsheet would run as a formula is led by an apostrophe; numbers stay numbers; missing is empty.

    Args:
        header: column titles as the reader knows them; the frame's own names where not given.
        numbers: columns whose texts are figures as a screen writes them (1,268.50): they become numbers again.
    """
    sink = io.StringIO(newline="")
    writer = csv.writer(sink, lineterminator="\r\n")
    writer.writerow(_titles(frame, header))
    writer.writerows(["" if cell is None else cell for cell in row] for row in _rows(frame, numbers))
    return b"\xef\xbb\xbf" + sink.getvalue().encode("utf-8")


def to_xlsx(
    frame: pd.DataFrame,
    *,
    title: str,
    as_of: str,
    header: Sequence[str] | None = None,
    numbers: Collection[str] = (),
    notes: Sequence[str] = (),
) -> bytes:
    """A frame as a workbook of one sheet: title, as-of line, an empty line, bold header that stays in view, rows, and
    below an empty line the notes.

    Codes stay text, so that Excel does not turn twelve digits into 4.3E+11; figures are numbers with separators and as
    many digits as they were shown with. Formula-like text is neutralised as in to_csv.

    Args:
        header, numbers: as of to_csv.
        notes: sentences below the table, such as that its figures are invented.
    """
    book = Workbook()
    sheet = book.active
    sheet.title = _("数据")
    titles, rows = _titles(frame, header), list(_rows(frame, numbers))
    sheet.append([safe_text(title)])
    sheet.append([safe_text(as_of)])
    sheet.append([])
    sheet.append(titles)
    for row in rows:
        sheet.append(row)
    for note in ("", *notes) if notes else ():
        sheet.append([safe_text(note)])
    sheet["A1"].font = Font(bold=True, size=14)
    sheet["A2"].font = Font(color=_GREY)
    for cell in sheet[_HEADER_ROW]:
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor=_SHADE)
        cell.alignment = Alignment(wrap_text=True, vertical="center")
    for place, column_title in enumerate(titles):
        cells = [row[place] for row in rows]
        form = _number_format(cells)
        for line in range(len(rows)):
            cell = sheet.cell(_HEADER_ROW + 1 + line, place + 1)
            if isinstance(cell.value, int | float | Decimal) and not isinstance(cell.value, bool):
                cell.number_format = _format_of(cell.value) if form is None else form
        widest = max((_width(text) for text in (column_title, *cells)), default=0)
        sheet.column_dimensions[get_column_letter(place + 1)].width = min(max(widest + 2, _NARROWEST), _WIDEST)
    for line in range(len(notes)):
        sheet.cell(_HEADER_ROW + len(rows) + 2 + line, 1).font = Font(color=_GREY)
    sheet.freeze_panes = f"A{_HEADER_ROW + 1}"
    sheet.print_title_rows = f"{_HEADER_ROW}:{_HEADER_ROW}"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def _number_format(cells: Sequence[Cell]) -> str | None:
    """One format for a column of numbers as computed, at most two digits; None where each cell has digits of its own."""
    if any(isinstance(cell, Decimal) for cell in cells):
        return None
    digits = max((_digits(cell) for cell in cells if isinstance(cell, float)), default=0)
    return _with_digits(min(digits, SHOWN_DECIMALS))


def _format_of(value: int | float | Decimal) -> str:
    return _with_digits(max(-int(value.as_tuple().exponent), 0) if isinstance(value, Decimal) else 0)


def _with_digits(digits: int) -> str:
    return "#,##0" + ("." + "0" * digits if digits else "")


def _digits(value: float) -> int:
    exponent = Decimal(repr(value)).as_tuple().exponent
    return max(-exponent, 0) if isinstance(exponent, int) else 0


def _titles(frame: pd.DataFrame, header: Sequence[str] | None) -> list[str]:
    titles = [str(name) for name in frame.columns] if header is None else list(header)
    if len(titles) != len(frame.columns):
        raise ValueError(f"{len(titles)} titles for {len(frame.columns)} columns")
    return [safe_text(title) for title in titles]


def _rows(frame: pd.DataFrame, numbers: Collection[str]) -> Iterable[list[Cell]]:
    columns = []
    for place, name in enumerate(frame.columns):
        read = _figure if name in numbers else _cell
        columns.append([read(value) for value in frame.iloc[:, place].tolist()])
    return (list(row) for row in zip(*columns, strict=True))


def _figure(value: object) -> Cell:
    """A figure from its text, with the digits it was written with; other text stays."""
    if isinstance(value, str) and _WRITTEN_NUMBER.fullmatch(value):
        return Decimal(value.replace(",", ""))
    return _cell(value)


def _cell(value: object) -> Cell:
    if isinstance(value, list | tuple):
        return safe_text(" ".join("—" if is_missing(one) else f"{one:g}" for one in value))
    if is_missing(value):
        return None
    if isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        # A count that a missing neighbour turned into a float is still a count.
        return int(value) if value.is_integer() and abs(value) < 2**53 else value
    if isinstance(value, datetime):
        return show_time(value) if value.tzinfo else f"{value:%Y-%m-%d %H:%M}"
    return safe_text(str(value))


def safe_text(text: str) -> str:
    """Text as a cell may hold it: without letters a workbook cannot, and never the start of a formula."""
    clean = ILLEGAL_CHARACTERS_RE.sub("", text)
    return f"'{clean}" if clean.startswith(FORMULA_STARTS) else clean


def _width(cell: Cell) -> int:
    """Columns a cell takes, a Chinese character counting two."""
    text = "" if cell is None else str(cell)
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
