"""Targets in force and how far they are, on a small real store."""

import pytest

from ecodash import queries
from ecodash.domain.regions import Level
from ecodash.workspace import Workspace
from tests.builders import A1, A2, B1, COUNTY, TOWN_A, TOWN_B, cells, commit, commit_frames, targets
from tests.queries.asking import look, row_of, rows_of


def set_targets(workspace: Workspace, *rows: tuple[str, str, str, float, float]) -> None:
    commit_frames(workspace.store, cells(), targets(*rows))


def test_a_flow_is_counted_from_january_of_the_targets_year(workspace: Workspace) -> None:
    set_targets(workspace, (COUNTY, "garbage", "2026-12", 0, 120))
    commit(
        workspace.store,
        *((A1, "garbage", "2025-12", 500), (A1, "garbage", "2026-01", 10), (B1, "garbage", "2026-03", 20)),
        *((A2, "garbage", "2026-05", 18), (A2, "garbage", "2026-06", 12), (A2, "garbage", "2026-07", 99)),
    )
    row = row_of(queries.region_targets(workspace, look(workspace, "2026-06")), "garbage")
    assert (row["actual"], row["earlier"]) == (60, 30)  # January to June, January to March
    assert (row["progress_pct"], row["time_gone_pct"], row["gap"], row["needed_per_month"]) == (50, 50, 60, 10)
    assert (row["arrival_month"], row["state"]) == ("2026-12", "on_pace")


def test_a_flow_that_reaches_its_target_in_decimals_is_done(workspace: Workspace) -> None:
    set_targets(workspace, (TOWN_A, "garbage", "2026-12", 0, 0.9))
    amounts = (("2026-01", "0.7"), ("2026-02", "0.1"), ("2026-03", "0.1"))
    commit(workspace.store, *((A1, "garbage", month, amount) for month, amount in amounts))
    row = row_of(queries.region_targets(workspace, look(workspace, "2026-03", TOWN_A)), "garbage")
    assert (row["actual"], row["progress_pct"], row["state"]) == (0.9, 100, "done")


def test_a_stock_stands_as_last_known_and_is_stalled_where_it_does_not_move(workspace: Workspace) -> None:
    set_targets(workspace, (TOWN_A, "toilets", "2026-12", 20, 60))
    commit(workspace.store, (A1, "toilets", "2025-12", 40))
    row = row_of(queries.region_targets(workspace, look(workspace, "2026-06", TOWN_A)), "toilets")
    assert (row["actual"], row["earlier"], row["progress_pct"], row["state"]) == (40, 40, 50, "stalled")


def test_an_unreported_target_is_listed_without_progress(workspace: Workspace) -> None:
    set_targets(workspace, (COUNTY, "garbage", "2026-12", 0, 120))
    row = row_of(queries.region_targets(workspace, look(workspace, "2026-06")), "garbage")
    assert (row["target"], row["actual"], row["progress_pct"], row["state"]) == (120, None, None, "unreported")


@pytest.mark.parametrize(
    ("month", "deadline"),
    [
        ("2025-12", 202512),
        ("2026-01", 202606),
        ("2026-06", 202606),
        ("2026-07", 202612),
        ("2024-12", None),
        ("2027-01", None),
    ],
)
def test_the_nearest_deadline_of_the_year_is_in_force(workspace: Workspace, month: str, deadline: int | None) -> None:
    set_targets(workspace, *((COUNTY, "toilets", when, 0, 90) for when in ("2025-12", "2026-06", "2026-12")))
    found = queries.region_targets(workspace, look(workspace, month))
    assert found["deadline"].tolist() == ([] if deadline is None else [deadline])


def test_a_regions_targets_are_its_own_in_the_catalogues_order(workspace: Workspace) -> None:
    set_targets(
        workspace,
        *((COUNTY, "toilets", "2026-12", 0, 90), (COUNTY, "garbage", "2026-12", 0, 120)),
        (TOWN_A, "found", "2026-12", 0, 5),
    )
    found = queries.region_targets(workspace, look(workspace, "2026-06"))
    assert found["indicator"].tolist() == ["garbage", "toilets"]


def test_units_with_a_target_come_neediest_first(workspace: Workspace) -> None:
    set_targets(workspace, *((town, "garbage", "2026-12", 0, 100) for town in (TOWN_A, TOWN_B)))
    commit(workspace.store, (A1, "garbage", "2026-01", 60), (B1, "garbage", "2026-02", 25))
    found = queries.unit_progress(workspace, look(workspace, "2026-06"))
    assert rows_of(found, "region_code", "name", "progress_pct") == [(TOWN_B, TOWN_B, 25), (TOWN_A, TOWN_A, 60)]
    assert queries.unit_progress(workspace, look(workspace, "2026-06", level=Level.VILLAGE)).empty


def test_a_category_is_the_mean_of_the_regions_targets(workspace: Workspace) -> None:
    set_targets(workspace, (COUNTY, "garbage", "2026-12", 0, 100), (COUNTY, "toilets", "2026-12", 0, 10))
    commit(workspace.store, (A1, "garbage", "2026-01", 40), (B1, "toilets", "2026-01", 20))
    found = queries.category_targets(workspace, look(workspace, "2026-06"))
    assert rows_of(found, "category", "progress_pct", "targets_count", "reported_count") == [("类", 70, 2, 2)]
