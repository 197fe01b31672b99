"""Snapshots, the audit, and choices of the installation."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ecodash.domain.access import Actor
from ecodash.store.engine import next_number
from ecodash.store.tables import audit, frozen_table, setting, snapshot


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


def find_setting(connection: Connection, name: str) -> str | None:
    """A choice of this installation, or None where none was made."""
    return connection.execute(sa.select(setting.c.value).where(setting.c.name == name)).scalar_one_or_none()


def set_setting(connection: Connection, name: str, value: str) -> None:
    """Make a choice, in place of an earlier one."""
    if find_setting(connection, name) is None:
        connection.execute(sa.insert(setting).values(name=name, value=value))
    else:
        connection.execute(sa.update(setting).where(setting.c.name == name).values(value=value))
