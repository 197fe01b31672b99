"""Progress of targets, of categories, and of many regions side by side."""

from collections.abc import Hashable, Sequence
from typing import Any

import pandas as pd

from ecodash.domain.indicators import Catalog
from ecodash.domain.periods import Month
from ecodash.domain.targets import Progress, State, measure_progress

_NUMBERS = ("progress_pct", "time_gone_pct", "gap", "needed_per_month", "done", "pace_per_month")
_PLACES = 9
_COUNTS = ("months_passed", "months_left")
COLUMNS = [*_NUMBERS, *_COUNTS, "arrival_month", "state", "is_reached_late"]


def target_progress(targets: pd.DataFrame, catalog: Catalog, month: Month) -> pd.DataFrame:
    """Progress of each target at a month.

    Args:
        targets: one row per target: indicator (code), deadline (yyyymm), baseline (NaN unknown), target, actual (NaN
            unreported), earlier (the actual some months before, NaN unknown); where they are there, start (yyyymm, the
            first month that counts; else January) and latest (the figure at the month where the deadline has passed;
            NaN else); units as the indicator's.
    Returns:
        The same rows with progress_pct (may pass 0 or 100; NaN unreported), time_gone_pct, gap, needed_per_month, done,
        pace_per_month (NaN where they do not exist), months_passed, months_left, arrival_month (text yyyy-mm, None where
        the present pace never arrives), state (of domain.targets.State), is_reached_late: see domain.targets.Progress.
    """
    measured = [_measure(row, catalog, month) for row in targets.to_dict("records")]
    result = targets.copy()
    for name in _NUMBERS:
        result[name] = pd.array([getattr(item, name) for item in measured], dtype="Float64").to_numpy(
            dtype=float, na_value=float("nan")
        )
    for name in _COUNTS:
        result[name] = pd.Series([getattr(item, name) for item in measured], result.index, dtype="int64")
    arrivals = [str(item.arrival) if item.arrival else None for item in measured]
    result["arrival_month"] = pd.Series(arrivals, result.index, dtype=object)
    result["state"] = pd.Series([item.state.value for item in measured], result.index, dtype=object)
    result["is_reached_late"] = pd.Series([item.is_reached_late for item in measured], result.index, dtype=bool)
    return result


def _measure(row: dict[Hashable, Any], catalog: Catalog, month: Month) -> Progress:
    start = _number(row.get("start"))
    return measure_progress(
        direction=catalog[str(row["indicator"])].direction,
        actual=_number(row["actual"]),
        earlier=_number(row["earlier"]),
        baseline=_number(row["baseline"]),
        target=float(row["target"]),
        month=month,
        deadline=Month.from_key(int(row["deadline"])),
        start=None if start is None else Month.from_key(int(start)),
        latest=_number(row.get("latest")),
    )


def _number(value: Any) -> float | None:
    return None if value is None or pd.isna(value) else float(value)


# ── many targets together ──────────────────────────────────────────────────────────────────────────────────────────


def category_progress(progress: pd.DataFrame) -> pd.DataFrame:
    """Progress of each category: the plain mean over its targets of each one's progress, counted from 0 to 100.

    Args:
        progress: rows of target_progress with category.
    Returns:
        One row per category in order of appearance: category, and the columns of together.
    """
    return together(progress, ["category"])


