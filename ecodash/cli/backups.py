"""Commands for backups: make, list, verify, restore."""

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from ecodash import actions, answers, queries
from ecodash.actions import Loss
from ecodash.answers import backup_answer
from ecodash.cli import base
from ecodash.cli.base import MISUSED, REFUSED, Json, opened, refuse, say
from ecodash.domain.access import local_operator
from ecodash.domain.backups import Backup
from ecodash.errors import StoreHeld, UserError
from ecodash.reports.numbers import show_time
from ecodash.settings import load_settings
from ecodash.store.backup import database_file
from ecodash.web.client import backup_through_app, verify_through_app
from ecodash.web.handle import find_handle

app = typer.Typer(no_args_is_help=True, help="备份：制作、列表、核对、恢复。")

Name = Annotated[str | None, typer.Argument(help="备份名称，如 20261104-100000；默认最近一份。")]


@app.command("make")
def make(
    keep: Annotated[
        int | None, typer.Option("--keep", min=1, help="只保留最近几份，更早的删除；默认全部保留。")
    ] = None,
    as_json: Json = False,
) -> None:
    """制作一份备份；网页服务运行时也可以，不影响使用。可放进定时任务每天运行。"""
    settings = load_settings()
    handle = find_handle(settings.handle_file)
    if handle is not None and settings.is_embedded and not base.acts_as():
        try:
            say(as_json, backup_through_app(handle, keep), _made_text)
            return
        except StoreHeld:
            pass  # Left by an app that ended without a word, or one that hangs: opening the store below tells which.
        except UserError as error:
            refuse(as_json, error)
    with opened(as_json) as workspace:
        actor, now = base.actor(workspace), datetime.now(UTC)
        made = actions.make_backup(workspace, actor=actor, now=now)
        deleted = actions.delete_old_backups(workspace, keep, actor=actor, now=now) if keep else []
        say(as_json, backup_answer(made, settings, deleted), _made_text)


@app.command("list")
def list_(as_json: Json = False) -> None:
    """全部备份，新的在前。"""
    base.refuse_account(as_json)
    settings = load_settings()
    values = {"backups": [backup_answer(one, settings) for one in queries.backups_on_disk(settings)]}
    say(as_json, values, lambda v: "\n".join(map(_line, v["backups"])) or "还没有备份。")


@app.command("verify")
def verify(name: Name = None, as_json: Json = False) -> None:
    """打开一份备份，逐项核对；网页服务运行时也可以。"""
    settings = load_settings()
    try:
        database_file(settings)
        values = _verified(name or _newest(queries.backups_on_disk(settings)))
    except UserError as error:
        refuse(as_json, error)
    say(as_json, values, _verify_text)
    if values["problems"]:
        raise typer.Exit(REFUSED)


def _verified(name: str) -> dict[str, Any]:
    """By the running app, else against the store opened here; by itself where the store cannot be opened: held by another
    process, or broken."""
    settings, now = load_settings(), datetime.now(UTC)
    handle = find_handle(settings.handle_file)
    if handle is not None and settings.is_embedded and not base.acts_as():
        try:
            return verify_through_app(handle, name)
        except StoreHeld:
            pass  # As in make.
    try:
        with base.opening() as workspace:
            found = actions.check_backup(workspace, name, actor=base.actor(workspace), now=now)
    except UserError:
        if base.acts_as():
            raise
        found = actions.check_backup_apart(settings, name, now=now)
        return answers.backup_check_answer(found, settings) | {"is_apart": True}
    return answers.backup_check_answer(found, settings)


@app.command("restore")
def restore(
    name: Annotated[str | None, typer.Argument(help="备份名称，如 20261104-100000；默认最近一份完好的备份。")] = None,
    is_sure: Annotated[bool, typer.Option("--yes", help="确认恢复。")] = False,
    as_json: Json = False,
) -> None:
    """用一份备份替换现在的数据库；须先停止网页服务。现在的数据库移到 backups 文件夹中另存。"""
    base.refuse_account(as_json)
    settings = load_settings()
    try:
        database_file(settings)
        chosen = name or _newest([one for one in queries.backups_on_disk(settings) if not one.fault])
        loss = actions.restore_loss(settings, chosen)
        if not is_sure:
            typer.echo(
                f"{_loss_text(chosen, loss)}\n"
                f"确认无误请运行：python -m ecodash restore {chosen} --yes。现在的数据库会另存，不会删除。",
                err=True,
            )
            raise typer.Exit(MISUSED)
        done = actions.restore_backup(settings, chosen, actor=local_operator("cli"), now=datetime.now(UTC))
    except UserError as error:
        refuse(as_json, error)
    values = {"name": done.backup.name, "watermark": done.backup.watermark, "aside": str(done.aside)}
    if loss is not None:
        values |= {"lost_batches": loss.batches, "lost_entries": loss.entries}
    say(
        as_json,
        values,
        lambda v: (
            f"已用备份 {v['name']} 恢复到第 {v['watermark']} 批。原来的数据库移到了 {v['aside']}。\n"
            f"{_loss_text(chosen, loss)}\n所有人须重新登录。"
        ),
    )


def _loss_text(name: str, loss: Loss | None) -> str:
    if loss is None:
        return f"现在的数据库读不出，无法列出备份 {name} 之后的变动；那以后的上报、审核、账号和快照变动都不在备份中。"
    if not loss.entries and not loss.batches:
        return f"备份 {name} 之后没有任何变动，恢复不会丢失内容。"
    last = f"，最后一次在 {show_time(loss.last_at)}" if loss.last_at else ""
    return (
        f"备份 {name} 之后有 {loss.batches} 批数据、{loss.entries} 条操作记录{last}，恢复后都不再有效："
        "请让各单位补报，并逐个核对那以后停用的账号、收回的权限和撤回的快照链接。"
    )


def _newest(backups: list[Backup]) -> str:
    if not backups:
        raise UserError("还没有备份。", "请先运行 backup make。")
    return backups[0].name


def _made_text(values: dict[str, Any]) -> str:
    said = (
        f"备份已完成并核对无误：{values['path']}（{values['size'] / 1e6:,.1f} MB，截至第 {values['watermark']} 批）。"
    )
    return said + (f"\n已删除 {len(values['deleted'])} 份旧备份。" if values["deleted"] else "")


def _line(values: dict[str, Any]) -> str:
    made = show_time(datetime.fromisoformat(values["made_at"]))
    state = f"有问题：{values['fault']}" if values["fault"] else "完好"
    kind = "自动" if values["is_automatic"] else "手动"
    return f"{values['name']}  {kind}  {made}  第 {values['watermark']} 批  {values['size'] / 1e6:,.1f} MB  {state}"


def _verify_text(values: dict[str, Any]) -> str:
    if values["problems"]:
        return "\n".join((f"备份 {values['name']} 有 {len(values['problems'])} 处问题：", *values["problems"]))
    if values.get("is_apart"):
        return (
            f"备份 {values['name']} 完好：截至第 {values['watermark']} 批；现在的数据库打不开或被占用，没有与它比对。"
        )
    same = "，与现在的数据库一致" if values["agrees"] else "；现在的数据库还没有到这一批"
    return f"备份 {values['name']} 完好：截至第 {values['watermark']} 批{same}。"
