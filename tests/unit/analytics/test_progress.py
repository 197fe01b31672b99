"""Targets measured in frames."""

from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecodash.analytics.progress import category_progress, in_order_of_need, progress_cells, target_progress
from ecodash.domain.indicators import Catalog
from ecodash.domain.periods import Month
from tests.builders import indicator

NAN = float("nan")
CATALOG = Catalog([indicator("toilets", "stock"), indicator("complaints", "stock", direction="lower")], "test")
COLUMNS = ["indicator", "deadline", "baseline", "target", "actual", "earlier"]
MEASURED = ["progress_pct", "time_gone_pct", "gap", "needed_per_month", "arrival_month", "state"]


def measure(*rows: tuple[str, int, float, float, float, float], month: str = "2026-06") -> pd.DataFrame:
    return target_progress(pd.DataFrame(rows, columns=COLUMNS), CATALOG, Month.parse(month))


def test_each_target_is_measured_and_keeps_its_row() -> None:
    found = measure(
        ("toilets", 202612, 0, 100, 60, 40),
        ("complaints", 202612, 50, 10, 50, NAN),
        ("toilets", 202606, 20, 20, 15, NAN),
        ("toilets", 202612, 0, 100, NAN, NAN),
    )
    assert [[None if pd.isna(cell) else cell for cell in row] for row in found[MEASURED].to_numpy().tolist()] == [
        [60, 50, 40, pytest.approx(40 / 6), "2026-10", "ahead"],  # 10 a month, 40 to go
        [0, 50, 40, pytest.approx(40 / 6), None, "behind"],
        [None, 100, 5, None, None, "missed"],
        [None, 50, None, None, None, "unreported"],
    ]
    assert found["target"].tolist() == [100, 10, 20, 100]


def test_no_targets_measure_to_an_empty_frame_with_every_column() -> None:
    found = measure()
    assert found.empty
    assert set(MEASURED) <= set(found.columns)


def test_a_category_is_the_mean_of_its_targets_each_counted_from_nothing_to_whole() -> None:
    rows = pd.DataFrame(
        [
            ("厕所革命", "a", 150, 50, "done"),
            ("垃圾治理", "b", NAN, 50, "unreported"),
            ("厕所革命", "c", -20, 75, "behind"),
            ("厕所革命", "d", 40, 50, "stalled"),
            ("厕所革命", "e", NAN, 50, "unreported"),
            ("污水治理", "f", 47, 50, "on_pace"),
        ],
        columns=["category", "indicator", "progress_pct", "time_gone_pct", "state"],
    )
    found = category_progress(rows)
    assert found["category"].tolist() == ["厕所革命", "垃圾治理", "污水治理"]
    assert found["progress_pct"].tolist() == [pytest.approx(140 / 3), pytest.approx(NAN, nan_ok=True), 47]
    assert found["time_gone_pct"].tolist() == [75, 50, 50]
    counts = found[["targets_count", "reported_count", "behind_count"]].to_numpy().tolist()
    assert counts == [[4, 3, 2], [1, 0, 0], [1, 1, 0]]
    assert found["state"].tolist() == ["stalled", "unreported", "on_pace"]


def test_what_only_had_to_be_kept_counts_as_whole_while_it_is_kept() -> None:
    rows = pd.DataFrame(
        [("类", "a", NAN, 50, "done"), ("类", "b", NAN, 50, "behind"), ("类", "c", 40, 50, "behind")],
        columns=["category", "indicator", "progress_pct", "time_gone_pct", "state"],
    )
    found = category_progress(rows)
    assert found[["progress_pct", "reported_count", "lead_pct"]].to_numpy().tolist() == [
        [pytest.approx(140 / 3), 3, pytest.approx((50 - 50 - 10) / 3)]
    ]


def test_the_neediest_state_comes_first_and_then_what_lags_furthest_behind_the_time() -> None:
    rows = pd.DataFrame(
        [
            (1, "done", 40.0), (2, "behind", -10.0), (3, None, NAN), (4, "unreported", NAN),
            (5, "behind", -30.0), (6, "missed", -1.0), (7, "on_pace", 0.0), (8, "stalled", -5.0),
        ],
        columns=["region", "state", "lead_pct"],
    )  # fmt: skip
    assert in_order_of_need(rows)["region"].tolist() == [6, 8, 5, 2, 4, 7, 1, 3]


