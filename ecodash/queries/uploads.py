"""What a batch brought, the file it came in, the template for the next one, and who is to be reminded."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pandas as pd

from ecodash.domain.calendar import BEIJING, REPORT_DUE_DAY
from ecodash.domain.indicators import Indicator, Kind
from ecodash.domain.periods import Month
from ecodash.domain.regions import Level, ancestor_key, key_range, level_of, region_code
from ecodash.domain.selection import Selection
from ecodash.errors import UserError
from ecodash.queries.reports import reporting
from ecodash.reports.upload_template import TemplateRow, TemplateSheet, render_upload_template
from ecodash.store import batch_contents, reading, records
from ecodash.store.records import KeptDoubt, KeptFile, RegionAlias
from ecodash.workspace import Workspace

MOST_TEMPLATE_ROWS = 3_000
_OFFERED_MONTHS = 12


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


def batch_doubts(workspace: Workspace, number: int) -> list[KeptDoubt]:
    """The doubts a batch was committed with, each with its reason, in the file's order."""
    with workspace.store.reading() as connection:
        return records.doubts_of(connection, number)


def batch_cells(workspace: Workspace, number: int) -> pd.DataFrame:
    """The cells a batch wrote: region (key), indicator (code), period, new (NaN where it only took back), old."""
    with workspace.store.reading() as connection:
        return batch_contents.cells_of_batch(connection, number)


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


def closed_months(workspace: Workspace) -> list[tuple[int, Month]]:
    """Every (county key, or 0 for everywhere; month) that is closed to reports, in order."""
    with workspace.store.reading() as connection:
        return sorted((key, Month.from_key(period)) for key, period in records.closed_months(connection))


def region_aliases(workspace: Workspace) -> list[RegionAlias]:
    """Former and other names under which regions are found in uploads."""
    with workspace.store.reading() as connection:
        return records.list_aliases(connection)


# ── the template ───────────────────────────────────────────────────────────────────────────────────────────────────


def template_indicators(workspace: Workspace, region: int, month: Month) -> list[Indicator]:
    """Indicators a template offers at first: those reported in the county in the last twelve months, else the flows,
    stocks and scores. A ratio whose parts are both among them is left out: it is computed."""
    county = ancestor_key(region, Level.COUNTY)
    lo, hi = key_range(county if workspace.tree.find(county) else region)
    catalog = workspace.catalog
    with workspace.store.reading() as connection:
        reports = reading.own_reports(
            connection, lo, hi, list(catalog), month.plus(-_OFFERED_MONTHS).key, month.plus(-1).key
        )
    seen = set(reports["indicator"].astype("str").unique())
    found = [entry for code, entry in catalog.items() if code in seen and entry.kind is not Kind.ATTRIBUTE]
    chosen = found or [entry for entry in catalog.values() if entry.kind in (Kind.FLOW, Kind.STOCK)]
    codes = {entry.code for entry in chosen} | {c for c in seen if catalog[c].kind is Kind.ATTRIBUTE}
    return [entry for entry in chosen if not {entry.numerator, entry.denominator} <= codes or not entry.numerator]


def upload_template(workspace: Workspace, region: int, month: Month, codes: Sequence[str], *, now: datetime) -> bytes:
    """An xlsx template of a place for a month: its villages, their codes, last month's figures beside.

    Args:
        region: key of a village, a town or a county.
        codes: indicators to be filled in, in this order.
    Raises:
        UserError: no indicator is chosen, the place has no villages in the month, or too many.
    """
    place = workspace.tree.get(region)
    villages = [v for v in workspace.tree.under(region, Level.VILLAGE) if v.is_valid(month.key)]
    if level_of(region) is Level.VILLAGE:
        villages = [place]
    if not codes:
        raise UserError("模板里没有指标。", "请至少选择一项指标。")
    if not villages or len(villages) > MOST_TEMPLATE_ROWS:
        what = "没有村" if not villages else f"有 {len(villages)} 个村，超过一份模板的上限 {MOST_TEMPLATE_ROWS} 个"
        raise UserError(f"“{place.name}”在{month.label}{what}，不能生成模板。", "请选择一个乡镇或县。")
    before = month.plus(-1)
    lo, hi = key_range(region)
    with workspace.store.reading() as connection:
        last = reading.own_reports(connection, lo, hi, list(codes), before.key, before.key)
    towns = {key: workspace.tree.get(key).name for key in {ancestor_key(v.key, Level.TOWN) for v in villages}}
    due = month.plus(1)
    return render_upload_template(
        TemplateSheet(
            place.name,
            month,
            f"{due.year}年{due.month}月{REPORT_DUE_DAY}日",
            [TemplateRow(v.code, towns[ancestor_key(v.key, Level.TOWN)], v.name) for v in villages],
            [workspace.catalog[code] for code in codes],
            {
                (region_code(int(key)), str(code)): value
                for key, code, value in zip(last["region"], last["indicator"], last["value"], strict=True)
            },
            before,
            f"{now.astimezone(BEIJING):%Y年%m月%d日 %H:%M}",
        )
    )


# ── who has not reported ───────────────────────────────────────────────────────────────────────────────────────────


def reminder(workspace: Workspace, selection: Selection, *, now: datetime) -> str:
    """A text to paste into a group chat: which units have not reported the month, or only in part; empty where all
    have."""
    status = reporting(workspace, selection)
    waiting = status[status["missing"] > 0]
    if waiting.empty:
        return ""
    place, due = workspace.tree.get(selection.region).name, selection.month.plus(1)
    late = now.astimezone(BEIJING).date() > datetime(due.year, due.month, REPORT_DUE_DAY).date()
    lines = [
        f"【{place}人居环境整治数据上报提醒】",
        f"{selection.month.label}数据{'已于' if late else '请于'}{due.year}年{due.month}月{REPORT_DUE_DAY}日"
        f"{'截止，请尽快补报' if late else '前上报'}。截至 {now.astimezone(BEIJING):%m月%d日 %H:%M}：",
    ]
    none = waiting[waiting["state"] == "missing"]
    part = waiting[waiting["state"] != "missing"]
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
