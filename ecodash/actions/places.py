"""Regions, their other names, and the months that are closed to reports."""

from collections.abc import Sequence
from datetime import datetime

from ecodash.catalog.regions import RegionBook
from ecodash.domain.access import Actor
from ecodash.domain.periods import Month
from ecodash.domain.regions import COUNTRY_KEY, Level, level_of, region_key
from ecodash.errors import UserError
from ecodash.store import journal, records
from ecodash.workspace import Workspace

_LONGEST_ALIAS = 60


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
        )
    workspace.forget_tree()
    return added


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
        )
    workspace.forget_tree()
    return is_new


def set_month_closed(
    workspace: Workspace,
    month: Month,
    *,
    is_closed: bool,
    actor: Actor,
    now: datetime,
    county: int = COUNTRY_KEY,
    reason: str = "",
) -> bool:
    """Close a month to reports, or open it again, for one county or all; returns whether anything changed.

    Raises:
        UserError: a month is opened again without a reason, or the region is no county.
    """
    if county != COUNTRY_KEY and level_of(workspace.tree.get(county).key) is not Level.COUNTY:
        raise UserError("封账按县进行。", "请给出县的区划代码，或不限地区。")
    if not is_closed and not reason.strip():
        raise UserError("重新开放已封账的月份须说明理由。", "请填写理由后重试。")
    with workspace.store.writing() as connection:
        changed = records.set_month_lock(
            connection,
            period=month.key,
            region=county,
            is_closed=is_closed,
            actor=actor,
            now=now,
            reason=reason.strip(),
        )
        records.write_audit(
            connection,
            actor=actor,
            now=now,
            action="close_month" if is_closed else "open_month",
            detail={"month": str(month), "county": county, "reason": reason.strip(), "changed": changed},
            watermark=journal.newest_watermark(connection),
        )
    return changed
