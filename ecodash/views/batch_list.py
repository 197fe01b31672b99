"""The list of batches, and the undo of one after a second word."""

import pandas as pd
import streamlit as st

from ecodash import actions
from ecodash.views import data, text, upload_form, upload_tables, upload_text
from ecodash.views.display import show_table
from ecodash.views.heading import as_of_text
from ecodash.views.rows import rows_of


def show(watermark: int) -> None:
    """Every batch, newest first, and the undo."""
    st.subheader(upload_text.BATCHES, anchor=False)
    undone = st.session_state.pop("undone", None)
    if undone:
        st.success(undone, icon=":material/undo:")
    batches = data.list_batches(watermark)
    if batches.empty:
        st.info(text.NO_BATCH_YET, icon=":material/inbox:")
        return
    show_table(upload_tables.batches(batches), as_of_text(watermark), key="batches")
    _offer_undo(batches[(batches["kind"] == "upload") & batches["undone_by"].isna()])


def _offer_undo(standing: pd.DataFrame) -> None:
    if standing.empty:
        return
    labels = {
        int(row.seq): upload_text.batch_label(int(row.seq), row.file_name, int(row.cell_count))
        for row in rows_of(standing)
    }
    _start_at_newest(list(labels))
    with st.expander(upload_text.UNDO_TITLE, icon=":material/undo:"):
        st.markdown(upload_text.UNDO_EXPLAINED)
        number = int(
            st.selectbox(
                upload_text.BATCH_TO_UNDO, list(labels), format_func=lambda seq: labels.get(seq, ""), key="undo_number"
            )
        )
        is_sure = st.checkbox(upload_text.undo_confirmation(labels[number]), key=f"undo_sure_{number}")
        if st.button(upload_text.undo_batch(number), disabled=not is_sure, type="primary", key="undo") and is_sure:
            receipt = actions.undo_batch(data.workspace(), number, actor=data.actor(), now=data.now())
            st.session_state["undone"] = upload_text.undone(number, receipt.batch)
            upload_form.forget_receipt(number)
            st.rerun()


def _start_at_newest(offered: list[int]) -> None:
    """A batch just committed stands first: whoever undoes after a commit means that one, not the one before it."""
    newest = max(offered)
    if st.session_state.get("undo_newest") != newest or st.session_state.get("undo_number") not in offered:
        st.session_state["undo_newest"] = st.session_state["undo_number"] = newest
