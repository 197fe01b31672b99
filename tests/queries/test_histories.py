"""All versions of a figure, and how regions reported over the months."""

from datetime import UTC, datetime

import pandas as pd
import pytest

from ecodash import queries
from ecodash.domain.regions import region_key
from ecodash.queries.histories import batch_notes, corrected_reports, late_villages, report_months, value_history
from ecodash.store import journal
from ecodash.store.journal import Submission
from ecodash.workspace import Workspace
from tests.builders import A1, A2, A3, ACTOR, B1, B2, CATALOG, COUNTY, NOON, TOWN_A, cells, commit, targets
from tests.queries.asking import look, rows_of

SHORT = ("seq", "kind", "old", "new", "undoes", "undone_by", "is_standing")


def history(
    workspace: Workspace, month: str, region: str, indicator: str, watermark: int | None = None
) -> pd.DataFrame:
    selection = look(workspace, month, region, indicator, watermark=watermark)
    return value_history(workspace, selection, region_key(region), indicator)


def commit_at(workspace: Workspace, when: datetime, *rows: tuple[str, str, str, float], note: str = "") -> int:
    """Commit cells received and committed at a moment."""
    values = cells(*rows)
    submission = Submission(values, targets(), "f.csv", "0" * 64, row_count=len(values))
    return journal.commit(
        workspace.store, submission, actor=ACTOR, now=when, received_at=when, catalog_digest=CATALOG.digest, note=note
    ).batch


# ── one cell over the batches ──────────────────────────────────────────────────────────────────────────────────────


def test_a_figure_tells_its_correction_its_undo_and_its_return(workspace: Workspace) -> None:
    """Reported 10; corrected to 12; the correction undone; 12 uploaded again; then corrected to 11."""
    commit(workspace.store, (A2, "garbage", "2026-01", 1), (A1, "garbage", "2026-01", 10), file="a.csv")
    commit(workspace.store, (A1, "garbage", "2026-01", 12), file="b.csv")
    journal.undo(workspace.store, 2, actor=ACTOR, now=NOON)
    commit(workspace.store, (A1, "garbage", "2026-01", 12), file="b.csv")
    commit(workspace.store, (A1, "garbage", "2026-01", 11), file="c.csv")
    found = history(workspace, "2026-01", A1, "garbage")
    assert rows_of(found, *SHORT) == [
        (1, "new", None, 10, None, None, False),
        (2, "changed", 10, 12, None, 3, False),
        (3, "restored", 12, 10, 2, None, False),
        (4, "changed", 10, 12, None, None, False),
        (5, "changed", 12, 11, None, None, True),
    ]
    assert rows_of(found, "file_name", "file_row", "actor") == [
        ("a.csv", 3, ACTOR.name), ("b.csv", 2, ACTOR.name), ("b.csv", None, ACTOR.name), ("b.csv", 2, ACTOR.name),
        ("c.csv", 2, ACTOR.name),
    ]  # fmt: skip
    assert found["committed_at"].eq(pd.Timestamp(NOON)).all()
    now = queries.figure_origins(workspace, look(workspace, "2026-01", A1))
    assert rows_of(now, "value", "batch") == [(11, 5)]


def test_what_was_known_at_a_watermark_stays_so(workspace: Workspace) -> None:
    commit(workspace.store, (A1, "garbage", "2026-01", 10))
    commit(workspace.store, (A1, "garbage", "2026-01", 12))
    journal.undo(workspace.store, 2, actor=ACTOR, now=NOON)
    assert rows_of(history(workspace, "2026-01", A1, "garbage", 2), *SHORT) == [
        (1, "new", None, 10, None, None, False),
        (2, "changed", 10, 12, None, None, True),
    ]


def test_a_report_that_was_withdrawn_leaves_its_trace_and_nothing_stands(workspace: Workspace) -> None:
    commit(workspace.store, (A1, "garbage", "2026-01", 10))
    journal.undo(workspace.store, 1, actor=ACTOR, now=NOON)
    assert rows_of(history(workspace, "2026-01", A1, "garbage"), *SHORT) == [
        (1, "new", None, 10, None, 2, False),
        (2, "withdrawn", 10, None, 1, None, False),
    ]


