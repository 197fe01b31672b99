"""Undo where later batches stand on a part: the rest is taken back, that part stays, and all can be taken back later."""

from decimal import Decimal

import pytest

from ecodash.errors import TransitionRefused
from ecodash.store import check, journal, reading, records
from ecodash.store.engine import Store
from tests.builders import A1, A2, A3, ACTOR, B1, COUNTY, NOON, TOWN_A, cells, commit, commit_frames, targets


def undo(store: Store, number: int, *, rest: bool = False) -> int:
    return journal.undo(store, number, actor=ACTOR, now=NOON, rest=rest).batch


def standing(store: Store, watermark: int | None = None) -> dict[tuple[str, str], int]:
    """(region code, indicator) → value, of January."""
    with store.reading() as connection:
        rows = reading.own_reports(connection, 0, 10**12, ["garbage", "toilets"], 202601, 202601, watermark)
    return {(str(row.region), str(row.indicator)): int(row.value) for row in rows.itertuples()}


def origins(store: Store, watermark: int) -> dict[str, int]:
    with store.reading() as connection:
        rows = records.origins(connection, watermark, 0, 10**12, 202601, ["garbage"])
    return {str(row.region): int(row.seq) for row in rows.itertuples()}


def is_sound(store: Store) -> bool:
    with store.reading() as connection:
        return check.problems(connection) == []


@pytest.fixture
def overlapped(store: Store) -> Store:
    """Batch 1 over three villages, batch 2 over one of them."""
    commit(store, *((village, "garbage", "2026-01", 1) for village in (A1, A2, A3)))
    commit(store, (A1, "garbage", "2026-01", 2))
    return store


def test_a_plan_says_what_goes_and_what_stays(overlapped: Store) -> None:
    commit(overlapped, (A1, "garbage", "2026-01", 3))
    with overlapped.reading() as connection:
        plan = journal.undo_plan(connection, 1)
        free = journal.undo_plan(connection, 3)
    assert (plan.batch, plan.cells, plan.later) == (1, 2, (2, 3))
    assert plan.kept.to_dict("records") == [
        {"region": int(A1), "indicator": "garbage", "period": 202601, "value_now": Decimal(3), "by": (2, 3),
         "is_target": False}
    ]  # fmt: skip
    assert (free.cells, free.kept.empty, free.later) == (1, True, ())


def test_a_whole_undo_is_refused_and_the_rest_offered(overlapped: Store) -> None:
    with pytest.raises(
        TransitionRefused, match="其中 1 个数据后来又被第 2 批修改过。 可以只撤销未被改动的其余 2 个数据"
    ):
        undo(overlapped, 1)


def test_the_rest_is_taken_back_and_the_part_stays(overlapped: Store) -> None:
    assert undo(overlapped, 1, rest=True) == 3
    assert standing(overlapped) == {(A1, "garbage"): 2}
    assert origins(overlapped, 3) == {A1: 2}
    assert origins(overlapped, 2) == {A1: 2, A2: 1, A3: 1}
    with overlapped.reading() as connection:
        rows = records.list_batches(connection, 3).set_index("seq")
        assert records.list_batches(connection, 2)["partly_undone_by"].isna().all()
    assert (rows["is_partial"].tolist(), rows["cell_count"].tolist()) == ([True, False, False], [2, 1, 3])
    assert (rows.loc[1, "partly_undone_by"], rows["undone_by"].isna().all()) == (3, True)
    assert is_sound(overlapped)


def test_what_was_left_goes_once_the_later_batch_is_gone(overlapped: Store) -> None:
    undo(overlapped, 1, rest=True)
    undo(overlapped, 2)
    assert standing(overlapped) == {(A1, "garbage"): 1}
    assert origins(overlapped, 4) == {A1: 1}
    assert undo(overlapped, 1) == 5
    assert standing(overlapped) == {}
    with overlapped.reading() as connection:
        rows = records.list_batches(connection, 5).set_index("seq")
        assert records.first_receipts(connection, 5, [202601], 0, 10**12).empty
    assert (rows.loc[1, "undone_by"], rows.loc[1, "partly_undone_by"], rows.loc[5, "cell_count"]) == (5, 3, 1)
    with pytest.raises(TransitionRefused, match="已由第 5 批撤销"):
        undo(overlapped, 1, rest=True)
    assert is_sound(overlapped)


