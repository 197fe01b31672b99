"""Where a header is: rows below titles, several rows, merged cells, tables on their side, lines that are no part of it."""

from collections.abc import Sequence

import pytest

from ecodash.domain.indicators import Catalog
from ecodash.domain.regions import COUNTRY_KEY, Level, RegionTree
from ecodash.ingest.book import Sheet, Span
from ecodash.ingest.headers import HeaderNames
from ecodash.ingest.heads import Head, find_head, numbers_above, title_above, units_above


@pytest.fixture(scope="module")
def names(catalog: Catalog, tree: RegionTree) -> HeaderNames:
    return HeaderNames(
        catalog,
        {},
        knows_region=lambda text: bool(tree.named(text, within=COUNTRY_KEY)),
        knows_town=lambda text: any(r.level is Level.TOWN for r in tree.named(text, within=COUNTRY_KEY)),
    )


def found(
    text: str, names: HeaderNames, catalog: Catalog, merges: Sequence[Span] = ()
) -> tuple[Head, list[list[str]]] | None:
    """The header of a table written with strokes between rows."""
    rows = [line.rstrip(",").split(",") if line.strip(",") else [] for line in text.split("|")]
    return find_head(Sheet("", rows, merges=tuple(merges)), names, catalog)


def head_of(text: str, names: HeaderNames, catalog: Catalog, merges: Sequence[Span] = ()) -> Head:
    head = found(text, names, catalog, merges)
    assert head is not None
    return head[0]


def labels(head: Head) -> list[str]:
    return [head.label(place) for place in range(len(head.paths))]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("村,垃圾箱|荷花村,1", (0, 0)),
        ("标题||填报单位：人居办,,单位：吨|村,清理垃圾,垃圾箱|荷花村,1,2", (3, 3)),
        ("村,垃圾治理,|,清理垃圾,垃圾箱|荷花村,1,2", (0, 1)),
        ("乡镇,村,垃圾治理,|,,清理垃圾,垃圾箱|,,公斤,个|虎威镇,荷花村,1,2", (0, 2)),
        ("村,清理垃圾,|,8月,9月|荷花村,1,2", (0, 1)),
        ("村,垃圾箱|,9月|荷花村,1", (0, 1)),
        ("村,垃圾箱|,个|荷花村,1", (0, 1)),
        ("村,垃圾箱|甲,1|荷花村,1", (0, 0)),
        ("村,垃圾箱|虎威镇|荷花村,1", (0, 0)),
        ("指标,8月,9月|清理垃圾,1,2", (0, 0)),
        ("月份,清理垃圾,垃圾箱|8月,1,2", (0, 0)),
        ("巡查说明|清理垃圾,垃圾箱|1,2", (1, 1)),
        ("村,红旗数,流动旗|荷花村,1,2", (0, 0)),
    ],
)
def test_the_rows_of_a_header(names: HeaderNames, catalog: Catalog, text: str, rows: tuple[int, int]) -> None:
    head = head_of(text, names, catalog)
    assert ((head.first, head.last), head.is_turned) == (rows, False)


@pytest.mark.parametrize("text", ["荷花村,1|同心村,2", "标题|说明", "村,备注|荷花村,好", "", "清理垃圾|1"])
def test_no_header(names: HeaderNames, catalog: Catalog, text: str) -> None:
    head = found(text, names, catalog)
    assert head is None or not any(
        (heading := names.match_path(path)) and heading.target in catalog for path in head[0].paths
    )


def test_captions_reach_over_what_follows_without_one(names: HeaderNames, catalog: Catalog) -> None:
    head = head_of("乡镇,村,垃圾治理,,户数,备注|,,清理垃圾,垃圾箱,,|虎威镇,荷花村,1,2,3,", names, catalog)
    assert labels(head) == ["乡镇", "村", "垃圾治理/清理垃圾", "垃圾治理/垃圾箱", "户数", "备注"]


def test_merged_cells_reach_as_far_as_they_are_merged(names: HeaderNames, catalog: Catalog) -> None:
    text = "村,垃圾治理,,,户数|,清理垃圾,垃圾箱,,|荷花村,1,2,,3"
    merges = [Span(0, 0, 1, 0), Span(0, 1, 0, 2), Span(0, 4, 1, 4)]
    assert labels(head_of(text, names, catalog, merges)) == ["村", "垃圾治理/清理垃圾", "垃圾治理/垃圾箱", "", "户数"]


def test_a_table_on_its_side(names: HeaderNames, catalog: Catalog) -> None:
    text = "2026年9月情况,,|填报单位：人居办,,日期：10月8日|指标,荷花村,同心村|清理垃圾（吨）,1,2|垃圾箱,3,4|填报人：张某,,审核：李某"
    turned = found(text, names, catalog)
    assert turned is not None
    head, rows = turned
    assert (head.is_turned, head.first, head.last) == (True, 0, 0)
    assert labels(head) == ["", "", "地区", "清理垃圾（吨）", "垃圾箱", ""]
    assert [row[2:] for row in rows] == [
        ["指标", "清理垃圾（吨）", "垃圾箱"],
        ["荷花村", "1", "3"],
        ["同心村", "2", "4"],
    ]
    assert title_above(rows, head) == "2026年9月情况 填报单位：人居办 日期：10月8日"


def test_a_table_on_its_side_with_categories_and_units(names: HeaderNames, catalog: Catalog) -> None:
    text = "类别,指标,单位,荷花村,同心村|垃圾治理,清理垃圾,公斤,1,2|,垃圾箱,个,3,4"
    head = head_of(text, names, catalog)
    assert head.is_turned
    assert labels(head) == ["地区", "垃圾治理/清理垃圾/公斤", "垃圾治理/垃圾箱/个"]


def test_what_stands_above(names: HeaderNames, catalog: Catalog) -> None:
    rows = [["虎威镇月报", "虎威镇月报"], ["1", "2"], ["村", "垃圾箱"], ["荷花村", "1"]]
    head = Head(2, 2, (("村",), ("垃圾箱",)))
    assert title_above(rows, head) == "虎威镇月报 1 2"
    assert numbers_above(rows, head) == [2]


@pytest.mark.parametrize(
    ("title", "units"),
    [
        ("虎威镇月报（单位：公斤）", ("公斤",)),
        ("虎威镇月报 计量单位: 吨、个", ("吨", "个")),
        ("填报单位：虎威镇", ()),
        ("填报单位：虎威镇 单位：元", ("元",)),
        ("虎威镇月报", ()),
    ],
)
def test_units_above(title: str, units: tuple[str, ...]) -> None:
    assert units_above(title) == units
