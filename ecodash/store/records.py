"""Records beside the journal: catalogue, regions, batches, origins, snapshots, audit."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ecodash.domain.access import Actor
from ecodash.domain.indicators import Aggregation, Catalog, Indicator, Kind
from ecodash.domain.regions import Region, RegionTree
from ecodash.store.engine import frame, load_rows, next_number
from ecodash.store.tables import (
    audit,
    batch,
    catalog_version,
    counter,
    frozen_table,
    indicator,
    observation,
    origin,
    region,
    setting,
    snapshot,
)

_NO_LIMIT = 1_000_000
"""Reach of an attribute in yyyymm arithmetic: it stands until reported anew."""

# ── catalogue ──────────────────────────────────────────────────────────────────────────────────────────────────────


def sync_catalog(connection: Connection, catalog: Catalog, now: datetime) -> None:
    """Give every indicator its number and write down this version of the catalogue. Numbers are never given anew."""
    numbers = indicator_numbers(connection)
    following = max(numbers.values(), default=0) + 1
    for code in catalog:
        if code not in numbers:
            numbers[code] = following
            following += 1
    stored = {row.code: row for row in connection.execute(sa.select(indicator))}
    for entry in catalog.values():
        values = _statement_row(entry, numbers)
        row = stored.get(entry.code)
        if row is None:
            connection.execute(sa.insert(indicator).values(**values))
        elif dict(row._mapping) != values:
            connection.execute(sa.update(indicator).where(indicator.c.code == entry.code).values(**values))
    known = sa.select(catalog_version.c.digest).where(catalog_version.c.digest == catalog.digest)
    if connection.execute(known).first() is None:
        content = json.dumps([_plain(entry) for entry in catalog.values()], ensure_ascii=False)
        connection.execute(sa.insert(catalog_version).values(digest=catalog.digest, first_used_at=now, content=content))


def _statement_row(entry: Indicator, numbers: Mapping[str, int]) -> dict[str, Any]:
    reach = _NO_LIMIT if entry.kind is Kind.ATTRIBUTE else entry.kind.carry_months // 12 * 100
    is_ratio = entry.aggregation is Aggregation.RATIO
    return {
        "number": numbers[entry.code],
        "code": entry.code,
        "kind": entry.kind.value,
        "aggregation": entry.aggregation.value,
        "reach": reach,
        "numerator": numbers[entry.numerator] if is_ratio else None,
        "denominator": numbers[entry.denominator] if is_ratio else None,
    }


def _plain(entry: Indicator) -> dict[str, Any]:
    values = asdict(entry)
    values["report_levels"] = sorted(level.value for level in entry.report_levels)
    return {name: str(value) if name in ("minimum", "maximum") else value for name, value in values.items()}


def indicator_numbers(connection: Connection) -> dict[str, int]:
    """Indicator code → number in the journal."""
    rows = connection.execute(sa.select(indicator.c.code, indicator.c.number))
    return {row.code: int(row.number) for row in rows}


# ── regions ────────────────────────────────────────────────────────────────────────────────────────────────────────


def add_regions(connection: Connection, regions: Iterable[Region]) -> int:
    """Add the regions the store does not hold yet; returns how many. A region held in part becomes whole when given
    whole. A change of the list takes the next number of its version."""
    known = {row.key: row.is_whole for row in connection.execute(sa.select(region.c.key, region.c.is_whole))}
    items = list(regions)
    completed = [item.key for item in items if item.is_whole and not known.get(item.key, True)]
    if completed:
        connection.execute(sa.update(region).where(region.c.key.in_(completed)).values(is_whole=True))
    fresh = [item for item in items if item.key not in known]
    if fresh:
        fields = ("key", "name", "full_name", "kind", "first_month", "last_month", "successor", "is_whole")
        load_rows(connection, region, {name: [getattr(item, name) for item in fresh] for name in fields})
    if fresh or completed:
        next_number(connection, "regions")
    return len(fresh)


def regions_version(connection: Connection) -> int:
    """How many times the list of regions changed; 0 for an empty store."""
    return int(connection.execute(sa.select(counter.c.value).where(counter.c.name == "regions")).scalar_one())


def region_tree(connection: Connection) -> RegionTree:
    """All regions of the store."""
    return RegionTree(Region(**row._mapping) for row in connection.execute(sa.select(region)))


# ── batches and origins ────────────────────────────────────────────────────────────────────────────────────────────


def list_batches(connection: Connection, watermark: int) -> pd.DataFrame:
    """One row per batch up to a watermark, newest first: the columns of batch, and undone_by (NaN where it stands)."""
    by = batch.alias("by")
    statement = (
        sa.select(batch, by.c.seq.label("undone_by"))
        .outerjoin(by, sa.and_(by.c.undoes == batch.c.seq, by.c.seq <= watermark))
        .where(batch.c.seq <= watermark)
        .order_by(batch.c.seq.desc())
    )
    rows = frame(connection, statement)
    for name in ("received_at", "committed_at"):
        rows[name] = pd.to_datetime(rows[name]).dt.tz_localize("UTC")
    return rows


def find_batch_of(connection: Connection, file_sha256: str) -> int | None:
    """The newest batch that brought a file and still stands, or None."""
    undone = sa.select(batch.c.undoes).where(batch.c.undoes.is_not(None))
    statement = sa.select(sa.func.max(batch.c.seq)).where(
        batch.c.file_sha256 == file_sha256, batch.c.kind == "upload", batch.c.seq.not_in(undone)
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

    The upload is the last that wrote the cell and was not undone by the watermark. Reports of earlier months are among
    them as far as they reach (indicator.reach), also where a later one took their place.

    Returns:
        One row per (region, indicator code, period): value (Decimal), seq, file_name, file_row,
        actor, committed_at, is_demo.
    """
    o = observation.c
    undone = sa.select(batch.c.undoes).where(batch.c.undoes.is_not(None), batch.c.seq <= watermark)
    last = (
        sa.select(o.region, o.indicator, o.period, sa.func.max(o.seq).label("seq"))
        .join(batch, batch.c.seq == o.seq)
        .join(indicator, indicator.c.number == o.indicator)
        .where(
            o.seq <= watermark,
            o.sign > 0,
            o.region >= lo,
            o.region < hi,
            o.period <= period,
            o.period + indicator.c.reach >= period,
            indicator.c.code.in_(codes),
            batch.c.kind == "upload",
            o.seq.not_in(undone),
        )
        .group_by(o.region, o.indicator, o.period)
        .subquery("last")
    )
    place = sa.and_(
        origin.c.seq == last.c.seq,
        origin.c.region == last.c.region,
        origin.c.period == last.c.period,
        origin.c.indicator.in_([0]) | (origin.c.indicator == last.c.indicator),
    )
    written = sa.and_(
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
    rows["committed_at"] = pd.to_datetime(rows["committed_at"]).dt.tz_localize("UTC")
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


def first_receipts(connection: Connection, watermark: int, period: int, lo: int, hi: int) -> pd.DataFrame:
    """When each region first reported anything for a month, by uploads that stand.

    Returns:
        One row per region with a report of its own: region, received_at (aware UTC), indicators (how many).
    """
    o = observation.c
    undone = sa.select(batch.c.undoes).where(batch.c.undoes.is_not(None), batch.c.seq <= watermark)
    statement = (
        sa.select(
            o.region,
            sa.func.min(batch.c.received_at).label("received_at"),
            sa.func.count(sa.distinct(o.indicator)).label("indicators"),
        )
        .join(batch, batch.c.seq == o.seq)
        .join(indicator, indicator.c.number == o.indicator)
        .where(
            o.seq <= watermark,
            o.sign > 0,
            o.period == period,
            o.region >= lo,
            o.region < hi,
            indicator.c.kind != "attribute",
            batch.c.kind == "upload",
            o.seq.not_in(undone),
        )
        .group_by(o.region)
    )
    rows = frame(connection, statement)
    rows["received_at"] = pd.to_datetime(rows["received_at"]).dt.tz_localize("UTC")
    return rows


# ── snapshots ──────────────────────────────────────────────────────────────────────────────────────────────────────


def insert_snapshot(connection: Connection, values: Mapping[str, Any], tables: Iterable[tuple[str, bytes, str]]) -> int:
    """Keep a frozen page and its tables (name, Parquet bytes, SHA-256); returns its number."""
    number = next_number(connection, "snapshot")
    connection.execute(sa.insert(snapshot).values(number=number, **values))
    for position, (name, content, sha256) in enumerate(tables):
        connection.execute(
            sa.insert(frozen_table).values(
                snapshot=number, position=position, name=name, content=content, sha256=sha256
            )
        )
    return number


def list_snapshots(connection: Connection) -> pd.DataFrame:
    """One row per snapshot, newest first: the columns of snapshot."""
    rows = connection.execute(sa.select(snapshot).order_by(snapshot.c.number.desc()))
    return pd.DataFrame(rows.mappings().all(), columns=list(snapshot.c.keys()))


def find_snapshot(
    connection: Connection, *, token: str | None = None, number: int | None = None
) -> tuple[dict[str, Any], list[tuple[str, bytes, str]]] | None:
    """A snapshot by its token or number, with its frozen tables in order: name, Parquet bytes, SHA-256."""
    condition = snapshot.c.token == token if token is not None else snapshot.c.number == number
    row = connection.execute(sa.select(snapshot).where(condition)).mappings().one_or_none()
    if row is None:
        return None
    tables = connection.execute(
        sa.select(frozen_table).where(frozen_table.c.snapshot == row["number"]).order_by(frozen_table.c.position)
    )
    return dict(row), [(table.name, bytes(table.content), table.sha256) for table in tables]


# ── audit ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def write_audit(
    connection: Connection, *, actor: Actor, now: datetime, action: str, detail: Mapping[str, Any], watermark: int
) -> None:
    """One line: who did what, when, and at which watermark."""
    connection.execute(
        sa.insert(audit).values(
            number=next_number(connection, "audit"),
            at=now,
            actor=actor.name,
            channel=actor.channel,
            action=action,
            detail=json.dumps(detail, ensure_ascii=False, sort_keys=True),
            watermark=watermark,
        )
    )


def list_audit(connection: Connection, limit: int = 200) -> pd.DataFrame:
    """The newest audit lines: number, at, actor, channel, action, detail, watermark."""
    rows = connection.execute(sa.select(audit).order_by(audit.c.number.desc()).limit(limit))
    return pd.DataFrame(rows.mappings().all(), columns=list(audit.c.keys()))


# ── settings ───────────────────────────────────────────────────────────────────────────────────────────────────────


def find_setting(connection: Connection, name: str) -> str | None:
    """A choice of this installation, or None where none was made."""
    return connection.execute(sa.select(setting.c.value).where(setting.c.name == name)).scalar_one_or_none()


def set_setting(connection: Connection, name: str, value: str) -> None:
    """Make a choice, in place of an earlier one."""
    if find_setting(connection, name) is None:
        connection.execute(sa.insert(setting).values(name=name, value=value))
    else:
        connection.execute(sa.update(setting).where(setting.c.name == name).values(value=value))
