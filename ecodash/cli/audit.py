"""Commands for the audit: list, verify, export."""

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer

from ecodash import queries
from ecodash.cli.base import MISUSED, REFUSED, Json, opened, region_key_of, say
from ecodash.cli.files import hand_over
from ecodash.domain.audit import AuditFilter, ExportKind
from ecodash.domain.calendar import BEIJING
from ecodash.domain.regions import COUNTRY_KEY, region_code
from ecodash.errors import UserError
from ecodash.reports import audit_sheet
from ecodash.reports import audit_words as words
from ecodash.workspace import Workspace

app = typer.Typer(no_args_is_help=True, help="审计日志：查看、核对、导出。")

_MOST_XLSX = 20_000

Since = Annotated[datetime | None, typer.Option("--since", formats=["%Y-%m-%d"], help="从哪天（北京时间）。")]
Until = Annotated[datetime | None, typer.Option("--until", formats=["%Y-%m-%d"], help="到哪天，含当天。")]
Action = Annotated[list[str] | None, typer.Option("--action", help="操作代码，如 commit、export，可多次。")]
Person = Annotated[str, typer.Option("--who", help="姓名，与日志中一致。")]
Within = Annotated[str | None, typer.Option("--within", help="地区代码或名称。")]
BatchNumber = Annotated[int | None, typer.Option("--batch", help="批次号。")]
Words = Annotated[str, typer.Option("--text", help="说明、姓名或地址中的文字。")]


@app.command("list")
def list_(
    since: Since = None,
    until: Until = None,
    action: Action = None,
    who: Person = "",
    within: Within = None,
    batch: BatchNumber = None,
    text: Words = "",
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="最多几行。")] = 50,
    before: Annotated[int | None, typer.Option("--before", help="只看行号更小的，用来翻页。")] = None,
    as_json: Json = False,
) -> None:
    """日志的各行，新的在前。"""
    with opened(as_json) as workspace:
        wanted = _wanted(workspace, since, until, action, who, within, batch, text)
        found = queries.find_audit(workspace, wanted, before=before, limit=limit)
        values = {"count": found.count, "lines": [_line(line) for line in found.lines.to_dict("records")]}
        say(as_json, values, _list_text)


@app.command("verify")
def verify(
    line: Annotated[int | None, typer.Option("--line", help="另行留存的行号。")] = None,
    digest: Annotated[str, typer.Option("--digest", help="该行另行留存的校验值。")] = "",
    as_json: Json = False,
) -> None:
    """逐行核对整个日志：有没有被改动、删除、插入、调换或截掉末尾。"""
    if (line is None) != (not digest):
        typer.echo("--line 和 --digest 须一起给出。", err=True)
        raise typer.Exit(MISUSED)
    with opened(as_json) as workspace:
        anchor = None if line is None else (line, digest.strip().lower())
        state = queries.check_audit(workspace, anchor)
        values = {
            "ok": not state.problems,
            "lines": state.chain.count,
            "last": state.chain.last,
            "digest": state.chain.digest,
            "problems": [problem.what for problem in state.problems],
        }
        say(as_json, values, _verify_text)
        if state.problems:
            raise typer.Exit(REFUSED)


@app.command("export")
def export(
    file: Annotated[Path, typer.Argument(help="写到哪个文件：.xlsx、.csv 或 .jsonl。")],
    since: Since = None,
    until: Until = None,
    action: Action = None,
    who: Person = "",
    within: Within = None,
    batch: BatchNumber = None,
    text: Words = "",
    as_json: Json = False,
) -> None:
    """把日志写成文件，每行附校验值；.jsonl 是原样的全部字段，可离线核对。"""
    with opened(as_json) as workspace:
        wanted = _wanted(workspace, since, until, action, who, within, batch, text)
        content, rows = _content(workspace, wanted, file)
        region = COUNTRY_KEY if wanted.region is None else wanted.region
        hand_over(workspace, file, content, ExportKind.AUDIT, region=region, rows=rows)
        chain = queries.check_audit(workspace).chain
        values = {"file": str(file), "lines": rows, "last": chain.last, "digest": chain.digest}
        say(as_json, values, lambda v: f"已写入 {v['file']}，共 {v['lines']} 行。")


