"""What there is to look at, and where a reader starts."""

from pathlib import Path

import pytest

from ecodash import queries
from ecodash.catalog.regions import RegionBook
from ecodash.domain.access import SYSTEM
from ecodash.domain.periods import Month
from ecodash.domain.regions import COUNTRY_KEY, Level, region_key
from ecodash.settings import PROJECT_ROOT
from ecodash.store import journal, records
from ecodash.store.journal import Submission
from ecodash.workspace import Workspace
from tests.builders import (
    A1,
    ACTOR,
    B1,
    CATALOG,
    COUNTY,
    NOON,
    TOWN_A,
    TOWN_B,
    cells,
    commit,
    new_store,
    settings_in,
    targets,
)
from tests.queries.asking import look


def live_in(workspace: Workspace, region: str) -> None:
    with workspace.store.writing() as connection:
        records.set_setting(connection, "home_region", str(region_key(region)))


def test_the_home_region_is_the_one_chosen_at_init_else_the_country(workspace: Workspace) -> None:
    assert queries.home_region(workspace) == COUNTRY_KEY
    live_in(workspace, COUNTY)
    assert queries.home_region(workspace) == region_key(COUNTY)


@pytest.mark.parametrize(
    ("whole", "expected"),
    [
        ([], "0"),
        ([COUNTY], COUNTY),
        ([COUNTY, "500231"], "5002"),
        ([COUNTY, "500101"], "50"),
        ([COUNTY, "360521"], "0"),
        (["50"], "50"),
        (["441900"], "4419"),
    ],
)
def test_the_whole_store_is_the_lowest_region_that_contains_all_that_was_chosen(
    tmp_path: Path, whole: list[str], expected: str
) -> None:
    store = new_store(tmp_path, regions=RegionBook(PROJECT_ROOT / "data").regions(whole) if whole else [])
    workspace = Workspace(settings_in(tmp_path), store, CATALOG, SYSTEM)
    assert queries.whole_region(workspace) == region_key(expected)
    workspace.close()


def test_a_reader_starts_at_home_in_its_newest_month(workspace: Workspace) -> None:
    live_in(workspace, TOWN_A)
    commit(workspace.store, (A1, "garbage", "2026-02", 1), (A1, "garbage", "2026-01", 1), (B1, "garbage", "2026-03", 1))
    found = queries.default_selection(workspace)
    assert (found.watermark, found.month, found.region) == (1, Month(2026, 2), region_key(TOWN_A))
    assert (found.indicator, found.level) == ("garbage", Level.VILLAGE)


def test_an_empty_store_still_has_a_place_to_start(workspace: Workspace) -> None:
    live_in(workspace, COUNTY)
    found = queries.default_selection(workspace)
    assert (found.watermark, found.indicator, found.level) == (0, "garbage", Level.TOWN)


@pytest.mark.parametrize(
    ("reported", "expected"),
    [
        (["garbage", "toilets", "toilet_rate", "score"], "score"),
        (["garbage", "toilets", "toilet_rate"], "toilet_rate"),
        (["garbage", "toilets"], "toilets"),
        (["households", "garbage"], "garbage"),
    ],
)
def test_a_score_is_ranked_first_then_a_rate_then_a_stock(
    workspace: Workspace, reported: list[str], expected: str
) -> None:
    commit(workspace.store, *((TOWN_A, code, "2026-01", 50) for code in reported))
    assert queries.default_indicator(workspace, look(workspace, "2026-01")) == expected


def test_where_only_villages_have_scores_a_county_starts_with_them(workspace: Workspace) -> None:
    live_in(workspace, COUNTY)
    commit(workspace.store, (A1, "score", "2026-01", 90), (B1, "score", "2026-01", 80))
    found = queries.default_selection(workspace)
    assert (found.indicator, found.level) == ("score", Level.VILLAGE)
    assert [entry.code for entry in queries.indicators_reported(workspace, look(workspace, "2026-01"))] == ["score"]


@pytest.mark.parametrize(
    ("place", "code", "region", "level"),
    [
        (A1, "garbage", COUNTY, Level.TOWN),  # rolls up, so towns have it
        (A1, "score", COUNTY, Level.VILLAGE),  # does not roll up
        (TOWN_A, "score", COUNTY, Level.TOWN),
        (TOWN_A, "score", "0", Level.TOWN),
        (A1, "garbage", "0", Level.PROVINCE),
        (A1, "garbage", A1, Level.VILLAGE),
        (B1, "garbage", TOWN_A, Level.VILLAGE),  # nothing there: the next level below
    ],
)
def test_units_are_compared_at_the_highest_level_that_has_the_indicator(
    workspace: Workspace, place: str, code: str, region: str, level: Level
) -> None:
    commit(workspace.store, (place, code, "2026-01", 50))
    assert queries.indicator_level(workspace, look(workspace, "2026-01", region, code)) is level


def test_the_months_reported_are_those_of_the_region_up_to_the_watermark(workspace: Workspace) -> None:
    commit(workspace.store, (A1, "garbage", "2026-02", 1), (A1, "households", "2020-01", 9))
    commit(workspace.store, (B1, "garbage", "2026-03", 1))
    county, town = region_key(COUNTY), region_key(TOWN_A)
    assert queries.months_reported(workspace, 2, county) == [Month(2026, 2), Month(2026, 3)]
    assert (
        queries.months_reported(workspace, 2, town) == queries.months_reported(workspace, 1, county) == [Month(2026, 2)]
    )


@pytest.mark.parametrize(
    ("region", "month", "watermark", "shown"),
    [
        (COUNTY, "2026-02", 2, True),
        (TOWN_A, "2026-03", 2, True),
        (TOWN_B, "2026-03", 2, False),
        (COUNTY, "2026-01", 2, False),
        (COUNTY, "2026-02", 1, False),
    ],
)
def test_a_screen_with_invented_figures_says_so(
    workspace: Workspace, region: str, month: str, watermark: int, shown: bool
) -> None:
    commit(workspace.store, (B1, "garbage", "2026-01", 1))
    invented = Submission(
        cells((A1, "garbage", "2026-02", 1)), targets(), "demo.csv", "0" * 64, row_count=1, is_demo=True
    )
    journal.commit(workspace.store, invented, actor=ACTOR, now=NOON, received_at=NOON, catalog_digest=CATALOG.digest)
    assert queries.shows_demo(workspace, look(workspace, month, region, watermark=watermark)) is shown


def test_a_watermark_is_stamped_with_its_commits_time(workspace: Workspace) -> None:
    commit(workspace.store, (A1, "garbage", "2026-01", 1))
    assert queries.watermark_stamp(workspace, 1) == records.Stamp(1, NOON)
    assert queries.watermark_stamp(workspace, 0) == records.Stamp(0, None)
