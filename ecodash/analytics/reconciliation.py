"""A town's total beside the sum of its villages (对账)."""

import pandas as pd


def reconcile(figures: pd.DataFrame) -> pd.DataFrame:
    """Regions whose own report stands beside figures from below.

    Args:
        figures: rows with value (rolled up from below), own (the region's own report), totals, reported, carried.
    Returns:
        The rows where both exist, with difference = own - value, largest difference first; rows whose figure is the
        own report itself are left out.
    """
    both = figures[figures["own"].notna() & figures["value"].notna() & ((figures["reported"] + figures["carried"]) > 0)]
    both = both.assign(difference=(both["own"] - both["value"]).round(6))
    return both.sort_values("difference", key=lambda column: column.abs(), ascending=False, ignore_index=True)
