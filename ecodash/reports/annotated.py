"""批注表: an uploaded file back as xlsx, bad cells coloured and commented, everything else as it was sent.

A workbook is changed part by part, so that pictures, charts and what its formulas last computed stay as they are. Any
other file becomes a new workbook of text cells. Either, once corrected, is uploaded as it is.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Protocol

from ecodash.domain.uploads import PROBLEM_SHEET
from ecodash.reports.problem_list import LABELS, Entry, add_list, address, cut_line
from ecodash.reports.xlsx_notes import AUTHOR, add_comments, new_comments, redraw, take_off_comments
from ecodash.reports.xlsx_package import OddPackage, Package, SheetPart, serialise
from ecodash.reports.xlsx_sheet import Cell, SheetXml
from ecodash.reports.xlsx_styles import Severity, Styles
from ecodash.reports.xlsx_text import TextSheet, sheet_names, write_workbook

__all__ = ["AUTHOR", "LARGEST_TABLE", "MAX_MARKS", "Mark", "annotate"]

MAX_MARKS = 1_000
"""So many marks are set and listed."""
LARGEST_TABLE = 2_500_000
"""A file of text with more cells is answered with the list alone: as xlsx it would be too large to be sent back."""

_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384
_LONGEST_COMMENT, _LONGEST_ROW = 8_000, 1_000
_MAX_MERGED = 500_000
_COMMENTS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_DRAWING_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"

_REBUILT = "原文件不是能直接批注的工作簿，表格是照原样重新写成的，单元格都是文本格式，不影响上传。"
_UNFORMATTED = "原工作簿的结构特殊，不能直接批注，表格是按读到的内容重新写成的，格式、图片和公式没有保留，不影响上传。"
_LIST_ONLY = "原文件很大，这里只列出问题和所在的行。请在原文件里改正后重新上传原文件；本文件不能用来上报。"
_MACROS = "原工作簿里的宏没有保留。"


class Range(Protocol):
    """Merged cells, places from 0, both ends included."""

    @property
    def top(self) -> int: ...
    @property
    def left(self) -> int: ...
    @property
    def bottom(self) -> int: ...
    @property
    def right(self) -> int: ...


class DecodedSheet(Protocol):
    """What is needed of a sheet that was read."""

    @property
    def name(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def rows(self) -> Sequence[Sequence[str]]: ...
    @property
    def merges(self) -> Sequence[Range]: ...
    @property
    def is_hidden(self) -> bool: ...
    @property
    def hidden_rows(self) -> frozenset[int]: ...
    @property
    def hidden_columns(self) -> frozenset[int]: ...


class DecodedBook(Protocol):
    """What is needed of a file that was read."""

    @property
    def kind(self) -> str: ...
    @property
    def sheets(self) -> Sequence[DecodedSheet]: ...


@dataclass(frozen=True, slots=True)
class Mark:
    """A message, and the cell it is about.

    Args:
        sheet_name, source: of the sheet, as the book has them.
        row: as the spreadsheet shows it, from 1; None where no cell is meant: the message is listed only.
        position: column from 0; None where the whole row is meant: its first filled cell is marked.
        text: what is wrong and what to do.
        severity: fault (must be corrected) or doubt (must be confirmed).
    """

    sheet_name: str
    source: str
    row: int | None
    position: int | None
    text: str
    severity: Severity = "fault"


def annotate(data: bytes, book: DecodedBook, marks: Sequence[Mark]) -> bytes:
    """A file as an xlsx workbook with marked cells and, as its last sheet, a list of all messages.

    Marks and the list of an earlier round are replaced. At most 1,000 marks are set; the list says how many more there
    are.

    Args:
        data: the file as uploaded.
        book: what it was read as: rows of text cells.
        marks: in the order they are listed.
    """
    if book.kind == "xlsx":
        try:
            names = {("", sheet.name): sheet.name for sheet in book.sheets}
            return _marked(Package(data), book, marks, names, [])
        except OddPackage:
            pass
    names = {}
    for sheet, name in zip(book.sheets, sheet_names(_wanted_names(book)), strict=True):
        names.setdefault((sheet.source, sheet.name), name)
    if sum(len(row) for sheet in book.sheets for row in sheet.rows) > LARGEST_TABLE:
        empty = Package(write_workbook([TextSheet(PROBLEM_SHEET, [])]))
        entries = _entries(book, marks, names, with_rows=True)
        add_list(empty, _styles_of(empty), entries, [_LIST_ONLY], beyond=len(marks) - len(entries), has_sheets=False)
        return empty.save()
    rebuilt = write_workbook(
        [
            TextSheet(
                names[sheet.source, sheet.name],
                sheet.rows,
                tuple(_merges(sheet.merges)),
                sheet.is_hidden,
                sheet.hidden_rows,
                sheet.hidden_columns,
            )
            for sheet in book.sheets
        ]
    )
    return _marked(Package(rebuilt), book, marks, names, [_UNFORMATTED if book.kind == "xlsx" else _REBUILT])


Names = Mapping[tuple[str, str], str]
"""Names of the answer's sheets by source and name of the file's."""


def _wanted_names(book: DecodedBook) -> Iterator[str]:
    """Names for the sheets of a new workbook: town and month may stand in the names of files and sheets."""
    alone = {source: sum(1 for sheet in book.sheets if sheet.source == source) == 1 for source in _sources(book)}
    for sheet in book.sheets:
        stem = sheet.source.replace("\\", "/").rpartition("/")[2]
        stem = stem.rpartition(".")[0] or stem
        is_named = bool(sheet.name) and not (stem and alone[sheet.source])
        yield "-".join(part for part in (stem, sheet.name if is_named else "") if part) or sheet.name


def _sources(book: DecodedBook) -> set[str]:
    return {sheet.source for sheet in book.sheets}


def _merges(ranges: Iterable[Range]) -> Iterator[str]:
    """Merged ranges that do not overlap, as spreadsheets refuse a workbook where they do."""
    taken: set[tuple[int, int]] = set()
    for span in ranges:
        height, width = span.bottom - span.top + 1, span.right - span.left + 1
        if height < 1 or width < 1 or height * width == 1 or len(taken) + height * width > _MAX_MERGED:
            continue
        cells = {
            (row, column) for row in range(span.top, span.bottom + 1) for column in range(span.left, span.right + 1)
        }
        if taken.isdisjoint(cells):
            taken |= cells
            yield f"{address((span.top + 1, span.left))}:{address((span.bottom + 1, span.right))}"


# ── marks ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _entries(book: DecodedBook, marks: Sequence[Mark], names: Names, *, with_rows: bool = False) -> list[Entry]:
    """The marks with the sheets and cells they have in the answer."""
    sheets = {(sheet.source, sheet.name): sheet for sheet in reversed(book.sheets)}
    entries = []
    for mark in islice(marks, MAX_MARKS):
        key = (mark.source, mark.sheet_name)
        # A file of one table may be spoken of without the table's name.
        sheet = sheets.get(key) or (book.sheets[0] if len(book.sheets) == 1 and not any(key) else None)
        shown = names[sheet.source, sheet.name] if sheet else "/".join(part for part in key if part)
        if sheet is None or mark.row is None or not 1 <= mark.row <= _LAST_ROW:
            entries.append(Entry(mark.severity, shown, None, "", mark.text))
            continue
        row = sheet.rows[mark.row - 1] if mark.row <= len(sheet.rows) else ()
        column = mark.position if mark.position is not None else next((p for p, text in enumerate(row) if text), 0)
        column = min(max(column, 0), _LAST_COLUMN - 1)
        text = row[column] if column < len(row) else ""
        row_text = " | ".join(row)[:_LONGEST_ROW] if with_rows else ""
        entries.append(Entry(mark.severity, shown, (mark.row, column), text, mark.text, row_text))
    return entries


def _marked(package: Package, book: DecodedBook, marks: Sequence[Mark], names: Names, notes: Sequence[str]) -> bytes:
    """The workbook with its cells marked and its list added."""
    has_macros = package.drop_macros()
    styles = _styles_of(package)
    entries = _entries(book, marks, names)
    by_sheet: dict[str, dict[Cell, list[Entry]]] = {}
    for entry in entries:
        if entry.cell:
            by_sheet.setdefault(entry.sheet, {}).setdefault(entry.cell, []).append(entry)
    for sheet in package.sheets():
        if sheet.name != PROBLEM_SHEET:
            _mark_sheet(package, sheet, by_sheet.get(sheet.name, {}), styles)
    notes = [*notes, *([_MACROS] if has_macros else [])]
    add_list(package, styles, entries, notes, beyond=len(marks) - len(entries))
    return package.save()


def _styles_of(package: Package) -> Styles:
    relation = package.related(package.workbook, "styles")
    if relation is None:
        raise OddPackage
    return Styles(package.xml(relation.target))


def _mark_sheet(package: Package, sheet: SheetPart, marks: Mapping[Cell, Sequence[Entry]], styles: Styles) -> None:
    """Take an earlier round's comments off a sheet and mark its cells."""
    said: dict[Cell, list[Entry]] = {}
    content = SheetXml(package.read(sheet.part)) if marks else None
    if content:
        shown = content.top_left(list(marks))
        for cell in sorted(marks):
            said.setdefault(shown[cell], []).extend(marks[cell])
    drawing = _comment_on(package, sheet, {cell: _comment(entries) for cell, entries in said.items()})
    if content:
        if drawing:
            content.draw_comments(drawing, package.relation_base)
        content.mark({cell: partial(styles.marked, severity=_worst(entries)) for cell, entries in said.items()})
        package.put(sheet.part, content.save())


