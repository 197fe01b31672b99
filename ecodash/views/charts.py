"""Frames → plotly figures. What was not reported is a gap, never a zero."""

import pandas as pd
import plotly.graph_objects as go

from ecodash.domain.indicators import Indicator, Kind
from ecodash.domain.regions import Level
from ecodash.views import style, text
from ecodash.views.tables import unit_of

CONFIG = {"displayModeBar": False, "displaylogo": False, "scrollZoom": False, "responsive": True}
"""No tool bar: its tips speak English, and the page scrolls under a finger."""


def trend(rows: pd.DataFrame, entry: Indicator, level: Level) -> go.Figure:
    """Months of one indicator: bars for what was done in a month, a line for how things stood.

    Args:
        rows: of queries.trend.
    """
    unit, decimals = unit_of(entry, level)
    labels = [text.short_month(month) for month in rows["month"]]
    template = f"%{{x}}<br>%{{y:,.{decimals}f}}{unit}<extra></extra>"
    trace: go.Bar | go.Scatter
    if entry.kind is Kind.FLOW:
        trace = go.Bar(x=labels, y=rows["value"], marker_color=style.LINE, hovertemplate=template)
    else:
        trace = go.Scatter(
            x=labels,
            y=rows["value"],
            mode="lines+markers",
            connectgaps=False,
            line={"color": style.LINE, "width": 2.5},
            marker={"size": 7},
            hovertemplate=template,
        )
    figure = go.Figure(trace)
    figure.update_layout(
        height=320,
        margin={"l": 8, "r": 8, "t": 28, "b": 8},
        font={"family": style.FONT, "size": 14},
        showlegend=False,
        hoverlabel={"font": {"family": style.FONT, "size": 15, "color": style.INK}, "bgcolor": "#ffffff"},
        dragmode=False,
        title={"text": f"{unit}" if unit else "", "font": {"size": 13}, "x": 0, "y": 0.98},
    )
    figure.update_xaxes(type="category", fixedrange=True, automargin=True, nticks=12)
    figure.update_yaxes(
        fixedrange=True,
        automargin=True,
        tickformat=f",.{decimals}~f",
        rangemode="tozero" if entry.kind is Kind.FLOW else "normal",
    )
    return figure
