"""How far a store has come: what every key of a cached answer is made of."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ecodash.store.tables import counter


@dataclass(frozen=True, slots=True)
class StoreState:
    """The counters that everything shown depends on.

    Args:
        watermark: number of the last commit; 0 before the first.
        regions: how many times the list of regions changed.
        definitions: how many definitions and boundary sets were ever written.
        snapshots: how many snapshots were made, and how many times one was changed.
        deadlines: how many times a month's deadline was set: what is late depends on it.
        review: how many steps reports in review took.
        access: how many times an account, a grant or a session changed.
    """

    watermark: int
    regions: int
    definitions: int
    snapshots: int = 0
    deadlines: int = 0
    review: int = 0
    access: int = 0


def store_state(connection: Connection) -> StoreState:
    """All counters in one small query."""
    rows = connection.execute(sa.select(counter.c.name, counter.c.value))
    values = {str(row.name): int(row.value) for row in rows}
    return StoreState(
        values["watermark"],
        values["regions"],
        values["definition"] + values["boundary_set"],
        values["snapshot"] + values["snapshot_state"],
        values["month_deadline"],
        values["filing_step"],
        values["access"],
    )
