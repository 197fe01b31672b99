"""Damaged files through the whole path: read, checked, compared, committed. Used by the tests and by `make bench`."""

import json
import signal
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from types import FrameType

from ecodash import actions
from ecodash.actions import Choices, Upload
from ecodash.domain.access import operator
from ecodash.domain.calendar import newest_reportable
from ecodash.domain.periods import Month
from ecodash.domain.regions import region_key
from ecodash.domain.uploads import PROBLEM_SHEET
from ecodash.effects import annotated, effects_of_upload
from ecodash.errors import UserError
from ecodash.ingest.answer import read_answer
from ecodash.ingest.book import Book
from ecodash.ingest.files.reader import read_book
from ecodash.settings import PROJECT_ROOT, Settings
from ecodash.workspace import Workspace, open_workspace
from tests.fuzz.accounting import check
from tests.fuzz.mutate import Mutant, mutant, seeds_in

UPLOADS = PROJECT_ROOT / "tests" / "fixtures" / "uploads"
COUNTIES = ("360521", "411521", "430321", "500230")
NOW = datetime(2026, 11, 3, 4, 0, tzinfo=UTC)
LIMIT_SECONDS, HANG_SECONDS = 10, 60
_ACTOR = operator("模糊测试", "test")
_WITHIN = ("0", "0", "0", "0", "0", "0", "500230", "430321", "500230101")


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that broke something, and how; with its number it is made again."""

    mutant: Mutant
    said: str


@dataclass
class Tally:
    """What became of the files.

    Args:
        outcomes: how many were refused unread, had faults, were committed, or were refused by the store.
        damages: how often each kind of damage was done.
        cells, rows: read in files without faults.
        slowest: seconds of the processor, and the number of the file.
    """

    outcomes: Counter[str] = field(default_factory=Counter)
    damages: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    cells: int = 0
    rows: int = 0
    slowest: tuple[float, int] = (0.0, -1)
    failures: list[Failure] = field(default_factory=list)


def fuzz_workspace(home: Path) -> Workspace:
    """A store with the regions of the fixtures."""
    workspace = open_workspace(Settings(home, f"duckdb:///{home / 'ecodash.duckdb'}", PROJECT_ROOT / "data"), NOW)
    actions.add_regions(workspace, list(COUNTIES), actor=_ACTOR, now=NOW)
    return workspace


def fuzz(
    workspace: Workspace,
    numbers: range,
    *,
    keep: Path | None = None,
    tell: Callable[[Tally], None] = lambda tally: None,
) -> Tally:
    """Damage files and send them through.

    Args:
        numbers: of the damaged files: the same number gives the same file while the seeds are the same.
        keep: folder for the files that break something.
        tell: called after every file.
    """
    seeds, tally = seeds_in(UPLOADS), Tally()
    for number in numbers:
        one = mutant(number, seeds)
        tally.damages.update(one.how[1:])
        began = time.process_time()
        try:
            with _limited():
                outcome = _send(workspace, one, tally)
        except Exception as error:
            outcome = "failed"
            said = "".join(traceback.format_exception(error)[-3:])
            tally.failures.append(Failure(one, said))
            if keep is not None:
                keep.mkdir(parents=True, exist_ok=True)
                (keep / f"{number}.bin").write_bytes(one.data)
        tally.outcomes[outcome] += 1
        tally.slowest = max(tally.slowest, (time.process_time() - began, number))
        tell(tally)
    return tally


def _send(workspace: Workspace, one: Mutant, tally: Tally) -> str:
    """Read, check and commit one file; what became of it."""
    random = Random(one.number)
    within = region_key(random.choice(_WITHIN))
    choices = Choices(None, within, accepts_guesses=random.random() < 0.2)
    upload = actions.read_file(workspace, one.data, one.name, actor=_ACTOR, now=NOW, choices=choices)
    if any(fault.code == "month_missing" for fault in upload.intake.faults):
        choices = replace(choices, month=random.choice((Month(2026, 9), Month(2026, 10))))
        upload = actions.read_file(workspace, one.data, one.name, actor=_ACTOR, now=NOW, choices=choices)
    intake = upload.intake
    check(intake, workspace.catalog, workspace.tree, newest_reportable(NOW))
    assert len(upload.changes) == len(intake.cells)
    _check_answers(workspace, one, upload)
    tally.codes.update({fault.code for fault in intake.faults} | {doubt.code for doubt in intake.doubts})
    if intake.faults:
        return "with faults" if intake.sheets else "not readable"
    tally.cells += len(intake.cells) + len(intake.targets)
    tally.rows += intake.row_count
    try:
        receipt = actions.commit_upload(workspace, upload, actor=_ACTOR, now=NOW, reasons={"": "模糊测试"})
    except UserError:
        return "refused"
    assert receipt.cells <= len(intake.cells) + len(intake.targets)
    return "committed"


def _check_answers(workspace: Workspace, one: Mutant, upload: Upload) -> None:
    """What is said of a file anywhere can be said: as JSON, in the marked workbook, as the effects of its commit."""
    intake = upload.intake
    for answer in (actions.explain(intake), read_answer(one.data, one.name, workspace.catalog)):
        json.dumps(answer, ensure_ascii=False).encode()
    if intake.book.sheets and (intake.faults or intake.doubts):
        marked = read_book(annotated(upload), one.name, score=lambda cells: 0)
        assert isinstance(marked, Book), "the marked workbook cannot be read"
        assert PROBLEM_SHEET in {sheet.name for sheet in marked.sheets}, "the marked workbook has no list"
    # Ranking a store twice takes long beside the rest: every fifth file does.
    if one.number % 5 == 0 and not intake.faults and upload.counts["new"] + upload.counts["changed"]:
        effects_of_upload(workspace, upload, actor=_ACTOR, now=NOW)


@contextmanager
def _limited() -> Iterator[None]:
    """Raises TimeoutError where something computes too long, or waits too long: only the first is measured by what the
    process itself does, so that a busy machine fails no file."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise TimeoutError(
            f"longer than {LIMIT_SECONDS} s" if number == signal.SIGPROF else f"hangs for {HANG_SECONDS} s"
        )

    before = {number: signal.signal(number, stop) for number in (signal.SIGPROF, signal.SIGALRM)}
    signal.setitimer(signal.ITIMER_PROF, LIMIT_SECONDS)
    signal.setitimer(signal.ITIMER_REAL, HANG_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in before.items():
            signal.signal(number, handler)
