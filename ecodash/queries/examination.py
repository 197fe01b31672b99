"""What `doctor` asks of an opened store: how it stands, and what to do."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from ecodash.domain.access import Right
from ecodash.domain.findings import Finding, Standing
from ecodash.link_key import find_link_key
from ecodash.permits import everywhere, needs
from ecodash.queries.soundness import verify
from ecodash.store import backup as backups
from ecodash.store import examination, journal, records, reorder
from ecodash.store.engine import Connection
from ecodash.store.health import newest_schema
from ecodash.workspace import Workspace

_LISTED = 5
_DRIFT = timedelta(minutes=2)
"""Clocks of two machines may differ by so much."""
_LONG_LOG = 1_000_000_000
_VERIFY = (
    "请运行 python -m ecodash verify 看全部问题；数据确有损坏时，用最近一份完好的备份恢复：python -m ecodash restore。"
)


@needs(Right.ADMINISTER, everywhere)
def examine(workspace: Workspace, *, is_full: bool, now: datetime) -> list[Finding]:
    """How the store stands; nothing is changed.

    Args:
        is_full: whether the whole journal, every file and every snapshot are checked too (verify), which takes long.
    """
    with workspace.store.reading() as connection:
        schema = backups.schema_of(connection)
        if schema != newest_schema():
            return [_of_other_version(schema)]
        found = [
            Finding("migrations", Standing.OK, f"数据库结构是最新的（{schema}）。"),
            _catalogue(connection, workspace),
            _clock(connection, now),
            _link_key(connection, workspace),
            *(_log(workspace) if workspace.settings.is_embedded else _server(connection)),
        ]
        if not is_full:
            problems = examination.quick_problems(connection)
            found.append(
                _soundness([one.what for one in problems], journal.newest_watermark(connection), is_full=False)
            )
        elif workspace.settings.is_embedded:
            found.append(_order(connection))
    if is_full:
        checked = verify(workspace)
        found.append(_soundness([one.what for one in checked.problems], checked.watermark, is_full=True))
    return found


def _of_other_version(schema: str) -> Finding:
    if schema > newest_schema():
        return Finding(
            "migrations",
            Standing.BAD,
            f"数据库是更新版本的程序写的（结构 {schema}，本程序只到 {newest_schema()}）。",
            "请使用新版本的程序；不要用旧版本打开。",
        )
    return Finding(
        "migrations",
        Standing.WARN,
        f"数据库结构是旧版本的（{schema}，应为 {newest_schema()}），其余项目升级后再查。",
        "启动网页服务或运行任一命令时自动升级；之前请先备份整个数据文件夹。",
    )


def _catalogue(connection: Connection, workspace: Workspace) -> Finding:
    if records.is_catalog_known(connection, workspace.catalog):
        return Finding("catalogue", Standing.OK, f"指标目录完好，共 {len(workspace.catalog)} 个指标。")
    return Finding(
        "catalogue", Standing.WARN, "指标目录改过，数据库还没有记下新的目录。", "重新启动网页服务后自动记下。"
    )


def _clock(connection: Connection, now: datetime) -> Finding:
    newest = examination.newest_moment(connection)
    if newest is None or newest <= now + _DRIFT:
        return Finding("clock", Standing.OK, "服务器的时钟没有倒退。")
    return Finding(
        "clock",
        Standing.BAD,
        f"服务器的时钟倒退了：数据库中最新的记录是 {newest:%Y-%m-%d %H:%M} UTC，现在的时钟是 {now:%Y-%m-%d %H:%M} UTC。",
        "请校准时钟并打开自动对时；批次的先后以编号为准，不受影响，但时间和期限会显示不对。",
    )


def _link_key(connection: Connection, workspace: Workspace) -> Finding:
    file = workspace.settings.link_key_file
    key = find_link_key(file)
    use = examination.key_use(connection, key)
    if key is None and not (use.links or use.factors):
        return Finding("link_key", Standing.OK, "还没有用到链接密钥。")
    restore = f"请从备份中取回 link.key，放到 {file}。没有它，已发出的快照链接不能再次显示，动态验证码全部失效。"
    if key is None:
        return Finding("link_key", Standing.BAD, f"密钥文件 {file} 不见了或已损坏。", restore)
    if use.fits is False:
        return Finding("link_key", Standing.BAD, f"密钥文件 {file} 不是生成现有快照链接的那一份。", restore)
    return Finding("link_key", Standing.OK, f"密钥文件完好，{use.links} 个快照链接、{use.factors} 个动态验证码用到它。")


def _log(workspace: Workspace) -> Iterator[Finding]:
    beside = backups.wal_of(backups.database_file(workspace.settings))
    size = beside.stat().st_size if beside.exists() else 0
    if size > _LONG_LOG:
        yield Finding(
            "wal",
            Standing.WARN,
            f"还没有并入数据库文件的写入日志有 {size / 1e6:,.0f} MB，异常偏大。",
            "请在空闲时正常停止并重新启动网页服务，让它并入。",
        )
    else:
        yield Finding("wal", Standing.OK, f"写入日志 {size / 1e6:,.1f} MB。")


def _server(connection: Connection) -> Iterator[Finding]:
    server = examination.server_facts(connection)
    is_fit = server.version >= 14 and server.encoding == "UTF8"
    yield Finding(
        "server",
        Standing.OK if is_fit else Standing.BAD,
        f"PostgreSQL {server.version}，编码 {server.encoding}。",
        "" if is_fit else "请使用 PostgreSQL 14 以上、编码为 UTF8 的数据库。",
    )
    is_near = server.used > server.allowed * 0.8
    yield Finding(
        "connections",
        Standing.WARN if is_near else Standing.OK,
        f"数据库连接用了 {server.used} 个，最多 {server.allowed} 个。",
        "请数据库管理员调大 max_connections，或减少网页服务的进程数。" if is_near else "",
    )


def _order(connection: Connection) -> Finding:
    months = [one for one in reorder.wholly_closed(connection) if not reorder.is_in_order(connection, one)]
    if not months:
        return Finding("order", Standing.OK, "封账月份的数据都按地区排列。")
    return Finding(
        "order",
        Standing.WARN,
        f"有 {len(months)} 个封账月份的数据没有按地区排列，查询会偏慢，数值不受影响。",
        "请运行 python -m ecodash maintain reorder --all-closed；开着自动备份时，每晚备份之后会自动整理。",
    )


def _soundness(problems: list[str], watermark: int, *, is_full: bool) -> Finding:
    how = "全部核对" if is_full else "快速核对（全部核对请加 --full）"
    if not problems:
        what = "流水、汇总、批次、原文件、审核记录、审计日志和快照" if is_full else "批次、审核记录和审计日志"
        return Finding("soundness", Standing.OK, f"{how}：截至第 {watermark} 批，{what}没有问题。")
    listed = "；".join(problems[:_LISTED]) + ("……" if len(problems) > _LISTED else "")
    return Finding("soundness", Standing.BAD, f"{how}：有 {len(problems)} 处问题：{listed}", _VERIFY)
