"""Commands for uploads: import, read, template, batches, file, undo, reporting."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from ecodash import actions, answers, import_answers, queries, receipts
from ecodash.catalog.loader import load_catalog
from ecodash.cli import base
from ecodash.cli.base import MISUSED, REFUSED, Json, MonthText, Within, opened, refuse, region_key_of, say, selection_of
from ecodash.cli.files import hand_over
from ecodash.domain.accounts import common_region
from ecodash.domain.audit import ExportKind
from ecodash.domain.periods import Month
from ecodash.errors import StoreHeld, UserError
from ecodash.import_answers import ImportOptions
from ecodash.ingest.answer import read_answer
from ecodash.permits import regions_of_batch
from ecodash.settings import load_settings
from ecodash.web.client import annotate_through_app, import_through_app
from ecodash.web.handle import find_handle

File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="写入的文件；默认用合适的文件名。")]


def import_(
    file: File,
    month: Annotated[str | None, typer.Option("--month", help="文件未写明月份时，数据所属月份。")] = None,
    within: Within = None,
    sheet: Annotated[list[str] | None, typer.Option("--sheet", help="要读取的工作表，可多次；默认自动。")] = None,
    map_: Annotated[
        list[str] | None, typer.Option("--map", help="表头=指标代码（或 town、village 等）；表头=- 表示忽略该列。")
    ] = None,
    accept_guesses: Annotated[bool, typer.Option("--accept-guesses", help="相近的表头按最像的指标读取。")] = False,
    reason: Annotated[
        list[str] | None, typer.Option("--reason", help="疑点的理由；代码=理由 只用于一类，可多次。")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查和预览，不提交。")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="输出文件是怎样识别的（JSON）。")] = False,
    publish: Annotated[
        bool, typer.Option("--publish", help="不经审核直接发布；建立账号之后，不加此项的文件先提交审核。")
    ] = False,
    annotated: Annotated[
        Path | None, typer.Option("--annotated", help="把标出问题和疑点的批注表写入这个 xlsx。")
    ] = None,
    as_json: Json = False,
) -> None:
    """检查并提交一个文件；有问题时列出全部问题，不提交任何数据。"""
    options = ImportOptions(
        month=month or "",
        within=within or "",
        sheets=tuple(sheet or ()),
        mapping=_pairs("--map", map_ or [], needs_name=True),
        accepts_guesses=accept_guesses,
        reasons=_pairs("--reason", reason or [], needs_name=False),
        is_dry_run=dry_run,
        explains=explain,
        publishes=publish,
    )
    answer, marked = _import(file, options, wants_marked=annotated is not None, as_json=as_json or explain)
    if annotated is not None and marked is not None:
        _write(annotated, marked)
    say(as_json or explain, answer, import_answers.import_text)
    if answer["faults"] or (answer["unexplained"] and not dry_run and answer["new"] + answer["changed"]):
        raise typer.Exit(REFUSED)


def _import(
    file: Path, options: ImportOptions, *, wants_marked: bool, as_json: bool
) -> tuple[dict[str, Any], bytes | None]:
    """The answer and, where wanted, the marked workbook: through the app where one holds the store."""
    settings = load_settings()
    handle = find_handle(settings.handle_file)
    if handle is not None and settings.is_embedded and not base.acts_as():
        try:
            marked = annotate_through_app(handle, file, options) if wants_marked else None
            return import_through_app(handle, file, options), marked
        except StoreHeld:
            pass  # Left by an app that ended without a word, or one that hangs: opening the store below tells which.
        except UserError as error:
            refuse(as_json, error)
    with opened(as_json) as workspace:
        data, actor, now = file.read_bytes(), base.actor(workspace), datetime.now(UTC)
        marked = None
        if wants_marked:
            marked = import_answers.annotated_answer(workspace, data, file.name, options, actor=actor, now=now)
        return import_answers.import_answer(workspace, data, file.name, options, actor=actor, now=now), marked


def _pairs(option: str, texts: Sequence[str], *, needs_name: bool) -> dict[str, str]:
    """name=value options; a value alone is for every name where that is allowed."""
    found = {}
    for text in texts:
        name, separator, value = text.rpartition("=") if needs_name else text.partition("=")
        if not separator and not needs_name:
            name, value = "", text
        if (needs_name and not name) or not value:
            typer.echo(
                f"{option} 应写成 {'表头=指标代码' if needs_name else '理由，或 代码=理由'}，收到“{text}”。", err=True
            )
            raise typer.Exit(MISUSED)
        found[name] = value
    return found


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise UserError(f"不能写入文件 {path}。", "请换一个可写的位置。") from error


def read(
    files: Annotated[list[Path], typer.Argument(help="一个或多个文件。")],
    as_json: Json = False,
) -> None:
    """文件解码成什么：编码、分隔符、各工作表的全部单元格；不看含义，不用数据库。每个文件输出一行 JSON。"""
    catalog = load_catalog(load_settings().data_dir / "catalog" / "indicators.toml")
    failed = False
    for path in files:
        try:
            data = path.read_bytes()
        except OSError as error:
            failed = True
            values: dict[str, Any] = {"file": path.name, "error": f"不能读取文件：{error.strerror}"}
        else:
            values = read_answer(data, path.name, catalog)
        typer.echo(json.dumps(values, ensure_ascii=False) if as_json else _read_text(values))
    if failed:
        raise typer.Exit(REFUSED)


def _read_text(values: dict[str, Any]) -> str:
    if "error" in values:
        return f"{values['file']}：{values['error']}"
    lines = [f"{values['file']}：{values['kind'] or '不能读取'}，编码 {values['encoding'] or '—'}"]
    lines += [f"  {fault['hint']}" for fault in values["faults"]]
    lines += [f"  注：{note}" for note in values["notes"]]
    for sheet in values["sheets"]:
        lines.append(
            f"  表“{sheet['name'] or sheet['file'] or '-'}”：{len(sheet['rows'])} 行，表头 {sheet['header_rows']}"
        )
        lines += ["    " + " | ".join(row) for row in sheet["rows"][:20]]
    return "\n".join(lines)


def template(
    within: Annotated[str, typer.Option("--within", help="乡镇、县或村的代码或名称。")],
    month: Annotated[str, typer.Option("--month", help="要填报的月份，如 2026-10。")],
    indicator: Annotated[
        list[str] | None, typer.Option("--indicator", help="指标代码，可多次；默认近一年报过的。")
    ] = None,
    output: Output = None,
    as_json: Json = False,
) -> None:
    """生成填报模板（xlsx）：列出各村和代码，旁边是上月数。"""
    with opened(as_json) as workspace:
        region, parsed = region_key_of(workspace, within), Month.parse(month)
        codes = indicator or [one.code for one in queries.template_indicators(workspace, region, parsed)]
        content = queries.upload_template(workspace, region, parsed, codes, now=datetime.now(UTC))
        path = output or Path(f"{workspace.tree.get(region).name}{parsed.label}填报表.xlsx")
        hand_over(workspace, path, content, ExportKind.TEMPLATE, region=region)
        say(as_json, {"file": str(path), "indicators": codes}, lambda v: f"已写入 {v['file']}。")


def batches(as_json: Json = False) -> None:
    """批次列表，新的在前。"""
    with opened(as_json) as workspace:
        say(as_json, answers.batches(workspace), answers.batches_text)


def kept_file(
    number: Annotated[int, typer.Argument(help="批次号。")], output: Output = None, as_json: Json = False
) -> None:
    """取出一批的原文件，与上报时逐字节相同。"""
    with opened(as_json) as workspace:
        kept = queries.uploaded_file(workspace, number)
        path = output or Path(Path(kept.file_name).name or f"batch-{number}")
        if output is None and path.exists():
            raise UserError(f"文件 {path} 已经存在。", "请用 --output 指定别的文件名。")
        region = common_region(regions_of_batch(workspace, number))
        hand_over(workspace, path, kept.content, ExportKind.SENT_FILE, region=region, batch=number)
        values = {"batch": number, "file": str(path), "sha256": kept.sha256, "size": kept.size}
        say(as_json, values, lambda v: f"已写入 {v['file']}（{v['size']:,} 字节，SHA-256 {v['sha256']}）。")


def undo(
    number: Annotated[int, typer.Argument(help="批次号。")],
    rest: Annotated[bool, typer.Option("--rest", help="后来的批次改过的部分保留，只撤销其余。")] = False,
    plan: Annotated[bool, typer.Option("--plan", help="只说明会撤销多少、保留哪些，不写入。")] = False,
    as_json: Json = False,
) -> None:
    """撤销一批：以新的一批把它反转。"""
    with opened(as_json) as workspace:
        if plan:
            say(as_json, answers.undo_plan(workspace, number), answers.undo_plan_text)
            return
        receipt = actions.undo_batch(workspace, number, actor=base.actor(workspace), now=datetime.now(UTC), rest=rest)
        values = {"batch": receipt.batch, "watermark": receipt.watermark, "undoes": number, "cells": receipt.cells}
        say(
            as_json,
            values,
            lambda v: f"第 {v['undoes']} 批已撤销 {v['cells']} 格（撤销批次：第 {v['batch']} 批）。",
        )


def reporting(
    month: MonthText = None,
    within: Within = None,
    reminder: Annotated[bool, typer.Option("--reminder", help="只输出催报文字。")] = False,
    as_json: Json = False,
) -> None:
    """谁报了、谁迟了、谁还没有报。"""
    with opened(as_json) as workspace:
        region = region_key_of(workspace, within) if within else queries.home_region(workspace)
        selection = selection_of(workspace, as_of=None, month=month, region=region)
        if reminder and not as_json:
            typer.echo(queries.reminder(workspace, selection, now=datetime.now(UTC)) or "都已报齐。")
            return
        say(as_json, answers.reporting(workspace, selection, now=datetime.now(UTC)), answers.reporting_text)


def receipt(
    number: Annotated[int, typer.Argument(help="批次号。")], output: Output = None, as_json: Json = False
) -> None:
    """一批的回执：可打印的网页，含合计、名次变化和疑点理由。"""
    with opened(as_json) as workspace:
        path = output or Path(f"第{number}批回执.html")
        region = common_region(regions_of_batch(workspace, number))
        hand_over(
            workspace, path, receipts.receipt_page(workspace, number), ExportKind.RECEIPT, region=region, batch=number
        )
        say(as_json, {"batch": number, "file": str(path)}, lambda v: f"已写入 {v['file']}。")
