"""快照: all snapshots, or the one the address names, and the dialog that is open over them."""

import streamlit as st

from ecodash.views import (
    snapshot_card,
    snapshot_data,
    snapshot_desk,
    snapshot_detail,
    snapshot_dialogs,
    snapshot_list,
    snapshot_made,
    snapshot_text,
)


def show(watermark: int) -> None:
    """What was done last, then the list or the one; the snapshots are read once."""
    st.html(snapshot_card.SHEET)
    snapshots = snapshot_data.list_snapshots()
    said = snapshot_desk.say()
    if said is not None:
        st.success(said.words, icon=":material/check_circle:")
        if said.pin:
            snapshot_made.show_pin(said.pin, snapshot_text.pin_once(is_replaced=said.is_replaced))
    one = snapshot_desk.asked_for(snapshots)
    if one is None:
        snapshot_list.show(snapshots, watermark)
    else:
        snapshot_detail.show(one, snapshots)
    snapshot_dialogs.show()
