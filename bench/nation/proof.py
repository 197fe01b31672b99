"""That a built store is what the app would have written: the small one wholly, of the large ones some counties."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pandas as pd
import sqlalchemy as sa

from bench.nation.build import settings_of
from bench.nation.workload import COUNTY, SIZES, regions
from bench.workload import NOW
from ecodash.domain.access import operator
from ecodash.store import journal, records, rollup
from ecodash.store.engine import frame
from ecodash.store.submission import Submission
from ecodash.store.tables import batch, indicator, observation, origin
from ecodash.store.tables import rollup as stored_rollup
from ecodash.workspace import Workspace, open_workspace

_TABLES = ("observation", "origin", "rollup")
_COUNTIES = 3
_ACTOR = operator("性能测试", "bench")


def prove_whole(kept: Path, folder: Path) -> int:
    """Commit every batch of a store anew through the app into a fresh one, and compare all rows: how many there are.

    Raises:
        AssertionError: a table has other rows.
    """
    shutil.rmtree(folder, ignore_errors=True)
    built, anew = open_workspace(settings_of(kept), NOW), open_workspace(settings_of(folder), NOW)
    with anew.store.writing() as connection:
        records.add_regions(connection, regions(SIZES[0]))
    for seq in range(1, _newest(built) + 1):
        journal.commit(
            anew.store,
            _submission(built, seq),
            actor=_ACTOR,
            now=NOW,
            received_at=NOW,
            catalog_digest=anew.catalog.digest,
        )
    anew.close()
    built.close()
    with duckdb.connect() as raw:
        for name, home in (("built", kept), ("anew", folder)):
            raw.execute(f"ATTACH '{home / 'ecodash.duckdb'}' AS {name} (READ_ONLY)")
        rows = 0
        for table in _TABLES:
            for one, other in (("built", "anew"), ("anew", "built")):
                asked = f"SELECT count(*) FROM (FROM {one}.{table} EXCEPT ALL FROM {other}.{table})"
                differing = raw.execute(asked).fetchone()
                assert differing == (0,), f"{differing} rows of {table} are only in the store {one}"
            rows += sum(raw.execute(f"SELECT count(*) FROM built.{table}").fetchone() or ())
    shutil.rmtree(folder)
    return rows


def prove_sample(workspace: Workspace) -> int:
    """Have the app work out the roll-up of some counties from the journal, at some watermarks, beside what is stored: how
    many rows were compared.

    Raises:
        AssertionError: they differ.
    """
    newest, rows = _newest(workspace), 0
    with workspace.store.reading() as connection:
        counties = _sampled(connection)
        months = sorted(connection.execute(sa.select(stored_rollup.c.period).distinct()).scalars())
        states = list(
            connection.execute(sa.select(indicator.c.number).where(indicator.c.kind != "attribute")).scalars()
        )
        for watermark in (newest, newest - 3, newest // 2):
            # One at a time: the journal is read between the first and the last county of those asked for.
            for county in counties:
                stored = rollup.stored_rows(connection, watermark, months, states, [county])
                expected = rollup.county_rows(connection, watermark, months, states, [county])
                differing = rollup.differing_rows(stored, expected)
                assert not any(map(len, differing)), f"{differing} of the roll-up of {county} at {watermark}"
                rows += len(expected)
    return rows


def _sampled(connection: sa.Connection) -> list[int]:
    """The county of every size and some others, of which one may be a city without counties."""
    counties: Sequence[int] = sorted(connection.execute(sa.select(stored_rollup.c.county).distinct()).scalars())
    step = max(len(counties) // _COUNTIES, 1)
    return sorted({COUNTY, *counties[::step]})


def _newest(workspace: Workspace) -> int:
    with workspace.store.reading() as connection:
        return journal.newest_watermark(connection)


def _submission(workspace: Workspace, seq: int) -> Submission:
    """A batch as it was sent."""
    o, r = observation.c, origin.c
    with workspace.store.reading() as connection:
        codes = {number: code for code, number in records.indicator_numbers(connection).items()}
        cells = frame(
            connection,
            sa.select(o.region, o.indicator, o.period, o.value, r.file_row.label("row"))
            .join(origin, sa.and_(r.seq == o.seq, r.region == o.region))
            .where(o.seq == seq, o.sign == 1)
            .order_by(o.period, o.region, o.indicator),
        )
        sent = connection.execute(sa.select(batch).where(batch.c.seq == seq)).one()
    cells["indicator"] = cells["indicator"].map(codes)
    cells["value"] = pd.Series(cells["value"].to_list(), dtype=object)
    none = pd.DataFrame(columns=["region", "indicator", "deadline", "baseline", "value", "row"])
    return Submission(cells, none, sent.file_name, sent.file_sha256, row_count=sent.row_count)
