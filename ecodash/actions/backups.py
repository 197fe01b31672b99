"""Backups: a copy of the store made while it is in use, checked, deleted, and put back."""

import contextlib
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from ecodash import __version__
from ecodash.domain.access import Actor, Right
from ecodash.domain.backup_plan import rotated_out
from ecodash.domain.backups import Backup, BackupCheck, backup_name
from ecodash.errors import TransitionRefused, UserError
from ecodash.permits import everywhere, needs
from ecodash.settings import Settings
from ecodash.store import backup as backups
from ecodash.store import check, examination, journal, records
from ecodash.store.backup import DATABASE, KEY
from ecodash.store.engine import Connection, open_store
from ecodash.store.health import newest_schema
from ecodash.workspace import Workspace

_SHOWN = 5
"""So many problems of one backup are spelled out."""
_one_at_a_time = threading.Lock()


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    if not _one_at_a_time.acquire(blocking=False):
        raise TransitionRefused("正在制作或核对另一份备份。", "请等它完成后再试。")
    try:
        yield
    finally:
        _one_at_a_time.release()


# ── making one ─────────────────────────────────────────────────────────────────────────────────────────────────────


@needs(Right.ADMINISTER, everywhere)
def make_backup(workspace: Workspace, *, actor: Actor, now: datetime, is_automatic: bool = False) -> Backup:
    """Copy the store and the installation's key into a new folder of settings.backups_dir, while everybody works on.

    The copy is of one moment, and counts only when it was opened and every table in it held the very rows the store had
    at that moment; else nothing remains of it.

    Args:
        is_automatic: whether it is one that goes by rotation.
    Raises:
        UserError: the store is PostgreSQL, the disk is full, or the copy differs.
        TransitionRefused: another backup is just being made.
    """
    settings = workspace.settings
    database, folder = backups.database_file(settings), settings.backups_dir
    with _alone(), _wrapped(folder):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        backups.require_room(folder, database)
        name = backup_name(now, frozenset(one.name for one in folder.iterdir()))
        making = folder / f".{name}.part"
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir(mode=0o700)
        try:
            made = _write(workspace, making, name, actor, now, is_automatic)
            making.replace(folder / name)
        except BaseException:
            shutil.rmtree(making, ignore_errors=True)
            raise
    _tell(workspace, "make_backup", made, actor, now, automatic=is_automatic)
    return made


@contextlib.contextmanager
def _wrapped(folder: Path) -> Iterator[None]:
    """What the disk refuses, in words."""
    try:
        yield
    except OSError as error:
        raise UserError(
            f"备份文件夹 {folder} 不能写入或读取：{error.strerror or error}。",
            "请核对磁盘空间和文件夹权限后重试。",
        ) from error


def _write(workspace: Workspace, folder: Path, name: str, actor: Actor, now: datetime, is_automatic: bool) -> Backup:
    settings, target = workspace.settings, folder / DATABASE
    sums = backups.copy_store(workspace.store, target)
    target.chmod(0o600)
    if settings.link_key_file.exists():
        backups.copy_file(settings.link_key_file, folder / KEY)
    with backups.reading_copy(target) as connection:
        copied = backups.table_sums(connection)
        watermark = journal.newest_watermark(connection)
        digest, schema = check.digest(connection, watermark), backups.schema_of(connection)
    if copied != sums:
        differing = "、".join(
            sorted(name for name in sums.keys() | copied.keys() if sums.get(name) != copied.get(name))
        )
        raise UserError(f"备份与现有数据不一致（{differing}），已丢弃。", "请重试；再次出现时请检查磁盘。")
    made = Backup(
        name=name,
        made_at=now,
        actor=actor.name,
        watermark=watermark,
        digest=digest,
        schema=schema,
        software=__version__,
        files=tuple(backups.describe(folder / one) for one in (DATABASE, KEY) if (folder / one).exists()),
        tables={table: rows for table, (rows, _total) in sums.items()},
        checked_at=now,
        is_automatic=is_automatic,
    )
    backups.write_record(folder, made)
    return made


