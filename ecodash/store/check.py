"""Checks of a store against itself, and its digest."""

import hashlib
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ecodash.store import rollup as rollups
from ecodash.store.engine import frame
from ecodash.store.tables import batch, counter, indicator, observation, region, rollup, target

_SAMPLED = 5
"""So many watermarks, the newest among them, have their roll-up worked out anew."""

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
    for statement in (journal_rows, target_rows):
        total.update(frame(connection, statement).to_csv(index=False, header=False, lineterminator="\n").encode())
        total.update(b"--\n")
    return total.hexdigest()


def problems(connection: Connection) -> list[Problem]:
    """Everything about the store that does not hold; empty where it is sound."""
    return [
        *_counter(connection),
        *_signs(connection),
        *_batches(connection),
        *_regions(connection),
        *_rollups(connection),
    ]


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
        for row in rollups.differing_rows(stored, expected).head(_LISTED).itertuples():
            where = f"{row.period} 月、县 {row.county}、指标 {row.indicator}"
            found.append(Problem("rollup", f"第 {watermark} 批时点的县级汇总与流水重算结果不一致：{where}。"))
    return found
