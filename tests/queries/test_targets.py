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


def without_baseline(workspace: Workspace, *rows: tuple[str, str, str, float]) -> None:
    frame = targets(*((region, code, deadline, 0, value) for region, code, deadline, value in rows))
    frame["baseline"] = None
    commit_frames(workspace.store, cells(), frame)


def test_a_stock_without_a_baseline_starts_from_the_year_end(workspace: Workspace) -> None:
    without_baseline(workspace, (TOWN_A, "toilets", "2026-12", 60))
    commit(workspace.store, (A1, "toilets", "2025-11", 20), (A1, "toilets", "2026-05", 40))
    row = row_of(queries.region_targets(workspace, look(workspace, "2026-06", TOWN_A)), "toilets")
    # November's 20 still stood in December; 20 of 40 in 6 of 12 months.
    assert (row["baseline"], row["baseline_source"], row["start"]) == (20, "year_end", 202601)
    assert (row["progress_pct"], row["pace_per_month"], row["arrival_month"]) == (50, pytest.approx(20 / 6), "2026-12")


def test_a_year_end_corrected_later_moves_the_baseline_and_an_earlier_watermark_keeps_its_own(
    workspace: Workspace,
) -> None:
    without_baseline(workspace, (TOWN_A, "toilets", "2026-12", 60))
    commit(workspace.store, (A1, "toilets", "2025-12", 20), (A1, "toilets", "2026-06", 40))
    commit(workspace.store, (A1, "toilets", "2025-12", 30))
    found = [
        row_of(queries.region_targets(workspace, look(workspace, "2026-06", TOWN_A, watermark=mark)), "toilets")
        for mark in (2, 3)
    ]
    assert [(row["baseline"], row["progress_pct"]) for row in found] == [(20, 50), (30, pytest.approx(100 / 3))]


def test_a_stock_nobody_reported_by_the_year_end_starts_from_its_first_report(workspace: Workspace) -> None:
    without_baseline(workspace, (TOWN_A, "toilets", "2026-12", 70))
    commit(workspace.store, (A1, "toilets", "2026-06", 40), (A1, "toilets", "2026-10", 52))
    row = row_of(queries.region_targets(workspace, look(workspace, "2026-10", TOWN_A)), "toilets")
    assert (row["baseline"], row["baseline_source"], row["start"]) == (40, "first_report", 202607)
    assert (row["progress_pct"], row["time_gone_pct"]) == (40, pytest.approx(400 / 6))
    assert (row["pace_per_month"], row["arrival_month"], row["state"]) == (3, "2027-04", "behind")


def test_a_flow_without_a_baseline_starts_at_nothing(workspace: Workspace) -> None:
    without_baseline(workspace, (COUNTY, "garbage", "2026-12", 120))
    commit(workspace.store, (A1, "garbage", "2025-12", 500), (A1, "garbage", "2026-06", 60))
    row = row_of(queries.region_targets(workspace, look(workspace, "2026-06")), "garbage")
    assert (row["baseline"], row["baseline_source"], row["progress_pct"]) == (0, "zero", 50)


def test_a_ratio_starts_from_the_rate_of_all_households_not_from_a_mean_of_rates(workspace: Workspace) -> None:
    without_baseline(workspace, (COUNTY, "toilet_rate", "2026-12", 80))
    for month, toilets in (("2025-12", (90, 10)), ("2026-06", (90, 100))):
        commit(
            workspace.store,
            *((A1, "households", month, 100), (B1, "households", month, 300)),
            *((A1, "toilets", month, toilets[0]), (B1, "toilets", month, toilets[1])),
        )
    row = row_of(queries.region_targets(workspace, look(workspace, "2026-06")), "toilet_rate")
    # The store keeps quotients: 100 of 400 households, then 190 of 400; a mean of the rates would be 46.7 %.
    scale = row["baseline"] / 25
    assert (row["baseline"], row["actual"]) == (pytest.approx(25 * scale), pytest.approx(47.5 * scale))


