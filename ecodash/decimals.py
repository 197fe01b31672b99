"""Values as whole ten-thousandths, exact: one by one, and whole columns without an object for each cell.

The store keeps 18 digits, 4 of them after the point; 64 bits hold such a value as an integer.
"""

from decimal import Decimal
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

Ints: TypeAlias = npt.NDArray[np.int64]

SCALE = 10_000
"""So many of the integer's units make one."""
DECIMAL = pa.decimal128(18, 4)
"""A value as the journal keeps it."""


def scaled_one(value: Decimal) -> int:
    """A value in ten-thousandths."""
    return int(value * SCALE)


def unscaled(amount: int) -> Decimal:
    """The value of so many ten-thousandths, without needless zeros."""
    value = Decimal(int(amount)) / SCALE
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


def scaled(values: "pa.Array | pa.ChunkedArray | pd.Series") -> Ints:
    """Values as ten-thousandths; 0 where one is missing.

    Args:
        values: decimals of Arrow, also inside a pandas column, or a column of Decimal objects.
    """
    array = _arrow(values)
    if len(array) == 0:
        return np.empty(0, dtype=np.int64)
    # 128 bits, the lower half first: 18 digits fit in it, with their sign.
    words = np.frombuffer(array.buffers()[1], dtype=np.int64)
    found: Ints = words[2 * array.offset : 2 * (array.offset + len(array)) : 2]
    if array.null_count:
        found = np.where(array.is_valid().to_numpy(zero_copy_only=False), found, 0)
    return found


def _arrow(values: "pa.Array | pa.ChunkedArray | pd.Series") -> Any:
    array: Any = values
    if isinstance(values, pd.Series):
        kind = values.dtype
        is_arrow = isinstance(kind, pd.ArrowDtype)
        array = pa.array(values.array) if is_arrow else pa.array(values.to_list(), type=DECIMAL)
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    return array if array.type == DECIMAL else array.cast(DECIMAL)


def decimals(amounts: Ints, present: npt.NDArray[np.bool_] | None = None) -> Any:
    """Ten-thousandths as decimals of Arrow; null where not present."""
    # Arrow's memory is used again and again, where fresh pages would be asked of the system for each commit.
    buffer = pa.allocate_buffer(16 * len(amounts))
    words = np.frombuffer(buffer, dtype=np.int64)
    words[::2] = amounts
    np.right_shift(amounts, 63, out=words[1::2])
    valid = None if present is None else pa.py_buffer(np.packbits(present, bitorder="little"))
    return pa.Array.from_buffers(DECIMAL, len(amounts), [valid, buffer])


def decimal_series(amounts: Ints, present: npt.NDArray[np.bool_] | None = None) -> "pd.Series[Any]":
    """As decimals, as a column of pandas."""
    column: pd.Series[Any] = pd.Series(pd.arrays.ArrowExtensionArray(decimals(amounts, present)))
    return column
