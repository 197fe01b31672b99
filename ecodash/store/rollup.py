"""The county roll-up, kept in the transaction that changes the journal.

Carrying is resolved here, when a commit is written: a stock's row stands in the roll-up for every month it reaches, so
that reading a month is one sum. Reasons and figures: docs/adr/0004-carrying-forward.md.
"""

from collections.abc import Sequence

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ecodash.domain.periods import CARRY_MONTHS, Month
from ecodash.domain.regions import Level
from ecodash.store import figures
from ecodash.store.engine import frame, load_rows
from ecodash.store.tables import indicator, observation, rollup

_SPAN = Level.COUNTY.span
_KEYS = ["period", "county", "indicator"]
_EXACT = ["amount", "weight", "pct", "own"]
_COUNTS = ["reported", "carried", "totals", "unweighted"]
_LAST_PERIOD = 210012


def refresh(connection: Connection, seq: int, changed: pd.DataFrame) -> None:
    """Append to the roll-up what a commit changes.

    Args:
        seq: the commit's watermark; its journal rows are written already.
        changed: one row per changed cell: region, indicator (number), period.
    """
    cells = changed[(changed["region"] % _SPAN != 0) | (changed["region"] % Level.CITY.span != 0)]
    if cells.empty:
        return
    counties = sorted({int(key) - int(key) % _SPAN for key in cells["region"].unique()})
    asked = _with_ratios(connection, {int(number) for number in cells["indicator"].unique()})
    months = _months_reached(connection, counties, cells)
    before = stored_rows(connection, seq - 1, months, asked, counties)
    after = county_rows(connection, seq, months, asked, counties)
    _append_difference(connection, seq, before, after)


def county_rows(
    connection: Connection, watermark: int, months: Sequence[int], asked: Sequence[int], counties: Sequence[int]
) -> pd.DataFrame:
    """The roll-up as the journal says it should be: one row per (period, county, indicator)."""
    key = observation.c.region
    inside = sa.and_(
        key >= min(counties), key < max(counties) + _SPAN, (key - key % _SPAN).in_(counties), _below_city(key)
    )
    statement = figures.from_villages(watermark, months, _with_parts(connection, asked), [Level.COUNTY], inside)
    rows = frame(connection, statement)
    rows = rows[rows["indicator"].isin(list(asked))].rename(columns={"key": "county"})
    return rows[[*_KEYS, *_EXACT, *_COUNTS]]


def _below_city(key: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """Reports of a city itself do not count as those of a county with the same key (441900)."""
    return key % Level.CITY.span != 0


def stored_rows(
    connection: Connection, watermark: int, months: Sequence[int], asked: Sequence[int], counties: Sequence[int]
) -> pd.DataFrame:
    """The roll-up as stored, as of a watermark: columns as county_rows."""
    r = rollup.c
    statement = (
        sa.select(
            r.period,
            r.county,
            r.indicator,
            *(figures.net_sum(r[name]).label(name) for name in (*_EXACT, *_COUNTS)),
        )
        .where(
            r.seq <= watermark,
            r.period.in_(months),
            r.indicator.in_(asked),
            r.county >= min(counties),
            r.county <= max(counties),
            r.county.in_(counties),
        )
        .group_by(r.period, r.county, r.indicator)
        .having(sa.func.sum(r.sign) > 0)
    )
    return frame(connection, statement)


def _with_ratios(connection: Connection, numbers: set[int]) -> list[int]:
    """These indicators and the ratios they are parts of."""
    i = indicator.c
    parts = sa.select(i.number).where(sa.or_(i.numerator.in_(numbers), i.denominator.in_(numbers)))
    return sorted(numbers | {int(number) for number in connection.execute(parts).scalars()})


def _with_parts(connection: Connection, numbers: Sequence[int]) -> list[int]:
    """These indicators and the parts of the ratios among them."""
    i = indicator.c
    rows = connection.execute(
        sa.select(i.numerator, i.denominator).where(i.number.in_(numbers), i.aggregation == "ratio")
    )
    return sorted({*numbers, *(int(part) for row in rows for part in row)})


def _months_reached(connection: Connection, counties: Sequence[int], cells: pd.DataFrame) -> list[int]:
    """Every month in which a changed cell may stand."""
    kinds = {int(row.number): (row.kind, int(row.reach)) for row in connection.execute(sa.select(indicator))}
    months: set[int] = set()
    oldest_attribute: int | None = None
    for number, period in cells[["indicator", "period"]].drop_duplicates().itertuples(index=False):
        kind, reach = kinds[int(number)]
        first = Month.from_key(period)
        months.add(first.key)
        if kind == "attribute":
            oldest_attribute = min(oldest_attribute or first.key, first.key)
        elif reach:
            months.update(first.plus(step).key for step in range(1, CARRY_MONTHS + 1))
    if oldest_attribute is not None:
        later = sa.select(rollup.c.period).where(rollup.c.period > oldest_attribute, rollup.c.county.in_(counties))
        months.update(int(period) for period in connection.execute(later.distinct()).scalars())
    return sorted(month for month in months if month <= _LAST_PERIOD)


def differing_rows(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """The rows of two roll-ups that are not the same.

    Returns:
        One row per (period, county, indicator) that differs: side (left_only, right_only, both) and every column with
        _old and _new.
    """
    both = before.merge(after, on=_KEYS, how="outer", suffixes=("_old", "_new"), indicator="side")
    same = both["side"] == "both"
    for name in (*_EXACT, *_COUNTS):
        old, new = both[f"{name}_old"], both[f"{name}_new"]
        same &= (old == new) | (old.isna() & new.isna())
    return both[~same]


def _append_difference(connection: Connection, seq: int, before: pd.DataFrame, after: pd.DataFrame) -> None:
    moved = differing_rows(before, after)
    for side, suffix, sign in (("left_only", "_old", -1), ("right_only", "_new", 1)):
        rows = moved[moved["side"].isin(["both", side])]
        if rows.empty:
            continue
        columns = {name: rows[name].to_list() for name in _KEYS}
        columns |= {name: [None if pd.isna(v) else v for v in rows[name + suffix]] for name in _EXACT}
        columns |= {name: rows[name + suffix].astype(int).to_list() for name in _COUNTS}
        columns |= {"seq": [seq] * len(rows), "sign": [sign] * len(rows)}
        load_rows(connection, rollup, columns)
