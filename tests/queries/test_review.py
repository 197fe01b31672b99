"""What lateness depends on beside the journal, and what a store with filings promises."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ecodash import actions, queries
from ecodash.domain.access import Actor, Grant, Role
from ecodash.domain.calendar import due_at
from ecodash.domain.pages import Page
from ecodash.domain.periods import Month
from ecodash.domain.regions import COUNTRY_KEY, Level, Region, region_key
from ecodash.domain.review import FilingState
from ecodash.domain.selection import Selection
from ecodash.domain.snapshots import SnapshotWish
from ecodash.store import check, records
from ecodash.store.records.review import NewFiling
from ecodash.workspace import Workspace
from tests.builders import A1, ACTOR, CATALOG, COUNTY, NOON, commit, new_store, sample_regions, settings_in

OCTOBER = Month(2026, 10)
OTHER = "500231"
SOONER, LATER = datetime(2026, 11, 2, 16, tzinfo=UTC), datetime(2026, 11, 9, 16, tzinfo=UTC)


@pytest.fixture
def two_counties(tmp_path: Path) -> Iterator[Workspace]:
    """丰都 of tests.builders, and a county beside it with one town and one village."""
    more = [Region(region_key(code), code, code) for code in (OTHER, f"{OTHER}101", f"{OTHER}101001")]
    store = new_store(tmp_path, regions=[*sample_regions(), *more])
    yield Workspace(settings_in(tmp_path), store, CATALOG, ACTOR)
    store.close()


def set_due(workspace: Workspace, county: str, due: datetime) -> None:
    now = NOON - timedelta(days=20)
    assert actions.set_deadline(workspace, region_key(county), OCTOBER, due, actor=ACTOR, now=now)


def test_a_larger_region_is_due_when_the_last_of_its_counties_is(two_counties: Workspace) -> None:
    city, county, other = region_key("5002"), region_key(COUNTY), region_key(OTHER)
    assert {queries.due_of(two_counties, key, OCTOBER) for key in (city, county, COUNTRY_KEY)} == {due_at(OCTOBER)}
    set_due(two_counties, COUNTY, SOONER)
    # The other county still reports until the usual day.
    assert [queries.due_of(two_counties, key, OCTOBER) for key in (county, region_key(A1), city, other)] == [
        SOONER, SOONER, due_at(OCTOBER), due_at(OCTOBER),
    ]  # fmt: skip
    set_due(two_counties, OTHER, LATER)
    assert [queries.due_of(two_counties, key, OCTOBER) for key in (city, COUNTRY_KEY)] == [LATER, LATER]
    assert queries.due_of(two_counties, city, Month(2026, 9)) == due_at(Month(2026, 9))


def test_each_village_is_late_by_its_own_countys_deadline(two_counties: Workspace) -> None:
    commit(two_counties.store, (A1, "garbage", "2026-10", 5), (f"{OTHER}101001", "garbage", "2026-10", 5))
    look = Selection(1, OCTOBER, region_key("5002"), "garbage", Level.COUNTY)

    def late() -> tuple[int, dict[str, int], tuple[int, int]]:
        status = queries.reporting(two_counties, look).set_index("region_code")["late"].to_dict()
        villages = queries.late_villages(two_counties, look)
        sums = int(villages["late"].sum()), int(villages["missing"].sum())
        return queries.report_counts(two_counties, look).late, status, sums

    assert late() == (0, {COUNTY: 0, OTHER: 0}, (0, 0))
    set_due(two_counties, COUNTY, SOONER)  # Both came at noon of the third, and were committed then.
    assert late() == (1, {COUNTY: 1, OTHER: 0}, (1, 4))


def test_a_county_sees_its_own_line_of_the_calendar(two_counties: Workspace) -> None:
    set_due(two_counties, OTHER, LATER)
    assert queries.deadlines(two_counties, OCTOBER)["is_usual"].tolist() == [True, False]
    clerk = Actor("填报员", "page", (Grant(Role.REPORTER, region_key(OTHER)),), 1)
    shown = queries.deadlines(two_counties.acting(clerk), OCTOBER)
    assert shown[["name", "due_at", "is_closed", "is_reviewed"]].to_numpy().tolist() == [[OTHER, LATER, False, True]]


def test_a_deadline_moved_later_leaves_a_snapshot_sound_and_says_what_differs(workspace: Workspace) -> None:
    commit(workspace.store, (A1, "garbage", "2026-10", 5))
    look = Selection(1, OCTOBER, region_key(COUNTY), "garbage", Level.TOWN)
    for page in (Page.OVERVIEW, Page.RANKING):
        frozen = [queries.freeze(workspace, page, look)]
        actions.create_snapshot(workspace, frozen, SnapshotWish(), actor=ACTOR, now=NOON)
    assert queries.verify(workspace).notes == []
    set_due(workspace, COUNTY, SOONER)
    found = queries.verify(workspace)
    assert found.problems == []
    assert len(found.notes) == 1
    assert "上报期限改过" in found.notes[0].what


def test_a_filing_decided_twice_without_a_batch_or_a_file_is_found(workspace: Workspace) -> None:
    new = NewFiling(
        NOON, "f.csv", "0" * 64, 1, 1, 1, 0, 202610, 202610, region_key(A1), [region_key(A1)], {}, [], "", 0
    )
    with workspace.store.writing() as connection:
        number = records.review.insert_filing(connection, new, actor=ACTOR, now=NOON)
        for place, state in enumerate((FilingState.RETURNED, FilingState.ACCEPTED)):
            records.review.insert_step(connection, 10 + place, number, state, actor=ACTOR, now=NOON, batch=None)
    with workspace.store.reading() as connection:
        found = [(problem.place, problem.what) for problem in check.problems(connection)]
    assert found == [
        ("filing 1", "报送件被处理了不止一次。"),
        ("filing 1", "报送件已通过，但没有对应的批次。"),
        ("filing 1", "报送件的原文件不在系统中。"),
    ]
