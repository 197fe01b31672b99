"""The engine: one store, opened once by a process, with its commit lock."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import pandas as pd
import pyarrow as pa
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection as Connection
from sqlalchemy.engine import Engine

from ecodash.errors import StoreBroken, StoreHeld, UserError
from ecodash.settings import Settings
from ecodash.store import newest_mark, postgres, torn_log
from ecodash.store.commit_lock import CommitLock
from ecodash.store.tables import counter
from ecodash.store.troubles import DRIVER_ERRORS, Keeper, not_opened, refuse_torn

POOL_SIZE = 32
_NEWEST = "newest watermark"
"""What a connection knows of the batch it is writing."""
_ROW_GROUP = 122_880
"""So many rows DuckDB keeps together."""
_HOLDER = re.compile(r"PID (\d+)")


class Store:
    """An opened store: connections to read with, and one transaction at a time to write with.

    Args:
        engine: SQLAlchemy engine; DuckDB or PostgreSQL.

    Writing transactions come one after the other, on PostgreSQL those of all processes: numbers are given in the order
    of commits, and no two wait for each other.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        # What is read in one go is of one moment, as it is on DuckDB.
        self._readers = engine if _is_embedded(engine) else engine.execution_options(isolation_level="REPEATABLE READ")
        self._commit_lock = CommitLock()
        self._writes = 0
        self._keeper = Keeper(engine)

    @property
    def writing_seconds(self) -> float:
        """How long the writing transaction under way in this process has taken; 0 where there is none."""
        return self._commit_lock.held_seconds

    def refuse_writing(self) -> None:
        """Begin no writing transaction any more (ServiceStopping); the one under way goes on."""
        self._commit_lock.close()

    def settle(self, seconds: float) -> bool:
        """Wait for the writing transaction under way; from then on this thread alone may write.

        Args:
            seconds: to wait at most.
        Returns:
            Whether none is under way any more.
        """
        return self._commit_lock.settle(seconds)

    @property
    def writes(self) -> int:
        """How many transactions this process has committed: while it stands, nothing this process wrote is new but the
        times sessions were last used."""
        return self._writes

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection to read with; what it wrote would be rolled back."""
        with self._keeper.told(), self._readers.connect() as connection:
            yield connection

    @contextmanager
    def trying(self) -> Iterator[Connection]:
        """The one writing transaction of this process, always rolled back: what it wrote was never there."""
        with self._commit_lock, self._keeper.told(), self.engine.connect() as connection:
            transaction = connection.begin()
            try:
                _wait_for_writers(connection)
                yield connection
            finally:
                transaction.rollback()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """The one writing transaction of this process: committed whole at the end, or not at all."""
        with self._commit_lock, self._transaction() as connection:
            _wait_for_writers(connection)
            yield connection

    @contextmanager
    def writing_if_free(self, *, counts: bool = True) -> Iterator[Connection | None]:
        """As writing, but None at once where somebody else writes: for what can be written another time.

        Args:
            counts: among the writes; not where nothing that anybody keeps depends on what is written.
        """
        if not self._commit_lock.acquire(blocking=False):
            yield None
            return
        try:
            with self._transaction(counts=counts) as connection:
                if _is_embedded(connection) or postgres.try_lock_writers(connection):
                    yield connection
                else:
                    yield None
        finally:
            self._commit_lock.release()

    @contextmanager
    def alone(self, work: str) -> Iterator[bool]:
        """Whether nobody else does some work, on PostgreSQL in any process; nobody begins it meanwhile.

        Args:
            work: names it.
        """
        if _is_embedded(self.engine):
            yield True
            return
        with self.engine.connect() as connection:
            yield postgres.try_lock_work(connection, work)

    @contextmanager
    def _transaction(self, *, counts: bool = True) -> Iterator[Connection]:
        with self._keeper.told(writes=True) as stage:
            try:
                with self.engine.begin() as connection:
                    connection.info.pop(_NEWEST, None)
                    yield connection
                    newest = connection.info.pop(_NEWEST, 0)
                    stage.is_ending = True
                if newest and _is_embedded(self.engine):
                    newest_mark.write(Path(str(self.engine.url.database)), newest)
            finally:
                # Also where nobody knows whether the commit went through: what was read before may be old.
                self._writes += stage.is_ending and counts

    def close(self) -> None:
        """Release the file."""
        self.engine.dispose()


def _is_embedded(source: Engine | Connection) -> bool:
    return source.dialect.name == "duckdb"


def _wait_for_writers(connection: Connection) -> None:
    if not _is_embedded(connection):
        postgres.lock_writers(connection)


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

    def writing_if_free(self, *, counts: bool = True) -> NoReturn:
        """As writing."""
        self.writing()

    def close(self) -> None:
        """Nothing: the store it was made of stays open."""


def open_store(settings: Settings) -> Store:
    """Open the store, creating or migrating it where needed.

    Raises:
        StoreHeld: another process owns the DuckDB file.
        UserError: the file or its folder cannot be used.
    """
    engine = _engine(settings)
    database = Path(str(engine.url.database))
    try:
        if settings.is_embedded:
            refuse_torn(database, settings.backups_dir)
        try:
            _open(engine, database)
        except DRIVER_ERRORS as error:
            engine.dispose()
            if not settings.is_embedded or not torn_log.take_off(database, error):
                raise
            _open(engine, database)
    except StoreBroken:
        engine.dispose()
        raise
    except (*DRIVER_ERRORS, MemoryError) as error:
        engine.dispose()
        told = _held(error) or not_opened(error, engine)
        if told is None:
            raise
        raise told from error
    return Store(engine)


def _open(engine: Engine, database: Path) -> None:
    with engine.connect() as connection:
        if _is_embedded(engine):
            newest_mark.refuse_lost(connection, database)
        migrate(connection)


def _held(error: BaseException) -> StoreHeld | None:
    holder = _HOLDER.search(str(error))
    if holder is None and "Could not set lock" not in str(error):
        return None
    pid = int(holder[1]) if holder else None
    return StoreHeld(
        f"数据库文件正被另一个进程{f'(进程号 {pid})' if pid else ''}使用。",
        "请先停止该进程，或在运行中的网页上操作；命令行 import 会自动交给运行中的网页服务。",
        pid,
    )


def _engine(settings: Settings) -> Engine:
    try:
        # Also beside PostgreSQL: keys, kept copies and the running app's handle are in it.
        settings.home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"数据文件夹 {settings.home} 不能建立。", "请核对 ECODASH_HOME 和文件夹权限。") from error
    if not settings.is_embedded:
        return postgres.create_engine(settings.database_url)
    return sa.create_engine(
        settings.database_url,
        poolclass=sa.QueuePool,
        pool_size=POOL_SIZE,
        max_overflow=0,
        hide_parameters=True,  # What people typed belongs in no message, and so in no log.
        connect_args={"config": _duckdb_config(settings)},
    )


def _duckdb_config(settings: Settings) -> dict[str, str | bool]:
    # Nothing may be fetched at run time: without this a missing function makes DuckDB ask its extension server.
    config: dict[str, str | bool] = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}
    config["temp_directory"] = str(settings.spill_dir)
    return config | ({"memory_limit": settings.duckdb_memory} if settings.duckdb_memory else {})


def migrate(connection: Connection) -> None:
    """Bring the tables to the newest migration, within one transaction; of several processes one does so, and the others
    wait for it. Where there is nothing to do, nobody waits for anybody's commit.

    Raises:
        UserError: a newer version of this software has written them.
    """
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    script = ScriptDirectory.from_config(config)
    if (standing := _migration_of(connection)) == script.get_current_head():
        connection.commit()
        return
    if standing and standing not in {one.revision for one in script.walk_revisions()}:
        raise UserError(
            f"数据库是较新版本的程序写的（结构 {standing}），这个版本不能打开它。数据没有改动。",
            "请换用原来那个版本或更新的版本启动；要退回旧版本，请恢复升级之前的备份。",
        )
    _wait_for_writers(connection)
    command.upgrade(config, "head")
    connection.commit()


def _migration_of(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def next_number(connection: Connection, name: str) -> int:
    """The next number of a sequence. The update locks its row, so that numbers are given in commit order."""
    connection.execute(sa.update(counter).where(counter.c.name == name).values(value=counter.c.value + 1))
    number = int(connection.execute(sa.select(counter.c.value).where(counter.c.name == name)).scalar_one())
    if name == "watermark":
        connection.info[_NEWEST] = number
    return number


def frame(connection: Connection, statement: "sa.Select[Any] | sa.CompoundSelect[Any]") -> pd.DataFrame:
    """A statement's rows as a frame; through Arrow, as rows by Python would cost 40 times more."""
    arrow: pd.DataFrame = arrow_table(connection, statement).to_pandas()
    return arrow


