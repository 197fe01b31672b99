"""The paper pictures are drawn on: escaped text that fits, and around each chart its title, unit, month and as-of.

A picture leaves the system and is forwarded without its page: everything a figure needs to be understood stands in it.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from ecodash.i18n import gettext as _
from ecodash.i18n import is_english
from ecodash.reports.numbers import show_month, show_time
from ecodash.reports.sections import Meta

WIDTH = 600.0
"""Drawing units across; rendered at twice as many pixels."""

MARGIN = 24.0
INNER = WIDTH - 2 * MARGIN
INK, SOFT, RULE, TRACK, FILL = "#15211c", "#4b5a54", "#cdd6d2", "#dfe6e3", "#2f74b5"
SHADES = ("#dceaf7", "#a9cce8", "#6aa6d6", "#2f74b5", "#0b3c75")
"""Five classes from low to high, as on the frozen pages; lightness alone tells them apart."""

INKS = ("#10243a", "#10243a", "#10243a", "#ffffff", "#ffffff")
"""A colour to write on each class with."""

_HEAD, _FOOT, _LINE = 92.0, 46.0, 28.0
_UNDRAWABLE = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_COMMON = str.maketrans({"✔": "√", "✘": "×"})
"""Marks that few Chinese fonts hold, and what all of them hold instead."""


def clean(words: object) -> str:
    """Any text as markup; what no XML may hold is left out."""
    return escape(_UNDRAWABLE.sub("", str(words)).translate(_COMMON), {'"': "&quot;"})


def width_of(words: str, size: float) -> float:
    """About how wide a text is: a Chinese letter is as wide as it is high."""
    return size * sum(0.58 if char.isascii() else 1.0 for char in words)


def fit(words: str, room: float, size: float) -> str:
    """A text that fits into a room, cut short with an ellipsis where it does not."""
    if width_of(words, size) <= room:
        return words
    while words and width_of(words + "…", size) > room:
        words = words[:-1]
    return words + "…"


def wrapped(words: str, room: float, size: float, most: int = 3) -> list[str]:
    """A text in lines that fit; the last of the most lines is cut short."""
    lines: list[str] = []
    while words and len(lines) < most - 1 and width_of(words, size) > room:
        end = len(fit(words, room, size)) - 1
        # A Latin word goes whole to the next line, where it does not fill one.
        space = words.rfind(" ", 0, end + 1)
        end = space if space > end // 2 and words[:end].isascii() else end
        lines.append(words[: max(end, 1)].strip())
        words = words[max(end, 1) :].strip()
    return [*lines, fit(words, room, size)] if words else lines


def text(
    x: float,
    y: float,
    words: object,
    size: float = 15,
    *,
    anchor: str = "start",
    fill: str = INK,
    bold: bool = False,
    halo: bool = False,
) -> str:
    """A line of text. halo: a white rim, for words over lines."""
    weight = ' font-weight="700"' if bold else ""
    rim = ' paint-order="stroke" stroke="#ffffff" stroke-width="3" stroke-linejoin="round"' if halo else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" text-anchor="{anchor}" fill="{fill}"{weight}{rim}>'
        f"{clean(words)}</text>"
    )


def rect(x: float, y: float, width: float, height: float, fill: str, *, radius: float = 0, edge: str = "") -> str:
    """A filled box; edge: further attributes of its outline."""
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{height:.1f}" rx="{radius:g}" '
        f'fill="{fill}"{" " + edge if edge else ""}/>'
    )


def line(x1: float, y1: float, x2: float, y2: float, colour: str = RULE, width: float = 1, dash: str = "") -> str:
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<path d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}" stroke="{colour}" stroke-width="{width:g}" fill="none"{dashes}/>'


HOLLOW = 'stroke="#15211c" stroke-width="1.4" stroke-dasharray="3 2"'
"""The outline of what was not reported: dashed around white, so that it is told apart in grey print too."""


@dataclass
class Canvas:
    """What is drawn below the head, in units from its top left; height grows as things are put on it."""

    parts: list[str] = field(default_factory=list)
    height: float = 0.0

    def put(self, *parts: str) -> None:
        self.parts += parts

    def note(self, words: str, *, size: float = 13) -> None:
        """A remark in soft ink below everything so far, in as many lines as it needs."""
        for row in wrapped(words, INNER, size):
            self.height += size * 1.5
            self.put(text(0, self.height - size * 0.4, row, size, fill=SOFT))


@dataclass(frozen=True, slots=True)
class Foot:
    """What a picture taken from a snapshot says below its as-of line.

    Args:
        lines: where it comes from; long ones go on in a second line.
        code: SVG markup of a mark CODE wide and high that leads there; empty: none.
    """

    lines: Sequence[str] = ()
    code: str = ""


CODE = 96.0
_FOOT_SIZE, _FOOT_LINE = 12.5, 19.0


def picture(meta: Meta, title: str, canvas: Canvas, *, unit: str = "", notes: Sequence[str] = ()) -> str:
    """A chart with everything around it that says what it shows.

    Args:
        meta: of queries.freeze: region_name, month, watermark, committed_at, is_demo; foot, a Foot, of a snapshot's.
        notes: remarks put below the chart.
    """
    for words in notes:
        canvas.note(words)
    lines = wrapped(title, INNER, 23, 2)
    head = _HEAD + _LINE * (len(lines) - 1)
    foot_parts, foot_height = _foot(meta)
    top = head + canvas.height
    height = top + foot_height
    place = [str(meta["region_name"]), show_month(meta["month"])]
    if unit:
        place.append(_("单位：{unit}").format(unit=_(unit)))
    foot = head - 24
    badge, room = _badge(foot) if meta["is_demo"] else ("", INNER)
    return "".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH:g}" height="{height:.0f}" '
            f'viewBox="0 0 {WIDTH:g} {height:.0f}" font-family="sans-serif" lang="{"en" if is_english() else "zh-CN"}">',
            rect(0, 0, WIDTH, height, "#ffffff"),
            rect(0, 0, WIDTH, 6, "#0f5c46"),
            *(text(MARGIN, 42 + _LINE * row, words, 22, bold=True) for row, words in enumerate(lines)),
            text(MARGIN, foot, fit(" · ".join(place), room, 15), 15, fill=SOFT),
            badge,
            f'<g transform="translate({MARGIN:g} {head:g})">{"".join(canvas.parts)}</g>',
            f'<g transform="translate({MARGIN:g} {top + _FOOT - 34:g})">{foot_parts}</g>',
            "</svg>",
        ]
    )


def _foot(meta: Meta) -> tuple[str, float]:
    """The foot of a picture from its rule down, and how high it is with the air above it."""
    given = meta.get("foot", Foot())
    room = INNER - (CODE + 14 if given.code else 80)
    lines = [part for words in given.lines for part in wrapped(words, room, _FOOT_SIZE)]
    parts = [line(0, 0, INNER, 0)]
    for place, words in enumerate([fit(as_of_line(meta), room, _FOOT_SIZE), *lines]):
        parts.append(text(0, 20 + place * _FOOT_LINE, words, _FOOT_SIZE, fill=SOFT))
    low = 20 + len(lines) * _FOOT_LINE
    if given.code:
        parts.append(f'<g transform="translate({INNER - CODE:g} 8)">{given.code}</g>')
        low = max(low + _FOOT_LINE, CODE + 4)
        parts.append(text(0, low, "EcoDash", _FOOT_SIZE, fill=SOFT))
    else:
        parts.append(text(INNER, 20, "EcoDash", _FOOT_SIZE, anchor="end", fill=SOFT))
    return "".join(parts), low + _FOOT - 20


def as_of_line(meta: Meta) -> str:
    """截至第 65 批，2026-11-04 17:20 提交（北京时间）."""
    if not meta["committed_at"]:
        return _("还没有提交过数据")
    return _("截至第 {batch} 批，{time} 提交（北京时间）").format(
        batch=meta["watermark"], time=show_time(meta["committed_at"])
    )


def _badge(foot: float) -> tuple[str, float]:
    """演示数据 at the right of a line, and the room it leaves there."""
    words = _("演示数据")
    wide = width_of(words, 15) + 20
    left = WIDTH - MARGIN - wide
    edge = 'stroke="#c78a00" stroke-width="1.5" stroke-dasharray="5 3"'
    box = rect(left, foot - 19, wide, 27, "#fff3c4", radius=4, edge=edge)
    label = text(left + wide / 2, foot, words, 15, anchor="middle", fill="#5a3d00", bold=True)
    return box + label, INNER - wide - 12


def joined(parts: Iterable[str]) -> str:
    """Remarks that are there, as one."""
    return "；".join(part for part in parts if part) if not is_english() else "; ".join(part for part in parts if part)