def test_a_rest_can_be_taken_back_in_several_parts(store: Store) -> None:
    commit(store, *((village, "garbage", "2026-01", 1) for village in (A1, A2, A3)))
    commit(store, (A1, "garbage", "2026-01", 2))
    commit(store, (A2, "garbage", "2026-01", 3))
    undo(store, 1, rest=True)
    undo(store, 3)
    undo(store, 1, rest=True)
    assert standing(store) == {(A1, "garbage"): 2}
    with pytest.raises(TransitionRefused, match="仍在使用的 1 个数据后来都被第 2 批修改过"):
        undo(store, 1, rest=True)
    undo(store, 2)
    undo(store, 1, rest=True)
    assert standing(store) == {}
    with store.reading() as connection:
        rows = records.list_batches(connection, 8).set_index("seq")
    assert rows.loc[[4, 6, 8], "is_partial"].tolist() == [True, True, False]
    assert is_sound(store)


def test_a_cell_reported_anew_after_a_partial_undo_is_the_later_batchs(overlapped: Store) -> None:
    undo(overlapped, 1, rest=True)
    commit(overlapped, (A2, "garbage", "2026-01", 7))
    assert origins(overlapped, 4) == {A1: 2, A2: 4}
    undo(overlapped, 2)
    undo(overlapped, 1)
    assert standing(overlapped) == {(A2, "garbage"): 7}
    assert is_sound(overlapped)


def test_the_rest_of_a_batch_nobody_touched_is_all_of_it(store: Store) -> None:
    commit(store, (A1, "garbage", "2026-01", 1))
    undo(store, 1, rest=True)
    with store.reading() as connection:
        assert records.list_batches(connection, 2)["undone_by"].fillna(0).tolist() == [0, 2]


def test_a_correction_taken_back_in_part_brings_back_what_was(store: Store) -> None:
    commit(store, (A1, "garbage", "2026-01", 1), (A2, "garbage", "2026-01", 1))
    commit(store, (A1, "garbage", "2026-01", 2), (A2, "garbage", "2026-01", 2), (B1, "garbage", "2026-01", 2))
    commit(store, (A2, "garbage", "2026-01", 3))
    undo(store, 2, rest=True)
    assert standing(store) == {(A1, "garbage"): 1, (A2, "garbage"): 3}
    assert origins(store, 4) == {A1: 1, A2: 3}
    with pytest.raises(TransitionRefused, match="不能整批撤销：其中 1 个数据后来又被第 2 批、第 3 批修改过"):
        undo(store, 1)
    with store.reading() as connection:
        receipts = records.first_receipts(connection, 4, [202601], 0, 10**12)
    assert sorted(receipts["region"]) == [int(A1), int(A2)]
    assert is_sound(store)


def test_targets_are_taken_back_in_part_too(store: Store) -> None:
    goals = targets((TOWN_A, "toilets", "2026-12", 0, 10), (COUNTY, "toilets", "2026-12", 0, 20))
    commit_frames(store, cells((A1, "toilets", "2026-01", 1)), goals)
    commit_frames(store, cells(), targets((COUNTY, "toilets", "2026-12", 5, 20)))
    with store.reading() as connection:
        kept = journal.undo_plan(connection, 1).kept
    assert kept[["region", "period", "by", "is_target"]].values.tolist() == [[500230000000, 202612, (2,), True]]
    undo(store, 1, rest=True)
    with store.reading() as connection:
        left = journal.targets_as_of(connection, 3)
    assert left[["region", "baseline", "value"]].astype(int).values.tolist() == [[500230000000, 5, 20]]
    assert is_sound(store)


def test_a_batch_stands_by_its_file_until_the_last_of_it_is_gone(overlapped: Store) -> None:
    undo(overlapped, 2)
    undo(overlapped, 1, rest=True)
    with overlapped.reading() as connection:
        assert records.find_batch_of(connection, "0" * 64) is None
    commit(overlapped, (A1, "garbage", "2026-01", 1), (A2, "garbage", "2026-01", 1))
    commit(overlapped, (A1, "garbage", "2026-01", 5), file="更正.csv")
    undo(overlapped, 5, rest=True)
    with overlapped.reading() as connection:
        assert records.find_batch_of(connection, "0" * 64) == 6
        assert records.list_batches(connection, 7).set_index("seq").loc[5, "partly_undone_by"] == 7
