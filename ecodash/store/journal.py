"""The journal: commit and rehearsal; difference and undo stand beside it. Nothing is ever updated or deleted."""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ecodash.decimals import decimals
from ecodash.domain.access import Actor
from ecodash.domain.accounts import common_region
from ecodash.domain.review import FilingState
from ecodash.errors import NotPermitted, SubmissionRejected, TransitionRefused
from ecodash.i18n import gettext as _
from ecodash.store import rollup, telling
from ecodash.store.closed import refuse_closed
from ecodash.store.difference import (
    CHANGED,
    Compared,
    compare_cells,
    difference,
    target_difference,
    targets_as_of,
)
from ecodash.store.engine import Rehearsal, Store, frame, load_rows, next_number
from ecodash.store.records import indicator_numbers, review, write_audit
from ecodash.store.records.uploads import compress, keep_doubts, keep_file
from ecodash.store.standing import CELL, TARGET
from ecodash.store.submission import Acceptance, Receipt, Submission
from ecodash.store.tables import batch, counter, observation, origin, target
from ecodash.store.undo import UndoPlan, undo, undo_plan

__all__ = [
    "Acceptance",
    "Receipt",
    "Submission",
    "UndoPlan",
    "commit",
    "difference",
    "newest_watermark",
    "rehearsing",
    "target_difference",
    "targets_as_of",
    "undo",
    "undo_plan",
]


def newest_watermark(connection: Connection) -> int:
    """The number of the last commit; 0 before the first."""
    return int(connection.execute(sa.select(counter.c.value).where(counter.c.name == "watermark")).scalar_one())


def commit(
    store: Store,
    submission: Submission,
    *,
    actor: Actor,
    now: datetime,
    received_at: datetime,
    catalog_digest: str,
    compared_at: int | None = None,
    note: str = "",
    acceptance: Acceptance | None = None,
    unreviewed: Iterable[int] = (),
) -> Receipt:
    """Commit a submission whole, under the next watermark, with its file, its doubts and its audit line.

    Args:
        actor: whose batch it is: the reporter, also where a reviewer commits it.
        compared_at: the watermark whose old values were shown before the commit; None where nobody was shown any.
        note: what the reporter wrote about the batch.
        acceptance: of the filing whose figures these are; its step is written with them or not at all.
        unreviewed: keys of counties whose review must be switched off for the commit to be made.
    Raises:
        SubmissionRejected: every figure in it stands already, so there is nothing to commit.
        TransitionRefused: a later batch than compared_at changed a figure of the submission, so what was shown no
            longer holds; a month of it was closed; or the filing was decided already, or figures of it were handed in
            anew later and accepted.
        NotPermitted: one of the counties is reviewed.
    """
    content = submission.file_content
    if content and hashlib.sha256(content).hexdigest() != submission.file_sha256:
        raise ValueError("the submission's digest is not that of its file")
    compressed = compress(content)
    with store.writing() as connection:
        seq = next_number(connection, "watermark")
        _refuse_reviewed(connection, unreviewed)
        step = None if acceptance is None else _begin_acceptance(connection, acceptance)
        if compared_at is not None and (later := _written_since(connection, submission, compared_at)):
            raise TransitionRefused(
                f"预览之后，第 {max(later)} 批改动了其中的数据，预览中的“原值”已变。", "请重新预览后再提交。"
            )
        receipt = _append(
            connection,
            seq,
            submission,
            actor=actor,
            now=now,
            received_at=received_at,
            catalog_digest=catalog_digest,
            note=note,
            refuses_closed=True,
        )
        if content:
            keep_file(
                connection,
                sha256=submission.file_sha256,
                file_name=submission.file_name,
                size=len(content),
                compressed=compressed,
                received_at=received_at,
            )
        detail = {
            "batch": seq,
            "file": submission.file_name,
            "sha256": submission.file_sha256,
            "rows": receipt.rows,
            "cells": receipt.cells,
            "new": receipt.new,
            "changed": receipt.changed,
            "unchanged": receipt.unchanged,
            "doubts": len(submission.doubts),
        }
        if acceptance is not None and step is not None:
            review.insert_step(
                connection,
                step,
                acceptance.filing,
                FilingState.ACCEPTED,
                actor=acceptance.reviewer,
                now=now,
                comment=acceptance.comment,
                batch=seq,
            )
            detail |= {"filing": acceptance.filing, "reporter": actor.name, "comment": acceptance.comment}
        write_audit(
            connection,
            actor=actor if acceptance is None else acceptance.reviewer,
            now=now,
            action="commit" if acceptance is None else "accept_filing",
            detail=detail,
            watermark=seq,
            region=common_region(
                {int(key) for rows in (submission.cells, submission.targets) for key in rows["region"].unique()}
            ),
            batch=seq,
        )
    kind, filing = ("upload", None) if acceptance is None else ("acceptance", acceptance.filing)
    telling.committed(kind, receipt, actor, filing=filing)
    return receipt


