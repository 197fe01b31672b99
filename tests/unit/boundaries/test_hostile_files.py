"""Bytes that are damaged, too much, or mean harm: each is refused in words, none is believed."""

import io
import json
import random
import struct
import zipfile
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import shapely

from ecodash.boundaries import BoundaryRefused, layer, packed
from ecodash.boundaries.files import read_layer
from tests.boundaries import geojson, shapefile, zipped
from tests.unit.boundaries.test_draft import read

BOX = shapely.box(107.5, 29.8, 107.6, 29.9)
GOOD = shapefile([BOX], {"code": ["500230101"]}, crs="EPSG:4490")


def parts_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def collection(*geometries: Any) -> bytes:
    features = [{"type": "Feature", "properties": {}, "geometry": geometry} for geometry in geometries]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


@pytest.mark.parametrize(
    ("data", "name", "message"),
    [
        (b"", "a.geojson", "空的"),
        (b"\x00" * 200, "a.geojson", "不是 GeoJSON"),
        (b"a,b\n1,2\n", "a.csv", "不是 GeoJSON"),
        (b"{", "a.geojson", "不是完整的 JSON"),
        (b"[1, 2]", "a.geojson", "不是 GeoJSON"),
        (b'{"a": 1}', "a.geojson", "不是 GeoJSON"),
        (b'{"type": "Topology"}', "a.json", "TopoJSON"),
        (b'{"type":"FeatureCollection","features":[{"geometry":{"type":"Point","coordinates":[NaN,1]}}]}', "a.json", "NaN"),
        (b'{"a":' * 60_000, "a.json", "括号层数|完整的 JSON"),
        (b'{"n": ' + b"9" * 5_000 + b"}", "a.json", "过长的数"),
        (b"\xff\xfe\x00\xd8{", "a.json", "不是 GeoJSON|编码"),
        (b"\x00\x00\x27\x0a" + b"\x00" * 200, "a.shp", "只是 Shapefile 的一部分"),
        (b"whatever", "a.dbf", "只是 Shapefile 的一部分"),
        (b"PK\x03\x04" + b"\x00" * 50, "a.zip", "已损坏"),
        (zipped({"a.txt": b"x"}), "a.zip", "没有 .shp"),
        (zipped({"a.geojson": b"{}", "b.geojson": b"{}"}), "a.zip", "2 个图层"),
        (zipped({f"{n}.txt": b"" for n in range(600)}), "a.zip", "600 个文件"),
    ],
)  # fmt: skip
def test_what_is_no_map_is_refused_in_words(data: bytes, name: str, message: str) -> None:
    with pytest.raises(BoundaryRefused, match=message) as refused:
        read_layer(data, name)
    assert refused.value.remedy


def test_a_file_too_large_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layer, "MAX_BYTES", 100)
    with pytest.raises(BoundaryRefused, match="MB"):
        read_layer(geojson([BOX], {}), "a.geojson")


def test_a_zip_bomb_is_unpacked_no_further_than_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layer, "MAX_UNPACKED", 1_000_000)
    bomb = zipped({"a.shp": b"\x00" * 50_000_000})
    assert len(bomb) < 100_000
    with pytest.raises(BoundaryRefused, match="展开后超过"):
        read_layer(bomb, "a.zip")


