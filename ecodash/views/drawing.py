"""A drawing of places on the page: SVG and tiles made here, a click on a place answered here.

Not Plotly: its library is 4.7 MB for a first look, its charts have no links a keyboard reaches, and its geometry would
travel again with each month. The markup below is what the frozen pages draw, and prints as it stands.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import streamlit as st

from ecodash.domain.pages import Page
from ecodash.domain.regions import region_key
from ecodash.views import links
from ecodash.views.classes import Division
from ecodash.views.links import Wish

_STATIC = Path(__file__).parent / "static"
_HTML = (
    '<div class="places"><div class="find" hidden><label><span></span><input type="search" autocomplete="off"></label>'
    '</div><div class="found" aria-live="polite" hidden></div><div class="figure"></div>'
    '<div class="tiles" hidden></div><div class="tip" aria-hidden="true" hidden></div></div>'
)
_component = st.components.v2.component(
    "places",
    html=_HTML,
    css=(_STATIC / "drawing.css").read_text(encoding="utf-8"),
    js=(_STATIC / "drawing.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)
_PROBE = "999999999999"
"""A code no region has: it holds the place of a code in an address until the browser fills it in."""


@dataclass(frozen=True, slots=True)
class Group:
    """Tiles under a heading.

    Args:
        name, counts: the heading, and how many of its units have reported.
        cells: of each unit: region code, name, figure as shown, place of its class from 0, -1 without one.
    """

    name: str
    counts: str
    cells: Sequence[tuple[str, str, str, int]]


@dataclass(frozen=True, slots=True)
class Drawing:
    """What is drawn.

    Args:
        markup: SVG whose places are a[data-code][data-name][data-tip]; every text in it is escaped.
        groups: tiles.
        words: of the search box: find, hint, found (with {count}), none; without them there is no box.
    """

    markup: str = ""
    groups: Sequence[Group] = ()
    words: Mapping[str, str] = field(default_factory=dict)


def show_places(drawing: Drawing, division: Division, page: Page, wish: Wish, *, key: str) -> None:
    """Draw it; a click on a place opens it on a page, with the rest of the wish."""
    result = _component(
        data=data_of(drawing, division, page, wish), key=key, on_picked_change=lambda: None, width="stretch"
    )
    picked = result.get("picked")
    if picked:
        st.switch_page(links.page_file(page), query_params=Wish(region=region_key(str(picked))).over(wish).to_params())


def data_of(drawing: Drawing, division: Division, page: Page, wish: Wish) -> dict[str, Any]:
    """What travels to the browser: no more than is shown."""
    address = links.page_address(page, Wish(region=int(_PROBE)).over(wish))
    return {
        "markup": drawing.markup,
        "groups": [
            {"name": group.name, "counts": group.counts, "cells": [list(cell) for cell in group.cells]}
            for group in drawing.groups
        ],
        "looks": [[look.colour, look.ink] for look in division.looks],
        "words": dict(drawing.words),
        "address": address.replace(_PROBE, "{code}"),
    }
