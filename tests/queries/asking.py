"""Short ways to ask: a selection by codes, a frame's rows as objects."""

from typing import Any

import pandas as pd

from ecodash import queries
from ecodash.domain.periods import Month
from ecodash.domain.regions import Level, region_key
from ecodash.domain.selection import Selection, default_level
from ecodash.workspace import Workspace
from tests.builders import COUNTY


def look(
    workspace: Workspace,
    month: str,
    region: str = COUNTY,
    indicator: str = "garbage",
    level: Level | None = None,
    watermark: int | None = None,
) -> Selection:
    """A selection at the newest watermark, of the units next below, where not said otherwise."""
    key = region_key(region)
    mark = queries.newest_watermark(workspace) if watermark is None else watermark
    return Selection(mark, Month.parse(month), key, indicator, level or default_level(key))


def rows_of(frame: pd.DataFrame, *columns: str) -> list[tuple[Any, ...]]:
    """Rows as tuples, missing as None."""
    return [
        tuple(None if pd.isna(cell) else cell for cell in row)
        for row in frame[list(columns)].astype(object).itertuples(index=False)
    ]


def row_of(frame: pd.DataFrame, indicator: str) -> dict[str, Any]:
    """The one row of an indicator, missing as None."""
    found = frame[frame["indicator"] == indicator].astype(object).to_dict("records")
    assert len(found) == 1, found
    return {str(name): cell if isinstance(cell, list) or not pd.isna(cell) else None for name, cell in found[0].items()}
