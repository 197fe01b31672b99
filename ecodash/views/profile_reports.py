"""How the region reported over the months, and what was doubted or noted at upload."""

import streamlit as st

from ecodash.domain.regions import Level, level_of
from ecodash.domain.selection import Selection
from ecodash.views import data, profile_tables, profile_text, tables
from ecodash.views.display import show_table
from ecodash.views.heading import as_of_text


def show_late(selection: Selection) -> None:
    """Months reported in time, late or not at all; of a town or county also the villages that lag."""
    level = level_of(selection.region)
    months = data.report_months(selection)
    if months.empty:
        return
    is_village = level is Level.VILLAGE
    st.subheader(profile_text.reports_title(level), anchor=False)
    due = months[months["is_due"]]
    late, missing = int(months["late"].sum()), int(due["missing"].sum())
    summary = profile_text.own_late_summary if is_village else profile_text.late_summary
    st.markdown(summary(late, missing, len(months)))
    as_of = as_of_text(selection.watermark)
    if is_village:
        show_table(profile_tables.report_months(months, level), as_of, key="report_months", row_count=12)
        return
    left, right = st.columns([1, 1.2], gap="medium")
    with left:
        show_table(profile_tables.report_months(months, level), as_of, key="report_months", row_count=12)
    with right:
        lagging = data.late_villages(selection)
        if not lagging.empty:
            st.markdown(f"**{profile_text.late_villages_title(len(lagging))}**")
            show_table(profile_tables.late_villages(lagging), as_of, key="late_villages", row_count=10)


def show_doubts_and_notes(selection: Selection) -> None:
    """What was doubted at upload about figures of the month, with the reasons; and what reporters wrote."""
    doubts, notes = data.figure_doubts(selection), data.batch_notes(selection)
    st.subheader(profile_text.doubts_and_notes_title(), anchor=False)
    if doubts.empty and notes.empty:
        st.caption(profile_text.no_doubts_or_notes())
    if not doubts.empty:
        show_table(tables.doubts(doubts, data.catalog()), as_of_text(selection.watermark), key="doubts")
    if not notes.empty:
        show_table(profile_tables.notes(notes), as_of_text(selection.watermark), key="notes")
