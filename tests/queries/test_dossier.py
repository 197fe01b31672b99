"""Facts of a region, and its trend with target and last year."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ecodash.domain.access import SYSTEM
from ecodash.domain.regions import Region, region_key
from ecodash.queries import region_profile
from ecodash.queries.dossier import profile_tables, region_facts, region_trend
from ecodash.reports.frozen import from_parquet, to_parquet
from ecodash.store import records
from ecodash.store.engine import open_store
from ecodash.workspace import Workspace
from tests.builders import A1, A2, A3, ACTOR, CATALOG, COUNTY, NOON, TOWN_A, cells, commit, commit_frames, new_store

from tests.builders import sample_regions, settings_in, targets  # isort: skip
from tests.queries.asking import look, row_of, rows_of


def facts(workspace: Workspace, month: str, region: str) -> dict[str, str | float]:
    """Each fact's words, or its number."""
    found = region_facts(workspace, look(workspace, month, region))
    return {row.fact: row.text or row.value for row in found.itertuples()}


def test_a_village_says_where_it_lies_and_what_it_counts(workspace: Workspace) -> None:
    commit(workspace.store, (A1, "households", "2025-11", 120), (A2, "households", "2025-12", 80))
    found = region_facts(workspace, look(workspace, "2026-01", A1))
    assert facts(workspace, "2026-01", A1) == {
        "path": f"50 › 5002 › {COUNTY} › {TOWN_A} › {A1}", "code": A1, "kind": "村", "households": 120,
    }  # fmt: skip
    assert rows_of(found[found["fact"] == "households"], "value", "unit", "first_period", "last_period") == [
        (120, "单位", 202511, 202511)
    ]


def test_a_town_sums_its_villages_and_says_from_when_and_how_many(workspace: Workspace) -> None:
    commit(workspace.store, (A1, "households", "2025-11", 120), (A2, "households", "2025-12", 80))
    found = region_facts(workspace, look(workspace, "2026-01", TOWN_A))
    columns = ("value", "first_period", "last_period", "reported", "villages")
    assert rows_of(found[found["fact"] == "households"], *columns) == [(200, 202511, 202512, 2, 3)]
    assert rows_of(found[found["fact"] == "villages"], "value") == [(3,)]


def test_a_towns_own_count_is_said_to_be_its_own(workspace: Workspace) -> None:
    commit(workspace.store, (TOWN_A, "households", "2025-10", 500))
    found = region_facts(workspace, look(workspace, "2026-01", TOWN_A))
    columns = ("value", "first_period", "last_period", "reported")
    assert rows_of(found[found["fact"] == "households"], *columns) == [(500, 202510, 202510, 1)]


def test_an_attribute_nobody_reported_is_missing_not_left_out(workspace: Workspace) -> None:
    found = region_facts(workspace, look(workspace, "2026-01", A1))
    assert rows_of(found[found["fact"] == "households"], "value", "first_period") == [(None, 0)]


@pytest.fixture
def merged(tmp_path: Path) -> Iterator[Workspace]:
    """A1 ended in June 2026 and went into A2, which has another name; A3 began in July."""
    ended, follower, begun = region_key(A1), region_key(A2), region_key(A3)
    regions = [one for one in sample_regions() if one.key not in (ended, follower, begun)]
    regions += [
        Region(ended, "和平村", "和平村民委员会", "村", last_month=202606, successor=follower),
        Region(follower, "董泉村", "董泉村", "村"),
        Region(begun, "新建村", "新建村", "村", first_month=202607),
    ]
    new_store(tmp_path, regions=regions).close()
    opened = Workspace(settings_in(tmp_path), open_store(settings_in(tmp_path)), CATALOG, SYSTEM)
    yield opened
    opened.close()


def test_a_merged_village_names_its_successor_and_its_end(merged: Workspace) -> None:
    ended = facts(merged, "2026-06", A1)
    assert (ended["valid_until"], ended["successor"], ended["alias"]) == ("2026-06", f"董泉村 {A2}", "和平村民委员会")
    assert facts(merged, "2026-07", A2)["predecessor"] == f"和平村 {A1}"
    assert facts(merged, "2026-07", A3)["valid_from"] == "2026-07"


