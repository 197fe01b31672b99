"""Where two tables that should be one differ: a frozen table beside the same worked out anew."""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

ROW_NAMES = ("region_code", "indicator", "category", "deadline", "month", "fact", "seq", "county", "ring")
"""Columns that name a row, of those a table has."""

_THERE, _NOTHING = "有", "—"


@dataclass(frozen=True, slots=True)
class CellDifference:
    """One figure that differs.

    Args:
        row: what names it, e.g. "500230101 garbage"; the row's number from 1 where nothing does.
        column: name; empty where the whole row is only in one of the tables.
        kept, again: the frozen and the recomputed value as text; "—" where there is none.
    """

    row: str
    column: str
    kept: str
    again: str

    def __str__(self) -> str:
        if self.column:
            return f"{self.row} {self.column}：冻结 {self.kept}，重算 {self.again}"
        return f"{self.row}：{'重算后没有这一行' if self.kept == _THERE else '冻结的表里没有这一行'}"


def differences(kept: pd.DataFrame, again: pd.DataFrame | None) -> list[CellDifference]:
    """Every cell in which a frozen table differs from the same worked out anew; rows are matched by what names them.

    Args:
        again: None where the table is not made any more: every row then counts as missing. Columns that only it has are
            newer than the frozen table and not compared.
    """
    empty = kept.iloc[:0] if again is None else again
    names = [name for name in ROW_NAMES if name in kept and name in empty]
    old, new = _by_row(kept, names), _by_row(empty, names)
    found = []
    for row in [*old, *(row for row in new if row not in old)]:
        said = " ".join(str(part) for part in row[:-1] if part is not None) or str(row[-1] + 1)
        if row not in old or row not in new:
            kept_said, again_said = (_THERE, _NOTHING) if row in old else (_NOTHING, _THERE)
            found.append(CellDifference(said, "", kept_said, again_said))
            continue
        found += [
            CellDifference(said, column, _text(value), _text(new[row][column]))
            for column, value in old[row].items()
            if column in new[row] and not _is_same(value, new[row][column])
        ]
        found += [
            CellDifference(said, column, _text(value), _NOTHING)
            for column, value in old[row].items()
            if column not in new[row]
        ]
    return found


def _by_row(table: pd.DataFrame, names: list[str]) -> dict[tuple[Any, ...], dict[str, Any]]:
    """Rows by what names them, and by which of that name they are."""
    seen: dict[tuple[Hashable, ...], int] = {}
    rows = {}
    for row in table.to_dict("records"):
        name = tuple(None if pd.isna(row[column]) else row[column] for column in names)
        count = seen.get(name, 0)
        seen[name] = count + 1
        rows[(*name, count)] = {str(column): value for column, value in row.items()}
    return rows


def _is_same(one: Any, other: Any) -> bool:
    if isinstance(one, list | tuple | np.ndarray) or isinstance(other, list | tuple | np.ndarray):
        ones, others = list(np.atleast_1d(one)), list(np.atleast_1d(other))
        return len(ones) == len(others) and all(_is_same(*pair) for pair in zip(ones, others, strict=True))
    if pd.isna(one) or pd.isna(other):
        return bool(pd.isna(one) and pd.isna(other))
    return bool(one == other)


def _text(value: Any) -> str:
    if not isinstance(value, list | tuple | np.ndarray) and pd.isna(value):
        return _NOTHING
    return f"{value:.10g}" if isinstance(value, float) else str(value)[:60]
