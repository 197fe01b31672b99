"""Commands for snapshots: create, list, show, extend, revoke."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from ecodash import actions, answers, queries
from ecodash.cli import base
from ecodash.cli.base import Json, MonthText, Within, opened, region_key_of, say, selection_of
from ecodash.cli.files import hand_over
from ecodash.domain.accounts import common_region
from ecodash.domain.audit import ExportKind
from ecodash.domain.definitions import DefinitionKind
from ecodash.domain.meeting import MeetingOrder
from ecodash.domain.pages import Page
from ecodash.domain.periods import Month
from ecodash.domain.regions import Level
from ecodash.domain.selection import Selection
from ecodash.domain.snapshots import Access, Lifetime, SnapshotWish
from ecodash.errors import UserError
from ecodash.permits import regions_of_snapshot
from ecodash.reports.frozen import FrozenPage
from ecodash.workspace import Workspace

app = typer.Typer(no_args_is_help=True, help="快照：生成、列表、查看、延期、撤回。")


@app.command("create")
def snapshot_create(
    page: Annotated[list[Page] | None, typer.Option("--page", help="页面，可重复给出，按次序放进一个快照。")] = None,
    month: MonthText = None,
    within: Within = None,
    indicator: Annotated[str | None, typer.Option("--indicator", help="指标代码。")] = None,
    level: Annotated[Level | None, typer.Option("--level", help="比较哪一级。")] = None,
    order: Annotated[int | None, typer.Option("--order", help="会议顺序的编号，放映的各页依次放进快照。")] = None,
    list_rule: Annotated[int | None, typer.Option("--list-rule", help="红黑榜规则的编号，附上当月的红黑榜。")] = None,
    title: Annotated[str, typer.Option("--title", help="标题。")] = "",
    note: Annotated[str, typer.Option("--note", help="说明，显示在标题下。")] = "",
    pin: Annotated[str, typer.Option("--pin", help="打开所需的口令，4 至 8 位数字。")] = "",
    lifetime: Annotated[Lifetime, typer.Option("--lifetime", help="有效期。")] = Lifetime.NEVER,
    series: Annotated[str, typer.Option("--series", help="所属的例会名称，同名的依次编期。")] = "",
    as_json: Json = False,
) -> None:
    """生成快照；不带选项时为全部地区最新月份的总览。"""
    with opened(as_json) as workspace:
        if order is None:
            region = region_key_of(workspace, within) if within else None
            looked_at = selection_of(
                workspace, as_of=None, month=month, region=region, indicator=indicator, level=level
            )
            pages = _chosen_pages(workspace, page or [Page.OVERVIEW], looked_at, list_rule)
        else:
            if page or month or within or indicator or level:
                raise UserError(
                    "会议顺序自带页面、月份和地区，不能再用 --page、--month、--within、--indicator、--level。",
                    "请去掉这些选项，或不用 --order。",
                )
            pages = _pages_of_order(workspace, order, list_rule)
        access = Access.PIN if pin else Access.LINK
        made = actions.create_snapshot(
            workspace,
            pages,
            SnapshotWish(title=title, note=note, access=access, pin=pin, lifetime=lifetime, series=series),
            actor=base.actor(workspace),
            now=datetime.now(UTC),
        )
        values = {
            "number": made.number,
            "token": made.token,
            "path": made.path,
            "sha256": made.sha256,
            "watermark": pages[0].selection.watermark,
        }
        say(as_json, values, lambda v: f"快照 #{v['number']} 已生成，链接：{v['path']}")


def _chosen_pages(
    workspace: Workspace, pages: list[Page], selection: Selection, list_rule: int | None
) -> list[FrozenPage]:
    """The pages named, in order; the lists last, where they are not named among them."""
    named = dict.fromkeys(pages if list_rule is None else [*pages, Page.LISTS])
    return [
        queries.freeze(workspace, one, selection)
        if list_rule is None or one is not Page.LISTS
        else _lists(workspace, selection.watermark, selection.month, list_rule)
        for one in named
    ]


def _pages_of_order(workspace: Workspace, number: int, list_rule: int | None) -> list[FrozenPage]:
    order = MeetingOrder.from_content(queries.get_definition(workspace, DefinitionKind.MEETING, number).content)
    pages = queries.freeze_order(workspace, order, queries.newest_watermark(workspace))
    first = pages[0].selection
    return pages if list_rule is None else [*pages, _lists(workspace, first.watermark, first.month, list_rule)]


def _lists(workspace: Workspace, watermark: int, month: Month, number: int) -> FrozenPage:
    name = queries.get_definition(workspace, DefinitionKind.LIST_RULE, number).name
    return queries.freeze_lists(workspace, watermark, month, number, queries.reasons_number(workspace, name, month))


@app.command("list")
def snapshot_list(as_json: Json = False) -> None:
    """快照列表，新的在前。"""
    with opened(as_json) as workspace:
        say(as_json, answers.snapshots(workspace, now=datetime.now(UTC)), answers.snapshots_text)


@app.command("revoke")
def snapshot_revoke(number: Annotated[int, typer.Argument(help="快照编号。")], as_json: Json = False) -> None:
    """撤回快照：链接立即打不开，且不能恢复。"""
    with opened(as_json) as workspace:
        actions.revoke_snapshot(workspace, number, actor=base.actor(workspace), now=datetime.now(UTC))
        say(as_json, {"number": number}, lambda v: f"快照 #{v['number']} 已撤回。")


@app.command("extend")
def snapshot_extend(
    number: Annotated[int, typer.Argument(help="快照编号。")],
    lifetime: Annotated[Lifetime, typer.Option("--lifetime", help="从现在起的有效期。")] = Lifetime.MONTH,
    as_json: Json = False,
) -> None:
    """延长快照链接的有效期，已过期的重新生效。"""
    with opened(as_json) as workspace:
        actions.extend_snapshot(workspace, number, lifetime, actor=base.actor(workspace), now=datetime.now(UTC))
        say(as_json, {"number": number}, lambda v: f"快照 #{v['number']} 已延期。")


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
            region = common_region(regions_of_snapshot(queries.get_snapshot(workspace, number=values["number"])))
            hand_over(workspace, html, content, ExportKind.SNAPSHOT, region=region, more={"snapshot": values["number"]})
        say(as_json, values, answers.snapshot_text)
