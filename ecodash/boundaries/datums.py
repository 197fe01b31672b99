"""Degrees of one datum → degrees of WGS-84, vectorised.

GCJ-02 moves every place in China by a known smooth function of its WGS-84 place, some hundreds of metres; its inverse
is found by iteration, to less than a millimetre. BD-09 is a further turn and shift of GCJ-02. CGCS2000 and WGS-84 are
the same here: they differ by decimetres, less than the digits kept.

Source: the published formulas of the shift (Krasovsky's ellipsoid, a = 6378245 m), known from eviltransform,
coordtransform and others; tests/unit/boundaries holds the pairs those projects publish.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from ecodash.domain.boundaries import Datum

Points = npt.NDArray[np.float64]
"""One row per point: longitude, latitude, in degrees."""

_A = 6378245.0
_EE = 0.00669342162296594323
_BAIDU = np.pi * 3000.0 / 180.0
_PRECISION = 1e-10
_ROUNDS = 30


def to_wgs84(points: Points, datum: Datum) -> Points:
    """Points of a datum in WGS-84."""
    if datum is Datum.GCJ02:
        return _inverse(points, gcj02_of_wgs84)
    if datum is Datum.BD09:
        return _inverse(_inverse(points, bd09_of_gcj02), gcj02_of_wgs84)
    return points


def from_wgs84(points: Points, datum: Datum) -> Points:
    """Points of WGS-84 in a datum."""
    if datum is Datum.GCJ02:
        return gcj02_of_wgs84(points)
    return bd09_of_gcj02(gcj02_of_wgs84(points)) if datum is Datum.BD09 else points


def gcj02_of_wgs84(points: Points) -> Points:
    """Points of China's mainland moved as internet maps move them."""
    lon, lat = points[:, 0], points[:, 1]
    x, y = lon - 105.0, lat - 35.0
    ripple = 20.0 * np.sin(6.0 * np.pi * x) + 20.0 * np.sin(2.0 * np.pi * x)
    root = np.sqrt(np.abs(x))
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north += (ripple + 20.0 * np.sin(np.pi * y) + 40.0 * np.sin(np.pi * y / 3.0)) * 2.0 / 3.0
    north += (160.0 * np.sin(np.pi * y / 12.0) + 320.0 * np.sin(np.pi * y / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east += (ripple + 20.0 * np.sin(np.pi * x) + 40.0 * np.sin(np.pi * x / 3.0)) * 2.0 / 3.0
    east += (150.0 * np.sin(np.pi * x / 12.0) + 300.0 * np.sin(np.pi * x / 30.0)) * 2.0 / 3.0
    angle = np.radians(lat)
    magic = 1.0 - _EE * np.sin(angle) ** 2
    north = np.degrees(north * magic * np.sqrt(magic) / (_A * (1.0 - _EE)))
    east = np.degrees(east * np.sqrt(magic) / (_A * np.cos(angle)))
    return np.column_stack([lon + east, lat + north])


def bd09_of_gcj02(points: Points) -> Points:
    """Points of GCJ-02 turned and shifted as Baidu's maps have them."""
    lon, lat = points[:, 0], points[:, 1]
    length = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BAIDU)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BAIDU)
    return np.column_stack([length * np.cos(angle) + 0.0065, length * np.sin(angle) + 0.006])


def _inverse(points: Points, forward: Callable[[Points], Points]) -> Points:
    """Where points were before a shift that hardly changes from one place to the next."""
    found = points.copy()
    for _ in range(_ROUNDS):
        error = forward(found) - points
        found -= error
        if not len(error) or np.abs(error).max() < _PRECISION:
            break
    return found
