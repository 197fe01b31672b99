"""Sections of the snapshot page about targets: of the region, of the units below it, of the categories."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from ecodash.domain.targets import State
from ecodash.i18n import gettext as _
from ecodash.i18n import marked
from ecodash.reports.numbers import is_missing, show_month, show_number
from ecodash.reports.sections import Figure, Meta, Section, figure, rows_of, step_of, with_unit


@dataclass(frozen=True, slots=True)
class Bar:
    """Progress as drawn: how far the bar is filled and where the time-gone mark stands, both 0 to 100."""

    text: str
    filled: str
    time_gone: str
    time_text: str


@dataclass(frozen=True, slots=True)
class TargetRow:
    """One target: of the region on an indicator, or of a unit on the selected indicator."""

    name: str
    code: str
    state: State
    bar: Bar
    actual: Figure
    target: Figure
    gap: str
    needed: str
    deadline: str
    arrival: str


def region_target_rows(meta: Meta, frame: pd.DataFrame) -> Section:
    """Targets of the region, one row per indicator."""
    rows = [_target_row(row, row.indicator_name, row.indicator, meta["region_code"]) for row in rows_of(frame)]
    return Section(
        "region-targets",
        _("{region}目标完成情况").format(region=meta["region_name"]),
        "targets.html",
        rows,
        _(TARGET_NOTE),
    )


def unit_target_rows(meta: Meta, frame: pd.DataFrame) -> Section:
    """Targets of the units below the region on the selected indicator, the neediest first."""
    rows = [_target_row(row, row.name, row.region_code, row.region_code) for row in rows_of(frame)]
    title = _("各{level}完成情况：{indicator}").format(level=meta["level_label"], indicator=meta["indicator_name"])
    return Section("unit-progress", title, "targets.html", rows, _("完成率低的在前。") + _(TARGET_NOTE))


TARGET_NOTE = marked("竖线为时序进度（时间已过的比例）；当月完成量按年累计。")


def _target_row(row: Any, name: str, code: str, region: str) -> TargetRow:
    unit, decimals = row.unit, int(row.decimals)
    step = step_of(unit)
    actual = figure(region, row.indicator, row.actual, decimals, unit=unit, field="actual")
    target = figure(region, row.indicator, row.target, decimals, unit=unit, field="target")
    is_short = not is_missing(row.gap) and row.gap > 0
    gap = with_unit(show_number(row.gap, decimals), step) if is_short else "—"
    needed = "—"
    if is_short and not is_missing(row.needed_per_month):
        needed = with_unit(show_number(row.needed_per_month, decimals), step)
    state = State(row.state)
    arrival = "—"
    if state not in (State.DONE, State.UNREPORTED):
        # After the deadline nobody asks any more whether the present pace is enough.
        never = "—" if state is State.MISSED else _("按现速达不到")
        arrival = show_month(row.arrival_month, missing=never)
    bar = progress_bar(row.progress_pct, row.time_gone_pct)
    deadline = show_month(row.deadline)
    return TargetRow(name, code, state, bar, actual, target, gap, needed, deadline, arrival)


def progress_bar(progress_pct: float | None, time_gone_pct: float) -> Bar:
    """A bar of a target's progress; the text keeps what lies beyond 0 and 100."""
    filled = 0.0 if progress_pct is None or is_missing(progress_pct) else min(max(float(progress_pct), 0.0), 100.0)
    text = show_number(progress_pct, 1)
    return Bar(
        text=text if is_missing(progress_pct) else f"{text}%",
        filled=f"{filled:.1f}",
        time_gone=f"{float(time_gone_pct):.1f}",
        time_text=f"{show_number(time_gone_pct, 1)}%",
    )


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """Progress of a category's targets together."""

    name: str
    bar: Bar
    counts: str
    behind: str


def category_rows(meta: Meta, frame: pd.DataFrame) -> Section:
    """Mean progress of each category."""
    rows = [
        CategoryRow(
            _(str(row.category)),
            progress_bar(row.progress_pct, row.time_gone_pct),
            _("{targets} 项目标，{reported} 项有数").format(
                targets=int(row.targets_count), reported=int(row.reported_count)
            ),
            _("▼ {count} 项滞后或停滞").format(count=int(row.behind_count)) if row.behind_count else _("● 无滞后"),
        )
        for row in rows_of(frame)
    ]
    note = _("各类完成率为该类各目标完成率（按 0 至 100 计）的平均；竖线为时序进度。")
    return Section("category-targets", _("分类完成率"), "categories.html", rows, note)
