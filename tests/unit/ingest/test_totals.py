"""合计 rows against what they cover."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from ecodash.ingest import Intake

Read = Callable[..., Intake]
HEAD = "乡镇,村,清理垃圾,卫生厕所普及率\n"
ROWS = "虎威镇,荷花村,1.5,90\n虎威镇,同心村,2,91\n"
OTHERS = "社坛镇,德盛村,4,92\n社坛镇,平安村,8,93\n"


def doubts(read: Read, text: str, **changes: object) -> list[tuple[str, int | None, str, str]]:
    intake = read(text, **changes)
    assert intake.faults == ()
    return [(doubt.code, doubt.row, doubt.column, doubt.value) for doubt in intake.doubts]


@pytest.mark.parametrize(
    "text",
    [
        f"{HEAD}{ROWS}合计,,3.5,90.5\n",
        f"{HEAD}{ROWS},合　计,3.50,\n",
        f"{HEAD}合计,,15.5,\n{ROWS}{OTHERS}",
        f"{HEAD}{ROWS}虎威镇小计,,3.5,\n{OTHERS}社坛镇小计,,12,\n总计,,15.5,\n",
        f"{HEAD}虎威镇小计,,3.5,\n{ROWS}社坛镇小计,,12,\n{OTHERS}总计,,15.5,\n",
        f"{HEAD}{ROWS}小计,,3.5,\n{OTHERS}小计,,12,\n合计,,15.5,\n",
        f"{HEAD}小计,,3.5,\n{ROWS}小计,,12,\n{OTHERS}",
        f"{HEAD}{ROWS}合计,,3.5,\n{OTHERS}合计,,12,\n",
        f"{HEAD}虎威镇,,3.5,\n{ROWS}合计,,3.5,\n",
        f"{HEAD}{ROWS}合计,,约3.5,\n",
        f"{HEAD}{ROWS}合计,,—,\n",
        f"{HEAD}{ROWS}合计,,不详,\n",
        f"{HEAD}{ROWS}{OTHERS}虎威镇合计,,3.5,\n",
    ],
)
def test_totals_that_add_up(read: Read, text: str) -> None:
    assert doubts(read, text) == []


@pytest.mark.parametrize(
    ("text", "row", "value"),
    [
        (f"{HEAD}{ROWS}合计,,3.6,90.5\n", 4, "3.6"),
        (f"{HEAD}合计,,15,\n{ROWS}{OTHERS}", 2, "15"),
        (f"{HEAD}{ROWS}虎威镇小计,,15.5,\n{OTHERS}总计,,15.5,\n", 4, "15.5"),
        (f"{HEAD}{ROWS}小计,,3.5,\n{OTHERS}小计,,15.5,\n", 7, "15.5"),
        (f"{HEAD}虎威镇,,3.5,\n{ROWS}合计,,7,\n", 5, "7"),
        (f"{HEAD}{ROWS}合计,,0,\n", 4, "0"),
    ],
)
def test_totals_that_do_not(read: Read, text: str, row: int, value: str) -> None:
    assert doubts(read, text) == [("total_differs", row, "清理垃圾", value)]


def test_the_doubt_says_what_was_added(read: Read) -> None:
    (doubt,) = read(f"{HEAD}{ROWS}合计,,3.6,\n").doubts
    assert doubt.indicator == "garbage_cleared"
    assert "第 4 行“合计”的“清理生活垃圾”是 3.6，所列各行之和是 3.5，相差 0.1。请核对" in doubt.hint


def test_a_total_in_the_unit_of_its_column_may_be_rounded(read: Read) -> None:
    head = "乡镇,村,清理垃圾（公斤）\n虎威镇,荷花村,1504\n虎威镇,同心村,1504\n"
    assert doubts(read, f"{head}合计,,3008\n") == []
    assert doubts(read, f"{head}合计,,3100\n") == [("total_differs", 4, "清理垃圾（公斤）", "3100")]


def test_a_total_in_a_table_on_its_side_is_told_where_it_stands(read: Read) -> None:
    text = "指标,荷花村,同心村,合计\n清理垃圾,1.5,2,3.6\n垃圾箱,3,4,7\n"
    intake = read(text)
    assert (intake.faults, intake.cells["value"].tolist()) == ((), [Decimal("1.5"), 3, 2, 4])
    assert [(d.code, d.row, d.column, d.position, d.value) for d in intake.doubts] == [
        ("total_differs", 2, "合计", 3, "3.6")
    ]
