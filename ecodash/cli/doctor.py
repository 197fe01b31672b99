"""doctor: looks at the whole installation, says what is wrong and what to do, and changes nothing."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated

import typer

from ecodash import __version__, queries
from ecodash.catalog.loader import load_catalog
from ecodash.cli import base, machine
from ecodash.cli.base import Json, say
from ecodash.domain.access import SYSTEM
from ecodash.domain.findings import Finding, Standing
from ecodash.errors import CatalogError, StoreHeld, UserError
from ecodash.settings import Settings, load_settings
from ecodash.store.backup import database_file
from ecodash.store.examination import open_to_read
from ecodash.web.client import maintain_through_app
from ecodash.web.handle import find_handle
from ecodash.workspace import Workspace

_MARKS = {Standing.OK: "✔", Standing.WARN: "!", Standing.BAD: "✕"}
_WORDS = {Standing.OK: "正常", Standing.WARN: "请留意", Standing.BAD: "有问题"}


def doctor(
    is_full: Annotated[bool, typer.Option("--full", help="连全部数据、原文件和快照一起核对，时间较长。")] = False,
    as_json: Json = False,
) -> None:
    """检查整个系统：哪里不对、怎么办。只看不改。退出码 0 正常，1 请留意，2 有问题。"""
    base.refuse_account(as_json)
    found = list(_examined(is_full))
    worst = max((one.standing for one in found), default=Standing.OK)
    values = {
        "software": __version__,
        "state": worst.name.lower(),
        "findings": [one.to_record() for one in found],
    }
    say(as_json, values, lambda _: _text(found, worst))
    raise typer.Exit(int(worst))


def _text(found: list[Finding], worst: Standing) -> str:
    lines = []
    for one in found:
        lines.append(f"{_MARKS[one.standing]} {one.what}")
        if one.remedy:
            lines.append(f"    → {one.remedy}")
    count = sum(one.standing is not Standing.OK for one in found)
    said = "全部正常。" if not count else f"{count} 项需要处理（{_WORDS[worst]}）。"
    return "\n".join((*lines, f"共检查 {len(found)} 项：{said}"))


def _examined(is_full: bool) -> Iterator[Finding]:
    try:
        settings = load_settings()
    except ValueError as error:
        yield Finding("settings", Standing.BAD, f"设置有误：{error}", "请改正这个环境变量，然后重新检查。")
        return
    now = datetime.now(UTC)
    yield from machine.settings_findings(settings)
    yield from machine.folder_findings(settings)
    yield from _store_findings(settings, is_full, now)
    yield from machine.backup_findings(settings, now)
    yield from machine.memory_findings(settings)
    yield from machine.font_findings()


def _store_findings(settings: Settings, is_full: bool, now: datetime) -> Iterator[Finding]:
    if settings.is_embedded and not database_file(settings).exists():
        yield Finding(
            "store",
            Standing.WARN,
            f"还没有数据库（{database_file(settings)}）。",
            "新安装请运行 python -m ecodash init；原来有数据时，请核对 ECODASH_HOME，或用备份恢复。",
        )
        return
    handle = find_handle(settings.handle_file) if settings.is_embedded else None
    if handle is not None:
        try:
            answered = maintain_through_app(handle, "examine", **({"full": "1"} if is_full else {}))
            yield Finding(
                "store", Standing.OK, f"网页服务正在运行（进程号 {handle.pid}，{handle.url}），由它检查数据库。"
            )
            yield from map(Finding.from_record, answered["findings"])
            return
        except StoreHeld as error:
            silent = error
        except UserError as error:
            yield Finding("store", Standing.BAD, error.what, error.remedy)
            return
        yield Finding("app", Standing.BAD, silent.what, silent.remedy)
    yield from _open(settings, is_full, now)


def _open(settings: Settings, is_full: bool, now: datetime) -> Iterator[Finding]:
    """The store opened to be read only, where nobody else has it."""
    try:
        catalog = load_catalog(settings.data_dir / "catalog" / "indicators.toml")
    except CatalogError as error:
        yield Finding("catalogue", Standing.BAD, f"指标目录有误：{error}", "请改正该文件；网页服务在此之前不能启动。")
        return
    store = None
    try:
        store = open_to_read(settings)
        said = "数据库可以打开，没有其他进程使用。" if settings.is_embedded else "数据库可以连接。"
        yield Finding("store", Standing.OK, said)
        yield from queries.examine(Workspace(settings, store, catalog, SYSTEM), is_full=is_full, now=now)
    except StoreHeld as error:
        yield Finding("store", Standing.WARN, f"数据库没有检查：{error.what}", "请停止那个进程后重新检查。")
    except UserError as error:
        yield Finding("store", Standing.BAD, error.what, error.remedy)
    finally:
        if store is not None:
            store.close()
