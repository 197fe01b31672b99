"""A snapshot as a workbook: a sheet that explains, and one for each table the pages show.

The same snapshot gives the same bytes: nothing in it depends on the clock.
"""

import io
import math
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Sequence
from copy import copy

from openpyxl import Workbook
from openpyxl.cell import Cell as WrittenCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.styles.cell_style import StyleArray
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from ecodash.domain.periods import CARRY_MONTHS
from ecodash.i18n import CHINESE, speaking
from ecodash.reports.frozen import FrozenPack
from ecodash.reports.numbers import show_time
from ecodash.reports.snapshot_columns import Cell
from ecodash.reports.snapshot_contents import SheetContent, page_sheets, partial_words
from ecodash.reports.snapshot_sheets import LEFT_OUT
from ecodash.reports.tables import safe_text
from ecodash.reports.take_stamp import Stamp
from ecodash.reports.xlsx_text import legal, sheet_names

EXPLANATION = "说明"
HEADER_ROW = 5
"""Above it: title, place with month and as-of, how to read the table, and where the file comes from."""

_GREY, _SHADE, _WARNING = "00595959", "00EAF2EE", "00FFF3C4"
_WIDEST, _NARROWEST, _FOLDED, _WORDS_WIDTH = 44, 8, 28, 76
_PORTRAIT = 105
"""Columns of letters that A4 upright still shows legibly."""

_LINE_HEIGHT, _HIGHEST = 15.0, 400.0
_LONGEST_CELL = 32_000
_Looks = dict[tuple[bool, bool, int | None], StyleArray]
"""Styles by what a cell holds: text or not, long or not, digits. Made anew for each cell they would take most of the time."""

_FIXED_TIME = (2020, 1, 1, 0, 0, 0)
_CLOCK = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
_TURNING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C, 0xFEFF])


def snapshot_xlsx(pack: FrozenPack, stamp: Stamp) -> bytes:
    """The workbook of a snapshot, in Chinese whoever asks for it.

    Figures are the frozen numbers, shown with the digits of the page; what is missing is an empty cell, and a column
    beside it says 未上报 or 不适用. Tables that several pages show alike stand once. No text is run as a formula.
    """
    with speaking(CHINESE):
        found: dict[SheetContent, list[str]] = {}
        for page in pack.pages:
            for content in page_sheets(page):
                found.setdefault(content, []).append(str(page.meta["page_label"]))
        contents = list(found)
        names = sheet_names([EXPLANATION, *(_plain(one.tab) for one in contents)])
        book = Workbook()
        front = book.active
        front.title = EXPLANATION
        _explain(front, pack, stamp, list(zip(names[1:], contents, found.values(), strict=True)))
        for name, content in zip(names[1:], contents, strict=True):
            _fill(book.create_sheet(name), content, stamp, is_demo=bool(pack.meta.get("is_demo")))
        book.properties.title = _plain(stamp.title)[:200]
        book.properties.creator = "EcoDash"
        return _saved(book)


# ── the sheet that explains ────────────────────────────────────────────────────────────────────────────────────────


def _explain(
    sheet: Worksheet, pack: FrozenPack, stamp: Stamp, contents: Sequence[tuple[str, SheetContent, list[str]]]
) -> None:
    _text(sheet, 1, 1, stamp.title).font = Font(bold=True, size=16)
    row = 2
    if pack.meta.get("is_demo"):
        cell = _text(sheet, row, 1, "演示数据：本表含演示用的虚构数字，不是真实上报，不得用于通报和考核。")
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor=_WARNING)
        row += 1
    for label, words in _facts(pack, stamp):
        row += 1
        _text(sheet, row, 1, label).font = Font(bold=True)
        cell = _text(sheet, row, 2, words)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        _stand(sheet, row, _lines(words, _WORDS_WIDTH))
        sheet.cell(row, 1).alignment = Alignment(vertical="top")
        if label == "链接" and stamp.address.startswith(("http://", "https://")):
            cell.hyperlink = stamp.address
    row += 2
    for place, heading in enumerate(("工作表", "内容", "见于页面", "行数"), 1):
        _head(_text(sheet, row, place, heading))
    for name, content, pages in contents:
        row += 1
        link = _text(sheet, row, 1, name)
        link.hyperlink, link.font = Hyperlink("", location=_place_of(name)), Font(underline="single")
        _text(sheet, row, 2, f"{content.title}（{content.place}）").alignment = Alignment(wrap_text=True)
        _text(sheet, row, 3, "、".join(dict.fromkeys(pages)))
        sheet.cell(row, 4, len(content.rows)).number_format = "#,##0"
    for place, wide in enumerate((_FOLDED, _WORDS_WIDTH, 22, 8), 1):
        sheet.column_dimensions[get_column_letter(place)].width = wide
    _page_setup(sheet, stamp)


