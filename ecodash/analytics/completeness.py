"""Who reported, who was late, who did not."""

from datetime import datetime

import pandas as pd


def reporting_status(units: pd.DataFrame, receipts: pd.DataFrame, due_at: "datetime | pd.Series") -> pd.DataFrame:
    """Reports of a month by unit.

    Args:
        units: one row per village: region (its key), unit (key of the unit it is counted under).
        receipts: one row per region that reported anything: region, received_at (aware).
        due_at: when a report becomes late: one moment, or one for each row of units, in their order.
    Returns:
        One row per unit, most missing first: unit, villages, on_time, late, missing, last_received (NaT where none),
        is_own (the unit itself reported a total), state (complete, late, partial, missing).
    """
    merged = units.merge(receipts, on="region", how="left")
    due = due_at.to_numpy() if isinstance(due_at, pd.Series) else due_at
    merged["is_late"] = merged["received_at"].notna() & (merged["received_at"] >= due)
    merged["is_on_time"] = merged["received_at"].notna() & ~merged["is_late"]
    status = (
        merged.groupby("unit")
        .agg(
            villages=("region", "size"),
            on_time=("is_on_time", "sum"),
            late=("is_late", "sum"),
            last_received=("received_at", "max"),
        )
        .reset_index()
    )
    own = receipts[receipts["region"].isin(status["unit"])].set_index("region")["received_at"]
    status["is_own"] = status["unit"].isin(own.index)
    status["missing"] = status["villages"] - status["on_time"] - status["late"]
    status["last_received"] = status["last_received"].fillna(own.reindex(status["unit"]).set_axis(status.index))
    status["state"] = [
        _state(row["missing"], row["late"], row["on_time"], row["is_own"]) for row in status.to_dict("records")
    ]
    columns = ["unit", "villages", "on_time", "late", "missing", "last_received", "is_own", "state"]
    return status.sort_values(["missing", "late", "unit"], ascending=[False, False, True], ignore_index=True)[columns]


def _state(missing: int, late: int, on_time: int, is_own: bool) -> str:
    if missing == 0:
        return "late" if late else "complete"
    return "partial" if late or on_time or is_own else "missing"
