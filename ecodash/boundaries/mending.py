"""Polygons mended, and simplified together so that neighbours keep their common border."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from ecodash.boundaries.layer import BoundaryRefused, Shapes
from ecodash.domain.boundaries import Note

DIGITS = 5
GRID = 10.0**-DIGITS
"""Degrees: about a metre, the digits that are kept."""
FINEST = 1e-4
"""Degrees: about ten metres, less than a pixel of a county on any screen."""
_COARSEST = 0.02
_STEPS = 12
_GAP = 5e-5
"""Degrees: slits narrower than about five metres between neighbours are a drawing's error."""
_NOTABLE = 0.005
"""Of a shape's area."""
_MOST_CROSSINGS = 100_000
_CHUNK = 200
_NEIGHBOURS = 40
_METRES = 111_320.0


@dataclass(frozen=True, slots=True)
class Simplified:
    """Polygons as they are kept.

    Args:
        shapes: polygons or multi-polygons; None where nothing was left of one.
        tolerance_m: about how far a border was allowed to move; 0 where nothing was left out.
        before, after: vertices.
    """

    shapes: Shapes
    tolerance_m: float
    before: int
    after: int


def mended(shapes: Shapes) -> tuple[Shapes, list[int], list[int]]:
    """Valid polygons, with the rows (from 1) that were mended, and those that are no polygons or beyond mending."""
    found = shapes.copy()
    repaired: list[int] = []
    lost: list[int] = []
    for place, shape in enumerate(shapes):
        if shape is None or shape.is_empty or shape.geom_type not in ("Polygon", "MultiPolygon"):
            found[place] = None
            lost.append(place + 1)
        elif not shape.is_valid:
            found[place] = _mended(shape)
            (repaired if found[place] is not None else lost).append(place + 1)
    return found, repaired, lost


def _mended(shape: shapely.Geometry) -> shapely.Geometry | None:
    if not np.isfinite(shapely.get_coordinates(shape)).all() or _is_tangled(shape):
        return None
    return polygonal(shapely.make_valid(shape, method="structure", keep_collapsed=False))


def _is_tangled(shape: shapely.Geometry) -> bool:
    """Whether borders cross themselves so often that mending would take all memory."""
    parts = shapely.get_parts(shapely.get_rings(shapely.get_parts(shape)))
    lines = []
    for ring in parts:
        points = shapely.get_coordinates(ring)
        lines.append(np.stack([points[:-1], points[1:]], axis=1))
    segments = shapely.linestrings(np.concatenate(lines))
    tree = shapely.STRtree(segments)
    crossings = 0
    for start in range(0, len(segments), _CHUNK):
        crossings += tree.query(segments[start : start + _CHUNK], predicate="crosses").shape[1]
        if crossings > 2 * _MOST_CROSSINGS:
            return True
    return False


def polygonal(shape: shapely.Geometry | None) -> shapely.Geometry | None:
    """The polygons of a shape, None where it has none."""
    if shape is None or shape.is_empty:
        return None
    if shape.geom_type in ("Polygon", "MultiPolygon"):
        return shape
    parts = [part for part in shapely.get_parts(shape) if part.geom_type in ("Polygon", "MultiPolygon")]
    return shapely.union_all(parts) if parts else None


def refuse_pile(shapes: Sequence[shapely.Geometry]) -> None:
    """Refuse shapes that lie on one another in heaps: no map of regions, and endless to work on.

    Raises:
        BoundaryRefused: so.
    """
    tree = shapely.STRtree(shapes)
    allowed = _NEIGHBOURS * len(shapes) + 1_000
    pairs = 0
    for start in range(0, len(shapes), _CHUNK):
        pairs += tree.query(np.asarray(shapes[start : start + _CHUNK], dtype=object)).shape[1]
        if pairs > allowed:
            raise BoundaryRefused("很多图形互相重叠，不像一张行政区划图。", "请核对导出的图层是不是乡镇界或村界。")


# ── simplifying ────────────────────────────────────────────────────────────────────────────────────────────────────


def simplified(shapes: Shapes, budget: int, overhead: int) -> tuple[Simplified, list[Note]]:
    """Polygons on the grid of five decimals, simplified as one coverage until they fit into a number of bytes.

    Args:
        shapes: valid polygons of WGS-84, one per region.
        budget: bytes of GeoJSON.
        overhead: bytes of it that are not coordinates.
    """
    before = int(shapely.get_num_coordinates(shapes).sum())
    aligned, notes = _aligned(shapes)
    aligned = _covering(_on_grid(aligned))
    finest = best = _at(aligned, FINEST)
    tolerance = FINEST
    if _size(best) + overhead > budget:
        fine, coarse = FINEST, _COARSEST
        best, tolerance = _at(finest, coarse), coarse
        for _ in range(_STEPS):
            middle = (fine * coarse) ** 0.5
            tried = _at(finest, middle)
            if _size(tried) + overhead > budget:
                fine = middle
            else:
                best, tolerance, coarse = tried, middle, middle
    best = _on_grid(best)
    after = int(shapely.get_num_coordinates(best).sum())
    return Simplified(best, round(tolerance * _METRES, 1) if after < before else 0.0, before, after), notes


def _at(shapes: Shapes, tolerance: float) -> Shapes:
    held = np.array([shape is not None for shape in shapes])
    found = shapes.copy()
    found[held] = shapely.coverage_simplify(shapes[held], tolerance)
    broken = held & ~shapely.is_valid(found)
    # Where the input was no true coverage a shape may be tied into a knot: it stays as it was.
    found[broken] = shapes[broken]
    return found


def _size(shapes: Shapes) -> int:
    """About how many bytes the coordinates take: `[106.12345,29.12345],` at most."""
    return 21 * int(shapely.get_num_coordinates(shapes).sum())


def _on_grid(shapes: Shapes) -> Shapes:
    """Vertices rounded one by one, so that those two neighbours share stay shared; what that breaks is mended."""
    found = shapely.transform(shapes, lambda points: np.round(points, DIGITS))
    for place in np.flatnonzero(~shapely.is_valid(found)):
        found[place] = polygonal(
            shapely.set_precision(shapely.make_valid(found[place], method="structure", keep_collapsed=False), GRID)
        )
    return np.array([None if one is None or one.is_empty else one for one in found], dtype=object)


def _aligned(shapes: Shapes) -> tuple[Shapes, list[Note]]:
    """Shapes that cover the ground once, and which of them that changed by more than a line's breadth."""
    found = _covering(shapes)
    if found is shapes:
        return shapes, []
    areas, were = shapely.area(found), shapely.area(shapes)
    changed = [int(place) for place in np.flatnonzero(np.abs(areas - were) > _NOTABLE * were)]
    return found, [Note("aligned", {"changed": changed})] if changed else []


def _covering(shapes: Shapes) -> Shapes:
    """Shapes whose common borders have the same vertices; overlaps and slits are given to one neighbour."""
    held = np.array([shape is not None for shape in shapes])
    if shapely.coverage_is_valid(shapes[held], gap_width=_GAP):
        return shapes
    found = shapes.copy()
    found[held] = [
        polygonal(shape) for shape in shapely.coverage_clean(shapes[held], gap_width=_GAP, snapping_distance=GRID)
    ]
    return found
