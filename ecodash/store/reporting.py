"""Which units reported anything in which months, whatever the figures were."""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ecodash.domain.regions import Level
from ecodash.store.tables import indicator, observation


def flow_months(connection: Connection, lo: int, hi: int, first_period: int, last_period: int) -> set[tuple[int, int]]:
    """Every (unit, yyyymm) in which a town, or one of its villages, reported any flow that stands; a county or higher
    unit for its own reports.

    Args:
        lo, hi: keys from lo, before hi.
        first_period, last_period: months, both included.
    """
    o = observation.c
    unit = (o.region - o.region % Level.TOWN.span).label("unit")
    standing = (
        sa.select(unit, o.period)
        .join(indicator, indicator.c.number == o.indicator)
        .where(o.region >= lo, o.region < hi, o.period >= first_period, o.period <= last_period)
        .where(indicator.c.kind == "flow")
        .group_by(unit, o.period)
        .having(sa.func.sum(o.sign) > 0)
    )
    return {(int(row.unit), int(row.period)) for row in connection.execute(standing)}
