"""What may become of an upload: doubts, reasons, two people at once, files kept, choices remembered, closed months."""

import threading
from dataclasses import replace

import pytest

from ecodash import actions, queries
from ecodash.domain.periods import Month
from ecodash.domain.selection import Selection
from ecodash.errors import EcodashError, SubmissionRejected, TransitionRefused
from ecodash.workspace import Workspace
from tests.actions.conftest import CLERK, FENGLAI, JILONG, JIULONGQUAN, NOW, OCTOBER, OTHER, XINGLONG, read, rows, send

GOOD = rows(f"{FENGLAI},凤来社区,60,2", f"{XINGLONG},兴龙村,30,1", f"{JIULONGQUAN},九龙泉村,20,1")


def garbage(workspace: Workspace, region: int | str, month: Month = OCTOBER) -> float | None:
    selection = Selection(queries.newest_watermark(workspace), month, int(region), "garbage_cleared")
    return queries.totals_of(workspace, selection, ["garbage_cleared"]).get("garbage_cleared")


# ── doubts ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_doubt_needs_a_reason_which_is_kept_and_shown_beside_the_figure(workspace: Workspace) -> None:
    send(workspace, GOOD)
    fallen = rows(f"{FENGLAI},凤来社区,61,1", f"{XINGLONG},兴龙村,31,1")
    upload = read(workspace, fallen, "2026年11月.csv")
    assert upload.doubt_codes == ["stock_falls"]
    with pytest.raises(SubmissionRejected, match="理由"):
        actions.commit_upload(workspace, upload, actor=CLERK, now=NOW)
    with pytest.raises(SubmissionRejected, match="理由"):
        actions.commit_upload(workspace, upload, actor=CLERK, now=NOW, reasons={"stock_falls": "  ", "other": "好"})
    assert queries.newest_watermark(workspace) == 1
    receipt = actions.commit_upload(workspace, upload, actor=CLERK, now=NOW, reasons={"stock_falls": "拆除一座旧公厕"})
    (kept,) = queries.batch_doubts(workspace, receipt.batch)
    assert (kept.code, kept.region, kept.indicator, kept.reason) == (
        "stock_falls",
        int(FENGLAI),
        "public_toilets",
        "拆除一座旧公厕",
    )
    profile = queries.region_profile(workspace, Selection(2, Month(2026, 11), int(FENGLAI))).set_index("indicator")
    assert "拆除一座旧公厕" in profile.loc["public_toilets", "doubts"]
    assert profile.loc["garbage_cleared", "doubts"] == ""
    neighbour = queries.region_profile(workspace, Selection(2, Month(2026, 11), int(XINGLONG)))
    assert set(neighbour["doubts"]) == {""}


def test_an_import_without_a_reason_writes_nothing_and_says_which(workspace: Workspace) -> None:
    send(workspace, GOOD)
    data = rows(f"{FENGLAI},凤来社区,61,1").encode()
    given = {"actor": CLERK, "now": NOW}
    refused = actions.import_file(workspace, data, "2026年11月.csv", **given)  # type: ignore[arg-type]
    assert (refused.receipt, refused.unexplained, queries.newest_watermark(workspace)) == (None, ("stock_falls",), 1)
    done = actions.import_file(workspace, data, "2026年11月.csv", reasons={"": "拆除"}, **given)  # type: ignore[arg-type]
    assert done.receipt is not None
    again = actions.import_file(workspace, data, "2026年11月.csv", **given)  # type: ignore[arg-type]
    assert (again.receipt, again.already_in, again.unexplained) == (None, 2, ())


# ── two at once ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_committing_the_same_reading_twice_makes_one_batch(workspace: Workspace) -> None:
    upload = read(workspace, GOOD)
    actions.commit_upload(workspace, upload, actor=CLERK, now=NOW)
    with pytest.raises(TransitionRefused, match="第 1 批"):
        actions.commit_upload(workspace, upload, actor=CLERK, now=NOW)
    assert queries.newest_watermark(workspace) == 1


