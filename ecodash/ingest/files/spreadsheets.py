"""Workbooks (xlsx, xls, ods) → sheets of text cells, by python-calamine, with hostile files bounded beforehand.

Calamine lays a sheet out densely, so two cells in opposite corners would ask for hundreds of gigabytes, and it unpacks
whatever the archive holds. Archives are therefore unpacked here first, measured, and handed over as measured.
"""

import datetime
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
    load_workbook,
)

from ecodash.ingest.book import MAX_ROWS, Book, Progress, Refusal, Sheet, Span, column_letter
from ecodash.ingest.faults import Fault, cut
from ecodash.ingest.files.archives import DAMAGED, LOCKED, Allowance, Parts, repack, unpack
from ecodash.ingest.files.ods_xml import ods_details
from ecodash.ingest.files.ole import scan_xls
from ecodash.ingest.files.plain import PlainTexts, check_bounds, drop_trailing
from ecodash.ingest.files.sheet_xml import Details, percent_styles, sheet_parts, sign_styles, xlsx_details, xlsx_extent

Value = int | float | str | bool | datetime.time | datetime.date | datetime.datetime | datetime.timedelta

_STEP = 50_000
_KEPT_NUMBERS = 400_000
_SPREAD = Refusal(
    "too_many_rows",
    f"工作表的范围过大（超过 {MAX_ROWS:,} 行或很多列），可能在很远的行或列误填了内容。请把要上报的部分复制到新表，再重新上传。",
)
_NOT_WORKBOOK = Refusal("not_a_table", "文件不是工作簿，可能是 Word 文档或演示文稿。请把表格复制到 xlsx 再上传。")


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of a workbook before calamine reads it: by sheet name, or in the order of sheets."""

    details: dict[str, Details]
    in_order: Sequence[tuple[Details, tuple[Span, ...]]] = ()
    notes: tuple[str, ...] = ()


def read_zipped(data: bytes, kind: str, allowance: Allowance, progress: Progress) -> Book | Refusal:
    """An xlsx, xlsm or ods workbook."""
    parts = unpack(data, allowance)
    if isinstance(parts, Refusal):
        return parts
    known = _look_at_ods(parts, allowance) if kind == "ods" else _look_at_xlsx(parts, allowance)
    if isinstance(known, Refusal):
        return known
    return _read(repack(parts), kind, known, allowance, progress)


def read_ole(data: bytes, allowance: Allowance, progress: Progress) -> Book | Refusal:
    """An xls workbook or WPS's et, or an encrypted one of any kind."""
    scan = scan_xls(data)
    if scan is None:
        return DAMAGED
    if scan.is_locked:
        return LOCKED
    if not scan.is_workbook:
        return _NOT_WORKBOOK
    for details in scan.sheets.values():
        allowance.area -= details.rows * details.columns
    if allowance.area < 0:
        return _SPREAD
    empty = Details()
    in_order = [(scan.sheets.get(start, empty), ()) for start in scan.order]
    notes = ("宏没有运行，已忽略。",) if scan.has_macros else ()
    return _read(data, "xls", _Known({}, in_order, notes), allowance, progress)


def _look_at_xlsx(parts: Parts, allowance: Allowance) -> _Known | Refusal:
    if "xl/workbook.xml" not in parts:
        return DAMAGED
    for name, content in parts.items():
        if name.startswith("xl/") and b"sheetData" in content:
            rows, columns = xlsx_extent(content)
            if rows > MAX_ROWS or rows * columns > allowance.area:
                return _SPREAD
    styles = parts.get("xl/styles.xml", b"")
    percents, signs = percent_styles(styles), sign_styles(styles)
    details = {name: xlsx_details(parts[part], percents, signs) for name, part in sheet_parts(parts).items()}
    has_macros = any(name.endswith("vbaProject.bin") for name in parts)
    return _Known(details, (), ("宏没有运行，已忽略。",) if has_macros else ())


def _look_at_ods(parts: Parts, allowance: Allowance) -> _Known | Refusal:
    if "content.xml" not in parts:
        return DAMAGED
    in_order = []
    for details, merges in ods_details(parts["content.xml"]):
        allowance.area -= details.rows * details.columns
        if details.rows > MAX_ROWS or allowance.area < 0:
            return _SPREAD
        in_order.append((details, merges))
    return _Known({}, in_order)


# ── sheets ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _read(data: bytes, kind: str, known: _Known, allowance: Allowance, progress: Progress) -> Book | Refusal:
    try:
        with load_workbook(io.BytesIO(data)) as workbook:
            return _read_sheets(workbook, kind, known, allowance, progress)
    except PasswordError:
        return LOCKED
    except (CalamineError, ValueError, OSError, MemoryError):
        return DAMAGED
    except BaseException as error:
        # A panic of the Rust reader arrives as pyo3's PanicException, which is no Exception and cannot be imported.
        if type(error).__name__ == "PanicException":
            return DAMAGED
        raise