def _wanted(
    workspace: Workspace,
    since: datetime | None,
    until: datetime | None,
    action: list[str] | None,
    who: str,
    within: str | None,
    batch: int | None,
    text: str,
) -> AuditFilter:
    unknown = [code for code in action or [] if code not in words.ACTIONS]
    if unknown:
        raise UserError(f"没有操作“{words.visible(unknown[0])}”。", f"可用的有：{'、'.join(words.ACTIONS)}。")
    first = since.replace(tzinfo=BEIJING) if since else None
    last = until.replace(tzinfo=BEIJING, hour=23, minute=59, second=59, microsecond=999_999) if until else None
    region = region_key_of(workspace, within) if within else None
    return AuditFilter(first, last, tuple(action or ()), None, who, region, batch, text)


def _content(workspace: Workspace, wanted: AuditFilter, file: Path) -> tuple[bytes, int]:
    kind = file.suffix.lower()
    if kind not in (".xlsx", ".csv", ".jsonl"):
        raise UserError(f"不能写成“{file.suffix}”文件。", "文件名请以 .xlsx、.csv 或 .jsonl 结尾。")
    most = _MOST_XLSX if kind == ".xlsx" else queries.MOST_LINES
    found = queries.find_audit(workspace, wanted, limit=most)
    if found.count > most:
        raise UserError(f"符合条件的有 {found.count} 行，一次最多 {most} 行。", "请用 --since、--until 分段导出。")
    tree = workspace.tree

    def name_of(key: int) -> str:
        region = tree.find(key)
        return "全部地区" if key == COUNTRY_KEY else words.visible(region.full_name) if region else str(key)

    if kind == ".csv":
        return audit_sheet.audit_csv(found.lines, name_of), len(found.lines)
    if kind == ".xlsx":
        chain = queries.check_audit(workspace).chain
        anchor = audit_sheet.anchor_note(chain.count, chain.last, chain.digest)
        return audit_sheet.audit_xlsx(found.lines, name_of, asked="", anchor=anchor), len(found.lines)
    rows = [json.dumps(_line(line), ensure_ascii=False) for line in found.lines.to_dict("records")]
    return ("\n".join(rows) + "\n" if rows else "").encode(), len(rows)


def _line(line: dict[Any, Any]) -> dict[str, Any]:
    return {
        "number": int(line["number"]),
        "at": line["at"].isoformat(),
        "actor": line["actor"],
        "account": int(line["account"]),
        "address": line["address"],
        "channel": line["channel"],
        "action": line["action"],
        "region": region_code(int(line["region"])),
        "detail": words.read_detail(line["detail"]),
        "batch": None if pd.isna(line["batch"]) else int(line["batch"]),
        "watermark": int(line["watermark"]),
        "digest": line["digest"],
    }


def _list_text(values: dict[str, Any]) -> str:
    lines = [
        f"{line['number']}  {words.second(datetime.fromisoformat(line['at']))}  "
        f"{words.who(line['actor'], line['channel'])}  {words.action_label(line['action'])}  "
        f"{words.summary(json.dumps(line['detail'], ensure_ascii=False))}"
        for line in values["lines"]
    ]
    return "\n".join([*lines, f"共 {values['count']} 行。"])


def _verify_text(values: dict[str, Any]) -> str:
    if values["ok"]:
        return f"审计日志完整：共 {values['lines']} 行，最后一行第 {values['last']} 行，校验值 {values['digest']}。"
    return "\n".join([*values["problems"], "请保留数据库文件原样，并报告信息安全负责人。"])
