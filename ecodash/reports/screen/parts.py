"""A slide's markup before it is printed, and how long lists become slides."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from ecodash.i18n import gettext as _
from ecodash.reports.screen.slides import MOST_PARTS, Room, SlideTables

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Part:
    """One screenful.

    Args:
        title: the heading, with the unit where the slide has one.
        template: prints the body.
        body: what it prints; all of it text.
        note: how to read it.
        rest: what is not on the slide, and where it is.
    """

    title: str
    template: str
    body: Any
    note: str = ""
    rest: str = ""


Builder = Callable[[SlideTables, Room], list[Part]]


def empty(title: str, says: str, remedy: str = "") -> list[Part]:
    """A slide that has nothing to show says so."""
    return [Part(title, "empty.html", (says, remedy))]


def in_parts(rows: Sequence[Row], room: int, most: int = MOST_PARTS) -> tuple[list[Sequence[Row]], int]:
    """Rows over as few slides as hold them, of about equal length, and how many are left out.

    Where they would need more than `most` slides, the first rows fill that many.
    """
    kept = list(rows[: room * most])
    count = max(-(-len(kept) // room), 1)
    size = -(-len(kept) // count) if kept else 0
    return [kept[start : start + size] for start in range(0, len(kept), size or 1)], len(rows) - len(kept)


def in_columns(rows: Sequence[Row], columns: int, room: int) -> list[Sequence[Row]]:
    """Rows in as few columns as hold them, the first column full first; none is longer than the first."""
    count = min(columns, max(-(-len(rows) // room), 1))
    size = max(-(-len(rows) // count), 1)
    return [rows[start : start + size] for start in range(0, len(rows), size)]


def numbered(title: str, place: int, count: int) -> str:
    """A title with which part of how many it heads."""
    return title if count == 1 else _("{title}　{place}/{count}").format(title=title, place=place + 1, count=count)
