"""会议模式: orders of pages for a big screen, their links, and the keys that drive it."""

import streamlit as st

from ecodash.i18n import gettext as _
from ecodash.views import heading, meeting_form, meeting_list, meeting_text

watermark = heading.open_plain_page(_("会议模式"))
st.markdown(meeting_text.intro())

st.subheader(_("已保存的顺序"), anchor=False)
meeting_list.show()

st.subheader(_("编排会议顺序"), anchor=False)
meeting_form.show(watermark)

st.subheader(_("按键"), anchor=False)
st.markdown(meeting_text.keys_table())
