"""One account: who it is, what it may do where, where it is signed in, and what can be done about it."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from ecodash import queries
from ecodash.domain.accounts import Account, may_change
from ecodash.i18n import gettext as _
from ecodash.reports.numbers import show_time
from ecodash.store.records import SessionRecord
from ecodash.views import account_text, admin_desk, data, text, upload_marks, user_dialogs, user_state, user_text


def show(account: Account) -> None:
    """All of it; the buttons only for whoever may decide about the account."""
    st.button(
        _("返回用户列表"), type="tertiary", icon=":material/arrow_back:", key="user_back", on_click=user_state.go_to,
        args=("",),
    )  # fmt: skip
    st.subheader(text.escape(_("{name}（{login}）").format(name=account.name, login=account.login)), anchor=False)
    st.html(upload_marks.facts(_facts(account)))
    sessions: Sequence[SessionRecord] = ()
    if may_change(data.actor(), account):
        sessions = queries.account_sessions(data.workspace(), account.number, data.now())
        _show_buttons(account, len(sessions))
    else:
        st.info(user_text.why_not(data.actor(), account), icon=":material/info:")
    _show_grants(account)
    if sessions:
        _show_sessions(sessions)


def _facts(account: Account) -> list[tuple[str, str]]:
    return [
        (_("状态"), user_text.state_line(account, data.now())),
        (_("单位"), account.unit),
        (_("最近登录"), show_time(account.signed_in_at, missing=_("从未登录"))),
        (_("动态验证码"), _("已开通") if account.has_totp else _("未开通")),
        (_("单位统一登录"), _("已绑定") if account.oidc_subject else ""),
        (_("建立"), _("{time}，{name}").format(time=show_time(account.created_at), name=account.created_by)),
    ]


def _show_grants(account: Account) -> None:
    st.markdown(f"**{_('角色和地区')}**")
    if not account.grants:
        st.warning(_("没有任何角色，登录后看不到数据。"), icon=":material/warning:")
    for grant in account.grants:
        with st.container(border=True, key=f"user_has_{grant.role.value}_{grant.region}"):
            st.markdown(f"**{text.escape(user_text.grant_line(grant))}**")
            st.caption(text.escape(user_text.allowed(grant)))


def _show_buttons(account: Account, sessions: int) -> None:
    buttons = [
        ("grants", _("改角色和地区"), ":material/badge:", True),
        ("password", _("重置密码"), ":material/lock_reset:", True),
        ("totp", _("取消动态验证码"), ":material/phonelink_erase:", account.has_totp),
        ("oidc", _("解除统一登录绑定"), ":material/link_off:", bool(account.oidc_subject)),
        ("sign_out", _("全部退出登录"), ":material/logout:", sessions > 0),
        ("disable", _("停用此账号"), ":material/person_off:", not account.is_disabled),
        ("enable", _("恢复使用"), ":material/how_to_reg:", account.is_disabled),
    ]
    with st.container(horizontal=True, key="user_buttons"):
        for kind, label, icon, is_shown in buttons:
            if is_shown:
                st.button(
                    label, icon=icon, key=f"user_do_{kind}", on_click=_begin, args=(kind, account),
                )  # fmt: skip


def _begin(kind: str, account: Account) -> None:
    if kind == "grants":
        user_dialogs.begin_grants(account)
    else:
        admin_desk.ask_for(kind, str(account.number))


def _show_sessions(sessions: Sequence[SessionRecord]) -> None:
    st.markdown(f"**{_('现在的登录')}**")
    rows = [
        {
            _("设备"): account_text.device(one),
            _("地址"): one.address,
            _("方式"): account_text.method(one),
            _("登录时间"): show_time(one.created_at),
            _("最近使用"): show_time(one.seen_at),
        }
        for one in sessions
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, key="table_user_sessions", alt=_("现在的登录"))
