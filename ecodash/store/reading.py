"""Figures read into frames."""

from collections.abc import Sequence

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ecodash.domain.indicators import Aggregation, Catalog
from ecodash.domain.regions import Level, key_range
from ecodash.store import figures
from ecodash.store.engine import frame
from ecodash.store.records import indicator_numbers
from ecodash.store.tables import observation

COLUMNS = [
    "period",
    "region",
    "level",
    "indicator",
    "value",
    "own",
    "reported",
    "carried",
    "totals",
    "unweighted",
]
_PLACES = 6
"""Digits a computed quotient is rounded to, beyond what any indicator shows."""


def read_figures(
    connection: Connection,
    catalog: Catalog,
    *,
    watermark: int,
    months: Sequence[int],
    region: int,
    levels: Sequence[Level],
    codes: Sequence[str],
) -> pd.DataFrame:
    """Figures of regions of some levels at or below a region.

    Returns:
        One row per (period yyyymm, region key, indicator code) that has a figure: level (Level), value in the unit of
        the indicator (percent for ratios; NaN where villages reported but none could be weighed), own (the region's
        own report or NaN), and the counts reported, carried, totals, unweighted of ecodash.store.figures.
    """
    if not months or not codes or not levels:
        return pd.DataFrame(columns=COLUMNS)
    numbers = indicator_numbers(connection)
    parts = [numbers[code] for code in catalog.parts_of(list(codes))]
    lo, hi = key_range(region)
    frames = []
    low = [level for level in levels if level.rank > Level.COUNTY.rank]
    high = [level for level in levels if level.rank <= Level.COUNTY.rank]
    if low:
        inside = sa.and_(observation.c.region >= lo, observation.c.region < hi)
        frames.append(frame(connection, figures.from_villages(watermark, months, parts, low, inside)))
    if high:
        frames.append(frame(connection, figures.from_rollup(watermark, months, parts, high, lo, hi)))
    return _shape(pd.concat(frames, ignore_index=True), catalog, codes, numbers, inside=(lo, hi))


def _shape(
    rows: pd.DataFrame, catalog: Catalog, codes: Sequence[str], numbers: dict[str, int], inside: tuple[int, int]
) -> pd.DataFrame:
    by_number = {numbers[code]: code for code in codes}
    rows = rows[rows["indicator"].isin(list(by_number))].copy()
    lo, hi = inside
    rows = rows[(rows["key"] >= lo) & (rows["key"] < hi)]
    rows["indicator"] = rows["indicator"].map(by_number)
    amount, weight, pct, own = (rows[name].astype(float) for name in ("amount", "weight", "pct", "own"))
    ratios = {code for code in codes if catalog[code].aggregation is Aggregation.RATIO}
    is_ratio = rows["indicator"].isin(list(ratios))
    rows["value"] = amount.where(~is_ratio, pct.where(pct.notna(), amount / weight)).round(_PLACES)
    rows["own"] = own.round(_PLACES)
    levels = list(Level)
    rows["level"] = [levels[rank] for rank in rows["level"]]
    rows = rows.rename(columns={"key": "region"})
    return rows[COLUMNS].sort_values(["period", "level", "region", "indicator"], ignore_index=True)
