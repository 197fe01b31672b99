"""Figures with their regions and months → frames of cells and targets; what contradicts itself is a fault."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ecodash.decimals import Ints, decimal_series, unscaled
from ecodash.domain.indicators import Indicator
from ecodash.domain.regions import LEVELS, level_of
from ecodash.ingest.body import Body
from ecodash.ingest.faults import FaultList, cut, row_list
from ecodash.ingest.figures import Figures, TargetFigure
from ecodash.ingest.layout import Column

UNKNOWN = -1
"""Region of a row whose region is not certain."""
NO_MONTH = 0


@dataclass(frozen=True, slots=True)
class Placed:
    """Figures of one column at certain regions and months: parallel arrays.

    Args:
        figures: where they come from.
        regions, periods: keys and yyyymm.
        amounts: ten-thousandths.
        places: indices into the body's rows.
    """

    figures: Figures
    regions: Ints
    periods: npt.NDArray[np.int32]
    amounts: Ints
    places: Ints


def empty_cells() -> pd.DataFrame:
    """No cells, with the columns and types of Intake.cells."""
    return cells_frame([], np.array([], dtype=np.int64), {})


def cells_frame(codes: Sequence[str], amounts: Ints, columns: dict[str, npt.NDArray[np.generic]]) -> pd.DataFrame:
    """Cells from arrays: region, order (index into codes), period, sheet, row, column."""
    order: npt.NDArray[Any] = columns.get("order", np.array([], dtype=np.int32))
    categories = list(dict.fromkeys(codes))
    index = np.array([categories.index(code) for code in codes], dtype=np.int16)
    numbers = index[order] if len(order) else index[:0]
    data = {
        "region": _typed(columns, "region", np.int64),
        "indicator": pd.Categorical.from_codes(numbers, categories=pd.Index(categories, dtype="str")),
        "period": _typed(columns, "period", np.int32),
        "value": decimal_series(amounts),
        "sheet": _typed(columns, "sheet", np.int16),
        "row": _typed(columns, "row", np.int32),
        "column": _typed(columns, "column", np.int16),
    }
    return pd.DataFrame(data)


def _typed(columns: dict[str, npt.NDArray[np.generic]], name: str, kind: type) -> npt.NDArray[np.generic]:
    return columns.get(name, np.array([])).astype(kind, copy=False)


def empty_targets() -> pd.DataFrame:
    """No targets, with the columns and types of Intake.targets."""
    types = {"region": "int64", "indicator": "str", "deadline": "int32"}
    types |= {"baseline": "object", "value": "object", "sheet": "int16", "row": "int32"}
    return pd.DataFrame({name: pd.Series([], dtype=kind) for name, kind in types.items()})


# ── cells ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def place_figures(
    figures: Figures, keys: Ints, periods: npt.NDArray[np.int32], body: Body, faults: FaultList
) -> Placed:
    """The figures whose region and month are certain; those at a level their indicator is not reported at are faults.

    Args:
        keys: region of each row of the body, UNKNOWN where it is not certain.
        periods: month of each row for this column, NO_MONTH where it has none.
    """
    places = figures.places
    keep = (keys[places] != UNKNOWN) & (periods[places] != NO_MONTH) & _at_allowed_levels(figures, keys, body, faults)
    if keep.all() and len(places) == len(keys):
        # A full column: nothing is copied for it.
        return Placed(figures, keys, periods, figures.amounts, places)
    places = places[keep]
    return Placed(figures, keys[places], periods[places], figures.amounts[keep], places)


def _at_allowed_levels(figures: Figures, keys: Ints, body: Body, faults: FaultList) -> npt.NDArray[np.bool_]:
    """Which figures stand at a level their indicator is reported at; the others are faults."""
    indicator, places, column = figures.indicator, figures.places, figures.source.column
    allowed = np.ones(len(places), dtype=np.bool_)
    if indicator.report_levels >= frozenset(LEVELS):
        return allowed
    regions = keys[places]
    barred = [k for k in np.unique(regions) if k != UNKNOWN and level_of(int(k)) not in indicator.report_levels]
    allowed = ~np.isin(regions, barred)
    levels = "、".join(level.label for level in LEVELS if level in indicator.report_levels)
    for index in np.flatnonzero(~allowed):
        level = level_of(int(regions[index]))
        hint = f"“{indicator.name}”只按{levels}上报，本行是{level.label}。请删去这个数，或改报到{levels}。"
        row, value = body.rows[int(places[index])], f"{unscaled(figures.amounts[index]):f}"
        faults.add("level_not_allowed", hint, row=row, position=column.position, column=column.label, value=value)
    return allowed


_ARRAYS = {"region": np.int64, "period": np.int32, "order": np.int16, "row": np.int32, "column": np.int16}


@dataclass(frozen=True, slots=True)
class SheetCells:
    """All cells of one sheet as parallel arrays, and what they are of.

    Args:
        label: the sheet as messages name it.
        indicators, columns: by order of the figures.
        arrays: region, period, order, row, column; amounts apart.
    """

    label: str
    indicators: list[Indicator]
    columns: list[Column]
    arrays: dict[str, npt.NDArray[np.generic]]
    amounts: Ints


def gather(placed: list[Placed], body: Body, label: str, *, is_turned: bool) -> SheetCells:
    """The cells of a sheet by row, then column, as the file shows them."""
    rows = np.array(body.rows, dtype=np.int32)
    indicators = [one.figures.indicator for one in placed]
    columns = [one.figures.source.column for one in placed]
    if not placed:
        return SheetCells(label, [], [], {}, np.array([], dtype=np.int64))
    counts = np.zeros(len(rows), dtype=np.int64)
    for one in placed:
        counts[one.places] += 1
    # Where the next figure of each row goes: each column is put in its place without sorting them all.
    ends = np.cumsum(counts)
    free, total = ends - counts, int(ends[-1]) if len(ends) else 0
    arrays: dict[str, npt.NDArray[np.generic]] = {name: np.empty(total, dtype=kind) for name, kind in _ARRAYS.items()}
    amounts = np.empty(total, dtype=np.int64)
    for order, one in enumerate(placed):
        there = free[one.places]
        free[one.places] += 1
        arrays["region"][there], arrays["period"][there] = one.regions, one.periods
        arrays["row"][there], amounts[there] = rows[one.places], one.amounts
        arrays["order"][there], arrays["column"][there] = order, columns[order].position
    if is_turned:
        arrays["row"], arrays["column"] = arrays["column"] + 1, arrays["row"] - 1
    return SheetCells(label, indicators, columns, arrays, amounts)


def assemble_cells(sheets: list[tuple[int, SheetCells]], faults: FaultList) -> tuple[pd.DataFrame, list[str]]:
    """The cells of all sheets, one for each (region, indicator, period), by sheet, row, then column.

    A cell given twice is kept once where the values are equal, with a note, and is a fault where they differ.

    Args:
        sheets: each with its number among the sheets read.
    """
    filled = [(number, sheet) for number, sheet in sheets if len(sheet.amounts)]
    if not filled:
        return empty_cells(), []
    codes: list[str] = []
    parts: dict[str, list[npt.NDArray[np.generic]]] = {}
    for number, sheet in filled:
        arrays = sheet.arrays | {
            "order": sheet.arrays["order"].astype(np.int32) + len(codes),
            "sheet": np.full(len(sheet.amounts), number, np.int16),
        }
        codes += [indicator.code for indicator in sheet.indicators]
        for name, values in arrays.items():
            parts.setdefault(name, []).append(values)
    columns = {name: _joined(values) for name, values in parts.items()}
    amounts = _joined([sheet.amounts for _, sheet in filled])
    categories = list(dict.fromkeys(codes))
    kinds = np.array([categories.index(code) for code in codes], dtype=np.int16)[columns["order"]]
    keep, notes = _without_repeats(columns, kinds, amounts, dict(sheets), faults)
    if keep is not None:
        columns, amounts = {name: values[keep] for name, values in columns.items()}, amounts[keep]
    return cells_frame(codes, amounts, columns), notes


def _without_repeats(
    columns: dict[str, npt.NDArray[np.generic]],
    kinds: Ints,
    amounts: Ints,
    sheets: dict[int, SheetCells],
    faults: FaultList,
) -> tuple[npt.NDArray[np.bool_] | None, list[str]]:
    """Which cells to keep, None for all; those given twice with another value are faults."""
    if _are_distinct(columns["region"], kinds, columns["period"]):
        return None, []
    identity = pd.DataFrame({"region": columns["region"], "kind": kinds, "period": columns["period"]})
    repeated = identity.duplicated(keep=False).to_numpy()
    first: dict[tuple[int, int, int], int] = {}
    same: Counter[tuple[str, str]] = Counter()
    for index in np.flatnonzero(repeated):
        key = int(columns["region"][index]), int(kinds[index]), int(columns["period"][index])
        before = first.setdefault(key, int(index))
        if before == index:
            continue
        if amounts[before] == amounts[index]:
            same[_where(columns, before, sheets), _where(columns, int(index), sheets)] += 1
            continue
        _add_twice(columns, amounts, before, int(index), sheets, faults)
    notes = []
    if same:
        pairs = "；".join(f"{one}与{two}" for one, two in list(same)[:10])
        more = "等" if len(same) > 10 else ""
        notes.append(f"重复且数值相同的 {sum(same.values())} 格只保留一份：{pairs}{more}。")
    return ~identity.duplicated().to_numpy(), notes


def _joined(arrays: list[npt.NDArray[Any]]) -> npt.NDArray[Any]:
    """Arrays as one, without a copy of a single one."""
    return arrays[0] if len(arrays) == 1 else np.concatenate(arrays)


def _are_distinct(*columns: npt.NDArray[Any]) -> bool:
    """Whether no two rows of the columns are the same, by one number for each row: ten times faster than a frame."""
    keys = np.zeros(len(columns[0]), dtype=np.int64)
    size = 1
    for column in columns:
        low = int(column.min())
        span = int(column.max()) - low + 1
        size *= span
        if size >= 2**63:
            return False
        keys *= span
        keys += column
        keys -= low
    keys.sort()
    return bool((keys[1:] != keys[:-1]).all())


def _where(columns: dict[str, npt.NDArray[np.generic]], index: int, sheets: dict[int, SheetCells]) -> str:
    label = sheets[int(columns["sheet"][index])].label if len(sheets) > 1 else ""
    place = f"第 {int(columns['row'][index])} 行"
    return f"“{cut(label)}”{place}" if label else place


def _add_twice(
    columns: dict[str, npt.NDArray[np.generic]],
    amounts: Ints,
    before: int,
    after: int,
    sheets: dict[int, SheetCells],
    faults: FaultList,
) -> None:
    number = int(columns["sheet"][after])
    sheet = sheets[number]
    order = int(columns["order"][after]) - sum(
        len(s.indicators) for n, s in sheets.items() if n < number and len(s.amounts)
    )
    column, name = sheet.columns[order], cut(sheet.indicators[order].name)
    old, new = f"{unscaled(amounts[before]):f}", f"{unscaled(amounts[after]):f}"
    hint = (
        f"同一地区同一期的“{name}”出现两次：{_where(columns, before, sheets)}是 {old}，"
        f"{_where(columns, after, sheets)}是 {new}。请核对后只保留一个。"
    )
    faults.resume_sheet(number)
    row, position = int(columns["row"][after]), int(columns["column"][after])
    faults.add_placed("cell_twice", hint, row=row, position=position, column=column.label, value=new)


# ── targets ────────────────────────────────────────────────────────────────────────────────────────────────────────


def assemble_targets(
    found: list[TargetFigure], keys: Ints, body: Body, column: Column | None, sheet: int, faults: FaultList
) -> tuple[pd.DataFrame, list[str]]:
    """Targets of rows whose region is certain, one for each (region, indicator, deadline), in row order."""
    first: dict[tuple[int, str, int], tuple[Decimal, int]] = {}
    records = []
    same: list[int] = []
    for target in found:
        key, row, code = int(keys[target.place]), body.rows[target.place], target.indicator.code
        if key == UNKNOWN:
            continue
        before = first.setdefault((key, code, target.deadline), (target.value, row))
        if before[1] == row:
            records.append((key, code, target.deadline, target.baseline, target.value, sheet, row))
        elif before[0] == target.value:
            same.append(row)
        elif column:
            hint = (
                f"同一地区同一期限的“{cut(target.indicator.name)}”出现两次：第 {before[1]} 行是 {before[0]:f}，"
                f"第 {row} 行是 {target.value:f}。请核对后只保留一个。"
            )
            value = f"{target.value:f}"
            faults.add("cell_twice", hint, row=row, position=column.position, column=column.label, value=value)
    frame = empty_targets()
    if records:
        frame = pd.DataFrame(records, columns=list(frame.columns)).astype(frame.dtypes.to_dict())
    return frame, [f"与前面相同的目标只保留一份：{row_list(same)}。"] if same else []
