"""The picture of a set of boundaries: its shapes over the county's outline, as SVG."""

import math
from collections.abc import Iterator
from html import escape

import numpy as np
import shapely

from ecodash.boundaries.collection import read_collection
from ecodash.boundaries.datums import Points

WIDTH = 720.0
_TALLEST = 720.0
_MARGIN = 10.0
_FONT = 13.0
_DETAIL = 0.6
"""Drawing units: what is smaller is not seen."""
_MOST_NAMED = 80
_FONTS = "'Microsoft YaHei','Noto Sans CJK SC','PingFang SC',sans-serif"
_SHAPE, _BORDER, _OUTLINE = "#cfe6d8", "#3f7d63", "#b3261e"

Ring = list[tuple[float, float]]


def draw(content: bytes, names: dict[str, str], outline: list[Ring] | None, *, label: str) -> str:
    """Shapes filled, the county's outline dashed over them; north is up. Empty where there is nothing to draw.

    Args:
        content: GeoJSON as kept; empty where nothing matched.
        names: of regions by code.
        outline: rings in WGS-84; None where it is not known.
        label: the picture's name for those who do not see it.
    """
    polygons = read_collection(content) if content else {}
    shapes = [
        shapely.multipolygons([shapely.polygons(p[0], holes=p[1:] or None) for p in parts])
        for parts in polygons.values()
    ]
    rings = [shapely.linestrings(ring) for ring in outline or []]
    if not shapes and not rings:
        return ""
    project, height = _projection(shapely.total_bounds([*shapes, *rings]))
    flat = [shapely.simplify(shapely.transform(one, project), _DETAIL) for one in shapes]
    lines = [shapely.simplify(shapely.transform(one, project), _DETAIL) for one in rings]
    body = [_shape(shape, names.get(code, code)) for code, shape in zip(polygons, flat, strict=True)]
    body += [
        f'<path d="{_path(line)}" fill="none" stroke="{_OUTLINE}" stroke-width="1.6" stroke-dasharray="7 4"/>'
        for line in lines
    ]
    if len(polygons) <= _MOST_NAMED:
        body += _labels(flat, [names.get(code, code) for code in polygons])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {WIDTH:.0f} {height:.0f}" role="img" font-family="{_FONTS}">'
        f'<title>{escape(label)}</title><rect width="100%" height="100%" fill="#fff"/>{"".join(body)}</svg>'
    )


class _Projection:
    """Degrees to drawing units, longitude shrunk by the cosine of the middle latitude."""

    def __init__(self, west: float, north: float, squeeze: float, scale: float) -> None:
        self._west, self._north, self._squeeze, self._scale = west, north, squeeze, scale

    def __call__(self, points: Points) -> Points:
        x = _MARGIN + (points[:, 0] - self._west) * self._squeeze * self._scale
        return np.column_stack([x, _MARGIN + (self._north - points[:, 1]) * self._scale])


def _projection(bounds: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> tuple[_Projection, float]:
    west, south, east, north = (float(side) for side in bounds)
    squeeze = math.cos(math.radians((south + north) / 2))
    across, tall = max((east - west) * squeeze, 1e-6), max(north - south, 1e-6)
    scale = min((WIDTH - 2 * _MARGIN) / across, (_TALLEST - 2 * _MARGIN) / tall)
    left = west - ((WIDTH - 2 * _MARGIN) / scale - across) / 2 / squeeze
    return _Projection(left, north, squeeze, scale), tall * scale + 2 * _MARGIN


def _shape(shape: shapely.Geometry, name: str) -> str:
    return (
        f'<path d="{_path(shape)}" fill="{_SHAPE}" fill-rule="evenodd" stroke="{_BORDER}" stroke-width="0.9">'
        f"<title>{escape(name)}</title></path>"
    )


def _labels(shapes: list[shapely.Geometry], names: list[str]) -> Iterator[str]:
    """Names inside their regions, the largest first, where there is room and no other name."""
    taken: list[shapely.Geometry] = []
    for shape, name in sorted(zip(shapes, names, strict=True), key=lambda pair: -pair[0].area):
        west, _, east, _ = shape.bounds
        place, wide = shape.representative_point(), _FONT * len(name)
        box = shapely.box(place.x - wide / 2, place.y - _FONT * 0.7, place.x + wide / 2, place.y + _FONT * 0.7)
        if east - west < wide * 0.95 or any(box.intersects(other) for other in taken):
            continue
        taken.append(box)
        yield (
            f'<text x="{place.x:.1f}" y="{place.y + _FONT / 3:.1f}" font-size="{_FONT:.0f}" text-anchor="middle" '
            f'fill="#14231d" stroke="#fff" stroke-width="3" paint-order="stroke" aria-hidden="true">{escape(name)}</text>'
        )


def _path(shape: shapely.Geometry) -> str:
    if shape.geom_type in ("LineString", "LinearRing"):
        return _line(shape)
    return "".join(_line(ring) for ring in shapely.get_rings(shapely.get_parts(shape)))


def _line(line: shapely.Geometry) -> str:
    points = shapely.get_coordinates(line)
    return "M" + " ".join(f"{x:.1f},{y:.1f}" for x, y in points.tolist()) + "Z" if len(points) > 2 else ""
