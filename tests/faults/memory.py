"""Little memory: DuckDB's limit small, or the process's own; a large import spills, or ends with a message, and all goes on."""

import random
import re
import resource
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from ecodash import queries
from ecodash.errors import OutOfMemory, UserError
from tests.faults import office
from tests.faults.office import MONTHS, Ledger, Word
from tests.faults.report import FaultReport

NAME = "memory"
LIMITS = ("24MB", "40MB", "64MB", "128MB", "256MB")
"""Of DuckDB; below about 20 MB it does not open the store at all."""
_ENOUGH = 64
"""MB of DuckDB with which a small file always goes in."""
_ROOM = (120, 250, 400)
"""MB the whole process may take beyond what it holds when it begins (RLIMIT_AS)."""


def _outcome(work: Callable[[], object], told: Ledger, name: str) -> None:
    """What became of a piece of work."""
    try:
        done = work()
        told.note(
            Word("batch", done.number, done.cells, name=name) if isinstance(done, Word) else Word("done", name=name)
        )
    except OutOfMemory as error:
        told.note(Word("told", name=f"{name}\0{error.what}{error.remedy}"))
    except UserError as error:
        told.note(Word("refused", name=f"{name}\0{error.what}{error.remedy}"))
    except MemoryError as error:
        told.note(Word("plain", name=f"{name}\0{error}"))
    except Exception as error:
        told.note(Word("raised", name=f"{name}\0{type(error).__name__}: {error}"))


def work(home: Path, answers: Path, seed: int, limit: str, room: int, months: int) -> None:
    """Import a large file, ask for figures, then import a small file, all with little memory."""
    told, draw = Ledger(answers), random.Random(seed)
    with office.opened(home, duckdb_memory=limit) as workspace:
        codes = office.villages(workspace)
        large = office.report_of(codes, draw, [MONTHS[-1].plus(-step) for step in range(months)])
        small = office.report_of(codes[:20], draw, MONTHS[:1])
        if room:
            held = int(re.search(r"VmSize:\s+(\d+) kB", Path("/proc/self/status").read_text())[1]) * 1024  # type: ignore[index]
            resource.setrlimit(resource.RLIMIT_AS, (held + room * 1024 * 1024, resource.RLIM_INFINITY))
        _outcome(lambda: office.word_of(office.send(workspace, large)), told, "large")
        _outcome(lambda: queries.default_selection(workspace, queries.newest_watermark(workspace), 0), told, "page")
        if room:
            resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        _outcome(lambda: office.word_of(office.send(workspace, small)), told, "small")
    told.note(Word("end"))


def run(
    rounds: int,
    seed: int,
    folder: Path,
    *,
    limits: tuple[str, ...] = LIMITS,
    rooms: tuple[int, ...] = _ROOM,
    months: int = 130,
) -> FaultReport:
    """So many rounds with each of DuckDB's limits, and each of the process's.

    Args:
        months: of the large file; at 130 DuckDB begins to write rows before the commit.
    """
    report, base = FaultReport(NAME), office.make_home(folder / "memory")
    outcomes: dict[str, Counter[str]] = {}
    cases = [(limit, 0) for limit in limits] + [("", room) for room in rooms]
    for number in range(rounds):
        for limit, room in cases:
            case = limit or f"+{room} MB"
            home = office.copy_home(base, folder / "memory.tried")
            answers = folder / "memory.answers"
            answers.unlink(missing_ok=True)
            process = office.start(work, home, answers, seed + number, limit, room, months)
            process.join()
            words, where = Ledger(answers).words(), f"round {number}, {case}"
            report.rounds += 1
            counts = outcomes.setdefault(case, Counter())
            for one in words:
                name, _, said = one.name.partition("\0")
                if one.kind in ("told", "refused"):
                    report.tell(re.sub(r"[\d.]+ [KMG]i?B", "…", said))
                if name == "large":
                    counts["done" if one.kind == "batch" else "told" if one.kind == "told" else one.kind] += 1
                if name == "small" and one.kind == "told" and not room and int(limit[:-2]) < _ENOUGH:
                    counts["small told"] += 1
                elif (name == "small" and one.kind != "batch") or one.kind == "raised":
                    report.problems.append(f"{where}: {one.kind} {one.name}")
            if process.exitcode or not words or words[-1].kind != "end":
                if room:
                    counts["process ended"] += 1  # The system gives a process that asks for more than it may nothing.
                else:
                    report.problems.append(f"{where}: the process ended with {process.exitcode}")
            batches = [one for one in words if one.kind == "batch"]
            report.acknowledged += len(batches)
            with office.opened(home) as workspace:
                for lost in office.missing(workspace, [Word("batch", one.number, one.cells) for one in batches]):
                    report.lose(where, lost)
                report.blame(where, office.unsound(workspace))
                if office.count_batches(workspace) != len(batches):
                    report.problems.append(f"{where}: {office.count_batches(workspace)} batches, {len(batches)} told")
    words_of = {
        "done": "做完",
        "told": "提示内存不足",
        "plain": "内存不足",
        "process ended": "进程结束",
        "small told": "随后的小文件提示内存不足",
    }
    report.done = [
        (
            f"DuckDB 的内存限额依次为 {'、'.join(limits) or '—'}，另有整个进程只许再多用 {'、'.join(map(str, rooms)) or '—'} MB"
            f"（RLIMIT_AS）：导入 {months} 个月、每月 {338} 个村三个指标的文件，查一次页面的数据，再导入一个小文件；"
            "之后重新打开，核对已确认的批次并运行 verify。",
            f"DuckDB's limit at {', '.join(limits) or '—'}, and the whole process allowed {', '.join(map(str, rooms)) or '—'} MB "
            f"beyond what it holds (RLIMIT_AS): a file of {months} months of 338 villages and three indicators, a page's "
            "question, then a small file; the store is opened again, everything acknowledged looked up, and verify run.",
        )
    ]
    summed = "；".join(
        f"{case}: " + "、".join(f"{words_of.get(k, k)} {n}" for k, n in one.items()) for case, one in outcomes.items()
    )
    english = "; ".join(f"{case}: " + ", ".join(f"{k} {n}" for k, n in one.items()) for case, one in outcomes.items())
    report.notes = [
        (
            f"大文件的结果：{summed}。限额 {_ENOUGH} MB 及以上时，小文件之后都能导入。",
            f"The large file: {english}. With {_ENOUGH} MB or more a small file went in each time afterwards.",
        )
    ]
    report.not_tried = [
        (
            "系统的 OOM killer（等同 kill -9，见上）；换页（swap）很慢的机器。",
            "The system's OOM killer (the same as kill -9 above); machines that swap.",
        )
    ]
    return report
