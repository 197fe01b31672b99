"""One case through the path a file takes, on a real store, each stage timed; and what DuckDB needs for the same bytes."""

import gc
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import duckdb

from bench.workload import CASES, NOW, PROVINCE, VERSION, Case, build, csv_beside
from ecodash import actions
from ecodash.actions import uploads
from ecodash.domain.access import operator
from ecodash.ingest import intake
from ecodash.settings import PROJECT_ROOT, Settings
from ecodash.workspace import Workspace, open_workspace

STAGES = ("decode", "read", "logic", "difference", "commit")
"""Bytes to texts; texts to cells, with every check of a cell; the logic checks; old beside new; the commit."""
_ACTOR = operator("性能测试", "bench")
_MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Times:
    """Medians in seconds: by stage, of all stages, of DuckDB's reader as text and with types; the least total."""

    stages: dict[str, float]
    total: float
    least: float
    varchar: float
    typed: float


@dataclass(frozen=True, slots=True)
class Memory:
    """MB: the most the process held, and before the file was opened; seconds it took alone; the file's size."""

    peak: float
    before: float
    seconds: float
    file: float


class Place:
    """The folder of the files and of a store with the regions and nothing reported, made once.

    Args:
        home: kept between runs, outside what git sees.
    """

    def __init__(self, home: Path) -> None:
        self.folder = home / f"v{VERSION}"
        self._template = self.folder / "store"
        if not self._template.exists():
            made = self.folder / "store.being-made"
            shutil.rmtree(made, ignore_errors=True)
            workspace = _opened(made)
            actions.add_regions(workspace, [PROVINCE], actor=_ACTOR, now=NOW)
            workspace.close()
            made.rename(self._template)

    def file(self, case: Case) -> tuple[Path, Path]:
        """The case's file, and the same table as CSV."""
        with self.workspace() as workspace:
            path = build(case, workspace.tree, workspace.catalog, self.folder)
            return path, csv_beside(path, case, workspace.tree, workspace.catalog)

    @contextmanager
    def workspace(self) -> Iterator[Workspace]:
        """A fresh store, warm as that of a running app: the regions and their names are known."""
        folder = self.folder / f"run-{os.getpid()}"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self._template, folder)
        workspace = _opened(folder)
        try:
            workspace.tree.named("任何地方")
            gc.collect()
            gc.freeze()
            yield workspace
        finally:
            gc.unfreeze()
            workspace.close()
            shutil.rmtree(folder, ignore_errors=True)


def _opened(folder: Path) -> Workspace:
    return open_workspace(Settings(folder, f"duckdb:///{folder / 'ecodash.duckdb'}", PROJECT_ROOT / "data"), NOW)


# ── time ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def times(place: Place, case: Case, runs: int) -> Times:
    """Medians of so many runs, ours and DuckDB's in turn, each of ours into a store of its own."""
    path, table = place.file(case)
    data = path.read_bytes()
    ours: list[dict[str, float]] = []
    theirs: dict[bool, list[float]] = {True: [], False: []}
    for _ in range(runs):
        for all_varchar in theirs:
            theirs[all_varchar].append(_duckdb_reads(table, all_varchar))
        with place.workspace() as workspace:
            ours.append(_through(workspace, data, path.name))
    totals = [sum(run.values()) for run in ours]
    return Times(
        {stage: statistics.median(run[stage] for run in ours) for stage in STAGES},
        statistics.median(totals),
        min(totals),
        statistics.median(theirs[True]),
        statistics.median(theirs[False]),
    )


def _through(workspace: Workspace, data: bytes, name: str) -> dict[str, float]:
    """Seconds of each stage of one upload, read and committed as the page does it."""
    spent: dict[str, float] = defaultdict(float)
    with ExitStack() as stack:
        for module, function, stage in (
            (intake, "read_book", "decode"),
            (uploads, "read_upload", "read"),
            (uploads, "_with_logic", "logic"),
            (uploads, "difference", "difference"),
        ):
            timed = _timed(getattr(module, function), stage, spent)
            stack.enter_context(mock.patch.object(module, function, timed))
        began = time.perf_counter()
        upload = actions.read_file(workspace, data, name, actor=_ACTOR, now=NOW)
        read = time.perf_counter()
    if upload.intake.faults:
        raise ValueError(f"{name} was to be clean: {upload.intake.faults[0].hint}")
    begun = time.perf_counter()
    actions.commit_upload(workspace, upload, actor=_ACTOR, now=NOW, reasons={"": "性能测试"})
    spent["commit"] = time.perf_counter() - begun
    spent["read"] -= spent["decode"]
    # What stands between the stages belongs to the reading.
    spent["read"] += read - began - sum(spent[stage] for stage in STAGES[:-1])
    return {stage: spent[stage] for stage in STAGES}


def _timed(function: Callable[..., Any], stage: str, spent: dict[str, float]) -> Callable[..., Any]:
    def timed(*given: Any, **named: Any) -> Any:
        began = time.perf_counter()
        try:
            return function(*given, **named)
        finally:
            spent[stage] += time.perf_counter() - began

    return timed


def _duckdb_reads(path: Path, all_varchar: bool) -> float:
    """Seconds DuckDB takes to have a CSV as a table in memory."""
    with duckdb.connect() as connection:
        began = time.perf_counter()
        connection.execute(
            f"CREATE TEMP TABLE incoming AS SELECT * FROM read_csv(?, all_varchar={str(all_varchar).lower()})",
            [str(path)],
        )
        return time.perf_counter() - began


# ── memory ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def memory(place: Place, case: Case) -> Memory:
    """What a process of its own holds at most while it reads and commits the case."""
    place.file(case)
    environment = {**os.environ, "ECODASH_BENCH_HOME": str(place.folder.parent)}
    command = [sys.executable, "-m", "bench", "--alone", case.name]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment, cwd=PROJECT_ROOT)
    return Memory(**json.loads(done.stdout.splitlines()[-1]))


def alone(place: Place, name: str) -> str:
    """In a process of its own: the case read and committed once, and what it took as JSON."""
    case = next(case for case in CASES if case.name == name)
    path = place.folder / f"{case.name}.{case.kind}"
    with place.workspace() as workspace:
        before = _peak()
        began = time.perf_counter()
        data = path.read_bytes()
        _through(workspace, data, path.name)
        seconds = time.perf_counter() - began
    return json.dumps({"peak": _peak(), "before": before, "seconds": seconds, "file": len(data) / _MB})


def _peak() -> float:
    """The most this process held; what it inherited from the one that started it is not counted."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
