"""The preview's picture: well-formed, every region drawn once, nothing of a file's text believed."""

import xml.etree.ElementTree as ET

import shapely

from ecodash.boundaries import draw
from ecodash.boundaries.collection import overhead_of, read_collection, write_collection
from ecodash.catalog.geo import county_outline
from tests.boundaries import DATA, FENGDU, fengdu_tree, towns

SVG = "{http://www.w3.org/2000/svg}"


def test_every_region_and_the_outline_are_drawn() -> None:
    keys, shapes = list(towns()), list(towns().values())
    # An exclave far off its region: drawn as one path with it.
    shapes[0] = shapely.union_all([shapes[0], shapely.box(108.3, 30.3, 108.31, 30.31)])
    names = [fengdu_tree().get(key).name for key in keys]
    codes = [str(key // 1000) for key in keys]
    drawn = draw(write_collection(codes, names, shapes), dict(zip(codes, names, strict=True)),
                 county_outline(DATA, FENGDU), label="丰都县乡镇界")  # fmt: skip
    root = ET.fromstring(drawn)
    assert root.findtext(f"{SVG}title") == "丰都县乡镇界"
    paths = root.findall(f"{SVG}path")
    assert len(paths) == 30 + len(county_outline(DATA, FENGDU) or [])
    assert all(path.get("d") for path in paths)
    assert paths[0].get("d", "").count("M") == 2
    written = [text.text for text in root.findall(f"{SVG}text")]
    assert 20 <= len(written) <= 30
    assert set(written) <= set(names)


def test_names_are_escaped_and_nothing_is_no_picture() -> None:
    content = write_collection(["1"], ["<script>"], [shapely.box(107, 29, 108, 30)])
    assert "<script>" not in draw(content, {"1": "<script>"}, None, label='"<x>')
    assert draw(b"", {}, None, label="x") == ""
    ring = read_collection(content)["1"][0][0]
    assert (ring[0], sorted(set(ring))) == (ring[-1], [(107, 29), (107, 30), (108, 29), (108, 30)])


def test_the_bytes_reckoned_for_names_and_brackets_are_at_least_those_written() -> None:
    shapes, codes = list(towns().values()), [str(key // 1000) for key in towns()]
    names = [fengdu_tree().get(key).name for key in towns()]
    points = int(shapely.get_num_coordinates(shapes).sum())
    reckoned = overhead_of(codes, names, shapes) + 21 * points
    written = len(write_collection(codes, names, shapes))
    assert written <= reckoned < 1.05 * written
