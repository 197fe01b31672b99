"""Which reports and targets stand otherwise at one watermark than at another.

Only the rows between the two are read to find out: the journal is signed, so a cell's rows add up to the step from one
state to the other. A sum of signs of 1 put a value where none stood, -1 took the only one away, and 0 with a sum of
values other than 0 put another in its place; where both sums are 0 all is as it was.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ecodash.domain.regions import Level
from ecodash.store.engine import frame
from ecodash.store.records import indicator_numbers
from ecodash.store.standing import CELL, TARGET, at_level
from ecodash.store.tables import batch, observation, target


@dataclass(frozen=True, slots=True)
class Reach:
    """A block of cells or targets.

    Args:
        lo, hi: keys from lo, before hi.
        codes: indicators; None: all.
        first, last: months (yyyymm) they are for, of targets deadlines; both included.
        level: of the regions; None: any.
    """

    lo: int
    hi: int
    codes: tuple[str, ...] | None
    first: int
    last: int
    level: Level | None = None


def cell_changes(connection: Connection, then: int, now: int, reaches: Sequence[Reach]) -> pd.DataFrame:
    """Reports in any of some blocks that stand otherwise as of two watermarks.

    Returns:
        One row per cell, by region, indicator's number and period: region (key), indicator (code), period (yyyymm),
        before, after (float; NaN where nothing stood or stands), seq (the last batch between the two that touched it:
        it left the cell as it is now).
    """
    names = ["region", "indicator", "period", "before", "after", "seq"]
    if now <= then or not reaches:
        return pd.DataFrame(columns=names)
    numbers = indicator_numbers(connection)
    moved = _moved(observation, CELL, then, now, reaches, numbers)
    rows = frame(connection, moved.order_by(*(observation.c[key] for key in CELL)))
    rows = rows.astype({"step": int, "delta": float, "seq": int, "region": int, "period": int})
    before = np.where(rows["step"] < 0, -rows["delta"], np.nan)
    rows["before"] = pd.Series(before, rows.index, dtype=float)
    is_other = rows["step"] == 0
    if is_other.any():
        stood = _stood(connection, then, moved, rows[is_other])
        found = stood.reindex(pd.MultiIndex.from_frame(rows.loc[is_other, list(CELL)]))
        rows.loc[is_other, "before"] = found.to_numpy(dtype=float)
    # Four decimals are kept: the sum of two floats is no more exact than that.
    after = (rows["before"].fillna(0.0) + rows["delta"]).round(4)
    rows["after"] = after.where(rows["step"] >= 0)
    codes = {number: code for code, number in numbers.items()}
    rows["indicator"] = rows["indicator"].map(codes).astype(object)
    return rows[names]


def _moved(
    table: sa.Table, keys: Sequence[str], then: int, now: int, reaches: Sequence[Reach], numbers: dict[str, int]
) -> "sa.Select[tuple[object, ...]]":
    """Cells whose rows between two watermarks do not add up to nothing: keys, step, delta, seq."""
    t = table.c
    cell = [t[key] for key in keys]
    step, delta = sa.func.sum(t.sign), sa.func.sum(t.value * t.sign)
    return (
        sa.select(*cell, step.label("step"), delta.label("delta"), sa.func.max(t.seq).label("seq"))
        .where(t.seq > then, t.seq <= now, _within(table, keys[-1], reaches, numbers))
        .group_by(*cell)
        .having(sa.or_(step != 0, delta != 0))
    )


def _within(table: sa.Table, month: str, reaches: Sequence[Reach], numbers: dict[str, int]) -> sa.ColumnElement[bool]:
    t = table.c
    blocks = []
    for one in dict.fromkeys(reaches):
        block = [t.region >= one.lo, t.region < one.hi, t[month] >= one.first, t[month] <= one.last]
        if one.codes is not None:
            block.append(t.indicator.in_([numbers[code] for code in one.codes if code in numbers]))
        if one.level is not None:
            block.append(at_level(t.region, one.level))
        blocks.append(sa.and_(*block))
    return sa.or_(*blocks)


def _stood(
    connection: Connection, then: int, moved: "sa.Select[tuple[object, ...]]", rows: pd.DataFrame
) -> "pd.Series[float]":
    """What stood as of a watermark in cells that were given another value: by region, indicator (number), period."""
    o, other = observation.c, moved.subquery("moved")
    same_cell = sa.and_(*(o[key] == other.c[key] for key in CELL))
    # The bounds say nothing the join does not; they let whole blocks of the journal be passed over.
    bounds = [sa.and_(o[key] >= int(rows[key].min()), o[key] <= int(rows[key].max())) for key in ("region", "period")]
    statement = (
        sa.select(*(o[key] for key in CELL), sa.func.sum(o.value * o.sign).label("value"))
        .join(other, sa.and_(same_cell, other.c.step == 0))
        .where(o.seq <= then, *bounds)
        .group_by(*(o[key] for key in CELL))
    )
    found: pd.Series[float] = frame(connection, statement).set_index(list(CELL))["value"].astype(float)
    return found


def target_changes(connection: Connection, then: int, now: int, reaches: Sequence[Reach]) -> pd.DataFrame:
    """Targets in any of some blocks that were set, changed or withdrawn between two watermarks.

    Returns:
        One row per target, by region, indicator's number and deadline: region (key), indicator (code), deadline
        (yyyymm), seq (the last batch that touched it).
    """
    names = [*TARGET, "seq"]
    if now <= then or not reaches:
        return pd.DataFrame(columns=names)
    numbers = indicator_numbers(connection)
    t = target.c
    cell = [t[key] for key in TARGET]
    # A baseline may be left open, which is not the same as 0.
    given = sa.func.sum(sa.case((t.baseline.is_not(None), t.sign), else_=0))
    baseline = sa.func.coalesce(sa.func.sum(t.baseline * t.sign), 0)
    sums = (sa.func.sum(t.sign), sa.func.sum(t.value * t.sign), given, baseline)
    statement = (
        sa.select(*cell, sa.func.max(t.seq).label("seq"))
        .where(t.seq > then, t.seq <= now, _within(target, "deadline", reaches, numbers))
        .group_by(*cell)
        .having(sa.or_(*(one != 0 for one in sums)))
        .order_by(*cell)
    )
    rows = frame(connection, statement)
    codes = {number: code for code, number in numbers.items()}
    rows["indicator"] = rows["indicator"].map(codes).astype(object)
    return rows[names]


def actors_of(connection: Connection, numbers: Sequence[int]) -> dict[int, str]:
    """Who committed some batches, by number."""
    statement = sa.select(batch.c.seq, batch.c.actor).where(batch.c.seq.in_([int(number) for number in numbers]))
    return {int(row.seq): str(row.actor) for row in connection.execute(statement)}
