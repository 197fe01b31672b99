"""Year rollover: next year's targets proposed from this year's."""

from typing import Any

import pandas as pd

from ecodash.domain.indicators import Catalog, Direction, Kind

A_YEAR = 100
"""In months written yyyymm."""


def propose_next_year(targets: pd.DataFrame, following: pd.DataFrame, catalog: Catalog) -> pd.DataFrame:
    """What next year's targets could be, to be looked through before they are saved.

    A rate keeps its value, and so does a stock; both start anew from the figure at this year's end, which is worked out
    when it is looked at, so the proposal states no baseline. A flow keeps its amount and starts at zero.

    Args:
        targets: this year's: region, indicator, deadline (yyyymm), target, year_end (the figure at this year's end as far
            as it is known; NaN unknown).
        following: those of next year that stand already: region, indicator, deadline.
    Returns:
        One row per target: region, indicator, deadline (a year later), target, year_end, remark: exists (a target for
        this deadline stands already; it is not to be overwritten), reached (the year's end has reached the value, so a
        new one is needed), no_figure (nothing is known of the year's end), or empty.
    """
    keys = ["region", "indicator", "deadline"]
    known = set(following[keys].itertuples(index=False, name=None))
    rows = targets.assign(deadline=targets["deadline"] + A_YEAR)
    rows["remark"] = [
        "exists" if (region, code, deadline) in known else _remark(catalog, code, target, year_end)
        for region, code, deadline, target, year_end in rows[[*keys, "target", "year_end"]].itertuples(
            index=False, name=None
        )
    ]
    return rows[[*keys, "target", "year_end", "remark"]].reset_index(drop=True)


def _remark(catalog: Catalog, code: str, target: float, year_end: Any) -> str:
    entry = catalog[code]
    if entry.kind is Kind.FLOW:
        return ""
    if pd.isna(year_end):
        return "no_figure"
    if entry.direction is Direction.NEUTRAL:
        return "reached" if year_end == target else ""
    is_reached = year_end <= target if entry.direction is Direction.LOWER else year_end >= target
    return "reached" if is_reached else ""
