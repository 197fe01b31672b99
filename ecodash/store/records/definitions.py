"""Definitions people make on pages, in versions."""

import json
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ecodash.domain.access import Actor
from ecodash.domain.definitions import Definition, DefinitionKind
from ecodash.store.engine import next_number
from ecodash.store.tables import audit, counter, definition

_WRITTEN = ("save_definition", "withdraw_definition")
"""What the audit calls the writing of a version."""


def insert_definition(
    connection: Connection,
    kind: DefinitionKind,
    name: str,
    content: dict[str, Any],
    *,
    actor: Actor,
    now: datetime,
    is_withdrawn: bool = False,
) -> int:
    """Write the next version of a definition; returns its number."""
    number = next_number(connection, "definition")
    d = definition.c
    newest = sa.select(sa.func.max(d.version)).where(d.kind == kind.value, d.name == name)
    connection.execute(
        sa.insert(definition).values(
            number=number,
            kind=kind.value,
            name=name,
            version=(connection.execute(newest).scalar_one() or 0) + 1,
            content=json.dumps(content, ensure_ascii=False, sort_keys=True),
            is_withdrawn=is_withdrawn,
            actor=actor.name,
            at=now,
        )
    )
    return number


def find_definition(connection: Connection, number: int) -> Definition | None:
    """One version by its number, withdrawn or not."""
    row = connection.execute(sa.select(definition).where(definition.c.number == number)).first()
    return None if row is None else _definition(row)


def list_definitions(connection: Connection, kind: DefinitionKind) -> list[Definition]:
    """The newest version of every name of a kind that is not withdrawn, by name."""
    newest: dict[str, Definition] = {}
    statement = sa.select(definition).where(definition.c.kind == kind.value).order_by(definition.c.number)
    for row in connection.execute(statement):
        newest[row.name] = _definition(row)
    return [newest[name] for name in sorted(newest) if not newest[name].is_withdrawn]


def versions_of(connection: Connection, kind: DefinitionKind, name: str) -> list[Definition]:
    """Every version of a definition, newest first."""
    d = definition.c
    statement = sa.select(definition).where(d.kind == kind.value, d.name == name).order_by(d.number.desc())
    return [_definition(row) for row in connection.execute(statement)]


def definitions_version(connection: Connection) -> int:
    """How many definitions and boundary sets were ever written: what is derived from them is stale when it grows."""
    names = ("definition", "boundary_set")
    return int(
        connection.execute(sa.select(sa.func.sum(counter.c.value)).where(counter.c.name.in_(names))).scalar_one()
    )


def _definition(row: "sa.Row[Any]") -> Definition:
    values = dict(row._mapping)
    values["kind"] = DefinitionKind(values["kind"])
    values["content"] = json.loads(values["content"])
    return Definition(**values)


def writer_of(connection: Connection, number: int) -> tuple[int, str] | None:
    """Account and name of whoever wrote a version, as the audit says: two people may have one name. None where it does not
    say."""
    told = audit.c.detail.like(f'%"definition": {number},%') & audit.c.action.in_(_WRITTEN)
    lines = sa.select(audit.c.account, audit.c.actor, audit.c.detail).where(told).order_by(audit.c.number)
    rows = (row for row in connection.execute(lines) if json.loads(row.detail).get("definition") == number)
    return next(((int(row.account), str(row.actor)) for row in rows), None)
