"""Facts about a store that an examination asks for, read without changing anything."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ecodash.errors import StoreBroken
from ecodash.link_key import derive_token, is_token_of
from ecodash.settings import Settings
from ecodash.store import backup as backups
from ecodash.store import newest_mark, postgres
from ecodash.store.check import quick_problems
from ecodash.store.engine import Store
from ecodash.store.tables import account_state, audit, batch, snapshot_state
from ecodash.store.troubles import DRIVER_ERRORS, not_opened, refuse_torn

_OF_BACKUPS = ("make_backup", "check_backup", "delete_backup", "fail_backup", "reorder_month")
"""What is no loss."""

__all__ = [
    "KeyUse",
    "Server",
    "key_use",
    "newest_moment",
    "open_to_read",
    "quick_problems",
    "server_facts",
    "written_since",
]


def open_to_read(settings: Settings) -> Store:
    """The store as it is, neither migrated nor brought up to date; of a DuckDB file nothing can be written.

    Raises:
        StoreHeld: another process owns the DuckDB file.
        UserError: it does not open.
    """
    embedded = settings.is_embedded
    engine = (
        backups.engine_to_read(backups.database_file(settings))
        if embedded
        else postgres.create_engine(settings.database_url)
    )
    try:
        if embedded:
            refuse_torn(backups.database_file(settings), settings.backups_dir)
        with engine.connect() as connection:
            backups.schema_of(connection)
            if embedded:
                newest_mark.refuse_lost(connection, backups.database_file(settings))
    except StoreBroken:
        engine.dispose()
        raise
    except (*DRIVER_ERRORS, MemoryError) as error:
        engine.dispose()
        if embedded and (held := backups.held_by(error)):
            raise held from error
        told = not_opened(error, engine)
        if told is None:
            raise
        raise told from error
    return Store(engine)


def newest_moment(connection: Connection) -> datetime | None:
    """The latest time anything was committed or told to the audit (aware UTC)."""
    times = [
        connection.execute(sa.select(sa.func.max(column))).scalar_one() for column in (batch.c.committed_at, audit.c.at)
    ]
    return max((time for time in times if time is not None), default=None)


def written_since(connection: Connection, watermark: int, moment: datetime) -> tuple[int, int, datetime | None]:
    """How many batches came after one, how many lines of the audit after a moment, and when the last of them came."""
    batches = connection.execute(sa.select(sa.func.count()).where(batch.c.seq > watermark)).scalar_one()
    lines = sa.select(sa.func.count(), sa.func.max(audit.c.at)).where(
        audit.c.at > moment, audit.c.action.not_in(_OF_BACKUPS)
    )
    entries, last = connection.execute(lines).one()
    return int(batches), int(entries), last


@dataclass(frozen=True, slots=True)
class KeyUse:
    """What depends on the key of links.

    Args:
        links: snapshots whose link is derived from it.
        factors: accounts whose second factor is.
        fits: whether the newest of the links is this key's; None where there is none.
    """

    links: int
    factors: int
    fits: bool | None


def key_use(connection: Connection, key: bytes | None) -> KeyUse:
    """What depends on the key of links, and whether a key is the right one."""
    s = snapshot_state.c
    links = connection.execute(sa.select(s.nonce, s.token_hash).where(s.nonce != "").order_by(s.snapshot.desc())).all()
    factors = connection.execute(
        sa.select(sa.func.count()).select_from(account_state).where(account_state.c.totp_nonce != "")
    ).scalar_one()
    fits = None
    if links and key is not None:
        fits = is_token_of(derive_token(key, links[0].nonce), links[0].token_hash)
    return KeyUse(len(links), int(factors), fits)


@dataclass(frozen=True, slots=True)
class Server:
    """A PostgreSQL server: its version, the encoding of the database, connections in use, and how many it allows."""

    version: int
    encoding: str
    used: int
    allowed: int


def server_facts(connection: Connection) -> Server:
    """Facts about the server of a PostgreSQL store."""

    def one(text: str) -> str:
        return str(connection.execute(sa.text(text)).scalar_one())

    return Server(
        version=int(one("SHOW server_version_num")) // 10_000,
        encoding=one("SHOW server_encoding"),
        used=int(one("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'")),
        allowed=int(one("SHOW max_connections")),
    )
