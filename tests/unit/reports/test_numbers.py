"""How figures, changes, places and times are written."""

import math
from datetime import UTC, datetime

import pandas as pd
import pytest

from ecodash.domain.periods import Month
from ecodash.reports.numbers import (
    exact_number,
    missing_word,
    show_change,
    show_month,
    show_movement,
    show_number,
    show_time,
)


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (1268.0, 0, "1,268"),
        (1268.5, 0, "1,269"),
        (2.5, 0, "3"),
        (0.125, 2, "0.13"),
        (2.675, 2, "2.68"),
        (-0.04, 1, "0.0"),
        (-1234.5, 1, "-1,234.5"),
        (0.0, 0, "0"),
        (1e15, 0, "1,000,000,000,000,000"),
        (math.nan, 1, "未上报"),
        (None, 1, "未上报"),
    ],
)
def test_numbers_have_separators_and_their_decimals(value: float | None, decimals: int, text: str) -> None:
    assert show_number(value, decimals) == text


def test_a_missing_value_with_reports_behind_it_is_not_applicable() -> None:
    assert show_number(math.nan, 1, missing=missing_word(reports=3)) == "不适用"


@pytest.mark.parametrize(
    ("value", "text"),
    [(85.0, "85"), (85.25, "85.25"), (1e-05, "0.00001"), (1e22, "1" + "0" * 22), (-0.0, "0"), (math.nan, "")],
)
def test_exact_numbers_are_plain_and_unrounded(value: float, text: str) -> None:
    assert exact_number(value) == text


@pytest.mark.parametrize(
    ("change", "unit", "text"),
    [
        (1.2, "吨", "▲ 增 1.2 吨"),
        (-0.5, "%", "▼ 减 0.5 个百分点"),
        (0.04, "吨", "— 持平"),
        (3.0, "", "▲ 增 3.0"),
        (math.nan, "吨", "无上月数"),
    ],
)
def test_a_change_says_its_direction_in_a_word(change: float, unit: str, text: str) -> None:
    assert show_change(change, 1, unit) == text


@pytest.mark.parametrize(("places", "text"), [(2, "↑2"), (-1, "↓1"), (0, "—"), (None, "—"), (pd.NA, "—")])
def test_movement_is_in_places(places: int | None, text: str) -> None:
    assert show_movement(places) == text


@pytest.mark.parametrize("month", [Month(2026, 10), "2026-10", 202610, 202610.0])
def test_a_month_reads_the_same_from_every_form(month: Month | str | float) -> None:
    assert show_month(month) == "2026年10月"


def test_a_missing_month_is_a_dash() -> None:
    assert show_month(None) == show_month(math.nan) == "—"


def test_times_are_beijing_times() -> None:
    assert show_time(datetime(2026, 11, 2, 20, 12, tzinfo=UTC)) == "2026-11-03 04:12"
    assert show_time("2026-11-03T01:12:00+00:00") == "2026-11-03 09:12"
    assert show_time(pd.NaT) == "—"


def test_a_time_without_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"):
        show_time(datetime(2026, 11, 3))
