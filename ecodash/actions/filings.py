"""What was handed in, read again: a filing's file as it was understood then, beside what stands now."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd

from ecodash.actions import uploads
from ecodash.actions.uploads import Choices, Upload
from ecodash.domain.access import Actor, Right
from ecodash.domain.calendar import newest_reportable
from ecodash.domain.periods import Month
from ecodash.domain.regions import key_range
from ecodash.domain.review import Filing, FilingState
from ecodash.errors import SubmissionRejected, TransitionRefused, UserError
from ecodash.i18n import gettext as _
from ecodash.ingest.cells import empty_targets
from ecodash.ingest.intake import Intake
from ecodash.permits import Reach, needs, towns_of
from ecodash.permits.filings import of_filing_unless_own
from ecodash.store import journal, records
from ecodash.store.engine import Connection
from ecodash.store.records import KeptFile
from ecodash.store.submission import Submission, content_digest
from ecodash.workspace import Workspace

CellName = tuple[int, str, int]
"""Region (key), indicator (code; of a target with "target:" before it), period (yyyymm)."""


@needs(Right.READ_REPORTED, of_filing_unless_own)
def open_filing(workspace: Workspace, number: int, *, actor: Actor, now: datetime) -> Upload:
    """A filing's file, read again as it was handed in and compared with what stands now.

    Raises:
        UserError: there is no such filing, or its kept file is damaged.
        TransitionRefused: the file is no longer read as it was handed in: the catalogue or the regions changed.
    """
    with workspace.store.reading() as connection:
        found = records.review.get_filing(connection, number)
    return reread(workspace, found)


@needs(None, Reach.MACHINE)
def reread(workspace: Workspace, filing: Filing) -> Upload:
    """As open_filing, for a filing that is known."""
    kept = _kept_file(workspace, filing)
    upload = uploads.read_content(workspace, kept.content, filing.file_name, **_as_then(filing))
    _refuse_other_reading(filing, upload.intake)
    return upload


@needs(None, Reach.MACHINE)
def filed_frames(workspace: Workspace, filing: Filing) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The cells and targets of a filing, as columns of Intake.cells and Intake.targets, not to be changed.

    Raises: as open_filing.
    """
    places = [(f"filed_{name}", filing.number, workspace.catalog.digest) for name in ("cells", "targets")]
    frames = workspace.frames
    cells, targets = (frames.find(place) for place in places)
    if cells is None or targets is None:
        kept = _kept_file(workspace, filing)
        intake = uploads.read_intake(workspace, kept.content, filing.file_name, **_as_then(filing))
        _refuse_other_reading(filing, intake)
        cells, targets = intake.cells, intake.targets
        # Its digest says that they are what was handed in; they are forgotten with the regions they were found in.
        frames.keep(places[0], cells)
        frames.keep(places[1], targets)
    return cells, targets


def _kept_file(workspace: Workspace, filing: Filing) -> KeptFile:
    with workspace.store.reading() as connection:
        kept = records.load_file(connection, filing.file_sha256)
    if kept is None:
        raise UserError(
            _("第 {number} 份报送件的原文件不在系统中。").format(number=filing.number), _("请退回，由上报人重新报送。")
        )
    return kept


def _as_then(filing: Filing) -> dict[str, Any]:
    """How a filing's file is read: by the choices of then, by the clock of then, by nothing else that is remembered."""
    newest = newest_reportable(filing.received_at)
    return {"choices": _choices(filing.choices), "remembered": {}, "newest": newest}


def _refuse_other_reading(filing: Filing, intake: Intake) -> None:
    if content_digest(uploads.submission_of(intake)) != filing.digest:
        raise TransitionRefused(
            _("第 {number} 份报送件现在读出的数据与报送时不同：报送之后，指标目录或地区名单改过。").format(
                number=filing.number
            ),
            _("请退回，由上报人重新报送。"),
        )


def _choices(kept: Mapping[str, Any]) -> Choices:
    return Choices(
        month=None if kept["month"] is None else Month.parse(kept["month"]),
        within=int(kept["within"]),
        sheets=tuple(kept["sheets"]),
        mapping=dict(kept["mapping"]),
        accepts_guesses=bool(kept["accepts_guesses"]),
    )


def cell_names(cells: pd.DataFrame, targets: pd.DataFrame) -> set[CellName]:
    """(region key, indicator code, period) of every figure of a file; of a target the code begins with "target:"."""
    named = zip(cells["region"], cells["indicator"].astype("str"), cells["period"], strict=True)
    aims = zip(targets["region"], targets["indicator"].astype("str"), targets["deadline"], strict=True)
    found = {(int(key), str(code), int(period)) for key, code, period in named}
    return found | {(int(key), f"target:{code}", int(period)) for key, code, period in aims}


@needs(None, Reach.MACHINE)
def names_of(workspace: Workspace, filing: Filing) -> set[CellName]:
    """The cells and targets of a filing; raises as open_filing."""
    return cell_names(*filed_frames(workspace, filing))


