"""Frames → a county map on plain axes: outline and town points. Nothing is fetched."""

import math
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from ecodash.domain.indicators import Indicator
from ecodash.domain.regions import Level
from ecodash.reports.numbers import show_number
from ecodash.views import style, text
from ecodash.views.classes import Division
from ecodash.views.tables import unit_of

_SMALLEST, _LARGEST = 13, 34


def county_map(
    points: pd.DataFrame, outline: pd.DataFrame, ranking: pd.DataFrame, division: Division, entry: Indicator, ink: str
) -> go.Figure:
    """Towns of a county where they lie, coloured by class and sized by value; unreported ones are hollow.

    Args:
        points, outline: of queries.map_frame.
        ranking: of queries.unit_ranking at town level.
        ink: what names are written in.
    """
    unit, decimals = unit_of(entry, Level.TOWN)
    towns = points.merge(ranking, on="region", how="inner")
    looks = [division.look(value) for value in towns["value"]]
    towns["class"] = [0 if look is None else look.number for look in looks]
    towns["size"] = _sizes(towns["value"])
    figure = go.Figure()
    for _, ring in outline.groupby(["county", "ring"]):
        figure.add_scatter(
            x=ring["lon"], y=ring["lat"], mode="lines", fill="toself", fillcolor=style.OUTLINE_FILL,
            line={"color": style.MUTED, "width": 1.2}, hoverinfo="skip", showlegend=False,
        )  # fmt: skip
    for look in division.looks:
        shown = towns[towns["class"] == look.number]
        marker: dict[str, Any] = {"color": look.colour, "size": shown["size"], "line": {"color": "#33413c", "width": 1}}
        figure.add_trace(_points(shown, f"{look.number}　{look.label}", marker, unit, decimals, ink))
    hollow = towns[towns["class"] == 0]
    if not hollow.empty:
        marker = {"color": "rgba(0,0,0,0)", "size": 15, "line": {"color": "#6b7b74", "width": 2}}
        figure.add_trace(_points(hollow, text.UNREPORTED, marker, unit, decimals, ink))
    _lay_out(figure, pd.concat([towns["lat"], outline["lat"]]))
    return figure


def _points(towns: pd.DataFrame, name: str, marker: dict[str, Any], unit: str, decimals: int, ink: str) -> go.Scatter:
    shown = [f"{show_number(value, decimals)}{unit if pd.notna(value) else ''}" for value in towns["value"]]
    ranks = [text.rank_of(rank) for rank in towns["rank"]]
    return go.Scatter(
        x=towns["lon"],
        y=towns["lat"],
        mode="markers+text",
        text=towns["name"],
        textposition="bottom center",
        textfont={"size": 12, "color": ink},
        customdata=list(zip(towns["region"].astype(str), shown, ranks, strict=True)),
        hovertemplate="<b>%{text}</b><br>%{customdata[1]}　%{customdata[2]}<extra></extra>",
        marker={**marker, "opacity": 1},
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
        name=name,
    )


def _sizes(values: "pd.Series[float]") -> list[float]:
    """Diameters whose areas grow with the value, over the range that occurs."""
    low, high = values.min(), values.max()
    if pd.isna(low) or low == high:
        return [(_SMALLEST + _LARGEST) / 2] * len(values)
    shares = ((values - low) / (high - low)).fillna(0)
    return [math.sqrt(_SMALLEST**2 + share * (_LARGEST**2 - _SMALLEST**2)) for share in shares]


def _lay_out(figure: go.Figure, latitudes: "pd.Series[float]") -> None:
    middle = float(latitudes.mean()) if len(latitudes) else 30.0
    figure.update_layout(
        height=620,
        margin={"l": 4, "r": 4, "t": 4, "b": 4},
        font={"family": style.FONT, "size": 14},
        legend={"orientation": "h", "yanchor": "top", "y": -0.02, "x": 0, "itemclick": False, "itemdoubleclick": False,
                "itemsizing": "constant"},
        dragmode=False,
        hoverlabel={"font": {"family": style.FONT, "size": 15, "color": style.INK}, "bgcolor": "#ffffff"},
    )  # fmt: skip
    figure.update_xaxes(visible=False, fixedrange=True)
    # A degree of longitude is shorter than one of latitude by the cosine of the latitude.
    figure.update_yaxes(visible=False, fixedrange=True, scaleanchor="x", scaleratio=1 / math.cos(math.radians(middle)))


def picked_region(event: Any) -> int | None:
    """The town clicked on, from what st.plotly_chart returns."""
    points = event["selection"]["points"] if event else []
    data = points[0].get("customdata") if points else None
    return int(data[0]) if data else None
