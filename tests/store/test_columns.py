"""Figures as numbers of the machine: exact both ways, in the order of the journal."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecodash.decimals import DECIMAL, decimal_series, decimals, scaled
from ecodash.domain.periods import Month
from ecodash.store import journal, reading
from ecodash.store.columns import cell_keys, codes_of, numbers_of
from ecodash.store.engine import Store
from ecodash.store.journal import Submission
from tests.builders import A1, A2, ACTOR, CATALOG, NOON, TOWN_A, cells, commit, targets

values = st.lists(st.decimals(min_value=-(10**13), max_value=10**13, places=4, allow_nan=False, allow_infinity=False))


@given(values)
def test_values_go_there_and_back(found: list[Decimal]) -> None:
    amounts = scaled(pd.Series(found, dtype=object))
    assert amounts.tolist() == [int(value * 10000) for value in found]
    assert decimals(amounts).to_pylist() == found
    assert scaled(decimals(amounts)).tolist() == amounts.tolist()


def test_values_are_taken_from_any_kind_of_column() -> None:
    found = [Decimal("1.5"), Decimal(-2), None, Decimal("99999999999999.9999")]
    expected = [15000, -20000, 0, 999999999999999999]
    array = pa.array(found, DECIMAL)
    assert scaled(array).tolist() == expected
    assert scaled(array.slice(1, 2)).tolist() == expected[1:3]
    assert scaled(pa.chunked_array([array.slice(0, 1), array.slice(1)])).tolist() == expected
    assert scaled(pd.Series(pd.arrays.ArrowExtensionArray(array))).tolist() == expected
    assert scaled(pa.array([Decimal("1.5")], pa.decimal128(3, 1))).tolist() == [15000]


def test_a_value_with_a_fifth_place_is_not_rounded_in_silence() -> None:
    with pytest.raises(pa.ArrowInvalid):
        scaled(pd.Series([Decimal("0.00005")], dtype=object))


def test_a_missing_value_is_null() -> None:
    series = decimal_series(np.array([10000, 0]), np.array([True, False]))
    assert series.iloc[0] == 1
    assert series.isna().tolist() == [False, True]


cell = st.tuples(
    st.integers(1990, 2100).flatmap(lambda year: st.integers(1, 12).map(lambda month: Month(year, month).key)),
    st.integers(0, 999_999_999_999),
    st.integers(1, 2047),
)


@given(st.lists(cell, min_size=1))
def test_keys_order_cells_as_the_journal_does(found: list[tuple[int, int, int]]) -> None:
    period, region, number = (np.array(column) for column in zip(*found, strict=True))
    keys = cell_keys(region, number.astype(np.int16), period.astype(np.int32))
    assert sorted(range(len(found)), key=lambda place: (keys[place], place)) == sorted(
        range(len(found)), key=lambda place: (found[place], place)
    )
    assert len(set(keys.tolist())) == len(set(found))


def test_an_indicator_beyond_the_keys_is_a_bug() -> None:
    with pytest.raises(ValueError, match="2048"):
        cell_keys(np.array([1]), np.array([2048]), np.array([202601]))


def test_codes_and_numbers() -> None:
    numbers = {"b": 7, "a": 2}
    column = pd.Series(["a", "b", "a"])
    assert numbers_of(column, numbers).tolist() == [2, 7, 2]
    assert numbers_of(column.astype("category"), numbers).tolist() == [2, 7, 2]
    assert codes_of(np.array([7, 2]), numbers).tolist() == ["b", "a"]


# ── as callers hand them in and get them ───────────────────────────────────────────────────────────────────────────


def test_cells_as_the_reader_makes_them_are_compared_and_committed(store: Store) -> None:
    commit(store, (A1, "garbage", "2026-01", "1.5"))
    plain = cells((A1, "garbage", "2026-01", "2.25"), (A2, "toilets", "2026-01", 3), (A2, "garbage", "2026-01", 1))
    typed = plain.assign(
        indicator=plain["indicator"].astype("category"),
        value=pd.arrays.ArrowExtensionArray(pa.array(plain["value"].to_list(), DECIMAL)),
        sheet=np.zeros(3, dtype=np.int16),
        column=np.arange(3, dtype=np.int16),
    )
    submission = Submission(typed, targets(), "f", "0" * 64, row_count=2)
    with store.reading() as connection:
        found = journal.difference(connection, submission)
        same = journal.difference(connection, Submission(plain, targets(), "f", "0" * 64, row_count=2))
    assert list(found.columns) == ["region", "indicator", "period", "new", "row", "sheet", "column", "old", "change"]
    assert found["new"].tolist() == same["new"].tolist() == [Decimal("2.25"), Decimal(3), Decimal(1)]
    assert found["old"].tolist() == [Decimal("1.5"), pd.NA, pd.NA]
    assert found["change"].tolist() == same["change"].tolist() == ["changed", "new", "new"]
    journal.commit(store, submission, actor=ACTOR, now=NOON, received_at=NOON, catalog_digest=CATALOG.digest)
    with store.reading() as connection:
        again = journal.difference(connection, submission)
    assert set(again["change"]) == {"unchanged"}


def test_a_submission_without_cells_has_no_difference(store: Store) -> None:
    with store.reading() as connection:
        found = journal.difference(connection, Submission(cells(), targets(), "f", "0" * 64, row_count=0))
        goals = journal.target_difference(connection, Submission(cells(), targets(), "f", "0" * 64, row_count=0))
    assert (len(found), len(goals)) == (0, 0)
    assert found["change"].dtype == goals["change"].dtype


def test_a_cell_twice_in_a_submission_is_a_bug(store: Store) -> None:
    with pytest.raises(ValueError, match="twice"):
        commit(store, (A1, "garbage", "2026-01", 1), (A2, "garbage", "2026-01", 1), (A1, "garbage", "2026-01", 1))


def test_own_reports_are_as_handed_in(store: Store) -> None:
    commit(
        store,
        *((A1, "toilets", "2025-12", 1), (A1, "toilets", "2026-01", 2), (TOWN_A, "toilets", "2026-02", 9)),
        *((A1, "households", "2020-01", 50), (A2, "households", "2020-01", 60), (A2, "households", "2026-01", 61)),
        *((A1, "households", "2019-01", 40), (A1, "garbage", "2026-01", 5)),
    )
    commit(store, (A1, "toilets", "2026-01", 3))
    codes = ["toilets", "households"]
    with store.reading() as connection:
        now = reading.own_reports(connection, int(TOWN_A + "000"), int(TOWN_A + "999"), codes, 202601, 202602)
        then = reading.own_reports(connection, int(A1), int(A1) + 1, codes, 202601, 202602, 1)
    assert now["indicator"].cat.categories.tolist() == codes
    rows = sorted((str(r.region), str(r.indicator), r.period, int(r.value)) for r in now.itertuples())
    town = TOWN_A + "000"
    assert rows == sorted([
        (A1, "toilets", 202601, 3),
        (town, "toilets", 202602, 9),
        (A1, "households", 202001, 50),
        (A2, "households", 202601, 61),
    ])  # fmt: skip
    assert then.loc[then["indicator"] == "toilets", "value"].tolist() == [2]
