"""Boundary sets and their withdrawals: rows are added, never changed."""

import json
import zlib
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ecodash.domain.access import Actor
from ecodash.domain.boundaries import BoundarySet, Datum
from ecodash.domain.regions import Level, region_key
from ecodash.store.engine import next_number
from ecodash.store.tables import boundary_set

_LISTED = [column for column in boundary_set.c if column.name != "content"]


def insert_boundary_set(
    connection: Connection,
    *,
    county: int,
    level: Level,
    digest: str,
    content: bytes,
    shapes: int,
    datum: Datum,
    detail: dict[str, Any],
    file_name: str,
    file_sha256: str,
    actor: Actor,
    now: datetime,
) -> int:
    """Keep a set; content is its GeoJSON; returns its number."""
    return _insert(
        connection,
        county=county,
        level=level.value,
        digest=digest,
        content=zlib.compress(content, 6),
        shapes=shapes,
        datum=datum.value,
        detail=json.dumps(detail, ensure_ascii=False),
        file_name=file_name,
        file_sha256=file_sha256,
        is_withdrawn=False,
        actor=actor.name,
        at=now,
    )


def insert_withdrawal(connection: Connection, withdrawn: BoundarySet, *, actor: Actor, now: datetime) -> int:
    """Write that a set no longer holds: a row that names it and has no shapes; returns the row's number."""
    return _insert(
        connection,
        county=withdrawn.county,
        level=withdrawn.level.value,
        digest=withdrawn.digest,
        content=b"",
        shapes=0,
        datum=withdrawn.datum.value,
        detail=json.dumps({"withdraws": withdrawn.number}),
        file_name=withdrawn.file_name,
        file_sha256=withdrawn.file_sha256,
        is_withdrawn=True,
        actor=actor.name,
        at=now,
    )


def list_boundary_sets(connection: Connection, county: int | None = None) -> list[BoundarySet]:
    """Every set ever kept, newest first, withdrawn ones with who withdrew them and when."""
    statement = sa.select(*_LISTED).order_by(boundary_set.c.number.desc())
    if county is not None:
        statement = statement.where(boundary_set.c.county == county)
    rows = connection.execute(statement).all()
    gone = {int(json.loads(row.detail)["withdraws"]): row for row in rows if row.is_withdrawn}
    return [_set(row, gone.get(row.number)) for row in rows if not row.is_withdrawn]


def boundary_content(connection: Connection, number: int) -> bytes:
    """The GeoJSON of a set."""
    content = sa.select(boundary_set.c.content).where(boundary_set.c.number == number)
    return zlib.decompress(bytes(connection.execute(content).scalar_one()))


def standing_number(connection: Connection, digest: str) -> int | None:
    """The number of a set of a digest that is not withdrawn, or None."""
    rows = connection.execute(
        sa.select(boundary_set.c.number, boundary_set.c.is_withdrawn, boundary_set.c.detail)
        .where(boundary_set.c.digest == digest)
        .order_by(boundary_set.c.number.desc())
    ).all()
    gone = {int(json.loads(row.detail)["withdraws"]) for row in rows if row.is_withdrawn}
    return next((int(row.number) for row in rows if not row.is_withdrawn and row.number not in gone), None)


def _insert(connection: Connection, **values: Any) -> int:
    number = next_number(connection, "boundary_set")
    connection.execute(sa.insert(boundary_set).values(number=number, **values))
    return number


def _set(row: "sa.Row[Any]", withdrawal: "sa.Row[Any] | None") -> BoundarySet:
    detail = json.loads(row.detail)
    return BoundarySet(
        number=row.number,
        county=row.county,
        level=Level(row.level),
        digest=row.digest,
        datum=Datum(row.datum),
        shapes=row.shapes,
        keys=frozenset(region_key(str(code)) for code in detail["regions"]),
        file_name=row.file_name,
        file_sha256=row.file_sha256,
        actor=row.actor,
        at=row.at,
        detail=detail,
        withdrawn_by=withdrawal.actor if withdrawal else "",
        withdrawn_at=withdrawal.at if withdrawal else None,
    )
