"""Uploads of several sizes, timed beside DuckDB's reader."""

import argparse
from pathlib import Path

from bench.measure import STAGES, Place, Times, times
from bench.results import Findings, Row
from bench.workload import CASES, Case

_TIMED = ("csv_1k", "csv_100k", "csv_600k", "csv_100k_named", "xlsx_100k")
_AIMED = ("csv_100k", "csv_100k_named", "xlsx_100k")
_ABOUT = """Files of 62,000 real villages of 山东, twelve flows and stocks, several months where there are more rows than
villages. Each goes through the path of the page into a fresh DuckDB store, and DuckDB's `read_csv` reads the same table just
before, as text and with types; the ratio is to DuckDB as text. The aim: 100,000 rows of twelve clean indicators within four
times DuckDB's floor plus one second, time linear in rows."""
_NOTES = """Decode is bytes to texts, read is texts to cells with every check of a cell, logic is the comparison with what
stands, difference is old beside new, and commit is the journal, its origins and the roll-ups of every town, county and month
concerned, in one transaction. DuckDB's floor keeps the table and nothing else: no region, no month, no range, no history."""
_WHY = "the roll-ups of every county and month and the journal's origins are part of the commit; see the stages below"


def run(home: Path, given: argparse.Namespace) -> Findings:
    """Measure the cases that are asked for."""
    cases = [case for case in CASES if (case.name in given.case if given.case else case.name in _TIMED)]
    found = [(case, times(Place(home), case, given.runs)) for case in cases]
    return {
        "about": [_ABOUT, f"Seconds, medians of {given.runs}."],
        "rows": [_aim(case, took) for case, took in found if case.name in _AIMED],
        "tables": [
            {
                "title": "",
                "header": ["file", *STAGES, "total", "least", "DuckDB text / types", "ratio", "4 × + 1"],
                "rows": [_cells(case, took) for case, took in found],
            }
        ],
        "notes": [_NOTES],
    }


def _aim(case: Case, took: Times) -> Row:
    is_met = took.total <= _allowed(took)
    return {
        "group": "Upload",
        "what": case.title,
        "value": took.total,
        "unit": "s",
        "ratio": took.total / took.varchar,
        "aim": f"≤ {_allowed(took):.2f} s",
        "met": is_met,
        "why": "" if is_met else _WHY,
    }


def _allowed(took: Times) -> float:
    return 4 * took.varchar + 1


def _cells(case: Case, took: Times) -> list[str]:
    return [
        case.title,
        *(f"{took.stages[stage]:.3f}" for stage in STAGES),
        f"{took.total:.3f}",
        f"{took.least:.3f}",
        f"{took.varchar:.3f} / {took.typed:.3f}",
        f"{took.total / took.varchar:.1f}",
        f"{_allowed(took):.2f}",
    ]
