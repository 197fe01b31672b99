"""Progress of targets."""

import pandas as pd

from ecodash.domain.indicators import Catalog
from ecodash.domain.periods import Month
from ecodash.domain.targets import measure_progress

COLUMNS = ["progress_pct", "time_gone_pct", "gap", "needed_per_month", "arrival_month", "state"]


def target_progress(targets: pd.DataFrame, catalog: Catalog, month: Month) -> pd.DataFrame:
    """Progress of each target at a month.

    Args:
        targets: one row per target: indicator (code), deadline (yyyymm), baseline, target, actual (NaN unreported),
            earlier (the actual some months before, NaN unknown); units as the indicator's.
    Returns:
        The same rows with progress_pct (may pass 0 or 100; NaN unreported), time_gone_pct, gap, needed_per_month,
        arrival_month (text yyyy-mm, None where the present pace never arrives), state (of domain.targets.State).
    """
    measured = [
        measure_progress(
            direction=catalog[row["indicator"]].direction,
            actual=_number(row["actual"]),
            earlier=_number(row["earlier"]),
            baseline=float(row["baseline"]),
            target=float(row["target"]),
            month=month,
            deadline=Month.from_key(row["deadline"]),
        )
        for row in targets.to_dict("records")
    ]
    result = targets.copy()
    for name in ("progress_pct", "time_gone_pct", "gap", "needed_per_month"):
        result[name] = pd.array([getattr(item, name) for item in measured], dtype="Float64").to_numpy(
            dtype=float, na_value=float("nan")
        )
    result["arrival_month"] = [str(item.arrival) if item.arrival else None for item in measured]
    result["state"] = [item.state.value for item in measured]
    return result


def _number(value: float) -> float | None:
    return None if pd.isna(value) else float(value)


def category_progress(progress: pd.DataFrame) -> pd.DataFrame:
    """Progress of each category: the plain mean over its targets of each one's progress, counted from 0 to 100.

    Args:
        progress: rows of target_progress with category.
    Returns:
        One row per category in order of appearance: category, progress_pct (NaN where nothing is reported),
        time_gone_pct, targets_count, reported_count, behind_count (behind or stalled).
    """
    counted = progress.assign(
        counted_pct=progress["progress_pct"].clip(0, 100), is_behind=progress["state"].isin(["behind", "stalled"])
    )
    groups = counted.groupby("category", sort=False)
    return groups.agg(
        progress_pct=("counted_pct", "mean"),
        time_gone_pct=("time_gone_pct", "max"),
        targets_count=("indicator", "size"),
        reported_count=("counted_pct", "count"),
        behind_count=("is_behind", "sum"),
    ).reset_index()
