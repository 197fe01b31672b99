"""上报模板: a workbook to be filled in for one place and month, which uploads clean as soon as it is filled."""

import io
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.styles.cell_style import StyleArray
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from ecodash.domain.indicators import Indicator
from ecodash.domain.periods import CARRY_MONTHS, Month
from ecodash.reports.xlsx_package import Package
from ecodash.reports.xlsx_text import legal, text_width

SHEET, INSTRUCTIONS = "填报", "填写说明"
LAST_MONTH = "上月："
"""Begins the header of a column of last month's figures; a reader leaves such columns out."""

_FIXED = (("序号", 6), ("区划代码", 15), ("乡镇", 13), ("村", 17))
_HEADER = 3
_FIRST = _HEADER + 1
_GREY, _INPUT, _HEAD, _HEAD_GREY = "FFF2F2F2", "FFFFFBE0", "FFD9EAE3", "FFE6E6E6"
_INK, _SOFT = "FF000000", "FF7A7A7A"
_FACE = "微软雅黑"
_PAGE_WIDTH = 100
_LONGEST_TITLE, _LONGEST_LIST, _LONGEST_PROMPT = 32, 255, 255

_EDGE = Side(style="thin", color="FFBFBFBF")
_BORDER = Border(left=_EDGE, right=_EDGE, top=_EDGE, bottom=_EDGE)

_Look = dict[tuple[bool, str, str, str, str], StyleArray]
"""Styles of cells by their looks."""

_RULES = (
    "空白表示未上报，不等于零；当月没有发生的，请填 0。",
    "只在浅黄色的格子里填数，不写单位，不写“约”“余”等字；单位见表头。",
    "百分数只填数字：98% 填 98，不要输入百分号。",
    "有等级的指标请从下拉列表里选择名称。",
    "月份写在表格第一行的标题里，填报其他月份请重新下载模板，不要改标题。",
    "区划代码、乡镇、村和表头不要改动；不要插入、删除列，不要合并单元格；不报的村留空即可，不必删行。",
    "灰色的“上月”列是上月已上报的数，只供对照，上传时不读取；空白表示上月未上报。",
    "从别处粘贴数字时请用“选择性粘贴—数值”，以免冲掉格子的格式和校验。",
    "填好后保存，在“数据上报”页选择本文件上传；有问题的格子会逐条列出，也可以下载批注表对照改正。",
)


@dataclass(frozen=True, slots=True)
class TemplateRow:
    """A village to be reported for: its 12-digit code, the name of its town, its own."""

    region_code: str
    town: str
    village: str


@dataclass(frozen=True, slots=True)
class TemplateSheet:
    """What a template holds.

    Args:
        place: name of the place that reports, as the title writes it (石潭镇).
        month: the month reported.
        due: until when, as people say it (2026年11月5日).
        rows: the villages in their order.
        indicators: what is to be filled in, in the order of columns.
        last: figures of the month before by (region code, indicator code); what was not reported is not there.
        last_month: the month they are of; None where no such columns are wanted.
        made_at: when the template was made, as people write it.
        software: name and version of the program.
    """

    place: str
    month: Month
    due: str
    rows: Sequence[TemplateRow]
    indicators: Sequence[Indicator]
    last: Mapping[tuple[str, str], Decimal] = field(default_factory=dict)
    last_month: Month | None = None
    made_at: str = ""
    software: str = "EcoDash"

    @property
    def title(self) -> str:
        """The first line, which names the month for the reader."""
        return f"{self.place}{self.month.label}农村人居环境整治填报表"


@dataclass(frozen=True, slots=True)
class _Column:
    """An indicator's column of the sheet, counted from 1, and that of its last figure; 0 where there is none."""

    indicator: Indicator
    place: int
    last_place: int


