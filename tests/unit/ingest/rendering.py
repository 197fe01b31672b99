"""Tables of cells written as people write them: in every layout, number style and kind of file that is read."""

import csv
import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape

import openpyxl

Cells = dict[tuple[int, str, int], Decimal]
Rows = list[list[str]]

TOWNS = {500230101: "虎威镇", 500230102: "社坛镇"}
VILLAGES = {
    500230101001: "大池社区",
    500230101201: "荷花村",
    500230101202: "同心村",
    500230102201: "平安村",
    500230102203: "社坛村",
}
NAMES = {
    "garbage_cleared": "清理生活垃圾",
    "bins": "垃圾箱",
    "funds_invested": "投入资金",
    "sanitary_toilet_rate": "无害化卫生户厕覆盖率",
}
UNITS = {"garbage_cleared": "吨", "bins": "个", "funds_invested": "万元", "sanitary_toilet_rate": "%"}
OTHER_UNITS = {"garbage_cleared": ("公斤", 1000), "funds_invested": ("元", 10_000)}
FULL_WIDTH = str.maketrans("0123456789.,", "０１２３４５６７８９．，")

Style = Callable[[Decimal, str], str]


def plain(value: Decimal, unit: str) -> str:
    return f"{value:f}"


def grouped(value: Decimal, unit: str) -> str:
    return f"{value:,f}"


def full_width(value: Decimal, unit: str) -> str:
    return f"{value:f}".translate(FULL_WIDTH)


def with_unit(value: Decimal, unit: str) -> str:
    return f"{value:f}{unit}"


def as_text(value: Decimal, unit: str) -> str:
    return f"'{value:f}"


def spaced(value: Decimal, unit: str) -> str:
    return f" {value:f}　"


STYLES: tuple[Style, ...] = (plain, grouped, full_width, with_unit, as_text, spaced)


@dataclass(frozen=True)
class Writing:
    """How a table's words and numbers are written.

    Args:
        styles: taken in turn, cell by cell.
        is_converted: whether columns that can be are written in a smaller unit.
        has_units: whether headers name the unit.
        missing: what stands where nothing is reported.
        is_by_code: whether regions are written as codes, where the layout leaves that open.
        is_decorated: whether there is a title above and a signature below.
    """

    styles: Sequence[Style] = (plain,)
    is_converted: bool = False
    has_units: bool = True
    missing: str = ""
    is_by_code: bool = False
    is_decorated: bool = False

    def unit(self, code: str) -> tuple[str, int]:
        return OTHER_UNITS[code] if self.is_converted and code in OTHER_UNITS else (UNITS[code], 1)

    def header(self, code: str) -> str:
        return f"{NAMES[code]}（{self.unit(code)[0]}）" if self.has_units or self.is_converted else NAMES[code]

    def number(self, cells: Cells, region: int, code: str, period: int, turn: int) -> str:
        value = cells.get((region, code, period))
        if value is None:
            return self.missing
        unit, factor = self.unit(code)
        return self.styles[turn % len(self.styles)](value * factor, unit)


@dataclass(frozen=True)
class Table:
    """One table as a sheet or a file of its own.

    Args:
        name: of the sheet or file.
        merges: merged ranges as a spreadsheet names them; only workbooks and pages keep them.
    """

    name: str
    rows: Rows
    merges: tuple[str, ...] = ()


def regions_in(cells: Cells) -> list[int]:
    return sorted({region for region, _, _ in cells})


def codes_in(cells: Cells) -> list[str]:
    return [code for code in NAMES if any(code == one for _, one, _ in cells)]


def periods_in(cells: Cells) -> list[int]:
    return sorted({period for _, _, period in cells})


