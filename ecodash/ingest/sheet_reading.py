"""One sheet → its cells or targets, how it was read, and what is wrong with it."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from ecodash.domain.indicators import Catalog, Indicator
from ecodash.domain.periods import Month
from ecodash.domain.regions import Level, Region, RegionTree, ancestor_key, level_of
from ecodash.ingest.body import FATES, Body, Fate, Fates, read_body
from ecodash.ingest.book import Sheet, column_letter
from ecodash.ingest.cells import UNKNOWN, SheetCells, assemble_targets, empty_targets, gather, place_figures
from ecodash.ingest.cumulative import check_cumulative
from ecodash.ingest.faults import Doubt, FaultList, cut, row_list
from ecodash.ingest.figures import RemarkList, read_figures, read_targets
from ecodash.ingest.header_words import IGNORED
from ecodash.ingest.headers import ColumnMatch, HeaderNames
from ecodash.ingest.heads import TURNED_REGIONS, Head, title_above, units_above
from ecodash.ingest.layout import LONG, TARGETS, Layout, lay_out
from ecodash.ingest.merged import refuse_merged
from ecodash.ingest.months import FilePeriod, file_period
from ecodash.ingest.names import RegionFinder
from ecodash.ingest.places import places_in
from ecodash.ingest.rows import months_of_figures, periods_of_rows, regions_of_rows
from ecodash.ingest.totals import check_totals


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a sheet is judged against.

    Args:
        newest: the last month that may be reported.
        month: the month chosen by the user for the whole file.
        within: region key that reports must be inside.
        file_name: as uploaded, or the name inside an archive.
    """

    catalog: Catalog
    tree: RegionTree
    names: HeaderNames
    newest: Month
    month: Month | None
    within: int
    file_name: str


@dataclass(frozen=True)
class SheetReading:
    """How one sheet was understood.

    Args:
        number: its place among the file's sheets, from 0.
        label: as messages name it; name, source and encoding as in Sheet.
        layout: long, wide or targets; empty where the sheet was not read.
        is_turned: whether the table lies on its side.
        header_rows: rows of the header, counted from 1.
        title: the text above the header.
        columns: what each column with a header was taken for.
        row_count: data rows.
        period: label of the period the whole sheet is about; empty where its columns or rows say it.
        place: name of the place the whole sheet is about; empty where every row says it.
        fates: of each row of the sheet, by ecodash.ingest.body.Fate.
        notes: Chinese: what was left out, assumed or merged.
    """

    number: int
    label: str
    name: str
    source: str
    encoding: str
    fates: Fates
    layout: str = ""
    is_turned: bool = False
    is_hidden: bool = False
    header_rows: tuple[int, ...] = ()
    title: str = ""
    columns: tuple[ColumnMatch, ...] = ()
    row_count: int = 0
    period: str = ""
    place: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class SheetResult:
    """A sheet that was read: how, its cells, its targets, the doubts about its totals."""

    reading: SheetReading
    cells: SheetCells
    targets: pd.DataFrame = field(default_factory=empty_targets)
    doubts: tuple[Doubt, ...] = ()


def unread(sheet: Sheet, number: int) -> SheetReading:
    """A sheet that is not read."""
    fates = np.array([Fate.UNREAD if row else Fate.BLANK for row in sheet.rows], dtype=np.uint8)
    return SheetReading(number, sheet.label, sheet.name, sheet.source, sheet.encoding, fates, is_hidden=sheet.is_hidden)


