"""A whole upload: its frames, its faults in order, and what contradicts itself."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ecodash.ingest import Intake

Read = Callable[..., Intake]
FaultOf = Callable[..., tuple[str, int | None, str, str]]
UPLOADS = Path(__file__).parents[2] / "fixtures" / "uploads"


def test_different_faults_are_listed_at_once(read: Read) -> None:
    # The tenth, more that is done than there is, needs what stands: see the tests of the checks and of the command line.
    intake = read((UPLOADS / "ten_faults.csv").read_bytes(), "ten_faults.csv", month=None)
    expected = [
        ("column_unknown", 2, "道路亮化情况"),
        ("code_mangled", 4, "区划代码"),
        ("region_unknown", 5, "村"),
        ("region_disagrees", 6, "村"),
        ("number_unreadable", 7, "清理生活垃圾(吨)"),
        ("too_many_decimals", 8, "垃圾箱(个)"),
        ("out_of_range", 9, "清理生活垃圾(吨)"),
        ("cell_twice", 12, "清理生活垃圾(吨)"),
        ("level_not_allowed", 13, "创建等级"),
    ]
    assert [(f.code, f.row, f.column) for f in intake.faults] == expected
    assert all("请" in f.hint for f in intake.faults)


def test_the_frames_have_their_types(read: Read) -> None:
    types = {"region": "int64", "indicator": "category", "period": "int32", "value": "decimal128(18, 4)[pyarrow]"}
    types |= {"sheet": "int16", "row": "int32", "column": "int16"}
    for text in ("村,垃圾箱\n荷花村,1", "not a table"):
        assert read(text).cells.dtypes.astype(str).to_dict() == types
    targets = {
        "region": "int64",
        "indicator": "str",
        "deadline": "int32",
        "baseline": "object",
        "value": "object",
        "sheet": "int16",
        "row": "int32",
    }
    for text in ("地区,指标,期限,基数,目标值\n虎威镇,垃圾箱,2026-12,0,5", "村,垃圾箱\n荷花村,1"):
        assert read(text).targets.dtypes.astype(str).to_dict() == targets


def test_cells_come_by_row_then_column(read: Read) -> None:
    intake = read("村,户数,垃圾箱\n荷花村,1,2\n同心村,,4\n回龙村,5,")
    assert list(zip(intake.cells["row"], intake.cells["indicator"], strict=True)) == [
        (2, "households"),
        (2, "bins"),
        (3, "bins"),
        (4, "households"),
    ]


def test_the_same_cell_twice(read: Read) -> None:
    same = read("村,垃圾箱\n荷花村,1\n荷花,1.0")
    assert (same.faults, same.cells["row"].tolist()) == ((), [2])
    assert same.notes == ("重复且数值相同的 1 格只保留一份：第 2 行与第 3 行。",)
    (fault,) = read("村,垃圾箱\n荷花村,1\n荷花,2").faults
    assert (fault.code, fault.row, fault.column) == ("cell_twice", 3, "垃圾箱")
    assert "第 2 行是 1，第 3 行是 2" in fault.hint


def test_rows_without_values_are_fine_and_a_file_without_any_is_not(read: Read, fault_of: FaultOf) -> None:
    intake = read("村,垃圾箱\n荷花村,1\n同心村,—\n回龙村,\n")
    assert (intake.faults, intake.row_count) == ((), 3)
    assert intake.notes == ("一个数值都没有的行：2 行，按未上报读取。",)
    assert fault_of("村,垃圾箱\n荷花村,\n")[0] == "nothing_to_read"


def test_a_level_the_indicator_is_not_reported_at(fault_of: FaultOf) -> None:
    assert fault_of("乡镇,村,创建等级\n虎威镇,荷花村,高级\n虎威镇,,2")[:3] == ("level_not_allowed", 3, "创建等级")


def test_what_read_well_is_there_beside_the_faults(read: Read) -> None:
    intake = read("村,垃圾箱,户数\n荷花村,三五个,10\n没有村,1,2\n同心村,3,4")
    assert intake.cells["value"].tolist() == [10, 3, 4]
    assert len(intake.faults) == 2


def test_faults_are_in_order_and_at_most_a_thousand_are_listed(read: Read) -> None:
    rows = "\n".join("荷花村,三五个,x" for _ in range(700))
    faults = read(f"村,垃圾箱,户数\n{rows}").faults
    assert len(faults) == 1001
    assert [(f.row, f.column) for f in faults[:3]] == [(2, "垃圾箱"), (2, "户数"), (3, "垃圾箱")]
    assert faults[-1].code == "more_faults"
    assert "400" in faults[-1].hint


@pytest.mark.parametrize(
    "text", ["村,垃圾箱\n{},1", "村,垃圾箱\n荷花村,{}", "村,{}\n荷花村,1", "村,指标,数值\n荷花村,{},1"]
)
def test_text_from_the_file_is_cut(read: Read, text: str) -> None:
    long = "很长的文字" * 100
    for fault in read(text.replace("{}", long)).faults:
        assert len(fault.value) <= 80
        assert len(fault.column) <= 80
        assert len(fault.hint) < 300
