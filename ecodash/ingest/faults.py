"""Faults of an upload: data, not exceptions, all of them listed at once."""

import heapq
import re
from dataclasses import dataclass

LISTED = 1000
"""So many faults are listed; one more says how many there are beyond."""
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
    """

    code: str
    row: int | None
    column: str
    value: str
    hint: str


def cut(text: str) -> str:
    """Text from a file as it may be shown: one line, at most 80 characters."""
    line = _CONTROL.sub(" ", text[: SHOWN * 4])
    return line if len(line) <= SHOWN else line[: SHOWN - 1] + "…"


def row_list(rows: list[int]) -> str:
    """Row numbers for a sentence: "第 3、5、9 行", the first ten and how many in all."""
    shown = "、".join(str(row) for row in rows[:10])
    return f"第 {shown} 行" if len(rows) <= 10 else f"第 {shown} … 行(共 {len(rows)} 行)"


class FaultList:
    """Collects faults in any order and lists them by row, then column.

    Only references are kept until they are listed: a file may have a million faulty cells with few distinct hints.
    """

    def __init__(self) -> None:
        self._found: list[tuple[int, int, int, str, str, str, str]] = []

    def __len__(self) -> int:
        return len(self._found)

    def add(
        self, code: str, hint: str, *, row: int | None = None, position: int = -1, column: str = "", value: str = ""
    ) -> None:
        """Note one fault; position is the column's place from 0, for the order of the list."""
        self._found.append((row or 0, position, len(self._found), code, column, value, hint))

    def listed(self) -> tuple[Fault, ...]:
        """At most 1,000 faults by row and column, whole-file ones first, then one saying how many more there are."""
        first = heapq.nsmallest(LISTED, self._found)
        faults = [Fault(f[3], f[0] or None, cut(f[4]), cut(f[5]), f[6]) for f in first]
        beyond = len(self._found) - len(first)
        if beyond:
            hint = f"另有 {beyond} 处问题没有列出。请先改正已列出的问题，再重新上传。"
            faults.append(Fault("more_faults", None, "", "", hint))
        return tuple(faults)
