"""A snapshot's tables as they are written into its workbook: titles, headings and cells."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from ecodash.domain.regions import Level, child_level
from ecodash.reports.frozen import FrozenPage
from ecodash.reports.picture_sections import COUNTED_UNIT
from ecodash.reports.sections import Meta, rows_of
from ecodash.reports.snapshot_columns import Cell, Column, Row
from ecodash.reports.snapshot_sheets import SHEETS, SheetKind

Tables = Mapping[str, pd.DataFrame]


@dataclass(frozen=True, slots=True)
class Heading:
    """A column as written: its title, and for each row the digits of its number where it has a fixed number."""

    text: str
    digits: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class SheetContent:
    """A sheet to be written. Two pages that show the same have equal ones.

    Args:
        rows: a cell per heading; None is missing, never zero.
    """

    tab: str
    title: str
    place: str
    note: str
    headings: tuple[Heading, ...]
    rows: tuple[tuple[Cell, ...], ...]


def page_sheets(page: FrozenPage) -> Iterator[SheetContent]:
    """The filled tables of a page, in its order."""
    for name, frame in page.tables.items():
        if name in SHEETS and not frame.empty:
            yield _content(SHEETS[name], page.meta, page.tables, frame)


def _content(kind: SheetKind, meta: Meta, tables: Tables, frame: pd.DataFrame) -> SheetContent:
    words, whole = named(meta, tables), kind.prepare(tables, frame)
    rows = list(rows_of(whole))
    columns = [one for one in kind.columns if set(one.needs) <= set(whole.columns)]
    cells = [[one.read(meta, row) for row in rows] for one in columns]
    kept = [
        place for place, one in enumerate(columns) if not one.is_constant_left_out or len(set(cells[place])) > 1
    ]  # fmt: skip
    headings = [
        Heading(
            columns[place].heading.format(**words),
            tuple(_digits(columns[place], meta, row) for row in rows),
        )
        for place in kept
    ]
    return SheetContent(
        kind.tab.format(**words),
        kind.title.format(**words),
        f"{meta['region_name']} · {meta['month_label']}",
        kind.note(meta, frame) + partial_words(meta),
        tuple(headings),
        tuple(zip(*(cells[place] for place in kept), strict=True)),
    )


def _digits(one: Column, meta: Meta, row: Row) -> int | None:
    return one.digits(meta, row) if one.digits else None


def named(meta: Meta, tables: Tables) -> dict[str, str]:
    """What titles and headings name: the region, the indicator, its unit in brackets for the units, the region itself and
    the level below the units, the levels, and what a ranking compares with."""
    level, unit = Level(meta["level"]), str(meta["indicator_unit"])
    profile = tables.get("region_profile")
    own = [] if profile is None else list(profile.loc[profile["indicator"] == meta["indicator"], "unit"])
    # Towns count villages, but a single village has a level: the unit of the one is not that of the other.
    unit_below = "" if unit == COUNTED_UNIT and level is not Level.VILLAGE else unit
    return {
        "region": str(meta["region_name"]),
        "indicator": str(meta["indicator_name"]),
        "unit": _bracketed(unit),
        "own_unit": _bracketed(str(own[0] if own else unit)),
        "unit_below": _bracketed(unit_below),
        "level": level.label,
        "below": (level if level is Level.VILLAGE else child_level(level)).label,
        "before": _before(meta),
        "list_title": str(meta["lists"]["title"]) if "lists" in meta else "",
    }


def _bracketed(unit: str) -> str:
    return f"（{unit}）" if unit else ""


def _before(meta: Meta) -> str:
    """What figures are compared with."""
    if "lists" in meta:
        return str(meta["lists"]["previous_label"])
    return str(meta["comparison"]["before_label"]) if "comparison" in meta else "上月"


def partial_words(meta: Meta) -> str:
    """That totals are not those of the whole region, where only a part of it is kept here."""
    if meta.get("is_whole", True):
        return ""
    return f"本系统只装有{meta['region_name']}的一部分县区，合计数不代表全域。"
