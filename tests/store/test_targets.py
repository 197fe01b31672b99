"""Targets in the journal: without a baseline, changed, withdrawn, brought back."""

from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from ecodash.errors import SubmissionRejected, TransitionRefused
from ecodash.store import check, journal
from ecodash.store.engine import Store
from tests.builders import ACTOR, COUNTY, NOON, TOWN_A, cells, commit_frames, targets

GOAL = (TOWN_A, "toilets", "2026-12")


def goals(*rows: tuple[str, str, str, float | None, float | None]) -> pd.DataFrame:
    """Targets of which None is no baseline, or no value: withdrawn."""
    frame = targets(*((*row[:3], row[3] or 0, row[4] or 0) for row in rows))
    for place, row in enumerate(rows):
        for name, value in (("baseline", row[3]), ("value", row[4])):
            if value is None:
                frame.at[place, name] = None
    return frame


def put(store: Store, *rows: tuple[str, str, str, float | None, float | None]) -> int:
    return commit_frames(store, cells(), goals(*rows)).batch


def standing(store: Store, watermark: int = 99) -> list[tuple[Any, ...]]:
    with store.reading() as connection:
        rows = journal.targets_as_of(connection, watermark)
        assert check.problems(connection) == []
    found = rows.sort_values(["region", "indicator", "deadline"])[["region", "baseline", "value"]].astype(object)
    return [tuple(None if pd.isna(cell) else cell for cell in row) for row in found.itertuples(index=False)]


COUNTY_KEY, TOWN_KEY = 500230000000, 500230101000


def test_a_target_without_a_baseline_stands_without_one(store: Store) -> None:
    put(store, (*GOAL, None, 60), (COUNTY, "toilets", "2026-12", 0, 90))
    assert standing(store) == [(COUNTY_KEY, Decimal(0), Decimal(90)), (TOWN_KEY, None, Decimal(60))]


def test_a_baseline_given_later_and_taken_away_again(store: Store) -> None:
    put(store, (*GOAL, None, 60))
    put(store, (*GOAL, 20, 60))
    put(store, (*GOAL, None, 70))
    assert [standing(store, mark) for mark in (1, 2, 3)] == [
        [(TOWN_KEY, None, Decimal(60))],
        [(TOWN_KEY, Decimal(20), Decimal(60))],
        [(TOWN_KEY, None, Decimal(70))],
    ]
    with pytest.raises(SubmissionRejected):
        put(store, (*GOAL, None, 70))


def test_a_zero_baseline_is_not_a_missing_one(store: Store) -> None:
    put(store, (*GOAL, 0, 60))
    put(store, (*GOAL, None, 60))
    assert standing(store) == [(TOWN_KEY, None, Decimal(60))]


def test_a_withdrawn_target_is_gone_but_was_there(store: Store) -> None:
    put(store, (*GOAL, 20, 60), (COUNTY, "toilets", "2026-12", 0, 90))
    receipt = commit_frames(store, cells(), goals((*GOAL, None, None)))
    assert (receipt.cells, receipt.new, receipt.changed) == (1, 0, 1)
    assert standing(store) == [(COUNTY_KEY, Decimal(0), Decimal(90))]
    assert len(standing(store, 1)) == 2


def test_a_withdrawal_is_undone_like_any_batch(store: Store) -> None:
    put(store, (*GOAL, None, 60))
    put(store, (*GOAL, None, None))
    journal.undo(store, 2, actor=ACTOR, now=NOON)
    assert standing(store) == [(TOWN_KEY, None, Decimal(60))]


def test_what_a_later_batch_withdrew_stays_withdrawn_when_the_first_is_undone(store: Store) -> None:
    put(store, (*GOAL, 20, 60), (COUNTY, "toilets", "2026-12", 0, 90))
    put(store, (*GOAL, None, None))
    with store.reading() as connection:
        kept = journal.undo_plan(connection, 1).kept
    assert (kept["region"].tolist(), kept["value_now"].isna().tolist()) == ([TOWN_KEY], [True])
    journal.undo(store, 1, actor=ACTOR, now=NOON, rest=True)
    assert standing(store) == []


def test_withdrawing_what_does_not_stand_changes_nothing(store: Store) -> None:
    put(store, (COUNTY, "toilets", "2026-12", 0, 90))
    with pytest.raises(SubmissionRejected):
        put(store, (*GOAL, None, None))


def test_a_target_changed_since_it_was_shown_is_not_overwritten(store: Store) -> None:
    put(store, (*GOAL, 20, 60))
    put(store, (*GOAL, 20, 65))
    submission = journal.Submission(cells(), goals((*GOAL, 20, 70)), "f.csv", "0" * 64, 1)
    with pytest.raises(TransitionRefused, match="第 2 批"):
        journal.commit(store, submission, actor=ACTOR, now=NOON, received_at=NOON, catalog_digest="test", compared_at=1)