def test_a_target_nothing_was_ever_reported_for_has_no_baseline(workspace: Workspace) -> None:
    without_baseline(workspace, (COUNTY, "toilets", "2026-12", 120))
    row = row_of(queries.region_targets(workspace, look(workspace, "2026-06")), "toilets")
    assert (row["baseline"], row["baseline_source"], row["state"]) == (None, "unknown", "unreported")


def test_a_half_year_target_stays_when_it_is_the_only_one(workspace: Workspace) -> None:
    set_targets(workspace, (COUNTY, "garbage", "2026-06", 0, 60), (TOWN_A, "garbage", "2026-06", 0, 40))
    commit(workspace.store, (A1, "garbage", "2026-03", 45), (A1, "garbage", "2026-08", 20))
    row = row_of(queries.region_targets(workspace, look(workspace, "2026-10")), "garbage")
    assert (row["actual"], row["latest"], row["progress_pct"]) == (45, 65, 75)  # June's 45 of 60; 65 by October
    assert (row["state"], row["is_reached_late"]) == ("missed", True)
    town = row_of(queries.region_targets(workspace, look(workspace, "2026-10", TOWN_A)), "garbage")
    assert (town["state"], town["progress_pct"]) == ("done", 112.5)


def test_a_half_year_target_is_shown_besides_the_later_one(workspace: Workspace) -> None:
    set_targets(workspace, *((COUNTY, "garbage", when, 0, 60) for when in ("2026-03", "2026-06", "2026-12")))
    commit(workspace.store, (A1, "garbage", "2026-02", 61))
    october = look(workspace, "2026-10")
    assert queries.region_targets(workspace, october)["deadline"].tolist() == [202612]
    past = queries.past_targets(workspace, october)
    assert rows_of(past, "deadline", "state") == [(202603, "done"), (202606, "done")]
    assert queries.past_targets(workspace, look(workspace, "2026-03")).empty  # March's is in force until it ends
    assert queries.past_targets(workspace, look(workspace, "2026-04"))["deadline"].tolist() == [202603]


def test_a_target_says_how_many_villages_stand_behind_it(workspace: Workspace) -> None:
    set_targets(workspace, (TOWN_A, "toilets", "2026-12", 0, 60), (TOWN_A, "garbage", "2026-12", 0, 60))
    commit(workspace.store, (A1, "toilets", "2026-05", 5), (A2, "toilets", "2026-06", 5), (A1, "garbage", "2026-05", 5))
    found = queries.region_targets(workspace, look(workspace, "2026-06", TOWN_A))
    # In June one village reported its toilets and one is carried; nobody reported garbage, May's counts on.
    assert rows_of(found, "indicator", "actual", "reported", "carried", "villages") == [
        ("garbage", 5, 0, 0, 3),
        ("toilets", 10, 1, 1, 3),
    ]


def test_the_matrix_has_a_cell_for_each_target_and_a_whole_for_each_unit(workspace: Workspace) -> None:
    set_targets(workspace, (TOWN_A, "garbage", "2026-12", 0, 100), (TOWN_A, "toilets", "2026-12", 0, 100))
    commit(workspace.store, (A1, "garbage", "2026-06", 60), (A1, "toilets", "2026-06", 20))
    selection = look(workspace, "2026-06")
    found = queries.progress_matrix(workspace, selection, "类")
    assert rows_of(found, "place", "name", "column", "progress_pct", "state", "targets_count") == [
        (1, TOWN_A, "", 40, "behind", 2),
        (1, TOWN_A, "garbage", 60, "ahead", 1),
        (1, TOWN_A, "toilets", 20, "behind", 1),
        (2, TOWN_B, "", None, None, 0),
    ]
    by_category = queries.progress_matrix(workspace, selection)
    assert rows_of(by_category, "name", "column", "column_name", "progress_pct") == [
        (TOWN_A, "", "", 40),
        (TOWN_A, "类", "类", 40),
        (TOWN_B, "", "", None),
    ]
    assert queries.target_categories(workspace, selection) == ["类"]


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
