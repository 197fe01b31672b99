"""The command line: the same queries and actions as the pages.

Exit codes: 0 done, 1 refused, 2 wrong use, 3 the store is held by another process. With --json one object goes to
standard output and nothing else.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from ecodash import actions, answers, queries
from ecodash.domain.access import local_operator
from ecodash.domain.pages import Page
from ecodash.domain.periods import Month
from ecodash.domain.regions import COUNTRY_KEY, Level, level_of
from ecodash.domain.selection import Selection
from ecodash.errors import CatalogError, IndicatorUnknown, PeriodUnknown, RegionUnknown, StoreHeld, UserError
from ecodash.sample import load_sample
from ecodash.settings import load_settings
from ecodash.web.client import import_through_app
from ecodash.web.handle import find_handle
from ecodash.workspace import Workspace, open_workspace

DONE, REFUSED, MISUSED, HELD = 0, 1, 2, 3

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="农村人居环境整治看板 EcoDash:命令行。",
)
snapshot_app = typer.Typer(no_args_is_help=True, help="快照：生成、列表、查看。")
app.add_typer(snapshot_app, name="snapshot")

Json = Annotated[bool, typer.Option("--json", help="只输出一个 JSON 对象。")]
AsOf = Annotated[int | None, typer.Option("--as-of", help="截至第几批；默认最新。")]
MonthText = Annotated[str | None, typer.Option("--month", help="月份，如 2026-10；默认最近有数据的月份。")]
Within = Annotated[str | None, typer.Option("--within", help="地区代码或名称；默认本系统的全部地区。")]


def main() -> None:
    """Run the command line."""
    app()


# ── answering ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _say(as_json: bool, values: dict[str, Any], text: Callable[[dict[str, Any]], str]) -> None:
    typer.echo(json.dumps(values, ensure_ascii=False, indent=2, default=str) if as_json else text(values))


def _refuse(as_json: bool, error: UserError) -> NoReturn:
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


@contextmanager
def _workspace(as_json: bool = False) -> Iterator[Workspace]:
    """The store, opened for one command; a refusal ends the command with its message and code."""
    workspace = None
    try:
        workspace = open_workspace(load_settings())
        yield workspace
    except UserError as error:
        _refuse(as_json, error)
    except CatalogError as error:
        _refuse(as_json, UserError(f"指标目录有误：{error}", "请改正该文件后重试。"))
    finally:
        if workspace is not None:
            workspace.close()


def _region(workspace: Workspace, text: str) -> int:
    """A region's key by code or by name.

    Raises:
        RegionUnknown: no region, or several, have the name.
    """
    return answers.region_named(workspace, text)


def _selection(
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


# ── commands ───────────────────────────────────────────────────────────────────────────────────────────────────────


@app.command()
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
    with _workspace(as_json) as workspace:
        actor, known = local_operator("cli"), len(workspace.tree)
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
        _say(as_json, values, lambda v: f"已就绪：{v['regions']} 个地区，{v['batches']} 批数据。")


def _progress(done: int, total: int, name: str) -> None:
    typer.echo(f"  [{done + 1}/{total}] {name}", err=True)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)],
    month: Annotated[str | None, typer.Option("--month", help="文件未写明月份时，数据所属月份。")] = None,
    within: Within = None,
    map_: Annotated[list[str] | None, typer.Option("--map", help="表头=指标代码；表头=- 表示忽略该列。")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查和预览，不提交。")] = False,
    as_json: Json = False,
) -> None:
    """检查并提交一个文件；有问题时列出全部问题，不提交任何数据。"""
    mapping = {}
    for pair in map_ or []:
        header, separator, code = pair.rpartition("=")
        if not separator or not header or not code:
            typer.echo(f"--map 应写成 表头=指标代码，收到“{pair}”。", err=True)
            raise typer.Exit(MISUSED)
        mapping[header] = code
    settings = load_settings()
    handle = find_handle(settings.handle_file)
    answer = None
    if handle is not None and settings.is_embedded:
        try:
            answer = import_through_app(handle, file, month=month, within=within, mapping=mapping, dry_run=dry_run)
        except StoreHeld:
            pass  # Left by an app that ended without a word, or one that hangs: opening the store below tells which.
        except UserError as error:
            _refuse(as_json, error)
    if answer is None:
        with _workspace(as_json) as workspace:
            answer = actions.import_file(
                workspace,
                file.read_bytes(),
                file.name,
                actor=local_operator("cli"),
                now=datetime.now(UTC),
                month=Month.parse(month) if month else None,
                within=_region(workspace, within) if within else COUNTRY_KEY,
                mapping=answers.known_mapping(workspace, mapping),
                dry_run=dry_run,
            ).to_dict()
    _say(as_json, answer, answers.import_text)
    if answer["faults"]:
        raise typer.Exit(REFUSED)


@app.command()
def batches(as_json: Json = False) -> None:
    """批次列表，新的在前。"""
    with _workspace(as_json) as workspace:
        values = answers.batches(workspace)
        _say(as_json, values, answers.batches_text)


@app.command()
def undo(number: Annotated[int, typer.Argument(help="批次号。")], as_json: Json = False) -> None:
    """撤销一批：以新的一批把它反转。"""
    with _workspace(as_json) as workspace:
        receipt = actions.undo_batch(workspace, number, actor=local_operator("cli"), now=datetime.now(UTC))
        values = {"batch": receipt.batch, "watermark": receipt.watermark, "undoes": number, "cells": receipt.cells}
        _say(as_json, values, lambda v: f"第 {v['undoes']} 批已撤销（撤销批次：第 {v['batch']} 批）。")


@app.command()
def rank(
    indicator: Annotated[str, typer.Option("--indicator", help="指标代码。")],
    month: MonthText = None,
    within: Within = None,
    level: Annotated[Level | None, typer.Option("--level", help="比较哪一级；默认有数据的最高一级。")] = None,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """某指标在某月的排名；未上报的单列，不参与排名。"""
    with _workspace(as_json) as workspace:
        region = _region(workspace, within) if within else None
        selection = _selection(workspace, as_of=as_of, month=month, region=region, indicator=indicator, level=level)
        _say(as_json, answers.ranking(workspace, selection), answers.ranking_text)


@app.command()
def show(
    region: Annotated[str, typer.Argument(help="地区代码，或不重名的名称。")],
    month: MonthText = None,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """一个地区某月的全部指标，每个数值附来源。"""
    with _workspace(as_json) as workspace:
        selection = _selection(workspace, as_of=as_of, month=month, region=_region(workspace, region))
        _say(as_json, answers.profile(workspace, selection), answers.profile_text)


@app.command()
def verify(as_json: Json = False) -> None:
    """核对流水、汇总、批次和快照；给出数据摘要。"""
    with _workspace(as_json) as workspace:
        values = answers.soundness(workspace)
        _say(as_json, values, answers.soundness_text)
        if values["problems"]:
            raise typer.Exit(REFUSED)


@snapshot_app.command("create")
def snapshot_create(
    page: Annotated[Page, typer.Option("--page", help="页面。")] = Page.OVERVIEW,
    month: MonthText = None,
    within: Within = None,
    indicator: Annotated[str | None, typer.Option("--indicator", help="指标代码。")] = None,
    level: Annotated[Level | None, typer.Option("--level", help="比较哪一级。")] = None,
    title: Annotated[str, typer.Option("--title", help="标题。")] = "",
    as_json: Json = False,
) -> None:
    """生成快照；不带选项时为全部地区最新月份的总览。"""
    with _workspace(as_json) as workspace:
        region = _region(workspace, within) if within else None
        selection = _selection(workspace, as_of=None, month=month, region=region, indicator=indicator, level=level)
        made = actions.create_snapshot(
            workspace,
            queries.freeze(workspace, page, selection),
            title=title,
            actor=local_operator("cli"),
            now=datetime.now(UTC),
        )
        values = {
            "number": made.number,
            "token": made.token,
            "path": made.path,
            "sha256": made.sha256,
            "watermark": selection.watermark,
        }
        _say(as_json, values, lambda v: f"快照 #{v['number']} 已生成，链接：{v['path']}")


@snapshot_app.command("list")
def snapshot_list(as_json: Json = False) -> None:
    """快照列表，新的在前。"""
    with _workspace(as_json) as workspace:
        _say(as_json, answers.snapshots(workspace), answers.snapshots_text)


@snapshot_app.command("show")
def snapshot_show(
    which: Annotated[str, typer.Argument(help="快照编号或链接末段。")],
    html: Annotated[Path | None, typer.Option("--html", help="把快照页面写入文件。")] = None,
    as_json: Json = False,
) -> None:
    """快照中冻结的内容。"""
    with _workspace(as_json) as workspace:
        values, content = answers.snapshot(workspace, which)
        if html is not None:
            try:
                html.write_bytes(content)
            except OSError as error:
                raise UserError(f"不能写入文件 {html}。", "请换一个可写的位置。") from error
        _say(as_json, values, answers.snapshot_text)
