"""Figures and names that several questions need."""

from collections.abc import Sequence

import pandas as pd

from ecodash.domain.access import Right
from ecodash.domain.periods import Month
from ecodash.domain.regions import Level, Region
from ecodash.domain.selection import Selection
from ecodash.permits import Reach, needs, of_selection
from ecodash.queries.months import monthly_figures
from ecodash.store.engine import Connection
from ecodash.workspace import Workspace


@needs(Right.READ, of_selection)
def figures_of(
    workspace: Workspace,
    selection: Selection,
    months: Sequence[Month],
    levels: Sequence[Level],
    codes: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Rows of store.reading.read_figures for a selection's watermark and region; every indicator where codes is None."""
    return monthly_figures(workspace, selection, months, levels, codes)


def read_figures(
    connection: Connection,
    workspace: Workspace,
    selection: Selection,
    months: Sequence[Month],
    levels: Sequence[Level],
    codes: Sequence[str] | None = None,
) -> pd.DataFrame:
    """As figures_of, over a connection that is open already."""
    return monthly_figures(workspace, selection, months, levels, codes, connection)


@needs(Right.READ, of_selection)
def village_counts(workspace: Workspace, selection: Selection, level: Level) -> dict[int, int]:
    """Villages that exist in the month, by the key of the region of one level they lie in."""
    return workspace.tree.village_counts(selection.region, level, selection.month.key)


@needs(None, Reach.SIGNED_IN)
def unit_columns(workspace: Workspace, regions: Sequence[Region]) -> pd.DataFrame:
    """One row per region in the order given: region (key), region_code, name, parent, kind."""
    parents = {region.key: workspace.tree.find(workspace.tree.parent_of(region.key)) for region in regions}
    return pd.DataFrame(
        {
            "region": [region.key for region in regions],
            "region_code": [region.code for region in regions],
            "name": [region.name for region in regions],
            "parent": [parent.name if (parent := parents[region.key]) else "" for region in regions],
            "kind": [region.kind for region in regions],
        }
    )


@needs(Right.READ, of_selection)
def units(workspace: Workspace, selection: Selection) -> list[Region]:
    """The regions compared: those of the selection's level under its region that exist in the month."""
    found = workspace.tree.under(selection.region, selection.level)
    return [region for region in found if region.is_valid(selection.month.key)]
