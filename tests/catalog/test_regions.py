"""The national book of regions, the outlines and the points, on the files that come with the software."""

from collections import Counter

import pytest

from ecodash.catalog.geo import county_outline, town_points
from ecodash.catalog.regions import RegionBook
from ecodash.domain.regions import Level, Region, ancestor_key, region_key
from ecodash.errors import RegionUnknown
from ecodash.settings import PROJECT_ROOT

DATA = PROJECT_ROOT / "data"
FENGDU = region_key("500230")


@pytest.fixture(scope="module")
def book() -> RegionBook:
    return RegionBook(DATA)


@pytest.fixture(scope="module")
def fengdu(book: RegionBook) -> list[Region]:
    return book.regions(["500230"])


def test_a_county_comes_with_its_ancestors_and_all_below(fengdu: list[Region]) -> None:
    assert [(r.code, r.name) for r in fengdu[:4]] == [
        ("0", "全国"),
        ("50", "重庆市"),
        ("5002", "重庆市辖县"),
        ("500230", "丰都县"),
    ]
    assert Counter(r.level for r in fengdu[4:]) == {Level.TOWN: 30, Level.VILLAGE: 338}
    assert [r.key for r in fengdu] == sorted(r.key for r in fengdu)


def test_villages_have_a_kind_and_keep_their_published_name(fengdu: list[Region]) -> None:
    villages = [r for r in fengdu if r.level is Level.VILLAGE]
    assert Counter(r.kind for r in villages)["村"] == 260
    assert all(r.full_name.startswith(r.name[:2]) for r in villages)
    assert not any(r.kind for r in fengdu if r.level is not Level.VILLAGE)


def test_a_province_is_read_with_all_its_villages(book: RegionBook) -> None:
    assert len(book.regions(["43"])) > 25_000


def test_several_regions_share_their_ancestors(book: RegionBook) -> None:
    regions = book.regions(["500230123", "500230", "360521105"])
    assert len({r.key for r in regions}) == len(regions)
    assert {"0", "36", "3605", "360521", "360521105"} <= {r.code for r in regions}
    assert "360521100" not in {r.code for r in regions}


@pytest.mark.parametrize("code", ["441900", "4419", "441900000000"])
def test_a_city_without_counties_is_kept_once_under_its_shorter_code(book: RegionBook, code: str) -> None:
    regions = book.regions([code])
    assert [r.code for r in regions if r.name == "东莞市"] == ["4419"]
    assert any(r.level is Level.TOWN and ancestor_key(r.key, Level.COUNTY) == region_key("4419") for r in regions)


def test_a_county_that_is_its_own_village_is_kept_once(book: RegionBook) -> None:
    assert [r.code for r in book.regions(["350527000000"])] == ["0", "35", "3505", "350527"]


@pytest.mark.parametrize("code", ["999999", "500230999", "50023", "丰都", ""])
def test_a_code_not_in_the_book_is_refused(book: RegionBook, code: str) -> None:
    with pytest.raises(RegionUnknown):
        book.regions([code])
    with pytest.raises(RegionUnknown):
        book.children(code)


def test_children_lead_from_the_country_to_a_village(book: RegionBook) -> None:
    provinces = book.children(None)
    assert len(provinces) == 31
    assert provinces == book.children("0")
    assert [r.name for r in book.children("50")] == ["重庆市市辖区", "重庆市辖县"]
    assert "丰都县" in [r.name for r in book.children("5002")]
    assert len(book.children("500230")) == 30
    assert len(book.children("500230123")) == 8
    assert book.children(book.children("500230123")[0].code) == []


def test_the_children_of_a_city_without_counties_are_its_towns(book: RegionBook) -> None:
    assert {r.level for r in book.children("4419")} == {Level.TOWN}
    assert book.children("4419") == book.children("441900")


def test_rows_at_city_level_that_are_no_city_name_their_province(book: RegionBook) -> None:
    shown = {r.code: r.name for province in ("11", "42", "65") for r in book.children(province)}
    assert shown["1101"] == "北京市市辖区"
    assert shown["4290"] == "湖北省直辖县级行政区划"
    assert shown["6590"] == "新疆维吾尔自治区直辖县级行政区划"


def test_find_answers_by_name_closest_first(book: RegionBook) -> None:
    assert [r.code for r in book.find(" 丰都 ")] == ["500230"]
    assert book.find("朝阳")[0].name == "朝阳市"
    assert {r.name for r in book.find("鼓楼区")} == {"鼓楼区"}
    assert len(book.find("鼓楼区")) == 4
    assert book.find("") == []
    assert book.find("没有这个县") == []


def test_find_answers_by_code(book: RegionBook) -> None:
    assert [r.name for r in book.find("500230")] == ["丰都县"]
    assert [r.name for r in book.find("500230000000")] == ["丰都县"]
    assert [r.name for r in book.find("430321")] == ["湘潭县"]
    assert "湘潭县" in [r.name for r in book.find("4303")]


def test_an_outline_is_closed_rings_around_the_county() -> None:
    rings = county_outline(DATA, FENGDU)
    assert rings is not None
    for ring in rings:
        assert ring[0] == ring[-1]
        assert all(107 < lon < 109 and 29 < lat < 31 for lon, lat in ring)


def test_a_county_of_several_parts_has_several_rings() -> None:
    rings = county_outline(DATA, region_key("360902"))
    assert rings is not None
    assert len(rings) > 1


def test_a_county_without_outline_has_none() -> None:
    assert county_outline(DATA, region_key("110101")) is None


def test_a_caller_may_change_an_outline_without_harm() -> None:
    first = county_outline(DATA, FENGDU)
    assert first is not None
    first[0].clear()
    assert county_outline(DATA, FENGDU) != first


def test_town_points_are_one_row_per_town_with_a_known_place() -> None:
    points = town_points(DATA)
    assert list(points.columns) == ["region", "lon", "lat", "source"]
    assert str(points["region"].dtype) == "int64"
    assert len(points) == 170
    assert points["region"].is_unique
    assert not points.isna().any().any()
    in_fengdu = points[points["region"].between(FENGDU, FENGDU + Level.COUNTY.span - 1)]
    assert len(in_fengdu) == 30
    assert in_fengdu["lon"].between(107, 109).all()
