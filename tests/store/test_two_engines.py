"""The same commits on DuckDB and on PostgreSQL: at every watermark one digest, and the same figures to the last digit."""

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from ecodash.domain.regions import COUNTRY_KEY, Level, Region
from ecodash.store import check, journal, reading, records
from ecodash.store.digest import store_digest
from ecodash.store.engine import Store
from tests.builders import (
    A1,
    A2,
    A3,
    ACTOR,
    B1,
    B2,
    CATALOG,
    COUNTY,
    NOON,
    TOWN_B,
    cells,
    commit,
    commit_frames,
    new_store,
    sample_regions,
    targets,
)
from tests.databases import Databases, stores_in
from tests.store.test_rollup_oracle import REGIONS, Step, replay, step

MONTHS = [202512, 202601, 202602, 202611, 202703]


def figures(store: Store, watermark: int) -> pd.DataFrame:
    with store.reading() as connection:
        return reading.read_figures(
            connection, CATALOG, watermark=watermark, months=MONTHS, region=COUNTRY_KEY, levels=list(Level),
            codes=list(CATALOG), with_parts=True,
        )  # fmt: skip


def state(store: Store, watermark: int | None) -> tuple[str, dict[str, str]]:
    with store.reading() as connection:
        found = store_digest(connection, watermark)
    return found.total, found.tables


def both(databases: Databases, work: Callable[[Store], object], **given: object) -> tuple[Store, Store]:
    """The same work done in a new store of each engine."""
    stores = []
    folder = Path(tempfile.mkdtemp())
    for databases_now in (None, databases):
        if databases_now is None:
            stores.append(new_store(folder, **given))  # type: ignore[arg-type]
        else:
            with stores_in(databases_now, keep=True):
                stores.append(new_store(folder / "second", **given))  # type: ignore[arg-type]
        work(stores[-1])
    return stores[0], stores[1]


def compare(one: Store, other: Store) -> None:
    with one.reading() as connection:
        newest = journal.newest_watermark(connection)
    for watermark in range(newest + 1):
        assert state(one, watermark) == state(other, watermark), watermark
        assert_frame_equal(figures(one, watermark), figures(other, watermark), check_exact=True, check_dtype=False)
    assert state(one, None) == state(other, None)
    for store in (one, other):
        with store.reading() as connection:
            assert check.problems(connection) == []


def history(store: Store) -> None:
    """Every kind of commit: figures, corrections, carried stocks, ratios with and without parts, targets, undo of all and
    of the rest, a county's own report, the largest figures."""
    commit(
        store, (A1, "garbage", "2026-01", "550.25"), (A2, "toilets", "2026-01", 120), (A1, "households", "2026-01", 388)
    )
    commit(
        store,
        (A1, "toilets", "2026-01", 97),
        (B1, "toilet_rate", "2026-02", "97.5"),
        (TOWN_B, "toilets", "2026-02", 39),
    )
    commit_frames(
        store,
        cells((B2, "households", "2026-02", 1268), (A3, "level", "2026-02", 2), (A3, "score", "2026-02", "88.8888")),
        targets((COUNTY, "toilet_rate", "2026-12", 70, 90), (A1, "toilets", "2026-12", 0, 130)),
        file="责任书.csv",
    )
    commit(store, (A1, "garbage", "2026-01", "543"), (A2, "garbage", "2025-12", "99999999.9999"))
    commit_frames(store, cells(), targets((A1, "toilets", "2026-12", 5, 140)))
    journal.undo(store, 4, actor=ACTOR, now=NOON)
    commit(store, (A2, "toilets", "2026-01", 121), (COUNTY, "households", "2026-02", 4728))
    journal.undo(store, 1, actor=ACTOR, now=NOON, rest=True)


def test_every_kind_of_commit_leaves_the_same_digest_and_figures(postgres_databases: Databases) -> None:
    regions = [replace(region, last_month=202602) if region.code == B2 else region for region in sample_regions()]
    embedded, served = both(postgres_databases, history, regions=regions)
    try:
        assert {store.engine.dialect.name for store in (embedded, served)} == {"duckdb", "postgresql"}
        compare(embedded, served)
        totals = [state(embedded, watermark)[0] for watermark in range(9)]
        assert len(set(totals)) == 9
        with served.writing() as connection:
            records.write_audit(connection, actor=ACTOR, now=NOON, action="test", detail={}, watermark=8)
        assert state(embedded, None) != state(served, None)
        assert state(embedded, 8) == state(served, 8)
    finally:
        embedded.close()
        served.close()
        postgres_databases.drop()


@settings(
    max_examples=6,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)
@given(steps=st.lists(step, min_size=2, max_size=6))
def test_any_commits_leave_the_same_digest_and_figures(postgres_databases: Databases, steps: list[Step]) -> None:
    embedded, served = both(postgres_databases, lambda store: list(replay(store, steps)), regions=REGIONS)
    try:
        compare(embedded, served)
    finally:
        embedded.close()
        served.close()
        postgres_databases.drop()


def test_a_reader_sees_one_moment_while_others_commit(store: Store) -> None:
    commit(store, (A1, "garbage", "2026-01", 1))
    with store.reading() as connection:
        before = store_digest(connection)
        commit(store, (A2, "garbage", "2026-01", 2))
        assert store_digest(connection) == before
    assert state(store, None)[0] != before.total


@pytest.mark.parametrize("text", ["", "a\\b\t\n\"',%s%%", "\\N", "𠮷㐂 １２０", "NULL"])
def test_texts_cross_unchanged(store: Store, text: str) -> None:
    with store.writing() as connection:
        records.add_regions(connection, [Region(500230101009, text, text, "村")])
    with store.reading() as connection:
        tree = records.region_tree(connection)
    assert tree.get(500230101009).name == text
