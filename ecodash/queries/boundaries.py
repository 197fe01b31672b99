"""Boundaries that users brought: which set holds, its shapes, and all sets there ever were."""

from ecodash.domain.boundaries import BoundarySet
from ecodash.domain.regions import Level, ancestor_key, level_of
from ecodash.errors import LinkUnknown
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


def list_boundaries(workspace: Workspace) -> list[BoundarySet]:
    """Every set that was ever kept, newest first; those withdrawn say who withdrew them, and when."""
    with workspace.store.reading() as connection:
        return records.list_boundary_sets(connection)
