"""Key figures, rankings, trends and reconciliation on a small real store."""

import pandas as pd
import pytest

from ecodash import queries
from ecodash.domain.regions import Level
from ecodash.workspace import Workspace
from tests.builders import A1, A2, A3, B1, B2, COUNTY, TOWN_A, TOWN_B, commit
from tests.queries.asking import look, row_of, rows_of

# ── key figures ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_key_figure_stands_beside_the_month_before_and_the_year_so_far(workspace: Workspace) -> None:
    commit(
        workspace.store,
        *((A1, "garbage", "2025-12", 900), (A1, "garbage", "2026-01", 5)),
        *((A1, "garbage", "2026-02", 10), (B1, "garbage", "2026-02", 4), (A2, "garbage", "2026-03", "20.5")),
    )
    row = row_of(queries.key_figures(workspace, look(workspace, "2026-03")), "garbage")
    assert (row["value"], row["previous"], row["change"]) == (20.5, 14, 6.5)
    assert row["year_to_date"] == 39.5  # 5 + 14 + 20.5, without last December
    assert (row["reported"], row["carried"], row["villages"]) == (1, 0, 5)


def test_the_year_so_far_is_free_of_the_noise_of_decimals(workspace: Workspace) -> None:
    commit(workspace.store, *((A1, "garbage", f"2026-0{month}", "0.1") for month in (1, 2, 3)))
    row = row_of(queries.key_figures(workspace, look(workspace, "2026-03")), "garbage")
    assert row["year_to_date"] == 0.3


def test_a_stock_that_is_carried_says_so_and_has_no_year_to_date(workspace: Workspace) -> None:
    commit(workspace.store, (A1, "toilets", "2026-01", 30), (A2, "toilets", "2026-02", 12))
    row = row_of(queries.key_figures(workspace, look(workspace, "2026-02", TOWN_A)), "toilets")
    assert (row["value"], row["reported"], row["carried"], row["villages"]) == (42, 1, 1, 3)
    assert (row["previous"], row["change"], row["year_to_date"]) == (30, 12, None)


def test_what_was_not_reported_is_missing_and_never_zero(workspace: Workspace) -> None:
    commit(workspace.store, (A1, "garbage", "2026-01", 5), (A2, "toilet_rate", "2026-02", 70))
    found = queries.key_figures(workspace, look(workspace, "2026-02"))
    garbage, rate = row_of(found, "garbage"), row_of(found, "toilet_rate")
    assert (garbage["value"], garbage["previous"], garbage["change"]) == (None, 5, None)
    assert (rate["value"], rate["reported"], rate["unweighted"]) == (None, 1, 1)  # no households to weigh it by
    assert set(found["indicator"]) == {"garbage", "toilet_rate"}


def test_the_most_telling_figures_come_first_and_those_without_a_value_last(workspace: Workspace) -> None:
    commit(
        workspace.store,
        *((A1, "toilets", "2026-02", 3), (A1, "garbage", "2026-02", 5)),
        *((A2, "toilet_rate", "2026-02", 70), (COUNTY, "score", "2026-02", 90)),
    )
    found = queries.key_figures(workspace, look(workspace, "2026-02")).sort_values("headline")
    assert list(found["indicator"]) == ["score", "garbage", "toilets", "toilet_rate"]
    assert list(found["headline"]) == [1, 2, 3, 4]


def test_the_first_month_has_no_change(workspace: Workspace) -> None:
    commit(workspace.store, (A1, "garbage", "2026-01", 0))
    row = row_of(queries.key_figures(workspace, look(workspace, "2026-01")), "garbage")
    assert (row["value"], row["previous"], row["change"]) == (0, None, None)


def test_a_store_without_reports_has_no_key_figures(workspace: Workspace) -> None:
    found = queries.key_figures(workspace, look(workspace, "2026-01"))
    assert found.empty
    assert "value" in found.columns


def test_an_attribute_is_no_key_figure_but_an_attribute(workspace: Workspace) -> None:
    commit(workspace.store, (A1, "households", "2020-01", 100), (B1, "households", "2020-01", 50))
    here = look(workspace, "2026-01")
    assert queries.key_figures(workspace, here).empty
    assert queries.region_attributes(workspace, here) == {"households": 150}


def test_a_figure_is_its_own_report_only_where_nothing_from_below_made_it(workspace: Workspace) -> None:
    commit(workspace.store, (TOWN_A, "garbage", "2026-01", 20), (TOWN_B, "garbage", "2026-01", 7))
    commit(workspace.store, (COUNTY, "garbage", "2026-01", 30), (COUNTY, "found", "2026-01", 9))
    town = row_of(queries.key_figures(workspace, look(workspace, "2026-01", TOWN_A)), "garbage")
    assert (town["value"], town["is_own"], town["totals"]) == (20, True, 1)
    county = queries.key_figures(workspace, look(workspace, "2026-01"))
    both = row_of(county, "garbage")
    assert (both["value"], both["own"], both["is_own"]) == (27, 30, False)
    assert row_of(county, "found")["is_own"]


