"""One SHA-256 over all that a store holds, the same on every engine: what was copied, put back or re-ordered is proved
by it.

Rows of figures (observation, target, rollup, origin) are put in the order of their columns and packed: integers in their
own width, decimals as whole numbers of their smallest unit, little-endian, a byte before each value that may be missing.
They are hashed month by month, and the table's digest is over its months. Rows of every other table are encoded value by
value (times as UTC in ISO form, texts in UTF-8, each with its length), each row is hashed, and the table's digest is over
the row hashes in ascending order: no engine's collation has a say. The whole is over names, row counts and digests.
Reasons: docs/adr/.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ecodash.domain.regions import Level
from ecodash.store import packed_rows
from ecodash.store.tables import (
    batch,
    calendar,
    doubt,
    indicator,
    metadata,
    observation,
    origin,
    rollup,
    target,
    upload_file,
)

FORM = "ecodash-digest-1"
"""Of how the digest is made; a change of it is another form."""

FIGURES = {
    observation: ("period", "region", "indicator", "seq", "sign", "value"),
    target: ("deadline", "region", "indicator", "seq", "sign", "value", "baseline"),
    rollup: (
        "period", "county", "indicator", "seq", "sign", "amount", "weight", "pct", "own",
        "reported", "carried", "totals", "unweighted",
    ),
    origin: ("period", "region", "indicator", "seq", "sheet", "file_row"),
}  # fmt: skip
"""Tables of figures, with their columns in the order rows are sorted by: month, region, and the rest."""

LEFT_OUT = frozenset({calendar.name, "session", "setup_link", "address_lock", "snapshot_opening"})
"""What every store has alike, and what is no content: who is signed in, wrong guesses, how often links were opened."""
PASSING = {"account_state": frozenset({"failures", "locked_until", "signed_in_at", "totp_step"})}
"""Columns that change by people signing in."""
NAMES_LEFT_OUT = {"counter": ("access", "attempt"), "setting": ("link_key",)}
"""Rows, by their name: counters of signing in, and the fingerprint of the key, which only some engines keep."""

_AT_ONCE = 1_000_000
"""So many rows of figures are in memory at once, or those of one province's month where they are more."""
_ROWS, _LARGE_ROWS = 5_000, 16
_LEAD = Level.PROVINCE.span


@dataclass(frozen=True, slots=True)
class StoreDigest:
    """What a store holds.

    Args:
        total: SHA-256 over everything.
        tables, rows: table → its SHA-256, and its rows.
    """

    total: str
    tables: dict[str, str]
    rows: dict[str, int]


def store_digest(connection: Connection, watermark: int | None = None) -> StoreDigest:
    """The digest of a store, in little memory whatever its size.

    Args:
        connection: within a transaction that sees one moment; on PostgreSQL that is to be REPEATABLE READ.
        watermark: what belongs to batches up to this one, and nothing that could be written later: figures, targets,
            roll-up, origins, batches, their doubts and files, and the codes of their indicators. It never changes again.
            None: everything the store holds at present.
    """
    found = dict(_whole(connection) if watermark is None else _as_of(connection, watermark))
    lines = [FORM, "whole" if watermark is None else f"watermark {watermark}"]
    lines += [f"{name} {rows} {digest}" for name, (rows, digest) in sorted(found.items())]
    return StoreDigest(
        total=hashlib.sha256("\n".join(lines).encode()).hexdigest(),
        tables={name: digest for name, (_rows, digest) in sorted(found.items())},
        rows={name: rows for name, (rows, _digest) in sorted(found.items())},
    )


def month_digests(
    connection: Connection, table: sa.Table, *, watermark: int | None = None, months: Sequence[int] | None = None
) -> dict[int, tuple[int, str]]:
    """Month → rows, and SHA-256 over them, of a table of figures.

    Args:
        months: only these; all where it is None.
    """
    period = FIGURES[table][0]
    limits = [] if watermark is None else [table.c.seq <= watermark]
    if months is not None:
        limits.append(table.c[period].in_(months))
    totals: dict[int, Any] = {}
    counts: dict[int, int] = {}
    for rows in _packed_parts(connection, table, limits):
        for month, part in _by_month(rows, period):
            totals.setdefault(month, hashlib.sha256()).update(np.ascontiguousarray(part).view(np.uint8).data)
            counts[month] = counts.get(month, 0) + len(part)
    return {month: (counts[month], totals[month].hexdigest()) for month in sorted(totals)}


# ── which rows ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _whole(connection: Connection) -> Iterator[tuple[str, tuple[int, str]]]:
    for table in metadata.sorted_tables:
        if table in FIGURES:
            yield table.name, _figures(connection, table, None)
        elif table.name not in LEFT_OUT:
            columns = [column for column in table.c if column.name not in PASSING.get(table.name, ())]
            names = NAMES_LEFT_OUT.get(table.name)
            yield table.name, _records(connection, columns, table.c.name.not_in(names) if names else sa.true())


