"""Commit, difference, undo: whole or not at all, and every watermark stays what it was."""

from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa

from ecodash.errors import StoreHeld, SubmissionRejected, TransitionRefused
from ecodash.store import check, journal, records
from ecodash.store.engine import Store, load_rows, open_store
from ecodash.store.journal import Submission
from ecodash.store.tables import audit, batch, counter, observation, origin, rollup
from tests.builders import (
    A1,
    A2,
    A3,
    ACTOR,
    B2,
    CATALOG,
    NOON,
    TOWN_A,
    cells,
    commit,
    commit_frames,
    settings_in,
    targets,
)


def journal_rows(store: Store) -> list[tuple[int, int, float, int, int]]:
    o = observation.c
    with store.reading() as connection:
        rows = connection.execute(
            sa.select(o.region, o.period, o.value, o.seq, o.sign).order_by(o.seq, o.region, o.period, o.sign)
        )
        return [(row.region, row.period, float(row.value), row.seq, row.sign) for row in rows]


def digest(store: Store) -> str:
    with store.reading() as connection:
        return check.digest(connection, journal.newest_watermark(connection))


def test_a_correction_appends_the_old_value_retracted_and_the_new_one(store: Store) -> None:
    commit(store, (A1, "garbage", "2026-01", 10))
    receipt = commit(store, (A1, "garbage", "2026-01", 12), (A2, "garbage", "2026-01", 1))
    key = int(A1)
    assert journal_rows(store) == [
        (key, 202601, 10, 1, 1),
        (key, 202601, 10, 2, -1),
        (key, 202601, 12, 2, 1),
        (int(A2), 202601, 1, 2, 1),
    ]
    assert (receipt.batch, receipt.new, receipt.changed, receipt.unchanged) == (2, 1, 1, 0)


def test_an_unchanged_cell_is_not_written_again(store: Store) -> None:
    commit(store, (A1, "garbage", "2026-01", 10), (A2, "garbage", "2026-01", 3))
    receipt = commit(store, (A1, "garbage", "2026-01", "10.0"), (A2, "garbage", "2026-01", 4))
    assert (receipt.cells, receipt.changed, receipt.unchanged) == (1, 1, 1)


def test_the_same_file_twice_is_refused_and_takes_no_number(store: Store) -> None:
    commit(store, (A1, "garbage", "2026-01", 10))
    with pytest.raises(SubmissionRejected, match="完全相同"):
        commit(store, (A1, "garbage", "2026-01", 10))
    assert commit(store, (A1, "garbage", "2026-01", 11)).batch == 2


def test_a_commit_is_refused_only_where_what_was_shown_has_changed_since(store: Store) -> None:
    commit(store, (A1, "garbage", "2026-01", 10), (B2, "garbage", "2026-01", 10))
    shown = Submission(
        cells((A1, "garbage", "2026-01", 12), (B2, "garbage", "2026-01", 12)), targets(), "f", "0" * 64, row_count=1
    )
    other = {"actor": ACTOR, "now": NOON, "received_at": NOON, "catalog_digest": CATALOG.digest}
    # Between the two in code order, the same region in another month, another indicator: nothing that was shown.
    commit(store, (A2, "garbage", "2026-01", 1), (A1, "garbage", "2026-02", 1), (A1, "toilets", "2026-01", 1))
    commit(store, (A1, "garbage", "2026-01", 11))
    commit(store, (A3, "garbage", "2026-01", 1))
    with pytest.raises(TransitionRefused, match="第 3 批"):
        journal.commit(store, shown, **other, compared_at=2)
    with pytest.raises(TransitionRefused, match="第 3 批"):
        journal.commit(store, shown, **other, compared_at=1)
    assert journal.commit(store, shown, **other, compared_at=3).batch == 5


def test_another_goal_set_since_does_not_hold_up_a_target_that_was_shown(store: Store) -> None:
    goal = (A1, "toilets", "2026-12", 0, 10)
    shown = Submission(cells(), targets(goal), "f", "0" * 64, row_count=1)
    other = {"actor": ACTOR, "now": NOON, "received_at": NOON, "catalog_digest": CATALOG.digest}
    commit_frames(store, cells(), targets((A1, "garbage", "2026-12", 0, 5)))
    assert journal.commit(store, shown, **other, compared_at=0).batch == 2
    again = Submission(cells(), targets((A1, "toilets", "2026-12", 0, 11)), "f", "0" * 64, row_count=1)
    with pytest.raises(TransitionRefused, match="第 2 批"):
        journal.commit(store, again, **other, compared_at=1)


