"""Rows of figures as packed bytes, alike from every engine."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ecodash.store.engine import arrow_table

_WIDTHS = ((sa.SmallInteger, "i2"), (sa.BigInteger, "i8"), (sa.Integer, "i4"))
_64 = 18
"""Digits that fit in 64 bits."""


def layout(columns: Sequence[sa.Column[Any]]) -> np.dtype[Any]:
    """The form of a packed row, little-endian and without gaps: a byte before each column that may be missing (1 where
    it is there), integers in their width, decimals in their smallest unit by 64 bits or, of more digits, twice 64."""
    fields: list[tuple[str, str]] = []
    for column in columns:
        if column.nullable:
            fields.append((_has(column), "u1"))
        if isinstance(column.type, sa.Numeric):
            fields.append((column.name, "<i8"))
            if _is_wide(column):
                fields.append((_high(column), "<i8"))
        else:
            width = next(width for kind, width in _WIDTHS if isinstance(column.type, kind))
            fields.append((column.name, f"<{width}"))
    return np.dtype(fields)


def read(connection: Connection, statement: "sa.Select[Any]", columns: Sequence[sa.Column[Any]]) -> npt.NDArray[Any]:
    """The rows of a statement over these columns, packed as layout() says, in the statement's order."""
    table = arrow_table(connection, statement)
    rows = np.zeros(table.num_rows, dtype=layout(columns))
    if not len(rows):
        return rows
    for column, values in zip(columns, table.columns, strict=True):
        array = values.combine_chunks()
        there = array.is_valid().to_numpy(zero_copy_only=False) if column.nullable else None
        if isinstance(column.type, sa.Numeric):
            kind = pa.decimal128(column.type.precision or _64, column.type.scale or 0)
            halves = _halves(array if array.type == kind else array.cast(kind))
            rows[column.name] = halves[::2] if there is None else np.where(there, halves[::2], 0)
            if _is_wide(column):
                rows[_high(column)] = halves[1::2] if there is None else np.where(there, halves[1::2], 0)
        else:
            plain = array.fill_null(0) if column.nullable else array
            rows[column.name] = plain.to_numpy(zero_copy_only=False)
        if there is not None:
            rows[_has(column)] = there
    return rows


def _has(column: sa.Column[Any]) -> str:
    return f"{column.name}?"


def _high(column: sa.Column[Any]) -> str:
    return f"{column.name}^"


def _is_wide(column: sa.Column[Any]) -> bool:
    return isinstance(column.type, sa.Numeric) and (column.type.precision or _64) > _64


def _halves(array: Any) -> npt.NDArray[np.int64]:
    """Decimals as pairs of 64 bits, the lower first."""
    words = np.frombuffer(array.buffers()[1], dtype=np.int64)
    return words[2 * array.offset : 2 * (array.offset + len(array))]
