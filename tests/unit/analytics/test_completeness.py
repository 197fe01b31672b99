"""Who reported, who was late, who did not."""

from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from ecodash.analytics.completeness import reporting_status

DUE = datetime(2026, 11, 5, 16, 0, tzinfo=UTC)
EARLY, LATE = DUE - timedelta(seconds=1), DUE + timedelta(days=2)
TOWN_A, TOWN_B, TOWN_C = 100, 200, 300


def status(villages: dict[int, int], receipts: dict[int, datetime]) -> pd.DataFrame:
    """Villages by their town, and the moment each region's report came."""
    units = pd.DataFrame({"region": list(villages), "unit": list(villages.values())}, dtype="int64")
    came = pd.DataFrame(
        {
            "region": pd.Series(list(receipts), dtype="int64"),
            "received_at": pd.Series(list(receipts.values()), dtype="datetime64[us, UTC]"),
        }
    )
    return reporting_status(units, came, DUE)


def counts(frame: pd.DataFrame) -> list[list[object]]:
    return frame[["unit", "villages", "on_time", "late", "missing", "is_own", "state"]].to_numpy().tolist()


VILLAGES = {101: TOWN_A, 102: TOWN_A, 201: TOWN_B, 202: TOWN_B, 301: TOWN_C}


def test_units_with_most_missing_come_first_then_the_latest_then_by_key() -> None:
    found = status(VILLAGES, {101: EARLY, 201: EARLY, 202: LATE, 301: EARLY})
    assert counts(found) == [
        [TOWN_A, 2, 1, 0, 1, False, "partial"],
        [TOWN_B, 2, 1, 1, 0, False, "late"],
        [TOWN_C, 1, 1, 0, 0, False, "complete"],
    ]
    assert found["last_received"].tolist() == [EARLY, LATE, EARLY]


@pytest.mark.parametrize(("received_at", "state"), [(EARLY, "complete"), (DUE, "late")])
def test_a_report_at_the_due_moment_is_late(received_at: datetime, state: str) -> None:
    assert status({301: TOWN_C}, {301: received_at})["state"].tolist() == [state]


def test_every_village_is_late_by_the_deadline_of_its_own_county() -> None:
    units = pd.DataFrame({"region": [101, 201], "unit": [TOWN_A, TOWN_B]}, dtype="int64")
    came = pd.DataFrame({"region": [101, 201], "received_at": pd.to_datetime([DUE, DUE], utc=True)})
    dues = pd.to_datetime(pd.Series([DUE, DUE + timedelta(days=1)]), utc=True)
    found = reporting_status(units, came, dues).set_index("unit")["late"].to_dict()
    assert found == {TOWN_A: 1, TOWN_B: 0}


def test_where_nobody_reported_every_unit_is_missing() -> None:
    found = status(VILLAGES, {})
    assert found["state"].tolist() == ["missing"] * 3
    assert found["missing"].tolist() == [2, 2, 1]
    assert found["last_received"].isna().all()


def test_a_towns_own_total_is_a_part_and_not_a_village() -> None:
    found = status(VILLAGES, {TOWN_A: LATE, 301: EARLY})
    assert counts(found)[0] == [TOWN_A, 2, 0, 0, 2, True, "partial"]
    assert found["last_received"].tolist()[0] == LATE


def test_a_town_complete_by_its_villages_stays_so_beside_its_own_total() -> None:
    found = status({301: TOWN_C}, {301: EARLY, TOWN_C: LATE})
    assert counts(found) == [[TOWN_C, 1, 1, 0, 0, True, "complete"]]
    assert found["last_received"].tolist() == [EARLY]


def test_reports_from_elsewhere_count_for_nobody() -> None:
    assert status({301: TOWN_C}, {999: EARLY})["state"].tolist() == ["missing"]


def test_without_villages_there_is_no_row() -> None:
    assert status({}, {101: EARLY}).empty
