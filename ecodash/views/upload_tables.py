"""Tables of the upload page: columns, remarks, faults, doubts, what a commit would change, totals, ranks."""

from collections.abc import Iterable, Sequence

import pandas as pd
from streamlit import column_config as column

from ecodash.domain.indicators import Catalog
from ecodash.domain.regions import Level, RegionTree, level_of, region_code
from ecodash.ingest.book import column_letter
from ecodash.ingest.faults import Doubt, Fault, Remark
from ecodash.ingest.headers import ColumnMatch
from ecodash.reports.numbers import is_missing, show_change, show_month, show_number
from ecodash.views import text, upload_marks, upload_text, upload_words
from ecodash.views.rows import rows_of
from ecodash.views.tables import MIDDLING, Table, right_column


def columns(matches: Sequence[ColumnMatch], catalog: Catalog) -> Table:
    """What each column of a wide file was taken for."""
    frame = pd.DataFrame(
        {
            upload_text.COLUMN: [column_letter(match.position) if match.position >= 0 else "" for match in matches],
            upload_text.HEADER: [match.header for match in matches],
            upload_text.TAKEN_FOR: [upload_marks.target_name(match.target, catalog) for match in matches],
            upload_text.HOW_TAKEN: [upload_words.HOW.get(match.how, match.how) for match in matches],
            upload_text.UNIT_CHANGE: [match.unit for match in matches],
            text.MONTH: [match.period for match in matches],
            upload_text.CONFIDENCE: [upload_text.confidence(match.confidence) for match in matches],
        }
    )
    return Table(upload_text.COLUMNS, frame)


def remarks(found: Sequence[Remark], *, names_sheets: bool) -> Table:
    """Cells that were read with a note."""
    frame = pd.DataFrame(
        {
            upload_text.CELL: [_cell(remark.row, remark.position) for remark in found],
            upload_text.COLUMN: [remark.column for remark in found],
            upload_text.WRITTEN: [remark.value for remark in found],
            f"{upload_text.READ_AS} ": [remark.read_as for remark in found],
            upload_text.REMARK: [upload_words.REMARKS.get(remark.code, remark.code) for remark in found],
        }
    ).rename(columns={f"{upload_text.READ_AS} ": upload_text.READ_AS})
    if names_sheets:
        frame.insert(0, upload_text.SHEET, [remark.sheet for remark in found])
    shown = {upload_text.WRITTEN: right_column(), upload_text.READ_AS: right_column()}
    return Table(upload_text.REMARKS, frame, shown, widest=MIDDLING)


def _cell(row: int | None, position: int | None) -> str:
    if row is None or position is None:
        return "" if row is None else str(row)
    return f"{column_letter(position)}{row}"


def faults(found: Sequence[Fault]) -> Table:
    """Everything wrong with an upload."""
    frame = pd.DataFrame(
        {
            upload_text.SHEET: [fault.sheet for fault in found],
            text.ROW: pd.array([fault.row for fault in found], dtype="Int64"),
            upload_text.CELL: [_cell(fault.row, fault.position) for fault in found],
            upload_text.FAULT_KIND: [upload_words.fault_kind(fault.code) for fault in found],
            upload_text.COLUMN: [fault.column for fault in found],
            upload_text.CELL_VALUE: [fault.value for fault in found],
            upload_text.HINT: [fault.hint for fault in found],
        }
    )
    return Table(upload_text.FAULTS, frame)


def doubts(found: Sequence[Doubt]) -> Table:
    """Doubts of an upload."""
    frame = pd.DataFrame(
        {
            upload_text.SHEET: [doubt.sheet for doubt in found],
            upload_text.CELL: [_cell(doubt.row, doubt.position) for doubt in found],
            upload_text.CELL_VALUE: [doubt.value for doubt in found],
            upload_text.DOUBT: [doubt.hint for doubt in found],
        }
    )
    return Table(upload_text.DOUBTS, frame)


def place_columns(keys: Iterable[int], tree: RegionTree) -> dict[str, list[str]]:
    """Names of regions, and of the town of a village: names of villages repeat within a county."""
    known: dict[int, tuple[str, str]] = {}
    listed = [int(key) for key in keys]
    for key in listed:
        if key not in known:
            found = tree.find(key)
            town = tree.find(tree.parent_of(key)) if level_of(key) is Level.VILLAGE else None
            known[key] = (found.name if found else region_code(key), town.name if town else "")
    return {text.REGION: [known[key][0] for key in listed], text.TOWN: [known[key][1] for key in listed]}


