"""Sections of the snapshot page about one region: its facts and indicators, and the reports behind the selected one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ecodash.domain.targets import State
from ecodash.i18n import gettext as _
from ecodash.i18n import marked
from ecodash.reports.numbers import is_missing, show_change, show_month, show_number, show_time
from ecodash.reports.sections import (
    Figure,
    Meta,
    Section,
    coverage,
    figure,
    joined,
    reports_behind,
    rows_of,
    step_of,
    with_unit,
)
from ecodash.reports.trend_drawing import Spark, draw_spark

MOST_ROWS = 60
"""Reports listed one by one; more are summed by batch and file, so that a county's page stays readable."""


FACTS = {
    "path": marked("位置"),
    "code": marked("区划代码"),
    "kind": marked("类型"),
    "villages": marked("村数"),
    "valid_from": marked("设立月份"),
    "valid_until": marked("撤并月份"),
    "successor": marked("撤并后归入"),
    "predecessor": marked("由其撤并而来"),
    "alias": marked("其他名称"),
}
"""What each fact of queries.region_facts is called; attributes bring their names."""


# ── facts ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def facts_section(meta: Meta, frame: pd.DataFrame) -> Section:
    """What is known of the region itself."""
    return Section("region-facts", _("基本情况"), "facts.html", [_fact(row) for row in rows_of(frame)])


def _fact(row: Any) -> tuple[str, str, str]:
    """Label, value and a note."""
    if row.name:
        value = show_number(row.value, int(row.decimals))
        if is_missing(row.value):
            return str(row.name), value, ""
        return str(row.name), with_unit(value, str(row.unit)), counted(row)
    label = _(FACTS[str(row.fact)])
    if row.fact in ("valid_from", "valid_until"):
        return label, show_month(str(row.text)), ""
    if row.fact == "kind":
        return label, _(str(row.text)), ""
    return label, str(row.text) or show_number(row.value, 0), ""


def counted(row: Any) -> str:
    """For which months an attribute was reported, and by how many villages."""
    if not row.first_period:
        return ""
    first, last = show_month(row.first_period), show_month(row.last_period)
    span = first if first == last else _("{first}至{last}").format(first=first, last=last)
    if row.villages > 1 and row.reported != 1:
        return _("{span}上报，{reported}/{villages} 村").format(span=span, reported=row.reported, villages=row.villages)
    return _("{span}上报").format(span=span)


# ── figures ────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class ProfileRow:
    """One indicator of the region."""

    name: str
    value: Figure
    change: str
    year_to_date: Figure | None
    target: str
    progress: str
    state: State | None
    rank: str
    origin: str
    difference: str
    doubts: str
    spark: Spark | None


@dataclass(frozen=True, slots=True)
class Figures:
    """Indicators by category.

    Args:
        has_sparks: whether the frame brought small trends; one frozen earlier has none.
        has_targets: whether there is a column of targets; only where there are trends is it left out.
    """

    groups: Sequence[tuple[str, Sequence[ProfileRow]]]
    has_sparks: bool
    has_targets: bool


def profile_section(meta: Meta, frame: pd.DataFrame) -> Section:
    """All indicators of the region by category.

    Args:
        frame: of queries.region_profile; frames frozen earlier have neither doubts nor history.
    """
    whole = frame
    for name in ("doubts", "history"):
        if name not in whole:
            whole = whole.assign(**{name: None})
    groups: dict[str, list[ProfileRow]] = {}
    for row in rows_of(whole):
        groups.setdefault(_(str(row.category)), []).append(_profile_row(meta["region_code"], row))
    has_sparks = "history" in frame
    note = _("排名为本区域在同一上级之内同级区域中的名次。")
    if has_sparks:
        note += _("走势为近 12 个月，断开处未上报。")
    title = _("{region}全部指标").format(region=meta["region_name"])
    has_targets = not has_sparks or bool(frame["target"].notna().any())
    body = Figures(list(groups.items()), has_sparks, has_targets)
    return Section("region-profile", title, "profile.html", body, note)


def _profile_row(region: str, row: Any) -> ProfileRow:
    decimals, unit = int(row.decimals), str(row.unit)
    has_target = not is_missing(row.target)
    year = None
    if row.kind == "flow":
        year = figure(region, row.indicator, row.year_to_date, decimals, unit=unit, field="year_to_date")
    return ProfileRow(
        name=row.name,
        value=figure(region, row.indicator, row.value, decimals, unit=unit, reports=reports_behind(row)),
        change="" if is_missing(row.value) else show_change(row.change, decimals, unit),
        year_to_date=year,
        target=with_unit(show_number(row.target, decimals), unit) if has_target else "",
        progress="" if is_missing(row.progress_pct) else f"{show_number(row.progress_pct, 1)}%",
        state=State(row.state) if has_target and not is_missing(row.state) else None,
        # Alone among its peers, a region has no rank worth the name.
        rank="" if is_missing(row.rank) or row.ranked_count < 2 else f"{int(row.rank)}/{int(row.ranked_count)}",
        origin=_origin(row),
        difference=_difference(row, decimals, unit),
        doubts=str(row.doubts or ""),
        spark=None if row.history is None else draw_spark([float(value) for value in row.history]),
    )


