"""Commands for several processes and another engine: copy a store, look at the key of links."""

import sys
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from ecodash.actions.copying import copy_store
from ecodash.actions.keys import accept_key, key_standing
from ecodash.cli.base import MISUSED, Json, refuse, refuse_account, say
from ecodash.domain.access import local_operator
from ecodash.errors import UserError
from ecodash.settings import load_settings
from ecodash.store.addresses import settings_at, shown_address

app = typer.Typer(no_args_is_help=True, help="密钥 link.key：核对，丢失后改用新的。")


def copy(
    to: Annotated[
        str, typer.Option("--to", metavar="地址", help="目标数据库，必须是空的：postgresql://… 或 duckdb:///…。")
    ],
    source: Annotated[str, typer.Option("--from", metavar="地址", help="原数据库；默认是现在使用的。")] = "",
    as_json: Json = False,
) -> None:
    """把整个数据库复制到另一种数据库（DuckDB 与 PostgreSQL 之间），逐项核对一致；须先停止网页服务。"""
    refuse_account(as_json)
    own = load_settings()
    try:
        given = settings_at(own, source) if source else own
        taken = settings_at(own, to)
        moved = copy_store(given, taken, _Progress(is_shown=not as_json))
    except UserError as error:
        refuse(as_json, error)
    copied = moved.copied
    values = {
        "from": shown_address(given),
        "to": shown_address(taken),
        "digest": copied.digest,
        "watermark": copied.watermark,
        "compared": list(copied.compared),
        "tables": copied.rows,
        "rows": sum(copied.rows.values()),
        "key_file": None if moved.key_file is None else str(moved.key_file),
        "is_embedded": taken.is_embedded,
    }
    say(as_json, values, _copied_text)


class _Progress:
    """Says how far it is, one line a table."""

    def __init__(self, *, is_shown: bool) -> None:
        self._is_shown, self._name = is_shown, ""

    def __call__(self, name: str, rows: int) -> None:
        if not self._is_shown:
            return
        is_new, self._name = name != self._name, name
        lead = "\n" if is_new else "\r"
        # On a terminal the line grows; in a log each part has one.
        typer.echo(f"{lead if sys.stderr.isatty() else ''}  {name}：{rows:,} 行", nl=not sys.stderr.isatty(), err=True)


def _copied_text(values: dict[str, Any]) -> str:
    older = "、".join(map(str, values["compared"]))
    lines = [
        f"已复制到 {values['to']}：{len(values['tables'])} 张表，{values['rows']:,} 行，截至第 {values['watermark']} 批。",
        f"两边核对一致，校验值 {values['digest'][:16]}…" + (f"；第 {older} 批时的数据也一致。" if older else "。"),
    ]
    if values["key_file"]:
        lines.append(
            f"密钥已在 {values['key_file']}。"
            if values["is_embedded"]
            else f"密钥 {values['key_file']} 不在数据库里：每个进程都要用这一份，用 ECODASH_LINK_KEY_FILE 指明，并另行备份。"
        )
    lines.append("原数据库没有改动。确认无误后，用新的地址（ECODASH_HOME 或 ECODASH_DATABASE_URL）启动网页服务。")
    return "\n".join(lines)


@app.command("check")
def check(as_json: Json = False) -> None:
    """现在的密钥是不是这个数据库所用的那一份。"""
    refuse_account(as_json)
    settings = load_settings()
    try:
        found = key_standing(settings)
    except UserError as error:
        refuse(as_json, error)
    values = {"file": str(settings.link_key_file), "is_there": found.is_there, "agrees": found.agrees}
    say(as_json, values, _standing_text)
    if found.agrees is False:
        raise typer.Exit(1)


@app.command("accept")
def accept(
    is_sure: Annotated[bool, typer.Option("--yes", help="确认改用现在的密钥。")] = False, as_json: Json = False
) -> None:
    """原来的密钥已经丢失：从此改用现在的密钥文件（没有就新建一份）。"""
    refuse_account(as_json)
    if not is_sure:
        typer.echo(
            "改用新的密钥后：已发出的快照链接仍能打开，但系统不能再显示它们，需要时请重新生成链接；"
            "开通过动态验证码的账号都要由管理员重置后重新开通；登录中的表单和快照口令要重新输入。"
            "数据、账号和审计不受影响。原来的密钥还找得到时，请不要这样做。确认请加 --yes。",
            err=True,
        )
        raise typer.Exit(MISUSED)
    settings = load_settings()
    try:
        accept_key(settings, actor=local_operator("cli"), now=datetime.now(UTC))
    except UserError as error:
        refuse(as_json, error)
    values = {"file": str(settings.link_key_file)}
    say(as_json, values, lambda v: f"这个数据库从此使用 {v['file']} 中的密钥。请另行备份这份文件。")


def _standing_text(values: dict[str, Any]) -> str:
    if values["agrees"] is None:
        return f"这个数据库还没有认定密钥；将使用 {values['file']}{'' if values['is_there'] else '（尚未建立）'}。"
    if values["agrees"]:
        return f"{values['file']} 就是这个数据库所用的密钥。"
    return f"{values['file']} {'不是这个数据库所用的密钥' if values['is_there'] else '不存在，而这个数据库用过密钥'}。"
