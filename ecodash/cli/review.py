"""Commands for reviewing: review list, show, accept, return, switch; months deadline."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer

from ecodash import actions, effects, queries
from ecodash.answers import plain, records_of
from ecodash.cli import base
from ecodash.cli.base import REFUSED, Json, opened, region_key_of, say
from ecodash.cli.installation import MonthArgument, months_app
from ecodash.domain.access import Actor
from ecodash.domain.calendar import BEIJING, due_words
from ecodash.domain.periods import Month
from ecodash.domain.regions import region_code
from ecodash.domain.review import FilingState
from ecodash.errors import UserError
from ecodash.store.submission import Receipt
from ecodash.workspace import Workspace

app = typer.Typer(help="审核：待审的报送件，通过和退回。", no_args_is_help=True)

Number = Annotated[int, typer.Argument(help="报送件编号。")]
CountyText = Annotated[str, typer.Option("--within", help="县的区划代码或名称。")]
_LISTED = [
    "number", "actor", "received_at", "file_name", "name", "first_month", "last_month", "cell_count", "new_count",
    "changed_count", "doubts", "is_late", "is_clean", "state", "state_by", "state_at", "comment", "batch", "answers",
]  # fmt: skip


def _actor(workspace: Workspace) -> Actor:
    """Whom a command acts for: the account it was told to act as, else whoever works on the machine."""
    return base.actor(workspace)


@app.command("list")
def list_(
    all_: Annotated[bool, typer.Option("--all", help="已处理的也列出。")] = False,
    month: Annotated[str | None, typer.Option("--month", help="只列含这个月数据的。")] = None,
    as_json: Json = False,
) -> None:
    """等待审核的报送件，新的在前。"""
    with opened(as_json) as workspace:
        found = queries.list_filings(
            workspace,
            states=None if all_ else [FilingState.SUBMITTED],
            month=Month.parse(month) if month else None,
        )
        say(as_json, {"filings": records_of(found, _LISTED)}, _list_text)


def _list_text(values: dict[str, Any]) -> str:
    lines = [
        f"{row['number']}  {FilingState(row['state']).label}  {row['name']}  {row['actor']}  "
        f"{row['received_at'][:16].replace('T', ' ')}{'（迟报）' if row['is_late'] else ''}  {row['file_name']}  "
        f"新增 {row['new_count']}，更改 {row['changed_count']}，疑点 {row['doubts']}"
        for row in values["filings"]
    ]
    return "\n".join(lines) or "没有等待审核的报送件。"


@app.command()
def show(number: Number, as_json: Json = False) -> None:
    """一份报送件：与现有数据的差别、对合计的影响、疑点和理由、处理经过。"""
    with opened(as_json) as workspace:
        actor, now = _actor(workspace), datetime.now(UTC)
        kept = queries.get_filing(workspace, number)
        upload = actions.open_filing(workspace, number, actor=actor, now=now)
        found = effects.effects_of_filing(workspace, number, actor=actor, now=now)
        changed = upload.changes[upload.changes["change"] != "unchanged"]
        values = {
            "number": number,
            "state": kept.state.value,
            "actor": kept.actor,
            "received_at": kept.received_at.isoformat(),
            "file": kept.file_name,
            "sha256": kept.file_sha256,
            "regions": [region_code(key) for key in kept.regions],
            **upload.counts,
            "compared_at": upload.watermark,
            "changes": [
                {"region": region_code(int(row["region"])), "name": workspace.tree.get(int(row["region"])).name,
                 "indicator": str(row["indicator"]), "month": str(Month.from_key(int(row["period"]))),
                 "old": _float(row["old"]), "new": _float(row["new"])}
                for row in changed.to_dict("records")
            ],
            "targets": int((upload.target_changes["change"] != "unchanged").sum()),
            "totals": records_of(found.totals, list(found.totals.columns)),
            "doubts": [{"code": one.code, "hint": one.hint, "reason": one.reason} for one in kept.doubts],
            "steps": records_of(
                queries.filing_steps(workspace, number), ["state", "actor", "at", "comment", "batch"]
            ),
        }  # fmt: skip
        say(as_json, values, _show_text)


def _float(value: Any) -> float | None:
    found = plain(value)
    return None if found is None else float(found)


def _show_text(values: dict[str, Any]) -> str:
    head = f"第 {values['number']} 份报送件  {FilingState(values['state']).label}  {values['actor']}  {values['file']}"
    lines = [
        head,
        f"新增 {values['new']}，更改 {values['changed']}，不变 {values['unchanged']}，目标 {values['targets']}",
    ]
    lines += [
        f"  {row['name']} {row['month']} {row['indicator']}：{_said(row['old'])} → {_said(row['new'])}"
        for row in values["changes"]
    ]
    lines += [f"  合计 {row['indicator']}：{_said(row['before'])} → {_said(row['after'])}" for row in values["totals"]]
    lines += [f"  疑点 {row['hint']} 理由：{row['reason']}" for row in values["doubts"]]
    lines += [
        f"  {row['at'][:16].replace('T', ' ')} {row['actor']} {FilingState(row['state']).label} {row['comment']}".rstrip()
        for row in values["steps"]
    ]
    return "\n".join(lines)


def _said(value: float | None) -> str:
    return "未上报" if value is None else f"{value:,.10g}"


@app.command()
def accept(
    numbers: Annotated[list[int], typer.Argument(help="一份或多份报送件的编号。")],
    comment: Annotated[str, typer.Option("--comment", help="审核意见。")] = "",
    as_json: Json = False,
) -> None:
    """通过：数据即发布。按报送先后逐份处理；不能通过的列出原因，其余照常。"""
    with opened(as_json) as workspace:
        done = actions.accept_filings(
            workspace, numbers, actor=_actor(workspace), now=datetime.now(UTC), comment=comment
        )
        results = [
            {"filing": number, "batch": result.batch, "cells": result.cells, "refused": None}
            if isinstance(result, Receipt)
            else {"filing": number, "batch": None, "cells": 0, "refused": str(result)}
            for number, result in done
        ]
        say(as_json, {"results": results}, _accepted_text)
    if any(one["refused"] for one in results):
        raise typer.Exit(REFUSED)


def _accepted_text(values: dict[str, Any]) -> str:
    return "\n".join(
        f"第 {one['filing']} 份未通过：{one['refused']}"
        if one["refused"]
        else f"第 {one['filing']} 份已通过：第 {one['batch']} 批，{one['cells']} 个数据。"
        for one in values["results"]
    )


@app.command("return")
def return_(
    number: Number, comment: Annotated[str, typer.Option("--comment", help="退回的理由。")], as_json: Json = False
) -> None:
    """退回给上报人，说明理由。"""
    with opened(as_json) as workspace:
        kept = actions.return_filing(workspace, number, comment=comment, actor=_actor(workspace), now=datetime.now(UTC))
        values = {"filing": number, "state": kept.state.value, "comment": kept.comment}
        say(as_json, values, lambda v: f"第 {v['filing']} 份已退回。")


@app.command()
def switch(
    within: CountyText,
    is_on: Annotated[bool, typer.Option("--on/--off", help="该县的上报是否须经审核。")] = True,
    reason: Annotated[str, typer.Option("--reason", help="关闭审核的理由。")] = "",
    as_json: Json = False,
) -> None:
    """一个县的上报是否须经审核才发布；默认须审核。"""
    with opened(as_json) as workspace:
        county = region_key_of(workspace, within)
        changed = actions.set_reviewed(
            workspace, county, is_on, reason=reason, actor=_actor(workspace), now=datetime.now(UTC)
        )
        values = {"county": region_code(county), "is_reviewed": is_on, "changed": changed}
        state = "须经审核" if is_on else "不再审核"
        say(as_json, values, lambda v: f"{v['county']} {state}{'' if v['changed'] else '（原来就是）'}。")


@months_app.command("deadline")
def deadline(
    month: MonthArgument,
    within: CountyText,
    until: Annotated[str, typer.Option("--until", help="最后一天，如 2026-11-08；或到几点，如 2026-11-08T18:00。")],
    reason: Annotated[str, typer.Option("--reason", help="期限已过再改时须说明。")] = "",
    as_json: Json = False,
) -> None:
    """一个县某月的上报期限：此后收到的算迟报。"""
    with opened(as_json) as workspace:
        county, parsed, due = region_key_of(workspace, within), Month.parse(month), _moment(until)
        changed = actions.set_deadline(
            workspace, county, parsed, due, reason=reason, actor=_actor(workspace), now=datetime.now(UTC)
        )
        values = {"month": str(parsed), "county": region_code(county), "due_at": due.isoformat(), "changed": changed}
        say(as_json, values, lambda v: f"{v['month']} {v['county']} 上报期限：{due_words(due)}。")


def _moment(text: str) -> datetime:
    """The first late moment: the end of a day, or a time by Beijing's clock."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise UserError(f"“{text[:40]}”不是日期。", "请写成 2026-11-08 或 2026-11-08T18:00。") from error
    local = found if found.tzinfo else found.replace(tzinfo=BEIJING)
    has_time = "T" in text or ":" in text
    return (local if has_time else local + timedelta(days=1)).astimezone(UTC)
