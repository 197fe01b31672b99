"""What the command line and programs are answered: query frames as JSON objects, and the same objects as text."""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from ecodash import actions, queries
from ecodash.domain.backups import Backup, BackupCheck
from ecodash.domain.pages import Page
from ecodash.domain.periods import Month
from ecodash.domain.regions import level_of, region_code, region_key
from ecodash.domain.selection import Selection
from ecodash.domain.snapshots import Snapshot, Standing
from ecodash.errors import NotPermitted, RegionUnknown
from ecodash.ingest.header_words import CHOOSABLE_ROLES
from ecodash.reports.snapshot_page import render_snapshot
from ecodash.settings import Settings
from ecodash.store.reorder import Reordered
from ecodash.workspace import Workspace

_NAMES_SHOWN = 30
"""So many unreported units are named in text; the JSON has them all."""


def region_named(workspace: Workspace, text: str) -> int:
    """Key of a region given by code, or by a name only one region has.

    Raises:
        RegionUnknown: no region, or several, answer to the text.
    """
    if text.strip().isdigit():
        return workspace.tree.get(region_key(text)).key
    found = workspace.tree.named(text)
    if len(found) == 1:
        return found[0].key
    if not found:
        raise RegionUnknown(f"没有名为“{text[:40]}”的地区。", "请核对名称，或改用区划代码。")
    candidates = "、".join(
        f"{'/'.join(r.name for r in workspace.tree.path_of(one.key))} {one.code}" for one in found[:8]
    )
    raise RegionUnknown(f"有 {len(found)} 个地区名为“{text[:40]}”：{candidates}。", "请改用区划代码。")


def known_mapping(workspace: Workspace, mapping: Mapping[str, str]) -> dict[str, str]:
    """The mapping, once every indicator it names is known; roles of columns (town, village …) and "-" are as they are.

    Raises:
        IndicatorUnknown: one is not.
    """
    plain_targets = ("-", *CHOOSABLE_ROLES)
    return {
        header: target if target in plain_targets else workspace.catalog[target].code
        for header, target in mapping.items()
    }


def plain(value: Any) -> Any:
    """A cell as JSON says it: missing is null, whole floats stay floats, times are ISO, several values are a list."""
    if isinstance(value, np.ndarray | list):
        return [plain(one) for one in value]
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, pd.Timestamp | datetime):
        return value.isoformat()
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def records_of(frame: pd.DataFrame, columns: list[str]) -> list[dict[str, Any]]:
    """Rows as objects."""
    return [{name: plain(row[name]) for name in columns} for row in frame[columns].to_dict("records")]


def _whole(value: Any) -> int | None:
    found = plain(value)
    return None if found is None else int(found)


# ── answers ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _head(workspace: Workspace, selection: Selection) -> dict[str, Any]:
    return {
        "region": region_code(selection.region),
        "name": workspace.tree.get(selection.region).name,
        "month": str(selection.month),
        "as_of": selection.watermark,
        "is_whole": workspace.tree.get(selection.region).is_whole,
        "is_demo": queries.shows_demo(workspace, selection),
    }


def ranking(workspace: Workspace, selection: Selection) -> dict[str, Any]:
    """A ranking: ranked rows in order, unreported ones apart."""
    entry = workspace.catalog[selection.indicator]
    rows = queries.unit_ranking(workspace, selection)
    ranked, unreported = rows[rows["is_reported"]], rows[~rows["is_reported"]]
    columns = ["rank", "region_code", "name", "parent", "value", "previous", "previous_rank", "movement",
               "reported", "carried", "totals", "villages"]  # fmt: skip
    return {
        **_head(workspace, selection),
        "within": region_code(selection.region),
        "level": selection.level.value,
        "indicator": entry.code,
        "indicator_name": entry.name,
        "unit": entry.shown_at(selection.level)[0],
        "direction": entry.direction.value,
        "rows": [_renamed(row) for row in records_of(ranked, columns)],
        "unreported": [_renamed(row) for row in records_of(unreported, ["region_code", "name", "parent"])],
    }


def _renamed(row: dict[str, Any]) -> dict[str, Any]:
    return {"region" if name == "region_code" else name: value for name, value in row.items()}


