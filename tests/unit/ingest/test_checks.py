"""Logic: months that are barred, more than there is, and how what was found is listed."""

from itertools import product

import numpy as np

from ecodash.domain.indicators import Catalog
from ecodash.domain.periods import Month
from ecodash.ingest.checks import MONTHS_BEFORE, Standing, check_logic, compared_with
from ecodash.ingest.faults import LISTED
from tests.unit.ingest.checking import (
    CATALOG,
    CODES,
    COUNTY,
    SHETAN,
    TREE,
    V1,
    V2,
    Row,
    assert_silent,
    cells_of,
    check,
    doubt_of,
    fault_of,
    frame,
    label,
    make,
    month_rows,
)

# ── months that are barred ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_closed_month_cannot_be_changed() -> None:
    rows: list[Row] = [(V1, "garbage", "2026-09", 12), (V1, "bins", "2026-09", 3), (V2, "garbage", "2026-10", 5)]
    fault = fault_of(*rows, closed={(COUNTY, 202609)})
    assert (fault.code, fault.row, fault.column, fault.value) == ("month_closed", 3, "清理生活垃圾(吨)", "12")
    assert fault.hint == (
        "丰都县2026年9月已封账，第 3 行虎威镇荷花村的数与已上报的不同，不能改动。"
        "请联系本系统管理员重新开放该月，或删去这些数后重新上传。"
    )


def test_a_month_closed_for_all_is_told_once_a_row() -> None:
    faults, _ = check(*month_rows("2026-09", "garbage", [1, 2]), closed={(0, 202609), (COUNTY, 202609)})
    assert [(fault.code, fault.row) for fault in faults] == [("month_closed", 3), ("month_closed", 4)]
    assert faults[0].hint.startswith("2026年9月已封账")


def test_a_yearly_ledger_may_repeat_a_closed_month() -> None:
    rows: list[Row] = [(V1, "garbage", "2026-09", 12), (V1, "garbage", "2026-10", 13)]
    assert_silent(*rows, before=[(V1, "garbage", "2026-09", 12)], closed={(COUNTY, 202609)})


def test_another_county_s_closed_month_bars_nothing() -> None:
    assert_silent((V1, "garbage", "2026-09", 12), closed={(430321000000, 202609), (SHETAN, 202609), (COUNTY, 202608)})


def test_a_month_after_the_newest_is_a_fault() -> None:
    fault = fault_of((V1, "garbage", "2026-11", 12))
    assert (fault.code, fault.row) == ("month_future", 3)
    assert fault.hint == "第 3 行是 2026年11月的数，还没有到上报的时候，最晚可以报 2026年10月。请核对月份后重新上传。"


# ── more than there is ─────────────────────────────────────────────────────────────────────────────────────────────


def test_more_toilets_than_households_in_one_file_is_a_fault() -> None:
    fault = fault_of((V1, "households", "2026-10", 420), (V1, "toilets", "2026-10", 421))
    assert (fault.code, fault.row, fault.column, fault.value) == ("more_than_whole", 3, "卫生户厕户数(户)", "421")
    assert fault.position == 3 + CODES.index("toilets")
    assert fault.hint == (
        "虎威镇荷花村2026年10月“卫生户厕户数”421，大于“户数”420（第 3 行）。"
        "部分不能超过全部，请核对这两个数，改正后重新上传。"
    )


def test_as_many_toilets_as_households_is_right() -> None:
    assert_silent((V1, "households", "2026-10", 420), (V1, "toilets", "2026-10", 420), (V2, "toilets", "2026-10", 500))


def test_a_region_is_held_against_its_own_whole() -> None:
    assert_silent((V1, "households", "2026-10", 420), (V2, "toilets", "2026-10", 500))


def test_toilets_built_in_a_year_are_limited_by_households() -> None:
    rows: list[Row] = [(V1, "households", "2026-03", 30)]
    rows += [(V1, "built", f"2026-0{month}", 11) for month in (1, 2, 3)]
    fault = fault_of(*rows)
    assert (fault.code, fault.row, fault.value) == ("more_than_whole", 3, "11")
    assert "2026年1—3月累计“改造户厕”33，大于“户数”30" in fault.hint


def test_toilets_built_begin_anew_each_year() -> None:
    assert_silent(
        (V1, "households", "2026-01", 30), (V1, "built", "2026-01", 20), before=[(V1, "built", "2025-12", 20)]
    )


def test_a_year_that_the_store_makes_too_large_is_a_doubt() -> None:
    rows: tuple[Row, Row] = ((V1, "households", "2026-02", 30), (V1, "built", "2026-02", 20))
    doubt = doubt_of(*rows, before=[(V1, "built", "2026-01", 20)])
    assert (doubt.code, doubt.region, doubt.indicator, doubt.period) == ("more_than_standing", V1, "built", 202602)


def test_more_problems_closed_than_found_is_only_a_doubt() -> None:
    doubt = doubt_of((V1, "found", "2026-10", 3), (V1, "closed", "2026-10", 5))
    assert (doubt.code, doubt.indicator, doubt.value) == ("flow_more_than_whole", "closed", "5")
    assert_silent((V1, "found", "2026-10", 5), (V1, "closed", "2026-10", 5))


