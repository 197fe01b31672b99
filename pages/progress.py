"""进度: the units side by side against their targets, the region's own targets in words, the units on one indicator."""

import streamlit as st

from ecodash.domain.pages import Page
from ecodash.views import data, heading, progress_parts, target_text, text

selection = heading.open_page(Page.PROGRESS)
progress_parts.show_sheet()
has_unit_targets = progress_parts.has_unit_targets(selection)

if has_unit_targets:
    st.subheader(target_text.units_title(selection.level), anchor=False)
    progress_parts.show_matrix(selection)

st.subheader(text.targets_of(data.region(selection).name), anchor=False)
progress_parts.show_region_targets(selection)

if has_unit_targets:
    st.subheader(text.unit_targets(selection.level, data.indicator(selection).label), anchor=False)
    progress_parts.show_unit_progress(selection)
elif progress_parts.has_units(selection):
    progress_parts.show_no_unit_targets(selection)