def profile(workspace: Workspace, selection: Selection) -> dict[str, Any]:
    """One region's indicators, attributes and targets in a month, each figure with its origin."""
    rows = queries.region_profile(workspace, selection)
    tree = workspace.tree
    figures = []
    for row in rows.to_dict("records"):
        batch = _whole(row["batch"])
        period = _whole(row["period"])
        figures.append(
            {name: plain(row[name]) for name in (
                "category", "indicator", "name", "unit", "kind", "value", "previous", "change", "year_to_date",
                "reported", "carried", "totals", "villages", "own", "difference", "target", "progress_pct", "state",
            )}
            | {
                "rank": _whole(row["rank"]),
                "ranked_count": int(row["ranked_count"]),
                "doubts": row["doubts"],
                "origin": None if batch is None else {
                    "batch": batch,
                    "file": plain(row["file_name"]),
                    "row": _whole(row["file_row"]),
                    "month": None if period is None else str(Month.from_key(period)),
                    "actor": plain(row["actor"]),
                    "committed_at": plain(row["committed_at"]),
                },
            }
        )  # fmt: skip
    return {
        **_head(workspace, selection),
        "level": level_of(selection.region).value,
        "path": [region.name for region in tree.path_of(selection.region)],
        "indicators": figures,
        "attributes": {code: plain(value) for code, value in queries.region_attributes(workspace, selection).items()},
    }


def batches(workspace: Workspace) -> dict[str, Any]:
    """Every batch, newest first."""
    rows = queries.list_batches(workspace, queries.newest_watermark(workspace))
    found = []
    for row in rows.to_dict("records"):
        found.append(
            {"batch": int(row["seq"]), "kind": row["kind"], "actor": row["actor"], "channel": row["channel"],
             "received_at": plain(row["received_at"]), "committed_at": plain(row["committed_at"]),
             "file": row["file_name"], "sha256": row["file_sha256"], "rows": int(row["row_count"]),
             "cells": int(row["cell_count"]), "first_month": _month(row["first_month"]),
             "last_month": _month(row["last_month"]), "is_demo": bool(row["is_demo"]),
             "undoes": _whole(row["undoes"]), "undone_by": _whole(row["undone_by"])}
        )  # fmt: skip
    return {"batches": found}


def _month(value: Any) -> str | None:
    key = _whole(value)
    return None if key is None else str(Month.from_key(key))


def soundness(workspace: Workspace) -> dict[str, Any]:
    """The outcome of verify."""
    found = queries.verify(workspace)
    return {
        "ok": not found.problems,
        "watermark": found.watermark,
        "digest": found.digest,
        "snapshots": found.snapshots,
        "recomputed": found.recomputed,
        "problems": [{"place": problem.place, "what": problem.what} for problem in found.problems],
        "notes": [{"place": note.place, "what": note.what} for note in found.notes],
    }


def snapshots(workspace: Workspace, *, now: datetime) -> dict[str, Any]:
    """Every snapshot, newest first; path is None where its link cannot be shown again."""
    kept = queries.list_snapshots(workspace)
    columns = ["number", "title", "page", "page_count", "watermark", "created_at", "actor", "access", "expires_at",
               "standing", "series", "edition", "opened", "last_opened_at", "sha256"]  # fmt: skip
    rows = records_of(queries.snapshot_frame(kept, now), columns) if kept else []
    tokens = [_token(workspace, one) for one in kept]
    return {"snapshots": [row | {"path": _path(token)} for row, token in zip(rows, tokens, strict=True)]}


def _token(workspace: Workspace, one: Snapshot) -> str | None:
    """The token of a snapshot's link; None where it cannot be shown again, or not to the asker."""
    try:
        return queries.snapshot_token(workspace, one)
    except NotPermitted:
        return None


def _path(token: str | None) -> str | None:
    return None if token is None else f"/s/{token}"


