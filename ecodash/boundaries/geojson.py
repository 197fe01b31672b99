"""GeoJSON bytes → Layer, by the standard library's parser."""

import json
import re
from typing import Any, NoReturn

import numpy as np
import shapely

from ecodash.boundaries import layer as limits
from ecodash.boundaries.layer import BoundaryRefused, Layer, text_of
from ecodash.domain.boundaries import Note

_MAX_COLUMNS = 200
_EPSG = re.compile(r"EPSG:{1,2}[\d.]*:?(\d{4,6})$", re.IGNORECASE)
_GEOMETRIES = ("Polygon", "MultiPolygon", "GeometryCollection", "Point", "LineString", "MultiPoint", "MultiLineString")


def read_geojson(data: bytes) -> Layer:
    """The features of a FeatureCollection, a feature, or a bare geometry.

    Raises:
        BoundaryRefused: it is no GeoJSON, or too much of it.
    """
    text, encoding = _decoded(data)
    found = _parsed(text)
    features = _features(found)
    if len(features) > limits.MAX_FEATURES:
        raise limits.too_many_features(len(features))
    shapes = np.empty(len(features), dtype=object)
    left = limits.MAX_VERTICES
    broken: list[int] = []
    for place, feature in enumerate(features):
        geometry = feature.get("geometry")
        if geometry is None:
            continue
        builder = _Builder(place + 1, left)
        try:
            shapes[place] = builder.shape(geometry)
        except (TypeError, ValueError, LookupError, AttributeError, OverflowError, shapely.errors.GEOSException):
            broken.append(place + 1)
        left = builder.left
    notes = [Note("encoding", {"encoding": encoding})] if encoding != "utf-8" else []
    notes += [Note("broken_shapes", {"rows": broken})] if broken else []
    return Layer(shapes, _columns(features), _crs(found), encoding, tuple(notes))


def _decoded(data: bytes) -> tuple[str, str]:
    try:
        return data.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("gb18030"), "gb18030"
    except UnicodeDecodeError as error:
        raise BoundaryRefused("文件的编码不是 UTF-8，也不是 GBK。", "请另存为 UTF-8 编码的 GeoJSON。") from error


def _parsed(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text, parse_constant=_refuse_constant)
    except RecursionError as error:
        raise BoundaryRefused("文件里的括号层数过多，不是 GeoJSON。", "请用制图软件重新导出。") from error
    except json.JSONDecodeError as error:
        raise BoundaryRefused(
            f"文件不是完整的 JSON：第 {error.lineno} 行第 {error.colno} 个字符处读不下去。",
            "文件可能没有下载完整；请重新导出后上传。",
        ) from error
    except ValueError as error:
        raise BoundaryRefused(
            "文件里有不是数字的坐标（NaN、Infinity 或过长的数）。", "请用制图软件重新导出。"
        ) from error
    if not isinstance(found, dict):
        raise BoundaryRefused("文件是 JSON，但不是 GeoJSON。", "请导出为 FeatureCollection。")
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _features(found: dict[str, Any]) -> list[dict[str, Any]]:
    kind = found.get("type")
    if kind == "FeatureCollection" and isinstance(found.get("features"), list):
        return [one if isinstance(one, dict) else {} for one in found["features"]]
    if kind == "Feature":
        return [found]
    if kind in _GEOMETRIES:
        return [{"type": "Feature", "properties": {}, "geometry": found}]
    if kind == "Topology":
        raise BoundaryRefused("文件是 TopoJSON，不是 GeoJSON。", "请在制图软件里另存为 GeoJSON。")
    raise BoundaryRefused("文件是 JSON，但不是 GeoJSON。", "请导出为 FeatureCollection。")


def _columns(features: list[dict[str, Any]]) -> dict[str, list[str]]:
    """Attributes as texts; a feature's own id is one of them, as some programs put the code there."""
    names: dict[str, None] = {}
    for feature in features:
        properties = feature.get("properties")
        for name in properties if isinstance(properties, dict) else ():
            if len(names) < _MAX_COLUMNS:
                names.setdefault(str(name))
    columns = {name: [_value(feature, name) for feature in features] for name in names}
    identities = [text_of(feature.get("id")) for feature in features]
    return columns | ({"id": identities} if any(identities) and "id" not in columns else {})


def _value(feature: dict[str, Any], name: str) -> str:
    properties = feature.get("properties")
    return text_of(properties.get(name))[:200] if isinstance(properties, dict) else ""


def _crs(found: dict[str, Any]) -> str:
    """What the older form of GeoJSON says of its coordinates: EPSG:4547, or nothing for degrees of WGS-84."""
    member = found.get("crs")
    properties = member.get("properties") if isinstance(member, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    match = _EPSG.search(name[:200]) if isinstance(name, str) else None
    return f"EPSG:{match[1]}" if match else ""


class _Builder:
    """Geometries of one feature, counted as they are built; heights are dropped.

    Args:
        row: the feature's place in the file, from 1.
        left: how many vertices may still come.
    """

    def __init__(self, row: int, left: int) -> None:
        self._row, self.left, self._rings = row, left, 0

    def shape(self, geometry: dict[str, Any], depth: int = 0) -> Any:
        """A polygon or multi-polygon; None for points and lines."""
        kind = geometry["type"]
        if kind == "Polygon":
            return self._polygon(geometry["coordinates"])
        if kind == "MultiPolygon":
            return shapely.multipolygons([self._polygon(rings) for rings in geometry["coordinates"]])
        if kind == "GeometryCollection" and depth < 3:
            inner = [self.shape(one, depth + 1) for one in geometry["geometries"]]
            parts = [part for one in inner if one is not None for part in shapely.get_parts(one)]
            return shapely.multipolygons(parts) if parts else None
        return None

    def _polygon(self, rings: list[Any]) -> Any:
        built = [self._ring(ring) for ring in rings]
        return shapely.polygons(built[0], holes=built[1:] or None)

    def _ring(self, positions: list[Any]) -> Any:
        self._rings += 1
        self.left -= len(positions)
        if self._rings > limits.MAX_RINGS:
            raise limits.too_many_rings(self._row)
        if self.left < 0:
            raise limits.too_many_vertices()
        coordinates = np.array([(position[0], position[1]) for position in positions], dtype=np.float64)
        if not np.isfinite(coordinates).all():
            raise ValueError("a coordinate is not finite")
        return shapely.linearrings(coordinates)
