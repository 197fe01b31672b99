"""One worksheet's XML: formats of single cells are changed in place, all other cells keep every byte.

A sheet may be 200 MB of XML. Its rows are therefore never parsed as a tree; only what stands around them is.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Mapping

from lxml import etree
from openpyxl.utils import column_index_from_string, get_column_letter, range_boundaries

from ecodash.reports.xlsx_package import OddPackage, parse, require_plain, serialise, whole_number

_START = re.compile(rb"<((?:[A-Za-z_][\w.-]{0,40}:)?)sheetData\b[^<>]*?(/?)>")
_ATTRIBUTE = r"""\s{name}\s*=\s*["']([^"'<>]*)["']"""
_PLACE = re.compile(_ATTRIBUTE.format(name="r").encode())
_STYLE = re.compile(_ATTRIBUTE.format(name="s").encode())
_SPANS = re.compile(_ATTRIBUTE.format(name="spans").encode())
_CUSTOM = re.compile(rb"""\scustomFormat\s*=\s*["'](?:1|true)["']""")
_REFERENCE = re.compile(rb"([A-Z]{1,3})[1-9][0-9]{0,6}")
_AFTER_COMMENTS = frozenset(
    {"legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst"}
    | {"AlternateContent"}
)
"""What follows the drawing of comments in a worksheet."""

Cell = tuple[int, int]
"""Row from 1, column from 0."""
NewStyle = Callable[[int], int]
"""The format of a marked cell, from its own."""


class SheetXml:
    """The XML of a worksheet, split around its rows.

    Raises:
        OddPackage: it is not written the way spreadsheets write it.
    """

    def __init__(self, content: bytes) -> None:
        require_plain(content)
        if b"<!--" in content or b"<![CDATA[" in content or content.find(b"<?", 10) > 0:
            raise OddPackage
        start = _START.search(content)
        if start is None:
            raise OddPackage
        self._prefix = start[1]
        end = b"</" + self._prefix + b"sheetData>"
        after = start.end() if start[2] else content.find(end, start.end()) + len(end)
        if after < start.end():
            raise OddPackage
        self._body = b"" if start[2] else content[start.end() : after - len(end)]
        self._empty = b"<" + self._prefix + b"sheetData/>"
        self._root = parse(content[: start.start()] + self._empty + content[after:])
        if etree.QName(self._root).localname != "worksheet":
            raise OddPackage
        name = rb"<" + self._prefix
        self._row_start = re.compile(name + rb"row((?:\s[^<>]*?)?)(/?)>")
        self._cell_start = re.compile(name + rb"c((?:\s[^<>]*?)?)(/?)>")
        self._row_end = b"</" + self._prefix + b"row>"

    def save(self) -> bytes:
        """The worksheet as it is now."""
        head, found, tail = serialise(self._root).partition(self._empty)
        if not found:
            raise OddPackage
        sheet_data = self._prefix + b"sheetData>"
        return b"".join((head, b"<", sheet_data, self._body, b"</", sheet_data, tail))

    def top_left(self, cells: list[Cell]) -> dict[Cell, Cell]:
        """For each cell the one that shows its text: the first of a merged range, else itself."""
        ordered = sorted(cells)
        found = {cell: cell for cell in cells}
        for element in self._root.iterfind("{*}mergeCells/{*}mergeCell"):
            try:
                left, top, right, bottom = range_boundaries(element.get("ref", ""))
            except (ValueError, TypeError):
                continue
            if None not in (left, top, right, bottom):
                for row, column in ordered[bisect_left(ordered, (top, 0)) : bisect_left(ordered, (bottom + 1, 0))]:
                    if left - 1 <= column <= right - 1:
                        found[row, column] = (top, left - 1)
        return found

    def draw_comments(self, relation: str, base: str) -> None:
        """Name the drawing that comments are shown in."""
        namespace = etree.QName(self._root).namespace
        own = self._root.find("{*}legacyDrawing")
        if own is None:
            own = etree.Element(f"{{{namespace}}}legacyDrawing")
            names = [etree.QName(child).localname for child in self._root]
            later = (place for place in range(names.index("sheetData"), len(names)) if names[place] in _AFTER_COMMENTS)
            self._root.insert(next(later, len(names)), own)
        own.set(f"{{{base}}}id", relation)

    # ── rows ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def mark(self, cells: Mapping[Cell, NewStyle]) -> None:
        """Give cells another format; cells and rows that the sheet does not hold are added empty."""
        by_row: dict[int, dict[int, NewStyle]] = {}
        for (row, column), style in cells.items():
            by_row.setdefault(row, {})[column] = style
        wanted = sorted(by_row)
        pieces: list[bytes] = []
        done = number = at = 0
        for match in self._row_start.finditer(self._body):
            place = _PLACE.search(match[1])
            before, number = number, _number(place[1]) if place else number + 1
            if number <= before:
                raise OddPackage
            if done == len(wanted) or number < wanted[done]:
                continue
            while done < len(wanted) and wanted[done] < number:
                pieces += (self._body[at : match.start()], self._new_row(wanted[done], by_row[wanted[done]]))
                at, done = match.start(), done + 1
            if done < len(wanted) and wanted[done] == number:
                end = match.end() if match[2] else self._end_of_row(match.end())
                pieces += (self._body[at : match.start()], self._marked_row(match, end, number, by_row[number]))
                at, done = end, done + 1
        pieces.append(self._body[at:])
        pieces += (self._new_row(row, by_row[row]) for row in wanted[done:])
        self._body = b"".join(pieces)

    def _end_of_row(self, start: int) -> int:
        end = self._body.find(self._row_end, start)
        if end < 0:
            raise OddPackage
        return end + len(self._row_end)

    def _new_row(self, number: int, cells: Mapping[int, NewStyle]) -> bytes:
        inside = b"".join(self._new_cell(number, p, cells[p](self._column_style(p))) for p in sorted(cells))
        return b"".join((b"<", self._prefix, b'row r="%d">' % number, inside, self._row_end))

    def _marked_row(self, start: re.Match[bytes], end: int, number: int, cells: Mapping[int, NewStyle]) -> bytes:
        attributes, is_empty = start[1], bool(start[2])
        inside = b"" if is_empty else self._body[start.end() : end - len(self._row_end)]
        found = list(self._cell_start.finditer(inside))
        places: list[int] = []
        for match in found:
            place = _PLACE.search(match[1])
            places.append(_column(place[1]) if place else (places[-1] + 1 if places else 0))
        if places != sorted(set(places)):
            raise OddPackage
        row_style = _STYLE.search(attributes) if _CUSTOM.search(attributes) else None
        edits: list[tuple[int, int, bytes]] = []
        is_wider = False
        for column, style in sorted(cells.items()):
            at = bisect_left(places, column)
            if at < len(found) and places[at] == column:
                match = found[at]
                own = _STYLE.search(match[1])
                edits.append(
                    (match.start(1), match.end(1), _with_style(match[1], style(_number(own[1]) if own else 0)))
                )
                continue
            where = found[at].start() if at < len(found) else len(inside)
            own_style = _number(row_style[1]) if row_style else self._column_style(column)
            edits.append((where, where, self._new_cell(number, column, style(own_style))))
            is_wider = True
        pieces: list[bytes] = []
        last = 0
        for begin, stop, new in edits:
            pieces += (inside[last:begin], new)
            last = stop
        pieces.append(inside[last:])
        if is_wider:
            # Spans are a hint to the reader, and would be wrong now.
            attributes = _SPANS.sub(b"", attributes)
        return b"".join((b"<", self._prefix, b"row", attributes, b">", *pieces, self._row_end))

    def _new_cell(self, row: int, column: int, style: int) -> bytes:
        place = f"{get_column_letter(column + 1)}{row}".encode()
        return b"".join((b"<", self._prefix, b'c r="', place, b'" s="%d"/>' % style))

    def _column_style(self, column: int) -> int:
        for element in self._root.iterfind("{*}cols/{*}col"):
            first, last, style = (whole_number(element.get(name, "")) for name in ("min", "max", "style"))
            if first and last and style and first <= column + 1 <= last:
                return style
        return 0


def _with_style(attributes: bytes, style: int) -> bytes:
    return _STYLE.sub(b"", attributes) + b' s="%d"' % style


def _number(digits: bytes) -> int:
    if not digits.isdigit():
        raise OddPackage
    return int(digits[:9])


def _column(reference: bytes) -> int:
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        raise OddPackage
    return int(column_index_from_string(match[1].decode())) - 1
