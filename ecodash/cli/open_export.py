"""export-all: everything that may be given away, as Parquet and CSV."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from ecodash import actions, queries
from ecodash.cli import base
from ecodash.cli.base import Json, opened, refuse, say
from ecodash.cli.maintenance import running_app
from ecodash.errors import StoreHeld, UserError
from ecodash.settings import load_settings
from ecodash.web.client import maintain_through_app
from ecodash.web.handle import Handle
from ecodash.workspace import Workspace, workspace_of_backup

_NEWEST = "latest"


class Form(StrEnum):
    """Formats that are written."""

    PARQUET = "parquet"
    CSV = "csv"
    BOTH = "both"


def export_all(
    folder: Annotated[Path, typer.Argument(help="新的文件夹。")],
    form: Annotated[Form, typer.Option("--format", help="文件格式。")] = Form.BOTH,
    watermark: Annotated[int | None, typer.Option("--watermark", min=0, help="截至第几批；默认最新。")] = None,
    backup: Annotated[str, typer.Option("--backup", help="从这份备份导出，latest 为最近一份；网页服务运行时用。")] = "",
    as_json: Json = False,
) -> None:
    """把全部数据导出为公开格式（Parquet、CSV），附数据字典；不含账号、密码、链接、审计日志和原文件。"""
    with _source(backup, as_json) as workspace:
        actor, now = base.actor(workspace), datetime.now(UTC)
        formats = actions.EXPORT_FORMATS if form is Form.BOTH else (form.value,)
        done = actions.export_all(
            workspace, folder, actor=actor, now=now, formats=formats, watermark=watermark,
            progress=lambda said: None if as_json else typer.echo(f"  {said}", err=True),
        )  # fmt: skip
        told = {"watermark": done.watermark, "digest": done.digest, "files": done.files}
        if not backup:
            actions.tell_export(
                workspace, watermark=done.watermark, digest=done.digest, files=done.files, actor=actor, now=now
            )
        elif handle := running_app():
            _tell_app(handle, told)
    values = {"folder": str(done.folder), "size": done.size, "rows": dict(done.rows)} | told
    say(as_json, values, _text)


def _text(values: dict[str, Any]) -> str:
    return (
        f"已导出到 {values['folder']}：截至第 {values['watermark']} 批，现行数值 {values['rows'].get('observations', 0):,} 个，"
        f"共 {values['files']} 个文件、{values['size'] / 1e6:,.1f} MB。说明见其中的 README.md。"
    )


@contextmanager
def _source(backup: str, as_json: bool) -> Iterator[Workspace]:
    """The store, or a backup opened to be read only."""
    if not backup:
        with opened(as_json) as workspace:
            yield workspace
        return
    base.refuse_account(as_json)
    settings = load_settings()
    try:
        sound = [one.name for one in queries.backups_on_disk(settings) if not one.fault]
        if backup == _NEWEST and not sound:
            raise UserError("还没有备份。", "请先运行 backup make。")
        with workspace_of_backup(settings, sound[0] if backup == _NEWEST else backup) as workspace:
            yield workspace
    except UserError as error:
        refuse(as_json, error)


def _tell_app(handle: Handle, told: dict[str, Any]) -> None:
    """Have the running app's audit know: the backup itself is not written to."""
    try:
        maintain_through_app(handle, "tell_export", **{name: str(value) for name, value in told.items()})
    except StoreHeld as error:
        typer.echo(f"审计日志没有记下这次导出：{error.what}", err=True)
