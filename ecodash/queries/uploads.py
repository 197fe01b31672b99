"""What a batch brought, the file it came in, the template for the next one, and who is to be reminded."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pandas as pd

from ecodash.domain.access import Right
from ecodash.domain.calendar import BEIJING, due_words
from ecodash.domain.indicator_choices import in_use, unused
from ecodash.domain.indicators import Indicator, Kind
from ecodash.domain.periods import Month
from ecodash.domain.regions import Level, ancestor_key, key_range, level_of, region_code
from ecodash.domain.selection import Selection
from ecodash.errors import UserError
from ecodash.permits import Reach, needs, of_batch, of_batch_file, of_region, of_selection_for_asker
from ecodash.queries.deadlines import due_of
from ecodash.queries.indicators import indicator_choices
from ecodash.queries.reports import reporting
from ecodash.queries.review import handed_in_states
from ecodash.reports.upload_template import TemplateRow, TemplateSheet, render_upload_template
from ecodash.store import batch_contents, reading, records
from ecodash.store.records import KeptDoubt, KeptFile, RegionAlias
from ecodash.workspace import Workspace

MOST_TEMPLATE_ROWS = 3_000
_OFFERED_MONTHS = 12


@needs(Right.READ, of_batch_file)
def uploaded_file(workspace: Workspace, number: int) -> KeptFile:
    """The file of a batch as it was sent.

    Raises:
        UserError: there is no such batch, it brought no file, or the file kept is damaged.
    """
    with workspace.store.reading() as connection:
        sha256 = batch_contents.file_of_batch(connection, number)
        kept = records.load_file(connection, sha256) if sha256 else None
    if kept is None:
        raise UserError(
            f"第 {number} 批没有保存原文件。", "撤销批次和早期版本提交的批次没有原文件；请核对批次号，或向上报人索取。"
        )
    return kept


@needs(Right.READ, of_batch)
def batch_doubts(workspace: Workspace, number: int) -> list[KeptDoubt]:
    """The doubts a batch was committed with, each with its reason, in the file's order; those about regions the asker may
    not see, of which the file only said again what stood, are left out."""
    with workspace.store.reading() as connection:
        doubts = records.doubts_of(connection, number)
    return [one for one in doubts if not one.region or workspace.actor.may(Right.READ, one.region)]


@needs(Right.READ, of_batch)
def batch_cells(workspace: Workspace, number: int) -> pd.DataFrame:
    """The cells a batch wrote: region (key), indicator (code), period, new (NaN where it only took back), old."""
    with workspace.store.reading() as connection:
        return batch_contents.cells_of_batch(connection, number)


@needs(Right.READ, of_batch)
def batch_record(workspace: Workspace, number: int) -> dict[str, Any]:
    """What is known of a batch: the columns of store.records.list_batches, and new, changed, unchanged (None where it was
    committed by an early version).

    Raises:
        UserError: there is no such batch.
    """
    with workspace.store.reading() as connection:
        found = records.list_batches(connection, number)
        counts = batch_contents.counts_of_batch(connection, number)
    rows = found[found["seq"] == number].to_dict("records")
    if not rows:
        raise UserError(f"没有第 {number} 批。", "请在批次列表中核对批次号。")
    unknown = dict.fromkeys(("new", "changed", "unchanged"))
    return {str(name): value for name, value in rows[0].items()} | (counts or unknown)


@needs(None, Reach.SIGNED_IN)
def closed_months(workspace: Workspace) -> list[tuple[int, Month]]:
    """Every (county key, or 0 for everywhere; month) that is closed to reports, in order."""
    with workspace.store.reading() as connection:
        return sorted((key, Month.from_key(period)) for key, period in records.closed_months(connection))


@needs(None, Reach.SIGNED_IN)
def region_aliases(workspace: Workspace) -> list[RegionAlias]:
    """Former and other names under which regions are found in uploads."""
    with workspace.store.reading() as connection:
        return records.list_aliases(connection)


# ── the template ───────────────────────────────────────────────────────────────────────────────────────────────────


@needs(Right.READ, of_region("region"))
def template_indicators(workspace: Workspace, region: int, month: Month) -> list[Indicator]:
    """Indicators a template offers at first: those reported in the county in the last twelve months, else the flows,
    stocks and scores. A ratio whose parts are both among them is left out: it is computed; and so is whatever is not
    in use here."""
    county = ancestor_key(region, Level.COUNTY)
    lo, hi = key_range(county if workspace.tree.find(county) else region)
    catalog = workspace.catalog
    with workspace.store.reading() as connection:
        reports = reading.own_reports(
            connection, lo, hi, list(catalog), month.plus(-_OFFERED_MONTHS).key, month.plus(-1).key
        )
    seen = set(reports["indicator"].astype("str").unique())
    offered = in_use(catalog.values(), indicator_choices(workspace))
    found = [entry for entry in offered if entry.code in seen and entry.kind is not Kind.ATTRIBUTE]
    chosen = found or [entry for entry in offered if entry.kind in (Kind.FLOW, Kind.STOCK)]
    codes = {entry.code for entry in chosen}
    codes |= {entry.code for entry in offered if entry.code in seen and entry.kind is Kind.ATTRIBUTE}
    return [entry for entry in chosen if not {entry.numerator, entry.denominator} <= codes or not entry.numerator]


@needs(Right.READ, of_region("region"))
def upload_template(workspace: Workspace, region: int, month: Month, codes: Sequence[str], *, now: datetime) -> bytes:
    """An xlsx template of a place for a month: its villages, their codes, last month's figures beside.

    Args:
        region: key of a village, a town or a county.
        codes: indicators to be filled in, in this order.
    Raises:
        UserError: no indicator is chosen or one not in use here, the place has no villages in the month, or too many.
    """
    place = workspace.tree.get(region)
    villages = [v for v in workspace.tree.under(region, Level.VILLAGE) if v.is_valid(month.key)]
    if level_of(region) is Level.VILLAGE:
        villages = [place]
    if not codes:
        raise UserError("模板里没有指标。", "请至少选择一项指标。")
    entries = [workspace.catalog[code] for code in codes]
    left_out = [entry.name for entry in entries if entry.code in unused(indicator_choices(workspace))]
    if left_out:
        raise UserError(
            f"“{'、'.join(left_out)}”在本系统已停用，不放进填报模板。", "请换一项指标，或由管理员恢复使用。"
        )
    if not villages or len(villages) > MOST_TEMPLATE_ROWS:
        what = "没有村" if not villages else f"有 {len(villages)} 个村，超过一份模板的上限 {MOST_TEMPLATE_ROWS} 个"
        raise UserError(f"“{place.name}”在{month.label}{what}，不能生成模板。", "请选择一个乡镇或县。")
    before = month.plus(-1)
    lo, hi = key_range(region)
    with workspace.store.reading() as connection:
        last = reading.own_reports(connection, lo, hi, list(codes), before.key, before.key)
    towns = {key: workspace.tree.get(key).name for key in {ancestor_key(v.key, Level.TOWN) for v in villages}}
    return render_upload_template(
        TemplateSheet(
            place.name,
            month,
            due_words(due_of(workspace, region, month)),
            [TemplateRow(v.code, towns[ancestor_key(v.key, Level.TOWN)], v.name) for v in villages],
            entries,
            {
                (region_code(int(key)), str(code)): value
                for key, code, value in zip(last["region"], last["indicator"], last["value"], strict=True)
            },
            before,
            f"{now.astimezone(BEIJING):%Y年%m月%d日 %H:%M}",
        )
    )


# ── who has not reported ───────────────────────────────────────────────────────────────────────────────────────────


@needs(Right.READ, of_selection_for_asker)
def reminder(workspace: Workspace, selection: Selection, *, now: datetime) -> str:
    """A text to paste into a group chat: which units have not reported the month, or only in part; empty where all
    have. Whoever reported nothing but what is not in use here is reminded like one who reported nothing; whoever handed in
    what still waits for its review is not reminded, where the asker may know of it, and whoever had it returned is told
    so."""
    status = reporting(workspace, selection, unused(indicator_choices(workspace)))
    waiting = status[status["missing"] > 0].assign(filing="")
    if workspace.actor.may(Right.READ_REPORTED, selection.region):
        handed_in = handed_in_states(workspace, selection, waiting["region"].tolist())
        waiting["filing"] = [handed_in.get(int(key), "") for key in waiting["region"]]
    waiting = waiting[waiting["filing"] != "waiting"]
    if waiting.empty:
        return ""
    place, due = workspace.tree.get(selection.region).name, due_of(workspace, selection.region, selection.month)
    late = now >= due
    lines = [
        f"【{place}人居环境整治数据上报提醒】",
        f"{selection.month.label}数据{'已于' if late else '请于'}{due_words(due)}"
        f"{'截止，请尽快补报' if late else '前上报'}。截至 {now.astimezone(BEIJING):%m月%d日 %H:%M}：",
    ]
    returned = waiting[waiting["filing"] == "returned"]
    others = waiting[waiting["filing"] == ""]
    none = others[others["state"] == "missing"]
    part = others[others["state"] != "missing"]
    if len(returned):
        lines.append(f"已退回、待改正（{len(returned)} 个）：{'、'.join(returned['name'])}。")
    if len(none):
        lines.append(f"尚未上报（{len(none)} 个）：{'、'.join(none['name'])}。")
    if len(part):
        named = "、".join(
            f"{name}（{done}/{whole} 个村）"
            for name, done, whole in zip(
                part["name"], part["villages"] - part["missing"], part["villages"], strict=True
            )
        )
        lines.append(f"未报齐（{len(part)} 个）：{named}。")
    return "\n".join(lines)
