"""A reviewer's own words beside the entries of a month's lists."""

import streamlit as st

from ecodash import actions
from ecodash.domain.listed import Entry, MonthLists
from ecodash.domain.lists import LONGEST_REASON, Side
from ecodash.i18n import gettext as _
from ecodash.reports import lists_words as words
from ecodash.reports.numbers import show_time
from ecodash.views import data, list_said, text


def offer(lists: MonthLists) -> None:
    """A form for one entry after the other; what is written stands beside the reason made from the figures."""
    listed = {entry.region: (side, entry) for side in Side for entry in lists.entries(side)}
    if not listed:
        return
    with st.expander(_("写审核人说明"), icon=":material/edit_note:"):
        region = st.selectbox(
            _("上榜单位"),
            list(listed),
            format_func=lambda key: _label(*listed[key]) if key in listed else "",
            key=f"list_reason_unit_{lists.number}_{lists.month}",
            width=420,
        )
        side, entry = listed[int(region)]
        st.markdown(text.escape(words.reason(entry, side, lists)))
        _form(lists, entry)


def _label(side: Side, entry: Entry) -> str:
    mark = _("{side} {name}（已写说明）") if entry.own_reason else _("{side} {name}")
    return mark.format(side=side.label, name=entry.name)


def _form(lists: MonthLists, entry: Entry) -> None:
    key = f"list_reason_{lists.number}_{lists.month}_{lists.reasons_number}_{entry.region}"
    written = st.text_area(
        _("审核人说明（最多 {most} 字；留空即为不写）").format(most=LONGEST_REASON),
        entry.own_reason,
        max_chars=LONGEST_REASON,
        key=key,
        placeholder=_("如：本月新建分拣站投用，带动周边三村。"),
    )
    if entry.own_at is not None:
        st.markdown(text.escape(_("{actor}写于 {time}").format(actor=entry.own_by, time=show_time(entry.own_at))))
    if st.button(_("保存说明"), key=f"{key}_save", icon=":material/save:"):
        actions.save_list_reasons(
            data.workspace(), lists.name, lists.month, {entry.region: written}, actor=data.actor(), now=data.now()
        )
        list_said.say(_("“{name}”的说明已保存。").format(name=entry.name))
