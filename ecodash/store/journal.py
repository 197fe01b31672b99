"""The journal: commit, undo, difference. Nothing is ever updated or deleted."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ecodash.domain.access import Actor
from ecodash.errors import SubmissionRejected, TransitionRefused
from ecodash.store import rollup
from ecodash.store.engine import Store, frame, load_rows, next_number
from ecodash.store.records import indicator_numbers, write_audit
from ecodash.store.standing import cells_as_of
from ecodash.store.tables import batch, counter, observation, origin, target

CELL = ["region", "indicator", "period"]
TARGET = ["region", "indicator", "deadline"]
_NEWEST = 2**62


@dataclass(frozen=True)
class Submission:
    """What is to be committed.

    Args:
        cells: one row per (region key, indicator code, period yyyymm): value (Decimal), row (of the file); no repeats.
        targets: one row per (region key, indicator code, deadline yyyymm): baseline, value (Decimal), row.
        file_name, file_sha256: the file as sent.
        row_count: data rows in the file.
        is_demo: whether the figures are invented.
    """

    cells: pd.DataFrame
    targets: pd.DataFrame
    file_name: str
    file_sha256: str
    row_count: int
    is_demo: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a commit did. batch and watermark are the same number: a batch is named by its watermark."""

    batch: int
    watermark: int
    rows: int
    cells: int
    new: int
    changed: int
    unchanged: int


def newest_watermark(connection: Connection) -> int:
    """The number of the last commit; 0 before the first."""
    return int(connection.execute(sa.select(counter.c.value).where(counter.c.name == "watermark")).scalar_one())


def difference(connection: Connection, submission: Submission) -> pd.DataFrame:
    """What a submission would change as of now.

    Returns:
        One row per submitted cell in the file's order: region, indicator (code), period, row, new (Decimal), old
        (Decimal or None), change (new, changed, unchanged).
    """
    cells = submission.cells
    if cells.empty:
        return cells.assign(new=None, old=None, change="")
    numbers = indicator_numbers(connection)
    codes = {number: code for code, number in numbers.items()}
    o = observation.c
    current = frame(
        connection,
        cells_as_of(
            _NEWEST,
            o.region >= int(cells["region"].min()),
            o.region <= int(cells["region"].max()),
            o.period.in_([int(p) for p in cells["period"].unique()]),
            o.indicator.in_([numbers[code] for code in cells["indicator"].unique()]),
        ),
    ).rename(columns={"value": "old"})
    current["indicator"] = current["indicator"].map(codes)
    both = cells.rename(columns={"value": "new"}).merge(current, on=CELL, how="left")
    both["old"] = both["old"].astype(object).where(both["old"].notna(), None)
    both["change"] = [_change(old, new) for old, new in zip(both["old"], both["new"], strict=True)]
    return both


def target_difference(connection: Connection, submission: Submission) -> pd.DataFrame:
    """What a submission would change of the targets: region, indicator, deadline, row, baseline, new, old_baseline,
    old, change."""
    rows = submission.targets
    if rows.empty:
        return rows.assign(new=None, old=None, old_baseline=None, change="")
    current = targets_as_of(connection, _NEWEST).rename(columns={"value": "old", "baseline": "old_baseline"})
    both = rows.rename(columns={"value": "new"}).merge(current, on=TARGET, how="left")
    for name in ("old", "old_baseline"):
        both[name] = both[name].astype(object).where(both[name].notna(), None)
    both["change"] = [
        "changed" if _change(old, new) == "unchanged" and old_base != base else _change(old, new)
        for old, new, old_base, base in zip(
            both["old"], both["new"], both["old_baseline"], both["baseline"], strict=True
        )
    ]
    return both


def _change(old: Decimal | None, new: Decimal) -> str:
    if old is None:
        return "new"
    return "unchanged" if old == new else "changed"