def test_a_partial_undo_shows_only_where_it_took_something_back(workspace: Workspace) -> None:
    commit(workspace.store, (A1, "garbage", "2026-01", 10), (A2, "garbage", "2026-01", 20))
    commit(workspace.store, (A2, "garbage", "2026-01", 21))
    journal.undo(workspace.store, 1, actor=ACTOR, now=NOON, rest=True)
    assert rows_of(history(workspace, "2026-01", A2, "garbage"), *SHORT) == [
        (1, "new", None, 20, None, None, False),
        (2, "changed", 20, 21, None, None, True),
    ]
    assert rows_of(history(workspace, "2026-01", A1, "garbage"), "seq", "kind") == [(1, "new"), (3, "withdrawn")]


def test_a_carried_value_shows_the_month_it_was_reported_for(workspace: Workspace) -> None:
    commit(workspace.store, (A1, "toilets", "2025-11", 30))
    commit(workspace.store, (A1, "toilets", "2025-12", 33))
    commit(workspace.store, (A1, "toilets", "2025-12", 34))
    commit(workspace.store, (A1, "toilets", "2026-02", 40))
    found = history(workspace, "2026-01", A1, "toilets")
    assert rows_of(found, "period", "seq", "old", "new", "is_standing") == [
        (202512, 2, None, 33, False),
        (202512, 3, 33, 34, True),
    ]


def test_the_months_own_withdrawn_report_stands_beside_the_one_carried_in_its_place(workspace: Workspace) -> None:
    commit(workspace.store, (A1, "toilets", "2025-12", 33))
    commit(workspace.store, (A1, "toilets", "2026-01", 50))
    journal.undo(workspace.store, 2, actor=ACTOR, now=NOON)
    found = history(workspace, "2026-01", A1, "toilets")
    assert rows_of(found, "period", "seq", "kind", "is_standing") == [
        (202512, 1, "new", True),
        (202601, 2, "new", False),
        (202601, 3, "withdrawn", False),
    ]


def test_a_ratio_shows_the_histories_of_its_parts(workspace: Workspace) -> None:
    commit(workspace.store, (A1, "households", "2020-01", 100), (A1, "toilets", "2026-01", 55))
    commit(workspace.store, (A1, "households", "2020-01", 110))
    found = history(workspace, "2026-01", A1, "toilet_rate")
    assert rows_of(found, "indicator", "period", "seq", "old", "new") == [
        ("households", 202001, 1, None, 100),
        ("households", 202001, 2, 100, 110),
        ("toilets", 202601, 1, None, 55),
    ]


def test_a_figure_nobody_reported_has_no_history(workspace: Workspace) -> None:
    commit(workspace.store, (A1, "garbage", "2026-01", 10))
    found = history(workspace, "2026-02", A1, "garbage")
    assert found.empty
    assert list(found.columns) == list(history(workspace, "2026-01", A1, "garbage").columns)


def test_corrections_are_the_reports_more_than_one_batch_wrote(workspace: Workspace) -> None:
    commit(workspace.store, (A1, "garbage", "2026-01", 1), (A2, "garbage", "2026-01", 2), (B1, "garbage", "2026-01", 3))
    commit(workspace.store, (B1, "garbage", "2026-01", 4), (A3, "garbage", "2026-01", 9))
    everywhere = corrected_reports(workspace, look(workspace, "2026-01"))
    assert rows_of(everywhere, "region", "seq", "old", "new") == [
        (region_key(B1), 1, None, 3),
        (region_key(B1), 2, 3, 4),
    ]
    assert corrected_reports(workspace, look(workspace, "2026-01", TOWN_A)).empty


# ── reports over the months ────────────────────────────────────────────────────────────────────────────────────────

FEBRUARY_IN_TIME = datetime(2026, 2, 5, 15, 59, tzinfo=UTC)
"""23:59 of the 5th in Beijing: the last minute for January."""
FEBRUARY_LATE = datetime(2026, 2, 5, 16, 0, tzinfo=UTC)
MARCH = datetime(2026, 3, 3, tzinfo=UTC)


