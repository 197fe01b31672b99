"""「我的账号」: who one is, what one may do, the password, the second factor, and where one is signed in."""

from collections.abc import Callable, Sequence
from html import escape

import streamlit as st

from ecodash.domain.accounts import Account
from ecodash.errors import UserError
from ecodash.i18n import gettext as _
from ecodash.i18n import is_english
from ecodash.reports.link_words import qr_svg
from ecodash.reports.numbers import show_time
from ecodash.views import account_data, account_menu, data, links, text, upload_marks
from ecodash.views import account_text as words

_OFFER, _DONE = "totp_offer", "account_done"


def show() -> None:
    """All of it; in open mode that there are no accounts."""
    account = account_data.own()
    if account is None:
        st.info(_("试用模式没有账号，不用登录。"), icon=":material/lock_open:")
        return
    if done := st.session_state.pop(_DONE, ""):
        st.success(done, icon=":material/check_circle:")
    _show_who(account)
    _show_grants(account)
    left, right = st.columns(2, gap="large")
    with left:
        _show_password(account)
    with right:
        _show_second_factor(account)
    _show_sessions()


def _show_who(account: Account) -> None:
    lines = [
        (_("姓名"), account.name),
        (_("账号"), account.login),
        (_("单位"), account.unit),
        (_("最近登录"), show_time(account.signed_in_at, missing="")),
    ]
    with st.container(key="own_account"):
        st.html(upload_marks.facts(lines))
    st.caption(_("姓名、单位、角色有误，请联系本系统管理员修改。"))


def _show_grants(account: Account) -> None:
    st.subheader(_("我的权限"), anchor=False)
    if not account.grants:
        st.warning(_("您的账号还没有分配地区和角色，暂时看不到数据。请联系本系统管理员。"), icon=":material/warning:")
        return
    tree = data.tree()
    rows = [(one.role.label, words.place(tree, one.region), words.rights(one)) for one in account.grants]
    st.html(_table((_("角色"), _("地区"), _("可以做的事")), rows, "grants"))


def _show_password(account: Account) -> None:
    st.subheader(_("密码"), anchor=False)
    if not account.has_password:
        st.markdown(_("您用单位统一登录进入本系统，这里没有密码。"))
        return
    st.markdown(_("上次修改：{day}").format(day=show_time(account.password_at)[:10]))
    params = {"next": "/account"} | links.language_param()
    account_menu.show_link(account_menu.way("/login/password", **params), _("修改密码"))


# ── the second factor ──────────────────────────────────────────────────────────────────────────────────────────────


def _show_second_factor(account: Account) -> None:
    st.subheader(_("动态验证码"), anchor=False)
    if account.has_totp:
        _show_kept(account)
    elif _OFFER in st.session_state:
        _show_offer()
    else:
        st.markdown(
            _("开通后，登录除了密码还要输入手机上的 6 位验证码，密码被别人知道也进不来。管理员账号请务必开通。")
        )
        if st.button(_("开通动态验证码"), icon=":material/phonelink_lock:", key="totp_begin"):
            st.session_state[_OFFER] = account_data.offer_totp()
            st.rerun()


def _show_offer() -> None:
    offer = st.session_state[_OFFER]
    st.markdown(
        _(
            "1. 用手机上的身份验证器扫描二维码。没有的话，可以用微信小程序“腾讯身份验证器”，或安装 Microsoft Authenticator。"
        )
    )
    named = _("二维码，内容与下面的密钥相同")
    st.image(qr_svg(offer.uri, named), width=220, alt=named)
    groups = " ".join(offer.secret[start : start + 4] for start in range(0, len(offer.secret), 4))
    with st.expander(_("扫不了？手工输入密钥")):
        st.code(groups, language=None)
        st.caption(_("账号类型选“基于时间”。密钥只显示这一次，不要拍照发给别人。"))
    st.markdown(_("2. 输入手机上现在显示的 6 位数字。"))
    with st.form("totp_confirm", border=False):
        code = st.text_input(_("动态验证码"), max_chars=12, autocomplete="one-time-code", key="totp_code", width=240)
        with st.container(horizontal=True):
            is_sent = st.form_submit_button(_("确认开通"), type="primary")
            is_called_off = st.form_submit_button(_("暂不开通"))
    if is_called_off:
        st.session_state.pop(_OFFER, None)
        st.rerun()
    if is_sent and _tried(lambda: account_data.confirm_totp(offer.text, code)):
        st.session_state.pop(_OFFER, None)
        _done(_("已开通动态验证码。下次登录时要输入；您在其他电脑和手机上已退出登录。"))


def _show_kept(account: Account) -> None:
    st.markdown(f":material/verified_user: {_('已开通：登录时要输入手机上的验证码。')}")
    if not account.has_password:
        return
    with st.popover(_("停用或换手机"), icon=":material/phonelink_erase:"), st.form("totp_drop", border=False):
        st.markdown(_("先停用，再用新手机重新开通。旧手机不在身边也可以请管理员重置。"))
        password = st.text_input(
            _("现在的密码"), type="password", autocomplete="current-password", max_chars=128, key="totp_password"
        )
        is_sent = st.form_submit_button(_("停用动态验证码"), type="primary")
        if is_sent and _tried(lambda: account_data.drop_totp(password)):
            _done(_("已停用动态验证码。"))


# ── sessions ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _show_sessions() -> None:
    st.subheader(_("正在登录的电脑和手机"), anchor=False)
    found = account_data.sessions()
    rows = [
        (
            words.device(one.record) + (_("（本机，正在使用）") if one.is_this else ""),
            one.record.address,
            words.method(one.record),
            show_time(one.record.created_at),
            show_time(one.record.seen_at),
        )
        for one in found
    ]
    heads = (_("设备"), _("网络地址"), _("登录方式"), _("登录时间"), _("最近使用"))
    st.html(_table(heads, rows, "sessions"))
    st.caption(_("有不认识的设备，请先点“退出其他设备”，再修改密码。"))
    with st.container(horizontal=True):
        if st.button(_("退出登录"), icon=":material/logout:", key="leave_here"):
            account_data.sign_out()
            account_menu.leave()
        others = len(found) - 1
        if st.button(_("退出其他设备"), icon=":material/devices:", key="leave_others", disabled=others < 1):
            ended = account_data.sign_out_everywhere(keeps_this=True)
            _done(_("已退出其他 {n} 处登录。").format(n=ended))
        if st.button(_("全部退出"), icon=":material/power_settings_new:", key="leave_all"):
            account_data.sign_out_everywhere(keeps_this=False)
            account_menu.leave()


def _tried(work: Callable[[], None]) -> bool:
    """Whether something was done; else why not is said where it was asked for."""
    try:
        work()
    except UserError as error:
        st.error(text.what_and_remedy(error.what, error.remedy), icon=":material/error:")
        if is_english():
            st.caption(text.CHINESE_ONLY)
        return False
    return True


def _done(said: str) -> None:
    st.session_state[_DONE] = said
    st.rerun()


def _table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]], kind: str) -> str:
    top = "".join(f"<th>{escape(head)}</th>" for head in heads)
    body = "".join(
        "<tr>"
        + "".join(f'<td data-head="{escape(head)}">{escape(cell)}</td>' for head, cell in zip(heads, row, strict=True))
        + "</tr>"
        for row in rows
    )
    return f'<table class="short {kind}"><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>'