def _origin(row: Any) -> str:
    """The report a figure is, or what it was made of."""
    if is_missing(row.batch) or reports_behind(row) == 0:
        return joined(coverage(row)) if reports_behind(row) else "—"
    place = _place(row)
    if row.is_own or row.villages <= 1:
        return place
    return _("{coverage}；另有本级自报（{place}）").format(coverage=joined(coverage(row)), place=place)


def _place(row: Any) -> str:
    words = [_("第 {batch} 批").format(batch=int(row.batch))]
    if not is_missing(row.file_name) and row.file_name:
        words.append(str(row.file_name))
    if not is_missing(row.file_row):
        words.append(_("第 {row} 行").format(row=int(row.file_row)))
    return " · ".join(words)


def _difference(row: Any, decimals: int, unit: str) -> str:
    """The 对账 difference, said only where there is one."""
    if is_missing(row.difference) or not row.difference:
        return ""
    gap = f"{show_number(row.difference, decimals)} {step_of(unit)}"
    return _("本级自报与村级汇总相差 {gap}").format(gap=gap.rstrip())


# ── origins ────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class OriginRow:
    """One report behind the figure."""

    name: str
    indicator_name: str
    value: Figure
    month: str
    is_carried: bool
    batch: str
    file: str
    line: str
    actor: str
    committed: str


@dataclass(frozen=True, slots=True)
class BatchRow:
    """All reports of one batch and file behind the figure."""

    batch: str
    file: str
    actor: str
    committed: str
    reports: int
    months: str


@dataclass(frozen=True, slots=True)
class Origins:
    """Reports one by one, or by batch where there are many; one of the two is empty."""

    rows: Sequence[OriginRow]
    batches: Sequence[BatchRow]


def origin_section(meta: Meta, frame: pd.DataFrame) -> Section:
    """The reports behind the selected indicator of the region."""
    title = _("{indicator}的数据来源").format(indicator=meta["indicator_name"])
    if len(frame) > MOST_ROWS:
        note = _("共 {count} 条上报数据，按批次和文件合并列出。").format(count=len(frame))
        return Section("figure-origins", title, "origins.html", Origins([], _batches(frame)), note)
    rows = [_origin_row(row, int(meta["decimals"])) for row in rows_of(frame)]
    note = _("没有直接上报的数据。")
    if rows:
        note = _("共 {count} 条上报数据；时间为北京时间。").format(count=len(rows))
    return Section("figure-origins", title, "origins.html", Origins(rows, []), note)


def _origin_row(row: Any, decimals: int) -> OriginRow:
    # A part of a ratio may be reported in finer steps than the ratio itself; whole counts stay whole.
    digits = 0 if float(row.value).is_integer() else max(decimals, 2)
    return OriginRow(
        name=row.name,
        indicator_name=row.indicator_name,
        value=figure(row.region_code, row.indicator, row.value, digits, unit=row.unit, field="reported"),
        month=show_month(row.period),
        is_carried=bool(row.is_carried),
        batch=_("第 {batch} 批").format(batch=int(row.batch)),
        file="" if is_missing(row.file_name) else str(row.file_name),
        line="" if is_missing(row.file_row) else str(int(row.file_row)),
        actor="" if is_missing(row.actor) else str(row.actor),
        committed=show_time(row.committed_at),
    )


def _batches(frame: pd.DataFrame) -> list[BatchRow]:
    rows = []
    for _key, group in frame.groupby(["batch", "file_name"], sort=True, dropna=False):
        first = group.iloc[0]
        months = sorted({int(period) for period in group["period"]})
        span = show_month(months[0])
        if len(months) > 1:
            span = _("{first} 至 {last}").format(first=span, last=show_month(months[-1]))
        rows.append(
            BatchRow(
                _("第 {batch} 批").format(batch=int(first["batch"])),
                "" if is_missing(first["file_name"]) else str(first["file_name"]),
                "" if is_missing(first["actor"]) else str(first["actor"]),
                show_time(first["committed_at"]),
                len(group),
                span,
            )
        )
    return rows
