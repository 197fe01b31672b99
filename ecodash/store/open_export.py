"""Everything a store holds that may be given away, read in parts of bounded size as tables of Arrow."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ecodash.domain.regions import region_code
from ecodash.store.digest import parts
from ecodash.store.engine import arrow_table
from ecodash.store.records import indicator_numbers
from ecodash.store.tables import (
    VALUE,
    batch,
    definition,
    doubt,
    frozen_table,
    month_deadline,
    month_lock,
    observation,
    origin,
    region,
    region_alias,
    snapshot,
    target,
)

Part = tuple[int, pa.Table]
"""A month (yyyymm), and rows of it."""


class Names:
    """Codes and names for the numbers a store works with, put in place of whole columns at once.

    Args:
        connection: a store's.
    """

    def __init__(self, connection: Connection) -> None:
        rows = connection.execute(sa.select(region.c.key, region.c.full_name)).all()
        keys = [int(row.key) for row in rows]
        self.full_names = {int(row.key): str(row.full_name) for row in rows}
        self._keys = pa.array(keys, pa.int64())
        self._codes = pa.array([region_code(key) for key in keys], pa.string())
        self._names = pa.array([str(row.full_name) for row in rows], pa.string())
        codes = indicator_numbers(connection)
        self.codes = {number: code for code, number in codes.items()}
        self._numbers = pa.array(list(codes.values()), pa.int64())
        self._indicators = pa.array(list(codes), pa.string())

    def code(self, keys: Any) -> Any:
        """Codes of region keys."""
        return self._codes.take(pc.index_in(pc.cast(keys, pa.int64()), self._keys))

    def name(self, keys: Any) -> Any:
        """Full names of region keys."""
        return self._names.take(pc.index_in(pc.cast(keys, pa.int64()), self._keys))

    def indicator(self, numbers: Any) -> Any:
        """Codes of indicator numbers; null for 0, which stands for all."""
        return self._indicators.take(pc.index_in(pc.cast(numbers, pa.int64()), self._numbers))


def months_text(periods: Any) -> Any:
    """2026-10 for 202610, of a column; null for 0."""
    text = pc.cast(periods, pa.string())
    shown = pc.binary_join_element_wise(pc.utf8_slice_codeunits(text, 0, 4), pc.utf8_slice_codeunits(text, 4, 6), "-")
    return pc.if_else(pc.greater(periods, 0), shown, None)


# ── figures, month by month ────────────────────────────────────────────────────────────────────────────────────────


def standing_figures(connection: Connection, names: Names, watermark: int) -> Iterator[Part]:
    """The figures that stand as of a watermark, by region and indicator."""
    o = observation.c
    limits = [o.seq <= watermark]
    for inside in parts(connection, observation, limits):
        statement = (
            sa.select(
                o.period,
                o.region,
                o.indicator,
                sa.cast(sa.func.sum(o.value * o.sign), VALUE).label("value"),
                sa.func.max(o.seq).label("batch"),
            )
            .where(inside, *limits)
            .group_by(o.period, o.region, o.indicator)
            .having(sa.func.sum(o.sign) > 0)
            .order_by(o.period, o.region, o.indicator)
        )
        yield from _by_month(arrow_table(connection, statement), lambda rows: _figures(rows, names))


def _figures(rows: pa.Table, names: Names) -> pa.Table:
    return pa.table(
        {
            "month": months_text(rows["period"]),
            "region_code": names.code(rows["region"]),
            "region_name": names.name(rows["region"]),
            "indicator": names.indicator(rows["indicator"]),
            "value": rows["value"].cast(pa.decimal128(18, 4)),
            "last_batch": rows["batch"].cast(pa.int64()),
        }
    )


def journal_rows(connection: Connection, names: Names, watermark: int) -> Iterator[Part]:
    """Every row of the journal up to a watermark, in the order the digest reads them in."""
    o = observation.c
    limits = [o.seq <= watermark]
    for inside in parts(connection, observation, limits):
        statement = (
            sa.select(o.period, o.region, o.indicator, o.seq, o.sign, o.value)
            .where(inside, *limits)
            .order_by(o.period, o.region, o.indicator, o.seq, o.sign)
        )
        yield from _by_month(arrow_table(connection, statement), lambda rows: _journal(rows, names))


def _journal(rows: pa.Table, names: Names) -> pa.Table:
    return pa.table(
        {
            "batch": rows["seq"].cast(pa.int64()),
            "month": months_text(rows["period"]),
            "region_code": names.code(rows["region"]),
            "indicator": names.indicator(rows["indicator"]),
            "sign": rows["sign"].cast(pa.int16()),
            "value": rows["value"].cast(pa.decimal128(18, 4)),
        }
    )


def origins(connection: Connection, names: Names, watermark: int) -> Iterator[Part]:
    """Where in its file every figure came from."""
    o = origin.c
    limits = [o.seq <= watermark]
    for inside in parts(connection, origin, limits):
        statement = (
            sa.select(o.period, o.region, o.indicator, o.seq, o.sheet, o.file_row)
            .where(inside, *limits)
            .order_by(o.period, o.region, o.indicator, o.seq)
        )
        yield from _by_month(arrow_table(connection, statement), lambda rows: _origins(rows, names))


def _origins(rows: pa.Table, names: Names) -> pa.Table:
    return pa.table(
        {
            "batch": rows["seq"].cast(pa.int64()),
            "month": months_text(rows["period"]),
            "region_code": names.code(rows["region"]),
            "indicator": names.indicator(rows["indicator"]),
            "sheet": pc.add(rows["sheet"].cast(pa.int32()), 1),
            "file_row": rows["file_row"].cast(pa.int32()),
        }
    )


def _by_month(rows: pa.Table, shown: Callable[[pa.Table], pa.Table]) -> Iterator[Part]:
    """Rows in the order of their months, cut where the month changes."""
    periods = rows["period"].to_numpy()
    start = 0
    while start < len(periods):
        end = int(periods.searchsorted(periods[start], side="right"))
        yield int(periods[start]), shown(rows.slice(start, end - start))
        start = end


# ── everything else ────────────────────────────────────────────────────────────────────────────────────────────────


def records_of(connection: Connection, watermark: int) -> Mapping[str, list[dict[str, Any]]]:
    """The rows of every smaller table that may be given away, by its name; times aware, regions and indicators as keys and
    numbers."""
    return {
        "target_journal": _rows(connection, target, target.c.seq <= watermark, ("deadline", "region", "indicator", "seq", "sign")),
        "batches": _rows(connection, batch, batch.c.seq <= watermark, ("seq",)),
        "doubts": _rows(connection, doubt, doubt.c.seq <= watermark, ("seq", "position")),
        "regions": _rows(connection, region, sa.true(), ("key",)),
        "region_aliases": _rows(connection, region_alias, sa.true(), ("key", "added_at")),
        "definitions": _rows(connection, definition, sa.true(), ("number",)),
        "month_closings": _rows(connection, month_lock, sa.true(), ("number",)),
        "deadlines": _rows(connection, month_deadline, sa.true(), ("number",)),
        "snapshots": _rows(connection, snapshot, snapshot.c.watermark <= watermark, ("number",)),
    }  # fmt: skip


def _rows(
    connection: Connection, table: sa.Table, limit: sa.ColumnElement[bool], order: Sequence[str]
) -> list[dict[str, Any]]:
    statement = sa.select(table).where(limit).order_by(*(table.c[name] for name in order))
    return [dict(row._mapping) for row in connection.execute(statement)]


def frozen_tables(connection: Connection, watermark: int) -> Iterator[tuple[int, int, str, str, bytes]]:
    """Snapshot, position, name, SHA-256 and Parquet bytes of every frozen table, one at a time."""
    f = frozen_table.c
    listed = (
        sa.select(f.snapshot, f.position, f.name, f.sha256)
        .join(snapshot, snapshot.c.number == f.snapshot)
        .where(snapshot.c.watermark <= watermark)
        .order_by(f.snapshot, f.position)
    )
    for number, position, name, sha256 in connection.execute(listed).all():
        content = sa.select(f.content).where(f.snapshot == number, f.position == position)
        yield int(number), int(position), str(name), str(sha256), bytes(connection.execute(content).scalar_one())
