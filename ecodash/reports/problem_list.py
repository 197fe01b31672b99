"""The sheet that lists what is wrong with an uploaded workbook, added as its last."""

from collections.abc import Sequence
from dataclasses import dataclass

from openpyxl.utils import get_column_letter

from ecodash.domain.uploads import PROBLEM_SHEET
from ecodash.reports.xlsx_package import Package, parse, serialise
from ecodash.reports.xlsx_sheet import Cell
from ecodash.reports.xlsx_styles import Severity, Styles
from ecodash.reports.xlsx_text import escaped, legal

LABELS: dict[Severity, str] = {"fault": "问题", "doubt": "疑点"}

_TITLES = ("序号", "类别", "工作表", "单元格", "内容", "说明")
_ROW_TITLE = "所在行的内容"
_WIDTHS = (6, 8, 22, 10, 28, 90)
_LONGEST_MESSAGE, _LONGEST_CONTENT = 1_000, 80
_HOW = (
    "红色的单元格有问题，必须改正；橙色的单元格有疑点，请核实，属实的不必改，上传时写明理由。批注里写着原因和改法。"
    "改好后保存，把本文件直接上传即可；本页只供查看，上传时不读取。"
)

Line = tuple[int, Sequence[str]]
"""A row of the list: the format of its cells, and their texts."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the list.

    Args:
        severity: fault or doubt.
        sheet: name of the sheet in the answer.
        cell: the cell there; None where none is meant.
        content: what the cell holds.
        text: the message.
        row_text: what the whole row holds, where the sheet itself is not in the answer.
    """

    severity: Severity
    sheet: str
    cell: Cell | None
    content: str
    text: str
    row_text: str = ""


def add_list(
    package: Package,
    styles: Styles,
    entries: Sequence[Entry],
    notes: Sequence[str],
    *,
    beyond: int = 0,
    has_sheets: bool = True,
) -> None:
    """Add the list as a workbook's last sheet, or replace the one it has, and write the workbook's styles.

    Args:
        notes: Chinese: what the reader should know of this workbook.
        beyond: so many messages are not listed.
        has_sheets: whether the marked sheets are in this workbook; rows are quoted where they are not.
    """
    plain, bold = styles.text_format(), styles.text_format(is_bold=True)
    heading = [_summary(entries), *([_HOW] if has_sheets else []), *notes]
    if beyond > 0:
        heading.append(f"另有 {beyond} 处没有列出，请先改正已列出的，再重新上传。")
    lines: list[Line] = [
        (styles.text_format(size=14, is_bold=True) if not n else plain, [text]) for n, text in enumerate(heading)
    ]
    lines.append((bold, _TITLES if has_sheets else (*_TITLES, _ROW_TITLE)))
    links: list[tuple[int, str, str]] = []
    for number, entry in enumerate(entries, 1):
        cell = address(entry.cell) if entry.cell else ""
        if cell and has_sheets:
            links.append((len(lines) + 1, entry.sheet, cell))
        texts = [str(number), LABELS[entry.severity], entry.sheet, cell, cut_line(entry.content, _LONGEST_CONTENT)]
        lines.append((plain, [*texts, cut_line(entry.text), entry.row_text]))
    package.put_sheet(PROBLEM_SHEET, _sheet_xml(package.namespace, lines, len(heading), links, wide=not has_sheets))
    styles_part = package.related(package.workbook, "styles")
    if styles_part is not None:
        package.put(styles_part.target, serialise(styles.root))


def cut_line(text: str, longest: int = _LONGEST_MESSAGE) -> str:
    """Text as one line of bounded length."""
    line = " ".join(legal(text).split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def address(cell: Cell) -> str:
    """A cell's address: (5, 1) → B5."""
    return f"{get_column_letter(cell[1] + 1)}{cell[0]}"


def _summary(entries: Sequence[Entry]) -> str:
    counts = {severity: sum(1 for entry in entries if entry.severity == severity) for severity in LABELS}
    said = "，".join(f"{LABELS[severity]} {count} 处" for severity, count in counts.items() if count)
    return f"问题清单：{said or '没有问题'}"


def _sheet_xml(
    namespace: str, lines: Sequence[Line], heading: int, links: Sequence[tuple[int, str, str]], *, wide: bool
) -> bytes:
    """Merged lines of explanation, a header that stays in sight, and links to the cells."""
    widths = (*_WIDTHS, 90) if wide else _WIDTHS
    last = get_column_letter(len(widths))
    columns = "".join(f'<col min="{n}" max="{n}" width="{wide}" customWidth="1"/>' for n, wide in enumerate(widths, 1))
    rows = []
    for number, (style, texts) in enumerate(lines, 1):
        # A merged cell does not grow with its text.
        height = f' ht="{36 if number > 1 else 24}" customHeight="1"' if number <= heading else ""
        cells = "".join(
            f'<c r="{address((number, place))}" s="{style}" t="str"><v>{escaped(legal(text))}</v></c>'
            for place, text in enumerate(texts)
            if text
        )
        rows.append(f'<row r="{number}"{height}>{cells}</row>')
    merges = "".join(f'<mergeCell ref="A{number}:{last}{number}"/>' for number in range(1, heading + 1))
    targets = "".join(
        f'<hyperlink ref="D{number}" location="{_attribute(_reference(sheet, cell))}" display="{cell}"/>'
        for number, sheet, cell in links
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="{namespace}">'
        '<sheetPr><tabColor rgb="FFC00000"/><pageSetUpPr fitToPage="1"/></sheetPr><sheetViews>'
        f'<sheetView workbookViewId="0"><pane ySplit="{heading + 1}" topLeftCell="A{heading + 2}" '
        'activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/>'
        f"<cols>{columns}</cols><sheetData>{''.join(rows)}</sheetData>"
        f'<mergeCells count="{heading}">{merges}</mergeCells>'
        f"{f'<hyperlinks>{targets}</hyperlinks>' if targets else ''}"
        '<pageMargins left="0.5" right="0.5" top="0.6" bottom="0.6" header="0.3" footer="0.3"/>'
        '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/></worksheet>'
    ).encode()
    parse(content)
    return content


def _reference(sheet: str, cell: str) -> str:
    quoted = sheet.replace("'", "''")
    return f"'{quoted}'!{cell}"


def _attribute(text: str) -> str:
    return escaped(legal(text)).replace('"', "&quot;")