def reported(workspace: Workspace) -> None:
    """January: A1 in time, A2 a minute late, the others never. February: A1 and A3, while it is not due yet."""
    commit_at(workspace, FEBRUARY_IN_TIME, (A1, "garbage", "2026-01", 1))
    commit_at(workspace, FEBRUARY_LATE, (A2, "garbage", "2026-01", 1))
    commit_at(workspace, MARCH, (A1, "garbage", "2026-02", 1), (A3, "garbage", "2026-02", 1))


def test_months_count_in_time_late_and_missing_and_start_with_the_countys_first_report(workspace: Workspace) -> None:
    reported(workspace)
    columns = ("month", "villages", "on_time", "late", "missing", "is_due")
    assert rows_of(report_months(workspace, look(workspace, "2026-02")), *columns) == [
        ("2026-02", 5, 2, 0, 3, False),
        ("2026-01", 5, 1, 1, 3, True),
    ]
    village = report_months(workspace, look(workspace, "2026-02", B1))
    assert rows_of(village, *columns) == [("2026-02", 1, 0, 0, 1, False), ("2026-01", 1, 0, 0, 1, True)]
    assert village["last_received"].isna().all()


def test_only_what_was_due_is_called_late_or_missing(workspace: Workspace) -> None:
    reported(workspace)
    found = late_villages(workspace, look(workspace, "2026-02"))
    assert [tuple(row) for row in found[["region_code", "months", "late", "missing"]].to_numpy()] == [
        (A3, 1, 0, 1), (B1, 1, 0, 1), (B2, 1, 0, 1), (A2, 1, 1, 0),
    ]  # fmt: skip
    assert list(found["missing_months"].iloc[0]) == ["2026-01"]
    assert list(found["late_months"].iloc[3]) == ["2026-01"]


def test_an_undone_report_was_never_made(workspace: Workspace) -> None:
    reported(workspace)
    journal.undo(workspace.store, 1, actor=ACTOR, now=MARCH)
    found = late_villages(workspace, look(workspace, "2026-01", A1))
    # The county's own months begin with what still stands: A2's late report of January.
    assert rows_of(found, "region_code", "late", "missing") == [(A1, 0, 1)]


def test_attributes_are_no_monthly_report(workspace: Workspace) -> None:
    commit_at(workspace, FEBRUARY_IN_TIME, (A1, "garbage", "2026-01", 1), (A2, "households", "2026-01", 50))
    found = report_months(workspace, look(workspace, "2026-01", TOWN_A))
    assert rows_of(found, "on_time", "missing") == [(1, 2)]


def test_a_store_without_reports_says_nothing_of_anyone(workspace: Workspace) -> None:
    selection = look(workspace, "2026-01", COUNTY)
    assert late_villages(workspace, selection).empty
    assert rows_of(report_months(workspace, selection), "month", "missing", "is_due") == [("2026-01", 5, False)]


# ── notes ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_notes_are_those_of_batches_that_still_speak_for_the_month_and_place(workspace: Workspace) -> None:
    commit_at(workspace, NOON, (A1, "toilets", "2025-12", 5), note="数字来自现场清点")
    commit_at(workspace, NOON, (B1, "toilets", "2026-01", 6), note="<b>镇里核过</b>")
    commit_at(workspace, NOON, (A1, "garbage", "2026-01", 6))
    assert rows_of(batch_notes(workspace, look(workspace, "2026-01")), "batch", "note") == [
        (1, "数字来自现场清点"), (2, "<b>镇里核过</b>"),
    ]  # fmt: skip
    assert rows_of(batch_notes(workspace, look(workspace, "2026-01", TOWN_A)), "batch") == [(1,)]
    commit_at(workspace, NOON, (A1, "toilets", "2026-01", 7))
    assert batch_notes(workspace, look(workspace, "2026-01", TOWN_A)).empty
    journal.undo(workspace.store, 2, actor=ACTOR, now=NOON)
    assert batch_notes(workspace, look(workspace, "2026-01")).empty


@pytest.mark.parametrize("month", ["2025-12", "2026-02"])
def test_notes_carry_with_the_value(workspace: Workspace, month: str) -> None:
    commit_at(workspace, NOON, (A1, "toilets", "2025-12", 5), (A1, "garbage", "2025-12", 5), note="甲")
    found = batch_notes(workspace, look(workspace, month))
    assert rows_of(found, "batch") == [(1,)]
