"""Frames ranked."""

import pandas as pd
import pytest

from ecodash.analytics.ranking import rank_regions
from ecodash.domain.indicators import Direction

NAN = float("nan")


def regions(*rows: tuple[int, float, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["region", "value", "previous"])


def places(frame: pd.DataFrame) -> list[tuple[object, ...]]:
    columns = frame[["region", "rank", "previous_rank", "movement"]].astype(object)
    return [tuple(None if pd.isna(cell) else int(cell) for cell in row) for row in columns.itertuples(index=False)]


def test_ranked_regions_come_by_rank_then_key_and_unreported_ones_last() -> None:
    ranked = rank_regions(regions((5, NAN, 99), (4, 88, 70), (3, 90, 80), (2, 90, NAN), (1, 95, 75)), Direction.HIGHER)
    assert places(ranked) == [
        (1, 1, 3, 2),  # 75 was third behind 99 and 80
        (2, 2, None, None),
        (3, 2, 2, 0),
        (4, 4, 4, 0),
        (5, None, 1, None),
    ]


def test_where_lower_is_better_both_rankings_turn_round() -> None:
    ranked = rank_regions(regions((1, 10, 30), (2, 20, 20)), Direction.LOWER)
    assert places(ranked) == [(1, 1, 2, 1), (2, 2, 1, -1)]


def test_the_other_columns_stay_with_their_region() -> None:
    values = regions((2, 1, NAN), (1, 2, NAN)).assign(name=["乙", "甲"])
    ranked = rank_regions(values, Direction.HIGHER)
    assert ranked["name"].tolist() == ["甲", "乙"]
    assert values["name"].tolist() == ["乙", "甲"]


@pytest.mark.parametrize("rows", [[], [(1, NAN, NAN)]])
def test_where_nothing_is_reported_no_rank_is_given(rows: list[tuple[int, float, float]]) -> None:
    ranked = rank_regions(regions(*rows).astype({"value": float, "previous": float}), Direction.HIGHER)
    assert len(ranked) == len(rows)
    assert ranked["rank"].isna().all()
    assert str(ranked["movement"].dtype) == "Int64"
