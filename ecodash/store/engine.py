"""The engine: one store, opened once by a process, with its commit lock."""

import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import duckdb
import pandas as pd
import pyarrow as pa
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy.engine import Connection as Connection
from sqlalchemy.engine import Engine

from ecodash.errors import StoreHeld, UserError
from ecodash.settings import Settings
from ecodash.store.tables import counter

POOL_SIZE = 32
_INSERTED = 10_000
"""So many rows are sent to PostgreSQL at once."""
_ROW_GROUP = 122_880
"""So many rows DuckDB keeps together."""
_HOLDER = re.compile(r"PID (\d+)")


class Store:
    """An opened store: connections to read with, and one transaction at a time to write with.

    Args:
        engine: SQLAlchemy engine; DuckDB or PostgreSQL.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._commit_lock = threading.Lock()
        self._writes = 0

    @property
    def writes(self) -> int:
        """How many transactions this process has committed: while it stands, nothing this process wrote is new."""
        return self._writes

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection to read with; what it wrote would be rolled back."""
        with self.engine.connect() as connection:
            yield connection

    @contextmanager
    def trying(self) -> Iterator[Connection]:
        """The one writing transaction of this process, always rolled back: what it wrote was never there."""
        with self._commit_lock, self.engine.connect() as connection:
            transaction = connection.begin()
            try:
                yield connection
            finally:
                transaction.rollback()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """The one writing transaction of this process: committed whole at the end, or not at all."""
        with self._commit_lock:
            with self.engine.begin() as connection:
                yield connection
            self._writes += 1

    @contextmanager
    def writing_if_free(self) -> Iterator[Connection | None]:
        """As writing, but None at once where somebody else writes: for what can be written another time."""
        if not self._commit_lock.acquire(blocking=False):
            yield None
            return
        try:
            with self.engine.begin() as connection:
                yield connection
            self._writes += 1
        finally:
            self._commit_lock.release()

    def close(self) -> None:
        """Release the file."""
        self.engine.dispose()


class Rehearsal(Store):
    """A store as it would be after a commit that is not made: reads see one open transaction.

    Args:
        connection: the transaction.
        watermark: the newest number in it.
    """

    def __init__(self, engine: Engine, connection: Connection, watermark: int) -> None:
        super().__init__(engine)
        self.watermark = watermark
        self._connection = connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """The transaction itself; one reader at a time."""
        yield self._connection

    def writing(self) -> NoReturn:
        """Not to be had: nothing of a rehearsal remains."""
        raise RuntimeError("a rehearsal is not written to")

    trying = writing
    writing_if_free = writing

    def close(self) -> None:
        """Nothing: the store it was made of stays open."""


def open_store(settings: Settings) -> Store:
    """Open the store, creating or migrating it where needed.

    Raises:
        StoreHeld: another process owns the DuckDB file.
        UserError: the file or its folder cannot be used.
    """
    engine = _engine(settings)
    try:
        with engine.connect() as connection:
            migrate(connection)
    except (sa.exc.OperationalError, sa.exc.DBAPIError, duckdb.IOException) as error:
        engine.dispose()
        holder = _HOLDER.search(str(error))
        if holder is None and "Could not set lock" not in str(error):
            if settings.is_embedded and isinstance(error.__cause__ or error, duckdb.IOException):
                raise UserError(
                    f"数据库文件 {settings.home / 'ecodash.duckdb'} 打不开：它不是完好的数据库，或没有读写权限。",
                    "请核对 ECODASH_HOME 和文件权限；文件损坏时请用备份恢复，不要删除原文件。",
                ) from error
            raise
        pid = int(holder[1]) if holder else None
        raise StoreHeld(
            f"数据库文件正被另一个进程{f'(进程号 {pid})' if pid else ''}使用。",
            "请先停止该进程，或在运行中的网页上操作；命令行 import 会自动交给运行中的网页服务。",
            pid,
        ) from error
    return Store(engine)


