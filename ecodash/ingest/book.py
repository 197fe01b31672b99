"""What a file decodes to before anything in it gets a meaning: sheets of text cells, with what the layout needs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ecodash.ingest.faults import Fault

MAX_ROWS = 1_000_000
MAX_COLUMNS = 500
MAX_CELL = 32_000
HEADER_ROWS = 30
"""The header is looked for in so many rows."""

HeaderScore = Callable[[Sequence[str]], int]
"""How many cells of a row are recognised as headers, 0 where the row is none: chooses between dialects."""
Progress = Callable[[str, float], None]
"""Told what is being done (Chinese) and how much of the whole is done, 0 to 1."""


def say_nothing(what: str, done: float) -> None:
    """Progress nobody asked for."""


def column_letter(position: int) -> str:
    """The letter a spreadsheet shows over a column, places counted from 0: 0 → A, 26 → AA."""
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a file, or a sheet of it, cannot be read at all: a fault's code and hint."""

    code: str
    hint: str


@dataclass(frozen=True, slots=True)
class Span:
    """A merged range of cells, places counted from 0, both ends included."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a text file is written.

    Args:
        delimiter: between cells; empty where there is one column.
        quote: around a cell that holds a delimiter; empty where none is used.
        escape: before a quote inside quotes, where it is not doubled; empty otherwise.
        newline: CRLF, LF or CR; mixed where they differ.
    """

    delimiter: str
    quote: str
    escape: str
    newline: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table of text cells, read whole.

    Args:
        name: the sheet's name; empty for text files.
        rows: row i holds the cells of spreadsheet row i + 1; rows may differ in length, spaces at cells' ends are gone,
            trailing empty cells too. Merged cells hold their text at the top left only.
        source: name of the file inside an archive; empty otherwise.
        encoding: text encoding, or the kind of workbook: xlsx, xls, ods.
        dialect: of a text file; None for workbooks and web pages.
        widths: how many cells each row has in the file, with the empty ones at its end; empty where it is not told.
        merges: merged ranges.
        is_hidden: whether the workbook hides the sheet.
        hidden_rows, hidden_columns: places from 0 that the sheet hides.
        formulas: cells (row, column, from 0) whose value is what a formula last computed; at most 1,000 of them.
        notes: Chinese: what the reader of the result should know.
        faults: structural faults; such a sheet holds what could be read and is not for keeping.
    """

    name: str
    rows: list[list[str]]
    source: str = ""
    encoding: str = ""
    dialect: Dialect | None = None
    widths: tuple[int, ...] = ()
    merges: tuple[Span, ...] = ()
    is_hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    formulas: tuple[tuple[int, int], ...] = ()
    notes: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()

    @property
    def label(self) -> str:
        """The sheet as messages name it: the file inside an archive and the sheet's name."""
        return "/".join(part for part in (self.source, self.name) if part)


@dataclass(frozen=True, slots=True)
class Book:
    """A file, decoded.

    Args:
        kind: text, xlsx, xls, ods, html, xml (SpreadsheetML 2003) or zip.
        encoding: of its text (utf-8, utf-8-sig, utf-16, gb18030, or cp1252, which is not for keeping), else the kind.
        sheets: in the file's order; text files have one. Charts and empty sheets are not there.
        notes, faults: of the whole file.
    """

    kind: str
    encoding: str
    sheets: tuple[Sheet, ...]
    notes: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = field(default=())
