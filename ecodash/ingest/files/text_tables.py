"""Delimited text → rows of cells. A broken quote is told and its line read as it stands: nothing is dropped."""

import csv
import re
from collections.abc import Iterator

from ecodash.ingest.book import MAX_CELL, MAX_COLUMNS, MAX_ROWS, Dialect, HeaderScore, Progress, Refusal, Sheet
from ecodash.ingest.faults import LISTED, Fault, cut, row_list
from ecodash.ingest.files.dialects import DELIMITERS, NO_DELIMITER, find_delimiter, find_quote, sample_of, usual_width
from ecodash.ingest.files.encodings import Decoded
from ecodash.ingest.files.plain import HIDDEN, PlainTexts, check_bounds, drop_trailing

_LARGE = 16 * 1024 * 1024
"""Texts of larger files are kept once each; smaller ones are faster without."""
_STEP = 50_000
_LONG_LINE = 100_000
_TRIED_LINES = 2_000
"""Rows of another width are tried with other delimiters so many times."""

_SEP = re.compile(r'"?sep=([^"\n])"?\n', re.IGNORECASE)
_SPACES = " \t\xa0\u2002-\u200a\u202f\u3000"
_ODD_BREAKS = re.compile("[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")


def read_text(
    decoded: Decoded, score: HeaderScore, progress: Progress, *, rows_left: int = MAX_ROWS, where: str = ""
) -> Sheet | Refusal:
    """The table in a text file.

    Args:
        decoded: its text.
        score: tells a header row, to choose the delimiter.
        progress: told how far the reading is.
        rows_left: how many rows it may have.
        where: the file as messages name it; empty for the only one.
    """
    newline, text = _with_plain_breaks(decoded.text)
    notes: list[str] = []
    delimiter = ""
    if match := _SEP.match(text[:20]):
        delimiter, text = match[1], text[match.end() :]
        notes.append(f"首行的“sep={cut(delimiter)}”是分隔符说明，不算作一行。")
    quote = find_quote(text)
    delimiter = delimiter or find_delimiter(text, quote, score)
    if text.count("\n") > rows_left:
        return Refusal("too_many_rows", f"{where}表格超过 {MAX_ROWS:,} 行。请拆成几个文件上传。")

    may_hide = bool(HIDDEN.search(text))
    texts = PlainTexts(may_hide=may_hide)
    escape = "\\" if _uses_backslash(text, delimiter, quote) else ""
    table = _Table(
        _with_escapes_only_of(quote, text) if escape else text,
        delimiter,
        quote,
        progress,
        escape=escape,
        texts=texts if may_hide or len(text) > _LARGE else None,
    )
    rows = table.rows
    if len(rows) > rows_left:
        return Refusal("too_many_rows", f"{where}表格超过 {MAX_ROWS:,} 行。请拆成几个文件上传。")

    if not table.is_plain and _has_outer_spaces(text, delimiter, quote):
        for number, row in enumerate(rows):
            rows[number] = [cell.strip() for cell in row]
    widths = drop_trailing(rows)
    if refusal := check_bounds(rows, where, has_long=texts.has_long or table.longest > MAX_CELL):
        return refusal
    has_quotes, has_delimiter = quote in text, delimiter != NO_DELIMITER and delimiter in text
    dialect = Dialect(
        delimiter if has_delimiter else "", quote if has_quotes else "", table.escape if has_quotes else "", newline
    )
    notes += [*table.notes(), *texts.take_note()]
    faults = (*decoded.faults, *table.faults)
    return Sheet("", rows, encoding=decoded.encoding, dialect=dialect, widths=widths, notes=tuple(notes), faults=faults)


def _with_plain_breaks(text: str) -> tuple[str, str]:
    """How lines end, and the text with line feeds only."""
    pairs = text.count("\r\n")
    returns, feeds = text.count("\r") - pairs, text.count("\n") - pairs
    kinds = [name for name, count in (("CRLF", pairs), ("LF", feeds), ("CR", returns)) if count]
    if pairs or returns:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return (kinds[0] if len(kinds) == 1 else "mixed" if kinds else "LF"), text


def _uses_backslash(text: str, delimiter: str, quote: str) -> bool:
    """Whether quotes inside quotes are written with a backslash, by the lines around the first of them."""
    found = text.find(f"\\{quote}")
    if found < 0:
        return False
    start = text.rfind("\n", 0, found) + 1
    sample = sample_of(text[start : start + (1 << 20)])

    def silent(what: str, done: float) -> None:
        """A sample has no progress."""

    doubled = _Table(sample, delimiter, quote, silent)
    if not doubled.faults:
        return False
    return len(_Table(_with_escapes_only_of(quote, sample), delimiter, quote, silent, escape="\\").faults) < len(
        doubled.faults
    )