@needs(None, Reach.MACHINE)
def waiting_nearby(workspace: Workspace, regions: Iterable[int], first: Month, last: Month) -> list[Filing]:
    """Filings that wait about a town among those of some regions, and a month of a span."""
    with workspace.store.reading() as connection:
        waiting = records.review.list_filings(connection, [FilingState.SUBMITTED])
    towns = set(towns_of(regions))
    return [one for one in waiting if towns & set(one.regions) and one.first_month <= last and first <= one.last_month]


@needs(Right.READ_REPORTED, of_filing_unless_own)
def overlapping_filings(workspace: Workspace, number: int, *, actor: Actor) -> pd.DataFrame:
    """Other filings that wait with figures for the same cells.

    Returns:
        One row per filing, oldest first: number, actor, received_at, cells (how many the same), is_later.
    """
    with workspace.store.reading() as connection:
        found = records.review.get_filing(connection, number)
    near = waiting_nearby(workspace, found.regions, found.first_month, found.last_month)
    others = sorted((one for one in near if one.number != number), key=lambda other: other.number)
    names = names_of(workspace, found) if others else set()
    rows = []
    for one in others:
        try:
            shared = len(names & names_of(workspace, one))
        except UserError:
            continue  # It is no longer read as it was handed in, and cannot be accepted any more.
        if shared:
            rows.append((one.number, one.actor, one.received_at, shared, one.number > number))
    return pd.DataFrame(rows, columns=["number", "actor", "received_at", "cells", "is_later"])


@dataclass(frozen=True)
class Rehearsed:
    """The installation as it would be with every filing accepted that waits in a region.

    Args:
        workspace, watermark: to ask; the installation as it is where nothing waits or would change.
        cells: what waits: region, indicator, period, filing (number); each cell once, as handed in last.
        left_out: numbers of filings whose files are no longer read as they were handed in.
    """

    workspace: Workspace
    watermark: int
    cells: pd.DataFrame
    left_out: tuple[int, ...]


@needs(None, Reach.MACHINE)
@contextmanager
def rehearsing_filings(
    workspace: Workspace, region: int, month: Month, *, actor: Actor, now: datetime
) -> Iterator[Rehearsed]:
    """What stands if everything is accepted that waits in a region about a month or earlier ones; nothing remains
    afterwards. Commits wait meanwhile, and what is asked must not be cached: see rehearsing."""
    lo, hi = key_range(region)
    with workspace.store.reading() as connection:
        watermark = journal.newest_watermark(connection)
        waiting = records.review.list_filings(connection, [FilingState.SUBMITTED])
    frames, left_out = [_no_cells()], []
    for one in sorted(waiting, key=lambda filing: filing.number):
        if one.first_month > month or not any(key_range(key)[0] < hi and lo < key_range(key)[1] for key in one.regions):
            continue
        try:
            cells, _targets = filed_frames(workspace, one)
        except UserError:
            left_out.append(one.number)
            continue
        inside = (cells["region"] >= lo) & (cells["region"] < hi) & (cells["period"] <= month.key)
        frames.append(cells.loc[inside, list(_CELL_TYPES)[:-1]].assign(filing=one.number))
    # Of one cell in several filings the later holds, as it would when they are accepted in turn.
    merged = pd.concat([one.astype(_CELL_TYPES) for one in frames], ignore_index=True)
    merged = merged.drop_duplicates(["region", "indicator", "period"], keep="last", ignore_index=True)
    named = merged[["region", "indicator", "period", "filing"]]
    submission = Submission(merged.assign(row=0), empty_targets(), "", "", row_count=len(merged))
    with ExitStack() as stack:
        try:
            digest = workspace.catalog.digest
            trying = journal.rehearsing(workspace.store, submission, actor=actor, now=now, catalog_digest=digest)
            rehearsal = stack.enter_context(trying)
        except SubmissionRejected:
            yield Rehearsed(workspace, watermark, named, tuple(left_out))
        else:
            yield Rehearsed(workspace.on(rehearsal), rehearsal.watermark, named, tuple(left_out))


_CELL_TYPES = {"region": "int64", "indicator": "str", "period": "int32", "value": "object", "filing": "int64"}


def _no_cells() -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series([], dtype=kind) for name, kind in _CELL_TYPES.items()})


# ── written within a transaction ───────────────────────────────────────────────────────────────────────────────────


def withdraw(connection: Connection, number: int, comment: str, actor: Actor, now: datetime) -> None:
    """Write that a filing is taken back by whoever handed it in."""
    step, found = records.review.begin_step(connection, number)
    records.review.insert_step(connection, step, number, FilingState.WITHDRAWN, actor=actor, now=now, comment=comment)
    audit_filing(connection, "withdraw_filing", actor, now, {"filing": number, "comment": comment}, found.region)


def audit_filing(
    connection: Connection, action: str, actor: Actor, now: datetime, detail: Mapping[str, Any], region: int
) -> None:
    """The line of the audit for a step of a filing."""
    records.write_audit(
        connection,
        actor=actor,
        now=now,
        action=action,
        detail=detail,
        watermark=journal.newest_watermark(connection),
        region=region,
    )
