"""Sections of the snapshot page made of one frozen table each: frames in, values a template prints out.

A section names its template; everything a template prints is already text, so that no template computes.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from ecodash.domain.regions import Level
from ecodash.domain.targets import State
from ecodash.i18n import gettext as _
from ecodash.i18n import is_english, marked
from ecodash.reports.numbers import (
    exact_number,
    is_missing,
    missing_word,
    show_change,
    show_month,
    show_movement,
    show_number,
    show_time,
)

Meta = Mapping[str, Any]

REPORTING_STATES = {
    "complete": ("✔", marked("齐报")),
    "late": ("◎", marked("有迟报")),
    "partial": ("◐", marked("部分缺报")),
    "missing": ("○", marked("未上报")),
}
"""Icon and word of each state of analytics.completeness."""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page: anchor, heading, template, and what the template prints."""

    anchor: str
    title: str
    template: str
    body: Any
    note: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """One shown figure, findable by region, indicator and field.

    Args:
        region, indicator: codes.
        field: which of the region's figures it is: value, previous, year_to_date, actual, target.
        exact: not rounded, "" where missing.
        text: as shown, with the word for what is missing.
        unit: empty where the value is missing.
    """

    region: str
    indicator: str
    field: str
    exact: str
    text: str
    unit: str = ""

    @property
    def is_missing(self) -> bool:
        return not self.exact


def figure(
    region: str,
    indicator: str,
    value: float | None,
    decimals: int,
    *,
    unit: str = "",
    reports: int = 0,
    field: str = "value",
) -> Figure:
    """A figure ready to print; reports decides between 未上报 and 不适用."""
    exact = exact_number(value)
    text = show_number(value, int(decimals), missing=missing_word(reports=reports))
    return Figure(region, indicator, field, exact, text, _(unit) if exact else "")


def rows_of(frame: pd.DataFrame) -> Iterator[Any]:
    """The rows of a frame with its columns as attributes; what a column holds its query documents."""
    return frame.itertuples(index=False)


def reports_behind(row: Any) -> int:
    """How many reports stand behind a row of figures, of whatever sort."""
    return int(row.reported) + int(row.carried) + int(row.totals)


def coverage(row: Any) -> list[str]:
    """What a figure rests on, in words: villages that reported, carried values, towns' own totals."""
    if row.villages <= 1:
        return [_("沿用")] if row.carried else []
    words = [_("上报 {reported}/{villages} 村").format(reported=int(row.reported), villages=int(row.villages))]
    if row.carried:
        words.append(_("沿用 {carried} 村").format(carried=int(row.carried)))
    if row.totals:
        words.append(_("按上级合计 {totals} 处").format(totals=int(row.totals)))
    if row.unweighted:
        words.append(_("缺分母未计 {count} 村").format(count=int(row.unweighted)))
    return words


def with_unit(text: str, unit: str) -> str:
    """A number with its unit; a percent sign stands close, a word apart."""
    return f"{text}{unit}" if unit in ("%", "") else f"{text} {_(unit)}"


def joined(words: Iterable[str]) -> str:
    """Clauses of one line."""
    return (", " if is_english() else "，").join(words)


def step_of(unit: str) -> str:
    """A difference of percentages is in points."""
    return _("个百分点") if unit == "%" else _(unit)


# ── key figures ────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Card:
    """One indicator of the region."""

    name: str
    kind: str
    value: Figure
    change: str
    year_to_date: Figure | None
    coverage: list[str] = field(default_factory=list)


def key_figure_cards(meta: Meta, frame: pd.DataFrame) -> Section:
    """Cards of the region's indicators, by category."""
    groups: dict[str, list[Card]] = {}
    for row in rows_of(frame):
        groups.setdefault(_(str(row.category)), []).append(_card(meta["region_code"], row))
    return Section("key-figures", _("各项指标"), "cards.html", list(groups.items()))


def _card(region: str, row: Any) -> Card:
    reports = reports_behind(row)
    year = None
    if row.kind == "flow":
        year = figure(region, row.indicator, row.year_to_date, row.decimals, unit=row.unit, field="year_to_date")
    return Card(
        name=row.name,
        kind=row.kind,
        value=figure(region, row.indicator, row.value, row.decimals, unit=row.unit, reports=reports),
        # Without a figure there is nothing to compare; "no figure last month" would be said of the wrong month.
        change="" if is_missing(row.value) else show_change(row.change, int(row.decimals), row.unit),
        year_to_date=year,
        coverage=[_("本级自报")] if row.is_own else coverage(row),
    )


# ── targets ────────────────────────────────────────────────────────────────────────────────────────────────────────


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
    arrival = (
        "—" if state in (State.DONE, State.UNREPORTED) else show_month(row.arrival_month, missing=_("按现速达不到"))
    )
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


# ── ranking and reporting ──────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class RankRow:
    """A unit in the ranking, or, without a rank, among those left out of it."""

    rank: str
    movement: str
    name: str
    parent: str
    value: Figure
    filled: str
    previous: Figure
    coverage: str


