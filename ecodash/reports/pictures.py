"""Every chart as a picture to send: SVG text from frames, with place, unit, month, as-of and 演示数据 drawn in it."""

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pandas as pd

from ecodash.domain.regions import Level
from ecodash.domain.targets import State
from ecodash.i18n import gettext as _
from ecodash.i18n import is_english
from ecodash.reports.numbers import is_missing, show_movement, show_number
from ecodash.reports.picture_canvas import (
    FILL,
    HOLLOW,
    INK,
    INKS,
    INNER,
    SHADES,
    SOFT,
    TRACK,
    Canvas,
    fit,
    joined,
    line,
    picture,
    rect,
    text,
    width_of,
)
from ecodash.reports.picture_sections import LegendEntry, MapBody, MapUnit, map_section, tile_section
from ecodash.reports.ranking_sections import compared_note
from ecodash.reports.sections import Meta, rows_of, with_unit
from ecodash.reports.trend_drawing import Mark, Sheet, Trend, draw_trend

MOST_BARS = 40
"""More bars than a picture can hold and be read on a phone; the rest is counted in words."""

Row = Any


def indicator_label(meta: Meta) -> str:
    """The indicator's name in the reader's language."""
    return str(meta.get("indicator_english") or meta["indicator_name"]) if is_english() else str(meta["indicator_name"])


# ── ranking ────────────────────────────────────────────────────────────────────────────────────────────────────────


def ranking_picture(meta: Meta, rows: pd.DataFrame, *, title: str = "") -> str:
    """Bars of the ranked units, first to last; the unreported are named below and never drawn as 0.

    Args:
        meta: of queries.freeze, with indicator_name, indicator_unit, decimals, level, and comparison where it is not
            the usual ranking.
        rows: rank, movement, name, value, and parent; as of queries.unit_ranking or queries.ranking.
    """
    decimals, unit = int(meta["decimals"]), str(meta["indicator_unit"])
    ranked = rows[rows["rank"].notna()]
    left_out = list(rows.loc[rows["value"].isna(), "name"])
    canvas = Canvas()
    values = [float(value) for value in ranked["value"]]
    top = max([*values, 100.0 if unit in ("%", "分") else 0.0])
    for row in rows_of(ranked.head(MOST_BARS)):
        _ranked_bar(canvas, row, decimals, top)
    canvas.height += 6
    order = {
        "higher": _("数值高的在前"), "lower": _("数值低的在前"),
    }.get(str(meta["direction"]), _("按数值从高到低排列，不分优劣"))  # fmt: skip
    notes = [joined([order, _("箭头为与上月名次相比的升降")])]
    if "comparison" in meta:
        notes = [compared_note(meta["comparison"], order)]
    if len(ranked) > MOST_BARS:
        notes.append(
            _("图中为前 {shown} 名，另有 {more} 个未画出").format(shown=MOST_BARS, more=len(ranked) - MOST_BARS)
        )
    notes += _unreported(left_out)
    heading = title or _("{level}排名：{indicator}").format(
        level=Level(meta["level"]).label, indicator=indicator_label(meta)
    )
    return picture(meta, heading, canvas, unit=unit, notes=notes)


def _ranked_bar(canvas: Canvas, row: Row, decimals: int, top: float) -> None:
    y = canvas.height
    share = min(max(float(row.value) / top, 0.0), 1.0) if top > 0 else 0.0
    left, wide = 190.0, INNER - 190 - 92
    canvas.put(
        text(30, y + 18, int(row.rank), 15, anchor="end", bold=True),
        text(70, y + 18, show_movement(row.movement), 13, anchor="end", fill=SOFT),
        text(82, y + 18, fit(str(row.name), 104, 15), 15),
        rect(left, y + 5, wide, 16, TRACK, radius=3),
        rect(left, y + 5, wide * share, 16, FILL, radius=3),
        text(INNER, y + 18, show_number(row.value, decimals), 15, anchor="end", bold=True),
    )
    canvas.height += 26


def _unreported(names: Sequence[str]) -> list[str]:
    if not names:
        return []
    shown = "、".join(names[:12]) if not is_english() else ", ".join(names[:12])
    words = _("未上报（不参加排名）{count} 个：{names}").format(count=len(names), names=shown)
    return [words + ("…" if len(names) > 12 else "")]


# ── progress ───────────────────────────────────────────────────────────────────────────────────────────────────────


