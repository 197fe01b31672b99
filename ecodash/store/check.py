"""Checks of a store against itself, and its digest."""

import hashlib
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ecodash.domain.review import FilingState
from ecodash.store import rollup as rollups
from ecodash.store.engine import frame
from ecodash.store.records.audit import Chain, check_chain
from ecodash.store.records.uploads import damaged_files
from ecodash.store.standing import CELL, TARGET
from ecodash.store.tables import (
    audit,
    batch,
    counter,
    filing,
    filing_step,
    indicator,
    observation,
    region,
    rollup,
    target,
    upload_file,
)

_SAMPLED = 5
"""So many watermarks, the newest among them, have their roll-up worked out anew."""

_AT_ONCE = 200_000
"""So many rows of the journal, and the rest of a batch, are in memory at once for the digest."""

_LISTED = 20
"""So many differences are listed of one kind."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that does not hold: where, and what."""

    place: str
    what: str


def digest(connection: Connection, watermark: int) -> str:
    """SHA-256 over every journal and target row up to a watermark, in one order, by codes: equal stores of any engine
    have equal digests."""
    o, t = observation.c, target.c
    journal_rows = (
        sa.select(o.seq, o.region, indicator.c.code, o.period, o.value, o.sign)
        .join(indicator, indicator.c.number == o.indicator)
        .where(o.seq <= watermark)
        .order_by(o.seq, o.region, indicator.c.code, o.period, o.sign)
    )
    target_rows = (
        sa.select(t.seq, t.region, indicator.c.code, t.deadline, t.baseline, t.value, t.sign)
        .join(indicator, indicator.c.number == t.indicator)
        .where(t.seq <= watermark)
        .order_by(t.seq, t.region, indicator.c.code, t.deadline, t.sign)
    )
    total = hashlib.sha256()
    for table, statement in ((observation, journal_rows), (target, target_rows)):
        for first, last in _parts(connection, table, watermark):
            rows = frame(connection, statement.where(table.c.seq.between(first, last)))
            total.update(rows.to_csv(index=False, header=False, lineterminator="\n").encode())
        total.update(b"--\n")
    return total.hexdigest()


def _parts(connection: Connection, table: sa.Table, watermark: int) -> list[tuple[int, int]]:
    """First and last watermark of runs of whole batches with about _AT_ONCE rows, so that a journal of any length is read
    in little memory."""
    counts = (
        sa.select(table.c.seq, sa.func.count().label("rows"))
        .where(table.c.seq <= watermark)
        .group_by(table.c.seq)
        .order_by(table.c.seq)
    )
    parts: list[tuple[int, int]] = []
    room = 0
    for seq, rows in connection.execute(counts):
        if room <= 0:
            parts.append((int(seq), int(seq)))
            room = _AT_ONCE
        parts[-1] = (parts[-1][0], int(seq))
        room -= int(rows)
    return parts


def problems(connection: Connection) -> list[Problem]:
    """Everything about the store that does not hold; empty where it is sound."""
    return [
        *_counter(connection),
        *_signs(connection),
        *_batches(connection),
        *_undos(connection),
        *_files(connection),
        *_filings(connection),
        *_regions(connection),
        *_rollups(connection),
        *_audit(connection),
    ]


def quick_problems(connection: Connection) -> list[Problem]:
    """As problems, what can be seen without reading the journal: the counter, filings, and the audit's chain."""
    return [*_counter(connection), *_filings(connection), *_audit(connection)]


def _counter(connection: Connection) -> list[Problem]:
    given = connection.execute(sa.select(counter.c.value).where(counter.c.name == "watermark")).scalar_one()
    newest = connection.execute(sa.select(sa.func.coalesce(sa.func.max(batch.c.seq), 0))).scalar_one()
    count = connection.execute(sa.select(sa.func.count()).select_from(batch)).scalar_one()
    if given != newest or count != newest:
        return [Problem("watermark", f"计数器为 {given}，最后一批为 {newest}，共 {count} 批，三者应相等。")]
    return []


