"""A store of an earlier version is brought up to date with every figure as it was."""

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from ecodash.domain.regions import Level
from ecodash.domain.snapshots import Access
from ecodash.link_key import hash_token
from ecodash.reports.frozen import canonical_json, digest, snapshot_digest, to_parquet, unpack
from ecodash.settings import PROJECT_ROOT
from ecodash.store import check, journal, reading, records
from ecodash.store import engine as engines
from ecodash.store.engine import Store, open_store
from ecodash.store.tables import frozen_table, metadata, upload_file
from tests.builders import (
    A1,
    A2,
    ACTOR,
    B1,
    CATALOG,
    COUNTY,
    NOON,
    TOWN_A,
    cells,
    commit,
    commit_frames,
    new_store,
    settings_in,
    targets,
)

MONTHS = [202601, 202602, 202603]


def history(store: Store) -> None:
    """Commits, corrections, targets, an undo."""
    commit(store, (A1, "garbage", "2026-01", 10), (A1, "toilets", "2026-01", 5), (A1, "households", "2026-01", 50))
    commit(store, (A1, "garbage", "2026-01", 12), (A2, "toilets", "2026-02", 7), (TOWN_A, "toilet_rate", "2026-02", 80))
    goals = targets((COUNTY, "toilets", "2026-12", 10, 100))
    commit_frames(store, cells((B1, "garbage", "2026-03", 1), (A2, "garbage", "2026-03", 4)), goals)
    journal.undo(store, 2, actor=ACTOR, now=NOON)


def store_of(version: str, folder: Path, source: Store) -> None:
    """A file as an earlier version left it: its tables only, with the rows of another store."""
    engine = engines._engine(settings_in(folder))
    with engine.connect() as connection:
        config = Config()
        config.set_main_option("script_location", str(Path(engines.__file__).parent / "migrations"))
        config.attributes["connection"] = connection
        command.upgrade(config, version)
        known = sa.inspect(connection)
        names = set(known.get_table_names())
        for table in metadata.sorted_tables:
            # Snapshots changed their columns; none is made here.
            if table.name not in names or table.name in ("calendar", "snapshot"):
                continue
            columns = [table.c[column["name"]] for column in known.get_columns(table.name)]
            connection.execute(sa.delete(table))
            with source.reading() as reader:
                rows = [dict(row._mapping) for row in reader.execute(sa.select(*columns))]
            if rows:
                newer = _NEWER_COUNTERS[version]
                connection.execute(sa.insert(table), [row for row in rows if row.get("name") not in newer])
        connection.commit()
    engine.dispose()


_FROM_0006 = (
    "account", "access", "attempt", "filing", "filing_step", "filing_comment", "review_choice", "month_deadline",
)  # fmt: skip
_NEWER_COUNTERS = {
    "0001": ("header_choice", "month_lock", "definition", "boundary_set", "snapshot_state", *_FROM_0006),
    "0002": ("definition", "boundary_set", "snapshot_state", *_FROM_0006),
    "0004": ("snapshot_state", *_FROM_0006),
    "0005": _FROM_0006,
}


def everything(store: Store) -> tuple[list[pd.DataFrame], list[str], list[object]]:
    """Every figure, digest and origin at every watermark."""
    frames, digests, origins = [], [], []
    with store.reading() as connection:
        for mark in range(5):
            frames.append(
                reading.read_figures(
                    connection,
                    CATALOG,
                    watermark=mark,
                    months=MONTHS,
                    region=0,
                    levels=list(Level),
                    codes=list(CATALOG),
                )
            )
            digests.append(check.digest(connection, mark))
            found = records.origins(connection, mark, 0, 10**12, 202603, list(CATALOG))
            columns = ["region", "indicator", "period", "value", "seq", "sheet", "file_row"]
            origins += sorted(found[columns].itertuples(index=False, name=None))
    return frames, digests, origins


@pytest.fixture(params=["0001", "0002", "0004", "0005"])
def upgraded(request: pytest.FixtureRequest, tmp_path: Path, store: Store) -> Store:
    history(store)
    folder = tmp_path / "earlier"
    folder.mkdir()
    store_of(request.param, folder, store)
    return open_store(settings_in(folder))


@pytest.mark.duckdb_only
def test_a_store_of_an_earlier_version_shows_the_same_figures(store: Store, upgraded: Store) -> None:
    frames, digests, origins = everything(upgraded)
    expected_frames, expected_digests, expected_origins = everything(store)
    assert digests == expected_digests
    assert origins == expected_origins
    for found, expected in zip(frames, expected_frames, strict=True):
        pd.testing.assert_frame_equal(found, expected)
    with upgraded.reading() as connection:
        assert check.problems(connection) == []
        rows = records.list_batches(connection, 4)
        assert connection.execute(sa.select(sa.func.count()).select_from(upload_file)).scalar_one() == 0
    assert rows["undone_by"].fillna(0).tolist() == [0, 0, 4, 0]
    assert (rows["is_partial"].tolist(), rows["note"].tolist()) == ([False] * 4, [""] * 4)
    upgraded.close()


