"""Months and longer periods: written, stepped, found in titles, taken out of headers."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecodash.domain.period_words import find_periods, parse_period, period_mentions, split_period
from ecodash.domain.periods import Month, PartialPeriod, Period, months_between
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


# ── periods ────────────────────────────────────────────────────────────────────────────────────────────────────────


def period(first: str, last: str = "") -> Period:
    return Period(Month.parse(first), Month.parse(last or first))


@pytest.mark.parametrize(
    ("first", "last", "kind", "label"),
    [
        ("2026-09", "2026-09", "month", "2026年9月"),
        ("2026-07", "2026-09", "quarter", "2026年第三季度"),
        ("2026-01", "2026-06", "half", "2026年上半年"),
        ("2026-07", "2026-12", "half", "2026年下半年"),
        ("2026-01", "2026-12", "year", "2026年"),
        ("2026-01", "2026-09", "span", "2026年1—9月"),
        ("2026-02", "2026-04", "span", "2026年2—4月"),
        ("2025-10", "2026-12", "span", "2025年10月—2026年12月"),
        ("2025-07", "2026-09", "span", "2025年7月—2026年9月"),
    ],
)
def test_a_period_knows_its_kind_and_its_label(first: str, last: str, kind: str, label: str) -> None:
    found = period(first, last)
    assert (found.kind, found.label) == (kind, label)
    assert len(found.months) == found.first.months_until(found.last) + 1


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(PeriodUnknown, match="颠倒"):
        period("2026-09", "2026-08")


def test_a_period_holds_its_months_and_shorter_periods() -> None:
    quarter = period("2026-07", "2026-09")
    assert Month(2026, 7) in quarter
    assert period("2026-08", "2026-09") in quarter
    assert Month(2026, 10) not in quarter
    assert period("2026-06", "2026-09") not in quarter


def test_a_period_without_a_year_takes_the_one_given_unless_it_has_its_own() -> None:
    assert PartialPeriod(None, 9, 9).at(2026) == period("2026-09")
    assert PartialPeriod(2025, 9, 9).at(2026) == period("2025-09")
    assert [PartialPeriod(None, *months).label for months in ((9, 9), (7, 9), (1, 9), (1, 12))] == [
        "9月", "第三季度", "1—9月", "全年",
    ]  # fmt: skip


PARSED = [
    *((text, None, 9, 9) for text in ("9月", "09月", "9月份", "九月", "９月", "9 月", "9月底", "截至9月底", "㋈", "本年9月")),
    *((text, 2026, 9, 9) for text in ("2026年9月", "2026-09", "2026.09", "2026/9", "202609", "26年9月", "'26年9月")),
    *((text, 2026, 9, 9) for text in ("2026 年 9 月", "2026_09", "二〇二六年九月", "2026年九月份", "2026年9月1日至9月30日")),
    *((text, None, 7, 9) for text in ("三季度", "第三季度", "第3季度", "3季度", "Q3", "第三季")),
    *((text, 2026, 7, 9) for text in ("2026Q3", "2026年三季度", "2026年第三季度", "2026-Q3", "26年三季度")),
    ("一季度", None, 1, 3),
    ("上半年", None, 1, 6),
    ("下半年", None, 7, 12),
    ("2026年上半年", 2026, 1, 6),
    ("2026H2", 2026, 7, 12),
    ("全年", None, 1, 12),
    *((text, 2026, 1, 12) for text in ("2026年", "2026年度", "2026年全年", "26年度")),
    ("2026年底", 2026, 12, 12),
    *((text, None, 1, 9) for text in ("1-9月", "1—9月", "1至9月", "1～9月", "1月-9月", "一至九月", "1一9月", "前三季度")),
    *((text, 2026, 1, 9) for text in ("2026年1-9月", "2026.01-2026.09", "202601-202609", "2026年前9个月", "2026.1-9")),
    ("元月", None, 1, 1),
    ("十二月份", None, 12, 12),
]  # fmt: skip


@pytest.mark.parametrize(("text", "year", "first", "last"), PARSED)
def test_a_period_is_read_as_officials_write_it(text: str, year: int | None, first: int, last: int) -> None:
    assert parse_period(text) == PartialPeriod(year, first, last)


@pytest.mark.parametrize(
    "text",
    [
        "", "9", "2026", "2026.9", "2026.1", "13月", "0月", "2026年13月", "清理垃圾", "9月清理垃圾", "正月", "3个月",
        "2026-10-01", "9月30日", "8、9月", "9月和10月", "去年9月", "上年同期", "9月上旬", "9月第2周", "9月底前", "9月以来",
        "一、二季度", "上下半年", "2025-2026年", "2025年11月—2026年2月", "11-2月", "前三个月", "较9月", "9月 10月",
    ],
)  # fmt: skip
def test_what_names_no_one_period_of_a_year_is_none(text: str) -> None:
    assert parse_period(text) is None


@given(st.builds(PartialPeriod, st.none() | st.integers(2000, 2090), st.integers(1, 12), st.integers(1, 12)))
def test_a_period_comes_back_from_its_label(partial: PartialPeriod) -> None:
    if partial.first <= partial.last:
        assert parse_period(partial.label) == partial


@given(st.text(alphabet="0123456789年月季度上下半全第一二三四十至-—、.年Q日号底前 清理村", max_size=20))
def test_no_text_makes_the_search_for_periods_raise_or_lose_its_place(text: str) -> None:
    mentions = period_mentions(text)
    assert all(0 <= m.start < m.end <= len(text) for m in mentions)
    assert all(one.end <= other.start for one, other in pairwise(mentions))
    rest = split_period(text)[1]
    assert len(rest) <= len(text)


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("丰都县2026年9月农村人居环境整治情况表", ["2026年9月"]),
        ("月报_2026-10.csv", ["2026年10月"]),
        ("月报202610.xlsx", ["2026年10月"]),
        ("2026年9月(2026-09)", ["2026年9月"]),
        ("2026年9月—2026年10月", ["2026年9—10月"]),
        ("２０２６年 ９ 月", ["2026年9月"]),
        ("2025-2026年10月", ["2026年10月"]),
        ("截至2026年9月底", ["2026年9月"]),
        ("石潭镇9月", ["9月"]),
        ("2026年农村人居环境整治9月统计表", ["2026年", "9月"]),
        ("2026年度考核得分", ["2026年"]),
        ("石潭镇2026年第三季度（7—9月）", ["2026年第三季度", "第三季度"]),
        ("2025年11月—2026年2月", ["2025年11月—2026年2月"]),
        ("2026年9月3个村", ["2026年9月"]),
        ("2026年9月 填报日期：2026年10月8日", ["2026年9月"]),
        ("2026年9月 填报时间：2026年10月", ["2026年9月"]),
        ("填报时间：2026年10月", ["2026年10月"]),
        ("统计时间：2026年9月1日至9月30日", ["2026年9月"]),
        ("三月坡村2026年9月", ["2026年9月"]),
        ("填报日期:2026-10-31", []),
        ("20260930", []),
        ("2026年13月", []),
        ("1268.5 户", []),
        ("区划代码 500202610", []),
        ("扫描件12026101.csv", []),
        ("湘政办发〔2026〕9号", []),
        ("2021—2025年规划", []),
        ("八月村", []),
        ("2026年9月第2周", []),
        ("2026年3月以来", []),
        ("第9期", []),
        ("1.9月", []),
        ("", []),
    ],
)
def test_the_periods_of_a_title_are_found_once_each_in_order(text: str, labels: list[str]) -> None:
    assert [found.label for found in find_periods(text)] == labels


@pytest.mark.parametrize(
    ("header", "label", "rest"),
    [
        ("9月清理垃圾（吨）", "9月", "清理垃圾（吨）"),
        ("清理垃圾2026年9月", "2026年9月", "清理垃圾"),
        ("清理垃圾（9月）", "9月", "清理垃圾"),
        ("清理垃圾（9月，吨）", "9月", "清理垃圾（吨）"),
        ("清理垃圾(吨,9月)", "9月", "清理垃圾(吨)"),
        ("清理垃圾_9月", "9月", "清理垃圾"),
        ("9月\n清理垃圾", "9月", "清理垃圾"),
        ("９月份的清理垃圾", "9月", "清理垃圾"),
        ("九月清理垃圾", "9月", "清理垃圾"),
        ("第三季度 公厕（座）", "第三季度", "公厕（座）"),
        ("截至9月底公厕（座）", "9月", "公厕（座）"),
        ("公厕（座）（9月）", "9月", "公厕（座）"),
        ("2026年1-9月累计清理垃圾", "2026年1—9月", "累计清理垃圾"),
        ("9月", "9月", ""),
    ],
)
def test_a_period_is_taken_out_of_a_header(header: str, label: str, rest: str) -> None:
    found, left = split_period(header)
    assert found is not None
    assert (found.label, left) == (label, rest)


@pytest.mark.parametrize(
    "header",
    ["清理垃圾（吨）", "9月比8月增加", "去年9月清理垃圾", "较9月增加", "八月村", "8、9月清理垃圾", "9月30日清理垃圾"],
)
def test_a_header_without_one_period_is_left_as_it_is(header: str) -> None:
    assert split_period(header) == (None, header)
