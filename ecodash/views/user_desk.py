"""用户管理: the list of accounts, or the one the address names, and the dialog that is open over it."""

import streamlit as st

from ecodash import queries
from ecodash.views import admin_desk, data, user_detail, user_dialogs, user_list, user_state, user_text


def show() -> None:
    """What was done last, then the list or the one; accounts are read once."""
    admin_desk.show_said()
    user_state.show_first_passwords()
    accounts = queries.list_accounts(data.workspace())
    one = user_state.asked_for(accounts)
    if one is None:
        if data.workspace().settings.is_open:
            st.info(user_text.open_mode(), icon=":material/lock_open:")
        user_list.show(accounts)
    else:
        user_detail.show(one)
    admin_desk.show_dialog(user_dialogs.DIALOGS, width="medium")
