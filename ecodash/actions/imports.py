"""One call from a file to a receipt, for the command line and for programs."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from ecodash.actions import handing_in, uploads
from ecodash.actions.uploads import Choices, Upload
from ecodash.domain.access import Actor, Right
from ecodash.domain.review import Filing
from ecodash.errors import SubmissionRejected
from ecodash.ingest.body import FATES, Fate
from ecodash.ingest.intake import Intake, SheetReading
from ecodash.permits import Reach, needs
from ecodash.store import records
from ecodash.store.submission import Receipt
from ecodash.workspace import Workspace


@dataclass(frozen=True)
class ImportResult:
    """What became of a file.

    Args:
        upload: how it was read, with its faults and doubts.
        receipt: the commit; None where there are faults, doubts without a reason, nothing was to be written, or it was
            handed in for review.
        filing: what was handed in; None where nothing was.
        already_in: the newest batch that brought the same file, where all it says stands already.
        unexplained: codes of the doubts that lack a reason.
    """

    upload: Upload
    receipt: Receipt | None
    already_in: int | None = None
    unexplained: tuple[str, ...] = ()
    filing: Filing | None = None

    def to_dict(self) -> dict[str, Any]:
        """As `import --json` and /api/import answer: batch is null where nothing was committed, filing where nothing was
        handed in for review."""
        intake, receipt, counts = self.upload.intake, self.receipt, self.upload.counts
        notes = list(intake.notes)
        if receipt is None and counts["unchanged"] and not (counts["new"] or counts["changed"] or intake.faults):
            where = f"，同一文件已在第 {self.already_in} 批提交" if self.already_in is not None else ""
            notes.append(f"文件中的数据与系统中现有数据完全相同{where}，没有产生新的批次。")
        if self.filing is not None:
            notes.append(f"已作为第 {self.filing.number} 份报送件提交审核；由另一位审核员通过后，数据才会发布。")
        return {
            "batch": receipt.batch if receipt else None,
            "filing": self.filing.number if self.filing else None,
            "watermark": receipt.watermark if receipt else self.upload.watermark,
            "rows": intake.row_count,
            "cells": receipt.cells if receipt else 0,
            **counts,
            "already_in": self.already_in,
            "file": intake.file_name,
            "sha256": intake.sha256,
            "encoding": intake.encoding,
            "layout": intake.layout,
            "sheets": [sheet.label for sheet in intake.sheets],
            "notes": notes,
            "faults": [asdict(fault) for fault in intake.faults],
            "doubts": [asdict(doubt) for doubt in intake.doubts],
            "unexplained": list(self.unexplained),
        }


def explain(intake: Intake) -> dict[str, Any]:
    """How a file was recognised, as `import --explain` prints it."""
    book = intake.book
    return {
        "kind": book.kind,
        "encoding": intake.encoding,
        "sheets": [_explain_sheet(sheet) for sheet in intake.sheets],
        "unread_sheets": [{"sheet": sheet.label, "hidden": sheet.is_hidden} for sheet in intake.unread],
        "remarks": [asdict(remark) for remark in intake.remarks],
        "remark_counts": dict(intake.remark_counts),
    }


def _explain_sheet(sheet: SheetReading) -> dict[str, Any]:
    left_out = {fate: (sheet.fates == fate).nonzero()[0] + 1 for fate in FATES if fate is not Fate.DATA}
    return {
        "sheet": sheet.label,
        "encoding": sheet.encoding,
        "layout": sheet.layout,
        "turned": sheet.is_turned,
        "hidden": sheet.is_hidden,
        "header_rows": list(sheet.header_rows),
        "title": sheet.title,
        "period": sheet.period,
        "place": sheet.place,
        "rows": sheet.row_count,
        "columns": [asdict(match) for match in sheet.columns],
        "left_out": [{"why": FATES[fate], "rows": rows.tolist()} for fate, rows in left_out.items() if len(rows)],
        "notes": list(sheet.notes),
    }


@needs(Right.REPORT, Reach.SOMEWHERE)
def import_file(
    workspace: Workspace,
    data: bytes,
    file_name: str,
    *,
    actor: Actor,
    now: datetime,
    choices: Choices | None = None,
    reasons: Mapping[str, str] | None = None,
    dry_run: bool = False,
    publishes: bool | None = None,
) -> ImportResult:
    """Read, check and deliver a file in one go: committed, or handed in for review (actions.deliver); with faults, or
    doubts without a reason, nothing is written and the result lists them.

    A file that changes nothing takes no number: sending it again does no harm.

    Args:
        reasons: as in commit_upload.
        dry_run: stop before the commit.
        publishes: as in deliver.
    """
    given = reasons or {}
    # For which regions the file is shows only when it is read: both steps ask for themselves.
    workspace = workspace.acting(actor)

    def read() -> Upload:
        return uploads.read_file(workspace, data, file_name, actor=actor, now=now, choices=choices)

    upload = read()
    changes = upload.counts["new"] + upload.counts["changed"]
    unexplained = tuple(code for code in upload.doubt_codes if not (given.get(code) or given.get("")))
    if upload.intake.faults or dry_run or (unexplained and changes):
        return ImportResult(upload, None, unexplained=unexplained)
    if changes:
        try:
            done = handing_in.deliver(
                workspace, upload, actor=actor, now=now, reasons=given, was_previewed=False, publishes=publishes
            )
            if isinstance(done, Filing):
                return ImportResult(upload, None, filing=done)
            return ImportResult(upload, done)
        except SubmissionRejected:
            upload = read()  # Another import brought the same figures after this one was compared.
            if upload.counts["new"] + upload.counts["changed"]:
                raise
    with workspace.store.reading() as connection:
        return ImportResult(upload, None, records.find_batch_of(connection, upload.intake.sha256))
