"""Figures read into frames."""

from collections.abc import Sequence

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ecodash.domain.indicators import Aggregation, Catalog, Kind
from ecodash.domain.regions import Level, key_range
from ecodash.store import figures
from ecodash.store.columns import codes_of
from ecodash.store.difference import NEWEST
from ecodash.store.engine import arrow_table, frame
from ecodash.store.records import indicator_numbers
from ecodash.store.reporters import report_themselves
from ecodash.store.standing import Past, cells_as_of
from ecodash.store.tables import indicator, observation

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
PARTS = ["amount", "weight"]
"""What a ratio is made of: 100 times its numerator, and its denominator (NaN where it has none); see store.figures."""
REPORT_COLUMNS = ["region", "indicator", "period", "value"]
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
    with_parts: bool = False,
) -> pd.DataFrame:
    """Figures of regions of some levels at or below a region.

    Args:
        with_parts: the columns of PARTS too.
    Returns:
        One row per (period yyyymm, region key, indicator code) that has a figure: level (Level), value in the unit of
        the indicator (percent for ratios; NaN where villages reported but none could be weighed), own (the region's
        own report or NaN), and the counts reported, carried, totals, unweighted of ecodash.store.figures.
    """
    if not months or not codes or not levels:
        return pd.DataFrame(columns=[*COLUMNS, *PARTS] if with_parts else COLUMNS)
    numbers = indicator_numbers(connection)
    parts = [numbers[code] for code in catalog.parts_of(list(codes))]
    attributes = [numbers[code] for code, entry in catalog.items() if entry.kind is Kind.ATTRIBUTE]
    ratios = [code for code in codes if catalog[code].aggregation is Aggregation.RATIO]
    paired = [numbers[code] for code in catalog.parts_of(ratios)]
    lo, hi = key_range(region)
    frames = []
    low = [level for level in levels if level.rank > Level.COUNTY.rank]
    high = [level for level in levels if level.rank <= Level.COUNTY.rank]
    if low:
        inside = sa.and_(observation.c.region >= lo, observation.c.region < hi)
        has_own = report_themselves(connection, watermark, lo, hi, above=Level.VILLAGE)
        past = Past(has_own_above=has_own)
        plain = [numbers[code] for code in codes if code not in ratios]
        statement = figures.from_villages(watermark, months, parts, paired, low, inside, lo, hi, past, plain)
        frames.append(frame(connection, statement))
    if high:
        has_own = any(level is not Level.COUNTY for level in high) and report_themselves(
            connection, watermark, lo, hi, above=Level.COUNTY
        )
        asked = parts if has_own else [numbers[code] for code in codes]
        frames.append(
            frame(
                connection,
                figures.from_rollup(watermark, months, asked, attributes, high, lo, hi, has_own_above=has_own),
            )
        )
    shaped = _shape(pd.concat(frames, ignore_index=True), catalog, codes, numbers, inside=(lo, hi))
    return shaped if with_parts else shaped[COLUMNS]


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
    rows["amount"], rows["weight"] = amount, weight
    levels = list(Level)
    rows["level"] = [levels[rank] for rank in rows["level"]]
    rows = rows.rename(columns={"key": "region"})
    return rows[[*COLUMNS, *PARTS]].sort_values(["period", "level", "region", "indicator"], ignore_index=True)


def own_reports(
    connection: Connection,
    lo: int,
    hi: int,
    codes: Sequence[str],
    first_period: int,
    last_period: int,
    watermark: int | None = None,
) -> pd.DataFrame:
    """Reports of a range of regions as they were handed in and stand: nothing carried, nothing rolled up.

    Args:
        lo, hi: keys from lo, before hi.
        first_period, last_period: months (yyyymm), both included.
        watermark: as of this commit; now where None.
    Returns:
        One row per (region key, indicator, period), in no order, with value (decimal of Arrow); indicator is a category
        whose categories are the codes in their order. Of an attribute also the last report before first_period, where
        it stands in that month.
    """
    o = observation.c
    known = indicator_numbers(connection)
    numbers = {code: known[code] for code in codes}
    attributes = sa.select(indicator.c.number).where(indicator.c.kind == "attribute")
    mark = NEWEST if watermark is None else watermark
    asked = [o.region >= lo, o.region < hi, o.period <= last_period, o.indicator.in_(numbers.values())]
    monthly = cells_as_of(mark, *asked, o.period >= first_period, o.indicator.not_in(attributes))
    points = cells_as_of(mark, *asked, o.indicator.in_(attributes)).subquery("points")
    following = sa.func.lead(points.c.period).over(
        partition_by=(points.c.region, points.c.indicator), order_by=points.c.period
    )
    spells = sa.select(points, following.label("replaced_in")).subquery("spells")
    standing = sa.select(*(spells.c[name] for name in REPORT_COLUMNS)).where(
        sa.or_(spells.c.replaced_in.is_(None), spells.c.replaced_in > first_period)
    )
    rows = arrow_table(connection, sa.union_all(monthly, standing))
    return pd.DataFrame(
        {
            "region": rows["region"].to_numpy(),
            "indicator": codes_of(rows["indicator"].to_numpy(), numbers),
            "period": rows["period"].to_numpy(),
            "value": pd.arrays.ArrowExtensionArray(rows["value"]),
        }
    )