def progress_picture(meta: Meta, rows: pd.DataFrame, names: Iterable[str], title: str) -> str:
    """Bars of targets with the time gone as a mark; icon and word say the state.

    Args:
        rows: progress_pct, time_gone_pct, state, actual, target, unit, decimals; of queries.region_targets or
            queries.unit_progress.
        names: of the rows.
    """
    canvas = Canvas()
    shown = rows.head(MOST_BARS)
    for name, row in zip(names, rows_of(shown), strict=False):
        _goal(canvas, name, row)
    notes = [_("竖线为时序进度（时间已过的比例）")]
    if len(rows) > len(shown):
        notes.append(
            _("图中为前 {shown} 名，另有 {more} 个未画出").format(shown=len(shown), more=len(rows) - len(shown))
        )
    return picture(meta, title, canvas, notes=notes)


_STATE_INK = {
    State.DONE: "#0f6b3f", State.AHEAD: "#0f6b3f", State.BEHIND: "#8a4b00", State.STALLED: "#a3211b",
    State.MISSED: "#a3211b",
}  # fmt: skip
_STATE_FILL = {State.DONE: "#0f6b3f", State.BEHIND: "#c77700", State.STALLED: "#c77700", State.MISSED: "#a3211b"}


def _goal(canvas: Canvas, name: str, row: Row) -> None:
    y, state, decimals = canvas.height, State(row.state), int(row.decimals)
    left, wide = 168.0, INNER - 168 - 150
    shown = "" if is_missing(row.progress_pct) else f"{show_number(row.progress_pct, 1)}%"
    actual = show_number(row.actual, decimals)
    goal = _("{actual} / 目标 {target}").format(
        actual=actual, target=with_unit(show_number(row.target, decimals), str(row.unit))
    )
    label = f"{state.icon} {state.label}"
    canvas.put(text(0, y + 17, fit(name, left - 10, 15), 15, bold=True))
    canvas.put(text(left, y + 34, fit(goal, wide, 12.5), 12.5, fill=SOFT))
    if is_missing(row.progress_pct):
        canvas.put(rect(left, y + 5, wide, 14, "#ffffff", radius=3, edge=HOLLOW))
    else:
        share = min(max(float(row.progress_pct), 0.0), 100.0) / 100
        canvas.put(rect(left, y + 5, wide, 14, TRACK, radius=3))
        canvas.put(rect(left, y + 5, wide * share, 14, _STATE_FILL.get(state, FILL), radius=3))
    gone = left + wide * min(max(float(row.time_gone_pct), 0.0), 100.0) / 100
    canvas.put(line(gone, y + 1, gone, y + 23, INK, 2.5))
    canvas.put(text(left + wide + 10, y + 17, shown or state.label, 15, bold=True))
    if shown:
        canvas.put(text(INNER, y + 17, label, 13, anchor="end", fill=_STATE_INK.get(state, INK)))
    canvas.height += 42


# ── trend ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def trend_picture(meta: Meta, rows: pd.DataFrame, *, unit: str, decimals: int, title: str = "") -> str:
    """Months of the region's figure, with its target and the same months of the year before.

    Args:
        rows: of queries.region_trend, oldest first.
        unit, decimals: of the region's figure.
    """
    values, target, before = (_floats(rows, name) for name in ("value", "target", "year_ago"))
    is_flow = str(meta["indicator_kind"]) == "flow"
    is_carried = [bool(row.carried) and not row.reported for row in rows_of(rows)]
    before = before if is_flow else []
    sheet = Sheet(INNER, 290, left=76, right=28, top=20, bottom=40, months_apart=4)
    drawn = draw_trend(
        list(rows["month"]), values, carried=is_carried, target=target, year_ago=before, is_from_zero=is_flow,
        sheet=sheet,
    )  # fmt: skip
    canvas = Canvas(height=sheet.height)
    _axes(canvas, drawn)
    (_bars if is_flow else _points)(canvas, drawn)
    for stroke in drawn.targets:
        canvas.put(
            f'<polyline points="{stroke}" fill="none" stroke="#a3211b" stroke-width="2" stroke-dasharray="7 4"/>'
        )
    if drawn.last is not None:
        words = show_number(values[drawn.last.row], decimals)
        x = min(drawn.last.x, INNER - width_of(words, 15) / 2)
        canvas.put(text(x, drawn.last_label, words, 15, anchor="middle", bold=True, halo=True))
    heading = title or _("逐月走势：{indicator}").format(indicator=indicator_label(meta))
    goals = [value for value in target if not math.isnan(value)]
    words = _("月均目标 {target}") if is_flow else _("目标 {target}")
    _trend_key(canvas, drawn, words.format(target=show_number(goals[-1], decimals)) if goals else "")
    if all(math.isnan(value) for value in values):
        canvas.note(_("近 {count} 个月均未上报。").format(count=len(values)))
    return picture(meta, heading, canvas, unit=unit, notes=[])


