"""Frames ranked."""

from random import Random

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecodash.analytics.ranking import rank_column, rank_regions, rank_standing, with_movement
from ecodash.domain.indicators import Direction
from ecodash.domain.ranking import competition_ranks

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


@given(
    st.dictionaries(st.integers(1, 20), st.one_of(st.none(), st.integers(0, 5).map(float))), st.sampled_from(Direction)
)
def test_ranks_of_a_column_are_those_of_the_rule(values: dict[int, float | None], direction: Direction) -> None:
    column = pd.Series(values, dtype=float)
    ranks = rank_column(column, direction)
    assert ranks.dropna().to_dict() == competition_ranks(values, direction)


@given(
    st.dictionaries(st.integers(1, 9), st.tuples(st.one_of(st.just(NAN), st.integers(0, 4).map(float)), st.booleans())),
    st.dictionaries(st.integers(1, 9), st.one_of(st.just(NAN), st.integers(0, 4).map(float))),
    st.randoms(use_true_random=False),
)
def test_a_ranking_beside_an_earlier_one_does_not_depend_on_input_order(
    now: dict[int, tuple[float, bool]], before: dict[int, float], random: Random
) -> None:
    def standing(rows: dict[int, tuple[float, bool]], keys: list[int]) -> pd.DataFrame:
        frame = pd.DataFrame(
            {
                "value": pd.Series([rows[key][0] for key in keys], dtype=float),
                "excluded": pd.Series(["kind" if rows[key][1] else "" for key in keys], dtype="str"),
                "peer_class": pd.Series([("甲", "")[key % 2] for key in keys], dtype="str"),
            }
        ).set_axis(pd.Index(keys, dtype="int64"), axis=0)
        return rank_standing(frame, Direction.HIGHER)

    earlier = {key: (value, False) for key, value in before.items()}
    keys, mixed = sorted(now), sorted(now)
    random.shuffle(mixed)
    first = with_movement(standing(now, keys), standing(earlier, sorted(earlier)))
    second = with_movement(standing(now, mixed), standing(earlier, sorted(earlier, reverse=True)))
    pd.testing.assert_frame_equal(first, second)
    # Nobody without both ranks moves, and where nobody came, went or drew level the movements cancel out.
    both = first["rank"].notna() & first["previous_rank"].notna()
    assert first["movement"].notna().equals(both)
    ranked_before = {key for key, value in before.items() if value == value}
    ranked_now = set(first.index[first["rank"].notna()])
    has_ties = first["rank"].dropna().duplicated().any() or first["previous_rank"].dropna().duplicated().any()
    if ranked_now == ranked_before and not has_ties:
        assert first["movement"].fillna(0).sum() == 0
    # Ranked ones, then those left out, then the unreported.
    groups = [0 if pd.notna(row.rank) else 1 if row.excluded else 2 for row in first.itertuples()]
    assert groups == sorted(groups)
