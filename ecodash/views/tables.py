"""Frames of queries → tables as people read them: headers, names and units in their language, words for what is missing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from streamlit import column_config as column

from ecodash.domain.indicators import Catalog, Indicator
from ecodash.domain.regions import Level
from ecodash.domain.targets import State
from ecodash.reports.numbers import (
    is_missing,
    missing_word,
    show_change,
    show_month,
    show_movement,
    show_number,
    show_time,
)
from ecodash.views import names, text
from ecodash.views.rows import rows_of


@dataclass(frozen=True)
class Table:
    """A table as shown and as downloaded.

    Args:
        title: heads the downloaded file and names it.
        frame: columns headed in the reader's language.
        columns: how Streamlit shows those that are not plain text.
        placeholder: the word for an empty cell.
        widest: in pixels; on a wide screen a few short columns would else drift apart.
        order: of the columns on the screen, where it is not that of the files: what must be seen on a phone first.
    """

    title: str
    frame: pd.DataFrame
    columns: Mapping[str, Any] = field(default_factory=dict)
    placeholder: str = ""
    widest: int | None = None
    order: Sequence[str] | None = None


_NARROW, MIDDLING = 640, 960
"""How wide tables of three or four, and of six or seven short columns grow."""


def format_of(decimals: int) -> str:
    """1,268.5: a number with thousands separators, as Streamlit's columns want it written."""
    return f"%,.{decimals}f"


def number_column(decimals: int, width: str = "small") -> Any:
    """A column of numbers with so many digits after the point."""
    return column.NumberColumn(format=format_of(decimals), width=width)  # type: ignore[arg-type]


def right_column(width: str | int = "small") -> Any:
    """A column of texts set to the right, as numbers are."""
    return column.Column(alignment="right", width=width)  # type: ignore[arg-type]


# ── ranking ────────────────────────────────────────────────────────────────────────────────────────────────────────


def ranking(rows: pd.DataFrame, entry: Indicator, level: Level) -> Table:
    """The ranked units; rows of queries.unit_ranking that have a rank."""
    unit, decimals = entry.shown_at(level)
    value = text.with_unit(entry.label, unit)
    figures: dict[str, Any] = {
        text.RANK: rows["rank"].astype(int),
        text.by_level(level): rows["name"],
        value: rows["value"],
        text.MOVEMENT: [show_movement(places) for places in rows["movement"]],
        text.PREVIOUS_VALUE: rows["previous"],
    }
    if rows["parent"].nunique() > 1:
        figures[text.PARENT] = rows["parent"]
    if level is not Level.VILLAGE:
        figures[text.REPORTED_COUNT] = [
            text.reported_short(row.reported, row.villages, row.totals) for row in rows_of(rows)
        ]
    if rows["carried"].any():
        figures[text.CARRIED_COUNT] = rows["carried"]
    columns = {
        text.RANK: column.NumberColumn(width=52),
        text.by_level(level): column.Column(width=92),
        value: column.ProgressColumn(
            format=format_of(decimals), min_value=0, max_value=_ceiling(rows["value"], unit), width=150
        ),
        text.MOVEMENT: column.Column(width=56),
        text.PREVIOUS_VALUE: number_column(decimals),
        text.REPORTED_COUNT: right_column(),
        text.CARRIED_COUNT: column.NumberColumn(width="small", help=text.CARRIED_HELP),
    }
    return Table(text.ranking_title(entry.label, level), pd.DataFrame(figures), columns, text.UNREPORTED, MIDDLING)


def _ceiling(values: "pd.Series[float]", unit: str) -> float:
    top = float(values.max()) if values.notna().any() else 1.0
    return max(top, 100.0) if unit == "%" else (top if top > 0 else 1.0)


def unreported(rows: pd.DataFrame, level: Level) -> Table:
    """The units without a figure; rows of queries.unit_ranking."""
    frame = pd.DataFrame(
        {text.by_level(level): rows["name"], text.PARENT: rows["parent"], text.CODE: rows["region_code"]}
    )
    return Table(text.UNREPORTED_TITLE, frame, widest=_NARROW)


