"""How a file's union fits the county's known outline under each datum, and which datum that speaks for."""

import numpy as np
import numpy.typing as npt
import shapely

from ecodash.boundaries.datums import Points, to_wgs84
from ecodash.domain.boundaries import Clarity, Datum, DatumFit

CANDIDATES = (Datum.WGS84, Datum.GCJ02, Datum.BD09)
"""CGCS2000 is WGS-84 here."""

_METRES = 111_320.0
_CLEAR_LEAD, _NARROW_LEAD = 0.01, 0.003
_LIKELY = 0.75
"""Less overlap than this and the file is not the whole county."""
_ALONG_M, _FARTHER = 200.0, 2.0
"""So near runs a border of another source; so much farther off must those of the wrong datums be."""
_SAMPLES = 800
_NEAR_M, _LEAST_NEAR = 1_500.0, 0.05


def fits(union: shapely.Geometry, outline: shapely.Geometry) -> list[DatumFit]:
    """The fit under each datum, best first.

    Args:
        union: of the file's polygons, in degrees as they stand in the file.
        outline: of the county, WGS-84.
    """
    found = [_fit(moved(union, datum), outline, datum) for datum in CANDIDATES]
    return sorted(found, key=lambda fit: (-fit.overlap, fit.gap_m))


def clarity(found: list[DatumFit]) -> Clarity:
    """How clear the best fit is."""
    if not found:
        return Clarity.UNKNOWN
    lead = found[0].overlap - found[1].overlap
    if found[0].overlap < _LIKELY:
        return Clarity.PARTIAL if _is_nearest(found) else Clarity.UNCLEAR
    if lead < _NARROW_LEAD:
        return Clarity.UNCLEAR
    return Clarity.CLEAR if lead >= _CLEAR_LEAD else Clarity.NARROW


def _is_nearest(found: list[DatumFit]) -> bool:
    """Whether the best by overlap also runs along the outline, and none of the others does."""
    best, others = found[0].gap_m, [fit.gap_m for fit in found[1:]]
    return best <= _ALONG_M and all(np.isnan(gap) or gap >= _FARTHER * best + _ALONG_M / 2 for gap in others)


def moved(shape: shapely.Geometry, datum: Datum) -> shapely.Geometry:
    """A shape of a datum in WGS-84."""

    def move(points: npt.NDArray[np.float64]) -> Points:
        return to_wgs84(points, datum)

    return shapely.transform(shape, move) if datum.is_shifted else shape


def overlap_of(one: shapely.Geometry, other: shapely.Geometry) -> float:
    """Area of the intersection over that of the union, 0 to 1."""
    shared = shapely.intersection(one, other).area
    whole = one.area + other.area - shared
    return float(shared / whole) if whole else 0.0


def valid(shape: shapely.Geometry) -> shapely.Geometry:
    """A shape as it is, or mended."""
    return shape if shape.is_valid else shapely.make_valid(shape, method="structure", keep_collapsed=False)


def _fit(union: shapely.Geometry, outline: shapely.Geometry, datum: Datum) -> DatumFit:
    return DatumFit(datum, overlap_of(valid(union), outline), _gap_m(union, outline))


def _gap_m(union: shapely.Geometry, outline: shapely.Geometry) -> float:
    """Median distance in metres of points along the outline from the border of the union, where that runs near it;
    NaN where hardly any of it does."""
    squeeze = float(np.cos(np.radians(outline.centroid.y)))
    flat = [shapely.transform(one, lambda points: points * [squeeze * _METRES, _METRES]) for one in (union, outline)]
    border, line = shapely.boundary(flat[0]), shapely.boundary(flat[1])
    longest = max(shapely.get_parts(line), key=lambda part: part.length)
    places = shapely.line_interpolate_point(longest, np.linspace(0, 1, _SAMPLES, endpoint=False), normalized=True)
    shapely.prepare(border)
    distances = shapely.distance(border, places)
    near = distances[distances < _NEAR_M]
    return float(np.median(near)) if len(near) >= _LEAST_NEAR * _SAMPLES else float("nan")
