"""Copies of a DuckDB store that is in use: made within one transaction, so that a copy is the store as it was at one
moment, and each compared with the store row by row before it counts."""

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ecodash.domain.backup_plan import Attempt, BackupState, newest_sound, next_at
from ecodash.domain.backups import Backup, BackupFile, is_backup_name
from ecodash.errors import StoreHeld, UserError
from ecodash.settings import Settings
from ecodash.store import newest_mark
from ecodash.store.engine import Store

DATABASE, KEY, RECORD = "ecodash.duckdb", "link.key", "backup.json"
_ATTEMPT = "automatic.json"
_COPY = "ecodash_backup"
_SPARE = 50 * 1024 * 1024
"""So many bytes are to be left on the disk beside the copy."""
_HELD = ("Could not set lock", "same database file", "being used by another process", "另一个程序正在使用")
"""How DuckDB says that a file is open: in another process, in this one, and on Windows."""
_HOLDER = re.compile(r"PID (\d+)")
_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}
Sums = dict[str, tuple[int, str]]
"""Table → rows, and the sum of their hashes."""


def database_file(settings: Settings) -> Path:
    """The file of the store.

    Raises:
        UserError: the store is not a file of this machine.
    """
    if not settings.is_embedded:
        raise UserError(
            "数据库是 PostgreSQL，不在这里备份。",
            f"请由数据库管理员用 pg_dump 定期备份，并同时保存 {settings.link_key_file}（链接和动态验证码的密钥）。",
        )
    return Path(str(sa.make_url(settings.database_url).database))


# ── the copy ───────────────────────────────────────────────────────────────────────────────────────────────────────


def copy_store(store: Store, target: Path) -> Sums:
    """Copy the store to a new file while it is in use: all of it as of one moment. Commits go on meanwhile.

    Returns the rows of each table with the sum of their hashes, as of that moment.
    """
    with store.reading() as connection:
        own = str(connection.exec_driver_sql("SELECT current_database()").scalar_one())
        # A name can be bound nowhere in these statements.
        connection.exec_driver_sql(f"ATTACH {_text(str(target))} AS {_COPY}")
        try:
            connection.exec_driver_sql(f"COPY FROM DATABASE {_name(own)} TO {_COPY}")
            sums = table_sums(connection)
            connection.commit()
        except BaseException:
            connection.rollback()
            raise
        finally:
            connection.exec_driver_sql(f"DETACH {_COPY}")
            connection.commit()
    return sums


def table_sums(connection: Connection) -> Sums:
    """Rows of every table of a database, and the sum of their hashes: equal for equal rows in any order."""
    names = connection.exec_driver_sql(
        "SELECT table_name FROM duckdb_tables() WHERE database_name = current_database() AND NOT internal "
        "AND NOT temporary ORDER BY table_name"
    )
    sums = {}
    for name in [str(row[0]) for row in names]:
        # Without the cast the sum of unsigned numbers would come as a float.
        statement = f"SELECT count(*), CAST(coalesce(sum(hash(one)), 0) AS VARCHAR) FROM {_name(name)} one"  # nosec B608
        rows, total = connection.exec_driver_sql(statement).one()
        sums[name] = int(rows), str(total)
    return sums


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def engine_to_read(path: Path) -> sa.Engine:
    """An engine over a DuckDB file that cannot change it."""
    return sa.create_engine(
        sa.URL.create("duckdb", database=str(path)),
        poolclass=sa.NullPool,
        connect_args={"read_only": True, "config": _CONFIG},
    )


@contextmanager
def reading_copy(path: Path) -> Iterator[Connection]:
    """A connection to a copy that cannot change it.

    Raises:
        UserError: it is no sound database.
    """
    engine = engine_to_read(path)
    try:
        with engine.connect() as connection:
            yield connection
    except (sa.exc.DBAPIError, duckdb.Error) as error:
        raise UserError(
            f"备份文件 {path.name} 打不开，可能已损坏：{_first_line(error)}", "请改用另一份备份。"
        ) from error
    finally:
        engine.dispose()


def _first_line(error: Exception) -> str:
    return str(getattr(error, "orig", error)).strip().splitlines()[0][:200]


def schema_of(connection: Connection) -> str:
    """The migration a store has come to."""
    return str(connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar_one())


# ── folders ────────────────────────────────────────────────────────────────────────────────────────────────────────


def require_room(folder: Path, database: Path) -> None:
    """That the disk holds another copy.

    Raises:
        UserError: it does not.
    """
    needed = sum(one.stat().st_size for one in (database, wal_of(database)) if one.exists()) + _SPARE
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise UserError(
            f"磁盘空间不够：备份约需 {needed / 1e6:,.0f} MB，{folder} 所在磁盘只剩 {free / 1e6:,.0f} MB。没有生成备份。",
            "请先删除不再需要的旧备份，或清理磁盘后重试。",
        )


def wal_of(database: Path) -> Path:
    """What DuckDB has written and not yet moved into the file."""
    return database.with_name(f"{database.name}.wal")


def describe(path: Path) -> BackupFile:
    """A file's name, size and SHA-256."""
    total = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(1 << 20):
            total.update(chunk)
    return BackupFile(path.name, path.stat().st_size, total.hexdigest())