def test_the_difference_names_old_and_new(store: Store) -> None:
    commit(store, (A1, "garbage", "2026-01", 10), (A2, "garbage", "2026-01", 3))
    rows = cells((A1, "garbage", "2026-01", 12), (A2, "garbage", "2026-01", 3), (A1, "toilets", "2026-01", 1))
    with store.reading() as connection:
        found = journal.difference(connection, Submission(rows, targets(), "f", "0" * 64, row_count=2))
    assert found["change"].tolist() == ["changed", "unchanged", "new"]
    assert [None if pd.isna(old) else float(old) for old in found["old"]] == [10, 3, None]


def test_a_commit_that_fails_at_its_end_leaves_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(store, (A1, "garbage", "2026-01", 10))
    before = digest(store)

    def fail(*args: object, **kwargs: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(journal, "write_audit", fail)
    with pytest.raises(OSError, match="disk full"):
        commit(store, (A1, "garbage", "2026-01", 99))
    monkeypatch.undo()
    assert digest(store) == before
    with store.reading() as connection:
        for table in (observation, origin, rollup):
            seqs = set(connection.execute(sa.select(table.c.seq)).scalars())
            assert seqs == {1}, table.name
        assert connection.execute(sa.select(counter.c.value).where(counter.c.name == "watermark")).scalar_one() == 1
        assert check.problems(connection) == []


def test_an_undo_reverses_a_batch_and_says_which(store: Store) -> None:
    commit(store, (A1, "garbage", "2026-01", 10))
    commit(store, (A1, "garbage", "2026-01", 12), (A2, "garbage", "2026-01", 1))
    receipt = journal.undo(store, 2, actor=ACTOR, now=NOON)
    assert receipt.batch == 3
    with store.reading() as connection:
        rows = records.list_batches(connection, 3)
        standing = records.origins(connection, 3, 0, 10**12, 202601, ["garbage"])
    assert rows[["seq", "kind"]].values.tolist() == [[3, "undo"], [2, "upload"], [1, "upload"]]
    assert rows["undone_by"].fillna(0).tolist() == [0, 3, 0]
    assert standing[["region", "seq"]].values.tolist() == [[int(A1), 1]]
    assert [float(value) for value in standing["value"]] == [10]


def test_an_undo_is_refused_where_a_later_batch_changed_the_same_cell(store: Store) -> None:
    commit(store, (A1, "garbage", "2026-01", 10), (A2, "garbage", "2026-01", 1))
    commit(store, (A1, "garbage", "2026-01", 12))
    before = digest(store)
    with pytest.raises(TransitionRefused, match="第 2 批"):
        journal.undo(store, 1, actor=ACTOR, now=NOON)
    assert digest(store) == before


def test_an_undo_is_possible_once_the_later_batch_is_undone(store: Store) -> None:
    commit(store, (A1, "garbage", "2026-01", 10))
    commit(store, (A1, "garbage", "2026-01", 12))
    journal.undo(store, 2, actor=ACTOR, now=NOON)
    journal.undo(store, 1, actor=ACTOR, now=NOON)
    with store.reading() as connection:
        assert records.origins(connection, 4, 0, 10**12, 202601, ["garbage"]).empty
        assert check.problems(connection) == []


@pytest.mark.parametrize(("number", "reason"), [(9, "没有第 9 批"), (1, "已由第 2 批撤销"), (2, "不能再撤销")])
def test_what_cannot_be_undone_says_why(store: Store, number: int, reason: str) -> None:
    commit(store, (A1, "garbage", "2026-01", 10))
    journal.undo(store, 1, actor=ACTOR, now=NOON)
    with pytest.raises(TransitionRefused, match=reason):
        journal.undo(store, number, actor=ACTOR, now=NOON)


def test_targets_are_versioned_and_undone_like_figures(store: Store) -> None:
    commit_frames(store, cells(), targets((TOWN_A, "toilets", "2026-12", 10, 100)))
    commit_frames(store, cells(), targets((TOWN_A, "toilets", "2026-12", 10, 120)))
    journal.undo(store, 2, actor=ACTOR, now=NOON)
    with store.reading() as connection:
        values = [journal.targets_as_of(connection, w)["value"].astype(float).tolist() for w in (0, 1, 2, 3)]
    assert values == [[], [100], [120], [100]]


def test_the_origin_of_a_figure_is_its_batch_file_and_row(store: Store) -> None:
    commit(store, (A1, "garbage", "2026-01", 10), (A2, "garbage", "2026-01", 3), file="一月.csv")
    commit(store, (A2, "garbage", "2026-01", 4), file="更正.csv")
    with store.reading() as connection:
        rows = records.origins(connection, 2, 0, 10**12, 202601, ["garbage"]).sort_values("region")
    found = rows[["seq", "file_name", "file_row", "actor"]].values.tolist()
    assert found == [[1, "一月.csv", 2, "测试员"], [2, "更正.csv", 2, "测试员"]]


def test_each_action_leaves_one_audit_line(store: Store) -> None:
    commit(store, (A1, "garbage", "2026-01", 10))
    journal.undo(store, 1, actor=ACTOR, now=NOON)
    with store.reading() as connection:
        rows = connection.execute(sa.select(audit).order_by(audit.c.number)).all()
    assert [(row.action, row.actor, row.watermark, row.at) for row in rows] == [
        ("commit", "测试员", 1, NOON),
        ("undo", "测试员", 2, NOON),
    ]


def test_a_store_opened_again_is_the_same(tmp_path: Path, store: Store) -> None:
    commit(store, (A1, "garbage", "2026-01", 10))
    before = digest(store)
    store.close()
    again = open_store(settings_in(tmp_path))
    assert digest(again) == before
    again.close()


def test_the_digest_tells_any_two_histories_apart(store: Store) -> None:
    seen = {digest(store)}
    for value in (1, 2, 1):
        commit(store, (A1, "garbage", "2026-01", value))
        seen.add(digest(store))
    assert len(seen) == 4


@pytest.mark.duckdb_only
def test_a_second_process_is_told_who_holds_the_store(tmp_path: Path, store: Store) -> None:
    import os
    import subprocess
    import sys

    code = (
        "from pathlib import Path\nfrom tests.builders import settings_in\nfrom ecodash.store.engine import open_store\n"
        "from ecodash.errors import StoreHeld\n"
        f"try:\n    open_store(settings_in(Path({str(tmp_path)!r})))\n"
        "except StoreHeld as held:\n    print(held.pid)\n"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == str(os.getpid())
    assert issubclass(StoreHeld, Exception)


# ── the check finds what is broken ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("table", "row", "place"),
    [
        (observation, {"region": [int(A1)], "indicator": [2], "period": [202601], "value": ["1"], "seq": [1], "sign": [1]},
         "observation"),
        (rollup, {"period": [202601], "county": [500230000000], "indicator": [2], "seq": [1], "sign": [1],
                  "amount": ["5"], "reported": [1], "carried": [0], "totals": [0], "unweighted": [0]}, "rollup"),
        (observation, {"region": [int(A2)], "indicator": [2], "period": [202601], "value": ["1"], "seq": [1], "sign": [1]},
         "batch"),
        (observation, {"region": [110101001001], "indicator": [2], "period": [202601], "value": ["1"], "seq": [1],
                       "sign": [1]}, "region"),
    ],
)  # fmt: skip
def test_the_check_finds_a_row_that_does_not_belong(
    store: Store, table: sa.Table, row: dict[str, list[object]], place: str
) -> None:
    from decimal import Decimal

    commit(store, (A1, "garbage", "2026-01", 10))
    fixed = {name: [Decimal(v) if isinstance(v, str) else v for v in values] for name, values in row.items()}
    with store.writing() as connection:
        assert check.problems(connection) == []
        load_rows(connection, table, fixed)
    with store.reading() as connection:
        assert place in {problem.place for problem in check.problems(connection)}


def test_the_check_finds_a_number_given_without_a_batch(store: Store) -> None:
    commit(store, (A1, "garbage", "2026-01", 10))
    with store.writing() as connection:
        connection.execute(sa.update(counter).where(counter.c.name == "watermark").values(value=7))
    with store.reading() as connection:
        assert [problem.place for problem in check.problems(connection)] == ["watermark"]
        assert connection.execute(sa.select(sa.func.count()).select_from(batch)).scalar_one() == 1


def test_demo_figures_are_known_by_their_batches(store: Store) -> None:
    rows = cells((A1, "garbage", "2026-01", 10))
    submission = Submission(rows, targets(), "demo.csv", "0" * 64, row_count=1, is_demo=True)
    journal.commit(store, submission, actor=ACTOR, now=NOON, received_at=NOON, catalog_digest=CATALOG.digest)
    key = int(A1)
    with store.reading() as connection:
        assert records.has_demo(connection, 1, key, key + 1, 202601)
        assert not records.has_demo(connection, 0, key, key + 1, 202601)
        assert not records.has_demo(connection, 1, key + 1, key + 2, 202601)
        assert not records.has_demo(connection, 1, key, key + 1, 202512)
    assert isinstance(rows, pd.DataFrame)
