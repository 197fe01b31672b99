"""Damaged files through the whole path of an upload; what breaks is kept beside the results."""

import argparse
import faulthandler
import shutil
import sys
import tempfile
from pathlib import Path

from bench.results import Findings, Row
from tests.fuzz.run import Tally, fuzz, fuzz_workspace

_HANG_SECONDS = 120
"""A damaged file that holds the process so long in C, where nothing else ends it, ends the run with a trace."""
_ABOUT = """Fixtures of `tests/fixtures/uploads`, each damaged in one to three ways (bytes, encodings, delimiters, cells, rows
and columns, tables joined, XML parts, archives), through the whole path including the marked workbook. `make test` sends the
first 500."""


def run(home: Path, given: argparse.Namespace) -> Findings:
    """Send as many as are asked for."""
    numbers = range(given.start, given.start + given.fuzz)
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
    for failure in tally.failures:
        print(f"\nnumber {failure.mutant.number}, kept in {broken}: {' → '.join(failure.mutant.how)}\n{failure.said}")
    return _findings(tally, numbers)


def _findings(tally: Tally, numbers: range) -> Findings:
    broke: Row = {
        "group": "Damaged files",
        "what": f"of {len(numbers):,}, those that broke something or lost a row in silence",
        "value": len(tally.failures),
        "unit": "",
        "aim": "0",
        "met": not tally.failures,
    }
    outcomes: list[Row] = [
        {"group": "Damaged files", "what": outcome, "value": count, "unit": ""}
        for outcome, count in tally.outcomes.most_common()
    ]
    slowest: Row = {
        "group": "Damaged files",
        "what": f"slowest, number {tally.slowest[1]}",
        "value": tally.slowest[0],
        "unit": "s of the processor",
    }
    return {
        "about": [_ABOUT, f"Numbers {numbers.start:,} to {numbers.stop - 1:,}."],
        "rows": [broke, *outcomes, slowest],
        "notes": [
            f"{tally.cells:,} figures of {tally.rows:,} rows in files without faults; {len(tally.codes)} kinds of faults "
            "and doubts. Kinds of damage: "
            + ", ".join(f"{name} {count:,}" for name, count in tally.damages.most_common())
            + "."
        ],
    }
