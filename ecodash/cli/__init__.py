"""The command line: the same queries and actions as the pages.

Exit codes: 0 done, 1 refused, 2 wrong use, 3 the store is held by another process. With --json one object goes to
standard output and nothing else.
"""

import logging
import os
from typing import Annotated

import typer

from ecodash import logs
from ecodash.cli import (
    accounts,
    audit,
    backups,
    base,
    boundaries,
    copying,
    doctor,
    figures,
    installation,
    lists,
    maintenance,
    open_export,
    review,
    snapshots,
    targets,
    uploads,
)

_log = logs.get_logger(__name__)
app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="农村人居环境整治看板 EcoDash：命令行。",
)


@app.callback()
def _common(
    as_login: Annotated[
        str,
        typer.Option(
            "--as", metavar="账号", help="以这个账号的角色和地区运行命令；不写时由服务器管理人员运行，不受限制。"
        ),
    ] = "",
) -> None:
    """What holds for all commands."""
    base.act_as(as_login)


app.command()(installation.init)
app.command("import")(uploads.import_)
app.command()(uploads.read)
app.command()(uploads.template)
app.command()(uploads.batches)
app.command("file")(uploads.kept_file)
app.command()(uploads.receipt)
app.command()(uploads.undo)
app.command()(uploads.reporting)
app.command()(figures.rank)
app.command()(figures.show)
app.command()(targets.targets)
app.command()(lists.lists)
app.command()(installation.verify)
app.command()(maintenance.digest)
app.command()(doctor.doctor)
app.command("export-all")(open_export.export_all)
app.command()(backups.restore)
app.command()(copying.copy)
app.command("setup-link")(accounts.setup_link)
app.add_typer(accounts.app, name="users")
app.add_typer(snapshots.app, name="snapshot")
app.add_typer(boundaries.app, name="boundaries")
app.add_typer(backups.app, name="backup")
app.add_typer(maintenance.app, name="maintain")
app.add_typer(copying.app, name="key")
app.add_typer(audit.app, name="audit")
app.add_typer(review.app, name="review")
app.add_typer(installation.months_app, name="months")
app.add_typer(installation.alias_app, name="alias")


def main() -> None:
    """Run the command line; a fault of the software ends it with its number, and its traceback on standard error."""
    logs.configure(is_json=os.environ.get("ECODASH_LOG", "").strip() == "json", level=logging.WARNING)
    try:
        app()
    except Exception as error:
        _log.critical("broken", exc_info=error)
        typer.echo(f"系统出错，没有办成（编号 {logs.number_of(error)}）。请把上面的内容交给维护人员。", err=True)
        raise SystemExit(base.REFUSED) from None
