"""GeoJSON of areas → the vertex rows a map is drawn from."""

import json
from collections.abc import Iterable
from typing import Any

import pandas as pd

from ecodash.domain.regions import region_key

COLUMNS = ["county", "ring", "lon", "lat"]


def read_areas(content: bytes) -> pd.DataFrame:
    """The polygons of a FeatureCollection whose features' ids are region codes, in WGS-84.

    Returns:
        One row per vertex: county (key of the feature's region, of whatever level, as map_drawing calls it), ring,
        lon, lat. Holes and exclaves are rings like the rest: fill by the even-odd rule. Features that are not areas
        have no rows.
    """
    rows = [
        (region_key(str(feature["id"])), number, float(point[0]), float(point[1]))
        for feature in json.loads(content)["features"]
        for number, ring in enumerate(_rings(feature.get("geometry") or {}))
        for point in ring
    ]
    frame = pd.DataFrame(rows, columns=COLUMNS)
    return frame.astype({"county": "int64", "ring": "int64", "lon": float, "lat": float})


def _rings(geometry: dict[str, Any]) -> Iterable[list[list[float]]]:
    kind, coordinates = geometry.get("type"), geometry.get("coordinates", [])
    if kind == "GeometryCollection":
        for part in geometry.get("geometries", []):
            yield from _rings(part)
    elif kind == "Polygon":
        yield from coordinates
    elif kind == "MultiPolygon":
        for polygon in coordinates:
            yield from polygon
