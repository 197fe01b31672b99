"""What a submission would change, cell by cell."""

from dataclasses import dataclass, fields
from decimal import Decimal
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ecodash.decimals import Ints, decimal_series, scaled
from ecodash.store.columns import cell_keys, numbers_of
from ecodash.store.engine import arrow_table, frame
from ecodash.store.records import indicator_numbers
from ecodash.store.standing import TARGET, cells_as_of
from ecodash.store.submission import Submission
from ecodash.store.tables import observation, target

CHANGES = ("new", "changed", "unchanged")
NEW, CHANGED, UNCHANGED = range(3)
NEWEST = 2**62
"""A watermark no commit reaches."""


@dataclass(frozen=True)
class Compared:
    """The cells of a submission beside what stands, as columns of equal length in the file's order.

    Args:
        region, number, period: the cell, its indicator by number.
        sheet, row: where the file has it.
        new, old: ten-thousandths; old is 0 where nothing stands.
        change: NEW, CHANGED or UNCHANGED.
    """

    region: Ints
    number: npt.NDArray[np.int16]
    period: npt.NDArray[np.int32]
    sheet: npt.NDArray[np.int16]
    row: npt.NDArray[np.int32]
    new: Ints
    old: Ints
    change: npt.NDArray[np.int8]

    @cached_property
    def keys(self) -> Ints:
        """Each cell as one integer: ecodash.store.columns."""
        return cell_keys(self.region, self.number, self.period)

    def __len__(self) -> int:
        return len(self.change)

    def counts(self) -> Ints:
        """How many cells are new, changed, unchanged."""
        return np.bincount(self.change, minlength=len(CHANGES)).astype(np.int64)

    def fresh(self) -> "Compared":
        """The cells that are not as they stand, in the order the journal is read: by period, region, indicator."""
        places = np.flatnonzero(self.change != UNCHANGED)
        keys = self.keys[places]
        if np.any(keys[1:] < keys[:-1]):
            places = places[np.argsort(keys, kind="stable")]
        elif len(places) == len(self):
            return self
        return Compared(**{field.name: getattr(self, field.name)[places] for field in fields(self)})


def compare_cells(connection: Connection, cells: pd.DataFrame) -> Compared:
    """The cells of a submission beside what stands now."""
    compared = Compared(
        region=cells["region"].to_numpy(np.int64),
        number=numbers_of(cells["indicator"], indicator_numbers(connection)) if len(cells) else np.empty(0, np.int16),
        period=cells["period"].to_numpy(np.int32),
        sheet=cells["sheet"].to_numpy(np.int16) if "sheet" in cells else np.zeros(len(cells), dtype=np.int16),
        row=cells["row"].to_numpy(np.int32),
        new=scaled(cells["value"]),
        old=np.zeros(len(cells), dtype=np.int64),
        change=np.zeros(len(cells), dtype=np.int8),
    )
    if len(cells):
        _set_old(connection, compared)
    return compared


def _set_old(connection: Connection, compared: Compared) -> None:
    o = observation.c
    statement = cells_as_of(
        NEWEST,
        o.region >= int(compared.region.min()),
        o.region <= int(compared.region.max()),
        o.period.in_([int(period) for period in np.unique(compared.period)]),
        o.indicator.in_([int(number) for number in np.unique(compared.number)]),
    )
    standing = arrow_table(connection, statement)
    if not len(standing):
        return
    keys = cell_keys(*(standing[name].to_numpy() for name in ("region", "indicator", "period")))
    values = scaled(standing["value"])
    if np.any(keys[1:] < keys[:-1]):
        order = np.argsort(keys)
        keys, values = keys[order], values[order]
    places = np.searchsorted(keys, compared.keys)
    places[places == len(keys)] = 0
    found = keys[places] == compared.keys
    compared.old[found] = values[places[found]]
    compared.change[found] = np.where(compared.old[found] == compared.new[found], UNCHANGED, CHANGED)


def difference(connection: Connection, submission: Submission) -> pd.DataFrame:
    """What a submission would change as of now.

    Returns:
        One row per submitted cell in the file's order: the columns of the submission's cells with new (decimal of
        Arrow) in the place of value, old (decimal of Arrow, null where nothing stands) and change (category: new,
        changed, unchanged).
    """
    cells = submission.cells
    compared = compare_cells(connection, cells)
    old = decimal_series(compared.old, compared.change != NEW)
    values = decimal_series(compared.new)
    return cells.assign(value=values.array, old=old.array, change=_categories(compared.change)).rename(
        columns={"value": "new"}
    )


def _categories(change: npt.NDArray[np.int8]) -> "pd.Categorical[Any]":
    return pd.Categorical.from_codes(change, categories=pd.Index(CHANGES))


def target_difference(connection: Connection, submission: Submission) -> pd.DataFrame:
    """What a submission would change of the targets.

    Returns:
        One row per target in the submission's order: region, indicator, deadline, row, baseline, new, old_baseline, old
        (Decimal or None: new is None where the target is withdrawn, old where none stands, a baseline where it is not
        given), change (category; a target withdrawn counts as changed, or as unchanged where none stands).
    """
    rows = submission.targets
    if rows.empty:
        return rows.rename(columns={"value": "new"}).assign(
            old=None, old_baseline=None, change=_categories(np.empty(0, np.int8))
        )
    current = targets_as_of(connection, NEWEST).rename(columns={"value": "old", "baseline": "old_baseline"})
    both = rows.rename(columns={"value": "new"}).merge(current, on=list(TARGET), how="left")
    names = ["old", "old_baseline", "new", "baseline"]
    for name in names:
        both[name] = both[name].astype(object).where(both[name].notna(), None)
    both["change"] = _categories(
        np.array([_target_change(*row) for row in both[names].itertuples(index=False, name=None)], dtype=np.int8)
    )
    return both


def _target_change(
    old: Decimal | None, old_baseline: Decimal | None, new: Decimal | None, baseline: Decimal | None
) -> int:
    if new is None:
        return UNCHANGED if old is None else CHANGED
    if old is None:
        return NEW
    return UNCHANGED if (old, old_baseline) == (new, baseline) else CHANGED


def targets_as_of(connection: Connection, watermark: int) -> pd.DataFrame:
    """Targets as of a watermark: one row per (region, indicator code, deadline): baseline (Decimal, None where it is not
    given), value (Decimal)."""
    t = target.c
    given = sa.func.sum(sa.case((t.baseline.is_not(None), t.sign), else_=0))
    statement = (
        sa.select(
            t.region,
            t.indicator,
            t.deadline,
            sa.case((given > 0, sa.cast(sa.func.sum(t.baseline * t.sign), t.baseline.type))).label("baseline"),
            sa.cast(sa.func.sum(t.value * t.sign), t.value.type).label("value"),
        )
        .where(t.seq <= watermark)
        .group_by(t.region, t.indicator, t.deadline)
        .having(sa.func.sum(t.sign) > 0)
    )
    rows = frame(connection, statement)
    codes = {number: code for code, number in indicator_numbers(connection).items()}
    rows["indicator"] = rows["indicator"].map(codes)
    return rows
