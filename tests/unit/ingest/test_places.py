"""Regions named in titles, sheet names and file names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecodash.domain.regions import COUNTRY_KEY, RegionTree
from ecodash.ingest.places import places_in

from .xiangtan import COUNTY, HUASHI, SHITAN, TREE

HUWEI = 500230101000


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("石潭镇2026年9月人居环境整治统计表", [SHITAN]),
        ("2026年9月石潭镇统计表", [SHITAN]),
        ("填报单位：湘潭县石潭镇人民政府", [SHITAN]),
        ("填报单位（盖章）：石潭镇人民政府   填报时间：2026年9月30日", [SHITAN]),
        ("湖南省湘潭市湘潭县石潭镇", [SHITAN]),
        ("关于上报石潭镇人居环境整治情况的表", [SHITAN]),
        ("石潭镇", [SHITAN]),
        ("石潭 镇", [SHITAN]),
        ("石潭镇（９月）", [SHITAN]),
        ("湘潭县2026年第三季度农村人居环境整治情况", [COUNTY]),
        ("石潭镇、花石镇", [HUASHI, SHITAN]),
        # A village is certain at the beginning of a word or after its town.
        ("石潭镇向韶村", [430321112229]),
        ("石潭镇 向韶村 2026年9月", [430321112229]),
        ("湘潭县石潭镇石桥村2026年9月统计表", [430321112252]),
        ("向韶村2026年9月", [430321112229]),
        ("2026年9月百花社区", [430321100006]),
        ("石桥村", [430321112252, 430321202208]),
        # A short name is certain where the text says nothing else.
        ("石潭", [SHITAN]),
        ("石潭9月", [SHITAN]),
        ("石潭-2026年9月", [SHITAN]),
        ("石潭人居环境统计表", [SHITAN]),
        ("向韶", [430321112229]),
        ("中心村", [430321107216]),
    ],
)
def test_the_deepest_certain_places_are_found(text: str, keys: list[int]) -> None:
    assert [region.key for region in places_in(text, TREE, COUNTY)] == keys


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "Sheet1",
            "汇总",
            "统计表",
            "2026年9月",
            "各乡镇农村人居环境整治情况表",
            "全县农村人居环境整治情况",
            "附件1",
        ),
        *(
            "2026年中心村整治情况",
            "美丽乡村建设",
            "社会主义新农村",
            "创建和平村情况",
            "石潭桥整治情况",
            "县城乡环境卫生",
        ),
        *("湖南省", "新建 Microsoft Excel 工作表", "农村", "村", "镇", "和平人士花石材料"),
    ],
)
def test_what_only_looks_like_a_place_is_none(text: str) -> None:
    assert places_in(text, TREE, COUNTY) == []


def test_what_contains_the_scope_says_nothing_and_the_scope_itself_is_found() -> None:
    assert places_in("湘潭县统计表", TREE, SHITAN) == []
    assert [region.key for region in places_in("湘潭县石潭镇统计表", TREE, SHITAN)] == [SHITAN]


def test_a_county_or_town_elsewhere_is_found_where_nothing_in_scope_is() -> None:
    assert [region.key for region in places_in("丰都县虎威镇2026年9月", TREE, COUNTY)] == [HUWEI]
    assert [region.key for region in places_in("丰都县虎威镇、石潭镇", TREE, COUNTY)] == [SHITAN]
    assert [region.key for region in places_in("花石镇统计表", TREE, SHITAN)] == [HUASHI]
    assert places_in("荷花村", TREE, COUNTY) == []


def test_a_name_of_several_regions_is_settled_by_what_contains_one_of_them() -> None:
    assert [region.key for region in places_in("分水乡石桥村", TREE, COUNTRY_KEY)] == [430321202208]
    assert [region.key for region in places_in("石桥村", TREE, COUNTRY_KEY)] == [430321112252, 430321202208]


def test_a_village_right_after_a_town_that_has_none_of_the_name_is_left_out() -> None:
    assert [region.key for region in places_in("石潭镇金枫村", TREE, COUNTY)] == [SHITAN]


def test_an_empty_tree_has_no_places() -> None:
    assert places_in("石潭镇", RegionTree([]), COUNTRY_KEY) == []


@given(st.text(alphabet="湘潭县石花镇向韶村和平社区 2026年9月（）()_-、，", max_size=40))
def test_no_text_makes_the_search_for_places_raise(text: str) -> None:
    found = places_in(text, TREE, COUNTY)
    assert [region.key for region in found] == sorted({region.key for region in found})