def copy_file(source: Path, target: Path) -> None:
    """Copy a file, readable by this machine's user only, and have the disk keep it."""
    with source.open("rb") as given, _private(target) as written:
        shutil.copyfileobj(given, written, 1 << 20)
        written.flush()
        os.fsync(written.fileno())


def _private(path: Path):  # type: ignore[no-untyped-def]
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


def write_record(folder: Path, backup: Backup) -> None:
    """Write a backup's own record, in place of an earlier one."""
    _write_json(folder / RECORD, backup.to_record())


def _write_json(path: Path, values: Mapping[str, Any]) -> None:
    fresh = path.with_name(f"{path.name}.new")
    with _private(fresh) as stream:
        stream.write(json.dumps(values, ensure_ascii=False, indent=2).encode())
        stream.flush()
        os.fsync(stream.fileno())
    fresh.replace(path)


def list_backups(folder: Path) -> list[Backup]:
    """The backups of a folder, newest first; what is none, or was not finished, is passed over."""
    if not folder.is_dir():
        return []
    found = (_read_record(one) for one in folder.iterdir() if is_backup_name(one.name))
    return sorted((one for one in found if one is not None), key=lambda one: (one.made_at, one.name), reverse=True)


def find_backup(folder: Path, name: str) -> Backup:
    """A backup by its name.

    Raises:
        UserError: there is none.
    """
    found = _read_record(folder / name) if is_backup_name(name) else None
    if found is None:
        raise UserError(f"没有名为“{name[:40]}”的备份。", "请在备份列表中核对名称。")
    return found


def last_attempt(folder: Path) -> Attempt | None:
    """The last time a backup was tried by itself; None where none was, or nobody can tell."""
    try:
        values = json.loads((folder / _ATTEMPT).read_text(encoding="utf-8"))
        return Attempt(datetime.fromisoformat(values["at"]), str(values["fault"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def state(settings: Settings, now: datetime, started_at: datetime | None = None) -> BackupState:
    """How an installation stands with its backups.

    Args:
        started_at: when the app was started that makes them; now where it is not known.
    """
    if not settings.is_embedded:
        return BackupState(False, None, None, None, None)
    found, last = list_backups(settings.backups_dir), last_attempt(settings.backups_dir)
    newest = newest_sound(found)
    following = None
    if settings.backup_at:
        following = next_at(settings.backup_at, now, started_at=started_at or now, backups=found, last=last)
    age = None if newest is None else max(now - newest.made_at, timedelta(0))
    return BackupState(True, newest, age, following, last)


def write_attempt(folder: Path, attempt: Attempt) -> None:
    """Keep when a backup was tried by itself, and why it failed."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _write_json(folder / _ATTEMPT, {"at": attempt.at.isoformat(), "fault": attempt.fault})


def _read_record(folder: Path) -> Backup | None:
    try:
        found = Backup.from_record(json.loads((folder / RECORD).read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    # The record's own word for its name would let a written file lead elsewhere.
    return found if found.name == folder.name else None


# ── putting one back ───────────────────────────────────────────────────────────────────────────────────────────────


def refuse_if_held(database: Path) -> None:
    """That no process uses a database file.

    Raises:
        StoreHeld: one does.
    """
    if not database.exists():
        return
    try:
        duckdb.connect(str(database), config=_CONFIG).close()
    except duckdb.Error as error:
        # What cannot be opened for another reason is what a backup is put back for.
        if held := held_by(error):
            raise held from error


def held_by(error: BaseException) -> StoreHeld | None:
    """That a process has the file open, where that is what an error says."""
    if not any(sign in str(error) for sign in _HELD):
        return None
    holder = _HOLDER.search(str(error))
    pid = int(holder[1]) if holder else None
    return StoreHeld(
        f"数据库正在使用中{f'（进程号 {pid}）' if pid else ''}，没有改动任何数据。",
        "请先停止网页服务，再运行这个命令。",
        pid,
    )


def put_in_place(staged: Path, database: Path, key: Path, aside: Path) -> None:
    """Move the database in use and its key to a folder, and staged ones in their place.

    Args:
        staged: the folder with DATABASE and, where the backup has it, KEY.
        aside: a new folder for what is in use now.
    """
    aside.mkdir(parents=True, mode=0o700)
    if (staged / KEY).exists():
        _exchange(staged / KEY, key, aside)
    # What was not moved into the old file yet would be taken for a part of the new one.
    _keep(database, aside)
    for beside in (newest_mark.mark_of(database), wal_of(database)):
        if beside.exists():
            shutil.move(beside, aside / beside.name)
    _exchange(staged / DATABASE, database, aside)


def _exchange(fresh: Path, current: Path, aside: Path) -> None:
    """Put a file in another's place at one stroke: at no moment, and after no power cut, is neither there."""
    _keep(current, aside)
    if fresh.stat().st_dev != current.parent.stat().st_dev:
        near = current.with_name(f"{current.name}.restoring")
        copy_file(fresh, near)
        fresh = near
    fresh.replace(current)


def _keep(current: Path, aside: Path) -> None:
    """Give a file a second name in a folder, or copy it there where the disk knows no second names."""
    kept = aside / current.name
    if not current.exists() or kept.exists():
        return
    try:
        os.link(current, kept)
    except OSError:
        copy_file(current, kept)