def _place_of(name: str) -> str:
    """The first cell of a sheet, as a link within the workbook names it."""
    quoted = name.replace("'", "''")
    return f"'{quoted}'!A1"


def _facts(pack: FrozenPack, stamp: Stamp) -> Iterable[tuple[str, str]]:
    """What one has to know of the workbook, by label."""
    meta, metas = pack.meta, [page.meta for page in pack.pages]
    if meta.get("note"):
        yield "备注", str(meta["note"])
    yield "地区", "、".join(dict.fromkeys(" › ".join(one["region_path"]) or one["region_name"] for one in metas))
    yield "月份", "、".join(dict.fromkeys(one["month_label"] for one in metas))
    if partial := "".join(dict.fromkeys(partial_words(one) for one in metas)):
        yield "范围", partial
    yield "数据截至", stamp.as_of
    if stamp.address:
        yield "链接", stamp.address
    yield "快照编号", str(stamp.number)
    if meta.get("created_at"):
        yield "生成", f"{show_time(meta['created_at'])}（北京时间），{meta['actor']}"
    yield "SHA-256", f"{stamp.sha256}（快照内容的校验码，与链接页面页脚上的相同即为同一份内容）"
    yield (
        "空格",
        "空格是没有数，不是 0。“未上报”：没有收到上报；“不适用”：有上报而无法得出数值。均不计入汇总，不参加排名。",
    )
    yield "沿用", f"存量和比率当月未报的，沿用此前最近一次上报值，最多 {CARRY_MONTHS} 个月；当月完成量不沿用。"
    yield (
        "数字",
        "数字固定不变：此后的更正不会改动本表，请打开链接查看此后的变化。单元格里是未取整的数，按页面的位数显示。",
    )
    yield "版本", f"EcoDash {meta['software']}"
    if any(name in page.tables for page in pack.pages for name in LEFT_OUT):
        yield "未列入", "地图上各区域的位置和边界只用于画图，不列入本表。"


# ── a table ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _fill(sheet: Worksheet, content: SheetContent, stamp: Stamp, *, is_demo: bool) -> None:
    _text(sheet, 1, 1, content.title).font = Font(bold=True, size=14)
    _text(sheet, 2, 1, f"{content.place} · {stamp.as_of}" + (" · 演示数据" if is_demo else ""))
    _text(sheet, 3, 1, f"{content.note}空格是没有数，不是 0。")
    _text(sheet, 4, 1, " · ".join(part for part in (stamp.seal, stamp.address) if part))
    for row in (2, 3, 4):
        sheet.cell(row, 1).font = Font(color=_GREY)
    whole, looks = 0, _Looks()
    for place, heading in enumerate(content.headings, 1):
        column = [cells[place - 1] for cells in content.rows]
        is_number = any(isinstance(cell, int | float) for cell in column)
        _head(_text(sheet, HEADER_ROW, place, heading.text), is_number=is_number)
        # A long heading goes into a second line rather than widening a column of short figures.
        widest = max([min(_width(heading.text), 14), *(_width(_shown(cell)) for cell in column)])
        wide = min(max(widest + 3, _NARROWEST), _WIDEST)
        sheet.column_dimensions[get_column_letter(place)].width = wide
        whole += wide
    for line, cells in enumerate(content.rows):
        for place, value in enumerate(cells):
            if value is not None:
                digits = content.headings[place].digits[line]
                _write(sheet, HEADER_ROW + 1 + line, place + 1, value, digits, looks)
        _stand(sheet, HEADER_ROW + 1 + line, max(_lines(cell, _WIDEST) for cell in cells))
    _stand(sheet, HEADER_ROW, 2)
    sheet.freeze_panes = f"A{HEADER_ROW + 1}"
    sheet.print_title_rows = f"{HEADER_ROW}:{HEADER_ROW}"
    sheet.auto_filter.ref = f"A{HEADER_ROW}:{get_column_letter(len(content.headings))}{HEADER_ROW + len(content.rows)}"
    _page_setup(sheet, stamp, is_wide=whole > _PORTRAIT)


