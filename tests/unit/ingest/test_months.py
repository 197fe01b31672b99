"""The period of a sheet by its sources, the periods of cells, and where a figure for a period is filed."""

import pytest

from ecodash.domain.indicators import Indicator, Kind
from ecodash.domain.periods import Month, PartialPeriod, Period
from ecodash.ingest.months import file_period, read_deadline, read_period, storable, with_year

from .conftest import make_indicator

SEPTEMBER = Month(2026, 9)


def period(first: str, last: str = "") -> Period:
    return Period(Month.parse(first), Month.parse(last or first))


@pytest.mark.parametrize(
    ("chosen", "title", "sheet", "file_name", "label"),
    [
        (SEPTEMBER, "", "", "上报.csv", "2026年9月"),
        (None, "石潭镇2026年9月统计表", "", "上报.csv", "2026年9月"),
        (None, "", "2026年9月", "", "2026年9月"),
        (None, "", "Sheet1", "石潭镇2026-09.xlsx", "2026年9月"),
        (SEPTEMBER, "9月统计表", "9月", "2026年9月.xlsx", "2026年9月"),
        # The year comes from another source.
        (None, "2026年统计表", "9月", "", "2026年9月"),
        (None, "2026年农村人居环境整治9月统计表", "", "", "2026年9月"),
        (None, "9月（2026年）", "", "", "2026年9月"),
        (None, "", "2026", "9月.csv", "2026年9月"),
        (None, "", "9月", "石潭镇2026年.xlsx", "2026年9月"),
        (SEPTEMBER, "2026年度统计表", "", "", "2026年9月"),
        # A file of several months, a sheet of one.
        (None, "", "8月", "2026年1-9月.xlsx", "2026年8月"),
        (None, "", "9月", "2026年第三季度.xlsx", "2026年9月"),
        # Of a month and a longer period that ends with it, the longer counts.
        (SEPTEMBER, "2026年第三季度", "", "", "2026年第三季度"),
        (None, "2026年9月", "1-9月", "", "2026年1—9月"),
        (None, "2026年9月", "", "2026年1-9月.xlsx", "2026年1—9月"),
        (None, "2026年第三季度（7—9月）", "", "", "2026年第三季度"),
        (None, "2026年上半年", "", "", "2026年上半年"),
        (None, "2026年度", "", "", "2026年"),
        (None, "2025年11月—2026年2月", "", "", "2025年11月—2026年2月"),
        (None, "2026年9月 填报日期：2026年10月8日", "", "", "2026年9月"),
        (None, "填报时间：2026年9月", "", "", "2026年9月"),
    ],
)
def test_the_period_of_a_sheet(chosen: Month | None, title: str, sheet: str, file_name: str, label: str) -> None:
    found = file_period(chosen, title, sheet, file_name)
    assert found.problem == ""
    assert found.period is not None
    assert found.period.label == label
    assert found.sources


@pytest.mark.parametrize(
    ("chosen", "title", "sheet", "file_name", "named"),
    [
        (SEPTEMBER, "2026年8月统计表", "", "", "上传时选择的月份是 2026年9月，标题是 2026年8月"),
        (SEPTEMBER, "8月统计表", "", "", "上传时选择的月份是 2026年9月，标题是 2026年8月"),
        (Month(2026, 8), "2026年第三季度", "", "", "上传时选择的月份是 2026年8月，标题是 2026年第三季度"),
        (SEPTEMBER, "2025年统计表", "", "", "上传时选择的月份是 2026年9月，标题是 2025年"),
        (None, "2026年9月", "10月", "", "标题是 2026年9月，工作表名是 2026年10月"),
        (None, "", "8月", "2026年9月.xlsx", "工作表名是 2026年8月，文件名是 2026年9月"),
        (None, "", "9月", "8月.xlsx", "工作表名是 9月，文件名是 8月"),
        (None, "2026年", "", "2025年9月.csv", "标题是 2026年，文件名是 2025年9月"),
        (None, "2026年", "", "2025年.csv", "标题是 2026年，文件名是 2025年"),
    ],
)
def test_sources_that_disagree_are_named(
    chosen: Month | None, title: str, sheet: str, file_name: str, named: str
) -> None:
    found = file_period(chosen, title, sheet, file_name)
    assert found.problem == f"月份说法不一：{named}。请核对报的是哪个月，改成一致后重新上传。"
    assert found.period is None


def test_a_month_without_any_year_stays_partial_and_nothing_is_guessed() -> None:
    found = file_period(None, "", "9月", "上报.xlsx")
    assert (found.period, found.partial, found.year) == (None, PartialPeriod(None, 9, 9), None)


