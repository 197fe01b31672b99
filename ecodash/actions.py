"""One function per thing a user may do: who does it is an argument, each is one transaction and one audit line."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import pandas as pd

from ecodash.catalog.regions import RegionBook
from ecodash.domain.access import Actor
from ecodash.domain.calendar import newest_reportable
from ecodash.domain.periods import Month
from ecodash.domain.regions import COUNTRY_KEY, region_key
from ecodash.errors import SubmissionRejected
from ecodash.ingest.intake import Intake, read_upload
from ecodash.reports import frozen
from ecodash.reports.frozen import FrozenPage
from ecodash.store import journal, records
from ecodash.store.journal import Receipt, Submission
from ecodash.workspace import Workspace


def add_regions(workspace: Workspace, codes: Sequence[str], *, actor: Actor, now: datetime) -> int:
    """Add counties, cities or provinces with everything below them and their ancestors; returns how many regions.

    The first code of the first call becomes the region shown first.

    Raises:
        RegionUnknown: a code is not in the country's list.
    """
    regions = RegionBook(workspace.settings.data_dir).regions(codes)
    with workspace.store.writing() as connection:
        added = records.add_regions(connection, regions)
        if codes and records.find_setting(connection, "home_region") is None:
            records.set_setting(connection, "home_region", str(region_key(codes[0])))
        records.write_audit(
            connection,
            actor=actor,
            now=now,
            action="add_regions",
            detail={"codes": list(codes), "added": added},
            watermark=journal.newest_watermark(connection),
        )
    workspace.forget_tree()
    return added


# ── uploads ────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Upload:
    """A file that was read and compared with what stands, and not committed yet.

    Args:
        intake: what the file says, with its faults.
        changes: rows of store.journal.difference.
        target_changes: rows of store.journal.target_difference.
        watermark: the commit it was compared with.
    """

    intake: Intake
    changes: pd.DataFrame
    target_changes: pd.DataFrame
    watermark: int

    @property
    def counts(self) -> dict[str, int]:
        """How many cells and targets are new, changed, unchanged."""
        found = pd.concat([self.changes["change"], self.target_changes["change"]]).value_counts()
        return {name: int(found.get(name, 0)) for name in ("new", "changed", "unchanged")}


def read_file(
    workspace: Workspace,
    data: bytes,
    file_name: str,
    *,
    now: datetime,
    month: Month | None = None,
    within: int = COUNTRY_KEY,
    mapping: Mapping[str, str] | None = None,
) -> Upload:
    """Read and check a file, and say what committing it would change. Nothing is written.

    Args:
        month: the month the figures are for, where the file does not say.
        within: key of the region the file's names are looked for in.
        mapping: header → indicator code, or "-" to leave the column out.
    """
    intake = read_upload(
        data,
        file_name,
        catalog=workspace.catalog,
        tree=workspace.tree,
        newest=newest_reportable(now),
        month=month,
        within=within,
        mapping=mapping,
    )
    submission = _submission(intake, is_demo=False)
    with workspace.store.reading() as connection:
        return Upload(
            intake,
            journal.difference(connection, submission),
            journal.target_difference(connection, submission),
            journal.newest_watermark(connection),
        )


def _submission(intake: Intake, *, is_demo: bool) -> Submission:
    return Submission(
        intake.cells, intake.targets, intake.file_name, intake.sha256, row_count=intake.row_count, is_demo=is_demo
    )


def commit_upload(
    workspace: Workspace,
    upload: Upload,
    *,
    actor: Actor,
    now: datetime,
    received_at: datetime | None = None,
    is_demo: bool = False,
    was_previewed: bool = True,
) -> Receipt:
    """Commit a file that was read, whole.

    Args:
        received_at: when the file arrived; now, where it is committed on arrival.
        is_demo: whether its figures are invented.
        was_previewed: whether somebody was shown the old values, which then must still stand.
    Raises:
        SubmissionRejected: the file has faults, or changes nothing.
        TransitionRefused: something was committed since the file was compared, so the preview no longer holds.
    """
    if upload.intake.faults:
        raise SubmissionRejected(
            f"文件有 {len(upload.intake.faults)} 处问题，未提交任何数据。", "请按列出的说明逐条修改后重新上传。"
        )
    return journal.commit(
        workspace.store,
        _submission(upload.intake, is_demo=is_demo),
        actor=actor,
        now=now,
        received_at=received_at or now,
        catalog_digest=workspace.catalog.digest,
        compared_at=upload.watermark if was_previewed else None,
    )


def undo_batch(workspace: Workspace, number: int, *, actor: Actor, now: datetime) -> Receipt:
    """Reverse a batch by a new one.

    Raises:
        TransitionRefused: it cannot be undone; the message says why.
    """
    return journal.undo(workspace.store, number, actor=actor, now=now)


# ── snapshots ──────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class SnapshotMade:
    """A new snapshot: its number, and the token its link ends in."""

    number: int
    token: str
    sha256: str

    @property
    def path(self) -> str:
        """The link's path on this server."""
        return f"/s/{self.token}"


