"""A full disk, at each stage of an upload and of what else writes; the same process goes on once there is room."""

import random
import re
import shutil
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from ecodash import actions, queries, sessions
from ecodash.domain.accounts import Account
from ecodash.domain.pages import Page
from ecodash.domain.selection import Selection
from ecodash.domain.snapshots import SnapshotWish
from ecodash.errors import StoreTrouble, UserError
from ecodash.link_key import hash_token, read_link_key
from ecodash.store import backup as backups
from ecodash.store import journal, rollup
from ecodash.store.records import accounts as account_records
from ecodash.store.records import sessions as session_records
from ecodash.workspace import Workspace
from tests.faults import office
from tests.faults.office import CLERK, MONTHS, NOW, Ledger, Word
from tests.faults.report import FaultReport
from tests.faults.small_disk import SmallDisk, small_disk

NAME = "disk_full"
_MEGABYTES = 160


@dataclass
class Trial:
    """An installation on a small disk.

    Args:
        told: what was acknowledged so far.
    """

    workspace: Workspace
    disk: SmallDisk
    draw: random.Random
    told: list[Word] = field(default_factory=list)

    def content(self, count: int = 60, months: int = 2) -> bytes:
        """A report nobody sent before."""
        codes = office.villages(self.workspace)[:count]
        return office.report_of(codes, self.draw, self.draw.sample(MONTHS, months))

    def send(self, **more: Any) -> None:
        """Send a report and note that it was acknowledged."""
        self.told.append(office.word_of(office.send(self.workspace, self.content(**more))))

    def filled_before(self, place: object, name: str) -> AbstractContextManager[object]:
        """The disk is full as soon as a function is reached."""
        original: Callable[..., Any] = getattr(place, name)

        def full(*arguments: Any, **more: Any) -> Any:
            self.disk.fill()
            return original(*arguments, **more)

        return patch.object(place, name, full)


def _before(place: object, name: str) -> Callable[[Trial], None]:
    def act(trial: Trial) -> None:
        with trial.filled_before(place, name):
            trial.send()

    return act


def _in_the_log(trial: Trial) -> None:
    trial.disk.fill(trial.draw.randrange(40_000))
    for _ in range(20):
        trial.send()


def _in_the_checkpoint(trial: Trial) -> None:
    with trial.workspace.store.reading() as connection:
        connection.exec_driver_sql("SET wal_autocheckpoint = '400KB'")
    try:
        # Others look at pages meanwhile: their connections have to be let go of too.
        with ExitStack() as stack:
            for _ in range(4):
                stack.enter_context(trial.workspace.store.reading())
        trial.disk.fill(trial.draw.randrange(450_000, 900_000))
        for _ in range(30):
            trial.send(count=120)
    finally:
        trial.disk.free()
        with trial.workspace.store.reading() as connection:
            connection.exec_driver_sql("SET wal_autocheckpoint = '16MB'")


def _in_rows_written_ahead(trial: Trial) -> None:
    """So many rows that DuckDB writes them into the file before the commit."""
    codes = office.villages(trial.workspace)
    months = [MONTHS[0].plus(-step) for step in range(130)]
    content = office.report_of(codes, trial.draw, months)
    with trial.filled_before(rollup, "refresh"):
        trial.disk.fill(trial.draw.randrange(200_000))
        trial.told.append(office.word_of(office.send(trial.workspace, content)))


def _handing_in(trial: Trial) -> None:
    with trial.filled_before(actions.handing_in, "keep_file"):
        done = office.send(trial.workspace, trial.content(), publishes=False)
    trial.told.append(office.word_of(done))


def _undo(trial: Trial) -> None:
    trial.send()
    last = trial.told[-1].number
    trial.disk.fill()
    done = actions.undo_batch(trial.workspace, last, actor=CLERK, now=NOW, rest=True)
    trial.told.append(office.word_of(done, last))


def _backup(trial: Trial) -> None:
    trial.disk.fill(1 << 20)
    actions.make_backup(trial.workspace, actor=CLERK, now=NOW)


def _backup_under_way(trial: Trial) -> None:
    with patch.object(backups, "require_room", lambda *_: None), trial.filled_before(backups, "copy_store"):
        actions.make_backup(trial.workspace, actor=CLERK, now=NOW)


