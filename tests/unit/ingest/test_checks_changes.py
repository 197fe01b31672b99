"""Logic: a region against its own earlier figures, each rule where it speaks and where it must not."""

import pytest

from tests.unit.ingest.checking import HUWEI, V1, VILLAGES, Row, assert_silent, check, doubt_of, month_rows

# ── a stock that falls ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_cumulative_stock_that_falls_is_a_doubt() -> None:
    doubt = doubt_of((V1, "toilets", "2026-10", 297), before=[(V1, "toilets", "2026-08", 300)])
    assert (doubt.code, doubt.region, doubt.indicator, doubt.period) == ("stock_falls", V1, "toilets", 202610)
    assert (doubt.row, doubt.column, doubt.value) == (3, "卫生户厕户数(户)", "297")
    assert doubt.hint == (
        "虎威镇荷花村2026年10月“卫生户厕户数”297户（第 3 行），比2026年8月的 300 少 3，而这项存量一般只增不减。"
        "请核对是否填错行、填错月份或填成了当月新增数；确有核减的，请勾选并写明原因。"
    )


def test_a_stock_that_grows_or_stays_or_is_not_cumulative_is_silent() -> None:
    before: list[Row] = [(V1, "toilets", "2026-09", 300), (V1, "bins", "2026-09", 30)]
    assert_silent((V1, "toilets", "2026-10", 300), (V1, "bins", "2026-10", 28), before=before)


def test_a_correction_above_a_later_report_is_a_doubt() -> None:
    before: list[Row] = [(V1, "toilets", "2026-07", 290), (V1, "toilets", "2026-10", 300)]
    doubt = doubt_of((V1, "toilets", "2026-08", 310), before=before)
    assert (doubt.code, doubt.period) == ("stock_falls", 202608)
    assert "比2026年10月的 300 多 10" in doubt.hint


def test_months_of_one_file_are_compared_with_each_other() -> None:
    doubt = doubt_of((V1, "toilets", "2026-09", 300), (V1, "toilets", "2026-10", 290))
    assert (doubt.code, doubt.period, doubt.row) == ("stock_falls", 202610, 4)


def test_the_file_gives_way_to_nothing_that_stood_for_its_month() -> None:
    # September stood at 310 and is put right to 290 by the same file that brings October.
    before: list[Row] = [(V1, "toilets", "2026-08", 280), (V1, "toilets", "2026-09", 310)]
    assert_silent((V1, "toilets", "2026-09", 290), (V1, "toilets", "2026-10", 300), before=before)


def test_what_repeats_the_store_is_not_asked_about_again() -> None:
    before: list[Row] = [(V1, "toilets", "2026-09", 300), (V1, "toilets", "2026-10", 290)]
    assert_silent((V1, "toilets", "2026-10", 290), before=before)


# ── ten times ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("code", "old", "new", "cause"),
    [
        ("garbage", 21, 210, "小数点是否错位"),
        ("garbage", 210, "20.9", "小数点是否错位"),
        ("garbage", "1.2", 1200, "本次可能是按“公斤”填报的，本列单位是“吨”"),
        ("pipe", "1.2", "0.0012", "上一次可能是按“米”填报的"),
        ("funds", "5.2", 52000, "本次可能是按“元”填报的，本列单位是“万元”"),
        ("clutter", 5, 55, "小数点是否错位"),
        ("bins", 110, 0, "没有变化的存量应填上一次的数，不能填 0"),
        ("toilet_rate", 98, "0.98", "本次可能把百分数写成了小数（0.98 即 98%）"),
        ("toilet_rate", "0.97", 98, "上一次可能把百分数写成了小数"),
        ("toilet_rate", 20, 75, "请核对小数点"),
        ("closing_rate", 98, "0.98", "本次可能把百分数写成了小数"),
        ("score", 92, "9.2", "小数点是否错位"),
    ],
)
def test_ten_times_the_last_figure_is_a_doubt(code: str, old: float, new: float, cause: str) -> None:
    doubt = doubt_of((V1, code, "2026-10", new), before=[(V1, code, "2026-09", old)])
    assert (doubt.code, doubt.region, doubt.indicator, doubt.period) == ("tenfold", V1, code, 202610)
    assert cause in doubt.hint


@pytest.mark.parametrize(
    ("code", "old", "new"),
    [
        ("garbage", 21, 209),  # not quite ten times
        ("clutter", 1, 10),  # tiny counts
        ("clutter", 2, 25),
        ("funds", 5, "0.05"),  # money comes in lumps; only a slip of units is as far as 500 times
        ("funds", "0.6", 20),
        ("clutter", 0, 500),  # work may begin and stop
        ("clutter", 500, 0),
        ("bins", 0, 60),
        ("closing_rate", 40, 100),  # of two or three problems
        ("toilet_rate", 45, 94),
        ("score", 92, 0),  # a veto
        ("households", 42, 420),  # attributes are not compared
        ("level", 3, 0),
    ],
)
def test_changes_an_official_would_accept_are_not_tenfold(code: str, old: float, new: float) -> None:
    assert_silent((V1, code, "2026-10", new), before=[(V1, code, "2026-09", old)])


def test_a_flow_is_compared_with_the_month_before_only_and_a_stock_with_its_last_report() -> None:
    assert_silent((V1, "garbage", "2026-10", 210), before=[(V1, "garbage", "2026-08", 21)], months={(HUWEI, 202609)})
    assert doubt_of((V1, "bins", "2026-10", 210), before=[(V1, "bins", "2026-08", 21)]).code == "tenfold"


def test_figures_a_region_is_accustomed_to_are_not_tenfold() -> None:
    before: list[Row] = [(V1, "funds", f"2026-{month:02}", value) for month, value in [(3, 60), (5, 80), (9, 1)]]
    assert_silent((V1, "funds", "2026-10", 90), before=before)
    # One such month may itself have been the mistake.
    assert doubt_of((V1, "funds", "2026-10", 90), before=before[1:]).code == "tenfold"


def test_a_column_in_another_unit_is_one_doubt_of_the_town() -> None:
    before = month_rows("2026-09", "garbage", [10, 12, 14, 16, 18, 20])
    doubt = doubt_of(*month_rows("2026-10", "garbage", [9000, 13000, 14500, 15000, 19000, 20]), before=before)
    assert (doubt.code, doubt.region, doubt.indicator, doubt.period) == ("tenfold", HUWEI, "garbage", 202610)
    assert (doubt.row, doubt.column) == (None, "清理生活垃圾(吨)")
    assert doubt.hint == (
        "虎威镇2026年10月有 5 个村的“清理生活垃圾”与上一次相差悬殊（第 3、4、5、6、7 行），"
        "例如虎威镇荷花村2026年10月“清理生活垃圾”9000吨（第 3 行），上一次是 10。"
        "请核对整列的单位和小数点。本次可能是按“公斤”填报的，本列单位是“吨”。确认无误的，请勾选并写明原因。"
    )


def test_four_villages_in_another_unit_are_four_doubts() -> None:
    before = month_rows("2026-09", "garbage", [10, 12, 14, 16, 18, 20])
    _, doubts = check(*month_rows("2026-10", "garbage", [9000, 13000, 14500, 15000, 19, 20]), before=before)
    assert [(doubt.code, doubt.region, doubt.row) for doubt in doubts] == [
        ("tenfold", village, row) for village, row in zip(VILLAGES[:4], (3, 4, 5, 6), strict=True)
    ]
