"""What changed since a snapshot: reports at its watermark against reports now, as far as they bear on its pages."""

import random
import tempfile
from collections import Counter
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ecodash import actions, queries
from ecodash.domain.access import operator
from ecodash.domain.comparison import Against, Comparison, Span
from ecodash.domain.pages import Page
from ecodash.domain.periods import Month
from ecodash.domain.regions import key_range, region_key
from ecodash.domain.since import Change, Since
from ecodash.domain.snapshots import Snapshot, SnapshotWish
from ecodash.errors import SubmissionRejected, TransitionRefused, UserError
from ecodash.reports.frozen import FrozenPack
from ecodash.store import journal
from ecodash.store.journal import Submission
from ecodash.store.since import Reach, cell_changes
from ecodash.workspace import Workspace
from tests.builders import (
    A1,
    A2,
    A3,
    ACTOR,
    B1,
    B2,
    CATALOG,
    COUNTY,
    NOON,
    TOWN_A,
    TOWN_B,
    cells,
    commit,
    commit_frames,
    new_store,
    sample_regions,
    targets,
)
from tests.queries.asking import look

MONTH = "2026-10"


def pack_of(workspace: Workspace, page: Page = Page.OVERVIEW, **choice: Any) -> FrozenPack:
    """A snapshot of one page as of the newest watermark."""
    comparison = choice.pop("comparison", None)
    frozen = queries.freeze(workspace, page, look(workspace, choice.pop("month", MONTH), **choice), comparison)
    return FrozenPack(frozen.meta, (frozen,))


def since(workspace: Workspace, pack: FrozenPack) -> Since:
    return queries.changes_since(workspace, pack, queries.newest_watermark(workspace))


def counts(found: Since) -> tuple[int, int, int]:
    return found.corrected, found.added, found.withdrawn


def commit_by(workspace: Workspace, name: str, *rows: tuple[str, str, str, float | int | str]) -> None:
    submission = Submission(cells(*rows), targets(), "f.csv", "0" * 64, row_count=len(rows))
    actor = operator(name, "test")
    journal.commit(workspace.store, submission, actor=actor, now=NOON, received_at=NOON, catalog_digest=CATALOG.digest)


def undo(workspace: Workspace, number: int, *, name: str = ACTOR.name, rest: bool = False) -> None:
    journal.undo(workspace.store, number, actor=operator(name, "test"), now=NOON, rest=rest)


def report(workspace: Workspace) -> None:
    commit(
        workspace.store,
        *((code, "households", "2020-01", 100) for code in (A1, A2, A3, B1, B2)),
        *((A1, "garbage", MONTH, 120), (A2, "garbage", MONTH, 50), (B1, "garbage", MONTH, 30)),
        *((A1, "toilets", "2026-06", 40), (A1, "garbage", "2026-09", 10)),
    )


# ── counting ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_nothing_committed_since_is_nothing_changed(workspace: Workspace) -> None:
    report(workspace)
    found = since(workspace, pack_of(workspace))
    assert found == Since(1, 1, NOON, NOON)
    assert found.is_same


def test_corrected_added_and_withdrawn_are_counted_with_who_and_in_which_batches(workspace: Workspace) -> None:
    report(workspace)
    commit_by(workspace, "赵六", (A3, "garbage", MONTH, 9), (A3, "toilets", MONTH, 1))
    pack = pack_of(workspace)
    commit_by(workspace, "张三", (A1, "garbage", MONTH, 210), (A2, "garbage", MONTH, 51), (B2, "garbage", MONTH, 5))
    commit_by(workspace, "李四", (A2, "garbage", MONTH, 60), (B2, "toilets", MONTH, 7), (B2, "level", MONTH, 2))
    undo(workspace, 2, name="王五")
    found = since(workspace, pack)
    # A1 and A2 corrected; B2 added three; A3's two were taken away. A2's last word is 李四's.
    assert counts(found) == (2, 3, 2)
    assert found.people == (("李四", 3), ("张三", 2), ("王五", 2))
    assert (found.then, found.now, found.batches) == (2, 5, (3, 4, 5))
    assert found.largest == Change(A1, f"{TOWN_A} {A1}", "garbage", "garbage", "单位", "2026年10月", 120.0, 210.0)
    assert not found.is_same


