"""Headers, months, layouts, and which rows are data."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from ecodash.domain.periods import Month
from ecodash.ingest import ColumnMatch, Intake

Read = Callable[..., Intake]
FaultOf = Callable[..., tuple[str, int | None, str, str]]


@pytest.mark.parametrize(
    ("header", "target", "how"),
    [
        ("garbage_cleared", "garbage_cleared", "code"),
        ("清理生活垃圾", "garbage_cleared", "name"),
        ("清理 生活垃圾（吨）", "garbage_cleared", "name"),
        ("清理生活垃圾【单位:t】", "garbage_cleared", "name"),
        ("垃圾清运量*", "garbage_cleared", "alias"),
        ("垃圾(清运量)", "garbage_cleared", "alias"),
        ("卫生厕所普及率(％)", "sanitary_toilet_rate", "alias"),
    ],
)
def test_a_header_is_recognised(read: Read, header: str, target: str, how: str) -> None:
    intake = read(f"村,{header}\n荷花村,12")
    assert intake.faults == ()
    assert intake.columns == (
        ColumnMatch("村", "village", "role", position=0),
        ColumnMatch(header, target, how, position=1),
    )


def test_another_unit_in_the_header_is_converted_and_said(read: Read) -> None:
    intake = read("村,清理垃圾(公斤)\n荷花村,1268\n同心村,")
    assert intake.faults == ()
    assert intake.columns[1] == ColumnMatch("清理垃圾(公斤)", "garbage_cleared", "alias", unit="公斤", position=1)
    assert [f"{value:f}" for value in intake.cells["value"]] == ["1.2700"]
    assert [(r.code, r.row, r.column, r.value, r.read_as) for r in intake.remarks] == [
        ("rounded", 2, "清理垃圾(公斤)", "1268", "1.27")
    ]
    converted = read("村,清理垃圾(公斤)\n荷花村,1200")
    assert dict(converted.remark_counts) == {"converted": 1}
    assert "1 格换算了单位。" in converted.notes


def test_a_unit_that_cannot_be_converted_is_a_fault(read: Read) -> None:
    (fault,) = read("村,清理垃圾(车)\n荷花村,1").faults
    assert (fault.code, fault.row, fault.column) == ("unit_differs", 1, "清理垃圾(车)")
    assert "换算成“吨”" in fault.hint


def test_an_unknown_column_with_content_is_a_fault(read: Read) -> None:
    (fault,) = read("村,垃圾箱,道路亮化,空列\n荷花村,1,2,").faults
    assert (fault.code, fault.row, fault.column) == ("column_unknown", 1, "道路亮化")
    assert "忽略" in fault.hint


def test_a_column_that_is_nearly_known_waits_for_a_click(read: Read) -> None:
    text = "村,垃圾箱,清理生活垃极\n荷花村,1,2"
    intake = read(text)
    (fault,) = intake.faults
    assert (fault.code, fault.row, fault.column) == ("column_guessed", 1, "清理生活垃极")
    assert "“清理生活垃圾”" in fault.hint
    guess = intake.columns[2]
    assert (guess.target, guess.how, guess.confidence >= 65) == ("garbage_cleared", "near", True)
    assert intake.cells["indicator"].tolist() == ["bins"]
    assert read(text, mapping={"清理生活垃极": "garbage_cleared"}).cells["value"].tolist() == [1, 2]
    remembered = read(text, remembered={"清理生活垃极": "garbage_cleared"})
    assert (remembered.faults, remembered.columns[2].how) == ((), "remembered")


def test_a_table_whose_figures_nobody_knows_asks_about_each_of_them(read: Read) -> None:
    text = "某县红旗村评比,,\n乡镇,村,红旗数,流动旗\n虎威镇,荷花村,1,2"
    assert [(f.code, f.row, f.column) for f in read(text).faults] == [
        ("column_unknown", 2, "红旗数"),
        ("column_unknown", 2, "流动旗"),
    ]
    assert read(text, mapping={"红旗数": "garbage_cleared", "流动旗": "-"}).faults == ()


def test_the_user_chooses_for_a_column(read: Read, fault_of: FaultOf) -> None:
    text = "村,收了多少,垃圾箱,闲话\n荷花村,1,2,好"
    intake = read(text, mapping={"收了多少": "garbage_cleared", "闲话": "-"})
    assert intake.faults == ()
    assert [(c.target, c.how) for c in intake.columns[1:]] == [
        ("garbage_cleared", "chosen"),
        ("bins", "name"),
        ("ignored", "chosen"),
    ]
    assert fault_of("村,垃圾箱\n荷花村,1", mapping={"x": "nothing"})[0] == "mapping_unknown"


def test_two_columns_for_one_thing_are_a_fault(fault_of: FaultOf) -> None:
    assert fault_of("村,清理垃圾,垃圾清运量\n荷花村,1,1")[:3] == ("column_twice", 1, "垃圾清运量")


def test_known_companions_are_ignored(read: Read) -> None:
    header = "序号,省,市,县,乡镇,村,垃圾箱,填报人,联系电话,填报日期,备注"
    intake = read(f"{header}\n1,重庆市,重庆市,丰都县,虎威镇,荷花村,1,张三,138,2026-11-01,无")
    assert intake.faults == ()
    assert [c.target for c in intake.columns].count("ignored") == 7


def test_the_header_may_stand_below_a_title(read: Read) -> None:
    intake = read("丰都县垃圾治理情况表,,\n,,\n填报单位：人居办,,单位：吨\n村,清理垃圾,垃圾箱\n荷花村,1,2")
    assert (intake.header_row, intake.title) == (4, "丰都县垃圾治理情况表 填报单位：人居办 单位：吨")
    assert intake.faults == ()


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [("荷花村,1,268,3", "row_too_long", "D"), ("荷花村,5,,3", "row_too_long", "D")],
)
def test_more_cells_than_the_header_is_a_fault(fault_of: FaultOf, row: str, code: str, column: str) -> None:
    assert fault_of(f"村,垃圾箱,户数\n同心村,1,1\n{row}")[:3] == (code, 3, column)


def test_a_column_without_a_header_is_a_fault_only_with_content(read: Read) -> None:
    assert read("村,,垃圾箱\n荷花村,,1\n").faults == ()
    (fault,) = read("村,,垃圾箱\n荷花村,,1\n同心村,x,1\n回龙村,y,2").faults
    assert (fault.code, fault.row, fault.column) == ("column_unnamed", 3, "B")


def test_totals_footnotes_blank_rows_and_repeated_headers_are_left_out(read: Read) -> None:
    text = (
        "乡镇,村,垃圾箱\n虎威镇,荷花村,1\n虎威镇小计,,1\n\n乡镇,村,垃圾箱\n社坛镇,德盛村,2\n合　计,,3\n注：含社区,,\n"
    )
    intake = read(text)
    assert intake.faults == ()
    assert intake.cells["row"].tolist() == [2, 6]
    assert intake.row_count == 2
    assert intake.notes == (
        "没有读取合计行：第 3、7 行。",
        "没有读取表尾说明：第 8 行。",
        "没有读取重复的表头：第 5 行。",
    )


# ── months ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("title", "file_name", "column", "month"),
    [
        ("", "a.csv", "2026-08", 202608),
        ("", "a.csv", "2026年8月", 202608),
        ("", "a.csv", "202608", 202608),
        ("", "a.csv", "2026-08-01", 202608),
        ("2026年9月情况表", "a.csv", "", 202609),
        ("2026年9月情况表 填报日期：2026年10月3日", "a.csv", "", 202609),
        ("", "丰都县2026年9月.csv", "", 202609),
        ("", "丰都县202609.csv", "", 202609),
        ("2026年9月", "上报2026.10.03.csv", "", 202609),
    ],
)
def test_where_the_month_comes_from(read: Read, title: str, file_name: str, column: str, month: int) -> None:
    intake = read(f"{title}\n村,月份,垃圾箱\n荷花村,{column},1", file_name, month=None)
    assert intake.faults == ()
    assert intake.cells["period"].tolist() == [month]


@pytest.mark.parametrize(
    ("text", "changes", "code", "row"),
    [
        ("村,垃圾箱\n荷花村,1", {"month": None}, "month_missing", None),
        ("2026年9月\n村,垃圾箱\n荷花村,1", {}, "month_disagrees", None),
        ("村,垃圾箱\n荷花村,1", {"month": Month(2026, 11)}, "month_future", None),
        ("村,月份,垃圾箱\n荷花村,2026-11,1", {"month": None}, "month_future", 2),
        ("村,月份,垃圾箱\n荷花村,2026-09,1", {}, "month_disagrees", 2),
        ("2026年8月\n村,月份,垃圾箱\n荷花村,2026-09,1", {"month": None}, "month_disagrees", None),
        ("村,月份,垃圾箱\n荷花村,,1", {"month": None}, "month_missing", 2),
        ("村,月份,垃圾箱\n荷花村,2026.1,1", {"month": None}, "month_unreadable", 2),
        ("村,月份,垃圾箱\n荷花村,十月,1", {"month": None}, "month_unreadable", 2),
        ("村,月份,垃圾箱\n荷花村,2026-13,1", {"month": None}, "month_unreadable", 2),
    ],
)
def test_months_that_do_not_fit(fault_of: FaultOf, text: str, changes: dict[str, Month], code: str, row: int) -> None:
    assert fault_of(text, **changes)[:2] == (code, row)


def test_a_file_name_that_names_another_month_is_a_fault(fault_of: FaultOf) -> None:
    assert fault_of("村,垃圾箱\n荷花村,1", "2026年9月.csv")[0] == "month_disagrees"


# ── long tables and targets ────────────────────────────────────────────────────────────────────────────────────────


def test_a_long_table(read: Read) -> None:
    intake = read(
        "区划代码,指标,单位,月份,数值\n500230101201,清理垃圾,吨,2026-09,1.5\n500230101,bins,个,2026-10,\n", month=None
    )
    assert intake.faults == ()
    assert intake.layout == "long"
    assert intake.cells.to_dict("list") == {
        "region": [500230101201],
        "indicator": ["garbage_cleared"],
        "period": [202609],
        "value": [Decimal("1.5")],
        "sheet": [0],
        "row": [2],
        "column": [4],
    }
    assert intake.notes == ("没有数值的行：1 行，按未上报读取。",)


@pytest.mark.parametrize(
    ("text", "code", "column"),
    [
        ("村,指标,数值\n荷花村,垃圾桶箱,1", "indicator_unknown", "指标"),
        ("村,指标,数值\n荷花村,,1", "indicator_missing", "指标"),
        ("村,指标,计量单位,数值\n荷花村,清理垃圾,车,1", "unit_differs", "计量单位"),
        ("村,指标,垃圾箱,数值\n荷花村,清理垃圾,,1", "layout_mixed", "垃圾箱"),
        ("村,数值\n荷花村,1", "column_missing", "指标"),
        ("村,指标\n荷花村,垃圾箱", "column_missing", "数值"),
    ],
)
def test_what_is_wrong_with_a_long_table(fault_of: FaultOf, text: str, code: str, column: str) -> None:
    found = fault_of(text)
    assert (found[0], found[2]) == (code, column)


def test_a_table_of_targets(read: Read) -> None:
    rows = [
        "地区,指标,期限,基数,目标值",
        "丰都县,无害化卫生户厕覆盖率,2026年底,78.5,90%",
        "虎威镇,创建等级,2027-12,,12",
        "荷花村,创建等级,2027-12,初级,高级",
    ]
    intake = read("\n".join(rows), month=None)
    assert intake.faults == ()
    assert (intake.layout, len(intake.cells)) == ("targets", 0)
    assert intake.targets["region"].tolist() == [500230000000, 500230101000, 500230101201]
    assert intake.targets["deadline"].tolist() == [202612, 202712, 202712]
    assert intake.targets["baseline"].tolist() == [Decimal("78.5"), None, 1]
    assert intake.targets["value"].tolist() == [90, 12, 3]
    assert intake.notes == ("1 项目标没有填基数：当月完成量从 0 起算，存量和比率以上年 12 月末的数为基数。",)


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        ("丰都县,垃圾箱,,0,5", "deadline_missing", "期限"),
        ("丰都县,垃圾箱,明年,0,5", "deadline_unreadable", "期限"),
        ("丰都县,垃圾箱,2026-12,约1,5", "number_unreadable", "基数"),
        ("丰都县,垃圾箱,2026-12,1,5.5", "too_many_decimals", "目标值"),
        ("虎威镇,垃圾箱,2026-12,0,6", "cell_twice", "目标值"),
    ],
)
def test_what_is_wrong_with_a_target(fault_of: FaultOf, row: str, code: str, column: str) -> None:
    found = fault_of(f"地区,指标,期限,基数,目标值\n虎威镇,垃圾箱,2026-12,0,5\n{row}", month=None)
    assert found[:3] == (code, 3, column)


@pytest.mark.parametrize("title", ["2026年1月至10月累计", "2026年1月-10月", "2026年1—10月"])
@pytest.mark.parametrize("header", ["清理垃圾", "垃圾箱"])
def test_a_run_of_months_is_no_month(fault_of: FaultOf, title: str, header: str) -> None:
    found = fault_of(f"{title},\n村,{header}\n荷花村,1", month=None)
    assert found == ("period_not_allowed", None, header, "2026年1—10月")
    file = fault_of(f"村,{header}\n荷花村,1", "2025年11月～2026年10月.csv", month=None)
    assert file[0] == "period_not_allowed"


@pytest.mark.parametrize("title", ["2026年8、9月", "2026年9月和10月", "2026年1月以来"])
def test_several_months_are_no_month(fault_of: FaultOf, title: str) -> None:
    assert fault_of(f"{title},\n村,垃圾箱\n荷花村,1", month=None)[0] == "month_missing"


@pytest.mark.parametrize(
    ("said", "header", "found"),
    [
        ("2026年第三季度", "清理垃圾", "period_not_allowed"),
        ("2026年第三季度", "垃圾箱", 202609),
        ("2026年三季度", "卫生厕所普及率", 202609),
        ("2026年上半年", "垃圾箱", 202606),
        ("2026年上半年", "投入资金", "period_not_allowed"),
        ("2025年", "户数", 202512),
        ("2025年度", "清理垃圾", "period_not_allowed"),
    ],
)
def test_quarters_and_half_years_where_the_indicator_allows_them(
    read: Read, said: str, header: str, found: int | str
) -> None:
    for intake in (
        read(f"{said}情况,\n村,{header}\n荷花村,50", month=None),
        read(f"村,{header}\n荷花村,50", f"{said}.csv", month=None),
        read(f"村,月份,{header}\n荷花村,{said},50", month=None),
    ):
        if isinstance(found, str):
            assert [f.code for f in intake.faults] == [found]
        else:
            assert intake.faults == ()
            assert list(intake.cells["period"]) == [found]
            assert any("按期末月" in note for note in intake.notes)


@pytest.mark.parametrize("text", ["10月", "10", "10月份", "１０月"])
def test_a_month_without_its_year_is_read_where_the_file_says_the_same_month(read: Read, text: str) -> None:
    table = f"村,月份,垃圾箱\n荷花村,{text},1"
    for intake in (read(table), read(table, "2026年10月.csv", month=None)):
        assert intake.faults == ()
        assert list(intake.cells["period"]) == [202610]
    assert [f.code for f in read(table, month=None).faults] == ["month_unreadable"]
    assert [f.code for f in read(table, "2026年9月.csv", month=None).faults] == ["month_disagrees"]
    assert list(read(table, "2026年.csv", month=None).cells["period"]) == [202610]


def test_a_row_with_a_persons_name_or_a_remark_in_it_is_no_footnote(read: Read) -> None:
    intake = read(
        "序号,村,负责人,备注,垃圾箱\n1,荷花村,负责人：张三,,1\n2,同心村,,注：含上月,2\n填报人：李四,,,,审核：王五"
    )
    assert intake.faults == ()
    assert list(intake.cells["row"]) == [2, 3]
    assert intake.notes == ("没有读取表尾说明：第 4 行。",)


def test_ranks_are_not_read_and_averages_are_no_villages(read: Read) -> None:
    intake = read("名次,村,垃圾箱,排名\n1,荷花村,9,1\n2,同心村,7,2\n平均,,8,\n,全镇平均分,8,")
    assert intake.faults == ()
    assert list(intake.cells["row"]) == [2, 3]


@pytest.mark.parametrize(
    ("values", "read_as"),
    [
        (("0.98", "0.975", "0"), ["98", "97.5", "0"]),
        (("0.98", "1", "0.5"), ["98", "100", "50"]),
        (("98", "97.5", "0"), ["98", "97.5", "0"]),
        (("98%", "0.5", "0.98"), ["98", "50", "98"]),
    ],
)
def test_percentages_written_as_fractions_of_one(read: Read, values: tuple[str, ...], read_as: list[str]) -> None:
    rows = "\n".join(f"{name},{value}" for name, value in zip(("荷花村", "同心村", "大溪村"), values, strict=True))
    intake = read(f"村,卫生厕所普及率\n{rows}")
    assert intake.faults == ()
    assert intake.cells["value"].tolist() == [Decimal(value) for value in read_as]
    changed = sum(value[:2] in ("0.", "1") for value in values)
    assert intake.remark_counts.get("percent_of_one", 0) == changed
    assert ([] if not changed else [f"{changed} 格小数按百分数读取（0.98 即 98%）。"]) == list(intake.notes)


@pytest.mark.parametrize(
    ("values", "rows"), [(("0.95", "96", "1"), [2, 4]), (("1", "0", "1"), [2, 4]), (("0.5", "120", "98"), [2, 3])]
)
def test_percentages_that_may_be_either_are_asked_about(read: Read, values: tuple[str, ...], rows: list[int]) -> None:
    table = "\n".join(f"{name},{value}" for name, value in zip(("荷花村", "同心村", "大溪村"), values, strict=True))
    faults = read(f"村,卫生厕所普及率\n{table}").faults
    assert [fault.row for fault in faults] == rows
    assert {fault.code for fault in faults} <= {"number_ambiguous", "out_of_range"}
    assert all("请核对" in fault.hint for fault in faults)


def test_one_unit_above_the_table_counts_for_columns_that_write_none(read: Read) -> None:
    table = "村,清理垃圾,垃圾清运量（吨）,垃圾箱\n荷花村,1200,,3\n"
    intake = read(f"丰都县情况表（单位：公斤）\n{table}", mapping={"垃圾清运量（吨）": "-"})
    assert intake.faults == ()
    assert [(c.target, c.unit) for c in intake.columns] == [
        ("village", ""),
        ("garbage_cleared", "公斤"),
        ("ignored", ""),
        ("bins", ""),
    ]
    assert intake.cells["value"].tolist() == [Decimal("1.2"), 3]
    own = read(f"填报单位：人居办,,,单位：公斤\n{table}", mapping={"清理垃圾": "-"})
    assert own.columns[2].unit == ""
    several = read(f"单位：公斤、个\n{table}", mapping={"垃圾清运量（吨）": "-"})
    assert several.cells["value"].tolist() == [Decimal("1.2"), 3]
    unsure = read(f"单位：公斤、吨\n{table}", mapping={"垃圾清运量（吨）": "-"})
    assert unsure.cells["value"].tolist() == [1200, 3]