# ── figures ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _figure_columns(rows: pd.DataFrame) -> dict[str, Any]:
    return {
        text.CATEGORY: [names.category_name(category) for category in rows["category"]],
        text.INDICATOR: [names.indicator_name(row.indicator, row.name) for row in rows_of(rows)],
        text.VALUE: [show_number(row.value, row.decimals, missing=_word(row)) for row in rows_of(rows)],
        text.UNIT_OF_MEASURE: [names.unit_name(unit) for unit in rows["unit"]],
        text.CHANGE: [show_change(row.change, row.decimals, row.unit) for row in rows_of(rows)],
    }


_INDICATOR_WIDTH, _VALUE_WIDTH, _UNIT_WIDTH = 168, 92, 72
"""Together they fit a phone, so that no figure stands without its unit."""


def _category_last(heads: Iterable[str]) -> list[str]:
    return [*(name for name in heads if name != text.CATEGORY), text.CATEGORY]


def _word(row: Any) -> str:
    return missing_word(reports=row.reported + row.carried + row.totals)


def key_figures(rows: pd.DataFrame) -> Table:
    """Every indicator of a region; rows of queries.key_figures."""
    figures = _figure_columns(rows) | {
        text.YEAR_TO_DATE: [show_number(row.year_to_date, row.decimals, missing="") for row in rows_of(rows)],
        text.REPORTED_COUNT: [text.reported_short(row.reported, row.villages, row.totals) for row in rows_of(rows)],
        text.CARRIED_COUNT: rows["carried"],
    }
    columns = {
        text.INDICATOR: column.Column(width=_INDICATOR_WIDTH),
        text.VALUE: right_column(_VALUE_WIDTH),
        text.UNIT_OF_MEASURE: column.Column(width=_UNIT_WIDTH),
        text.YEAR_TO_DATE: right_column(),
        text.REPORTED_COUNT: right_column(),
    }
    return Table(text.ALL_FIGURES, pd.DataFrame(figures), columns, order=_category_last(figures))


def profile(rows: pd.DataFrame) -> Table:
    """Every indicator of one region with target, rank and source; rows of queries.region_profile."""
    figures = _figure_columns(rows) | {
        text.TARGET: [show_number(row.target, row.decimals, missing="") for row in rows_of(rows)],
        text.PROGRESS_PCT: rows["progress_pct"],
        text.STATE: [_state(state) for state in rows["state"]],
        text.PEER_RANK: [_peer_rank(row) for row in rows_of(rows)],
        text.DIFFERENCE: [show_number(row.difference, row.decimals, missing="") for row in rows_of(rows)],
        text.SOURCE: [_source(row) for row in rows_of(rows)],
        text.DOUBTS: rows["doubts"],
    }
    frame = pd.DataFrame(figures)
    # A village has no difference, a county few peers: columns that say nothing make room for those that do.
    for name in (text.TARGET, text.STATE, text.PEER_RANK, text.DIFFERENCE, text.DOUBTS):
        if not frame[name].astype(bool).any():
            frame = frame.drop(columns=[name, text.PROGRESS_PCT] if name == text.STATE else name)
    columns = {
        text.CATEGORY: column.Column(width=84),
        text.INDICATOR: column.Column(width=_INDICATOR_WIDTH),
        text.VALUE: right_column(_VALUE_WIDTH),
        text.UNIT_OF_MEASURE: column.Column(width=_UNIT_WIDTH),
        text.CHANGE: column.Column(width=140),
        text.TARGET: right_column(80),
        text.PROGRESS_PCT: column.ProgressColumn(format="%.1f%%", min_value=0, max_value=100, width=130),
        text.STATE: column.Column(width=86),
        text.PEER_RANK: right_column(80),
        text.DIFFERENCE: column.Column(alignment="right", width=80, help=text.RECONCILIATION_HELP),
        text.SOURCE: column.Column(width=350),
        text.DOUBTS: column.Column(width=350, help=text.DOUBTS_HELP),
    }
    return Table(text.ALL_FIGURES, frame, columns, order=_category_last(frame.columns))


