"""A county's office for trials: a store of 丰都县, files for it, what somebody was told was done, and whether it is there."""

import contextlib
import json
import logging
import multiprocessing
import os
import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import cache
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from ecodash import actions, logs, queries
from ecodash.actions import Choices
from ecodash.domain.access import Actor, operator
from ecodash.domain.periods import Month
from ecodash.domain.regions import Level, region_code
from ecodash.domain.review import Filing
from ecodash.settings import Settings, load_settings
from ecodash.store import check
from ecodash.store.submission import Receipt
from ecodash.store.tables import batch, filing, filing_step, upload_file
from ecodash.workspace import Workspace, open_workspace

NOW = datetime(2026, 11, 3, 4, 0, tzinfo=UTC)
CLERK, REVIEWER = operator("填报员", "page"), operator("审核员", "page")
MONTHS = [Month(2026, month) for month in range(1, 11)]
_HEADER = "区划代码,月份,清理生活垃圾（吨）,公厕（座）,保洁员人数"

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["tests.faults.office"])


def start(work: Callable[..., None], *arguments: object) -> BaseProcess:
    """A process that does a piece of work; its libraries are loaded already."""
    process = _context.Process(target=_quietly, args=(work, *arguments), daemon=True)
    process.start()
    return process


def be_quiet() -> None:
    """Have this process log errors only: the faults are many, and meant."""
    logs.configure(is_json=False)
    logging.getLogger().setLevel(logging.ERROR)
    logging.getLogger("sqlalchemy.pool").setLevel(logging.CRITICAL)


def _quietly(work: Callable[..., None], *arguments: object) -> None:
    be_quiet()
    work(*arguments)


def _rounds(first: int, last: int, out: Path, work: Callable[..., "Word"], arguments: tuple[object, ...]) -> None:
    told = Ledger(out)
    for number in range(first, last):
        told.note(work(number, *arguments))


def serially(rounds: int, out: Path, work: Callable[..., "Word"], *arguments: object) -> "list[Word]":
    """What each of some rounds said, done one after the other in a process of their own: where one takes the process
    down, the rest go on in another."""
    out.unlink(missing_ok=True)
    while (done := len(Ledger(out).words())) < rounds:
        process = start(_rounds, done, rounds, out, work, arguments)
        process.join()
        if len(Ledger(out).words()) < rounds:
            Ledger(out).note(Word("died", name=f"exit code {process.exitcode}"))
    return Ledger(out).words()


def settings_of(home: Path, **more: Any) -> Settings:
    """Settings of an installation in a folder."""
    return replace(load_settings({"ECODASH_HOME": str(home)}), **more)


@contextlib.contextmanager
def opened(home: Path, **more: Any) -> Iterator[Workspace]:
    """The installation, closed afterwards."""
    workspace = open_workspace(settings_of(home, **more), now=NOW)
    try:
        yield workspace
    finally:
        workspace.close()


def make_home(folder: Path) -> Path:
    """A new installation of 丰都县 without figures."""
    with opened(folder) as workspace:
        actions.add_regions(workspace, ["500230"], actor=CLERK, now=NOW)
    return folder


def copy_home(home: Path, target: Path) -> Path:
    """A copy of an installation that nobody has open."""
    shutil.rmtree(target, ignore_errors=True)
    return Path(shutil.copytree(home, target))


@cache
def _villages_of(count: int, codes: tuple[str, ...]) -> tuple[str, ...]:
    return codes[:count] if count else codes


def villages(workspace: Workspace, count: int = 0) -> tuple[str, ...]:
    """Codes of the villages, or of the first of them."""
    codes = tuple(sorted(region_code(one.key) for one in workspace.tree.under(500230000000, Level.VILLAGE)))
    return _villages_of(count, codes)


def report_of(codes: tuple[str, ...], draw: random.Random, months: list[Month]) -> bytes:
    """A month's report, or several months', with figures nobody wrote before."""
    lines = [
        f"{code},{month},{draw.randint(1, 10**6) / 100},{draw.randint(1, 40)},{draw.randint(1, 90)}"
        for month in months
        for code in codes
    ]
    return "\n".join([_HEADER, *lines]).encode()


def send(
    workspace: Workspace,
    content: bytes,
    name: str = "月报.csv",
    *,
    now: datetime = NOW,
    actor: Actor = CLERK,
    publishes: bool = True,
) -> Receipt | Filing:
    """Read a file and bring it on its way, as the upload page does."""
    upload = actions.read_file(workspace, content, name, actor=actor, now=now, choices=Choices())
    assert not upload.intake.faults, upload.intake.faults[:3]
    return actions.deliver(
        workspace, upload, actor=actor, now=now, reasons={"": "已逐村核实"}, publishes=publishes
    )  # fmt: skip


# ── what somebody was told ─────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Word:
    """Something that was acknowledged.

    Args:
        kind: batch, filing or backup.
        number: its number.
        cells: of a batch.
        undoes: the batch it takes back.
        name: of a backup.
    """

    kind: str
    number: int = 0
    cells: int = 0
    undoes: int | None = None
    name: str = ""


class Ledger:
    """Acknowledgements in a file that outlives whoever wrote them: each is there before the next thing is begun.

    Args:
        path: of the file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def note(self, word: Word) -> None:
        """Write one down."""
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(descriptor, (json.dumps(asdict(word)) + "\n").encode())
        finally:
            os.close(descriptor)

    def words(self) -> list[Word]:
        """All that were written; a line cut short was none."""
        try:
            text = self._path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return []
        return [Word(**json.loads(line)) for line in text.split("\n")[:-1] if line]


def word_of(done: Receipt | Filing, undoes: int | None = None) -> Word:
    """What somebody was told by a receipt, or by a filing that waits."""
    if isinstance(done, Filing):
        return Word("filing", done.number, done.cell_count)
    return Word("batch", done.batch, done.cells, undoes)


# ── whether it is there ────────────────────────────────────────────────────────────────────────────────────────────


def missing(workspace: Workspace, words: list[Word]) -> list[Word]:
    """What was acknowledged and is not there, or not as it was told."""
    with workspace.store.reading() as connection:
        batches = {row.seq: row for row in connection.execute(sa.select(batch))}
        filings = {row.number: row for row in connection.execute(sa.select(filing))}
        kept = set(connection.execute(sa.select(upload_file.c.sha256)).scalars())
        steps = set(connection.execute(sa.select(filing_step.c.filing)).scalars())
    backups = {one.name for one in queries.list_backups(workspace)} if any(w.kind == "backup" for w in words) else set()

    def is_there(word: Word) -> bool:
        if word.kind == "backup":
            return word.name in backups
        if word.kind == "filing":
            found = filings.get(word.number)
            return (
                found is not None
                and found.cell_count == word.cells
                and found.file_sha256 in kept
                and word.number in steps
            )
        found = batches.get(word.number)
        if found is None or (found.cell_count, found.undoes) != (word.cells, word.undoes):
            return False
        return found.undoes is not None or not found.is_file_kept or found.file_sha256 in kept

    return [word for word in words if not is_there(word)]


def unsound(workspace: Workspace) -> list[str]:
    """What of the store does not hold: what `verify` says, the roll-ups and the audit's chain among it."""
    with workspace.store.reading() as connection:
        return [f"{one.place}: {one.what}" for one in check.problems(connection)]


def count_batches(workspace: Workspace) -> int:
    """How many batches there are."""
    with workspace.store.reading() as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(batch)).scalar_one())