def _refuse_reviewed(connection: Connection, counties: Iterable[int]) -> None:
    """Refuse to commit without an acceptance where one is needed: looked up within the commit itself."""
    if set(counties) - review.unreviewed_counties(connection):
        raise NotPermitted(
            _("该地区的数据须经审核才能发布，不能直接提交。"), _("请提交审核；由另一位审核员通过后，数据即发布。")
        )


def _begin_acceptance(connection: Connection, acceptance: Acceptance) -> int:
    """Number of the step that accepts a filing, unless it was decided, or a later one was accepted since the reviewer
    looked for those that speak of the same figures."""
    step, filing = review.begin_step(connection, acceptance.filing)
    overtaking = review.accepted_later(connection, filing, after_step=acceptance.looked_at)
    if overtaking:
        raise TransitionRefused(
            _("刚刚又有第 {number} 份报送件审核通过，其中可能有同样的数据。").format(number=overtaking[0].number),
            _("请重新打开本件，核对后再审核。"),
        )
    return step


def _written_since(connection: Connection, submission: Submission, watermark: int) -> set[int]:
    """The batches after a watermark that wrote a cell or target the submission speaks of. Other towns' batches do not
    change what was shown."""
    numbers = indicator_numbers(connection)
    later: set[int] = set()
    for table, rows, keys in ((observation, submission.cells, CELL), (target, submission.targets, TARGET)):
        if rows.empty:
            continue
        t, period = table.c, keys[2]
        written = frame(
            connection,
            sa.select(*(t[key] for key in keys), t.seq)
            .where(t.seq > watermark, t.region >= int(rows["region"].min()), t.region <= int(rows["region"].max()))
            .where(t[period].in_([int(key) for key in rows[period].unique()]))
            .distinct(),
        )
        if not written.empty:
            mine = rows[list(keys)].assign(indicator=rows["indicator"].astype("str").map(numbers))
            later.update(written.merge(mine, on=list(keys))["seq"].astype(int).to_list())
    return later


@contextmanager
def rehearsing(
    store: Store, submission: Submission, *, actor: Actor, now: datetime, catalog_digest: str
) -> Iterator[Rehearsal]:
    """The store as it would be after a commit: a store whose newest watermark is that of the submission.

    Nothing remains afterwards. Commits wait meanwhile, so it is to be short. What is asked of it is not to be cached:
    another submission will get its watermark.

    Raises:
        SubmissionRejected: as commit.
    """
    with store.trying() as connection:
        seq = next_number(connection, "watermark")
        _append(
            connection,
            seq,
            replace(submission, file_content=b""),
            actor=actor,
            now=now,
            received_at=now,
            catalog_digest=catalog_digest,
            note="",
            refuses_closed=False,
        )
        yield Rehearsal(store.engine, connection, seq)


