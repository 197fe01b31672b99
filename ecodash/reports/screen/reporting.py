"""上报情况: who has not reported."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ecodash.i18n import gettext as _
from ecodash.reports.numbers import show_time
from ecodash.reports.screen import words
from ecodash.reports.screen.parts import Part, empty, in_columns, in_parts, numbered
from ecodash.reports.screen.slides import Room, SlideTables
from ecodash.reports.sections import REPORTING_STATES, rows_of


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One unit that has not reported in full or in time."""

    name: str
    code: str
    state: str
    icon: str
    word: str
    count: str
    detail: str


@dataclass(frozen=True, slots=True)
class ReportBody:
    """Villages by how they reported, and the units that are not complete."""

    sums: Sequence[tuple[str, str, str]]
    columns: Sequence[Sequence[ReportRow]]
    longest: int
    says: str


def reporting_parts(slide: SlideTables, room: Room) -> list[Part]:
    """Units with missing or late villages, most missing first."""
    meta, frame = slide.meta, slide.tables["reporting"]
    what = _("{month}上报情况（按村计，单位：个村）").format(month=words.month_of(meta))
    title = words.heading(meta, what)
    if frame.empty:
        return empty(title, _("这里没有村级区域，无法按村统计。"))
    sums = [
        (label, f"{int(frame[name].sum()):,}", name)
        for label, name in ((_("✔ 按时"), "on_time"), (_("◎ 迟报"), "late"), (_("○ 缺报"), "missing"))
    ]
    open_rows = [
        _row(row, is_single=int(frame["villages"].max()) <= 1) for row in rows_of(frame[frame["state"] != "complete"])
    ]
    complete = int((frame["state"] == "complete").sum())
    level = words.level_word(meta)
    if not open_rows:
        says = _("{count} 个{level}全部按时报齐。").format(count=complete, level=level)
        return [Part(title, "reporting.html", ReportBody(sums, [], 0, says))]
    note = _("缺报多的在前；另有 {count} 个{level}按时报齐。").format(count=complete, level=level)
    fit = max(room.rows - 2, 1)
    parts, left = in_parts(open_rows, room.columns * fit)
    found = []
    for place, part in enumerate(parts):
        columns = in_columns(part, room.columns, fit)
        is_last = place == len(parts) - 1
        rest = words.elsewhere(left, _("数据上报")) if left and is_last else ""
        body = ReportBody(sums, columns, len(columns[0]), "")
        found.append(Part(numbered(title, place, len(parts)), "reporting.html", body, note, rest))
    return found


def _row(row: Any, *, is_single: bool) -> ReportRow:
    icon, word = REPORTING_STATES[row.state]
    villages, missing, late = int(row.villages), int(row.missing), int(row.late)
    count = "" if is_single else _("{count}/{villages} 村").format(count=villages - missing, villages=villages)
    said = [_("迟报 {late}").format(late=late)] if late and not is_single else []
    if missing and not is_single and (names := str(row.missing_names)):
        said.append(_("缺 {names}").format(names=names))
    detail = "；".join(said)
    if is_single and late:
        detail = show_time(row.last_received, missing="")
    return ReportRow(row.name, row.region_code, row.state, icon, _(word), count, detail)
