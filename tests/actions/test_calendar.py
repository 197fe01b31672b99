"""Deadlines of counties, lateness by the day of handing in, and whom to remind."""

from datetime import datetime, timedelta

import pytest

from ecodash import actions, queries
from ecodash.domain.access import Actor
from ecodash.domain.selection import Selection
from ecodash.errors import NotPermitted, TransitionRefused, UserError
from ecodash.workspace import Workspace
from tests.actions.conftest import CLERK, COUNTY, JILONG, NOW, OCTOBER
from tests.actions.test_review import (
    GOOD,
    LATER,
    LEADER,
    REPORTER,
    REVIEWER,
    accept,
    hand_in,
)

# ── deadlines ──────────────────────────────────────────────────────────────────────────────────────────────────────


def late(workspace: Workspace) -> int:
    look = Selection(queries.newest_watermark(workspace), OCTOBER, JILONG)
    return queries.report_counts(workspace, look).late


def test_lateness_is_by_the_day_it_was_handed_in_and_by_the_countys_deadline(workspace: Workspace) -> None:
    # Handed in on 3 November, accepted on the 8th: in time by the usual day, the 5th.
    filing = hand_in(workspace, GOOD)
    actions.accept_filing(workspace, filing.number, actor=REVIEWER, now=NOW + timedelta(days=5))
    assert late(workspace) == 0
    assert queries.due_of(workspace, JILONG, OCTOBER) == datetime.fromisoformat("2026-11-06T00:00+08:00")
    due = datetime.fromisoformat("2026-11-03T00:00+08:00")
    with pytest.raises(NotPermitted):
        actions.set_deadline(workspace, COUNTY, OCTOBER, due, actor=REPORTER, now=NOW)
    with pytest.raises(UserError, match="期限已过"):
        actions.set_deadline(workspace, COUNTY, OCTOBER, due, actor=REVIEWER, now=NOW)
    assert actions.set_deadline(workspace, COUNTY, OCTOBER, due, actor=REVIEWER, now=due - timedelta(days=1))
    assert late(workspace) == 3
    look = Selection(1, OCTOBER, JILONG)
    assert queries.reporting(workspace, look.at(region=COUNTY))["late"].sum() == 3
    assert queries.late_villages(workspace, look)["late"].sum() == 3
    assert "2026年11月2日" in queries.reminder(workspace, look.at(region=COUNTY), now=NOW)
    calendar = queries.deadlines(workspace, OCTOBER)
    assert calendar[["name", "due_at", "is_usual", "actor"]].values.tolist() == [["丰都县", due, False, "王审核"]]
    listed = queries.list_filings(workspace)
    assert listed["is_late"].tolist() == [True]
    # It has passed: to move it now changes who was late, and needs a reason.
    with pytest.raises(UserError, match="期限已过"):
        actions.set_deadline(workspace, COUNTY, OCTOBER, due + timedelta(days=9), actor=REVIEWER, now=NOW)
    assert actions.set_deadline(
        workspace, COUNTY, OCTOBER, due + timedelta(days=9), actor=REVIEWER, now=NOW, reason="停电"
    )
    assert late(workspace) == 0


def test_a_deadline_is_of_a_county_and_of_an_open_month(workspace: Workspace) -> None:
    due = datetime.fromisoformat("2026-11-09T00:00+08:00")
    with pytest.raises(UserError, match="按县"):
        actions.set_deadline(workspace, JILONG, OCTOBER, due, actor=REVIEWER, now=NOW)
    for day in ("2026-09-30", "2028-01-01"):
        far = datetime.fromisoformat(f"{day}T00:00+08:00")
        with pytest.raises(UserError, match="一年以内"):
            actions.set_deadline(workspace, COUNTY, OCTOBER, far, actor=REVIEWER, now=NOW)
    actions.set_month_closed(workspace, OCTOBER, is_closed=True, actor=CLERK, now=NOW)
    with pytest.raises(TransitionRefused, match="已封账"):
        actions.set_deadline(workspace, COUNTY, OCTOBER, due, actor=REVIEWER, now=NOW)


def test_the_status_of_a_month_says_whom_to_remind(workspace: Workspace) -> None:
    look = Selection(0, OCTOBER, COUNTY)

    def town(mark: int = 0) -> tuple[object, ...]:
        status = queries.review_status(workspace, look.at(watermark=mark)).set_index("region")
        row = status.loc[JILONG]
        return row["state"], row["waiting"], row["returned"], row["accepted"]

    def reminder(actor: Actor) -> str:
        return queries.reminder(workspace.acting(actor), look, now=NOW)

    assert town() == ("missing", 0, 0, 0)
    filing = hand_in(workspace, GOOD)
    assert town() == ("waiting", 1, 0, 0)
    # Who handed in is not urged; whoever sees published figures alone learns nothing of it.
    assert ["暨龙镇" in reminder(actor) for actor in (REVIEWER, LEADER)] == [False, True]
    actions.return_filing(workspace, filing.number, comment="改", actor=REVIEWER, now=LATER)
    assert town() == ("returned", 0, 1, 0)
    assert "已退回、待改正（1 个）：暨龙镇。" in reminder(REVIEWER)
    corrected = hand_in(workspace, GOOD.replace("60,2", "61,2"), answers=filing.number)
    assert town() == ("waiting", 1, 0, 0)
    accept(workspace, corrected)
    assert town(1) == ("partial", 0, 0, 3)