def _engine(settings: Settings) -> Engine:
    if not settings.is_embedded:
        return sa.create_engine(settings.database_url, pool_size=POOL_SIZE, max_overflow=0)
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"数据文件夹 {settings.home} 不能建立。", "请核对 ECODASH_HOME 和文件夹权限。") from error
    return sa.create_engine(
        settings.database_url,
        poolclass=sa.QueuePool,
        pool_size=POOL_SIZE,
        max_overflow=0,
        connect_args={"config": _duckdb_config(settings)},
    )


def _duckdb_config(settings: Settings) -> dict[str, str | bool]:
    # Nothing may be fetched at run time: without this a missing function makes DuckDB ask its extension server.
    config: dict[str, str | bool] = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}
    config["temp_directory"] = str(settings.spill_dir)
    return config | ({"memory_limit": settings.duckdb_memory} if settings.duckdb_memory else {})


def migrate(connection: Connection) -> None:
    """Bring the tables to the newest migration, within one transaction."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    connection.commit()


def next_number(connection: Connection, name: str) -> int:
    """The next number of a sequence. The update locks its row, so that numbers are given in commit order."""
    connection.execute(sa.update(counter).where(counter.c.name == name).values(value=counter.c.value + 1))
    return int(connection.execute(sa.select(counter.c.value).where(counter.c.name == name)).scalar_one())


def frame(connection: Connection, statement: sa.Executable) -> pd.DataFrame:
    """A statement's rows as a frame; through Arrow on DuckDB, where rows by Python would cost 40 times more."""
    if connection.dialect.name == "duckdb":
        result = connection.execute(statement, execution_options={"duckdb_arrow": True})
        arrow: pd.DataFrame = result.arrow.to_pandas()  # type: ignore[attr-defined]
        return arrow
    rows = connection.execute(statement)
    return pd.DataFrame(rows.fetchall(), columns=list(rows.keys()))


def arrow_table(connection: Connection, statement: "sa.Select[Any] | sa.CompoundSelect[Any]") -> Any:
    """A statement's rows as a table of Arrow: decimals stay numbers of the machine, where a frame makes objects."""
    if connection.dialect.name == "duckdb":
        result = connection.execute(statement, execution_options={"duckdb_arrow": True})
        return result.arrow  # type: ignore[attr-defined]
    rows = connection.execute(statement).fetchall()
    columns = statement.selected_columns
    return pa.table(
        {
            column.name: pa.array([row[place] for row in rows], type=_arrow_type(column))
            for place, column in enumerate(columns)
        }
    )


def load_rows(connection: Connection, table: sa.Table, rows: Mapping[str, Any]) -> None:
    """Bulk-load columns into a table: the one statement that differs between engines.

    Args:
        rows: column name → sequence or array of equal length; columns left out stay null.
    """
    arrow = pa.table({name: _arrow_column(values, _arrow_type(table.c[name])) for name, values in rows.items()})
    if connection.dialect.name == "duckdb":
        raw: Any = connection.connection.driver_connection
        # In parts, so that several threads write them; their order stays.
        raw.register("incoming_rows", pa.Table.from_batches(arrow.to_batches(_ROW_GROUP), arrow.schema))
        try:
            names = ", ".join(f'"{name}"' for name in rows)
            connection.execute(sa.text(f'INSERT INTO "{table.name}" ({names}) SELECT {names} FROM incoming_rows'))  # nosec B608
        finally:
            raw.unregister("incoming_rows")
        return
    for part in arrow.to_batches(_INSERTED):
        connection.execute(sa.insert(table), part.to_pylist())


def _arrow_column(values: Any, kind: pa.DataType) -> Any:
    if isinstance(values, pa.Array | pa.ChunkedArray):
        return values if values.type == kind else values.cast(kind)
    return pa.array(values, type=kind)


def _arrow_type(column: "sa.ColumnElement[Any]") -> pa.DataType:
    kind = column.type
    if isinstance(kind, sa.Boolean):
        return pa.bool_()
    if isinstance(kind, sa.Numeric):
        return pa.decimal128(kind.precision or 18, kind.scale or 4)
    if isinstance(kind, sa.SmallInteger):
        return pa.int16()
    if isinstance(kind, sa.BigInteger):
        return pa.int64()
    if isinstance(kind, sa.Integer):
        return pa.int32()
    return pa.string()