def _with_escapes_only_of(quote: str, text: str) -> str:
    """The text with every backslash doubled that stands before neither a quote nor a backslash: those are text."""
    return re.sub(rf"(\\[{quote}\\])|\\", lambda match: match[1] or "\\\\", text)


def _has_outer_spaces(text: str, delimiter: str, quote: str) -> bool:
    spaces, edges = f"[{_SPACES.replace(delimiter, '')}]", f"[\n{re.escape(delimiter + quote)}]"
    return text[:1].isspace() or bool(re.search(rf"{spaces}(?:(?={edges})|(?<={edges}.)|\Z)", text))


class _Table:
    """Rows of a text, and what was wrong with it."""

    def __init__(
        self,
        text: str,
        delimiter: str,
        quote: str,
        progress: Progress,
        *,
        escape: str = "",
        texts: PlainTexts | None = None,
    ) -> None:
        self.rows: list[list[str]] = []
        self.faults: list[Fault] = []
        self.escape, self.is_plain = escape, texts is not None
        self._texts = texts
        self._delimiter, self._quote, self._progress = delimiter, quote, progress
        self._width = usual_width(text, delimiter, quote)
        self._other_rows: dict[str, list[int]] = {}
        self._tries = 0
        self._lines = re.findall(r"[^\n]*\n|[^\n]+", text) if _ODD_BREAKS.search(text) else text.splitlines(True)
        self.longest = max(map(len, self._lines), default=0)
        if self.longest > _LONG_LINE:
            # A million empty columns at the end of lines need not be laid out to be dropped.
            ends = f"{delimiter} \n"
            self._lines = [f"{line.rstrip(ends)}\n" if len(line) > _LONG_LINE else line for line in self._lines]
            self.longest = max(map(len, self._lines))
        start = 0
        while start < len(self._lines):
            # Past what is listed the file is refused anyway, and looking at records again and again would be slow.
            start = self._read_from(start) if len(self.faults) <= LISTED else self._read_rest(start)
        self._lines = []

    def notes(self) -> Iterator[str]:
        """Rows that were read in another way than the others."""
        for delimiter, rows in self._other_rows.items():
            shown = {"\t": "制表符"}.get(delimiter, delimiter)
            yield f"{row_list(rows)}的分隔符是“{shown}”，与其他行不同，已按它分列。"

    def _read_from(self, start: int) -> int:
        """Read on from a line until something needs a closer look; the line to go on from."""
        rows, width, total, texts = self.rows, self._width, len(self._lines), self._texts
        reader = csv.reader(
            map(self._lines.__getitem__, range(start, total)),
            delimiter=self._delimiter,
            quotechar=self._quote,
            escapechar=self.escape or None,
            skipinitialspace=self._delimiter != " ",
            strict=True,
        )
        at = start
        try:
            for row in reader:
                end = start + reader.line_num
                if end - at > 1:
                    self.longest = max(self.longest, len(max(row, key=len)))
                    if self._is_swallowed(row):
                        return self._read_broken(at)
                if len(row) != width and row:
                    row = self._by_other_delimiter(at, end) or row
                rows.append(row if texts is None else [texts[cell] for cell in row])
                if not len(rows) % _STEP:
                    self._progress("正在读取文件", end / total)
                at = end
        except csv.Error:
            return self._read_broken(at)
        return total

    def _read_rest(self, start: int) -> int:
        """Read every line by itself."""
        for at in range(start, len(self._lines)):
            self._read_broken(at)
            if not at % _STEP:
                self._progress("正在读取文件", at / len(self._lines))
        return len(self._lines)

    def _read_broken(self, at: int) -> int:
        """Read one line whose quotes do not fit as it stands; the next one is read as usual."""
        line = self._lines[at].removesuffix("\n")
        cells, is_clear = split_line(line, self._delimiter, self._quote, self._width)
        self.rows.append(cells if self._texts is None else [self._texts[cell] for cell in cells])
        number = len(self.rows)
        if not is_clear and len(self.faults) <= LISTED:
            hint = (
                f"第 {number} 行的引号没有成对，已按一行原样读取。请补上或删去多余的引号，或另存为 xlsx 再上传。"
                if self._quote == "'"
                else f"第 {number} 行的双引号没有成对，已按一行原样读取。请补上或删去多余的双引号，或另存为 xlsx 再上传。"
            )
            self.faults.append(Fault("quote_broken", number, "", cut(line), hint))
        return at + 1

    def _is_swallowed(self, row: list[str]) -> bool:
        """Whether a cell of several lines is in truth several rows, caught between two stray quotes.

        Then every line of it has as many cells as the table; a remark with line breaks has not.
        """
        width = self._width
        for place, cell in enumerate(row):
            if "\n" not in cell:
                continue
            counts = [line.count(self._delimiter) for line in cell.split("\n")]
            before, after = place, len(row) - 1 - place
            if before + counts[0] != width - 1 or counts[-1] + after != width - 1:
                continue
            if any(count != width - 1 for count in counts[1:-1]):
                continue
            last = cell.rpartition(self._delimiter)[2].strip()
            if width > 2 or (width == 2 and counts[-1] and (not last or last[:1].isdigit())):
                return True
        return False

    def _by_other_delimiter(self, at: int, end: int) -> list[str] | None:
        """A row of one line that only another delimiter brings to the table's width."""
        if end - at > 1 or self._width < 3 or self._tries >= _TRIED_LINES:
            return None
        line = self._lines[at]
        for delimiter in DELIMITERS:
            if delimiter == self._delimiter or line.count(delimiter) < self._width - 1:
                continue
            self._tries += 1
            cells, is_clear = split_line(line.removesuffix("\n"), delimiter, self._quote, self._width)
            if is_clear and len(cells) == self._width:
                self._other_rows.setdefault(delimiter, []).append(len(self.rows) + 1)
                return cells
        return None


