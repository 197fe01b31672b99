"""Polygons ↔ the GeoJSON that is kept and served."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely

from ecodash.boundaries.mending import DIGITS


def write_collection(codes: Sequence[str], names: Sequence[str], shapes: Sequence[shapely.Geometry]) -> bytes:
    """A FeatureCollection in WGS-84, five decimals, in the order given.

    A feature's id is its region's code, by which charts find it; its name is its one property. Outer rings run
    clockwise: what draws maps on a sphere takes the other way round for the world without the region.
    """
    turned = shapely.orient_polygons(np.asarray(shapes, dtype=object), exterior_cw=True)
    features = [
        f'{{"type":"Feature","id":{_text(code)},"properties":{{"name":{_text(name)}}},"geometry":{_geometry(shape)}}}'
        for code, name, shape in zip(codes, names, turned, strict=True)
    ]
    return ('{"type":"FeatureCollection","features":[' + ",\n".join(features) + "]}").encode()


def overhead_of(codes: Sequence[str], names: Sequence[str], shapes: Sequence[shapely.Geometry]) -> int:
    """Bytes of a collection that are not coordinates."""
    rings = len(shapely.get_rings(shapely.get_parts(np.asarray(shapes, dtype=object))))
    texts = sum(len(_text(one).encode()) for one in (*codes, *names))
    return 60 + 105 * len(codes) + texts + 6 * rings


def digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def read_collection(content: bytes) -> dict[str, list[list[list[tuple[float, float]]]]]:
    """The polygons of a collection by region code: each a list of rings, each a list of (longitude, latitude)."""
    found: dict[str, list[list[list[tuple[float, float]]]]] = {}
    for feature in json.loads(content)["features"]:
        geometry = feature["geometry"]
        polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
        found[str(feature["id"])] = [[[(x, y) for x, y in ring] for ring in polygon] for polygon in polygons]
    return found


def _geometry(shape: shapely.Geometry) -> str:
    parts = [_polygon(part) for part in shapely.get_parts(shape)]
    if len(parts) == 1:
        return f'{{"type":"Polygon","coordinates":{parts[0]}}}'
    return f'{{"type":"MultiPolygon","coordinates":[{",".join(parts)}]}}'


def _polygon(polygon: Any) -> str:
    rings = [_ring(polygon.exterior), *(_ring(ring) for ring in polygon.interiors)]
    return f"[{','.join(rings)}]"


def _ring(ring: shapely.LinearRing) -> str:
    return "[" + ",".join(f"[{_number(x)},{_number(y)}]" for x, y in shapely.get_coordinates(ring).tolist()) + "]"


def _number(value: float) -> str:
    return f"{value:.{DIGITS}f}".rstrip("0").rstrip(".")


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
