"""The county roll-up, kept in the transaction that changes the journal.

Carrying is resolved here, when a commit is written: a stock's row stands in the roll-up for every month it reaches, so
that reading a month is one sum. Reasons and figures: docs/adr/0004-carrying-forward.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ecodash.decimals import Ints
from ecodash.domain.periods import CARRY_MONTHS, Month
from ecodash.domain.regions import Level
from ecodash.store import figures
from ecodash.store.columns import cell_keys
from ecodash.store.engine import arrow_table, load_rows
from ecodash.store.parameters import some_months, used, whole, wholes
from ecodash.store.reporters import committing
from ecodash.store.standing import Inside, Past
from ecodash.store.stored_figures import last_stored
from ecodash.store.tables import indicator, observation, region, rollup

_SPAN = Level.COUNTY.span
_KEYS = ["period", "county", "indicator"]
_EXACT = ["amount", "weight", "pct", "own"]
_COUNTS = ["reported", "carried", "totals", "unweighted"]
_LAST_PERIOD = 210012
_AT_ONCE = 1_500_000
"""So many changed cells have their counties worked out by one statement."""
_MANY = 200_000
"""So many changed cells are worth reading the journal in parts, to put fewer reports in order."""
_NUMBERS = 2**15
"""More than there are indicators."""
_YEAR = 100
"""A year in yyyymm arithmetic."""


def refresh(connection: Connection, seq: int, changed: pd.DataFrame) -> None:
    """Append to the roll-up what a commit changes.

    Args:
        seq: the commit's watermark; its journal rows are written already.
        changed: one row per changed cell: region, indicator (number), period.
    """
    committing(connection)
    regions = changed["region"].to_numpy()
    is_below_city = regions % Level.CITY.span != 0
    cells = changed if is_below_city.all() else changed[is_below_city]
    county = cells["region"].to_numpy() // _SPAN * _SPAN
    groups = _groups(county)
    for first, last in groups:
        inside = slice(None) if len(groups) == 1 else (county >= first) & (county <= last)
        _refresh_counties(connection, seq, cells[inside], [int(key) for key in pd.unique(county[inside])])


def _groups(county: Ints) -> list[tuple[int, int]]:
    """The counties of some cells in groups that are worked out together: first and last of each.

    A group is as large as memory bears; the journal is in the order of the regions, so that each reads its own part.
    """
    if len(county) <= _AT_ONCE:
        return [(int(county.min()), int(county.max()))] if len(county) else []
    keys, counts = np.unique(county, return_counts=True)
    group = np.cumsum(counts) // _AT_ONCE
    return [(int(keys[group == one].min()), int(keys[group == one].max())) for one in np.unique(group)]


def _refresh_counties(connection: Connection, seq: int, cells: pd.DataFrame, counties: Sequence[int]) -> None:
    asked = _with_ratios(connection, {int(number) for number in pd.unique(cells["indicator"])})
    months = _months_reached(connection, counties, cells)
    before = stored_rows(connection, seq - 1, months, asked, counties)
    reaching = _reports_reaching(connection, months, [*asked, *_ratios_and_parts(connection, asked)], counties)
    alike = _months_alike(connection, months, reaching, counties)
    worked_out = county_rows(
        connection,
        seq,
        sorted(set(alike.values())),
        _possible(connection, asked, {report.indicator for report in reaching}),
        counties,
        Past(
            has_retractions=any(report.has_retractions for report in reaching),
            is_renewed=len(cells) > _MANY and any(report.period < months[0] for report in reaching),
            has_own_above=any(report.has_own_above for report in reaching),
            first_period=min((report.period for report in reaching), default=0),
        ),
    )
    _append_difference(connection, seq, before, _repeated(worked_out, alike))


def county_rows(
    connection: Connection,
    watermark: int,
    months: Sequence[int],
    asked: Sequence[int],
    counties: Sequence[int],
    past: Past = figures.UNKNOWN_PAST,
) -> pa.Table:
    """The roll-up as the journal says it should be: one row per (period, county, indicator)."""
    paired = _ratios_and_parts(connection, asked)
    given = {
        "watermark": watermark,
        "months": list(months),
        "first": min(months),
        "last": max(months),
        "numbers": sorted({*asked, *paired}),
        "paired": paired,
        "plain": list(asked),
        "counties": list(counties),
        "lo": min(counties),
        "hi": max(counties) + _SPAN,
        "first_period": past.first_period,
    }
    statement = _county_statement(bool(paired), replace(past, first_period=0))
    rows = arrow_table(connection, statement, used(statement, given))
    rows = rows.filter(pc.is_in(rows["indicator"], pa.array(asked, rows["indicator"].type)))
    return rows.select(["period", "key", "indicator", *_EXACT, *_COUNTS]).rename_columns([*_KEYS, *_EXACT, *_COUNTS])


@lru_cache(maxsize=64)
def _county_statement(has_ratios: bool, past: Past) -> "sa.Select[tuple[object, ...]]":
    key = observation.c.region
    further = sa.and_((key - key % _SPAN).in_(wholes("counties")), _below_city(key))
    return figures.from_villages(
        whole("watermark"),
        some_months(),
        wholes("numbers"),
        wholes("paired") if has_ratios else [],
        wholes("plain"),
        [Level.COUNTY],
        Inside(whole("lo"), whole("hi"), further),
        replace(past, first_period=whole("first_period")),
    )


def _below_city(key: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """Reports of a city itself do not count as those of a county with the same key (441900)."""
    return key % Level.CITY.span != 0


def stored_rows(
    connection: Connection, watermark: int, months: Sequence[int], asked: Sequence[int], counties: Sequence[int]
) -> pa.Table:
    """The roll-up as stored, as of a watermark: columns as county_rows."""
    r = rollup.c
    statement = last_stored(
        r.seq <= watermark,
        r.period.in_(months),
        r.indicator.in_(asked),
        r.county >= min(counties),
        r.county <= max(counties),
        r.county.in_(counties),
    )
    return arrow_table(connection, statement)


def _with_ratios(connection: Connection, numbers: set[int]) -> list[int]:
    """These indicators and the ratios they are parts of."""
    i = indicator.c
    parts = sa.select(i.number).where(sa.or_(i.numerator.in_(numbers), i.denominator.in_(numbers)))
    return sorted(numbers | {int(number) for number in connection.execute(parts).scalars()})


def _ratios_and_parts(connection: Connection, numbers: Sequence[int]) -> list[int]:
    """The ratios among these indicators, and their parts."""
    i = indicator.c
    rows = connection.execute(
        sa.select(i.number, i.numerator, i.denominator).where(i.number.in_(numbers), i.aggregation == "ratio")
    )
    return sorted({int(number) for row in rows for number in row})


def _months_reached(connection: Connection, counties: Sequence[int], cells: pd.DataFrame) -> list[int]:
    """Every month in which a changed cell may stand."""
    kinds = {int(row.number): (row.kind, int(row.reach)) for row in connection.execute(sa.select(indicator))}
    months: set[int] = set()
    oldest_attribute: int | None = None
    pairs = pd.unique(cells["period"].to_numpy(np.int64) * _NUMBERS + cells["indicator"].to_numpy(np.int64))
    for pair in pairs:
        kind, reach = kinds[int(pair % _NUMBERS)]
        first = Month.from_key(int(pair // _NUMBERS))
        months.add(first.key)
        if kind == "attribute":
            oldest_attribute = min(oldest_attribute or first.key, first.key)
        elif reach:
            months.update(first.plus(step).key for step in range(1, CARRY_MONTHS + 1))
    if oldest_attribute is not None:
        later = sa.select(rollup.c.period).where(rollup.c.period > oldest_attribute, rollup.c.county.in_(counties))
        months.update(int(period) for period in connection.execute(later.distinct()).scalars())
    return sorted(month for month in months if month <= _LAST_PERIOD)


@dataclass(frozen=True, slots=True)
class _Reports:
    """Reports of an indicator (number) for a month, how far they reach, whether any was retracted, and whether any is of
    a region above village."""

    indicator: int
    period: int
    reach: int
    has_retractions: bool
    has_own_above: bool


def _reports_reaching(
    connection: Connection, months: Sequence[int], numbers: Sequence[int], counties: Sequence[int]
) -> list[_Reports]:
    """Reports, also retracted ones, that could count in the months or end before one of them."""
    o = observation.c
    is_above_village = sa.case((o.region % Level.TOWN.span == 0, 1), else_=0)
    statement = (
        sa.select(
            o.indicator,
            o.period,
            indicator.c.reach,
            (sa.func.min(o.sign) < 0).label("has_retractions"),
            (sa.func.max(is_above_village) > 0).label("has_own_above"),
        )
        .join(indicator, indicator.c.number == o.indicator)
        .where(
            o.region >= min(counties),
            o.region < max(counties) + _SPAN,
            o.indicator.in_(numbers),
            o.period <= max(months),
            o.period + indicator.c.reach + _YEAR >= min(months),
        )
        .group_by(o.indicator, o.period, indicator.c.reach)
    )
    return [_Reports(**row._mapping) for row in connection.execute(statement)]


def _possible(connection: Connection, asked: Sequence[int], reported: set[int]) -> list[int]:
    """Those of the indicators for which anything can be worked out: of a ratio itself or both its parts are reported."""
    i = indicator.c
    ratios = connection.execute(
        sa.select(i.number, i.numerator, i.denominator).where(i.number.in_(asked), i.aggregation == "ratio")
    )
    without = {
        row.number for row in ratios if not reported & {row.number} and not reported >= {row.numerator, row.denominator}
    }
    return [number for number in asked if number not in without]


def _months_alike(
    connection: Connection,
    months: Sequence[int],
    reaching: Sequence[_Reports],
    counties: Sequence[int],
) -> dict[int, int]:
    """Month → the earliest of the months before it whose roll-up is the same but for its month.

    Between two months asked for, something can only happen where a report was made for a month (it counts from there,
    is carried from the next on, and ends when its reach ends), or where a region begins or ends.
    """
    happens: set[int] = set()
    for report in reaching:
        month = Month.from_key(report.period)
        happens |= {month.key, month.plus(1).key}
        if report.reach < _LAST_PERIOD:
            happens.add(month.plus(report.reach // _YEAR * 12 + 1).key)
    r = region.c
    for column in (r.first_month, r.last_month):
        limits = sa.select(column).where(r.key >= min(counties), r.key < max(counties) + _SPAN).distinct()
        for key in connection.execute(limits).scalars():
            happens |= {int(key), _following(int(key))}
    alike: dict[int, int] = {}
    before = 0
    for key in months:
        is_same = before in alike and not any(before < one <= key for one in happens)
        alike[key] = alike[before] if is_same else key
        before = key
    return alike


def _following(period: int) -> int:
    """The month after, also of the limits that stand for no limit."""
    return period + 1 if period % 100 < 12 else period + 89


def _repeated(rows: pa.Table, alike: Mapping[int, int]) -> pa.Table:
    """Rows of the months worked out, for every month that is like them."""
    periods = rows["period"].to_numpy()
    places, months = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=periods.dtype)]
    for month, source in alike.items():
        found = np.flatnonzero(periods == source)
        places.append(found)
        months.append(np.full(len(found), month, dtype=periods.dtype))
    repeated = rows.take(np.concatenate(places))
    return repeated.set_column(0, "period", pa.array(np.concatenate(months)))


def differing_rows(before: pa.Table, after: pa.Table) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """The rows of two roll-ups that are not the same: their places in the one and in the other."""
    (old, old_order), (new, new_order) = _in_order(before), _in_order(after)
    places = np.minimum(np.searchsorted(old, new), max(len(old) - 1, 0))
    shared = np.flatnonzero(old[places] == new) if len(old) else np.empty(0, dtype=np.intp)
    left, right = old_order[places[shared]], new_order[shared]
    same = np.ones(len(shared), dtype=np.bool_)
    for name in (*_EXACT, *_COUNTS):
        one, other = before[name].take(left), after[name].take(right)
        equal = pc.fill_null(pc.equal(one, other), False)
        same &= pc.or_(equal, pc.and_(pc.is_null(one), pc.is_null(other))).to_numpy()
    in_before, in_after = np.ones(len(before), dtype=np.bool_), np.ones(len(after), dtype=np.bool_)
    in_before[left[same]] = in_after[right[same]] = False
    return np.flatnonzero(in_before), np.flatnonzero(in_after)


def _in_order(rows: pa.Table) -> tuple[Ints, npt.NDArray[np.intp]]:
    """Each row's key, ascending, and its place."""
    keys = cell_keys(*(rows[name].to_numpy() for name in ("county", "indicator", "period")))
    order = np.argsort(keys)
    return keys[order], order


def _append_difference(connection: Connection, seq: int, before: pa.Table, after: pa.Table) -> None:
    for rows, places, sign in zip((before, after), differing_rows(before, after), (-1, 1), strict=True):
        if len(places):
            moved = rows.take(places)
            columns = {name: moved[name] for name in moved.column_names}
            columns |= {"seq": np.full(len(places), seq), "sign": np.full(len(places), sign)}
            load_rows(connection, rollup, columns)
