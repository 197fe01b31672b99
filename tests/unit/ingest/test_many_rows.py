"""What only shows in long tables: nothing is looked at again for every total, and names that look like totals are names."""

import gc
from collections.abc import Callable

from ecodash.domain.indicators import Catalog
from ecodash.domain.periods import Month
from ecodash.domain.regions import Region, RegionTree
from ecodash.ingest import Intake, read_upload
from ecodash.ingest.body import Fate
from ecodash.ingest.collection import without_collection
from ecodash.ingest.faults import LISTED

TOWN = 500230101000


def long_tree(count: int, *names: str) -> RegionTree:
    upper = [Region(0, "全国", "全国"), Region(500230000000, "丰都县", "丰都县"), Region(TOWN, "虎威镇", "虎威镇")]
    called = [*names, *(f"第{number}村" for number in range(count - len(names)))]
    villages = [Region(TOWN + number, name, f"{name}村民委员会", "村") for number, name in enumerate(called, 1)]
    return RegionTree([*upper, *villages])


def read_in(tree: RegionTree, text: str, catalog: Catalog) -> Intake:
    newest = Month(2026, 10)
    return read_upload(text.encode(), "上报.csv", catalog=catalog, tree=tree, newest=newest, month=newest)


def table(tree: RegionTree, every: int, total: str) -> str:
    """One bin in each village, a total after every so many."""
    lines = ["区划代码,村,垃圾箱"]
    for number, village in enumerate((region for region in tree if region.key % 1000), 1):
        lines.append(f"{village.code},{village.name},1")
        if number % every == 0:
            lines.append(f",小计,{total}")
    return "\n".join(lines) + "\n"


def test_each_of_many_subtotals_is_added_up(catalog: Catalog) -> None:
    tree = long_tree(900)
    intake = read_in(tree, table(tree, 3, "3"), catalog)
    assert (intake.faults, intake.doubts) == ((), ())
    assert (intake.row_count, int((intake.sheets[0].fates == Fate.TOTAL).sum())) == (900, 300)
    wrong = read_in(tree, table(tree, 3, "4"), catalog)
    assert [doubt.row for doubt in wrong.doubts[:3]] == [5, 9, 13]
    assert "是 4，所列各行之和是 3，相差 1" in wrong.doubts[0].hint


def test_no_more_doubts_are_told_than_can_be_read(catalog: Catalog) -> None:
    tree = long_tree(998)
    header, *lines = table(tree, 1, "2").splitlines()
    text = "\n".join([f"{header},清理垃圾", *(f"{line},{line[-1]}" for line in lines)])
    intake = read_in(tree, text, catalog)
    assert len(intake.doubts) == LISTED + 1
    assert "没有逐条列出" in intake.doubts[-1].hint


def test_a_village_that_is_called_like_a_total_is_a_village(catalog: Catalog) -> None:
    tree = long_tree(4, "小计河村")
    intake = read_in(tree, "乡镇,村,垃圾箱\n虎威镇,小计河村,5\n虎威镇,第0村,6\n虎威镇,小计,11\n", catalog)
    assert (intake.faults, intake.doubts) == ((), ())
    assert [str(value) for value in intake.cells["value"]] == ["5.0000", "6.0000"]


def test_what_is_left_out_of_a_turned_table_is_named_by_its_column(read: Callable[..., Intake]) -> None:
    intake = read("指标,荷花村,同心村,合计\n垃圾箱,1,2,3\n清理垃圾,4,5,9\n")
    assert intake.faults == ()
    assert intake.notes == ("没有读取合计行：D 列。",)


def test_the_search_for_cycles_goes_on_after_a_file_was_read(read: Callable[..., Intake]) -> None:
    seen = []
    read("村,垃圾箱\n荷花村,1\n", progress=lambda what, done: seen.append(gc.isenabled()))
    assert set(seen) == {False}
    assert gc.isenabled()
    with without_collection(), without_collection():
        assert not gc.isenabled()
    assert gc.isenabled()
