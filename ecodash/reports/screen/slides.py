"""What goes into a slide, what comes out, and how much fits on a screen of a shape."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import pandas as pd

from ecodash.domain.meeting import Slide

Meta = Mapping[str, Any]


@dataclass(frozen=True)
class SlideTables:
    """Everything one slide of an order shows.

    Args:
        key: stable over refreshes, so that the screen stays where it is.
        slide: what it shows.
        seconds: how long it stays.
        meta: names, units and dates as queries.meeting gives them; JSON values.
        tables: frames by the name of the query they come from.
    """

    key: str
    slide: Slide
    seconds: int
    meta: Meta
    tables: Mapping[str, pd.DataFrame]


@dataclass(frozen=True, slots=True)
class Drawn:
    """One slide as the screen takes it: key, seconds, label for the dots, and its markup."""

    key: str
    seconds: int
    label: str
    html: str


class Shape(StrEnum):
    """The shape of a screen: a row of screens (6656×1792), 16:9, a 4:3 projector, an upright phone."""

    WALL = "wall"
    WIDE = "wide"
    SQUARE = "square"
    TALL = "tall"


@dataclass(frozen=True, slots=True)
class Room:
    """How much is read at five metres on a screen of a shape.

    Args:
        cards: figures of the overview.
        columns, rows: of lists.
        targets: targets, and bar_columns they stand in.
        profile_columns: of the profile's list.
        map_columns, map_rows: of the list beside the map.
        tiles: cells with a name and a figure, and tile_columns how many stand side by side for one below another.
    """

    cards: int
    columns: int
    rows: int
    bar_columns: int
    targets: int
    profile_columns: int
    map_columns: int
    map_rows: int
    tiles: int
    tile_columns: float


ROOMS = {
    Shape.WALL: Room(12, 6, 10, 2, 12, 3, 4, 10, 120, 3.4),
    Shape.WIDE: Room(8, 3, 10, 1, 6, 2, 2, 6, 60, 1.5),
    Shape.SQUARE: Room(6, 2, 10, 1, 6, 1, 1, 6, 40, 1.2),
    Shape.TALL: Room(6, 1, 12, 1, 6, 1, 1, 0, 24, 0.5),
}

MOST_PARTS = 3
"""A list goes over so many slides before it is cut, and says by how much."""
