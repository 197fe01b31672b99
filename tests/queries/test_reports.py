"""Who reported; batches."""

from datetime import UTC, datetime, timedelta

import pytest

from ecodash import actions, queries
from ecodash.domain.definitions import DefinitionKind
from ecodash.domain.regions import Level
from ecodash.errors import LinkUnknown
from ecodash.store import journal
from ecodash.store.journal import Submission
from ecodash.workspace import Workspace
from tests.builders import A1, A2, A3, ACTOR, B1, CATALOG, COUNTY, NOON, TOWN_A, TOWN_B, cells, commit, targets
from tests.queries.asking import look, rows_of

DUE = datetime(2026, 2, 5, 16, 0, tzinfo=UTC)
"""End of 5 February in Beijing, when January's reports are due."""


def receive(workspace: Workspace, at: datetime, *rows: tuple[str, str, str, int]) -> None:
    submission = Submission(cells(*rows), targets(), "f.csv", "0" * 64, row_count=len(rows))
    journal.commit(workspace.store, submission, actor=ACTOR, now=NOON, received_at=at, catalog_digest=CATALOG.digest)


def test_towns_are_told_by_their_villages_in_time_late_and_missing(workspace: Workspace) -> None:
    receive(workspace, DUE - timedelta(hours=1), (A1, "garbage", "2026-01", 1), (A1, "garbage", "2026-02", 1))
    receive(workspace, DUE, (A2, "garbage", "2026-01", 1))
    found = queries.reporting(workspace, look(workspace, "2026-01"))
    assert rows_of(found, "region_code", "name", "villages", "on_time", "late", "missing", "state") == [
        (TOWN_B, TOWN_B, 2, 0, 0, 2, "missing"),
        (TOWN_A, TOWN_A, 3, 1, 1, 1, "partial"),
    ]
    assert rows_of(found, "last_received") == [(None,), (DUE,)]


def test_a_correction_after_the_deadline_does_not_make_a_report_late(workspace: Workspace) -> None:
    receive(workspace, DUE - timedelta(days=1), (A1, "garbage", "2026-01", 1))
    receive(workspace, DUE + timedelta(days=9), (A1, "garbage", "2026-01", 2))
    found = queries.reporting(workspace, look(workspace, "2026-01", TOWN_A))
    assert rows_of(found.tail(1), "region_code", "state") == [(A1, "complete")]


def test_an_undone_report_was_not_made(workspace: Workspace) -> None:
    receive(workspace, DUE - timedelta(days=1), (A1, "garbage", "2026-01", 1))
    journal.undo(workspace.store, 1, actor=ACTOR, now=NOON)
    receive(workspace, DUE + timedelta(days=1), (A1, "garbage", "2026-01", 1))
    states = [
        dict(
            rows_of(
                queries.reporting(workspace, look(workspace, "2026-01", TOWN_A, watermark=mark)), "region_code", "state"
            )
        )[A1]
        for mark in (0, 1, 2, 3)
    ]
    assert states == ["missing", "complete", "missing", "late"]


def test_households_and_a_towns_total_are_no_report_of_a_village(workspace: Workspace) -> None:
    receive(workspace, DUE - timedelta(days=1), (B1, "households", "2026-01", 90), (TOWN_A, "garbage", "2026-01", 9))
    found = queries.reporting(workspace, look(workspace, "2026-01"))
    assert rows_of(found, "region_code", "missing", "is_own", "state") == [
        (TOWN_A, 3, True, "partial"),
        (TOWN_B, 2, False, "missing"),
    ]


@pytest.mark.parametrize(("region", "level", "units"), [(COUNTY, Level.VILLAGE, 5), (TOWN_A, None, 3), (A3, None, 1)])
def test_any_level_can_be_asked_who_reported(
    workspace: Workspace, region: str, level: Level | None, units: int
) -> None:
    found = queries.reporting(workspace, look(workspace, "2026-01", region, level=level))
    assert found["state"].tolist() == ["missing"] * units


def test_batches_come_newest_first_as_of_a_watermark(workspace: Workspace) -> None:
    commit(workspace.store, (A1, "garbage", "2026-01", 1))
    journal.undo(workspace.store, 1, actor=ACTOR, now=NOON)
    assert rows_of(queries.list_batches(workspace, 2), "seq", "kind", "undoes", "undone_by") == [
        (2, "undo", 1, None),
        (1, "upload", None, 2),
    ]
    assert rows_of(queries.list_batches(workspace, 1), "seq", "undone_by") == [(1, None)]


def test_an_unknown_snapshot_is_refused_with_a_remedy(workspace: Workspace) -> None:
    with pytest.raises(LinkUnknown) as caught:
        queries.get_snapshot(workspace, token="no-such-token")
    assert caught.value.remedy


def test_a_regions_villages_are_counted_whole_reported_and_late(workspace: Workspace) -> None:
    receive(workspace, DUE - timedelta(hours=1), (A1, "garbage", "2026-01", 1))
    receive(
        workspace,
        DUE,
        (A2, "garbage", "2026-01", 1),
        (B1, "households", "2026-01", 9),
        (TOWN_A, "garbage", "2026-01", 9),
    )
    for region, counts in ((COUNTY, (5, 2, 1)), (TOWN_A, (3, 2, 1)), (TOWN_B, (2, 0, 0)), (A2, (1, 1, 1))):
        found = queries.report_counts(workspace, look(workspace, "2026-01", region))
        assert (found.villages, found.reported, found.late) == counts, region


def test_the_state_of_a_store_grows_with_commits_and_definitions(workspace: Workspace) -> None:
    before = queries.store_state(workspace)
    receive(workspace, NOON, (A1, "garbage", "2026-01", 1))
    after = queries.store_state(workspace)
    assert (after.watermark, after.definitions) == (before.watermark + 1, before.definitions)
    content = {"names": ["甲"]}
    actions.save_definition(workspace, DefinitionKind.PEER_CLASSES, "甲", content, actor=ACTOR, now=NOON)
    last = queries.store_state(workspace)
    assert last.definitions == after.definitions + 1 == queries.definitions_version(workspace)
