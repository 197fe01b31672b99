"""Frames → a county map on plain axes: outline and town points. Nothing is fetched."""

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from ecodash.domain.indicators import Indicator
from ecodash.domain.regions import Level
from ecodash.reports.map_drawing import FONT, Drawing, draw_map
from ecodash.reports.numbers import show_number
from ecodash.views import style, text
from ecodash.views.classes import Division

_HOLLOW = "rgba(0,0,0,0)"
_LABEL_RISE = 0.95 * FONT - 0.575 * FONT
"""From a label's base line up to its middle."""


def county_map(
    points: pd.DataFrame, outline: pd.DataFrame, ranking: pd.DataFrame, division: Division, entry: Indicator, ink: str
) -> go.Figure:
    """Towns of a county where they lie, coloured by class and sized by value; unreported ones are hollow.

    The drawing is the snapshot page's: the same outline, sizes and places of names.

    Args:
        points, outline: of queries.map_frame.
        ranking: of queries.unit_ranking at town level.
        ink: what names are written in.
    """
    unit, decimals = entry.shown_at(Level.TOWN)
    towns = ranking.merge(points, on="region", how="inner").sort_values("region", ignore_index=True)
    towns["row"] = towns.index
    drawing = draw_map(towns, outline, [(name,) for name in towns["name"]])
    figure = go.Figure()
    if drawing is None:
        return figure
    looks = [division.look(value) for value in towns["value"]]
    towns["class"] = [0 if look is None else look.number for look in looks]
    towns["x"], towns["y"] = [dot.x for dot in drawing.dots], [dot.y for dot in drawing.dots]
    towns["size"] = [2 * dot.radius for dot in drawing.dots]
    for ring in (ring for shape in drawing.shapes for ring in shape.rings):
        figure.add_scatter(
            x=[x for x, _ in ring], y=[y for _, y in ring], mode="lines", fill="toself", fillcolor=style.OUTLINE_FILL,
            line={"color": style.MUTED, "width": 1.2}, hoverinfo="skip", showlegend=False,
        )  # fmt: skip
    _add_names(figure, drawing, ink)
    for look in division.looks:
        marker = {"color": look.colour, "line": {"color": ink, "width": 1}}
        shown = towns[towns["class"] == look.number]
        figure.add_trace(_dots(shown, f"{look.number}　{look.label}", marker, unit, decimals))
    hollow = towns[towns["class"] == 0]
    if not hollow.empty:
        marker = {"color": _HOLLOW, "line": {"color": "#6b7b74", "width": 2}}
        figure.add_trace(_dots(hollow, text.UNREPORTED, marker, unit, decimals))
    _lay_out(figure, drawing)
    return figure


def _add_names(figure: go.Figure, drawing: Drawing, ink: str) -> None:
    """Names where there is room for them, joined to their dots by a line where they stand apart."""
    labels = [(dot, dot.label) for dot in drawing.dots if dot.label is not None]
    for dot, label in labels:
        if label.leader is not None:
            figure.add_scatter(
                x=[dot.x, label.leader[0]], y=[dot.y, label.leader[1]], mode="lines", hoverinfo="skip",
                line={"color": style.MUTED, "width": 1}, showlegend=False,
            )  # fmt: skip
    sides = {"start": "middle right", "end": "middle left", "middle": "middle center"}
    figure.add_scatter(
        x=[label.x for _, label in labels], y=[label.y - _LABEL_RISE for _, label in labels], mode="text",
        text=[label.lines[0] for _, label in labels], textposition=[sides[label.anchor] for _, label in labels],
        textfont={"size": 12, "color": ink}, hoverinfo="skip", showlegend=False,
    )  # fmt: skip


def _dots(towns: pd.DataFrame, name: str, marker: dict[str, Any], unit: str, decimals: int) -> go.Scatter:
    shown = [f"{show_number(value, decimals)}{unit if pd.notna(value) else ''}" for value in towns["value"]]
    ranks = [text.rank_of(rank) for rank in towns["rank"]]
    return go.Scatter(
        x=towns["x"],
        y=towns["y"],
        mode="markers",
        customdata=list(zip(towns["region"].astype(str), towns["name"], shown, ranks, strict=True)),
        hovertemplate="<b>%{customdata[1]}</b><br>%{customdata[2]}　%{customdata[3]}<extra></extra>",
        marker={**marker, "size": towns["size"], "opacity": 1},
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
        name=name,
    )


def _lay_out(figure: go.Figure, drawing: Drawing) -> None:
    figure.update_layout(
        height=560,
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        font={"family": style.FONT, "size": 14},
        legend={"orientation": "h", "yanchor": "top", "y": -0.02, "x": 0, "itemclick": False, "itemdoubleclick": False,
                "itemsizing": "constant"},
        dragmode=False,
        hoverlabel={"font": {"family": style.FONT, "size": 15, "color": style.INK}, "bgcolor": "#ffffff"},
    )  # fmt: skip
    figure.update_xaxes(visible=False, fixedrange=True, range=[0, drawing.width], constrain="domain")
    figure.update_yaxes(
        visible=False,
        fixedrange=True,
        range=[drawing.height, 0],
        scaleanchor="x",
        constrain="domain",
        constraintoward="top",
    )


def picked_region(event: Any) -> int | None:
    """The town clicked on, from what st.plotly_chart returns."""
    points = event["selection"]["points"] if event else []
    data = points[0].get("customdata") if points else None
    return int(data[0]) if data else None
