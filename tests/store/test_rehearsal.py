"""A commit rehearsed shows what it would do, and nothing remains."""

import threading

import pytest

from ecodash.domain.regions import Level
from ecodash.errors import SubmissionRejected
from ecodash.store import check, journal, reading, records
from ecodash.store.engine import Store
from ecodash.store.journal import Submission
from tests.builders import A1, A2, ACTOR, CATALOG, NOON, cells, commit, targets

WHO = {"actor": ACTOR, "now": NOON, "catalog_digest": CATALOG.digest}
ROWS = cells((A1, "garbage", "2026-01", 7), (A2, "garbage", "2026-01", 5))
SUBMISSION = Submission(ROWS, targets(), "f.csv", "0" * 64, row_count=2, file_content=b"")


def state(store: Store) -> tuple[int, str, int, int]:
    with store.reading() as connection:
        newest = journal.newest_watermark(connection)
        batches = len(records.list_batches(connection, newest))
        return newest, check.digest(connection, newest + 1), batches, len(records.list_audit(connection))


def county_value(store: Store, watermark: int) -> float:
    with store.reading() as connection:
        rows = reading.read_figures(
            connection,
            CATALOG,
            watermark=watermark,
            months=[202601],
            region=500230000000,
            levels=[Level.COUNTY],
            codes=["garbage"],
        )
    return float(rows["value"].iloc[0])


def test_a_rehearsal_shows_the_figures_and_leaves_nothing(store: Store) -> None:
    commit(store, (A1, "garbage", "2026-01", 1))
    before = state(store)
    with journal.rehearsing(store, SUBMISSION, **WHO) as rehearsal:
        assert rehearsal.watermark == 2
        assert [county_value(rehearsal, mark) for mark in (1, 2)] == [1, 12]
        with rehearsal.reading() as connection:
            assert journal.newest_watermark(connection) == 2
            # What is not committed has no line in the audit.
            assert [one for one in check.problems(connection) if one.place != "audit"] == []
        assert state(store) == before, "seen from outside"
    assert state(store) == before
    assert commit(store, (A2, "garbage", "2026-01", 9)).batch == 2


def test_a_rehearsal_that_fails_leaves_nothing(store: Store) -> None:
    before = state(store)
    with pytest.raises(ZeroDivisionError), journal.rehearsing(store, SUBMISSION, **WHO):
        raise ZeroDivisionError
    assert state(store) == before


def test_a_rehearsal_of_nothing_new_is_refused(store: Store) -> None:
    commit(store, (A1, "garbage", "2026-01", 7), (A2, "garbage", "2026-01", 5))
    with pytest.raises(SubmissionRejected, match="完全相同"), journal.rehearsing(store, SUBMISSION, **WHO):
        pass


def test_a_rehearsal_is_not_written_to(store: Store) -> None:
    with journal.rehearsing(store, SUBMISSION, **WHO) as rehearsal, pytest.raises(RuntimeError):
        rehearsal.writing()


def test_a_commit_waits_for_a_rehearsal_and_takes_its_number(store: Store) -> None:
    found: list[int] = []
    with journal.rehearsing(store, SUBMISSION, **WHO) as rehearsal:
        other = threading.Thread(target=lambda: found.append(commit(store, (A1, "toilets", "2026-01", 1)).batch))
        other.start()
        other.join(0.3)
        assert found == []
        assert rehearsal.watermark == 1
    other.join()
    assert found == [1]