def test_what_was_changed_and_changed_back_is_nothing(workspace: Workspace) -> None:
    report(workspace)
    pack = pack_of(workspace)
    commit(workspace.store, (A1, "garbage", MONTH, 210), (B2, "garbage", MONTH, 5))
    undo(workspace, 2)
    commit(workspace.store, (A2, "garbage", MONTH, 51))
    commit(workspace.store, (A2, "garbage", MONTH, 50))
    found = since(workspace, pack)
    assert (counts(found), found.people, found.batches, found.largest) == ((0, 0, 0), (), (), None)
    assert found.is_same


def test_an_undo_of_a_correction_from_before_the_snapshot_counts_against_who_undid_it(workspace: Workspace) -> None:
    report(workspace)
    commit(workspace.store, (A1, "garbage", MONTH, 200))
    pack = pack_of(workspace)
    undo(workspace, 2, name="王五")
    found = since(workspace, pack)
    assert (counts(found), found.people) == ((1, 0, 0), (("王五", 1),))
    assert found.largest is not None
    assert (found.largest.before, found.largest.after) == (200, 120)


def which_count(workspace: Workspace, pack: FrozenPack, *rows: tuple[str, str, str, int]) -> list[tuple[str, str, str]]:
    """Which of some reports, each committed by itself, count as changed since a snapshot."""
    found = []
    for row in rows:
        before = sum(counts(since(workspace, pack)))
        commit(workspace.store, row)
        if sum(counts(since(workspace, pack))) > before:
            found.append(row[:3])
    return found


def test_a_ranking_counts_its_region_its_indicator_its_month_and_the_one_before(workspace: Workspace) -> None:
    report(workspace)
    inside = [(TOWN_A, "garbage", MONTH), (A1, "garbage", MONTH), (A1, "garbage", "2026-09")]
    outside = [(B1, "garbage", MONTH), (COUNTY, "garbage", MONTH), (A1, "found", MONTH)]
    other_months = [(A1, "garbage", "2026-11"), (A1, "garbage", "2026-08")]
    pack = pack_of(workspace, Page.RANKING, region=TOWN_A)
    rows = [(*one, 77) for one in (*outside, *inside, *other_months)]
    assert which_count(workspace, pack, *rows) == inside


def test_a_rate_counts_its_parts_as_far_back_as_they_carry(workspace: Workspace) -> None:
    """The month before the selected one is shown too; a stock reaches twelve months further back, households for ever."""
    report(workspace)
    inside = [(A2, "toilet_rate", MONTH), (A2, "toilets", "2025-09"), (A2, "households", "2015-01")]
    outside = [(A2, "toilets", "2025-08"), (A2, "households", "2026-11"), (A2, "found", MONTH)]
    pack = pack_of(workspace, Page.MAP, indicator="toilet_rate")
    assert which_count(workspace, pack, *((*one, 33) for one in (*inside, *outside))) == inside


def test_an_overview_counts_the_year_so_far_and_where_its_targets_start(workspace: Workspace) -> None:
    report(workspace)
    inside = [(B2, "garbage", "2026-01"), (B2, "score", "2025-12"), (B2, "toilets", "2024-12")]
    outside = [(B2, "garbage", "2025-12"), (B2, "toilets", "2024-11"), (B2, "garbage", "2026-11")]
    assert which_count(workspace, pack_of(workspace), *((*one, 3) for one in (*outside, *inside))) == inside


def test_a_profile_counts_three_years_of_its_indicator_and_one_of_the_others(workspace: Workspace) -> None:
    report(workspace)
    inside = [(B2, "garbage", "2023-11"), (B2, "found", "2025-11")]
    outside = [(B2, "garbage", "2023-10"), (B2, "found", "2025-10")]
    pack = pack_of(workspace, Page.PROFILE, region=TOWN_B)
    assert which_count(workspace, pack, *((*one, 3) for one in (*outside, *inside))) == inside