def _tell(workspace: Workspace, action: str, backup: Backup, actor: Actor, now: datetime, **more: object) -> None:
    detail = {"backup": backup.name, "watermark": backup.watermark, "digest": backup.digest, **more}
    with workspace.store.writing() as connection:
        newest = journal.newest_watermark(connection)
        records.write_audit(connection, actor=actor, now=now, action=action, detail=detail, watermark=newest)


# ── checking and deleting ──────────────────────────────────────────────────────────────────────────────────────────


@needs(Right.ADMINISTER, everywhere)
def check_backup(workspace: Workspace, name: str, *, actor: Actor, now: datetime) -> BackupCheck:
    """Read a backup whole: its files are those that were written, it opens, it is sound in itself, and it holds what
    the store in use held at its newest batch. What was found is written into the backup's record.

    Raises:
        UserError: there is no such backup.
    """
    found = _checked(workspace.settings, name, now, workspace)
    _tell(workspace, "check_backup", found.backup, actor, now, problems=len(found.problems))
    return found


def check_backup_apart(settings: Settings, name: str, *, now: datetime) -> BackupCheck:
    """As check_backup, for whoever works on the machine, where the store in use cannot be opened: another process holds
    it, or it is broken. It is not compared with it, and the audit is not told.

    Raises:
        UserError: there is no such backup.
    """
    return _checked(settings, name, now, None)


def _checked(settings: Settings, name: str, now: datetime, workspace: Workspace | None) -> BackupCheck:
    folder = settings.backups_dir
    with _alone(), _wrapped(folder):
        backup = backups.find_backup(folder, name)
        problems = _altered(folder / name, backup)
        agrees = None
        if not problems:
            try:
                with backups.reading_copy(folder / name / DATABASE) as connection:
                    problems += _unsound(connection, backup)
            except UserError as error:
                problems.append(error.what)
            agrees = None if workspace is None else _agrees(workspace, backup)
        if agrees is False:
            problems.append(f"备份中截至第 {backup.watermark} 批的数据，与现在数据库中同一时点的数据不一致。")
        checked = replace(backup, checked_at=now, fault="；".join(problems[:_SHOWN]))
        backups.write_record(folder / name, checked)
    return BackupCheck(checked, tuple(problems), agrees)


def _altered(folder: Path, backup: Backup) -> list[str]:
    """The files that are not there any more as they were written."""
    found = []
    for one in backup.files:
        if not (folder / one.name).is_file():
            found.append(f"备份缺少文件 {one.name}。")
        elif backups.describe(folder / one.name) != one:
            found.append(f"备份文件 {one.name} 的内容与制作时的校验值不符，已被改动或损坏。")
    return found


def _unsound(connection: Connection, backup: Backup) -> list[str]:
    if check.digest(connection, backup.watermark) != backup.digest:
        return ["备份中的数据与制作时的摘要不符。"]
    if backup.schema != newest_schema():
        return []  # Of another version of the software: it is brought up to date when it is put back.
    return [one.what for one in check.problems(connection)]


def _agrees(workspace: Workspace, backup: Backup) -> bool | None:
    with workspace.store.reading() as connection:
        if journal.newest_watermark(connection) < backup.watermark:
            return None
        return check.digest(connection, backup.watermark) == backup.digest


@needs(Right.ADMINISTER, everywhere)
def delete_backup(workspace: Workspace, name: str, *, actor: Actor, now: datetime) -> Backup:
    """Delete a backup for good.

    Raises:
        UserError: there is no such backup.
        TransitionRefused: it is the last one.
    """
    folder = workspace.settings.backups_dir
    with _alone(), _wrapped(folder):
        backup = backups.find_backup(folder, name)
        others = [one for one in backups.list_backups(folder) if one.name != name and not one.fault]
        if not others:
            raise TransitionRefused("这是最后一份完好的备份，不能删除。", "请先制作一份新的备份，再删除旧的。")
        # Out of sight first: a deletion cut short leaves no half of a backup in the list.
        going = folder / f".{name}.gone"
        shutil.rmtree(going, ignore_errors=True)
        (folder / name).replace(going)
        shutil.rmtree(going)
    _tell(workspace, "delete_backup", backup, actor, now)
    return backup