def _floats(rows: pd.DataFrame, name: str) -> list[float]:
    if name not in rows:
        return []
    return [math.nan if is_missing(value) else float(value) for value in rows[name]]


def _axes(canvas: Canvas, drawn: Trend) -> None:
    step = drawn.rows[1].value - drawn.rows[0].value
    digits = len(f"{round(step, 6):g}".partition(".")[2])
    for tick in drawn.rows:
        canvas.put(line(drawn.left - 12, tick.at, drawn.right + 12, tick.at))
        canvas.put(text(drawn.left - 18, tick.at + 5, show_number(tick.value, digits), 13, anchor="end", fill=SOFT))
    for tick in drawn.columns:
        canvas.put(text(tick.at, drawn.foot + 24, tick.text, 13, anchor="middle", fill=SOFT))


def _bars(canvas: Canvas, drawn: Trend) -> None:
    wide = drawn.across * 0.62
    for mark in drawn.marks:
        if mark.is_reported:
            canvas.put(rect(mark.x - wide / 2, mark.y, wide, max(drawn.foot - mark.y, 1.0), FILL))
        else:
            canvas.put(_ring(mark, 2.5, SOFT))
    for mark in drawn.year_ago:
        canvas.put(line(mark.x - wide / 2 - 1, mark.y, mark.x + wide / 2 + 1, mark.y, "#e07b00", 2.5))


def _points(canvas: Canvas, drawn: Trend) -> None:
    for run in drawn.lines:
        canvas.put(f'<polyline points="{run}" fill="none" stroke="{FILL}" stroke-width="2.5" stroke-linejoin="round"/>')
    for mark in drawn.marks:
        if not mark.is_reported:
            canvas.put(_ring(mark, 2.5, SOFT))
        elif mark.is_carried:
            canvas.put(_ring(mark, 4, FILL))
        else:
            canvas.put(f'<circle cx="{mark.x}" cy="{mark.y}" r="4" fill="{FILL}"/>')


def _ring(mark: Mark, radius: float, colour: str) -> str:
    return f'<circle cx="{mark.x}" cy="{mark.y}" r="{radius}" fill="#ffffff" stroke="{colour}" stroke-width="1.6"/>'


def _trend_key(canvas: Canvas, drawn: Trend, goal: str) -> None:
    """What the marks mean, those that are in the drawing."""
    entries: list[tuple[Callable[[float, float], str], str]] = []
    if drawn.targets:
        entries.append((lambda x, y: line(x, y, x + 18, y, "#a3211b", 2, "7 4"), goal))
    if drawn.year_ago:
        entries.append((lambda x, y: line(x, y, x + 18, y, "#e07b00", 2.5), _("上年同月")))
    if any(mark.is_carried for mark in drawn.marks):
        entries.append((lambda x, y: _ring(Mark(0, x + 9, y, True), 4, FILL), _("空心大圈：沿用以前的数值")))
    if not all(mark.is_reported for mark in drawn.marks):
        entries.append((lambda x, y: _ring(Mark(0, x + 9, y, True), 2.5, SOFT), _("底部小圈：未上报")))
    _key(canvas, entries)
    if drawn.floor > 0:
        canvas.note(_("纵轴从 {floor} 起，不从 0 起").format(floor=f"{drawn.floor:g}"))


def _key(canvas: Canvas, entries: Sequence[tuple[Callable[[float, float], str], str]]) -> None:
    """A legend in lines that fit."""
    if not entries:
        return
    x, canvas.height = 0.0, canvas.height + 12
    for draw, words in entries:
        wide = 24 + width_of(words, 13) + 20
        if x and x + wide > INNER:
            x, canvas.height = 0.0, canvas.height + 22
        canvas.put(draw(x, canvas.height - 5), text(x + 24, canvas.height, words, 13))
        x += wide
    canvas.height += 12


# ── map and tiles ──────────────────────────────────────────────────────────────────────────────────────────────────