def test_a_ranking_over_the_year_against_the_year_before_counts_both_and_nothing_between(workspace: Workspace) -> None:
    report(workspace)
    pack = pack_of(workspace, Page.RANKING, month="2026-02", comparison=Comparison(Span.YEAR, Against.YEAR_AGO))
    months = ["2024-12", "2025-01", "2025-02", "2025-03", "2025-12", "2026-01", "2026-02", "2026-03"]
    commit(workspace.store, *((B2, "garbage", month, 3) for month in months))
    assert counts(since(workspace, pack)) == (0, 4, 0)


def test_who_reported_counts_any_report_of_the_month_but_no_fact_of_the_region(workspace: Workspace) -> None:
    report(workspace)
    pack = pack_of(workspace, Page.REPORTING)
    commit(workspace.store, (B2, "found", MONTH, 3), (B2, "found", "2026-09", 3), (B2, "households", MONTH, 3))
    assert counts(since(workspace, pack)) == (0, 1, 0)


def test_a_pack_counts_a_report_that_several_pages_show_once(workspace: Workspace) -> None:
    report(workspace)
    pages = tuple(queries.freeze(workspace, page, look(workspace, MONTH)) for page in (Page.OVERVIEW, Page.RANKING))
    commit(workspace.store, (A1, "garbage", MONTH, 121))
    assert counts(since(workspace, FrozenPack(pages[0].meta, pages))) == (1, 0, 0)


# ── the largest ────────────────────────────────────────────────────────────────────────────────────────────────────


def largest(
    workspace: Workspace, *rows: tuple[str, str, str, float | int]
) -> tuple[str, str, float | None, float | None]:
    report(workspace)
    pack = pack_of(workspace)
    commit(workspace.store, *rows)
    found = since(workspace, pack).largest
    assert found is not None
    return found.region_code, found.indicator, found.before, found.after


def test_the_largest_is_the_largest_in_relation_to_what_it_was(workspace: Workspace) -> None:
    rows = [(A1, "garbage", MONTH, 170), (B1, "garbage", MONTH, 60), (B2, "garbage", MONTH, 99_999)]
    assert largest(workspace, *rows) == (B1, "garbage", 30, 60)


def test_of_equals_the_larger_difference_is_the_largest(workspace: Workspace) -> None:
    assert largest(workspace, (B1, "garbage", MONTH, 15), (A1, "garbage", MONTH, 240)) == (A1, "garbage", 120, 240)


def test_where_nothing_was_corrected_it_is_the_largest_that_was_added_households_last(workspace: Workspace) -> None:
    rows = [(B2, "garbage", MONTH, 5), (A3, "found", MONTH, 8), (A1, "households", MONTH, 300)]
    assert largest(workspace, *rows) == (A3, "found", None, 8)


def test_a_value_from_zero_is_a_whole_change_and_zero_is_not_missing(workspace: Workspace) -> None:
    commit(workspace.store, (A1, "found", MONTH, 0), (A2, "found", MONTH, 4))
    pack = pack_of(workspace)
    commit(workspace.store, (A1, "found", MONTH, 3), (A2, "found", MONTH, 0))
    found = since(workspace, pack)
    assert counts(found) == (2, 0, 0)
    assert found.largest is not None
    assert (found.largest.before, found.largest.after) == (4, 0)


# ── targets ────────────────────────────────────────────────────────────────────────────────────────────────────────


def set_targets(workspace: Workspace, *rows: tuple[str, str, str, float | int, float | int]) -> None:
    commit_frames(workspace.store, cells(), targets(*rows))


