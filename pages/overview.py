"""总览: key figures, targets, the best and the last towns, and who has not reported."""

import streamlit as st

from ecodash.domain.pages import Page
from ecodash.views import cards, data, heading, overview_parts, text

selection = heading.open_page(Page.OVERVIEW)

cards.show_headlines(data.key_figures(selection), selection.indicator)
overview_parts.show_all_figures(selection)

st.subheader(text.TARGET_PROGRESS, anchor=False)
overview_parts.show_category_progress(selection)

ranks, reports = st.columns(2, gap="large")
with ranks:
    overview_parts.show_best_and_last(selection)
with reports:
    overview_parts.show_late_reporters(selection)

overview_parts.show_reconciliation(selection)