def changes(rows: pd.DataFrame, catalog: Catalog, tree: RegionTree) -> Table:
    """What a commit would change; rows of store.difference.difference or target_difference."""
    months = rows["period"] if "period" in rows else rows["deadline"]
    codes = [str(code) for code in rows["indicator"]]
    decimals = [catalog[code].decimals for code in codes]
    frame = pd.DataFrame(
        {
            text.ROW: rows["row"].to_numpy(),
            **place_columns(rows["region"], tree),
            text.INDICATOR: [text.with_unit(catalog[code].label, catalog[code].unit) for code in codes],
            text.MONTH: [show_month(key) for key in months],
            upload_text.OLD: [
                show_number(_plain(value), places, missing="")
                for value, places in zip(rows["old"], decimals, strict=True)
            ],
            upload_text.NEW: [
                show_number(_plain(value), places) for value, places in zip(rows["new"], decimals, strict=True)
            ],
            upload_text.CHANGE_KIND: rows["change"].astype("str").map(upload_text.CHANGES).to_numpy(),
        }
    )
    shown = {
        text.REGION: column.Column(width=86),
        text.INDICATOR: column.Column(width=130),
        upload_text.OLD: right_column(70),
        upload_text.NEW: right_column(70),
        upload_text.CHANGE_KIND: column.Column(width=60),
        text.ROW: column.NumberColumn(width=60),
    }
    order = [
        text.REGION, text.INDICATOR, upload_text.OLD, upload_text.NEW, upload_text.CHANGE_KIND, text.TOWN, text.MONTH, text.ROW,
    ]  # fmt: skip
    return Table(upload_text.PREVIEW, frame, shown, widest=MIDDLING, order=order)


def _plain(value: object) -> float | None:
    return None if is_missing(value) else float(str(value))


def totals(rows: pd.DataFrame, catalog: Catalog, region: int, place: str) -> Table:
    """The region's figures before and after; rows of Effects.totals."""
    shown = [catalog[code].shown_at(level_of(region)) for code in rows["indicator"]]
    both = list(zip(rows["before"], rows["after"], shown, strict=True))
    frame = pd.DataFrame(
        {
            text.INDICATOR: [
                text.with_unit(catalog[code].label, unit)
                for code, (unit, _) in zip(rows["indicator"], shown, strict=True)
            ],
            text.MONTH: [show_month(key) for key in rows["period"]],
            upload_text.BEFORE: [show_number(_plain(before), places) for before, _, (_, places) in both],
            upload_text.AFTER: [show_number(_plain(after), places) for _, after, (_, places) in both],
            upload_text.DIFFERENCE: [_difference(_plain(b), _plain(a), *of) for b, a, of in both],
        }
    )
    columns_shown = {
        text.INDICATOR: column.Column(width=140),
        upload_text.BEFORE: right_column(72),
        upload_text.AFTER: right_column(72),
        upload_text.DIFFERENCE: column.Column(width=140),
    }
    order = [text.INDICATOR, upload_text.BEFORE, upload_text.AFTER, upload_text.DIFFERENCE, text.MONTH]
    return Table(upload_text.totals_of(place), frame, columns_shown, widest=MIDDLING, order=order)


def _difference(before: float | None, after: float | None, unit: str, places: int) -> str:
    if before is None or after is None:
        return "" if after is None else upload_text.CHANGES["new"]
    return show_change(after - before, places, unit)


def ranks(rows: pd.DataFrame, catalog: Catalog) -> Table:
    """Whose rank moves; rows of Effects.ranks, own ones first, the longest steps first."""
    ordered = rows.assign(
        is_move=rows["rank_before"].notna() & rows["rank_after"].notna(),
        step=(rows["rank_before"] - rows["rank_after"]).abs().fillna(0),
    ).sort_values(["is_own", "is_move", "step"], ascending=False, kind="stable")
    entries = [catalog[code] for code in ordered["indicator"]]
    units = [entry.shown_at(Level(level)) for entry, level in zip(entries, ordered["level"], strict=True)]
    before = [None if is_missing(rank) else int(rank) for rank in ordered["rank_before"]]
    after = [None if is_missing(rank) else int(rank) for rank in ordered["rank_after"]]
    frame = pd.DataFrame(
        {
            text.NAME: ordered["name"].to_numpy(),
            upload_text.RANK_CHANGE: [upload_text.rank_step(b, a) for b, a in zip(before, after, strict=True)],
            upload_text.RANK_WORDS: [upload_text.rank_words(b, a) for b, a in zip(before, after, strict=True)],
            text.INDICATOR: [text.with_unit(e.label, unit) for e, (unit, _) in zip(entries, units, strict=True)],
            text.MONTH: [show_month(key) for key in ordered["period"]],
            upload_text.RANK_VALUES: [
                f"{show_number(_plain(row.value_before), places)} → {show_number(_plain(row.value_after), places)}"
                for row, (_, places) in zip(rows_of(ordered), units, strict=True)
            ],
            upload_text.RANK_WHY: [
                upload_text.OWN_FIGURES if is_own else upload_text.DISPLACED for is_own in ordered["is_own"]
            ],
        }
    )
    return Table(upload_text.RANKS, frame)
