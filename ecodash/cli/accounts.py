"""Commands for accounts: list, add, import, disable, enable, reset, grant; and the link that makes the first one."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from ecodash import actions, queries
from ecodash.cli import base
from ecodash.cli.base import MISUSED, REFUSED, Json, opened, refuse, region_key_of, say
from ecodash.domain.access import Grant
from ecodash.domain.accounts import Account, fold_login
from ecodash.domain.regions import COUNTRY_KEY, region_code
from ecodash.errors import LinkUnknown, UserError
from ecodash.reports.account_template import ROLE_NAMES, WHOLE
from ecodash.workspace import Workspace

app = typer.Typer(no_args_is_help=True, help="用户：列表、新增、导入、停用、启用、重置密码、角色和地区。")

Login = Annotated[str, typer.Argument(help="账号。")]
Grants = Annotated[
    list[str] | None,
    typer.Option("--grant", help="角色:地区，如 填报员:暨龙镇、reviewer:500230、管理员:全国；可多次。"),
]
SeesReported = Annotated[bool, typer.Option("--sees-reported", help="查看员也能看到待审数据。")]
Reason = Annotated[str, typer.Option("--reason", help="理由。")]


@app.command("list")
def list_users(as_json: Json = False) -> None:
    """全部账号。"""
    with opened(as_json) as workspace:
        now = datetime.now(UTC)
        values = {"accounts": [_told(workspace, one, now) for one in queries.list_accounts(workspace)]}
        say(as_json, values, _list_text)


@app.command("add")
def add_user(
    login: Login,
    name: Annotated[str, typer.Argument(help="姓名。")],
    grant: Grants = None,
    unit: Annotated[str, typer.Option("--unit", help="单位。")] = "",
    sees_reported: SeesReported = False,
    as_json: Json = False,
) -> None:
    """新增账号；初始密码只显示这一次，首次登录须修改。"""
    with opened(as_json) as workspace:
        made = actions.create_account(
            workspace,
            login,
            name,
            unit=unit,
            grants=_grants(workspace, grant or [], sees_reported),
            actor=base.actor(workspace),
            now=datetime.now(UTC),
        )
        values = {"number": made.account.number, "login": made.account.login, "first_password": made.first_password}
        say(as_json, values, lambda v: f"已建立账号 {v['login']}，初始密码（只显示这一次）：{v['first_password']}")


@app.command("import")
def import_users(
    file: Annotated[Path, typer.Argument(help="账号表（xlsx、csv）。", exists=True, dir_okay=False)],
    as_json: Json = False,
) -> None:
    """按表格新增账号；有一处填错就一个也不建立。初始密码只显示这一次。"""
    with opened(as_json) as workspace:
        actor = base.actor(workspace)
        plan = actions.plan_accounts(workspace, file.read_bytes(), file.name, actor=actor)
        if plan.problems:
            values: dict[str, Any] = {
                "problems": [
                    {"row": one.row, "column": one.column, "value": one.value, "what": one.what}
                    for one in plan.problems
                ]
            }
            say(as_json, values, _problems_text)
            raise typer.Exit(REFUSED)
        made = actions.create_accounts(workspace, plan, actor=actor, now=datetime.now(UTC))
        values = {
            "accounts": [
                {"login": one.account.login, "name": one.account.name, "first_password": one.first_password}
                for one in made
            ]
        }
        say(as_json, values, _made_text)


@app.command("template")
def users_template(
    file: Annotated[Path, typer.Argument(help="写到哪个文件（xlsx）。")] = Path("账号导入模板.xlsx"),
    as_json: Json = False,
) -> None:
    """下载导入账号用的模板。"""
    content = actions.accounts_template()
    try:
        file.write_bytes(content)
    except OSError as error:
        refuse(as_json, UserError(f"文件 {file} 不能写入：{error.strerror}。", "请换一个文件夹。"))
    say(as_json, {"file": str(file), "bytes": len(content)}, lambda v: f"模板已写到 {v['file']}。")


@app.command("disable")
def disable_user(login: Login, reason: Reason, as_json: Json = False) -> None:
    """停用账号：立即退出，不能再登录。"""
    _set_disabled(login, True, reason, as_json)


@app.command("enable")
def enable_user(login: Login, reason: Reason = "", as_json: Json = False) -> None:
    """重新启用账号，并解除因输错密码的锁定。"""
    _set_disabled(login, False, reason, as_json)


def _set_disabled(login: str, is_disabled: bool, reason: str, as_json: bool) -> None:
    with opened(as_json) as workspace:
        number = _number(workspace, login)
        account = actions.set_disabled(
            workspace, number, is_disabled, reason=reason, actor=base.actor(workspace), now=datetime.now(UTC)
        )
        values = {"login": account.login, "is_disabled": account.is_disabled}
        say(as_json, values, lambda v: f"账号 {v['login']} 已{'停用' if v['is_disabled'] else '启用'}。")


@app.command("reset")
def reset_user(
    login: Login,
    totp: Annotated[bool, typer.Option("--totp", help="改为停用动态验证码（手机丢失时），不改密码。")] = False,
    as_json: Json = False,
) -> None:
    """重置密码并解除锁定；新的初始密码只显示这一次。该账号在各处退出登录。"""
    with opened(as_json) as workspace:
        number, actor, now = _number(workspace, login), base.actor(workspace), datetime.now(UTC)
        if totp:
            was_on = actions.reset_totp(workspace, number, actor=actor, now=now)
            values: dict[str, Any] = {"login": fold_login(login), "changed": was_on}
            said = "已停用动态验证码" if was_on else "原来就没有动态验证码"
            say(as_json, values, lambda v: f"账号 {v['login']} {said}。")
            return
        password = actions.reset_password(workspace, number, actor=actor, now=now)
        values = {"login": fold_login(login), "first_password": password}
        say(as_json, values, lambda v: f"账号 {v['login']} 的初始密码（只显示这一次）：{v['first_password']}")


@app.command("grant")
def grant_user(login: Login, grant: Grants = None, sees_reported: SeesReported = False, as_json: Json = False) -> None:
    """重新授予角色和地区：给出的就是全部，原有的不再保留。"""
    if not grant:
        typer.echo("请用 --grant 角色:地区 给出至少一个角色。", err=True)
        raise typer.Exit(MISUSED)
    with opened(as_json) as workspace:
        now = datetime.now(UTC)
        account = actions.change_grants(
            workspace,
            _number(workspace, login),
            _grants(workspace, grant, sees_reported),
            actor=base.actor(workspace),
            now=now,
        )
        say(as_json, _told(workspace, account, now), _account_text)


def setup_link(as_json: Json = False) -> None:
    """生成设置链接：在浏览器打开，建立第一个管理员。24 小时内有效，只能用一次。"""
    with opened(as_json) as workspace:
        token = actions.make_setup_link(workspace, now=datetime.now(UTC))
        if token is None:
            refuse(
                as_json,
                UserError(
                    "本系统已有账号，不再生成设置链接。",
                    "忘记密码请用 users reset 账号 重置；没有可用的管理员时用 users add 账号 姓名 --grant 管理员:全国 新增。",
                ),
            )
        path = f"/setup/{token}"
        values = {"path": path, "url": workspace.settings.public_url and f"{workspace.settings.public_url}{path}"}
        say(as_json, values, lambda v: f"请在浏览器打开：{v['url'] or '（网页服务的地址）' + v['path']}")


# ── how they are told ──────────────────────────────────────────────────────────────────────────────────────────────


def _number(workspace: Workspace, login: str) -> int:
    wanted = fold_login(login)
    for one in queries.list_accounts(workspace):
        if one.login == wanted:
            return one.number
    raise LinkUnknown(f"没有账号“{login[:40]}”。", "请用 users list 核对。")


def _grants(workspace: Workspace, texts: Sequence[str], sees_reported: bool) -> list[Grant]:
    found = []
    for text in texts:
        name, _sep, place = text.replace("：", ":").partition(":")
        role = ROLE_NAMES.get(name.strip().lower())
        if role is None or not place.strip():
            raise UserError(
                f"“{text[:40]}”不是“角色:地区”。",
                "角色为查看员、填报员、审核员、管理员，地区为区划代码或名称，如 填报员:暨龙镇。",
            )
        key = COUNTRY_KEY if place.strip() in WHOLE else region_key_of(workspace, place.strip())
        found.append(Grant(role, key, sees_reported))
    return found


def _told(workspace: Workspace, account: Account, now: datetime) -> dict[str, Any]:
    return {
        "number": account.number,
        "login": account.login,
        "name": account.name,
        "unit": account.unit,
        "state": _state(account, now),
        "has_totp": account.has_totp,
        "signed_in_at": account.signed_in_at.isoformat() if account.signed_in_at else None,
        "grants": [
            {
                "role": one.role.value,
                "role_name": one.role.label,
                "region": region_code(one.region),
                "region_name": _place(workspace, one.region),
                "sees_reported": one.sees_reported,
            }
            for one in account.grants
        ],
    }


def _state(account: Account, now: datetime) -> str:
    if account.is_disabled:
        return "disabled"
    if account.is_locked(now):
        return "locked"
    return "must_change" if account.must_change else "active"


_STATES = {"disabled": "停用", "locked": "锁定", "must_change": "待改密", "active": "正常"}


def _place(workspace: Workspace, key: int) -> str:
    if key == COUNTRY_KEY:
        return WHOLE[0]
    found = workspace.tree.find(key)
    return found.name if found else region_code(key)


def _account_text(values: dict[str, Any]) -> str:
    roles = "、".join(f"{one['role_name']}（{one['region_name']}）" for one in values["grants"]) or "没有角色"
    return f"{values['login']}  {values['name']}  {_STATES[values['state']]}  {roles}"


def _list_text(values: dict[str, Any]) -> str:
    return "\n".join(map(_account_text, values["accounts"])) or "还没有账号。"


def _problems_text(values: dict[str, Any]) -> str:
    lines = [f"第 {one['row']} 行 {one['column']}“{one['value']}”：{one['what']}" for one in values["problems"]]
    return "\n".join([*lines, f"共 {len(lines)} 处问题，没有建立任何账号。"])


def _made_text(values: dict[str, Any]) -> str:
    lines = [f"{one['login']}  {one['name']}  {one['first_password']}" for one in values["accounts"]]
    return "\n".join([f"已建立 {len(lines)} 个账号，初始密码只显示这一次：", *lines])
