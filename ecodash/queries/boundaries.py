"""Boundaries that users brought: which set holds, its shapes, and all sets there ever were."""

import pandas as pd

from ecodash.domain.boundaries import BoundarySet
from ecodash.domain.regions import Level, ancestor_key, level_of
from ecodash.domain.selection import Selection
from ecodash.errors import LinkUnknown
from ecodash.queries.base import units
from ecodash.reports.boundary_shapes import read_areas
from ecodash.store import records
from ecodash.workspace import Workspace


def boundaries(workspace: Workspace, region_key: int, level: Level) -> BoundarySet | None:
    """The set that holds for the county a region is or lies in: its newest of the level that is not withdrawn.

    None where there is none, or the region is larger than a county.
    """
    if level_of(region_key).rank < Level.COUNTY.rank:
        return None
    county = ancestor_key(region_key, Level.COUNTY)
    with workspace.store.reading() as connection:
        sets = records.list_boundary_sets(connection, county)
    return next((one for one in sets if one.level is level and not one.is_withdrawn), None)


def boundary_geojson(workspace: Workspace, digest: str) -> bytes:
    """The shapes of a set: a FeatureCollection in WGS-84 whose feature ids are region codes.

    Raises:
        LinkUnknown: no set of this digest, or it was withdrawn.
    """
    with workspace.store.reading() as connection:
        number = records.standing_number(connection, digest)
        if number is None:
            raise LinkUnknown("没有这套边界，或已经撤回。", "请在边界管理页核对。")
        return records.boundary_content(connection, number)


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


def list_boundaries(workspace: Workspace) -> list[BoundarySet]:
    """Every set that was ever kept, newest first; those withdrawn say who withdrew them, and when."""
    with workspace.store.reading() as connection:
        return records.list_boundary_sets(connection)
