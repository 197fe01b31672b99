"""目标进度 and 各地进度: how far each target is, beside the time gone."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from ecodash.domain.targets import State
from ecodash.i18n import gettext as _
from ecodash.reports.numbers import is_missing, show_month, show_number
from ecodash.reports.screen import words
from ecodash.reports.screen.parts import Part, empty, in_columns, in_parts, numbered
from ecodash.reports.screen.slides import Meta, Room, SlideTables
from ecodash.reports.screen.words import Shown
from ecodash.reports.sections import rows_of


@dataclass(frozen=True, slots=True)
class TargetRow:
    """One target: what it is of, how far the bar goes and where the time stands (0 to 100), and the words beside it."""

    name: str
    code: str
    state: str
    icon: str
    word: str
    percent: str
    filled: str
    gone: str
    actual: Shown
    target: Shown
    outlook: str


def target_parts(slide: SlideTables, room: Room) -> list[Part]:
    """The region's targets, the neediest first."""
    meta, frame = slide.meta, slide.tables["region_targets"]
    title = words.heading(meta, slide.slide.label)
    if frame.empty:
        return empty(title, _("{month}没有生效的目标。").format(month=words.month_of(meta)), _("请在“目标”页填报。"))
    rows = [_row(meta, row, words.name_of(meta, row.indicator), row.indicator) for row in rows_of(neediest(frame))]
    return _parts(title, rows, room, _("目标"))


def progress_parts(slide: SlideTables, room: Room) -> list[Part]:
    """The units' targets on one indicator, the neediest first."""
    meta, frame = slide.meta, slide.tables["unit_progress"]
    what = _("各{level}进度：{indicator}").format(level=words.level_word(meta), indicator=words.indicator_title(meta))
    title = words.heading(meta, what)
    if frame.empty:
        return empty(title, _("没有按{level}分解的目标。").format(level=words.level_word(meta)))
    rows = [_row(meta, row, row.name, row.region_code) for row in rows_of(neediest(frame))]
    return _parts(title, rows, room, _("进度"))


def _parts(title: str, rows: list[TargetRow], room: Room, page: str) -> list[Part]:
    parts, left = in_parts(rows, room.targets)
    rest = words.elsewhere(left, page) if left else ""
    note = _("竖线为时序进度（时间已过的比例）；差距大的在前。")
    size = -(-room.targets // room.bar_columns)
    return [
        Part(
            numbered(title, place, len(parts)),
            "targets.html",
            in_columns(part, room.bar_columns, size),
            note,
            rest if place == len(parts) - 1 else "",
        )
        for place, part in enumerate(parts)
    ]


def neediest(frame: pd.DataFrame) -> pd.DataFrame:
    """Targets by the need of their state, then by how far they lag behind the time gone."""
    lag = (frame["progress_pct"] - frame["time_gone_pct"]).astype(float)
    order = frame.assign(need=[State(state).need for state in frame["state"]], lag=lag)
    return order.sort_values(["need", "lag"], kind="stable", ignore_index=True)


def _row(meta: Meta, row: Any, name: str, code: str) -> TargetRow:
    state, decimals = State(row.state), int(row.decimals)
    percent = show_number(row.progress_pct, 1, missing="—")
    return TargetRow(
        name=name,
        code=code,
        state=state.value,
        icon=state.icon,
        word=state.label,
        percent=percent if is_missing(row.progress_pct) else f"{percent}%",
        filled=words.share_of(row.progress_pct, 100.0),
        gone=words.share_of(row.time_gone_pct, 100.0),
        actual=words.shown(row.actual, decimals, row.unit),
        target=words.shown(row.target, decimals, row.unit),
        outlook=_outlook(row, state, decimals),
    )


def _outlook(row: Any, state: State, decimals: int) -> str:
    """Until when, and when it will be reached at the pace so far."""
    until = _("期限 {month}").format(month=show_month(row.deadline))
    if state in (State.DONE, State.MISSED, State.UNREPORTED):
        return until
    if is_missing(row.arrival_month):
        return _("{until}，按现速达不到").format(until=until)
    return _("{until}，按现速 {month}达到").format(until=until, month=show_month(row.arrival_month))
