"""What doctor looks at beside the store: settings, folders, disk, backups, memory, fonts."""

import os
import shutil
from collections.abc import Iterator
from datetime import datetime
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

from ecodash import queries
from ecodash.domain.findings import Finding, Standing
from ecodash.reports.numbers import show_time
from ecodash.reports.png import FONT_DIRS_VARIABLE, find_chinese_font
from ecodash.settings import SETTING_NAMES, Settings
from ecodash.store.backup import database_file, wal_of

_PREFIX = "ECODASH_"
_OTHER_NAMES = {FONT_DIRS_VARIABLE}
_LITTLE, _TOO_LITTLE = 2_000_000_000, 200_000_000
"""Free bytes."""
_SMALL = 1_500_000_000
"""Bytes of memory."""
_NEEDED = ("catalog/indicators.toml", "regions")


def settings_findings(settings: Settings) -> Iterator[Finding]:
    """Settings nobody reads, and those that leave a door open."""
    unknown = sorted(
        name for name in os.environ if name.startswith(_PREFIX) and name not in {*SETTING_NAMES, *_OTHER_NAMES}
    )
    if unknown:
        yield Finding(
            "settings",
            Standing.WARN,
            f"环境变量 {'、'.join(unknown)} 不是本程序的设置，不起作用。",
            "请核对拼写；全部设置见说明文档。",
        )
    else:
        yield Finding("settings", Standing.OK, "设置可以读懂。")
    yield from _open_findings(settings)
    for one in settings.trusted_proxies:
        if not _is_network(one):
            yield Finding(
                "proxies",
                Standing.BAD,
                f"ECODASH_TRUSTED_PROXIES 中的“{one}”不是地址或网段。",
                "请写成 127.0.0.1 或 10.0.0.0/8，多个用逗号分开。",
            )
    missing = [name for name in _NEEDED if not (settings.data_dir / name).exists()]
    if missing:
        yield Finding(
            "data", Standing.BAD, f"程序自带的数据不全，缺少 {settings.data_dir / missing[0]}。", "请重新安装程序。"
        )


def _open_findings(settings: Settings) -> Iterator[Finding]:
    if settings.is_open:
        yield Finding(
            "open",
            Standing.WARN,
            "现在是试用模式（ECODASH_OPEN=1）：不用登录，只能在本机使用。",
            "正式使用前请去掉这个设置并建立账号。",
        )
        return
    scheme = urlsplit(settings.public_url).scheme
    if not settings.public_url:
        yield Finding(
            "public_url",
            Standing.WARN,
            "没有设置对外网址，分享的链接按各人打开的网址生成。",
            "请把 ECODASH_PUBLIC_URL 设为大家使用的网址，如 https://ecodash.example.cn。",
        )
    elif scheme != "https":
        yield Finding(
            "public_url",
            Standing.WARN,
            f"对外网址 {settings.public_url} 没有加密，密码会明文经过网络。",
            "请在前面配置 HTTPS（部署说明中有 nginx 示例），再把 ECODASH_PUBLIC_URL 改成 https 开头。",
        )
    else:
        yield Finding("public_url", Standing.OK, f"对外网址 {settings.public_url}。")


def _is_network(text: str) -> bool:
    try:
        ip_network(text, strict=False)
    except ValueError:
        return False
    return True


def folder_findings(settings: Settings) -> Iterator[Finding]:
    """The data folder: whether it can be written to, its disk, and what was left lying in it."""
    home = settings.home
    if not home.is_dir():
        yield Finding(
            "home", Standing.WARN, f"数据文件夹 {home} 还不存在。", "首次运行时自动建立；否则请核对 ECODASH_HOME。"
        )
        return
    if not os.access(home, os.W_OK | os.X_OK):
        yield Finding("home", Standing.BAD, f"数据文件夹 {home} 不能写入。", "请把它的所有者改成运行网页服务的用户。")
    else:
        yield Finding("home", Standing.OK, f"数据文件夹 {home} 可以写入。")
    yield _disk(settings)
    if settings.sample_marker.exists():
        yield Finding(
            "sample",
            Standing.WARN,
            "上次装入示例时中断了，示例不完整。",
            "请再运行一次 python -m ecodash init --sample，会接着装完。",
        )
    yield from _left_over(settings)
    static = settings.static_dir
    if static.is_dir() and not os.access(static, os.W_OK):
        yield Finding(
            "static", Standing.WARN, f"网页文件的缓存 {static} 不能写入，首次打开会偏慢。", "请改正权限，或删除它。"
        )


