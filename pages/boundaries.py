"""边界管理: polygons of towns and villages brought by a user, checked, kept and withdrawn."""

import streamlit as st

from ecodash.views import boundary_form, boundary_list, boundary_text, heading

heading.open_plain_page(boundary_text.title())

boundary_form.show()

st.subheader(boundary_text.sets_title(), anchor=False)
boundary_list.show()