def map_picture(
    meta: Meta,
    points: pd.DataFrame,
    outline: pd.DataFrame,
    rows: pd.DataFrame,
    areas: pd.DataFrame | None = None,
    *,
    title: str = "",
) -> str:
    """Units as areas, or as points over the county outline, coloured by class; those without a place are named below.

    Args:
        points, outline: of queries.map_frame.
        rows: of queries.unit_ranking.
        areas: of queries.map_areas.
    """
    body: MapBody = map_section(meta, points, outline, rows, areas).body
    canvas = Canvas()
    if body.drawing is None:
        canvas.note(_("这些区域的位置未收录，不画地图。"), size=15)
    else:
        scale = INNER / body.drawing.width
        canvas.put(f'<g transform="scale({scale:.4f})">{"".join(_map_parts(body))}</g>')
        canvas.height = body.drawing.height * scale + 6
    _legend(canvas, body.legend)
    notes = []
    if body.drawing is not None:
        notes.append(body.note)
    separator = ", " if is_english() else "、"
    if body.unlabelled:
        notes.append(
            _("图上未标名 {count} 个：{names}").format(
                count=len(body.unlabelled), names=separator.join(body.unlabelled)
            )
        )
    if body.unplaced:
        notes.append(
            _("位置未收录、未画在图上 {count} 个：{names}").format(
                count=len(body.unplaced), names=separator.join(body.unplaced)
            )
        )
    heading = title or _("分布图：{indicator}").format(indicator=indicator_label(meta))
    return picture(meta, heading, canvas, unit=str(meta["indicator_unit"]), notes=notes)


def _map_parts(body: MapBody) -> Iterable[str]:
    drawing = body.drawing
    if drawing is None:
        return
    for shape in drawing.shapes:
        unit = body.areas.get(shape.region)
        fill = "#e9efec" if unit is None else _fill(unit)
        yield f'<path d="{shape.path}" fill="{fill}" fill-rule="evenodd" stroke="#7b8a84" stroke-width="1"/>'
    for dot in drawing.dots:
        if dot.label and dot.label.leader:
            yield line(dot.x, dot.y, dot.label.leader[0], dot.label.leader[1], INK, 0.8)
    for dot in drawing.dots:
        unit = body.units[dot.row]
        edge = HOLLOW if unit.shade is None else f'stroke="{INK}" stroke-width="0.8"'
        yield f'<circle cx="{dot.x}" cy="{dot.y}" r="{dot.radius}" fill="{_fill(unit)}" {edge}/>'
    for label in (*(dot.label for dot in drawing.dots if dot.label), *body.names.values()):
        for place, words in enumerate(label.lines):
            yield text(
                label.x, label.y + place * 15 * 1.15, words, 12.5, anchor=label.anchor, bold=not place, halo=True
            )


def _fill(unit: MapUnit) -> str:
    return "#ffffff" if unit.shade is None else SHADES[unit.shade]


def _legend(canvas: Canvas, entries: Sequence[LegendEntry]) -> None:
    """Classes from low to high, then the unreported."""

    def swatch(shade: int | None) -> Callable[[float, float], str]:
        fill = "#ffffff" if shade is None else SHADES[shade]
        edge = HOLLOW if shade is None else f'stroke="{INK}" stroke-width="0.8"'
        return lambda x, y: rect(x, y - 9, 18, 15, fill, radius=2, edge=edge)

    _key(canvas, [(swatch(entry.shade), entry.text) for entry in entries])


_TILE, _TILE_GAP = 30.0, 4.0
_TOWN_WIDTH = 112.0


def tiles_picture(meta: Meta, rows: pd.DataFrame, *, title: str = "") -> str:
    """One tile per village, a line or more for each town; the unreported are dashed.

    Args:
        rows: of queries.unit_tiles.
    """
    body = tile_section(meta, rows).body
    canvas = Canvas()
    per_line = int((INNER - _TOWN_WIDTH) // (_TILE + _TILE_GAP))
    for town, villages in body.towns:
        canvas.put(text(0, canvas.height + 20, fit(town, _TOWN_WIDTH - 10, 15), 15, bold=True))
        for place, unit in enumerate(villages):
            x = _TOWN_WIDTH + (place % per_line) * (_TILE + _TILE_GAP)
            y = canvas.height + (place // per_line) * (_TILE + _TILE_GAP)
            canvas.put(_tile(x, y, unit))
        canvas.height += max(math.ceil(len(villages) / per_line), 1) * (_TILE + _TILE_GAP) + 4
    _legend(canvas, body.legend)
    heading = title or _("村格图：{indicator}").format(indicator=indicator_label(meta))
    note = _("每格一村，按乡镇分组，格内为村名首字。")
    return picture(meta, heading, canvas, unit=str(meta["indicator_unit"]), notes=[note])


def _tile(x: float, y: float, unit: MapUnit) -> str:
    edge = HOLLOW if unit.shade is None else ""
    ink = INK if unit.shade is None else INKS[unit.shade]
    box = rect(x, y, _TILE, _TILE, _fill(unit), radius=3, edge=edge)
    return box + text(x + _TILE / 2, y + 20, unit.name[:1], 14, anchor="middle", fill=ink)