def test_villages_are_those_of_the_month(merged: Workspace) -> None:
    assert facts(merged, "2026-06", TOWN_A)["villages"] == 2
    assert facts(merged, "2026-07", TOWN_A)["villages"] == 2
    commit(merged.store, (A2, "garbage", "2026-06", 1))
    trend = region_trend(merged, look(merged, "2026-07", COUNTY), months=2)
    assert rows_of(trend, "month", "value", "villages") == [("2026-06", 1, 4), ("2026-07", None, 4)]


def test_other_names_are_told(workspace: Workspace) -> None:
    with workspace.store.writing() as connection:
        records.add_alias(connection, region_key(A1), "<老董泉>", ACTOR, NOON)
    assert facts(workspace, "2026-01", A1)["alias"] == "<老董泉>"


# ── trend ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_trend_shows_last_years_month_and_marks_what_is_carried(workspace: Workspace) -> None:
    commit(workspace.store, (A1, "toilets", "2025-01", 8), (A1, "toilets", "2026-01", 10))
    found = region_trend(workspace, look(workspace, "2026-02", A1, "toilets"), months=3)
    # January 2025 stands for twelve months more: December still carries it.
    assert rows_of(found, "month", "value", "year_ago", "reported", "carried") == [
        ("2025-12", 8, None, 0, 1),
        ("2026-01", 10, 8, 1, 0),
        ("2026-02", 10, 8, 0, 1),
    ]


def test_the_target_of_a_stock_is_a_level_and_that_of_a_flow_the_even_share_of_a_month(workspace: Workspace) -> None:
    goals = targets(
        (A1, "toilets", "2026-12", 5, 60), (A1, "garbage", "2026-12", 0, 120), (A1, "garbage", "2026-06", 0, 90),
        (A1, "garbage", "2025-12", 0, 24),
    )  # fmt: skip
    commit_frames(workspace.store, cells((A1, "garbage", "2026-01", 1)), goals)
    stock = region_trend(workspace, look(workspace, "2026-02", A1, "toilets"), months=3)
    assert rows_of(stock, "month", "target") == [("2025-12", None), ("2026-01", 60), ("2026-02", 60)]
    flow = region_trend(workspace, look(workspace, "2026-07", A1), months=8)
    assert [value for (value,) in rows_of(flow, "target")] == [2, 15, 15, 15, 15, 15, 15, 10]


def test_a_target_is_the_regions_own(workspace: Workspace) -> None:
    commit_frames(workspace.store, cells((A1, "toilets", "2026-01", 1)), targets((TOWN_A, "toilets", "2026-12", 0, 60)))
    assert region_trend(workspace, look(workspace, "2026-01", A1, "toilets"))["target"].isna().all()


# ── the table and what is frozen ───────────────────────────────────────────────────────────────────────────────────


def test_each_indicator_brings_its_last_twelve_months(workspace: Workspace) -> None:
    commit(workspace.store, (A1, "garbage", "2025-02", 3), (A1, "garbage", "2026-01", 5), (A2, "garbage", "2026-01", 2))
    history = row_of(region_profile(workspace, look(workspace, "2026-01", A1)), "garbage")
    values = [None if value != value else value for value in history["history"]]
    assert values == [3, *[None] * 10, 5]


def test_every_table_of_a_profile_can_be_frozen_and_read_again(workspace: Workspace, tmp_path: Path) -> None:
    commit(workspace.store, (A1, "toilets", "2025-12", 5), (A1, "garbage", "2026-01", 6))
    for region in (A1, TOWN_A, COUNTY):
        tables = profile_tables(workspace, look(workspace, "2026-01", region))
        for name, table in tables.items():
            again = from_parquet(to_parquet(table))
            assert list(again.columns) == list(table.columns), name
            assert len(again) == len(table)
