"""Figures of the data rows: the numbers of a table's columns, read text by text, each distinct text once."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np

from ecodash.decimals import Ints, scaled_one
from ecodash.domain.indicators import Aggregation, Catalog, Indicator
from ecodash.ingest.body import Body
from ecodash.ingest.faults import LISTED, FaultList, Remark, cut
from ecodash.ingest.headers import HeaderNames
from ecodash.ingest.layout import Column, FigureColumn, Layout
from ecodash.ingest.months import read_deadline
from ecodash.ingest.number_hints import trimmed
from ecodash.ingest.numbers import PercentStyle, Reading, is_missing, percent_of_one, read_number

_NEAREST_BUDGET = 300
_NO_BASELINE = "当月完成量从 0 起算，存量和比率以上年 12 月末的数为基数"
_NOTHING = -(2**63)
"""Amount of a text that is no number: far beyond what can be kept."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Numbers read for one indicator from one column: parallel arrays, in row order.

    Args:
        source: the column, with its period.
        indicator: what they are of.
        places: indices into the body's rows.
        amounts: the numbers, in ten-thousandths of the indicator's unit.
    """

    source: FigureColumn
    indicator: Indicator
    places: Ints
    amounts: Ints


@dataclass(frozen=True, slots=True)
class TargetFigure:
    """One target row: index into the body's rows, indicator, deadline (yyyymm), baseline (None where the file gives none)
    and target value."""

    place: int
    indicator: Indicator
    deadline: int
    baseline: Decimal | None
    value: Decimal


class RemarkList:
    """Cells that were read with a note: counted by kind, and the first thousand listed."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.listed: list[Remark] = []

    def add(self, code: str, row: int, position: int, column: str, value: str, read_as: Decimal, sheet: str) -> None:
        """Note one cell, by its place in the file."""
        self.counts[code] += 1
        if len(self.listed) < LISTED:
            self.listed.append(Remark(code, row, cut(column), cut(value), trimmed(read_as), sheet, position))


class ColumnReader:
    """Reads the texts of columns; what is wrong goes to faults, what was read with a note to remarks."""

    def __init__(self, body: Body, catalog: Catalog, faults: FaultList, remarks: RemarkList, sheet: str) -> None:
        self._body, self._units = body, catalog.units
        self._faults, self._remarks, self._sheet = faults, remarks, sheet

    def read(self, source: FigureColumn, indicator: Indicator, places: Ints, unit: str) -> Figures:
        """The numbers at some places of a column; those that are missing or wrong are not among them."""
        column = source.column
        whole = self._body.texts(column)
        texts = whole if len(places) == len(whole) else [whole[place] for place in places]
        # A dictionary by text takes half the time of factorizing an array of them.
        distinct = dict.fromkeys(texts, _NOTHING)
        percent = percent_of_one(distinct) if indicator.unit == "%" and not unit else PercentStyle.PERCENTS
        noted: dict[str, Reading] = {}
        for text in distinct:
            reading = read_number(text, indicator, self._units, unit=unit, percent=percent)
            if reading.value is not None:
                distinct[text] = scaled_one(reading.value)
            if reading.remark or reading.problem:
                noted[text] = reading
        if noted:
            self._tell(noted, places, texts, column)
        amounts = np.fromiter(map(distinct.__getitem__, texts), np.int64, len(texts))
        kept = amounts != _NOTHING
        if kept.all():
            return Figures(source, indicator, places, amounts)
        return Figures(source, indicator, places[kept], amounts[kept])

    def _tell(self, noted: dict[str, Reading], places: Ints, texts: Sequence[str], column: Column) -> None:
        for place, text in zip(places.tolist(), texts, strict=True):
            if text not in noted:
                continue
            reading, row = noted[text], self._body.rows[place]
            if reading.problem:
                problem = reading.problem
                _add(self._faults, problem.code, problem.hint, row, column, text)
            elif reading.value is not None:
                shown = self._faults.place(row, column.position, column.label)
                self._remarks.add(reading.remark, *shown, text, reading.value, self._sheet)


def read_figures(
    body: Body, layout: Layout, names: HeaderNames, catalog: Catalog, faults: FaultList, remarks: RemarkList, sheet: str
) -> Iterator[Figures]:
    """The figures of a wide or long table: a column of one indicator whole, a column of values indicator by indicator
    in order of first appearance."""
    reader = ColumnReader(body, catalog, faults, remarks, sheet)
    everything = np.arange(len(body.rows), dtype=np.int64)
    groups: list[tuple[Indicator, str, Ints]] | None = None
    for source in layout.figures:
        if source.indicator is not None:
            yield reader.read(source, source.indicator, everything, source.unit)
            continue
        if groups is None:
            groups = _groups(body, layout, names, catalog, faults)
        for indicator, unit, places in groups:
            yield reader.read(source, indicator, places, unit)


