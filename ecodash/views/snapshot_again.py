"""按当前数据再做一份: the same pages frozen as of now, as a snapshot of its own."""

from collections.abc import Sequence

import streamlit as st

from ecodash import actions, queries
from ecodash.analytics.sameness import differences
from ecodash.domain.snapshots import MOST_TITLE, Access, Snapshot, SnapshotWish
from ecodash.i18n import gettext as _
from ecodash.reports import frozen
from ecodash.reports.frozen import FrozenPage
from ecodash.views import data, snapshot_desk, snapshot_form, snapshot_links
from ecodash.views import snapshot_text as words

_FORM = "snapshot_again"
_SAME = "snapshot_again_same"
"""Where the session keeps that a snapshot was found unchanged, so that a second click makes one all the same."""


def show(one: Snapshot) -> None:
    """Title, who may open it and until when, as of the first; everything else is taken over."""
    newest = queries.newest_watermark(data.workspace())
    st.markdown(words.again_promise(one, newest))
    name = f"{_FORM}_{one.number}"
    title = st.text_input(_("标题"), one.title, max_chars=MOST_TITLE, key=f"{name}_title")
    access, pin = snapshot_form.ask_access(name, one.access)
    lifetime = snapshot_form.ask_lifetime(name)
    wish = SnapshotWish(
        title=title,
        note=one.note,
        access=access,
        pin=pin,
        lifetime=lifetime,
        series=one.series,
        base_url=snapshot_links.base_url(),
        presenter_notes=one.presenter_notes,
    )
    found_same = st.session_state.get(_SAME) == (one.number, newest)
    if found_same:
        st.info(words.nothing_changed(one, newest), icon=":material/done_all:")
    with st.container(horizontal=True, horizontal_alignment="right", key="snapshot_confirm"):
        if st.button(_("取消"), key=f"{_FORM}_cancel"):
            snapshot_desk.cancel()
        is_wanted = st.button(_("再做一份"), type="primary", key=f"{_FORM}_sure")
    if is_wanted:
        _make(one, wish, newest, is_sure=found_same)


def _make(one: Snapshot, wish: SnapshotWish, newest: int, *, is_sure: bool) -> None:
    with st.spinner(_("正在固定数据，请稍候……")):
        pack = queries.frozen_pack(data.workspace(), one)
        pages = queries.freeze_again(data.workspace(), pack, newest)
        if not is_sure and is_unchanged(pack.pages, pages):
            st.session_state[_SAME] = (one.number, newest)
            st.info(words.nothing_changed(one, newest), icon=":material/done_all:")
            return
        made = actions.create_snapshot(data.workspace(), pages, wish, actor=data.actor(), now=data.now())
    st.session_state.pop(_SAME, None)
    snapshot_form.forget(f"{_FORM}_{one.number}")
    pin = wish.pin if wish.access is Access.PIN else ""
    snapshot_desk.done(words.made_again(made.number, one.number), pin=pin, number=made.number)


def is_unchanged(then: Sequence[FrozenPage], now: Sequence[FrozenPage]) -> bool:
    """Whether pages frozen at two times show the same figures."""
    return all(_is_same_page(one, other) for one, other in zip(then, now, strict=True))


def _is_same_page(one: FrozenPage, other: FrozenPage) -> bool:
    if set(one.tables) != set(other.tables):
        return False
    # What is kept went through Parquet, which knows fewer types than a frame.
    anew = {name: frozen.from_parquet(frozen.to_parquet(table)) for name, table in other.tables.items()}
    return all(table.equals(anew[name]) or not differences(table, anew[name]) for name, table in one.tables.items())
