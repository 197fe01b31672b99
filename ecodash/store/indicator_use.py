"""How much of each indicator stands in the journal."""

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ecodash.store.engine import frame
from ecodash.store.tables import indicator, observation


def standing_reports(connection: Connection, watermark: int) -> pd.DataFrame:
    """Reports that stand as of a watermark.

    Returns:
        One row per indicator with any: indicator (code), reports (how many), last_period (yyyymm, the newest).
    """
    o = observation.c
    months = (
        sa.select(o.indicator, o.period, sa.func.sum(o.sign).label("reports"))
        .where(o.seq <= watermark)
        .group_by(o.indicator, o.period)
        .having(sa.func.sum(o.sign) > 0)
        .subquery("months")
    )
    m = months.c
    statement = (
        sa.select(
            indicator.c.code.label("indicator"),
            sa.cast(sa.func.sum(m.reports), sa.BigInteger).label("reports"),
            sa.func.max(m.period).label("last_period"),
        )
        .join(indicator, indicator.c.number == m.indicator)
        .group_by(indicator.c.code)
        .order_by(indicator.c.code)
    )
    return frame(connection, statement)
