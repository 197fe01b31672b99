"""Sections of the snapshot page about the region as a whole: its key figures, and who reported."""

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from ecodash.i18n import gettext as _
from ecodash.reports.numbers import is_missing, show_change, show_time
from ecodash.reports.sections import REPORTING_STATES, Figure, Meta, Section, coverage, figure, reports_behind, rows_of

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


# ── who reported ───────────────────────────────────────────────────────────────────────────────────────────────────────


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
