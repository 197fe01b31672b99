"""Tables of 历次提交: the batches, what one changed, what an undo would leave."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
from streamlit import column_config as column

from ecodash.domain.indicators import Catalog
from ecodash.domain.regions import RegionTree
from ecodash.domain.review import ExplainedDoubt
from ecodash.reports.numbers import is_missing, show_month, show_number, show_time
from ecodash.store.records import KeptDoubt
from ecodash.views import batch_text, text, upload_text, upload_words
from ecodash.views.rows import rows_of
from ecodash.views.tables import MIDDLING, Table, number_column, right_column
from ecodash.views.upload_tables import place_columns


def state_of(row: Any) -> str:
    """有效, 已由第 9 批撤销 …: a row of queries.list_batches."""
    undone, partly = (None if is_missing(by) else int(by) for by in (row.undone_by, row.partly_undone_by))
    return batch_text.batch_state(row.kind, row.undoes, undone, partly, is_partial=bool(row.is_partial))


def batches(rows: pd.DataFrame) -> Table:
    """The list of batches; rows of queries.list_batches."""
    frame = pd.DataFrame(
        {
            text.BATCH: rows["seq"],
            text.STATE: [state_of(row) for row in rows_of(rows)],
            text.FILE: rows["file_name"],
            batch_text.MONTHS: [batch_text.month_span(row.first_month, row.last_month) for row in rows_of(rows)],
            batch_text.ROWS_COUNT: rows["row_count"],
            batch_text.CELLS_COUNT: rows["cell_count"],
            batch_text.DOUBTS_COUNT: pd.array([int(count) or None for count in rows["doubts"]], dtype="Int64"),
            text.ACTOR: rows["actor"],
            text.COMMITTED_AT: [show_time(moment) for moment in rows["committed_at"]],
            batch_text.DEMO: [text.DEMO_BADGE if is_demo else "" for is_demo in rows["is_demo"]],
            batch_text.FACT_SHA: rows["file_sha256"],
        }
    )
    columns = {
        text.BATCH: column.NumberColumn(width=56, pinned=True),
        text.STATE: column.Column(width=130),
        text.FILE: column.Column(width=250),
        batch_text.ROWS_COUNT: number_column(0),
        batch_text.CELLS_COUNT: number_column(0),
        batch_text.DOUBTS_COUNT: number_column(0),
    }
    order = [name for name in frame.columns if name != batch_text.FACT_SHA]
    return Table(batch_text.BATCHES, frame, columns, order=order)


def changed_cells(rows: pd.DataFrame, catalog: Catalog, tree: RegionTree) -> Table:
    """What a batch wrote; rows of queries.batch_cells."""
    codes = [str(code) for code in rows["indicator"]]
    decimals = [catalog[code].decimals for code in codes]

    def shown(name: str, missing: str) -> list[str]:
        values = zip(rows[name], decimals, strict=True)
        return [missing if is_missing(v) else show_number(float(v), places) for v, places in values]

    frame = pd.DataFrame(
        {
            **place_columns(rows["region"], tree),
            text.INDICATOR: [text.with_unit(catalog[code].label, catalog[code].unit) for code in codes],
            text.MONTH: [show_month(key) for key in rows["period"]],
            upload_text.OLD: shown("old", ""),
            upload_text.NEW: shown("new", batch_text.TAKEN_BACK),
        }
    )
    columns = {
        text.REGION: column.Column(width=92),
        text.INDICATOR: column.Column(width=122),
        upload_text.OLD: right_column(70),
        upload_text.NEW: right_column(70),
    }
    order = [text.REGION, text.INDICATOR, upload_text.OLD, upload_text.NEW, text.TOWN, text.MONTH]
    return Table(batch_text.CHANGED_CELLS, frame, columns, widest=MIDDLING, order=order)


def kept(rows: pd.DataFrame, catalog: Catalog, tree: RegionTree) -> Table:
    """What an undo leaves as later batches changed it; rows of UndoPlan.kept."""
    entries = [catalog[str(code)] for code in rows["indicator"]]
    frame = pd.DataFrame(
        {
            **place_columns(rows["region"], tree),
            text.INDICATOR: [text.with_unit(entry.label, entry.unit) for entry in entries],
            batch_text.VALUE_NOW: [
                show_number(None if is_missing(value) else float(value), entry.decimals, missing="")
                for value, entry in zip(rows["value_now"], entries, strict=True)
            ],
            batch_text.CHANGED_BY: [batch_text.later_batches(tuple(numbers)) for numbers in rows["by"]],
            text.MONTH: [show_month(key) for key in rows["period"]],
            batch_text.DEMO: [batch_text.TARGET if is_target else "" for is_target in rows["is_target"]],
        }
    )
    columns = {
        text.REGION: column.Column(width=92),
        text.INDICATOR: column.Column(width=122),
        batch_text.VALUE_NOW: right_column(84),
    }
    return Table(batch_text.KEPT_FIGURES, frame, columns, widest=MIDDLING)


def doubts(found: Sequence[KeptDoubt | ExplainedDoubt]) -> Table:
    """The doubts a batch was committed with, each with its reason."""
    frame = pd.DataFrame(
        {
            upload_text.FAULT_KIND: [upload_words.doubt_rule(doubt.code) for doubt in found],
            upload_text.DOUBT: [doubt.hint for doubt in found],
            batch_text.REASON: [doubt.reason for doubt in found],
            text.ROW: pd.array([doubt.row for doubt in found], dtype="Int64"),
        }
    )
    return Table(batch_text.DOUBTS_WITH_REASONS, frame)
