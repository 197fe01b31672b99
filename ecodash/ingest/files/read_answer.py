"""What a file decodes to before it gets a meaning, as `read FILE… --json` prints it."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from ecodash.ingest.book import HEADER_ROWS, Book, Refusal, Sheet, Span, column_letter
from ecodash.ingest.faults import Fault

_SHOWN_ROWS = 200
_VALUE = re.compile(
    r"[-+(]?[$€£¥￥]?\s?[\d.,，]*\d[\d.,，]*(?:[eE][-+]?\d+)?\s?(?:[%‰万亿]|)\)?"
    r"|\d{1,4}[-/.年]\d{1,2}(?:[-/.月]\d{1,4}日?)?(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?)?"
    r"|\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?|[—–/-]+|https?://\S+"
)


def book_answer(
    read: Book | Refusal, file_name: str, header_rows_of: Callable[[Sheet], Sequence[int]] | None = None
) -> dict[str, Any]:
    """A decoded file as JSON has it: rows as in the file, every cell as text, nothing left out.

    Args:
        read: what read_book gave; a refusal becomes one fault and no sheets.
        file_name: as given.
        header_rows_of: numbers of a sheet's header rows, from 1; a guess that knows no words where it is not given.
    """
    if isinstance(read, Refusal):
        fault = {"code": read.code, "row": None, "column": "", "value": "", "hint": read.hint}
        return {
            "file": file_name,
            "encoding": "",
            "dialect": None,
            "kind": "",
            "sheets": [],
            "notes": [],
            "faults": [fault],
        }
    dialect = read.sheets[0].dialect if len(read.sheets) == 1 else None
    return {
        "file": file_name,
        "encoding": read.encoding,
        "dialect": _dialect(dialect),
        "kind": read.kind,
        "sheets": [
            {
                "name": sheet.name,
                "file": sheet.source,
                "encoding": sheet.encoding,
                "dialect": _dialect(sheet.dialect),
                "hidden": sheet.is_hidden,
                "header_rows": list(
                    header_rows_of(sheet) if header_rows_of else guess_header_rows(sheet.rows, sheet.merges)
                ),
                "rows": _whole_rows(sheet),
                "merges": [_range(span) for span in sheet.merges],
                "hidden_rows": [row + 1 for row in sorted(sheet.hidden_rows)],
                "hidden_columns": [column_letter(column) for column in sorted(sheet.hidden_columns)],
                "notes": list(sheet.notes),
                "faults": [_fault(fault) for fault in sheet.faults],
            }
            for sheet in read.sheets
        ],
        "notes": list(read.notes),
        "faults": [_fault(fault) for fault in read.faults],
    }


def _whole_rows(sheet: Sheet) -> list[list[str]]:
    """Rows with the empty cells at their ends, as in the file."""
    if not sheet.widths:
        return sheet.rows
    return [row + [""] * (width - len(row)) for row, width in zip(sheet.rows, sheet.widths, strict=True)]


def guess_header_rows(rows: Sequence[Sequence[str]], merges: Sequence[Span] = ()) -> list[int]:
    """Numbers, from 1, of the rows that look like a header: names above values, as wide as the table.

    Title lines above are passed over; up to two rows above belong to it where they name groups of columns. Empty where
    no row stands out, as in a table of nothing but numbers.
    """
    top = rows[:_SHOWN_ROWS]
    widths = Counter(filled for row in top if (filled := _filled(row)) > 1)
    if not widths:
        return _single_column(top)
    # The width most rows have, or nearly have: figures may be missing.
    usual = max(
        widths, key=lambda width: (sum(count for near, count in widths.items() if width * 0.7 <= near <= width), width)
    )
    for place, row in enumerate(top[:HEADER_ROWS]):
        if not _is_naming(row, usual):
            continue
        if not any(map(any, top[place + 1 :])) and len(set(row)) == len(row):
            return [place + 1]
        if not _has_values_below(row, top[place + 1 : place + 21]) and not _is_distinct(row, top[place + 1 :]):
            return []
        first, last = place, place
        # A second row of names or units below the first: more than one row of it is a header only where cells are merged or blank.
        while (
            last - first < 2 and last + 1 < len(top) and _continues(top[last], top[last + 1], top[last + 2 : last + 12])
        ):
            last += 1
        while last - first < 2 and first and _names_groups(top[first - 1], first - 1, merges):
            first -= 1
        return list(range(first + 1, last + 2))
    return []


def _filled(row: Sequence[str]) -> int:
    return sum(1 for cell in row if cell)


def _is_value(cell: str) -> bool:
    return bool(_VALUE.fullmatch(cell[:100]))


def _is_naming(row: Sequence[str], usual: int) -> bool:
    """Whether a row is nearly as wide as the table and mostly holds texts."""
    cells = [cell for cell in row if cell]
    values = sum(1 for cell in cells if _is_value(cell) and not re.fullmatch(r"(?:19|20)\d\d年?|\d{1,2}月", cell))
    return len(cells) >= max(2, usual * 0.6) and values * 5 <= len(cells)


def _has_values_below(row: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether in some column values stand below a name."""
    for column, cell in enumerate(row):
        if not cell or _is_value(cell):
            continue
        under = [other[column] for other in below if column < len(other) and other[column]]
        if under and sum(map(_is_value, under)) * 2 > len(under):
            return True
    return False


def _is_distinct(row: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """In a table of texts: names differ from each other and do not come again; long texts are no names."""
    cells = [cell for cell in row if cell]
    if not below or len(set(cells)) < len(cells) or max(map(len, cells)) > 60:
        return False
    again = {cell for other in below for cell in other}
    return sum(1 for cell in cells if cell in again) * 4 <= len(cells)


def _continues(row: Sequence[str], following: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether the next row is a header too: texts only, under a row with gaps, and above values."""
    cells = [cell for cell in following if cell]
    gaps = [column for column, cell in enumerate(following) if cell and (column >= len(row) or not row[column])]
    if not cells or any(map(_is_value, cells)) or not _has_values_below(following, below):
        return False
    units = all(len(cell) <= 6 and (cell[0] in "(（" or len(cell) <= 3) for cell in cells)
    left = bool(following) and not following[0]
    return (bool(gaps) and left) or (left and units)


def _names_groups(row: Sequence[str], place: int, merges: Sequence[Span]) -> bool:
    """Whether a row above the header names groups of its columns: several texts with gaps or merged cells."""
    cells = [cell for cell in row if cell]
    if len(cells) < 2 or any(map(_is_value, cells)):
        return False
    is_merged = any(span.top <= place <= span.bottom and span.right > span.left for span in merges)
    return is_merged or not row[0] or len(cells) < len(row)


def _single_column(top: Sequence[Sequence[str]]) -> list[int]:
    filled = [(number, row[0]) for number, row in enumerate(top, 1) if len(row) == 1 and row[0]]
    if len(filled) > 1 and not _is_value(filled[0][1]) and all(_is_value(cell) for _, cell in filled[1:]):
        return [filled[0][0]]
    return []


def _dialect(dialect: Any) -> dict[str, str] | None:
    if dialect is None:
        return None
    return {
        "delimiter": dialect.delimiter,
        "quote": dialect.quote,
        "escape": dialect.escape,
        "newline": dialect.newline,
    }


def _fault(fault: Fault) -> dict[str, Any]:
    return {
        "code": fault.code,
        "row": fault.row,
        "column": fault.column,
        "value": fault.value,
        "hint": fault.hint,
    }


def _range(span: Span) -> str:
    return f"{column_letter(span.left)}{span.top + 1}:{column_letter(span.right)}{span.bottom + 1}"