def test_more_toilets_than_standing_households_is_a_doubt() -> None:
    doubt = doubt_of((V1, "toilets", "2026-10", 421), before=[(V1, "households", "2024-01", 420)])
    assert (doubt.code, doubt.region, doubt.indicator, doubt.period) == ("more_than_standing", V1, "toilets", 202610)
    assert doubt.hint == (
        "虎威镇荷花村2026年10月“卫生户厕户数”421，大于2024年1月已上报的“户数”420（第 3 行）。"
        "请核对；全部的数有变化的，请一并上报新数。确认无误的，请勾选并写明原因。"
    )


def test_households_below_standing_toilets_are_a_doubt() -> None:
    before: list[Row] = [(V1, "households", "2025-12", 420), (V1, "toilets", "2026-08", 300)]
    doubt = doubt_of((V1, "households", "2026-10", 42), before=before)
    assert (doubt.code, doubt.indicator, doubt.period, doubt.row) == ("more_than_standing", "households", 202610, 3)
    assert "2026年8月已上报的“卫生户厕户数”300，大于2026年10月的“户数”42" in doubt.hint


def test_households_put_right_are_held_against_later_toilets() -> None:
    before: list[Row] = [(V1, "households", "2025-12", 420), (V1, "toilets", "2026-08", 300)]
    assert doubt_of((V1, "households", "2025-12", 42), before=before).code == "more_than_standing"
    # From May on other households stand, so August is no concern of the correction.
    assert_silent((V1, "households", "2025-12", 42), before=[*before, (V1, "households", "2026-05", 420)])


def test_a_whole_older_than_its_carry_limits_nothing() -> None:
    catalog = Catalog([make("a", "甲", "个", "stock"), make("b", "乙", "个", "stock", at_most="a")], "")
    cells = frame([(V1, "b", "2026-10", 9)]).assign(sheet=0, row=3, column=3)
    found = {}
    for month in ("2025-09", "2025-10"):
        standing = Standing(frame([(V1, "a", month, 5)]))
        given = {"tree": TREE, "newest": Month(2026, 10), "label": lambda sheet, position: ("", "乙")}
        _, doubts = check_logic(cells, catalog=catalog, standing=standing, **given)
        found[month] = len(doubts)
    assert found == {"2025-09": 0, "2025-10": 1}


# ── the lists ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_groups_come_first_then_cells_in_the_order_of_the_file() -> None:
    before = [(V2, "toilets", "2026-09", 300), (V1, "garbage", "2026-09", 10), (V1, "toilets", "2026-09", 250)]
    rows = [(V2, "toilets", "2026-10", 290), (V1, "garbage", "2026-10", 100), (V1, "toilets", "2026-10", 240)]
    _, doubts = check(*rows, *month_rows("2026-10", "score", [90] * 5), before=before)
    assert [(doubt.code, doubt.row) for doubt in doubts] == [
        ("all_same", None),
        ("stock_falls", 3),
        ("tenfold", 4),
        ("stock_falls", 4),
    ]


def test_beyond_a_thousand_each_rule_tells_how_many_more() -> None:
    villages = [SHETAN + 1000 * town + number for town, number in product(range(1, 401), range(1, 5))]
    before: list[Row] = [(village, "toilets", "2026-09", 300) for village in villages]
    rows: list[Row] = [(village, "toilets", "2026-10", 290) for village in villages]
    households: list[Row] = [(village, "households", "2026-10", 100) for village in villages]
    faults, doubts = check(*rows, *households, before=before)
    for listed, code in ((faults, "more_than_whole"), (doubts, "stock_falls")):
        assert len(listed) == LISTED + 1
        assert {item.code for item in listed} == {code}
        assert "另有 600 处" in listed[-1].hint
        assert listed[-1].row is None
    assert (doubts[-1].region, doubts[-1].indicator, doubts[-1].period) == (0, "", 0)


def test_a_sheet_with_a_name_is_named() -> None:
    cells = cells_of([(V1, "toilets", "2026-09", 300), (V1, "toilets", "2026-10", 290)])
    cells["sheet"] = np.array([0, 1], dtype="int16")
    _, doubts = check_logic(
        cells,
        catalog=CATALOG,
        tree=TREE,
        standing=Standing.nothing(),
        newest=Month(2026, 10),
        label=lambda sheet, position: (f"{9 + sheet}月", "卫生户厕"),
    )
    assert [(doubt.sheet, doubt.column) for doubt in doubts] == [("10月", "卫生户厕")]
    assert "（“10月”第 4 行）" in doubts[0].hint


def test_no_cells_and_unknown_indicators_raise_nothing() -> None:
    assert_silent()
    cells = cells_of([(V1, "garbage", "2026-10", 1)]).assign(indicator="gone")
    given = {"catalog": CATALOG, "tree": TREE, "newest": Month(2026, 10), "label": label}
    assert check_logic(cells, standing=Standing.nothing(), **given) == ([], [])


def test_the_standing_to_ask_for_holds_both_sides_of_every_limit() -> None:
    assert compared_with(CATALOG, ["toilets", "bins"]) == ["toilets", "bins", "households"]
    assert compared_with(CATALOG, ["households"]) == ["households", "toilets", "built"]
    assert MONTHS_BEFORE == 13
