"""Which regions above village have ever reported figures of their own.

Most installations are reported to by villages alone. Then a figure is a plain sum, and the statement that asks for it needs
none of what is said about own reports of towns, counties and provinces. That would be looked for in the whole journal,
which no order of the rows makes short; so it is looked up once by a process, and afterwards only in what was committed since.
"""

import threading
from bisect import bisect_left
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from ecodash.domain.regions import Level
from ecodash.store.tables import counter, observation, region

_COMMITTING = "is_committing"


@dataclass
class _Known:
    """Reporters of a store up to a commit: all of them, and those above county, in order."""

    watermark: int = 0
    all: list[int] = field(default_factory=list)
    above_county: list[int] = field(default_factory=list)


_known: WeakKeyDictionary[Engine, _Known] = WeakKeyDictionary()
_lock = threading.Lock()


def committing(connection: Connection) -> None:
    """Say that a connection has written to the journal what is not committed yet, so that it is not remembered."""
    connection.execution_options(**{_COMMITTING: True})


def report_themselves(connection: Connection, watermark: int, lo: int, hi: int, *, above: Level) -> bool:
    """Whether any region above a level, with a key from lo and before hi, may have a report of its own by a watermark.

    Args:
        above: village or county.
    """
    known = _up_to(connection, watermark)
    keys = known.all if above is Level.VILLAGE else known.above_county
    return bisect_left(keys, lo) < bisect_left(keys, hi)


def _up_to(connection: Connection, watermark: int) -> _Known:
    """What is known of a store, and of its commits since up to a watermark."""
    with _lock:
        known = _known.get(connection.engine) or _Known()
    if watermark <= known.watermark:
        return known
    newest = int(connection.execute(sa.select(counter.c.value).where(counter.c.name == "watermark")).scalar_one())
    if newest == known.watermark:
        return known
    keys = sorted({*known.all, *_since(connection, known.watermark)})
    found = _Known(newest, keys, [key for key in keys if key % Level.CITY.span == 0])
    if not connection.get_execution_options().get(_COMMITTING, False):
        with _lock:
            _known[connection.engine] = found
    return found


def _since(connection: Connection, watermark: int) -> list[int]:
    """Regions above village with a row in the journal after a commit."""
    o, r = observation.c, region.c
    of_a_region = sa.exists().where(o.region == r.key, o.region % Level.TOWN.span == 0, o.seq > watermark)
    return [
        int(key)
        for key in connection.execute(sa.select(r.key).where(r.key % Level.TOWN.span == 0, of_a_region)).scalars()
    ]
