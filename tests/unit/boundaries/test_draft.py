"""Files of towns and villages in every form offices send them, read and brought home."""

import json
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import shapely

from ecodash.boundaries import BoundaryRefused, Draft, read_boundaries, words
from ecodash.boundaries.draft import BUDGET
from ecodash.boundaries.matching import State
from ecodash.catalog.geo import county_outline
from ecodash.domain.boundaries import Clarity, Datum
from ecodash.domain.regions import Level, Region, RegionTree, region_key
from tests.boundaries import (
    DATA,
    FENGDU,
    fengdu_tree,
    geojson,
    level_keys,
    outline_of,
    projected,
    shapefile,
    shifted,
    town_columns,
    towns,
    villages,
    zipped,
)

TOWNS = towns()
KEYS = list(TOWNS)
SHAPES = list(TOWNS.values())
METRE = 1 / 111_320


def read(data: bytes, name: str = "towns.geojson", **options: Any) -> Draft:
    options = {
        "tree": fengdu_tree(),
        "county": FENGDU,
        "outline": county_outline(DATA, FENGDU),
        "month": 202610,
    } | options
    return read_boundaries(data, name, **options)


def drawn(draft: Draft) -> dict[str, Any]:
    """The kept shapes by region code."""
    found = json.loads(draft.content)
    return {one["id"]: shapely.from_geojson(json.dumps(one["geometry"])) for one in found["features"]}


def notes(draft: Draft) -> list[str]:
    return [note.code for note in draft.notes]


