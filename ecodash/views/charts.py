"""Frames → plotly figures. What was not reported is a gap, never a zero."""

import pandas as pd
import plotly.graph_objects as go

from ecodash.domain.indicators import Indicator, Kind
from ecodash.domain.regions import Level
from ecodash.i18n import gettext as _
from ecodash.views import names, style, text

CONFIG = {"displayModeBar": False, "displaylogo": False, "scrollZoom": False, "responsive": True}
"""No tool bar: its tips speak English, and the page scrolls under a finger."""


_MONTHS_APART = 4
"""Months between two marks of the axis, counted from the newest, which is always marked."""


_TARGET = "#c0392b"
_YEAR_AGO = "#e07b00"


def trend(rows: pd.DataFrame, entry: Indicator, level: Level, *, is_dark: bool, height: int = 320) -> go.Figure:
    """Months of one indicator: bars for what was done in a month, a line for how things stood; the target as a dashed
    line; of a flow the same months of the year before; carried months hollow.

    Args:
        rows: of queries.region_trend.
        is_dark: drawn on the dark theme's ground.
        height: in pixels.
    """
    colour = style.LINE_ON_DARK if is_dark else style.LINE
    unit, decimals = entry.shown_at(level)
    labels = [text.short_month(month) for month in rows["month"]]
    figure = go.Figure(_values(rows, labels, entry, level, colour))
    template = f"%{{x}}<br>%{{y:,.{decimals}f}} {names.unit_name(unit)}<extra>%{{fullData.name}}</extra>"
    is_flow = entry.kind is Kind.FLOW
    if is_flow and rows["year_ago"].notna().any():
        marker = {"symbol": "line-ew", "size": 11, "line": {"width": 3, "color": _YEAR_AGO}}
        figure.add_scatter(
            x=labels, y=rows["year_ago"], mode="markers", marker=marker, name=_("上年同月"), hovertemplate=template
        )
    if rows["target"].notna().any():
        goal = _("月均目标") if is_flow else _("目标值")
        line = {"color": _TARGET, "width": 2, "dash": "dash", "shape": "hvh"}
        figure.add_scatter(
            x=labels, y=rows["target"], mode="lines", line=line, connectgaps=False, name=goal, hovertemplate=template
        )
    is_alone = len(figure.data) == 1
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 28, "b": 8},
        font={"family": style.FONT, "size": 14},
        showlegend=not is_alone,
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.0, "xanchor": "right", "x": 1, "itemclick": False,
                "itemdoubleclick": False},
        hoverlabel={"font": {"family": style.FONT, "size": 15, "color": style.INK}, "bgcolor": "#ffffff"},
        dragmode=False,
        title={"text": text.unit_is(unit) if unit else "", "font": {"size": 13}, "x": 0, "y": 0.98},
    )  # fmt: skip
    marked = range(len(labels) - 1, -1, -_MONTHS_APART)
    figure.update_xaxes(
        type="category", fixedrange=True, automargin=True, tickangle=0, tickvals=[labels[place] for place in marked],
        ticktext=[text.month_over_year(rows["month"].iloc[place]) for place in marked],
    )  # fmt: skip
    shown = pd.concat([rows["value"], rows["target"]]).dropna()
    lowest, highest = float(shown.min()), float(shown.max())
    step = 10.0**-decimals
    if highest - lowest < 4 * step and not is_flow:
        # Marks closer than the shown digits would repeat a number.
        figure.update_yaxes(dtick=step, range=[lowest - 2.4 * step, highest + 2.4 * step])
    figure.update_yaxes(
        fixedrange=True,
        automargin=True,
        tickformat=f",.{decimals}~f",
        rangemode="tozero" if is_flow else "normal",
    )
    return figure


def _values(
    rows: pd.DataFrame, labels: list[str], entry: Indicator, level: Level, colour: str
) -> list[go.Bar | go.Scatter]:
    """The figure itself. Where months are carried a second trace says so in the legend."""
    unit, decimals = entry.shown_at(level)
    is_carried = (rows["carried"] > 0) & (rows["reported"] == 0) & rows["value"].notna()
    note = ["<br>" + _("沿用以前的数值") if carried else "" for carried in is_carried]
    template = f"%{{x}}<br>%{{y:,.{decimals}f}} {names.unit_name(unit)}%{{customdata}}<extra></extra>"
    if entry.kind is Kind.FLOW:
        return [
            go.Bar(
                x=labels, y=rows["value"], marker_color=colour, hovertemplate=template, customdata=note,
                name=entry.label,
            )
        ]  # fmt: skip
    traces: list[go.Bar | go.Scatter] = [
        go.Scatter(
            x=labels,
            y=rows["value"],
            mode="lines+markers",
            connectgaps=False,
            line={"color": colour, "width": 2.5},
            marker={"size": 8, "symbol": ["circle-open" if carried else "circle" for carried in is_carried],
                    "line": {"width": 2}},
            hovertemplate=template,
            customdata=note,
            name=entry.label,
        )
    ]  # fmt: skip
    if is_carried.any():
        hollow = {"size": 9, "symbol": "circle-open", "color": colour, "line": {"width": 2}}
        traces.append(
            go.Scatter(x=[labels[0]], y=[None], mode="markers", marker=hollow, name=_("空心：沿用以前的数值"))
        )
    return traces