def test_a_zip_with_a_password_is_refused() -> None:
    data = bytearray(zipped({"a.geojson": b"{}"}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(BoundaryRefused, match="密码"):
        read_layer(bytes(data), "a.zip")


@pytest.mark.parametrize(
    ("name", "value", "data", "message"),
    [
        ("MAX_FEATURES", 3, geojson([BOX] * 4, {}), "4 个图形"),
        ("MAX_VERTICES", 9, geojson([BOX] * 2, {}), "边界点超过"),
        ("MAX_RINGS", 1, geojson([shapely.union_all([BOX, shapely.box(108, 29, 108.1, 29.1)])], {}), "个环组成"),
        ("MAX_FEATURES", 3, shapefile([BOX] * 4, {"a": ["1"] * 4}, crs="EPSG:4490"), "4 个图形"),
        ("MAX_VERTICES", 9, shapefile([BOX] * 2, {"a": ["1"] * 2}, crs="EPSG:4490"), "边界点超过"),
        ("MAX_RINGS", 0, GOOD, "个环组成"),
    ],
)
def test_too_much_of_anything_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, value: int, data: bytes, message: str
) -> None:
    monkeypatch.setattr(layer, name, value)
    with pytest.raises(BoundaryRefused, match=message):
        read_layer(data, "a")


@pytest.mark.parametrize(
    "harm",
    [
        lambda shp: shp[:90],  # no header
        lambda shp: shp[:120],  # a record cut off
        lambda shp: b"\x00\x00\x00\x00" + shp[4:],  # another kind of file
        lambda shp: shp[:104] + struct.pack(">i", 2**30) + shp[108:],  # a record longer than the file
        lambda shp: shp[:104] + struct.pack(">i", -5) + shp[108:],
        lambda shp: shp[:104] + struct.pack(">i", 1) + shp[108:],
        lambda shp: shp[:144] + struct.pack("<i", 2**31 - 1) + shp[148:],  # rings without end
        lambda shp: shp[:148] + struct.pack("<i", 2**31 - 1) + shp[152:],  # vertices without end
        lambda shp: shp[:148] + struct.pack("<i", -1) + shp[152:],
        lambda shp: shp[:108] + struct.pack("<i", 31) + shp[112:],  # a patch among polygons
    ],
)
def test_a_damaged_shapefile_is_refused(harm: Callable[[bytes], bytes]) -> None:
    parts = parts_of(GOOD)
    parts["乡镇界.shp"] = harm(parts["乡镇界.shp"])
    with pytest.raises(BoundaryRefused, match="已损坏"):
        read_layer(zipped(parts), "a.zip")


def test_points_and_lines_are_no_areas() -> None:
    parts = parts_of(GOOD)
    for kind, word in ((1, "点"), (3, "线")):
        shp = parts["乡镇界.shp"]
        with pytest.raises(BoundaryRefused, match=f"是{word}，不是面"):
            read_layer(zipped({"a.shp": shp[:32] + struct.pack("<i", kind) + shp[36:]}), "a.zip")
    with pytest.raises(BoundaryRefused, match="没有面图形"):
        read(collection({"type": "Point", "coordinates": [107.5, 29.8]}, None))


def test_the_index_of_a_shapefile_is_not_believed_and_not_needed() -> None:
    parts = parts_of(GOOD)
    parts["乡镇界.shx"] = b"\xff" * 400
    assert read_layer(zipped(parts), "a.zip").columns == {"code": ["500230101"]}
    del parts["乡镇界.shx"]
    assert read_layer(zipped(parts), "a.zip").columns == {"code": ["500230101"]}


def test_a_shapefile_without_its_table_says_so() -> None:
    parts = {name: data for name, data in parts_of(GOOD).items() if not name.endswith(".dbf")}
    draft = read(zipped(parts), "a.zip", datum=None)
    assert "no_table" in [note.code for note in draft.notes]
    assert not draft.keys


def test_loose_parts_are_packed_under_their_own_names_only() -> None:
    parts = {f"../../etc/{name}": data for name, data in parts_of(GOOD).items()}
    assert set(parts_of(packed(parts))) == {name.rsplit("/", 1)[1] for name in parts}
    assert read_layer(packed(parts), "a.shp").columns == {"code": ["500230101"]}


@pytest.mark.parametrize(
    "geometry",
    [
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[[1, 2], [3, 4]]]},
        {"type": "Polygon", "coordinates": [[["a", "b"], [1, 2], [3, 4], [1, 2]]]},
        {"type": "Polygon", "coordinates": [[[1], [2], [3], [4]]]},
        {"type": "Polygon", "coordinates": "none"},
        {"type": "Polygon"},
        {"coordinates": []},
        {"type": "Polygon", "coordinates": [[[1e400, 2], [3, 4], [5, 6], [1, 2]]]},
        "text",
        [1, 2],
        {"type": "GeometryCollection", "geometries": [{"type": "GeometryCollection", "geometries": 5}]},
    ],
)
def test_a_broken_geometry_costs_its_own_row_only(geometry: Any) -> None:
    good = json.loads(shapely.to_geojson(BOX))
    found = read_layer(collection(geometry, good).replace(b"Infinity", b"1e400"), "a.json")
    assert found.shapes[0] is None or found.shapes[0].is_empty
    assert found.shapes[1].equals(BOX)


def test_a_border_tangled_without_end_is_not_mended() -> None:
    noise = np.random.default_rng(1).uniform((107.5, 29.8), (107.6, 29.9), (2_500, 2))
    draft = read(geojson([shapely.Polygon(noise), BOX], {"code": ["500230101", "500230102"]}), datum=None)
    assert [feature.state.value for feature in draft.features] == ["empty", "matched"]


def test_shapes_in_heaps_are_refused() -> None:
    heap = [shapely.box(107.5, 29.8, 107.9, 29.9 + 0.0001 * place) for place in range(400)]
    with pytest.raises(BoundaryRefused, match="互相重叠"):
        read(geojson(heap, {}))


@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::RuntimeWarning")
def test_changed_bytes_never_end_in_anything_but_an_answer_or_a_refusal() -> None:
    random_ = random.Random(11)
    texts = geojson(
        [BOX, shapely.box(107.6, 29.8, 107.7, 29.9)], {"code": ["500230101", "500230102"], "名称": ["a", "b"]}
    )
    parts = parts_of(GOOD)
    for _ in range(120):
        source = random_.choice(["geojson", *parts])
        data = bytearray(texts if source == "geojson" else parts[source])
        for _ in range(random_.randint(1, 6)):
            data[random_.randrange(len(data))] = random_.randrange(256)
        if random_.random() < 0.3:
            del data[random_.randrange(len(data)) :]
        whole = bytes(data) if source == "geojson" else zipped(parts | {source: bytes(data)})
        refusal = _refusal(whole, "a.geojson" if source == "geojson" else "a.zip")
        assert refusal is None or (refusal.what and refusal.remedy)


def _refusal(data: bytes, name: str) -> BoundaryRefused | None:
    try:
        read(data, name)
    except BoundaryRefused as refused:
        return refused
    return None