def test_targets_set_and_changed_count_where_the_page_shows_them(workspace: Workspace) -> None:
    report(workspace)
    set_targets(workspace, (COUNTY, "garbage", "2026-12", 0, 100), (TOWN_A, "garbage", "2026-12", 0, 60))
    packs = {page: pack_of(workspace, page) for page in (Page.OVERVIEW, Page.PROGRESS, Page.RANKING)}
    set_targets(
        workspace,
        (COUNTY, "garbage", "2026-12", 0, 150),
        (COUNTY, "toilets", "2026-12", 5, 9),
        (COUNTY, "garbage", "2027-12", 0, 1),
        (TOWN_A, "garbage", "2026-12", 3, 60),
        (TOWN_B, "found", "2026-12", 0, 60),
        (A1, "garbage", "2026-12", 0, 60),
    )
    found = {page: since(workspace, pack) for page, pack in packs.items()}
    # The overview shows the county's own two of the year; progress its towns' on the indicator besides.
    assert {page: one.targets for page, one in found.items()} == {Page.OVERVIEW: 2, Page.PROGRESS: 3, Page.RANKING: 0}
    assert found[Page.OVERVIEW].people == ((ACTOR.name, 2),)
    assert found[Page.RANKING].is_same
    undo(workspace, 3)
    assert all(since(workspace, pack).is_same for pack in packs.values())


def test_progress_counts_reports_of_every_indicator_the_region_has_a_target_for(workspace: Workspace) -> None:
    report(workspace)
    set_targets(workspace, (COUNTY, "found", "2026-12", 0, 100))
    pack = pack_of(workspace, Page.PROGRESS)
    commit(workspace.store, (A1, "found", "2026-02", 1), (A1, "closed", "2026-02", 1), (A1, "garbage", "2026-02", 1))
    assert counts(since(workspace, pack)) == (0, 2, 0)


# ── against a plain comparison of both states ──────────────────────────────────────────────────────────────────────

PLACES, CODES = [A1, A2, B1, TOWN_A], ["garbage", "toilets"]
row = st.tuples(st.sampled_from(PLACES), st.sampled_from(CODES), st.sampled_from(["2026-09", MONTH]), st.integers(0, 3))
batch = st.lists(row, min_size=1, max_size=6, unique_by=lambda one: one[:3])
Step = list[tuple[str, str, str, int]] | tuple[int, bool]
Cell = tuple[int, str, int]
Cells = dict[Cell, Fraction]