def _append(
    connection: Connection,
    seq: int,
    submission: Submission,
    *,
    actor: Actor,
    now: datetime,
    received_at: datetime,
    catalog_digest: str,
    note: str,
    refuses_closed: bool,
) -> Receipt:
    """Write everything of a commit but its file and its audit line."""
    cells = compare_cells(connection, submission.cells)
    targets = target_difference(connection, submission)
    fresh, fresh_targets = cells.fresh(), targets[targets["change"] != "unchanged"]
    if not len(fresh) and fresh_targets.empty:
        raise SubmissionRejected(
            "文件中的数据与系统中现有数据完全相同，没有可提交的变化。",
            "无需再次上传；如需更正，请修改文件中的数值。",
        )
    if np.any(fresh.keys[1:] == fresh.keys[:-1]):
        raise ValueError("a submission has a cell twice")
    if refuses_closed:
        refuse_closed(connection, fresh.region, fresh.period)
    numbers = indicator_numbers(connection)
    _append_cells(connection, seq, fresh)
    _append_origins(connection, seq, fresh)
    _append_targets(connection, seq, fresh_targets, numbers)
    keep_doubts(connection, seq, submission.doubts, numbers)
    periods = cells.period if len(cells) else submission.targets["deadline"]
    new, changed, unchanged = cells.counts() + targets["change"].value_counts(sort=False).to_numpy()
    receipt = Receipt(
        batch=seq,
        watermark=seq,
        rows=submission.row_count,
        cells=len(fresh) + len(fresh_targets),
        new=int(new),
        changed=int(changed),
        unchanged=int(unchanged),
    )
    connection.execute(
        sa.insert(batch).values(
            seq=seq,
            kind="upload",
            actor=actor.name,
            channel=actor.channel,
            received_at=received_at,
            committed_at=now,
            file_name=submission.file_name,
            file_sha256=submission.file_sha256,
            row_count=submission.row_count,
            cell_count=receipt.cells,
            first_month=int(periods.min()),
            last_month=int(periods.max()),
            is_demo=submission.is_demo,
            undoes=None,
            catalog_digest=catalog_digest,
            is_partial=False,
            is_file_kept=bool(submission.file_content),
            note=note,
        )
    )
    changes = {"region": fresh.region, "indicator": fresh.number, "period": fresh.period}
    rollup.refresh(connection, seq, pd.DataFrame(changes))
    return receipt


def _append_cells(connection: Connection, seq: int, fresh: Compared) -> None:
    old = np.flatnonzero(fresh.change == CHANGED)
    for places, values, sign in ((old, fresh.old, -1), (slice(None), fresh.new, 1)):
        amounts = values[places]
        if len(amounts):
            load_rows(
                connection,
                observation,
                {
                    "region": fresh.region[places],
                    "indicator": fresh.number[places],
                    "period": fresh.period[places],
                    "value": decimals(amounts),
                    "seq": np.full(len(amounts), seq, dtype=np.int64),
                    "sign": np.full(len(amounts), sign, dtype=np.int16),
                },
            )


def _append_origins(connection: Connection, seq: int, fresh: Compared) -> None:
    """Which row of the file each cell came from.

    A wide file brings a region's indicators in one row: one line of origin says so for all of them.
    """
    if not len(fresh):
        return
    begins = np.append(True, (np.diff(fresh.region) != 0) | (np.diff(fresh.period) != 0))
    moves = np.append(False, (np.diff(fresh.row) != 0) | (np.diff(fresh.sheet) != 0))
    is_wide = not np.any(moves & ~begins)
    places = np.flatnonzero(begins) if is_wide else slice(None)
    region = fresh.region[places]
    load_rows(
        connection,
        origin,
        {
            "seq": np.full(len(region), seq, dtype=np.int64),
            "region": region,
            "indicator": np.zeros(len(region), dtype=np.int16) if is_wide else fresh.number,
            "period": fresh.period[places],
            "file_row": fresh.row[places],
            "sheet": fresh.sheet[places],
        },
    )


def _append_targets(connection: Connection, seq: int, fresh: pd.DataFrame, numbers: dict[str, int]) -> None:
    old, put = fresh[fresh["change"] == "changed"], fresh[fresh["new"].notna()]
    for rows, baseline, value, sign in ((old, "old_baseline", "old", -1), (put, "baseline", "new", 1)):
        if not rows.empty:
            load_rows(
                connection,
                target,
                {
                    "region": rows["region"].to_list(),
                    "indicator": rows["indicator"].map(numbers).to_list(),
                    "deadline": rows["deadline"].to_list(),
                    "baseline": rows[baseline].to_list(),
                    "value": rows[value].to_list(),
                    "seq": [seq] * len(rows),
                    "sign": [sign] * len(rows),
                },
            )