def _signs(connection: Connection) -> list[Problem]:
    o = observation.c
    broken = (
        sa.select(o.region, o.indicator, o.period, sa.func.sum(o.sign).label("standing"))
        .group_by(o.region, o.indicator, o.period)
        .having(sa.or_(sa.func.sum(o.sign) < 0, sa.func.sum(o.sign) > 1))
        .limit(_LISTED)
    )
    return [
        Problem(
            "observation", f"地区 {row.region} 指标 {row.indicator} 月份 {row.period} 同时存在 {row.standing} 个数值。"
        )
        for row in connection.execute(broken)
    ]


def _batches(connection: Connection) -> list[Problem]:
    """Every batch holds as many cells and targets as its record says, and nothing stands outside a batch."""
    counts: dict[int, int] = {}
    for table, keys in (
        (observation, ("region", "indicator", "period")),
        (target, ("region", "indicator", "deadline")),
    ):
        cells = sa.select(table.c.seq, *(table.c[key] for key in keys)).distinct().subquery()
        rows = connection.execute(sa.select(cells.c.seq, sa.func.count().label("cells")).group_by(cells.c.seq))
        for row in rows:
            counts[row.seq] = counts.get(row.seq, 0) + int(row.cells)
    stated = {row.seq: row.cell_count for row in connection.execute(sa.select(batch.c.seq, batch.c.cell_count))}
    return [
        Problem("batch", f"第 {seq} 批登记 {stated.get(seq, 0)} 个数据，流水中有 {counts.get(seq, 0)} 个。")
        for seq in sorted(stated.keys() | counts.keys())
        if stated.get(seq, 0) != counts.get(seq, 0)
    ]


def _undos(connection: Connection) -> list[Problem]:
    """Every undo takes back just what its batch wrote, once, and says truly whether a part of the batch still stands."""
    found = []
    for table, keys in ((observation, CELL), (target, TARGET)):
        t = table.c
        upload = sa.func.coalesce(batch.c.undoes, batch.c.seq)
        cell = [t[key] for key in keys]
        broken = (
            sa.select(*cell, upload.label("upload"))
            .join(batch, batch.c.seq == t.seq)
            .group_by(*cell, upload)
            .having(
                sa.func.max(t.seq) > upload,
                sa.or_(sa.func.sum(t.sign) != 0, sa.func.sum(t.value * t.sign) != 0),
            )
            .limit(_LISTED)
        )
        for row in connection.execute(broken):
            what = f"对第 {row.upload} 批的撤销与该批写入的内容不一致：地区 {row[0]} 指标 {row[1]} 月份 {row[2]}。"
            found.append(Problem("undo", what))
    undo = batch.alias("undo")
    sums = (
        sa.select(
            batch.c.seq,
            batch.c.cell_count,
            sa.func.sum(undo.c.cell_count).label("taken"),
            sa.func.min(sa.case((undo.c.is_partial, 1), else_=0)).label("is_partial"),
        )
        .join(undo, undo.c.undoes == batch.c.seq)
        .group_by(batch.c.seq, batch.c.cell_count)
        .order_by(batch.c.seq)
    )
    for one in connection.execute(sums):
        if (one.taken < one.cell_count) != bool(one.is_partial) or one.taken > one.cell_count:
            what = f"第 {one.seq} 批共 {one.cell_count} 个数据，撤销了 {one.taken} 个，与批次上的撤销状态不符。"
            found.append(Problem("undo", what))
    return found


def _files(connection: Connection) -> list[Problem]:
    """The file of every batch that kept one is there, and its bytes are those that were sent."""
    kept = sa.select(upload_file.c.sha256)
    missing = sa.select(batch.c.seq).where(batch.c.is_file_kept, batch.c.file_sha256.not_in(kept)).order_by(batch.c.seq)
    return [
        *(Problem("file", f"第 {seq} 批的原文件不在库中。") for seq in connection.execute(missing).scalars()),
        *(Problem("file", f"原文件 {sha256} 的内容与校验值不符。") for sha256 in damaged_files(connection)),
    ]


