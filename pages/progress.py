"""进度: how far each target is, beside the time gone; then every unit on the chosen indicator."""

import streamlit as st

from ecodash.domain.pages import Page
from ecodash.views import data, heading, progress_parts, text

selection = heading.open_page(Page.PROGRESS)

st.subheader(text.targets_of(data.region(selection).name), anchor=False)
progress_parts.show_region_targets(selection)

st.subheader(text.unit_targets(selection.level, data.indicator(selection).name), anchor=False)
progress_parts.show_unit_progress(selection)