def _write(sheet: Worksheet, row: int, place: int, value: Cell, digits: int | None, looks: _Looks) -> None:
    words = value if isinstance(value, str) else ""
    is_text, is_long = words != "", _lines(words, _WIDEST) > 1
    cell = _text(sheet, row, place, words) if is_text else sheet.cell(row, place, value)
    look = looks.get((is_text, is_long, digits))
    if look is not None:
        cell._style = copy(look)
        return
    if is_text:
        cell.alignment = Alignment(horizontal="left", indent=1, vertical="top", wrap_text=is_long)
    else:
        cell.alignment = Alignment(vertical="top")
        if digits is not None:
            cell.number_format = "#,##0" + ("." + "0" * digits if digits else "")
    looks[is_text, is_long, digits] = cell._style


def _text(sheet: Worksheet, row: int, place: int, words: str) -> WrittenCell:
    """A cell of text; what a spreadsheet would run as a formula is led by an apostrophe."""
    cell: WrittenCell = sheet.cell(row, place)
    cell.value = safe_text(_plain(words))[:_LONGEST_CELL]
    # Whatever openpyxl makes of the text: it is one.
    cell.data_type = "s"
    return cell


def _stand(sheet: Worksheet, row: int, lines: int) -> None:
    """Makes a row as high as its lines: not every program does so by itself."""
    if lines > 1:
        sheet.row_dimensions[row].height = min(lines * _LINE_HEIGHT, _HIGHEST)


def _lines(cell: Cell, wide: int) -> int:
    """Lines a cell takes in a column so wide."""
    words = cell if isinstance(cell, str) else ""
    return sum(max(math.ceil(_width(part) / (wide - 2)), 1) for part in words.split("\n"))


def _plain(words: str) -> str:
    """Text that a file may hold and that reads in one direction."""
    return legal(words).translate(_TURNING)


def _head(cell: WrittenCell, *, is_number: bool = False) -> None:
    cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor=_SHADE)
    cell.alignment = Alignment(
        horizontal="right" if is_number else "left", indent=0 if is_number else 1, wrap_text=True, vertical="center"
    )


def _shown(value: Cell) -> str:
    return "" if value is None else value if isinstance(value, str) else f"{value:,.2f}".removesuffix(".00")


def _width(text: str) -> int:
    """Columns a text takes, a Chinese character counting two."""
    lines = text.split("\n")
    return max(sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in line) for line in lines)


def _page_setup(sheet: Worksheet, stamp: Stamp, *, is_wide: bool = True) -> None:
    """A4, as wide as the table, and at the foot of each sheet of paper what it is."""
    sheet.page_setup.paperSize, sheet.page_setup.orientation = 9, "landscape" if is_wide else "portrait"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    # In a foot & begins a code; the file allows no more than 255 characters of it.
    left = f"{stamp.as_of} · {stamp.seal}".replace("&", "&&")
    sheet.oddFooter.left.text = _plain(left)[:120]
    sheet.oddFooter.right.text = "&P / &N"


# ── bytes ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _saved(book: Workbook) -> bytes:
    """The file without the times openpyxl stamps into the archive's entries and properties."""
    saved, fixed = io.BytesIO(), io.BytesIO()
    book.save(saved)
    with zipfile.ZipFile(saved) as source, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename == "docProps/core.xml":
                content = _CLOCK.sub(rb"\g<1>2020-01-01T00:00:00Z", content)
            target.writestr(zipfile.ZipInfo(entry.filename, _FIXED_TIME), content, zipfile.ZIP_DEFLATED)
    return fixed.getvalue()
