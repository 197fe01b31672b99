"""kill -9 at random moments, while uploads are committed, handed in, accepted, undone and backed up."""

import random
import time
from pathlib import Path

from ecodash import actions
from ecodash.domain.review import Filing
from ecodash.errors import SubmissionRejected, TransitionRefused, UserError
from tests.faults import office
from tests.faults.office import CLERK, MONTHS, NOW, REVIEWER, Ledger, Word
from tests.faults.report import FaultReport

NAME = "kill"
_UNTIL_FIRST = 60.0


def work(home: Path, ledger: Path, seed: int) -> None:
    """Do things without pause, and note each once it was acknowledged. Ends by being killed."""
    draw, told = random.Random(seed), Ledger(ledger)
    with office.opened(home) as workspace:
        if seed % 2:
            # Every few commits DuckDB then moves its log into the file: a kill meets that as well.
            with workspace.store.reading() as connection:
                connection.exec_driver_sql("SET wal_autocheckpoint = '200KB'")
        codes = office.villages(workspace)
        while True:
            what = draw.random()
            content = office.report_of(codes[: draw.randint(5, 120)], draw, draw.sample(MONTHS, draw.randint(1, 4)))
            try:
                if what < 0.25 and (batches := _standing(told)):
                    undone = draw.choice(batches)
                    done = actions.undo_batch(workspace, undone, actor=REVIEWER, now=NOW, rest=True)
                    told.note(office.word_of(done, undone))
                elif what < 0.40:
                    filed = office.send(workspace, content, publishes=False)
                    told.note(office.word_of(filed))
                    assert isinstance(filed, Filing)
                    accepted = actions.accept_filing(workspace, filed.number, actor=REVIEWER, now=NOW, comment="同意")
                    told.note(office.word_of(accepted))
                elif what < 0.50:
                    made = actions.make_backup(workspace, actor=CLERK, now=NOW)
                    told.note(Word("backup", name=made.name))
                else:
                    sent = office.send(workspace, content)
                    told.note(office.word_of(sent))
            except (TransitionRefused, SubmissionRejected):
                continue  # Later batches changed all of it.


def _standing(told: Ledger) -> list[int]:
    """The newest batches nobody was told an undo of."""
    words = told.words()
    undone = {one.undoes for one in words}
    return [one.number for one in words if one.kind == "batch" and not one.undoes and one.number not in undone][-10:]


def killed_run(home: Path, ledger: Path, seed: int) -> int:
    """Let a process work, and kill it at a random moment after its first few acknowledgements: how it ended."""
    before, draw = len(Ledger(ledger).words()), random.Random(seed)
    wanted = draw.randrange(4)
    process = office.start(work, home, ledger, seed)
    try:
        limit = time.monotonic() + _UNTIL_FIRST
        while len(Ledger(ledger).words()) < before + wanted and process.is_alive() and time.monotonic() < limit:
            time.sleep(0.005)
        time.sleep(draw.uniform(0.0, 0.35) if wanted else draw.uniform(0.0, 0.9))
    finally:
        process.kill()
        process.join()
    assert process.exitcode is not None
    return process.exitcode


def run(rounds: int, seed: int, folder: Path) -> FaultReport:
    """Kill so many times, one after the other, in one store; look whether all is there after each."""
    report = FaultReport(NAME)
    home = office.make_home(folder / "kill")
    ledger = folder / "kill.told"
    unannounced = 0
    for number in range(rounds):
        if (code := killed_run(home, ledger, seed + number)) != -9:
            report.problems.append(f"round {number}: the process ended by itself ({code})")
        report.rounds += code == -9
        words = Ledger(ledger).words()
        try:
            with office.opened(home) as workspace:
                for one in office.missing(workspace, words):
                    report.lose(f"round {number}", one)
                report.blame(f"round {number}", office.unsound(workspace))
                unannounced = office.count_batches(workspace) - sum(one.kind == "batch" for one in words)
        except UserError as error:
            report.problems.append(f"round {number}: {error}")
            break
        # At most what was under way when it was killed may be there without anybody having been told.
        if not 0 <= unannounced <= number + 1:
            report.problems.append(f"round {number}: {unannounced} batches nobody was told of")
    words = Ledger(ledger).words()
    report.acknowledged = len(words)
    kinds = {kind: sum(one.kind == kind for one in words) for kind in ("batch", "filing", "backup")}
    undone = sum(one.undoes is not None for one in words)
    report.done = [
        (
            "一个进程不停地上报（保存原文件）、提交审核、审核通过、撤销、备份，在随机时刻用 kill -9 结束；"
            "重新打开同一个库，逐项核对已确认的内容，并运行与 verify 相同的全部检查。一半轮次让 DuckDB 频繁整理日志。",
            "A process uploads, hands in, accepts, undoes and backs up without pause and is ended by kill -9 at a random "
            "moment; the same store is opened again, everything acknowledged is looked up, and all checks of verify run. "
            "In half of the rounds DuckDB moves its log into the file every few commits.",
        )
    ]
    report.notes = [
        (
            f"确认过 {kinds['batch']} 批（其中撤销 {undone} 批）、{kinds['filing']} 份报送件、{kinds['backup']} 份备份；"
            f"另有 {unannounced} 批在结束进程时已存妥而来不及告知。",
            f"Acknowledged: {kinds['batch']} batches ({undone} of them undos), {kinds['filing']} filings, "
            f"{kinds['backup']} backups; {unannounced} more batches were whole although nobody was told before the kill.",
        )
    ]
    return report
