"""Drawings of reports → SVG whose places are links: dots over an outline, or areas. Every text is escaped."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from ecodash.reports.area_drawing import Ground
from ecodash.reports.map_drawing import Dot, Drawing, Label, Shape
from ecodash.views.classes import ClassLook

_SMALLEST_NUMBER, _LARGEST_NUMBER = 4.0, 10.0
"""Heights of a class number inside an area, in drawing units; where there is less room none is written."""


@dataclass(frozen=True, slots=True)
class Place:
    """A unit as drawn.

    Args:
        code: region code.
        name: as people say it.
        around: the town a village lies in, empty for a town.
        shown: its figure with unit, or the word for what is missing.
        look: of its class; None is hatched.
        note: one more line about it: its rank.
    """

    code: str
    name: str
    around: str
    shown: str
    look: ClassLook | None
    note: str = ""

    @property
    def attributes(self) -> str:
        """What the browser needs to link, to find and to explain it."""
        tip = "\n".join(part for part in (self.name, self.shown, self.around, self.note) if part)
        named = escape(f"{self.around}{self.name}")
        return f'data-code="{escape(self.code)}" data-name="{named}" data-tip="{escape(tip)}"'


def dots_markup(drawing: Drawing, places: Sequence[Place], title: str, ident: str) -> str:
    """Dots over an outline; a dot's row is its place's position in places."""
    land = "".join(f'<path class="land" fill-rule="evenodd" d="{shape.path}"/>' for shape in drawing.shapes)
    leaders = "".join(
        f'<path class="leader" d="M{dot.x} {dot.y}L{dot.label.leader[0]} {dot.label.leader[1]}"/>'
        for dot in drawing.dots
        if dot.label is not None and dot.label.leader is not None
    )
    # The small ones last, lest a larger one cover them.
    dots = "".join(_dot(dot, places[dot.row], ident) for dot in sorted(drawing.dots, key=lambda dot: -dot.radius))
    names = "".join(_label(dot.label) for dot in drawing.dots if dot.label is not None)
    return _svg(drawing.width, drawing.height, title, ident, land + leaders + dots + names)


def areas_markup(ground: Ground, drawing: Drawing, places: Mapping[int, Place], title: str, ident: str) -> str:
    """Areas of a ground with their names; an area without a place (a region that is not looked at) is plain land."""
    areas = "".join(_area(shape.region, _path(shape), places.get(shape.region), ident) for shape in drawing.shapes)
    border = "".join(f'<path class="border" d="{_path(shape)}"/>' for shape in ground.around)
    written = "".join(
        _area_text(dot, places.get(shape.region), room.wide)
        for shape, dot, room in zip(drawing.shapes, drawing.dots, ground.rooms, strict=True)
    )
    return _svg(drawing.width, drawing.height, title, ident, areas + border + written)


def _path(shape: Shape) -> str:
    """The rings as steps of tenths from vertex to vertex: half as long as their places, which 2,000 villages make tell.

    Steps are between rounded places, so that nothing adds up along a ring.
    """
    written = []
    for ring in shape.rings:
        tenths = [(round(x * 10), round(y * 10)) for x, y in ring]
        steps = [
            f"{(after[0] - before[0]) / 10:g},{(after[1] - before[1]) / 10:g}"
            for before, after in pairwise(tenths)
            if after != before
        ]
        written.append(f"M{tenths[0][0] / 10:g},{tenths[0][1] / 10:g}l{' '.join(steps) or '0,0'}z")
    return "".join(written)


def _svg(width: float, height: float, title: str, ident: str, body: str) -> str:
    hatch = (
        f'<defs><pattern id="{ident}-none" width="5" height="5" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect width="5" height="5" fill="#ffffff"/>'
        '<path d="M0 0V5" stroke="#8a9a93" stroke-width="2"/></pattern></defs>'
    )
    return (
        f'<svg viewBox="0 0 {width} {height}" role="group" aria-label="{escape(title)}" '
        f'xmlns="http://www.w3.org/2000/svg">{hatch}{body}</svg>'
    )


def _fill(look: ClassLook | None, ident: str) -> str:
    return f"url(#{ident}-none)" if look is None else look.colour


def _dot(dot: Dot, place: Place, ident: str) -> str:
    circle = f'<circle cx="{dot.x}" cy="{dot.y}" r="{dot.radius}" fill="{_fill(place.look, ident)}"/>'
    return f"<a {place.attributes}>{circle}{_number(dot, place.look, dot.radius * 1.35)}</a>"


def _number(dot: Dot, look: ClassLook | None, size: float) -> str:
    """The class number on the mark itself; a dash on what was not reported."""
    written, ink = ("—", "#24332d") if look is None else (str(look.number), look.ink)
    return f'<text class="number" x="{dot.x}" y="{dot.y}" font-size="{size:.1f}" fill="{ink}">{written}</text>'


def _area(region: int, path: str, place: Place | None, ident: str) -> str:
    if place is None:
        return f'<path class="land" fill-rule="evenodd" d="{path}"/>'
    kind = "area none" if place.look is None else "area"
    shape = f'<path class="{kind}" fill-rule="evenodd" fill="{_fill(place.look, ident)}" d="{path}"/>'
    return f"<a {place.attributes}>{shape}</a>"


def _area_text(dot: Dot, place: Place | None, wide: float) -> str:
    if place is None:
        return ""
    if dot.label is not None:
        return _label(dot.label, ("#24332d", "#ffffff") if place.look is None else (place.look.ink, place.look.colour))
    size = min(_LARGEST_NUMBER, wide * 0.7)
    return _number(dot, place.look, size) if size >= _SMALLEST_NUMBER else ""


def _label(label: Label, on: tuple[str, str] | None = None) -> str:
    """A name; on an area in its ink, with a rim of its colour where it runs over the border."""
    colour = f' style="fill:{on[0]};stroke:{on[1]}"' if on else ""
    lines = "".join(_lines(label))
    return f'<text class="name" text-anchor="{label.anchor}" x="{label.x}" y="{label.y}"{colour}>{lines}</text>'


def _lines(label: Label) -> Iterable[str]:
    for place, line in enumerate(label.lines):
        yield f'<tspan x="{label.x}" dy="{"1.15em" if place else 0}">{escape(line)}</tspan>'
