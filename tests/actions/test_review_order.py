"""Several filings of the same figures, several reviewers, and a month closed meanwhile."""

import threading

import pytest

from ecodash import actions, queries
from ecodash.domain.access import Actor
from ecodash.domain.review import FilingState
from ecodash.errors import NotPermitted, TransitionRefused, UserError
from ecodash.store.submission import Receipt
from ecodash.workspace import Workspace
from tests.actions.conftest import CLERK, COUNTY, FENGLAI, NOW, OCTOBER, XINGLONG, read, rows
from tests.actions.test_review import (
    ADMIN,
    COLLEAGUE,
    GOOD,
    LATER,
    REVIEWER,
    SECOND,
    accept,
    garbage,
    hand_in,
    state,
)

# ── later filings, others, closed months ───────────────────────────────────────────────────────────────────────────


def test_handing_in_the_same_again_answers_with_the_filing_that_waits(workspace: Workspace) -> None:
    first = hand_in(workspace, GOOD)
    assert hand_in(workspace, GOOD).number == first.number
    assert hand_in(workspace, GOOD, actor=COLLEAGUE).number != first.number


def test_a_later_filing_of_the_same_person_for_the_same_cells_takes_the_place_of_the_earlier(
    workspace: Workspace,
) -> None:
    first = hand_in(workspace, rows(f"{FENGLAI},凤来社区,60,2"))
    wider = hand_in(workspace, GOOD.replace("60,2", "61,2"))
    assert (state(workspace, first), state(workspace, wider)) == ("withdrawn", "submitted")
    assert queries.get_filing(workspace, first.number).comment == f"由第 {wider.number} 份报送件代替。"
    # One that leaves out a cell of it, or is somebody else's, does not.
    hand_in(workspace, rows(f"{FENGLAI},凤来社区,62,2"))
    hand_in(workspace, GOOD.replace("60,2", "63,2"), actor=COLLEAGUE)
    assert state(workspace, wider) is FilingState.SUBMITTED
    others = actions.overlapping_filings(workspace, wider.number, actor=REVIEWER)
    assert others[["actor", "cells", "is_later"]].values.tolist() == [["张填报", 2, True], ["李填报", 6, True]]


def test_figures_handed_in_earlier_never_replace_those_handed_in_later(workspace: Workspace) -> None:
    first = hand_in(workspace, GOOD)
    second = hand_in(workspace, rows(f"{FENGLAI},凤来社区,70,2"), actor=COLLEAGUE)
    accept(workspace, second)
    with pytest.raises(TransitionRefused, match=f"又报了第 {second.number} 份"):
        accept(workspace, first)
    assert garbage(workspace, FENGLAI) == 70
    # Where the later one was taken back nothing stands against it.
    actions.undo_batch(workspace, 1, actor=REVIEWER, now=LATER)
    accept(workspace, first)
    assert garbage(workspace, FENGLAI) == 60


def test_accepting_many_goes_by_the_order_they_were_handed_in(workspace: Workspace) -> None:
    first = hand_in(workspace, GOOD)
    second = hand_in(workspace, rows(f"{FENGLAI},凤来社区,70,2"), actor=COLLEAGUE)
    own = hand_in(workspace, rows(f"{XINGLONG},兴龙村,33,1"), actor=REVIEWER)
    done = actions.accept_filings(workspace, [own.number, second.number, first.number], actor=REVIEWER, now=LATER)
    assert [number for number, _result in done] == [first.number, second.number, own.number]
    assert [type(result) for _number, result in done] == [Receipt, Receipt, NotPermitted]
    assert [garbage(workspace, code) for code in (FENGLAI, XINGLONG)] == [70, 30]


def test_the_difference_is_against_what_stands_now_and_what_was_shown_must_still_hold(workspace: Workspace) -> None:
    mine = hand_in(workspace, rows(f"{FENGLAI},凤来社区,60,2"), actor=COLLEAGUE)
    shown = actions.open_filing(workspace, mine.number, actor=REVIEWER, now=LATER)
    assert shown.counts == {"new": 2, "changed": 0, "unchanged": 0}
    operator_says = read(workspace, rows(f"{FENGLAI},凤来社区,55,2"))
    actions.commit_upload(workspace, operator_says, actor=CLERK, now=NOW)
    now = actions.open_filing(workspace, mine.number, actor=REVIEWER, now=LATER)
    row = now.changes[now.changes["indicator"] == "garbage_cleared"].iloc[0]
    assert (float(row["old"]), float(row["new"]), row["change"]) == (55, 60, "changed")
    with pytest.raises(TransitionRefused, match="预览"):
        accept(workspace, mine, compared_at=shown.watermark)
    accept(workspace, mine, compared_at=now.watermark)
    assert garbage(workspace, FENGLAI) == 60


def test_what_changes_nothing_any_more_is_to_be_returned(workspace: Workspace) -> None:
    filing = hand_in(workspace, GOOD)
    actions.commit_upload(workspace, read(workspace, GOOD), actor=CLERK, now=NOW)
    with pytest.raises(TransitionRefused, match="没有可发布的变化"):
        accept(workspace, filing)
    actions.return_filing(workspace, filing.number, comment="已经发布", actor=REVIEWER, now=LATER)


def test_two_reviewers_at_once_make_one_batch(workspace: Workspace) -> None:
    filing, gate, answers = hand_in(workspace, GOOD), threading.Barrier(4), []

    def decide(actor: Actor, does_accept: bool) -> None:
        gate.wait()
        try:
            if does_accept:
                answers.append(accept(workspace, filing, actor=actor))
            else:
                answers.append(actions.return_filing(workspace, filing.number, comment="改", actor=actor, now=LATER))
        except TransitionRefused as refused:
            answers.append(refused)

    threads = [
        threading.Thread(target=decide, args=(who, does)) for who in (REVIEWER, SECOND) for does in (True, False)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(isinstance(one, TransitionRefused) for one in answers) == 3
    kept = queries.get_filing(workspace, filing.number)
    assert queries.newest_watermark(workspace) == (1 if kept.state is FilingState.ACCEPTED else 0)
    assert len(queries.filing_steps(workspace, filing.number)) == 2


def test_a_month_closed_meanwhile_takes_no_filing_any_more(workspace: Workspace) -> None:
    filing = hand_in(workspace, GOOD)
    with pytest.raises(TransitionRefused, match="1 份报送件等待审核"):
        actions.set_month_closed(workspace, OCTOBER, is_closed=True, county=COUNTY, actor=REVIEWER, now=LATER)
    upload = read(workspace, GOOD.replace("60,2", "61,2"), actor=COLLEAGUE)
    closing = {"is_closed": True, "county": COUNTY, "actor": REVIEWER, "now": LATER, "leaves_open": True}
    assert actions.set_month_closed(workspace, OCTOBER, **closing)  # type: ignore[arg-type]
    with pytest.raises(TransitionRefused, match="已封账"):
        accept(workspace, filing)
    with pytest.raises(TransitionRefused, match="停止填报"):
        actions.deliver(workspace, upload, actor=COLLEAGUE, now=NOW)
    assert (state(workspace, filing), queries.newest_watermark(workspace)) == (FilingState.SUBMITTED, 0)
    for actor, reason in ((REVIEWER, "更正"), (ADMIN, "")):
        with pytest.raises(UserError):
            actions.set_month_closed(
                workspace, OCTOBER, is_closed=False, county=COUNTY, actor=actor, now=LATER, reason=reason
            )
    actions.set_month_closed(workspace, OCTOBER, is_closed=False, county=COUNTY, actor=ADMIN, now=LATER, reason="补审")
    accept(workspace, filing)