def assert_home(draft: Draft, shapes: Sequence[Any] = SHAPES, keys: Sequence[int] = KEYS) -> None:
    """Every shape lies where it was made: its border within what simplifying and five decimals may move it."""
    found = drawn(draft)
    for key, shape in zip(keys, shapes, strict=True):
        moved = found[str(key // 1000)]
        assert shapely.hausdorff_distance(shape.boundary, moved.boundary) < 25 * METRE
        assert abs(moved.area - shape.area) < 0.002 * shape.area


# ── datums and projections ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("datum", [Datum.WGS84, Datum.GCJ02, Datum.BD09])
def test_shifted_towns_are_found_out_and_brought_home(datum: Datum) -> None:
    draft = read(geojson(shifted(SHAPES, datum), town_columns(KEYS)))
    assert (draft.datum, draft.datum_from, draft.clarity) == (datum, "fit", Clarity.CLEAR)
    assert (draft.level, draft.keys, draft.missing) == (Level.TOWN, tuple(sorted(KEYS)), ())
    assert_home(draft)


def test_conversion_alone_is_exact_within_a_metre() -> None:
    # A square of four corners is not simplified: what is left of the way is the rounding to five decimals.
    square = shapely.box(107.5, 29.8, 107.6, 29.9)
    for datum in (Datum.GCJ02, Datum.BD09):
        draft = read(geojson(shifted([square], datum), town_columns(KEYS[:1])), datum=datum)
        corners = shapely.get_coordinates(drawn(draft)[str(KEYS[0] // 1000)])
        assert all(np.abs(corners - corner).max(axis=1).min() < METRE for corner in shapely.get_coordinates(square))


def test_a_wrong_choice_is_kept_but_shows_in_the_fit() -> None:
    draft = read(geojson(shifted(SHAPES, Datum.GCJ02), town_columns(KEYS)), datum=Datum.WGS84)
    assert (draft.datum, draft.datum_from) == (Datum.WGS84, "chosen")
    assert draft.fit_taken is not None
    assert draft.fit_taken.gap_m > 250 > 10 > draft.fits[0].gap_m
    assert "很可能选错了" in words.verdict(draft)
    with pytest.raises(AssertionError):
        assert_home(draft)


@pytest.mark.parametrize(
    ("crs", "drop", "says"),
    [
        ("EPSG:4545", (), "CM 108E"),  # 3 degrees, no zone in the easting
        ("EPSG:4524", (), "zone 36"),  # the same with it
        ("EPSG:4496", (), "zone 18"),  # 6 degrees
        ("EPSG:4545", (".prj",), "CM 108E"),
        ("EPSG:4524", (".prj",), "zone 36"),
        ("EPSG:4496", (".prj",), "zone 18"),
    ],
)
def test_survey_metres_come_home_with_and_without_their_prj(crs: str, drop: tuple[str, ...], says: str) -> None:
    data = shapefile(projected(SHAPES, crs), town_columns(KEYS), crs=crs, drop=drop)
    draft = read(data, "towns.zip")
    assert says in draft.projection
    assert (draft.datum, "projection_guessed" in notes(draft)) == (Datum.CGCS2000, bool(drop))
    assert_home(draft)


def test_north_before_east_is_told_by_the_numbers() -> None:
    turned = [shapely.transform(shape, lambda points: points[:, ::-1]) for shape in projected(SHAPES, "EPSG:4545")]
    draft = read(shapefile(turned, town_columns(KEYS), drop=(".prj",)), "towns.zip")
    assert "swapped" in notes(draft)
    assert_home(draft)


def test_an_epsg_code_in_the_older_geojson_is_used() -> None:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4545"}}
    draft = read(geojson(projected(SHAPES, "EPSG:4545"), town_columns(KEYS), crs=crs))
    assert_home(draft)
    assert "projection_guessed" not in notes(draft)


def test_a_prj_that_the_numbers_contradict_is_not_believed() -> None:
    data = shapefile(SHAPES, town_columns(KEYS), crs="EPSG:4545")
    draft = read(data, "towns.zip")
    assert "projection_contradicted" in notes(draft)
    assert_home(draft)


def test_an_old_datum_is_warned_of() -> None:
    data = shapefile(projected(SHAPES, "EPSG:2383"), town_columns(KEYS), crs="EPSG:2383")
    old = [note for note in read(data, "towns.zip").notes if note.code == "old_datum"]
    assert [note.values["name"] for note in old] == ["西安 80"]
    assert "测绘部门" in words.note_sentence(old[0], fengdu_tree())


def test_a_prj_that_names_files_is_not_taken() -> None:
    prj = b'PROJCS["x",GEOGCS["g",DATUM["D",SPHEROID["S",6378137,298.2]]],EXTENSION["PROJ4","+proj=tmerc +nadgrids=/etc/passwd"]]'
    data = shapefile(SHAPES, town_columns(KEYS), crs="EPSG:4490", replaced={".prj": prj})
    draft = read(data, "towns.zip")
    assert "projection_unreadable" in notes(draft)
    assert_home(draft)


def test_without_an_outline_metres_without_a_zone_are_refused_and_degrees_wait_for_a_choice() -> None:
    data = shapefile(projected(SHAPES, "EPSG:4545"), town_columns(KEYS), drop=(".prj",))
    with pytest.raises(BoundaryRefused, match="中央经线"):
        read(data, "towns.zip", outline=None)
    draft = read(geojson(SHAPES, town_columns(KEYS)), outline=None)
    assert (draft.datum_from, draft.clarity, draft.fits) == ("none", Clarity.UNKNOWN, ())
    assert "请确认坐标系" in words.verdict(draft)


@pytest.mark.parametrize(
    ("move", "message"),
    [
        (lambda p: p - [100, 0], "不在中国范围"),
        (lambda p: p + np.array([5, 3]), "不在所选的县"),
        (lambda p: p * 1e9, "不在中国范围"),
    ],
)
def test_a_map_of_elsewhere_is_refused(move: Any, message: str) -> None:
    with pytest.raises(BoundaryRefused, match=message):
        read(geojson([shapely.transform(shape, move) for shape in SHAPES], town_columns(KEYS)))


# ── tables and their texts ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("encoding", "drop", "cpg"),
    [
        ("GBK", (), None),
        ("UTF-8", (), None),
        ("GBK", (".cpg",), None),
        ("UTF-8", (".cpg",), None),
        ("GBK", (), b"UTF-8"),  # a .cpg that lies
        ("GBK", (), b"ISO-8859-1"),  # what some programs write for want of a better
        ("UTF-8", (), b"GBK"),
    ],
)
def test_chinese_names_are_read_whatever_the_table_says_of_itself(
    encoding: str, drop: tuple[str, ...], cpg: bytes | None
) -> None:
    names = {"名称": [fengdu_tree().get(key).name for key in KEYS]}
    replaced = {".cpg": cpg} if cpg else {}
    data = shapefile(SHAPES, names, crs="EPSG:4490", encoding=encoding, drop=drop, replaced=replaced)
    draft = read(data, "towns.zip")
    assert (len(draft.keys), draft.columns) == (30, ("", "名称", ""))


def test_geojson_in_gbk_is_read() -> None:
    names = {"名称": [fengdu_tree().get(key).name for key in KEYS]}
    draft = read(geojson(SHAPES, names).decode().encode("gb18030"))
    assert (len(draft.keys), notes(draft)[0]) == (30, "encoding")


@pytest.mark.parametrize(
    "form",
    [
        lambda key: key // 1000,  # a number
        lambda key: float(key // 1000),  # a number of a table of measurements
        lambda key: str(key // 1000),
        lambda key: str(key),  # padded to a village's digits
        lambda key: f"{key}0000000",  # a land survey's 19
        lambda key: f" {key // 1000} ",
    ],
)
def test_codes_are_found_in_every_form(form: Any) -> None:
    draft = read(geojson(SHAPES, {"OBJECTID": list(range(30)), "code": [form(key) for key in KEYS]}))
    assert (draft.columns, draft.keys) == (("code", "", ""), tuple(sorted(KEYS)))


def test_what_does_not_match_matches_twice_or_is_missing_is_said() -> None:
    names = [fengdu_tree().get(key).name for key in KEYS]
    west, south, east, north = SHAPES[5].bounds
    halves = [SHAPES[5].intersection(shapely.box(*box)) for box in
              ((west, south, (west + east) / 2, north), ((west + east) / 2, south, east, north))]  # fmt: skip
    shapes = [*SHAPES[:5], *halves, *SHAPES[7:], None]
    draft = read(geojson(shapes, {"镇名": [*names[:3], "不存在镇", *names[4:6], names[5], *names[7:], names[6]]}))
    states = {feature.row: feature.state for feature in draft.features if feature.state is not State.MATCHED}
    assert states == {4: State.UNMATCHED, 6: State.REPEATED, 7: State.REPEATED, 31: State.EMPTY}
    assert set(draft.missing) == {KEYS[3], KEYS[6]}
    whole = drawn(draft)[str(KEYS[5] // 1000)]
    assert whole.area == pytest.approx(SHAPES[5].area, rel=0.002)
    assert [row["row"] for row in draft.detail()["unmatched"]] == [4, 31]


def test_how_much_of_the_county_is_left_bare_is_said() -> None:
    draft = read(geojson(SHAPES[:20], town_columns(KEYS[:20])))
    bare = next(note for note in draft.notes if note.code == "uncovered")
    area = shapely.union_all(SHAPES[20:]).area / outline_of(FENGDU).area
    assert bare.values["share"] == pytest.approx(area, abs=0.002)
    assert "uncovered" not in notes(read(geojson(SHAPES, town_columns(KEYS))))


def test_one_vertex_astray_is_named() -> None:
    astray = shapely.Polygon([*shapely.get_coordinates(SHAPES[3])[:-1], (0.5, 0.25)])
    with pytest.raises(BoundaryRefused, match=r"例如 0\.5, 0\.25"):
        read(geojson([*SHAPES[:3], astray], town_columns(KEYS[:4])))


def test_a_code_goes_before_a_name_that_says_otherwise() -> None:
    columns = town_columns(KEYS)
    columns["XZQMC"][0], columns["XZQMC"][1] = columns["XZQMC"][1], columns["XZQMC"][0]
    draft = read(geojson(SHAPES, columns))
    assert [feature.disagrees for feature in draft.features[:3]] == [KEYS[1], KEYS[0], 0]
    assert len(draft.keys) == 30


def test_villages_of_one_name_need_their_town() -> None:
    tree = fengdu_tree()
    named: dict[str, list[int]] = {}
    for key in level_keys(Level.VILLAGE):
        named.setdefault(tree.get(key).name, []).append(key)
    same = next(keys for keys in named.values() if len(keys) == 2)
    plain = [key for key in level_keys(Level.VILLAGE) if key not in same][:20]
    keys = [*same, *plain]
    shapes = list(villages(60).values())[: len(keys)]
    names = [tree.get(key).name for key in keys]
    draft = read(geojson(shapes, {"村": names}), level=Level.VILLAGE, datum=Datum.WGS84)
    ambiguous = [feature for feature in draft.features if feature.state is State.AMBIGUOUS]
    assert [set(feature.candidates) for feature in ambiguous[:2]] == [set(same)] * 2
    towns_of = [tree.get(key // 1_000_000 * 1_000_000 + key % 1_000_000 // 1000 * 1000).name for key in keys]
    draft = read(geojson(shapes, {"村": names, "乡镇": towns_of}), datum=Datum.WGS84)
    assert (draft.level, draft.columns) == (Level.VILLAGE, ("", "村", "乡镇"))
    assert set(same) <= set(draft.keys)


def test_regions_that_ended_are_not_missed() -> None:
    gone = Region(region_key("500230999"), "旧镇", "旧镇", last_month=202501)
    tree = RegionTree([*fengdu_tree(), gone])
    assert not read(geojson(SHAPES, town_columns(KEYS)), tree=tree).missing
    assert read(geojson(SHAPES, town_columns(KEYS)), tree=tree, month=202412).missing == (gone.key,)


def test_a_file_without_any_match_has_nothing_to_keep() -> None:
    draft = read(geojson(SHAPES, {"名称": [f"某地{place}" for place in range(30)]}))
    assert (draft.keys, draft.content, len(draft.missing)) == ((), b"", 30)
    assert words.columns_read(draft) == "没有一列的代码或名称能与本县的地区对上。"


# ── shapes ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_border_that_crosses_itself_is_mended_and_said() -> None:
    knot = shapely.Polygon([(107.5, 29.8), (107.6, 29.9), (107.6, 29.8), (107.5, 29.9), (107.5, 29.8)])
    draft = read(geojson([knot], town_columns(KEYS[:1])), datum=Datum.WGS84)
    shape = drawn(draft)[str(KEYS[0] // 1000)]
    assert ("mended" in notes(draft), shape.is_valid) == (True, True)
    assert shape.area == pytest.approx(0.005, rel=0.01)


def test_holes_and_islands_stay() -> None:
    lake = shapely.box(107.54, 29.84, 107.56, 29.86)
    shore = shapely.box(107.5, 29.8, 107.6, 29.9) - lake
    island = shapely.box(107.7, 29.8, 107.72, 29.82)
    draft = read(geojson([shapely.union_all([shore, island])], town_columns(KEYS[:1])), datum=Datum.WGS84)
    shape = drawn(draft)[str(KEYS[0] // 1000)]
    assert shapely.get_num_geometries(shape) == 2
    assert sorted(len(part.interiors) for part in shape.geoms) == [0, 1]
    assert shape.area == pytest.approx(shore.area + island.area, rel=1e-6)


def test_neighbours_share_their_borders_and_rings_turn_clockwise() -> None:
    draft = read(geojson(shifted(SHAPES, Datum.GCJ02), town_columns(KEYS)))
    shapes = list(drawn(draft).values())
    assert shapely.coverage_is_valid(shapes)
    parts = shapely.get_parts(shapes)
    assert not shapely.is_ccw(shapely.get_exterior_ring(parts)).any()
    assert shapely.union_all(shapes).area == pytest.approx(outline_of(FENGDU).area, rel=1e-3)


def test_slits_and_overlaps_between_neighbours_are_closed() -> None:
    # Two surveys of one border, three metres apart, and one that lies a kilometre over the other.
    left, right = shapely.box(107.5, 29.8, 107.6, 29.9), shapely.box(107.60003, 29.8, 107.7, 29.9)
    above, below = shapely.box(107.5, 29.9, 107.7, 29.95), shapely.box(107.5, 29.75, 107.7, 29.8)
    draft = read(geojson([left, right, above, below], town_columns(KEYS[:4])), datum=Datum.WGS84)
    together = shapely.union_all(list(drawn(draft).values()))
    assert shapely.coverage_is_valid(list(drawn(draft).values()))
    assert (together.geom_type, len(together.interiors)) == ("Polygon", 0)
    over = shapely.box(107.59, 29.8, 107.7, 29.9)
    draft = read(geojson([left, over], town_columns(KEYS[:2])), datum=Datum.WGS84)
    said = next(note for note in draft.notes if note.code == "aligned")
    assert set(said.values["changed"]) & set(KEYS[:2])
    assert shapely.coverage_is_valid(list(drawn(draft).values()))


def test_two_thousand_irregular_polygons_fit_into_their_budget() -> None:
    made = list(villages(2_000).values())
    dense = [shapely.segmentize(shape, 0.00025) for shape in made]
    codes = [f"500230{100 + place // 900:03d}{place % 900 + 100:03d}" for place in range(len(dense))]
    upper = [region for region in fengdu_tree() if region.level.rank <= Level.COUNTY.rank]
    places = [Region(region_key(code), f"第{place}村", f"第{place}村", "村") for place, code in enumerate(codes)]
    tree = RegionTree(
        [*upper, *(Region(region_key(str(code)), "镇", "镇") for code in range(500230100, 500230104)), *places]
    )
    draft = read(geojson(dense, {"code": codes}), tree=tree)
    assert len(draft.keys) >= len(dense) - 2 >= 1_950
    assert draft.vertices_before > 4 * draft.vertices_after > 0
    assert 0.5 * BUDGET < len(draft.content) <= BUDGET
    assert draft.tolerance_m < 60
    shapes = list(drawn(draft).values())
    assert shapely.is_valid(shapes).all()
    assert shapely.coverage_is_valid(shapes)
    assert len(zlib.compress(draft.content)) < 0.4 * BUDGET


def test_the_same_file_gives_the_same_bytes_and_ids_are_codes() -> None:
    data = geojson(SHAPES, town_columns(KEYS))
    first, again = read(data), read(data)
    assert (first.content, first.digest) == (again.content, again.digest)
    features = json.loads(first.content)["features"]
    assert [one["id"] for one in features] == [str(key // 1000) for key in sorted(KEYS)]
    assert {tuple(one["properties"]) for one in features} == {("name",)}


def test_a_zip_may_hold_geojson_and_folders() -> None:
    inner = geojson(SHAPES, town_columns(KEYS))
    assert_home(
        read(zipped({"导出/towns.geojson": inner, "__MACOSX/._towns.geojson": b"x", "readme.txt": b"x"}), "a.zip")
    )
    assert_home(read(shapefile(SHAPES, town_columns(KEYS), crs="EPSG:4490", folder="../../"), "a.zip"))
