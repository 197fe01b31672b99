"""Figures with their regions and months → frames of cells and targets; what contradicts itself is a fault."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

import numpy as np
import numpy.typing as npt
import pandas as pd

from ecodash.domain.indicators import Aggregation, Catalog, Indicator, Kind
from ecodash.domain.periods import Month
from ecodash.domain.regions import LEVELS, level_of
from ecodash.ingest.faults import FaultList, cut, row_list
from ecodash.ingest.figures import Figures, TargetFigure
from ecodash.ingest.layout import WIDE, Body, Column, Layout
from ecodash.ingest.months import read_month, repeats_month
from ecodash.ingest.names import RegionFinder, Written
from ecodash.ingest.numbers import is_missing

UNKNOWN = -1
"""Region of a row whose region is not certain."""
NO_MONTH = 0

Ints = npt.NDArray[np.int64]


def empty_cells() -> pd.DataFrame:
    """No cells, with the columns and types of Intake.cells."""
    return _frame({"region": "int64", "indicator": "str", "period": "int32", "value": "object", "row": "int32"})


def empty_targets() -> pd.DataFrame:
    """No targets, with the columns and types of Intake.targets."""
    types = {"region": "int64", "indicator": "str", "deadline": "int32"}
    return _frame({**types, "baseline": "object", "value": "object", "row": "int32"})


def _frame(types: dict[str, str]) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series([], dtype=kind) for name, kind in types.items()})


# ── rows: month and region ─────────────────────────────────────────────────────────────────────────────────────────


def months_of_rows(
    body: Body, layout: Layout, file_wide: Month | None, chosen: Month | None, newest: Month, faults: FaultList
) -> tuple[list[int], list[str]]:
    """The month of each row (yyyymm, NO_MONTH where it has none that can be used), and notes.

    The month column decides; a row that leaves it blank is for the file's month.
    """
    column = layout.roles.get("month")
    if column is None:
        return [_file_month(file_wide, newest, faults)] * len(body.rows), []
    readings: dict[str, tuple[int, str, str]] = {}
    months: list[int] = []
    blank = 0
    for row, text in zip(body.rows, body.texts(column), strict=True):
        if text not in readings:
            readings[text] = _judge_month(text, file_wide, chosen, newest)
        month, code, hint = readings[text]
        if code:
            faults.add(code, hint, row=row, position=column.position, column=column.label, value=text)
        blank += month != NO_MONTH and is_missing(text)
        months.append(month)
    named = {text: month for text, (month, code, _) in readings.items() if not code}
    if file_wide and chosen is None and len(set(named.values())) == 1 and file_wide.key not in named.values():
        in_column = Month.from_key(next(iter(named.values())))
        hint = f"月份列是 {in_column.label}，标题或文件名中是 {file_wide.label}。请改成一致后重新上传。"
        faults.add("month_disagrees", hint, column=column.label)
    return months, [f"{blank} 行没有写月份，按 {file_wide.label} 读取。"] if blank and file_wide else []


def _file_month(file_wide: Month | None, newest: Month, faults: FaultList) -> int:
    if file_wide is None:
        hint = "文件里没有写月份。请在上传时选择月份，或在标题、文件名中写明，例如 2026年10月。"
        faults.add("month_missing", hint)
        return NO_MONTH
    if file_wide > newest:
        faults.add("month_future", _future_hint(file_wide, newest), value=file_wide.label)
        return NO_MONTH
    return file_wide.key


def _judge_month(text: str, file_wide: Month | None, chosen: Month | None, newest: Month) -> tuple[int, str, str]:
    """Month key, fault code and hint of one text of the month column."""
    if is_missing(text):
        if file_wide is None:
            return NO_MONTH, "month_missing", "本行没有写月份。请填写月份，例如 2026-10。"
        return (
            (file_wide.key, "", "")
            if file_wide <= newest
            else (NO_MONTH, "month_future", _future_hint(file_wide, newest))
        )
    month = file_wide if file_wide and repeats_month(text, file_wide) else read_month(text)
    if isinstance(month, str):
        return NO_MONTH, "month_unreadable", month
    if month > newest:
        return NO_MONTH, "month_future", _future_hint(month, newest)
    if chosen and month != chosen:
        hint = f"本行写的是 {month.label}，上传时选择的是 {chosen.label}。请核对后改成一致。"
        return month.key, "month_disagrees", hint
    return month.key, "", ""


def _future_hint(month: Month, newest: Month) -> str:
    return f"{month.label}还没有到，最晚可以报 {newest.label}。请核对月份。"


def regions_of_rows(
    body: Body, layout: Layout, months: Sequence[int], finder: RegionFinder, faults: FaultList
) -> tuple[Ints, list[str]]:
    """The region key of each row, UNKNOWN where it is not certain, and notes.

    A blank town before a village, without a code, is the town above: that is how merged cells are read.
    """
    roles = layout.roles
    parts = [body.texts(roles.get(role)) for role in ("region_code", "village", "town", "region")]
    keys = np.full(len(body.rows), UNKNOWN, dtype=np.int64)
    filled: list[int] = []
    last_town = ""
    for place, (code, village, town, region) in enumerate(zip(*parts, strict=True)):
        if town:
            last_town = town
        elif last_town and village and not code:
            town = last_town
            filled.append(body.rows[place])
        found = finder.find(Written(code, village, town, region), months[place])
        if found.key is not None:
            keys[place] = found.key
        for problem in found.problems:
            column = roles.get(problem.role) or _first_region_column(layout)
            faults.add(
                problem.code,
                problem.hint,
                row=body.rows[place],
                position=column.position,
                column=column.label,
                value=problem.value,
            )
    return keys, [f"乡镇列为空，按上方的乡镇读取：{row_list(filled)}。"] if filled else []


def _first_region_column(layout: Layout) -> Column:
    held = [layout.roles[role] for role in ("region_code", "village", "town", "region") if role in layout.roles]
    return min(held, key=lambda column: column.position)


# ── cells ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def more_than_whole(
    figures: list[Figures],
    layout: Layout,
    catalog: Catalog,
    keys: Ints,
    months: Sequence[int],
    body: Body,
    faults: FaultList,
) -> list[str]:
    """A part larger than its whole, in one row of a wide table or for one region and month of a long one, is a fault.

    Flows are only noted: problems closed this month may have been found in another. Returns those notes.
    """
    by_code = {figure.indicator.code: figure for figure in figures}
    notes = []
    for ratio in catalog.values():
        part, whole = by_code.get(ratio.numerator), by_code.get(ratio.denominator)
        if ratio.aggregation is not Aggregation.RATIO or part is None or whole is None:
            continue

        def where(place: int) -> tuple[int, int]:
            return (place, 0) if layout.kind == WIDE else (int(keys[place]), months[place])

        wholes = {where(place): value for place, value in zip(whole.places, whole.values, strict=True)}
        larger = []
        for place, value in zip(part.places, part.values, strict=True):
            limit = wholes.get(where(place))
            if limit is None or value <= limit or (layout.kind != WIDE and keys[place] == UNKNOWN):
                continue
            if part.indicator.kind is Kind.FLOW:
                larger.append(body.rows[place])
                continue
            names = f"“{part.indicator.name}”({value:f})大于“{whole.indicator.name}”({limit:f})"
            hint = f"{names}，部分不能超过全部。请核对这两个数。"
            column = part.column
            row = body.rows[place]
            faults.add(
                "more_than_whole", hint, row=row, position=column.position, column=column.label, value=f"{value:f}"
            )
        if larger:
            notes.append(
                f"“{part.indicator.name}”大于“{whole.indicator.name}”，可能含往月的，请核对：{row_list(larger)}。"
            )
    return notes


def assemble_cells(
    figures: list[Figures], keys: Ints, months: Sequence[int], body: Body, faults: FaultList
) -> tuple[pd.DataFrame, list[str]]:
    """Cells of rows whose region and month are certain, one for each (region, indicator, period), by row then column.

    A cell given twice is kept once where the values are equal, with a note, and is a fault where they differ.
    """
    rows, periods = np.array(body.rows, dtype=np.int32), np.array(months, dtype=np.int32)
    usable = (keys != UNKNOWN) & (periods != NO_MONTH)
    pieces = []
    for order, figure in enumerate(figures):
        places = np.array(figure.places, dtype=np.int64)
        allowed = _at_allowed_levels(figure, keys, body, faults)
        keep = usable[places] & allowed
        places = places[keep]
        values = np.empty(len(figure.values), dtype=object)
        values[:] = figure.values
        piece = {"region": keys[places], "order": np.full(len(places), order), "period": periods[places]}
        pieces.append(pd.DataFrame({**piece, "value": values[keep], "row": rows[places]}))
    if not pieces or not sum(map(len, pieces)):
        return empty_cells(), []
    cells = pd.concat(pieces, ignore_index=True).sort_values(["row", "order"], kind="stable", ignore_index=True)
    cells, notes = _without_repeats(cells, figures, faults)
    codes = np.array([figure.indicator.code for figure in figures], dtype=object)
    cells.insert(1, "indicator", pd.Series(codes[cells["order"].to_numpy()], dtype="str"))
    return cells[["region", "indicator", "period", "value", "row"]], notes


def _at_allowed_levels(figure: Figures, keys: Ints, body: Body, faults: FaultList) -> npt.NDArray[np.bool_]:
    """Which figures stand at a level their indicator is reported at; the others are faults."""
    indicator = figure.indicator
    places = np.array(figure.places, dtype=np.int64)
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
        row, column = body.rows[places[index]], figure.column
        value = f"{figure.values[index]:f}"
        faults.add("level_not_allowed", hint, row=row, position=column.position, column=column.label, value=value)
    return allowed


def _without_repeats(cells: pd.DataFrame, figures: list[Figures], faults: FaultList) -> tuple[pd.DataFrame, list[str]]:
    identity = ["region", "order", "period"]
    repeated = cells.duplicated(identity, keep=False)
    if not repeated.any():
        return cells, []
    first: dict[tuple[int, int, int], tuple[Decimal, int]] = {}
    same: Counter[tuple[int, int]] = Counter()
    for region, order, period, value, row in cells[repeated].itertuples(index=False, name=None):
        before = first.setdefault((region, order, period), (value, row))
        if before == (value, row):
            continue
        if before[0] == value:
            same[before[1], row] += 1
            continue
        figure = figures[order]
        hint = _twice_hint(figure.indicator, before, (value, row))
        column = figure.column
        faults.add("cell_twice", hint, row=row, position=column.position, column=column.label, value=f"{value:f}")
    notes = []
    if same:
        pairs = "、".join(f"{one} 与 {two}" for one, two in list(same)[:10])
        notes.append(
            f"重复且数值相同的 {sum(same.values())} 格只保留一份：第 {pairs} 行{'等' if len(same) > 10 else ''}。"
        )
    return cells[~cells.duplicated(identity)].reset_index(drop=True), notes


def _twice_hint(indicator: Indicator, before: tuple[Decimal, int], after: tuple[Decimal, int]) -> str:
    return (
        f"同一地区同一期的“{cut(indicator.name)}”出现两次：第 {before[1]} 行是 {before[0]:f}，"
        f"第 {after[1]} 行是 {after[0]:f}。请核对后只保留一个。"
    )


# ── targets ────────────────────────────────────────────────────────────────────────────────────────────────────────


def assemble_targets(
    found: list[TargetFigure], keys: Ints, body: Body, column: Column | None, faults: FaultList
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
            records.append((key, code, target.deadline, target.baseline, target.value, row))
        elif before[0] == target.value:
            same.append(row)
        elif column:
            hint = _twice_hint(target.indicator, before, (target.value, row)).replace("同一期", "同一期限")
            value = f"{target.value:f}"
            faults.add("cell_twice", hint, row=row, position=column.position, column=column.label, value=value)
    frame = empty_targets()
    if records:
        frame = pd.DataFrame(records, columns=list(frame.columns)).astype(frame.dtypes.to_dict())
    return frame, [f"与前面相同的目标只保留一份：{row_list(same)}。"] if same else []