def snapshot(workspace: Workspace, which: str) -> tuple[dict[str, Any], bytes]:
    """A snapshot as an object, and as its HTML.

    Args:
        which: its number, or the token its link ends in.

    Raises:
        LinkUnknown: there is no such snapshot.
    """
    given = {"number": int(which)} if which.isascii() and which.isdecimal() and len(which) < 18 else {"token": which}
    record = queries.get_snapshot(workspace, **given)
    pack = queries.frozen_pack(workspace, record)
    token = _token(workspace, record)
    html = render_snapshot(pack, number=record.number, sha256=record.sha256).whole()
    values = {
        "number": record.number,
        "path": _path(token),
        "sha256": record.sha256,
        "meta": dict(pack.meta),
        "pages": [
            {
                "page": page.page.value,
                "meta": {name: value for name, value in page.meta.items() if name != "tables"},
                "tables": {name: records_of(frame, list(frame.columns)) for name, frame in page.tables.items()},
            }
            for page in pack.pages
        ],
    }
    return values, html


def undo_plan(workspace: Workspace, number: int) -> dict[str, Any]:
    """What undoing a batch would take back, and what later batches changed and would stay."""
    plan = actions.plan_undo(workspace, number)
    kept = [
        {
            "region_code": region_code(int(row["region"])),
            "name": workspace.tree.get(int(row["region"])).name,
            "indicator": row["indicator"],
            "month": str(Month.from_key(int(row["period"]))),
            "value": None if pd.isna(row["value_now"]) else float(row["value_now"]),
            "by": list(row["by"]),
            "is_target": bool(row["is_target"]),
        }
        for row in plan.kept.to_dict("records")
    ]
    return {"batch": number, "cells": plan.cells, "later": list(plan.later), "kept": kept}


def reporting(workspace: Workspace, selection: Selection, *, now: datetime) -> dict[str, Any]:
    """Who reported the month, and a text that reminds the others."""
    status = queries.reporting(workspace, selection)
    columns = ["region_code", "name", "villages", "on_time", "late", "missing", "last_received", "is_own", "state"]
    return {
        **_head(workspace, selection),
        "rows": records_of(status, columns),
        "reminder": queries.reminder(workspace, selection, now=now),
    }


# ── the same as text ───────────────────────────────────────────────────────────────────────────────────────────────


def _number(value: float | None) -> str:
    return "未上报" if value is None else f"{value:g}" if abs(value) < 1e6 else f"{value:,.2f}"


def undo_plan_text(values: dict[str, Any]) -> str:
    lines = [f"第 {values['batch']} 批可以撤销 {values['cells']} 格。"]
    if values["kept"]:
        later = "、".join(f"第 {number} 批" for number in values["later"])
        lines.append(f"另有 {len(values['kept'])} 格后来被{later}改过，保留现值；只撤销其余请加 --rest：")
        lines += [
            f"  {line['name']} {line['month']} {line['indicator']} = {_number(line['value'])}"
            for line in values["kept"][:50]
        ]
    return "\n".join(lines)


def reporting_text(values: dict[str, Any]) -> str:
    lines = [f"{values['name']} {values['month']} 填报情况"]
    lines += [
        f"  {row['name']}：{row['villages'] - row['missing']}/{row['villages']} 个村"
        + (f"，迟报 {row['late']} 个" if row["late"] else "")
        + ("，未上报" if row["state"] == "missing" else "")
        for row in values["rows"]
    ]
    return "\n".join([*lines, *([values["reminder"]] if values["reminder"] else [])])


def ranking_text(values: dict[str, Any]) -> str:
    lines = [
        f"{values['name']} {values['indicator_name']}（{values['unit']}） {values['month']} 截至第 {values['as_of']} 批"
    ]
    lines += [f"{row['rank']:>4}  {row['name']}  {_number(row['value'])}  {_coverage(row)}" for row in values["rows"]]
    names = [row["name"] for row in values["unreported"]]
    if names:
        more = f" 等 {len(names)} 个" if len(names) > _NAMES_SHOWN else ""
        lines.append("未上报：" + "、".join(names[:_NAMES_SHOWN]) + more)
    return "\n".join(lines)


def _coverage(row: dict[str, Any]) -> str:
    """Who stands behind a figure: villages that reported, or the region's own report."""
    if row["totals"] and not row["reported"] + row["carried"]:
        return "本级上报"
    carried = f"，沿用 {row['carried']}" if row["carried"] else ""
    return f"上报 {row['reported']}/{row['villages']} 村{carried}"


