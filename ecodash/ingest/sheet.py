"""Bytes → grids of text cells: delimited text here, workbooks in workbook.py. Bounded before anything is judged."""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from ecodash.ingest.decode import MAX_BYTES, Refusal, decode_text, is_ole, is_zip
from ecodash.ingest.faults import FaultList

MAX_ROWS = 1_000_000
MAX_COLUMNS = 500
MAX_CELL = 32_000
HEADER_ROWS = 20
"""The header is looked for in so many rows."""

_DELIMITERS = ",\t;"

HeaderScore = Callable[[Sequence[str]], int]
"""How many cells of a row are recognised, 0 where the row is no header."""


@dataclass(frozen=True, slots=True)
class Grid:
    """One table of text cells, read whole.

    Args:
        encoding: text encoding, or the kind of workbook.
        sheet: the sheet's name, empty for text files.
        rows: row i holds the cells of spreadsheet row i + 1; rows may differ in length, spaces at cells' ends are gone.
        notes: what the reader of the result should know.
    """

    encoding: str
    sheet: str
    rows: list[list[str]]
    notes: tuple[str, ...] = ()


def read_grid(data: bytes, score: HeaderScore, faults: FaultList) -> Grid | Refusal:
    """The table in an uploaded file, whatever its kind; what is structurally wrong goes to faults.

    Args:
        data: the file.
        score: tells a header row, to choose the delimiter of a text file and the sheet of a workbook.
        faults: receives unclosed quotes, second tables and the like.
    """
    if len(data) > MAX_BYTES:
        return Refusal("file_too_large", f"文件超过 {MAX_BYTES // 1024 // 1024} MB。请按乡镇或月份拆成几个文件上传。")
    if not data:
        return Refusal("nothing_to_read", "文件是空的。请核对后重新上传。")
    if is_zip(data) or is_ole(data):
        # Imported late: a text file needs no workbook reader.
        from ecodash.ingest.workbook import read_workbook

        return read_workbook(data, score, faults)
    decoded = decode_text(data)
    if isinstance(decoded, Refusal):
        return decoded
    rows = read_delimited(decoded.text, find_delimiter(decoded.text, score), faults)
    return bounded(Grid(decoded.encoding, "", rows))


def find_delimiter(text: str, score: HeaderScore) -> str:
    """Comma, tab or semicolon: the one that gives the best header, else the most frequent at the top of the file.

    Counting alone is not enough: a tab-separated file of figures like 1,268 holds more commas than tabs.
    """
    head = text[: MAX_CELL * 2]

    def quality(delimiter: str) -> tuple[int, int]:
        best, widest = 0, 0
        for row in islice(_records(head, delimiter), HEADER_ROWS):
            if isinstance(row, str):
                break
            best, widest = max(best, score([cell.strip() for cell in row])), max(widest, len(row))
        return best, widest

    return max(_DELIMITERS, key=quality)


def read_delimited(text: str, delimiter: str, faults: FaultList) -> list[list[str]]:
    """Records of a delimited text. A broken quote ends the reading: what follows it cannot be told apart."""
    rows: list[list[str]] = []
    for record in _records(text, delimiter):
        if isinstance(record, str):
            _add_broken(record, len(rows) + 1, faults)
            break
        rows.append([cell.strip() for cell in record])
        if len(rows) > MAX_ROWS:
            break
    return rows


def _records(text: str, delimiter: str) -> Iterator[list[str] | str]:
    """Records one after another, or at last the csv module's complaint."""
    # newline="" leaves CR, LF and CRLF to the csv module, so a line break inside quotes stays inside its cell.
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    except csv.Error as error:
        yield str(error)


def _add_broken(complaint: str, row: int, faults: FaultList) -> None:
    if "field limit" in complaint:
        hint = f"第 {row} 行有一格超过 {MAX_CELL} 个字符，可能是前面少了一个引号。请改正后重新上传，该行以后没有读。"
        faults.add("cell_too_long", hint, row=row)
        return
    hint = (
        f"从第 {row} 行起双引号没有成对，以后的内容无法分清，没有读。请补上或删去多余的双引号，或另存为 xlsx 再上传。"
    )
    faults.add("quote_broken", hint, row=row)


def bounded(grid: Grid) -> Grid | Refusal:
    """The grid, trailing empty cells removed, or why it is too large."""
    if len(grid.rows) > MAX_ROWS:
        return Refusal("too_many_rows", f"表格超过 {MAX_ROWS:,} 行。请拆成几个文件上传。")
    for number, row in enumerate(grid.rows, 1):
        while row and not row[-1]:
            row.pop()
        if len(row) > MAX_COLUMNS:
            return Refusal(
                "too_many_columns", f"第 {number} 行超过 {MAX_COLUMNS} 列。请只保留要上报的列，或拆成几个文件。"
            )
        if row and len(max(row, key=len)) > MAX_CELL:
            return Refusal(
                "cell_too_long", f"第 {number} 行有一格超过 {MAX_CELL} 个字符。请缩短或删去这一格后重新上传。"
            )
    return grid
