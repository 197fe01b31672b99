"""Uploads: a file is read and compared, committed whole or not at all, and can be undone."""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

import pandas as pd

from ecodash.domain.access import Actor, Right
from ecodash.domain.calendar import newest_reportable
from ecodash.domain.periods import Month
from ecodash.domain.regions import COUNTRY_KEY, Level, ancestor_key
from ecodash.domain.review import is_same_person
from ecodash.errors import NotPermitted, ServiceStopping, SubmissionRejected
from ecodash.i18n import gettext as _
from ecodash.ingest.book import Progress, say_nothing
from ecodash.ingest.checks import MONTHS_BEFORE, Standing, check_logic, compared_with
from ecodash.ingest.intake import Intake, read_upload
from ecodash.ingest.own_headings import with_headings
from ecodash.permits import Reach, needs, of_batch, of_upload, regions_of_upload
from ecodash.store import batch_contents, journal, reading, records, reporting
from ecodash.store.difference import difference, target_difference
from ecodash.store.engine import Connection
from ecodash.store.records import KeptDoubt
from ecodash.store.submission import Receipt, Submission
from ecodash.store.undo import UndoPlan, undo, undo_plan
from ecodash.workspace import Workspace

LONGEST_REASON = 500


@dataclass(frozen=True)
class Choices:
    """What the reporter chose for a file.

    Args:
        month: the month the figures are for, where the file does not say.
        within: key of the region the file's names are looked for in.
        sheets: names of the sheets to read; all that are alike where empty.
        mapping: header → indicator code or role, or "-" to leave the column out.
        accepts_guesses: whether headers that are merely like an indicator's name are taken for it.
    """

    month: Month | None = None
    within: int = COUNTRY_KEY
    sheets: tuple[str, ...] = ()
    mapping: Mapping[str, str] = field(default_factory=dict)
    accepts_guesses: bool = False


@dataclass(frozen=True)
class Upload:
    """A file that was read and compared with what stands, and not committed yet.

    Args:
        data: the file's bytes.
        choices: made for it.
        intake: what the file says, with its faults and doubts, those of the logic checks among them.
        changes: rows of store.difference.difference.
        target_changes: rows of store.difference.target_difference.
        watermark: the commit it was compared with.
    """

    data: bytes
    choices: Choices
    intake: Intake
    changes: pd.DataFrame
    target_changes: pd.DataFrame
    watermark: int

    @property
    def counts(self) -> dict[str, int]:
        """How many cells and targets are new, changed, unchanged."""
        found = self.changes["change"].value_counts(), self.target_changes["change"].value_counts()
        return {name: sum(int(one.get(name, 0)) for one in found) for name in ("new", "changed", "unchanged")}

    @property
    def regions(self) -> set[int]:
        """Keys of the regions it has figures or targets for."""
        return {int(key) for rows in (self.changes, self.target_changes) for key in rows["region"].unique()}

    @property
    def counties(self) -> set[int]:
        """Keys of the counties it has figures or targets for, of larger units their own."""
        return {ancestor_key(key, Level.COUNTY) for key in self.regions}

    @property
    def doubt_codes(self) -> list[str]:
        """The rules that found something unlikely, each once: every one needs a reason."""
        return list(dict.fromkeys(doubt.code for doubt in self.intake.doubts))


@needs(Right.REPORT, Reach.SOMEWHERE, answer=regions_of_upload)
def read_file(
    workspace: Workspace,
    data: bytes,
    file_name: str,
    *,
    actor: Actor,
    now: datetime,
    choices: Choices | None = None,
    progress: Progress = say_nothing,
) -> Upload:
    """Read and check a file, and say what committing it would change. Nothing is written.

    What this actor said of the file's headers before is taken up again; what an administrator said of them for
    everybody holds where this actor said nothing.
    """
    with workspace.store.reading() as connection:
        remembered = records.headers_of(connection, actor)
    return read_content(
        workspace,
        data,
        file_name,
        choices=choices or Choices(),
        remembered=remembered,
        newest=newest_reportable(now),
        progress=progress,
    )


@needs(None, Reach.MACHINE)
def read_content(
    workspace: Workspace,
    data: bytes,
    file_name: str,
    *,
    choices: Choices,
    remembered: Mapping[str, str],
    newest: Month,
    progress: Progress = say_nothing,
) -> Upload:
    """Read and check a file whoever sent it, and compare it with what stands now.

    Args:
        remembered: header → target, where the choices do not say.
        newest: the last month that may be reported.
    """
    intake = read_intake(
        workspace,
        data,
        file_name,
        choices=choices,
        remembered=remembered,
        newest=newest,
        progress=lambda what, done: progress(what, done * 0.8),
    )
    progress("正在与现有数据比较", 0.8)
    with workspace.store.reading() as connection:
        intake = _with_logic(connection, workspace, intake, newest)
        progress("正在与现有数据比较", 0.9)
        submission = submission_of(intake)
        upload = Upload(
            data,
            choices,
            intake,
            difference(connection, submission),
            target_difference(connection, submission),
            journal.newest_watermark(connection),
        )
    progress("读取完成", 1.0)
    return upload


