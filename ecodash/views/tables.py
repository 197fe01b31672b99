"""Frames of queries → tables as people read them: headers, names and units in their language, words for what is missing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from streamlit import column_config as column

from ecodash.domain.indicators import Catalog, Indicator
from ecodash.domain.regions import Level
from ecodash.reports.numbers import (
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


# ── targets ────────────────────────────────────────────────────────────────────────────────────────────────────────


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