def _read_sheets(
    workbook: CalamineWorkbook, kind: str, known: _Known, allowance: Allowance, progress: Progress
) -> Book | Refusal:
    texts, numbers = PlainTexts(is_escaped=kind == "xlsx"), _Numbers()
    sheets: list[Sheet] = []
    every = workbook.sheets_metadata
    for place, meta in enumerate(every):
        progress(f"正在读取工作表“{cut(meta.name)}”", place / len(every))
        if meta.typ is not SheetTypeEnum.WorkSheet:
            continue
        sheet = workbook.get_sheet_by_index(place)
        if sheet.end is None:
            continue
        height, width = sheet.end[0] + 1, sheet.end[1] + 1
        if height > allowance.rows:
            return _SPREAD
        if kind == "xlsx":
            allowance.area -= height * width
            if allowance.area < 0:
                return _SPREAD
        details, merges = known.details.get(meta.name, Details()), tuple[Span, ...]()
        if place < len(known.in_order):
            details, merges = known.in_order[place]

        def tell(done: float, name: str = cut(meta.name), place: int = place) -> None:
            progress(f"正在读取工作表“{name}”", (place + done) / len(every))

        rows = _rows(sheet, details, texts, numbers, tell)
        widths = drop_trailing(rows)
        where = f"工作表“{cut(meta.name)}”" if len(every) > 1 else ""
        if refusal := check_bounds(rows, where, has_long=texts.has_long):
            return refusal
        while rows and not rows[-1]:
            rows.pop()
        if not rows:
            continue
        allowance.rows -= len(rows)
        merges = merges or tuple(Span(*top, *bottom) for top, bottom in sheet.merged_cell_ranges or ())
        sheets.append(
            Sheet(
                meta.name,
                rows,
                encoding=kind,
                widths=widths[: len(rows)],
                merges=merges,
                is_hidden=meta.visible is not SheetVisibleEnum.Visible,
                hidden_rows=details.hidden_rows,
                hidden_columns=details.hidden_columns,
                formulas=details.formulas,
                notes=(*_formula_note(details), *texts.take_note()),
                faults=_uncomputed(details, meta.name),
            )
        )
    if not sheets:
        return Refusal("nothing_to_read", "工作簿里没有内容。请核对后重新上传。")
    return Book(kind, kind, tuple(sheets), known.notes)


def _formula_note(details: Details) -> tuple[str, ...]:
    return (f"{details.formula_count} 格是公式，按保存时的计算结果读取。",) if details.formula_count else ()


def _uncomputed(details: Details, sheet: str) -> tuple[Fault, ...]:
    if not details.uncomputed:
        return ()
    row, column = details.uncomputed[0]
    more = f"等 {len(details.uncomputed)} 格" if len(details.uncomputed) > 1 else ""
    hint = (
        f"{column_letter(column)}{row + 1}{more} 是公式，没有保存计算结果，读出来是空的。"
        "请用 WPS 或 Excel 打开、保存后重新上传，或把公式改为数值。"
    )
    return (Fault("formula_uncomputed", row + 1, column_letter(column), "", hint, cut(sheet), column),)


class _Numbers(dict[float, str]):
    """Numbers → text, each worked out once."""

    def __missing__(self, value: float) -> str:
        text = cell_text(value)
        if len(self) < _KEPT_NUMBERS:
            self[value] = text
        return text


class _Percents(dict[str, str]):
    """Numbers → the same as a percentage: 0.98 → 98%."""

    def __missing__(self, number: str) -> str:
        text = f"{(Decimal(number) * 100).normalize():f}%"
        if len(self) < _KEPT_NUMBERS:
            self[number] = text
        return text


def _rows(
    sheet: CalamineSheet, details: Details, texts: PlainTexts, numbers: _Numbers, progress: Callable[[float], None]
) -> list[list[str]]:
    marked: dict[int, list[tuple[int, bool]]] = {}
    for cells, is_percent in ((details.percents, True), (details.signs, False)):
        for number, column in cells:
            marked.setdefault(number, []).append((column, is_percent))
    start, end = sheet.start or (0, 0), sheet.end or (0, 0)
    left, shown = [""] * start[1], _Percents()
    rows: list[list[str]] = []
    # iter_rows begins at row 0 and at the first column that holds anything.
    for values in sheet.iter_rows():
        row = [
            texts[value] if value.__class__ is str else numbers[value] if value.__class__ is float else cell_text(value)
            for value in values
        ]
        if marked and (columns := marked.get(len(rows))):
            for column, is_percent in columns:
                place = column - start[1]
                if 0 <= place < len(values) and type(values[place]) in (int, float):
                    row[place] = shown[row[place]] if is_percent else f"{row[place]}%"
        rows.append(left + row if left else row)
        if not len(rows) % _STEP:
            progress(len(rows) / (end[0] + 1))
    return rows


def cell_text(value: Value) -> str:
    """A cell's value as its text.

    Numbers show at most 15 significant digits, as spreadsheets do: 360521105001.0 → "360521105001" and a formula's
    0.30000000000000004 → "0.3". Dates are YYYY-MM-DD.
    """
    if isinstance(value, str):
        return value.strip()
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
