"""What a database refuses for reasons nobody who asks can help, in words; and a DuckDB store that gave itself up, opened anew.

After a checkpoint that failed (a full disk, a damaged block) DuckDB answers nothing any more in this process until all its
connections are closed: those of the pool are, and the next to ask finds the store open again.
"""

import errno
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import psycopg
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from ecodash.errors import (
    OutcomeUnknown,
    OutOfMemory,
    StoreBroken,
    StoreBusy,
    StoreFull,
    StoreTrouble,
    StoreUnreachable,
    UserError,
)
from ecodash.i18n import gettext as _
from ecodash.store import newest_mark, torn_log
from ecodash.store.torn_log import log_of

_LONGEST_WAIT = 10.0
"""So many seconds somebody waits for the others to let go of a store that gave itself up."""
_FULL = ("No space left on device", "There is not enough space on the disk", "Disk quota exceeded", "File too large")
_NO_MEMORY = (
    "Failed to launch worker thread",
    "Cannot allocate memory",
    "std::bad_alloc",
    "malloc of size",
    "realloc of size",
)
"""What the system refuses DuckDB, and Arrow within it."""
_SPILL_FULL = "max_temp_directory_size"
_BROKEN = re.compile(
    r"corrupt|checksum|Checksum|Serialization Error|not a valid DuckDB|invalid block|Failed to decompress|"
    r"Failed to deserialize|Failure while replaying WAL|Could not read (enough|all) bytes|INTERNAL Error|Invalid Error",
    re.IGNORECASE,
)
DRIVER_ERRORS = (sa.exc.SQLAlchemyError, duckdb.Error, psycopg.Error, OSError)
"""What a driver, or the disk, may raise."""
_TORN_DOWN = (duckdb.FatalException, duckdb.InternalException)
"""After these DuckDB's instance is of no use any more."""
_REFUSED = re.compile(r"Failed to commit")
"""DuckDB took the transaction back: it could not be written to the log."""


@dataclass
class Stage:
    """How far a use of the store has come.

    Args:
        writes: whether it is there to write.
        is_ending: whether the commit itself is under way.
    """

    writes: bool = False
    is_ending: bool = False


class Keeper:
    """Watches over an engine: who uses it, what it refuses, and when it is to be opened anew.

    Args:
        engine: of a store.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._changed = threading.Condition()
        self._users = 0
        self._is_down = False
        self._mine = threading.local()

    @contextmanager
    def told(self, *, writes: bool = False) -> Iterator[Stage]:
        """One use of the engine. What the database refuses during it, is told in words.

        Raises:
            StoreTrouble: one of its kinds.
        """
        self._enter()
        stage = Stage(writes)
        try:
            yield stage
        except (*DRIVER_ERRORS, MemoryError) as error:
            cause = _cause(error)
            if isinstance(cause, _TORN_DOWN):
                self._is_down = True
            trouble = trouble_of(cause, self._engine, stage)
            if trouble is None:
                raise
            raise trouble from error
        finally:
            self._leave()

    def _enter(self) -> None:
        depth = getattr(self._mine, "depth", 0)
        with self._changed:
            if self._is_down and not depth:
                # Its connections share one broken instance: the last of them has to be closed before another is made.
                self._changed.wait_for(lambda: not self._users or not self._is_down, _LONGEST_WAIT)
                if self._is_down and not self._users:
                    self._engine.dispose()
                    self._is_down = False
            self._users += 1
        self._mine.depth = depth + 1

    def _leave(self) -> None:
        self._mine.depth -= 1
        with self._changed:
            self._users -= 1
            self._changed.notify_all()


def trouble_of(cause: BaseException, engine: Engine, stage: Stage | None = None) -> StoreTrouble | None:
    """What an error of a driver or of the system means, in words; None where it is a fault of this software."""
    stage = stage or Stage()
    if isinstance(cause, psycopg.Error):
        return _of_server(cause, engine, stage)
    if isinstance(cause, sa.exc.TimeoutError):
        return StoreBusy(_("现在同时使用的人太多，数据库忙不过来。"), _("请稍等几秒再试。"))
    if is_full(cause):
        return _full(engine, cause, stage)
    if isinstance(cause, MemoryError | duckdb.OutOfMemoryException) or (
        isinstance(cause, duckdb.Error) and any(sign in str(cause) for sign in _NO_MEMORY)
    ):
        return _too_little_memory(cause, stage)
    if isinstance(cause, duckdb.Error) and (isinstance(cause, _TORN_DOWN) or _BROKEN.search(str(cause))):
        return broken(engine, cause)
    return None


def not_opened(error: BaseException, engine: Engine) -> UserError | None:
    """Why a store does not open; None where it is a fault of this software."""
    cause = _cause(error)
    if engine.url.database and torn_log.find(Path(engine.url.database), cause) is not None:
        # Only where it is opened to be read: else the end is taken off (store.engine.open_store).
        return UserError(
            _("数据库的日志末尾没有写完（可能断过电）；已确认的提交都在前面，不受影响。"),
            _("启动网页服务或运行任一其他命令时会自动处理。"),
        )
    trouble = trouble_of(cause, engine)
    if trouble is None and isinstance(cause, duckdb.IOException | OSError):
        return UserError(
            _("数据库文件 {file} 打不开，可能没有读写权限（{detail}）。").format(
                file=engine.url.database, detail=_first_line(cause)
            ),
            _("请核对 ECODASH_HOME 和文件权限；不要删除原文件。"),
        )
    return trouble


def refuse_torn(database: Path, backups: Path) -> None:
    """That an empty file is not taken for a new installation, as DuckDB would, nor one that is gone.

    Args:
        backups: the folder of the installation's backups.

    Raises:
        StoreBroken: it would be.
    """
    log = log_of(database)
    if database.exists():
        if database.stat().st_size:
            return
        what = _("数据库文件 {file} 是空的（0 字节）。").format(file=database)
    elif log.exists() and log.stat().st_size:
        what = _("数据库文件 {file} 不见了，只剩下它的日志文件。").format(file=database)
    elif newest_mark.read(database) or any(backups.glob("*/backup.json")):
        what = _("数据库文件 {file} 不见了，而这里有过数据。").format(file=database)
    else:
        return
    new = _("确实要从零开始时，请先把 {file} 开头的文件和备份文件夹移走，再重新启动。").format(file=database.name)
    raise StoreBroken(what, f"{restore_remedy()}{new}")


def restore_remedy() -> str:
    """What to do about a damaged store."""
    return _("请停止程序，用最近一份完好的备份恢复：python -m ecodash restore。恢复时现有的文件会另存，不会被覆盖。")


def is_full(error: BaseException) -> bool:
    """Whether the disk had no room."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return True
    return isinstance(error, duckdb.Error) and any(sign in str(error) for sign in (*_FULL, _SPILL_FULL))


