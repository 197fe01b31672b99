"""Where a table's header is: which rows, whether the table lies on its side, and the texts over each column."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ecodash.domain.indicators import Catalog
from ecodash.ingest.book import HEADER_ROWS, MAX_COLUMNS, Sheet, Span
from ecodash.ingest.header_words import CORNERS, REGION_ROLES, fold_header
from ecodash.ingest.headers import HeaderNames, Heading

MAX_HEIGHT = 3
TURNED_REGIONS = ("地区",)
"""Header given to the regions of a table that lies on its side."""
_NUMBER = re.compile(r"[+-]?\d[\d,，]*(?:[.．]\d+)?[%％]?")
_TITLE_LENGTH = 400
_ORDINALS = ("序号", "编号", "序", "栏次")
_UNIT_LINE = re.compile(r"(?<![\u4e00-\u9fff])(?:计量|数量)?单位[:：]\s*([^\s()（）]{1,40})")
_STATEMENT = re.compile(
    r"(?:填报|填表|上报|报送|制表|编制)(?:单位|部门|人|日期|时间)[:：]|(?:填表|制表|审核|负责|联系)人[:：]|联系电话[:：]|日期[:：]"
)


@dataclass(frozen=True, slots=True)
class Head:
    """A header found.

    Args:
        first, last: its rows, from 0.
        paths: the texts over each column, top to bottom, without repeats.
        is_turned: whether the table lies on its side, regions across; rows and columns are then those of the table
            turned back.
        title: what stands above a table that lies on its side.
    """

    first: int
    last: int
    paths: tuple[tuple[str, ...], ...]
    is_turned: bool = False
    title: str = ""

    def label(self, position: int) -> str:
        """The header of a column as messages name it."""
        return "/".join(self.paths[position]) if position < len(self.paths) else ""


@dataclass(frozen=True, slots=True)
class _Quality:
    """How well a block of rows reads as a header."""

    recognised: int
    pieces: int
    has_region: bool
    has_figure: bool
    is_alone: bool
    """Whether it makes a table without regions: indicators by months, months by indicators, or one row of figures."""


def find_head(sheet: Sheet, names: HeaderNames, catalog: Catalog) -> tuple[Head, list[list[str]]] | None:
    """The header of a sheet's first table, and its rows, turned back where the table lies on its side.

    The first row that names a region column and something reported ends the header, unless the rows below it say more
    (months, units). Where none does, the table may lie on its side, or hold one region's figures only; else the first
    row that names a region column beside others is taken, whose titles are then asked about one by one.
    """
    rows = sheet.rows
    head = _certain(rows, sheet.merges, names, catalog, alone=False)
    if head is None and (turned := _turned(sheet, names, catalog)) is not None:
        return turned
    head = head or _certain(rows, sheet.merges, names, catalog, alone=True) or _weak(rows, sheet.merges, names, catalog)
    return (head, rows) if head else None


def _certain(
    rows: list[list[str]], merges: Sequence[Span], names: HeaderNames, catalog: Catalog, *, alone: bool
) -> Head | None:
    for last in range(min(HEADER_ROWS, len(rows))):
        best: tuple[tuple[int, int, int], Head] | None = None
        for first in range(last, max(last - MAX_HEIGHT, -1), -1):
            head = _block(rows, merges, first, last)
            if head is None:
                break
            quality = _judge(head, names, catalog)
            if quality.is_alone if alone else quality.has_region and quality.has_figure:
                order = quality.recognised, quality.pieces, first - last
                if best is None or order > best[0]:
                    best = order, head
        if best is not None:
            return _extended(rows, merges, best[1], best[0][:2], names, catalog)
    return None


def _extended(
    rows: list[list[str]],
    merges: Sequence[Span],
    head: Head,
    said: tuple[int, int],
    names: HeaderNames,
    catalog: Catalog,
    corner: int | None = None,
) -> Head:
    """The header with the rows below that say more about its columns: months or units under each indicator.

    Args:
        corner: the column of a table turned back that holds its regions, whatever is written over it.
    """
    for last in range(head.last + 1, min(head.first + MAX_HEIGHT, len(rows))):
        longer = _block(rows, merges, head.first, last)
        if longer is None:
            break
        quality = _judge(longer if corner is None else _cornered(longer, corner), names, catalog)
        if quality.recognised >= said[0] and quality.pieces > said[1]:
            head, said = longer, (quality.recognised, quality.pieces)
    return head


def _block(rows: list[list[str]], merges: Sequence[Span], first: int, last: int) -> Head | None:
    """Rows as one header, None where one of them cannot be part of it: empty, a lone title, or with numbers in it."""
    block = rows[first : last + 1]
    for row in block:
        filled = [cell for cell in row if cell]
        if not filled or any(map(_NUMBER.fullmatch, filled)):
            return None
        if len(block) > 1 and (_is_statement(filled) or (row is block[0] and len(set(filled)) < 2)):
            return None
    width = max(map(len, block))
    grid = [row + [""] * (width - len(row)) for row in block]
    inside = [span for span in merges if span.top <= last and span.bottom >= first and span.left < width]
    for span in inside:
        text = rows[span.top][span.left] if span.top < len(rows) and span.left < len(rows[span.top]) else ""
        if span.top < first:
            continue
        for line in grid[span.top - first : span.bottom - first + 1]:
            line[span.left : span.right + 1] = [text] * (min(span.right, width - 1) - span.left + 1)
    if not inside:
        for upper, lower in pairwise(grid):
            _fill_right(upper, lower)
    paths = tuple(tuple(dict.fromkeys(line[place] for line in grid if line[place])) for place in range(width))
    return Head(first, last, paths)


def _is_statement(filled: list[str]) -> bool:
    """Whether a row says who filled in the table, when, or in which one unit: a line above a header, no part of it."""
    units = sum(1 for cell in filled if _UNIT_LINE.match(cell))
    return units == 1 or any(map(_STATEMENT.match, filled))


def _fill_right(upper: list[str], lower: list[str]) -> None:
    """Where merged cells were lost, as in text files, a caption stands over what follows it without one."""
    caption = ""
    for place, text in enumerate(upper):
        if text:
            caption = text if lower[place] else ""
        elif caption and lower[place]:
            upper[place] = caption
        else:
            caption = ""


def _judge(head: Head, names: HeaderNames, catalog: Catalog) -> _Quality:
    found: list[Heading] = [heading for path in head.paths if (heading := names.match_path(path)) is not None]
    targets = {heading.target for heading in found}
    figures = any(target in catalog for target in targets)
    indicators = sum(1 for target in targets if target in catalog)
    dated = any(heading.target == "value" and heading.period for heading in found)
    long = "indicator" in targets and ("value" in targets or "target" in targets)
    return _Quality(
        recognised=len(found),
        pieces=sum(heading.pieces for heading in found),
        has_region=bool(targets & REGION_ROLES),
        has_figure=figures or long or dated,
        is_alone=long
        or (figures and "month" in targets)
        or (dated and "indicator" in targets)
        or (indicators > 1 and len(found) * 2 > sum(map(bool, head.paths))),
    )


def _weak(rows: list[list[str]], merges: Sequence[Span], names: HeaderNames, catalog: Catalog) -> Head | None:
    """A row that reads as a header in part: it says what is missing better than nothing does."""
    top = [(index, row) for index, row in enumerate(rows[:HEADER_ROWS]) if row]
    for index, row in top:
        if names.score(row):
            return _block(rows, merges, index, index) or _as_is(row, index)
    for index, row in top:
        targets = [found.target if (found := names.match(cell)) else None for cell in row if cell]
        if None in targets and any(target in ("region_code", "village", "town", "region") for target in targets):
            return _block(rows, merges, index, index) or _as_is(row, index)
    return None


def _as_is(row: list[str], index: int) -> Head:
    return Head(index, index, tuple((text,) if text else () for text in row))


# ── tables on their side ───────────────────────────────────────────────────────────────────────────────────────────


def _turned(sheet: Sheet, names: HeaderNames, catalog: Catalog) -> tuple[Head, list[list[str]]] | None:
    """A table whose columns are regions and whose rows are indicators, turned back."""
    width = max(map(len, sheet.rows), default=0)
    if len(sheet.rows) > MAX_COLUMNS or width < 2:
        return None
    full = [row + [""] * (width - len(row)) for row in sheet.rows]
    turned = [list(column) for column in zip(*full, strict=True)]
    merges = tuple(Span(s.left, s.top, s.right, s.bottom) for s in sheet.merges)
    for last in range(min(4, len(turned))):
        for first in range(last, max(last - MAX_HEIGHT, -1), -1):
            head = _block(turned, merges, first, last)
            corner = _corner(head, turned, names) if head else None
            if head is None or corner is None:
                continue
            alone = _judge(_cornered(head, corner), names, catalog)
            said = alone.recognised, alone.pieces
            whole = _extended(turned, merges, head, said, names, catalog, corner)
            outside = _lines_outside(turned, whole, corner)
            paths = tuple(
                TURNED_REGIONS if place == corner else () if place in outside else path
                for place, path in enumerate(whole.paths)
            )
            if any((found := names.match_path(path)) and found.target in catalog for path in paths):
                title = _one_line(row[place] for place in range(corner) for row in turned)
                for row in turned:
                    for place in outside:
                        row[place] = ""
                return Head(first, whole.last, paths, is_turned=True, title=title), [_trimmed(row) for row in turned]
    return None


def _cornered(head: Head, corner: int) -> Head:
    """The header of a table turned back, its column of regions so called."""
    return replace(head, paths=tuple(TURNED_REGIONS if p == corner else path for p, path in enumerate(head.paths)))


def _lines_outside(turned: list[list[str]], head: Head, corner: int) -> set[int]:
    """Columns of a table turned back that are lines above it, or signatures below it."""
    below = range(corner + 1, len(head.paths))
    first = {place: next((row[place] for row in turned if row[place]), "") for place in below}
    return {*range(corner), *(place for place, text in first.items() if _is_line_below(text))}


def _is_line_below(text: str) -> bool:
    return _STATEMENT.match(text) is not None or re.match(r"(?:注|备注|说明)[:：]", text) is not None


def _corner(head: Head, turned: list[list[str]], names: HeaderNames) -> int | None:
    """The column that holds the regions of a table turned back: below the corner cell, regions and nothing else."""
    for place, path in enumerate(head.paths[:HEADER_ROWS]):
        corner = fold_header(path[0]) if path else ""
        if corner and corner not in CORNERS and not re.search(r"[\\/]", corner):
            continue
        below = [row[place] for row in turned[head.last + 1 :] if place < len(row) and row[place]]
        known = sum(1 for text in below if names.knows_region(text))
        if known and known * 2 >= len(below):
            return place
    return None


def _trimmed(row: list[str]) -> list[str]:
    while row and not row[-1]:
        row.pop()
    return row


# ── above the header ───────────────────────────────────────────────────────────────────────────────────────────────


def title_above(rows: list[list[str]], head: Head) -> str:
    """The text above the header, in one line."""
    return head.title if head.is_turned else _one_line(cell for row in rows[: head.first] for cell in row)


def _one_line(cells: Iterable[str]) -> str:
    kept = (" ".join(cell.split()) for cell in cells if cell)
    return " ".join(dict.fromkeys(kept))[:_TITLE_LENGTH]


def units_above(title: str) -> tuple[str, ...]:
    """The units that the text above the header gives for the whole table: 单位：公斤, 单位：公斤、个."""
    said = "、".join(match[1] for match in _UNIT_LINE.finditer(title))
    return tuple(dict.fromkeys(unit for unit in re.split(r"[,，、;；/]", said) if unit))


def numbers_above(rows: list[list[str]], head: Head) -> list[int]:
    """Rows above the header that hold figures, from 1: another table there would be left out in silence."""
    return [
        index + 1
        for index, row in enumerate(rows[: head.first])
        if row and row[0] not in _ORDINALS and sum(1 for cell in row if _NUMBER.fullmatch(cell)) >= 2
    ]
