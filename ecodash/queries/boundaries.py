"""Boundaries that users brought: which set holds, its shapes, and all sets there ever were."""

import pandas as pd

from ecodash.domain.access import Right
from ecodash.domain.boundaries import BoundarySet
from ecodash.domain.regions import Level, ancestor_key, key_range, level_of
from ecodash.domain.selection import Selection
from ecodash.errors import LinkUnknown
from ecodash.permits import Reach, needs, of_selection
from ecodash.queries.base import units
from ecodash.reports.boundary_shapes import read_areas
from ecodash.store import records
from ecodash.workspace import Workspace


@needs(Right.READ, Reach.SOMEWHERE)
def boundaries(workspace: Workspace, region_key: int, level: Level) -> BoundarySet | None:
    """The set that holds for the county a region is or lies in: its newest of the level that is not withdrawn.

    None where there is none, the region is larger than a county, or the asker may see nothing in the county.
    """
    if level_of(region_key).rank < Level.COUNTY.rank:
        return None
    county = ancestor_key(region_key, Level.COUNTY)
    if not _is_near(workspace, county):
        return None
    with workspace.store.reading() as connection:
        sets = records.list_boundary_sets(connection, county)
    return next((one for one in sets if one.level is level and not one.is_withdrawn), None)


@needs(Right.READ, Reach.SOMEWHERE)
def boundary_geojson(workspace: Workspace, digest: str) -> bytes:
    """The shapes of a set: a FeatureCollection in WGS-84 whose feature ids are region codes. A county's map is for
    everybody who may see anything in the county.

    Raises:
        LinkUnknown: no set of this digest in the asker's counties, or it was withdrawn.
    """
    with workspace.store.reading() as connection:
        number = records.standing_number(connection, digest)
        kept = next((one for one in records.list_boundary_sets(connection) if one.number == number), None)
        if number is None or kept is None or not _is_near(workspace, kept.county):
            raise LinkUnknown("没有这套边界，或已经撤回。", "请在边界管理页核对。")
        return records.boundary_content(connection, number)


def _is_near(workspace: Workspace, county: int) -> bool:
    """Whether the asker may see a county or anything in it."""
    lo, hi = key_range(county)
    actor = workspace.actor
    return actor.may(Right.READ, county) or any(lo <= key < hi for key in actor.regions(Right.READ))


@needs(Right.READ, of_selection)
def unit_areas(workspace: Workspace, selection: Selection) -> pd.DataFrame:
    """Polygons of the units at or below the region that users brought and that exist in the month.

    Returns:
        The rows of reports.boundary_shapes.read_areas, none where nothing was brought. Boundaries are brought without
        a commit, so the same selection may be answered otherwise later.
    """
    kept = boundaries(workspace, selection.region, selection.level)
    if kept is None:
        return read_areas(b'{"features": []}')
    areas = read_areas(boundary_geojson(workspace, kept.digest))
    existing = [region.key for region in units(workspace, selection)]
    return areas[areas["county"].isin(existing)].reset_index(drop=True)


@needs(Right.READ, Reach.SOMEWHERE)
def list_boundaries(workspace: Workspace) -> list[BoundarySet]:
    """Every set that was ever kept for the asker's counties, newest first; those withdrawn say who withdrew them, and
    when."""
    with workspace.store.reading() as connection:
        kept = records.list_boundary_sets(connection)
    return [one for one in kept if workspace.actor.may(Right.READ, one.county)]
