"""我的账号: who is signed in, what they may do, their password, second factor and sessions."""

import streamlit as st

from ecodash.i18n import gettext as _
from ecodash.views import account_parts

st.title(_("我的账号"), anchor=False)

account_parts.show()
