"""The key of links a store is used with: its fingerprint is kept in the store, so that a process with another one is
refused instead of giving out links and asking for codes that nobody else knows.

On PostgreSQL the first process that needs the key writes the fingerprint down. A DuckDB file has its key beside it, in the
same folder and in the same backups: there a fingerprint is only looked at where a copy from PostgreSQL brought one.
"""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Connection

from ecodash.errors import KeyRefused
from ecodash.link_key import find_link_key, fingerprint, read_link_key
from ecodash.settings import Settings
from ecodash.store.engine import Rehearsal, Store
from ecodash.store.tables import setting

SETTING = "link_key"


def find_print(connection: Connection) -> str | None:
    """The fingerprint a store keeps."""
    return connection.execute(sa.select(setting.c.value).where(setting.c.name == SETTING)).scalar_one_or_none()


def refuse_other_key(settings: Settings, store: Store) -> None:
    """That the key of an installation is the one the store is used with, where that is known.

    Raises:
        KeyRefused: it is another, or not there.
    """
    _known_key(settings, store)


def key_of_store(settings: Settings, store: Store) -> bytes:
    """The key of an installation, made where the store is used with none yet.

    Raises:
        KeyRefused: the store is used with another.
    """
    known = _known_key(settings, store)
    if known is not None:
        return known
    key = read_link_key(settings.link_key_file)
    if not settings.is_embedded and not isinstance(store, Rehearsal):
        _claim(settings, store, fingerprint(key))
    return key


def write_print(connection: Connection, key: bytes) -> None:
    """Use the store with this key from here on, within a writing transaction."""
    connection.execute(sa.delete(setting).where(setting.c.name == SETTING))
    connection.execute(sa.insert(setting).values(name=SETTING, value=fingerprint(key)))


def _known_key(settings: Settings, store: Store) -> bytes | None:
    """The key, where the store keeps its fingerprint; None where it keeps none."""
    with store.reading() as connection:
        kept = find_print(connection)
    if kept is None:
        return None
    key = find_link_key(settings.link_key_file)
    if key is None or fingerprint(key) != kept:
        raise refusal(settings, is_there=key is not None)
    return key


def _claim(settings: Settings, store: Store, own: str) -> None:
    # Apart from other writers: this is asked for within their transactions too. Of two at once the first one counts.
    with store.engine.begin() as connection:
        claim = postgresql.insert(setting).values(name=SETTING, value=own).on_conflict_do_nothing()
        connection.execute(claim)
    with store.engine.connect() as connection:
        kept = find_print(connection)
    if kept != own:
        raise refusal(settings, is_there=True)


def refusal(settings: Settings, *, is_there: bool) -> KeyRefused:
    """What is said to a process without the store's key."""
    file = settings.link_key_file
    what = (
        f"密钥文件 {file} 不是这个数据库原来所用的密钥。" if is_there else f"没有找到这个数据库所用的密钥文件 {file}。"
    )
    return KeyRefused(
        what,
        "请把原来的 link.key 放到这里，或用 ECODASH_LINK_KEY_FILE 指明它的位置；连接同一数据库的各进程须用同一份。"
        "原来的密钥确已丢失时，运行 key accept 改用新的密钥（它会说明哪些内容随之失效）。",
    )
