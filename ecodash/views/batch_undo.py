"""The undo of a batch: what would be taken back, what stays, and a second word before it is done."""

from typing import Any

import streamlit as st

from ecodash import actions
from ecodash.errors import NotPermitted, TransitionRefused
from ecodash.store.undo import UndoPlan
from ecodash.views import batch_tables, batch_text, data, text, upload_commit
from ecodash.views.display import show_table

_KEPT_SHOWN = 1_000


def offer(row: Any, label: str, watermark: int) -> None:
    """The undo of an upload of which anything stands."""
    number = int(row.seq)
    is_undone = row.undone_by == row.undone_by  # NaN where it stands
    if row.kind != "upload" or is_undone or not data.lets(actions.undo_batch, number):
        return
    if not st.toggle(batch_text.want_undo(number), key=f"undo_open_{number}"):
        return
    try:
        plan = data.undo_plan(watermark, number)
    except TransitionRefused as refused:
        st.warning(text.what_and_remedy(refused.what, refused.remedy), icon=":material/block:")
        return
    if _explain(plan):
        _confirm(plan, label)


def _explain(plan: UndoPlan) -> bool:
    """Say what the undo would do; whether there is anything it could do."""
    kept, later = len(plan.kept), batch_text.later_batches(plan.later)
    if not kept:
        st.markdown(batch_text.whole_undo(plan.cells))
        return True
    if not plan.cells:
        st.warning(batch_text.no_undo(kept, later), icon=":material/block:")
    else:
        st.warning(batch_text.partial_undo(kept, later, plan.cells), icon=":material/warning:")
    table = batch_tables.kept(plan.kept.head(_KEPT_SHOWN), data.catalog(), data.tree())
    show_table(table, batch_text.batch_number(plan.batch), key="kept")
    if kept > _KEPT_SHOWN:
        st.caption(batch_text.only_first(_KEPT_SHOWN, kept))
    return plan.cells > 0


def _confirm(plan: UndoPlan, label: str) -> None:
    number, is_partial = plan.batch, not plan.kept.empty
    is_sure = st.checkbox(batch_text.undo_confirmation(label), key=f"undo_sure_{number}")
    name = batch_text.undo_rest(plan.cells) if is_partial else batch_text.undo_batch(number)
    if not (st.button(name, disabled=not is_sure, type="primary", key="undo", icon=":material/undo:") and is_sure):
        return
    try:
        receipt = actions.undo_batch(data.workspace(), number, actor=data.actor(), now=data.now(), rest=is_partial)
    except (TransitionRefused, NotPermitted) as refused:
        st.error(text.what_and_remedy(refused.what, refused.remedy), icon=":material/error:")
        return
    said = (
        batch_text.undone_rest(number, receipt.batch, receipt.cells, len(plan.kept))
        if is_partial
        else batch_text.undone(number, receipt.batch)
    )
    st.session_state["undone"] = said
    upload_commit.forget_receipt(number)
    st.rerun()
