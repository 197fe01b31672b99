"""Random commits, corrections of earlier months and undos: at every watermark every figure equals the oracle's."""

import tempfile
from fractions import Fraction
from pathlib import Path

import pandas as pd
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ecodash.domain.periods import Month
from ecodash.domain.regions import COUNTRY_KEY, Level, level_of, region_code, region_key
from ecodash.errors import SubmissionRejected, TransitionRefused
from ecodash.store import check, journal, reading
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
step = st.one_of(batch, batch, batch, st.integers(1, 8))


# Each example opens a store, so a failing one is shown as drawn: making it smaller would take minutes.
@settings(
    max_examples=250,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(st.lists(step, min_size=1, max_size=6))
def test_every_figure_at_every_watermark_equals_the_oracle(steps: list[list[tuple[str, str, str, int]] | int]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = new_store(Path(folder), regions=REGIONS)
        try:
            states = replay(store, steps)
            for watermark, cells in enumerate(states):
                compare(store, watermark, cells)
            with store.reading() as connection:
                assert check.problems(connection) == []
        finally:
            store.close()


def replay(store: Store, steps: list[list[tuple[str, str, str, int]] | int]) -> list[Cells]:
    """Carry out the steps; the cells that should stand after each watermark, from 0."""
    states: list[Cells] = [{}]
    changed: list[set[tuple[int, str, int]]] = [set()]
    standing: list[int] = []
    for one in steps:
        if isinstance(one, int):
            undoable = one in standing and not any(changed[one] & changed[later] for later in standing if later > one)
            try:
                journal.undo(store, one, actor=ACTOR, now=NOON)
            except TransitionRefused:
                assert not undoable
                continue
            assert undoable
            standing.remove(one)
            states.append({key: states[-1][key] for key in states[-1] if key not in changed[one]})
            states[-1] |= {key: states[one - 1][key] for key in changed[one] if key in states[one - 1]}
            changed.append(set())
            continue
        after = states[-1] | {
            (region_key(place), code, Month.parse(month).key): Fraction(value) for place, code, month, value in one
        }
        if after == states[-1]:
            try:
                commit(store, *one)
            except SubmissionRejected:
                continue
            raise AssertionError("a batch that changes nothing was committed")
        receipt = commit(store, *one)
        assert receipt.watermark == len(states)
        changed.append({key for key in after if after[key] != states[-1].get(key)})
        standing.append(receipt.batch)
        states.append(after)
    return states


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
