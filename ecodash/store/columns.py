"""Columns of figures as numbers of the machine: exact, and without an object for each cell.

A value of 18 digits with 4 after the point is kept as an integer of ten-thousandths, which 64 bits hold; a cell
(period, region, indicator) as one integer in the order the journal is read.
"""

from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

Longs: TypeAlias = npt.NDArray[np.int64]

DECIMAL = pa.decimal128(18, 4)
"""A value as the journal keeps it."""
_REGION_BITS, _INDICATOR_BITS = 40, 11
_FIRST_YEAR = 1900


def scaled(values: "pa.Array | pa.ChunkedArray | pd.Series") -> Longs:
    """Values as ten-thousandths; 0 where one is missing.

    Args:
        values: decimals of Arrow, also inside a pandas column, or a column of Decimal objects.
    """
    array = _arrow(values)
    if len(array) == 0:
        return np.empty(0, dtype=np.int64)
    # 128 bits, the lower half first: 18 digits fit in it, with their sign.
    words = np.frombuffer(array.buffers()[1], dtype=np.int64)
    found: Longs = words[2 * array.offset : 2 * (array.offset + len(array)) : 2]
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


def decimals(amounts: Longs, present: npt.NDArray[np.bool_] | None = None) -> Any:
    """Ten-thousandths as decimals of Arrow; null where not present."""
    # Arrow's memory is used again and again, where fresh pages would be asked of the system for each commit.
    buffer = pa.allocate_buffer(16 * len(amounts))
    words = np.frombuffer(buffer, dtype=np.int64)
    words[::2] = amounts
    np.right_shift(amounts, 63, out=words[1::2])
    valid = None if present is None else pa.py_buffer(np.packbits(present, bitorder="little"))
    return pa.Array.from_buffers(DECIMAL, len(amounts), [valid, buffer])


def decimal_series(amounts: Longs, present: npt.NDArray[np.bool_] | None = None) -> "pd.Series[Any]":
    """As decimals, as a column of pandas."""
    column: pd.Series[Any] = pd.Series(pd.arrays.ArrowExtensionArray(decimals(amounts, present)))
    return column


def cell_keys(region: npt.NDArray[Any], indicator: npt.NDArray[Any], period: npt.NDArray[Any]) -> Longs:
    """One integer for each cell: its order is by period, region, indicator (number), as the journal is read."""
    if len(indicator) and int(indicator.max()) >> _INDICATOR_BITS:
        raise ValueError(f"indicator numbers end before {1 << _INDICATOR_BITS}")
    keys: Longs = period.astype(np.int64)
    keys = (keys // 100 - _FIRST_YEAR) * 12 + keys % 100
    keys <<= _REGION_BITS
    keys |= region
    keys <<= _INDICATOR_BITS
    keys |= indicator
    return keys


def numbers_of(codes: "pd.Series[str]", numbers: Mapping[str, int]) -> npt.NDArray[np.int16]:
    """Indicator numbers of a column of codes, categorical or not."""
    values = codes if isinstance(codes.dtype, pd.CategoricalDtype) else codes.astype("category")
    table = np.array([numbers[str(code)] for code in values.cat.categories], dtype=np.int16)
    return table[values.cat.codes.to_numpy()]


def codes_of(indicator: npt.NDArray[Any], numbers: Mapping[str, int]) -> "pd.Categorical[str]":
    """Indicator codes of a column of numbers; the categories are the codes given, in their order."""
    places = np.full(max(numbers.values(), default=0) + 1, -1, dtype=np.int16)
    places[list(numbers.values())] = np.arange(len(numbers), dtype=np.int16)
    return pd.Categorical.from_codes(places[indicator], categories=pd.Index(list(numbers)))
