"""What is done with one snapshot, each in a dialog that says what will happen before it does."""

from collections.abc import Callable

import streamlit as st

from ecodash import actions
from ecodash.domain.snapshots import Access, Lifetime, Snapshot
from ecodash.errors import UserError
from ecodash.i18n import gettext as _
from ecodash.i18n import in_this_language, marked
from ecodash.views import data, snapshot_again, snapshot_desk, snapshot_form, snapshot_links, snapshot_made, text
from ecodash.views import snapshot_text as words

_FORM = "snapshot_change"


def show() -> None:
    """The dialog that was asked for, if any; called once, when the rest of the page is drawn."""
    asked = snapshot_desk.open_dialog()
    if asked is None:
        return
    kind, number = asked
    title, icon, draw = _KINDS[kind]
    dialog = st.dialog(f"{_(title)} #{number}", width="small", icon=icon, on_dismiss=snapshot_desk.close)
    dialog(in_this_language(_draw))(draw, number)


def _draw(draw: Callable[[Snapshot], None], number: int) -> None:
    try:
        draw(snapshot_desk.find(number))
    except UserError as error:
        st.error(text.what_and_remedy(error.what, error.remedy), icon=":material/error:")


def _code(one: Snapshot) -> None:
    st.markdown(text.escape(one.title))
    address = snapshot_links.address_of(one)
    snapshot_made.warn(one, address)
    snapshot_made.show_code(one, address, key="dialog")
    snapshot_made.show_words(one, address)


def _extend(one: Snapshot) -> None:
    st.markdown(words.extend_line(one))
    choices, label = list(Lifetime), _("有效期")
    usual = choices.index(Lifetime.YEAR)
    lifetime = st.radio(
        label, choices, usual, format_func=lambda choice: choice.label, horizontal=True, key=f"{_FORM}_extend"
    )
    now = data.now()
    st.markdown(f"**{words.new_end(lifetime, now)}**")
    ends = lifetime.ends(now)
    if ends is not None and (one.expires_at is None or ends < one.expires_at):
        st.caption(words.is_shorter())
    if _confirmed(_("确定延期"), "extend"):
        actions.extend_snapshot(data.workspace(), one.number, lifetime, actor=data.actor(), now=now)
        snapshot_desk.done(words.extended(one.number, lifetime, now))


def _revoke(one: Snapshot) -> None:
    st.markdown(words.revoke_question(one))
    if _confirmed(_("确定撤回"), "revoke"):
        actions.revoke_snapshot(data.workspace(), one.number, actor=data.actor(), now=data.now())
        snapshot_desk.done(words.revoked(one.number))


def _renew(one: Snapshot) -> None:
    st.markdown(words.renew_question(one))
    if _confirmed(_("确定换发"), "renew"):
        actions.renew_link(data.workspace(), one.number, actor=data.actor(), now=data.now())
        snapshot_desk.done(words.renewed(one.number))


def _access(one: Snapshot) -> None:
    access, pin = snapshot_form.ask_access(f"{_FORM}_{one.number}", one.access)
    if access is one.access is Access.PIN:
        st.caption(words.pin_changes())
    if _confirmed(_("确定修改"), "access"):
        actions.change_access(data.workspace(), one.number, access, pin, actor=data.actor(), now=data.now())
        snapshot_form.forget(f"{_FORM}_{one.number}")
        snapshot_desk.done(words.access_changed(one.number, access), pin=pin)


def _confirmed(label: str, name: str) -> bool:
    """The second word, and the way out."""
    with st.container(horizontal=True, horizontal_alignment="right", key="snapshot_confirm"):
        if st.button(_("取消"), key=f"{_FORM}_cancel"):
            snapshot_desk.cancel()
        return bool(st.button(label, type="primary", key=f"{_FORM}_{name}_sure"))


_KINDS: dict[str, tuple[str, str, Callable[[Snapshot], None]]] = {
    "code": (marked("二维码"), ":material/qr_code_2:", _code),
    "extend": (marked("延期"), ":material/update:", _extend),
    "revoke": (marked("撤回"), ":material/block:", _revoke),
    "renew": (marked("换发链接"), ":material/link:", _renew),
    "access": (marked("改打开权限或口令"), ":material/lock:", _access),
    "again": (marked("按当前数据再做一份"), ":material/content_copy:", snapshot_again.show),
}
"""Title, icon and content of a dialog by its kind."""
