"""Keys, levels, ranges and names of regions, and the tree that finds them by loose name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecodash.domain.regions import (
    COUNTRY_KEY,
    Level,
    Region,
    RegionTree,
    ancestor_key,
    child_level,
    display_name,
    fold_name,
    key_range,
    level_of,
    loose_town_name,
    loose_upper_name,
    loose_village_names,
    region_code,
    region_key,
    village_type,
    without_number,
)
from ecodash.errors import RegionUnknown

# ── keys ───────────────────────────────────────────────────────────────────────────────────────────────────────────

CODES = [
    ("0", 0, Level.COUNTRY),
    ("43", 430_000_000_000, Level.PROVINCE),
    ("4303", 430_300_000_000, Level.CITY),
    ("430321", 430_321_000_000, Level.COUNTY),
    ("430321105", 430_321_105_000, Level.TOWN),
    ("430321105201", 430_321_105_201, Level.VILLAGE),
]


@pytest.mark.parametrize(("code", "key", "level"), CODES)
def test_a_code_its_key_and_its_level_say_the_same(code: str, key: int, level: Level) -> None:
    assert region_key(code) == key
    assert level_of(key) is level
    assert region_code(key) == code


def test_a_code_may_be_written_loosely_or_padded() -> None:
    assert region_key(" 430321 ") == region_key("４３０３２１") == region_key("430321000000") == 430_321_000_000


@pytest.mark.parametrize("code", ["", "4", "430", "43032", "4303211", "43032110520", "43032a", "-43032", "四三"])
def test_what_is_no_code_is_refused(code: str) -> None:
    with pytest.raises(RegionUnknown):
        region_key(code)


def test_ancestors_are_arithmetic() -> None:
    village = region_key("430321105201")
    assert [region_code(ancestor_key(village, level)) for level in Level] == [code for code, _, _ in CODES]


def test_a_range_holds_a_region_and_all_below_it() -> None:
    lo, hi = key_range(region_key("430321"))
    assert lo <= region_key("430321") < hi
    assert lo <= region_key("430321999999") < hi
    assert not lo <= region_key("430322") < hi
    assert key_range(COUNTRY_KEY) == (0, 10**12)
    assert key_range(region_key("430321105201")) == (430_321_105_201, 430_321_105_202)


def test_levels_step_down_to_the_village() -> None:
    assert [child_level(level) for level in Level] == [*list(Level)[1:], Level.VILLAGE]
    assert [level.rank for level in Level] == [0, 1, 2, 3, 4, 5]


# ── names ──────────────────────────────────────────────────────────────────────────────────────────────────────────

SHOWN = [
    ("东岳村村民委员会", "", "东岳村"),
    ("马家庄村民委员会", "", "马家庄村"),
    ("三合村委会", "", "三合村"),
    ("盛储村村委会", "", "盛储村"),
    ("中崞村村村民委员会", "", "中崞村村"),
    ("近圣社区居民委员会", "", "近圣社区"),
    ("湖滨苑社区居委会", "", "湖滨苑社区"),
    ("洮川居委会", "", "洮川社区"),
    ("陈营居民委员会", "", "陈营社区"),
    ("西芹社区村委会", "", "西芹社区"),
    ("爱博七村居委会", "", "爱博七村社区"),
    ("巴彦宝拉格嘎查", "", "巴彦宝拉格嘎查"),
    ("呼勒斯太嘎查委员会", "", "呼勒斯太嘎查"),
    ("新合嘎查人民委员会", "", "新合嘎查"),
    ("查汉庙嘎查村委员会", "", "查汉庙嘎查"),
    ("拖拉海牧委会", "", "拖拉海村"),
    ("晨光村委员", "", "晨光村"),
    ("鹿溪村村民委会员", "", "鹿溪村"),
    ("尚德社区居民委员", "", "尚德社区"),
    ("宁远村民委员会委", "", "宁远村"),
    ("大果腊村委", "", "大果腊村"),
    ("客糖社区居委", "", "客糖社区"),
    ("黄龙居委会（社区）", "", "黄龙社区"),
    ("嘉泽社区居委会（含嘉泽村村委）", "", "嘉泽社区"),
    ("红光村委会（三叉河）", "", "红光村(三叉河)"),
    ("第五生产队", "", "第五生产队"),
    ("五分场生活区", "", "五分场生活区"),
    ("农三连", "", "农三连"),
    ("田塄坎村", "", "田塄坎村"),
    ("东街社区服务中心", "", "东街社区服务中心"),
    ("村民委员会", "", "村民委员会"),
    ("韶山市清溪镇花园村村民委员会会", "清溪镇", "花园村"),
    ("广东省河源市和平县古寨镇丰和村村民委员会", "古寨镇", "丰和村"),
    ("融水镇城西社区居委会", "融水镇", "城西社区"),
    ("普阳农场第七管理区", "普阳农场", "第七管理区"),
    ("庙镇居委会", "庙镇", "庙镇社区"),
    ("临江镇社区居民委员会", "临江镇", "临江镇社区"),
    ("祥云镇村村民委员会", "祥云镇", "祥云镇村"),
    ("明月山采育林场虚拟生活区", "明月山采育林场", "明月山采育林场虚拟生活区"),
]


@pytest.mark.parametrize(("published", "town", "shown"), SHOWN)
def test_a_village_is_shown_as_people_say_it(published: str, town: str, shown: str) -> None:
    assert display_name(published, Level.VILLAGE, town) == shown


def test_a_name_as_people_say_it_stays() -> None:
    for _, town, shown in SHOWN:
        if shown != "村民委员会":
            assert display_name(shown, Level.VILLAGE, town) == shown


def test_names_above_the_village_lose_only_their_width() -> None:
    assert display_name("高新区（园区）管委会", Level.TOWN) == "高新区(园区)管委会"
    assert display_name("大柴旦行政委员会", Level.COUNTY) == "大柴旦行政委员会"


@pytest.mark.parametrize(
    ("name", "full_name", "kind"),
    [
        ("东岳村", "东岳村村民委员会", "村"),
        ("巴彦嘎查", "巴彦嘎查委员会", "村"),
        ("红光村(三叉河)", "红光村委会（三叉河）", "村"),
        ("洮川社区", "洮川居委会", "社区"),
        ("嘉泽社区", "嘉泽社区居委会（含嘉泽村村委）", "社区"),
        ("风景区虚拟社区", "风景区虚拟社区", "其他"),
        ("果树农场", "果树农场（特殊村委会）", "其他"),
        ("第五生产队", "第五生产队", "其他"),
    ],
)
def test_a_village_level_unit_has_a_kind(name: str, full_name: str, kind: str) -> None:
    assert village_type(name, full_name) == kind


def test_loose_forms_run_from_strict_to_bare() -> None:
    assert loose_village_names("董泉村委会") == ("董泉村委会", "董泉村", "董泉")
    assert loose_village_names("董泉") == ("董泉",)
    assert loose_town_name("石潭镇") == loose_town_name("石潭") == "石潭"
    assert loose_town_name("镇") == "镇"
    assert loose_village_names("董泉行政村") == ("董泉行政村", "董泉村", "董泉")
    assert loose_village_names("董泉村（社区）")[1:] == ("董泉村", "董泉")
    assert loose_upper_name("湘潭县") == "湘潭"
    assert loose_upper_name("广西壮族自治区") == "广西壮族"
    assert loose_upper_name("城区") == "城区"
    assert without_number("1.董泉村") == without_number("（2）、董泉村") == without_number("三、董泉村") == "董泉村"
    assert without_number("101队") == "101队"
    assert fold_name(" 石潭 镇（新）\ufeff") == "石潭镇新"


@given(st.integers(0, 10**12 - 1))
def test_a_key_is_a_multiple_of_its_levels_span_and_of_no_higher_levels(key: int) -> None:
    level = level_of(key)
    assert key % level.span == 0
    assert all(key % above.span for above in list(Level)[: level.rank])


# ── the tree ───────────────────────────────────────────────────────────────────────────────────────────────────────


def region(code: str, name: str, full_name: str = "") -> Region:
    return Region(key=region_key(code), name=name, full_name=full_name or name)


COUNTY = region_key("430321")
TREE = RegionTree(
    [
        region("0", "全国"),
        region("43", "湖南省"),
        region("430321", "湘潭县"),
        region("430321105", "石潭镇"),
        region("430321105201", "董泉村", "董泉村村民委员会"),
        region("430321105202", "和平村", "和平村村民委员会"),
        region("430321105001", "石潭社区", "石潭社区居民委员会"),
        region("430321106", "杨嘉桥镇"),
        region("430321106201", "和平村", "和平村村民委员会"),
        region("430321106202", "金虎村", "金虎村村民委员会"),
        region("430381", "湘乡市"),
        region("430381100", "金石镇"),
        region("430381100201", "金虎村", "金虎村村民委员会"),
    ]
)


def codes(regions: list[Region]) -> list[str]:
    return [found.code for found in regions]


@pytest.mark.parametrize(
    "name",
    [
        *(
            "董泉村",
            "董泉",
            "董泉村委会",
            "董泉村村民委员会",
            "董泉村民委员会",
            "董泉村委",
            "董泉行政村",
            "董泉村（社区）",
        ),
        *(
            "石潭镇董泉村",
            "石潭董泉",
            " 石潭镇 董泉村 ",
            "石潭镇董泉",
            "董 泉 村",
            "湘潭县石潭镇董泉村",
            "湘潭石潭董泉",
        ),
        *("湘潭县董泉村", "湖南省湘潭县石潭镇董泉村", "1.董泉村", "1、董泉村", "（12）董泉村", "三、石潭镇董泉村"),
    ],
)
def test_a_village_is_found_however_loosely_it_is_written(name: str) -> None:
    assert codes(TREE.named(name, within=COUNTY)) == ["430321105201"]


def test_two_villages_of_one_name_are_two_candidates() -> None:
    assert codes(TREE.named("和平村", within=COUNTY)) == ["430321105202", "430321106201"]


@pytest.mark.parametrize("town", ["杨嘉桥镇", "杨嘉桥"])
def test_the_town_given_apart_settles_it(town: str) -> None:
    assert codes(TREE.named("和平", within=COUNTY, town=town)) == ["430321106201"]


def test_the_town_written_before_the_village_settles_it() -> None:
    assert codes(TREE.named("杨嘉桥镇和平村", within=COUNTY)) == ["430321106201"]


def test_a_village_is_looked_for_only_within_the_region_named() -> None:
    assert codes(TREE.named("金虎村")) == ["430321106202", "430381100201"]
    assert codes(TREE.named("金虎村", within=COUNTY)) == ["430321106202"]
    assert codes(TREE.named("董泉村", within=region_key("430381"))) == []
    assert codes(TREE.named("和平村", within=region_key("430321106"))) == ["430321106201"]


def test_a_village_is_not_found_in_another_town() -> None:
    assert TREE.named("董泉村", within=COUNTY, town="杨嘉桥镇") == []
    assert TREE.named("董泉村", within=COUNTY, town="没有的镇") == []


def test_a_town_goes_before_a_village_of_its_name() -> None:
    assert codes(TREE.named("石潭镇", within=COUNTY)) == ["430321105"]
    assert codes(TREE.named("石潭", within=COUNTY)) == ["430321105"]
    assert codes(TREE.named("石潭", within=COUNTY, town="石潭镇")) == ["430321105001"]
    assert codes(TREE.named("杨嘉桥", within=COUNTY)) == ["430321106"]


def test_an_exact_name_goes_before_one_that_is_so_called_for_short() -> None:
    tree = RegionTree(
        [
            region("430321107", "花石镇"),
            region("430321107003", "花石社区", "花石社区居委会"),
            region("430321107260", "花石村", "花石村委会"),
            region("430321107004", "花石村社区", "花石村社区居委会"),
        ]
    )
    assert codes(tree.named_at("花石村", Level.VILLAGE)) == ["430321107260"]
    assert codes(tree.named_at("花石社区", Level.VILLAGE)) == ["430321107003"]
    assert codes(tree.named_at("花石", Level.VILLAGE)) == ["430321107003", "430321107260"]
    assert codes(tree.named("花石")) == ["430321107"]


def test_a_place_within_a_place_is_found_by_both_names() -> None:
    assert codes(TREE.named("湘潭县石潭镇")) == codes(TREE.named("湖南省湘潭县石潭镇")) == ["430321105"]
    assert codes(TREE.named("湘乡市金虎村")) == ["430381100201"]
    assert TREE.named("湘乡市石潭镇") == []
    assert TREE.named("石潭镇金虎村") == []


@pytest.mark.parametrize("name", ["湘潭" * 50, "湘潭县" * 30, "湘潭石潭" * 25, "湖南湘潭湖南石潭和平村"])
def test_names_heaped_up_are_no_place_and_take_no_time(name: str) -> None:
    cities = [region("4303", "湘潭市"), region("430302", "湘潭区"), region("430304", "湘潭城区")]
    assert RegionTree([*TREE, *cities]).named(name) == []


def test_a_county_may_be_written_without_its_kind() -> None:
    assert codes(TREE.named("湘潭")) == ["430321"]
    assert codes(TREE.named("湘乡")) == ["430381"]
    village = region("430321105203", "湘乡村")
    assert codes(RegionTree([*TREE, village]).named("湘乡")) == ["430321105203", "430381"]


# ── former names ───────────────────────────────────────────────────────────────────────────────────────────────────

FORMER = RegionTree(TREE, [(430321105201, "老屋村"), (430321106201, "金虎村"), (430321105000, "古塘桥乡"), (1, "无此")])


def test_a_region_is_found_by_a_former_name() -> None:
    assert codes(FORMER.named("老屋村")) == codes(FORMER.named("老屋", within=COUNTY)) == ["430321105201"]
    assert codes(FORMER.named_at("老屋村委会", Level.VILLAGE)) == ["430321105201"]
    assert codes(FORMER.named_at("古塘桥乡", Level.TOWN)) == codes(FORMER.named("古塘桥")) == ["430321105"]
    assert codes(FORMER.named("老屋村", town="石潭镇")) == ["430321105201"]
    assert FORMER.named("老屋村", within=region_key("430321106")) == []


def test_a_region_that_bears_the_name_now_goes_before_one_that_did() -> None:
    assert codes(FORMER.named("金虎村", within=COUNTY)) == ["430321106202"]
    assert codes(FORMER.named_at("金虎村", Level.VILLAGE, within=COUNTY)) == ["430321106202"]


def test_a_former_name_is_told_from_the_present_one() -> None:
    village = FORMER.get(430321105201)
    assert FORMER.is_former(village, "老屋村")
    assert FORMER.is_former(village, "1.老屋村")
    assert not FORMER.is_former(village, "董泉")
    assert not FORMER.is_former(village, "和平村")


def test_counties_and_provinces_are_found_by_name() -> None:
    assert codes(TREE.named("湘潭县")) == ["430321"]
    assert codes(TREE.named("湖南省")) == ["43"]
    assert codes(TREE.named("全国")) == ["0"]


@pytest.mark.parametrize("name", ["", " ", "没有的村"])
def test_an_unknown_name_has_no_candidate(name: str) -> None:
    assert TREE.named(name) == []


def test_the_parent_is_the_nearest_ancestor_the_tree_holds() -> None:
    assert TREE.parent_of(region_key("430321105201")) == region_key("430321105")
    # The city 4303 is not in this tree.
    assert TREE.parent_of(COUNTY) == region_key("43")
    assert TREE.parent_of(region_key("43")) == COUNTRY_KEY
    assert codes(TREE.children_of(region_key("43"))) == ["430321", "430381"]


def test_the_tree_walks_down_and_up() -> None:
    assert codes(TREE.under(COUNTY, Level.TOWN)) == ["430321105", "430321106"]
    assert len(TREE.under(COUNTRY_KEY, Level.VILLAGE)) == 6
    assert codes(TREE.path_of(region_key("430321106202"))) == ["43", "430321", "430321106", "430321106202"]


def test_what_the_tree_does_not_hold_is_refused_or_none() -> None:
    assert TREE.find(region_key("110101")) is None
    assert region_key("110101") not in TREE
    with pytest.raises(RegionUnknown, match="110101"):
        TREE.get(region_key("110101"))


def test_a_region_is_valid_from_its_first_to_its_last_month() -> None:
    merged = Region(
        key=region_key("430321105209"), name="旧村", full_name="旧村", first_month=202301, last_month=202406
    )
    assert [merged.is_valid(month) for month in (202212, 202301, 202406, 202407)] == [False, True, True, False]


def test_columns_give_back_each_region_as_it_was() -> None:
    regions = [
        Region(430321101000, "石潭镇", "石潭镇"),
        Region(430321101201, "董泉村", "董泉村村民委员会", "村"),
        Region(430321101202, "董泉村", "石潭镇董泉二村", "村", 202401, 202512, 430321101201),
        Region(430321000000, "湘潭县", "湘潭县", is_whole=False),
    ]
    tree = RegionTree(regions)
    assert list(tree) == sorted(regions, key=lambda region: region.key)
    assert tree.find(430321101202) == regions[2]
    assert tree.find(430321101203) is None
    assert "430321" not in tree


def test_children_are_the_highest_regions_within_even_where_a_level_is_missing() -> None:
    keys = [430000000000, 430300000000, 430321000000, 430321101000, 430321101201, 441900003000, 441900003001]
    tree = RegionTree([Region(key, str(key), str(key)) for key in keys])
    children = {key: [region.key for region in tree.children_of(key)] for key in (0, *keys)}
    assert children[0] == [430000000000, 441900003000]
    assert children[430321000000] == [430321101000]
    assert children[441900003000] == [441900003001]
    assert children[430321101201] == []
    for key in keys:
        assert all(tree.parent_of(child) == key for child in children[key])


def test_villages_are_counted_as_they_exist_in_a_month() -> None:
    tree = RegionTree(
        [
            Region(430321101201, "一", "一"),
            Region(430321101202, "二", "二", last_month=202512),
            Region(430321102201, "三", "三", first_month=202601),
        ]
    )
    assert tree.village_counts(430321000000, Level.TOWN, 202512) == {430321101000: 2}
    assert tree.village_counts(0, Level.TOWN, 202601) == {430321101000: 1, 430321102000: 1}
    assert tree.village_counts(0, Level.COUNTRY, 202601) == {0: 2}
    assert tree.count(430321101000, Level.VILLAGE) == 2