def _filings(connection: Connection) -> list[Problem]:
    """Filings: a decision after which another came, an acceptance without its batch, a file that is gone."""
    s, found = filing_step.c, []
    decided = (
        sa.select(s.filing)
        .where(s.state != FilingState.SUBMITTED.value)
        .group_by(s.filing)
        .having(sa.func.count() > 1)
        .order_by(s.filing)
    )
    found += [
        Problem(f"filing {number}", "报送件被处理了不止一次。") for number in connection.execute(decided).scalars()
    ]
    lost = (
        sa.select(s.filing)
        .where(s.state == FilingState.ACCEPTED.value, sa.or_(s.batch.is_(None), s.batch.not_in(sa.select(batch.c.seq))))
        .order_by(s.filing)
    )
    found += [
        Problem(f"filing {number}", "报送件已通过，但没有对应的批次。") for number in connection.execute(lost).scalars()
    ]
    kept = sa.select(upload_file.c.sha256)
    gone = sa.select(filing.c.number).where(filing.c.file_sha256.not_in(kept)).order_by(filing.c.number)
    found += [
        Problem(f"filing {number}", "报送件的原文件不在系统中。") for number in connection.execute(gone).scalars()
    ]
    return found


def _regions(connection: Connection) -> list[Problem]:
    orphans = (
        sa.select(observation.c.region)
        .outerjoin(region, region.c.key == observation.c.region)
        .where(region.c.key.is_(None))
        .distinct()
        .limit(_LISTED)
    )
    return [Problem("region", f"流水中的地区 {key} 不在区划表中。") for key in connection.execute(orphans).scalars()]


def _rollups(connection: Connection) -> list[Problem]:
    """The stored roll-up equals the journal's at the newest watermark and at some before it."""
    newest = int(connection.execute(sa.select(sa.func.coalesce(sa.func.max(batch.c.seq), 0))).scalar_one())
    counties = [int(key) for key in connection.execute(sa.select(rollup.c.county).distinct()).scalars()]
    months = [int(period) for period in connection.execute(sa.select(rollup.c.period).distinct()).scalars()]
    if not counties:
        return []
    states = [
        int(number)
        for number in connection.execute(sa.select(indicator.c.number).where(indicator.c.kind != "attribute")).scalars()
    ]
    found = []
    step = max(newest // _SAMPLED, 1)
    for watermark in sorted({*range(newest, 0, -step)}, reverse=True)[:_SAMPLED]:
        stored = rollups.stored_rows(connection, watermark, months, states, counties)
        expected = rollups.county_rows(connection, watermark, months, states, counties)
        moved = zip((stored, expected), rollups.differing_rows(stored, expected), strict=True)
        keys = ("period", "county", "indicator")
        cells = {tuple(row[key] for key in keys) for rows, places in moved for row in rows.take(places).to_pylist()}
        for period, county, number in sorted(cells)[:_LISTED]:
            where = f"{period} 月、县 {county}、指标 {number}"
            found.append(Problem("rollup", f"第 {watermark} 批时点的县级汇总与流水重算结果不一致：{where}。"))
    return found


def _audit(connection: Connection) -> list[Problem]:
    """Every line of the audit is as it was written, none is missing, and every batch has one."""
    told = sa.select(audit.c.watermark).where(audit.c.action.in_(("commit", "accept_filing", "undo")))
    untold = sa.select(batch.c.seq).where(batch.c.seq.not_in(told)).order_by(batch.c.seq).limit(_LISTED)
    return [
        *chain_problems(check_chain(connection, most=_LISTED)),
        *(Problem("audit", f"第 {seq} 批没有审计记录。") for seq in connection.execute(untold).scalars()),
    ]


def chain_problems(chain: Chain) -> list[Problem]:
    """Where the audit does not hold, in words."""
    words = {
        "altered": "审计日志第 {number} 行与其校验值不符：这一行被改动、替换或移动过。",
        "removed": "审计日志第 {number} 行不见了：有记录被删除。",
        "cut": "审计日志从第 {number} 行起不见了：末尾的记录被删除。",
        "surplus": "审计日志第 {number} 行不是本系统写入的：末尾被添加了记录。",
        "anchor": "审计日志第 {number} 行与另外留存的校验值不符：日志被整体改写过。",
    }
    return [Problem("audit", words[one.kind].format(number=one.number)) for one in chain.breaks]
