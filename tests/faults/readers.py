"""Twenty readers while a million rows are imported: each sees whole batches only, and never an older one than before."""

import random
import statistics
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from ecodash import actions, queries
from ecodash.domain.regions import COUNTRY_KEY, Level, level_of, region_code
from ecodash.domain.selection import Selection
from ecodash.workspace import Workspace
from tests.faults import office
from tests.faults.office import CLERK, MONTHS, NOW
from tests.faults.report import FaultReport

NAME = "readers"
READERS = 20
_CODE = "garbage_cleared"


@dataclass
class Reader:
    """What one reader saw.

    Args:
        seen: the newest batch and the country's figure, one after the other.
        times: how long each look took.
        faults: what went wrong.
    """

    seen: list[tuple[int, float | None]] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def _look(workspace: Workspace, reader: Reader, draw: random.Random, ended: threading.Event) -> None:
    places = [COUNTRY_KEY, 500000000000, 370000000000]
    while not ended.is_set():
        begun = time.perf_counter()
        try:
            workspace.frames.clear()
            newest = queries.newest_watermark(workspace)
            found = queries.totals_of(workspace, Selection(newest, MONTHS[-1], places[0], _CODE), [_CODE])
            queries.totals_of(workspace, Selection(newest, MONTHS[-1], draw.choice(places), _CODE), [_CODE])
            reader.seen.append((newest, found.get(_CODE)))
        except Exception as error:
            reader.faults.append(f"{type(error).__name__}: {error}")
        reader.times.append(time.perf_counter() - begun)
        time.sleep(0.1)


def _read_during(workspace: Workspace, seed: int, work: "threading.Thread | None", seconds: float) -> list[Reader]:
    ended, readers = threading.Event(), [Reader() for _ in range(READERS)]
    threads = [
        threading.Thread(target=_look, args=(workspace, one, random.Random(seed + place), ended))
        for place, one in enumerate(readers)
    ]
    for thread in threads:
        thread.start()
    if work is None:
        time.sleep(seconds)
    else:
        work.start()
        work.join()
    ended.set()
    for thread in threads:
        thread.join()
    return readers


def _percentiles(readers: list[Reader]) -> tuple[float, float]:
    times = sorted(1000 * one for reader in readers for one in reader.times)
    return statistics.median(times), times[int(len(times) * 0.95)]


def _content(codes: tuple[str, ...], rows: int, draw: random.Random) -> bytes:
    """A file of so many rows: whole months, the newest first, and a part of one more."""
    whole, rest = divmod(rows, len(codes))
    months = [MONTHS[-1].plus(-step) for step in range(whole)]
    content = office.report_of(codes, draw, months) if months else b""
    part = office.report_of(codes[:rest], draw, [MONTHS[-1].plus(-whole)])
    return b"\n".join([content, part.split(b"\n", 1)[1]]) if months and rest else content or part


def run(
    rounds: int,
    seed: int,
    folder: Path,
    *,
    provinces: tuple[str, ...] = (),
    rows: int = 3_000,
    idle: float = 0.5,
) -> FaultReport:
    """Import so many large files, one after the other, with readers all the while.

    Args:
        provinces: codes of provinces whose villages are in the files, beside those of one county.
        rows: of each file.
        idle: so many seconds the same readers look beforehand, while nobody writes.
    """
    report, draw = FaultReport(NAME), random.Random(seed)
    home = office.make_home(folder / "readers")
    with office.opened(home) as workspace:
        if provinces:
            actions.add_regions(workspace, list(provinces), actor=CLERK, now=NOW)
        office.send(workspace, office.report_of(office.villages(workspace), draw, MONTHS[-1:]))
        tree = workspace.tree
        codes = tuple(region_code(one.key) for one in tree if level_of(one.key) is Level.VILLAGE)
        sums, failures = dict[int, float | None](), list[str]()
        sums[1] = queries.totals_of(workspace, Selection(1, MONTHS[-1], COUNTRY_KEY, _CODE), [_CODE]).get(_CODE)
        before = _percentiles(_read_during(workspace, seed, None, idle))
        everything: list[Reader] = []
        begun = time.perf_counter()

        def work() -> None:
            for _ in range(rounds):
                content = _content(codes, rows, draw)
                try:
                    done = office.send(workspace, content)
                except Exception as error:
                    failures.append(f"import: {type(error).__name__}: {error}")
                    continue
                number = office.word_of(done).number
                report.acknowledged += 1
                at = Selection(number, MONTHS[-1], COUNTRY_KEY, _CODE)
                sums[number] = queries.totals_of(workspace, at, [_CODE]).get(_CODE)

        everything = _read_during(workspace, seed, threading.Thread(target=work), 0)
        seconds = time.perf_counter() - begun
        report.rounds, looks = rounds, sum(len(one.seen) for one in everything)
        report.problems += failures
        report.problems += [f"batch {mark} has no figure to compare" for mark, value in sums.items() if not value]
        for number, reader in enumerate(everything):
            report.problems += [f"reader {number}: {one}" for one in reader.faults[:3]]
            marks = [mark for mark, _ in reader.seen]
            if marks != sorted(marks):
                report.blame(f"reader {number}", ["an older state after a newer one"])
            wrong = {pair for pair in reader.seen if sums.get(pair[0]) != pair[1]}
            report.blame(f"reader {number}", [f"batch {mark} as {value}" for mark, value in sorted(wrong)[:3]])
        report.blame("at the end", office.unsound(workspace))
        during = _percentiles(everything)
    report.done = [
        (
            f"{READERS} 个读者不停地查全国和各省的汇总（不用缓存），同时导入共 {rows * rounds:,} 行（{rounds} 个文件）。"
            "每个读者看到的批次只增不减，每个批次下的数与事后按该批次重算的数逐一相同。",
            f"{READERS} readers ask for totals of the country and of provinces without pause (nothing cached) while "
            f"{rows * rounds:,} rows in {rounds} file(s) are imported. What each sees only moves on, and each figure equals that "
            "worked out afterwards as of the same batch.",
        )
    ]
    report.notes = [
        (
            f"导入用时 {seconds:.1f} 秒，其间查看 {looks:,} 次。每次查看 p50/p95：空闲时 {before[0]:.0f}/{before[1]:.0f} 毫秒，"
            f"导入时 {during[0]:.0f}/{during[1]:.0f} 毫秒（{READERS} 个线程在同一进程里争用）。",
            f"The import took {seconds:.1f} s, in which they looked {looks:,} times. p50/p95 of a look: idle "
            f"{before[0]:.0f}/{before[1]:.0f} ms, during the import {during[0]:.0f}/{during[1]:.0f} ms ({READERS} threads in "
            "one process).",
        )
    ]
    return report
