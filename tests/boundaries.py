"""Boundary files for tests: real county outlines cut into made-up towns and villages. Never shipped as data."""

import io
import json
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyproj
import shapely
from pyogrio import raw

from ecodash.boundaries.datums import from_wgs84
from ecodash.catalog.geo import county_outline, town_points
from ecodash.catalog.regions import RegionBook
from ecodash.domain.boundaries import Datum
from ecodash.domain.regions import Level, RegionTree, region_key
from ecodash.settings import PROJECT_ROOT

DATA = PROJECT_ROOT / "data"
FENGDU = region_key("500230")
Shapes = dict[int, Any]
Points = npt.NDArray[np.float64]


@cache
def fengdu_tree() -> RegionTree:
    """丰都县 as the country's list has it."""
    return RegionTree(RegionBook(DATA).regions(["500230"]))


@cache
def outline_of(county: int) -> Any:
    rings = county_outline(DATA, county)
    assert rings
    area = shapely.Polygon()
    for ring in rings:  # Rings within rings are holes.
        area = shapely.symmetric_difference(area, shapely.make_valid(shapely.Polygon(ring)))
    return area


@cache
def _towns() -> Shapes:
    points = town_points(DATA)
    points = points[points["region"] // 1_000_000 == FENGDU // 1_000_000]
    return cut(
        outline_of(FENGDU), dict(zip(points["region"], zip(points["lon"], points["lat"], strict=True), strict=True))
    )


def towns() -> Shapes:
    """Made-up polygons of all 30 towns of 丰都县, by key, WGS-84, neighbours sharing their borders."""
    return dict(_towns())


@cache
def villages(count: int) -> Shapes:
    """Made-up polygons of villages of 丰都县 under numbers, WGS-84."""
    outline, random = outline_of(FENGDU), np.random.default_rng(7)
    west, south, east, north = outline.bounds
    seeds: dict[int, tuple[float, float]] = {}
    while len(seeds) < count:
        x, y = random.uniform(west, east), random.uniform(south, north)
        if shapely.contains_xy(outline, x, y):
            seeds[len(seeds)] = (x, y)
    return cut(outline, seeds)


def cut(outline: Any, seeds: Mapping[int, tuple[float, float]], step: float = 0.002) -> Shapes:
    """The outline cut between seeds along wavy lines: a coverage, each piece that of the seed it holds most of."""
    keys, places = list(seeds), shapely.points(list(seeds.values()))
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(places), extend_to=outline.envelope))
    lines = shapely.transform(shapely.segmentize(shapely.union_all(shapely.boundary(cells)), step), _wavy)
    pieces = shapely.get_parts(shapely.polygonize([shapely.union_all([lines, outline.boundary])]))
    pieces = [piece for piece in pieces if outline.contains(piece.representative_point())]
    tree = shapely.STRtree(shapely.transform(places, _wavy))
    owners: dict[int, list[Any]] = {}
    for piece in pieces:
        held = tree.query(piece, predicate="contains")
        owner = int(held[0]) if len(held) else int(tree.nearest(piece.representative_point()))
        owners.setdefault(keys[owner], []).append(piece)
    return {key: shapely.union_all(parts) for key, parts in owners.items()}


def _wavy(points: Points) -> Points:
    x, y = points[:, 0], points[:, 1]
    return np.column_stack(
        [x + 0.0013 * np.sin(900 * y) + 0.0006 * np.sin(2900 * y + 700 * x), y + 0.0012 * np.sin(800 * x + 600 * y)]
    )


def shifted(shapes: Sequence[Any], datum: Datum) -> list[Any]:
    return [shapely.transform(shape, lambda points: from_wgs84(points, datum)) for shape in shapes]


def projected(shapes: Sequence[Any], crs: str) -> list[Any]:
    """In metres of a projection, with no change of datum."""
    target = pyproj.CRS.from_user_input(crs)
    transformer = pyproj.Transformer.from_crs(target.geodetic_crs, target, always_xy=True)

    def project(points: Points) -> Points:
        return np.column_stack(transformer.transform(points[:, 0], points[:, 1]))

    return [shapely.transform(shape, project) for shape in shapes]


def geojson(shapes: Sequence[Any], columns: Mapping[str, Sequence[Any]], **more: Any) -> bytes:
    """A FeatureCollection as desktop programs write it."""
    features = [
        {
            "type": "Feature",
            "properties": {name: values[place] for name, values in columns.items()},
            "geometry": json.loads(shapely.to_geojson(shape)) if shape is not None else None,
        }
        for place, shape in enumerate(shapes)
    ]
    return json.dumps({"type": "FeatureCollection", **more, "features": features}, ensure_ascii=False).encode()


def shapefile(
    shapes: Sequence[Any],
    columns: Mapping[str, Sequence[Any]],
    *,
    crs: str | None = None,
    encoding: str = "GBK",
    drop: Sequence[str] = (),
    replaced: Mapping[str, bytes] | None = None,
    folder: str = "",
) -> bytes:
    """A zipped Shapefile as ArcGIS or QGIS writes it.

    Args:
        drop: suffixes left out, such as .prj.
        replaced: content of parts put in place of what GDAL wrote.
        folder: before the names in the archive.
    """
    fields = [np.array(values, dtype=object if isinstance(values[0], str) else None) for values in columns.values()]
    with tempfile.TemporaryDirectory() as home:
        raw.write(
            str(Path(home) / "layer.shp"), shapely.to_wkb(np.asarray(shapes, dtype=object)), fields, list(columns),
            geometry_type="Polygon", crs=crs or "EPSG:4490", encoding=encoding, driver="ESRI Shapefile", promote_to_multi=False,
        )  # fmt: skip
        drop = drop if crs else (*drop, ".prj")
        parts = {path.suffix: path.read_bytes() for path in Path(home).iterdir()} | dict(replaced or {})
    return zipped({f"{folder}乡镇界{suffix}": data for suffix, data in parts.items() if suffix not in drop})


def zipped(files: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def town_columns(keys: Sequence[int]) -> dict[str, list[Any]]:
    """Code as a number and name, as a land survey's table has them."""
    tree = fengdu_tree()
    return {"XZQDM": [key // 1000 for key in keys], "XZQMC": [tree.get(key).name for key in keys]}


def level_keys(level: Level) -> list[int]:
    return [region.key for region in fengdu_tree().under(FENGDU, level)]
