"""The month and the region of each data row."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ecodash.decimals import Ints
from ecodash.domain.indicators import Indicator
from ecodash.domain.periods import Month, Period
from ecodash.ingest.body import Body
from ecodash.ingest.cells import NO_MONTH, UNKNOWN
from ecodash.ingest.faults import FaultList, cut, row_list
from ecodash.ingest.figures import Figures
from ecodash.ingest.layout import WIDE, Column, FigureColumn, Layout
from ecodash.ingest.months import FilePeriod, read_period, storable, with_year
from ecodash.ingest.names import RegionFinder, Written
from ecodash.ingest.numbers import is_missing

_NONE = -1
_PARTS = ("region_code", "village", "town", "region")
_NOWHERE = Written()

Months = npt.NDArray[np.int32]
Marks = npt.NDArray[np.bool_]


# ── months ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class RowPeriods:
    """What each row says of its month: an index into periods, -1 where it says nothing that can be used."""

    codes: Ints
    periods: list[Period]
    column: Column | None


def periods_of_rows(
    body: Body, layout: Layout, said: FilePeriod, chosen: Month | None, newest: Month, faults: FaultList
) -> tuple[RowPeriods, list[str]]:
    """The period of each row, and notes: its month column decides, a row that leaves it blank is for the sheet's.

    Args:
        said: the period of the whole sheet, by the page's choice, its title, its name or the file's.
        chosen: the page's choice.
    """
    column, sheet = layout.roles.get("month"), said.period
    if column is None:
        needed = any(figure.period is None for figure in layout.figures)
        if needed and (sheet is None or sheet.last > newest):
            if not said.problem:
                _add_sheet_fault(said, newest, faults)
            sheet = None
        known = [] if sheet is None else [sheet]
        return RowPeriods(np.full(len(body.rows), 0 if known else _NONE, np.int64), known, None), []
    reader = _MonthColumn(said, chosen, newest)
    texts = body.texts(column)
    readings = reader.read(texts)
    codes = np.fromiter((readings[text][0] for text in texts), np.int64, len(texts))
    if any(fault for _, fault, _ in readings.values()):
        for row, text in zip(body.rows, texts, strict=True):
            _, fault, hint = readings[text]
            if fault:
                faults.add(fault, hint, row=row, position=column.position, column=column.label, value=text)
    in_column = reader.single()
    if sheet and chosen is None and in_column and in_column not in sheet:
        hint = f"月份列是{in_column.label}，标题、工作表名或文件名中是{sheet.label}。请改成一致后重新上传。"
        faults.add("month_disagrees", hint, column=column.label)
    notes = [f"{reader.blank} 行没有写月份，按{sheet.label}读取。"] if reader.blank and sheet else []
    return RowPeriods(codes, reader.periods, column), notes


def _add_sheet_fault(said: FilePeriod, newest: Month, faults: FaultList) -> None:
    if said.period is not None:
        faults.add("month_future", _future_hint(said.period, newest), value=said.period.label)
        return
    if said.partial is not None:
        hint = f"{'、'.join(said.sources)}只写了“{said.partial.label}”，没有年份。请在上传时选择月份，或写明年份。"
        faults.add("month_missing", hint, value=said.partial.label)
        return
    hint = "文件里没有写月份。请在上传时选择月份，或在标题、工作表名、文件名中写明，例如 2026年10月。"
    faults.add("month_missing", hint)


class _MonthColumn:
    """Readings of a month column, each distinct text once."""

    def __init__(self, said: FilePeriod, chosen: Month | None, newest: Month) -> None:
        self._sheet, self._year, self._chosen, self._newest = said.period, said.year, chosen, newest
        self._readings: dict[str, tuple[int, str, str]] = {}
        self.periods: list[Period] = []
        self.blank = 0

    def read(self, texts: list[str]) -> dict[str, tuple[int, str, str]]:
        """Of each distinct text the index of its period, fault code and hint."""
        for text, count in Counter(texts).items():
            self._readings[text] = reading = self._judge(text)
            if reading[0] != _NONE and is_missing(text):
                self.blank += count
        return self._readings

    def single(self) -> Period | None:
        """The one period the column names, where it names just one."""
        named = {code for text, (code, fault, _) in self._readings.items() if not fault and not is_missing(text)}
        return self.periods[named.pop()] if len(named) == 1 else None

    def _judge(self, text: str) -> tuple[int, str, str]:
        if is_missing(text):
            if self._sheet is None:
                return _NONE, "month_missing", "本行没有写月份。请填写月份，例如 2026-10。"
            period: Period | str = self._sheet
        else:
            period = read_period(text, self._year)
        if isinstance(period, str):
            return _NONE, "month_unreadable", period
        if period.last > self._newest:
            return _NONE, "month_future", _future_hint(period, self._newest)
        if self._chosen and self._chosen not in period:
            hint = f"本行写的是{period.label}，上传时选择的是{self._chosen.label}。请核对后改成一致。"
            return self._index(period), "month_disagrees", hint
        return self._index(period), "", ""

    def _index(self, period: Period) -> int:
        if period not in self.periods:
            self.periods.append(period)
        return self.periods.index(period)


def _future_hint(period: Period, newest: Month) -> str:
    when = "还没有到" if period.first > newest else "还没有结束"
    return f"{period.label}{when}，最晚可以报 {newest.label}。请核对月份。"


def months_of_figures(
    figures: Figures, rows: RowPeriods, said: FilePeriod, newest: Month, body: Body, faults: FaultList
) -> tuple[Months, set[str]]:
    """The month (yyyymm) each row's figure of a column is kept under, NO_MONTH where there is none, and notes on
    quarters and half-years. A period the indicator cannot be reported for is a fault, told once for a column."""
    source, indicator = figures.source, figures.indicator
    found = np.full(len(body.rows), NO_MONTH, np.int32)
    if not len(figures.places):
        return found, set()
    notes: set[str] = set()
    if source.period is not None:
        period = _column_period(source, said, newest, faults)
        if period is not None:
            month = _storable(period, indicator, source.column, None, faults, notes)
            found[:] = month
        return found, notes
    kept = np.full(len(rows.periods) + 1, NO_MONTH, np.int32)
    used = rows.codes[figures.places]
    for code in np.unique(used):
        if code != _NONE:
            first = body.rows[int(figures.places[np.argmax(used == code)])] if rows.column else None
            column = rows.column or source.column
            kept[code] = _storable(rows.periods[int(code)], indicator, column, first, faults, notes)
    return kept[rows.codes], notes


def _column_period(source: FigureColumn, said: FilePeriod, newest: Month, faults: FaultList) -> Period | None:
    """The period in a column's header, with the year the sheet is about."""
    if source.period is None:
        return None
    period, column = with_year(source.period, said.year), source.column
    if isinstance(period, str):
        if not said.problem:
            faults.add("month_missing", period, position=column.position, column=column.label)
        return None
    if period.last > newest:
        hint = _future_hint(period, newest)
        faults.add("month_future", hint, position=column.position, column=column.label, value=period.label)
        return None
    return period


