"""Months closed to reports: no figure of one changes, whoever commits and whatever was shown before."""

from typing import Any

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ecodash.domain.periods import Month
from ecodash.domain.regions import COUNTRY_KEY, Level
from ecodash.errors import TransitionRefused
from ecodash.store.records import closed_months
from ecodash.store.tables import region


def refuse_closed(connection: Connection, regions: npt.NDArray[Any], periods: npt.NDArray[Any]) -> None:
    """Refuse to change a cell of a closed month.

    Args:
        regions, periods: of each cell that would change.
    Raises:
        TransitionRefused: one lies in a closed month; nothing is to be written.
    """
    for county, period in sorted(closed_months(connection)):
        hit = periods == period
        if county != COUNTRY_KEY:
            hit = hit & (regions - regions % Level.COUNTY.span == county)
        count = int(np.count_nonzero(hit))
        if count:
            name = connection.execute(sa.select(region.c.name).where(region.c.key == county)).scalar_one_or_none()
            where = f"{name or county}的" if county != COUNTRY_KEY else ""
            raise TransitionRefused(
                f"{where}{Month.from_key(period).label}已停止填报，其中有 {count} 个数据会被改动，因此没有写入任何数据。",
                "如确需更正，请先由管理员重新开放该月。",
            )
