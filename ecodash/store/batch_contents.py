"""What one batch wrote, and which file it came in."""

import json

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ecodash.store.engine import frame
from ecodash.store.records import indicator_numbers
from ecodash.store.tables import audit, batch, observation


def file_of_batch(connection: Connection, number: int) -> str | None:
    """SHA-256 of the file an upload came in; None where there is no such batch or it was an undo."""
    found = sa.select(batch.c.file_sha256).where(batch.c.seq == number, batch.c.kind == "upload")
    digest: str | None = connection.execute(found).scalar_one_or_none()
    return digest or None


def counts_of_batch(connection: Connection, number: int) -> dict[str, int] | None:
    """How many figures of an upload were new, changed, unchanged, as its audit line says; None where it does not."""
    line = sa.select(audit.c.detail).where(audit.c.action == "commit", audit.c.watermark == number)
    detail = connection.execute(line).scalar_one_or_none()
    found = {} if detail is None else json.loads(detail)
    names = ("new", "changed", "unchanged")
    return {name: int(found[name]) for name in names} if all(name in found for name in names) else None


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
