"""Whether the store answers, takes writing and is of this version of the software: asked cheaply, leaving nothing."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import sqlalchemy as sa
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection

from ecodash.settings import Settings
from ecodash.store import journal
from ecodash.store.engine import Store
from ecodash.store.tables import counter

_TRIED = "health"


@dataclass(frozen=True, slots=True)
class Probe:
    """What the store answered.

    Args:
        watermark: the newest commit.
        schema: its newest migration; empty where it has none.
        size: bytes it takes on its disk; None where it does not say.
        took_writing: whether a row could be written (and was taken back); None where a commit was under way, which says
            as much.
        writing_seconds: so long the commit under way has taken; 0 where there is none.
    """

    watermark: int
    schema: str
    size: int | None
    took_writing: bool | None
    writing_seconds: float


class _TakenBack(Exception):
    """Ends the transaction that was only a try."""


def probe(store: Store, settings: Settings) -> Probe:
    """Ask the store. Nobody waits for it, and it waits for nobody's commit.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: the store does not answer, or takes no writing.
    """
    with store.reading() as connection:
        watermark, schema = journal.newest_watermark(connection), _schema(connection)
        size = _size(connection, settings)
    return Probe(watermark, schema, size, _try_writing(store), store.writing_seconds)


def newest_schema() -> str:
    """The newest migration this software has."""
    return _newest_schema()


@lru_cache(maxsize=1)
def _newest_schema() -> str:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return ScriptDirectory.from_config(config).get_current_head() or ""


def _schema(connection: Connection) -> str:
    return str(connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar() or "")


def _try_writing(store: Store) -> bool | None:
    try:
        with store.writing_if_free() as connection:
            if connection is None:
                return None
            connection.execute(sa.insert(counter).values(name=_TRIED, value=0))
            raise _TakenBack
    except _TakenBack:
        return True


def _size(connection: Connection, settings: Settings) -> int | None:
    if not settings.is_embedded:
        return int(connection.execute(sa.text("SELECT pg_database_size(current_database())")).scalar_one())
    database = Path(str(sa.make_url(settings.database_url).database))
    beside = database.with_name(f"{database.name}.wal")
    return sum(one.stat().st_size for one in (database, beside) if one.exists())
