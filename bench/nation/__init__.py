"""Stores of 400, 20,000 and 690,000 villages, twelve indicators, 24 months and six corrections: what pages ask of them, beside
statements written by hand; a county's commit; bytes on disk; opening."""

import argparse
import time
from pathlib import Path

from bench.nation.build import store_of
from bench.nation.findings import findings
from bench.nation.measured import Measured, measured
from bench.nation.workload import SIZES
from bench.results import Findings


def run(home: Path, given: argparse.Namespace) -> Findings:
    """Build what is missing, prove it, and measure."""
    sizes = sorted(given.size or SIZES)
    found: list[Measured] = []
    for villages in sizes:
        began = time.perf_counter()
        kept = store_of(villages, home)
        print(f"{villages:,} villages: {kept.name}, {time.perf_counter() - began:.0f} s", flush=True)
        found.append(measured(villages, kept, home))
    return findings(found)
