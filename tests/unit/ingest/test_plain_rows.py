"""Rows that write their region plainly are found many at a time, and as the careful way finds them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecodash.ingest.names import RegionFinder, Written

from .xiangtan import COUNTY, MONTH, SHITAN, TREE


def keys_of(written: Written, month: int = MONTH, finder: RegionFinder | None = None) -> int:
    found = (finder or RegionFinder(TREE, COUNTY)).keys_of(
        [written.code], [written.village], [written.town], [written.region], month
    )
    return int(found[0])


@pytest.mark.parametrize(
    ("written", "key"),
    [
        (Written(code="430321112229"), 430321112229),
        (Written(code="430321112"), SHITAN),
        (Written(code="430321112000", town="石潭镇"), SHITAN),
        (Written(code="430321112229", village="向韶村", town="石潭镇", region="湘潭县"), 430321112229),
        (Written(code="430321112229", village="向韶村委会", region="湖南省"), 430321112229),
        (Written(code="430321112229", region="向韶村"), 430321112229),
        (Written(village="向韶村", town="石潭镇"), 430321112229),
        (Written(village="石桥村", town="分水乡", region="湘潭县"), 430321202208),
        (Written(town="石潭镇"), SHITAN),
    ],
)
def test_a_plain_row_is_found_at_once(written: Written, key: int) -> None:
    assert keys_of(written) == key


@pytest.mark.parametrize(
    "written",
    [
        *(Written(code=code) for code in ("430321", "430321000", "430321112999", "500230101201", "430321112229.0")),
        *(
            Written(code=code)
            for code in ("4303211122290", "43032111222a", "-30321112229", "４３０３２１１１２２２９", " ")
        ),
        *(Written(code=code) for code in ("0", "430321112298", "4.3E+11", "000000000", "43032111222９")),
        Written(code="430321112229", village="芙蓉村"),
        Written(code="430321112", village="石潭镇"),
        Written(code="430321112229", town="石潭"),
        Written(code="430321112229", region="丰都县"),
        Written(village="向韶", town="石潭镇"),
        Written(village="向韶村"),
        Written(region="石潭镇"),
        Written(),
    ],
)
def test_any_other_row_is_left_to_the_careful_way(written: Written) -> None:
    assert keys_of(written) == -1


def test_a_region_is_found_only_in_the_months_it_is_valid() -> None:
    codes, blank = ["430321112298", "430321112298"], ["", ""]
    found = RegionFinder(TREE, COUNTY).keys_of(codes, blank, blank, blank, np.array([202512, 202601], dtype=np.int32))
    assert found.tolist() == [430321112298, -1]


def test_the_place_of_the_sheet_is_the_town_of_rows_that_write_none() -> None:
    finder = RegionFinder(TREE, COUNTY, SHITAN, "工作表名")
    assert keys_of(Written(village="石桥村"), finder=finder) == 430321112252
    assert keys_of(Written(village="石桥村", town="分水乡"), finder=finder) == -1
    assert keys_of(Written(code="430321202208"), finder=finder) == -1
    assert keys_of(Written(), finder=finder) == -1
    assert keys_of(Written(region="湘潭县"), finder=finder) == -1


CODES = ["", "430321112229", "430321112", "430321112298", "500230101201", "430321", "4.3E+11", "430321202208"]
NAMES = [
    "",
    "向韶村",
    "石桥村",
    "石桥",
    "向韶村委会",
    "石潭镇",
    "石潭",
    "分水乡",
    "湘潭县",
    "花石",
    "兆托村",
    "虎威镇",
    "x",
]


@settings(max_examples=400, deadline=None)
@given(
    st.builds(Written, *(st.sampled_from(CODES), *[st.sampled_from(NAMES)] * 3)),
    st.sampled_from([202512, MONTH]),
    st.sampled_from([0, SHITAN, COUNTY]),
)
def test_the_quick_way_never_says_anything_else_than_the_careful_one(written: Written, month: int, about: int) -> None:
    finder = RegionFinder(TREE, COUNTY, about, "标题")
    quick = keys_of(written, month, finder)
    if quick != -1:
        found = finder.find(written, month)
        assert (found.key, found.problems) == (quick, ())
