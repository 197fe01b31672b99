"""Addresses of stores as people write them: which engine, which file, and how they are shown without their password."""

from dataclasses import replace
from pathlib import Path

import sqlalchemy as sa

from ecodash.errors import UserError
from ecodash.settings import Settings

_POSTGRES = ("postgres", "postgresql", "postgresql+psycopg")


def settings_at(own: Settings, address: str) -> Settings:
    """The settings of an installation whose store has an address, e.g. duckdb:////data/ecodash.duckdb or
    postgresql://name:password@host/database.

    Args:
        own: of this installation; what the address does not say is as there.
    Raises:
        UserError: it is no such address. Nothing of it is repeated: it may hold a password.
    """
    try:
        url = sa.make_url(address)
    except sa.exc.ArgumentError:
        raise _unknown() from None
    if url.drivername in _POSTGRES and url.database:
        plain = url.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
        return replace(own, database_url=plain)
    if url.drivername != "duckdb" or not url.database or url.database == ":memory:":
        raise _unknown()
    file = Path(url.database).expanduser().resolve()
    if own.is_embedded and file == database_path(own):
        return own
    return replace(own, home=file.parent, database_url=f"duckdb:///{file}", link_key_path="")


def _unknown() -> UserError:
    return UserError(
        "数据库地址看不懂。",
        "请写成 duckdb:////文件夹/ecodash.duckdb，或 postgresql://用户名:密码@主机:5432/数据库名"
        "（密码也可以放在环境变量 PGPASSWORD 中，不写在命令里）。",
    )


def database_path(settings: Settings) -> Path:
    """The file of a DuckDB store."""
    return Path(str(sa.make_url(settings.database_url).database)).resolve()


def shown_address(settings: Settings) -> str:
    """A store's address without its password."""
    return sa.make_url(settings.database_url).render_as_string(hide_password=True)


def is_same_store(one: Settings, other: Settings) -> bool:
    """Whether two addresses name one database, as far as they tell."""
    left, right = (sa.make_url(each.database_url) for each in (one, other))
    if one.is_embedded or other.is_embedded:
        return one.is_embedded and other.is_embedded and database_path(one) == database_path(other)
    return (left.host, left.port or 5432, left.database) == (right.host, right.port or 5432, right.database)
