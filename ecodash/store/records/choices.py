"""What people decided once and need not say again: meanings of headers, closed months, other names of regions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ecodash.domain.access import Actor
from ecodash.domain.regions import COUNTRY_KEY, key_range
from ecodash.store.engine import next_number
from ecodash.store.tables import header_choice, month_lock, region_alias

# ── headers ────────────────────────────────────────────────────────────────────────────────────────────────────────


def remember_headers(connection: Connection, actor: Actor, mapping: Mapping[str, str], now: datetime) -> int:
    """Keep what a reporter said headers mean: header → target, as the reader takes it; "" forgets a header.

    Returns how many were written: what is known already is not written again.
    """
    known = headers_of(connection, actor)
    fresh = {header: target for header, target in mapping.items() if known.get(header, "") != target}
    for header, target in fresh.items():
        connection.execute(
            sa.insert(header_choice).values(
                number=next_number(connection, "header_choice"),
                actor=actor.name,
                header=header,
                target=target,
                chosen_at=now,
            )
        )
    return len(fresh)


def headers_of(connection: Connection, actor: Actor) -> dict[str, str]:
    """Header → target, as a reporter chose last."""
    chosen = connection.execute(
        sa.select(header_choice.c.header, header_choice.c.target)
        .where(header_choice.c.actor == actor.name)
        .order_by(header_choice.c.number)
    )
    newest = {row.header: row.target for row in chosen}
    return {header: target for header, target in newest.items() if target}


# ── closed months ──────────────────────────────────────────────────────────────────────────────────────────────────


def set_month_lock(
    connection: Connection,
    *,
    period: int,
    region: int,
    is_closed: bool,
    actor: Actor,
    now: datetime,
    reason: str,
) -> bool:
    """Close a month (yyyymm) to reports, or open it again, for a county or everywhere (region 0).

    Returns whether anything changed: what is so already is not written again.
    """
    if ((region, period) in closed_months(connection)) is is_closed:
        return False
    connection.execute(
        sa.insert(month_lock).values(
            number=next_number(connection, "month_lock"),
            period=period,
            region=region,
            is_closed=is_closed,
            actor=actor.name,
            at=now,
            reason=reason,
        )
    )
    return True


def closed_months(connection: Connection) -> set[tuple[int, int]]:
    """Every (county key, or 0 for everywhere; yyyymm) that is closed now."""
    lines = connection.execute(
        sa.select(month_lock.c.region, month_lock.c.period, month_lock.c.is_closed).order_by(month_lock.c.number)
    )
    newest = {(int(line.region), int(line.period)): line.is_closed for line in lines}
    return {place for place, is_closed in newest.items() if is_closed}


def list_month_locks(connection: Connection) -> pd.DataFrame:
    """Every closing and opening, newest first: number, period, region, is_closed, actor, at (aware UTC), reason."""
    rows = connection.execute(sa.select(month_lock).order_by(month_lock.c.number.desc()))
    return pd.DataFrame(rows.mappings().all(), columns=list(month_lock.c.keys()))


# ── other names of regions ─────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class RegionAlias:
    """Another name of a region, and who added it when."""

    key: int
    alias: str
    actor: str
    added_at: datetime


def add_alias(connection: Connection, key: int, alias: str, actor: Actor, now: datetime) -> bool:
    """Let a region be known by another name too; returns whether that is new. A name may be that of several regions."""
    same = sa.and_(region_alias.c.key == key, region_alias.c.alias == alias)
    if connection.execute(sa.select(region_alias.c.key).where(same)).first() is not None:
        return False
    connection.execute(sa.insert(region_alias).values(key=key, alias=alias, actor=actor.name, added_at=now))
    # Regions are found by their other names: whoever keeps them is to read them anew.
    next_number(connection, "regions")
    return True


def list_aliases(connection: Connection, region: int = COUNTRY_KEY) -> list[RegionAlias]:
    """Other names of a region and of all in it, by key and name."""
    lo, hi = key_range(region)
    statement = (
        sa.select(region_alias)
        .where(region_alias.c.key >= lo, region_alias.c.key < hi)
        .order_by(region_alias.c.key, region_alias.c.alias)
    )
    return [RegionAlias(**row._mapping) for row in connection.execute(statement)]
