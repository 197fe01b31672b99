"""排名: the units of a level ranked on an indicator or a composite, and why each stands where it stands."""

import streamlit as st

from ecodash.domain.pages import Page
from ecodash.views import data, heading, ranking_parts, text

selection = heading.open_page(Page.RANKING)

comparison = ranking_parts.show_method(selection)
st.subheader(text.ranking_title(data.indicator(selection).label, selection.level), anchor=False)
ranking_parts.show_ranked(selection, comparison)
ranking_parts.show_without_rank(selection, comparison)