def render_upload_template(sheet: TemplateSheet) -> bytes:
    """A template as an xlsx file: a sheet to be filled in and a sheet of instructions.

    The sheet is not locked: locking stops people from widening a column or sorting, and WPS offers no way out without
    a password dialog. Cells that are to be left alone are grey instead; cells to be filled in are yellow, take numbers
    in the indicator's range only, and say so.
    """
    columns = _columns(sheet)
    book = Workbook()
    form = book.active
    form.title = SHEET
    _write_form(form, sheet, columns)
    _write_instructions(book.create_sheet(INSTRUCTIONS), sheet)
    book.properties.creator = sheet.software
    book.properties.title = sheet.title
    sink = io.BytesIO()
    book.save(sink)
    return _without_warnings(sink.getvalue(), len(sheet.rows))


def header(indicator: Indicator) -> str:
    """An indicator's column title: 清理生活垃圾（吨）."""
    return f"{indicator.name}（{indicator.unit}）" if indicator.unit else indicator.name


def _columns(sheet: TemplateSheet) -> list[_Column]:
    step = 2 if sheet.last_month else 1
    first = len(_FIXED) + 1
    return [
        _Column(indicator, first + step * place, first + step * place + 1 if sheet.last_month else 0)
        for place, indicator in enumerate(sheet.indicators)
    ]


# ── the form ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _write_form(form: Worksheet, sheet: TemplateSheet, columns: Sequence[_Column]) -> None:
    width = max([len(_FIXED), *(max(column.place, column.last_place) for column in columns)])
    look: _Look = {}
    _write_top(form, sheet, width)
    for place, (name, wide) in enumerate(_FIXED, 1):
        _style(_text(form, _HEADER, place, name), look, bold=True, fill=_HEAD)
        form.column_dimensions[get_column_letter(place)].width = wide
    for column in columns:
        _head(form, look, column.place, header(column.indicator), _HEAD)
        if column.last_place:
            _head(form, look, column.last_place, f"{LAST_MONTH}{header(column.indicator)}", _HEAD_GREY)
    form.row_dimensions[_HEADER].height = 48
    for place, row in enumerate(sheet.rows, _FIRST):
        _write_row(form, look, place, row, sheet.last, columns)
    last = _HEADER + len(sheet.rows)
    if sheet.rows:
        for column in columns:
            form.add_data_validation(_validation(column, last))
    form.freeze_panes = form.cell(_FIRST, len(_FIXED) + 1)
    form.print_title_rows = f"{_HEADER}:{_HEADER}"
    form.print_title_cols = f"A:{get_column_letter(len(_FIXED))}"
    form.print_area = f"A1:{get_column_letter(width)}{last}"
    _set_page(form, is_fitted=width <= 24)


def _write_top(form: Worksheet, sheet: TemplateSheet, width: int) -> None:
    title = _text(form, 1, 1, sheet.title)
    title.font = Font(name=_FACE, size=16, bold=True)
    due = f"截止日期：{sheet.due}。" if sheet.due else ""
    words = f"{due}只填浅黄色的格子，单位见表头；空白表示未上报，没有发生请填 0；不要改动代码列和表头。详见“{INSTRUCTIONS}”。"
    line = _text(form, 2, 1, words)
    line.font = Font(name=_FACE, size=10, color="FF9C2A10")
    for row, height in ((1, 30), (2, 32)):
        form.merge_cells(start_row=row, start_column=1, end_row=row, end_column=width)
        form.cell(row, 1).alignment = Alignment(vertical="center", wrap_text=row == 2)
        form.row_dimensions[row].height = height


