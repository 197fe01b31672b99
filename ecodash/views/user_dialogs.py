"""What is done about accounts, each in a dialog that says what will happen before it does."""

from functools import partial

import streamlit as st

from ecodash import actions, queries
from ecodash.domain.accounts import MOST_NAME, MOST_REASON, MOST_UNIT, Account
from ecodash.i18n import gettext as _
from ecodash.i18n import marked
from ecodash.views import admin_desk, data, user_grants, user_state
from ecodash.views import user_text as words


def begin_new() -> None:
    """Ask for a new account, from nothing."""
    for name in ("login", "name", "unit"):
        st.session_state.pop(f"user_new_{name}", None)
    user_grants.begin()
    admin_desk.ask_for("new", "")


def begin_grants(account: Account) -> None:
    """Change roles, from those there are."""
    user_grants.begin(account.grants)
    admin_desk.ask_for("grants", str(account.number))


def _find(about: str) -> Account:
    return queries.get_account(data.workspace(), int(about))


# ── new ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _new(_about: str) -> None:
    name = st.text_input(_("姓名"), max_chars=MOST_NAME, key="user_new_name")
    login = st.text_input(
        _("账号"), max_chars=32, placeholder="zhang.wei", key="user_new_login", autocomplete="off",
        help=_("登录时填写：2 至 32 个小写字母或数字，中间可以有点、短横线和下划线。定下后不能改。"),
    )  # fmt: skip
    unit = st.text_input(_("单位（可不填）"), max_chars=MOST_UNIT, key="user_new_unit")
    user_grants.edit()
    if admin_desk.is_confirmed(_("新增用户"), "user_new", is_disabled=not user_grants.chosen()):
        admin_desk.attempt(partial(_created, str(login), str(name), str(unit)))


def _created(login: str, name: str, unit: str) -> str:
    made = actions.create_account(
        data.workspace(), login, name, unit=unit, grants=user_grants.chosen(), actor=data.actor(), now=data.now()
    )
    user_state.hand_out([made])
    return words.created(made.account)


# ── one that is there ──────────────────────────────────────────────────────────────────────────────────────────────


def _grants(about: str) -> None:
    account = _find(about)
    user_grants.edit()
    is_same = set(user_grants.chosen()) == set(account.grants)
    if admin_desk.is_confirmed(_("保存"), "user_grants", is_disabled=is_same or not user_grants.chosen()):
        admin_desk.attempt(partial(_changed, account))


def _changed(account: Account) -> str:
    return words.changed_grants(
        actions.change_grants(
            data.workspace(), account.number, user_grants.chosen(), actor=data.actor(), now=data.now()
        )
    )


def _disable(about: str) -> None:
    account = _find(about)
    st.markdown(words.disable_question(account))
    reason = st.text_input(_("理由"), placeholder=_("如：调离"), max_chars=MOST_REASON, key="user_disable_reason")
    if admin_desk.is_confirmed(_("确定停用"), "user_disable"):
        admin_desk.attempt(partial(_disabled, account, is_disabled=True, reason=str(reason)))


def _enable(about: str) -> None:
    account = _find(about)
    st.markdown(words.enable_question(account))
    if admin_desk.is_confirmed(_("确定恢复"), "user_enable"):
        admin_desk.attempt(partial(_disabled, account, is_disabled=False, reason=""))


def _disabled(account: Account, *, is_disabled: bool, reason: str) -> str:
    return words.disabled(
        actions.set_disabled(
            data.workspace(), account.number, is_disabled, reason=reason, actor=data.actor(), now=data.now()
        )
    )


def _password(about: str) -> None:
    account = _find(about)
    st.markdown(words.password_question(account))
    if admin_desk.is_confirmed(_("确定重置"), "user_password"):
        admin_desk.attempt(partial(_reset_password, account))


def _reset_password(account: Account) -> str:
    password = actions.reset_password(data.workspace(), account.number, actor=data.actor(), now=data.now())
    user_state.hand_out([actions.NewAccount(account, password)])
    return words.reset_password(account)


def _totp(about: str) -> None:
    account = _find(about)
    st.markdown(words.totp_question(account))
    if admin_desk.is_confirmed(_("确定取消动态验证码"), "user_totp"):
        admin_desk.attempt(partial(_reset_totp, account))


def _reset_totp(account: Account) -> str:
    actions.reset_totp(data.workspace(), account.number, actor=data.actor(), now=data.now())
    return words.reset_totp(account)


def _oidc(about: str) -> None:
    account = _find(about)
    st.markdown(words.oidc_question(account))
    if admin_desk.is_confirmed(_("确定解除"), "user_oidc"):
        admin_desk.attempt(partial(_unlinked, account))


def _unlinked(account: Account) -> str:
    actions.unlink_oidc(data.workspace(), account.number, actor=data.actor(), now=data.now())
    return words.unlinked(account)


def _sign_out(about: str) -> None:
    account = _find(about)
    count = len(queries.account_sessions(data.workspace(), account.number, data.now()))
    st.markdown(words.sign_out_question(account, count))
    if admin_desk.is_confirmed(_("确定退出"), "user_sign_out"):
        admin_desk.attempt(partial(_signed_out, account))


def _signed_out(account: Account) -> str:
    ended = actions.end_account_sessions(data.workspace(), account.number, actor=data.actor(), now=data.now())
    return words.signed_out(account, ended)


DIALOGS: dict[str, tuple[str, str, admin_desk.Draw]] = {
    "new": (marked("新增用户"), ":material/person_add:", _new),
    "grants": (marked("改角色和地区"), ":material/badge:", _grants),
    "disable": (marked("停用此账号"), ":material/person_off:", _disable),
    "enable": (marked("恢复使用"), ":material/how_to_reg:", _enable),
    "password": (marked("重置密码"), ":material/lock_reset:", _password),
    "totp": (marked("取消动态验证码"), ":material/phonelink_erase:", _totp),
    "oidc": (marked("解除统一登录绑定"), ":material/link_off:", _oidc),
    "sign_out": (marked("全部退出登录"), ":material/logout:", _sign_out),
}
"""Title, icon and content of a dialog by its kind."""