@pytest.mark.duckdb_only
def test_a_store_of_an_earlier_version_goes_on(upgraded: Store) -> None:
    commit(upgraded, (A2, "garbage", "2026-03", 5))
    journal.undo(upgraded, 3, actor=ACTOR, now=NOON, rest=True)
    with upgraded.writing() as connection:
        assert records.remember_headers(connection, ACTOR, {"垃圾": "garbage"}, NOON) == 1
    with upgraded.reading() as connection:
        assert records.list_batches(connection, 6)["partly_undone_by"].fillna(0).tolist() == [0, 0, 0, 6, 0, 0]
        assert check.problems(connection) == []
    upgraded.close()


@pytest.mark.duckdb_only
def test_links_given_out_earlier_open_and_are_kept_as_hashes(tmp_path: Path, store: Store) -> None:
    history(store)
    folder = tmp_path / "earlier"
    folder.mkdir()
    store_of("0004", folder, store)
    token, rows = "an-earlier-token", pd.DataFrame({"region_code": [COUNTY], "value": [12.0]})
    content = to_parquet(rows)
    meta = canonical_json(
        {"page": "ranking", "month": "2026-01", "region_code": COUNTY, "level": "town", "indicator": "garbage",
         "watermark": 1, "title": "一月", "created_at": NOON.isoformat(), "actor": "甲"}
    )  # fmt: skip
    sha256 = snapshot_digest(meta, [digest(content)])
    engine = engines._engine(settings_in(folder))
    with engine.begin() as connection:
        values = {
            "number": 1, "token": token, "page": "ranking", "title": "一月", "selection": "{}", "watermark": 1,
            "created_at": NOON.replace(tzinfo=None), "actor": "甲", "catalog_digest": "c", "meta": meta,
            "sha256": sha256,
        }  # fmt: skip
        columns = ", ".join(values)
        marks = ", ".join(f":{name}" for name in values)
        connection.execute(sa.text(f"INSERT INTO snapshot ({columns}) VALUES ({marks})"), values)
        kept = {"snapshot": 1, "position": 0, "name": "unit_ranking", "content": content, "sha256": digest(content)}
        connection.execute(sa.insert(frozen_table), kept)
    engine.dispose()
    opened = open_store(settings_in(folder))
    with opened.reading() as connection:
        found = records.find_snapshot(connection, token_hash=hash_token(token))
        assert found is not None
        assert (found.number, found.title, found.sha256, found.page_count) == (1, "一月", sha256, 1)
        assert (found.access, found.expires_at, found.nonce, found.opened) == (Access.LINK, None, "", 0)
        tables = [(table.name, table.content) for table in records.frozen_tables(connection, 1)]
        written = [str(row) for table in metadata.sorted_tables for row in connection.execute(sa.select(table))]
    assert not any(token in row for row in written)
    pack = unpack(json.loads(found.meta), tables)
    assert (pack.meta["title"], pack.pages[0].tables["unit_ranking"].to_dict("list")) == ("一月", rows.to_dict("list"))
    opened.close()


def test_a_store_opened_twice_is_migrated_once(tmp_path: Path) -> None:
    new_store(tmp_path).close()
    again = open_store(settings_in(tmp_path))
    with again.reading() as connection:
        assert connection.execute(sa.text("select version_num from alembic_version")).scalars().all() == ["0007"]
    again.close()


def test_the_tables_are_those_the_migrations_make(store: Store) -> None:
    with store.reading() as connection:
        made = sa.inspect(connection)
        for table in metadata.sorted_tables:
            assert [column["name"] for column in made.get_columns(table.name)] == table.c.keys(), table.name


@pytest.mark.duckdb_only
def test_a_migration_survives_a_kill_right_after_it(tmp_path: Path, store: Store) -> None:
    history(store)
    folder = tmp_path / "earlier"
    folder.mkdir()
    store_of("0001", folder, store)
    code = (
        "import os, sys\nfrom pathlib import Path\nfrom ecodash.store.engine import open_store\n"
        "from tests.builders import A1, commit, settings_in\n"
        "opened = open_store(settings_in(Path(sys.argv[1])))\n"
        "commit(opened, (A1, 'garbage', '2026-03', 5))\nos._exit(9)\n"
    )
    killed = subprocess.run([sys.executable, "-c", code, str(folder)], cwd=PROJECT_ROOT, capture_output=True, text=True)
    assert killed.returncode == 9, killed.stderr
    again = open_store(settings_in(folder))
    with again.reading() as connection:
        assert journal.newest_watermark(connection) == 5
        assert check.problems(connection) == []
    again.close()
