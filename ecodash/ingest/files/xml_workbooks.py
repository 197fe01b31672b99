"""XML workbooks of 2003, often named .xls, read as a stream."""

from decimal import Decimal, InvalidOperation
from typing import Any, cast

from lxml import etree

from ecodash.ingest.book import MAX_COLUMNS, MAX_ROWS, Book, Progress, Refusal
from ecodash.ingest.files.archives import ENTITIES, Allowance
from ecodash.ingest.files.grids import SPAN_COLUMNS, SPAN_ROWS, Grid, Refused, book_of
from ecodash.ingest.files.sheet_xml import LISTED_FORMULAS, shows_percent
from ecodash.ingest.files.spreadsheets import cell_text
from ecodash.ingest.files.web_tables import NO_TABLE, number_of

_NS = "{urn:schemas-microsoft-com:office:spreadsheet}"
_EXCEL = "{urn:schemas-microsoft-com:office:excel}"

_BROKEN = Refusal("workbook_damaged", "XML 工作簿已损坏。请用 WPS 或 Excel 打开后另存为 xlsx 再上传。")


def read_xml_workbook(data: bytes, allowance: Allowance, progress: Progress) -> Book | Refusal:
    """The sheets of an XML workbook of 2003."""
    progress("正在读取 XML 工作簿", 0.0)
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        return ENTITIES
    target = _WorkbookTarget(allowance)
    parser = etree.XMLParser(
        target=cast(Any, target),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_pis=True,
    )
    try:
        for start in range(0, len(data), 1 << 16):
            parser.feed(data[start : start + (1 << 16)])
        parser.close()
    except Refused as refused:
        return refused.refusal
    except etree.LxmlError:
        return _BROKEN
    return book_of("xml", "xml", target.grids, NO_TABLE)


class _WorkbookTarget:
    """Receives the elements of an XML workbook."""

    def __init__(self, allowance: Allowance) -> None:
        self.grids: list[Grid] = []
        self._allowance = allowance
        self._text: list[str] | None = None
        self._style = ""
        self._percents: set[str] = set()
        self._cell = ("", 1, 1)
        self._type = self._value = ""
        self._next_column = 0
        self._is_cell = self._is_comment = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        get = {name.removeprefix(_NS): value for name, value in attributes.items()}.get
        if tag == f"{_NS}Style":
            self._style = get("ID") or ""
        elif tag == f"{_NS}NumberFormat":
            text = get("Format") or ""
            if text == "Percent" or shows_percent(text):
                self._percents.add(self._style)
        elif tag == f"{_NS}Worksheet":
            self.grids.append(Grid(self._allowance, (get("Name") or "")[:200]))
            self._next_column = 0
        elif not self.grids:
            return
        elif tag == f"{_NS}Column":
            self._start_column(get("Index"), get("Span"), get("Hidden"))
        elif tag == f"{_NS}Row":
            self._start_row(get("Index"), get("Hidden"), get("Span"))
        elif tag == f"{_NS}Cell":
            self._is_cell, self._value, self._type = True, "", ""
            grid = self.grids[-1]
            if place := get("Index"):
                grid.column = min(number_of(place) - 1, 100_000)
            down, right = number_of(get("MergeDown"), 0), number_of(get("MergeAcross"), 0)
            self._cell = (get("StyleID") or "", min(down, SPAN_ROWS) + 1, min(right, SPAN_COLUMNS) + 1)
            if get("Formula"):
                grid.formula_count += 1
                if len(grid.formulas) < LISTED_FORMULAS and grid.rows:
                    grid.formulas.append((len(grid.rows) - 1, grid.column))
        elif tag == f"{_NS}Comment":
            self._is_comment = True
        elif tag == f"{_NS}Data" and self._is_cell and not self._is_comment:
            self._text, self._type = [], get("Type") or ""
        elif tag == f"{_EXCEL}Visible":
            self._text = []

    def end(self, tag: str) -> None:
        text, is_data = "".join(self._text or ()), tag == f"{_NS}Data"
        if tag == f"{_NS}Comment":
            self._is_comment = False
        elif is_data and self._is_cell and not self._is_comment:
            self._value, self._text = text, None
        elif tag == f"{_EXCEL}Visible":
            self._text = None
            if self.grids and text.strip() in ("SheetHidden", "SheetVeryHidden"):
                self.grids[-1].is_hidden = True
        elif tag == f"{_NS}Cell" and self._is_cell:
            style, down, right = self._cell
            self.grids[-1].put(_typed(self._value, self._type, is_percent=style in self._percents), down, right)
            self._is_cell = False

    def data(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)

    def comment(self, text: str) -> None:
        """Comments are not read."""

    def close(self) -> None:
        """Nothing is left open."""

    def _start_row(self, index: str | None, hidden: str | None, span: str | None) -> None:
        grid = self.grids[-1]
        for _ in range(number_of(index) - len(grid.rows) if index else 1):
            grid.begin_row()
        if hidden == "1":
            grid.hidden_rows.update(range(len(grid.rows) - 1, min(len(grid.rows) + number_of(span, 0), MAX_ROWS)))

    def _start_column(self, index: str | None, span: str | None, hidden: str | None) -> None:
        if index:
            self._next_column = number_of(index) - 1
        stop = self._next_column + 1 + number_of(span, 0)
        if hidden == "1":
            self.grids[-1].hidden_columns.update(range(self._next_column, min(stop, MAX_COLUMNS)))
        self._next_column = stop


def _typed(text: str, kind: str, *, is_percent: bool) -> str:
    """A cell's text as other workbooks give it."""
    if kind == "Number":
        try:
            number = cell_text(float(text[:40]))
            return f"{(Decimal(number) * 100).normalize():f}%" if is_percent else number
        except (ValueError, InvalidOperation, OverflowError):
            return text
    if kind == "DateTime":
        return text.removesuffix(".000").removesuffix("T00:00:00").replace("T", " ")
    return {"1": "TRUE", "0": "FALSE"}.get(text, text) if kind == "Boolean" else text
