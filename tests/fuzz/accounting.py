"""What must hold for any file whatever: no row and no figure is lost in silence, and nothing that is said is unbounded."""

from collections.abc import Iterator
from decimal import Decimal

import numpy as np

from ecodash.domain.indicators import Catalog
from ecodash.domain.periods import Month
from ecodash.domain.regions import RegionTree
from ecodash.ingest.body import FATES, Fate
from ecodash.ingest.book import Sheet
from ecodash.ingest.faults import LISTED, SHOWN, Doubt, Fault, Remark
from ecodash.ingest.intake import Intake, SheetReading
from ecodash.ingest.numbers import fold_cell, is_missing

LONGEST_HINT = 1200
_ACCOUNTED = (Fate.TOTAL, Fate.AVERAGE, Fate.FOOTER, Fate.REPEAT, Fate.ORDINALS, Fate.SECTION)
_REPEATS = ("重复且数值相同", "与前面相同的目标")
_LARGEST = Decimal(10**14)
_MANY = 60
"""Notes are a list for people."""


def check(intake: Intake, catalog: Catalog, tree: RegionTree, newest: Month) -> None:
    """Whether everything in a file has an answer.

    Raises:
        AssertionError: something has none; it says what.
    """
    readings = {reading.number: reading for reading in (*intake.sheets, *intake.unread)}
    assert sorted(readings) == list(range(len(intake.book.sheets))), "a sheet is neither read nor named as unread"
    assert len(readings) == len(intake.sheets) + len(intake.unread), "a sheet is read twice"
    assert intake.sheets or intake.faults, "nothing was read, and nothing is wrong"
    for number, sheet in enumerate(intake.book.sheets):
        _check_rows(intake, sheet, readings[number], catalog)
    _check_cells(intake, catalog, tree, newest)
    _check_words(intake)


# ── rows ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _check_rows(intake: Intake, sheet: Sheet, reading: SheetReading, catalog: Catalog) -> None:
    assert len(reading.fates) == len(sheet.rows), "a row has no fate"
    filled = np.array([bool(row) for row in sheet.rows], dtype=np.bool_)
    blank = reading.fates == Fate.BLANK
    assert not (blank & filled).any(), f"row {_first(blank & filled)} is not blank"
    if not reading.layout:
        assert not (~blank & (reading.fates != Fate.UNREAD)).any(), "a sheet that was not read has fates"
        return
    assert not (~blank & ~filled & (reading.fates != Fate.HEADER)).any(), "a blank row has a fate"
    said = "\n".join(intake.notes)
    for fate in _ACCOUNTED:
        if (reading.fates == fate).any():
            assert FATES[fate] in said, f"nothing says that {fate.name} rows were left out"
    kept = _rows_of(intake, reading)
    extra = kept - set((np.flatnonzero(reading.fates == Fate.DATA) + 1).tolist())
    if not reading.is_turned:
        rows = {row for row in extra if Fate(reading.fates[row - 1]) is not Fate.REFUSED}
        assert not rows, f"rows {sorted(rows)[:5]} are read, but {Fate(reading.fates[min(rows) - 1]).name}"
    if any(_covers_all(fault, reading) for fault in intake.faults):
        return
    faulty = {fault.row for fault in intake.faults if fault.sheet in ("", reading.label)}
    # Another table begins there: nothing below is read.
    second = [fault.row or 1 for fault in intake.faults if fault.code == "tables_many" and fault.sheet == reading.label]
    faulty |= set(range(min(second), len(sheet.rows) + 1)) if second else set()
    refused = set((np.flatnonzero(reading.fates == Fate.REFUSED) + 1).tolist())
    assert refused <= faulty, f"rows {sorted(refused - faulty)[:5]} are refused without a fault"
    if any(repeat in said for repeat in _REPEATS):
        return
    data = set((np.flatnonzero(reading.fates == Fate.DATA) + 1).tolist())
    assert reading.is_turned or data <= kept | faulty, (
        f"rows {sorted(data - kept - faulty)[:5]} are neither kept nor in a fault"
    )
    if reading.layout != "targets":
        _check_figures(intake, sheet, reading, catalog, faulty)


