"""The command line: the same queries and actions as the pages.

Exit codes: 0 done, 1 refused, 2 wrong use, 3 the store is held by another process. With --json one object goes to
standard output and nothing else.
"""

import typer

from ecodash.cli import boundaries, figures, installation, lists, snapshots, targets, uploads

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="农村人居环境整治看板 EcoDash：命令行。",
)
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
app.add_typer(snapshots.app, name="snapshot")
app.add_typer(boundaries.app, name="boundaries")
app.add_typer(installation.months_app, name="months")
app.add_typer(installation.alias_app, name="alias")


def main() -> None:
    """Run the command line."""
    app()
