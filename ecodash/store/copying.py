"""A whole store written into an empty one, of whichever engine: every row of every table, in parts of bounded size, within
one transaction of the target that ends only where both hold the same.

Figures travel as Arrow in the order they are read in, everything else as rows. Reasons: docs/adr/.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ecodash.errors import TransitionRefused, UserError
from ecodash.store import journal, postgres
from ecodash.store.digest import FIGURES, parts, rows_of, store_digest
from ecodash.store.engine import Store, arrow_table, load_rows
from ecodash.store.key_print import write_print
from ecodash.store.tables import account, audit, batch, metadata, region

Told = Callable[[str, int], None]
"""Hears the name of a table and how many of its rows are there by now."""

_ROWS, _FILES = 5_000, 8
"""So many rows are on the way at once; so many where they hold files."""
_OLD = 3
"""So many watermarks before the newest are compared."""
_CONTENT = (batch, region, audit, account)
"""No store that is in use has all of them empty."""


@dataclass(frozen=True, slots=True)
class Copied:
    """What was copied, and found alike on both sides.

    Args:
        digest: of everything, at present.
        watermark: the newest.
        compared: older watermarks at which both sides were compared too.
        rows: table → rows.
    """

    digest: str
    watermark: int
    compared: tuple[int, ...]
    rows: dict[str, int]


def refuse_used(connection: Connection, what: str) -> None:
    """That no other process has a PostgreSQL store open, as far as the server tells; a DuckDB file is opened by one anyway.

    Args:
        connection: the only one of this process.
    """
    if connection.dialect.name == "postgresql" and (others := postgres.count_others(connection)):
        raise TransitionRefused(
            f"{what}正在使用：还有 {others} 个本程序的连接。", "请先停止连接它的全部网页服务和命令，再复制。"
        )


def refuse_filled(connection: Connection) -> None:
    """That a store holds nothing yet.

    Raises:
        TransitionRefused: it does.
    """
    if any(connection.execute(sa.select(table).limit(1)).first() is not None for table in _CONTENT):
        raise TransitionRefused(
            "目标数据库里已有内容，没有改动它。", "请换一个空的数据库；确实要覆盖时，请先自行备份并清空它。"
        )


def refuse_empty(connection: Connection) -> None:
    """That a store holds something.

    Raises:
        UserError: it does not.
    """
    if not any(connection.execute(sa.select(table).limit(1)).first() is not None for table in _CONTENT):
        raise UserError("原数据库里没有任何内容，不用复制。", "请核对 --from，或 ECODASH_HOME、ECODASH_DATABASE_URL。")


def copy_store(source: Store, target: Store, key: bytes | None, told: Told) -> Copied:
    """Write everything a store holds into an empty one. Nobody writes to the source meanwhile; where anything fails or
    differs, nothing remains in the target.

    Args:
        key: the key of links the source is used with, for the target to know it by; None: it never had one.
        told: hears how far it is.
    Raises:
        TransitionRefused: the target is not empty.
        UserError: the two differ.
    """
    with source.trying(), source.reading() as given:
        if target.engine.dialect.name == "duckdb":
            # DuckDB takes no key again that was deleted within the same transaction.
            with target.writing() as taken:
                _empty(taken)
        with target.writing() as taken:
            _empty(taken)
            rows = {table.name: _copy_table(given, taken, table, told) for table in metadata.sorted_tables}
            copied = _compared(given, taken, rows)
            if key is not None and taken.dialect.name == "postgresql":
                write_print(taken, key)
    with target.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # The planner knows nothing of rows that came all at once.
        connection.execute(sa.text("ANALYZE"))
    return copied


def _empty(taken: Connection) -> None:
    """Take away what every new store has of itself: months, counters, the catalogue."""
    refuse_filled(taken)
    for table in metadata.sorted_tables:
        taken.execute(sa.delete(table))


# ── rows ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _copy_table(given: Connection, taken: Connection, table: sa.Table, told: Told) -> int:
    done = 0
    for rows in _figures(given, taken, table) if table in FIGURES else _records(given, taken, table):
        done += rows
        told(table.name, done)
    return done


def _figures(given: Connection, taken: Connection, table: sa.Table) -> Iterator[int]:
    """Write a table of figures part by part, in its order; the rows of each."""
    order = [table.c[name].nulls_last() for name in FIGURES[table]]
    for inside in parts(given, table):
        rows = arrow_table(given, sa.select(table).where(inside).order_by(*order))
        load_rows(taken, table, {name: rows[name] for name in rows.column_names})
        yield rows.num_rows


def _records(given: Connection, taken: Connection, table: sa.Table) -> Iterator[int]:
    """Write any other table; the rows of each part."""
    columns = list(table.c)
    has_files = any(isinstance(column.type, sa.LargeBinary) for column in columns)
    rows = iter(rows_of(given, columns, sa.true()))
    while some := list(islice(rows, _FILES if has_files else _ROWS)):
        if taken.dialect.name == "postgresql":
            postgres.copy_records(taken, table, some)
        elif has_files:
            taken.execute(sa.insert(table), [row._asdict() for row in some])  # type: ignore[attr-defined]
        else:
            _load(taken, table, some)
        yield len(some)


def _load(taken: Connection, table: sa.Table, rows: Sequence[Sequence[Any]]) -> None:
    """As columns: row by row DuckDB takes a millisecond each."""
    values: dict[str, Any] = {}
    for column, cells in zip(table.c, zip(*rows, strict=True), strict=True):
        bind = column.type.dialect_impl(taken.dialect).bind_processor(taken.dialect)
        values[column.name] = list(cells) if bind is None else [bind(cell) for cell in cells]
    load_rows(taken, table, values)


# ── the proof ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _compared(given: Connection, taken: Connection, rows: dict[str, int]) -> Copied:
    """That both sides hold the same, at present and at older watermarks."""
    newest = journal.newest_watermark(given)
    older = _some_of([int(seq) for seq in given.execute(sa.select(batch.c.seq).order_by(batch.c.seq)).scalars()][:-1])
    whole = store_digest(given)
    for watermark in (None, *older):
        left = whole if watermark is None else store_digest(given, watermark)
        right = store_digest(taken, watermark)
        if left != right:
            names = sorted(
                name
                for name in left.tables
                if (left.tables[name], left.rows[name]) != (right.tables[name], right.rows[name])
            )
            when = "" if watermark is None else f"截至第 {watermark} 批的"
            raise UserError(
                f"复制后核对不一致：{when}{'、'.join(names)} 与原数据库不同。目标数据库中没有留下任何内容。",
                "原数据库没有改动，可以继续使用。请重试；再次出现时请检查磁盘，并把这条信息告诉技术支持。",
            )
    for table in metadata.sorted_tables:
        found = int(taken.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())
        if found != rows[table.name]:
            raise UserError(f"复制后核对不一致：{table.name} 应有 {rows[table.name]} 行，实有 {found} 行。", "请重试。")
    return Copied(whole.total, newest, tuple(older), rows)


def _some_of(watermarks: Sequence[int]) -> list[int]:
    """A few, from the first to the last."""
    if len(watermarks) <= _OLD:
        return list(watermarks)
    step = (len(watermarks) - 1) / (_OLD - 1)
    return [watermarks[round(place * step)] for place in range(_OLD)]