def _check_figures(
    intake: Intake, sheet: Sheet, reading: SheetReading, catalog: Catalog, faulty: set[int | None]
) -> None:
    """Every text in a column of figures is a cell, says that nothing is reported, or stands in a row with a fault."""
    mine = intake.cells[intake.cells["sheet"] == reading.number]
    cells = set(zip(mine["row"].tolist(), mine["column"].tolist(), strict=True))
    filled = {column for _, column in cells}
    for match in reading.columns:
        if match.target != "value" and match.target not in catalog:
            continue
        for row, column, text in _texts(sheet, reading, match.position):
            line = (column if reading.is_turned else row - 1) + 1
            if line < reading.header_rows[0]:
                continue
            if line <= reading.header_rows[-1]:
                assert not _is_number(fold_cell(text)) or len(text) == 4, f"the header swallowed {text!r} of row {row}"
                continue
            is_read = column in filled if reading.is_turned else reading.fates[row - 1] in (Fate.DATA, Fate.EMPTY)
            assert not is_read or row in faulty or (row, column) in cells or is_missing(text), (
                f"row {row} lost {text!r}"
            )


def _texts(sheet: Sheet, reading: SheetReading, position: int) -> Iterator[tuple[int, int, str]]:
    """The texts of what was read as a column, from its header down: row, column in the file, text."""
    if reading.is_turned:
        row = sheet.rows[position]
        yield from ((position + 1, place, text) for place, text in enumerate(row) if text)
        return
    for number, row in enumerate(sheet.rows[reading.header_rows[0] - 1 :], reading.header_rows[0]):
        if position < len(row) and row[position]:
            yield number, position, row[position]


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdecimal()


def _rows_of(intake: Intake, reading: SheetReading) -> set[int]:
    cells, targets = intake.cells, intake.targets
    kept = set(cells["row"][cells["sheet"] == reading.number].tolist())
    return kept | set(targets["row"][targets["sheet"] == reading.number].tolist())


def _covers_all(fault: Fault, reading: SheetReading) -> bool:
    """Whether a fault is about the whole file, a whole column, or more than are listed."""
    return fault.row is None or fault.row in reading.header_rows or (fault.sheet == reading.label and reading.is_turned)


def _first(marks: "np.ndarray[tuple[int], np.dtype[np.bool_]]") -> int:
    return int(np.argmax(marks)) + 1


# ── figures ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _check_cells(intake: Intake, catalog: Catalog, tree: RegionTree, newest: Month) -> None:
    cells = intake.cells
    types = {name: str(kind) for name, kind in cells.dtypes.items()}
    assert types == {
        "region": "int64", "indicator": "category", "period": "int32", "value": "decimal128(18, 4)[pyarrow]",
        "sheet": "int16", "row": "int32", "column": "int16",
    }, types  # fmt: skip
    assert not cells[["region", "indicator", "period"]].duplicated().any(), "a cell is there twice"
    assert not cells["value"].isna().any(), "a cell has no value"
    for region in cells["region"].unique().tolist():
        assert region in tree, f"region {region} is not there"
    for period in cells["period"].unique().tolist():
        assert Month.from_key(period) <= newest, f"month {period} is to come"
    for code, values in cells.groupby("indicator", observed=True)["value"]:
        indicator = catalog[str(code)]
        least, most = values.min(), values.max()
        assert least.is_finite()
        assert most.is_finite()
        assert abs(least) < _LARGEST
        assert abs(most) < _LARGEST
        assert indicator.minimum <= least <= most <= indicator.maximum, f"{code}: {least} to {most}"
    for number in (*intake.targets["value"], *intake.targets["baseline"].dropna()):
        assert number.is_finite()
    assert set(intake.targets["region"]) <= {region.key for region in tree}


# ── words ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _check_words(intake: Intake) -> None:
    assert len(intake.faults) <= LISTED * 2 + 20, f"{len(intake.faults)} faults"
    assert len(intake.doubts) <= LISTED * 2 + 20, f"{len(intake.doubts)} doubts"
    assert len(intake.remarks) <= LISTED
    assert len(intake.notes) <= _MANY, f"{len(intake.notes)} notes"
    for hint in [*(fault.hint for fault in intake.faults), *(doubt.hint for doubt in intake.doubts)]:
        _check_text(hint, LONGEST_HINT)
        assert any("\u4e00" <= letter <= "\u9fff" for letter in hint), hint
    shown: tuple[Fault | Doubt | Remark, ...] = (*intake.faults, *intake.doubts, *intake.remarks)
    for one in shown:
        _check_text(one.column, SHOWN)
        _check_text(one.value, SHOWN)
    for note in intake.notes:
        _check_text(note, LONGEST_HINT)
    for reading in intake.sheets:
        for match in reading.columns:
            _check_text(match.header, SHOWN)


def _check_text(text: str, longest: int) -> None:
    assert len(text) <= longest, f"{len(text)} characters: {text[:60]}"
    unseen = [letter for letter in text if letter < " " or "\x7f" <= letter <= "\x9f" or letter in "\u2028\u2029"]
    assert not unseen, f"unseen characters {unseen[:5]!r} in {text[:60]!r}"