def _snapshot(trial: Trial) -> None:
    workspace = trial.workspace
    chosen = Selection(queries.newest_watermark(workspace), MONTHS[0], 500230000000, "garbage_cleared")
    page = queries.freeze(workspace, Page.OVERVIEW, chosen)
    assert workspace.link_key
    trial.disk.fill()
    actions.create_snapshot(workspace, [page], SnapshotWish(), actor=CLERK, now=NOW)


def _key(trial: Trial) -> None:
    trial.disk.fill()
    read_link_key(trial.disk.folder / f"key-{trial.draw.random()}")


def _checkpoint_by_hand(trial: Trial) -> None:
    trial.send()
    trial.disk.fill()
    with trial.workspace.store.reading() as connection:
        connection.exec_driver_sql("CHECKPOINT")


STAGES: dict[str, tuple[str, str, Callable[[Trial], None]]] = {
    "begin": ("写流水之前", "before the journal", _before(journal, "next_number")),
    "journal": ("追加流水", "journal append", _before(journal, "_append")),
    "rollup": ("更新汇总", "roll-up", _before(rollup, "refresh")),
    "file": ("保存原文件", "keeping the file", _before(journal, "keep_file")),
    "audit": ("写审计", "audit line", _before(journal, "write_audit")),
    "log": ("写入日志（WAL）", "DuckDB's log", _in_the_log),
    "checkpoint": ("整理日志", "checkpoint", _in_the_checkpoint),
    "checkpoint_alone": ("没有提交时整理日志", "checkpoint by itself", _checkpoint_by_hand),
    "ahead": ("大批数据提前落盘", "rows written ahead of the commit", _in_rows_written_ahead),
    "hand_in": ("提交审核", "handing in", _handing_in),
    "undo": ("撤销", "undo", _undo),
    "key": ("生成密钥文件", "the file of the key", _key),
    "snapshot": ("生成快照", "snapshot", _snapshot),
    "backup": ("备份之前", "before a backup", _backup),
    "backup_under_way": ("备份途中", "during a backup", _backup_under_way),
}
QUICK = ["file", "checkpoint", "undo", "key", "backup_under_way"]
"""One of each sort."""


def _signed_in(workspace: Workspace) -> Account | None:
    """Somebody whose session is looked up while the disk is full: reading goes on."""
    with workspace.store.writing() as connection:
        number = account_records.insert_account(
            connection, login="wang", name="王镇员", unit="", grants=(), password_hash="", must_change=False,
            created_by="试", now=NOW,
        )  # fmt: skip
        session_records.insert_session(
            connection, token_hash=hash_token("wang"), number=number, method="password", now=NOW,
            ends_at=NOW + timedelta(hours=8), address="127.0.0.1", agent="试",
        )  # fmt: skip
    return None


def work(folder: Path, answers: Path, stages: list[str], seed: int, real: bool) -> None:
    """Fill the disk at each stage in turn, and look; all in one process, as the app is one."""
    out = Ledger(answers)
    with small_disk(folder, _MEGABYTES, real=real) as disk:
        home = office.make_home(folder / "home")
        out.note(Word("way", name=disk.way))
        with office.opened(home) as workspace:
            _signed_in(workspace)
            trial = Trial(workspace, disk, random.Random(seed))
            trial.send()
            for number, stage in enumerate(stages):
                for word in _once(trial, stage, number):
                    out.note(word)
        with office.opened(home) as workspace:
            lost = office.missing(workspace, trial.told)
            out.note(
                Word(
                    "end",
                    len(trial.told),
                    len(lost),
                    name="；".join(office.unsound(workspace) + [str(lost)] * bool(lost)),
                )
            )


