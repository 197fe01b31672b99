"""What the commands share: how they answer, refuse, open the store and read a selection."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Annotated, Any, NoReturn

import typer

from ecodash import answers, queries
from ecodash.domain.access import Actor, local_operator
from ecodash.domain.periods import Month
from ecodash.domain.regions import Level, level_of
from ecodash.domain.selection import Selection
from ecodash.errors import (
    CatalogError,
    IndicatorUnknown,
    NotPermitted,
    PeriodUnknown,
    RegionUnknown,
    StoreHeld,
    UserError,
)
from ecodash.settings import load_settings
from ecodash.workspace import Workspace, open_workspace

DONE, REFUSED, MISUSED, HELD = 0, 1, 2, 3

Json = Annotated[bool, typer.Option("--json", help="只输出一个 JSON 对象。")]
AsOf = Annotated[int | None, typer.Option("--as-of", help="截至第几批；默认最新。")]
MonthText = Annotated[str | None, typer.Option("--month", help="月份，如 2026-10；默认最近有数据的月份。")]
Within = Annotated[str | None, typer.Option("--within", help="地区代码或名称；默认本系统的全部地区。")]


def say(as_json: bool, values: dict[str, Any], text: Callable[[dict[str, Any]], str]) -> None:
    typer.echo(json.dumps(values, ensure_ascii=False, indent=2, default=str) if as_json else text(values))


def refuse(as_json: bool, error: UserError) -> NoReturn:
    code = HELD if isinstance(error, StoreHeld) else REFUSED
    if isinstance(error, RegionUnknown | IndicatorUnknown | PeriodUnknown):
        code = MISUSED
    if as_json:
        values = {"error": {"kind": type(error).__name__, "what": error.what, "remedy": error.remedy}}
        if isinstance(error, StoreHeld):
            values["error"]["pid"] = error.pid  # type: ignore[assignment]
        typer.echo(json.dumps(values, ensure_ascii=False))
    typer.echo(f"{error.what}\n{error.remedy}".strip(), err=True)
    raise typer.Exit(code)


_as_login: ContextVar[str] = ContextVar("as_login", default="")


def act_as(login: str) -> None:
    """Run this command for an account; for the machine's operator where the login is empty."""
    _as_login.set(login)


def acts_as() -> str:
    """The login of the account the command is run for; empty where it is run by the machine's operator."""
    return _as_login.get()


def refuse_account(as_json: bool) -> None:
    """End a command that only the machine's operator runs, where it is run for an account."""
    if acts_as():
        refuse(as_json, NotPermitted("这个命令只能由服务器的管理人员运行。", "请去掉 --as 后重试。"))


def actor(workspace: Workspace) -> Actor:
    """Who does what a command does: the account of --as, else the machine's operator."""
    return workspace.actor if workspace.actor.account else local_operator("cli")


@contextmanager
def opened(as_json: bool = False) -> Iterator[Workspace]:
    """The store, opened for one command, as the account of --as sees it; a refusal ends the command with its message and
    code."""
    try:
        with opening() as workspace:
            yield workspace
    except UserError as error:
        refuse(as_json, error)
    except CatalogError as error:
        refuse(as_json, UserError(f"指标目录有误：{error}", "请改正该文件后重试。"))


@contextmanager
def opening() -> Iterator[Workspace]:
    """As opened, for a command that knows what to do about a refusal."""
    workspace = open_workspace(load_settings())
    try:
        yield _as_account(workspace, acts_as())
    finally:
        workspace.close()


def _as_account(workspace: Workspace, login: str) -> Workspace:
    """The installation as an account sees it; as it is where none is named.

    Raises:
        UserError: there is no such account, or it is disabled.
    """
    if not login:
        return workspace
    found = next((one for one in queries.list_accounts(workspace) if one.login == login.strip().lower()), None)
    if found is None:
        raise UserError(f"没有名为“{login[:40]}”的账号。", "运行 users list 可以看到全部账号。")
    if found.is_disabled:
        raise UserError(f"账号“{found.login}”已停用。", "请换一个账号，或先恢复它。")
    return workspace.acting(Actor(found.name, "cli", found.grants, found.number, found.login))


def region_key_of(workspace: Workspace, text: str) -> int:
    """A region's key by code or by name.

    Raises:
        RegionUnknown: no region, or several, have the name.
    """
    return answers.region_named(workspace, text)


def selection_of(
    workspace: Workspace,
    *,
    as_of: int | None,
    month: str | None,
    region: int | None,
    indicator: str | None = None,
    level: Level | None = None,
) -> Selection:
    if len(workspace.tree) <= 1:
        raise UserError("本系统还没有地区。", "请先运行 init --sample，或 init --region 区划代码。")
    newest = queries.newest_watermark(workspace)
    if as_of is not None and not 0 <= as_of <= newest:
        raise UserError(f"没有第 {as_of} 批；最新为第 {newest} 批。", "请核对 --as-of。")
    place = queries.whole_region(workspace) if region is None else region
    chosen = queries.default_selection(workspace, newest if as_of is None else as_of, place)
    if month is not None:
        chosen = chosen.at(month=Month.parse(month))
    code = workspace.catalog[indicator].code if indicator else queries.default_indicator(workspace, chosen)
    chosen = chosen.at(indicator=code)
    own = level_of(chosen.region)
    if level is not None and level.rank <= own.rank and level is not Level.VILLAGE:
        typer.echo(
            f"{level.label}级不在{own.label}级地区之下，无法比较。请改用更低的 --level 或更高的 --within。", err=True
        )
        raise typer.Exit(MISUSED)
    return chosen.at(level=level or queries.indicator_level(workspace, chosen))
