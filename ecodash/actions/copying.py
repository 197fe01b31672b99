"""A whole store copied to another engine: DuckDB to PostgreSQL, and back. For whoever works on the machine."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from ecodash.errors import TransitionRefused, UserError
from ecodash.link_key import find_link_key, fingerprint
from ecodash.settings import Settings
from ecodash.store import backup, copying
from ecodash.store.addresses import database_path, is_same_store
from ecodash.store.copying import Copied, Told
from ecodash.store.engine import Store, open_store
from ecodash.store.key_print import refuse_other_key

_PART = ".copying"
"""Ends the name of a DuckDB file that is not whole yet."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A store that was copied.

    Args:
        key_file: where the key of links lies for the copy: put there where its folder had none; None: the store never
            had a key.
    """

    copied: Copied
    key_file: Path | None


def copy_store(source: Settings, target: Settings, told: Told = lambda name, rows: None) -> Moved:
    """Copy a store whole into an empty one: watermarks, snapshots, accounts, the audit and files are the same afterwards,
    which is proved by digests of both. The source is left as it is.

    It asks for no rights, as it works on databases that person could copy by hand.

    Args:
        told: hears how far it is: a table's name, and how many of its rows are there.
    Raises:
        StoreHeld: a process has the source's file open.
        TransitionRefused: the target is not empty, or one of the two is in use.
        UserError: there is nothing to copy, or the copy differs; nothing of it remains.
    """
    if is_same_store(source, target):
        raise TransitionRefused("原数据库和目标数据库是同一个。", "请核对 --to 和 --from。")
    if source.is_embedded and not database_path(source).exists():
        raise UserError(f"没有数据库文件 {database_path(source)}。", "请核对 --from，或 ECODASH_HOME。")
    store = open_store(source)
    try:
        with store.reading() as connection:
            copying.refuse_used(connection, "原数据库")
            copying.refuse_empty(connection)
        refuse_other_key(source, store)
        key = find_link_key(source.link_key_file)
        _refuse_foreign_key(source, target, key)
        with _opened(target) as place:
            copied = copying.copy_store(store, place, key, told)
            if key is not None and target.is_embedded and not target.link_key_file.exists():
                backup.copy_file(source.link_key_file, target.link_key_file)
    finally:
        store.close()
    return Moved(copied, None if key is None else target.link_key_file)


def _refuse_foreign_key(source: Settings, target: Settings, key: bytes | None) -> None:
    """That the target's folder has no other key: links and second factors would be made with the wrong one."""
    file = target.link_key_file
    if file == source.link_key_file or not file.exists():
        return
    found = find_link_key(file)
    if key is None or found is None or fingerprint(found) != fingerprint(key):
        raise TransitionRefused(
            f"{file} 是另一个数据库的密钥，没有复制任何内容。",
            "请换一个文件夹；这份密钥确已无用时，先把它移到别处。",
        )


@contextmanager
def _opened(target: Settings) -> Iterator[Store]:
    """The target, to be written to; a DuckDB file gets its name only when it is whole."""
    if not target.is_embedded:
        store = open_store(target)
        try:
            with store.reading() as connection:
                copying.refuse_used(connection, "目标数据库")
                copying.refuse_filled(connection)
            yield store
        finally:
            store.close()
        return
    file = database_path(target)
    if file.exists() or backup.wal_of(file).exists():
        raise TransitionRefused(f"目标文件 {file} 已经存在，没有改动它。", "请换一个文件夹，或先把它移到别处。")
    part = file.with_name(file.name + _PART)
    _remove(part)
    store = open_store(replace(target, database_url=f"duckdb:///{part}"))
    try:
        yield store
        store.close()
        part.replace(file)
    finally:
        store.close()
        _remove(part)


def _remove(part: Path) -> None:
    for one in (part, backup.wal_of(part)):
        one.unlink(missing_ok=True)
