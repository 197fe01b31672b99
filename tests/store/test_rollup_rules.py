"""Each roll-up rule by a small table worked by hand."""

import pandas as pd
import pytest

from ecodash.domain.periods import Month
from ecodash.domain.regions import Level, region_key
from ecodash.store import journal, reading, records
from ecodash.store.engine import Store
from tests.builders import A1, A2, A3, ACTOR, B1, B2, CATALOG, COUNTY, NOON, TOWN_A, TOWN_B, commit, sample_regions

ALL_LEVELS = [Level.VILLAGE, Level.TOWN, Level.COUNTY, Level.PROVINCE, Level.COUNTRY]


def figures(store: Store, month: str, watermark: int | None = None) -> pd.DataFrame:
    with store.reading() as connection:
        mark = journal.newest_watermark(connection) if watermark is None else watermark
        return reading.read_figures(
            connection,
            CATALOG,
            watermark=mark,
            months=[Month.parse(month).key],
            region=0,
            levels=ALL_LEVELS,
            codes=list(CATALOG),
        )


def figure(store: Store, region: str, code: str, month: str, watermark: int | None = None) -> dict[str, object] | None:
    rows = figures(store, month, watermark)
    rows = rows[(rows["region"] == region_key(region)) & (rows["indicator"] == code)]
    return None if rows.empty else rows.iloc[0].to_dict()


def value(store: Store, region: str, code: str, month: str, watermark: int | None = None) -> float | None:
    row = figure(store, region, code, month, watermark)
    return None if row is None or pd.isna(row["value"]) else float(str(row["value"]))


# ── sums ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_flow_adds_up_over_villages_and_levels(store: Store) -> None:
    commit(store, (A1, "garbage", "2026-01", "10.5"), (A2, "garbage", "2026-01", 4), (B1, "garbage", "2026-01", 1))
    assert value(store, TOWN_A, "garbage", "2026-01") == 14.5
    assert value(store, TOWN_B, "garbage", "2026-01") == 1
    assert [value(store, code, "garbage", "2026-01") for code in (COUNTY, "50", "0")] == [15.5, 15.5, 15.5]


def test_a_flow_is_not_carried_into_the_next_month(store: Store) -> None:
    commit(store, (A1, "garbage", "2026-01", 10))
    assert value(store, A1, "garbage", "2026-02") is None
    assert value(store, COUNTY, "garbage", "2026-02") is None


def test_a_reported_zero_is_a_zero_and_an_unreported_village_is_none(store: Store) -> None:
    commit(store, (A1, "garbage", "2026-01", 0))
    assert value(store, A1, "garbage", "2026-01") == 0
    assert value(store, A2, "garbage", "2026-01") is None
    row = figure(store, TOWN_A, "garbage", "2026-01")
    assert row is not None
    assert (row["value"], row["reported"], row["carried"]) == (0, 1, 0)


# ── carrying ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("month", "expected"), [("2025-01", 30), ("2025-02", 30), ("2026-01", 30), ("2026-02", None)])
def test_a_stock_is_carried_twelve_months_and_no_longer(store: Store, month: str, expected: float | None) -> None:
    commit(store, (A1, "toilets", "2025-01", 30))
    assert value(store, A1, "toilets", month) == expected
    assert value(store, COUNTY, "toilets", month) == expected


def test_a_carried_stock_says_how_many_villages_are_carried(store: Store) -> None:
    commit(store, (A1, "toilets", "2025-01", 30), (A2, "toilets", "2025-03", 5))
    row = figure(store, TOWN_A, "toilets", "2025-03")
    assert row is not None
    assert (row["value"], row["reported"], row["carried"]) == (35, 1, 1)


def test_a_later_report_ends_the_carrying_of_an_earlier_one(store: Store) -> None:
    commit(store, (A1, "toilets", "2025-01", 30), (A1, "toilets", "2025-06", 42))
    assert [value(store, TOWN_A, "toilets", m) for m in ("2025-05", "2025-06", "2025-07")] == [30, 42, 42]


def test_a_correction_of_an_earlier_month_changes_the_months_it_is_carried_into(store: Store) -> None:
    commit(store, (A1, "toilets", "2025-01", 30), (A1, "toilets", "2025-04", 42))
    commit(store, (A1, "toilets", "2025-01", 25))
    assert [value(store, COUNTY, "toilets", m) for m in ("2025-01", "2025-03", "2025-04")] == [25, 25, 42]
    assert [value(store, COUNTY, "toilets", m, watermark=1) for m in ("2025-01", "2025-03", "2025-04")] == [30, 30, 42]


def test_a_late_report_between_two_months_shortens_the_carrying(store: Store) -> None:
    commit(store, (A1, "toilets", "2025-01", 30), (A1, "toilets", "2025-06", 42))
    commit(store, (A1, "toilets", "2025-03", 33))
    months = ("2025-02", "2025-03", "2025-05", "2025-06")
    assert [value(store, COUNTY, "toilets", m) for m in months] == [30, 33, 33, 42]


