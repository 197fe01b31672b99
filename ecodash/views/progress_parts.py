"""The parts of 进度."""

import streamlit as st

from ecodash.domain.selection import Selection
from ecodash.views import data, marks, tables, text
from ecodash.views.display import show_table
from ecodash.views.heading import as_of_text

_BARS = 40
"""So many bars are drawn; the table below holds every unit."""


def show_region_targets(selection: Selection) -> None:
    """The region's own targets: bars, then the numbers behind them."""
    rows = data.region_targets(selection)
    if rows.empty:
        st.info(text.NO_TARGETS, icon=":material/flag:")
        return
    st.html(marks.target_goals(rows, "indicator_name"))
    with st.expander(text.TARGET_TABLE, icon=":material/table_rows:"):
        table = tables.targets(rows, text.INDICATOR, rows["indicator_name"], text.TARGET_PROGRESS)
        show_table(table, as_of_text(selection.watermark), key="region_targets", row_count=35)


def show_unit_progress(selection: Selection) -> None:
    """The units' targets on the chosen indicator, the neediest first."""
    rows = data.unit_progress(selection)
    if rows.empty:
        st.info(text.no_unit_targets(data.indicator(selection).name, selection.level), icon=":material/flag:")
        return
    st.html(marks.target_goals(rows.head(_BARS), "name"))
    if len(rows) > _BARS:
        st.caption(text.bars_cut(_BARS, len(rows)))
    title = text.unit_targets(selection.level, data.indicator(selection).name)
    with st.expander(text.TARGET_TABLE, icon=":material/table_rows:"):
        table = tables.targets(rows, text.by_level(selection.level), rows["name"], title)
        show_table(table, as_of_text(selection.watermark), key="unit_targets", row_count=35)
