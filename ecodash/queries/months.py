"""What was read before and is kept by its watermark: figures and receipts by month, targets.

Months are read many at once: a statement for two years costs little more than one for a month, and a reader who changes
the month asks for its neighbours next. A month's figures are the same whichever months are read beside it, and a
watermark names immutable data, so nothing kept here goes stale.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext

import pandas as pd

from ecodash.domain.access import Right
from ecodash.domain.periods import FIRST_MONTH, Month
from ecodash.domain.regions import Level, key_range, level_of
from ecodash.domain.selection import Selection
from ecodash.permits import needs, of_selection
from ecodash.store import journal, reading, records
from ecodash.store.engine import Connection
from ecodash.workspace import Workspace

WINDOW = 24
"""Months read at once, where they are few enough rows."""
_MOST_ROWS = 200_000
"""Rows read or summed up beyond what is asked for, at most."""
_FEW_UNITS = 400
"""So many units of a level have all their indicators read at once; of more only those asked for."""


@needs(Right.READ, of_selection)
def monthly_figures(
    workspace: Workspace,
    selection: Selection,
    months: Sequence[Month],
    levels: Sequence[Level],
    codes: Sequence[str] | None,
    connection: Connection | None = None,
    *,
    with_parts: bool = False,
) -> pd.DataFrame:
    """Rows of store.reading.read_figures for a selection's watermark and region.

    Args:
        codes: every indicator where None.
        connection: one that is open already.
        with_parts: the columns of store.reading.PARTS too.
    """
    columns = [*reading.COLUMNS, *reading.PARTS] if with_parts else reading.COLUMNS
    asked = list(workspace.catalog) if codes is None else list(dict.fromkeys(codes))
    keys = sorted({month.key for month in months})
    frames = [
        frame
        for level in dict.fromkeys(levels)
        for frame in _months_of_level(workspace, selection, keys, level, asked, connection)
    ]
    filled = [frame for frame in frames if not frame.empty]
    if not filled or not asked:
        return pd.DataFrame(columns=columns)
    rows = pd.concat(filled, ignore_index=True)[columns]
    if len(asked) < len(workspace.catalog):
        rows = rows[rows["indicator"].isin(asked)]
    return rows.sort_values(["period", "level", "region", "indicator"], ignore_index=True)


def _months_of_level(
    workspace: Workspace,
    selection: Selection,
    keys: Sequence[int],
    level: Level,
    codes: Sequence[str],
    connection: Connection | None,
) -> list[pd.DataFrame]:
    """One frame for each month asked for, read now with its neighbours where it is not kept."""
    units = 1 if level is level_of(selection.region) else workspace.tree.count(selection.region, level)
    reads_all = units <= _FEW_UNITS and level is not Level.VILLAGE
    read = list(workspace.catalog) if reads_all else list(codes)
    place = (selection.watermark, selection.region, level, () if reads_all else tuple(codes))
    frames = workspace.frames if connection is None else workspace.frames_at(connection)
    found = {key: frames.find((*place, key)) for key in keys}
    missing = [key for key, frame in found.items() if frame is None]
    if missing:
        # A country's figure is worked out of all its counties', however few are shown.
        worked_out = max(units, workspace.tree.count(selection.region, Level.COUNTY))
        span = min(WINDOW, max(_MOST_ROWS // max(worked_out * len(read), 1), 1))
        wanted = _with_neighbours(missing, span)
        with _opened(workspace, connection) as opened:
            rows = reading.read_figures(
                opened,
                workspace.catalog,
                watermark=selection.watermark,
                months=wanted,
                region=selection.region,
                levels=[level],
                codes=read,
                with_parts=True,
            )
        parts = dict(iter(rows.groupby("period", sort=False)))
        for key in wanted:
            frame = parts.get(key, rows.iloc[:0])
            frames.keep((*place, key), frame)
            if key in found:
                found[key] = frame
    return [frame for frame in found.values() if frame is not None]


@needs(Right.READ, of_selection)
def first_receipts(
    workspace: Workspace, selection: Selection, leaves_out: frozenset[str] = frozenset()
) -> pd.DataFrame:
    """When each region at or below the selection's first reported anything for its month.

    Args:
        leaves_out: codes of indicators whose reports do not count.
    Returns:
        One row per region with a report of its own: region (key), received_at (aware UTC), indicators (how many).
    """
    place = ("receipts", selection.watermark, selection.region, leaves_out)
    frames = workspace.frames
    found = frames.find((*place, selection.month.key))
    if found is not None:
        return found
    villages = workspace.tree.count(selection.region, Level.VILLAGE)
    months = _with_neighbours([selection.month.key], min(WINDOW, max(_MOST_ROWS // max(villages, 1), 1)))
    lo, hi = key_range(selection.region)
    with workspace.store.reading() as connection:
        rows = records.first_receipts(connection, selection.watermark, months, lo, hi, leaves_out)
    parts = dict(iter(rows.drop(columns="period").groupby(rows["period"], sort=False)))
    for key in months:
        frames.keep((*place, key), parts.get(key, rows.drop(columns="period").iloc[:0]))
    kept: pd.DataFrame = parts.get(selection.month.key, rows.drop(columns="period").iloc[:0])
    return kept


def targets_as_of(connection: Connection, workspace: Workspace, watermark: int) -> pd.DataFrame:
    """Every target that stands: rows of store.difference.targets_as_of, not to be changed."""
    found = workspace.frames.find(("targets", watermark))
    if found is None:
        found = journal.targets_as_of(connection, watermark)
        workspace.frames.keep(("targets", watermark), found)
    return found


def _with_neighbours(missing: Sequence[int], span: int) -> list[int]:
    """The months missing, and those before the last of them up to a span, as far as there are months."""
    last = Month.from_key(missing[-1])
    back = min(span - 1, FIRST_MONTH.months_until(last))
    return sorted({*missing, *(last.plus(-before).key for before in range(back + 1))})


def _opened(workspace: Workspace, connection: Connection | None) -> AbstractContextManager[Connection]:
    return workspace.store.reading() if connection is None else nullcontext(connection)
