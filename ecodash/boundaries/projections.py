"""A file's coordinates → degrees of its own datum: what its .prj or EPSG code says, else what the numbers say.

China's survey files come in Gauss-Krüger zones of 3 or 6 degrees, in metres, the easting often led by the zone's
number, and now and then with north before east. Only projections are undone here: no datum is changed by them, and
no grid is looked for.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pyproj
from pyproj.exceptions import CRSError, ProjError
from pyproj.network import set_network_enabled  # type: ignore[attr-defined]

from ecodash.boundaries.datums import Points
from ecodash.boundaries.layer import BoundaryRefused
from ecodash.domain.boundaries import Note
from ecodash.i18n import marked

WEST, EAST, SOUTH, NORTH = 73.0, 136.0, 3.0, 54.0
"""China's extent in degrees."""

_WKT = re.compile(r"\s*(?:PROJCS|GEOGCS|PROJCRS|PROJECTEDCRS|GEOGCRS|GEODCRS|GEODETICCRS|GEOGRAPHICCRS)\s*\[", re.I)
_OLD_DATUMS = {marked("北京 54"): re.compile(r"beijing[\s_]*(?:19)?54|krasov", re.I),
               marked("西安 80"): re.compile(r"xian[\s_]*(?:19)?80|iag[\s_]*(?:19)?75|xian", re.I)}  # fmt: skip
_MILLION = 1_000_000

