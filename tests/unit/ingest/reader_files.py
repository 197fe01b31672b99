"""Small files of every kind the reader takes, written by hand, and its answer to them."""

import io
import struct
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

import openpyxl

from ecodash.ingest.book import Book, Refusal
from ecodash.ingest.files import archives
from ecodash.ingest.files.reader import read_book

CSV = "村,垃圾箱\n荷花村,1\n".encode()
TABLE = [["村", "垃圾箱"], ["荷花村", 1]]
READ = [["村", "垃圾箱"], ["荷花村", "1"]]
SHEET1 = "xl/worksheets/sheet1.xml"


def answer(data: bytes) -> Book | Refusal:
    return read_book(data, "上报.xls", score=lambda cells: sum(cell == "村" for cell in cells))


def book(data: bytes) -> Book:
    read = answer(data)
    assert isinstance(read, Book), read
    return read


def code(data: bytes) -> str:
    read = answer(data)
    assert isinstance(read, Refusal), read
    return read.code


def xlsx(*sheets: Any, change: Callable[[Any], None] | None = None) -> bytes:
    made = openpyxl.Workbook()
    for number, rows in enumerate(sheets, 1):
        page: Any = made.active if number == 1 else made.create_sheet()
        page.title = f"表{number}"
        for row in rows:
            page.append(row)
    if change:
        change(made)
    saved = io.BytesIO()
    made.save(saved)
    return saved.getvalue()


def zipped(files: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def repacked(data: bytes, changes: Mapping[str, Callable[[bytes], bytes]]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as old:
        files = {name: old.read(name) for name in old.namelist()}
    for name, change in changes.items():
        files[name] = change(files.get(name, b""))
    return zipped(files)


def with_rows(rows: bytes) -> bytes:
    """A workbook with more rows written behind its own."""
    return repacked(xlsx(TABLE), {SHEET1: lambda content: content.replace(b"</sheetData>", rows + b"</sheetData>")})


def record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def xls(*sheets: bytes, before: bytes = b"", streams: tuple[str, ...] = ()) -> bytes:
    """An xls file of these sheets' records, in a container as Excel writes it."""
    start, end = record(0x809, struct.pack("<HHHHII", 0x600, 0x05, 0, 0, 0, 0)), record(0x0A, b"")
    # A plain cell format, and one that shows percentages.
    formats = b"".join(record(0xE0, struct.pack("<HH16x", 0, number)) for number in (0, 9))
    names = [f"表{number}".encode("utf-16-le") for number in range(1, len(sheets) + 1)]
    places = [record(0x85, struct.pack("<IBBBB", 0, 0, 0, 2, 1) + name) for name in names]
    at = len(start) + len(before) + len(formats) + sum(map(len, places)) + len(end)
    bodies, listed = [], []
    for name, sheet in zip(names, sheets, strict=True):
        bodies.append(record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0)) + sheet + end)
        listed.append(record(0x85, struct.pack("<IBBBB", at, 0, 0, 2, 1) + name))
        at += len(bodies[-1])
    stream = (start + before + formats + b"".join(listed) + end + b"".join(bodies)).ljust(4096, b"\0")
    size = -(-len(stream) // 512)
    stream = stream.ljust(size * 512, b"\0")
    table = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, size + 2), 0xFFFFFFFE]
    header = struct.pack(
        "<8s16xHHHHH6xIIIIIIIII109I",
        *(archives.OLE, 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0),
        *([0] + [0xFFFFFFFF] * 108),
    )
    entries = [("Root Entry", 5, 0xFFFFFFFE, 0), ("Workbook", 2, 2, len(stream))]
    entries += [(name, 1, 0xFFFFFFFE, 0) for name in streams]
    directory = b"".join(
        name.encode("utf-16-le").ljust(64, b"\0")
        + struct.pack(
            "<HBBIII36xIII",
            len(name) * 2 + 2,
            kind,
            1,
            0xFFFFFFFF,
            0xFFFFFFFF,
            1 if kind == 5 else 0xFFFFFFFF,
            first,
            length,
            0,
        )
        for name, kind, first, length in entries
    )
    return (
        header + struct.pack("<128I", *table, *[0xFFFFFFFF] * (128 - len(table))) + directory.ljust(512, b"\0") + stream
    )


def number(row: int, column: int, value: float, style: int = 0) -> bytes:
    return record(0x203, struct.pack("<HHHd", row, column, style, value))


def label(row: int, column: int, text: str) -> bytes:
    return record(0x204, struct.pack("<HHHHB", row, column, 0, len(text), 1) + text.encode("utf-16-le"))


def ods(tables: str) -> bytes:
    content = (
        '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
        f"{tables}</office:spreadsheet></office:body></office:document-content>"
    )
    mime = b"application/vnd.oasis.opendocument.spreadsheet"
    manifest = b'<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    return zipped({"mimetype": mime, "META-INF/manifest.xml": manifest, "content.xml": content.encode()})


def page(body: str, encoding: str = "utf-8") -> bytes:
    return f'<html><head><meta charset="{encoding}"><style>td {{}}</style></head><body>{body}</body></html>'.encode(
        encoding
    )


def spreadsheet(table: str, more: str = "") -> bytes:
    return (
        '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:x="urn:schemas-microsoft-com:office:excel" '
        'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Styles><Style ss:ID="p"><NumberFormat ss:Format="0%"/>'
        f'</Style></Styles><Worksheet ss:Name="表"><Table>{table}</Table>{more}</Worksheet></Workbook>'
    ).encode()
