"""Workbooks (xlsx, xls, ods) → a grid of text cells, by python-calamine, with hostile files bounded beforehand.

Calamine lays a sheet out densely, so two cells in opposite corners would ask for hundreds of gigabytes, and it unpacks
whatever the archive holds. Archives are therefore unpacked here first, measured, and handed over as measured.
"""

import datetime
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from decimal import Decimal

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetTypeEnum, load_workbook

from ecodash.ingest.decode import Refusal, is_ole
from ecodash.ingest.faults import FaultList, cut
from ecodash.ingest.sheet import HEADER_ROWS, MAX_CELL, MAX_COLUMNS, MAX_ROWS, Grid, HeaderScore, bounded

MAX_UNPACKED = 200 * 1024 * 1024
MAX_ENTRIES = 2_000
MAX_AREA = 20_000_000
"""Cells of one sheet's rectangle, empty ones included: about 0.6 GB in calamine."""

Value = int | float | str | bool | datetime.time | datetime.date | datetime.datetime | datetime.timedelta
Parts = dict[str, bytes]

_DAMAGED = Refusal("workbook_damaged", "工作簿已损坏或格式不受支持。请用 WPS 或 Excel 打开后另存为 xlsx 再上传。")
_LOCKED = Refusal("workbook_locked", "工作簿设有打开密码。请取消密码后重新上传。")
_PACKED = Refusal(
    "file_too_large", f"工作簿展开后超过 {MAX_UNPACKED // 1024 // 1024} MB。请只保留要上报的表，或拆成几个文件。"
)
_SPREAD = Refusal(
    "too_many_rows", "工作表的范围过大，可能在很远的行或列误填了内容。请把要上报的部分复制到新表，再重新上传。"
)

# Every pattern stops at the next "<" or after a bounded run: hostile XML must not make a search quadratic.
_XLSX_TOKEN = re.compile(rb"<(?:\w{1,20}:)?(row|c)\b([^<>]*)>")
_XLSX_CELL = re.compile(rb"<(?:\w{1,20}:)?c[\s/>]")
_XLSX_CELL_PLACED = re.compile(rb'<(?:\w{1,20}:)?c r="([A-Z]{1,6})([0-9]{1,9})"')
_XLSX_PLACE = re.compile(rb"""\br=["']([A-Za-z]*)([0-9]+)["']""")
_LITERAL = re.compile(r'"[^"]*"|\\.')
"""Text of a number format that is shown as it stands: 0"%" shows 98 as 98%."""
_XLSX_STYLE = re.compile(rb"""\bs=["']([0-9]+)["']""")
_ODS_TOKEN = re.compile(rb"<table:(table|table-row|table-cell|covered-table-cell)(?=[\s/>])([^<>]*)>")
_ODS_REPEAT = re.compile(rb"""number-(?:rows|columns)-repeated=["']([0-9]+)["']""")
_UNCOMPUTED = re.compile(rb"</(?:\w{1,20}:)?f>(?:<(?:\w{1,20}:)?v ?/>|<v></v>)?</(?:\w{1,20}:)?c>")


def read_workbook(data: bytes, score: HeaderScore, faults: FaultList) -> Grid | Refusal:
    """The sheet with a header, else the first that is not empty, as text cells.

    More than one sheet with a header is a fault: rows are never left out in silence. Other sheets that hold anything
    are named in a note.
    """
    kind, parts = "xls", Parts()
    if not is_ole(data):
        unpacked = unpack(data)
        if isinstance(unpacked, Refusal):
            return unpacked
        kind, parts = ("ods" if "content.xml" in unpacked else "xlsx"), unpacked
        if refusal := _check_parts(parts, kind):
            return refusal
        data = _repack(parts)
    try:
        with load_workbook(io.BytesIO(data)) as workbook:
            return _read_sheets(workbook, kind, parts, score, faults)
    except PasswordError:
        return _LOCKED
    except (CalamineError, ValueError, OSError, MemoryError):
        return _DAMAGED
    except BaseException as error:
        # A panic of the Rust reader arrives as pyo3's PanicException, which is no Exception and cannot be imported.
        if type(error).__name__ == "PanicException":
            return _DAMAGED
        raise


# ── archives ───────────────────────────────────────────────────────────────────────────────────────────────────────


