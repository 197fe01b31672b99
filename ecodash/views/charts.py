"""Frames → plotly figures. What was not reported is a gap, never a zero."""

import pandas as pd
import plotly.graph_objects as go

from ecodash.domain.indicators import Indicator, Kind
from ecodash.domain.regions import Level
from ecodash.views import style, text

CONFIG = {"displayModeBar": False, "displaylogo": False, "scrollZoom": False, "responsive": True}
"""No tool bar: its tips speak English, and the page scrolls under a finger."""


_MONTHS_APART = 4
"""Months between two marks of the axis, counted from the newest, which is always marked."""


def trend(rows: pd.DataFrame, entry: Indicator, level: Level, *, is_dark: bool) -> go.Figure:
    """Months of one indicator: bars for what was done in a month, a line for how things stood.

    Args:
        rows: of queries.trend.
        is_dark: drawn on the dark theme's ground.
    """
    colour = style.LINE_ON_DARK if is_dark else style.LINE
    unit, decimals = entry.shown_at(level)
    labels = [text.short_month(month) for month in rows["month"]]
    template = f"%{{x}}<br>%{{y:,.{decimals}f}}{unit}<extra></extra>"
    trace: go.Bar | go.Scatter
    if entry.kind is Kind.FLOW:
        trace = go.Bar(x=labels, y=rows["value"], marker_color=colour, hovertemplate=template)
    else:
        trace = go.Scatter(
            x=labels,
            y=rows["value"],
            mode="lines+markers",
            connectgaps=False,
            line={"color": colour, "width": 2.5},
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
        title={"text": text.unit_is(unit) if unit else "", "font": {"size": 13}, "x": 0, "y": 0.98},
    )
    marked = range(len(labels) - 1, -1, -_MONTHS_APART)
    figure.update_xaxes(
        type="category", fixedrange=True, automargin=True, tickangle=0, tickvals=[labels[place] for place in marked],
        ticktext=[text.month_over_year(rows["month"].iloc[place]) for place in marked],
    )  # fmt: skip
    lowest, highest = float(rows["value"].min()), float(rows["value"].max())
    step = 10.0**-decimals
    if highest - lowest < 4 * step and entry.kind is not Kind.FLOW:
        # Marks closer than the shown digits would repeat a number.
        figure.update_yaxes(dtick=step, range=[lowest - 2.4 * step, highest + 2.4 * step])
    figure.update_yaxes(
        fixedrange=True,
        automargin=True,
        tickformat=f",.{decimals}~f",
        rangemode="tozero" if entry.kind is Kind.FLOW else "normal",
    )
    return figure