def _comment_on(package: Package, sheet: SheetPart, texts: Mapping[Cell, str]) -> str:
    """Replace our comments on a sheet; the id of the drawing they are shown in where it is a new one."""
    comments, drawing = package.related(sheet.part, "comments"), package.related(sheet.part, "vmlDrawing")
    if not texts and comments is None:
        return ""
    root = package.xml(comments.target) if comments else new_comments(package.namespace)
    gone = take_off_comments(root)
    whole = add_comments(root, {address(cell): text for cell, text in texts.items()}) if texts else {}
    boxes = {(row - 1, column): whole[address((row, column))] for row, column in texts}
    redrawn = redraw(package.read(drawing.target) if drawing else None, gone, boxes) if gone or boxes else b""
    if comments and root.find("{*}commentList/{*}comment") is None:
        package.unrelate(sheet.part, comments)
        package.drop(comments.target)
    elif comments:
        package.put(comments.target, serialise(root))
    else:
        part = package.free_part("xl/comments{}.xml")
        package.put(part, serialise(root), _COMMENTS_TYPE)
        package.relate(sheet.part, "comments", part)
    if not redrawn:
        return ""
    if drawing:
        package.put(drawing.target, redrawn)
        return ""
    part = package.free_part("xl/drawings/vmlDrawing{}.vml")
    package.put(part, redrawn)
    package.add_default_type("vml", _DRAWING_TYPE)
    return package.relate(sheet.part, "vmlDrawing", part)


def _worst(entries: Sequence[Entry]) -> Severity:
    return "fault" if any(entry.severity == "fault" for entry in entries) else "doubt"


def _comment(entries: Sequence[Entry]) -> str:
    """What a comment says: each message once, led by its kind, as colour is not the only sign."""
    lines = dict.fromkeys(f"【{LABELS[entry.severity]}】{cut_line(entry.text)}" for entry in entries)
    text = "\n".join(lines)
    return text if len(text) <= _LONGEST_COMMENT else f"{text[:_LONGEST_COMMENT]}…（其余见“{PROBLEM_SHEET}”）"
