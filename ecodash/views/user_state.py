"""用户管理: which account the address names, and first passwords, shown once."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from ecodash.actions import NewAccount
from ecodash.domain.accounts import Account
from ecodash.domain.audit import ExportKind
from ecodash.i18n import gettext as _
from ecodash.reports.tables import to_xlsx
from ecodash.views import admin_desk, downloads, text, user_text

USER = "user"
"""In the address: the login of the account looked at."""
_FIRST = "user_first_passwords"


def asked_for(accounts: Sequence[Account]) -> Account | None:
    """The account the address names; a complaint where it names none that may be seen."""
    written = st.query_params.get(USER, "")
    found = next((one for one in accounts if one.login == written), None)
    if written and found is None:
        st.warning(_("没有这个账号，或不归您管理。现在显示全部用户。"), icon=":material/warning:")
    return found


def go_to(login: str) -> None:
    """Look at one account from the next run on, or at all where it is empty."""
    admin_desk.close()
    if login:
        st.query_params[USER] = login
    else:
        st.query_params.pop(USER, None)


# ── first passwords ────────────────────────────────────────────────────────────────────────────────────────────────


def hand_out(made: Sequence[NewAccount]) -> None:
    """Keep first passwords for this screen alone, until whoever made them says they are noted."""
    st.session_state[_FIRST] = [(one.account.login, one.account.name, one.first_password) for one in made]


def show_first_passwords() -> None:
    """First passwords just given, until they are noted: nothing else keeps them."""
    given: list[tuple[str, str, str]] = st.session_state.get(_FIRST, [])
    if not given:
        return
    frame = pd.DataFrame(given, columns=[_("账号"), _("姓名"), _("初始密码")])
    with st.container(border=True, key="user_first"):
        st.markdown(user_text.first_passwords(len(given)))
        if len(given) == 1:
            login, name, password = given[0]
            st.markdown(text.escape(_("{name}（{login}）").format(name=name, login=login)))
            st.code(password, language=None)
        else:
            st.dataframe(frame, hide_index=True, width=520, key="table_first_passwords")
        with st.container(horizontal=True):
            downloads.offer(
                _("下载初始密码表"),
                lambda: to_xlsx(frame, title=_("初始密码表"), as_of=_("首次登录须修改；用后请删除本表")),
                file_name=_("初始密码表") + ".xlsx", mime=downloads.XLSX, what=ExportKind.FIRST_PASSWORDS,
                rows=lambda: len(frame), icon=":material/download:", key="first_passwords_file",
            )  # fmt: skip
            st.button(_("已经记下，不再显示"), key="first_passwords_done", on_click=_forget_first_passwords)


def _forget_first_passwords() -> None:
    st.session_state.pop(_FIRST, None)
