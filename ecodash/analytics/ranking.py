"""Regions ranked on one indicator. The rule is domain.ranking's; here it is worked out over whole columns."""

import pandas as pd

from ecodash.domain.indicators import Direction


def rank_column(values: "pd.Series[float]", direction: Direction) -> "pd.Series[int]":
    """Standard competition rank of each value (1, 2, 2, 4; Int64); NA where nothing was reported."""
    return values.rank(method="min", ascending=direction is Direction.LOWER).astype("Int64")


def rank_regions(values: pd.DataFrame, direction: Direction) -> pd.DataFrame:
    """Ranks and movement; regions without a value keep their row and get no rank.

    Args:
        values: one row per region: region (key), value, previous (last period's value); NaN is unreported.
    Returns:
        The same rows with rank, previous_rank, movement (places gained; Int64, NA where either is missing), ranked
        regions first by rank then key, unreported ones after.
    """
    ranked = values.copy()
    ranked["rank"] = rank_column(values["value"].astype(float), direction)
    ranked["previous_rank"] = rank_column(values["previous"].astype(float), direction)
    ranked["movement"] = ranked["previous_rank"] - ranked["rank"]
    return ranked.sort_values(["rank", "region"], na_position="last", ignore_index=True)


def rank_standing(rows: pd.DataFrame, direction: Direction) -> pd.DataFrame:
    """Ranks of the units that take part, among all and within their peer class.

    Args:
        rows: one row per unit: value (NaN unreported), excluded (domain.ranking.Excluded, "" where it takes part),
            peer_class ("" where it has none).
    Returns:
        The same rows with rank, peer_rank (Int64, NA where not ranked or without a class) and peer_count (units ranked
        in the class; 0 without one).
    """
    values = rows["value"].astype(float).where(rows["excluded"] == "")
    has_class = rows["peer_class"] != ""
    by_class = values.where(has_class).groupby(rows["peer_class"])
    peers = by_class.rank(method="min", ascending=direction is Direction.LOWER)
    counts = by_class.transform("count").where(has_class, 0)
    return rows.assign(
        rank=rank_column(values, direction), peer_rank=peers.astype("Int64"), peer_count=counts.astype(int)
    )


def with_movement(now: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """A ranking beside an earlier one.

    Args:
        now, before: of rank_standing, indexed by region. A region may be in one of them alone.
    Returns:
        The rows of now with previous, previous_rank and movement (Int64: NA, never 0, for what was not ranked in both:
        new, vanished, unreported and excluded units). Ranked ones come first, by rank, then key; then the excluded;
        the unreported last.
    """
    rows = now.copy()
    rows["previous"] = before["value"].reindex(rows.index).astype(float)
    rows["previous_rank"] = before["rank"].reindex(rows.index).astype("Int64")
    rows["movement"] = rows["previous_rank"] - rows["rank"]
    group = (rows["rank"].isna().astype(int) + (rows["excluded"] == "").astype(int)).where(rows["rank"].isna(), 0)
    order = rows.assign(_group=group, _region=rows.index).sort_values(["_group", "rank", "_region"])
    return rows.loc[order.index]
