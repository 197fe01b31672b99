"""Sections of a profile about how it was reported: late and missing months, doubts with their reasons, notes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ecodash.domain.regions import Level
from ecodash.i18n import gettext as _
from ecodash.reports.numbers import show_month, show_time
from ecodash.reports.sections import Meta, Section, rows_of

MOST_VILLAGES = 40
"""So many villages are named one by one; the page of a county stays readable."""


@dataclass(frozen=True, slots=True)
class MonthRow:
    """Reports of one month: of a village its state in words, of others counts."""

    month: str
    state: str
    villages: int
    on_time: int
    late: int
    missing: int
    is_due: bool
    received: str


@dataclass(frozen=True, slots=True)
class LateVillage:
    """A village that was late or missing, with the months."""

    name: str
    parent: str
    missing: int
    late: int
    missing_months: str
    late_months: str


@dataclass(frozen=True, slots=True)
class Reports:
    """Months newest first, and the villages that lag, the worst first; more: those not listed."""

    months: Sequence[MonthRow]
    villages: Sequence[LateVillage]
    more: int
    is_village: bool


def reports_section(meta: Meta, months: pd.DataFrame, villages: pd.DataFrame) -> Section:
    """Reports of the last twelve months.

    Args:
        months, villages: of queries.report_months and queries.late_villages.
    """
    is_village = meta["region_level"] == Level.VILLAGE.value
    rows = [_month(row) for row in rows_of(months)]
    listed = [] if is_village else [_village(row) for row in rows_of(villages.head(MOST_VILLAGES))]
    late, missing = sum(row.late for row in rows), sum(row.missing for row in rows if row.is_due)
    counts = {"months": len(rows), "late": late, "missing": missing}
    if not late and not missing:
        note = _("近 {months} 个月全部按时上报。").format(**counts)
    elif is_village:
        note = _("近 {months} 个月迟报 {late} 次，缺报 {missing} 次。").format(**counts)
    else:
        note = _("近 {months} 个月迟报 {late} 村次，缺报 {missing} 村次。").format(**counts)
    title = _("近 12 个月上报情况") if is_village else _("近 12 个月各村上报情况")
    more = 0 if is_village else len(villages) - len(listed)
    return Section("late-reports", title, "late.html", Reports(rows, listed, more, is_village), note)


def _month(row: Any) -> MonthRow:
    state = _("✔ 按时")
    if row.missing:
        state = _("○ 缺报") if row.is_due else _("… 未报（未到期）")
    elif row.late:
        state = _("▼ 迟报")
    return MonthRow(
        show_month(row.month), state, int(row.villages), int(row.on_time), int(row.late), int(row.missing),
        bool(row.is_due), show_time(row.last_received, missing="—"),
    )  # fmt: skip


def _village(row: Any) -> LateVillage:
    def months(listed: Sequence[str]) -> str:
        return _("、").join(show_month(str(month)) for month in listed)

    return LateVillage(
        str(row.name), str(row.parent), int(row.missing), int(row.late), months(row.missing_months),
        months(row.late_months),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Remark:
    """A doubt with its reason, or a note: what it is about, what was said, and who said it when."""

    about: str
    words: str
    reason: str
    source: str


def remarks_section(meta: Meta, doubts: pd.DataFrame, notes: pd.DataFrame) -> Section:
    """Doubts about figures of the month with the reasons given, and what reporters wrote about their batches.

    Args:
        doubts, notes: of queries.figure_doubts and queries.batch_notes.
    """
    rows = [_doubt(row) for row in rows_of(doubts)] + [_note(row) for row in rows_of(notes)]
    return Section("remarks", _("疑点、理由和上报说明"), "remarks.html", rows)


def _doubt(row: Any) -> Remark:
    month = show_month(row.period) if row.period else ""
    parts = [str(row.name), str(getattr(row, "indicator_name", "") or ""), month]
    source = _("第 {batch} 批").format(batch=int(row.batch))
    return Remark(" ".join(part for part in parts if part), str(row.hint), str(row.reason), source)


def _note(row: Any) -> Remark:
    source = " · ".join(
        [
            _("第 {batch} 批").format(batch=int(row.batch)),
            str(row.file_name),
            str(row.actor),
            show_time(row.committed_at),
        ]
    )
    return Remark(_("上报说明"), str(row.note), "", source)