def test_overlapping_files_committed_at_once_never_overwrite_what_was_not_shown(workspace: Workspace) -> None:
    """Eight people preview at the same watermark and commit together: one goes through, the others are told to look
    again, and after looking again every one of them gets through with the old value it was shown."""
    texts = [rows(f"{FENGLAI},凤来社区,{60 + number},2") for number in range(8)]
    uploads = [read(workspace, text) for text in texts]
    refused, gate = [], threading.Barrier(len(uploads))

    def commit(number: int) -> None:
        gate.wait()
        try:
            actions.commit_upload(workspace, uploads[number], actor=CLERK, now=NOW)
        except TransitionRefused:
            refused.append(number)

    threads = [threading.Thread(target=commit, args=(number,)) for number in range(len(uploads))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 7
    (winner,) = set(range(8)) - set(refused)
    assert garbage(workspace, FENGLAI) == 60 + winner
    last = winner
    for number in refused:
        upload = read(workspace, texts[number])
        old = upload.changes.loc[upload.changes["indicator"] == "garbage_cleared", "old"].iloc[0]
        assert float(old) == 60 + last
        actions.commit_upload(workspace, upload, actor=CLERK, now=NOW)
        last = number
    assert queries.verify(workspace).problems == []


def test_imports_of_one_file_at_once_make_one_batch_and_all_are_answered(workspace: Workspace) -> None:
    answers, gate = [], threading.Barrier(6)

    def send_it() -> None:
        gate.wait()
        answers.append(actions.import_file(workspace, GOOD.encode(), "2026年10月.csv", actor=CLERK, now=NOW))

    threads = [threading.Thread(target=send_it) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.receipt is not None for answer in answers) == [False] * 5 + [True]
    assert {answer.already_in for answer in answers if answer.receipt is None} == {1}


# ── undo of the rest ───────────────────────────────────────────────────────────────────────────────────────────────


def test_what_a_later_batch_changed_stays_when_the_rest_is_undone(workspace: Workspace) -> None:
    send(workspace, GOOD)
    send(workspace, rows(f"{XINGLONG},兴龙村,35,1"))
    with pytest.raises(TransitionRefused, match="第 2 批"):
        actions.undo_batch(workspace, 1, actor=CLERK, now=NOW)
    plan = actions.plan_undo(workspace, 1)
    assert (plan.cells, plan.later, plan.kept["region"].tolist()) == (5, (2,), [int(XINGLONG)])
    actions.undo_batch(workspace, 1, actor=CLERK, now=NOW, rest=True)
    assert [garbage(workspace, code) for code in (FENGLAI, XINGLONG, JIULONGQUAN)] == [None, 35, None]
    assert queries.verify(workspace).problems == []


# ── what is kept ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_file_is_kept_as_sent(workspace: Workspace) -> None:
    data = GOOD.replace("\n", "\r\n").encode("gb18030")
    receipt = send(workspace, data)
    kept = queries.uploaded_file(workspace, receipt.batch)
    assert (kept.content, kept.file_name, kept.size) == (data, "2026年10月.csv", len(data))
    actions.undo_batch(workspace, receipt.batch, actor=CLERK, now=NOW)
    assert queries.uploaded_file(workspace, receipt.batch).content == data
    with pytest.raises(EcodashError, match="第 2 批没有保存原文件"):
        queries.uploaded_file(workspace, 2)


def test_a_choice_for_a_header_is_remembered_for_its_reporter_alone(workspace: Workspace) -> None:
    text = f"区划代码,收了多少\n{FENGLAI},60"
    assert [fault.code for fault in read(workspace, text).intake.faults] == ["column_unknown"]
    send(workspace, text, mapping={"收了多少": "garbage_cleared"})
    again = read(workspace, text.replace("60", "61"))
    assert (again.intake.faults, again.intake.columns[1].how) == ((), "remembered")
    assert [fault.code for fault in read(workspace, text, actor=OTHER).intake.faults] == ["column_unknown"]
    changed = read(workspace, text, mapping={"收了多少": "clutter_cleared"})
    assert (changed.intake.columns[1].target, changed.intake.columns[1].how) == ("clutter_cleared", "chosen")


def test_a_guess_waits_for_a_click(workspace: Workspace) -> None:
    text = f"区划代码,清理生活垃圾重量\n{FENGLAI},60"
    (fault,) = read(workspace, text).intake.faults
    assert fault.code == "column_guessed"
    assert read(workspace, text, accepts_guesses=True).intake.faults == ()
    assert queries.newest_watermark(workspace) == 0


def test_a_former_name_is_found_once_it_is_told(workspace: Workspace) -> None:
    text = "乡镇,村,清理生活垃圾\n暨龙镇,老凤来居委,60"
    assert [fault.code for fault in read(workspace, text).intake.faults] == ["region_unknown"]
    actions.add_region_alias(workspace, int(FENGLAI), "老凤来居委", actor=CLERK, now=NOW)
    upload = read(workspace, text)
    assert (upload.intake.faults, upload.intake.cells["region"].tolist()) == ((), [int(FENGLAI)])
    assert any("老凤来居委" in note for note in upload.intake.notes)


def test_a_closed_month_takes_no_more_until_it_is_opened_with_a_reason(workspace: Workspace) -> None:
    send(workspace, GOOD)
    waiting = read(workspace, rows(f"{FENGLAI},凤来社区,61,2"))
    assert actions.set_month_closed(workspace, OCTOBER, is_closed=True, actor=CLERK, now=NOW)
    assert {fault.code for fault in read(workspace, rows(f"{FENGLAI},凤来社区,61,2")).intake.faults} == {"month_closed"}
    assert read(workspace, GOOD).intake.faults == ()  # what stands may be sent again
    with pytest.raises(TransitionRefused):
        actions.commit_upload(workspace, waiting, actor=CLERK, now=NOW)
    with pytest.raises(TransitionRefused):
        actions.undo_batch(workspace, 1, actor=CLERK, now=NOW)
    with pytest.raises(EcodashError, match="理由"):
        actions.set_month_closed(workspace, OCTOBER, is_closed=False, actor=CLERK, now=NOW)
    actions.set_month_closed(workspace, OCTOBER, is_closed=False, actor=CLERK, now=NOW, reason="更正凤来社区")
    actions.commit_upload(workspace, replace(waiting), actor=CLERK, now=NOW)
    assert garbage(workspace, FENGLAI) == 61


def test_totals_of_the_town_follow(workspace: Workspace) -> None:
    send(workspace, GOOD)
    assert garbage(workspace, JILONG) == 110