def read_sheet(
    sheet: Sheet,
    number: int,
    head: Head,
    rows: list[list[str]],
    around: Surroundings,
    faults: FaultList,
    remarks: RemarkList,
) -> SheetResult:
    """Read one sheet below its header.

    Args:
        head, rows: as find_head gives them: turned back where the table lies on its side.
    """
    faults.begin_sheet(number, sheet.label)
    title = title_above(rows, head)
    period = file_period(around.month, title, sheet.name, _file_name(sheet, around))
    if period.problem:
        faults.add("month_disagrees", period.problem)
    context = _indicator_named(sheet, title, around)
    if head.is_turned:
        faults.turn_sheet(_turned_header(rows, head))
    layout = lay_out(rows, head, around.names, around.catalog, context, units_above(title), faults)
    body, row_notes = read_body(rows, head, layout, around.names, faults)
    finder, place = _finder(sheet, title, layout, around, faults)
    reader = _SheetReader(sheet, head, title, layout, body, period, finder, around, faults, remarks)
    found = reader.targets(number) if layout.kind == TARGETS else reader.figures(number)
    notes = [*sheet.notes, *_hidden_notes(sheet, head, layout, body), *row_notes, *reader.notes]
    fates = _final_fates(sheet, head, layout, body, found, faults.rows_of(number))
    if head.is_turned and (below := (np.flatnonzero(fates == Fate.FOOTER) + 1).tolist()):
        notes.append(f"没有读取{FATES[Fate.FOOTER]}：{row_list(below)}。")
    notes += _empty_notes(fates, head, layout, found)
    reading = SheetReading(
        number,
        sheet.label,
        sheet.name,
        sheet.source,
        sheet.encoding,
        fates,
        layout=layout.kind,
        is_turned=head.is_turned,
        is_hidden=sheet.is_hidden,
        header_rows=tuple(range(head.first + 1, head.last + 2)),
        title=title,
        columns=layout.matches,
        row_count=len(body.rows),
        period=period.period.label if period.period else "",
        place=place,
        notes=tuple(notes),
    )
    return SheetResult(reading, found.cells, found.targets, found.doubts)


def _turned_header(rows: list[list[str]], head: Head) -> Callable[[int], str]:
    """What heads a column of a table that lies on its side: the region in it."""
    corner = head.paths.index(TURNED_REGIONS)

    def header(position: int) -> str:
        row = rows[position] if position < len(rows) else []
        return row[corner] if corner < len(row) else ""

    return header


def _file_name(sheet: Sheet, around: Surroundings) -> str:
    """The file's name; for a file of an archive the archive's and its own, either of which may name month and place."""
    name = around.file_name
    return f"{name.rpartition('.')[0] or name} {sheet.source}" if sheet.source else name


def _indicator_named(sheet: Sheet, title: str, around: Surroundings) -> Indicator | None:
    """The one indicator a table of months is about: by the sheet's name, the title or the file's name."""
    named = (around.names.named_in(text) for text in (sheet.name, title, _file_name(sheet, around)))
    return next((indicator for indicator in named if indicator), None)


def _finder(
    sheet: Sheet, title: str, layout: Layout, around: Surroundings, faults: FaultList
) -> tuple[RegionFinder, str]:
    """Where the sheet's regions are looked for, and the place it is about where its rows do not say the town."""
    if {"region_code", "town"} & layout.roles.keys():
        return RegionFinder(around.tree, around.within), ""
    file_name = _file_name(sheet, around)
    sources = {"工作表名": sheet.name, "表格标题": title, "文件名": file_name.rpartition(".")[0] or file_name}
    named: dict[str, Region] = {}
    for source, text in sources.items():
        places = places_in(text, around.tree, around.within)
        if len(places) == 1:
            named[source] = places[0]
    if not named:
        chosen = around.tree.find(around.within)
        if chosen is not None and chosen.level.rank >= Level.TOWN.rank:
            named["上传时选择的地区"] = chosen
    if not named:
        return RegionFinder(around.tree, around.within), ""
    source, place = max(named.items(), key=lambda item: item[1].level.rank)
    strangers = {s: r for s, r in named.items() if ancestor_key(place.key, r.level) != r.key}
    if strangers:
        said = "，".join(f"{s}是{r.name}" for s, r in {source: place, **strangers}.items())
        faults.add("region_disagrees", f"地区说法不一：{said}。请核对报的是哪里，改成一致后重新上传。")
    finder = RegionFinder(around.tree, around.within, context=place.key, context_source=source)
    if finder.find_context() is None:
        scope = around.tree.get(around.within).name
        hint = f"{source}写的是“{place.name}”，不在上报范围“{scope}”内。请核对地区范围，或由该地区上报。"
        faults.add("region_outside", hint, value=place.name)
        return RegionFinder(around.tree, around.within), place.name
    return finder, place.name


