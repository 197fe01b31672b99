"""Targets as they were set, whether they add up, and next year's, on a small real store."""

import pandas as pd
import pytest

from ecodash import queries
from ecodash.domain.regions import region_key
from ecodash.workspace import Workspace
from tests.builders import A1, A2, B1, COUNTY, TOWN_A, TOWN_B, cells, commit, commit_frames, targets
from tests.queries.asking import look, rows_of


def set_targets(workspace: Workspace, *rows: tuple[str, str, str, float | None, float]) -> None:
    frame = targets(*((region, code, due, given or 0, value) for region, code, due, given, value in rows))
    for place, row in enumerate(rows):
        if row[3] is None:
            frame.at[place, "baseline"] = None
    commit_frames(workspace.store, cells(), frame)


def test_plans_say_what_was_given_and_what_is_used(workspace: Workspace) -> None:
    set_targets(
        workspace,
        (COUNTY, "toilets", "2026-12", 10, 90),
        (TOWN_A, "toilets", "2026-12", None, 60),
        (TOWN_B, "toilets", "2026-12", None, 30),
        (TOWN_A, "garbage", "2026-06", None, 20),
        (A1, "toilets", "2026-12", 1, 2),  # a village: two levels down
        (TOWN_A, "toilets", "2027-12", 1, 2),  # another year
    )
    commit(workspace.store, (A1, "toilets", "2025-12", 7))
    found = queries.target_plans(workspace, look(workspace, "2026-12"))
    assert rows_of(
        found, "name", "is_own", "indicator", "deadline", "given", "baseline", "baseline_source", "target"
    ) == [
        (TOWN_A, False, "garbage", 202606, None, 0, "zero", 20),
        (COUNTY, True, "toilets", 202612, 10, 10, "given", 90),
        (TOWN_A, False, "toilets", 202612, None, 7, "year_end", 60),
        (TOWN_B, False, "toilets", 202612, None, None, "unknown", 30),
    ]


def test_the_parts_of_a_flow_are_added_and_the_missing_child_is_named(workspace: Workspace) -> None:
    set_targets(workspace, (COUNTY, "garbage", "2026-12", None, 100), (TOWN_A, "garbage", "2026-12", None, 60))
    found = queries.target_decomposition(workspace, look(workspace, "2026-12"))
    assert rows_of(found.sums, "target", "parts", "difference", "adding", "without_target") == [
        (100, 60, -40, "short", 1)
    ]
    assert rows_of(found.parts, "name", "target") == [(TOWN_A, 60), (TOWN_B, None)]


def test_the_parts_of_a_rate_are_weighed_by_the_households_of_the_month(workspace: Workspace) -> None:
    set_targets(
        workspace,
        (COUNTY, "toilet_rate", "2026-12", None, 75),
        (TOWN_A, "toilet_rate", "2026-12", None, 90),
        (TOWN_B, "toilet_rate", "2026-12", None, 70),
    )
    commit(workspace.store, (A1, "households", "2026-01", 60), (A2, "households", "2026-01", 40))
    commit(workspace.store, (B1, "households", "2026-01", 300))
    found = queries.target_decomposition(workspace, look(workspace, "2026-12"))
    assert rows_of(found.sums, "parts", "difference", "adding") == [(75, 0, "agrees")]
    assert rows_of(found.parts, "weight", "share_pct") == [(100, 25), (300, 75)]


def test_a_rate_of_flows_is_weighed_by_what_was_found_since_january(workspace: Workspace) -> None:
    set_targets(
        workspace,
        (COUNTY, "closing_rate", "2026-12", None, 80),
        (TOWN_A, "closing_rate", "2026-12", None, 100),
        (TOWN_B, "closing_rate", "2026-12", None, 60),
    )
    commit(workspace.store, (A1, "found", "2025-12", 99), (A1, "found", "2026-01", 5), (A1, "found", "2026-02", 5))
    commit(workspace.store, (B1, "found", "2026-03", 10))
    found = queries.target_decomposition(workspace, look(workspace, "2026-06"))
    assert rows_of(found.sums, "parts", "adding") == [(80, "agrees")]


def test_next_years_targets_start_from_this_years_end(workspace: Workspace) -> None:
    set_targets(
        workspace,
        (TOWN_A, "toilets", "2026-12", 10, 60),
        (TOWN_B, "toilets", "2026-12", 10, 30),
        (COUNTY, "garbage", "2026-06", None, 100),
        (COUNTY, "garbage", "2027-06", None, 120),
    )
    commit(workspace.store, (A1, "toilets", "2026-10", 50), (B1, "toilets", "2026-12", 31))
    found = queries.next_year_targets(workspace, look(workspace, "2026-11"))
    assert rows_of(found, "name", "indicator", "deadline", "target", "year_end", "remark") == [
        (COUNTY, "garbage", 202706, 100, None, "exists"),
        (TOWN_A, "toilets", 202712, 60, 50, ""),  # October's 50 is what is known of the year's end
        (TOWN_B, "toilets", 202712, 30, 31, "reached"),
    ]


@pytest.mark.parametrize(("region", "children"), [(COUNTY, [TOWN_A, TOWN_B]), ("50", ["5002"]), (A1, [])])
def test_targets_are_decomposed_to_the_next_level_that_there_is(
    workspace: Workspace, region: str, children: list[str]
) -> None:
    month = look(workspace, "2026-12").month
    found = queries.target_children(workspace, region_key(region), month)
    assert [child.code for child in found] == children


def test_without_targets_every_answer_is_empty(workspace: Workspace) -> None:
    selection = look(workspace, "2026-12")
    assert queries.target_plans(workspace, selection).empty
    assert queries.target_decomposition(workspace, selection).sums.empty
    assert queries.next_year_targets(workspace, selection).empty
    assert queries.past_targets(workspace, selection).empty
    assert isinstance(queries.progress_matrix(workspace, selection), pd.DataFrame)