@pytest.mark.parametrize("title", ["", "统计表", "2026年8月、9月", "2026年9月上旬", "20260930"])
def test_no_period_is_none(title: str) -> None:
    found = file_period(None, title)
    assert (found.period, found.partial, found.problem) == (None, None, "")


def test_where_the_year_came_from_is_told() -> None:
    note = file_period(None, "2026年统计表", "9月").note
    assert note == "工作表名中的“9月”没有写年份，按标题的 2026年读取。"


def test_a_year_is_known_for_columns_that_write_none() -> None:
    assert file_period(None, "2026年统计表").year == 2026
    assert file_period(SEPTEMBER).year == 2026
    assert file_period(None, "2025年11月—2026年2月").year is None


# ── cells ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("2026-10", "2026年10月"),
        ("2026年10月", "2026年10月"),
        ("2026-10-01", "2026年10月"),
        ("2026-10-01 00:00:00", "2026年10月"),
        ("10月", "2026年10月"),
        ("10", "2026年10月"),
        ("九月", "2026年9月"),
        ("2025-12", "2025年12月"),
        ("三季度", "2026年第三季度"),
        ("上半年", "2026年上半年"),
        ("1—9月", "2026年1—9月"),
    ],
)
def test_a_cell_names_a_period(text: str, label: str) -> None:
    found = read_period(text, 2026)
    assert isinstance(found, Period)
    assert found.label == label


@pytest.mark.parametrize(
    ("text", "year", "said"),
    [
        ("2026.1", 2026, "请写成 2026-01 或 2026-10"),
        ("2026.9", 2026, "请写成 2026-09"),
        ("13", 2026, "不是月份"),
        ("九九", 2026, "不是月份"),
        ("8、9月", 2026, "不是月份"),
        ("9月", None, "没有写明年份"),
        ("10", None, "没有写明年份"),
    ],
)
def test_a_cell_that_names_none_says_what_to_write(text: str, year: int | None, said: str) -> None:
    found = read_period(text, year)
    assert isinstance(found, str)
    assert said in found


def test_a_header_takes_the_year_of_the_file() -> None:
    assert with_year(PartialPeriod(None, 9, 9), 2026) == period("2026-09")
    assert with_year(PartialPeriod(2025, 9, 9), 2026) == period("2025-09")


@pytest.mark.parametrize(("text", "key"), [("2026-10", 202610), ("2026", 202612), ("2026年底", 202612)])
def test_a_deadline_may_be_a_year(text: str, key: int) -> None:
    found = read_deadline(text)
    assert isinstance(found, Month)
    assert found.key == key


# ── filing ─────────────────────────────────────────────────────────────────────────────────────────────────────────

FLOW = make_indicator("garbage_cleared", "清理生活垃圾", "吨")
STOCK = make_indicator("public_toilets", "公厕", "座", Kind.STOCK, spans=("quarter", "half", "year"))
SCORE = make_indicator("assessment_score", "考核得分", "分", Kind.SCORE, spans=("quarter",))


@pytest.mark.parametrize(
    ("found", "indicator", "key"),
    [
        (period("2026-09"), FLOW, 202609),
        (period("2026-07", "2026-09"), STOCK, 202609),
        (period("2026-01", "2026-06"), STOCK, 202606),
        (period("2026-01", "2026-12"), STOCK, 202612),
        (period("2026-07", "2026-09"), SCORE, 202609),
    ],
)
def test_a_figure_is_filed_at_the_last_month_of_its_period(found: Period, indicator: Indicator, key: int) -> None:
    month = storable(found, indicator)
    assert isinstance(month, Month)
    assert month.key == key


@pytest.mark.parametrize(
    ("found", "indicator", "said"),
    [
        (period("2026-07", "2026-09"), FLOW, "“清理生活垃圾”是当月完成量，不能按季度上报（2026年第三季度）"),
        (period("2026-01", "2026-09"), FLOW, "“清理生活垃圾”是当月完成量，不能按几个月合计上报（2026年1—9月）"),
        (period("2026-01", "2026-09"), STOCK, "“公厕”不能按几个月合计上报（2026年1—9月）"),
        (period("2026-01", "2026-06"), SCORE, "“考核得分”不能按半年上报（2026年上半年）"),
    ],
)
def test_a_period_an_indicator_is_not_reported_for_says_so(found: Period, indicator: Indicator, said: str) -> None:
    hint = storable(found, indicator)
    assert isinstance(hint, str)
    assert hint.startswith(said)
    assert "请" in hint
