"""What PostgreSQL needs beside the common statements: its engine, bulk rows in and out, the lock of writers, months.

Rows go in and out by COPY: row by row they would take 20 to 50 times longer. Values cross as CSV, in which a null is an
empty field without quotes and an empty text one with them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from io import BytesIO
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa
from pyarrow import csv
from sqlalchemy.engine import Connection, Engine

from ecodash.domain.periods import Month
from ecodash.store.tables import MARK, spell, unspell

_WRITERS = 7_305_442_190_117
"""Names the lock that every writing transaction of every process takes first."""
_WORKS = 730_544
"""Names, with a number each, the locks of works that only one process does at a time."""
_POOL, _MORE = 4, 16
"""Connections a process keeps open, and opens for a while where many read at once."""
_NAME = "ecodash"
"""What the server is told a connection belongs to."""
_AS_ARROW = "ecodash_copy"
_JOURNAL = "observation"


def create_engine(url: str) -> Engine:
    """An engine on PostgreSQL whose sessions count in UTC and never compile statements to machine code first.

    Plans are made for the values at hand (prepare_threshold): a plan for any value would read every month's partition.
    """
    engine = sa.create_engine(
        url,
        pool_size=_POOL,
        max_overflow=_MORE,
        pool_pre_ping=True,
        hide_parameters=True,  # What people typed belongs in no message, and so in no log.
        connect_args={
            "options": "-c timezone=UTC -c jit=off -c work_mem=32MB -c client_encoding=UTF8",
            "application_name": _NAME,
            "prepare_threshold": None,
            "connect_timeout": 10,
        },
    )
    sa.event.listen(engine, "do_execute", _copy_instead)
    sa.event.listen(engine, "do_execute_no_params", _copy_instead_plain)
    return engine


def lock_writers(connection: Connection) -> None:
    """Wait until no other transaction of any process writes. Given back when the transaction ends."""
    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_WRITERS)))


def try_lock_writers(connection: Connection) -> bool:
    """As lock_writers, but False at once where another transaction writes."""
    return bool(connection.execute(sa.select(sa.func.pg_try_advisory_xact_lock(_WRITERS))).scalar_one())


def try_lock_work(connection: Connection, work: str) -> bool:
    """Whether nobody else does some work of a name; held until the transaction ends."""
    return bool(
        connection.execute(sa.select(sa.func.pg_try_advisory_xact_lock(_WORKS, sa.func.hashtext(work)))).scalar_one()
    )


# ── rows out ───────────────────────────────────────────────────────────────────────────────────────────────────────


def copy_out(
    connection: Connection,
    statement: "sa.Select[Any] | sa.CompoundSelect[Any]",
    parameters: Mapping[str, Any] | None = None,
) -> pa.Table:
    """A statement's rows as a table of Arrow, typed as its columns are."""
    types = {column.name: arrow_type(column) for column in statement.selected_columns}
    if len(types) != len(statement.selected_columns):
        raise ValueError("two columns of a statement have one name")
    result = connection.execute(statement, parameters, execution_options={_AS_ARROW: True})
    content: bytes = result.context.copied  # type: ignore[attr-defined]
    if not content:
        return pa.schema(list(types.items())).empty_table()
    copied = csv.read_csv(
        BytesIO(content),
        read_options=csv.ReadOptions(column_names=list(types), block_size=max(1 << 20, len(content) // 8)),
        parse_options=csv.ParseOptions(newlines_in_values=True),
        convert_options=csv.ConvertOptions(
            column_types=types,
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            true_values=["t"],
            false_values=["f"],
        ),
    )
    return _respelled(copied, unspell, MARK) if MARK.encode() in content else copied


def _respelled(rows: pa.Table, change: Callable[[str | None], str | None], *signs: str) -> pa.Table:
    """The same with every text changed that holds one of the signs (tables.Text)."""
    for place, field in enumerate(rows.schema):
        if field.type == pa.string() and any(pc.any(pc.match_substring(rows[place], one)).as_py() for one in signs):
            rows = rows.set_column(
                place, field, pa.array([change(text) for text in rows[place].to_pylist()], pa.string())
            )
    return rows


def _copy_instead(cursor: Any, statement: str, parameters: Any, context: Any) -> bool:
    if not context.execution_options.get(_AS_ARROW):
        return False
    chunks: list[bytes] = []
    # Without parameters the driver takes the text as it is, where the dialect has doubled what it would else take for one.
    text = statement if parameters else statement.replace("%%", "%")
    copy = f"COPY ({text}) TO STDOUT (FORMAT csv)"
    # On a cursor of its own: the given one is then looked at for rows, which a copy does not leave.
    with cursor.connection.cursor() as other:
        # How many rows a part of these statements gives cannot be foreseen; where one was taken to be next to nothing, a
        # loop within a loop would compare each of its rows with all others.
        other.execute("SET LOCAL enable_nestloop = off")
        with other.copy(copy, parameters or None) as copying:
            chunks.extend(bytes(chunk) for chunk in copying)
        other.execute("SET LOCAL enable_nestloop = on")
    context.copied = b"".join(chunks)
    return True


def _copy_instead_plain(cursor: Any, statement: str, context: Any) -> bool:
    return _copy_instead(cursor, statement, None, context)


def arrow_type(column: "sa.ColumnElement[Any]") -> pa.DataType:
    """The type of a column in Arrow; whole numbers that a statement works out may need all 64 bits."""
    kind = column.type
    if isinstance(kind, sa.Boolean):
        return pa.bool_()
    if isinstance(kind, sa.Float):
        return pa.float64()
    if isinstance(kind, sa.Numeric):
        return pa.decimal128(kind.precision or 18, kind.scale or 4)
    if isinstance(kind, sa.BigInteger) or (isinstance(kind, sa.Integer) and not _is_stored(column)):
        return pa.int64()
    if isinstance(kind, sa.SmallInteger):
        return pa.int16()
    if isinstance(kind, sa.Integer):
        return pa.int32()
    if isinstance(kind, sa.DateTime) or isinstance(getattr(kind, "impl", None), sa.DateTime):
        return pa.timestamp("us")
    if isinstance(kind, sa.String) or isinstance(getattr(kind, "impl", None), sa.String):
        return pa.string()
    raise TypeError(f"no type of Arrow for the column {column} of {kind!r}")


def _is_stored(column: "sa.ColumnElement[Any]") -> bool:
    return any(isinstance(base, sa.Column) and isinstance(base.table, sa.Table) for base in column.base_columns)


# ── rows in ────────────────────────────────────────────────────────────────────────────────────────────────────────


def copy_in(connection: Connection, table: sa.Table, rows: pa.Table) -> None:
    """Append rows to a table, whose months get their partitions first where it is the journal."""
    if table.name == _JOURNAL:
        add_months(connection, (int(period) for period in pc.unique(rows["period"]).to_pylist()))
    rows = _respelled(rows, spell, MARK, "\0")
    written = BytesIO()
    csv.write_csv(rows, written, csv.WriteOptions(include_header=False))
    quote = connection.dialect.identifier_preparer.quote
    names = ", ".join(quote(name) for name in rows.column_names)
    raw: Any = connection.connection.driver_connection
    with raw.cursor() as cursor, cursor.copy(f"COPY {quote(table.name)} ({names}) FROM STDIN (FORMAT csv)") as copying:
        copying.write(written.getvalue())


def copy_records(connection: Connection, table: sa.Table, rows: Iterable[Sequence[Any]]) -> None:
    """Append rows of all columns of a table, whatever they hold: files and texts with line ends too."""
    dialect = connection.dialect
    binds = [column.type.dialect_impl(dialect).bind_processor(dialect) for column in table.c]
    quote = dialect.identifier_preparer.quote
    names = ", ".join(quote(column.name) for column in table.c)
    raw: Any = connection.connection.driver_connection
    with raw.cursor() as cursor, cursor.copy(f"COPY {quote(table.name)} ({names}) FROM STDIN") as copying:
        for row in rows:
            copying.write_row([value if bind is None else bind(value) for bind, value in zip(binds, row, strict=True)])


def count_others(connection: Connection) -> int:
    """How many other connections of this software a database has, as far as its account is told."""
    others = sa.text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = :name "
        "AND pid <> pg_backend_pid()"
    )
    return int(connection.execute(others, {"name": _NAME}).scalar_one())


# ── months ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def add_months(connection: Connection, periods: Iterable[int]) -> None:
    """A partition of the journal for each month (yyyymm) that has none yet.

    Made apart and then attached, which lets others read the journal meanwhile. Writers come one after the other.
    """
    wanted = {f"{_JOURNAL}_{period}": period for period in periods}
    for name in sorted(wanted.keys() - set(_partitions(connection))):
        period = wanted[name]
        following = Month.from_key(period).plus(1).key
        connection.execute(sa.text(f"CREATE TABLE {name} (LIKE {_JOURNAL} INCLUDING DEFAULTS)"))  # nosec B608
        connection.execute(
            sa.text(f"ALTER TABLE {_JOURNAL} ATTACH PARTITION {name} FOR VALUES FROM ({period}) TO ({following})")
        )


def _partitions(connection: Connection) -> Sequence[str]:
    names = sa.text("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = CAST(:journal AS regclass)")
    return connection.execute(names, {"journal": _JOURNAL}).scalars().all()
