"""Rows of a frame by name, one after the other."""

from collections.abc import Iterable
from typing import Any

import pandas as pd


def rows_of(frame: pd.DataFrame) -> Iterable[Any]:
    """Each row with its columns as attributes; missing numbers are NaN."""
    return frame.itertuples(index=False)