@dataclass(frozen=True, slots=True)
class Ranking:
    """Ranked rows, apart from them the rows without a value, and what the figures beside are of."""

    indicator: str
    unit: str
    ranked: Sequence[RankRow]
    left_out: Sequence[RankRow]
    previous_label: str


def ranking_rows(meta: Meta, frame: pd.DataFrame) -> Section:
    """The units ranked on the selected indicator; those without a value stand apart and are never a 0."""
    top = max((float(value) for value in frame["value"] if value > 0), default=0.0)
    if meta["indicator_unit"] == "%":
        top = max(top, 100.0)
    # Namesakes are common among villages; where all units have one parent, naming it says nothing.
    parents = frame["parent"] if frame["parent"].nunique() > 1 else pd.Series("", index=frame.index)
    rows = [_rank_row(meta, row, parent, top) for row, parent in zip(rows_of(frame), parents, strict=True)]
    is_ranked = frame["rank"].notna()
    unit = str(meta["indicator_unit"])
    body = Ranking(
        meta["indicator_name"],
        _(unit),
        [row for row, ranked in zip(rows, is_ranked, strict=True) if ranked],
        [row for row, ranked in zip(rows, is_ranked, strict=True) if not ranked],
        meta["comparison"]["before_label"] if "comparison" in meta else _("上月"),
    )
    order = {"higher": _("数值高的在前"), "lower": _("数值低的在前")}.get(
        meta["direction"], _("按数值从高到低排列，不分优劣")
    )
    title = _("{level}排名：{indicator}").format(level=meta["level_label"], indicator=meta["indicator_name"])
    compared = meta.get("comparison")
    note = _("{order}；变化与上月名次相比。").format(order=order)
    return Section("unit-ranking", title, "ranking.html", body, _compared_note(compared, order) if compared else note)


def _compared_note(compared: Meta, order: str) -> str:
    """The rule of a ranking that is not by the month alone, and how many units it leaves out."""
    note = _("{order}；名次按{now}，变化与{before}的名次相比。").format(
        order=order, now=compared["now_label"], before=compared["before_label"]
    )
    kinds = _("、").join([*compared["kinds"], *([compared["peer_class"]] if compared["peer_class"] else [])])
    note += _("只排：{kinds}。").format(kinds=kinds) if kinds else ""
    note += _("分母至少为 {least}。").format(least=f"{compared['least']:g}") if compared["least"] else ""
    return note + (_("另有 {count} 个不参加排名。").format(count=compared["left_out"]) if compared["left_out"] else "")


def _rank_row(meta: Meta, row: Any, parent: str, top: float) -> RankRow:
    indicator, decimals = meta["indicator"], int(meta["decimals"])
    reports = reports_behind(row)
    share = 0.0 if is_missing(row.value) or not top else min(max(100 * float(row.value) / top, 0.0), 100.0)
    return RankRow(
        rank="" if is_missing(row.rank) else str(int(row.rank)),
        movement=show_movement(row.movement),
        name=row.name,
        parent=parent,
        value=figure(row.region_code, indicator, row.value, decimals, reports=reports),
        filled=f"{share:.1f}",
        previous=figure(row.region_code, indicator, row.previous, decimals, field="previous"),
        coverage=_short_coverage(row),
    )


def _short_coverage(row: Any) -> str:
    if row.villages <= 1:
        return _("已报") if row.reported else (_("沿用") if row.carried else _("未上报"))
    if row.totals and not row.reported and not row.carried:
        return _("自报")
    words = [f"{int(row.reported)}/{int(row.villages)}"]
    if row.carried:
        words.append(_("沿用 {count}").format(count=int(row.carried)))
    if row.totals:
        words.append(_("含自报"))
    return " ".join(words)


@dataclass(frozen=True, slots=True)
class ReportRow:
    """Who reported, of one unit."""

    name: str
    code: str
    state: str
    icon: str
    word: str
    villages: int
    on_time: int
    late: int
    missing: int
    received: str


def reporting_rows(meta: Meta, frame: pd.DataFrame) -> Section:
    """Reports of the month by unit, most missing first."""
    rows = [
        ReportRow(
            row.name,
            row.region_code,
            row.state,
            REPORTING_STATES[row.state][0],
            _(REPORTING_STATES[row.state][1]),
            int(row.villages),
            int(row.on_time),
            int(row.late),
            int(row.missing),
            show_time(row.last_received, missing=_("未收到")),
        )
        for row in rows_of(frame)
    ]
    missing = sum(row.missing for row in rows)
    note = _("按村计数，全部上报；时间为北京时间。")
    if missing:
        note = _("按村计数，共缺报 {count} 村；时间为北京时间。").format(count=missing)
    return Section("reporting", _("{month}上报情况").format(month=meta["month_label"]), "reporting.html", rows, note)


def is_village_level(meta: Meta) -> bool:
    """Whether the units compared are villages."""
    return bool(meta["level"] == Level.VILLAGE.value)