@needs(None, Reach.MACHINE)
def read_intake(
    workspace: Workspace,
    data: bytes,
    file_name: str,
    *,
    choices: Choices,
    remembered: Mapping[str, str],
    newest: Month,
    progress: Progress = say_nothing,
) -> Intake:
    """Read a file by itself, as read_content, without what stands."""
    with workspace.store.reading() as connection:
        own = {code: choice.headings for code, choice in records.indicator_choices(connection).items()}
    catalog = with_headings(workspace.catalog, own)

    def read(mapping: Mapping[str, str]) -> Intake:
        return read_upload(
            data,
            file_name,
            catalog=catalog,
            tree=workspace.tree,
            newest=newest,
            month=choices.month,
            within=choices.within,
            mapping=mapping,
            remembered=remembered,
            sheets=choices.sheets,
            progress=progress,
        )

    intake = read(choices.mapping)
    guesses = _guesses(intake) if choices.accepts_guesses else {}
    return read({**guesses, **choices.mapping}) if guesses else intake


def _guesses(intake: Intake) -> dict[str, str]:
    return {match.header: match.target for sheet in intake.sheets for match in sheet.columns if match.how == "near"}


def _with_logic(connection: Connection, workspace: Workspace, intake: Intake, newest: Month) -> Intake:
    """The intake with what the logic checks find in it against what stands."""
    if intake.cells.empty:
        return intake
    standing = _standing(connection, workspace, intake)
    faults, doubts = check_logic(
        intake.cells,
        catalog=workspace.catalog,
        tree=workspace.tree,
        standing=standing,
        newest=newest,
        label=intake.label,
    )
    return replace(intake, faults=(*intake.faults, *faults), doubts=(*intake.doubts, *doubts))


def _standing(connection: Connection, workspace: Workspace, intake: Intake) -> Standing:
    """The reports that stand for the regions of a file, for its indicators and those they are limited by."""
    cells = intake.cells
    codes = compared_with(workspace.catalog, [str(code) for code in cells["indicator"].cat.categories])
    first, last = Month.from_key(int(cells["period"].min())), Month.from_key(int(cells["period"].max()))
    begin, end = first.plus(-MONTHS_BEFORE).key, last.plus(MONTHS_BEFORE).key
    lo, hi = int(cells["region"].min()), int(cells["region"].max()) + 1
    reports = reading.own_reports(connection, lo, hi, codes, begin, end)
    # A town's months are asked for the whole town, whichever of its villages are in the file.
    town, behind = ancestor_key(lo, Level.TOWN), ancestor_key(hi - 1, Level.TOWN) + Level.TOWN.span
    months = reporting.flow_months(connection, town, behind, begin, end)
    return Standing(reports, frozenset(records.closed_months(connection)), frozenset(months))


def submission_of(
    intake: Intake, *, data: bytes = b"", doubts: Sequence[KeptDoubt] = (), is_demo: bool = False
) -> Submission:
    """What a file that was read is to be committed as."""
    return Submission(
        intake.cells,
        intake.targets,
        intake.file_name,
        intake.sha256,
        row_count=intake.row_count,
        is_demo=is_demo,
        file_content=data,
        doubts=tuple(doubts),
    )


@needs(Right.REPORT, of_upload)
def commit_upload(
    workspace: Workspace,
    upload: Upload,
    *,
    actor: Actor,
    now: datetime,
    reasons: Mapping[str, str] | None = None,
    received_at: datetime | None = None,
    is_demo: bool = False,
    was_previewed: bool = True,
) -> Receipt:
    """Commit a file that was read, whole, with the file as sent and the reasons for its doubts.

    Args:
        reasons: rule's code → why its doubts are right after all; "" is the reason for every rule without its own.
        received_at: when the file arrived; now, where it is committed on arrival.
        is_demo: whether its figures are invented.
        was_previewed: whether somebody was shown the old values, which then must still stand.
    Raises:
        SubmissionRejected: the file has faults, a doubt has no reason, or nothing changes.
        TransitionRefused: something was committed since the file was compared, so the preview no longer holds.
        NotPermitted: a county the file is about is reviewed: actions.deliver hands the file in.
    """
    refuse_faults(upload)
    receipt = journal.commit(
        workspace.store,
        submission_of(upload.intake, data=upload.data, doubts=explained(upload, reasons or {}), is_demo=is_demo),
        actor=actor,
        now=now,
        received_at=received_at or now,
        catalog_digest=workspace.catalog.digest,
        compared_at=upload.watermark if was_previewed else None,
        unreviewed=() if actor.may(Right.PUBLISH) else upload.counties,
    )
    chosen = used_choices(upload)
    if chosen:
        # The batch stands: that it does is to be said, also where this is written no more.
        with contextlib.suppress(ServiceStopping), workspace.store.writing() as connection:
            records.remember_headers(connection, actor, chosen, now)
    return receipt


