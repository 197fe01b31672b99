"""What is accepted is exactly what was handed in, and its doubts are answered."""

import pytest

from ecodash import actions, effects, queries
from ecodash.domain.review import Filing
from ecodash.domain.selection import Selection
from ecodash.errors import SubmissionRejected, TransitionRefused
from ecodash.workspace import Workspace
from tests.actions.conftest import CLERK, FENGLAI, JILONG, NOW, OCTOBER, XINGLONG, read, rows
from tests.actions.test_review import GOOD, LATER, REPORTER, REVIEWER, accept, garbage, hand_in

# ── exactly what was handed in ─────────────────────────────────────────────────────────────────────────────────────


def test_choices_are_kept_with_the_filing_whatever_the_reporter_says_of_headers_later(workspace: Workspace) -> None:
    text = f"区划代码,收了多少\n{FENGLAI},60"
    upload = read(workspace, text, actor=REPORTER, mapping={"收了多少": "garbage_cleared"})
    filing = actions.deliver(workspace, upload, actor=REPORTER, now=NOW)
    assert isinstance(filing, Filing)
    other = read(
        workspace, text.replace("60", "7"), "2026年9月.csv", actor=REPORTER, mapping={"收了多少": "clutter_cleared"}
    )
    actions.deliver(workspace, other, actor=REPORTER, now=NOW)
    accept(workspace, filing)
    assert garbage(workspace, FENGLAI) == 60


def test_a_remembered_header_is_pinned_by_the_filing(workspace: Workspace) -> None:
    text = f"区划代码,收了多少\n{FENGLAI},60"
    first = read(workspace, text, "2026年9月.csv", actor=REPORTER, mapping={"收了多少": "garbage_cleared"})
    actions.deliver(workspace, first, actor=REPORTER, now=NOW)
    filing = hand_in(workspace, text.replace("60", "61"))
    assert dict(filing.choices["mapping"]) == {"收了多少": "garbage_cleared"}
    accept(workspace, filing)


def test_a_file_that_is_read_otherwise_than_when_it_was_handed_in_is_not_accepted(workspace: Workspace) -> None:
    actions.add_region_alias(workspace, int(FENGLAI), "老凤来居委", actor=CLERK, now=NOW)
    filing = hand_in(workspace, "乡镇,村,清理生活垃圾\n暨龙镇,老凤来居委,60")
    workspace.forget_tree()
    with workspace.store.writing() as connection:
        connection.exec_driver_sql("UPDATE region_alias SET key = " + XINGLONG)
    with pytest.raises(TransitionRefused, match="现在读出的数据与报送时不同"):
        accept(workspace, filing)
    with pytest.raises(TransitionRefused, match="现在读出的数据与报送时不同"):
        actions.open_filing(workspace, filing.number, actor=REVIEWER, now=LATER)
    assert queries.newest_watermark(workspace) == 0
    # It is in nobody's way: neither of a new one by the same person nor of a look at that.
    again = hand_in(workspace, GOOD)
    assert actions.overlapping_filings(workspace, again.number, actor=REVIEWER).empty
    look = Selection(0, OCTOBER, JILONG, "garbage_cleared")
    beside = effects.reported_beside_accepted(workspace, look, actor=REVIEWER, now=LATER)
    assert (beside.attrs["left_out"], beside["filing"].unique().tolist()) == ((filing.number,), [again.number])
    actions.return_filing(workspace, filing.number, comment="请重报", actor=REVIEWER, now=LATER)


def test_doubts_are_answered_by_the_reporter_and_new_ones_by_the_reviewer(workspace: Workspace) -> None:
    accept(workspace, hand_in(workspace, GOOD))
    november = rows(f"{FENGLAI},凤来社区,61,1")
    upload = read(workspace, november, "2026年11月.csv", actor=REPORTER)
    with pytest.raises(SubmissionRejected, match="理由"):
        actions.deliver(workspace, upload, actor=REPORTER, now=NOW)
    filing = actions.deliver(workspace, upload, actor=REPORTER, now=NOW, reasons={"": "拆除一座旧公厕"})
    assert isinstance(filing, Filing)
    assert [(one.code, one.reason) for one in filing.doubts] == [("stock_falls", "拆除一座旧公厕")]
    # Meanwhile October is corrected upwards, so that October's other villages make the next filing doubtful.
    receipt = accept(workspace, filing)
    assert [one.reason for one in queries.batch_doubts(workspace, receipt.batch)] == ["拆除一座旧公厕"]
    quiet = actions.deliver(
        workspace,
        read(workspace, rows(f"{XINGLONG},兴龙村,31,1"), "2026年11月.csv", actor=REPORTER),
        actor=REPORTER,
        now=NOW,
    )
    assert isinstance(quiet, Filing)
    assert quiet.doubts == ()
    correction = read(workspace, rows(f"{XINGLONG},兴龙村,30,3"), actor=CLERK)
    actions.commit_upload(workspace, correction, actor=CLERK, now=NOW, reasons={"": "补报"})
    with pytest.raises(SubmissionRejected, match="新出现了 1 类疑点"):
        accept(workspace, quiet)
    receipt = accept(workspace, quiet, comment="两座已停用")
    assert [one.reason for one in queries.batch_doubts(workspace, receipt.batch)] == ["审核意见：两座已停用"]
