"""What came with an upload besides its figures: the file as sent, and the doubts it was committed with."""

import hashlib
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ecodash.domain.regions import Level
from ecodash.errors import UserError
from ecodash.store.engine import frame
from ecodash.store.records.batches import wholly_undone
from ecodash.store.standing import at_level, newest_writes
from ecodash.store.tables import doubt, indicator, observation, upload_file

_FAST = 1
"""zlib's level: figures as text shrink by three quarters at it, and a commit waits."""
_STORED = 0
"""zlib's level for what is compressed already: a workbook or an archive."""

# ── files ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A committed file as it was sent.

    Args:
        sha256, size: of the bytes.
        file_name, received_at: of the first commit that brought them; later ones may have named them otherwise.
        content: the bytes.
    """

    sha256: str
    file_name: str
    size: int
    content: bytes
    received_at: datetime


def compress(content: bytes) -> bytes:
    """A file's bytes as they are kept."""
    return zlib.compress(content, _STORED if content.startswith(b"PK") else _FAST)


def keep_file(
    connection: Connection, *, sha256: str, file_name: str, size: int, compressed: bytes, received_at: datetime
) -> None:
    """Keep a file as sent; bytes that are there already are not written again."""
    known = sa.select(upload_file.c.sha256).where(upload_file.c.sha256 == sha256)
    if connection.execute(known).first() is None:
        connection.execute(
            sa.insert(upload_file).values(
                sha256=sha256, file_name=file_name, size=size, content=compressed, received_at=received_at
            )
        )


def load_file(connection: Connection, sha256: str) -> KeptFile | None:
    """A committed file as it was sent; None where no commit kept it.

    Raises:
        UserError: the bytes are not those that were sent.
    """
    row = connection.execute(sa.select(upload_file).where(upload_file.c.sha256 == sha256)).one_or_none()
    if row is None:
        return None
    content = _unpacked(bytes(row.content), int(row.size))
    if content is None or hashlib.sha256(content).hexdigest() != sha256:
        raise UserError(
            f"系统保存的原文件“{row.file_name}”已损坏：内容与提交时的 SHA-256 校验值（{sha256[:12]}…）不符，未提供下载。",
            "请用数据库备份恢复，或向上报人索取原文件；可运行 python -m ecodash verify 检查其他数据。",
        )
    return KeptFile(sha256, row.file_name, int(row.size), content, row.received_at)


def damaged_files(connection: Connection) -> Iterator[str]:
    """SHA-256 of every kept file whose bytes are not those that were sent. One file is in memory at a time."""
    digests = connection.execute(sa.select(upload_file.c.sha256).order_by(upload_file.c.sha256)).scalars().all()
    for sha256 in digests:
        try:
            load_file(connection, sha256)
        except UserError:
            yield sha256


def _unpacked(compressed: bytes, size: int) -> bytes | None:
    """The bytes, or None where they are not of this size: what is damaged must not unpack without end."""
    unpacking = zlib.decompressobj()
    try:
        content = unpacking.decompress(compressed, size + 1)
    except zlib.error:
        return None
    return content if len(content) == size else None


# ── doubts ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class KeptDoubt:
    """Something unlikely about a batch (疑点), and the reason given for it at the commit.

    Args:
        code, hint: of the rule, and its sentence as shown.
        region: key of the region it is about, with everything in it; 0 for the whole file.
        indicator: code; empty for all.
        period: yyyymm; 0 for all.
        row, sheet: where it stands in the file; None where no single row is meant.
        reason: what the reporter said.
    """

    code: str
    hint: str
    reason: str
    region: int = 0
    indicator: str = ""
    period: int = 0
    row: int | None = None
    sheet: str = ""


