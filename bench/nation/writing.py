"""A county's month committed into a store, every figure of it replaced; and what a store takes on disk."""

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import sqlalchemy as sa

from bench.nation.build import settings_of
from bench.nation.questions import Times, times_of
from bench.nation.workload import CODES
from bench.workload import NEWEST, NOW
from ecodash.decimals import decimal_series, scaled
from ecodash.domain.access import operator
from ecodash.domain.regions import COUNTRY_KEY, Level, Region, key_range
from ecodash.store import journal, records, rollup
from ecodash.store.difference import NEWEST as NOW_STANDING
from ecodash.store.engine import frame
from ecodash.store.standing import cells_as_of
from ecodash.store.submission import Submission
from ecodash.store.tables import observation
from ecodash.workspace import Workspace, open_workspace

VILLAGES = 252
"""A county's, about as many as the country's counties have on average."""
_RUNS = 11
_ACTOR = operator("性能测试", "bench")


@dataclass(frozen=True, slots=True)
class Committed:
    """Milliseconds of a commit, whole and without its roll-up, and how many cells it replaced in how many villages."""

    whole: Times
    without_rollup: Times
    cells: int
    villages: int


@dataclass(frozen=True, slots=True)
class Size:
    """Bytes of the whole store, of its journal alone, and of the journal's rows in zstd Parquet; and how many rows."""

    store: int
    journal: int
    parquet: int
    rows: int


def committed(home: Path, folder: Path) -> Committed:
    """Commit a county's newest month into a copy of a store, again and again, each time with other figures."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(home, folder)
    workspace = open_workspace(settings_of(folder), NOW)
    try:
        return commits(workspace)
    finally:
        workspace.close()
        shutil.rmtree(folder, ignore_errors=True)


def commits(workspace: Workspace) -> Committed:
    """The same in a store that is open, whose figures are others afterwards."""
    standing = _standing(workspace, _county(workspace))
    spent: list[float] = []
    with mock.patch.object(rollup, "refresh", _timed(rollup.refresh, spent)):
        taken, worked = [], []
        for run in range(_RUNS + 1):
            submission = _submission(standing, run + 1)
            began, cpu = time.perf_counter(), time.process_time()
            receipt = journal.commit(
                workspace.store,
                submission,
                actor=_ACTOR,
                now=NOW,
                received_at=NOW,
                catalog_digest=workspace.catalog.digest,
            )
            taken.append(1000 * (time.perf_counter() - began))
            worked.append(1000 * (time.process_time() - cpu))
            if receipt.changed != len(standing) or receipt.new:
                raise AssertionError(f"{receipt} is not a commit that replaces everything")
    alone = [whole - rolling for whole, rolling in zip(taken, spent, strict=True)]
    villages = int(standing["region"].nunique())
    return Committed(times_of(taken[1:], worked[1:]), times_of(alone[1:], worked[1:]), len(standing), villages)


def _county(workspace: Workspace) -> Region:
    tree = workspace.tree
    counties = tree.under(COUNTRY_KEY, Level.COUNTY)
    return min(counties, key=lambda one: abs(len(tree.under(one.key, Level.VILLAGE)) - VILLAGES))


def _standing(workspace: Workspace, county: Region) -> pd.DataFrame:
    """The county's cells of the month, with the indicator's code."""
    lo, hi = key_range(county.key)
    o = observation.c
    with workspace.store.reading() as connection:
        numbers = records.indicator_numbers(connection)
        asked = [o.region >= lo, o.region < hi, o.period == NEWEST.key, o.indicator.in_([numbers[c] for c in CODES])]
        cells = frame(connection, sa.select(cells_as_of(NOW_STANDING, *asked).subquery()))
    codes = {number: code for code, number in numbers.items()}
    cells = cells.assign(indicator=cells["indicator"].map(codes)).sort_values(["region", "indicator"])
    places = cells["region"].rank(method="dense").astype(np.int32) + 1
    return cells.assign(row=places.to_numpy()).reset_index(drop=True)


def _submission(standing: pd.DataFrame, run: int) -> Submission:
    """Every figure more by some ten-thousandths."""
    amounts = scaled(pa.array(standing["value"].to_list(), pa.decimal128(18, 4))) + 10_000 * run
    cells = standing.assign(value=decimal_series(amounts).array)
    none = pd.DataFrame(columns=["region", "indicator", "deadline", "baseline", "value", "row"])
    return Submission(cells, none, "correction.csv", f"{run:064d}", row_count=int(standing["row"].max()) - 1)


def _timed(function: Callable[..., Any], spent: list[float]) -> Callable[..., Any]:
    def timed(*given: Any, **named: Any) -> Any:
        began = time.perf_counter()
        try:
            return function(*given, **named)
        finally:
            spent.append(1000 * (time.perf_counter() - began))

    return timed


def size(home: Path, folder: Path) -> Size:
    """Of a store as it lies on the disk. The Parquet has the journal's rows in the same order, with all their columns."""
    path, parquet = home / "ecodash.duckdb", folder / "journal.parquet"
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(path), read_only=True) as raw:
        rows, block = (
            _one(raw, "SELECT count(*) FROM observation"),
            _one(raw, "SELECT block_size FROM pragma_database_size()"),
        )
        blocks = _one(
            raw,
            "SELECT count(DISTINCT block_id) FROM pragma_storage_info('observation') WHERE persistent AND block_id >= 0",
        )
        raw.execute(f"COPY observation TO '{parquet}' (FORMAT parquet, COMPRESSION zstd)")
    packed = parquet.stat().st_size
    parquet.unlink()
    return Size(path.stat().st_size, blocks * block, packed, rows)


def _one(raw: Any, statement: str) -> int:
    return int(raw.execute(statement).fetchone()[0])
