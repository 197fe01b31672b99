"""上报: a file is committed where nobody has to review it, else handed in for another person to accept."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

from ecodash.actions import uploads
from ecodash.actions.filings import CellName, audit_filing, cell_names, names_of, waiting_nearby, withdraw
from ecodash.actions.uploads import Upload
from ecodash.domain.access import Actor, Right
from ecodash.domain.accounts import common_region
from ecodash.domain.periods import Month
from ecodash.domain.review import ExplainedDoubt, Filing, FilingState
from ecodash.errors import SubmissionRejected, TransitionRefused, UserError
from ecodash.i18n import gettext as _
from ecodash.permits import needs, of_upload, towns_of
from ecodash.store import records, telling
from ecodash.store.closed import refuse_closed
from ecodash.store.engine import Connection
from ecodash.store.records import KeptDoubt
from ecodash.store.records.review import NewFiling
from ecodash.store.records.uploads import compress, keep_file
from ecodash.store.submission import Receipt, content_digest
from ecodash.workspace import Workspace

_PINNED = ("chosen", "remembered", "near")
"""Ways a header was understood that hang on more than the file and the catalogue: the filing keeps them."""


@needs(Right.REPORT, of_upload)
def deliver(
    workspace: Workspace,
    upload: Upload,
    *,
    actor: Actor,
    now: datetime,
    reasons: Mapping[str, str] | None = None,
    received_at: datetime | None = None,
    was_previewed: bool = True,
    answers: int | None = None,
    publishes: bool | None = None,
) -> Receipt | Filing:
    """Bring a file that was read on its way: commit it where nobody has to review it, else hand it in for review.

    It is committed where review is switched off for every county it is about, and for whoever may publish: the
    installation's operator, who is asked to say so as soon as there are accounts.

    Args:
        reasons, received_at, was_previewed: as in commit_upload.
        answers: number of a returned filing that this one corrects.
        publishes: whether to commit without a review; None: where the installation has no accounts or is open.
    Returns:
        The receipt of the commit, or the filing: handing the same in again answers with the one that waits.
    Raises:
        SubmissionRejected: the file has faults, a doubt has no reason, or nothing changes.
        TransitionRefused: something was committed since the file was compared (only where it is committed), a month of
            it is closed, or the filing to be corrected was not returned.
        NotPermitted: publishes without the right to.
    """
    if publishes:
        actor.require(Right.PUBLISH)
    if _is_published(workspace, upload, actor, publishes):
        return uploads.commit_upload(
            workspace,
            upload,
            actor=actor,
            now=now,
            reasons=reasons,
            received_at=received_at,
            was_previewed=was_previewed,
        )
    return _hand_in(workspace, upload, actor, now, reasons or {}, received_at or now, answers)


def _is_published(workspace: Workspace, upload: Upload, actor: Actor, publishes: bool | None) -> bool:
    with workspace.store.reading() as connection:
        unreviewed = records.review.unreviewed_counties(connection)
        is_staffed = records.review.is_staffed(connection)
    if upload.counties <= unreviewed:
        return True
    may = actor.may(Right.PUBLISH)
    return may and (publishes if publishes is not None else workspace.settings.is_open or not is_staffed)


def _hand_in(
    workspace: Workspace,
    upload: Upload,
    actor: Actor,
    now: datetime,
    reasons: Mapping[str, str],
    received_at: datetime,
    answers: int | None,
) -> Filing:
    uploads.refuse_faults(upload)
    counts = upload.counts
    if not counts["new"] + counts["changed"]:
        raise SubmissionRejected(
            _("文件中的数据与系统中现有数据完全相同，没有可提交的变化。"),
            _("无需再次上传；如需更正，请修改文件中的数值。"),
        )
    doubts = uploads.explained(upload, reasons)
    new = _new_filing(upload, doubts, received_at, answers)
    replaced = _replaced_by(workspace, upload, new, actor)
    compressed = compress(upload.data)
    with workspace.store.writing() as connection:
        waiting = records.review.list_filings(connection, [FilingState.SUBMITTED])
        for one in waiting:
            if one.is_of(actor) and (one.digest, one.file_sha256) == (new.digest, new.file_sha256):
                return one
        _refuse_wrong_answer(connection, actor, answers)
        changed = upload.changes[upload.changes["change"] != "unchanged"]
        refuse_closed(connection, changed["region"].to_numpy(), changed["period"].to_numpy())
        keep_file(
            connection,
            sha256=new.file_sha256,
            file_name=new.file_name,
            size=len(upload.data),
            compressed=compressed,
            received_at=received_at,
        )
        number = records.review.insert_filing(connection, new, actor=actor, now=now)
        still = {one.number for one in waiting}
        for old in (number_ for number_ in replaced if number_ in still):
            withdraw(connection, old, f"由第 {number} 份报送件代替。", actor, now)
        chosen = uploads.used_choices(upload)
        if chosen:
            records.remember_headers(connection, actor, chosen, now)
        detail = {
            "filing": number, "file": new.file_name, "sha256": new.file_sha256, "rows": new.row_count,
            "cells": new.cell_count, "new": new.new_count, "changed": new.changed_count, "doubts": len(doubts),
            "answers": answers, "replaces": list(replaced),
        }  # fmt: skip
        audit_filing(connection, "hand_in", actor, now, detail, new.region)
        filed = records.review.get_filing(connection, number)
    telling.handed_in(number, new.row_count, new.cell_count, actor)
    return filed


def _new_filing(upload: Upload, doubts: Sequence[KeptDoubt], received_at: datetime, answers: int | None) -> NewFiling:
    intake, counts, chosen = upload.intake, upload.counts, upload.choices
    periods = intake.cells["period"] if len(intake.cells) else intake.targets["deadline"]
    return NewFiling(
        received_at=received_at,
        file_name=intake.file_name,
        file_sha256=intake.sha256,
        row_count=intake.row_count,
        cell_count=len(intake.cells) + len(intake.targets),
        new_count=counts["new"],
        changed_count=counts["changed"],
        first_month=int(periods.min()),
        last_month=int(periods.max()),
        region=common_region(upload.regions),
        regions=towns_of(upload.regions),
        choices={
            "month": None if chosen.month is None else str(chosen.month),
            "within": chosen.within,
            "sheets": list(chosen.sheets),
            "mapping": {**chosen.mapping, **uploads.used_choices(upload, _PINNED)},
            "accepts_guesses": chosen.accepts_guesses,
        },
        doubts=[ExplainedDoubt(**asdict(one)) for one in doubts],
        digest=content_digest(uploads.submission_of(intake)),
        compared_at=upload.watermark,
        answers=answers,
    )


def _replaced_by(workspace: Workspace, upload: Upload, new: NewFiling, actor: Actor) -> list[int]:
    """Filings of the same person that wait and say nothing that the new one does not say anew."""
    span = Month.from_key(new.first_month), Month.from_key(new.last_month)
    own = [one for one in waiting_nearby(workspace, upload.regions, *span) if one.is_of(actor)]
    mine = cell_names(upload.intake.cells, upload.intake.targets) if own else set()
    return [one.number for one in own if _says_no_more(workspace, one, mine)]


def _says_no_more(workspace: Workspace, filing: Filing, mine: set[CellName]) -> bool:
    """Whether all a filing speaks of is spoken of anew; of one that is no longer read as it was, nobody knows."""
    try:
        return names_of(workspace, filing) <= mine
    except UserError:
        return False


def _refuse_wrong_answer(connection: Connection, actor: Actor, answers: int | None) -> None:
    if answers is None:
        return
    found = records.review.get_filing(connection, answers)
    if found.state is not FilingState.RETURNED:
        raise TransitionRefused(
            _("第 {number} 份报送件的状态是“{state}”，不是退回待改。").format(number=answers, state=found.state.label),
            _("请直接作为新的报送件提交。"),
        )
    if not found.is_of(actor):
        actor.require(Right.REPORT, found.regions)
