"""Batches: who brought what when, and which of them each figure came from."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ecodash.store.engine import frame
from ecodash.store.standing import CELL, newest_writes, standing_writes
from ecodash.store.tables import batch, doubt, indicator, observation, origin, upload_file


def list_batches(connection: Connection, watermark: int) -> pd.DataFrame:
    """Batches up to a watermark, newest first.

    Returns:
        One row per batch: the columns of batch; undone_by, the undo after which nothing of it stands, and
        partly_undone_by, the newest one that left a part of it (NaN where there is none); file_size in bytes (NaN
        where the file was not kept) and doubts, how many it was committed with.
    """
    undos = {
        is_partial: sa.select(batch.c.undoes.label("number"), sa.func.max(batch.c.seq).label("by"))
        .where(batch.c.seq <= watermark, batch.c.undoes.is_not(None), batch.c.is_partial == is_partial)
        .group_by(batch.c.undoes)
        .subquery("partly" if is_partial else "wholly")
        for is_partial in (False, True)
    }
    doubts = sa.select(doubt.c.seq, sa.func.count().label("doubts")).group_by(doubt.c.seq).subquery("doubts_of")
    wholly, partly = undos[False], undos[True]
    statement = (
        sa.select(
            batch,
            wholly.c.by.label("undone_by"),
            partly.c.by.label("partly_undone_by"),
            upload_file.c.size.label("file_size"),
            sa.func.coalesce(doubts.c.doubts, 0).label("doubts"),
        )
        .outerjoin(wholly, wholly.c.number == batch.c.seq)
        .outerjoin(partly, partly.c.number == batch.c.seq)
        .outerjoin(doubts, doubts.c.seq == batch.c.seq)
        .outerjoin(upload_file, sa.and_(upload_file.c.sha256 == batch.c.file_sha256, batch.c.is_file_kept))
        .where(batch.c.seq <= watermark)
        .order_by(batch.c.seq.desc())
    )
    rows = frame(connection, statement)
    for name in ("received_at", "committed_at"):
        rows[name] = pd.to_datetime(rows[name], utc=True)
    return rows


def wholly_undone(watermark: int | None = None) -> sa.Select[tuple[int]]:
    """Numbers of the batches of which nothing stands any more, as of a watermark."""
    until = [] if watermark is None else [batch.c.seq <= watermark]
    return sa.select(batch.c.undoes).where(batch.c.undoes.is_not(None), sa.not_(batch.c.is_partial), *until)


def find_batch_of(connection: Connection, file_sha256: str) -> int | None:
    """The newest batch that brought a file and still stands, whole or in part, or None."""
    statement = sa.select(sa.func.max(batch.c.seq)).where(
        batch.c.file_sha256 == file_sha256, batch.c.kind == "upload", batch.c.seq.not_in(wholly_undone())
    )
    found: int | None = connection.execute(statement).scalar_one()
    return found


@dataclass(frozen=True, slots=True)
class Stamp:
    """The commit a screen stands on: 截至第 N 批."""

    watermark: int
    committed_at: datetime | None


def stamp(connection: Connection, watermark: int) -> Stamp:
    """When the commit of a watermark was made."""
    at = connection.execute(sa.select(batch.c.committed_at).where(batch.c.seq == watermark)).scalar_one_or_none()
    return Stamp(watermark, at)


def origins(
    connection: Connection, watermark: int, lo: int, hi: int, period: int, codes: Sequence[str]
) -> pd.DataFrame:
    """Which upload each report that stands in a month came from, for a range of regions and some indicators.

    The upload is the last that wrote the cell and was not undone there by the watermark. Reports of earlier months are
    among them as far as they reach (indicator.reach), also where a later one took their place.

    Returns:
        One row per (region, indicator code, period): value (Decimal), seq, file_name, sheet (from 0), file_row,
        actor, committed_at, is_demo.
    """
    o = observation.c
    reaching = sa.exists().where(
        indicator.c.number == o.indicator, indicator.c.code.in_(codes), o.period + indicator.c.reach >= period
    )
    last = newest_writes(watermark, o.region >= lo, o.region < hi, o.period <= period, reaching)
    # The ranges are said again of each table: only then is no more of it read than theirs.
    place = sa.and_(
        origin.c.region >= lo,
        origin.c.region < hi,
        origin.c.period <= period,
        origin.c.seq == last.c.seq,
        origin.c.region == last.c.region,
        origin.c.period == last.c.period,
        origin.c.indicator.in_([0]) | (origin.c.indicator == last.c.indicator),
    )
    written = sa.and_(
        o.region >= lo,
        o.region < hi,
        o.period <= period,
        o.region == last.c.region,
        o.indicator == last.c.indicator,
        o.period == last.c.period,
        o.seq == last.c.seq,
        o.sign > 0,
    )
    statement = (
        sa.select(
            last.c.region,
            indicator.c.code.label("indicator"),
            last.c.period,
            o.value,
            last.c.seq,
            batch.c.file_name,
            origin.c.sheet,
            origin.c.file_row,
            batch.c.actor,
            batch.c.committed_at,
            batch.c.is_demo,
        )
        .join(indicator, indicator.c.number == last.c.indicator)
        .join(batch, batch.c.seq == last.c.seq)
        .join(observation, written)
        .outerjoin(origin, place)
    )
    rows = frame(connection, statement)
    rows["committed_at"] = pd.to_datetime(rows["committed_at"], utc=True)
    return rows


def has_demo(connection: Connection, watermark: int, lo: int, hi: int, last_period: int) -> bool:
    """Whether invented figures were ever committed for a range of regions and months."""
    statement = (
        sa.select(sa.literal(1))
        .select_from(origin.join(batch, batch.c.seq == origin.c.seq))
        .where(
            batch.c.is_demo,
            origin.c.seq <= watermark,
            origin.c.region >= lo,
            origin.c.region < hi,
            origin.c.period <= last_period,
        )
        .limit(1)
    )
    return connection.execute(statement).first() is not None


def reported_months(connection: Connection, watermark: int, lo: int, hi: int) -> list[int]:
    """Months (yyyymm) for which a report of anything but attributes stands in a range of regions, oldest first."""
    o = observation.c
    statement = (
        sa.select(o.period)
        .join(indicator, indicator.c.number == o.indicator)
        .where(o.seq <= watermark, o.region >= lo, o.region < hi, indicator.c.kind != "attribute")
        .group_by(o.period)
        .having(sa.func.sum(o.sign) > 0)
        .order_by(o.period)
    )
    return [int(period) for period in connection.execute(statement).scalars()]


def first_receipts(
    connection: Connection,
    watermark: int,
    periods: Sequence[int],
    lo: int,
    hi: int,
    leaves_out: Collection[str] = (),
) -> pd.DataFrame:
    """When each region first reported anything for some months, by uploads that stand.

    Args:
        leaves_out: codes of indicators whose reports do not count.
    Returns:
        One row per region and month with a report of its own: region, period (yyyymm), received_at (aware UTC),
        indicators (how many).
    """
    o = observation.c
    counted = sa.exists().where(
        indicator.c.number == o.indicator,
        indicator.c.kind != "attribute",
        indicator.c.code.not_in(sorted(leaves_out)),
    )
    writes = standing_writes(
        observation, CELL, watermark, o.period.in_(periods), o.region >= lo, o.region < hi, counted
    ).subquery("writes")
    statement = (
        sa.select(
            writes.c.region,
            writes.c.period,
            sa.func.min(batch.c.received_at).label("received_at"),
            sa.func.count(sa.distinct(writes.c.indicator)).label("indicators"),
        )
        .join(batch, batch.c.seq == writes.c.seq)
        .group_by(writes.c.region, writes.c.period)
    )
    rows = frame(connection, statement)
    rows["received_at"] = pd.to_datetime(rows["received_at"], utc=True)
    return rows