def _hidden_notes(sheet: Sheet, head: Head, layout: Layout, body: Body) -> list[str]:
    """What was read though the file hides it, in the rows and columns of the file."""
    rows = [row - 1 for row in body.rows]
    columns = [match.position for match in layout.matches if match.target != IGNORED]
    if head.is_turned:
        rows, columns = columns, rows
    hidden_rows = [row + 1 for row in rows if row in sheet.hidden_rows]
    hidden_columns = [column_letter(column) for column in columns if column in sheet.hidden_columns]
    notes = [f"隐藏的行也已读取：{row_list(hidden_rows)}。"] if hidden_rows else []
    notes += [f"隐藏的列也已读取：{'、'.join(hidden_columns[:20])} 列。"] if hidden_columns else []
    if sheet.is_hidden:
        notes.append(f"工作表“{cut(sheet.name)}”在文件中是隐藏的，已按选择读取。")
    return notes


@dataclass(frozen=True)
class _Found:
    """What a sheet holds: cells, or targets; read marks the data rows that gave something."""

    cells: SheetCells
    targets: pd.DataFrame
    doubts: tuple[Doubt, ...]
    read: npt.NDArray[np.bool_]
    refused: npt.NDArray[np.bool_]


class _SheetReader:
    """Reads the body of one sheet; what there is to say about it collects in notes."""

    def __init__(
        self,
        sheet: Sheet,
        head: Head,
        title: str,
        layout: Layout,
        body: Body,
        period: FilePeriod,
        finder: RegionFinder,
        around: Surroundings,
        faults: FaultList,
        remarks: RemarkList,
    ) -> None:
        self._sheet, self._head, self._title, self._layout, self._body = sheet, head, title, layout, body
        self._period, self._finder, self._around = period, finder, around
        self._faults, self._remarks = faults, remarks
        self.notes: list[str] = [period.note] if period.note else []

    def figures(self, number: int) -> _Found:
        """The cells of a wide or long table."""
        body, layout, around, faults = self._body, self._layout, self._around, self._faults
        refuse_merged(self._sheet, self._head, layout, body, faults)
        rows, notes = periods_of_rows(body, layout, self._period, around.month, around.newest, faults)
        self.notes += notes
        figures = list(
            read_figures(body, layout, around.names, around.catalog, faults, self._remarks, self._sheet.label)
        )
        months = [months_of_figures(one, rows, self._period, around.newest, body, faults) for one in figures]
        for _, said in months:
            self.notes += [note for note in sorted(said) if note not in self.notes]
        given = np.zeros(len(body.rows), np.bool_)
        for read_column in figures:
            given[read_column.places] = True
        row_months = _row_months(body, [found for found, _ in months])
        keys, notes = regions_of_rows(body, layout, row_months, given, self._finder, faults)
        self.notes += notes
        placed = [
            place_figures(one, keys, found, body, faults) for one, (found, _) in zip(figures, months, strict=True)
        ]
        if not any(len(one.places) for one in figures):
            self._add_if_nothing()
        # A column with a cell that could not be read, or a row without a region, has no sum to compare a total with.
        wrong = faults.columns_of(number)
        whole = [
            one
            for one in placed
            if one.figures.source.indicator is not None
            and len(one.places) == len(one.figures.places)
            and one.figures.source.column.position not in wrong
        ]
        doubts = check_totals(body, whole, keys, around.catalog.units, self._finder.town_named)
        if rows.column is None:
            titles = self._sheet.name, self._title, _file_name(self._sheet, around)
            undated = [one for one in figures if one.source.period is None]
            doubts += check_cumulative(titles, layout.matches, undated)
        cells = gather(placed, body, self._sheet.label, is_turned=self._head.is_turned)
        read = np.zeros(len(body.rows), np.bool_)
        for one in placed:
            read[one.places] = True
        return _Found(cells, empty_targets(), tuple(self._at_home(doubt) for doubt in doubts), read, given & ~read)

    def targets(self, number: int) -> _Found:
        """The targets of a table of targets, for regions as they stand now, whenever they are due."""
        body, layout, around, faults = self._body, self._layout, self._around, self._faults
        now, every = np.full(len(body.rows), around.newest.key, np.int32), np.ones(len(body.rows), np.bool_)
        keys, notes = regions_of_rows(body, layout, now, every, self._finder, faults)
        is_village = [key != UNKNOWN and level_of(key) is Level.VILLAGE for key in keys.tolist()]
        found, target_notes = read_targets(body, layout, around.names, around.catalog, is_village, faults)
        targets, repeats = assemble_targets(found, keys, body, layout.roles.get("target"), number, faults)
        self.notes += [*notes, *target_notes, *repeats]
        if not found:
            self._add_if_nothing()
        read = np.zeros(len(body.rows), np.bool_)
        read[[target.place for target in found]] = True
        cells = gather([], body, self._sheet.label, is_turned=False)
        return _Found(cells, targets, (), read & (keys != UNKNOWN), read & (keys == UNKNOWN))

    def _add_if_nothing(self) -> None:
        """A table without a single number is refused, unless other faults already say why there is none."""
        if not len(self._faults):
            hint = "文件里没有一个数值。请填写数值后重新上传；确实为零请填 0。"
            self._faults.add("nothing_to_read", hint)

    def _at_home(self, doubt: Doubt) -> Doubt:
        """A doubt with its sheet, and its place as the file shows it."""
        if doubt.row is None:
            return replace(doubt, sheet=self._sheet.label)
        row, position, column = self._faults.place(doubt.row, doubt.position or 0, doubt.column)
        return replace(doubt, sheet=self._sheet.label, row=row, position=position, column=cut(column))


