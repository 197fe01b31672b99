"""Cells made plain: outer spaces and characters that nobody sees are removed, repeated texts are kept once."""

import re
from collections.abc import Sequence

from ecodash.ingest.book import MAX_CELL, MAX_COLUMNS, Refusal

_KEPT_TEXTS = 400_000
"""So many different texts of a file are looked up; beyond that every cell is made plain anew."""

HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff]"
)
"""Control, zero-width, direction and variant marks: two names that look the same must not differ by them."""
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


class PlainTexts(dict[str, str]):
    """Raw text of a cell → as it is kept; counts what it changed.

    Args:
        is_escaped: whether characters may be written as _x000D_, as in the XML of workbooks.
        may_hide: whether unseen characters may be there at all.
    """

    def __init__(self, *, is_escaped: bool = False, may_hide: bool = True) -> None:
        super().__init__()
        self._is_escaped, self._may_hide = is_escaped, may_hide
        self.hidden_cells = 0
        self.has_long = False

    def __missing__(self, raw: str) -> str:
        text = raw.strip()
        if len(text) > MAX_CELL:
            self.has_long = True
        if self._is_escaped and "_x" in text:
            text = _ESCAPED.sub(_unescaped, text).replace("\r\n", "\n").replace("\r", "\n").strip()
        if self._may_hide and HIDDEN.search(text):
            # Not remembered, so that every such cell is counted.
            self.hidden_cells += 1
            return HIDDEN.sub("", text).strip()
        if len(self) < _KEPT_TEXTS:
            self[raw] = text
        return text

    def take_note(self) -> tuple[str, ...]:
        """Says in how many cells something unseen was removed since the last note; nothing where in none."""
        count, self.hidden_cells = self.hidden_cells, 0
        return (f"{count} 格含看不见的控制字符或零宽字符，已去掉，其余文字照常读取。",) if count else ()


def _unescaped(match: re.Match[str]) -> str:
    code = int(match[1], 16)
    return match[0] if 0xD800 <= code <= 0xDFFF else chr(code)


def drop_trailing(rows: Sequence[list[str]]) -> tuple[int, ...]:
    """Remove empty cells at the ends of rows, in place; how many cells each row had, at most 500."""
    widths = tuple(min(len(row), MAX_COLUMNS) for row in rows)
    for row in rows:
        if row and not row[-1]:
            last = len(row) - 1
            while last and not row[last - 1]:
                last -= 1
            del row[last:]
    return widths


def check_bounds(rows: Sequence[list[str]], where: str, *, has_long: bool) -> Refusal | None:
    """Why rows, trailing empty cells removed, are too wide or hold too much in a cell.

    Args:
        rows: all rows of a sheet.
        where: the sheet as a message names it; empty for the only one.
        has_long: whether a cell may be too long; they are looked through only then.
    """
    if max(map(len, rows), default=0) > MAX_COLUMNS:
        number = next(number for number, row in enumerate(rows, 1) if len(row) > MAX_COLUMNS)
        return Refusal(
            "too_many_columns", f"{where}第 {number} 行超过 {MAX_COLUMNS} 列。请只保留要上报的列，或拆成几个文件。"
        )
    if has_long:
        for number, row in enumerate(rows, 1):
            if row and len(max(row, key=len)) > MAX_CELL:
                hint = f"{where}第 {number} 行有一格超过 {MAX_CELL} 个字符，可能是前面少了一个引号。请缩短或改正这一格后重新上传。"
                return Refusal("cell_too_long", hint)
    return None
