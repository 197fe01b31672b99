"""The most a process holds while it reads and commits an upload."""

import argparse
from pathlib import Path

from bench.measure import Memory, Place, memory
from bench.results import Findings, Row
from bench.workload import CASES, Case

_MOST = 1536
_AIMED = ("csv_100k", "csv_600k", "csv_100k_named", "xlsx_100k")
_ABOUT = """Each file in a process of its own, read and committed once. What stands before it is opened, the libraries and
the regions of a province, is part of the peak."""
_WHY = "DuckDB holds the new rows and the roll-ups' groups of several months at once"


def run(home: Path, given: argparse.Namespace) -> Findings:
    """Measure the cases that are asked for."""
    found = [(case, memory(Place(home), case)) for case in CASES if not given.case or case.name in given.case]
    return {
        "about": [_ABOUT],
        "rows": [_row(case, held) for case, held in found],
        "tables": [
            {
                "title": "",
                "header": ["file", "size MB", "before MB", "peak MB", "seconds"],
                "rows": [
                    [case.title, f"{held.file:.1f}", f"{held.before:.0f}", f"{held.peak:.0f}", f"{held.seconds:.1f}"]
                    for case, held in found
                ],
            }
        ],
    }


def _row(case: Case, held: Memory) -> Row:
    row: Row = {"group": "Peak memory of an upload", "what": case.title, "value": held.peak, "unit": "MB"}
    if case.name in _AIMED:
        is_met = held.peak <= _MOST
        row |= {"aim": f"≤ {_MOST:,} MB", "met": is_met, "why": "" if is_met else _WHY}
    return row
