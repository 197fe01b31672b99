"""Figures read into frames."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ecodash.domain.indicators import Aggregation, Catalog, Kind
from ecodash.domain.periods import CARRY_MONTHS, FIRST_MONTH, Month
from ecodash.domain.regions import Level, key_range
from ecodash.store.columns import codes_of
from ecodash.store.difference import NEWEST
from ecodash.store.engine import arrow_table
from ecodash.store.figures import from_villages
from ecodash.store.parameters import some_months, used, whole, wholes
from ecodash.store.records import indicator_numbers
from ecodash.store.reporters import report_themselves
from ecodash.store.standing import Inside, Past, cells_as_of
from ecodash.store.stored_figures import from_rollup
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
_COUNTS = ("reported", "carried", "totals", "unweighted")
_PLACES = 6
"""Digits a computed quotient is rounded to, beyond what any indicator shows."""
_LEVELS = tuple(Level)
_IN_ORDER = np.argsort(np.argsort([level.value for level in Level]))
"""The place of each level, by rank, in the order of their names."""


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
    lo, hi = key_range(region)
    asked: dict[str, Any] = {
        "watermark": watermark, "months": list(months), "first": min(months), "last": max(months), "lo": lo, "hi": hi,
    }  # fmt: skip
    low = tuple(level for level in levels if level.rank > Level.COUNTY.rank)
    high = tuple(level for level in levels if level.rank <= Level.COUNTY.rank)
    tables = []
    if low:
        tables.append(_low(connection, catalog, numbers, codes, low, asked))
    if high:
        tables.append(_high(connection, catalog, numbers, codes, high, asked))
    shaped = _shape(pa.concat_tables(tables, promote_options="permissive"), catalog, codes, numbers, lo, hi)
    return shaped if with_parts else shaped[COLUMNS]


# ── statements ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _low(
    connection: Connection,
    catalog: Catalog,
    numbers: dict[str, int],
    codes: Sequence[str],
    levels: tuple[Level, ...],
    asked: dict[str, Any],
) -> pa.Table:
    """Villages and towns."""
    parts = catalog.parts_of(list(codes))
    ratios = [code for code in codes if catalog[code].aggregation is Aggregation.RATIO]
    lists = {
        "numbers": [numbers[code] for code in parts],
        "paired": [numbers[code] for code in catalog.parts_of(ratios)],
        "plain": [numbers[code] for code in codes if code not in ratios],
    }
    carried = max(catalog[code].kind.carry_months for code in parts)
    has_own = report_themselves(connection, asked["watermark"], asked["lo"], asked["hi"], above=Level.VILLAGE)
    past = Past(has_own_above=has_own, is_carried=carried > 0)
    given = asked | lists | {"first_period": _first_period(asked["first"], carried)}
    statement = _low_statement(levels, bool(lists["paired"]), bool(lists["plain"]), past)
    return arrow_table(connection, statement, used(statement, given))


def _first_period(first: int, carried: int) -> int:
    """The first month whose reports may stand in a month or later, where they are carried so far; 0 where it may be any."""
    month = Month.from_key(first)
    return month.plus(-carried).key if carried <= CARRY_MONTHS and FIRST_MONTH.plus(carried) <= month else 0


def _high(
    connection: Connection,
    catalog: Catalog,
    numbers: dict[str, int],
    codes: Sequence[str],
    levels: tuple[Level, ...],
    asked: dict[str, Any],
) -> pa.Table:
    """Counties and what lies above them."""
    is_above = any(level is not Level.COUNTY for level in levels)
    has_own = is_above and report_themselves(
        connection, asked["watermark"], asked["lo"], asked["hi"], above=Level.COUNTY
    )
    parts = catalog.parts_of(list(codes)) if has_own else list(codes)
    attributes = [code for code in parts if catalog[code].kind is Kind.ATTRIBUTE]
    lists = {
        "numbers": [numbers[code] for code in parts],
        "states": [numbers[code] for code in parts if code not in attributes],
        "lasting": [numbers[code] for code in attributes],
    }
    statement = _high_statement(levels, bool(lists["states"]), bool(attributes), has_own)
    return arrow_table(connection, statement, used(statement, asked | lists))


@lru_cache(maxsize=256)
def _low_statement(levels: tuple[Level, ...], has_ratios: bool, has_plain: bool, past: Past) -> sa.Select[Any]:
    return from_villages(
        whole("watermark"),
        some_months(),
        wholes("numbers"),
        wholes("paired") if has_ratios else [],
        wholes("plain") if has_plain else [],
        levels,
        Inside(whole("lo"), whole("hi")),
        replace(past, first_period=whole("first_period")),
    )


@lru_cache(maxsize=256)
def _high_statement(levels: tuple[Level, ...], has_states: bool, has_lasting: bool, has_own: bool) -> sa.Select[Any]:
    return from_rollup(
        whole("watermark"),
        some_months(),
        wholes("numbers"),
        wholes("states") if has_states else None,
        wholes("lasting") if has_lasting else None,
        levels,
        Inside(whole("lo"), whole("hi")),
        has_own_above=has_own,
    )


# ── frames ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _shape(
    rows: pa.Table, catalog: Catalog, codes: Sequence[str], numbers: dict[str, int], lo: int, hi: int
) -> pd.DataFrame:
    """Rows of figures in their order, with codes, levels and quotients."""
    by_number = {numbers[code]: code for code in codes}
    columns = {name: rows[name].to_numpy() for name in ("period", "key", "indicator", "level", *_COUNTS)}
    key, indicators = columns["key"], columns["indicator"]
    kept = np.flatnonzero(np.isin(indicators, list(by_number)) & (key >= lo) & (key < hi))
    # Of equal period, level and region the codes decide, in the order of letters.
    places = {number: place for place, number in enumerate(sorted(by_number, key=by_number.__getitem__))}
    spelled = np.array([by_number[number] for number in places], dtype=object)
    place = np.array([places.get(number, -1) for number in indicators.tolist()], dtype=np.int64)
    kept = kept[np.lexsort((place[kept], key[kept], _IN_ORDER[columns["level"][kept]], columns["period"][kept]))]
    amount, weight, pct, own = (_floats(rows[name])[kept] for name in ("amount", "weight", "pct", "own"))
    is_ratio = np.isin(
        indicators[kept],
        [number for number, code in by_number.items() if catalog[code].aggregation is Aggregation.RATIO],
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        quotient = np.where(np.isnan(pct), amount / weight, pct)
    shaped = {
        "period": columns["period"][kept],
        "region": key[kept],
        "level": [_LEVELS[rank] for rank in columns["level"][kept].tolist()],
        "indicator": spelled[place[kept]],
        "value": np.where(is_ratio, quotient, amount).round(_PLACES),
        "own": own.round(_PLACES),
        **{name: columns[name][kept] for name in _COUNTS},
        "amount": amount,
        "weight": weight,
    }
    return pd.DataFrame(shaped)


def _floats(column: pa.ChunkedArray) -> "np.ndarray[Any, np.dtype[np.float64]]":
    """Exact decimals as the nearest floats, NaN where there is none."""
    array = column.combine_chunks()
    found = np.full(len(array), np.nan)
    if array.null_count == len(array):
        return found
    present = (
        np.ones(len(array), dtype=bool) if not array.null_count else array.is_valid().to_numpy(zero_copy_only=False)
    )
    # 128 bits, the lower half first. What fits into the 53 of a float is divided exactly rounded; else by Python.
    words = np.frombuffer(array.buffers()[1], dtype=np.int64)[2 * array.offset : 2 * (array.offset + len(array))]
    lower, upper = words[0::2], words[1::2]
    is_small = (upper == lower >> 63) & (np.abs(lower) < 2**53)
    plain = present & is_small
    found[plain] = lower[plain] / float(10**array.type.scale)
    for place in np.flatnonzero(present & ~is_small):
        found[place] = float(array[int(place)].as_py())
    return found


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