def targets_as_of(connection: Connection, watermark: int) -> pd.DataFrame:
    """Targets as of a watermark: one row per (region, indicator code, deadline): baseline, value (Decimal)."""
    t = target.c
    statement = (
        sa.select(
            t.region,
            t.indicator,
            t.deadline,
            sa.cast(sa.func.sum(t.baseline * t.sign), t.baseline.type).label("baseline"),
            sa.cast(sa.func.sum(t.value * t.sign), t.value.type).label("value"),
        )
        .where(t.seq <= watermark)
        .group_by(t.region, t.indicator, t.deadline)
        .having(sa.func.sum(t.sign) > 0)
    )
    rows = frame(connection, statement)
    codes = {number: code for code, number in indicator_numbers(connection).items()}
    rows["indicator"] = rows["indicator"].map(codes)
    return rows


def commit(
    store: Store,
    submission: Submission,
    *,
    actor: Actor,
    now: datetime,
    received_at: datetime,
    catalog_digest: str,
    compared_at: int | None = None,
) -> Receipt:
    """Commit a submission whole, under the next watermark, with its audit line.

    Args:
        compared_at: the watermark whose old values were shown before the commit; None where nobody was shown any.
    Raises:
        SubmissionRejected: every figure in it stands already, so there is nothing to commit.
        TransitionRefused: something was committed after compared_at, so what was shown no longer holds.
    """
    with store.writing() as connection:
        seq = next_number(connection, "watermark")
        if compared_at is not None and seq != compared_at + 1:
            raise TransitionRefused(
                f"预览之后又有新的批次提交（第 {seq - 1} 批），预览中的“原值”可能已变。", "请重新预览后再提交。"
            )
        cells = difference(connection, submission)
        targets = target_difference(connection, submission)
        fresh = cells[cells["change"] != "unchanged"]
        fresh_targets = targets[targets["change"] != "unchanged"]
        if fresh.empty and fresh_targets.empty:
            raise SubmissionRejected(
                "文件中的数据与系统中现有数据完全相同，没有可提交的变化。",
                "无需再次上传；如需更正，请修改文件中的数值。",
            )
        numbers = indicator_numbers(connection)
        _append_cells(connection, seq, fresh, numbers)
        _append_targets(connection, seq, fresh_targets, numbers)
        counts = pd.concat([cells["change"], targets["change"]]).value_counts()
        periods = cells["period"] if not cells.empty else targets["deadline"]
        receipt = Receipt(
            batch=seq,
            watermark=seq,
            rows=submission.row_count,
            cells=len(fresh) + len(fresh_targets),
            new=int(counts.get("new", 0)),
            changed=int(counts.get("changed", 0)),
            unchanged=int(counts.get("unchanged", 0)),
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
            )
        )
        rollup.refresh(connection, seq, fresh.assign(indicator=fresh["indicator"].map(numbers)))
        write_audit(
            connection,
            actor=actor,
            now=now,
            action="commit",
            detail={
                "batch": seq,
                "file": submission.file_name,
                "sha256": submission.file_sha256,
                "rows": receipt.rows,
                "cells": receipt.cells,
            },
            watermark=seq,
        )
    return receipt


def _append_cells(connection: Connection, seq: int, fresh: pd.DataFrame, numbers: dict[str, int]) -> None:
    if fresh.empty:
        return
    # Sorted as the journal is read, so that a range of it can be skipped by its smallest and largest values.
    ordered = fresh.assign(number=fresh["indicator"].map(numbers)).sort_values(["period", "region", "number"])
    old = ordered[ordered["change"] == "changed"]
    for rows, column, sign in ((old, "old", -1), (ordered, "new", 1)):
        if not rows.empty:
            load_rows(
                connection,
                observation,
                {
                    "region": rows["region"].to_list(),
                    "indicator": rows["number"].to_list(),
                    "period": rows["period"].to_list(),
                    "value": rows[column].to_list(),
                    "seq": [seq] * len(rows),
                    "sign": [sign] * len(rows),
                },
            )
    places = ordered[["region", "number", "period", "row"]]
    # A wide file brings a region's indicators in one row: one line of origin says so for all of them.
    rows_per_place = places.groupby(["region", "period"])["row"].nunique()
    if (rows_per_place == 1).all():
        places = places.assign(number=0).drop_duplicates()
    load_rows(
        connection,
        origin,
        {
            "seq": [seq] * len(places),
            "region": places["region"].to_list(),
            "indicator": places["number"].to_list(),
            "period": places["period"].to_list(),
            "file_row": places["row"].to_list(),
        },
    )


