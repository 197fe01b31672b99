"""A boundary file read for one county: what would be kept, how well it fits, what did not match."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from ecodash.boundaries import collection, fit, matching, mending, projections
from ecodash.boundaries.datums import Points, to_wgs84
from ecodash.boundaries.files import read_layer
from ecodash.boundaries.layer import BoundaryRefused, Layer, Shapes
from ecodash.boundaries.matching import Match, Matching, State
from ecodash.boundaries.projections import Reading
from ecodash.domain.boundaries import Clarity, Datum, DatumFit, Note
from ecodash.domain.region_keys import region_code
from ecodash.domain.regions import Level, RegionTree

BUDGET = 1_500_000
"""Bytes of GeoJSON that one set may have."""
_SAMPLE = 10_000
_UNCOVERED = 0.05

Ring = list[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature of the file, as the preview lists it.

    Args:
        row: its place in the file, from 1.
        code, name: as the file has them.
        state, how: see matching.
        region: key of the region it means; 0 where there is none.
        candidates: keys its name may mean, where it means several.
        disagrees: key of the region its name means where its code means another; 0 else.
    """

    row: int
    code: str
    name: str
    state: State
    how: str
    region: int
    candidates: tuple[int, ...] = ()
    disagrees: int = 0


@dataclass(frozen=True, slots=True)
class Draft:
    """What would be kept of a file.

    Args:
        county, level: what it is a map of.
        datum: its coordinates are taken as.
        datum_from: chosen (by the user), fit, file (its .prj), or none: nothing tells, WGS-84 is assumed.
        fits: best first; empty where the county has no outline.
        clarity: how clear the best fit is.
        projection: how its numbers were read.
        columns: of code, name and town; empty where none served.
        features: one per feature of the file.
        missing: keys of the regions that exist now and got no shape.
        notes: on how it was read.
        content: the GeoJSON; empty where nothing matched.
        keys: of the regions drawn, in code order.
        tolerance_m, vertices_before, vertices_after: how it was simplified.
    """

    file_name: str
    file_sha256: str
    county: int
    level: Level
    datum: Datum
    datum_from: str
    fits: tuple[DatumFit, ...]
    clarity: Clarity
    projection: str
    columns: tuple[str, str, str]
    features: tuple[Feature, ...]
    missing: tuple[int, ...]
    notes: tuple[Note, ...]
    content: bytes
    keys: tuple[int, ...]
    tolerance_m: float
    vertices_before: int
    vertices_after: int

    @property
    def digest(self) -> str:
        return collection.digest_of(self.content)

    @property
    def fit_taken(self) -> DatumFit | None:
        """The fit under the datum that was taken."""
        same = Datum.WGS84 if self.datum is Datum.CGCS2000 else self.datum
        return next((one for one in self.fits if one.datum is same), None)

    def count(self, state: State) -> int:
        """How many features came to a state."""
        return sum(feature.state is state for feature in self.features)

    def detail(self) -> dict[str, Any]:
        """What is kept beside the shapes, as plain values."""
        return {
            "regions": [region_code(key) for key in self.keys],
            "datum_from": self.datum_from,
            "clarity": self.clarity.value,
            "fits": [{"datum": f.datum.value, "overlap": round(f.overlap, 4), "gap_m": _plain(f.gap_m)}
                     for f in self.fits],
            "projection": self.projection,
            "columns": list(self.columns),
            "features": len(self.features),
            "unmatched": [{"row": f.row, "code": f.code, "name": f.name, "state": f.state.value}
                          for f in self.features if not f.region][:500],
            "missing": [region_code(key) for key in self.missing],
            "notes": [{"code": note.code, "values": dict(note.values)} for note in self.notes],
            "tolerance_m": self.tolerance_m,
            "vertices": [self.vertices_before, self.vertices_after],
            "bytes": len(self.content),
        }  # fmt: skip


