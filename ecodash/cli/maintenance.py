"""Commands for upkeep: put closed months in order, write the file anew, the digest of all content."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from ecodash import actions, answers
from ecodash.cli import base
from ecodash.cli.base import MISUSED, Json, opened, refuse, say
from ecodash.domain.access import local_operator
from ecodash.domain.periods import Month
from ecodash.errors import StoreHeld, UserError
from ecodash.settings import load_settings
from ecodash.web.client import maintain_through_app
from ecodash.web.handle import Handle, find_handle

app = typer.Typer(no_args_is_help=True, help="数据库的日常维护：整理封账月份、收回空间。")

Plan = Callable[[], Iterable[Month]]
Reorder = Callable[[Month], dict[str, Any]]


def running_app() -> Handle | None:
    """The app that holds the store, where the command may be done through it: not for an account (--as)."""
    settings = load_settings()
    return find_handle(settings.handle_file) if settings.is_embedded and not base.acts_as() else None


@app.command("reorder")
def reorder(
    month: Annotated[list[str] | None, typer.Option("--month", help="封账的月份，如 2026-09，可多次。")] = None,
    is_all: Annotated[bool, typer.Option("--all-closed", help="全部封账的月份。")] = False,
    as_json: Json = False,
) -> None:
    """把封账月份的数据按地区重新排列，查询更快；内容不变，前后用摘要核对。网页服务运行时也可以，可以中断后再运行。"""
    if bool(month) == is_all:
        typer.echo("请给出 --month 月份，或 --all-closed，二者选一。", err=True)
        raise typer.Exit(MISUSED)
    try:
        chosen = [Month.parse(text) for text in month or []]
        handle = running_app()
        if handle is not None:
            try:
                _reorder(as_json, chosen, *_through(handle))
                return
            except StoreHeld:
                pass  # Left by an app that ended without a word, or one that hangs: opening the store tells which.
    except UserError as error:
        refuse(as_json, error)
    with opened(as_json) as workspace:
        actor = base.actor(workspace)
        _reorder(
            as_json,
            chosen,
            lambda: actions.unordered_months(workspace),
            lambda one: answers.reordered_answer(
                one, actions.reorder_month(workspace, one, actor=actor, now=datetime.now(UTC))
            ),
        )


def _through(handle: Handle) -> tuple[Plan, Reorder]:
    return (
        lambda: [Month.parse(text) for text in maintain_through_app(handle, "plan")["months"]],
        lambda one: maintain_through_app(handle, "reorder", month=str(one)),
    )


def _reorder(as_json: bool, chosen: list[Month], plan: Plan, do: Reorder) -> None:
    """One month after the other, each committed by itself: what is done stays done where it is cut short."""
    done = []
    for one in chosen or plan():
        done.append(do(one))
        if not as_json:
            typer.echo(_reordered_line(done[-1]), err=True)
    moved = [one for one in done if not one["was_in_order"]]
    say(
        as_json,
        {"months": done},
        lambda _: f"已整理 {len(moved)} 个月，内容核对一致。" if moved else "没有需要整理的月份。",
    )


def _reordered_line(values: dict[str, Any]) -> str:
    if values["was_in_order"]:
        return f"  {values['month']} 原来就按地区排列。"
    return f"  {values['month']} 已整理，{values['rows']:,} 行，前后摘要一致 {values['digest'][:16]}"


@app.command("compact")
def compact(as_json: Json = False) -> None:
    """重写数据库文件，收回不用的空间；须先停止网页服务。写好并核对一致后才替换原文件。"""
    base.refuse_account(as_json)
    try:
        done = actions.compact_store(load_settings(), actor=local_operator("cli"), now=datetime.now(UTC))
    except UserError as error:
        refuse(as_json, error)
    values = {"before": done.before, "after": done.after, "sha256": done.digest}
    say(as_json, values, _compacted_text)


def _compacted_text(values: dict[str, Any]) -> str:
    before, after = values["before"] / 1e6, values["after"] / 1e6
    if after >= before:
        return f"数据库文件 {before:,.1f} MB，没有可收回的空间，保持原样。"
    return f"数据库文件由 {before:,.1f} MB 变为 {after:,.1f} MB，内容核对一致。"


def digest(
    watermark: Annotated[
        int | None, typer.Option("--watermark", min=0, help="只算截至第几批的数据；默认现在的全部内容。")
    ] = None,
    as_json: Json = False,
) -> None:
    """全部内容的摘要（SHA-256）：两个数据库内容相同，摘要就相同，与数据库种类无关。网页服务运行时也可以。"""
    handle = running_app()
    if handle is not None:
        asked = {} if watermark is None else {"watermark": str(watermark)}
        try:
            say(as_json, maintain_through_app(handle, "digest", **asked), _digest_text)
            return
        except StoreHeld:
            pass  # As in reorder.
        except UserError as error:
            refuse(as_json, error)
    with opened(as_json) as workspace:
        say(as_json, answers.store_digest_answer(workspace, watermark), _digest_text)


def _digest_text(values: dict[str, Any]) -> str:
    lines = [f"  {name:<18} {one['rows']:>12,} 行  {one['sha256']}" for name, one in values["tables"].items()]
    what = "全部内容" if values["is_whole"] else f"截至第 {values['watermark']} 批的数据"
    return "\n".join((*lines, f"{what}：{values['sha256']}"))