def test_households_stand_until_they_are_reported_anew(store: Store) -> None:
    commit(store, (A1, "households", "2020-01", 100))
    assert value(store, A1, "households", "2026-01") == 100
    assert value(store, COUNTY, "households", "2026-01") == 100


# ── ratios ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_ratio_is_sum_over_sum_and_not_the_mean_of_percentages(store: Store) -> None:
    commit(
        store,
        *((A1, "households", "2026-01", 100), (A2, "households", "2026-01", 300)),
        *((A1, "toilets", "2026-01", 90), (A2, "toilets", "2026-01", 30)),
    )
    assert value(store, A1, "toilet_rate", "2026-01") == 90
    assert value(store, A2, "toilet_rate", "2026-01") == 10
    assert value(store, TOWN_A, "toilet_rate", "2026-01") == 30  # 120 / 400, where the mean would say 50


def test_a_reported_percentage_weighs_by_its_denominator(store: Store) -> None:
    commit(
        store,
        *((A1, "households", "2026-01", 100), (A2, "households", "2026-01", 300)),
        *((A1, "toilet_rate", "2026-01", 90), (A2, "toilet_rate", "2026-01", 10)),
    )
    row = figure(store, TOWN_A, "toilet_rate", "2026-01")
    assert row is not None
    assert (row["value"], row["reported"], row["unweighted"]) == (30, 2, 0)


def test_percentages_and_parts_mix(store: Store) -> None:
    commit(
        store,
        *((A1, "households", "2026-01", 100), (A2, "households", "2026-01", 300), (A1, "toilets", "2026-01", 90)),
        (A2, "toilet_rate", "2026-01", 10),
    )
    assert value(store, TOWN_A, "toilet_rate", "2026-01") == 30


def test_a_percentage_without_a_denominator_stands_alone_and_is_left_out_of_the_town(store: Store) -> None:
    commit(
        store,
        *((A1, "households", "2026-01", 100), (A1, "toilets", "2026-01", 90)),
        (A2, "toilet_rate", "2026-01", 10),
    )
    assert value(store, A2, "toilet_rate", "2026-01") == 10
    row = figure(store, TOWN_A, "toilet_rate", "2026-01")
    assert row is not None
    assert (row["value"], row["reported"], row["unweighted"]) == (90, 2, 1)


def test_percentages_that_cannot_be_weighed_give_no_figure_for_the_town(store: Store) -> None:
    commit(store, (A1, "toilet_rate", "2026-01", 90))
    row = figure(store, TOWN_A, "toilet_rate", "2026-01")
    assert row is not None
    assert pd.isna(row["value"])
    assert (row["reported"], row["unweighted"]) == (1, 1)


def test_a_denominator_of_zero_gives_no_ratio(store: Store) -> None:
    commit(store, (A1, "found", "2026-01", 0), (A1, "closed", "2026-01", 0))
    assert value(store, A1, "closing_rate", "2026-01") is None


def test_a_ratio_of_flows_is_of_its_month_alone(store: Store) -> None:
    commit(store, (A1, "found", "2026-01", 13), (A1, "closed", "2026-01", 13))
    assert value(store, COUNTY, "closing_rate", "2026-01") == 100
    assert value(store, COUNTY, "closing_rate", "2026-02") is None


def test_the_later_of_percentage_and_parts_speaks_and_the_parts_where_equal(store: Store) -> None:
    commit(
        store,
        *((A1, "households", "2025-01", 100), (A1, "toilets", "2025-01", 50), (A1, "toilet_rate", "2025-01", 55)),
        (A1, "toilet_rate", "2025-03", 60),
        (A1, "toilets", "2025-05", 70),
    )
    months = ("2025-01", "2025-02", "2025-03", "2025-04", "2025-05", "2025-06")
    assert [value(store, A1, "toilet_rate", m) for m in months] == [50, 50, 60, 60, 70, 70]


def test_a_towns_percentage_weighs_by_its_villages_where_every_one_reported_the_denominator(store: Store) -> None:
    commit(
        store, *((code, "households", "2026-01", 100) for code in (A1, A2, A3)), (TOWN_A, "toilet_rate", "2026-01", 80)
    )
    commit(store, (B1, "households", "2026-01", 100), (B1, "toilets", "2026-01", 20))
    row = figure(store, COUNTY, "toilet_rate", "2026-01")
    assert row is not None
    assert (row["value"], row["totals"], row["reported"]) == (65, 1, 1)  # (80 % of 300 + 20) / 400


def test_a_towns_percentage_is_left_out_where_a_village_lacks_the_denominator(store: Store) -> None:
    commit(store, *((code, "households", "2026-01", 100) for code in (A1, A2)), (TOWN_A, "toilet_rate", "2026-01", 80))
    commit(store, (B1, "households", "2026-01", 100), (B1, "toilets", "2026-01", 20))
    assert value(store, TOWN_A, "toilet_rate", "2026-01") == 80
    assert value(store, COUNTY, "toilet_rate", "2026-01") == 20


