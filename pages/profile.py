"""区域档案: everything about one village, town or county, and where each figure came from."""

import streamlit as st

from ecodash.domain.pages import Page
from ecodash.views import data, heading, profile_parts, text

selection = heading.open_page(Page.PROFILE)

profile_parts.show_chosen_figure(selection)
profile_parts.show_trend(selection)

st.subheader(text.ALL_FIGURES, anchor=False)
profile_parts.show_all_figures(selection)

profile_parts.show_doubts(selection)

st.subheader(text.origins_title(data.indicator(selection).name), anchor=False)
profile_parts.show_origins(selection)