def _head(form: Worksheet, look: _Look, place: int, text: str, fill: str) -> None:
    _style(_text(form, _HEADER, place, text), look, bold=True, fill=fill, colour=_SOFT if fill == _HEAD_GREY else _INK)
    form.column_dimensions[get_column_letter(place)].width = min(max(text_width(text) // 2 + 6, 12), 28)


def _write_row(
    form: Worksheet,
    look: _Look,
    place: int,
    row: TemplateRow,
    last: Mapping[tuple[str, str], Decimal],
    columns: Sequence[_Column],
) -> None:
    _style(form.cell(place, 1, place - _HEADER), look, fill=_GREY)
    for at, text in enumerate((row.region_code, row.town, row.village), 2):
        # Twelve digits that are not text become 4.3E+11 as soon as somebody edits the cell.
        _style(_text(form, place, at, text), look, fill=_GREY, align="left", number="@")
    for column in columns:
        number = _number_format(column.indicator)
        _style(form.cell(place, column.place), look, fill=_INPUT, align="right", number=number)
        if column.last_place:
            shown = _shown(column.indicator, last.get((row.region_code, column.indicator.code)))
            cell = form.cell(place, column.last_place, None if isinstance(shown, str) else shown)
            _style(cell, look, fill=_GREY, colour=_SOFT, align="right", number=number)
            if isinstance(shown, str):
                _text(form, place, column.last_place, shown)
    form.row_dimensions[place].height = 18


def _shown(indicator: Indicator, value: Decimal | None) -> Decimal | str | None:
    """Last month's figure as the form shows it: a choice by its name."""
    if value is None:
        return None
    return dict(indicator.choices).get(int(value), value) if indicator.choices and value == int(value) else value


def _number_format(indicator: Indicator) -> str:
    if indicator.choices:
        return "General"
    number = "0" if not indicator.decimals else f"0.{'0' * indicator.decimals}"
    # A sign that is only shown: 98 is seen as 98%, and 98% entered by mistake as 0.98%.
    return f'{number}"%"' if indicator.unit == "%" else number


def _style(
    cell: Cell,
    look: _Look,
    *,
    bold: bool = False,
    fill: str,
    colour: str = _INK,
    align: str = "center",
    number: str = "",
) -> Cell:
    """Give a cell its looks; cells of equal looks share one style, as looking it up costs more than all the rest."""
    key = (bold, fill, colour, align, number)
    if key in look:
        cell._style = copy(look[key])
        return cell
    cell.font = Font(name=_FACE, size=10, bold=bold, color=colour)
    cell.fill = PatternFill("solid", fgColor=fill)
    cell.border = _BORDER
    cell.alignment = Alignment(horizontal=align, vertical="center", wrap_text=bold)
    if number:
        cell.number_format = number
    if fill == _INPUT:
        cell.protection = Protection(locked=False)
    look[key] = copy(cell._style)
    return cell


def _text(form: Worksheet, row: int, column: int, text: str) -> Cell:
    """Write text that stays text, whatever it begins with."""
    cell = form.cell(row, column)
    cell.value = legal(text)
    cell.data_type = "s"
    return cell


def _validation(column: _Column, last: int) -> DataValidation:
    """What the cells of a column take, and what is said of it, within the lengths spreadsheets allow."""
    indicator, letter = column.indicator, get_column_letter(column.place)
    names = ",".join(name for _, name in indicator.choices)
    if indicator.choices and len(names) + 2 <= _LONGEST_LIST and '"' not in names:
        rule = DataValidation(type="list", formula1=f'"{names}"', allow_blank=True)
        prompt = "请从下拉列表里选择；没有统计请留空。"
        error = f"请选择：{'、'.join(name for _, name in indicator.choices)}。没有统计请留空。"
    else:
        kind, kind_name = ("decimal", "数") if indicator.decimals else ("whole", "整数")
        rule = DataValidation(
            type=kind,
            operator="between",
            formula1=f"{indicator.minimum:f}",
            formula2=f"{indicator.maximum:f}",
            allow_blank=True,
        )
        unit = f"，单位：{indicator.unit}" if indicator.unit else ""
        percent = "98% 请填 98。" if indicator.unit == "%" else ""
        prompt = f"填{_range(indicator)}的{kind_name}{unit}。{percent}没有发生填 0，没有统计留空。"
        error = f"这里只能填{_range(indicator)}的{kind_name}，不写单位和文字。{percent}没有发生填 0，没有统计请留空。"
    rule.promptTitle, rule.errorTitle = indicator.name[:_LONGEST_TITLE], "填写有误"
    rule.prompt, rule.error = prompt[:_LONGEST_PROMPT], error[:_LONGEST_PROMPT]
    rule.showInputMessage = rule.showErrorMessage = True
    rule.add(f"{letter}{_FIRST}:{letter}{last}")
    return rule


def _range(indicator: Indicator) -> str:
    return f" {indicator.minimum:,f} 到 {indicator.maximum:,f} "


# ── the instructions ───────────────────────────────────────────────────────────────────────────────────────────────


def _write_instructions(page: Worksheet, sheet: TemplateSheet) -> None:
    """Rules, then each indicator, in one column of sentences: two columns could be read as a table of figures."""
    page.column_dimensions["A"].width = _PAGE_WIDTH
    lines = [
        (f"填写说明：{sheet.title}", True),
        (f"填报单位：{sheet.place}；数据所属月份：{sheet.month.label}。", False),
    ]
    if sheet.due:
        lines.append((f"截止日期：{sheet.due}。", False))
    if sheet.last_month:
        lines.append((f"对照的上月：{sheet.last_month.label}。", False))
    lines += [("", False), ("填写规则", True)]
    lines += [(f"{number}. {rule}", False) for number, rule in enumerate(_RULES, 1)]
    lines += [("", False), ("指标说明", True)]
    for number, indicator in enumerate(sheet.indicators, 1):
        lines += [("", False), (f"{number}. {header(indicator)}", True)]
        lines += [(f"{label}：{text}", False) for label, text in _facts(indicator) if text]
    made = f"，制作时间 {sheet.made_at}" if sheet.made_at else ""
    lines += [("", False), (f"本模板由 {sheet.software} 制作{made}。", False)]
    for place, (text, bold) in enumerate(lines, 1):
        if text:
            cell = _text(page, place, 1, text)
            cell.font = Font(name=_FACE, size=14 if place == 1 else 11, bold=bold)
            cell.alignment = Alignment(vertical="top", wrap_text=True)
            # Rows of wrapped text grow in Excel, but not everywhere.
            page.row_dimensions[place].height = 18 * (1 + text_width(text) // _PAGE_WIDTH) + (6 if place == 1 else 0)
    page.print_area = f"A1:A{len(lines)}"
    _set_page(page, is_fitted=True, orientation="portrait")


def _facts(indicator: Indicator) -> list[tuple[str, str]]:
    choices = "、".join(f"{name}（{number}）" for number, name in indicator.choices)
    months = indicator.kind.carry_months
    longest = f"，最多 {months} 个月" if months == CARRY_MONTHS else ""
    carried = f"；当月未报的，看板沿用最近一次上报的数{longest}" if months else ""
    return [
        ("口径", indicator.definition),
        ("计量单位", indicator.unit),
        ("属性", f"{indicator.kind.label}{carried}"),
        ("可选等级", choices),
        ("有效范围", "" if choices else _range(indicator).strip()),
        ("小数位", "" if choices else (f"最多 {indicator.decimals} 位" if indicator.decimals else "只填整数")),
    ]


# ── pages ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _set_page(page: Worksheet, *, is_fitted: bool, orientation: str = "landscape") -> None:
    """A4; a table of many columns is printed over several pages rather than too small to read."""
    page.page_setup.paperSize = page.PAPERSIZE_A4
    page.page_setup.orientation = orientation
    page.sheet_properties.pageSetUpPr.fitToPage = is_fitted
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    for side in ("left", "right", "top", "bottom"):
        setattr(page.page_margins, side, 0.5)
    page.oddFooter.center.text = "第 &P 页，共 &N 页"


def _without_warnings(data: bytes, rows: int) -> bytes:
    """Tell spreadsheets that codes are text on purpose: the green corner offers to turn them into numbers."""
    package = Package(data)
    part = next(sheet.part for sheet in package.sheets() if sheet.name == SHEET)
    warning = f'<ignoredErrors><ignoredError sqref="B{_FIRST}:B{_HEADER + max(rows, 1)}" numberStoredAsText="1"/></ignoredErrors>'
    package.put(part, package.read(part).replace(b"</worksheet>", f"{warning}</worksheet>".encode()))
    return package.save()