@needs(Right.ADMINISTER, everywhere)
def delete_old_backups(workspace: Workspace, keep: int, *, actor: Actor, now: datetime) -> list[str]:
    """Delete all backups but the newest ones; what is found damaged does not count among those kept, and goes too once
    it is older than they are. Returns the names of the deleted."""
    found = backups.list_backups(workspace.settings.backups_dir)
    kept = [one.name for one in found if not one.fault][: max(keep, 1)]
    old = found[found.index(next(one for one in found if one.name == kept[-1])) + 1 :] if kept else []
    return [delete_backup(workspace, one.name, actor=actor, now=now).name for one in old]


@needs(Right.ADMINISTER, everywhere)
def rotate_backups(workspace: Workspace, *, actor: Actor, now: datetime) -> list[str]:
    """Delete the automatic backups that rotation does not keep (domain.backup_plan). Returns their names."""
    old = rotated_out(backups.list_backups(workspace.settings.backups_dir), workspace.settings.backup_keep)
    return [delete_backup(workspace, one.name, actor=actor, now=now).name for one in old]


# ── putting one back ───────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Restored:
    """A backup that was put back.

    Args:
        aside: the folder with what was in use before.
        ended: how many people were signed in when the backup was made; they sign in anew.
    """

    backup: Backup
    aside: Path
    ended: int


@dataclass(frozen=True, slots=True)
class Loss:
    """What the store in use holds beyond a backup.

    Args:
        batches: how many were committed since; first and last of them are batch numbers.
        entries: lines of the audit since the backup was made: figures, reviews, accounts, links, and everything else.
        last_at: when the last of either came (aware UTC); None where none did.
    """

    batches: int
    entries: int
    last_at: datetime | None


def restore_loss(settings: Settings, name: str) -> Loss | None:
    """What would be lost by putting a backup back; None where the store in use cannot be read, as where it is broken.
    For whoever works on the machine.

    Raises:
        UserError: there is no such backup.
    """
    backup = backups.find_backup(settings.backups_dir, name)
    try:
        store = examination.open_to_read(settings)
    except UserError:
        return None
    try:
        with store.reading() as connection:
            return Loss(*examination.written_since(connection, backup.watermark, backup.made_at))
    finally:
        store.close()


def restore_backup(settings: Settings, name: str, *, actor: Actor, now: datetime) -> Restored:
    """Put a backup in the place of the store, which no process may have open. For whoever works on the machine: it asks
    for no rights, as it works on files that person could move by hand.

    What is in use now is kept in a folder beside the backups. The backup is opened, brought up to date and written to
    (nobody stays signed in, and the audit says what happened) before anything is moved.

    Raises:
        StoreHeld: a process has the store open.
        UserError: there is no such backup, or its files are not what they were.
    """
    database, folder = backups.database_file(settings), settings.backups_dir
    backup = backups.find_backup(folder, name)
    backups.refuse_if_held(database)
    staged = folder / ".restoring"
    with _alone(), _wrapped(folder):
        if altered := _altered(folder / name, backup):
            raise UserError(f"备份 {name} 不能恢复：{altered[0]}", "请改用另一份备份。")
        backups.require_room(folder, folder / name / DATABASE)
        shutil.rmtree(staged, ignore_errors=True)
        staged.mkdir(mode=0o700)
        try:
            for one in backup.files:
                backups.copy_file(folder / name / one.name, staged / one.name)
            aside = folder / f"replaced-{backup_name(now)}"
            ended = _bring_up_to_date(staged, settings, backup, aside, actor, now)
            backups.put_in_place(staged, database, settings.link_key_file, aside)
        finally:
            shutil.rmtree(staged, ignore_errors=True)
    return Restored(backup, aside, ended)


def _bring_up_to_date(
    staged: Path, settings: Settings, backup: Backup, aside: Path, actor: Actor, now: datetime
) -> int:
    own = replace(settings, home=staged, database_url=f"duckdb:///{staged / DATABASE}")
    store = open_store(own)
    try:
        with store.writing() as connection:
            ended = records.end_all_sessions(connection, now)
            records.write_audit(
                connection,
                actor=actor,
                now=now,
                action="restore_backup",
                detail={"backup": backup.name, "digest": backup.digest, "aside": aside.name, "sessions": ended},
                watermark=journal.newest_watermark(connection),
            )
    finally:
        store.close()
    return ended