# ── one line ───────────────────────────────────────────────────────────────────────────────────────────────────────


def split_line(line: str, delimiter: str, quote: str, width: int) -> tuple[list[str], bool]:
    """Cells of one line whatever its quotes, and whether they leave no doubt.

    Readings are tried from the strictest to the loosest, and the first of the table's width with the fewest quotes left is taken: quotes as they
    should be; a quote inside a cell is text unless a delimiter follows; a quote that opens a cell is text; all are.
    """
    if line.count(delimiter) > MAX_COLUMNS * 10 or line.count(quote) > MAX_COLUMNS * 10:
        # Too wide to be kept in any reading, or made to be slow.
        return line.split(delimiter, MAX_COLUMNS + 1), False
    strict = _split(line, delimiter, quote, "strict")
    if strict is not None:
        return strict, True
    readings = [
        cells for kind in ("inner", "closing", "opening") if (cells := _split(line, delimiter, quote, kind)) is not None
    ]
    readings.append(line.split(delimiter))
    return min(readings, key=lambda cells: (abs(len(cells) - width), sum(cell[:1] == quote for cell in cells))), False


def _split(line: str, delimiter: str, quote: str, kind: str) -> list[str] | None:
    """Cells by one way of reading quotes; None where the strict one does not hold."""
    cells: list[str] = []
    at, size, may_close = 0, len(line), True
    while True:
        start = at
        while delimiter != " " and at < size and line[at] == " ":
            at += 1
        is_opened = line.startswith(quote, at)
        quoted = _quoted(line, at, delimiter, quote, kind) if is_opened and may_close else None
        if quoted:
            cell, at = quoted
        elif kind == "strict" and is_opened:
            return None
        else:
            found = line.find(delimiter, at)
            at = size if found < 0 else found
            cell = line[start:at].strip() if delimiter != " " else line[start:at]
            # What finds no end up to the end of the line finds none further on; looking again would be quadratic.
            may_close = may_close and not (is_opened and kind in ("inner", "closing"))
        cells.append(cell)
        if at >= size:
            return cells
        at += 1


def _quoted(line: str, at: int, delimiter: str, quote: str, kind: str) -> tuple[str, int] | None:
    """A quoted cell and where it ends, or None where it does not end in this way."""
    parts: list[str] = []
    at += 1
    while True:
        found = line.find(quote, at)
        if found < 0:
            return None
        parts.append(line[at:found])
        at = found
        while line.startswith(quote, at):
            at += 1
        count, after = at - found, at
        while delimiter != " " and after < len(line) and line[after] == " ":
            after += 1
        is_end = after >= len(line) or line.startswith(delimiter, after)
        if is_end and (count % 2 or kind == "closing"):
            return "".join(parts) + quote * (count // 2), after
        if kind in ("strict", "opening") and count % 2:
            return None
        parts.append(quote * ((count + 1) // 2))