def _groups(
    body: Body, layout: Layout, names: HeaderNames, catalog: Catalog, faults: FaultList
) -> list[tuple[Indicator, str, Ints]]:
    """Rows by the indicator they name and the unit their figures are written in."""
    found: dict[tuple[str, str], list[int]] = {}
    if "indicator" in layout.roles:
        for place, indicator, unit in _written_indicators(body, layout, names, catalog, faults):
            found.setdefault((indicator.code, unit), []).append(place)
    return [(catalog[code], unit, np.array(places, dtype=np.int64)) for (code, unit), places in found.items()]


def _written_indicators(
    body: Body, layout: Layout, names: HeaderNames, catalog: Catalog, faults: FaultList
) -> Iterator[tuple[int, Indicator, str]]:
    """Rows whose indicator is known, with it and the unit where it is another; an unknown one, or a unit that cannot be
    converted, is a fault of its row. A blank indicator below another is the same (merged cells)."""
    column, unit_column = layout.roles["indicator"], layout.roles.get("unit")
    texts, units = body.texts(column), body.texts(unit_column)
    known: dict[str, tuple[Indicator, str] | None] = {}
    hints: dict[str, str] = {}
    for place, (text, unit) in enumerate(zip(texts, units, strict=True)):
        if text not in known:
            known[text] = names.indicator(text)
            near = names.nearest(text) if known[text] is None and len(hints) < _NEAREST_BUDGET else ""
            hints[text] = f"名称相近的指标有：{near}。" if near else ""
        found = known[text]
        if found is None:
            code = "indicator_unknown" if text else "indicator_missing"
            what = f"没有指标“{cut(text)}”。" if text else "本行没有写指标。"
            _add(faults, code, f"{what}{hints[text]}请填写指标目录中的名称或代码。", body.rows[place], column, text)
            continue
        indicator, own_unit = found
        if unit_column and unit:
            if catalog.units.factor_for(unit, indicator) is None:
                hint = f"“{indicator.name}”的单位是“{indicator.unit}”，这里写的是“{cut(unit)}”，不能换算。请改正单位或数值。"
                _add(faults, "unit_differs", hint, body.rows[place], unit_column, unit)
            elif catalog.units.factor_for(unit, indicator) != 1:
                own_unit = unit
        yield place, indicator, own_unit


def read_targets(
    body: Body, layout: Layout, names: HeaderNames, catalog: Catalog, is_village: Sequence[bool], faults: FaultList
) -> tuple[list[TargetFigure], list[str]]:
    """Targets, one a row, and notes. A missing baseline stays missing, with a note that says what stands in for it; a
    missing target is no target.

    A target is a commitment: a number read with a note (约, 余) is refused here.
    """
    column, deadline_column = layout.roles.get("target"), layout.roles.get("deadline")
    if column is None or deadline_column is None or "indicator" not in layout.roles:
        return [], []
    texts, deadlines = body.texts(column), body.texts(deadline_column)
    baseline_column = layout.roles.get("baseline")
    baselines = body.texts(baseline_column)
    found: list[TargetFigure] = []
    without = 0
    for place, written, _ in _written_indicators(body, layout, names, catalog, faults):
        row = body.rows[place]
        indicator = written if is_village[place] else above_villages(written)
        value = _exact(texts[place], indicator, catalog, row, column, faults)
        baseline = _exact(baselines[place], indicator, catalog, row, baseline_column or column, faults)
        if value.value is None and value.problem is None:
            continue
        deadline = read_deadline(deadlines[place])
        if is_missing(deadlines[place]):
            hint = "目标没有写期限。请填写到期的月份，例如 2026-12。"
            _add(faults, "deadline_missing", hint, row, deadline_column, "")
        elif isinstance(deadline, str):
            _add(faults, "deadline_unreadable", deadline, row, deadline_column, deadlines[place])
        elif value.value is not None and baseline.problem is None:
            without += baseline.value is None
            found.append(TargetFigure(place, written, deadline.key, baseline.value, value.value))
    return found, [f"{without} 项目标没有填基数：{_NO_BASELINE}。"] if without else []


def _exact(text: str, indicator: Indicator, catalog: Catalog, row: int, column: Column, faults: FaultList) -> Reading:
    reading = read_number(text, indicator, catalog.units)
    if reading.problem:
        _add(faults, reading.problem.code, reading.problem.hint, row, column, text)
    elif reading.remark in ("approximate", "rounded"):
        hint = f"目标和基数要写准确的数，“{cut(text)}”不是。请改为一个确定的数，例如 {reading.value:f}。"
        _add(faults, "number_unreadable", hint, row, column, text)
        return replace(reading, value=None)
    return reading


def above_villages(indicator: Indicator) -> Indicator:
    """A counted level's target above the village is a number of villages, not a level."""
    if indicator.aggregation is not Aggregation.COUNT:
        return indicator
    return replace(
        indicator, choices=(), unit="个村", units=("个", "村"), decimals=0, minimum=Decimal(0), maximum=Decimal(10**9)
    )


def _add(faults: FaultList, code: str, hint: str, row: int, column: Column, value: str) -> None:
    faults.add(code, hint, row=row, position=column.position, column=column.label, value=value)
