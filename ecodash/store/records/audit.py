"""The audit, and choices of the installation."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ecodash.domain.access import Actor
from ecodash.store.engine import next_number
from ecodash.store.tables import audit, setting


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
