"""Sections of the snapshot page about one region: all its indicators, and the reports behind the selected one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ecodash.domain.targets import State
from ecodash.reports.numbers import is_missing, show_change, show_month, show_number, show_time
from ecodash.reports.sections import Figure, Meta, Section, coverage, figure, reports_behind, rows_of, with_unit

MOST_ROWS = 60
"""Reports listed one by one; more are summed by batch and file, so that a county's page stays readable."""


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


def profile_section(meta: Meta, frame: pd.DataFrame) -> Section:
    """All indicators of the region by category."""
    groups: dict[str, list[ProfileRow]] = {}
    for row in rows_of(frame):
        groups.setdefault(str(row.category), []).append(_profile_row(meta["region_code"], row))
    note = "排名为本区域在同一上级之内同级区域中的名次。"
    return Section("region-profile", f"{meta['region_name']}全部指标", "profile.html", list(groups.items()), note)


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
    )


def _origin(row: Any) -> str:
    """The report a figure is, or what it was made of."""
    if is_missing(row.batch) or reports_behind(row) == 0:
        return "，".join(coverage(row)) if reports_behind(row) else "—"
    place = _place(row)
    return place if row.is_own or row.villages <= 1 else f"{'，'.join(coverage(row))}；另有本级自报（{place}）"


def _place(row: Any) -> str:
    words = [f"第 {int(row.batch)} 批"]
    if not is_missing(row.file_name) and row.file_name:
        words.append(str(row.file_name))
    if not is_missing(row.file_row):
        words.append(f"第 {int(row.file_row)} 行")
    return " · ".join(words)


def _difference(row: Any, decimals: int, unit: str) -> str:
    """The 对账 difference, said only where there is one."""
    if is_missing(row.difference) or not row.difference:
        return ""
    step = "个百分点" if unit == "%" else unit
    return f"本级自报与村级汇总相差 {with_unit(show_number(row.difference, decimals), step)}"


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
    title = f"{meta['indicator_name']}的数据来源"
    if len(frame) > MOST_ROWS:
        note = f"共 {len(frame)} 条上报数据，按批次和文件合并列出。"
        return Section("figure-origins", title, "origins.html", Origins([], _batches(frame)), note)
    rows = [_origin_row(row, int(meta["decimals"])) for row in rows_of(frame)]
    note = f"共 {len(rows)} 条上报数据；时间为北京时间。" if rows else "没有直接上报的数据。"
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
        batch=f"第 {int(row.batch)} 批",
        file="" if is_missing(row.file_name) else str(row.file_name),
        line="" if is_missing(row.file_row) else str(int(row.file_row)),
        actor="" if is_missing(row.actor) else str(row.actor),
        committed=show_time(row.committed_at),
    )


def _batches(frame: pd.DataFrame) -> list[BatchRow]:
    rows = []
    for _, group in frame.groupby(["batch", "file_name"], sort=True, dropna=False):
        first = group.iloc[0]
        months = sorted({int(period) for period in group["period"]})
        span = show_month(months[0]) if len(months) == 1 else f"{show_month(months[0])} 至 {show_month(months[-1])}"
        rows.append(
            BatchRow(
                f"第 {int(first['batch'])} 批",
                "" if is_missing(first["file_name"]) else str(first["file_name"]),
                "" if is_missing(first["actor"]) else str(first["actor"]),
                show_time(first["committed_at"]),
                len(group),
                span,
            )
        )
    return rows