def profile_text(values: dict[str, Any]) -> str:
    lines = [
        f"{' / '.join(values['path'])} {values['month']} 截至第 {values['as_of']} 批"
        + ("（含演示数据）" if values["is_demo"] else "")
    ]
    for row in values["indicators"]:
        origin = row["origin"]
        source = f"  来源：第 {origin['batch']} 批 {origin['file']} 第 {origin['row']} 行" if origin else ""
        lines.append(f"  {row['category']}  {row['name']}  {_number(row['value'])} {row['unit']}{source}")
    return "\n".join(lines)


def batches_text(values: dict[str, Any]) -> str:
    lines = []
    for row in values["batches"]:
        state = f"撤销第 {row['undoes']} 批" if row["undoes"] else (
            f"已由第 {row['undone_by']} 批撤销" if row["undone_by"] else "有效")  # fmt: skip
        lines.append(
            f"第 {row['batch']} 批  {row['committed_at'][:16]}  {row['actor']}  {row['file']}  "
            f"{row['rows']} 行 {row['cells']} 个数据  {state}"
        )
    return "\n".join(lines) or "还没有批次。"


def soundness_text(values: dict[str, Any]) -> str:
    lines = [
        f"截至第 {values['watermark']} 批，快照 {values['snapshots']} 个（按流水重算 {values['recomputed']} 个），"
        f"数据摘要 {values['digest']}"
    ]
    lines += [f"  {problem['place']}：{problem['what']}" for problem in values["problems"]]
    lines += [f"  说明 {note['place']}：{note['what']}" for note in values["notes"]]
    lines.append("核对通过。" if values["ok"] else f"发现 {len(values['problems'])} 处问题。")
    return "\n".join(lines)


def snapshots_text(values: dict[str, Any]) -> str:
    lines = [
        f"#{row['number']}  {row['title']}  截至第 {row['watermark']} 批  {Standing(row['standing']).label}  "
        f"打开 {row['opened']} 次  {row['path'] or '（链接不能再次显示）'}"
        for row in values["snapshots"]
    ]
    return "\n".join(lines) or "还没有快照。"


def snapshot_text(values: dict[str, Any]) -> str:
    meta = values["meta"]
    lines = [f"#{values['number']} {meta['title']} 截至第 {meta['watermark']} 批", "冻结的表："]
    lines += [
        f"  {Page(page['page']).label}：" + "，".join(f"{name} {len(rows)} 行" for name, rows in page["tables"].items())
        for page in values["pages"]
    ]
    return "\n".join([*lines, f"SHA-256 {values['sha256']}"])


def backup_answer(backup: Backup, settings: Settings, deleted: Sequence[str] = ()) -> dict[str, Any]:
    """A backup's record, with its folder and the names of those deleted after it was made."""
    path = str(settings.backups_dir / backup.name)
    return backup.to_record() | {"size": backup.size, "path": path, "deleted": list(deleted)}


def backup_check_answer(found: BackupCheck, settings: Settings) -> dict[str, Any]:
    """A backup's record after a check, with what was found."""
    return backup_answer(found.backup, settings) | {"problems": list(found.problems), "agrees": found.agrees}


def store_digest_answer(workspace: Workspace, watermark: int | None) -> dict[str, Any]:
    """The digest of all content, or of what belongs to batches up to one: total, and tables with their rows.

    Raises:
        UserError: there is no such batch.
    """
    found = queries.store_digest(workspace, watermark)
    tables = {name: {"rows": found.rows[name], "sha256": digest} for name, digest in found.tables.items()}
    newest = queries.newest_watermark(workspace)
    return {"watermark": newest if watermark is None else watermark, "is_whole": watermark is None} | {
        "sha256": found.total,
        "tables": tables,
    }


def reordered_answer(month: Month, done: Reordered | None) -> dict[str, Any]:
    """A closed month whose rows were put in order, or lay so already."""
    values: dict[str, Any] = {"month": str(month), "was_in_order": done is None}
    return values if done is None else values | {"rows": done.rows, "digest": done.digest}