def cells_of(*rows: tuple[int, str, float, float, str], column: str = "category") -> pd.DataFrame:
    progress = pd.DataFrame(rows, columns=["region", "indicator", "progress_pct", "time_gone_pct", "state"])
    progress["category"] = progress["indicator"].str[0]
    units = pd.DataFrame(
        {"region": [1, 2, 3], "region_code": ["1", "2", "3"], "name": ["甲", "乙", "丙"], "parent": ""}
    )
    return progress_cells(progress, units, column)


def test_regions_stand_side_by_side_each_with_its_whole() -> None:
    found = cells_of(
        (1, "a1", 60, 50, "ahead"),
        (1, "a2", 40, 50, "behind"),
        (1, "b1", 50, 50, "on_pace"),
        (2, "a1", 10, 50, "stalled"),
        (2, "b1", NAN, 50, "unreported"),
    )
    columns = ["place", "name", "column", "progress_pct", "state", "targets_count", "reported_count", "behind_count"]
    assert [[None if pd.isna(cell) else cell for cell in row] for row in found[columns].to_numpy().tolist()] == [
        [1, "乙", "", 10, "stalled", 2, 1, 1],
        [1, "乙", "a", 10, "stalled", 1, 1, 1],
        [1, "乙", "b", None, "unreported", 1, 0, 0],
        [2, "甲", "", 50, "behind", 3, 3, 1],
        [2, "甲", "a", 50, "behind", 2, 2, 1],
        [2, "甲", "b", 50, "on_pace", 1, 1, 0],
        [3, "丙", "", None, None, 0, 0, 0],
    ]


def test_an_indicators_cell_says_what_passes_a_hundred_and_what_fell_below_nothing() -> None:
    found = cells_of((1, "a1", 112.5, 50, "done"), (2, "a1", -20, 50, "behind"), column="indicator")
    single = found[found["column"] == "a1"]
    assert dict(zip(single["name"], single["progress_pct"], strict=True)) == {"甲": 112.5, "乙": -20}
    assert found.loc[found["column"] == "", "progress_pct"].tolist()[:2] == [0, 100]  # 乙 first; together they are cut


def test_without_a_target_every_region_is_still_listed() -> None:
    found = cells_of()
    assert found["name"].tolist() == ["甲", "乙", "丙"]
    assert found["state"].isna().all()


STATES = st.sampled_from(["done", "ahead", "on_pace", "behind", "stalled", "missed", "unreported"])
ROWS = st.lists(
    st.tuples(
        st.sampled_from([1, 2, 3]),
        st.sampled_from(["a1", "a2", "b1"]),
        st.integers(-50, 200).map(float),
        st.sampled_from([25.0, 50.0, 75.0]),
        STATES,
    ),
    unique_by=lambda row: row[:2],
    max_size=9,
)


@settings(deadline=None, max_examples=40)
@given(rows=ROWS, order=st.randoms())
def test_no_cell_depends_on_the_order_of_the_targets(
    rows: list[tuple[int, str, float, float, str]], order: Any
) -> None:
    rows = [(*row[:2], NAN, *row[3:]) if row[4] == "unreported" else row for row in rows]
    shuffled = list(rows)
    order.shuffle(shuffled)
    keys = ["place", "column"]
    first, second = (cells_of(*one).sort_values(keys, ignore_index=True) for one in (rows, shuffled))
    pd.testing.assert_frame_equal(first, second)


@settings(deadline=None, max_examples=40)
@given(
    actuals=st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), min_size=1, max_size=8),
    month=st.integers(1, 12),
    order=st.randoms(),
)
def test_no_target_depends_on_the_rows_beside_it(actuals: list[tuple[int, int]], month: int, order: Any) -> None:
    rows = [("toilets", 202612, 20.0, 120.0 + n, float(now), float(then)) for n, (now, then) in enumerate(actuals)]
    shuffled = list(rows)
    order.shuffle(shuffled)
    written = f"2026-{month:02d}"
    whole = measure(*shuffled, month=written).sort_values("target", ignore_index=True)
    alone = pd.concat([measure(row, month=written) for row in rows], ignore_index=True)
    pd.testing.assert_frame_equal(whole, alone)
