"""Columns of cells as numbers of the machine, without an object for each.

A cell (period, region, indicator) is one integer in the order the journal is read; its value: ecodash.decimals.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ecodash.decimals import Ints

_REGION_BITS, _INDICATOR_BITS = 40, 11
_FIRST_YEAR = 1900


def cell_keys(region: npt.NDArray[Any], indicator: npt.NDArray[Any], period: npt.NDArray[Any]) -> Ints:
    """One integer for each cell: its order is by period, region, indicator (number), as the journal is read."""
    if len(indicator) and int(indicator.max()) >> _INDICATOR_BITS:
        raise ValueError(f"indicator numbers end before {1 << _INDICATOR_BITS}")
    keys: Ints = period.astype(np.int64)
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