def together(progress: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    """Targets taken together. Those that are unreported are counted, and left out of the figures.

    Args:
        progress: rows of target_progress with the columns of keys.
    Returns:
        One row per combination of keys in order of appearance: keys, progress_pct (mean of each one's, counted from 0 to
        100; what only had to be kept counts 100 while it is kept, else 0; NaN where nothing is reported),
        time_gone_pct (of the longest gone), targets_count, reported_count, behind_count (missed, stalled or behind),
        state (the neediest among the reported; unreported where none is), lead_pct (mean of progress minus time gone;
        NaN where nothing is reported).
    """
    states = [State(state) for state in progress["state"]]
    is_reported = pd.Series([state is not State.UNREPORTED for state in states], progress.index, dtype=bool)
    is_done = pd.Series([state is State.DONE for state in states], progress.index, dtype=bool)
    counted = progress["progress_pct"].clip(0, 100).fillna(is_done * 100.0).where(is_reported)
    rows = progress.assign(
        counted_pct=counted,
        lead_pct=counted - progress["time_gone_pct"],
        is_reported=is_reported,
        is_behind=pd.Series([state.is_trouble for state in states], progress.index, dtype=bool),
        # An unreported target says nothing of its group while another speaks.
        need=pd.Series(
            [len(State) if s is State.UNREPORTED else s.need for s in states], progress.index, dtype="int64"
        ),
    )
    groups = rows.groupby(list(keys), sort=False)
    found = groups.agg(
        progress_pct=("counted_pct", "mean"),
        time_gone_pct=("time_gone_pct", "max"),
        targets_count=("indicator", "size"),
        reported_count=("is_reported", "sum"),
        behind_count=("is_behind", "sum"),
        need=("need", "min"),
        lead_pct=("lead_pct", "mean"),
    ).reset_index()
    # Rounded, so that no order of rows decides between two that are equal.
    found["lead_pct"] = found["lead_pct"].round(_PLACES)
    by_need = {state.need: state.value for state in State if state is not State.UNREPORTED}
    found["state"] = [by_need.get(int(need), State.UNREPORTED.value) for need in found["need"]]
    return found[[*keys, *_TOGETHER]]


_TOGETHER = [
    "progress_pct", "time_gone_pct", "targets_count", "reported_count", "behind_count", "state", "lead_pct",
]  # fmt: skip


def in_order_of_need(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows with state (None without a target), lead_pct and region: the neediest state first, then what lags furthest
    behind the time gone, then by region; those without a target last."""
    last = len(State)
    need = pd.Series([last if pd.isna(s) else State(s).need for s in rows["state"]], rows.index, dtype="int64")
    ordered = rows.assign(_need=need).sort_values(["_need", "lead_pct", "region"], na_position="last")
    return ordered.drop(columns="_need").reset_index(drop=True)


def progress_cells(progress: pd.DataFrame, units: pd.DataFrame, column: str) -> pd.DataFrame:
    """Many regions side by side.

    Args:
        progress: rows of target_progress with region, category, indicator, indicator_name, column.
        units: one row per region to be shown: region, region_code, name, parent.
        column: what the columns are: category or indicator.
    Returns:
        One row per (region, column) with a target, and one per region with an empty column for all its targets
        together, regions in order of need and their whole first: place (1 first), region, region_code, name, parent,
        column, and the columns of together (for one indicator progress_pct as it is, beyond 0 and 100 too); where a
        region has no target its whole has state None and counts of 0.
    """
    whole = units.merge(together(progress, ["region"]), on="region", how="left")
    for name in ("targets_count", "reported_count", "behind_count"):
        whole[name] = whole[name].fillna(0).astype("int64")
    whole["state"] = whole["state"].astype(object).where(whole["state"].notna(), None)
    whole = in_order_of_need(whole)
    whole.insert(0, "place", pd.RangeIndex(1, len(whole) + 1))
    names = ["place", "region", "region_code", "name", "parent"]
    cells = whole[names].merge(
        together(progress, ["region", column]).rename(columns={column: "column"}), on="region", how="inner"
    )
    if column == "indicator":
        # One target speaks for itself: what passes 100 % or falls below 0 is said.
        own = progress.set_index(["region", "indicator"])["progress_pct"]
        cells["progress_pct"] = own.reindex(pd.MultiIndex.from_frame(cells[["region", "column"]])).to_numpy(dtype=float)
    both = pd.concat([whole.assign(column=""), cells], ignore_index=True)[[*names, "column", *_TOGETHER]]
    return both.sort_values(["place", "column"], ignore_index=True, key=_whole_first)


def _whole_first(column: "pd.Series[Any]") -> "pd.Series[Any]":
    """Sorts places as numbers, and of the columns only the whole before the others, which keep their order."""
    return column if column.name == "place" else (column != "").astype("int64")
