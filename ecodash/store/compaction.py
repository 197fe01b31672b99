"""A DuckDB file written anew without the room that rewritten blocks left in it, and put in the old one's place."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ecodash.errors import StoreHeld, TransitionRefused, UserError
from ecodash.settings import Settings
from ecodash.store import backup as backups
from ecodash.store.digest import StoreDigest, store_digest
from ecodash.store.engine import Store

_FRESH, _OLD = "compacting", "before-compacting"


def fresh_file(database: Path) -> Path:
    """Where the new file is written: beside the old one, so that it can take its place at one stroke."""
    return database.with_name(f"{database.name}.{_FRESH}")


def write_fresh(store: Store, fresh: Path) -> StoreDigest:
    """Copy a store into a new file, and compare the two: every table's rows by sums of their hashes, and all content by
    its digest.

    Raises:
        UserError: they differ.
    """
    remove_fresh(fresh)
    with store.reading() as connection:
        before = store_digest(connection)
    sums = backups.copy_store(store, fresh)
    fresh.chmod(0o600)
    with backups.reading_copy(fresh) as connection:
        copied, after = backups.table_sums(connection), store_digest(connection)
    if sums != copied or before != after:
        raise UserError(
            "压缩后的文件与现在的数据库不一致，已丢弃，没有改动任何数据。",
            "请运行 python -m ecodash verify 核对数据库。",
        )
    return before


def remove_fresh(fresh: Path) -> None:
    """Remove what an attempt left."""
    for one in (fresh, backups.wal_of(fresh)):
        one.unlink(missing_ok=True)


def settle(store: Store) -> None:
    """Have everything written moved into the file."""
    with store.engine.connect() as connection:
        connection.exec_driver_sql("CHECKPOINT")


def size_of(database: Path) -> int:
    """Bytes of a database with what is not moved into it yet."""
    return sum(one.stat().st_size for one in (database, backups.wal_of(database)) if one.exists())


def put_in_place(fresh: Path, database: Path) -> Path:
    """Put the new file in the old one's place while nobody has it open; returns where the old one is kept.

    At no moment, and after no power cut, is there no database.

    Raises:
        StoreHeld: a process opened the old file meanwhile.
        TransitionRefused: one wrote to it.
    """
    old = database.with_name(f"{database.name}.{_OLD}")
    old.unlink(missing_ok=True)
    with _kept_closed(database):
        if backups.wal_of(database).exists():
            raise TransitionRefused("数据库在压缩期间又有写入，没有替换。", "请停止网页服务后重新运行。")
        try:
            os.link(database, old)
        except OSError:
            backups.copy_file(database, old)
        fresh.replace(database)
    return old


def take_back(old: Path, database: Path) -> None:
    """Put the old file back."""
    backups.wal_of(database).unlink(missing_ok=True)
    old.replace(database)


def is_sound(settings: Settings, expected: StoreDigest) -> bool:
    """Whether the database in place opens and has the rows it is to have; audit and its counter may have grown."""
    grown = {"audit", "counter"}
    with backups.reading_copy(backups.database_file(settings)) as connection:
        found = store_digest(connection)
    return all(found.tables[name] == digest for name, digest in expected.tables.items() if name not in grown)


@contextmanager
def _kept_closed(database: Path) -> Iterator[None]:
    """Nobody can open a DuckDB file meanwhile. Where locks are unknown (Windows), replacing an open file fails by itself."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    with database.open("r+b") as stream:
        try:
            fcntl.lockf(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise StoreHeld("数据库在压缩期间被另一个进程打开，没有替换。", "请停止网页服务后重新运行。") from error
        yield


def room_needed(database: Path) -> Any:
    """Raises UserError where the disk does not hold a second copy."""
    return backups.require_room(database.parent, database)