def unpack(data: bytes) -> Parts | Refusal:
    """The XML parts of an archive, never more than 200 MB of them, whatever sizes its directory claims."""
    parts: Parts = {}
    left = MAX_UNPACKED
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [
                e for e in archive.infolist() if e.filename.endswith((".xml", ".rels")) or e.filename == "mimetype"
            ]
            if len(entries) > MAX_ENTRIES or sum(e.file_size for e in entries) > left:
                return _PACKED
            for entry in entries:
                if entry.flag_bits & 1:
                    return _LOCKED
                with archive.open(entry) as stream:
                    parts[entry.filename] = stream.read(left + 1)
                left -= len(parts[entry.filename])
                if left < 0:
                    return _PACKED
    except (zipfile.BadZipFile, zlib.error, ValueError, OSError, EOFError, NotImplementedError, RuntimeError, KeyError):
        return _DAMAGED
    return parts


def _repack(parts: Parts) -> bytes:
    """An archive of exactly the bytes that were measured, stored without compression."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return packed.getvalue()


def _check_parts(parts: Parts, kind: str) -> Refusal | None:
    if kind == "ods":
        places = _ods_places(parts["content.xml"])
        return _SPREAD if any(_is_spread(rows, columns) for rows, columns in places) else None
    if "xl/workbook.xml" not in parts:
        return _DAMAGED
    for name, content in parts.items():
        if name.startswith("xl/") and b"sheetData" in content:
            rows, columns = _xlsx_extent(content)
            if _is_spread(rows, columns):
                return _SPREAD
    return None


def _is_spread(rows: int, columns: int) -> bool:
    return rows > MAX_ROWS + HEADER_ROWS or columns > MAX_COLUMNS or rows * columns > MAX_AREA


def _xlsx_extent(content: bytes) -> tuple[int, int]:
    """Furthest row and column of a sheet's cells. Cells that are styled but empty do not count: calamine skips them,
    and WPS writes them to the end of the sheet."""
    placed = _XLSX_CELL_PLACED.findall(content)
    if placed and len(placed) == len(_XLSX_CELL.findall(content)):
        # The quick way, for files as Excel and WPS write them: good enough unless it seems too large.
        rows, columns = max(int(row) for _, row in placed), max(map(_column_number, {letters for letters, _ in placed}))
        if not _is_spread(rows, columns):
            return rows, columns
    row = column = rows = columns = 0
    for match in _XLSX_TOKEN.finditer(content):
        kind, attributes = match.groups()
        place = _XLSX_PLACE.search(attributes)
        if kind == b"row":
            row, column = (int(place[2][:9]) if place else row + 1), 0
            continue
        column = _column_number(place[1]) if place and place[1] else column + 1
        if not attributes.endswith(b"/"):
            rows, columns = max(rows, row, int(place[2][:9]) if place else 0), max(columns, column)
    return rows, columns


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters[:6].upper():
        number = number * 26 + letter - 64
    return number


def _ods_places(content: bytes) -> Iterator[tuple[int, int]]:
    """Row and column of each cell that is not empty, repetitions unrolled."""
    row = row_repeat = column = 0
    for match in _ODS_TOKEN.finditer(content):
        kind, attributes = match.groups()
        found = _ODS_REPEAT.search(attributes)
        repeat = int(found[1][:9]) if found else 1
        if kind == b"table":
            row = row_repeat = column = 0
        elif kind == b"table-row":
            row, row_repeat, column = row + row_repeat, repeat, 0
        else:
            column += repeat
            if not attributes.endswith(b"/"):
                yield row + row_repeat, column


# ── sheets ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _read_sheets(
    workbook: CalamineWorkbook, kind: str, parts: Parts, score: HeaderScore, faults: FaultList
) -> Grid | Refusal:
    chosen: CalamineSheet | None = None
    filled: list[str] = []
    headed: list[str] = []
    for name in [s.name for s in workbook.sheets_metadata if s.typ is SheetTypeEnum.WorkSheet]:
        sheet = workbook.get_sheet_by_name(name)
        if sheet.end is None:
            continue
        if _is_spread(sheet.end[0] + 1, sheet.end[1] + 1):
            return _SPREAD
        filled.append(name)
        top = [[cell_text(value) for value in row] for row in sheet.to_python(skip_empty_area=False, nrows=HEADER_ROWS)]
        if any(score(row) for row in top):
            headed.append(name)
        if chosen is None or headed == [name]:
            chosen = sheet
    if chosen is None:
        return Refusal("nothing_to_read", "工作簿里没有内容。请核对后重新上传。")
    if len(headed) > 1:
        names = "、".join(f"“{cut(name)}”" for name in headed[:10])
        hint = f"有 {len(headed)} 个工作表都像上报表：{names}。只读了第一个；请合并成一个表，或分成几个文件上传。"
        faults.add("sheets_many", hint)
    others = [name for name in filled if name != chosen.name]
    notes = (f"没有读取的工作表：{'、'.join(cut(name) for name in others[:20])}。",) if others else ()
    values = chosen.to_python(skip_empty_area=False)
    rows = [[cell_text(value) for value in row] for row in values]
    content = _sheet_part(parts, chosen.name) if kind == "xlsx" else b""
    if content:
        _show_percents(rows, values, parts, content)
        if _UNCOMPUTED.search(content):
            hint = (
                "表中有公式没有保存计算结果，读出来是空的。请用 WPS 或 Excel 打开、保存后重新上传，或把公式改为数值。"
            )
            faults.add("formula_uncomputed", hint)
    return bounded(Grid(kind, chosen.name, rows, notes))


def cell_text(value: Value) -> str:
    """A cell's value as its text.

    Numbers show at most 15 significant digits, as spreadsheets do: 360521105001.0 → "360521105001" and a formula's
    0.30000000000000004 → "0.3". Dates are YYYY-MM-DD.
    """
    if isinstance(value, str):
        return value[: MAX_CELL + 1].strip()
    if isinstance(value, float):
        if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        text = f"{value:.15g}"
        return f"{Decimal(text):f}" if "e" in text else text
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time.min else value.isoformat(" ")
    return str(value)


def _sheet_part(parts: Parts, name: str) -> bytes:
    """The XML of a sheet, found by its place in the workbook; empty where it cannot be told."""
    relations = {
        match["id"]: match["target"]
        for element in re.findall(
            rb"<(?:\w{1,20}:)?Relationship\b[^<>]{0,2000}>", parts.get("xl/_rels/workbook.xml.rels", b"")
        )
        if (match := _attributes(element, "Id", "Target"))
    }
    for element in re.findall(rb"<(?:\w{1,20}:)?sheet\b[^<>]{0,2000}>", parts["xl/workbook.xml"]):
        match = _attributes(element, "name", "r:id")
        if match and _unescape(match["id"]) == name:
            target = relations.get(match["target"], "")
            return parts.get(target.lstrip("/") if target.startswith("/") else f"xl/{target}", b"")
    return b""


def _attributes(element: bytes, first: str, second: str) -> dict[str, str] | None:
    text = element.decode("utf-8", "replace")
    found = [re.search(rf"""\s{name}=(["'])(.*?)\1""", text) for name in (first, second)]
    return {"id": found[0][2], "target": found[1][2]} if found[0] and found[1] else None