def read_boundaries(
    data: bytes,
    file_name: str,
    *,
    tree: RegionTree,
    county: int,
    outline: list[Ring] | None,
    month: int,
    level: Level | None = None,
    datum: Datum | None = None,
) -> Draft:
    """Read a file as the map of a county's towns or villages.

    Args:
        data: GeoJSON, or a zip with a Shapefile.
        tree: the regions of the store.
        outline: rings of the county in WGS-84; None where it is not known.
        month: yyyymm; regions that exist in it and get no shape are missing.
        level: TOWN or VILLAGE; the one that more features match where it is not given.
        datum: of the file's degrees; found by fit where it is not given.
    Raises:
        BoundaryRefused: the file cannot be read, lies elsewhere, or holds no polygons.
    """
    layer = read_layer(data, file_name)
    shapes, repaired, lost = mending.mended(layer.shapes)
    if len(lost) == len(shapes):
        raise BoundaryRefused("文件里没有面图形，或全部无法修复。", "请上传乡镇界或村界的面图层。")
    held = [shape for shape in shapes if shape is not None]
    mending.refuse_pile(held)
    notes = [*layer.notes, *([Note("mended", {"rows": repaired})] if repaired else [])]
    known = None if outline is None else _area_of(outline)
    reading, said = _best_reading(shapes, layer.crs, known)
    shapes = _transformed(shapes, reading.degrees)
    fits = tuple(fit.fits(_union(shapes), known)) if known is not None else ()
    taken, source = _datum(datum, fits, reading)
    if taken.is_shifted:
        shapes = _transformed(shapes, lambda points: to_wgs84(points, taken))
    found = _match(layer, tree, county, level)
    features = _features(found, lost)
    drawn, kept, more = _drawn(features, shapes, tree, county)
    keys = tuple(sorted(drawn))
    missing = [one.key for one in tree.under(county, found.level) if one.is_valid(month) and one.key not in drawn]
    return Draft(
        file_name=file_name[:200],
        file_sha256=hashlib.sha256(data).hexdigest(),
        county=county,
        level=found.level,
        datum=taken,
        datum_from=source,
        fits=fits,
        clarity=fit.clarity(list(fits)),
        projection=reading.name,
        columns=(found.code_column, found.name_column, found.town_column),
        features=tuple(features),
        missing=tuple(missing),
        notes=(*notes, *said, *more, *_uncovered(list(drawn.values()), known)),
        content=_content(keys, drawn, tree),
        keys=keys,
        tolerance_m=kept.tolerance_m,
        vertices_before=kept.before,
        vertices_after=kept.after,
    )


# ── where it lies ──────────────────────────────────────────────────────────────────────────────────────────────────


def _area_of(outline: list[Ring]) -> shapely.Geometry:
    """The county's area: rings within rings are holes."""
    area = shapely.Polygon()
    for ring in outline:
        area = shapely.symmetric_difference(area, fit.valid(shapely.Polygon(ring)))
    return area


def _union(shapes: Shapes) -> shapely.Geometry:
    return shapely.union_all([fit.valid(shape) for shape in shapes if shape is not None])


def _transformed(shapes: Shapes, change: Callable[[Points], Points]) -> Shapes:
    """Shapes with changed coordinates; what that ties into a knot is mended."""
    found = shapely.transform(shapes, change)
    for place in np.flatnonzero([shape is not None and not shape.is_valid for shape in found]):
        found[place] = mending.polygonal(fit.valid(found[place]))
    return np.asarray(found, dtype=object)