def broken(engine: Engine, cause: BaseException) -> StoreBroken:
    """The file is damaged: what to do."""
    return StoreBroken(
        _("数据库文件 {file} 已损坏，读不出其中的内容（{detail}）。").format(
            file=engine.url.database, detail=_first_line(cause)
        ),
        restore_remedy(),
    )


def _full(engine: Engine, cause: BaseException, stage: Stage) -> StoreTrouble:
    place = str(engine.url.database)
    remedy = _("请清理这个磁盘（例如把旧备份移走），再重做这次操作，不用重启程序。以前提交的数据不受影响。")
    if stage.is_ending and not _REFUSED.search(str(cause)):
        return OutcomeUnknown(
            _("磁盘已满：{place} 所在的磁盘在保存时没有空间了，这次操作可能没有保存。").format(place=place),
            _("请清理这个磁盘（例如把旧备份移走），再重做这次操作：上次如果已经保存，系统会说数据完全相同，不会重复。"),
        )
    told = (
        _("磁盘已满：{place} 所在的磁盘没有空间了，这次操作没有保存任何内容。")
        if stage.writes
        else _("磁盘已满：{place} 所在的磁盘没有空间了。")
    )
    return StoreFull(told.format(place=place), remedy)


def _too_little_memory(cause: BaseException, stage: Stage) -> StoreTrouble:
    found = re.search(r"\(([\d.]+ [KMGT]?i?B)/([\d.]+ [KMGT]?i?B) used\)", str(cause))
    limit = _("（限额 {limit}）").format(limit=found[2]) if found else ""
    told = (
        _("内存不足{limit}：这次操作没有保存任何内容。") if stage.writes else _("内存不足{limit}：这次查询没有算完。")
    )
    return OutOfMemory(
        told.format(limit=limit),
        _("请稍后再试；上传大文件时请拆成几个小文件。仍然不行时，请管理员调大 ECODASH_DUCKDB_MEMORY 或增加内存。"),
    )


def _of_server(cause: psycopg.Error, engine: Engine, stage: Stage) -> StoreTrouble | None:
    state = getattr(cause, "sqlstate", None) or ""
    is_lost = isinstance(cause, psycopg.OperationalError) and (
        not state or state[:2] in ("08", "57") or state == "25P03"
    )
    if is_lost and stage.is_ending:
        return OutcomeUnknown(
            _("保存时与数据库的连接断了，不知道这次操作是否已经保存。"),
            _("请稍等片刻，在批次列表中核对；没有时再重做一次：上次如果已经保存，系统会说数据完全相同，不会重复。"),
        )
    if is_lost:
        url = engine.url
        return StoreUnreachable(
            (
                _("与数据库的连接断了（{place}），这次操作没有保存任何内容。")
                if stage.writes
                else _("与数据库的连接断了（{place}）。")
            ).format(place=f"{url.host}:{url.port or 5432}"),
            _("请稍等片刻再试；一直连不上时，请管理员检查数据库服务是否在运行。不用重启本程序。"),
        )
    if state in ("53100", "53400"):
        return StoreFull(
            _("数据库服务器的磁盘已满，这次操作没有保存任何内容。"), _("请管理员清理数据库服务器的磁盘后重试。")
        )
    if state == "53200":
        return OutOfMemory(_("数据库服务器的内存不足，这次操作没有完成。"), _("请稍后再试，或请管理员增加内存。"))
    if state == "53300":
        return StoreBusy(_("数据库的连接已用完。"), _("请稍等几秒再试；经常出现时，请管理员调大 max_connections。"))
    return None


def _cause(error: BaseException) -> BaseException:
    """The driver's own error."""
    found = getattr(error, "orig", None)
    return found if isinstance(found, BaseException) else error


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0][:160]