def doubts(rows: pd.DataFrame, catalog: Catalog) -> Table:
    """What was doubted at upload, and the reasons given; rows of queries.figure_doubts."""
    frame = pd.DataFrame(
        {
            text.REGION: rows["name"],
            text.INDICATOR: [catalog[code].label if code else text.ALL for code in rows["indicator"]],
            text.REPORTED_FOR: [show_month(period) if period else text.ALL for period in rows["period"]],
            text.DOUBTS: rows["hint"],
            text.REASON: rows["reason"],
            text.BATCH: rows["batch"],
        }
    )
    columns = {
        text.REGION: column.Column(width=84),
        text.INDICATOR: column.Column(width=_INDICATOR_WIDTH),
        text.DOUBTS: column.Column(width=420),
        text.REASON: column.Column(width=260),
        text.BATCH: column.NumberColumn(width=60),
    }
    return Table(text.DOUBTS, frame, columns)


def _state(state: str | float | None) -> str:
    return "" if not isinstance(state, str) else f"{State(state).icon} {State(state).label}"


def _peer_rank(row: Any) -> str:
    """3/30; nothing where a region has no peers."""
    return f"{row.rank}/{row.ranked_count}" if not is_missing(row.rank) and row.ranked_count > 1 else ""


def _source(row: Any) -> str:
    if not is_missing(row.batch):
        return text.source(int(row.batch), row.file_name, None if is_missing(row.file_row) else int(row.file_row))
    if row.reported + row.carried:
        return text.rolled_up(row.reported, row.carried)
    if is_missing(row.value):
        return text.UNREPORTED
    return text.from_below(int(row.totals)) if row.totals else ""


def origins(rows: pd.DataFrame, catalog: Catalog) -> Table:
    """Which batch, file and row each figure came from; rows of queries.figure_origins."""
    frame = pd.DataFrame(
        {
            text.REGION: rows["name"],
            text.INDICATOR: names.indicator_names(rows["indicator"]),
            text.VALUE: [show_number(row.value, catalog[str(row.indicator)].decimals) for row in rows_of(rows)],
            text.UNIT_OF_MEASURE: [names.unit_name(unit) for unit in rows["unit"]],
            text.REPORTED_FOR: [
                show_month(row.period) + (text.CARRIED_MARK if row.is_carried else "") for row in rows_of(rows)
            ],
            text.BATCH: rows["batch"],
            text.FILE: rows["file_name"],
            text.ROW: rows["file_row"].astype("Int64"),
            text.ACTOR: rows["actor"],
            text.COMMITTED_AT: [show_time(moment) for moment in rows["committed_at"]],
        }
    )
    columns = {
        text.REGION: column.Column(width=84),
        text.INDICATOR: column.Column(width=_INDICATOR_WIDTH),
        text.VALUE: right_column(66),
        text.UNIT_OF_MEASURE: column.Column(width=_UNIT_WIDTH),
        text.BATCH: column.NumberColumn(width=60),
        text.ROW: column.NumberColumn(width=60),
        text.FILE: column.Column(width=250),
    }
    return Table(text.ORIGINS, frame, columns)


def trend(rows: pd.DataFrame, entry: Indicator, level: Level) -> Table:
    """The months behind the trend; rows of queries.trend, newest first."""
    unit, decimals = entry.shown_at(level)
    value = text.with_unit(entry.label, unit)
    newest = rows[::-1]
    frame = pd.DataFrame({text.MONTH: [show_month(month) for month in newest["month"]], value: newest["value"]})
    if level is not Level.VILLAGE:
        frame[text.REPORTED_VILLAGES] = newest["reported"].to_numpy()
        frame[text.CARRIED_COUNT] = newest["carried"].to_numpy()
    return Table(
        text.trend_title(entry.label), frame, {value: number_column(decimals, "medium")}, text.UNREPORTED, _NARROW
    )


