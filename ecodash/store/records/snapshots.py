"""Snapshots: the frozen pages, what may change of them, and how often they were opened."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ecodash.domain.snapshots import Access, Snapshot
from ecodash.store.engine import next_number
from ecodash.store.tables import frozen_table, snapshot, snapshot_opening, snapshot_state


@dataclass(frozen=True, slots=True)
class FrozenTable:
    """A table as it is kept: its name within a page, Parquet bytes, and their SHA-256."""

    name: str
    content: bytes
    sha256: str


def insert_snapshot(
    connection: Connection, values: Mapping[str, Any], state: Mapping[str, Any], tables: Iterable[FrozenTable]
) -> int:
    """Keep frozen pages and their tables; returns the snapshot's number.

    Args:
        values, state: the columns of snapshot and snapshot_state beside the number; the edition within the series is
            counted here.
    """
    number = next_number(connection, "snapshot")
    edition = _last_edition(connection, str(values["series"])) + 1 if values["series"] else 0
    connection.execute(sa.insert(snapshot).values(number=number, edition=edition, **values))
    connection.execute(sa.insert(snapshot_state).values(snapshot=number, **state))
    connection.execute(sa.insert(snapshot_opening).values(snapshot=number, opened=0, last_opened_at=None))
    for position, table in enumerate(tables):
        connection.execute(
            sa.insert(frozen_table).values(
                snapshot=number, position=position, name=table.name, content=table.content, sha256=table.sha256
            )
        )
    return number


def _last_edition(connection: Connection, series: str) -> int:
    found = connection.execute(sa.select(sa.func.max(snapshot.c.edition)).where(snapshot.c.series == series))
    return int(found.scalar_one() or 0)


def update_snapshot(connection: Connection, number: int, **changes: Any) -> None:
    """Change columns of snapshot_state."""
    next_number(connection, "snapshot_state")
    connection.execute(sa.update(snapshot_state).where(snapshot_state.c.snapshot == number).values(**changes))


def count_openings(connection: Connection, counts: Mapping[int, tuple[int, datetime]]) -> None:
    """Add to how often snapshots were opened.

    Args:
        counts: number of the snapshot → how often since, and when last.
    """
    o = snapshot_opening.c
    for number, (times, last) in counts.items():
        found = connection.execute(sa.select(o.opened).where(o.snapshot == number)).scalar_one_or_none()
        if found is None:
            values = {"snapshot": number, "opened": times, "last_opened_at": last}
            connection.execute(sa.insert(snapshot_opening).values(values))
        else:
            changed = {"opened": found + times, "last_opened_at": last}
            connection.execute(sa.update(snapshot_opening).where(o.snapshot == number).values(changed))


def list_snapshots(connection: Connection, series: str | None = None) -> list[Snapshot]:
    """Every snapshot, or those of a recurring meeting, newest first."""
    statement = _snapshots().order_by(snapshot.c.number.desc())
    if series is not None:
        statement = statement.where(snapshot.c.series == series)
    return [_snapshot(row) for row in connection.execute(statement).mappings()]


def find_snapshot(
    connection: Connection, *, number: int | None = None, token_hash: str | None = None
) -> Snapshot | None:
    """A snapshot by its number or by the hash of its link's token; None where there is none."""
    wanted = snapshot.c.number == number if number is not None else snapshot_state.c.token_hash == token_hash
    row = connection.execute(_snapshots().where(wanted)).mappings().one_or_none()
    return None if row is None else _snapshot(row)


def frozen_tables(connection: Connection, number: int) -> list[FrozenTable]:
    """The tables of a snapshot in order."""
    t = frozen_table.c
    rows = connection.execute(sa.select(t.name, t.content, t.sha256).where(t.snapshot == number).order_by(t.position))
    return [FrozenTable(row.name, bytes(row.content), row.sha256) for row in rows]


def _snapshots() -> sa.Select[Any]:
    return (
        sa.select(snapshot, snapshot_state, snapshot_opening.c.opened, snapshot_opening.c.last_opened_at)
        .join(snapshot_state, snapshot_state.c.snapshot == snapshot.c.number)
        .outerjoin(snapshot_opening, snapshot_opening.c.snapshot == snapshot.c.number)
    )


def _snapshot(row: Mapping[Any, Any]) -> Snapshot:
    same = (
        "number", "title", "note", "page", "page_count", "selection", "watermark", "created_at", "actor", "meta",
        "sha256", "series", "edition", "nonce", "token_hash", "base_url", "pin_hash", "expires_at", "revoked_at",
        "revoked_by", "last_opened_at",
    )  # fmt: skip
    return Snapshot(
        **{name: row[name] for name in same},
        access=Access(row["access"]),
        presenter_notes=tuple(json.loads(row["presenter_notes"])),
        opened=int(row["opened"] or 0),
    )
