"""A town's total beside the sum of its villages (对账)."""

import pandas as pd

_SAME = 1e-5
"""Figures closer than this are the same: both are rounded to six digits."""


def is_own_report(figures: pd.DataFrame) -> "pd.Series[bool]":
    """Whether each figure is the region's own report, and not made of figures from below.

    Args:
        figures: rows with value, own, reported, carried, totals. A total from below that equals the own report is not
            told from it.
    """
    is_stand_in = (figures["reported"] + figures["carried"] == 0) & (figures["totals"] == 1)
    return is_stand_in & ((figures["own"] - figures["value"]).abs() < _SAME)


def reconcile(figures: pd.DataFrame) -> pd.DataFrame:
    """Regions whose own report stands beside figures from below.

    Args:
        figures: rows with value (rolled up from below), own (the region's own report), totals, reported, carried.
    Returns:
        The rows where both exist, with difference = own - value, largest difference first; rows whose figure is the
        own report itself are left out.
    """
    both = figures[figures["own"].notna() & figures["value"].notna() & ~is_own_report(figures)]
    both = both.assign(difference=(both["own"] - both["value"]).round(6))
    return both.sort_values("difference", key=lambda column: column.abs(), ascending=False, ignore_index=True)
