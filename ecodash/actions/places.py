"""Regions, their other names, and the months that are closed to reports."""

from collections.abc import Sequence
from datetime import datetime

from ecodash.catalog.regions import RegionBook
from ecodash.domain.access import Actor, Right
from ecodash.domain.accounts import common_region
from ecodash.domain.regions import region_key
from ecodash.errors import UserError
from ecodash.permits import needs, of_codes, of_region
from ecodash.store import journal, records
from ecodash.workspace import Workspace

_LONGEST_ALIAS = 60


@needs(Right.ADMINISTER, of_codes)
def add_regions(workspace: Workspace, codes: Sequence[str], *, actor: Actor, now: datetime) -> int:
    """Add counties, cities or provinces with everything below them and their ancestors; returns how many regions.

    The first code of the first call becomes the region shown first.

    Raises:
        RegionUnknown: a code is not in the country's list.
    """
    regions = RegionBook(workspace.settings.data_dir).regions(codes)
    with workspace.store.writing() as connection:
        added = records.add_regions(connection, regions)
        if codes and records.find_setting(connection, "home_region") is None:
            records.set_setting(connection, "home_region", str(region_key(codes[0])))
        records.write_audit(
            connection,
            actor=actor,
            now=now,
            action="add_regions",
            detail={"codes": list(codes), "added": added},
            watermark=journal.newest_watermark(connection),
            region=common_region(map(region_key, codes)),
        )
    workspace.forget_tree()
    return added


@needs(Right.ADMINISTER, of_region("key"))
def add_region_alias(workspace: Workspace, key: int, alias: str, *, actor: Actor, now: datetime) -> bool:
    """Let a region be found by a former or another name in uploads; returns whether that is new.

    Raises:
        UserError: the name is empty or too long.
        RegionUnknown: there is no such region.
    """
    region, name = workspace.tree.get(key), alias.strip()
    if not name or len(name) > _LONGEST_ALIAS:
        raise UserError("曾用名不能为空，也不能太长。", f"请填写不超过 {_LONGEST_ALIAS} 个字的名称。")
    with workspace.store.writing() as connection:
        is_new = records.add_alias(connection, region.key, name, actor, now)
        records.write_audit(
            connection,
            actor=actor,
            now=now,
            action="add_region_alias",
            detail={"region": region.code, "alias": name, "is_new": is_new},
            watermark=journal.newest_watermark(connection),
            region=region.key,
        )
    workspace.forget_tree()
    return is_new
