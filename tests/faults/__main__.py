"""Bring every fault about at length, and write docs/reliability.md: `python -m tests.faults --help`."""

import argparse
import importlib
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.faults import document, office
from tests.faults.report import FaultReport

ROUNDS: dict[str, Callable[[int], int]] = {
    "kill": lambda n: n,
    "disk_full": lambda n: max(n // 20, 1),  # of every stage
    "power_cut": lambda n: n,
    "corruption": lambda n: n,
    "clock": lambda n: max(n // 8, 5),
    "two_processes": lambda n: max(n // 20, 1),
    "postgres": lambda n: max(n // 2, 4),
    "readers": lambda n: 1,
    "memory": lambda n: max(n // 100, 1),  # with every limit
    "page_error": lambda n: max(n // 8, 1),
    "long_session": lambda n: n * 15,  # clicks
}
"""Each fault's rounds, where so many are asked for."""
# With its header a file of a million rows, as long as one may be.
MORE: dict[str, dict[str, object]] = {"readers": {"provinces": ("37",), "rows": 999_999, "idle": 20.0}}


def tried(name: str, rounds: int, seed: int) -> FaultReport:
    """One fault, at length."""
    module, begun = importlib.import_module(f"tests.faults.{name}"), time.monotonic()
    with tempfile.TemporaryDirectory(prefix=f"faults-{name}-") as folder:
        report: FaultReport = module.run(ROUNDS[name](rounds), seed, Path(folder), **MORE.get(name, {}))
    report.seconds = time.monotonic() - begun
    return report


def main() -> int:
    """Try what is asked for; 1 where something acknowledged was lost, or anything else went against the claim."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=list(ROUNDS), action="append", help="this fault, and others named so")
    parser.add_argument("--rounds", type=int, default=200, help="of kill -9; those of the others follow from it")
    parser.add_argument("--seed", type=int, default=20_261_122)
    parser.add_argument("--document", action="store_true", help="only write docs/reliability.md from what is kept")
    chosen = parser.parse_args()
    office.be_quiet()
    fails = False
    for name in [] if chosen.document else chosen.only or list(ROUNDS):
        report = tried(name, chosen.rounds, chosen.seed)
        document.keep(report)
        fails |= not report.holds
        print(
            f"{name}: {report.rounds} rounds, {report.acknowledged} acknowledged, {report.lost} lost, "
            f"{report.half_visible} half visible, {len(report.problems)} problems, {report.seconds:.0f} s",
            flush=True,
        )
        for problem in report.problems[:10]:
            print(f"  {problem}", flush=True)
    print(document.write())
    return int(fails)


if __name__ == "__main__":
    sys.exit(main())
