"""One region in full, and where its figures came from."""

import pytest

from ecodash import queries
from ecodash.store import journal
from ecodash.workspace import Workspace
from tests.builders import A1, A2, A3, ACTOR, B1, COUNTY, NOON, TOWN_A, TOWN_B, cells, commit, commit_frames, targets
from tests.queries.asking import look, row_of, rows_of

# ── profile ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_village_shows_its_rank_among_its_towns_villages_and_its_origin(workspace: Workspace) -> None:
    commit(workspace.store, (B1, "garbage", "2026-01", 99), file="other.csv")
    commit(
        workspace.store,
        (A1, "garbage", "2026-01", 5),
        (A2, "garbage", "2026-01", 8),
        (A3, "garbage", "2026-01", 8),
        file="town.csv",
    )
    row = row_of(queries.region_profile(workspace, look(workspace, "2026-01", A1)), "garbage")
    assert (row["rank"], row["ranked_count"]) == (3, 3)  # behind two 8s; the other town's 99 is no peer
    assert (row["period"], row["batch"], row["file_name"], row["file_row"]) == (202601, 2, "town.csv", 2)
    assert (row["actor"], row["committed_at"]) == (ACTOR.name, NOON)
    assert row["difference"] is None


def test_a_town_made_of_villages_has_no_origin_of_its_own_but_the_difference_of_its_report(
    workspace: Workspace,
) -> None:
    commit(
        workspace.store,
        (A1, "garbage", "2026-01", 10),
        (A2, "garbage", "2026-01", 5),
        (TOWN_A, "garbage", "2026-01", 20),
    )
    row = row_of(queries.region_profile(workspace, look(workspace, "2026-01", TOWN_A)), "garbage")
    assert (row["value"], row["own"], row["difference"]) == (15, 20, 5)
    assert (row["batch"], row["file_row"]) == (None, None)


def test_a_town_that_reported_a_total_shows_where_it_came_from(workspace: Workspace) -> None:
    commit(workspace.store, (TOWN_A, "garbage", "2026-01", 20), (TOWN_B, "garbage", "2026-01", 30))
    row = row_of(queries.region_profile(workspace, look(workspace, "2026-01", TOWN_A)), "garbage")
    assert (row["value"], row["difference"], row["batch"], row["file_row"]) == (20, None, 1, 2)
    assert (row["rank"], row["ranked_count"]) == (2, 2)


def test_a_county_made_of_town_totals_is_not_said_to_come_from_its_own_report(workspace: Workspace) -> None:
    commit(workspace.store, (TOWN_A, "garbage", "2026-01", 20), (TOWN_B, "garbage", "2026-01", 7))
    commit(workspace.store, (COUNTY, "garbage", "2026-01", 30))
    row = row_of(queries.region_profile(workspace, look(workspace, "2026-01")), "garbage")
    assert (row["value"], row["own"], row["difference"], row["batch"]) == (27, 30, 3, None)


@pytest.mark.parametrize(
    ("later", "batch"),
    [
        ([("toilets", "2026-02", 60)], 2),  # the numerator made the figure
        ([("toilet_rate", "2026-02", 61)], 2),  # the percentage is the later
        ([("toilets", "2026-02", 60), ("toilet_rate", "2026-02", 61)], 2),
        ([("households", "2026-02", 110)], 1),  # a new denominator does not make it another report
    ],
)
def test_a_ratio_comes_from_its_numerator_or_from_the_later_percentage(
    workspace: Workspace, later: list[tuple[str, str, int]], batch: int
) -> None:
    commit(workspace.store, (A1, "households", "2026-01", 100), (A1, "toilets", "2026-01", 55))
    commit(workspace.store, *((A1, *cell) for cell in later))
    row = row_of(queries.region_profile(workspace, look(workspace, "2026-02", A1)), "toilet_rate")
    assert row["batch"] == batch