def keep_doubts(connection: Connection, seq: int, doubts: Sequence[KeptDoubt], numbers: Mapping[str, int]) -> None:
    """Keep the doubts of a batch in their order."""
    rows = [
        {
            "seq": seq,
            "position": position,
            "code": one.code,
            "region": one.region,
            "indicator": numbers[one.indicator] if one.indicator else 0,
            "period": one.period,
            "file_row": one.row,
            "sheet": one.sheet,
            "hint": one.hint,
            "reason": one.reason,
        }
        for position, one in enumerate(doubts)
    ]
    if rows:
        connection.execute(sa.insert(doubt), rows)


def doubts_of(connection: Connection, seq: int) -> list[KeptDoubt]:
    """The doubts a batch was committed with, in their order."""
    statement = (
        sa.select(doubt, indicator.c.code.label("indicator_code"))
        .outerjoin(indicator, indicator.c.number == doubt.c.indicator)
        .where(doubt.c.seq == seq)
        .order_by(doubt.c.position)
    )
    return [
        KeptDoubt(
            code=row.code,
            hint=row.hint,
            reason=row.reason,
            region=int(row.region),
            indicator=row.indicator_code or "",
            period=int(row.period),
            row=row.file_row,
            sheet=row.sheet,
        )
        for row in connection.execute(statement)
    ]


def standing_doubts(connection: Connection, watermark: int, lo: int, hi: int, period: int) -> pd.DataFrame:
    """Doubts about the reports that stand in a month for a range of regions.

    A doubt about a town or a file is one about every report of its batch in it. It ends where its reports do: where
    the batch was undone there, another upload gave another value, or a later month's report took the carried one's
    place.

    Returns:
        One row per doubt, by batch and position: region (key; 0: the file), indicator (code; "" for all), period
        (yyyymm; 0 for all), seq, code, hint, reason.
    """
    d = doubt.c
    suspects = sa.select(d.seq).where(
        d.seq <= watermark,
        d.region < hi,
        _end_of(d.region) > lo,
        d.period <= period,
        d.seq.not_in(wholly_undone(watermark)),
    )
    suspected = [int(seq) for seq in connection.execute(suspects.distinct()).scalars()]
    if not suspected:
        return pd.DataFrame(columns=["region", "indicator", "period", "seq", "code", "hint", "reason"])
    reports = _newest_reports(watermark, lo, hi, period).cte("report")
    r = reports.c
    about = (
        sa.exists()
        .where(r.seq == d.seq, r.region >= d.region, r.region < _end_of(d.region))
        .where(sa.or_(d.indicator == 0, d.indicator == r.indicator), sa.or_(d.period == 0, d.period == r.period))
    )
    statement = (
        sa.select(
            d.region,
            sa.func.coalesce(indicator.c.code, "").label("indicator"),
            d.period,
            d.seq,
            d.code,
            d.hint,
            d.reason,
        )
        .outerjoin(indicator, indicator.c.number == d.indicator)
        .where(d.seq.in_(suspected), about)
        .order_by(d.seq, d.position)
    )
    return frame(connection, statement)


def _newest_reports(watermark: int, lo: int, hi: int, period: int) -> sa.Select[tuple[Any, ...]]:
    """The report of each region and indicator that stands in a month, with its upload: region, indicator, period, seq."""
    o = observation.c
    reaching = sa.exists().where(indicator.c.number == o.indicator, o.period + indicator.c.reach >= period)
    last = newest_writes(watermark, o.region >= lo, o.region < hi, o.period <= period, reaching)
    later = sa.func.lead(last.c.period).over(partition_by=(last.c.region, last.c.indicator), order_by=last.c.period)
    spells = sa.select(last, later.label("replaced_in")).subquery("spells")
    return sa.select(spells.c.region, spells.c.indicator, spells.c.period, spells.c.seq).where(
        spells.c.replaced_in.is_(None)
    )


def _end_of(key: sa.ColumnElement[int]) -> sa.ColumnElement[int]:
    """The key after the last one inside a region."""
    return sa.case(
        *((at_level(key, level), key + level.span) for level in Level if level is not Level.COUNTRY), else_=10**12
    )
