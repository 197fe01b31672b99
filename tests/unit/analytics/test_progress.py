"""Targets measured in frames."""

import pandas as pd
import pytest

from ecodash.analytics.progress import category_progress, target_progress
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
        [None, 100, 5, None, None, "behind"],
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