def _once(trial: Trial, stage: str, number: int) -> list[Word]:
    """Fill the disk at a stage: what is said, whether reading goes on, and whether all is as it was once there is room."""
    workspace, found = trial.workspace, []
    before = office.count_batches(workspace)
    told_before = len(trial.told)
    try:
        STAGES[stage][2](trial)
        found.append(Word("untold", name=stage))
    except UserError as error:
        kind = "trouble" if isinstance(error, StoreTrouble) else "refusal"
        found.append(Word(kind, name=f"{stage}\0{error.what}{error.remedy}"))
    except Exception as error:
        found.append(Word("raised", name=f"{stage}: {type(error).__name__}: {error}"))
    if trial.disk.is_real and stage not in ("checkpoint",):
        trial.disk.free()
        trial.disk.fill()
    try:
        assert office.count_batches(workspace) >= before
        later = NOW + timedelta(minutes=2 + number)
        assert sessions.find(workspace, "wang", now=later) is not None
        workspace.store.reading()
    except Exception as error:
        found.append(Word("unreadable", name=f"{stage}: {type(error).__name__}: {error}"))
    trial.disk.free()
    try:
        trial.send()
    except Exception as error:
        found.append(Word("stuck", name=f"{stage}: {type(error).__name__}: {error}"))
        return found
    problems = [*office.unsound(workspace), *map(str, office.missing(workspace, trial.told))]
    fresh = office.count_batches(workspace) - before - sum(w.kind == "batch" for w in trial.told[told_before:])
    if fresh not in (0, 1):
        problems.append(f"{fresh} batches nobody was told of")
    found += [Word("problem", name=f"{stage}: {one}") for one in problems]
    if any(one.name.endswith((".part", ".gone")) for one in workspace.settings.backups_dir.glob(".*")):
        found.append(Word("problem", name=f"{stage}: a half backup is left"))
    shutil.rmtree(workspace.settings.backups_dir, ignore_errors=True)
    return found


def run(
    rounds: int, seed: int, folder: Path, *, real: bool = True, stages: Sequence[str] = tuple(STAGES)
) -> FaultReport:
    """Fill the disk so often at every stage.

    Args:
        real: whether to try for a disk of its own.
    """
    report, stages = FaultReport(NAME), list(stages)
    answers = folder / "full.answers"
    process = office.start(work, folder / "full", answers, stages * rounds, seed, real)
    process.join()
    words = Ledger(answers).words()
    way, ends = next((one.name for one in words if one.kind == "way"), ""), [one for one in words if one.kind == "end"]
    report.rounds = len(stages) * rounds
    if process.exitcode or not ends:
        report.problems.append(f"the process ended with {process.exitcode}")
    for one in ends:
        report.acknowledged, report.lost = one.number, one.cells
        report.blame("at the end", [one.name] if one.name else [])
    heard: dict[str, set[str]] = {}
    for one in words:
        if one.kind in ("trouble", "refusal"):
            stage, said = one.name.split("\0")
            said = re.sub(r"/\S*/(?=ecodash|backups|home|link)", "…/", re.sub(r"key-[\d.]+", "link.key", said))
            said = re.sub(r"[\d,]+ MB", "… MB", said)
            report.tell(said)
            heard.setdefault(stage, set()).add(said)
        elif one.kind == "problem":
            report.blame("full disk", [one.name])
        elif one.kind in ("untold", "raised", "unreadable", "stuck"):
            report.problems.append(f"{one.kind}: {one.name}")
    report.done = [
        (
            "在上报的每个阶段把磁盘填满（" + "、".join(STAGES[one][0] for one in stages) + "），看提示，"
            "确认页面仍可查看、登录仍有效，再腾出空间，由同一进程接着上报，并运行与 verify 相同的全部检查。",
            "The disk is filled at each stage of an upload and of what else writes ("
            + ", ".join(STAGES[one][1] for one in stages)
            + "); the message is read, pages and sessions are looked at while it is full, room is made, the same process "
            "goes on, and all checks of verify run.",
        )
    ]
    report.notes = [
        (
            f"磁盘满的办法：{'只有本进程看得见的小磁盘（tmpfs，真的 ENOSPC）' if way == 'tmpfs' else 'RLIMIT_FSIZE（EFBIG）'}。"
            f"{report.rounds} 次里 {sum(report.messages.values())} 次有中文提示；每次腾出空间后，同一进程不重启即可继续上报。",
            f"How the disk was filled: {'a small disk only this process sees (tmpfs, real ENOSPC)' if way == 'tmpfs' else 'RLIMIT_FSIZE (EFBIG)'}. "
            f"{sum(report.messages.values())} of {report.rounds} were told in Chinese; each time the same process went on "
            "without a restart once there was room.",
        )
    ]
    report.not_tried = [
        (
            "系统盘（日志、临时文件夹）满；磁盘配额；网络盘。",
            "A full system disk (logs, the folder of temporary files); quotas; network drives.",
        )
    ]
    return report
