"""A new workbook of text cells, written without a library: a table of a million cells takes seconds."""

import io
import re
import unicodedata
import zipfile
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from openpyxl.utils import get_column_letter

Row = Sequence[str]

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_ILLEGAL = re.compile("[^\\t\\n\\r\\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_UNNAMEABLE = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_CODED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_LONGEST_NAME, _NARROWEST, _WIDEST, _MEASURED = 31, 8, 48, 200

_STYLES = (
    f'{_XML}<styleSheet xmlns="{_MAIN}"><fonts count="1"><font><sz val="11"/><name val="宋体"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


@dataclass(frozen=True, slots=True)
class TextSheet:
    """A sheet to be written.

    Args:
        name: as its tab shows it; see sheet_names.
        rows: row i becomes spreadsheet row i + 1.
        merges: ranges like A1:C1.
        hidden_rows, hidden_columns: places from 0.
    """

    name: str
    rows: Sequence[Row]
    merges: tuple[str, ...] = ()
    is_hidden: bool = False
    hidden_rows: Collection[int] = field(default=frozenset())
    hidden_columns: Collection[int] = field(default=frozenset())


def sheet_names(wanted: Iterable[str]) -> list[str]:
    """Names as near to the wanted ones as a workbook allows: 31 characters, none twice, none of []:*?/\\."""
    taken: set[str] = set()
    names = []
    for text in wanted:
        base = _UNNAMEABLE.sub("_", legal(text)).strip("' ")[:_LONGEST_NAME] or "Sheet1"
        name, number = base, 2
        while name.casefold() in taken:
            ending = f"({number})"
            name, number = base[: _LONGEST_NAME - len(ending)] + ending, number + 1
        taken.add(name.casefold())
        names.append(name)
    return names


def legal(text: str) -> str:
    """Text without the characters that XML cannot hold."""
    return _ILLEGAL.sub("", text)


def escaped(text: str) -> str:
    """Text as it stands between the tags of a workbook's XML; _x0041_ stays what it is."""
    if "_x" in text:
        text = _CODED.sub("_x005F_", text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")


def write_workbook(sheets: Sequence[TextSheet]) -> bytes:
    """An xlsx file whose cells are all text, in the format for text: nothing in it is a formula, now or after an edit,
    and twelve digits stay twelve digits."""
    sink = io.BytesIO()
    numbers = range(1, len(sheets) + 1)
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
        archive.writestr("[Content_Types].xml", _content_types(numbers))
        archive.writestr("_rels/.rels", _relations([("officeDocument", "xl/workbook.xml")]))
        archive.writestr("xl/workbook.xml", _workbook(sheets))
        links = [*(("worksheet", f"worksheets/sheet{number}.xml") for number in numbers), ("styles", "styles.xml")]
        archive.writestr("xl/_rels/workbook.xml.rels", _relations(links))
        archive.writestr("xl/styles.xml", _STYLES)
        for number, sheet in zip(numbers, sheets, strict=True):
            with archive.open(f"xl/worksheets/sheet{number}.xml", "w") as part:
                for piece in _sheet(sheet):
                    part.write(piece.encode("utf-8"))
    return sink.getvalue()


def _content_types(numbers: Iterable[int]) -> str:
    parts = [
        ("/xl/workbook.xml", "sheet.main"),
        ("/xl/styles.xml", "styles"),
        *((f"/xl/worksheets/sheet{number}.xml", "worksheet") for number in numbers),
    ]
    overrides = "".join(f'<Override PartName="{part}" ContentType="{_KIND}.{kind}+xml"/>' for part, kind in parts)
    return (
        f'{_XML}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    )


def _relations(links: Iterable[tuple[str, str]]) -> str:
    elements = "".join(
        f'<Relationship Id="rId{number}" Type="{_LINKS}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(links, 1)
    )
    base = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'{_XML}<Relationships xmlns="{base}">{elements}</Relationships>'


def _workbook(sheets: Sequence[TextSheet]) -> str:
    shown = next((place for place, sheet in enumerate(sheets) if not sheet.is_hidden), len(sheets))
    elements = "".join(
        f'<sheet name="{escaped(sheet.name).replace(chr(34), "&quot;")}" sheetId="{number}"'
        f'{" state=" + chr(34) + "hidden" + chr(34) if sheet.is_hidden else ""} r:id="rId{number}"/>'
        for number, sheet in enumerate(sheets, 1)
    )
    return (
        f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}"><bookViews><workbookView activeTab="{shown}"/></bookViews>'
        f"<sheets>{elements}</sheets></workbook>"
    )


def _sheet(sheet: TextSheet) -> Iterator[str]:
    width = max(map(len, sheet.rows), default=0) or 1
    letters = [get_column_letter(place + 1) for place in range(width)]
    yield f'{_XML}<worksheet xmlns="{_MAIN}"><sheetFormatPr defaultRowHeight="15"/><cols>'
    for place, wide in enumerate(_widths(sheet.rows, width), 1):
        hidden = ' hidden="1"' if place - 1 in sheet.hidden_columns else ""
        yield f'<col min="{place}" max="{place}" width="{wide}" style="1" customWidth="1"{hidden}/>'
    yield "</cols><sheetData>"
    for number, row in enumerate(sheet.rows, 1):
        cells = "".join(
            f'<c r="{letter}{number}" s="1" t="str"><v>{escaped(text)}</v></c>'
            for letter, text in zip(letters, row, strict=False)
            if text
        )
        if cells or number - 1 in sheet.hidden_rows:
            hidden = ' hidden="1"' if number - 1 in sheet.hidden_rows else ""
            yield f'<row r="{number}"{hidden}>{legal(cells)}</row>'
    yield "</sheetData>"
    if sheet.merges:
        ranges = "".join(f'<mergeCell ref="{merge}"/>' for merge in sheet.merges)
        yield f'<mergeCells count="{len(sheet.merges)}">{ranges}</mergeCells>'
    if sheet.rows:
        everything = f"A1:{letters[-1]}{len(sheet.rows)}"
        yield f'<ignoredErrors><ignoredError sqref="{everything}" numberStoredAsText="1"/></ignoredErrors>'
    yield "</worksheet>"


def _widths(rows: Sequence[Row], width: int) -> list[int]:
    """Width of each column, by its longest text among the first rows; titles that span the table do not count."""
    widest = [0] * width
    for row in rows[:_MEASURED]:
        filled = sum(1 for text in row if text)
        for place, text in enumerate(row):
            if text and (filled > 1 or width == 1):
                widest[place] = max(widest[place], text_width(text))
    return [min(max(wide + 2, _NARROWEST), _WIDEST) for wide in widest]


def text_width(text: str) -> int:
    """Columns a text takes, a Chinese character counting two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
