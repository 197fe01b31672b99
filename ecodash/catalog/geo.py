"""data/regions/*.geojson → county outlines and town points, all in WGS-84. There are no town or village boundaries."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from ecodash.domain.regions import region_key

OUTLINES_FILE = "county_outlines_wgs84.geojson"
POINTS_FILE = "town_points_wgs84.geojson"

Ring = list[tuple[float, float]]


def county_outline(data_dir: Path, county_key: int) -> list[Ring] | None:
    """The rings of a county's outline as (longitude, latitude) in degrees, WGS-84; None where there is no outline.

    Exclaves and holes are rings like the rest: fill by the even-odd rule. Only 12 counties have an outline.
    """
    rings = _outlines(data_dir / "regions" / OUTLINES_FILE).get(county_key)
    # The cached rings are tuples, so a caller may change what it is handed.
    return None if rings is None else [list(ring) for ring in rings]


def town_points(data_dir: Path) -> pd.DataFrame:
    """One row per town with a known point, by key: region (int64 key), lon, lat (degrees, WGS-84), source.

    source says what the point is: the town's seat from GeoNames, or the centre of the town's bounding box.
    A town whose place is unknown has no row; it is never put at 0.
    """
    rows = [
        (
            region_key(feature["properties"]["town_code"]),
            float(feature["geometry"]["coordinates"][0]),
            float(feature["geometry"]["coordinates"][1]),
            str(feature["properties"]["point_source"]),
        )
        for feature in _features(data_dir / "regions" / POINTS_FILE)
    ]
    points = pd.DataFrame(sorted(rows), columns=["region", "lon", "lat", "source"])
    return points.astype({"region": "int64", "lon": "float64", "lat": "float64"})


@lru_cache(maxsize=4)
def _outlines(path: Path) -> dict[int, tuple[tuple[tuple[float, float], ...], ...]]:
    outlines: dict[int, tuple[tuple[tuple[float, float], ...], ...]] = {}
    for feature in _features(path):
        geometry = feature["geometry"]
        polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
        outlines[region_key(feature["properties"]["county_code"])] = tuple(
            tuple((float(lon), float(lat)) for lon, lat in ring) for polygon in polygons for ring in polygon
        )
    return outlines


def _features(path: Path) -> list[dict[str, Any]]:
    features: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["features"]
    return features