def _best_reading(shapes: Shapes, crs: str, known: shapely.Geometry | None) -> tuple[Reading, list[Note]]:
    """The reading of the coordinates that lies on the county, where several are possible."""
    points = shapely.get_coordinates(shapes)
    sample = points[:: max(1, len(points) // _SAMPLE)]
    found, notes = projections.readings(sample, crs)
    if len(found) == 1:
        reading = found[0]
    elif known is None:
        raise BoundaryRefused(
            "坐标是不带带号的米制坐标，文件没有说明中央经线，也没有这个县的轮廓可以比对。",
            "请把 .prj 一起打包，或在制图软件里转成 CGCS2000 经纬度后上传。",
        )
    else:
        probe = shapely.box(*shapely.total_bounds(shapes))
        reading = max(
            found, key=lambda one: fit.overlap_of(shapely.transform(probe, one.degrees), shapely.envelope(known))
        )
    if not reading.is_stated:
        notes.append(
            Note("projection_guessed" if reading.crs is not None else "degrees_assumed", {"name": reading.name})
        )
        if reading.is_swapped:
            notes.append(Note("swapped"))
    if known is not None and not shapely.intersects(
        shapely.box(*shapely.total_bounds(_transformed(_boxes(shapes), reading.degrees))), shapely.envelope(known)
    ):
        raise BoundaryRefused("图形不在所选的县。", "请核对选的是哪个县，以及文件的坐标系。")
    return reading, notes


def _boxes(shapes: Shapes) -> Shapes:
    return np.asarray([shapely.box(*shapely.total_bounds(shapes))], dtype=object)


def _datum(chosen: Datum | None, fits: tuple[DatumFit, ...], reading: Reading) -> tuple[Datum, str]:
    """The datum taken, and what tells it: the user, the fit, else the file."""
    stated = Datum.CGCS2000 if reading.is_cgcs2000 else Datum.WGS84
    if chosen is not None:
        return chosen, "chosen"
    if fits and fit.clarity(list(fits)) is not Clarity.UNCLEAR:
        best = fits[0].datum
        return (stated if best is Datum.WGS84 else best), "fit"
    return stated, "file" if reading.is_stated or reading.crs is not None else "none"


# ── what it shows ──────────────────────────────────────────────────────────────────────────────────────────────────


def _match(layer: Layer, tree: RegionTree, county: int, level: Level | None) -> Matching:
    count = len(layer.shapes)
    if level is None:
        return matching.best_match(layer.columns, count, tree, county)
    return matching.match_features(layer.columns, count, tree, county, level)


def _features(found: Matching, lost: list[int]) -> list[Feature]:
    without = set(lost)
    drawn = [match for row, match in enumerate(found.matches, 1) if row not in without]
    twice = matching.repeated(drawn)
    return [_feature(row, match, row in without, match.region in twice) for row, match in enumerate(found.matches, 1)]


def _feature(row: int, match: Match, is_lost: bool, is_repeated: bool) -> Feature:
    if is_lost:
        return Feature(row, match.code, match.name, State.EMPTY, "", 0)
    state = State.REPEATED if is_repeated and match.region else match.state
    return Feature(row, match.code, match.name, state, match.how, match.region, match.candidates, match.disagrees)


def _drawn(
    features: list[Feature], shapes: Shapes, tree: RegionTree, county: int
) -> tuple[dict[int, shapely.Geometry], mending.Simplified, list[Note]]:
    """The shape of each region that got one, simplified, by key."""
    parts: dict[int, list[shapely.Geometry]] = {}
    for feature in features:
        shape = shapes[feature.row - 1]
        if feature.region and shape is not None:
            parts.setdefault(feature.region, []).append(shape)
    keys = sorted(parts)
    if not keys:
        return {}, mending.Simplified(np.empty(0, dtype=object), 0.0, 0, 0), []
    whole = np.empty(len(keys), dtype=object)
    whole[:] = [parts[key][0] if len(parts[key]) == 1 else shapely.union_all(parts[key]) for key in keys]
    names = [tree.get(key).name for key in keys]
    overhead = collection.overhead_of([region_code(key) for key in keys], names, list(whole))
    kept, notes = mending.simplified(whole, BUDGET, overhead)
    said = [_named(note, keys) for note in notes]
    gone = [key for key, shape in zip(keys, kept.shapes, strict=True) if shape is None]
    if gone:
        said.append(Note("vanished", {"regions": gone}))
    return {key: shape for key, shape in zip(keys, kept.shapes, strict=True) if shape is not None}, kept, said


def _uncovered(drawn: list[shapely.Geometry], known: shapely.Geometry | None) -> list[Note]:
    """How much of the county no shape covers, where that is more than two surveys of one border differ by."""
    if known is None or not drawn:
        return []
    left = shapely.difference(known, fit.valid(shapely.union_all(drawn))).area / known.area
    return [Note("uncovered", {"share": round(float(left), 4)})] if left > _UNCOVERED else []


def _named(note: Note, keys: list[int]) -> Note:
    """A note whose places in the list of shapes are made keys of regions."""
    return Note(note.code, {**note.values, "changed": [keys[place] for place in note.values["changed"]]})


def _content(keys: tuple[int, ...], drawn: dict[int, shapely.Geometry], tree: RegionTree) -> bytes:
    if not keys:
        return b""
    names = [tree.get(key).name for key in keys]
    return collection.write_collection([region_code(key) for key in keys], names, [drawn[key] for key in keys])


def _plain(value: float) -> float | None:
    return None if np.isnan(value) else round(value, 1)
