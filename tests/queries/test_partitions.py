"""A roll-up over any partition of villages equals the whole: how a county is cut into towns says nothing of its figures."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ecodash import queries
from ecodash.domain.access import SYSTEM
from ecodash.domain.regions import Level, Region, region_key
from ecodash.workspace import Workspace
from tests.builders import CATALOG, commit, new_store, settings_in
from tests.queries.asking import look, row_of

CUT, WHOLE = "500230", "500231"
"""Two counties with the same villages and reports: one cut into towns, one a single town."""

VILLAGES, TOWNS = 7, 4
JANUARY, FEBRUARY = "2026-01", "2026-02"
ROLLED_UP = ["garbage", "toilets", "toilet_rate", "found", "closed", "closing_rate", "level"]
COUNTED = ["value", "year_to_date", "reported", "carried", "totals", "unweighted", "villages"]

towns_of = st.lists(st.integers(0, TOWNS - 1), min_size=VILLAGES, max_size=VILLAGES)
reports = st.dictionaries(
    st.tuples(
        st.integers(0, VILLAGES - 1),
        st.sampled_from(["households", *ROLLED_UP]),
        st.sampled_from([JANUARY, FEBRUARY]),
    ),
    st.integers(0, 60),
    min_size=1,
    max_size=45,
)
Reports = dict[tuple[int, str, str], int]

# Each example opens a store, so a failing one is shown as drawn: making it smaller would take minutes.
stores = settings(
    max_examples=15,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def village(county: str, town: int, number: int) -> str:
    return f"{county}{101 + town}{number + 1:03d}"


def opened(folder: str, towns: list[int]) -> Workspace:
    """A store with both counties."""
    codes = ["50", "5002", CUT, WHOLE, *(f"{CUT}{101 + town}" for town in sorted(set(towns))), f"{WHOLE}101"]
    regions = [Region(0, "全国", "全国", is_whole=False)]
    regions += [Region(region_key(code), code, code, is_whole=len(code) >= 6) for code in codes]
    for number, town in enumerate(towns):
        for code in (village(CUT, town, number), village(WHOLE, 0, number)):
            regions.append(Region(region_key(code), code, code, "村"))
    home = Path(folder)
    return Workspace(settings_in(home), new_store(home, regions=regions), CATALOG, SYSTEM)


def reported(workspace: Workspace, towns: list[int], said: Reports) -> None:
    rows = [
        (code, indicator, month, value)
        for (number, indicator, month), value in said.items()
        for code in (village(CUT, towns[number], number), village(WHOLE, 0, number))
    ]
    commit(workspace.store, *rows)


@stores
@given(towns_of, reports)
def test_a_county_cut_into_towns_has_the_figures_of_the_same_villages_in_one(towns: list[int], said: Reports) -> None:
    with tempfile.TemporaryDirectory() as folder:
        workspace = opened(folder, towns)
        try:
            reported(workspace, towns, said)
            for month in (JANUARY, FEBRUARY, "2026-03"):
                cut, whole = (queries.key_figures(workspace, look(workspace, month, county)) for county in (CUT, WHOLE))
                assert list(cut["indicator"]) == list(whole["indicator"])
                for code in cut["indicator"]:
                    one, other = row_of(cut, code), row_of(whole, code)
                    assert {name: one[name] for name in COUNTED} == pytest.approx(
                        {name: other[name] for name in COUNTED}, abs=1e-5
                    ), f"{code} {month} of {towns}"
        finally:
            workspace.close()


@stores
@given(towns_of, reports)
def test_totals_are_those_of_the_villages_and_rates_weigh_by_the_denominator(towns: list[int], said: Reports) -> None:
    """Worked out from the reports of one month alone: nothing is carried, and what is missing counts for nothing."""
    said = {key: value for key, value in said.items() if key[2] == JANUARY and key[1] != "toilet_rate"}
    if not said:
        return
    with tempfile.TemporaryDirectory() as folder:
        workspace = opened(folder, towns)
        try:
            reported(workspace, towns, said)
            county = queries.key_figures(workspace, look(workspace, JANUARY, CUT))
            garbage = [value for (_, code, _), value in said.items() if code == "garbage"]
            if garbage:
                assert row_of(county, "garbage")["value"] == sum(garbage)
            else:
                assert "garbage" not in set(county["indicator"])
            both = [
                (said[number, "toilets", JANUARY], said[number, "households", JANUARY])
                for number in range(VILLAGES)
                if (number, "toilets", JANUARY) in said and said.get((number, "households", JANUARY), 0) > 0
            ]
            if both:
                expected = 100 * sum(part for part, _ in both) / sum(whole for _, whole in both)
                assert row_of(county, "toilet_rate")["value"] == pytest.approx(expected, abs=1e-5)
                parts = queries.ranking(workspace, look(workspace, JANUARY, CUT, "toilet_rate", Level.TOWN))
                parts = parts[parts["value"].notna()]
                weighed = (parts["value"] * parts["denominator"]).sum() / parts["denominator"].sum()
                assert weighed == pytest.approx(expected, abs=1e-4)
        finally:
            workspace.close()
