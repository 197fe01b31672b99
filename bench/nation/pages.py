"""What a page's question takes of a fresh process and of one that was asked before; and what opening a store takes."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.nation.build import settings_of
from bench.nation.questions import Times, times_of
from bench.nation.workload import COUNTY
from bench.workload import NEWEST, NOW
from ecodash import queries
from ecodash.domain.regions import COUNTRY_KEY, Level
from ecodash.domain.selection import Selection
from ecodash.settings import PROJECT_ROOT
from ecodash.workspace import Workspace, open_workspace

_RUNS = 7


@dataclass(frozen=True, slots=True)
class Page:
    """A question of a page, milliseconds: where nothing of it was read before, and where it was."""

    name: str
    is_of_a_county: bool
    new: Times
    kept: Times


@dataclass(frozen=True, slots=True)
class Opened:
    """Of a process that opens a store and asks for the regions: seconds and MB, and MB before it did."""

    opening: float
    regions: float
    before: float
    held: float
    count: int


def pages(workspace: Workspace) -> list[Page]:
    """Questions as pages ask them, each of a county; and the country's overview."""
    watermark = queries.newest_watermark(workspace)
    county = Selection(watermark, NEWEST, COUNTY, "sanitary_toilet_rate", Level.TOWN)
    country = county.at(region=COUNTRY_KEY, level=Level.PROVINCE)
    asked: list[tuple[str, Callable[[Workspace, Selection], object], Selection]] = [
        ("key figures of a county", queries.key_figures, county),
        ("towns of a county ranked, with history", queries.ranking, county),
        ("profile of a county", queries.region_profile, county),
        ("key figures of the country", queries.key_figures, country),
        ("provinces ranked", queries.unit_ranking, country),
    ]
    return [_page(workspace, *one) for one in asked]


def _page(
    workspace: Workspace, name: str, question: Callable[[Workspace, Selection], object], selection: Selection
) -> Page:
    question(workspace, selection)
    found = []
    for is_kept in (False, True):
        taken, worked = [], []
        for _ in range(_RUNS):
            if not is_kept:
                workspace.frames.clear()
            began, cpu = time.perf_counter(), time.process_time()
            question(workspace, selection)
            taken.append(1000 * (time.perf_counter() - began))
            worked.append(1000 * (time.process_time() - cpu))
        found.append(times_of(taken, worked))
    return Page(name, selection.region == COUNTY, *found)


def opened(home: Path) -> Opened:
    """A process of its own."""
    command = [sys.executable, "-m", "bench.nation.pages", str(home)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=PROJECT_ROOT, env=os.environ)
    return Opened(**json.loads(done.stdout.splitlines()[-1]))


def _open(home: Path) -> Opened:
    before = _held()
    began = time.perf_counter()
    workspace = open_workspace(settings_of(home), NOW)
    opening = time.perf_counter() - began
    began = time.perf_counter()
    count = len(workspace.tree)
    regions = time.perf_counter() - began
    held = _held()
    workspace.close()
    return Opened(opening, regions, before, held, count)


def _held() -> float:
    """MB this process holds now."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    print(json.dumps(asdict(_open(Path(sys.argv[1])))))
