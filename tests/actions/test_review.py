"""上报 → 审核 → 发布: what is handed in is published only when another person accepts it, exactly as handed in."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from textwrap import dedent

import pytest

from ecodash import actions, effects, queries, receipts
from ecodash.domain.access import Actor, Grant, Role, operator
from ecodash.domain.review import CellComment, Filing, FilingState
from ecodash.domain.selection import Selection
from ecodash.errors import NotPermitted, TransitionRefused, UserError
from ecodash.store import journal, records
from ecodash.store.submission import Receipt
from ecodash.workspace import Workspace
from tests.actions.conftest import (
    CLERK,
    COUNTY,
    FENGLAI,
    HUWEI,
    JILONG,
    JIULONGQUAN,
    NOW,
    OCTOBER,
    XINGLONG,
    read,
    rows,
)  # fmt: skip


def account(number: int, name: str, role: Role, *regions: int) -> Actor:
    return Actor(name, "page", tuple(Grant(role, key) for key in regions), number, f"user{number}")


REPORTER = account(1, "张填报", Role.REPORTER, JILONG)
COLLEAGUE = account(2, "李填报", Role.REPORTER, JILONG)
REVIEWER = account(3, "王审核", Role.REVIEWER, COUNTY)
SECOND = account(4, "赵审核", Role.REVIEWER, COUNTY)
ADMIN = account(5, "管理员", Role.ADMINISTRATOR, COUNTY)
ELSEWHERE = account(6, "虎威审核", Role.REVIEWER, HUWEI)
LEADER = account(7, "领导", Role.VIEWER, COUNTY)

GOOD = rows(f"{FENGLAI},凤来社区,60,2", f"{XINGLONG},兴龙村,30,1", f"{JIULONGQUAN},九龙泉村,20,1")
LATER = NOW + timedelta(days=2)


def hand_in(workspace: Workspace, text: str, *, actor: Actor = REPORTER, reason: str = "", **more: object) -> Filing:
    upload = read(workspace, text, actor=actor)
    filing = actions.deliver(workspace, upload, actor=actor, now=NOW, reasons={"": reason}, **more)  # type: ignore[arg-type]
    assert isinstance(filing, Filing)
    return filing


def accept(workspace: Workspace, filing: Filing, *, actor: Actor = REVIEWER, **more: object) -> Receipt:
    return actions.accept_filing(workspace, filing.number, actor=actor, now=LATER, **more)  # type: ignore[arg-type]


def garbage(workspace: Workspace, region: int | str = JILONG) -> float | None:
    selection = Selection(queries.newest_watermark(workspace), OCTOBER, int(region), "garbage_cleared")
    return queries.totals_of(workspace, selection, ["garbage_cleared"]).get("garbage_cleared")


def state(workspace: Workspace, filing: Filing) -> FilingState:
    return queries.get_filing(workspace, filing.number).state


def audit(workspace: Workspace) -> list[tuple[str, str, dict[str, object]]]:
    with workspace.store.reading() as connection:
        lines = records.list_audit(connection)
    return [(row["action"], row["actor"], json.loads(row["detail"])) for row in lines.to_dict("records")]


# ── the way of a filing ────────────────────────────────────────────────────────────────────────────────────────────


def test_figures_are_published_when_another_person_accepts_them_and_not_before(workspace: Workspace) -> None:
    filing = hand_in(workspace, GOOD)
    assert (filing.state, filing.cell_count, filing.new_count, filing.regions) == ("submitted", 6, 6, (JILONG,))
    assert (queries.newest_watermark(workspace), garbage(workspace)) == (0, None)
    assert queries.list_batches(workspace, 10**6).empty
    receipt = accept(workspace, filing, comment="已核对台账")
    assert (receipt.batch, receipt.cells, garbage(workspace)) == (1, 6, 110)
    kept = queries.get_filing(workspace, filing.number)
    assert (kept.state, kept.state_by, kept.comment, kept.batch) == ("accepted", "王审核", "已核对台账", 1)
    batch = queries.batch_record(workspace, 1)
    assert (batch["actor"], batch["channel"], batch["new"]) == ("张填报", "page", 6)
    assert (batch["received_at"], batch["committed_at"]) == (NOW, LATER)
    assert queries.uploaded_file(workspace, 1).content == GOOD.encode()
    action, who, detail = audit(workspace)[0]
    assert (action, who, detail["filing"], detail["reporter"]) == ("accept_filing", "王审核", filing.number, "张填报")
    page = receipts.receipt_page(workspace, 1).decode()
    assert "审核人</th><td>王审核" in page
    assert "上报人</th><td>张填报" in page
    assert queries.verify(workspace).problems == []


def test_a_returned_filing_says_why_and_is_answered_by_its_correction(workspace: Workspace) -> None:
    filing = hand_in(workspace, GOOD)
    said = CellComment(int(FENGLAI), "garbage_cleared", 202610, "比上月多一倍，请核对")
    actions.return_filing(workspace, filing.number, comment="", cells=[said], actor=REVIEWER, now=LATER)
    (comment,) = queries.filing_comments(workspace.acting(REPORTER), filing.number)
    assert (comment.comment, comment.actor, comment.at) == ("比上月多一倍，请核对", "王审核", LATER)
    with pytest.raises(TransitionRefused, match="王审核处理：已退回"):
        accept(workspace, filing, actor=SECOND)
    corrected = hand_in(workspace, GOOD.replace("60,2", "50,2"), answers=filing.number)
    assert corrected.answers == filing.number
    accept(workspace, corrected)
    assert garbage(workspace) == 100
    listed = queries.list_filings(workspace.acting(REPORTER)).set_index("number")
    assert listed.loc[filing.number, "answered_by"] == corrected.number
    assert queries.filing_steps(workspace, corrected.number)["state"].tolist() == ["submitted", "accepted"]
    with pytest.raises(TransitionRefused, match="不是退回待改"):
        hand_in(workspace, GOOD.replace("60,2", "51,2"), answers=corrected.number)


def test_a_return_without_a_reason_or_about_other_figures_is_none(workspace: Workspace) -> None:
    filing, garbage_ = hand_in(workspace, GOOD), "garbage_cleared"
    for comment, cells, what in (
        ("  ", [], "须说明理由"),
        ("", [CellComment(int(FENGLAI), garbage_, 202610, " ")], "须说明理由"),
        ("看批注", [CellComment(HUWEI, garbage_, 202610, "别的镇")], "不在这份报送件中"),
        ("看批注", [CellComment(int(FENGLAI), garbage_, 202609, "别的月")], "不在这份报送件中"),
        ("看批注", [CellComment(int(FENGLAI), "no_such", 202610, "没有的指标")], "没有指标"),
        ("看批注", [CellComment(int(FENGLAI), garbage_, 202610, "多")] * 201, "批注太多"),
    ):
        with pytest.raises(UserError, match=what):
            actions.return_filing(workspace, filing.number, comment=comment, cells=cells, actor=REVIEWER, now=LATER)
    assert state(workspace, filing) is FilingState.SUBMITTED


def test_only_whoever_handed_it_in_withdraws_it_and_only_while_it_waits(workspace: Workspace) -> None:
    filing = hand_in(workspace, GOOD)
    for other in (COLLEAGUE, REVIEWER, CLERK):
        with pytest.raises(NotPermitted, match="只能撤回自己"):
            actions.withdraw_filing(workspace, filing.number, actor=other, now=LATER)
    actions.withdraw_filing(workspace, filing.number, actor=REPORTER, now=LATER)
    with pytest.raises(TransitionRefused, match="已撤回"):
        accept(workspace, filing)
    with pytest.raises(TransitionRefused, match="已撤回"):
        actions.withdraw_filing(workspace, filing.number, actor=REPORTER, now=LATER)


# ── nothing unreviewed is published ────────────────────────────────────────────────────────────────────────────────


def test_no_path_of_an_account_commits_figures_of_a_reviewed_county(workspace: Workspace) -> None:
    for actor in (REPORTER, REVIEWER, replace(REPORTER, channel="cli"), replace(REPORTER, channel="api")):
        upload = read(workspace, GOOD, actor=actor)
        with pytest.raises(NotPermitted, match="须经审核"):
            actions.commit_upload(workspace, upload, actor=actor, now=NOW)
        with pytest.raises(NotPermitted, match="不经审核直接发布"):
            actions.deliver(workspace, upload, actor=actor, now=NOW, publishes=True)
        result = actions.import_file(workspace, GOOD.encode(), "2026年10月.csv", actor=actor, now=NOW)
        assert result.receipt is None
        assert result.filing is not None
        assert result.to_dict()["filing"] == result.filing.number
    assert queries.newest_watermark(workspace) == 0
    # The reporter's three channels are one person, whose same file waits once.
    assert len(queries.list_filings(workspace)) == 2


def test_the_operator_publishes_until_there_are_accounts_and_then_has_to_say_so(workspace: Workspace) -> None:
    upload = read(workspace, GOOD)
    assert isinstance(actions.deliver(workspace, upload, actor=CLERK, now=NOW), Receipt)
    actions.create_account(workspace, "zhang", "张填报", grants=[Grant(Role.REPORTER, JILONG)], actor=CLERK, now=NOW)
    again = read(workspace, GOOD.replace("60,2", "61,2"))
    assert isinstance(actions.deliver(workspace, again, actor=CLERK, now=NOW), Filing)
    assert isinstance(actions.deliver(workspace, again, actor=CLERK, now=NOW, publishes=True), Receipt)


def test_targets_of_a_file_wait_with_its_figures(workspace: Workspace) -> None:
    text = f"区划代码,指标,期限,目标值\n{FENGLAI},garbage_cleared,2026-12,500"
    filing = hand_in(workspace, text)
    assert filing.cell_count == 1
    with workspace.store.reading() as connection:
        assert journal.targets_as_of(connection, 9).empty
    accept(workspace, filing)
    with workspace.store.reading() as connection:
        assert journal.targets_as_of(connection, 9)["value"].tolist() == [500]


def test_where_review_is_off_a_report_counts_at_once(workspace: Workspace) -> None:
    with pytest.raises(UserError, match="须说明理由"):
        actions.set_reviewed(workspace, COUNTY, False, actor=ADMIN, now=NOW)
    with pytest.raises(NotPermitted):
        actions.set_reviewed(workspace, COUNTY, False, reason="人手不足", actor=REVIEWER, now=NOW)
    assert actions.set_reviewed(workspace, COUNTY, False, reason="人手不足", actor=ADMIN, now=NOW)
    upload = read(workspace, GOOD, actor=REPORTER)
    assert isinstance(actions.deliver(workspace, upload, actor=REPORTER, now=NOW), Receipt)
    assert not queries.is_reviewed(workspace, COUNTY)
    choices = queries.review_choices(workspace)
    assert choices[["name", "is_reviewed", "actor", "reason"]].values.tolist() == [
        ["丰都县", False, "管理员", "人手不足"]
    ]
    assert actions.set_reviewed(workspace, COUNTY, True, actor=ADMIN, now=NOW)
    assert not actions.set_reviewed(workspace, COUNTY, True, actor=ADMIN, now=NOW)
    assert queries.is_reviewed(workspace, JILONG)


def test_review_switched_on_between_reading_and_committing_is_found_within_the_commit(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    actions.set_reviewed(workspace, COUNTY, False, reason="试点", actor=ADMIN, now=NOW)
    upload, begin = read(workspace, GOOD, actor=REPORTER), journal.commit

    def overtaken(*given: object, **named: object) -> Receipt:
        actions.set_reviewed(workspace, COUNTY, True, actor=ADMIN, now=NOW)
        return begin(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(journal, "commit", overtaken)
    with pytest.raises(NotPermitted, match="须经审核"):
        actions.deliver(workspace, upload, actor=REPORTER, now=NOW)
    assert queries.newest_watermark(workspace) == 0


# ── two eyes ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_nobody_accepts_or_returns_their_own_through_any_channel(workspace: Workspace) -> None:
    filing = hand_in(workspace, GOOD, actor=REVIEWER)
    for channel in ("page", "cli", "api"):
        with pytest.raises(NotPermitted, match="不能审核自己报送"):
            accept(workspace, filing, actor=replace(REVIEWER, channel=channel))
    with pytest.raises(NotPermitted, match="撤回"):
        actions.return_filing(workspace, filing.number, comment="改", actor=REVIEWER, now=LATER)
    ((number, refused),) = actions.accept_filings(workspace, [filing.number], actor=REVIEWER, now=LATER)
    assert (number, type(refused)) == (filing.number, NotPermitted)
    # A renamed account is the same person, and another account of the same name is another.
    with pytest.raises(NotPermitted):
        accept(workspace, filing, actor=replace(REVIEWER, name="王新名"))
    accept(workspace, filing, actor=replace(SECOND, name="王审核"))


def test_an_operator_does_not_accept_what_the_same_operator_handed_in(workspace: Workspace) -> None:
    filing = hand_in(workspace, GOOD, actor=CLERK, publishes=False)
    with pytest.raises(NotPermitted, match="不能审核自己"):
        accept(workspace, filing, actor=operator("暨龙镇填报员", "cli"))
    accept(workspace, filing)


def test_whoever_reported_a_batch_does_not_undo_it_alone(workspace: Workspace) -> None:
    accept(workspace, hand_in(workspace, GOOD, actor=REVIEWER), actor=SECOND)
    with pytest.raises(NotPermitted, match="自己上报"):
        actions.undo_batch(workspace, 1, actor=REVIEWER, now=LATER)
    actions.undo_batch(workspace, 1, actor=SECOND, now=LATER)
    assert garbage(workspace) is None
    # Nor what was committed while review was off.
    actions.set_reviewed(workspace, COUNTY, False, reason="试点", actor=ADMIN, now=NOW)
    upload = read(workspace, GOOD, actor=REVIEWER)
    receipt = actions.deliver(workspace, upload, actor=REVIEWER, now=NOW)
    assert isinstance(receipt, Receipt)
    actions.set_reviewed(workspace, COUNTY, True, actor=ADMIN, now=NOW)
    with pytest.raises(NotPermitted, match="自己上报"):
        actions.undo_batch(workspace, receipt.batch, actor=REVIEWER, now=LATER)
    actions.set_reviewed(workspace, COUNTY, False, reason="试点", actor=ADMIN, now=NOW)
    actions.undo_batch(workspace, receipt.batch, actor=REVIEWER, now=LATER)


def test_a_filing_is_shown_to_its_reporter_and_to_who_may_see_reported_figures_there(workspace: Workspace) -> None:
    filing = hand_in(workspace, GOOD)
    asks = (queries.get_filing, queries.filing_comments, queries.filing_steps, queries.filing_file)
    for actor in (REPORTER, COLLEAGUE, REVIEWER, ADMIN):
        asking = workspace.acting(actor)
        assert queries.list_filings(asking)["number"].tolist() == [filing.number]
        assert all(ask(asking, filing.number) is not None for ask in asks)  # type: ignore[operator]
    for actor in (ELSEWHERE, LEADER):
        asking = workspace.acting(actor)
        assert queries.list_filings(asking).empty
        for ask in asks:
            with pytest.raises(NotPermitted):
                ask(asking, filing.number)  # type: ignore[operator]
    with pytest.raises(NotPermitted):
        queries.get_filing(workspace.acting(REPORTER), 99)
    with pytest.raises(UserError, match="没有第 99 份"):
        queries.get_filing(workspace, 99)


def test_only_a_reviewer_of_all_its_regions_accepts_a_filing_also_among_many(workspace: Workspace) -> None:
    filing = hand_in(workspace, GOOD)
    for actor in (ELSEWHERE, LEADER, REPORTER, ADMIN):
        with pytest.raises(NotPermitted):
            accept(workspace, filing, actor=actor)
    ((number, refused),) = actions.accept_filings(workspace, [filing.number], actor=ELSEWHERE, now=LATER)
    assert (number, type(refused)) == (filing.number, NotPermitted)
    assert queries.newest_watermark(workspace) == 0


# ── effects, side by side ──────────────────────────────────────────────────────────────────────────────────────────


def test_the_effects_of_accepting_are_those_of_now_and_nothing_remains(workspace: Workspace) -> None:
    filing = hand_in(workspace, GOOD)
    found = effects.effects_of_filing(workspace, filing.number, actor=REVIEWER, now=LATER)
    totals = found.totals.set_index("indicator")
    assert (found.region, totals.loc["garbage_cleared", "after"]) == (JILONG, 110)
    assert queries.newest_watermark(workspace) == 0


def test_reported_stands_beside_accepted_with_the_roll_up_both_ways(workspace: Workspace) -> None:
    accept(workspace, hand_in(workspace, GOOD))
    hand_in(workspace, rows(f"{FENGLAI},凤来社区,75,2"))
    newest = hand_in(workspace, rows(f"{FENGLAI},凤来社区,80,2"), actor=COLLEAGUE)
    look = Selection(1, OCTOBER, JILONG, "garbage_cleared")
    rows_ = effects.reported_beside_accepted(workspace, look, actor=REVIEWER, now=LATER)
    garbage_rows = rows_[rows_["indicator"] == "garbage_cleared"]
    shown = garbage_rows[["name", "is_total", "accepted", "reported", "difference", "filing"]].values.tolist()
    assert shown == [
        ["暨龙镇", True, 110, 130, 20, newest.number],
        ["凤来社区", False, 60, 80, 20, newest.number],
    ]
    assert garbage(workspace) == 110
    nothing = effects.reported_beside_accepted(workspace, look.at(region=HUWEI), actor=REVIEWER, now=LATER)
    assert nothing.empty
    with pytest.raises(NotPermitted):
        effects.reported_beside_accepted(workspace, look, actor=LEADER, now=LATER)


# ── nothing half ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("place", ["ecodash.store.journal.write_audit", "ecodash.store.records.review.insert_step"])
def test_an_acceptance_that_fails_midway_leaves_nothing(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    filing = hand_in(workspace, GOOD)
    with monkeypatch.context() as patched:
        patched.setattr(place, lambda *_given, **_named: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            accept(workspace, filing)
    assert (state(workspace, filing), queries.newest_watermark(workspace)) == (FilingState.SUBMITTED, 0)
    accept(workspace, filing)
    assert queries.verify(workspace).problems == []


def test_a_process_killed_within_an_acceptance_leaves_nothing_half(workspace: Workspace) -> None:
    filing, settings = hand_in(workspace, GOOD), workspace.settings
    workspace.close()
    given = {"ECODASH_HOME": str(settings.home), "ECODASH_DATABASE_URL": settings.database_url}
    script = f"""
        import os, signal
        from ecodash import actions
        from ecodash.settings import load_settings
        from ecodash.store.records import review
        from ecodash.workspace import open_workspace
        from tests.actions.test_review import LATER, REVIEWER
        written = review.insert_step
        def killed(*given, **named):
            written(*given, **named)
            os.kill(os.getpid(), signal.SIGKILL)
        review.insert_step = killed
        opened = open_workspace(load_settings({given!r}))
        actions.accept_filing(opened, {filing.number}, actor=REVIEWER, now=LATER)
    """
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", dedent(script)], cwd=root, env=os.environ | {"PYTHONPATH": str(root)})
    assert done.returncode == -signal.SIGKILL
    from ecodash.workspace import open_workspace

    opened = open_workspace(settings)
    try:
        assert (state(opened, filing), queries.newest_watermark(opened)) == (FilingState.SUBMITTED, 0)
        accept(opened, filing)
        assert (garbage(opened), queries.verify(opened).problems) == (110, [])
    finally:
        opened.close()


def test_two_readings_of_the_same_figures_have_one_digest(workspace: Workspace) -> None:
    first = hand_in(workspace, GOOD)
    lines = GOOD.split("\n")
    turned = "\n".join([lines[0], *reversed(lines[1:])])
    second = hand_in(workspace, turned, actor=COLLEAGUE)
    assert first.digest == second.digest
    assert hand_in(workspace, GOOD.replace("20,1", "20.5,1"), actor=ELSEWHERE_TOO).digest != first.digest


ELSEWHERE_TOO = account(8, "钱填报", Role.REPORTER, COUNTY)
