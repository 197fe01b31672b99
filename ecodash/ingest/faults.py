"""Faults, doubts and remarks of an upload: data, not exceptions, all of them listed at once."""

import heapq
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

LISTED = 1000
"""So many faults are listed; one more says how many there are beyond."""
_WHOLE_FILE = -1
SHOWN = 80
"""Text from a file is cut to so many characters before it is shown."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with an upload.

    Args:
        code: stable identifier of the kind of fault.
        row: row as the spreadsheet shows it, counted from 1; None where the whole file is meant.
        column: text of the column's header, its letter where it has none, empty where no column is meant.
        value: what the cell holds.
        hint: Chinese: what is wrong and what to do.
        sheet: the sheet as messages name it; empty for a file of one table without a name.
        position: the column's place from 0; None where no column is meant.
    """

    code: str
    row: int | None
    column: str
    value: str
    hint: str
    sheet: str = ""
    position: int | None = None


@dataclass(frozen=True, slots=True)
class Doubt:
    """A figure or a group of them that is possible but unlikely (疑点): it needs a tick and a reason to be committed.

    Args:
        code: stable identifier of the rule.
        hint: Chinese: what is unlikely, and what to check.
        region: key of the region it is about; 0 for the whole file.
        indicator: code; empty for all.
        period: yyyymm; 0 for all.
        row, column, value, sheet, position: where it stands, as in Fault; row None where no single row is meant.
    """

    code: str
    hint: str
    region: int = 0
    indicator: str = ""
    period: int = 0
    row: int | None = None
    column: str = ""
    value: str = ""
    sheet: str = ""
    position: int | None = None


@dataclass(frozen=True, slots=True)
class Remark:
    """A cell that was read with a note: it did not say a plain number.

    Args:
        code: approximate, unit_stripped, converted, scaled, point_mended, zero_word, rounded, percent_of_one.
        row, column, value, sheet, position: where it stands and what it says, as in Fault.
        read_as: the number it was read as, in the indicator's unit.
    """

    code: str
    row: int
    column: str
    value: str
    read_as: str
    sheet: str = ""
    position: int | None = None


REMARKS = {
    "approximate": "约数，按所写的数读取",
    "unit_stripped": "去掉了单位或文字",
    "converted": "换算了单位",
    "scaled": "展开了“万”“亿”",
    "point_mended": "改正了小数点或空格",
    "zero_word": "“无”按 0 读取",
    "rounded": "按指标的小数位四舍五入",
    "percent_of_one": "小数按百分数读取（0.98 即 98%）",
}
"""What each code of a remark means."""


def cut(text: str) -> str:
    """Text from a file as it may be shown: one line, at most 80 characters."""
    line = _CONTROL.sub(" ", text[: SHOWN * 4])
    return line if len(line) <= SHOWN else line[: SHOWN - 1] + "…"


def row_list(rows: list[int]) -> str:
    """Row numbers for a sentence: "第 3、5、9 行", the first ten and how many in all."""
    shown = "、".join(str(row) for row in rows[:10])
    return f"第 {shown} 行" if len(rows) <= 10 else f"第 {shown} … 行(共 {len(rows)} 行)"


class FaultList:
    """Collects faults of several sheets in any order and lists them by sheet, row, then column.

    Only references are kept until they are listed: a file may have a million faulty cells with few distinct hints.
    """

    def __init__(self) -> None:
        self._found: list[tuple[int, int, int, int, str, str, str, str]] = []
        self._labels: dict[int, str] = {_WHOLE_FILE: ""}
        self._headers: dict[int, Callable[[int], str] | None] = {_WHOLE_FILE: None}
        self._sheet = _WHOLE_FILE

    def __len__(self) -> int:
        return len(self._found)

    def begin_sheet(self, number: int, label: str) -> None:
        """What is added from now on is in this sheet, the so-manieth of the file."""
        self._labels[number], self._headers[number] = label, None
        self._sheet = number

    def turn_sheet(self, header: Callable[[int], str]) -> None:
        """The sheet begun last lies on its side: rows and places given from now on are those of the table turned back.

        Args:
            header: what heads a column of the file, by its place from 0.
        """
        self._headers[self._sheet] = header

    def resume_sheet(self, number: int) -> None:
        """What is added from now on is in a sheet begun before."""
        self._sheet = number

    def begin_file(self) -> None:
        """What is added from now on is about the whole file."""
        self._sheet = _WHOLE_FILE

    def add(
        self, code: str, hint: str, *, row: int | None = None, position: int = -1, column: str = "", value: str = ""
    ) -> None:
        """Note one fault; position is the column's place from 0. In a turned sheet both are turned."""
        if row is not None and position >= 0:
            row, position, column = self.place(row, position, column)
        self.add_placed(code, hint, row=row, position=position, column=column, value=value)

    def place(self, row: int, position: int, column: str) -> tuple[int, int, str]:
        """A place as the sheet begun last shows it: row, position and header, turned where the sheet lies on its side."""
        header = self._headers[self._sheet]
        return (row, position, column) if header is None else (position + 1, row - 1, header(row - 1))

    def add_placed(self, code: str, hint: str, *, row: int | None, position: int, column: str, value: str) -> None:
        """Note one fault whose place is that of the file, also in a turned sheet."""
        self._found.append((self._sheet, row or 0, position, len(self._found), code, column, value, hint))

    def extend(self, faults: Iterable[Fault]) -> None:
        """Note faults that were found elsewhere, in the sheet begun last."""
        for fault in faults:
            position = -1 if fault.position is None else fault.position
            self.add_placed(
                fault.code, fault.hint, row=fault.row, position=position, column=fault.column, value=fault.value
            )

    def rows_of(self, sheet: int) -> set[int]:
        """Rows of a sheet with a fault of their own."""
        return {found[1] for found in self._found if found[0] == sheet and found[1]}

    def columns_of(self, sheet: int) -> set[int]:
        """Places of the columns of a sheet with a fault in one of their cells."""
        return {found[2] for found in self._found if found[0] == sheet and found[1]}

    def listed(self) -> tuple[Fault, ...]:
        """At most 1,000 faults, whole-file ones first, then one saying how many more there are."""
        first = heapq.nsmallest(LISTED, self._found)
        faults = [
            Fault(
                code,
                row or None,
                cut(column),
                cut(value),
                hint,
                self._labels[sheet],
                position if position >= 0 else None,
            )
            for sheet, row, position, _, code, column, value, hint in first
        ]
        beyond = len(self._found) - len(first)
        if beyond:
            hint = f"另有 {beyond} 处问题没有列出。请先改正已列出的问题，再重新上传。"
            faults.append(Fault("more_faults", None, "", "", hint))
        return tuple(faults)
