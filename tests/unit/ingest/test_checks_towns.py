"""Logic: months and columns of a whole town, each rule where it speaks and where it must not."""

import pytest

from tests.unit.ingest.checking import COUNTY, HUWEI, OTHERS, V1, V2, V3, Row, assert_silent, doubt_of, month_rows

# ── a month copied ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_town_that_copies_the_month_before_is_asked_once() -> None:
    work = list(zip((V1, V2, V3), (11, 12, 13), (4, 0, 6), strict=True))
    before: list[Row] = [(v, code, "2026-09", n) for v, a, b in work for code, n in (("garbage", a), ("clutter", b))]
    rows: list[Row] = [(v, code, "2026-10", n) for v, a, b in work for code, n in (("garbage", a), ("clutter", b))]
    # Stocks may stay or change: they are not looked at.
    doubt = doubt_of(*rows, (V1, "bins", "2026-10", 31), before=[*before, (V1, "bins", "2026-09", 30)])
    assert (doubt.code, doubt.region, doubt.indicator, doubt.period) == ("month_copied", HUWEI, "", 202610)
    assert doubt.hint == (
        "虎威镇2026年10月的各项完成量与2026年9月完全相同：3 个村、5 个非零数（第 3、4、5 行）。"
        "请核对是否误用了上月的表。确认无误的，请勾选并写明原因。"
    )


@pytest.mark.parametrize(
    ("code", "old", "new"),
    [
        ("garbage", [11, 12, 13, 14, 15], [11, 12, 13, 14, "15.1"]),  # one differs
        ("garbage", [11, 12, 13, 14], [11, 12, 13, 14]),  # four agree
        ("patrols", [4, 4, 4, 4, 4, 5], [4, 4, 4, 4, 4, 5]),  # a duty
        ("bins", [11, 12, 13, 14, 15], [11, 12, 13, 14, 15]),  # stocks stay
        ("garbage", [0, 0, 0, 11, 12, 13], [0, 0, 0, 11, 12, 13]),  # three besides nothing
    ],
)
def test_what_is_no_copy(code: str, old: list[float], new: list[float]) -> None:
    assert_silent(*month_rows("2026-10", code, new), before=month_rows("2026-09", code, old))


def test_one_village_alone_is_no_copied_town() -> None:
    codes = ("garbage", "clutter", "built", "pipe", "found", "closed")
    values = dict(zip(codes, (11, 12, 13, 2, 9, 7), strict=True))
    before: list[Row] = [(V1, code, "2026-09", value) for code, value in values.items()]
    assert_silent(*((V1, code, "2026-10", value) for code, value in values.items()), before=before)


def test_a_correction_of_the_same_month_is_no_copy() -> None:
    september, october = [11, 12, 13, 14, 15], [21, 22, 23, 24, 25]
    before = month_rows("2026-09", "garbage", september) + month_rows("2026-10", "garbage", october)
    assert_silent(*month_rows("2026-10", "garbage", [21, 22, 23, 24, "25.5"]), before=before)


def test_a_month_may_be_copied_within_one_file() -> None:
    values = [11, 12, 13, 14, 15]
    doubt = doubt_of(*month_rows("2026-09", "garbage", values), *month_rows("2026-10", "garbage", values))
    assert (doubt.code, doubt.period) == ("month_copied", 202610)
    assert "（第 8、9、10、11、12 行）" in doubt.hint


def test_copied_scores_are_told_as_scores() -> None:
    values = [88, 89, 90, 91, 92]
    doubt = doubt_of(*month_rows("2026-10", "score", values), before=month_rows("2026-09", "score", values))
    assert (doubt.code, doubt.hint[:9]) == ("month_copied", "虎威镇2026年1")
    assert "得分与2026年9月完全相同" in doubt.hint


# ── all alike ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_village_with_the_same_figure_is_a_doubt() -> None:
    doubt = doubt_of(*month_rows("2026-10", "garbage", ["12.5"] * 5))
    assert (doubt.code, doubt.region, doubt.indicator, doubt.period) == ("all_same", HUWEI, "garbage", 202610)
    assert doubt.hint == (
        "虎威镇2026年10月 5 个村（第 3、4、5、6、7 行）的“清理生活垃圾”都是 12.5吨。"
        "各村实际一般不会相同，请核对是否为估填、平均分摊或整列填充。确认无误的，请勾选并写明原因。"
    )


@pytest.mark.parametrize(("code", "value"), [("clutter", 3), ("score", 90), ("bins", 10), ("toilet_rate", 98)])
def test_alike_figures_with_a_spread_to_be_expected(code: str, value: float) -> None:
    assert doubt_of(*month_rows("2026-10", code, [value] * 6)).code == "all_same"


@pytest.mark.parametrize(
    ("code", "values"),
    [
        ("garbage", [12.5] * 4),  # four villages
        ("garbage", [12.5] * 5 + [12.6]),  # one differs
        ("garbage", [0] * 6),  # nothing done
        ("clutter", [2] * 6),  # small counts
        ("bins", [9] * 6),  # handed out alike
        ("patrols", [30] * 6),  # a duty
        ("level", [1] * 6),  # a level
        ("households", [420] * 6),  # an attribute
    ],
)
def test_alike_figures_that_are_natural(code: str, values: list[float]) -> None:
    assert_silent(*month_rows("2026-10", code, values))


