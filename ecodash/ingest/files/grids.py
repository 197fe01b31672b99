"""Tables built cell by cell, with merged ranges, from web pages and XML workbooks."""

from dataclasses import dataclass, field

from ecodash.ingest.book import MAX_COLUMNS, MAX_ROWS, Book, Refusal, Sheet, Span
from ecodash.ingest.faults import cut
from ecodash.ingest.files.archives import Allowance
from ecodash.ingest.files.plain import PlainTexts, check_bounds, drop_trailing

SPAN_ROWS, SPAN_COLUMNS = 100_000, 10_000
"""Ranges reach no farther, whatever they say."""
_MAX_STEPS = 30_000_000
"""Ranges looked at for all cells of a table; only a page made to be slow needs more."""

_TOO_WIDE = Refusal("too_many_columns", f"表格超过 {MAX_COLUMNS} 列。请只保留要上报的列，或拆成几个文件。")
TOO_LONG = Refusal("too_many_rows", f"表格超过 {MAX_ROWS:,} 行。请拆成几个文件上传。")
_TANGLED = Refusal("workbook_damaged", "表格里的合并单元格过多。请用 WPS 或 Excel 打开后另存为 xlsx 再上传。")


class Refused(Exception):
    """Carries a refusal out of a parser's callbacks."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


@dataclass(slots=True)
class Grid:
    """A table being built; ranges that reach into later rows are kept as intervals, not cell by cell."""

    allowance: Allowance
    name: str = ""
    rows: list[list[str]] = field(default_factory=list)
    merges: list[Span] = field(default_factory=list)
    column: int = 0
    reaching: list[tuple[int, int, int]] = field(default_factory=list)
    """Columns from, to and the row up to which a range of an earlier row covers them; ends not included."""
    steps: int = 0
    is_hidden: bool = False
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    formulas: list[tuple[int, int]] = field(default_factory=list)
    formula_count: int = 0

    def begin_row(self) -> None:
        self.rows.append([])
        self.column = 0
        number = len(self.rows) - 1
        if self.reaching:
            self.steps += len(self.reaching)
            self.reaching = [interval for interval in self.reaching if interval[2] > number]
        self.allowance.rows -= 1
        if self.allowance.rows < 0:
            raise Refused(TOO_LONG)

    def put(self, text: str, down: int, right: int) -> None:
        """Set the next cell of the row, which covers so many rows and columns."""
        if not self.rows:
            self.begin_row()
        if self.column >= MAX_COLUMNS:
            if text:
                raise Refused(_TOO_WIDE)
            return
        if self.reaching:
            self._step_over()
        row, top = self.rows[-1], len(self.rows) - 1
        if text:
            if self.column >= MAX_COLUMNS:
                raise Refused(_TOO_WIDE)
            if self.column > len(row):
                row.extend([""] * (self.column - len(row)))
            row.append(text)
        if (down > 1 or right > 1) and self.column < MAX_COLUMNS:
            self.merges.append(Span(top, self.column, top + down - 1, min(self.column + right, MAX_COLUMNS) - 1))
            if down > 1 and len(self.reaching) < MAX_COLUMNS:
                self.reaching.append((self.column, self.column + right, top + down))
        self.column += right

    def _step_over(self) -> None:
        """Move on past ranges of earlier rows."""
        self.steps += len(self.reaching)
        if self.steps > _MAX_STEPS:
            raise Refused(_TANGLED)
        is_moved = True
        while is_moved:
            is_moved = False
            for start, stop, _ in self.reaching:
                if start <= self.column < stop:
                    self.column, is_moved = stop, True


def book_of(kind: str, encoding: str, grids: list[Grid], none: Refusal) -> Book | Refusal:
    """Grids as a book, empty ones left out; `none` where all are."""
    texts = PlainTexts()
    sheets: list[Sheet] = []
    filled = sum(1 for grid in grids if any(any(row) for row in grid.rows))
    for grid in grids:
        rows = grid.rows
        for number, row in enumerate(rows):
            rows[number] = [texts[cell] for cell in row]
        widths = drop_trailing(rows)
        while rows and not rows[-1]:
            rows.pop()
        if not rows:
            continue
        name = cut(grid.name) or (f"表{len(sheets) + 1}" if filled > 1 else "")
        if refusal := check_bounds(rows, f"“{name}”" if name else "", has_long=texts.has_long):
            return refusal
        notes = (f"{grid.formula_count} 格是公式，按保存时的计算结果读取。",) if grid.formula_count else ()
        sheets.append(
            Sheet(
                name,
                rows,
                encoding=encoding,
                widths=widths[: len(rows)],
                merges=tuple(span for span in grid.merges if span.top < len(rows)),
                is_hidden=grid.is_hidden,
                hidden_rows=frozenset(grid.hidden_rows),
                hidden_columns=frozenset(grid.hidden_columns),
                formulas=tuple(grid.formulas),
                notes=(*notes, *texts.take_note()),
            )
        )
    return Book(kind, encoding, tuple(sheets)) if sheets else none
