"""Targets set on a page: read and checked like those of a file, and committed as one batch that can be undone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import pandas as pd

from ecodash.domain.access import Actor, Right
from ecodash.domain.indicators import Indicator, Kind
from ecodash.domain.periods import Month
from ecodash.domain.regions import Level, Region, region_key
from ecodash.domain.targets import TargetEdit
from ecodash.errors import IndicatorUnknown, RegionUnknown, SubmissionRejected
from ecodash.ingest.cells import empty_cells, empty_targets
from ecodash.ingest.figures import above_villages
from ecodash.ingest.months import read_deadline
from ecodash.ingest.numbers import is_missing, read_number
from ecodash.permits import needs, of_edits
from ecodash.store import journal
from ecodash.store.difference import target_difference
from ecodash.store.submission import Receipt, Submission
from ecodash.workspace import Workspace

BATCH_NAME = "目标管理"
"""What the list of batches calls changes made on the page, where a file has its name."""

_LISTED = 5
"""So many problems are told in one refusal."""


@dataclass(frozen=True, slots=True)
class EditProblem:
    """Why a change cannot be made.

    Args:
        place: of the change among those handed in, from 0.
        what: Chinese, with the region and the indicator it is about, and the way out.
    """

    place: int
    what: str


@dataclass(frozen=True)
class TargetPlan:
    """Changes that were read and compared with what stands, and not committed yet.

    Args:
        changes: rows of store.difference.target_difference, in the order of the edits; row is their place from 0.
        problems: what is wrong; with any, nothing can be saved.
        watermark: the commit they were compared with.
    """

    changes: pd.DataFrame
    problems: tuple[EditProblem, ...]
    watermark: int

    @property
    def count(self) -> int:
        """How many targets would change."""
        return int((self.changes["change"] != "unchanged").sum())


@needs(Right.MANAGE, of_edits)
def plan_targets(workspace: Workspace, edits: Sequence[TargetEdit]) -> TargetPlan:
    """Read changes of targets and say what they would do. Nothing is written."""
    targets, problems = _read(workspace, edits)
    with workspace.store.reading() as connection:
        changes = target_difference(connection, _submission(targets))
        return TargetPlan(changes, tuple(problems), journal.newest_watermark(connection))


@needs(Right.MANAGE, of_edits)
def save_targets(
    workspace: Workspace,
    edits: Sequence[TargetEdit],
    *,
    actor: Actor,
    now: datetime,
    note: str = "",
    compared_at: int | None = None,
) -> Receipt:
    """Set, change and withdraw targets: one batch, whole or not at all, undone like any other, with its audit line.

    Args:
        compared_at: the watermark whose targets were shown; None where nobody was shown any.
        note: why, kept with the batch.
    Raises:
        SubmissionRejected: a change cannot be made, or nothing changes; nothing is written.
        TransitionRefused: one of the targets was changed by a later batch than compared_at.
    """
    plan, (targets, problems) = plan_targets(workspace, edits), _read(workspace, edits)
    if problems:
        told = " ".join(problem.what for problem in problems[:_LISTED])
        more = f"（另有 {len(problems) - _LISTED} 处）" if len(problems) > _LISTED else ""
        raise SubmissionRejected(f"{len(problems)} 处填写有误，没有保存任何目标。{told}{more}", "请改正后重新保存。")
    if not plan.count:
        raise SubmissionRejected("目标没有变化，不用保存。", "请先填写或修改目标。")
    return journal.commit(
        workspace.store,
        _submission(targets),
        actor=actor,
        now=now,
        received_at=now,
        catalog_digest=workspace.catalog.digest,
        compared_at=compared_at,
        note=note.strip(),
    )


def _submission(targets: pd.DataFrame) -> Submission:
    return Submission(empty_cells(), targets, BATCH_NAME, "", row_count=len(targets))


# ── reading ────────────────────────────────────────────────────────────────────────────────────────────────────────


class _Refused(Exception):
    """One change is wrong."""


@dataclass(frozen=True, slots=True)
class _Read:
    """One change, read; value None withdraws."""

    region: int
    indicator: str
    deadline: int
    baseline: Decimal | None
    value: Decimal | None


def _read(workspace: Workspace, edits: Sequence[TargetEdit]) -> tuple[pd.DataFrame, list[EditProblem]]:
    """Rows as a submission has them, each (region, indicator, deadline) once, and what is wrong."""
    problems: list[EditProblem] = []
    rows: list[tuple[object, ...]] = []
    first: dict[tuple[int, str, int], _Read] = {}
    for place, edit in enumerate(edits):
        try:
            read = _read_one(workspace, edit)
            key = (read.region, read.indicator, read.deadline)
            if first.setdefault(key, read) != read:
                raise _Refused(_said(workspace, edit, "同一期限填了两次，且内容不同，请只保留一个。"))
        except _Refused as refused:
            problems.append(EditProblem(place, str(refused)))
            continue
        if first[key] is read:
            rows.append((*key, read.baseline, read.value, 0, place))
    frame = empty_targets()
    if rows:
        frame = pd.DataFrame(rows, columns=list(frame.columns)).astype(frame.dtypes.to_dict())
        for name in ("baseline", "value"):
            frame[name] = frame[name].astype(object).where(frame[name].notna(), None)
    return frame, problems


def _read_one(workspace: Workspace, edit: TargetEdit) -> _Read:
    region, entry = _region(workspace, edit), _indicator(workspace, edit)
    deadline = read_deadline(edit.deadline)
    if is_missing(edit.deadline):
        raise _Refused(_said(workspace, edit, "没有填期限。请填写到期的月份，例如 2026-12。"))
    if not isinstance(deadline, Month):
        raise _Refused(_said(workspace, edit, deadline))
    if edit.is_withdrawn:
        return _Read(region.key, entry.code, deadline.key, None, None)
    judged = entry if region.level is Level.VILLAGE else above_villages(entry)
    value = _number(workspace, edit, judged, edit.target)
    baseline = _number(workspace, edit, judged, edit.baseline)
    if value is None:
        raise _Refused(_said(workspace, edit, "没有填目标值。请填写，或撤销这项目标。"))
    if entry.kind is Kind.FLOW and baseline:
        raise _Refused(_said(workspace, edit, "是当月完成量，从年初的 0 起累计，不能填基数。请把基数清空。"))
    return _Read(region.key, entry.code, deadline.key, baseline, value)


def _region(workspace: Workspace, edit: TargetEdit) -> Region:
    try:
        return workspace.tree.get(region_key(edit.region))
    except RegionUnknown as error:
        raise _Refused(f"{error.what}{error.remedy}") from error


def _indicator(workspace: Workspace, edit: TargetEdit) -> Indicator:
    try:
        entry = workspace.catalog[edit.indicator]
    except IndicatorUnknown as error:
        raise _Refused(f"{error.what}{error.remedy}") from error
    if entry.kind is Kind.ATTRIBUTE:
        raise _Refused(f"“{entry.name}”是区域基础数据，不能下达目标。请选择一项指标。")
    return entry


def _number(workspace: Workspace, edit: TargetEdit, judged: Indicator, text: str) -> Decimal | None:
    """A number as somebody wrote it; a target is a commitment, so one read with a note (约, 余) is refused."""
    reading = read_number(text.strip(), judged, workspace.catalog.units)
    if reading.problem:
        raise _Refused(_said(workspace, edit, reading.problem.hint))
    if reading.remark in ("approximate", "rounded"):
        raise _Refused(_said(workspace, edit, f"“{text[:40]}”不是确定的数，例如可填 {reading.value:f}。"))
    return reading.value


def _said(workspace: Workspace, edit: TargetEdit, what: str) -> str:
    region = workspace.tree.find(region_key(edit.region))
    return f"{region.name if region else edit.region}“{workspace.catalog[edit.indicator].name}”：{what}"