def test_towns_of_a_county_may_be_alike_too_and_villages_of_two_towns_are_apart() -> None:
    three = month_rows("2026-10", "garbage", [12.5] * 3) + month_rows("2026-10", "garbage", [12.5] * 3, OTHERS)
    assert_silent(*three)
    towns = tuple(COUNTY + 1000 * number for number in range(101, 106))
    doubt = doubt_of(*month_rows("2026-10", "garbage", [250] * 5, towns))
    assert (doubt.code, doubt.region) == ("all_same", COUNTY)
    assert "丰都县2026年10月 5 个乡镇" in doubt.hint


def test_all_full_is_a_doubt_when_it_comes_to_be() -> None:
    rows = month_rows("2026-10", "toilet_rate", [100] * 5)
    assert doubt_of(*rows).code == "all_full"
    assert doubt_of(*rows, before=month_rows("2026-09", "toilet_rate", [100, 100, 100, 100, 99])).code == "all_full"
    assert_silent(*rows, before=month_rows("2026-09", "toilet_rate", [100] * 5))
    assert_silent(*month_rows("2026-10", "toilet_rate", [100, 100, 100, 100, "99.9"]))


def test_all_full_is_seen_where_the_file_gives_the_parts() -> None:
    households = [400, 410, 420, 430, 440]
    before = month_rows("2025-01", "households", households)
    doubt = doubt_of(*month_rows("2026-10", "toilets", households), before=before)
    assert (doubt.code, doubt.region, doubt.indicator, doubt.period) == ("all_full", HUWEI, "toilet_rate", 202610)
    assert "的“无害化卫生户厕覆盖率”都是 100%" in doubt.hint
    before += month_rows("2026-09", "toilets", households)
    assert_silent(*month_rows("2026-10", "toilets", households), before=before)


def test_all_problems_closed_is_how_it_should_be() -> None:
    rows = month_rows("2026-10", "found", [5, 6, 7, 8, 9]) + month_rows("2026-10", "closed", [5, 6, 7, 8, 9])
    assert_silent(*rows)


# ── a month skipped ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_town_that_skips_months_is_asked_about_them() -> None:
    doubt = doubt_of((V1, "garbage", "2026-10", 12), before=[(V1, "garbage", "2026-07", 11)])
    assert (doubt.code, doubt.region, doubt.indicator, doubt.period) == ("month_skipped", HUWEI, "", 202610)
    assert doubt.hint == (
        "虎威镇上一次报的是2026年7月，本次报2026年10月，中间缺 2026年8月、2026年9月。"
        "请核对月份是否选错；漏报的请补报。确认无误的，请勾选并写明原因。"
    )


def test_a_county_whose_towns_all_skip_is_asked_once() -> None:
    before: list[Row] = [(V1, "garbage", "2026-08", 11), (OTHERS[0], "garbage", "2026-08", 12)]
    rows: list[Row] = [(V1, "garbage", "2026-10", 12), (OTHERS[0], "garbage", "2026-10", 13)]
    doubt = doubt_of(*rows, before=before)
    assert (doubt.code, doubt.region) == ("month_skipped", COUNTY)
    assert doubt.hint.startswith("丰都县 2 个乡镇上一次报的是2026年8月")
    # One of the two did report September.
    doubt = doubt_of(*rows, before=[*before, (OTHERS[1], "garbage", "2026-09", 11)])
    assert (doubt.code, doubt.region) == ("month_skipped", HUWEI)


@pytest.mark.parametrize(
    ("code", "months", "month"),
    [
        ("garbage", ["2026-09"], "2026-10"),  # none between
        ("garbage", [], "2026-10"),  # never reported before
        ("garbage", ["2026-07", "2026-09"], "2026-08"),  # put in later
        ("garbage", ["2026-07", "2026-10"], "2026-10"),  # a correction
        ("garbage", ["2026-04", "2026-07"], "2026-10"),  # reports by the quarter
        ("garbage", ["2025-08"], "2026-10"),  # more than a year ago: who reports begins anew
        ("bins", ["2026-07"], "2026-10"),  # a state is carried
        ("score", ["2026-07"], "2026-10"),  # has rounds of its own
    ],
)
def test_what_skips_nothing(code: str, months: list[str], month: str) -> None:
    assert_silent((V1, code, month, 12), before=[(V1, code, earlier, 11) for earlier in months])


def test_a_village_of_the_town_or_another_indicator_fills_the_month() -> None:
    before: list[Row] = [(V1, "garbage", "2026-08", 11)]
    assert_silent((V1, "garbage", "2026-10", 12), before=[*before, (V2, "garbage", "2026-09", 11)])
    assert_silent((V1, "garbage", "2026-10", 12), before=before, months={(V3, 202609)})
    assert_silent((V1, "garbage", "2026-09", 12), (V1, "garbage", "2026-10", 12), before=before)