def _storable(
    period: Period, indicator: Indicator, column: Column, row: int | None, faults: FaultList, notes: set[str]
) -> int:
    month = storable(period, indicator)
    if isinstance(month, str):
        faults.add(
            "period_not_allowed", month, row=row, position=column.position, column=column.label, value=period.label
        )
        return NO_MONTH
    if period.kind != "month":
        notes.add(f"“{indicator.name}”写的是{period.label}，按期末月{month.label}记。")
    return month.key


# ── regions ────────────────────────────────────────────────────────────────────────────────────────────────────────


def regions_of_rows(
    body: Body, layout: Layout, months: Months, given: Marks, finder: RegionFinder, faults: FaultList
) -> tuple[Ints, list[str]]:
    """The region key of each row, UNKNOWN where it is not certain, and notes.

    A blank town before a village, without a code, is the town above: that is how merged cells are read. A line that
    names a town heads the rows below it. In a long table a row without a region goes on with the one above. Without any
    region column the rows are for the place the sheet is about.

    Args:
        months: a month (yyyymm) each row has figures for, 0 where unknown: regions must be valid in it.
        given: rows that report something; others need no region.
    """
    roles = layout.roles
    if not any(role in roles for role in _PARTS):
        return _all_for_context(body, months, finder, faults)
    codes, villages, towns, regions = (body.texts(roles.get(role)) for role in _PARTS)
    parts, continued = _continued([codes, villages, towns, regions], layout)
    codes, villages, towns, regions = parts
    towns, filled = _filled_towns(body, towns, villages, codes)
    keys = finder.keys_of(codes, villages, towns, regions, months)
    said: set[str] = set()
    for place in np.flatnonzero(keys == UNKNOWN).tolist():
        written = Written(codes[place], villages[place], towns[place], regions[place])
        if written == _NOWHERE:
            if given[place]:
                column, hint = _first_region_column(layout), "本行没有写明地区。请填写区划代码，或乡镇和村的名称。"
                faults.add("region_missing", hint, row=body.rows[place], position=column.position, column=column.label)
            continue
        found = finder.find(written, int(months[place]))
        if found.key is not None:
            keys[place] = found.key
        if found.note:
            said.add(found.note)
        for problem in found.problems:
            column = roles.get(problem.role) or _first_region_column(layout)
            row, value = body.rows[place], problem.value
            faults.add(problem.code, problem.hint, row=row, position=column.position, column=column.label, value=value)
    notes = [f"乡镇列为空，按上方的乡镇读取：{row_list(filled)}。"] if filled else []
    if continued:
        notes.append(f"地区列为空，按上方的地区读取：{row_list([body.rows[place] for place in continued])}。")
    return keys, [*notes, *sorted(said)]


