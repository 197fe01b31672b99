"""Figures of the data rows: numbers of a wide, long or target table, judged cell by cell."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from ecodash.domain.indicators import Aggregation, Indicator
from ecodash.ingest.faults import FaultList, cut
from ecodash.ingest.headers import HeaderNames, fold_unit
from ecodash.ingest.layout import Body, Column, Layout
from ecodash.ingest.months import read_deadline
from ecodash.ingest.numbers import Missing, NumberProblem, is_missing, read_number

Reading = Decimal | Missing | NumberProblem


@dataclass(frozen=True, slots=True)
class Figures:
    """Numbers read for one indicator: parallel lists, in row order.

    Args:
        indicator: what they are of.
        column: where they stand.
        places: indices into the body's rows.
        values: the numbers.
    """

    indicator: Indicator
    column: Column
    places: list[int]
    values: list[Decimal]


@dataclass(frozen=True, slots=True)
class TargetFigure:
    """One target row: index into the body's rows, indicator, deadline (yyyymm), baseline and target value."""

    place: int
    indicator: Indicator
    deadline: int
    baseline: Decimal
    value: Decimal


class _Readings(dict[str, Reading]):
    """Readings of one indicator's distinct texts: a column repeats few texts many times."""

    def __init__(self, indicator: Indicator) -> None:
        super().__init__()
        self._indicator = indicator

    def __missing__(self, text: str) -> Reading:
        reading = self[text] = read_number(text, self._indicator)
        return reading


def read_wide(body: Body, layout: Layout, faults: FaultList) -> Iterator[Figures]:
    """Figures of a table with a column for each indicator."""
    for column, indicator in layout.indicators:
        readings = _Readings(indicator)
        texts = body.texts(column)
        read = [readings[text] for text in texts]
        places = [place for place, reading in enumerate(read) if reading.__class__ is Decimal]
        if any(isinstance(reading, NumberProblem) for reading in readings.values()):
            for place, reading in enumerate(read):
                if isinstance(reading, NumberProblem):
                    _add(faults, reading.code, reading.hint, body.rows[place], column, texts[place])
        yield Figures(indicator, column, places, [read[place] for place in places])  # type: ignore[misc]


def read_long(body: Body, layout: Layout, names: HeaderNames, faults: FaultList) -> Iterator[Figures]:
    """Figures of a table with a row for each figure, grouped by indicator in order of first appearance."""
    column = layout.roles.get("value")
    if column is None or "indicator" not in layout.roles:
        return
    texts = body.texts(column)
    readings: dict[str, _Readings] = {}
    found: dict[str, Figures] = {}
    for place, indicator in _written_indicators(body, layout, names, faults):
        code = indicator.code
        if code not in found:
            readings[code], found[code] = _Readings(indicator), Figures(indicator, column, [], [])
        reading = readings[code][texts[place]]
        if isinstance(reading, NumberProblem):
            _add(faults, reading.code, reading.hint, body.rows[place], column, texts[place])
        elif isinstance(reading, Decimal):
            found[code].places.append(place)
            found[code].values.append(reading)
    yield from found.values()


def read_targets(
    body: Body, layout: Layout, names: HeaderNames, level_is_village: Callable[[int], bool], faults: FaultList
) -> tuple[list[TargetFigure], list[str]]:
    """Targets, one a row, and notes. A missing baseline is zero, with a note; a missing target is no target."""
    column, deadline_column = layout.roles.get("target"), layout.roles.get("deadline")
    if column is None or deadline_column is None:
        return [], []
    texts, deadlines = body.texts(column), body.texts(deadline_column)
    baseline_column = layout.roles.get("baseline")
    baselines = body.texts(baseline_column)
    found: list[TargetFigure] = []
    zeroed = 0
    for place, written in _written_indicators(body, layout, names, faults):
        row = body.rows[place]
        indicator = written if level_is_village(place) else _above_villages(written)
        value, baseline = read_number(texts[place], indicator), read_number(baselines[place], indicator)
        for reading, where, text in ((value, column, texts[place]), (baseline, baseline_column, baselines[place])):
            if isinstance(reading, NumberProblem) and where:
                _add(faults, reading.code, reading.hint, row, where, text)
        if isinstance(value, Missing):
            continue
        deadline = read_deadline(deadlines[place])
        if is_missing(deadlines[place]):
            _add(
                faults, "deadline_missing", "目标没有写期限。请填写到期的月份，例如 2026-12。", row, deadline_column, ""
            )
        elif isinstance(deadline, str):
            _add(faults, "deadline_unreadable", deadline, row, deadline_column, deadlines[place])
        elif isinstance(value, Decimal) and not isinstance(baseline, NumberProblem):
            zeroed += isinstance(baseline, Missing)
            start = baseline if isinstance(baseline, Decimal) else Decimal(0)
            found.append(TargetFigure(place, written, deadline.key, start, value))
    return found, [f"{zeroed} 项目标没有填基数，按 0 读取。"] if zeroed else []


def _above_villages(indicator: Indicator) -> Indicator:
    """A counted level's target above the village is a number of villages, not a level."""
    if indicator.aggregation is not Aggregation.COUNT:
        return indicator
    return replace(indicator, choices=(), unit="个村", decimals=0, minimum=Decimal(0), maximum=Decimal(10**9))


def _written_indicators(
    body: Body, layout: Layout, names: HeaderNames, faults: FaultList
) -> Iterator[tuple[int, Indicator]]:
    """Rows whose indicator is known, with it; an unknown one, or another unit beside it, is a fault of its row."""
    column, unit_column = layout.roles["indicator"], layout.roles.get("unit")
    texts, units = body.texts(column), body.texts(unit_column)
    known: dict[str, Indicator | None] = {}
    hints: dict[str, str] = {}
    for place, (text, unit) in enumerate(zip(texts, units, strict=True)):
        if text not in known:
            known[text] = names.indicator(text)
            near = names.nearest(text) if known[text] is None and len(hints) < 300 else ""
            hints[text] = f"名称相近的指标有：{near}。" if near else ""
        indicator = known[text]
        if indicator is None:
            code = "indicator_unknown" if text else "indicator_missing"
            what = f"没有指标“{cut(text)}”。" if text else "本行没有写指标。"
            _add(faults, code, f"{what}{hints[text]}请填写指标目录中的名称或代码。", body.rows[place], column, text)
            continue
        if unit_column and unit and fold_unit(unit) != fold_unit(indicator.unit):
            hint = f"“{indicator.name}”的单位是“{indicator.unit}”，这里写的是“{cut(unit)}”。请换算后填写，并改正单位。"
            _add(faults, "unit_differs", hint, body.rows[place], unit_column, unit)
        yield place, indicator


def _add(faults: FaultList, code: str, hint: str, row: int, column: Column, value: str) -> None:
    faults.add(code, hint, row=row, position=column.position, column=column.label, value=value)
