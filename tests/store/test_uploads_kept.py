"""What is kept beside the figures: files as sent, doubts with reasons, headers, closed months, other names of regions."""

import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from ecodash.domain.access import operator
from ecodash.errors import TransitionRefused, UserError
from ecodash.store import check, journal, records
from ecodash.store.engine import Store
from ecodash.store.journal import Submission
from ecodash.store.records import KeptDoubt
from ecodash.store.records.uploads import compress
from ecodash.store.tables import batch, upload_file
from tests.builders import A1, A2, ACTOR, B1, CATALOG, COUNTY, NOON, TOWN_A, cells, commit, targets

OTHER = operator("另一人", "web")
COUNTY_KEY, TOWN_KEY = 500230000000, 500230101000
EVERYWHERE = (0, 10**12)


def submission(*rows: tuple[str, str, str, float | int | str], content: bytes = b"", **more: object) -> Submission:
    sha256 = hashlib.sha256(content).hexdigest() if content else "0" * 64
    one = Submission(cells(*rows), targets(), "九月.csv", sha256, row_count=len(rows), file_content=content)
    return replace(one, **more)  # type: ignore[arg-type]


def commit_submission(store: Store, one: Submission) -> int:
    receipt = journal.commit(store, one, actor=ACTOR, now=NOON, received_at=NOON, catalog_digest=CATALOG.digest)
    return receipt.batch


# ── files ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("content", ["村,清理垃圾\n甲,1\n".encode() * 999, b"PK\x03\x04" + bytes(range(256)) * 50])
def test_a_file_is_kept_as_sent(store: Store, content: bytes) -> None:
    number = commit_submission(store, submission((A1, "garbage", "2026-09", 1), content=content))
    with store.reading() as connection:
        row = records.list_batches(connection, number).iloc[0]
        kept = records.load_file(connection, row["file_sha256"])
        assert check.problems(connection) == []
    assert kept is not None
    assert (kept.content, kept.file_name, kept.size, kept.received_at) == (content, "九月.csv", len(content), NOON)
    assert row["file_size"] == len(content)


def test_the_same_bytes_are_kept_once(store: Store) -> None:
    commit_submission(store, submission((A1, "garbage", "2026-09", 1), content=b"same"))
    commit_submission(store, submission((A1, "garbage", "2026-09", 2), content=b"same", file_name="再报.csv"))
    with store.reading() as connection:
        assert connection.execute(sa.select(upload_file.c.file_name)).scalars().all() == ["九月.csv"]
        assert records.list_batches(connection, 2)["file_name"].tolist() == ["再报.csv", "九月.csv"]
        assert check.problems(connection) == []


def test_a_file_nobody_committed_is_not_there(store: Store) -> None:
    commit(store, (A1, "garbage", "2026-09", 1))
    with store.reading() as connection:
        assert records.load_file(connection, "0" * 64) is None
        assert check.problems(connection) == []


def test_a_digest_that_is_not_the_files_is_a_bug(store: Store) -> None:
    with pytest.raises(ValueError, match="digest"):
        commit_submission(store, submission((A1, "garbage", "2026-09", 1), content=b"x", file_sha256="0" * 64))


def test_a_commit_that_is_refused_keeps_no_file(store: Store) -> None:
    commit(store, (A1, "garbage", "2026-09", 1))
    with pytest.raises(UserError, match="完全相同"):
        commit_submission(store, submission((A1, "garbage", "2026-09", 1), content=b"again"))
    with store.reading() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(upload_file)).scalar_one() == 0


@pytest.mark.parametrize("damage", [b"", b"not zlib", compress(b"other bytes" * 10**6)])
def test_a_damaged_file_is_told_and_found_by_the_check(store: Store, damage: bytes) -> None:
    commit_submission(store, submission((A1, "garbage", "2026-09", 1), content=b"as sent"))
    with store.writing() as connection:
        connection.execute(sa.update(upload_file).values(content=damage))
    with store.reading() as connection:
        with pytest.raises(UserError, match="已损坏"):
            records.load_file(connection, hashlib.sha256(b"as sent").hexdigest())
        assert [problem.place for problem in check.problems(connection)] == ["file"]


def test_the_check_finds_a_batch_whose_file_is_gone(store: Store) -> None:
    commit_submission(store, submission((A1, "garbage", "2026-09", 1), content=b"as sent"))
    with store.writing() as connection:
        connection.execute(sa.delete(upload_file))
    with store.reading() as connection:
        assert [(problem.place, problem.what) for problem in check.problems(connection)] == [
            ("file", "第 1 批的原文件不在库中。")
        ]


