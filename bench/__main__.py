"""`make bench`: queries over three sizes of the country, pages in the browser, uploads, snapshot pages and damaged files,
each beside its floor; what was found becomes docs/performance.md."""

import argparse
import importlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import cast

from bench import document
from bench.measure import Place, alone
from bench.results import Findings, bench_home, machine, results, save, versions
from bench.workload import CASES

PARTS = {
    "nation": "bench.nation",
    "postgres": "bench.postgres",
    "browser": "bench.browser",
    "users": "bench.users",
    "speed": "bench.speed",
    "memory": "bench.memory",
    "first_load": "bench.first_load",
    "snapshots": "bench.snapshots",
    "fuzz": "bench.fuzz",
}
"""Part → the module whose `run(home, given)` measures it; in the order they run."""
Run = Callable[[Path, argparse.Namespace], Findings]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the parts that are asked for, keep what they found and write the document; 1 where a damaged file broke
    something."""
    given = _parser().parse_args(arguments)
    home = bench_home()
    if given.alone:
        print(alone(Place(home), given.alone))
        return 0
    print(machine(), versions(), sep="\n")
    broke = False
    for name in [] if given.document else given.only or PARTS:
        print(f"\n{name} …", flush=True)
        # Imported only now: a part that is not asked for needs none of its packages.
        found = cast(Run, importlib.import_module(PARTS[name]).run)(home, given)
        save(name, found)
        broke |= name == "fuzz" and any(row.get("met") is False for row in found["rows"])
        print(document.section(results()[name]), flush=True)
    print(f"\n{document.write()}")
    return 1 if broke else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--only", action="append", choices=list(PARTS), help="a part to run; all by default")
    parser.add_argument("--document", action="store_true", help="only write the document anew from the results kept")
    parser.add_argument(
        "--size",
        action="append",
        type=int,
        help="of parts nation and postgres: a number of villages; all sizes by default",
    )
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


if __name__ == "__main__":
    raise SystemExit(main())
