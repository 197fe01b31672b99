"""How figures, changes, places and times are written."""

import math
from datetime import UTC, datetime

import pandas as pd
import pytest

from ecodash.domain.periods import Month
from ecodash.i18n import speaking
from ecodash.reports.numbers import (
    exact_number,
    missing_word,
    show_amount,
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


@pytest.mark.parametrize(
    ("value", "decimals", "unit", "text", "shown_unit"),
    [
        (9999.0, 0, "吨", "9,999", "吨"),
        (10_000.0, 0, "吨", "1.00", "万吨"),
        (12_345.0, 0, "吨", "1.23", "万吨"),
        (12_350.0, 0, "吨", "1.24", "万吨"),
        (-12_345.0, 0, "吨", "-1.23", "万吨"),
        (9999.994, 2, "吨", "9,999.99", "吨"),
        (9999.996, 2, "吨", "1.00", "万吨"),
        (99_994_999.0, 0, "户", "9,999.50", "万户"),
        (99_999_999.0, 0, "户", "1.00", "亿户"),
        (123_456_789.0, 0, "户", "1.23", "亿户"),
        (5_000.0, 0, "万元", "5,000", "万元"),
        (9999.996, 2, "万元", "1.00", "亿元"),
        (12_345.0, 0, "万元", "1.23", "亿元"),
        (123_456.0, 1, "%", "123,456.0", "%"),
        (12_345.0, 0, "", "1.23", "万"),
        (0.0, 0, "吨", "0", "吨"),
        (math.nan, 0, "吨", "未上报", ""),
        (None, 0, "吨", "未上报", ""),
    ],
)
def test_headline_amounts_are_written_in_wan_and_yi(
    value: float | None, decimals: int, unit: str, text: str, shown_unit: str
) -> None:
    assert show_amount(value, decimals, unit) == (text, shown_unit)


def test_english_keeps_the_figure_and_says_the_words() -> None:
    with speaking("en"):
        assert show_amount(12_345.0, 0, "吨") == ("12,345", "吨")
        assert show_change(1.2, 1, "吨") == "▲ up 1.2 t"
        assert show_change(-0.5, 1, "%") == "▼ down 0.5 pct points"
        assert show_change(0.04, 1, "吨") == "— no change"
        assert show_number(None, 1) == "Not reported"
        assert missing_word(reports=1) == "Not applicable"
        assert show_month(202610) == "Oct 2026"