# ── doubts ─────────────────────────────────────────────────────────────────────────────────────────────────────────

JUMP = KeptDoubt("ten_times", "是上月的十倍。", "新建了转运站", int(A1), "garbage", 202609, row=2, sheet="表一")
ALIKE = KeptDoubt("all_alike", "各村都是同一个数。", "按户数平均", TOWN_KEY, "toilets")
COPIED = KeptDoubt("copied", "与上月完全相同。", "确实没有变化")


def standing(store: Store, watermark: int, code: str, period: int) -> list[tuple[str, int]]:
    lo = int(code.ljust(12, "0"))
    hi = lo + {12: 1, 9: 1000, 6: 10**6}[len(code)]
    with store.reading() as connection:
        rows = records.standing_doubts(connection, watermark, lo, hi, period)
    return list(zip(rows["code"], rows["seq"], strict=True))


def test_doubts_are_kept_with_their_reasons(store: Store) -> None:
    number = commit_submission(store, submission((A1, "garbage", "2026-09", 9), doubts=(JUMP, ALIKE, COPIED)))
    with store.reading() as connection:
        assert records.doubts_of(connection, number) == [JUMP, ALIKE, COPIED]
        assert records.list_batches(connection, number)["doubts"].tolist() == [3]
        shown = records.standing_doubts(connection, number, *EVERYWHERE, 202609)
    assert shown[["region", "indicator", "period", "reason"]].values.tolist() == [
        [int(A1), "garbage", 202609, "新建了转运站"],
        [0, "", 0, "确实没有变化"],
    ]


def test_a_doubt_is_shown_where_its_reports_are(store: Store) -> None:
    rows = ((A1, "garbage", "2026-09", 9), (A2, "toilets", "2026-09", 3), (B1, "toilets", "2026-09", 3))
    commit_submission(store, submission(*rows, doubts=(JUMP, ALIKE, COPIED)))
    assert standing(store, 1, A1, 202609) == [("ten_times", 1), ("copied", 1)]
    assert standing(store, 1, A2, 202609) == [("all_alike", 1), ("copied", 1)]
    assert standing(store, 1, B1, 202609) == [("copied", 1)]
    assert standing(store, 1, COUNTY, 202609) == [("ten_times", 1), ("all_alike", 1), ("copied", 1)]
    assert standing(store, 0, COUNTY, 202609) == []


def test_a_doubt_goes_with_a_carried_figure_and_ends_with_the_next_report(store: Store) -> None:
    commit_submission(store, submission((A2, "toilets", "2026-09", 3), doubts=(ALIKE,)))
    assert standing(store, 1, TOWN_A, 202610) == [("all_alike", 1)]
    assert standing(store, 1, TOWN_A, 202608) == []
    commit(store, (A2, "toilets", "2026-10", 4))
    assert standing(store, 2, TOWN_A, 202610) == []
    assert standing(store, 2, TOWN_A, 202609) == [("all_alike", 1)]


def test_a_doubt_ends_where_its_figure_is_corrected_or_undone_and_comes_back(store: Store) -> None:
    commit_submission(store, submission((A1, "garbage", "2026-09", 9), (A2, "garbage", "2026-09", 1), doubts=(JUMP,)))
    commit(store, (A1, "garbage", "2026-09", 2))
    assert standing(store, 2, COUNTY, 202609) == []
    journal.undo(store, 1, actor=ACTOR, now=NOON, rest=True)
    journal.undo(store, 2, actor=ACTOR, now=NOON)
    assert [standing(store, mark, A1, 202609) for mark in (1, 3, 4)] == [[("ten_times", 1)], [], [("ten_times", 1)]]
    journal.undo(store, 1, actor=ACTOR, now=NOON)
    assert standing(store, 5, COUNTY, 202609) == []


# ── headers ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_headers_are_remembered_for_each_reporter(store: Store) -> None:
    with store.writing() as connection:
        assert records.remember_headers(connection, ACTOR, {"垃圾": "garbage", "备用": "-"}, NOON) == 2
        assert records.remember_headers(connection, ACTOR, {"垃圾": "garbage", "备用": "toilets"}, NOON) == 1
        assert records.remember_headers(connection, OTHER, {"垃圾": "found"}, NOON) == 1
    with store.reading() as connection:
        assert records.headers_of(connection, ACTOR) == {"垃圾": "garbage", "备用": "toilets"}
        assert records.headers_of(connection, OTHER) == {"垃圾": "found"}


