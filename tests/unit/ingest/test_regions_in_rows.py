"""Region codes and loosely written names in a row."""

from collections.abc import Callable

import pytest

from ecodash.domain.regions import COUNTRY_KEY
from ecodash.ingest import Intake

Read = Callable[..., Intake]
FaultOf = Callable[..., tuple[str, int | None, str, str]]


def only_region(intake: Intake) -> int:
    assert intake.faults == ()
    assert len(intake.cells) == 1
    return int(intake.cells["region"][0])


@pytest.mark.parametrize(
    ("code", "key"),
    [
        ("500230101201", 500230101201),
        ("５００２３０１０１２０１", 500230101201),
        ("500230101201.0", 500230101201),
        ('"=""500230101201"""', 500230101201),
        ("'500230101201", 500230101201),
        ("500230101", 500230101000),
        ("500230101000", 500230101000),
        ("500230", 500230000000),
    ],
)
def test_codes_of_every_length(read: Read, code: str, key: int) -> None:
    assert only_region(read(f"区划代码,垃圾箱\n{code},1")) == key


@pytest.mark.parametrize(
    ("header", "row", "key"),
    [
        ("乡镇,村", "虎威镇,荷花村", 500230101201),
        ("乡镇,村", "虎威,荷花", 500230101201),
        ("乡镇,村", "虎威镇,荷花村村民委员会", 500230101201),
        ("乡镇,村", "虎威镇,虎威镇荷花村", 500230101201),
        ("乡镇,村", "社坛镇,社坛村", 500230102203),
        ("乡镇,村", "虎威镇,", 500230101000),
        ("乡镇,村(社区)", "虎威镇,大池社区居委会", 500230101001),
        ("村", "社坛", 500230102203),
        ("村", "荷花", 500230101201),
        ("村", "虎威镇荷花村", 500230101201),
        ("地区", "虎威镇", 500230101000),
        ("单位", "丰都县", 500230000000),
        ("地区", "虎威镇荷花村", 500230101201),
        ("县,乡镇,村", "丰都县,虎威镇,荷花村", 500230101201),
        ("县", "丰都县", 500230000000),
        ("地区,乡镇,村", "丰都县,虎威镇,荷花村", 500230101201),
        ("区划代码,乡镇,村", "500230101201,虎威镇,荷花", 500230101201),
        ("区划代码,地区", "500230101201,丰都县虎威镇荷花村", 500230101201),
        ("区划代码,地区", "500230101201,丰都县", 500230101201),
    ],
)
def test_names_as_people_write_them(read: Read, header: str, row: str, key: int) -> None:
    assert only_region(read(f"{header},垃圾箱\n{row},1")) == key


def test_the_country_is_a_region(read: Read) -> None:
    assert only_region(read("地区,垃圾箱\n全国,1", within=COUNTRY_KEY)) == 0
    assert only_region(read("区划代码,地区,垃圾箱\n0,全国,1", within=COUNTRY_KEY)) == 0


@pytest.mark.parametrize(
    ("header", "row", "code", "column"),
    [
        ("区划代码", "5.00230E+11", "code_mangled", "区划代码"),
        ("区划代码", "50023010120", "code_malformed", "区划代码"),
        ("区划代码", "500230101999", "region_unknown", "区划代码"),
        ("区划代码", "430321103204", "region_outside", "区划代码"),
        ("乡镇,村", "虎威镇,河花村", "region_unknown", "村"),
        ("乡镇,村", "虎为镇,荷花村", "region_unknown", "乡镇"),
        ("村", "董泉村", "region_outside", "村"),
        ("村", "和平村", "region_ambiguous", "村"),
        ("地区", "石潭镇", "region_outside", "地区"),
        ("区划代码,村", "500230101201,同心村", "region_disagrees", "村"),
        ("区划代码,乡镇", "500230101201,社坛镇", "region_disagrees", "乡镇"),
        ("区划代码,村", "500230101,荷花村", "region_disagrees", "村"),
        ("地区,乡镇,村", "社坛镇,虎威镇,荷花村", "region_disagrees", "地区"),
        ("区划代码", "500230101298", "region_not_valid", "区划代码"),
        ("乡镇,村", "虎威镇,旧院村", "region_not_valid", "村"),
        ("乡镇,村", ",", "region_missing", "乡镇"),
        ("村", "500230101999", "region_unknown", "村"),
        ("村", "430321103204", "region_outside", "村"),
        ("村", "500230101298", "region_not_valid", "村"),
        ("乡镇,村", "社坛镇,500230101201", "region_disagrees", "乡镇"),
        # Of a town: what is under this heading is a village.
        ("村", "500230101000", "region_unknown", "村"),
        ("村", "500230101", "region_unknown", "村"),
    ],
)
def test_what_is_wrong_with_a_region(fault_of: FaultOf, header: str, row: str, code: str, column: str) -> None:
    found = fault_of(f"{header},垃圾箱\n{row},1")
    assert found[:3] == (code, 2, column)


