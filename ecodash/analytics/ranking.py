"""Regions ranked on one indicator."""

import pandas as pd

from ecodash.domain.indicators import Direction
from ecodash.domain.ranking import competition_ranks, movement


def rank_regions(values: pd.DataFrame, direction: Direction) -> pd.DataFrame:
    """Ranks and movement; regions without a value keep their row and get no rank.

    Args:
        values: one row per region: region (key), value, previous (last period's value); NaN is unreported.
    Returns:
        The same rows with rank, previous_rank, movement (places gained; Int64, NA where either is missing), ranked
        regions first by rank then key, unreported ones after.
    """
    now = competition_ranks(_reported(values["region"], values["value"]), direction)
    before = competition_ranks(_reported(values["region"], values["previous"]), direction)
    ranked = values.copy()
    ranked["rank"] = pd.array([now.get(key) for key in values["region"]], dtype="Int64")
    ranked["previous_rank"] = pd.array([before.get(key) for key in values["region"]], dtype="Int64")
    moves = [movement(now.get(key), before.get(key)) for key in values["region"]]
    ranked["movement"] = pd.array(moves, dtype="Int64")
    return ranked.sort_values(["rank", "region"], na_position="last", ignore_index=True)


def _reported(keys: pd.Series, values: pd.Series) -> dict[int, float | None]:
    return {int(key): None if pd.isna(value) else float(value) for key, value in zip(keys, values, strict=True)}
