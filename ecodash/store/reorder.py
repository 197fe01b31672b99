"""The journal's rows of a closed month written anew in the order they are read in: the same rows, proved by their digest.

The one place where rows of the journal are deleted; they are inserted again within the same transaction. DuckDB keeps the
least and greatest value of each block of rows, so that a town's figures are found by reading few blocks where its rows
lie together. Reasons: docs/adr/.
"""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ecodash.domain.regions import COUNTRY_KEY, Level
from ecodash.errors import StoreBroken
from ecodash.store.digest import month_digests
from ecodash.store.records import closed_months
from ecodash.store.tables import observation

_COLUMNS = ", ".join(f'"{column.name}"' for column in observation.c)
_ORDER = "region, indicator, seq, sign"
_BEFORE = """
    SELECT count(*) FROM (
        SELECT region, indicator, seq, lag(region) OVER w AS region_before, lag(indicator) OVER w AS indicator_before,
               lag(seq) OVER w AS seq_before
        FROM observation WHERE period = :period WINDOW w AS (ORDER BY rowid)
    ) WHERE region < region_before OR (region = region_before AND (indicator < indicator_before
        OR (indicator = indicator_before AND seq < seq_before)))
"""


@dataclass(frozen=True, slots=True)
class Reordered:
    """A month whose rows were written anew.

    Args:
        period: yyyymm.
        rows, digest: of the month in the journal, the same before and after.
    """

    period: int
    rows: int
    digest: str


def is_in_order(connection: Connection, period: int) -> bool:
    """Whether the rows of a month lie by region, indicator and batch already."""
    return int(connection.execute(sa.text(_BEFORE), {"period": period}).scalar_one()) == 0


def wholly_closed(connection: Connection) -> list[int]:
    """The months (yyyymm) with figures that are closed everywhere, or in each county that has figures of them."""
    closed = closed_months(connection)
    county = (observation.c.region - observation.c.region % Level.COUNTY.span).label("county")
    found = sa.select(observation.c.period, county).group_by(observation.c.period, county)
    counties: dict[int, set[int]] = {}
    for period, key in connection.execute(found):
        counties.setdefault(int(period), set()).add(int(key))
    return sorted(
        period
        for period, keys in counties.items()
        if (COUNTRY_KEY, period) in closed or all((key, period) in closed for key in keys)
    )


def reorder(connection: Connection, period: int) -> Reordered:
    """Write a month's rows anew in their order, within the transaction of the caller.

    Raises:
        StoreBroken: the rows are not the same afterwards; the caller's transaction is to be rolled back.
    """
    whole = sa.select(sa.func.count()).select_from(observation)
    before, rows_before = _digest(connection, period), connection.execute(whole).scalar_one()
    kept = f"SELECT {_COLUMNS} FROM observation WHERE period = :period ORDER BY {_ORDER}"  # nosec B608
    connection.execute(sa.text(f"CREATE OR REPLACE TEMP TABLE reordered AS {kept}"), {"period": period})
    connection.execute(sa.delete(observation).where(observation.c.period == period))
    rewritten = f"INSERT INTO observation ({_COLUMNS}) SELECT {_COLUMNS} FROM temp.reordered ORDER BY {_ORDER}"  # nosec B608
    connection.execute(sa.text(rewritten))
    connection.execute(sa.text("DROP TABLE temp.reordered"))
    after, rows_after = _digest(connection, period), connection.execute(whole).scalar_one()
    if before != after or rows_before != rows_after:
        raise StoreBroken(
            f"{period} 的数据重新排列后与原来不一致，已全部撤回，没有改动任何数据。",
            "请先运行 python -m ecodash verify 核对数据库，并保留最近的备份；把这条信息告诉技术支持。",
        )
    return Reordered(period, *after)


def _digest(connection: Connection, period: int) -> tuple[int, str]:
    return month_digests(connection, observation, months=[period]).get(period, (0, ""))