def named(region: int) -> list[str]:
    return [TOWNS[region // 1000], VILLAGES[region]]


def month_name(period: int) -> str:
    return f"{period // 100}年{period % 100}月"


def decorated(rows: Rows, title: str, how: Writing) -> Rows:
    if not how.is_decorated:
        return rows
    return [[title], ["填报单位：人居办"], *rows, [], ["填报人：张某", "审核人：李某"]]


# ── layouts ────────────────────────────────────────────────────────────────────────────────────────────────────────


def wide(cells: Cells, how: Writing) -> list[Table]:
    """A row for each region and month, a column for each indicator."""
    codes = codes_in(cells)
    head = ["区划代码"] if how.is_by_code else ["乡镇", "村"]
    rows = [[*head, "月份", *(how.header(code) for code in codes)]]
    for place, (region, period) in enumerate(sorted({(region, period) for region, _, period in cells})):
        where = [str(region)] if how.is_by_code else named(region)
        numbers = (how.number(cells, region, code, period, place + turn) for turn, code in enumerate(codes))
        rows.append([*where, month_name(period), *numbers])
    return [Table("上报", decorated(rows, "丰都县农村人居环境整治情况", how))]


def long(cells: Cells, how: Writing) -> list[Table]:
    """A row for each cell."""
    rows = [["区划代码", "指标", "期间", "数值"]]
    for turn, (region, code, period) in enumerate(sorted(cells)):
        indicator = how.header(code) if how.is_converted else NAMES[code]
        rows.append([str(region), indicator, f"{period}", how.number(cells, region, code, period, turn)])
    return [Table("上报", rows)]


def month_columns(cells: Cells, how: Writing) -> list[Table]:
    """Months across, for the one indicator that the title names."""
    (code,) = codes_in(cells)
    periods = periods_in(cells)
    rows = [["乡镇", "村", *(month_name(period) for period in periods)]]
    for place, region in enumerate(regions_in(cells)):
        numbers = (how.number(cells, region, code, period, place + turn) for turn, period in enumerate(periods))
        rows.append([*named(region), *numbers])
    return [Table("Sheet1", [[f"各村{NAMES[code]}情况（单位：{how.unit(code)[0]}）"], *rows])]


def two_header_rows(cells: Cells, how: Writing) -> list[Table]:
    """Indicators with the months of each below it."""
    codes, periods = codes_in(cells), periods_in(cells)
    top, below = ["乡镇", "村"], ["", ""]
    for code in codes:
        top += [how.header(code), *[""] * (len(periods) - 1)]
        below += [month_name(period) for period in periods]
    rows = [top, below]
    for place, region in enumerate(regions_in(cells)):
        pairs = [(code, period) for code in codes for period in periods]
        rows.append(
            [*named(region), *(how.number(cells, region, *pair, place + turn) for turn, pair in enumerate(pairs))]
        )
    return [Table("Sheet1", decorated(rows, "丰都县农村人居环境整治情况", how))]


def three_header_rows(cells: Cells, how: Writing) -> list[Table]:
    """Category, indicator and unit above each column, for one month."""
    codes, (period,) = codes_in(cells), periods_in(cells)
    top = ["乡镇", "村", "农村人居环境整治", *[""] * (len(codes) - 1)]
    rows = [top, ["", "", *(NAMES[code] for code in codes)], ["", "", *(how.unit(code)[0] for code in codes)]]
    for place, region in enumerate(regions_in(cells)):
        numbers = (how.number(cells, region, code, period, place + turn) for turn, code in enumerate(codes))
        rows.append([*named(region), *numbers])
    return [Table("Sheet1", [[f"丰都县{month_name(period)}情况"], *rows])]


def turned(cells: Cells, how: Writing) -> list[Table]:
    """Regions across, an indicator in each row, for one month."""
    codes, (period,), regions = codes_in(cells), periods_in(cells), regions_in(cells)
    rows = [["指标", *("".join(named(region)) for region in regions)]]
    for place, code in enumerate(codes):
        numbers = (how.number(cells, region, code, period, place + turn) for turn, region in enumerate(regions))
        rows.append([how.header(code), *numbers])
    return [Table("Sheet1", [[f"丰都县{month_name(period)}情况"], *rows])]


def town_tables(cells: Cells, how: Writing) -> list[Table]:
    """A table for each town, which only the sheet's or file's name says, for one month."""
    codes, (period,) = codes_in(cells), periods_in(cells)
    tables = []
    for town, name in TOWNS.items():
        rows = [["村", *(how.header(code) for code in codes)]]
        for place, region in enumerate(one for one in regions_in(cells) if one // 1000 == town):
            numbers = (how.number(cells, region, code, period, place + turn) for turn, code in enumerate(codes))
            rows.append([VILLAGES[region], *numbers])
        if len(rows) > 1:
            tables.append(Table(name, decorated(rows, month_name(period), how)))
    return tables


def sections(cells: Cells, how: Writing) -> list[Table]:
    """A line with the town's name above its villages, for one month; totals below each town and below all."""
    codes, (period,) = codes_in(cells), periods_in(cells)
    summed = {code: Decimal(0) for code in codes}
    rows = [["村", *(how.header(code) for code in codes)]]
    for town, name in TOWNS.items():
        inside = [region for region in regions_in(cells) if region // 1000 == town]
        if not inside:
            continue
        rows.append([name])
        for place, region in enumerate(inside):
            numbers = (how.number(cells, region, code, period, place + turn) for turn, code in enumerate(codes))
            rows.append([VILLAGES[region], *numbers])
        found = {code: sum((cells.get((r, code, period), Decimal(0)) for r in inside), Decimal(0)) for code in codes}
        summed = {code: summed[code] + found[code] for code in codes}
        rows.append(["小计", *totals(found, how)])
    rows.append(["合计", *totals(summed, how)])
    return [Table("Sheet1", [[f"丰都县{month_name(period)}情况"], *rows])]


def totals(sums: Mapping[str, Decimal], how: Writing) -> list[str]:
    return ["" if code == "sanitary_toilet_rate" else f"{value * how.unit(code)[1]:f}" for code, value in sums.items()]


Layout = Callable[[Cells, Writing], list[Table]]
ONE_MONTH: tuple[Layout, ...] = (three_header_rows, turned, town_tables, sections)
LAYOUTS: tuple[Layout, ...] = (wide, long, month_columns, two_header_rows, *ONE_MONTH)


# ── files ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def text_file(rows: Rows, encoding: str, delimiter: str, line_end: str) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator=line_end).writerows(rows)
    return out.getvalue().encode(encoding)


def xlsx_file(tables: list[Table], *, is_numeric: bool) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for table in tables:
        page = book.create_sheet(table.name)
        for row in table.rows:
            page.append([_number(text) if is_numeric else text for text in row])
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def _number(text: str) -> float | str | None:
    if text.replace(".", "", 1).isdecimal() and text.isascii():
        return float(text)
    return text or None


def page_file(table: Table, encoding: str) -> bytes:
    rows = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>\n" for row in table.rows)
    return f'<html><head><meta charset="{encoding}"></head><table>{rows}</table></html>'.encode(encoding)


def ods_file(tables: list[Table]) -> bytes:
    def cell(text: str) -> str:
        return f'<table:table-cell office:value-type="string"><text:p>{escape(text)}</text:p></table:table-cell>'

    def sheet(table: Table) -> str:
        rows = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in table.rows)
        return f'<table:table table:name="{table.name}">{rows}</table:table>'

    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces}><office:body><office:spreadsheet>'
        f"{''.join(map(sheet, tables))}</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    return zip_file(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": manifest.encode(),
            "content.xml": content.encode(),
        }
    )


def zip_file(members: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()
