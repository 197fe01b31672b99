"""`make bench`: uploads of several sizes timed beside DuckDB's reader, their memory, a change of the month in the browser
and snapshot pages beside an empty page, and 10,000 damaged files."""

import argparse
import faulthandler
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from bench.measure import STAGES, Memory, Place, Times, alone, memory, times
from bench.workload import CASES, Case
from ecodash.settings import PROJECT_ROOT

_PARTS = ("speed", "memory", "pages", "snapshots", "fuzz")
_PACKAGES = ("duckdb", "pandas", "numpy", "pyarrow", "python-calamine", "lxml", "rapidfuzz")
_TIMED = ("csv_1k", "csv_100k", "csv_600k", "csv_100k_named", "xlsx_100k")
_HANG_SECONDS = 120
"""A damaged file that holds the process so long in C, where nothing else ends it, ends the run with a trace."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the parts that are asked for and print what they found; 1 where a damaged file broke something."""
    given = _parser().parse_args(arguments)
    home = Path(os.environ.get("ECODASH_BENCH_HOME") or PROJECT_ROOT / "var" / "bench")
    home.mkdir(parents=True, exist_ok=True)
    if given.alone:
        print(alone(Place(home), given.alone))
        return 0
    parts = given.only or _PARTS
    _print_machine()
    cases = [case for case in CASES if not given.case or case.name in given.case]
    if "speed" in parts:
        _print_times(Place(home), [case for case in cases if case.name in _TIMED or given.case], given.runs)
    if "memory" in parts:
        _print_memory(Place(home), cases)
    if "pages" in parts:
        _print_pages(home, given.months)
    if "snapshots" in parts:
        from bench.snapshots import report

        report(home, given.runs, _print_row)
    return _print_fuzz(range(given.start, given.start + given.fuzz), home) if "fuzz" in parts else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--only", action="append", choices=_PARTS, help="a part to run; all by default")
    parser.add_argument("--case", action="append", choices=[case.name for case in CASES], help="only this file")
    parser.add_argument(
        "--runs",
        type=int,
        default=5,
        help="runs of each file and of each snapshot's picture, of which the median is printed",
    )
    parser.add_argument("--months", type=int, default=9, help="changes of the month on each page")
    parser.add_argument("--fuzz", type=int, default=10_000, help="how many damaged files")
    parser.add_argument("--start", type=int, default=0, help="number of the first damaged file")
    parser.add_argument("--alone", choices=[case.name for case in CASES], help=argparse.SUPPRESS)
    return parser


def _print_machine() -> None:
    model = next(
        (line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")),
        platform.processor(),
    )
    held = next((int(line.split()[1]) for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0)
    print(f"{model}, {os.cpu_count()} cores, {held / 1024**2:.0f} GB; {platform.system()} {platform.release()}")
    print(f"Python {platform.python_version()}, " + ", ".join(f"{name} {version(name)}" for name in _PACKAGES))


def _lines(path: str) -> list[str]:
    return Path(path).read_text(encoding="utf-8").splitlines() if Path(path).exists() else []


def _print_times(place: Place, cases: list[Case], runs: int) -> None:
    print(f"\nSeconds, medians of {runs}. DuckDB: read_csv of the same table into memory, as text / with types.\n")
    _print_row("file", *STAGES, "total", "least", "DuckDB", "ratio", "4 × + 1")
    _print_row(*["---"] * (len(STAGES) + 6))
    for case in cases:
        found: Times = times(place, case, runs)
        _print_row(
            case.title,
            *(f"{found.stages[stage]:.3f}" for stage in STAGES),
            f"{found.total:.3f}",
            f"{found.least:.3f}",
            f"{found.varchar:.3f} / {found.typed:.3f}",
            f"{found.total / found.varchar:.1f}",
            f"{4 * found.varchar + 1:.2f}",
        )


def _print_memory(place: Place, cases: list[Case]) -> None:
    print("\nMemory in MB, each file in a process of its own, read and committed once.\n")
    _print_row("file", "size", "before", "peak", "seconds")
    _print_row(*["---"] * 5)
    for case in cases:
        found: Memory = memory(place, case)
        _print_row(case.title, f"{found.file:.1f}", f"{found.before:.0f}", f"{found.peak:.0f}", f"{found.seconds:.1f}")


def _print_pages(home: Path, months: int) -> None:
    from bench.pages import month_changes

    print(
        f"\nA change of the month in the browser, milliseconds, medians of {months}: a month not seen yet, and one seen.\n"
    )
    _print_row("store and region", "page", "first", "ratio", "again", "ratio")
    _print_row(*["---"] * 6)
    floor = None
    for found in month_changes(home, months):
        floor = floor or found
        _print_row(
            found.place or "—",
            found.page,
            f"{found.first:.0f}",
            f"{found.first / floor.first:.2f}",
            f"{found.again:.0f}",
            f"{found.again / floor.again:.2f}",
        )


def _print_row(*cells: str) -> None:
    print(f"| {' | '.join(cells)} |", flush=True)


def _print_fuzz(numbers: range, home: Path) -> int:
    from tests.fuzz.run import Tally, fuzz, fuzz_workspace

    broken = home / "broken"
    folder = Path(tempfile.mkdtemp(prefix="ecodash-fuzz-"))
    done = 0

    def tell(tally: Tally) -> None:
        nonlocal done
        done += 1
        faulthandler.dump_traceback_later(_HANG_SECONDS, exit=True)
        if done % 1000 == 0:
            print(f"{done} …", file=sys.stderr, flush=True)

    workspace = fuzz_workspace(folder)
    try:
        tally = fuzz(workspace, numbers, keep=broken, tell=tell)
    finally:
        faulthandler.cancel_dump_traceback_later()
        workspace.close()
        shutil.rmtree(folder, ignore_errors=True)
    print(f"\n{len(numbers)} damaged files, {numbers.start} to {numbers.stop - 1}: ", end="")
    print(", ".join(f"{count} {outcome}" for outcome, count in tally.outcomes.most_common()))
    print(
        f"{tally.cells} figures of {tally.rows} rows in files without faults; {len(tally.codes)} kinds of faults and doubts"
    )
    print("damage: " + ", ".join(f"{name} {count}" for name, count in tally.damages.most_common()))
    print(f"slowest: {tally.slowest[0]:.2f} s of the processor (number {tally.slowest[1]})")
    for failure in tally.failures:
        print(f"\nnumber {failure.mutant.number}, kept in {broken}: {' → '.join(failure.mutant.how)}\n{failure.said}")
    return 1 if tally.failures else 0


if __name__ == "__main__":
    raise SystemExit(main())
