"""审核 → 发布: what was handed in becomes figures only when another person accepts it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from ecodash.actions import uploads
from ecodash.actions.filings import CellName, audit_filing, names_of, reread, withdraw
from ecodash.actions.uploads import Upload
from ecodash.domain.access import Actor, Right
from ecodash.domain.periods import Month
from ecodash.domain.regions import key_range, region_code
from ecodash.domain.review import (
    LONGEST_COMMENT,
    MOST_CELL_COMMENTS,
    CellComment,
    Filing,
    FilingState,
)
from ecodash.domain.snapshots import clean_text
from ecodash.errors import NotPermitted, SubmissionRejected, TransitionRefused, UserError
from ecodash.i18n import gettext as _
from ecodash.permits import Reach, needs
from ecodash.permits.filings import of_filing
from ecodash.store import batch_contents, journal, records
from ecodash.store.records import KeptDoubt
from ecodash.store.submission import Acceptance, Receipt
from ecodash.workspace import Workspace


@needs(Right.REVIEW, of_filing)
def accept_filing(
    workspace: Workspace,
    number: int,
    *,
    actor: Actor,
    now: datetime,
    comment: str = "",
    compared_at: int | None = None,
) -> Receipt:
    """Commit what a filing brought, exactly as it was handed in: from here on it is published.

    It counts as received when it was handed in. Doubts that arise only now, against what was accepted meanwhile, are
    answered by the comment.

    Args:
        compared_at: the watermark of the comparison the reviewer was shown; None where nobody was shown any.
    Raises:
        NotPermitted: the actor handed it in.
        TransitionRefused: it was decided already, a month of it was closed, nothing of it changes anything any more, it
            contradicts what stands now, or what was shown no longer holds.
        SubmissionRejected: a doubt arose that the reporter did not answer, and there is no comment.
    """
    said = _comment(comment)
    with workspace.store.reading() as connection:
        found = records.review.get_filing(connection, number)
    _refuse_own(found, actor, _("不能审核自己报送的数据。"), _("请由另一位审核员审核。"))
    records.review.refuse_decided(found)
    looked_at = _refuse_overtaken(workspace, found)
    upload = reread(workspace, found)
    _refuse_contradiction(upload)
    if not upload.counts["new"] + upload.counts["changed"]:
        raise _changes_nothing(number)
    submission = uploads.submission_of(upload.intake, data=upload.data, doubts=_answered(upload, found, said))
    try:
        return journal.commit(
            workspace.store,
            replace(submission, file_name=found.file_name),
            actor=Actor(found.actor, found.channel, account=found.account),
            now=now,
            received_at=found.received_at,
            catalog_digest=workspace.catalog.digest,
            compared_at=compared_at,
            acceptance=Acceptance(number, actor, looked_at, said),
        )
    except SubmissionRejected as rejected:
        raise _changes_nothing(number) from rejected


def _refuse_overtaken(workspace: Workspace, found: Filing) -> int:
    """Refuse figures that were handed in anew later and accepted, even those that stand as they stood; the number of the
    last step that was looked at."""
    with workspace.store.reading() as connection:
        last = records.review.last_step(connection)
        later = records.review.accepted_later(connection, found)
    mine = names_of(workspace, found) if later else set()
    for one in later:
        if mine & _accepted_names(workspace, one):
            raise TransitionRefused(
                _("第 {old} 份报送件之后又报了第 {new} 份，并已审核通过；旧数据不能再覆盖新数据。").format(
                    old=found.number, new=one.number
                ),
                _("请将本件退回。"),
            )
    return last


def _accepted_names(workspace: Workspace, filing: Filing) -> set[CellName]:
    """The cells an accepted filing speaks of; those it changed where its file is no longer read as it was."""
    try:
        return names_of(workspace, filing)
    except UserError:
        with workspace.store.reading() as connection:
            cells = batch_contents.cells_of_batch(connection, filing.batch or 0)
        named = zip(cells["region"], cells["indicator"], cells["period"], strict=True)
        return {(int(key), str(code), int(period)) for key, code, period in named}


def _refuse_contradiction(upload: Upload) -> None:
    """Refuse what was sound when it was handed in and is not any more."""
    if not upload.intake.faults:
        return
    first = upload.intake.faults[0]
    if any(fault.code == "month_closed" for fault in upload.intake.faults):
        raise TransitionRefused(
            _("报送件中有已封账月份的数据，不能通过。"), _("请退回；如确需更正，请先由管理员重新开放该月。")
        )
    raise TransitionRefused(
        _("报送件与系统中现在的数据有 {n} 处矛盾，不能通过。例如：{hint}").format(
            n=len(upload.intake.faults), hint=first.hint
        ),
        _("请退回，由上报人核对后重新报送。"),
    )


def _answered(upload: Upload, filing: Filing, comment: str) -> list[KeptDoubt]:
    """The doubts as they arise now: with the reporter's reasons, or the reviewer's words where the reporter was not
    asked."""
    given = {one.code: one.reason for one in filing.doubts}
    fresh = [code for code in upload.doubt_codes if code not in given]
    if fresh and not comment:
        first = next(doubt for doubt in upload.intake.doubts if doubt.code in fresh)
        raise SubmissionRejected(
            _("报送之后新出现了 {n} 类疑点，上报人没有说明过。例如：{hint}").format(n=len(fresh), hint=first.hint),
            _("请核对；确实无误的，在审核意见中说明后再通过，否则退回。"),
        )
    return uploads.explained(upload, {code: given.get(code, f"审核意见：{comment}") for code in upload.doubt_codes})


def _changes_nothing(number: int) -> TransitionRefused:
    return TransitionRefused(
        _("第 {number} 份报送件中的数据与现有数据已完全相同，没有可发布的变化。").format(number=number),
        _("请退回或由上报人撤回。"),
    )


def _refuse_own(filing: Filing, actor: Actor, what: str, remedy: str) -> None:
    if filing.is_of(actor):
        raise NotPermitted(what, remedy)


@needs(Right.REVIEW, Reach.SOMEWHERE)
def accept_filings(
    workspace: Workspace, numbers: Sequence[int], *, actor: Actor, now: datetime, comment: str = ""
) -> list[tuple[int, Receipt | UserError]]:
    """Accept several filings, each whole by itself, in the order they were handed in, so that of two with the same
    cells the later holds. What is refused is answered with its refusal and the others go on."""
    asking = workspace.acting(workspace.actor)  # Each is checked by itself.
    done: list[tuple[int, Receipt | UserError]] = []
    for number in sorted(set(numbers)):
        try:
            done.append((number, accept_filing(asking, number, actor=actor, now=now, comment=comment)))
        except UserError as refused:
            done.append((number, refused))
    return done


@needs(Right.REVIEW, of_filing)
def return_filing(
    workspace: Workspace,
    number: int,
    *,
    comment: str,
    cells: Sequence[CellComment] = (),
    actor: Actor,
    now: datetime,
) -> Filing:
    """Send a filing back to whoever handed it in, saying why: in general, for single figures, or both.

    Raises:
        NotPermitted: the actor handed it in.
        TransitionRefused: it was decided already.
        UserError: nothing is said, or of figures that are not in it.
    """
    said = _comment(comment)
    with workspace.store.writing() as connection:
        step, found = records.review.begin_step(connection, number)
        _refuse_own(found, actor, _("不能退回自己报送的数据。"), _("请用“撤回”，改正后重新报送。"))
        kept = _checked_comments(workspace, found, cells)
        if not said and not kept:
            raise UserError(_("退回须说明理由。"), _("请写明需要改正什么，或在具体数据上批注。"))
        records.review.insert_step(connection, step, number, FilingState.RETURNED, actor=actor, now=now, comment=said)
        records.review.insert_cell_comments(connection, number, kept, actor=actor, now=now)
        detail = {"filing": number, "reporter": found.actor, "comment": said, "cells": [_spelled(one) for one in kept]}
        audit_filing(connection, "return_filing", actor, now, detail, found.region)
        return records.review.get_filing(connection, number)


def _checked_comments(workspace: Workspace, filing: Filing, cells: Sequence[CellComment]) -> list[CellComment]:
    if len(cells) > MOST_CELL_COMMENTS:
        raise UserError(
            _("批注太多：{n} 处，最多 {most} 处。").format(n=len(cells), most=MOST_CELL_COMMENTS),
            _("请合并成一条退回理由。"),
        )
    kept = []
    for one in cells:
        said = _comment(one.comment)
        is_inside = any(lo <= one.region < hi for lo, hi in map(key_range, filing.regions))
        if not is_inside or not filing.first_month.key <= one.period <= filing.last_month.key:
            raise UserError(_("批注的数据不在这份报送件中。"), _("请刷新页面后重新批注。"))
        if said:
            kept.append(replace(one, indicator=workspace.catalog[one.indicator].code, comment=said))
    return kept


def _spelled(one: CellComment) -> dict[str, Any]:
    month = str(Month.from_key(one.period))
    return {"region": region_code(one.region), "indicator": one.indicator, "month": month, "comment": one.comment}


@needs(Right.REPORT, Reach.SOMEWHERE)
def withdraw_filing(workspace: Workspace, number: int, *, actor: Actor, now: datetime) -> Filing:
    """Take back what one handed in oneself, as long as nobody decided.

    Raises:
        NotPermitted: somebody else handed it in.
        TransitionRefused: it was decided already.
    """
    with workspace.store.writing() as connection:
        found = records.review.find_filing(connection, number)
        if found is None or not found.is_of(actor):
            raise NotPermitted(_("只能撤回自己报送的数据。"), _("请在“我的报送”中选择。"))
        withdraw(connection, number, "", actor, now)
        return records.review.get_filing(connection, number)


def _comment(text: str) -> str:
    return clean_text(text, LONGEST_COMMENT)
