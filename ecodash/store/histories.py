"""What became of cells over the batches, and what regions reported over the months."""

from collections.abc import Sequence

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ecodash.store.engine import frame
from ecodash.store.records.batches import wholly_undone
from ecodash.store.standing import CELL, newest_writes, standing_writes
from ecodash.store.tables import batch, indicator, observation, origin, upload_file


def cell_writes(
    connection: Connection, watermark: int, lo: int, hi: int, codes: Sequence[str], periods: Sequence[int]
) -> pd.DataFrame:
    """Every batch that put a value into cells, put another in its place, or took one away, up to a watermark.

    Args:
        lo, hi: keys from lo, before hi.
        periods: months (yyyymm).
    Returns:
        One row per cell and batch, by region, indicator, period and batch: region (key), indicator (code), period, seq,
        batch_kind (upload, undo), undoes, actor, committed_at (aware UTC), file_name, file_row (NaN where no row of a
        file is meant), note, is_demo, is_file_kept, old (NaN where nothing stood before), new (NaN where nothing stands
        after).
    """
    o = observation.c
    put = sa.func.max(sa.case((o.sign > 0, o.value)))
    taken = sa.func.max(sa.case((o.sign < 0, o.value)))
    written = (
        sa.select(o.region, o.indicator, o.period, o.seq, put.label("new"), taken.label("old"))
        .join(indicator, indicator.c.number == o.indicator)
        .where(o.seq <= watermark, o.region >= lo, o.region < hi)
        .where(o.period.in_(list(periods)), indicator.c.code.in_(list(codes)))
        .group_by(o.region, o.indicator, o.period, o.seq)
        .subquery("written")
    )
    w = written.c
    place = sa.and_(
        origin.c.seq == w.seq,
        origin.c.region == w.region,
        origin.c.period == w.period,
        sa.or_(origin.c.indicator == 0, origin.c.indicator == w.indicator),
    )
    kept = sa.exists().where(upload_file.c.sha256 == batch.c.file_sha256)
    statement = (
        sa.select(
            w.region,
            indicator.c.code.label("indicator"),
            w.period,
            w.seq,
            batch.c.kind.label("batch_kind"),
            batch.c.undoes,
            batch.c.actor,
            batch.c.committed_at,
            batch.c.file_name,
            origin.c.file_row,
            batch.c.note,
            batch.c.is_demo,
            sa.and_(batch.c.is_file_kept, kept).label("is_file_kept"),
            w.old,
            w.new,
        )
        .join(indicator, indicator.c.number == w.indicator)
        .join(batch, batch.c.seq == w.seq)
        .outerjoin(origin, place)
        .order_by(w.region, indicator.c.number, w.period, w.seq)
    )
    rows = frame(connection, statement)
    rows["committed_at"] = pd.to_datetime(rows["committed_at"], utc=True)
    return rows.astype({"old": float, "new": float})


def receipts_by_month(
    connection: Connection, watermark: int, first_period: int, last_period: int, lo: int, hi: int
) -> pd.DataFrame:
    """When each region first reported anything for each month, by uploads that stand.

    Returns:
        One row per month (yyyymm) and region with a report of its own: period, region, received_at (aware UTC).
    """
    o = observation.c
    counted = sa.exists().where(indicator.c.number == o.indicator, indicator.c.kind != "attribute")
    asked = (o.period >= first_period, o.period <= last_period, o.region >= lo, o.region < hi, counted)
    writes = standing_writes(observation, CELL, watermark, *asked).subquery("writes")
    statement = (
        sa.select(writes.c.period, writes.c.region, sa.func.min(batch.c.received_at).label("received_at"))
        .join(batch, batch.c.seq == writes.c.seq)
        .group_by(writes.c.period, writes.c.region)
    )
    rows = frame(connection, statement)
    rows["received_at"] = pd.to_datetime(rows["received_at"], utc=True)
    return rows


def standing_notes(connection: Connection, watermark: int, lo: int, hi: int, period: int) -> pd.DataFrame:
    """What reporters wrote about batches whose figures stand in a month for a range of regions.

    Returns:
        One row per batch with a note, oldest first: seq, file_name, actor, committed_at (aware UTC), note.
    """
    noted = sa.select(batch.c.seq).where(
        batch.c.seq <= watermark, batch.c.note != "", batch.c.seq.not_in(wholly_undone(watermark))
    )
    numbers = [int(seq) for seq in connection.execute(noted).scalars()]
    columns = [batch.c.seq, batch.c.file_name, batch.c.actor, batch.c.committed_at, batch.c.note]
    if not numbers:
        return pd.DataFrame(columns=[column.name for column in columns])
    o = observation.c
    reaching = sa.exists().where(indicator.c.number == o.indicator, o.period + indicator.c.reach >= period)
    last = newest_writes(watermark, o.region >= lo, o.region < hi, o.period <= period, reaching)
    later = sa.func.lead(last.c.period).over(partition_by=(last.c.region, last.c.indicator), order_by=last.c.period)
    spells = sa.select(last.c.seq, later.label("replaced_in")).subquery("spells")
    speaking = sa.exists().where(spells.c.seq == batch.c.seq, spells.c.replaced_in.is_(None))
    rows = frame(connection, sa.select(*columns).where(batch.c.seq.in_(numbers), speaking).order_by(batch.c.seq))
    rows["committed_at"] = pd.to_datetime(rows["committed_at"], utc=True)
    return rows
