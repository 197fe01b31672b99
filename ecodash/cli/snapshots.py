"""Commands for snapshots: create, list, show."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from ecodash import actions, answers, queries
from ecodash.cli.base import Json, MonthText, Within, opened, region_key_of, say, selection_of
from ecodash.domain.access import local_operator
from ecodash.domain.pages import Page
from ecodash.domain.regions import Level
from ecodash.errors import UserError

app = typer.Typer(no_args_is_help=True, help="快照：生成、列表、查看。")


@app.command("create")
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
    with opened(as_json) as workspace:
        region = region_key_of(workspace, within) if within else None
        selection = selection_of(workspace, as_of=None, month=month, region=region, indicator=indicator, level=level)
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
        say(as_json, values, lambda v: f"快照 #{v['number']} 已生成，链接：{v['path']}")


@app.command("list")
def snapshot_list(as_json: Json = False) -> None:
    """快照列表，新的在前。"""
    with opened(as_json) as workspace:
        say(as_json, answers.snapshots(workspace), answers.snapshots_text)


@app.command("show")
def snapshot_show(
    which: Annotated[str, typer.Argument(help="快照编号或链接末段。")],
    html: Annotated[Path | None, typer.Option("--html", help="把快照页面写入文件。")] = None,
    as_json: Json = False,
) -> None:
    """快照中冻结的内容。"""
    with opened(as_json) as workspace:
        values, content = answers.snapshot(workspace, which)
        if html is not None:
            try:
                html.write_bytes(content)
            except OSError as error:
                raise UserError(f"不能写入文件 {html}。", "请换一个可写的位置。") from error
        say(as_json, values, answers.snapshot_text)
