"""Workbooks taken apart for tests of what is written to them."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import CalamineWorkbook

from ecodash.domain.uploads import PROBLEM_SHEET
from ecodash.ingest.book import Book, Sheet


def edit(data: bytes, change: Callable[[str, bytes], bytes | None]) -> bytes:
    """An archive with its parts changed; a part for which None is returned is left out."""
    sink = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = change(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
    return sink.getvalue()


def parts_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def book_of(data: bytes, kind: str = "xlsx") -> Book:
    """A workbook as a reader hands it over."""
    with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
        sheets = [
            Sheet(name, [[str(cell) for cell in row] for row in book.get_sheet_by_name(name).to_python(False)])
            for name in book.sheet_names
        ]
    return Book(kind, kind, tuple(sheets))


def cells_of(data: bytes) -> dict[str, list[list[Any]]]:
    with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
        return {
            name: book.get_sheet_by_name(name).to_python(False) for name in book.sheet_names if name != PROBLEM_SHEET
        }


def comments_of(sheet: Worksheet) -> dict[str, tuple[str, str]]:
    return {
        cell.coordinate: (cell.comment.author, cell.comment.text)
        for row in sheet.iter_rows()
        for cell in row
        if cell.comment
    }


def fill_of(sheet: Worksheet, address: str) -> str:
    fill = sheet[address].fill
    return fill.fgColor.rgb if fill.fill_type == "solid" else ""


def cells_listed(data: bytes) -> list[tuple[Any, ...]]:
    return list(openpyxl.load_workbook(io.BytesIO(data))[PROBLEM_SHEET].iter_rows(values_only=True))
