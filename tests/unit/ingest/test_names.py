"""Regions as rows write them: codes, loose names, the place a sheet is about, and the names nearest to an unknown one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecodash.domain.regions import COUNTRY_KEY, Region, RegionTree, fold_name, region_key
from ecodash.ingest.codes import CodeProblem, read_code
from ecodash.ingest.mistyped import simplified, sounds
from ecodash.ingest.names import Found, RegionFinder, RegionProblem, Written
from ecodash.ingest.nearest import SUGGESTED

from .xiangtan import COUNTY, HUASHI, MONTH, SHITAN, TREE, VILLAGES

FINDER = RegionFinder(TREE, COUNTY)
AT_SHITAN = RegionFinder(TREE, COUNTY, SHITAN, "工作表名")


def problem(found: Found) -> RegionProblem:
    assert found.key is None
    assert len(found.problems) == 1
    return found.problems[0]


# ── codes ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "text",
    [
        *("430321112229", " 430321112229 ", "４３０３２１１１２２２９", "430321112229.0", "430321112229.00"),
        *("'430321112229", "’430321112229", '="430321112229"', "=430321112229", "430 321 112 229", "430321112229，"),
    ],
)
def test_a_code_is_read_in_every_form_a_spreadsheet_gives_it(text: str) -> None:
    assert read_code(text) == 430321112229


def test_a_town_may_have_a_village_number_of_zeros() -> None:
    assert read_code("430321112") == read_code("430321112000") == SHITAN


@pytest.mark.parametrize("text", ["4.30321E+11", "4.3e+11", "4E11", "4.30321112229E+11"])
def test_a_mangled_code_is_refused_with_the_remedy(text: str) -> None:
    found = read_code(text)
    assert isinstance(found, CodeProblem)
    assert found.code == "code_mangled"
    assert "“文本”格式" in found.hint


@pytest.mark.parametrize("text", ["43032111222", "4303211122290", "30321112229", "abc", "-430321112229", "430321.5"])
def test_what_is_no_code_is_refused(text: str) -> None:
    found = read_code(text)
    assert isinstance(found, CodeProblem)
    assert found.code == "code_malformed"


def test_a_code_that_lost_its_last_digits_is_told_by_the_name_beside_it() -> None:
    found = problem(FINDER.find(Written(code="430321000000", village="向韶村"), MONTH))
    assert found.code == "region_disagrees"
    assert "后几位可能被表格软件改成了 0" in found.hint


# ── names ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("written", "key"),
    [
        (Written(village="向韶村", town="石潭镇"), 430321112229),
        (Written(village="向韶村", town="石潭"), 430321112229),
        (Written(village="向韶", town="石潭镇"), 430321112229),
        (Written(village="向 韶 村", town=" 石潭镇"), 430321112229),
        (Written(village="1.向韶村", town="石潭镇"), 430321112229),
        (Written(village="1、向韶村委会", town="石潭镇"), 430321112229),
        (Written(village="向韶村村民委员会", town="石潭镇"), 430321112229),
        (Written(village="向韶行政村", town="石潭镇"), 430321112229),
        (Written(village="石潭镇向韶村", town="石潭镇"), 430321112229),
        (Written(village="湘潭县石潭镇向韶村", town="石潭镇"), 430321112229),
        (Written(village="石桥村", town="石潭镇"), 430321112252),
        (Written(village="石桥村", town="分水乡"), 430321202208),
        (Written(village="石桥村", region="石潭镇"), 430321112252),
        (Written(village="花石村", town="花石镇"), 430321107260),
        (Written(village="花石社区", town="花石镇"), 430321107003),
        (Written(region="湘潭县百花社区"), 430321100006),
        (Written(region="湘潭县石潭镇"), SHITAN),
        (Written(region="湖南省湘潭市湘潭县石潭镇向韶村"), 430321112229),
        (Written(region="湘潭"), COUNTY),
        (Written(region="湘潭县"), COUNTY),
        (Written(town="石潭"), SHITAN),
        (Written(region="430321112229"), 430321112229),
    ],
)
def test_a_region_is_found_however_loosely_it_is_written(written: Written, key: int) -> None:
    assert FINDER.find(written, MONTH) == Found(key)


@pytest.mark.parametrize(
    ("written", "key", "note"),
    [
        (Written(village="老屋村", town="石潭镇"), 430321112230, "“老屋村”按曾用名读作“石潭镇芙蓉村”。"),
        (Written(village="芙蓉村", town="古塘桥乡"), 430321112230, "“古塘桥乡”按曾用名读作“湘潭县石潭镇”。"),
        (Written(village="蒔竹塘村", town="石潭鎮"), 430321112239, "“蒔竹塘村”按简体字“石潭镇莳竹塘村”读取。"),
        (Written(village="向韶社区", town="石潭镇"), 430321112229, "“向韶社区”按“石潭镇向韶村”读取。"),
        (Written(village="向韶村（社区）", town="石潭镇"), 430321112229, "“向韶村（社区）”按“石潭镇向韶村”读取。"),
        (Written(town="石潭乡"), SHITAN, "“石潭乡”按“湘潭县石潭镇”读取。"),
    ],
)
def test_a_name_that_is_not_the_regions_own_is_read_with_a_note(written: Written, key: int, note: str) -> None:
    assert FINDER.find(written, MONTH) == Found(key, note=note)


@pytest.mark.parametrize(
    ("written", "role", "code", "said"),
    [
        (Written(), "", "region_missing", "没有写明地区"),
        (
            Written(village="石桥村"),
            "village",
            "region_ambiguous",
            "石潭镇石桥村 430321112252、分水乡石桥村 430321202208",
        ),
        (Written(village="花石", town="花石镇"), "village", "region_ambiguous", "花石镇花石社区"),
        (Written(village="荷花村"), "village", "region_outside", "不在上报范围“湘潭县”内"),
        (Written(code="500230101201"), "region_code", "region_outside", "“虎威镇荷花村”（500230101201）"),
        (Written(code="430321112999"), "region_code", "region_unknown", "属于“石潭镇”（430321112）"),
        (Written(code="430321112229", village="芙蓉村"), "village", "region_disagrees", "“石潭镇向韶村”"),
        (Written(code="430321112229", town="花石镇"), "town", "region_disagrees", "“花石镇”"),
        (Written(code="430321112229", region="丰都县"), "region", "region_disagrees", "“丰都县”"),
        (Written(village="向韶村", region="花石镇"), "region", "region_disagrees", "不属于“花石镇”"),
        (
            Written(village="兆托村", town="石潭镇"),
            "village",
            "region_not_valid",
            "后继是“石潭镇托下村”（430321112241）",
        ),
        (Written(village="向韶村", town="石谭镇"), "town", "region_unknown", "名称相近的有：石潭镇"),
        (
            Written(village="金蛟村", town="石潭镇"),
            "village",
            "region_unknown",
            "别的乡镇有：杨嘉桥镇金蛟村 430321113256",
        ),
        (Written(village="村" * 101), "village", "region_unknown", "太长"),
    ],
)
def test_what_is_wrong_with_a_region_is_said(written: Written, role: str, code: str, said: str) -> None:
    found = problem(FINDER.find(written, MONTH))
    assert (found.role, found.code) == (role, code)
    assert said in found.hint
    assert "请" in found.hint


def test_the_candidates_and_the_nearest_are_named_by_key() -> None:
    assert problem(FINDER.find(Written(village="石桥村"), MONTH)).near == (430321112252, 430321202208)
    assert problem(FINDER.find(Written(village="香韶村", town="石潭镇"), MONTH)).near[0] == 430321112229


# ── the place a sheet is about ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("written", "key"),
    [
        (Written(), SHITAN),
        (Written(village="石桥村"), 430321112252),
        (Written(village="石桥村", region="湘潭县"), 430321112252),
        (Written(region="石潭镇"), SHITAN),
        (Written(region="石桥"), 430321112252),
        (Written(code="430321112252"), 430321112252),
    ],
)
def test_a_name_is_looked_for_in_the_place_the_sheet_is_about(written: Written, key: int) -> None:
    assert AT_SHITAN.find(written, MONTH) == Found(key)


@pytest.mark.parametrize(
    ("written", "role", "value"),
    [
        (Written(village="金蛟村"), "village", "金蛟村"),
        (Written(village="金蛟村", town="杨嘉桥镇"), "village", "金蛟村"),
        (Written(town="杨嘉桥镇"), "town", "杨嘉桥镇"),
        (Written(region="湘潭县"), "region", "湘潭县"),
        (Written(code="430321113256"), "region_code", "430321113256"),
    ],
)
def test_a_row_of_another_place_than_the_sheets_is_a_fault_that_names_the_source(
    written: Written, role: str, value: str
) -> None:
    found = problem(AT_SHITAN.find(written, MONTH))
    assert (found.role, found.code, found.value) == (role, "region_disagrees", value)
    assert found.hint.startswith(f"工作表名写的是“石潭镇”，而“{value}”是“")


def test_an_unknown_name_is_compared_with_the_names_of_the_place() -> None:
    found = problem(AT_SHITAN.find(Written(village="甘全村"), MONTH))
    assert found.near[0] == 430321112247
    assert all(SHITAN < key < SHITAN + 1000 for key in found.near)


def test_a_sheet_about_a_place_out_of_scope_has_no_good_row() -> None:
    finder = RegionFinder(TREE, COUNTY, region_key("500230101"), "文件名")
    assert finder.find_context() is None
    for written in (Written(), Written(village="和平村"), Written(code="430321112229")):
        found = problem(finder.find(written, MONTH))
        assert found.code == "region_outside"
        assert found.hint.startswith("文件名写的是“丰都县虎威镇”（500230101）")
    assert finder.keys_of(["430321112229"], [""], [""], [""], MONTH).tolist() == [-1]


def test_the_place_of_the_sheet_is_known_where_it_is_in_scope() -> None:
    assert AT_SHITAN.find_context() == TREE.get(SHITAN)
    assert FINDER.find_context() is None
    # A sheet about the county, uploaded for one of its towns.
    finder = RegionFinder(TREE, SHITAN, COUNTY, "标题")
    assert finder.find(Written(village="向韶村"), MONTH) == Found(430321112229)
    assert problem(finder.find(Written(village="金蛟村"), MONTH)).code == "region_outside"


@pytest.mark.parametrize(
    ("text", "key"),
    [("石潭镇小计", SHITAN), ("石潭镇", SHITAN), ("花石合计", HUASHI), ("小计", None), ("12", None), ("向韶村", None)],
)
def test_a_total_names_its_town(text: str, key: int | None) -> None:
    assert FINDER.town_named(text) == key


# ── near names ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("向绍村", "石潭镇向韶村"),
        ("响韶村", "石潭镇向韶村"),
        ("蒔竹", "石潭镇莳竹塘村"),
        ("福容村", "石潭镇芙蓉村"),
        ("紫金村", "花石镇紫荆村"),
        ("甘全", "石潭镇甘泉村"),
        ("托下下村", "石潭镇托下村"),
        ("石潭镇中欣村", "石潭镇中新村"),
        ("3.中心新村", "石潭镇中新村"),
    ],
)
def test_the_nearest_name_comes_first_and_is_never_taken(text: str, nearest: str) -> None:
    found = problem(FINDER.find(Written(village=text), MONTH))
    assert found.code == "region_unknown"
    assert nearest in found.hint
    assert 1 <= len(found.near) <= SUGGESTED


def test_nothing_is_suggested_where_nothing_is_alike() -> None:
    found = problem(FINDER.find(Written(village="xyz"), MONTH))
    assert found.near == ()
    assert "相近" not in found.hint


@given(st.sampled_from(VILLAGES), st.text(alphabet="东西南北山水村社区镇新1.（）湘潭石", max_size=6), st.booleans())
def test_a_region_that_is_found_bears_the_name_and_any_other_is_said_to_be_unknown(
    region: Region, extra: str, before: bool
) -> None:
    text = extra + region.name if before else region.name + extra
    found = FINDER.find(Written(village=text), 0)
    if found.key is None:
        assert len(found.problems) == 1
    else:
        assert fold_name(TREE.get(found.key).name).removesuffix("村").removesuffix("社区") in fold_name(text)


def test_characters_of_one_sound_and_traditional_ones_are_alike() -> None:
    assert sounds("河花村") == sounds("荷花村") != sounds("花荷村")
    assert sounds("莳x") == "莳x"
    assert simplified("蒔竹塘樹橋") == "莳竹塘树桥"


def test_suggestions_end_before_they_take_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ecodash.ingest.nearest._BUDGET", 100)
    finder = RegionFinder(TREE, COUNTY)
    near = [problem(finder.find(Written(village=f"向绍{number}村"), MONTH)).near for number in range(20)]
    assert near[0]
    assert not near[-1]


def test_beyond_many_unknown_names_the_rest_is_told_without_a_search(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ecodash.ingest.names._EXPLAINED", 2)
    finder = RegionFinder(TREE, COUNTY)
    found = [problem(finder.find(Written(village=f"向绍{number}村"), MONTH)) for number in range(3)]
    assert [one.near != () for one in found] == [True, True, False]
    assert found[2].hint == "没有叫“向绍2村”的村。请改正名称，或填写区划代码。"


def test_an_empty_tree_knows_nobody() -> None:
    finder = RegionFinder(RegionTree([]), COUNTRY_KEY)
    assert problem(finder.find(Written(village="向韶村"), MONTH)).code == "region_unknown"
    assert finder.keys_of(["430321112229"], ["向韶村"], [""], [""], MONTH).tolist() == [-1]