# Each example opens a store, so a failing one is shown as drawn.
@settings(
    max_examples=6,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(
    st.lists(st.one_of(batch, batch, st.tuples(st.integers(1, 6), st.booleans())), min_size=2, max_size=7),
    st.randoms(use_true_random=False),
)
def test_changes_equal_those_of_a_plain_comparison(steps: list[Step], draw: random.Random) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = new_store(Path(folder), regions=sample_regions([A1, A2, B1]))
        try:
            states, touched = replay(store, steps)
            last = len(states) - 1
            marks = [*((mark, last) for mark in range(last + 1)), (0, last // 2)]
            lo, hi = key_range(region_key(draw.choice([COUNTY, TOWN_A])))
            codes = tuple(draw.sample(CODES, draw.randint(1, 2)))
            first = draw.choice([202609, 202610])
            with store.reading() as connection:
                for then, now in marks:
                    found = cell_changes(connection, then, now, [Reach(lo, hi, codes, first, 202610)])
                    asked = {
                        k for k in {*states[then], *states[now]} if lo <= k[0] < hi and k[1] in codes and k[2] >= first
                    }
                    expected = {
                        key: (states[then].get(key), states[now].get(key), newest(touched, key, now))
                        for key in asked
                        if states[then].get(key) != states[now].get(key)
                    }
                    assert as_cells(found) == expected
        finally:
            store.close()


def replay(store: Any, steps: list[Step]) -> tuple[list[Cells], list[set[Cell]]]:
    """The cells that stand after each watermark, from 0, and those each batch changed, from batch 1."""
    words: dict[Cell, list[tuple[int, Fraction]]] = {}
    states: list[Cells] = [{}]
    touched: list[set[Cell]] = [set()]
    for one in steps:
        try:
            if isinstance(one, tuple):
                free = {key for key, said in words.items() if said and said[-1][0] == one[0]}
                journal.undo(store, one[0], actor=ACTOR, now=NOON, rest=one[1])
                for key in free:
                    words[key].pop()
            else:
                new = {(region_key(a), b, Month.parse(c).key): Fraction(d) for a, b, c, d in one}
                commit(store, *one)
                free = {key for key, value in new.items() if states[-1].get(key) != value}
                for key in free:
                    words.setdefault(key, []).append((len(states), new[key]))
        except (SubmissionRejected, TransitionRefused):
            continue
        states.append({key: said[-1][1] for key, said in words.items() if said})
        touched.append(free)
    return states, touched


def newest(touched: list[set[Cell]], key: Cell, now: int) -> int:
    return max(number for number in range(1, now + 1) if key in touched[number])


def as_cells(found: pd.DataFrame) -> dict[Cell, tuple[Fraction | None, Fraction | None, int]]:
    return {
        (int(row["region"]), str(row["indicator"]), int(row["period"])): (
            fraction(row["before"]),
            fraction(row["after"]),
            int(row["seq"]),
        )
        for row in found.to_dict("records")
    }


def fraction(value: float) -> Fraction | None:
    return None if pd.isna(value) else Fraction(value)


# ── figures beside figures ─────────────────────────────────────────────────────────────────────────────────────────


def test_the_figures_now_stand_beside_those_then_and_those_that_read_otherwise_are_counted(
    workspace: Workspace,
) -> None:
    report(workspace)
    pack = pack_of(workspace, Page.RANKING)
    commit(workspace.store, (B1, "garbage", MONTH, 300))
    comparison = queries.compare_with_now(workspace, pack, 2)
    towns = comparison[0].set_index(["region_code", "label"])
    assert tuple(towns.loc[(TOWN_B, "garbage"), ["then", "now", "rank_then", "rank_now", "kind"]]) == (
        30, 300, 2, 1, "corrected",
    )  # fmt: skip
    assert tuple(towns.loc[(TOWN_A, "garbage"), ["then", "now", "rank_then", "rank_now", "kind"]]) == (
        170, 170, 1, 2, "moved",
    )  # fmt: skip
    assert Counter(kind for frame in comparison for kind in frame["kind"] if kind != "same") == {
        "corrected": 2,
        "moved": 1,
    }
    assert [int(frame["position"].iloc[0]) for frame in comparison] == [0, 0]
    assert queries.with_shown(since(workspace, pack), comparison).shown == 3


def made(workspace: Workspace, page: Page, month: str = MONTH, **choice: Any) -> Snapshot:
    frozen = queries.freeze(workspace, page, look(workspace, month, **choice))
    number = actions.create_snapshot(workspace, [frozen], SnapshotWish(), actor=ACTOR, now=NOON).number
    return queries.get_snapshot(workspace, number=number)


def test_two_editions_of_a_meeting_are_compared_whatever_their_month(workspace: Workspace) -> None:
    report(workspace)
    a, b = made(workspace, Page.RANKING, "2026-09"), made(workspace, Page.RANKING)
    assert queries.are_alike(a, b)
    town = queries.compare_snapshots(workspace, a, b)[0].iloc[0]
    assert (town["region_code"], town["then"], town["now"], town["change"]) == (TOWN_A, 10, 170, 160)


def test_snapshots_of_something_else_are_not_compared(workspace: Workspace) -> None:
    report(workspace)
    a = made(workspace, Page.RANKING)
    others = [
        made(workspace, Page.RANKING, region=TOWN_A),
        made(workspace, Page.RANKING, indicator="toilets"),
        made(workspace, Page.MAP),
    ]
    assert [queries.are_alike(a, b) for b in others] == [False] * 3
    with pytest.raises(UserError, match="不能对照"):
        queries.compare_snapshots(workspace, a, others[0])