def _as_of(connection: Connection, watermark: int) -> Iterator[tuple[str, tuple[int, str]]]:
    for table in FIGURES:
        yield table.name, _figures(connection, table, watermark)
    for table in (batch, doubt):
        yield table.name, _records(connection, list(table.c), table.c.seq <= watermark)
    kept = sa.select(batch.c.file_sha256).where(batch.c.seq <= watermark, batch.c.is_file_kept)
    yield upload_file.name, _records(connection, list(upload_file.c), upload_file.c.sha256.in_(kept))
    used = sa.union(*(sa.select(t.c.indicator).where(t.c.seq <= watermark) for t in (observation, target)))
    names = [indicator.c.number, indicator.c.code]
    yield "indicator_code", _records(connection, names, indicator.c.number.in_(used))


# ── tables of figures ──────────────────────────────────────────────────────────────────────────────────────────────


def _figures(connection: Connection, table: sa.Table, watermark: int | None) -> tuple[int, str]:
    months = month_digests(connection, table, watermark=watermark)
    lines = [",".join(FIGURES[table]), *(f"{month} {rows} {digest}" for month, (rows, digest) in months.items())]
    return sum(rows for rows, _digest in months.values()), hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _packed_parts(
    connection: Connection, table: sa.Table, limits: Sequence[sa.ColumnElement[bool]]
) -> Iterator[npt.NDArray[Any]]:
    columns = [table.c[name] for name in FIGURES[table]]
    for inside in parts(connection, table, limits):
        statement = sa.select(*columns).where(inside, *limits).order_by(*(column.nulls_last() for column in columns))
        yield packed_rows.read(connection, statement, columns)


def parts(
    connection: Connection, table: sa.Table, limits: Sequence[sa.ColumnElement[bool]] = ()
) -> list[sa.ColumnElement[bool]]:
    """Conditions that part a table, in its order, into whole months of about _AT_ONCE rows, or provinces of one month."""
    period, region = (table.c[name] for name in FIGURES[table][:2])
    lead = (region - region % _LEAD).label("lead")
    counts = connection.execute(
        sa.select(period, lead, sa.func.count()).where(*limits).group_by(period, lead).order_by(period, lead)
    ).all()
    months: dict[int, list[tuple[int, int]]] = {}
    for month, key, rows in counts:
        months.setdefault(int(month), []).append((int(key), int(rows)))
    found: list[sa.ColumnElement[bool]] = []
    run: list[int] = []
    room = _AT_ONCE
    for month, provinces in months.items():
        size = sum(rows for _key, rows in provinces)
        if run and size > room:
            found.append(period.between(run[0], run[-1]))
            run, room = [], _AT_ONCE
        if size > _AT_ONCE:
            found += [sa.and_(period == month, region.between(k, k + _LEAD - 1)) for k, _rows in provinces]
        else:
            run.append(month)
            room -= size
    return [*found, period.between(run[0], run[-1])] if run else found


def _by_month(rows: npt.NDArray[Any], period: str) -> Iterator[tuple[int, npt.NDArray[Any]]]:
    months = rows[period]
    cuts = np.flatnonzero(np.diff(months)) + 1
    for part in np.split(rows, cuts):
        if len(part):
            yield int(part[period][0]), part


# ── every other table ──────────────────────────────────────────────────────────────────────────────────────────────


def _records(
    connection: Connection, columns: Sequence[sa.Column[Any]], limit: sa.ColumnElement[bool]
) -> tuple[int, str]:
    hashes = sorted(hashlib.sha256(_encoded(row)).digest() for row in rows_of(connection, columns, limit))
    total = hashlib.sha256(",".join(column.name for column in columns).encode() + b"\n")
    for one in hashes:
        total.update(one)
    return len(hashes), total.hexdigest()


def rows_of(
    connection: Connection, columns: Sequence[sa.Column[Any]], limit: sa.ColumnElement[bool]
) -> Iterator[Sequence[Any]]:
    """The rows in parts: a few at once where they hold files."""
    if not any(isinstance(column.type, sa.LargeBinary) for column in columns):
        yield from connection.execute(sa.select(*columns).where(limit), execution_options={"yield_per": _ROWS})
        return
    keys = list(columns[0].table.primary_key.columns)
    known = [tuple(row) for row in connection.execute(sa.select(*keys).where(limit))]
    for start in range(0, len(known), _LARGE_ROWS):
        some = [
            sa.and_(*(k == v for k, v in zip(keys, one, strict=True))) for one in known[start : start + _LARGE_ROWS]
        ]
        yield from connection.execute(sa.select(*columns).where(sa.or_(*some)))


def _encoded(row: Iterable[Any]) -> bytes:
    return b"".join(map(_value, row))


def _value(value: Any) -> bytes:
    """A value with its kind and its length: no two rows are encoded alike."""
    if value is None:
        return b"n;"
    if isinstance(value, bool | np.bool_):
        return b"b1;" if value else b"b0;"
    if isinstance(value, int | np.integer):
        return b"i%d;" % int(value)
    if isinstance(value, datetime):
        return _text(b"t", value.astimezone(UTC).isoformat(timespec="microseconds").encode())
    if isinstance(value, str):
        return _text(b"s", value.encode())
    if isinstance(value, bytes | bytearray | memoryview):
        return _text(b"x", bytes(value))
    raise TypeError(f"a value of {type(value).__name__} has no place in the digest")


def _text(kind: bytes, content: bytes) -> bytes:
    return b"%s%d:%s;" % (kind, len(content), content)