def refuse_faults(upload: Upload) -> None:
    """Refuse a file with faults.

    Raises:
        SubmissionRejected: it has some.
    """
    if upload.intake.faults:
        raise SubmissionRejected(
            f"文件有 {len(upload.intake.faults)} 处问题，未提交任何数据。", "请按列出的说明逐条修改后重新上传。"
        )


def explained(upload: Upload, reasons: Mapping[str, str]) -> list[KeptDoubt]:
    """The doubts with their reasons.

    Raises:
        SubmissionRejected: one has none.
    """
    given = {code: reason.strip()[:LONGEST_REASON] for code, reason in reasons.items()}
    missing = [code for code in upload.doubt_codes if not (given.get(code) or given.get(""))]
    if missing:
        first = next(doubt for doubt in upload.intake.doubts if doubt.code in missing)
        raise SubmissionRejected(
            f"有 {len(missing)} 类疑点没有说明理由，未提交任何数据。例如：{first.hint}",
            "请核对数据；确实无误的，逐类填写理由后再提交。",
        )
    return [
        KeptDoubt(
            code=doubt.code,
            hint=doubt.hint,
            reason=given.get(doubt.code) or given[""],
            region=doubt.region,
            indicator=doubt.indicator,
            period=doubt.period,
            row=doubt.row,
            sheet=doubt.sheet,
        )
        for doubt in upload.intake.doubts
    ]


def used_choices(upload: Upload, how: Sequence[str] = ("chosen",)) -> dict[str, str]:
    """What was chosen for headers the file really has: that is remembered for this reporter.

    Args:
        how: in which ways the headers to be named were understood.
    """
    columns = [match for sheet in upload.intake.sheets for match in sheet.columns]
    targets = {match.header: "-" if match.target == "ignored" else match.target for match in columns}
    return {match.header: targets[match.header] for match in columns if match.how in how}


@needs(None, Reach.MACHINE)
@contextmanager
def rehearsing(workspace: Workspace, upload: Upload, *, actor: Actor, now: datetime) -> Iterator[tuple[Workspace, int]]:
    """The installation as it would be after the commit, and its watermark; nothing remains afterwards. What is asked of
    it is not checked: only an answer that was allowed may rehearse.

    Commits wait meanwhile, and what is asked must not be cached: see store.journal.rehearsing.
    """
    submission = submission_of(upload.intake)
    digest = workspace.catalog.digest
    with journal.rehearsing(workspace.store, submission, actor=actor, now=now, catalog_digest=digest) as rehearsal:
        yield workspace.on(rehearsal), rehearsal.watermark


# ── undo ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@needs(Right.READ, of_batch)
def plan_undo(workspace: Workspace, number: int) -> UndoPlan:
    """What undoing a batch would take back, and what later batches changed and would stay.

    Raises:
        TransitionRefused: it cannot be undone at all; the message says why.
    """
    with workspace.store.reading() as connection:
        return undo_plan(connection, number)


@needs(Right.REVIEW, of_batch)
def undo_batch(workspace: Workspace, number: int, *, actor: Actor, now: datetime, rest: bool = False) -> Receipt:
    """Reverse a batch by a new one.

    Args:
        rest: where later batches changed a part of it, reverse the rest and leave that part as it is.
    Raises:
        TransitionRefused: it cannot be undone; the message says why.
        NotPermitted: it is of a county that is reviewed, and the actor reported it.
    """
    if not actor.may(Right.PUBLISH):
        _refuse_own(workspace, number, actor)
    return undo(workspace.store, number, actor=actor, now=now, rest=rest)


def _refuse_own(workspace: Workspace, number: int, actor: Actor) -> None:
    """Refuse to let somebody take back by themselves what another person accepted of them. Targets set on a page came
    in no file and needed nobody's acceptance."""
    with workspace.store.reading() as connection:
        if batch_contents.file_of_batch(connection, number) is None:
            return
        reporter = records.review.reporter_of_batch(connection, number)
        counties = {ancestor_key(key, Level.COUNTY) for key in batch_contents.regions_of_batch(connection, number)}
        is_reviewed = bool(counties - records.review.unreviewed_counties(connection))
    if is_reviewed and reporter is not None and is_same_person(actor, *reporter):
        raise NotPermitted(
            _("第 {number} 批是您自己上报的，不能由您自己撤销。").format(number=number),
            _("请由另一位审核员撤销，或报送更正后的数据。"),
        )