# ── ranking ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_units_are_ranked_with_movement_and_the_unreported_stand_last(workspace: Workspace) -> None:
    commit(workspace.store, (A1, "score", "2026-01", 70), (A2, "score", "2026-01", 90), (A3, "score", "2026-01", 80))
    commit(workspace.store, (A1, "score", "2026-02", 95), (A2, "score", "2026-02", 90), (B1, "score", "2026-02", 90))
    here = look(workspace, "2026-02", indicator="score", level=Level.VILLAGE)
    found = queries.unit_ranking(workspace, here)
    columns = ("rank", "previous_rank", "movement", "region_code", "value", "previous", "is_reported")
    assert rows_of(found, *columns) == [
        (1, 3, 2, A1, 95, 70, True),
        (2, 1, -1, A2, 90, 90, True),
        (2, None, None, B1, 90, None, True),
        (None, 2, None, A3, None, 80, False),
        (None, None, None, B2, None, None, False),
    ]
    assert rows_of(found.head(1), "name", "parent", "kind", "villages") == [(A1, TOWN_A, "村", 1)]


def test_towns_are_ranked_by_their_villages_with_the_count_that_reported(workspace: Workspace) -> None:
    commit(
        workspace.store,
        (A1, "garbage", "2026-01", 5),
        (A2, "garbage", "2026-01", 5),
        (TOWN_B, "garbage", "2026-01", 40),
    )
    found = queries.unit_ranking(workspace, look(workspace, "2026-01"))
    assert rows_of(found, "region_code", "rank", "value", "reported", "totals", "villages") == [
        (TOWN_B, 1, 40, 0, 1, 2),
        (TOWN_A, 2, 10, 2, 0, 3),
    ]


def test_a_village_whose_share_cannot_be_weighed_leaves_its_town_unranked(workspace: Workspace) -> None:
    commit(workspace.store, (A1, "toilet_rate", "2026-01", 70))
    found = queries.unit_ranking(workspace, look(workspace, "2026-01", indicator="toilet_rate"))
    assert rows_of(found, "region_code", "rank", "reported", "unweighted") == [
        (TOWN_A, None, 1, 1),
        (TOWN_B, None, 0, 0),
    ]


def test_a_level_above_the_region_has_no_units(workspace: Workspace) -> None:
    commit(workspace.store, (A1, "garbage", "2026-01", 5))
    assert queries.unit_ranking(workspace, look(workspace, "2026-01", level=Level.CITY)).empty


def test_tiles_are_the_villages_in_code_order_with_their_town(workspace: Workspace) -> None:
    commit(workspace.store, (A2, "garbage", "2026-01", 50), (B1, "garbage", "2026-01", 7))
    found = queries.unit_tiles(workspace, look(workspace, "2026-01"))
    assert rows_of(found, "region_code", "town_name", "rank") == [
        (A1, TOWN_A, None),
        (A2, TOWN_A, 1),
        (A3, TOWN_A, None),
        (B1, TOWN_B, 2),
        (B2, TOWN_B, None),
    ]


# ── trend ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_trend_has_every_month_and_a_gap_where_nothing_was_reported(workspace: Workspace) -> None:
    commit(workspace.store, (A1, "garbage", "2025-11", 3), (A1, "garbage", "2026-01", 0), (B2, "garbage", "2026-01", 2))
    found = queries.region_trend(workspace, look(workspace, "2026-01"), months=4)
    assert rows_of(found, "month", "value", "reported") == [
        ("2025-10", None, 0),
        ("2025-11", 3, 1),
        ("2025-12", None, 0),
        ("2026-01", 2, 2),
    ]


# ── reconciliation ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_towns_total_is_set_beside_the_sum_of_its_villages(workspace: Workspace) -> None:
    commit(
        workspace.store,
        (A1, "garbage", "2026-01", 10),
        (A2, "garbage", "2026-01", 5),
        (TOWN_A, "garbage", "2026-01", 20),
    )
    commit(workspace.store, (TOWN_B, "garbage", "2026-01", 7), (COUNTY, "garbage", "2026-01", 12))
    found = queries.reconciliation(workspace, look(workspace, "2026-01"))
    assert rows_of(found, "region_code", "indicator", "own", "value", "difference") == [
        (COUNTY, "garbage", 12, 22, -10),
        (TOWN_A, "garbage", 20, 15, 5),
    ]


def test_a_county_is_reconciled_with_its_towns_totals_too(workspace: Workspace) -> None:
    commit(
        workspace.store,
        *((code, "garbage", "2026-01", value) for code, value in ((TOWN_A, 20), (TOWN_B, 7), (COUNTY, 30))),
    )
    found = queries.reconciliation(workspace, look(workspace, "2026-01"))
    assert rows_of(found, "region_code", "own", "value", "difference") == [(COUNTY, 30, 27, 3)]


@pytest.mark.parametrize("region", [COUNTY, A1])
def test_without_pairs_there_is_nothing_to_reconcile(workspace: Workspace, region: str) -> None:
    commit(workspace.store, (A1, "garbage", "2026-01", 10))
    found = queries.reconciliation(workspace, look(workspace, "2026-01", region))
    assert found.empty
    assert isinstance(found["difference"], pd.Series)
