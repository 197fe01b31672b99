"""What a map colours: figures over months, and how near units are to targets, on a small real store."""

from pathlib import Path

import pytest

from ecodash import queries
from ecodash.analytics.attainment import share_of_target
from ecodash.domain.access import SYSTEM
from ecodash.domain.indicators import Catalog, Direction
from ecodash.domain.periods import Month
from ecodash.domain.regions import Level, region_key
from ecodash.workspace import Workspace
from tests.builders import (
    A1,
    A2,
    A3,
    B1,
    B2,
    COUNTY,
    TOWN_A,
    TOWN_B,
    cells,
    commit,
    commit_frames,
    indicator,
    new_store,
    settings_in,
    targets,
)
from tests.queries.asking import look, rows_of


def set_targets(workspace: Workspace, *rows: tuple[str, str, str, float, float]) -> None:
    commit_frames(workspace.store, cells(), targets(*rows))


def test_each_month_has_every_unit_and_missing_is_missing(workspace: Workspace) -> None:
    commit(
        workspace.store, (A1, "garbage", "2026-01", 10), (A2, "garbage", "2026-01", 5), (B1, "garbage", "2026-02", 0)
    )
    months = (Month(2026, 1), Month(2026, 2))
    rows = queries.unit_values(workspace, look(workspace, "2026-02"), months)
    assert rows_of(rows, "region", "month", "value") == [
        (region_key(TOWN_A), "2026-01", 15), (region_key(TOWN_B), "2026-01", None),
        (region_key(TOWN_A), "2026-02", None), (region_key(TOWN_B), "2026-02", 0),
    ]  # fmt: skip


def test_villages_over_months_carry_a_stock_and_say_so(workspace: Workspace) -> None:
    commit(workspace.store, (A1, "toilets", "2026-01", 3))
    months = (Month(2026, 1), Month(2026, 2))
    selection = look(workspace, "2026-02", TOWN_A, "toilets", Level.VILLAGE)
    rows = queries.unit_values(workspace, selection, months)
    first = rows[rows["region"] == region_key(A1)]
    assert rows_of(first, "month", "value", "carried") == [("2026-01", 3, 0), ("2026-02", 3, 1)]
    assert len(rows) == 6


def test_no_months_are_no_rows(workspace: Workspace) -> None:
    assert queries.unit_values(workspace, look(workspace, "2026-02"), ()).empty


def test_a_share_on_the_edge_of_a_band_is_on_it_whatever_the_decimals() -> None:
    shares = [share_of_target(value, target, Direction.HIGHER) for value, target in ((0.17, 0.17), (0.072, 0.12))]
    assert shares == [100, 60]
    assert share_of_target(0.35, 0.07, Direction.LOWER) == 20


def test_an_own_target_is_measured_from_its_baseline_and_flows_from_january(workspace: Workspace) -> None:
    set_targets(workspace, (TOWN_A, "garbage", "2026-12", 0, 40), (TOWN_B, "garbage", "2026-12", 0, 40))
    commit(workspace.store, (A1, "garbage", "2026-01", 10), (A1, "garbage", "2026-02", 20))
    rows = queries.unit_attainment(workspace, look(workspace, "2026-02"))
    # 30 of 40; the other town reported nothing.
    assert rows_of(rows, "region", "attained_pct", "is_own", "holder") == [
        (region_key(TOWN_A), 75, True, region_key(TOWN_A)), (region_key(TOWN_B), None, True, region_key(TOWN_B)),
    ]  # fmt: skip


def test_towns_are_not_held_to_the_countys_amount(workspace: Workspace) -> None:
    set_targets(workspace, (COUNTY, "garbage", "2026-12", 0, 100))
    commit(workspace.store, (A1, "garbage", "2026-01", 10))
    assert queries.unit_attainment(workspace, look(workspace, "2026-01")).empty


def test_units_without_a_target_are_held_to_the_nearest_percentage_above(workspace: Workspace) -> None:
    set_targets(workspace, (COUNTY, "toilet_rate", "2026-12", 10, 80), (TOWN_A, "toilet_rate", "2026-12", 10, 50))
    commit(
        workspace.store,
        *((village, "households", "2026-01", 100) for village in (A1, A2, A3, B1, B2)),
        *((A1, "toilets", "2026-01", 50), (A2, "toilets", "2026-01", 20), (B1, "toilets", "2026-01", 60)),
    )
    rows = queries.unit_attainment(workspace, look(workspace, "2026-01", COUNTY, "toilet_rate", Level.VILLAGE))
    town, county = region_key(TOWN_A), region_key(COUNTY)
    assert rows_of(rows, "region", "attained_pct", "is_own", "holder") == [
        (region_key(A1), 100, False, town), (region_key(A2), 40, False, town), (region_key(A3), None, False, town),
        (region_key(B1), 75, False, county), (region_key(B2), None, False, county),
    ]  # fmt: skip
    # Looked at from the town alone the county's target still stands above it.
    rows = queries.unit_attainment(workspace, look(workspace, "2026-01", TOWN_B, "toilet_rate"))
    assert rows_of(rows, "attained_pct", "holder") == [(75, county), (None, county)]


@pytest.mark.parametrize(
    ("value", "target", "direction", "share"),
    [
        (45, 90, "higher", 50), (99, 90, "higher", 110), (0, 90, "higher", 0), (5, 0, "higher", 100),
        (4, 4, "lower", 100), (8, 4, "lower", 50), (2, 4, "lower", 200), (0, 4, "lower", 100), (3, 0, "lower", 0),
        (0, 0, "lower", 100), (45, 90, "neutral", 50),
    ],
)  # fmt: skip
def test_share_of_a_target_in_both_directions(value: float, target: float, direction: str, share: float) -> None:
    assert share_of_target(value, target, Direction(direction)) == pytest.approx(share)


def test_lower_is_better_is_banded_by_the_way_down_or_by_the_share(tmp_path: Path) -> None:
    catalog = Catalog(
        [indicator("open_dumps", "stock", direction="lower"), indicator("rate", "score", direction="lower")], "x"
    )
    workspace = Workspace(settings_in(tmp_path), new_store(tmp_path, catalog), catalog, SYSTEM)
    set_targets(workspace, (TOWN_A, "open_dumps", "2026-12", 20, 10), (COUNTY, "rate", "2026-12", 9, 4))
    commit(
        workspace.store,
        (A1, "open_dumps", "2026-01", 12),
        (TOWN_A, "rate", "2026-01", 5),
        (TOWN_B, "rate", "2026-01", 3),
    )
    # From 20 down to 10, now 12: 80 per cent of the way.
    rows = queries.unit_attainment(workspace, look(workspace, "2026-01", COUNTY, "open_dumps"))
    assert rows_of(rows, "region", "attained_pct") == [(region_key(TOWN_A), 80)]
    # Held to the county's 4: 5 is 80 per cent of it, 3 has reached it.
    rows = queries.unit_attainment(workspace, look(workspace, "2026-01", COUNTY, "rate"))
    assert [round(share, 2) for share in rows["attained_pct"]] == [80, 133.33]
    workspace.close()
