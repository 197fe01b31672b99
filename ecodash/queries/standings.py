"""Ranks and totals of many indicators at once, as a comparison of two watermarks needs them."""

from collections.abc import Sequence

import pandas as pd

from ecodash.analytics.ranking import rank_regions
from ecodash.domain.access import Right
from ecodash.domain.regions import level_of
from ecodash.domain.selection import Selection
from ecodash.permits import needs, of_selection
from ecodash.queries.base import figures_of, units
from ecodash.workspace import Workspace


@needs(Right.READ, of_selection)
def ranks_of(workspace: Workspace, selection: Selection, codes: Sequence[str]) -> pd.DataFrame:
    """The units under the region ranked on each of some indicators in the selection's month.

    Returns:
        One row per (indicator, unit): indicator (code), region (key), name, rank (Int64, NA where unreported), value.
    """
    regions = units(workspace, selection)
    figures = figures_of(workspace, selection, [selection.month], [selection.level], codes)
    found = []
    for code in codes:
        values = figures[figures["indicator"] == code].set_index("region")["value"]
        rows = pd.DataFrame({"region": [one.key for one in regions], "name": [one.name for one in regions]})
        rows["value"] = rows["region"].map(values).astype(float)
        rows["previous"] = float("nan")
        ranked = rank_regions(rows, workspace.catalog[code].direction)
        found.append(ranked.assign(indicator=code)[["indicator", "region", "name", "rank", "value"]])
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=_COLUMNS)


_COLUMNS = ["indicator", "region", "name", "rank", "value"]


@needs(Right.READ, of_selection)
def totals_of(workspace: Workspace, selection: Selection, codes: Sequence[str]) -> dict[str, float]:
    """The region's own figure of some indicators in the selection's month; what is not reported is not there."""
    figures = figures_of(workspace, selection, [selection.month], [level_of(selection.region)], codes)
    own = figures[(figures["region"] == selection.region) & figures["value"].notna()]
    return {str(code): float(value) for code, value in zip(own["indicator"], own["value"], strict=True)}
