"""Where villages alone report, figures are asked for by shorter statements: they say what the longer ones say, and a region
that begins to report for itself is seen at once, but not before it is committed."""

import tempfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from ecodash.domain.regions import COUNTRY_KEY, Level, region_key
from ecodash.store import journal, reading
from ecodash.store.engine import Connection, Store
from ecodash.store.reporters import report_themselves
from tests.builders import A1, A2, ACTOR, B1, CATALOG, COUNTY, NOON, TOWN_A, cells, commit, new_store, targets
from tests.store.oracle import kinds_reported
from tests.store.test_rollup_oracle import MONTHS, PLACES, REGIONS, Step, replay

Answer = Callable[..., bool]
PERIODS = [202501, 202507, 202602, 202612]
ASKED = [
    ([Level.VILLAGE], ["garbage"]),
    ([Level.TOWN], ["garbage", "toilets"]),
    ([Level.COUNTY, Level.VILLAGE], list(CATALOG)),
    ([Level.TOWN], [code for code in CATALOG if CATALOG[code].aggregation.value == "ratio"]),
    ([Level.COUNTRY, Level.PROVINCE, Level.CITY], list(CATALOG)),
    (list(Level), list(CATALOG)),
]

village_cell = st.sampled_from([A1, A2, B1]).flatmap(
    lambda place: st.tuples(
        st.just(place),
        st.sampled_from(kinds_reported(CATALOG, Level.VILLAGE)),
        st.sampled_from([str(month) for month in MONTHS]),
        st.integers(0, 12),
    )
)
batch = st.lists(village_cell, min_size=1, max_size=12, unique_by=lambda row: row[:3])
undo = st.tuples(st.integers(1, 6), st.booleans())


def figures(store: Store, levels: list[Level], codes: list[str], region: int, watermark: int) -> pd.DataFrame:
    with store.reading() as connection:
        return reading.read_figures(
            connection, CATALOG, watermark=watermark, months=PERIODS, region=region, levels=levels, codes=codes,
            with_parts=True,
        )  # fmt: skip


def always(*given: object, **named: object) -> bool:
    """The answer that makes every statement a long one."""
    return True


@settings(
    max_examples=4,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(st.lists(st.one_of(batch, batch, undo), min_size=1, max_size=4))
def test_of_villages_alone_short_statements_say_what_long_ones_say(steps: list[Step]) -> None:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        store = new_store(Path(folder), regions=REGIONS)
        try:
            newest = len(replay(store, steps)) - 1
            places = [COUNTRY_KEY, region_key(COUNTY)]
            asked = [(*what, place, mark) for what in ASKED for place in places for mark in {newest, newest // 2}]
            short = [figures(store, *one) for one in asked]
            patch.setattr(reading, "report_themselves", always)
            for one, found in zip(asked, short, strict=True):
                assert_frame_equal(found, figures(store, *one), obj=str(one))
        finally:
            store.close()


def says_so(connection: Connection, watermark: int, above: Level = Level.VILLAGE) -> bool:
    return report_themselves(connection, watermark, 0, 10**12, above=above)


def test_a_town_that_reports_for_itself_is_seen_from_its_commit_on(store: Store) -> None:
    commit(store, (A1, "garbage", "2026-01", 1))
    with store.reading() as connection:
        assert not says_so(connection, 1)
    commit(store, (TOWN_A, "garbage", "2026-01", 9))
    with store.reading() as connection:
        assert not says_so(connection, 1)
        assert says_so(connection, 2)
        assert not says_so(connection, 2, Level.COUNTY)
        assert report_themselves(connection, 2, region_key(TOWN_A), region_key(TOWN_A) + 1, above=Level.VILLAGE)
        assert not report_themselves(connection, 2, region_key(A1), region_key(A1) + 1, above=Level.VILLAGE)
    commit(store, ("50", "garbage", "2026-01", 90))
    with store.reading() as connection:
        assert says_so(connection, 3, Level.COUNTY)


def test_what_is_only_rehearsed_is_not_remembered(store: Store) -> None:
    commit(store, (A1, "garbage", "2026-01", 1))
    own = journal.Submission(cells((TOWN_A, "garbage", "2026-01", 9)), targets(), "f.csv", "0" * 64, row_count=1)
    rehearsing = journal.rehearsing(store, own, actor=ACTOR, now=NOON, catalog_digest=CATALOG.digest)
    with rehearsing as rehearsal, rehearsal.reading() as connection:
        assert says_so(connection, 2)
    with store.reading() as connection:
        assert not says_so(connection, 2)
    commit(store, (A2, "garbage", "2026-01", 2))
    commit(store, (TOWN_A, "garbage", "2026-02", 3))
    with store.reading() as connection:
        assert says_so(connection, 3)


@pytest.mark.parametrize("place", PLACES[3:])
def test_a_later_own_report_changes_what_was_remembered(store: Store, place: str) -> None:
    commit(store, (A1, "garbage", "2026-02", 5))
    levels = [level for level in Level if level is not Level.VILLAGE]
    before = figures(store, levels, ["garbage"], COUNTRY_KEY, 1)
    commit(store, (place, "garbage", "2026-02", 9))
    after = figures(store, levels, ["garbage"], COUNTRY_KEY, 2)
    assert before["own"].isna().all()
    assert after.loc[after["region"] == region_key(place), "own"].to_list() == [9]