def test_a_header_is_forgotten_and_can_be_learnt_again(store: Store) -> None:
    with store.writing() as connection:
        for target in ("garbage", "", "found"):
            records.remember_headers(connection, ACTOR, {"垃圾": target}, NOON)
            assert records.headers_of(connection, ACTOR) == ({"垃圾": target} if target else {})
        assert records.remember_headers(connection, ACTOR, {"没有选过": ""}, NOON) == 0


# ── closed months ──────────────────────────────────────────────────────────────────────────────────────────────────


def lock(store: Store, period: int, region: int, is_closed: bool) -> bool:
    with store.writing() as connection:
        return records.set_month_lock(
            connection, period=period, region=region, is_closed=is_closed, actor=ACTOR, now=NOON, reason="月报已定稿"
        )


def test_the_newest_word_on_a_month_holds(store: Store) -> None:
    assert lock(store, 202609, COUNTY_KEY, True)
    assert not lock(store, 202609, COUNTY_KEY, True)
    assert lock(store, 202608, 0, True)
    assert lock(store, 202608, 0, False)
    with store.reading() as connection:
        assert records.closed_months(connection) == {(COUNTY_KEY, 202609)}
        lines = records.list_month_locks(connection)
    assert lines[["number", "period", "is_closed"]].values.tolist() == [
        [3, 202608, False],
        [2, 202608, True],
        [1, 202609, True],
    ]
    assert lines["at"].tolist() == [NOON] * 3


@pytest.mark.parametrize("region", [0, COUNTY_KEY])
def test_no_figure_of_a_closed_month_changes(store: Store, region: int) -> None:
    commit(store, (A1, "garbage", "2026-09", 1), (A1, "garbage", "2026-10", 1))
    lock(store, 202609, region, True)
    with pytest.raises(TransitionRefused, match="2026年9月已停止填报，其中有 1 个数据会被改动"):
        commit(store, (A1, "garbage", "2026-09", 2), (A1, "garbage", "2026-10", 2))
    with pytest.raises(TransitionRefused, match="没有写入任何数据"):
        journal.undo(store, 1, actor=ACTOR, now=NOON)
    assert commit(store, (A1, "garbage", "2026-09", 1), (A1, "garbage", "2026-10", 2)).batch == 2
    lock(store, 202609, region, False)
    assert commit(store, (A1, "garbage", "2026-09", 2)).batch == 3


def test_a_month_closed_for_another_county_is_open_here(store: Store) -> None:
    lock(store, 202609, 500231000000, True)
    assert commit(store, (A1, "garbage", "2026-09", 1)).batch == 1


# ── other names of regions ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_region_has_other_names(store: Store) -> None:
    with store.writing() as connection:
        assert records.add_alias(connection, int(A1), "老街村", ACTOR, NOON)
        assert not records.add_alias(connection, int(A1), "老街村", OTHER, NOON + timedelta(days=1))
        assert records.add_alias(connection, int(B1), "老街村", OTHER, NOON)
    with store.reading() as connection:
        found = [(one.key, one.alias, one.actor, one.added_at) for one in records.list_aliases(connection)]
        inside = [one.key for one in records.list_aliases(connection, TOWN_KEY)]
    assert found == [(int(A1), "老街村", "测试员", NOON), (int(B1), "老街村", "另一人", NOON)]
    assert inside == [int(A1)]


def test_the_row_and_sheet_of_a_figure_are_known(store: Store) -> None:
    rows = cells((A1, "garbage", "2026-09", 1), (A1, "toilets", "2026-09", 2), (A2, "garbage", "2026-09", 3))
    one = Submission(rows.assign(row=[5, 5, 9], sheet=[0, 1, 1], column=[2, 3, 2]), targets(), "f", "0" * 64, 3)
    number = commit_submission(store, one)
    with store.reading() as connection:
        found = records.origins(connection, number, *EVERYWHERE, 202609, ["garbage", "toilets"])
        kinds = connection.execute(sa.select(batch.c.kind, batch.c.note)).all()
    places = found.sort_values(["region", "indicator"])[["sheet", "file_row"]].values.tolist()
    assert places == [[0, 5], [1, 5], [1, 9]]
    assert kinds == [("upload", "")]