def _row_months(body: Body, months: list[npt.NDArray[np.int32]]) -> npt.NDArray[np.int32]:
    """A month each row has figures for: the newest, 0 where it has none."""
    newest = np.zeros(len(body.rows), np.int32)
    for found in months:
        np.maximum(newest, found, out=newest)
    return newest


def _final_fates(sheet: Sheet, head: Head, layout: Layout, body: Body, found: _Found, faulty: set[int]) -> Fates:
    """What became of each row of the sheet as it stands in the file."""
    if head.is_turned:
        return _turned_fates(sheet, head, layout)
    fates = body.fates.copy()
    rows = np.array(body.rows, dtype=np.int64) - 1
    fates[rows[~found.read & ~found.refused]] = Fate.EMPTY
    fates[rows[found.refused | (~found.read & _has_text(body, layout.asked))]] = Fate.REFUSED
    wrong = np.array(sorted(faulty), dtype=np.int64) - 1
    wrong = wrong[(wrong >= 0) & (wrong < len(fates))]
    fates[wrong[np.isin(fates[wrong], (Fate.DATA, Fate.EMPTY))]] = Fate.REFUSED
    return fates


def _has_text(body: Body, positions: tuple[int, ...]) -> npt.NDArray[np.bool_]:
    """Data rows with anything in some columns."""
    found = np.zeros(len(body.rows), np.bool_)
    for position in positions:
        if position < len(body.columns):
            found |= np.array([bool(text) for text in body.columns[position]], dtype=np.bool_)
    return found


def _empty_notes(fates: Fates, head: Head, layout: Layout, found: _Found) -> list[str]:
    """How many rows, or regions of a table on its side, report nothing."""
    if head.is_turned:
        regions = int((~found.read & ~found.refused).sum())
        return [f"一个数值都没有的地区：{regions} 个，按未上报读取。"] if regions else []
    rows = int((fates == Fate.EMPTY).sum())
    what = "没有数值的行" if layout.kind == LONG else "一个数值都没有的行"
    return [f"{what}：{rows} 行，按未上报读取。"] if rows else []


def _turned_fates(sheet: Sheet, head: Head, layout: Layout) -> Fates:
    """Rows of a table that lies on its side are its columns."""
    used = {match.position for match in layout.matches if match.target != IGNORED}
    corner = head.paths.index(TURNED_REGIONS)
    fates = np.zeros(len(sheet.rows), dtype=np.uint8)
    for index, row in enumerate(sheet.rows):
        if row:
            outside = Fate.ABOVE if index < corner else Fate.FOOTER
            titled = index < len(head.paths) and head.paths[index]
            fates[index] = Fate.DATA if index in used else Fate.UNREAD if titled else outside
    return fates
