"""An uploaded file → Intake: the cells or targets it holds, how it was read, and everything that is wrong with it."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from ecodash.domain.indicators import Catalog
from ecodash.domain.periods import Month
from ecodash.domain.regions import COUNTRY_KEY, Level, RegionTree
from ecodash.domain.uploads import PROBLEM_SHEET
from ecodash.ingest.book import HEADER_ROWS, Book, Progress, Refusal, Sheet, say_nothing
from ecodash.ingest.cells import assemble_cells, empty_cells, empty_targets
from ecodash.ingest.collection import without_collection
from ecodash.ingest.faults import REMARKS, Doubt, Fault, FaultList, Remark, cut
from ecodash.ingest.figures import RemarkList
from ecodash.ingest.files.reader import read_book
from ecodash.ingest.headers import ColumnMatch, HeaderNames
from ecodash.ingest.heads import Head, find_head
from ecodash.ingest.sheet_reading import SheetReading, SheetResult, Surroundings, read_sheet, unread

__all__ = ["ColumnMatch", "Doubt", "Fault", "Intake", "Remark", "SheetReading", "read_upload"]


@dataclass(frozen=True)
class Intake:
    """What was read from one file.

    Args:
        file_name: as uploaded.
        sha256: of the bytes.
        book: the file as decoded; empty where it could not be.
        sheets: how each sheet that was read was understood, in the file's order.
        unread: the other sheets.
        cells: one row per (region, indicator, period), by sheet, row, then column: region (int64 key), indicator
            (category of codes), period (int32 yyyymm), value (Arrow decimal in the indicator's unit), sheet (int16,
            number of the sheet in the file), row (int32, as the spreadsheet shows it), column (int16, from 0). Cells
            that report nothing are not there.
        targets: one row per (region, indicator, deadline), in row order: region, indicator, deadline (int32 yyyymm),
            baseline (Decimal, None where the file gives none), value (Decimal), sheet, row.
        row_count: data rows read, without blank rows, totals and footnotes.
        faults: everything wrong, whole-file ones first, then by sheet, row and column. With any, the cells are what
            read well and are not for keeping.
        doubts: what needs a reason before it is committed; at first only what the file itself shows.
        remarks: cells that were read with a note, at most 1,000; remark_counts has all by kind.
        notes: Chinese: what was left out, assumed or merged.
    """

    file_name: str
    sha256: str
    book: Book
    sheets: tuple[SheetReading, ...]
    unread: tuple[SheetReading, ...]
    cells: pd.DataFrame
    targets: pd.DataFrame
    row_count: int
    faults: tuple[Fault, ...]
    doubts: tuple[Doubt, ...]
    remarks: tuple[Remark, ...]
    remark_counts: Mapping[str, int]
    notes: tuple[str, ...]

    @property
    def encoding(self) -> str:
        """utf-8, utf-8-sig, utf-16, gb18030, or the kind of workbook; empty where the file could not be read."""
        return self.sheets[0].encoding if self.sheets else self.book.encoding

    @property
    def sheet(self) -> str:
        """Names of the sheets read, as messages name them."""
        return "、".join(reading.label for reading in self.sheets if reading.label)

    @property
    def layout(self) -> str:
        """long, wide or targets; empty where no header was found."""
        return self.sheets[0].layout if self.sheets else ""

    @property
    def header_row(self) -> int:
        """The last row of the first header, counted from 1; 0 where none was found."""
        return self.sheets[0].header_rows[-1] if self.sheets else 0

    @property
    def title(self) -> str:
        """The text above the first header."""
        return self.sheets[0].title if self.sheets else ""

    @property
    def columns(self) -> tuple[ColumnMatch, ...]:
        """What each column of the first sheet was taken for."""
        return self.sheets[0].columns if self.sheets else ()

    def label(self, sheet: int, column: int) -> tuple[str, str]:
        """The sheet and the header of a place in the cells, as messages name them."""
        for reading in self.sheets:
            if reading.number == sheet:
                found = (match.header for match in reading.columns if match.position == column)
                return reading.label, "" if reading.is_turned else next(found, "")
        return "", ""


@without_collection()
def read_upload(
    data: bytes,
    file_name: str,
    *,
    catalog: Catalog,
    tree: RegionTree,
    newest: Month,
    month: Month | None = None,
    within: int = COUNTRY_KEY,
    mapping: Mapping[str, str] | None = None,
    remembered: Mapping[str, str] | None = None,
    sheets: Sequence[str] = (),
    progress: Progress = say_nothing,
) -> Intake:
    """Read an uploaded CSV, text file, workbook or archive of them. A bad file is answered with faults, never with an
    exception.

    Args:
        data: the file's bytes; its kind is told by content, not by name.
        file_name: as uploaded; it may name the month and the place.
        catalog: indicators that may be reported.
        tree: regions that may be reported for.
        newest: the last month that may be reported.
        month: the month chosen by the user for the whole file.
        within: region key that reports must be inside.
        mapping: the user's choice for columns: header → indicator code, role, or "-" to ignore the column.
        remembered: the same, chosen by this reporter before.
        sheets: names of the sheets to read; without any, the one with a table, or all when they are alike.
        progress: told how far the reading is.
    """
    faults, remarks = FaultList(), RemarkList()
    names = HeaderNames(
        catalog,
        mapping or {},
        remembered,
        knows_region=lambda text: bool(tree.named(text, within=within)),
        knows_town=lambda text: any(r.level is Level.TOWN for r in tree.named(text, within=within)),
    )
    for target in names.unknown_choices():
        faults.add("mapping_unknown", f"为列选择的指标“{cut(target)}”不在目录中。请重新选择。", value=target)
    sha256 = hashlib.sha256(data).hexdigest()
    progress("正在解码", 0.0)
    book = read_book(data, file_name, score=names.score, progress=lambda what, done: progress(what, done * 0.5))
    if isinstance(book, Refusal):
        faults.add(book.code, book.hint)
        book = Book("", "", ())
    faults.extend(book.faults)
    around = Surroundings(catalog, tree, names, newest, month, within, file_name)
    chosen, notes = _choose_sheets(book, sheets, around, faults)
    results: list[SheetResult] = []
    for place, (number, head, rows) in enumerate(chosen):
        progress("正在检查", 0.5 + 0.4 * place / len(chosen))
        results.append(read_sheet(book.sheets[number], number, head, rows, around, faults, remarks))
    progress("正在汇集", 0.9)
    cells, repeat_notes = assemble_cells([(result.reading.number, result.cells) for result in results], faults)
    target_frames = [result.targets for result in results if not result.targets.empty]
    read = {result.reading.number for result in results}
    several = len(results) > 1
    told = [f"“{r.reading.label}”：{note}" if several else note for r in results for note in r.reading.notes]
    return Intake(
        file_name=file_name,
        sha256=sha256,
        book=book,
        sheets=tuple(result.reading for result in results),
        unread=tuple(unread(sheet, number) for number, sheet in enumerate(book.sheets) if number not in read),
        cells=cells if results else empty_cells(),
        targets=pd.concat(target_frames, ignore_index=True) if target_frames else empty_targets(),
        row_count=sum(result.reading.row_count for result in results),
        faults=faults.listed(),
        doubts=tuple(doubt for result in results for doubt in result.doubts),
        remarks=tuple(remarks.listed),
        remark_counts=dict(remarks.counts),
        notes=(*book.notes, *notes, *told, *_remark_notes(remarks), *repeat_notes),
    )


def _remark_notes(remarks: RemarkList) -> list[str]:
    return [f"{count} 格{REMARKS[code]}。" for code, count in remarks.counts.most_common()]


# ── which sheets ───────────────────────────────────────────────────────────────────────────────────────────────────

Chosen = list[tuple[int, Head, list[list[str]]]]


def _choose_sheets(
    book: Book, wanted: Sequence[str], around: Surroundings, faults: FaultList
) -> tuple[Chosen, list[str]]:
    """The sheets to read, each with its header: those asked for, the only one with a table, or all when they are alike.

    Hidden sheets are read only when asked for. Several that differ are a fault: the user chooses.
    """
    numbers = [n for n, sheet in enumerate(book.sheets) if any(sheet.rows) and sheet.name != PROBLEM_SHEET]
    if wanted:
        known = {name for n in numbers for name in (book.sheets[n].name, book.sheets[n].label)}
        for name in [name for name in wanted if name not in known]:
            hint = f"文件里没有工作表“{cut(name)}”。请从这些中选择：{_listed([book.sheets[n] for n in numbers])}。"
            faults.add("sheet_unknown", hint, value=name)
        numbers = [n for n in numbers if {book.sheets[n].name, book.sheets[n].label} & set(wanted)]
    found = {n: head for n in numbers if (head := find_head(book.sheets[n], around.names, around.catalog)) is not None}
    shown = [n for n in found if wanted or not book.sheets[n].is_hidden]
    hidden = [n for n in found if n not in shown]
    if not shown and hidden:
        hint = f"有表格的工作表都是隐藏的：{_listed([book.sheets[n] for n in hidden])}。请选择要读取的工作表。"
        faults.add("sheets_many", hint)
    if wanted or len(shown) < 2 or _are_alike([found[n][0] for n in shown], around):
        chosen = shown
    else:
        chosen = []
        hint = (
            f"有 {len(shown)} 个工作表都像上报表，但栏目不同：{_listed([book.sheets[n] for n in shown])}。"
            "请选择要读取的工作表，或分成几个文件上传。"
        )
        faults.add("sheets_many", hint)
    if not found:
        _add_headerless(book, numbers, wanted, faults)
    notes = _sheet_notes(book, chosen, hidden)
    # What is broken in its structure is refused before any cell is judged.
    broken = [n for n in (chosen or numbers) if book.sheets[n].faults]
    for n in broken:
        faults.begin_sheet(n, book.sheets[n].label)
        faults.extend(book.sheets[n].faults)
    faults.begin_file()
    return [(n, *found[n]) for n in chosen if n not in broken], notes


def _sheet_notes(book: Book, chosen: list[int], hidden: list[int]) -> list[str]:
    others = [s for n, s in enumerate(book.sheets) if n not in chosen and any(s.rows) and s.name != PROBLEM_SHEET]
    notes = []
    if chosen and others:
        marked = "、".join(f"{cut(s.label)}{'（隐藏）' if s.is_hidden else ''}" for s in others[:20])
        notes.append(f"没有读取的工作表：{marked}。")
    if len(chosen) > 1:
        notes.append(f"{len(chosen)} 个工作表栏目相同，一并读取：{_listed([book.sheets[n] for n in chosen])}。")
    return notes


def _listed(sheets: list[Sheet]) -> str:
    more = f" 等 {len(sheets)} 个" if len(sheets) > 10 else ""
    return "、".join(f"“{cut(sheet.label)}”" for sheet in sheets[:10]) + more


def _are_alike(heads: list[Head], around: Surroundings) -> bool:
    """Whether the columns of all headers mean the same."""

    def meaning(head: Head) -> tuple[object, ...]:
        found = (around.names.match_path(path) for path in head.paths)
        return (head.is_turned, *sorted({(h.target, str(h.period)) for h in found if h and h.target != "ignored"}))

    return len({meaning(head) for head in heads}) == 1


def _add_headerless(book: Book, numbers: list[int], wanted: Sequence[str], faults: FaultList) -> None:
    if not numbers:
        if not len(faults):
            faults.add("nothing_to_read", "文件里没有内容。请核对后重新上传。")
        return
    hint = (
        f"前 {HEADER_ROWS} 行里没有认出表头。表头应写明地区（区划代码，或乡镇、村）和指标名称；"
        "请对照上报模板改正后重新上传。"
    )
    faults.add("header_missing", hint)
