"""An uploaded file → Intake: the cells or targets it holds, how it was read, and everything that is wrong with it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from ecodash.domain.indicators import Catalog
from ecodash.domain.periods import Month
from ecodash.domain.regions import COUNTRY_KEY, Level, RegionTree, level_of
from ecodash.ingest.cells import (
    UNKNOWN,
    assemble_cells,
    assemble_targets,
    empty_cells,
    empty_targets,
    months_of_rows,
    more_than_whole,
    regions_of_rows,
)
from ecodash.ingest.decode import Refusal
from ecodash.ingest.faults import Fault, FaultList, cut
from ecodash.ingest.figures import Figures, read_long, read_targets, read_wide
from ecodash.ingest.headers import ColumnMatch, HeaderNames
from ecodash.ingest.layout import LONG, TARGETS, WIDE, Body, Layout, find_header, lay_out, read_body, title_above
from ecodash.ingest.months import file_month
from ecodash.ingest.names import RegionFinder
from ecodash.ingest.sheet import HEADER_ROWS, Grid, read_grid

__all__ = ["ColumnMatch", "Fault", "Intake", "read_upload"]


@dataclass(frozen=True)
class Intake:
    """What was read from one file.

    Args:
        file_name: as uploaded.
        sha256: of the bytes.
        encoding: utf-8, utf-8-sig, utf-16, gb18030, xlsx, xls or ods; empty where the file could not be read.
        sheet: name of the sheet read, empty for text files.
        layout: long, wide or targets; empty where no header was found.
        header_row: row of the header, counted from 1; 0 where none was found.
        title: the text above the header.
        columns: what each column with a header was taken for.
        cells: one row per (region, indicator, period), by row then column: region (int64 key), indicator (code),
            period (int32 yyyymm), value (Decimal in the indicator's unit), row (int32, as the spreadsheet shows it).
            Cells that report nothing are not there.
        targets: one row per (region, indicator, deadline), in row order: region, indicator, deadline (int32 yyyymm),
            baseline (Decimal, 0 where the file gives none), value (Decimal), row.
        row_count: data rows read, without blank rows, totals and footnotes.
        faults: everything wrong, by row then column. With any, the cells are what read well and are not for keeping.
        notes: Chinese: what was left out, assumed or merged.
    """

    file_name: str
    sha256: str
    encoding: str
    sheet: str
    layout: str
    header_row: int
    title: str
    columns: tuple[ColumnMatch, ...]
    cells: pd.DataFrame
    targets: pd.DataFrame
    row_count: int
    faults: tuple[Fault, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Context:
    """What a reading is judged against: the arguments of read_upload."""

    catalog: Catalog
    tree: RegionTree
    newest: Month
    month: Month | None
    within: int
    names: HeaderNames


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
) -> Intake:
    """Read an uploaded CSV, text file or workbook. A bad file is answered with faults, never with an exception.

    Args:
        data: the file's bytes; its kind is told by content, not by name.
        file_name: as uploaded; it may name the month.
        catalog: indicators that may be reported.
        tree: regions that may be reported for.
        newest: the last month that may be reported.
        month: the month chosen by the user for the whole file.
        within: region key that reports must be inside.
        mapping: the user's choice for columns: header → indicator code, or "-" to ignore the column.
    """
    faults = FaultList()
    names = HeaderNames(catalog, mapping or {})
    for code in names.unknown_choices():
        faults.add("mapping_unknown", f"为列选择的指标“{cut(code)}”不在目录中。请重新选择。", value=code)
    sha256 = hashlib.sha256(data).hexdigest()
    grid = read_grid(data, names.score, faults)
    header = None
    if isinstance(grid, Refusal):
        faults.add(grid.code, grid.hint)
        grid = Grid("", "", [])
    else:
        header = find_header(grid.rows, names)
        if header is None:
            _add_headerless(grid, faults)
    if header is None:
        reading = _Reading("", (), empty_cells(), empty_targets(), 0, ())
        title = ""
    else:
        title = title_above(grid.rows, header)
        context = _Context(catalog, tree, newest, month, within, names)
        reading = _read_table(grid, header, file_month(month, title, file_name, faults), context, faults)
    return Intake(
        file_name=file_name,
        sha256=sha256,
        encoding=grid.encoding,
        sheet=grid.sheet,
        layout=reading.layout,
        header_row=0 if header is None else header + 1,
        title=title,
        columns=reading.columns,
        cells=reading.cells,
        targets=reading.targets,
        row_count=reading.row_count,
        faults=faults.listed(),
        notes=(*grid.notes, *reading.notes),
    )


@dataclass(frozen=True, slots=True)
class _Reading:
    """The part of an Intake that needs a header."""

    layout: str
    columns: tuple[ColumnMatch, ...]
    cells: pd.DataFrame
    targets: pd.DataFrame
    row_count: int
    notes: tuple[str, ...]


def _add_headerless(grid: Grid, faults: FaultList) -> None:
    if not any(grid.rows):
        if not len(faults):
            faults.add("nothing_to_read", "文件里没有内容。请核对后重新上传。")
        return
    hint = (
        f"前 {HEADER_ROWS} 行里没有认出表头。表头应在同一行写明地区(区划代码，或乡镇、村)和指标名称；"
        "请对照上报模板改正后重新上传。"
    )
    faults.add("header_missing", hint)


def _read_table(grid: Grid, header: int, file_wide: Month | None, context: _Context, faults: FaultList) -> _Reading:
    layout = lay_out(grid.rows, header, context.names, context.catalog, faults)
    body = read_body(grid.rows, header, layout, faults)
    finder = RegionFinder(context.tree, context.within)
    if layout.kind == TARGETS:
        return _read_targets(body, layout, finder, context, faults)
    months, month_notes = months_of_rows(body, layout, file_wide, context.month, context.newest, faults)
    keys, region_notes = regions_of_rows(body, layout, months, finder, faults)
    if layout.kind == WIDE:
        figures = list(read_wide(body, layout, faults))
    else:
        figures = list(read_long(body, layout, context.names, faults))
    part_notes = more_than_whole(figures, layout, context.catalog, keys, months, body, faults)
    cells, cell_notes = assemble_cells(figures, keys, months, body, faults)
    notes = [*body.notes, *month_notes, *region_notes, *_figure_notes(body, layout, figures), *part_notes, *cell_notes]
    _add_if_nothing(any(figure.places for figure in figures), faults)
    return _Reading(layout.kind, layout.matches, cells, empty_targets(), len(body.rows), tuple(notes))


def _read_targets(body: Body, layout: Layout, finder: RegionFinder, context: _Context, faults: FaultList) -> _Reading:
    # A target is set for a region as it stands now, whenever it is due.
    keys, region_notes = regions_of_rows(body, layout, [context.newest.key] * len(body.rows), finder, faults)

    def level_is_village(place: int) -> bool:
        key = int(keys[place])
        return key != UNKNOWN and level_of(key) is Level.VILLAGE

    found, target_notes = read_targets(body, layout, context.names, level_is_village, faults)
    targets, repeat_notes = assemble_targets(found, keys, body, layout.roles.get("target"), faults)
    notes = (*body.notes, *region_notes, *target_notes, *repeat_notes)
    _add_if_nothing(bool(found), faults)
    return _Reading(layout.kind, layout.matches, empty_cells(), targets, len(body.rows), notes)


def _add_if_nothing(has_values: bool, faults: FaultList) -> None:
    """A file without a single number is refused, unless other faults already say why there is none."""
    if not has_values and not len(faults):
        faults.add("nothing_to_read", "文件里没有一个数值。请填写数值后重新上传；确实为零请填 0。")


def _figure_notes(body: Body, layout: Layout, figures: list[Figures]) -> list[str]:
    """Rows that report nothing, and percentages that look as if they were written as fractions."""
    reported = {place for figure in figures for place in figure.places}
    notes = []
    if len(reported) < len(body.rows):
        what = "没有数值的行" if layout.kind == LONG else "一个数值都没有的行"
        notes.append(f"{what}：{len(body.rows) - len(reported)} 行，按未上报读取。")
    for figure in figures:
        values = figure.values
        small = [value for value in values if 0 < value <= 1]
        if figure.indicator.unit == "%" and small:
            count = "的数值都" if max(values) <= 1 else f"有 {len(small)} 个数值"
            as_read = "按百分数读取(0.98 即 0.98%)。如果本意是 98%,请改填 98。"
            notes.append(f"“{figure.indicator.name}”{count}不大于 1，{as_read}")
    return notes
