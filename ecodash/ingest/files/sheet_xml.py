"""What calamine does not tell of an xlsx sheet: how far it reaches, hidden rows and columns, formulas, percentages."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from ecodash.ingest.book import MAX_COLUMNS, MAX_ROWS
from ecodash.ingest.files.archives import MAX_AREA, Parts

LISTED_FORMULAS = 1_000
_CHUNK = 1 << 23

# Every pattern stops at the next "<" or after a bounded run: hostile XML must not make a search quadratic.
_TOKEN = re.compile(rb"<(?:\w{1,20}:)?(row|c)\b([^<>]*)>")
_ODD_CELL = re.compile(rb'<c(?! r="[A-Z]{1,6}[0-9])[\s/>]')
_PLACED = re.compile(rb'<c r="([A-Z]{1,6})([0-9]{1,9})"')
_FARTHER = (
    (MAX_AREA // 1_000_000, 1_000_000, re.compile(rb'<c r="(?:[U-Z][0-9]|[A-Z]{2}|[A-Z][0-9]{7})')),
    (MAX_COLUMNS, 40_000, re.compile(rb'<c r="(?:[A-Z]{3}|S[G-Z]|[T-Z][A-Z]|[A-Z]{1,2}(?:[4-9][0-9]{4}|[0-9]{6}))')),
)
"""Searches that find nothing in a sheet of at most so many columns and rows: quicker than looking at every cell."""
_PLACE = re.compile(rb"""\br=["']([A-Za-z]*)([0-9]+)["']""")
_STYLE = re.compile(rb"""\bs=["']([0-9]+)["']""")
_HIDDEN = re.compile(rb"""\bhidden=["'](?:1|true)["']""")
_HIDDEN_ROW = re.compile(rb"""<(?:\w{1,20}:)?row\b(?=[^<>]*\bhidden=["'](?:1|true)["'])([^<>]*)>""")
_COLUMN = re.compile(rb"<(?:\w{1,20}:)?col\b([^<>]*)>")
_BETWEEN = re.compile(rb"""\b(min|max)=["']([0-9]{1,9})["']""")
_FORMULA = re.compile(rb"<(?:\w{1,20}:)?c\b([^<>]*)>\s*<(?:\w{1,20}:)?f\b")
_UNCOMPUTED = re.compile(
    rb"<(?:\w{1,20}:)?c\b([^<>]*)>\s*<(?:\w{1,20}:)?f\b[^<>]*(?:/>|>[^<]*</(?:\w{1,20}:)?f>)\s*"
    rb"(?:<(?:\w{1,20}:)?v\s*/>|<(?:\w{1,20}:)?v></(?:\w{1,20}:)?v>)?\s*</(?:\w{1,20}:)?c>"
)
_TEXT_RESULT = re.compile(rb"""\bt=["']str["']""")
_LITERAL = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
"""Text of a number format that is shown as it stands: 0"%" shows 98 as 98%."""


@dataclass(frozen=True, slots=True)
class Details:
    """What a sheet's own file tells beside its values; places count from 0.

    Args:
        rows, columns: how far it reaches.
        formulas: the first 1,000; formula_count counts all of them.
        uncomputed: formulas without a result, at most 1,000.
        percents: cells shown as a percentage.
        signs: cells whose format writes a percent sign behind the number as it is.
    """

    rows: int = 0
    columns: int = 0
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    formulas: tuple[tuple[int, int], ...] = ()
    formula_count: int = 0
    uncomputed: tuple[tuple[int, int], ...] = ()
    percents: tuple[tuple[int, int], ...] = ()
    signs: tuple[tuple[int, int], ...] = ()


@dataclass(slots=True)
class Gathered:
    """Details of a sheet while its file is walked."""

    rows: int = 0
    columns: int = 0
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    formulas: list[tuple[int, int]] = field(default_factory=list)
    formula_count: int = 0
    percents: list[tuple[int, int]] = field(default_factory=list)

    def add_formula(self, row: int, column: int, times: int = 1) -> None:
        """Count a formula as often as its cell is repeated; the first thousand are listed."""
        self.formula_count += times
        if len(self.formulas) < LISTED_FORMULAS:
            self.formulas.append((row, column))

    def details(self) -> Details:
        return Details(
            rows=self.rows,
            columns=self.columns,
            hidden_rows=frozenset(self.hidden_rows),
            hidden_columns=frozenset(self.hidden_columns),
            formulas=tuple(self.formulas),
            formula_count=self.formula_count,
            percents=tuple(self.percents),
        )


def xlsx_extent(content: bytes) -> tuple[int, int]:
    """Furthest row and column of a sheet's cells, or bounds for them where they are harmless.

    Cells that are styled but empty do not count: calamine skips them, and WPS writes them to the end of the sheet.
    """
    if _is_placed(content):
        for columns, rows, farther in _FARTHER:
            if not farther.search(content):
                return rows, columns
        rows = columns = 0
        for start in range(0, len(content), _CHUNK):
            found = _PLACED.findall(content, start, min(len(content), start + _CHUNK + 40))
            if found:
                rows = max(rows, max(int(row) for _, row in found))
                columns = max(columns, max(map(column_number, {letters for letters, _ in found})))
        if rows <= MAX_ROWS and rows * columns <= MAX_AREA:
            return rows, columns
    rows = columns = 0
    for row, column, attributes in _walk(content):
        if not attributes.endswith(b"/"):
            rows, columns = max(rows, row + 1), max(columns, column + 1)
    return rows, columns


def _is_placed(content: bytes) -> bool:
    """Whether every cell begins with its place and no prefix, as Excel and WPS write it."""
    return not (_ODD_CELL.search(content) or b":c " in content or b":c>" in content)


def xlsx_details(content: bytes, percent_styles: frozenset[int], sign_styles: frozenset[int]) -> Details:
    """Details of a sheet, its extent left out.

    Args:
        content: the sheet's XML.
        percent_styles: numbers of the cell formats that show a percentage.
        sign_styles: of those that only write a percent sign.
    """
    formulas: list[tuple[int, int]] = []
    uncomputed: list[tuple[int, int]] = []
    count = 0
    if b"<f" in content or b":f" in content:
        for match in _FORMULA.finditer(content):
            count += 1
            if len(formulas) < LISTED_FORMULAS and (place := _place_of(match[1])):
                formulas.append(place)
        for match in _UNCOMPUTED.finditer(content):
            if not _TEXT_RESULT.search(match[1]) and len(uncomputed) < LISTED_FORMULAS:
                uncomputed.append(_place_of(match[1]) or (0, 0))
    return Details(
        hidden_rows=_hidden_rows(content) if b"hidden=" in content else frozenset(),
        hidden_columns=_hidden_columns(content),
        formulas=tuple(formulas),
        formula_count=count,
        uncomputed=tuple(uncomputed),
        percents=tuple(_styled(content, percent_styles)) if percent_styles else (),
        signs=tuple(_styled(content, sign_styles)) if sign_styles else (),
    )


def sheet_parts(parts: Parts) -> dict[str, str]:
    """Names of sheets → names of their files; sheets whose file cannot be told are not there."""
    relations = {
        match[0]: match[1]
        for element in re.findall(
            rb"<(?:\w{1,20}:)?Relationship\b[^<>]{0,2000}>", parts.get("xl/_rels/workbook.xml.rels", b"")
        )
        if (match := attributes_of(element, "Id", "Target"))
    }
    found = {}
    for element in re.findall(rb"<(?:\w{1,20}:)?sheet\b[^<>]{0,2000}>", parts.get("xl/workbook.xml", b"")):
        if match := attributes_of(element, "name", r"\w{1,20}:id"):
            target = relations.get(match[1], "")
            path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            if path in parts:
                found[unescape(match[0])] = path
    return found


def percent_styles(styles: bytes) -> frozenset[int]:
    """Cell formats, by number, that show a percentage."""
    return _formats_of(styles, {9, 10}, shows_percent)


def sign_styles(styles: bytes) -> frozenset[int]:
    """Cell formats, by number, that write a percent sign behind the number as it is: 0"%" shows 98 as 98%."""
    return _formats_of(styles, set(), lambda code: '"%"' in code and not shows_percent(code))


def _formats_of(styles: bytes, formats: set[int], wanted: Callable[[str], bool]) -> frozenset[int]:
    for element in re.findall(rb"<(?:\w{1,20}:)?numFmt\b[^<>]{0,2000}>", styles):
        match = attributes_of(element, "numFmtId", "formatCode")
        if match and match[0].isdigit() and wanted(unescape(match[1])):
            formats.add(int(match[0][:9]))
    block = styles.partition(b"cellXfs")[2].partition(b"cellXfs")[0]
    elements = re.findall(rb"<(?:\w{1,20}:)?xf\b[^<>]{0,2000}>", block)
    found = [(m[1] if (m := re.search(rb"""numFmtId=["']([0-9]+)""", element)) else b"0") for element in elements]
    return frozenset(index for index, number in enumerate(found) if int(number[:9]) in formats)


def shows_percent(number_format: str) -> bool:
    """Whether a number format multiplies by 100 and puts a percent sign behind."""
    return "%" in _LITERAL.sub("", number_format)


def attributes_of(element: bytes, *names: str) -> list[str] | None:
    """Values of an element's attributes, by patterns of their names; None where one is missing."""
    text = element.decode("utf-8", "replace")
    found = [re.search(rf"""\s{name}\s?=\s?(["'])(.*?)\1""", text, re.DOTALL) for name in names]
    return [match[2] for match in found if match] if all(found) else None


def unescape(text: str) -> str:
    """Text of an attribute, predefined entities only."""
    for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'")):
        text = text.replace(entity, character)
    text = re.sub("&#(?:x([0-9A-Fa-f]{1,6})|([0-9]{1,7}));", _character, text)
    return text.replace("&amp;", "&")


def _character(match: re.Match[str]) -> str:
    code = int(match[1], 16) if match[1] else int(match[2])
    return chr(code) if code < 0x110000 and not 0xD800 <= code <= 0xDFFF else match[0]


def column_number(letters: bytes) -> int:
    """A column's number from its letters, A is 1."""
    number = 0
    for letter in letters[:6].upper():
        number = number * 26 + letter - 64
    return number


def _walk(content: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Row and column, from 0, and attributes of each cell; cells without a place follow the one before."""
    row = column = 0
    for match in _TOKEN.finditer(content):
        kind, attributes = match.groups()
        place = _PLACE.search(attributes)
        if kind == b"row":
            row, column = (int(place[2][:9]) if place else row + 1), 0
            continue
        column = column_number(place[1]) if place and place[1] else column + 1
        yield (int(place[2][:9]) if place and place[1] else row) - 1, column - 1, attributes


def _place_of(attributes: bytes) -> tuple[int, int] | None:
    place = _PLACE.search(attributes)
    return (int(place[2][:9]) - 1, column_number(place[1]) - 1) if place and place[1] else None


def _hidden_rows(content: bytes) -> frozenset[int]:
    hidden = set()
    for match in _HIDDEN_ROW.finditer(content):
        place = _PLACE.search(match[1])
        if not place:
            return _hidden_unplaced(content)
        hidden.add(int(place[2][:9]) - 1)
    return frozenset(row for row in hidden if 0 <= row < MAX_ROWS)


def _hidden_unplaced(content: bytes) -> frozenset[int]:
    hidden, row = set(), 0
    for match in _TOKEN.finditer(content):
        if match[1] == b"row":
            place = _PLACE.search(match[2])
            row = int(place[2][:9]) if place else row + 1
            if _HIDDEN.search(match[2]) and row <= MAX_ROWS:
                hidden.add(row - 1)
    return frozenset(hidden)


def _hidden_columns(content: bytes) -> frozenset[int]:
    # Columns are declared before the data.
    top = content[: content.find(b"sheetData")] if b"sheetData" in content else b""
    hidden: set[int] = set()
    for match in _COLUMN.finditer(top[: 1 << 20]):
        between = dict(_BETWEEN.findall(match[1]))
        if _HIDDEN.search(match[1]) and len(between) == 2:
            hidden.update(range(max(0, int(between[b"min"]) - 1), min(MAX_COLUMNS, int(between[b"max"]))))
    return frozenset(hidden)


def _styled(content: bytes, styles: frozenset[int]) -> Iterator[tuple[int, int]]:
    """Cells with one of some formats."""
    if not _is_placed(content):
        for row, column, attributes in _walk(content):
            style = _STYLE.search(attributes)
            if style and int(style[1][:9]) in styles:
                yield row, column
        return
    numbers = b"|".join(str(style).encode() for style in sorted(styles))
    pattern = rb"""<c r="([A-Z]{1,6})([0-9]{1,9})"[^<>]*\bs=["'](?:%s)["']""" % numbers
    for match in re.finditer(pattern, content):
        yield int(match[2]) - 1, column_number(match[1]) - 1