def create_snapshot(workspace: Workspace, page: FrozenPage, *, title: str, actor: Actor, now: datetime) -> SnapshotMade:
    """Keep a frozen page, and give it a link that always shows just that.

    Args:
        page: as queries.freeze makes it.
        title: shown at the top; place, month and page where empty.
    """
    meta, selection = page.meta, page.selection
    shown = title.strip()[:120] or f"{meta['region_name']}{meta['month_label']}{page.page.label}"
    meta_text = frozen.canonical_json({**meta, "title": shown, "created_at": now.isoformat(), "actor": actor.name})
    contents = [(name, frozen.to_parquet(table)) for name, table in page.tables.items()]
    kept = [(name, content, frozen.digest(content)) for name, content in contents]
    sha256 = frozen.snapshot_digest(meta_text, [digest for _, _, digest in kept])
    token = secrets.token_urlsafe(24)
    with workspace.store.writing() as connection:
        number = records.insert_snapshot(
            connection,
            {
                "token": token,
                "page": page.page.value,
                "title": shown,
                "selection": frozen.canonical_json(selection.to_dict()),
                "watermark": selection.watermark,
                "created_at": now,
                "actor": actor.name,
                "catalog_digest": workspace.catalog.digest,
                "meta": meta_text,
                "sha256": sha256,
            },
            kept,
        )
        records.write_audit(
            connection,
            actor=actor,
            now=now,
            action="create_snapshot",
            detail={"snapshot": number, "page": page.page.value, "selection": selection.to_dict()},
            watermark=selection.watermark,
        )
    return SnapshotMade(number, token, sha256)


# ── one call from a file to a receipt, for the command line and for programs ─────────────────────────────────────


@dataclass(frozen=True)
class ImportResult:
    """What became of a file.

    Args:
        upload: how it was read, with its faults.
        receipt: the commit; None where there are faults or nothing was to be written.
        already_in: the newest batch that brought the same file, where all it says stands already.
    """

    upload: Upload
    receipt: Receipt | None
    already_in: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """As `import --json` and /api/import answer: batch and watermark are null where nothing was committed."""
        intake, receipt, counts = self.upload.intake, self.receipt, self.upload.counts
        notes = list(intake.notes)
        if receipt is None and counts["unchanged"] and not (counts["new"] or counts["changed"] or intake.faults):
            where = f"，同一文件已在第 {self.already_in} 批提交" if self.already_in is not None else ""
            notes.append(f"文件中的数据与系统中现有数据完全相同{where}，没有产生新的批次。")
        return {
            "batch": receipt.batch if receipt else None,
            "watermark": receipt.watermark if receipt else self.upload.watermark,
            "rows": intake.row_count,
            "cells": receipt.cells if receipt else 0,
            **counts,
            "already_in": self.already_in,
            "file": intake.file_name,
            "sha256": intake.sha256,
            "encoding": intake.encoding,
            "layout": intake.layout,
            "notes": notes,
            "faults": [asdict(fault) for fault in intake.faults],
        }


def import_file(
    workspace: Workspace,
    data: bytes,
    file_name: str,
    *,
    actor: Actor,
    now: datetime,
    month: Month | None = None,
    within: int = COUNTRY_KEY,
    mapping: Mapping[str, str] | None = None,
    dry_run: bool = False,
) -> ImportResult:
    """Read, check and commit a file in one go; with faults nothing is written and the result lists them.

    A file that changes nothing takes no number: sending it again does no harm.

    Args:
        dry_run: stop before the commit.
    """

    def read() -> Upload:
        return read_file(workspace, data, file_name, now=now, month=month, within=within, mapping=mapping)

    upload = read()
    if upload.intake.faults or dry_run:
        return ImportResult(upload, None)
    if upload.counts["new"] + upload.counts["changed"]:
        try:
            return ImportResult(upload, commit_upload(workspace, upload, actor=actor, now=now, was_previewed=False))
        except SubmissionRejected:
            upload = read()  # Another import brought the same figures after this one was compared.
            if upload.counts["new"] + upload.counts["changed"]:
                raise
    with workspace.store.reading() as connection:
        return ImportResult(upload, None, records.find_batch_of(connection, upload.intake.sha256))