set_network_enabled(False)


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a file's coordinates.

    Args:
        name: what is shown of it: degrees, or a zone and its central meridian.
        crs: pyproj's definition of the projection; None for degrees.
        offset: taken off the eastings first: the zone's number, in millions of metres.
        is_swapped: north stands before east.
        is_stated: by the file, not guessed.
        is_cgcs2000: whether its degrees are said to be of CGCS2000.
    """

    name: str
    crs: pyproj.CRS | None = None
    offset: float = 0.0
    is_swapped: bool = False
    is_stated: bool = False
    is_cgcs2000: bool = False

    def degrees(self, points: Points) -> Points:
        """Points as longitude and latitude; infinite where the projection has none."""
        found = points[:, ::-1] if self.is_swapped else points
        if self.crs is None or self.crs.geodetic_crs is None:
            return np.ascontiguousarray(found)
        transformer = pyproj.Transformer.from_crs(self.crs, self.crs.geodetic_crs, always_xy=True)
        lon, lat = transformer.transform(found[:, 0] - self.offset, found[:, 1])
        return np.column_stack([lon, lat])


def readings(points: Points, crs: str) -> tuple[list[Reading], list[Note]]:
    """The ways a file's coordinates may be read that put them into China, and what is to be said of them.

    Args:
        points: a sample of the file's vertices.
        crs: what the file says: WKT, EPSG:n, or nothing.
    Raises:
        BoundaryRefused: no reading puts them there.
    """
    stated, notes = _stated(crs)
    if stated is not None and _lies_in_china(stated, points):
        return [stated], notes
    if stated is not None:
        swapped = replace(stated, is_swapped=True)
        if _lies_in_china(swapped, points):
            return [swapped], [*notes, Note("swapped")]
        notes = [*notes, Note("projection_contradicted", {"name": stated.name})]
    found = [one for one in _guesses(points) if _lies_in_china(one, points)]
    if not found:
        x, y = _farthest(points)
        raise BoundaryRefused(
            f"图形的坐标不在中国范围内（例如 {x:.8g}, {y:.8g}）。",
            "请核对坐标系；Shapefile 请连同 .prj 一起打包，或在制图软件里转成 CGCS2000 经纬度后上传。",
        )
    return found, notes


def _farthest(points: Points) -> Points:
    """The point that lies farthest from most of the others: a single one astray is to be found again."""
    distances = np.abs(points - np.median(points, axis=0)).max(axis=1)
    found: Points = points[int(distances.argmax())]
    return found


def _lies_in_china(reading: Reading, points: Points) -> bool:
    try:
        degrees = reading.degrees(points)
    except ProjError:
        return False
    lon, lat = degrees[:, 0], degrees[:, 1]
    inside = (lon > WEST) & (lon < EAST) & (lat > SOUTH) & (lat < NORTH)
    return bool(inside.all())


# ── what the file says ─────────────────────────────────────────────────────────────────────────────────────────────


def _stated(crs: str) -> tuple[Reading | None, list[Note]]:
    """The reading the file states; None where it states none that can be used."""
    if not crs:
        return None, []
    try:
        found = _definition(crs)
    except CRSError:
        return None, [Note("projection_unreadable")]
    old = [Note("old_datum", {"name": name}) for name, pattern in _OLD_DATUMS.items() if pattern.search(_names(found))]
    is_2000 = "2000" in _names(found)
    if found.is_geographic:
        return Reading("degrees", is_stated=True, is_cgcs2000=is_2000), old
    if not found.is_projected:
        return None, [Note("projection_unreadable")]
    return Reading(found.name[:80], found, is_stated=True, is_cgcs2000=is_2000), old


def _definition(crs: str) -> pyproj.CRS:
    """The definition without any shift to another datum that may be tied to it.

    WKT may carry a PROJ string of its own, which could name files: such a text is not taken.
    """
    if crs.startswith("EPSG:"):
        found = pyproj.CRS.from_epsg(int(crs.removeprefix("EPSG:")))
    elif _WKT.match(crs) and "EXTENSION" not in crs.upper():
        found = pyproj.CRS.from_wkt(crs)
    else:
        raise CRSError("not a definition that is read")
    if found.is_bound and found.source_crs is not None:
        found = found.source_crs
    return found.sub_crs_list[0] if found.is_compound else found


def _names(crs: pyproj.CRS) -> str:
    parts = [crs.name, crs.datum.name if crs.datum else "", crs.ellipsoid.name if crs.ellipsoid else ""]
    return " ".join(parts)


# ── what the numbers say ───────────────────────────────────────────────────────────────────────────────────────────


def _guesses(points: Points) -> Iterator[Reading]:
    x, y = points[:, 0], points[:, 1]
    if np.abs(points).max() <= 180:
        yield Reading("degrees")
        yield Reading("degrees", is_swapped=True)
        return
    if max(np.abs(x).max(), np.abs(y).max()) < 1e5:
        return
    # North is the number of two to six millions; an easting has six digits, or eight with the zone before them.
    for is_swapped, east, north in ((False, x, y), (True, y, x)):
        if north.min() > 3e5 and north.max() < 6e6:
            yield from (replace(zone, is_swapped=is_swapped) for zone in _zones(east))


def _zones(east: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> Iterator[Reading]:
    zone = int(np.median(east) // _MILLION)
    if 25 <= zone <= 45:
        yield _zone(3 * zone, 3, zone)
    elif 13 <= zone <= 23:
        yield _zone(6 * zone - 3, 6, zone)
    elif zone == 0 and east.min() > 1e5 and east.max() < 9e5:
        # No zone is named: any of China's meridians may be meant, and the county's outline tells which.
        for meridian in range(75, 136, 3):
            yield _zone(meridian, 3, 0)


def _zone(meridian: int, width: int, zone: int) -> Reading:
    """A Gauss-Krüger zone; those of 3 and 6 degrees about one meridian are the same projection."""
    crs = pyproj.CRS.from_proj4(f"+proj=tmerc +lat_0=0 +lon_0={meridian} +k=1 +x_0=500000 +y_0=0 +ellps=GRS80 +units=m")
    name = f"CGCS2000 / {width}° Gauss-Kruger CM {meridian}E" + (f" zone {zone}" if zone else "")
    return Reading(name, crs, float(zone * _MILLION), is_cgcs2000=True)
