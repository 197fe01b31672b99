"""Commands for the installation: init, verify, closed months, other names of regions."""

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from ecodash import actions, answers, queries
from ecodash.cli import base
from ecodash.cli.base import MISUSED, REFUSED, Json, opened, region_key_of, say
from ecodash.domain.periods import Month
from ecodash.domain.regions import COUNTRY_KEY, region_code
from ecodash.errors import UserError
from ecodash.sample import load_sample

months_app = typer.Typer(no_args_is_help=True, help="封账：关闭、开放某个月的上报。")
alias_app = typer.Typer(no_args_is_help=True, help="地区曾用名：上报文件中的旧村名。")


def init(
    sample: Annotated[bool, typer.Option("--sample", help="装入示例：公布数据和演示县（丰都县）。")] = False,
    region: Annotated[list[str] | None, typer.Option("--region", help="县、市或省的区划代码，可多次。")] = None,
    as_json: Json = False,
) -> None:
    """建立数据库，加入地区及其下所有村。"""
    if not sample and not region:
        typer.echo("请给出 --sample 或 --region 代码。", err=True)
        raise typer.Exit(MISUSED)
    if "0" in (region or []):
        typer.echo("请给出县、市或省的代码；不支持一次装入全国。", err=True)
        raise typer.Exit(MISUSED)
    with opened(as_json) as workspace:
        actor, known = base.actor(workspace), len(workspace.tree)
        if region:
            actions.add_regions(workspace, region, actor=actor, now=datetime.now(UTC))
        batches = 0
        if sample:
            if queries.newest_watermark(workspace) and not workspace.settings.sample_marker.exists():
                raise UserError("数据库中已有数据，不再装入示例。", "如需示例，请换一个空的 ECODASH_HOME。")
            batches = load_sample(workspace, actor=actor, progress=_progress if not as_json else lambda *_: None)
        values = {
            "home": str(workspace.settings.home),
            "regions": len(workspace.tree),
            "added": len(workspace.tree) - known,
            "batches": batches,
            "watermark": queries.newest_watermark(workspace),
        }
        say(as_json, values, lambda v: f"已就绪：{v['regions']} 个地区，{v['batches']} 批数据。")


def _progress(done: int, total: int, name: str) -> None:
    typer.echo(f"  [{done + 1}/{total}] {name}", err=True)


def verify(as_json: Json = False) -> None:
    """核对流水、汇总、批次和快照；给出数据摘要。"""
    with opened(as_json) as workspace:
        values = answers.soundness(workspace)
        say(as_json, values, answers.soundness_text)
        if values["problems"]:
            raise typer.Exit(REFUSED)


# ── closed months ──────────────────────────────────────────────────────────────────────────────────────────────────

MonthArgument = Annotated[str, typer.Argument(help="月份，如 2026-09。")]
County = Annotated[str | None, typer.Option("--within", help="县的区划代码或名称；默认全部地区。")]


@months_app.command("close")
def close_month(
    month: MonthArgument,
    within: County = None,
    reason: str = "",
    leaves_open: Annotated[
        bool, typer.Option("--leaves-open", help="还有待审的报送件也封账；它们不能再通过。")
    ] = False,
    as_json: Json = False,
) -> None:
    """封账：这个月不再接受上报和更正。"""
    _set_closed(month, within, reason, as_json, is_closed=True, leaves_open=leaves_open)


@months_app.command("open")
def open_month(
    month: MonthArgument,
    reason: Annotated[str, typer.Option("--reason", help="重新开放的理由。")],
    within: County = None,
    as_json: Json = False,
) -> None:
    """重新开放已封账的月份；须说明理由。"""
    _set_closed(month, within, reason, as_json, is_closed=False)


def _set_closed(
    month: str, within: str | None, reason: str, as_json: bool, *, is_closed: bool, leaves_open: bool = False
) -> None:
    with opened(as_json) as workspace:
        county = region_key_of(workspace, within) if within else COUNTRY_KEY
        parsed = Month.parse(month)
        changed = actions.set_month_closed(
            workspace,
            parsed,
            is_closed=is_closed,
            actor=base.actor(workspace),
            now=datetime.now(UTC),
            county=county,
            reason=reason,
            leaves_open=leaves_open,
        )
        values = {"month": str(parsed), "county": region_code(county), "is_closed": is_closed, "changed": changed}
        state = "已封账" if is_closed else "已开放"
        say(as_json, values, lambda v: f"{v['month']} {state}{'' if v['changed'] else '（原来就是）'}。")


@months_app.command("list")
def list_months(as_json: Json = False) -> None:
    """现在封账的月份。"""
    with opened(as_json) as workspace:
        closed = queries.closed_months(workspace)
        values = {"closed": [{"county": region_code(key), "month": str(month)} for key, month in closed]}
        say(as_json, values, _closed_text)


def _closed_text(values: dict[str, Any]) -> str:
    lines = [f"{line['month']}  {'全部地区' if line['county'] == '0' else line['county']}" for line in values["closed"]]
    return "\n".join(lines) or "没有封账的月份。"


# ── other names ────────────────────────────────────────────────────────────────────────────────────────────────────


@alias_app.command("add")
def add_alias(
    region: Annotated[str, typer.Argument(help="地区代码，或不重名的名称。")],
    name: Annotated[str, typer.Argument(help="曾用名或俗称。")],
    as_json: Json = False,
) -> None:
    """让上报文件里的旧村名也能认出来。"""
    with opened(as_json) as workspace:
        key = region_key_of(workspace, region)
        is_new = actions.add_region_alias(workspace, key, name, actor=base.actor(workspace), now=datetime.now(UTC))
        values = {"region": region_code(key), "alias": name, "is_new": is_new}
        say(as_json, values, lambda v: f"“{v['alias']}”{'现在' if v['is_new'] else '原来就'}指 {v['region']}。")


@alias_app.command("list")
def list_aliases(as_json: Json = False) -> None:
    """全部曾用名。"""
    with opened(as_json) as workspace:
        aliases = queries.region_aliases(workspace)
        values = {"aliases": [{"region": region_code(one.key), "alias": one.alias} for one in aliases]}
        say(
            as_json, values, lambda v: "\n".join(f"{a['region']}  {a['alias']}" for a in v["aliases"]) or "没有曾用名。"
        )
