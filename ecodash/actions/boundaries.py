"""Boundaries: a file read and shown, kept, and taken back."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from ecodash.catalog.geo import county_outline
from ecodash.domain.access import Actor, Right
from ecodash.domain.boundaries import BOUNDARY_LEVELS, BoundarySet, Datum
from ecodash.domain.periods import Month
from ecodash.domain.regions import Level
from ecodash.errors import TransitionRefused, UserError
from ecodash.permits import needs, of_boundary_set, of_draft, of_region
from ecodash.store import journal, records
from ecodash.workspace import Workspace

if TYPE_CHECKING:
    from ecodash.boundaries import Draft


@needs(Right.ADMINISTER, of_region("county"))
def read_boundaries(
    workspace: Workspace,
    data: bytes,
    file_name: str,
    *,
    county: int,
    now: datetime,
    level: Level | None = None,
    datum: Datum | None = None,
) -> "Draft":
    """Read a boundary file for a county; writes nothing.

    Args:
        level: TOWN or VILLAGE; found by what matches where it is not given.
        datum: found by fit with the county's outline where it is not given.
    Raises:
        BoundaryRefused: the file cannot be read, or lies elsewhere.
        UserError: the region is no county, or the level has no boundaries here.
    """
    # GDAL takes a while to load, and hardly any run of the command line wants it.
    from ecodash.boundaries import read_boundaries as read_file

    region = workspace.tree.get(county)
    if region.level is not Level.COUNTY:
        raise UserError(f"{region.name}不是县级地区。", "请选择一个县、市辖区或县级市。")
    if level is not None and level not in BOUNDARY_LEVELS:
        raise UserError(f"{level.label}级没有边界可以上传。", "请选择乡镇或村。")
    return read_file(
        data,
        file_name,
        tree=workspace.tree,
        county=county,
        outline=county_outline(workspace.settings.data_dir, county),
        month=Month(now.year, now.month).key,
        level=level,
        datum=datum,
    )


@needs(Right.ADMINISTER, of_draft)
def save_boundaries(workspace: Workspace, draft: "Draft", *, actor: Actor, now: datetime) -> BoundarySet:
    """Keep what was read as the set that holds for its county and level; what holds already is not written again.

    Raises:
        UserError: no feature matched a region, or nothing tells the datum.
    """
    if not draft.keys:
        raise UserError("没有一个图形能与本县的地区对上，没有保存。", "请核对所选的县、级别，以及代码列或名称列。")
    if draft.datum_from == "none":
        raise UserError("看不出文件的坐标系，没有保存。", "请指定坐标系：WGS-84、CGCS2000、GCJ-02 或 BD-09。")
    with workspace.store.writing() as connection:
        standing = [one for one in records.list_boundary_sets(connection, draft.county) if not one.is_withdrawn]
        newest = next((one for one in standing if one.level is draft.level), None)
        if newest is not None and newest.digest == draft.digest:
            return newest
        number = records.insert_boundary_set(
            connection,
            county=draft.county,
            level=draft.level,
            digest=draft.digest,
            content=draft.content,
            shapes=len(draft.keys),
            datum=draft.datum,
            detail=draft.detail(),
            file_name=draft.file_name,
            file_sha256=draft.file_sha256,
            actor=actor,
            now=now,
        )
        records.write_audit(
            connection,
            actor=actor,
            now=now,
            action="save_boundaries",
            detail={"county": workspace.tree.get(draft.county).code, "level": draft.level.value, "file": draft.file_name,
                    "file_sha256": draft.file_sha256, "before": _told(newest),
                    "after": {"boundary_set": number, "shapes": len(draft.keys), "datum": draft.datum.value,
                              "sha256": draft.digest}},
            watermark=journal.newest_watermark(connection),
            region=draft.county,
        )  # fmt: skip
        return next(one for one in records.list_boundary_sets(connection, draft.county) if one.number == number)


@needs(Right.ADMINISTER, of_boundary_set)
def withdraw_boundaries(workspace: Workspace, number: int, *, actor: Actor, now: datetime) -> BoundarySet:
    """Take a set back: the one before it holds again, and its address answers no more.

    Raises:
        TransitionRefused: there is no such set, or it is withdrawn already.
    """
    with workspace.store.writing() as connection:
        found = next((one for one in records.list_boundary_sets(connection) if one.number == number), None)
        if found is None or found.is_withdrawn:
            state = "已经撤回" if found else "不存在"
            raise TransitionRefused(f"第 {number} 套边界{state}。", "请刷新页面，核对边界列表。")
        records.insert_withdrawal(connection, found, actor=actor, now=now)
        alike = (one for one in records.list_boundary_sets(connection, found.county) if one.level is found.level)
        holding = next((one for one in alike if not one.is_withdrawn), None)
        records.write_audit(
            connection,
            actor=actor,
            now=now,
            action="withdraw_boundaries",
            detail={"level": found.level.value, "before": _told(found), "after": _told(holding)},
            watermark=journal.newest_watermark(connection),
            region=found.county,
        )
        return next(one for one in records.list_boundary_sets(connection, found.county) if one.number == number)


def _told(one: BoundarySet | None) -> dict[str, Any] | None:
    """A set as the audit tells it; None where none holds."""
    if one is None:
        return None
    return {"boundary_set": one.number, "shapes": one.shapes, "datum": one.datum.value, "sha256": one.digest}