def _append_targets(connection: Connection, seq: int, fresh: pd.DataFrame, numbers: dict[str, int]) -> None:
    old = fresh[fresh["change"] == "changed"]
    for rows, baseline, value, sign in ((old, "old_baseline", "old", -1), (fresh, "baseline", "new", 1)):
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


def undo(store: Store, number: int, *, actor: Actor, now: datetime) -> Receipt:
    """Reverse a batch by a new one.

    Raises:
        TransitionRefused: there is no such batch, it is an undo, it is undone already, or a later batch that still
            stands changed the same cells.
    """
    with store.writing() as connection:
        seq = next_number(connection, "watermark")
        undone = _undoable(connection, number)
        changed = frame(
            connection,
            sa.select(observation.c.region, observation.c.indicator, observation.c.period)
            .where(observation.c.seq == number)
            .distinct(),
        )
        for table in (observation, target):
            names = [column.name for column in table.columns if column.name not in ("seq", "sign")]
            reversed_rows = sa.select(*(table.c[name] for name in names), sa.literal(seq), -table.c.sign).where(
                table.c.seq == number
            )
            connection.execute(sa.insert(table).from_select([*names, "seq", "sign"], reversed_rows))
        who = {"actor": actor.name, "channel": actor.channel, "received_at": now, "committed_at": now}
        connection.execute(
            sa.insert(batch).values({**undone._mapping, **who, "seq": seq, "kind": "undo", "undoes": number})
        )
        rollup.refresh(connection, seq, changed)
        write_audit(
            connection, actor=actor, now=now, action="undo", detail={"batch": seq, "undoes": number}, watermark=seq
        )
        return Receipt(seq, seq, undone.row_count, undone.cell_count, 0, undone.cell_count, 0)


def _undoable(connection: Connection, number: int) -> "sa.Row[tuple[object, ...]]":
    found = connection.execute(sa.select(batch).where(batch.c.seq == number)).one_or_none()
    if found is None:
        raise TransitionRefused(f"没有第 {number} 批。", "请在批次列表中核对批次号。")
    if found.kind == "undo":
        raise TransitionRefused(
            f"第 {number} 批本身是撤销第 {found.undoes} 批的操作，不能再撤销。", "如需恢复，请重新上传原文件。"
        )
    by = connection.execute(sa.select(batch.c.seq).where(batch.c.undoes == number)).scalar_one_or_none()
    if by is not None:
        raise TransitionRefused(f"第 {number} 批已由第 {by} 批撤销。", "无需再次撤销。")
    later = _later_batches(connection, number)
    if later:
        shown = "、".join(f"第 {seq} 批" for seq in later[:5])
        raise TransitionRefused(
            f"第 {number} 批不能撤销：其中的数据后来又被{shown}修改过。", "请先撤销这些批次，或直接上传更正后的数据。"
        )
    return found


def _later_batches(connection: Connection, number: int) -> list[int]:
    """Later batches that still stand and changed cells or targets of this one."""
    undone = sa.select(batch.c.undoes).where(batch.c.undoes.is_not(None))
    standing = sa.select(batch.c.seq).where(batch.c.kind == "upload", batch.c.seq > number, batch.c.seq.not_in(undone))
    later: set[int] = set()
    for table, keys in ((observation, CELL), (target, TARGET)):
        mine, theirs = table.alias("mine"), table.alias("theirs")
        same = sa.and_(*(mine.c[key] == theirs.c[key] for key in keys))
        statement = sa.select(theirs.c.seq).join(mine, same).where(mine.c.seq == number, theirs.c.seq.in_(standing))
        later.update(int(seq) for seq in connection.execute(statement.distinct()).scalars())
    return sorted(later)