def _continued(parts: list[list[str]], layout: Layout) -> tuple[list[list[str]], list[int]]:
    """The parts of each row's region, in a long table from above where a row has none (merged cells), and those rows."""
    if layout.kind == WIDE or any("" not in part for part in parts):
        return parts, []
    places = [place for place, row in enumerate(zip(*parts, strict=True)) if place and not any(row)]
    completed = [list(part) for part in parts]
    for place in places:
        for part in completed:
            part[place] = part[place - 1]
    return completed, [place for place in places if any(part[place] for part in completed)]


def _filled_towns(body: Body, towns: list[str], villages: list[str], codes: list[str]) -> tuple[list[str], list[int]]:
    """The town of each row, from above where it is blank, and the rows that took it from a merged cell."""
    if not body.sections and ("" not in towns or not any(towns)):
        return towns, []
    completed, filled, last = list(towns), [], ""
    for place, (town, village, code) in enumerate(zip(towns, villages, codes, strict=True)):
        section = body.sections.get(place)
        last = town or section or last
        if not town and last and village and not code:
            completed[place] = last
            if not body.sections:
                filled.append(body.rows[place])
    return completed, filled


def _all_for_context(body: Body, months: Months, finder: RegionFinder, faults: FaultList) -> tuple[Ints, list[str]]:
    place = finder.find_context()
    if place is None:
        hint = (
            "表里没有写地区的列。请补上区划代码，或乡镇、村的名称；整张表都是一个地区的，请在标题、工作表名或文件名中"
            "写明，例如 石潭镇2026年9月，或在上传时选择这个乡镇。"
        )
        faults.add("region_missing", hint)
        return np.full(len(body.rows), UNKNOWN, np.int64), []
    keys = np.full(len(body.rows), UNKNOWN, np.int64)
    for index, (row, month) in enumerate(zip(body.rows, months.tolist(), strict=True)):
        found = finder.find(Written(), month)
        keys[index] = UNKNOWN if found.key is None else found.key
        for problem in found.problems:
            faults.add(problem.code, problem.hint, row=row, value=problem.value)
    return keys, [f"表里没有地区列，全部按“{cut(place.name)}”读取。"]


def _first_region_column(layout: Layout) -> Column:
    return min((layout.roles[role] for role in _PARTS if role in layout.roles), key=lambda column: column.position)
