"""Tables of the upload page: faults, what a commit would change, batches."""

from collections.abc import Sequence

import pandas as pd
from streamlit import column_config as column

from ecodash.domain.indicators import Catalog
from ecodash.domain.regions import RegionTree
from ecodash.ingest.faults import Fault
from ecodash.reports.numbers import (
    is_missing,
    show_month,
    show_number,
    show_time,
)
from ecodash.views import text, upload_text
from ecodash.views.rows import rows_of
from ecodash.views.tables import MIDDLING, Table, number_column, right_column


def faults(found: Sequence[Fault]) -> Table:
    """Everything wrong with an upload."""
    frame = pd.DataFrame(
        {
            text.ROW: pd.array([fault.row for fault in found], dtype="Int64"),
            upload_text.COLUMN: [fault.column for fault in found],
            upload_text.CELL_VALUE: [fault.value for fault in found],
            upload_text.HINT: [fault.hint for fault in found],
        }
    )
    columns = {text.ROW: column.NumberColumn(width=60), upload_text.HINT: column.Column(width="large")}
    return Table(upload_text.FAULTS, frame, columns, upload_text.WHOLE_FILE)


def changes(rows: pd.DataFrame, catalog: Catalog, tree: RegionTree) -> Table:
    """What a commit would change; rows of store.journal.difference or target_difference."""
    months = rows["period"] if "period" in rows else rows["deadline"]
    decimals = [catalog[code].decimals for code in rows["indicator"]]
    frame = pd.DataFrame(
        {
            text.ROW: rows["row"],
            text.REGION: [tree.get(key).name for key in rows["region"]],
            text.INDICATOR: [text.with_unit(catalog[code].name, catalog[code].unit) for code in rows["indicator"]],
            text.MONTH: [show_month(key) for key in months],
            upload_text.OLD: [
                show_number(value, places, missing="") for value, places in zip(rows["old"], decimals, strict=True)
            ],
            upload_text.NEW: [show_number(value, places) for value, places in zip(rows["new"], decimals, strict=True)],
            upload_text.CHANGE_KIND: rows["change"].map(upload_text.CHANGES),
        }
    )
    columns = {
        text.REGION: column.Column(width=84),
        text.INDICATOR: column.Column(width=126),
        upload_text.OLD: right_column(72),
        upload_text.NEW: right_column(72),
        upload_text.CHANGE_KIND: column.Column(width=60),
        text.ROW: column.NumberColumn(width=60),
    }
    order = [
        text.REGION, text.INDICATOR, upload_text.OLD, upload_text.NEW, upload_text.CHANGE_KIND, text.MONTH, text.ROW,
    ]  # fmt: skip
    return Table(upload_text.PREVIEW, frame, columns, widest=MIDDLING, order=order)


def batches(rows: pd.DataFrame) -> Table:
    """The list of batches; rows of queries.list_batches."""
    frame = pd.DataFrame(
        {
            text.BATCH: rows["seq"],
            text.STATE: [
                upload_text.batch_state(row.kind, row.undoes, None if is_missing(row.undone_by) else int(row.undone_by))
                for row in rows_of(rows)
            ],
            text.FILE: rows["file_name"],
            upload_text.MONTHS: [upload_text.month_span(row.first_month, row.last_month) for row in rows_of(rows)],
            upload_text.ROWS_COUNT: rows["row_count"],
            upload_text.CELLS_COUNT: rows["cell_count"],
            text.ACTOR: rows["actor"],
            text.COMMITTED_AT: [show_time(moment) for moment in rows["committed_at"]],
            upload_text.DEMO: [text.DEMO_BADGE if is_demo else "" for is_demo in rows["is_demo"]],
        }
    )
    columns = {
        text.BATCH: column.NumberColumn(width=56, pinned=True),
        text.STATE: column.Column(width=130),
        text.FILE: column.Column(width=250),
        upload_text.ROWS_COUNT: number_column(0),
        upload_text.CELLS_COUNT: number_column(0),
    }
    return Table(upload_text.BATCHES, frame, columns)
