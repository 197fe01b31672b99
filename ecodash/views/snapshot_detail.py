"""One snapshot: its link, what there is to say of it, what can be done with it, its notes, and it beside another."""

from html import escape

import streamlit as st

from ecodash import actions
from ecodash.domain.snapshots import MOST_NOTE, Snapshot, Standing
from ecodash.i18n import gettext as _
from ecodash.views import (
    data,
    links,
    snapshot_card,
    snapshot_compare,
    snapshot_desk,
    snapshot_links,
    snapshot_made,
    upload_marks,
)
from ecodash.views import snapshot_text as words


def show(one: Snapshot, snapshots: list[Snapshot]) -> None:
    """Everything about one snapshot, in the order it is mostly wanted."""
    st.button(
        _("全部快照"), icon=":material/arrow_back:", on_click=snapshot_desk.go_to, args=(None,), key="snapshot_back"
    )
    standing = one.standing(data.now())
    with st.container(border=True, key="snapshot_detail"):
        title = f'<div class="snap"><h3>{snapshot_card.mark(standing)}{escape(one.title)}</h3>'
        note = f'<p class="said">{escape(one.note)}</p>' if one.note else ""
        st.html(f"{title}{note}</div>")
        _show_link(one, standing)
        _show_actions(one, standing)
        st.html(upload_marks.facts(snapshot_card.facts(one)))
        _show_editions(one, snapshots)
    _show_notes(one)
    snapshot_compare.offer(one, snapshots)


def _show_link(one: Snapshot, standing: Standing) -> None:
    if not snapshot_links.may_share(one):
        return
    if standing is not Standing.OPEN:
        st.info(words.link_closed(standing), icon=":material/link_off:")
        return
    address = snapshot_links.address_of(one)
    if not address:
        st.info(words.link_not_shown(), icon=":material/link_off:")
        return
    snapshot_made.show_copied(address, key="link")
    snapshot_made.warn(one, address)
    with st.expander(words.group_sentence(), icon=":material/chat:", key="snapshot_words"):
        snapshot_made.show_copied(snapshot_made.sentence(one, address), key="sentence")


def _show_actions(one: Snapshot, standing: Standing) -> None:
    """Buttons; each opens a dialog that says what it does. A revoked snapshot can only be made again."""
    if not snapshot_links.may_share(one):
        return
    address = snapshot_links.address_of(one) if standing is Standing.OPEN else ""
    is_revoked = standing is Standing.REVOKED
    with st.container(horizontal=True, vertical_alignment="center", key="snapshot_actions"):
        if address:
            st.link_button(_("打开"), address, icon=":material/open_in_new:", type="primary", key="snapshot_open")
            _button(one, "code", _("二维码"), ":material/qr_code_2:")
        if not is_revoked:
            _button(one, "extend", _("延期"), ":material/update:")
            _button(one, "renew", _("换发链接"), ":material/link:")
            _button(one, "access", _("改打开权限或口令"), ":material/lock:")
        _button(one, "again", _("按当前数据再做一份"), ":material/content_copy:")
        if not is_revoked:
            _button(one, "revoke", _("撤回"), ":material/block:")


def _button(one: Snapshot, kind: str, label: str, icon: str) -> None:
    st.button(label, icon=icon, key=f"snapshot_{kind}", on_click=snapshot_desk.ask_for, args=(kind, one.number))


def _show_editions(one: Snapshot, snapshots: list[Snapshot]) -> None:
    """The editions of a recurring meeting before and after this one."""
    if not one.series:
        return
    others = [other for other in snapshots if other.series == one.series]
    before = max((other for other in others if other.edition < one.edition), key=_edition, default=None)
    after = min((other for other in others if other.edition > one.edition), key=_edition, default=None)
    with st.container(horizontal=True, key="snapshot_editions"):
        for other, label in ((before, _("上一期：{title}")), (after, _("下一期：{title}"))):
            if other is not None:
                st.page_link(
                    str(links.SNAPSHOTS_FILE),
                    label=label.format(title=words.short_label(other)),
                    query_params=links.language_param() | {snapshot_desk.SNAPSHOT: str(other.number)},
                )


def _edition(one: Snapshot) -> int:
    return one.edition


# ── presenter notes ────────────────────────────────────────────────────────────────────────────────────────────────


def _show_notes(one: Snapshot) -> None:
    """What the presenter wants to say, large enough to be read from a lectern; and the fields to change it."""
    st.subheader(_("主持备注"), anchor=False)
    labels = snapshot_card.page_labels(one)
    if any(one.presenter_notes):
        for place, (label, note) in enumerate(zip(labels, one.presenter_notes, strict=False), 1):
            if note:
                st.html(f'<b>{escape(words.page_note(place, label))}</b><div class="speak">{escape(note)}</div>')
    else:
        st.caption(words.no_notes())
    if not snapshot_links.may_share(one):
        return
    fold = st.expander(
        _("填写或修改主持备注"), icon=":material/edit:", key=f"snapshot_notes_{one.number}", on_change="rerun"
    )
    if fold.open:
        with fold:
            _edit_notes(one, labels)


def _edit_notes(one: Snapshot, labels: list[str]) -> None:
    st.caption(words.notes_promise())
    kept = [*one.presenter_notes, *[""] * len(labels)]
    with st.form(f"snapshot_notes_form_{one.number}", border=False):
        notes = [
            st.text_area(words.page_note(place, label), kept[place - 1], height=100, max_chars=MOST_NOTE,
                         key=f"snapshot_note_{one.number}_{place}")
            for place, label in enumerate(labels, 1)
        ]  # fmt: skip
        if st.form_submit_button(_("保存主持备注"), type="primary", key="snapshot_notes_save"):
            actions.write_presenter_notes(data.workspace(), one.number, notes, actor=data.actor(), now=data.now())
            snapshot_desk.done(words.notes_saved(one.number))
