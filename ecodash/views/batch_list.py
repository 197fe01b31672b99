"""历次提交: the list of batches, and one of them looked at: its file, its doubts, what it changed, its undo."""

from typing import Any

import pandas as pd
import streamlit as st

from ecodash import queries
from ecodash.domain.audit import ExportKind
from ecodash.reports.numbers import show_time
from ecodash.views import (
    batch_tables,
    batch_text,
    batch_undo,
    data,
    downloads,
    marks,
    text,
    upload_commit,
    upload_marks,
    upload_text,
)
from ecodash.views.display import show_table
from ecodash.views.heading import as_of_text
from ecodash.views.rows import rows_of

_DOUBTS_SHOWN = 20
_CELLS_SHOWN = 1_000


def show(watermark: int) -> None:
    """Every batch, newest first, and one of them."""
    if undone := st.session_state.pop("undone", None):
        st.success(undone, icon=":material/undo:")
    batches = data.list_batches(watermark)
    if batches.empty:
        st.info(text.NO_BATCH_YET, icon=":material/inbox:")
        return
    show_table(batch_tables.batches(batches), as_of_text(watermark), key="batches")
    _show_one(_choose(batches), watermark)


def _choose(batches: pd.DataFrame) -> Any:
    """The batch to look at; the newest upload that stands at first, as whoever undoes means that one."""
    rows = {int(row.seq): row for row in rows_of(batches)}
    labels = {number: _label(row) for number, row in rows.items()}
    standing = batches.loc[(batches["kind"] == "upload") & batches["undone_by"].isna(), "seq"]
    newest = int(standing.max()) if len(standing) else max(rows)
    if st.session_state.get("batch_newest") != newest or st.session_state.get("batch_number") not in rows:
        st.session_state["batch_newest"] = st.session_state["batch_number"] = newest
    st.subheader(batch_text.BATCH_DETAIL, anchor=False)
    number = st.selectbox(
        batch_text.WHICH_BATCH,
        list(rows),
        format_func=lambda one: labels.get(one, ""),
        key="batch_number",
        label_visibility="collapsed",
        width=640,
    )
    return rows[int(number)]


def _label(row: Any) -> str:
    if row.kind == "undo":
        return batch_text.undo_label(int(row.seq), int(row.undoes))
    return batch_text.batch_label(int(row.seq), row.file_name, int(row.cell_count))


def _show_one(row: Any, watermark: int) -> None:
    number = int(row.seq)
    with st.container(border=True, key="batch"):
        st.html(upload_marks.facts(_facts(row)))
        with st.container(horizontal=True):
            if row.kind == "upload":
                _offer_file(row, number)
                upload_commit.offer_receipt(number, key=f"receipt_{number}")
        _show_doubts(number, int(row.doubts))
        _show_cells(number, int(row.cell_count))
        batch_undo.offer(row, _label(row), watermark)


def _facts(row: Any) -> list[tuple[str, str]]:
    size = "" if pd.isna(row.file_size) else upload_text.file_size(int(row.file_size))
    received = show_time(row.received_at) if row.received_at != row.committed_at else ""
    return [
        (batch_text.FACT_WHO, batch_text.by_channel(row.actor, row.channel)),
        (batch_text.FACT_WHEN, show_time(row.committed_at)),
        (batch_text.FACT_RECEIVED, received),
        (batch_text.FACT_FILE, batch_text.file_with_size(row.file_name, size)),
        (batch_text.FACT_SHA, row.file_sha256 if row.kind == "upload" else ""),
        (batch_text.FACT_MONTHS, batch_text.month_span(row.first_month, row.last_month)),
        (batch_text.FACT_CELLS, batch_text.rows_and_cells(int(row.row_count), int(row.cell_count))),
        (batch_text.FACT_STATE, batch_tables.state_of(row)),
        (batch_text.DEMO, text.DEMO_BADGE if row.is_demo else ""),
    ]


def _offer_file(row: Any, number: int) -> None:
    if pd.isna(row.file_size):
        st.caption(batch_text.FILE_NOT_KEPT, width="content")
        return
    if not data.lets(queries.uploaded_file, number):
        return
    downloads.offer(
        batch_text.DOWNLOAD_FILE,
        lambda: data.uploaded_file(number),
        file_name=row.file_name or f"{number}",
        mime=downloads.OCTETS,
        what=ExportKind.SENT_FILE,
        batch=number,
        icon=":material/download:",
        key=f"sent_{number}",
    )


def _show_doubts(number: int, count: int) -> None:
    if not count:
        return
    with st.expander(upload_text.counted(batch_text.DOUBTS_WITH_REASONS, count, "处"), icon=":material/help:"):
        found = data.batch_doubts(number)
        table = batch_tables.doubts(found)
        heads = [upload_text.FAULT_KIND, upload_text.DOUBT, batch_text.REASON]
        rows = [[marks.Cell(str(cell)) for cell in row] for row in table.frame[heads].head(_DOUBTS_SHOWN).to_numpy()]
        st.html(marks.short_table("", heads, rows, (), "kept-doubts"))
        if count > _DOUBTS_SHOWN:
            show_table(table, batch_text.batch_number(number), key="batch_doubts")


def _show_cells(number: int, count: int) -> None:
    if not count:
        return
    is_wanted = st.toggle(batch_text.changed_cells(count), key=f"batch_cells_{number}")
    if not is_wanted:
        return
    cells = data.batch_cells(number)
    if cells.empty:
        st.caption(batch_text.ONLY_TARGETS)
        return
    first = cells.head(_CELLS_SHOWN)
    show_table(
        batch_tables.changed_cells(first, data.catalog(), data.tree()),
        batch_text.batch_number(number),
        key="batch_cells",
    )
    if len(cells) > len(first):
        st.caption(batch_text.only_first(len(first), len(cells)))