def test_hints_name_the_nearest_the_candidates_and_the_successor(read: Read) -> None:
    hints = [read(text).faults[0].hint for text in ("村,垃圾箱\n和平村,1", "乡镇,村,垃圾箱\n虎威镇,河花村,1")]
    hints.append(read("村,垃圾箱\n旧院村,1").faults[0].hint)
    assert "虎威镇和平村 500230101299" in hints[0]
    assert "社坛镇和平村 500230102299" in hints[0]
    assert "荷花村" in hints[1]
    assert "后继是“虎威镇荷花村”（500230101201）" in hints[2]


def test_a_region_is_valid_in_its_own_months(read: Read) -> None:
    assert only_region(read("村,月份,垃圾箱\n旧院村,2025-12,1", month=None)) == 500230101298


def test_a_blank_town_is_the_town_above(read: Read) -> None:
    intake = read("乡镇,村,垃圾箱\n虎威镇,荷花村,1\n,同心村,2\n社坛镇,和平村,3\n,平安村,4\n")
    assert intake.cells["region"].tolist() == [500230101201, 500230101202, 500230102299, 500230102201]
    assert intake.notes == ("乡镇列为空，按上方的乡镇读取：第 3、5 行。",)


def test_a_bad_region_does_not_hide_bad_numbers(read: Read) -> None:
    faults = read("村,垃圾箱,户数\n没有村,甲,1.5").faults
    assert [(f.code, f.column) for f in faults] == [
        ("region_unknown", "村"),
        ("number_unreadable", "垃圾箱"),
        ("too_many_decimals", "户数"),
    ]


@pytest.mark.parametrize("code", ["500230101201", "500230101201.0", "５００２３０１０１２０１"])
@pytest.mark.parametrize("header", ["村", "行政村", "乡镇,村", "县,乡镇,村"])
def test_a_code_under_a_heading_of_villages_is_read_as_one(read: Read, header: str, code: str) -> None:
    above = {"村": "", "行政村": "", "乡镇,村": "虎威镇,", "县,乡镇,村": "丰都县,虎威镇,"}[header]
    assert only_region(read(f"{header},垃圾箱\n{above}{code},1")) == 500230101201


@pytest.mark.parametrize("code", ["500230101201", "500230101", "500230101201.0"])
def test_a_code_in_a_column_of_regions_is_read_as_one(read: Read, code: str) -> None:
    intake = read(f"region,indicator,month,value\n{code},bins,2026-10,1")
    assert intake.faults == ()
    assert str(intake.cells["region"][0]).startswith(code.removesuffix(".0"))


def test_an_unknown_code_in_a_column_of_regions_is_told_at_that_column(fault_of: FaultOf) -> None:
    fault = fault_of("序号,region,indicator,value\n1,500230999,bins,1")
    assert fault == ("region_unknown", 2, "region", "500230999")


@pytest.mark.parametrize("header", ["县", "县(市、区)", "地区"])
def test_a_county_beside_a_village_is_checked_also_when_written_short(read: Read, header: str) -> None:
    intake = read(f"{header},村,垃圾箱\n丰都县,荷花村,1\n湘潭县,董泉村,2\n湘潭,董泉村,2", within=COUNTRY_KEY)
    assert intake.faults == ()
    assert set(intake.cells["region"]) == {500230101201, 430321103204}


def test_a_village_of_another_county_than_the_one_written_is_a_fault(fault_of: FaultOf) -> None:
    fault = fault_of("县,乡镇,村,垃圾箱\n湘潭县,虎威镇,荷花村,1", within=COUNTRY_KEY)
    assert fault == ("region_disagrees", 2, "县", "湘潭县")
    fault = fault_of("县,区划代码,垃圾箱\n湘潭县,500230101201,1", within=COUNTRY_KEY)
    assert fault == ("region_disagrees", 2, "县", "湘潭县")


def test_a_town_beside_a_name_two_towns_have_decides(read: Read) -> None:
    assert only_region(read("地区,村,垃圾箱\n社坛镇,和平村,1")) == 500230102299
