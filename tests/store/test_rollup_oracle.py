"""Random commits, corrections of earlier months, undos and undos of the rest: at every watermark every figure equals the
oracle's, and every report that stands names the batch it came from."""

import tempfile
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from ecodash.domain.indicators import Kind
from ecodash.domain.periods import Month
from ecodash.domain.regions import COUNTRY_KEY, Level, level_of, region_code, region_key
from ecodash.errors import SubmissionRejected, TransitionRefused
from ecodash.store import check, journal, reading, records
from ecodash.store.engine import Store
from tests.builders import A1, A2, ACTOR, B1, CATALOG, COUNTY, NOON, TOWN_A, TOWN_B, commit, new_store, sample_regions
from tests.store.oracle import Cells, Oracle, kinds_reported

REGIONS = sample_regions([A1, A2, B1])
MONTHS = [Month(2025, 1), Month(2025, 2), Month(2025, 12), Month(2026, 1), Month(2026, 2)]
WATCHED = [*MONTHS, Month(2025, 7), Month(2026, 12), Month(2027, 3)]
PLACES = [A1, A2, B1, TOWN_A, TOWN_B, COUNTY, "50"]

cell = st.sampled_from(PLACES).flatmap(
    lambda place: st.tuples(
        st.just(place),
        st.sampled_from(kinds_reported(CATALOG, level_of(region_key(place)))),
        st.sampled_from([str(month) for month in MONTHS]),
        st.integers(0, 12),
    )
)
batch = st.lists(cell, min_size=1, max_size=12, unique_by=lambda row: row[:3])
undo = st.tuples(st.integers(1, 8), st.booleans())
step = st.one_of(batch, batch, batch, undo, undo)
Step = list[tuple[str, str, str, int]] | tuple[int, bool]
Key = tuple[int, str, int]


# Each example opens a store, so a failing one is shown as drawn: making it smaller would take minutes.
@settings(
    max_examples=15,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(st.lists(step, min_size=1, max_size=6))
@example(
    [
        [(A1, "garbage", "2025-01", 1), (A2, "garbage", "2025-01", 2)],
        [(A1, "garbage", "2025-01", 3)],
        (1, True),
        (1, True),
        (2, False),
        (1, True),
    ]
)
@example(
    [
        [(A1, "toilets", "2025-01", 1), (A2, "toilets", "2025-01", 2), (B1, "toilets", "2025-01", 3)],
        [(A1, "toilets", "2025-01", 4), (A2, "toilets", "2025-01", 5)],
        [(A2, "toilets", "2025-01", 6)],
        (1, True),
        (2, True),
        (1, True),
    ]
)
def test_every_figure_at_every_watermark_equals_the_oracle(steps: list[Step]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = new_store(Path(folder), regions=REGIONS)
        try:
            for watermark, state in enumerate(replay(store, steps)):
                compare(store, watermark, {key: words[-1][1] for key, words in state.items()})
                compare_origins(store, watermark, state)
            with store.reading() as connection:
                assert check.problems(connection) == []
        finally:
            store.close()


State = dict[Key, list[tuple[int, Fraction]]]
"""What was said of each cell and not taken back, oldest first: batch and value. The last one stands."""


def replay(store: Store, steps: list[Step]) -> list[State]:
    """Carry out the steps; what should stand after each watermark, from 0."""
    states: list[State] = [{}]
    for one in steps:
        if isinstance(one, tuple):
            after = undone(store, states[-1], *one)
        else:
            after = committed(store, states[-1], one, len(states))
        if after is not None:
            states.append({key: words for key, words in after.items() if words})
    return states


def committed(store: Store, state: State, rows: list[tuple[str, str, str, int]], seq: int) -> State | None:
    cells = {(region_key(place), code, Month.parse(month).key): Fraction(value) for place, code, month, value in rows}
    fresh = {key: value for key, value in cells.items() if key not in state or state[key][-1][1] != value}
    if not fresh:
        with pytest.raises(SubmissionRejected):
            commit(store, *rows)
        return None
    assert commit(store, *rows).watermark == seq
    return state | {key: [*state.get(key, []), (seq, value)] for key, value in fresh.items()}


def undone(store: Store, state: State, number: int, rest: bool) -> State | None:
    standing = {key for key, words in state.items() if number in [batch for batch, _ in words]}
    free = {key for key in standing if state[key][-1][0] == number}
    if not free or (standing != free and not rest):
        with pytest.raises(TransitionRefused):
            journal.undo(store, number, actor=ACTOR, now=NOON, rest=rest)
        return None
    with store.reading() as connection:
        plan = journal.undo_plan(connection, number)
    kept = {(row.region, row.indicator, row.period): (row.value_now, row.by) for row in plan.kept.itertuples()}
    assert kept == {
        key: (state[key][-1][1], tuple(batch for batch, _ in state[key] if batch > number)) for key in standing - free
    }
    receipt = journal.undo(store, number, actor=ACTOR, now=NOON, rest=rest)
    assert receipt.cells == plan.cells == len(free)
    return state | {key: state[key][:-1] for key in free}


def compare_origins(store: Store, watermark: int, state: State) -> None:
    month = MONTHS[0].key
    with store.reading() as connection:
        origins = records.origins(connection, watermark, 0, 10**12, month, list(CATALOG))
        receipts = records.first_receipts(connection, watermark, [month], 0, 10**12)
        batches = records.list_batches(connection, watermark).set_index("seq")
    expected = {key: words[-1] for key, words in state.items() if key[2] == month}
    found = {(row.region, row.indicator, row.period): (row.seq, row.value) for row in origins.itertuples()}
    assert found == expected
    reporting = {key[0] for key in expected if CATALOG[key[1]].kind is not Kind.ATTRIBUTE}
    assert set(receipts["region"]) == reporting
    holding = {batch for words in state.values() for batch, _ in words}
    uploads = batches[batches["kind"] == "upload"]
    assert set(uploads.index[uploads["undone_by"].isna()]) == holding


def compare(store: Store, watermark: int, cells: Cells) -> None:
    oracle = Oracle(CATALOG, REGIONS, cells)
    with store.reading() as connection:
        rows = reading.read_figures(
            connection,
            CATALOG,
            watermark=watermark,
            months=[month.key for month in WATCHED],
            region=COUNTRY_KEY,
            levels=list(Level),
            codes=list(CATALOG),
        )
    found = {(row["region"], row["indicator"], row["period"]): row for row in rows.to_dict("records")}
    for month in WATCHED:
        for region in REGIONS:
            for code in CATALOG:
                expected = oracle.figure(region.key, code, month)
                row = found.get((region.key, code, month.key))
                place = f"{region_code(region.key)} {code} {month} as of {watermark}"
                if expected is None:
                    assert row is None, f"{place}: {row}"
                    continue
                assert row is not None, f"{place}: expected {expected}"
                value = None if pd.isna(row["value"]) else row["value"]
                if expected[0] is None:
                    assert value is None, place
                else:
                    assert value is not None, place
                    assert abs(value - float(expected[0])) < 1e-5, f"{place}: {value} != {expected}"
                if CATALOG[code].kind.value != "attribute":
                    counts = (row["reported"], row["carried"], row["totals"])
                    assert counts == expected[1:], f"{place}: {counts} != {expected}"
