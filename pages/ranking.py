"""排名: the units of a level ranked on one indicator for one month."""

import streamlit as st

from ecodash.domain.pages import Page
from ecodash.views import data, heading, ranking_parts, text

selection = heading.open_page(Page.RANKING)

st.subheader(text.ranking_title(data.indicator(selection).name, selection.level), anchor=False)
ranking_parts.show_ranked(selection)
ranking_parts.show_unreported(selection)