def _disk(settings: Settings) -> Finding:
    free = shutil.disk_usage(settings.home).free
    size = 0
    if settings.is_embedded:
        database = database_file(settings)
        size = sum(one.stat().st_size for one in (database, wal_of(database)) if one.exists())
    said = f"数据所在磁盘剩 {free / 1e9:,.1f} GB" + (f"，数据库 {size / 1e6:,.1f} MB。" if size else "。")
    if free < _TOO_LITTLE:
        return Finding("disk", Standing.BAD, said, "磁盘快满了，上报可能失败：请立即清理，或移走旧备份。")
    if free < max(_LITTLE, 2 * size):
        return Finding("disk", Standing.WARN, said, "请清理磁盘：备份和压缩各需要一份数据库大小的空间。")
    return Finding("disk", Standing.OK, said)


def _left_over(settings: Settings) -> Iterator[Finding]:
    running = settings.handle_file.exists()
    left = [] if running else _files(settings.spill_dir)
    for pattern in ("*.compacting*", "*.before-compacting"):
        left += list(settings.home.glob(pattern))
    left += [one for pattern in (".*.part", ".*.gone", ".restoring") for one in settings.backups_dir.glob(pattern)]
    if left and not running:
        yield Finding(
            "left_over",
            Standing.WARN,
            f"有 {len(left)} 个中断后留下的临时文件，如 {left[0]}。",
            "确认没有正在进行的备份、压缩或恢复后，可以删除。",
        )


def _files(folder: Path) -> list[Path]:
    return [one for one in folder.rglob("*") if one.is_file()] if folder.is_dir() else []


def backup_findings(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Whether there is a backup to put back, how old it is, and how the last automatic one went."""
    state = queries.backup_state(settings, now)
    if not state.is_here:
        yield Finding("backup", Standing.OK, "数据库是 PostgreSQL：请与数据库管理员确认 pg_dump 定期运行，并试恢复过。")
        return
    make = "请运行 python -m ecodash backup make，或在“备份”页面立即备份。"
    if state.fault and state.last_attempt is not None:
        when = show_time(state.last_attempt.at)
        yield Finding("backup_failed", Standing.BAD, f"{when} 的自动备份失败：{state.fault}", make)
    if state.newest is None or state.age is None:
        yield Finding("backup", Standing.BAD, "没有完好的备份。", make)
        return
    said = f"最近一份完好的备份 {state.newest.name}，{_age(state.age.total_seconds())}，截至第 {state.newest.watermark} 批。"
    if state.is_overdue:
        yield Finding("backup", Standing.WARN, said, make)
    else:
        yield Finding("backup", Standing.OK, said)
    if state.next_at is None:
        yield Finding(
            "backup_at",
            Standing.WARN,
            "自动备份已关闭（ECODASH_BACKUP_AT=off）。",
            "请打开，或用定时任务每天运行 backup make。",
        )


def _age(seconds: float) -> str:
    hours = int(seconds // 3600)
    return f"{hours // 24} 天前" if hours >= 48 else f"{hours} 小时前" if hours else "不到一小时前"


def memory_findings(settings: Settings) -> Iterator[Finding]:
    """The machine's memory, where it tells."""
    try:
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return
    limit = f"，数据库最多用 {settings.duckdb_memory}" if settings.duckdb_memory else ""
    said = f"内存 {total / 1e9:,.1f} GB{limit}。"
    if total < _SMALL:
        yield Finding("memory", Standing.WARN, said, "内存偏小：请设 ECODASH_DUCKDB_MEMORY，如 500MB，或增加内存。")
    else:
        yield Finding("memory", Standing.OK, said)


def font_findings() -> Iterator[Finding]:
    """Whether pictures can be drawn with Chinese letters."""
    font = find_chinese_font(None)
    if font is not None:
        yield Finding("font", Standing.OK, f"图片用的中文字体：{font.family}。")
    else:
        yield Finding(
            "font",
            Standing.WARN,
            "服务器上没有中文字体，不能生成图片，其他功能不受影响。",
            f"请安装中文字体（Debian、Ubuntu：apt install fonts-noto-cjk），或用 {FONT_DIRS_VARIABLE} 指定文件夹，再重启。",
        )
