"""The accounts: searched, filtered by how they stand, twenty to a page; and the ways to make more."""

from collections import Counter
from collections.abc import Sequence
from html import escape

import pandas as pd
import streamlit as st

from ecodash.domain.accounts import Account
from ecodash.i18n import gettext as _
from ecodash.reports.numbers import show_time
from ecodash.views import data, user_dialogs, user_import, user_state, user_text
from ecodash.views.display import TableToMake, offer_downloads
from ecodash.views.heading import as_of_text
from ecodash.views.tables import Table
from ecodash.views.user_text import State

_PER_PAGE = 20
_ALL = "all"


def show(accounts: Sequence[Account]) -> None:
    """The buttons, the list, and the import."""
    with st.container(horizontal=True, key="user_make"):
        st.button(
            _("新增用户"), type="primary", icon=":material/person_add:", key="user_new", on_click=user_dialogs.begin_new
        )
        user_import.offer()
    if not accounts:
        st.info(user_text.none_yet(), icon=":material/group:")
        return
    now = data.now()
    states = {one.number: user_text.state_of(one, now) for one in accounts}
    searched, state = _ask(states)
    found = [one for one in accounts if state in (_ALL, states[one.number]) and searched.casefold() in _words(one)]
    if not found:
        st.info(user_text.nobody_found(searched), icon=":material/search_off:")
        return
    pages = -(-len(found) // _PER_PAGE)
    page = min(st.pagination(pages, key="user_page"), pages) if pages > 1 else 1
    for one in found[(page - 1) * _PER_PAGE : page * _PER_PAGE]:
        _show_one(one)
    offer_downloads(TableToMake(_("用户名单"), lambda: table(found)), as_of_text(data.newest_watermark()), key="users")


def _ask(states: dict[int, State]) -> tuple[str, str]:
    counts = Counter(states.values())
    labels = {_ALL: user_text.state_choice(_("全部"), len(states))}
    labels |= {one.value: user_text.state_choice(one.label, counts[one]) for one in reversed(State) if counts[one]}
    with st.container(horizontal=True, vertical_alignment="bottom", key="user_choices"):
        searched = st.text_input(
            _("查找"), placeholder=_("姓名、账号、单位或地区"), type="search", icon=":material/search:", key="user_search",
            width=300,
        )  # fmt: skip
        if st.session_state.get("user_state") not in labels:
            st.session_state["user_state"] = _ALL
        state = st.segmented_control(
            _("状态"), list(labels), format_func=lambda one: labels[one], required=True, wrap=True, key="user_state"
        )
    return searched.strip(), str(state)


def _words(account: Account) -> str:
    """What a search looks through."""
    return f"{account.name} {account.login} {account.unit} {user_text.grants_line(account.grants)}".casefold()


def _show_one(account: Account) -> None:
    with st.container(border=True, key=f"user_{account.number}"):
        what, button = st.columns([6, 1], vertical_alignment="center")
        what.html(_card(account))
        button.button(
            _("管理"), icon=":material/manage_accounts:", key=f"user_go_{account.number}", on_click=user_state.go_to,
            args=(account.login,),
            width="stretch",
        )  # fmt: skip


def _card(account: Account) -> str:
    unit = f" · {escape(account.unit)}" if account.unit else ""
    last = show_time(account.signed_in_at, missing=_("从未登录"))
    line = _("最近登录：{time}").format(time=last)
    state = user_text.state_line(account, data.now())
    return (
        f"<div><b>{escape(account.name)}</b>　<code>{escape(account.login)}</code>{unit}　"
        f'<span style="display:inline-block">{escape(state)}</span></div>'
        f"<div>{escape(user_text.grants_line(account.grants))}</div><small>{escape(line)}</small>"
    )


def table(accounts: Sequence[Account]) -> Table:
    """The list as a file."""
    now = data.now()
    rows = [
        {
            _("账号"): one.login,
            _("姓名"): one.name,
            _("单位"): one.unit,
            _("角色和地区"): user_text.grants_line(one.grants),
            _("状态"): user_text.state_line(one, now),
            _("动态验证码"): _("已开通") if one.has_totp else "",
            _("最近登录"): show_time(one.signed_in_at, missing=""),
            _("建立时间"): show_time(one.created_at),
            _("建立人"): one.created_by,
        }
        for one in accounts
    ]
    return Table(_("用户名单"), pd.DataFrame(rows))