def arrow_table(
    connection: Connection,
    statement: "sa.Select[Any] | sa.CompoundSelect[Any]",
    parameters: Mapping[str, Any] | None = None,
) -> Any:
    """A statement's rows as a table of Arrow: decimals stay numbers of the machine, where a frame makes objects.

    Args:
        parameters: values of the statement's parameters by name, where it has any.
    """
    if _is_embedded(connection):
        result = connection.execute(statement, parameters, execution_options={"duckdb_arrow": True})
        return result.arrow  # type: ignore[attr-defined]
    return postgres.copy_out(connection, statement, parameters)


def load_rows(connection: Connection, table: sa.Table, rows: Mapping[str, Any]) -> None:
    """Bulk-load columns into a table: the one statement that differs between engines.

    Args:
        rows: column name → sequence or array of equal length; columns left out stay null.
    """
    arrow = pa.table({name: _arrow_column(values, postgres.arrow_type(table.c[name])) for name, values in rows.items()})
    if _is_embedded(connection):
        raw: Any = connection.connection.driver_connection
        # In parts, so that several threads write them; their order stays.
        raw.register("incoming_rows", pa.Table.from_batches(arrow.to_batches(_ROW_GROUP), arrow.schema))
        try:
            names = ", ".join(f'"{name}"' for name in rows)
            connection.execute(sa.text(f'INSERT INTO "{table.name}" ({names}) SELECT {names} FROM incoming_rows'))  # nosec B608
        finally:
            raw.unregister("incoming_rows")
        return
    postgres.copy_in(connection, table, arrow)


def _arrow_column(values: Any, kind: pa.DataType) -> Any:
    if isinstance(values, pa.Array | pa.ChunkedArray):
        return values if values.type == kind else values.cast(kind)
    return pa.array(values, type=kind)
