"""The store on PostgreSQL beside the same store on DuckDB: questions of pages, a county's commit, bytes on disk, and how long
the copy took."""

import argparse
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import psycopg
import sqlalchemy as sa

from bench.nation.build import settings_of, store_of
from bench.nation.questions import RUNS, Times, asking, questions, timed
from bench.nation.workload import CORRECTED, COUNTY, SIZES
from bench.nation.writing import commits
from bench.results import Findings, Row
from bench.workload import NOW
from ecodash.actions import copying
from ecodash.domain.regions import Level
from ecodash.settings import PROJECT_ROOT, Settings
from ecodash.store import journal
from ecodash.workspace import Workspace, open_workspace
from tests.postgres_server import Server, running_server

_SETTINGS = ("shared_buffers=1GB", "work_mem=64MB", "effective_cache_size=8GB", "max_wal_size=4GB")
"""As docs/deployment.md advises for a machine of this size; everything acknowledged is on the disk."""
_SIZES = SIZES[:-1]
"""The largest would be 20 GB and more, most of an hour to copy, on the disk of this machine."""


def run(home: Path, given: argparse.Namespace) -> Findings:
    """Copy the stores of part nation, those that are missing built first, and measure."""
    rows: list[Row] = []
    version = ""
    with running_server(_SETTINGS) as server:
        for villages in [one for one in sorted(given.size or _SIZES) if one in _SIZES]:
            rows += _store(store_of(villages, home), villages, server)
        version = _version(server)
    return {"about": [_about(version)], "rows": rows}


def _about(version: str) -> str:
    return (
        f"PostgreSQL {version} of Debian on the same machine, over loopback, with {', '.join(_SETTINGS)}; what is acknowledged "
        f"is on the disk. The stores are those of part nation, copied by `python -m ecodash copy`; medians of {RUNS}, both "
        "engines in turn and their answers compared to the last digit; the ratio is to DuckDB. 690,000 villages were not tried "
        "on PostgreSQL: the copy alone would take most of an hour."
    )


def _store(kept: Path, villages: int, server: Server) -> Iterator[Row]:
    print(f"{villages:,} villages …", flush=True)
    with tempfile.TemporaryDirectory() as scratch:
        own = Path(shutil.copytree(kept, Path(scratch) / "duckdb"))
        database = server.new_database()
        there = Settings(Path(scratch) / "postgres", server.url(database), PROJECT_ROOT / "data")
        began = time.perf_counter()
        moved = copying.copy_store(settings_of(own), there)
        took = time.perf_counter() - began
        server.execute("VACUUM ANALYZE", database=database)
        with _opened(settings_of(own)) as here, _opened(there) as other:
            yield from _questions(here, other, villages)
            count, size = _journal_rows(other), _size(server, database)
            local, remote = commits(here), commits(other)
        server.drop(database)
    commit, of_duckdb = remote.whole, local.whole
    group = f"Writing, {villages:,} villages on PostgreSQL"
    yield Row(
        group=group,
        what=f"a county's month committed: {remote.villages} villages, {remote.cells:,} cells replaced",
        value=commit.median,
        unit="ms",
        ratio=commit.median / of_duckdb.median,
        why=f"DuckDB {of_duckdb.median:.0f} ms; without the roll-up {remote.without_rollup.median:.0f} ms; p95 {commit.p95:.0f} ms",
    )
    yield Row(
        group=group,
        what="the store copied from DuckDB, and proved by digests of both",
        value=took,
        unit="s",
        why=f"{sum(moved.copied.rows.values()):,} rows",
    )
    yield Row(
        group=group,
        what=f"bytes on disk for a row of the journal, of {count:,}, with all else",
        value=size / count,
        unit="B",
    )


@contextmanager
def _opened(settings: Settings) -> Iterator[Workspace]:
    workspace = open_workspace(settings, NOW)
    try:
        yield workspace
    finally:
        workspace.close()


def _questions(here: Workspace, there: Workspace, villages: int) -> Iterator[Row]:
    town = here.tree.under(COUNTY, Level.TOWN)[0].key
    with here.store.reading() as one, there.store.reading() as other:
        newest = journal.newest_watermark(one)
        for asked in questions(town):
            for watermark in (newest, newest - len(CORRECTED)):
                of_duckdb, of_postgres = _timed(
                    asking(one, here, asked, watermark), asking(other, there, asked, watermark)
                )
                yield Row(
                    group=f"Questions, {villages:,} villages on PostgreSQL",
                    what=f"{asked.name}, {'now' if watermark == newest else 'before the corrections'}",
                    value=of_postgres.median,
                    unit="ms",
                    ratio=of_postgres.median / of_duckdb.median,
                    why=f"DuckDB {of_duckdb.median:.1f} ms; p95 {of_postgres.p95:.1f} ms",
                )


def _timed(one: Callable[[], pd.DataFrame], other: Callable[[], pd.DataFrame]) -> tuple[Times, Times]:
    """Both in turn, after their answers were found to be the same."""
    pd.testing.assert_frame_equal(one(), other(), check_exact=True, check_dtype=False)
    first, second = timed([one, other], RUNS)
    return first, second


def _journal_rows(workspace: Workspace) -> int:
    with workspace.store.reading() as connection:
        return int(connection.execute(sa.text("SELECT count(*) FROM observation")).scalar_one())


def _size(server: Server, database: str) -> int:
    server.execute("CHECKPOINT", database=database)
    return int(_asked(server, f"SELECT pg_database_size('{database}')"))


def _version(server: Server) -> str:
    return str(_asked(server, "SHOW server_version")).split()[0]


def _asked(server: Server, statement: str) -> object:
    with psycopg.connect(server.url("postgres").replace("+psycopg", "")) as connection:
        row = connection.execute(statement.encode()).fetchone()
        return row[0] if row else None