def test_a_published_percentage_reads_back_exactly(store: Store) -> None:
    commit(store, (A1, "households", "2026-01", 1268), (A1, "toilet_rate", "2026-01", "84.3"))
    assert value(store, A1, "toilet_rate", "2026-01") == 84.3
    assert value(store, COUNTY, "toilet_rate", "2026-01") == 84.3


# ── a town's total beside its villages ─────────────────────────────────────────────────────────────────────────────


def test_villages_make_the_town_and_its_own_report_stands_beside_them(store: Store) -> None:
    commit(store, (A1, "garbage", "2026-01", 10), (A2, "garbage", "2026-01", 5), (TOWN_A, "garbage", "2026-01", 20))
    row = figure(store, TOWN_A, "garbage", "2026-01")
    assert row is not None
    assert (row["value"], row["own"], row["totals"]) == (15, 20, 0)
    assert value(store, COUNTY, "garbage", "2026-01") == 15


def test_a_towns_total_stands_in_where_no_village_reported(store: Store) -> None:
    commit(store, (TOWN_A, "garbage", "2026-01", 20), (B1, "garbage", "2026-01", 3))
    assert value(store, TOWN_A, "garbage", "2026-01") == 20
    row = figure(store, COUNTY, "garbage", "2026-01")
    assert row is not None
    assert (row["value"], row["reported"], row["totals"]) == (23, 1, 1)


def test_a_province_held_in_part_keeps_its_own_report(store: Store) -> None:
    commit(
        store, (A1, "households", "2026-01", 100), (A1, "toilets", "2026-01", 90), ("50", "toilet_rate", "2026-01", 84)
    )
    assert value(store, COUNTY, "toilet_rate", "2026-01") == 90
    assert value(store, "50", "toilet_rate", "2026-01") == 84


# ── scores and counted levels ──────────────────────────────────────────────────────────────────────────────────────


def test_a_score_does_not_roll_up(store: Store) -> None:
    commit(store, (A1, "score", "2026-01", 90), (TOWN_B, "score", "2026-01", 80))
    assert value(store, A1, "score", "2026-01") == 90
    assert value(store, TOWN_A, "score", "2026-01") is None
    assert value(store, TOWN_B, "score", "2026-01") == 80
    assert value(store, COUNTY, "score", "2026-01") is None


def test_a_counted_level_counts_the_villages_above_zero(store: Store) -> None:
    commit(store, (A1, "level", "2026-01", 3), (A2, "level", "2026-01", 0), (B1, "level", "2026-01", 1))
    assert value(store, A1, "level", "2026-01") == 3
    assert [value(store, code, "level", "2026-01") for code in (TOWN_A, TOWN_B, COUNTY, "50")] == [1, 1, 2, 2]


# ── the tree of the month ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_village_that_ended_counts_in_its_months_and_not_after(tmp_path_factory: pytest.TempPathFactory) -> None:
    from dataclasses import replace

    from tests.builders import new_store

    regions = [replace(r, last_month=202506) if r.code == A1 else r for r in sample_regions()]
    opened = new_store(tmp_path_factory.mktemp("ended"), regions=regions)
    commit(opened, (A1, "toilets", "2025-06", 30), (A2, "toilets", "2025-06", 5))
    assert value(opened, TOWN_A, "toilets", "2025-06") == 35
    assert value(opened, TOWN_A, "toilets", "2025-07") == 5
    opened.close()


# ── undo ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_undo_brings_back_what_was_and_keeps_every_watermark(store: Store) -> None:
    commit(store, (A1, "toilets", "2025-01", 30))
    commit(store, (A1, "toilets", "2025-01", 99), (B2, "toilets", "2025-02", 1))
    journal.undo(store, 2, actor=ACTOR, now=NOON)
    assert [value(store, COUNTY, "toilets", "2025-02", w) for w in (0, 1, 2, 3)] == [None, 30, 100, 30]
    with store.reading() as connection:
        assert records.list_batches(connection, 3)["undone_by"].tolist()[1] == 3


# ── found by the oracle ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_percentage_stands_beside_a_numerator_whose_denominator_is_unknown(store: Store) -> None:
    commit(store, (A1, "toilets", "2026-01", 7), (A1, "toilet_rate", "2026-01", 70))
    assert value(store, A1, "toilet_rate", "2026-01") == 70


def test_a_countys_own_percentage_leaves_no_trace_once_villages_can_be_weighed(store: Store) -> None:
    commit(store, (COUNTY, "toilet_rate", "2026-01", 2))
    commit(store, (A1, "households", "2026-01", 10), (A1, "toilet_rate", "2026-01", 11))
    assert [value(store, COUNTY, "toilet_rate", "2026-01", w) for w in (1, 2)] == [2, 11]


def test_the_largest_figures_are_weighed_without_an_overflow(store: Store) -> None:
    largest = 10**9
    commit(store, (A1, "households", "2026-01", largest), (A1, "toilet_rate", "2026-01", largest))
    commit(store, (A2, "households", "2026-01", largest), (A2, "toilets", "2026-01", largest))
    assert value(store, TOWN_A, "toilet_rate", "2026-01") == (largest + 100) / 2
