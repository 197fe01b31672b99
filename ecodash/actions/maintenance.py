"""Keeping the store in good order: closed months put in the order they are read in, the file written anew."""

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from ecodash.domain.access import Actor, Right
from ecodash.domain.periods import Month
from ecodash.errors import TransitionRefused, UserError
from ecodash.logs import get_logger
from ecodash.permits import everywhere, needs
from ecodash.settings import Settings
from ecodash.store import backup as backups
from ecodash.store import compaction, journal, records, reorder
from ecodash.store.digest import StoreDigest
from ecodash.store.engine import open_store
from ecodash.store.reorder import Reordered
from ecodash.workspace import Workspace

_log = get_logger(__name__)


@needs(Right.ADMINISTER, everywhere)
def unordered_months(workspace: Workspace) -> list[Month]:
    """The closed months whose rows do not lie in the order they are read in.

    Raises:
        UserError: the store is PostgreSQL.
    """
    _require_embedded(workspace.settings)
    with workspace.store.reading() as connection:
        closed = reorder.wholly_closed(connection)
        return [Month.from_key(period) for period in closed if not reorder.is_in_order(connection, period)]


@needs(Right.ADMINISTER, everywhere)
def reorder_month(workspace: Workspace, month: Month, *, actor: Actor, now: datetime) -> Reordered | None:
    """Write the journal's rows of a closed month anew in the order they are read in: the same rows, proved by a digest
    before and after within the one transaction, else nothing is changed. Commits wait meanwhile, readers do not.

    Returns:
        None where they lay in order already.
    Raises:
        UserError: the store is PostgreSQL.
        TransitionRefused: the month is not closed, or has no figures.
        StoreBroken: the rows were not the same afterwards; nothing was changed.
    """
    _require_embedded(workspace.settings)
    with workspace.store.writing() as connection:
        if month.key not in reorder.wholly_closed(connection):
            raise TransitionRefused(
                f"{month}没有封账，或没有数据，不重新排列。",
                "封账后数据不再变动，才值得重新排列；请先运行 months close。",
            )
        if reorder.is_in_order(connection, month.key):
            return None
        done = reorder.reorder(connection, month.key)
        detail = {"month": str(month), "rows": done.rows, "digest": done.digest}
        newest = journal.newest_watermark(connection)
        records.write_audit(connection, actor=actor, now=now, action="reorder_month", detail=detail, watermark=newest)
    _log.info("closed month reordered", **detail)
    return done


def _require_embedded(settings: Settings) -> None:
    if not settings.is_embedded:
        raise UserError(
            "数据库是 PostgreSQL，不在这里整理。",
            "数据按月分区，并有索引；收回空间、更新统计由数据库管理员用 VACUUM (ANALYZE)，重新排列用 CLUSTER。",
        )


@dataclass(frozen=True, slots=True)
class Compacted:
    """A store's file that was written anew.

    Args:
        before, after: bytes; the same where nothing was to be gained and the file was left as it is.
        digest: of all content, the same before and after.
    """

    before: int
    after: int
    digest: str


def compact_store(settings: Settings, *, actor: Actor, now: datetime) -> Compacted:
    """Write the store's file anew without unused room. For whoever works on the machine, while no process has it open.

    The new file is written beside the old one and compared with it whole before it takes its place; the old one is kept
    until the new one was opened and compared there, too.

    Raises:
        StoreHeld: a process has the store open.
        UserError: the store is PostgreSQL, there is none, the disk is full, or the copy differs.
    """
    _require_embedded(settings)
    database = backups.database_file(settings)
    if not database.exists():
        raise UserError(f"{database} 不存在，没有可压缩的数据库。", "请核对 ECODASH_HOME。")
    backups.refuse_if_held(database)
    compaction.room_needed(database)
    fresh = compaction.fresh_file(database)
    try:
        store = open_store(settings)
        try:
            compaction.settle(store)
            before = compaction.size_of(database)
            expected = compaction.write_fresh(store, fresh)
        finally:
            store.close()
        if compaction.size_of(fresh) >= before:
            return Compacted(before, before, expected.total)
        after = _tell_in(fresh, settings, expected.total, before, actor, now)
        _exchange(fresh, database, settings, expected)
    finally:
        compaction.remove_fresh(fresh)
    return Compacted(before, after, expected.total)


def _tell_in(fresh: Path, settings: Settings, digest: str, before: int, actor: Actor, now: datetime) -> int:
    """The audit's line, written into the new file before it takes its place. Returns its size."""
    store = open_store(replace(settings, database_url=f"duckdb:///{fresh}"))
    try:
        with store.writing() as connection:
            records.write_audit(
                connection, actor=actor, now=now, action="compact_store",
                detail={"digest": digest, "size_before": before, "size_after": fresh.stat().st_size},
                watermark=journal.newest_watermark(connection),
            )  # fmt: skip
        compaction.settle(store)
    finally:
        store.close()
    return compaction.size_of(fresh)


def _exchange(fresh: Path, database: Path, settings: Settings, expected: StoreDigest) -> None:
    old = compaction.put_in_place(fresh, database)
    if not compaction.is_sound(settings, expected):
        compaction.take_back(old, database)
        raise UserError(
            "压缩后的数据库放好后核对不符，已换回原来的文件。", "请检查磁盘，并运行 python -m ecodash verify。"
        )
    old.unlink()
