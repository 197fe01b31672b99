"""Months: written, stepped, found in titles."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecodash.domain.periods import Month, find_months, months_between
from ecodash.errors import PeriodUnknown

months = st.builds(Month, st.integers(2000, 2090), st.integers(1, 12))

WRITTEN = [
    "2026-09", "2026-9", "2026/9", "2026.09", "202609", "2026年9月", "2026年09月份", " 2026 年 9 月 ",
    "２０２６－０９", "2026_09",
]  # fmt: skip


@pytest.mark.parametrize("text", WRITTEN)
def test_a_month_is_read_as_officials_write_it(text: str) -> None:
    assert Month.parse(text) == Month(2026, 9)


@pytest.mark.parametrize(
    "text", ["", "9月", "2026", "2026-13", "2026-00", "202613", "26-09", "2026-09-01", "1989-12", "2101-01", "九月"]
)
def test_what_is_no_month_is_refused_with_a_remedy(text: str) -> None:
    with pytest.raises(PeriodUnknown) as caught:
        Month.parse(text)
    assert caught.value.remedy


def test_a_month_says_itself_as_text_label_and_key() -> None:
    month = Month(2026, 9)
    assert (str(month), month.label, month.key) == ("2026-09", "2026年9月", 202609)


@given(months)
def test_a_month_comes_back_from_its_text_its_label_and_its_key(month: Month) -> None:
    assert Month.parse(str(month)) == Month.parse(month.label) == Month.from_key(month.key) == month


@pytest.mark.parametrize(
    ("start", "steps", "end"),
    [("2026-01", -1, "2025-12"), ("2026-12", 1, "2027-01"), ("2026-11", 14, "2028-01"), ("2026-05", 0, "2026-05")],
)
def test_stepping_crosses_years_both_ways(start: str, steps: int, end: str) -> None:
    assert Month.parse(start).plus(steps) == Month.parse(end)


@given(months, months)
def test_the_steps_between_two_months_lead_from_one_to_the_other(first: Month, last: Month) -> None:
    assert first.plus(first.months_until(last)) == last
    assert (first.months_until(last) > 0) == (first < last) == (first.key < last.key)


def test_the_months_between_hold_both_ends() -> None:
    assert [m.key for m in months_between(Month(2025, 11), Month(2026, 2))] == [202511, 202512, 202601, 202602]
    assert months_between(Month(2026, 2), Month(2026, 1)) == []


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("丰都县2026年9月农村人居环境整治情况表", [202609]),
        ("月报_2026-10.csv", [202610]),
        ("月报202610.xlsx", [202610]),
        ("2026年9月—2026年10月", [202609, 202610]),
        ("2026年9月(2026-09)", [202609]),
        ("填报日期:2026-10-31", [202610]),
        ("2025-2026年10月", [202610]),
        ("２０２６年 ９ 月", [202609]),
        ("2026年度考核得分", []),
        ("2026年13月", []),
        ("1268.5 户", []),
        ("区划代码 500202610", []),
        ("扫描件12026101.csv", []),
        ("", []),
    ],
)
def test_the_months_of_a_title_are_found_once_each_in_order(text: str, keys: list[int]) -> None:
    assert [month.key for month in find_months(text)] == keys