def test_a_percentage_is_its_own_origin_where_the_numerator_has_no_denominator(workspace: Workspace) -> None:
    commit(workspace.store, (A1, "toilet_rate", "2026-01", 70))
    commit(workspace.store, (A1, "toilets", "2026-01", 7))
    row = row_of(queries.region_profile(workspace, look(workspace, "2026-01", A1)), "toilet_rate")
    assert (row["value"], row["batch"]) == (70, 1)


def test_a_profile_brings_the_target_and_its_state(workspace: Workspace) -> None:
    commit_frames(workspace.store, cells(), targets((TOWN_A, "toilets", "2026-12", 0, 60)))
    commit(workspace.store, (A1, "toilets", "2026-06", 45), (A1, "garbage", "2026-06", 1))
    found = queries.region_profile(workspace, look(workspace, "2026-06", TOWN_A))
    toilets, garbage = row_of(found, "toilets"), row_of(found, "garbage")
    assert (toilets["target"], toilets["deadline"], toilets["progress_pct"], toilets["state"]) == (
        60,
        202612,
        75,
        "ahead",
    )
    assert (garbage["target"], garbage["state"]) == (None, None)


def test_a_region_without_reports_has_an_empty_profile(workspace: Workspace) -> None:
    assert queries.region_profile(workspace, look(workspace, "2026-01", A1)).empty


# ── origins ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_origins_of_a_sum_are_the_reports_of_its_villages(workspace: Workspace) -> None:
    commit(workspace.store, (A1, "garbage", "2026-01", 5), (B1, "garbage", "2026-01", 2), file="one.csv")
    commit(workspace.store, (B1, "garbage", "2026-01", 3), file="two.csv")
    found = queries.figure_origins(workspace, look(workspace, "2026-01"))
    assert rows_of(found, "region_code", "level", "value", "batch", "file_name", "file_row", "is_carried") == [
        (A1, "village", 5, 1, "one.csv", 2, False),
        (B1, "village", 3, 2, "two.csv", 2, False),
    ]


def test_a_carried_report_is_shown_with_the_month_it_was_made_for(workspace: Workspace) -> None:
    commit(
        workspace.store, (A1, "toilets", "2025-10", 30), (A1, "toilets", "2026-01", 33), (A2, "toilets", "2025-12", 7)
    )
    found = queries.figure_origins(workspace, look(workspace, "2026-02", TOWN_A, "toilets"))
    assert rows_of(found, "region_code", "period", "value", "is_carried") == [
        (A1, 202601, 33, True),
        (A2, 202512, 7, True),
    ]
    assert queries.figure_origins(workspace, look(workspace, "2027-02", TOWN_A, "toilets")).empty


def test_an_undone_batch_is_nobodys_origin(workspace: Workspace) -> None:
    commit(workspace.store, (A1, "garbage", "2026-01", 5), file="one.csv")
    commit(workspace.store, (A1, "garbage", "2026-01", 6), (A2, "garbage", "2026-01", 1), file="two.csv")
    journal.undo(workspace.store, 2, actor=ACTOR, now=NOON)
    columns = ("region_code", "value", "batch", "file_name")
    assert rows_of(queries.figure_origins(workspace, look(workspace, "2026-01")), *columns) == [(A1, 5, 1, "one.csv")]
    before = queries.figure_origins(workspace, look(workspace, "2026-01", watermark=2))
    assert rows_of(before, *columns) == [(A1, 6, 2, "two.csv"), (A2, 1, 2, "two.csv")]


def test_a_ratio_brings_the_reports_of_its_parts(workspace: Workspace) -> None:
    commit(workspace.store, (A1, "households", "2020-01", 100), (A1, "toilets", "2026-01", 55))
    found = queries.figure_origins(workspace, look(workspace, "2026-01", A1, "toilet_rate"))
    assert rows_of(found, "for_indicator", "indicator", "period", "value") == [
        ("toilet_rate", "households", 202001, 100),
        ("toilet_rate", "toilets", 202601, 55),
    ]
