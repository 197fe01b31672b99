"""The orders that were kept: what each shows, its link, and ways to change or withdraw it."""

import streamlit as st

from ecodash import actions
from ecodash.domain.access import Right
from ecodash.domain.definitions import Definition, DefinitionKind
from ecodash.domain.meeting import MeetingOrder
from ecodash.errors import UserError
from ecodash.i18n import gettext as _
from ecodash.reports.numbers import show_time
from ecodash.views import data, meeting_form, meeting_links, meeting_text, snapshot_button, text


def show() -> None:
    """Every order by name."""
    if said := st.session_state.pop(meeting_form.SAID, ""):
        st.success(said, icon=":material/check_circle:")
    kept = data.meeting_orders()
    if not kept:
        may_keep = data.actor().may_somewhere(Right.MANAGE)
        st.info(meeting_text.no_orders(may_keep=may_keep), icon=":material/slideshow:")
    for one in kept:
        _show_one(one)


def _show_one(kept: Definition) -> None:
    with st.container(border=True, key=f"meeting_order_{kept.number}"):
        st.markdown(f"**{text.escape(kept.name)}**")
        try:
            order = MeetingOrder.from_content(kept.content)
        except UserError as error:
            st.warning(text.what_and_remedy(error.what, error.remedy))
            return
        st.caption(meeting_text.order_line(order, _region(order), _indicator(order)))
        st.caption(" → ".join(stop.slide.label for stop in order.stops))
        st.caption(meeting_text.version_line(kept.version, show_time(kept.at), kept.actor))
        address = meeting_links.kept_address(kept.number)
        st.code(address, language=None, wrap_lines=True)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.link_button(_("放映"), address, icon=":material/play_circle:", type="primary")
            snapshot_button.offer_order_snapshot(kept.name, order, key=f"meeting_snapshot_{kept.number}")
            st.button(
                _("修改"), icon=":material/edit:", on_click=meeting_form.take_up, args=(kept.name, order),
                key=f"meeting_edit_{kept.number}",
            )  # fmt: skip
            if not data.lets(actions.withdraw_definition, kept.kind, kept.name):
                return
            with st.popover(_("停用"), icon=":material/undo:", key=f"meeting_ask_{kept.number}"):
                st.markdown(meeting_text.withdraw_question(kept.name))
                st.button(
                    _("确定停用"), type="primary", on_click=_withdraw, args=(kept.name,),
                    key=f"meeting_withdraw_{kept.number}",
                )  # fmt: skip


def _region(order: MeetingOrder) -> str:
    found = data.tree().find(data.home_region() if order.region is None else order.region)
    return found.name if found else _("未知地区")


def _indicator(order: MeetingOrder) -> str:
    try:
        return data.entry(order.indicator).label if order.indicator else ""
    except UserError:
        return order.indicator


def _withdraw(name: str) -> None:
    actions.withdraw_definition(data.workspace(), DefinitionKind.MEETING, name, actor=data.actor(), now=data.now())
    st.session_state[meeting_form.SAID] = meeting_text.withdrawn(name)
