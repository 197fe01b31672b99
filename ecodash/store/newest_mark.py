"""How far a DuckDB store has come, told beside its file: where the log is lost, or a byte of it says that it ends early,
DuckDB opens without the newest batches, and without a word."""

import os
from contextlib import suppress
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ecodash.errors import StoreBroken
from ecodash.i18n import gettext as _
from ecodash.store.tables import counter

_DIGITS = 20


def mark_of(database: Path) -> Path:
    """The file that tells it."""
    return database.with_name(f"{database.name}.newest")


def write(database: Path, watermark: int) -> None:
    """Tell that a batch was committed. It is on the disk before: after a power cut the mark may be older, never newer."""
    # Without it the store works as well; a full disk has been told by then.
    with suppress(OSError):
        descriptor = os.open(mark_of(database), os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            os.write(descriptor, f"{watermark:0{_DIGITS}d}\n".encode())
        finally:
            os.close(descriptor)


def read(database: Path) -> int:
    """The newest batch that was told; 0 where none was, or the mark was not written whole."""
    try:
        text = mark_of(database).read_text(encoding="ascii")
    except (OSError, ValueError):
        return 0
    return int(text) if len(text) == _DIGITS + 1 and text[:-1].isdecimal() else 0


def refuse_lost(connection: Connection, database: Path) -> None:
    """That a store holds every batch that was told.

    Raises:
        StoreBroken: it does not.
    """
    told = read(database)
    if not told:
        return
    newest = int(connection.execute(sa.select(counter.c.value).where(counter.c.name == "watermark")).scalar_one())
    if newest >= told:
        return
    # Else, as it is closed, DuckDB would move what it read of the log into the file, and remove the log.
    connection.exec_driver_sql("PRAGMA disable_checkpoint_on_shutdown")
    raise StoreBroken(
        _("数据库里最新是第 {newest} 批，而第 {told} 批已经确认过：日志文件（{log}）丢失或损坏。").format(
            newest=newest, told=told, log=f"{database.name}.wal"
        ),
        _(
            "请找回这个日志文件放回原处，或用备份恢复：python -m ecodash restore。"
            "确认从第 {newest} 批接着用时，请删除 {mark} 后重新启动，缺的数据重新上报。"
        ).format(newest=newest, mark=mark_of(database)),
    )