def _unescape(text: str) -> str:
    for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        text = text.replace(entity, character)
    return text


def _show_percents(rows: list[list[str]], values: list[list[Value]], parts: Parts, content: bytes) -> None:
    """Write numbers that the sheet shows as percentages the way they are shown: 0.98 → "98%".

    Without this a cell that says 98% on the screen would be read as 0.98 of a percent.
    """
    styles = _percent_styles(parts.get("xl/styles.xml", b""))
    if not styles:
        return
    for match in _XLSX_TOKEN.finditer(content):
        if match[1] == b"row":
            continue
        style, place = _XLSX_STYLE.search(match[2]), _XLSX_PLACE.search(match[2])
        if not (style and place and int(style[1][:9]) in styles):
            continue
        row, column = int(place[2][:9]) - 1, _column_number(place[1]) - 1
        if row < len(values) and column < len(values[row]):
            value = values[row][column]
            if isinstance(value, float):
                rows[row][column] = f"{(Decimal(cell_text(value)) * 100).normalize():f}%"


def _percent_styles(styles: bytes) -> set[int]:
    """Cell formats, by number, that show a percentage."""
    formats = {9, 10}
    for element in re.findall(rb"<(?:\w{1,20}:)?numFmt\b[^<>]{0,2000}>", styles):
        match = _attributes(element, "numFmtId", "formatCode")
        if match and match["id"].isdigit() and "%" in _LITERAL.sub("", _unescape(match["target"])):
            formats.add(int(match["id"]))
    block = styles.partition(b"cellXfs")[2].partition(b"cellXfs")[0]
    elements = re.findall(rb"<(?:\w{1,20}:)?xf\b[^<>]{0,2000}>", block)
    found = [(m[1] if (m := re.search(rb"""numFmtId=["']([0-9]+)""", element)) else b"0") for element in elements]
    return {index for index, number in enumerate(found) if int(number[:9]) in formats}
