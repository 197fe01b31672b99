"""What one batch wrote, and which file it came in."""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ecodash.domain.regions import Level
from ecodash.store.engine import frame
from ecodash.store.records import indicator_numbers
from ecodash.store.tables import audit, batch, observation, target


def file_of_batch(connection: Connection, number: int) -> str | None:
    """SHA-256 of the file an upload came in; None where there is no such batch or it was an undo."""
    found = sa.select(batch.c.file_sha256).where(batch.c.seq == number, batch.c.kind == "upload")
    digest: str | None = connection.execute(found).scalar_one_or_none()
    return digest or None


def counts_of_batch(connection: Connection, number: int) -> dict[str, int] | None:
    """How many figures of an upload were new, changed, unchanged, as its audit line says; None where it does not."""
    committed = audit.c.action.in_(("commit", "accept_filing"))
    line = sa.select(audit.c.detail).where(committed, audit.c.watermark == number)
    detail = connection.execute(line).scalar_one_or_none()
    found = {} if detail is None else json.loads(detail)
    names = ("new", "changed", "unchanged")
    return {name: int(found[name]) for name in names} if all(name in found for name in names) else None


def regions_of_batch(connection: Connection, number: int) -> list[int]:
    """Keys of the towns a batch touched figures or targets of, of larger units their own; none where there is no such
    batch."""
    keys = regions_of_batches(connection, [number]).get(number, ())
    return sorted({key - key % Level.TOWN.span for key in keys})


def regions_of_batches(connection: Connection, numbers: Sequence[int]) -> dict[int, tuple[int, ...]]:
    """Keys of the regions each of some batches touched figures or targets of, in order: its villages, or, where they are
    many, their towns. A batch that is not there, or touched nothing, has none."""
    asked, frames = set(numbers), []
    for table in (observation, target):
        statement = sa.select(table.c.seq, table.c.region).distinct()
        if len(numbers) <= _FEW_BATCHES:
            statement = statement.where(table.c.seq.in_(list(numbers)))
        frames.append(frame(connection, statement))
    found = pd.concat(frames).groupby("seq")["region"].unique()
    return {int(number): _told(keys) for number, keys in zip(found.index, found, strict=True) if int(number) in asked}


def _told(keys: "np.ndarray[Any, np.dtype[np.int64]]") -> tuple[int, ...]:
    if len(keys) > _FEW_VILLAGES:
        keys = np.unique(keys - keys % Level.TOWN.span)
    return tuple(sorted(map(int, keys)))


_FEW_BATCHES = 500
"""Of so many batches each is asked for; of more the whole journal is read once."""
_FEW_VILLAGES = 60
"""So many villages of a batch are told one by one."""


def cells_of_batch(connection: Connection, number: int) -> pd.DataFrame:
    """The cells a batch wrote or took back.

    Returns:
        One row per (region key, indicator code, period): new, old (decimals; missing where the batch put nothing there,
        or took nothing away).
    """
    o = observation.c
    statement = sa.select(o.region, o.indicator, o.period, o.value, o.sign).where(o.seq == number)
    rows = frame(connection, statement)
    keys = ["region", "indicator", "period"]
    put = rows[rows["sign"] > 0].rename(columns={"value": "new"})[[*keys, "new"]]
    taken = rows[rows["sign"] < 0].rename(columns={"value": "old"})[[*keys, "old"]]
    both = put.merge(taken, on=keys, how="outer")
    codes = {value: code for code, value in indicator_numbers(connection).items()}
    return both.assign(indicator=both["indicator"].map(codes))
