"""Tables of web pages, often named .xls, read as a stream: no tree of the page is built."""

import codecs
import re
from dataclasses import dataclass
from typing import Any, cast

from lxml import etree

from ecodash.ingest.book import Book, Progress, Refusal
from ecodash.ingest.files.archives import Allowance
from ecodash.ingest.files.encodings import decode_as
from ecodash.ingest.files.grids import SPAN_COLUMNS, SPAN_ROWS, TOO_LONG, Grid, Refused, book_of

_MARKUP = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype|!--|html|head|body|meta|table|div|style|\?xml|\?mso|workbook)", re.IGNORECASE
)
_TABLE = re.compile(rb"<table[\s>]", re.IGNORECASE)
_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([\w-]{2,20})""", re.IGNORECASE)
_BLOCKS = frozenset(("p", "div", "li", "h1", "h2", "h3", "h4", "h5", "h6"))
_MAX_NESTED = 20
_MAX_TABLES = 200

NO_TABLE = Refusal("not_a_table", "文件内容是网页或 XML，里面没有表格。请用 WPS 或 Excel 打开后另存为 xlsx 再上传。")


def is_markup(data: bytes) -> bool:
    """Whether the content is a web page or XML."""
    return bool(_MARKUP.match(data[:1000]))


def read_page(data: bytes, allowance: Allowance, progress: Progress) -> Book | Refusal:
    """The tables of a web page, one sheet each."""
    if not _TABLE.search(data):
        return NO_TABLE
    progress("正在读取网页表格", 0.0)
    if data.count(b"<tr") + data.count(b"<TR") > allowance.rows:
        return TOO_LONG
    decoded = _decode_page(data)
    if decoded is None:
        return Refusal(
            "encoding_unknown", "网页的文字编码不是 UTF-8 或 GB18030。请用 WPS 或 Excel 打开后另存为 xlsx 再上传。"
        )
    text, encoding = decoded
    target = _PageTarget(allowance)
    parser = etree.HTMLParser(
        target=cast(Any, target), encoding="utf-8", no_network=True, huge_tree=False, remove_pis=True
    )
    try:
        raw = text.encode("utf-8", "replace").replace(b"\x00", b"")
        for start in range(0, len(raw), 1 << 16):
            parser.feed(raw[start : start + (1 << 16)])
        parser.close()
    except Refused as refused:
        return refused.refusal
    except etree.LxmlError:
        target.close()
    return book_of("html", encoding, target.grids, NO_TABLE)


def _decode_page(data: bytes) -> tuple[str, str] | None:
    """Text and encoding by mark, the page's own word or trial, each exactly."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            text = decode_as(data, encoding)
            return (text, encoding) if text is not None else None
    named = match[1].decode("ascii").lower() if (match := _CHARSET.search(data[:4096])) else ""
    chinese = named.replace("_", "").replace("-", "") in ("gb2312", "gbk", "gb18030", "xgbk", "cp936", "gb231280")
    for encoding in ("gb18030", "utf-8") if chinese else ("utf-8", "gb18030"):
        text = decode_as(data, encoding)
        if text is not None:
            return text, encoding
    return None


@dataclass(slots=True)
class _Open:
    """A table whose end has not come yet."""

    grid: Grid
    place: int
    cell: list[str] | None = None
    spans: tuple[int, int] = (1, 1)
    caption: list[str] | None = None


class _PageTarget:
    """Receives a page's elements; text goes to the cell of the innermost table."""

    def __init__(self, allowance: Allowance) -> None:
        self.grids: list[Grid] = []
        self._allowance = allowance
        self._tables: list[_Open] = []
        self._muted = 0
        self._skipped = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag in ("script", "style"):
            self._muted += 1
        elif tag == "table":
            if len(self._tables) >= _MAX_NESTED or len(self.grids) >= _MAX_TABLES:
                self._skipped += 1
                return
            self.grids.append(Grid(self._allowance))
            self._tables.append(_Open(self.grids[-1], len(self.grids)))
        elif self._tables:
            table = self._tables[-1]
            if tag == "tr":
                self._end_cell(table)
                table.grid.begin_row()
            elif tag in ("td", "th"):
                self._end_cell(table)
                table.cell = []
                if attributes:
                    table.spans = (
                        min(number_of(attributes.get("rowspan")), SPAN_ROWS),
                        min(number_of(attributes.get("colspan")), SPAN_COLUMNS),
                    )
            elif tag == "caption":
                table.caption = []
            elif table.cell and (tag == "br" or tag in _BLOCKS):
                table.cell.append("\x0b")

    def end(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._muted = max(0, self._muted - 1)
        elif tag == "table":
            if self._skipped:
                self._skipped -= 1
            elif self._tables:
                self._end_cell(self._tables[-1])
                self._tables.pop()
        elif self._tables:
            table = self._tables[-1]
            if tag in ("td", "th", "tr"):
                self._end_cell(table)
            elif tag == "caption" and table.caption is not None:
                table.grid.name = " ".join("".join(table.caption).split())
                table.caption = None
            elif table.cell and tag in _BLOCKS:
                table.cell.append("\x0b")

    def data(self, text: str) -> None:
        if self._muted or not self._tables:
            return
        table = self._tables[-1]
        if table.cell is not None:
            table.cell.append(text)
        elif table.caption is not None:
            table.caption.append(text)

    def comment(self, text: str) -> None:
        """Comments are not shown, and not read."""

    def close(self) -> None:
        while self._tables:
            self._end_cell(self._tables.pop())

    def _end_cell(self, table: _Open) -> None:
        if table.cell is not None:
            text = table.cell[0] if len(table.cell) == 1 else "".join(table.cell)
            if "\x0b" in text:
                lines = (" ".join(line.split()) for line in text.split("\x0b"))
                text = "\n".join(line for line in lines if line)
            else:
                text = " ".join(text.split())
            table.grid.put(text, *table.spans)
            table.cell, table.spans = None, (1, 1)


def number_of(text: str | None, least: int = 1) -> int:
    """A count that an attribute gives, the least where it gives none."""
    return max(least, int(text[:7])) if text and text.isascii() and text.isdigit() else least
