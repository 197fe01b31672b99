"""Frames → drawings of places: dots over a county's outline, areas where boundaries were brought."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from ecodash.domain.regions import Level, level_of
from ecodash.reports.area_drawing import Ground, name_areas
from ecodash.reports.map_drawing import draw_map
from ecodash.reports.numbers import is_missing, show_number
from ecodash.views import data, map_svg, map_text, map_tiles, text
from ecodash.views.classes import Division
from ecodash.views.map_svg import Place
from ecodash.views.rows import rows_of

_RADII = (6.0, 12.0)
"""Dots large enough for a class number, also on a phone."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A map as markup, and the units it leaves out or leaves unnamed.

    Args:
        unmapped: keys of units that are not on it.
        unnamed: names of units drawn without room for their name.
    """

    markup: str
    unmapped: frozenset[int]
    unnamed: tuple[str, ...]


def point_map(
    units: pd.DataFrame, places: tuple[pd.DataFrame, pd.DataFrame], division: Division, figure: tuple[str, int],
    title: str, ident: str, largest: float | None = None,
) -> Drawn:  # fmt: skip
    """Towns where they lie, coloured by class and sized by value; unreported ones are hatched.

    Args:
        units: a frame of map_frames.Units.
        places: points and outline of queries.map_frame.
        figure: unit and decimals of a value.
        largest: the value of the largest dot, where maps are compared.
    """
    points, outline = places
    towns = units.merge(points[["region", "lon", "lat"]], on="region", how="inner").reset_index(drop=True)
    towns["row"] = towns.index
    drawing = draw_map(towns, outline, [(name,) for name in towns["name"]], radii=_RADII, largest=largest)
    left_out = frozenset(units["region"]) - frozenset(towns["region"])
    if drawing is None or towns.empty:
        return Drawn("", left_out, ())
    drawn = [_place(row, division, figure) for row in rows_of(towns)]
    unnamed = tuple(drawn[dot.row].name for dot in drawing.dots if dot.label is None)
    return Drawn(map_svg.dots_markup(drawing, drawn, title, ident), left_out, unnamed)


def area_map(
    units: pd.DataFrame, ground: Ground, division: Division, figure: tuple[str, int], title: str, ident: str
) -> Drawn:
    """Units as areas, coloured by class, named and with their figure where there is room."""
    shaped = {shape.region for shape in ground.shapes}
    shown = units[units["region"].isin(shaped)]
    places = {int(row.region): _place(row, division, figure) for row in rows_of(shown)}
    numbers = {int(row.region): show_number(row.value, figure[1], missing="—") for row in rows_of(shown)}
    drawing = name_areas(ground, {key: (place.name, numbers[key]) for key, place in places.items()})
    return Drawn(
        map_svg.areas_markup(ground, drawing, places, title, ident), frozenset(units["region"]) - frozenset(places), ()
    )


def _place(row: Any, division: Division, figure: tuple[str, int]) -> Place:
    unit, decimals = figure
    notes = [text.rank_of(row.rank)]
    if division.is_of_targets and not is_missing(row.measure):
        holder = data.tree().get(int(row.holder)).name if row.holder else ""
        notes.append(map_text.attained(show_number(row.measure, 1), holder))
    return Place(
        str(row.region_code),
        str(row.name),
        str(row.group_name) if level_of(int(row.region)) is Level.VILLAGE else "",
        map_tiles.shown(row, decimals, unit),
        division.look(row.measure),
        "　".join(note for note in notes if note),
    )