# ── targets ────────────────────────────────────────────────────────────────────────────────────────────────────────


def targets(rows: pd.DataFrame, first: str, firsts: Iterable[str], title: str) -> Table:
    """Targets and how they stand; rows of queries.region_targets or queries.unit_progress.

    Args:
        first, firsts: header and cells of the first column: indicators of one region, or units on one indicator.
    """
    frame = pd.DataFrame(
        {
            first: list(firsts),
            text.STATE: [_state(state) for state in rows["state"]],
            text.PROGRESS_PCT: rows["progress_pct"].to_numpy(),
            text.TIME_GONE: rows["time_gone_pct"].to_numpy(),
            text.ACTUAL: [show_number(row.actual, row.decimals) for row in rows_of(rows)],
            text.TARGET: [show_number(row.target, row.decimals) for row in rows_of(rows)],
            text.UNIT_OF_MEASURE: [names.unit_name(unit) for unit in rows["unit"]],
            text.BASELINE: [show_number(row.baseline, row.decimals) for row in rows_of(rows)],
            text.GAP: [show_number(row.gap, row.decimals, missing="") for row in rows_of(rows)],
            text.NEEDED_PER_MONTH: [
                show_number(row.needed_per_month, max(row.decimals, 1), missing="") for row in rows_of(rows)
            ],
            text.ARRIVAL: [show_month(month, missing="") for month in rows["arrival_month"]],
            text.DEADLINE: [show_month(month) for month in rows["deadline"]],
        }
    )
    columns = {
        first: column.Column(pinned=True),
        text.PROGRESS_PCT: column.ProgressColumn(format="%.1f%%", min_value=0, max_value=100),
        text.TIME_GONE: column.NumberColumn(format="%.1f%%", width="small"),
        **{name: right_column() for name in (text.ACTUAL, text.TARGET, text.BASELINE, text.GAP, text.NEEDED_PER_MONTH)},
    }
    return Table(title, frame, columns, text.UNREPORTED)


# ── reports and records ────────────────────────────────────────────────────────────────────────────────────────────


def reporting(rows: pd.DataFrame) -> Table:
    """Who reported the month; rows of queries.reporting."""
    frame = pd.DataFrame(
        {
            text.UNIT: rows["name"],
            text.STATE: rows["state"].map(text.REPORT_STATES),
            text.VILLAGES_COUNT: rows["villages"],
            text.ON_TIME_COUNT: rows["on_time"],
            text.LATE_COUNT: rows["late"],
            text.MISSING_COUNT: rows["missing"],
            text.LAST_RECEIVED: [show_time(moment, missing=text.UNREPORTED) for moment in rows["last_received"]],
        }
    )
    return Table(text.REPORTING, frame)


def reconciliation(rows: pd.DataFrame, catalog: Catalog) -> Table:
    """Own totals beside the sum of the villages; rows of queries.reconciliation."""
    decimals = [catalog[code].decimals for code in rows["indicator"]]

    def shown(name: str) -> list[str]:
        return [show_number(value, places) for value, places in zip(rows[name], decimals, strict=True)]

    frame = pd.DataFrame(
        {
            text.REGION: rows["name"],
            text.INDICATOR: names.indicator_names(rows["indicator"]),
            text.OWN_TOTAL: shown("own"),
            text.VILLAGE_SUM: shown("value"),
            text.DIFFERENCE: shown("difference"),
            text.UNIT_OF_MEASURE: [names.unit_name(unit) for unit in rows["unit"]],
        }
    )
    return Table(
        text.RECONCILIATION,
        frame,
        {name: right_column() for name in (text.OWN_TOTAL, text.VILLAGE_SUM, text.DIFFERENCE)},
        widest=MIDDLING,
    )
