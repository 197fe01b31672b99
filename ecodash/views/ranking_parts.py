"""The parts of 排名."""

import streamlit as st

from ecodash.domain.indicators import Aggregation, Direction
from ecodash.domain.selection import Selection
from ecodash.views import data, tables, text
from ecodash.views.display import show_table
from ecodash.views.heading import as_of_text


def show_ranked(selection: Selection) -> None:
    """The units that reported, by rank."""
    entry = data.indicator(selection)
    ranking = data.unit_ranking(selection)
    ranked = ranking[ranking["is_reported"]]
    is_count = entry.aggregation is Aggregation.COUNT
    st.caption(
        text.ranking_note(
            len(ranked), len(ranking), selection.level, entry.direction is Direction.LOWER, entry.definition, is_count
        )
    )
    if ranked.empty:
        st.info(text.NOTHING_TO_RANK, icon=":material/inbox:")
        return
    table = tables.ranking(ranked, entry, selection.level)
    show_table(table, as_of_text(selection.watermark), key="ranking", row_count=35)


def show_unreported(selection: Selection) -> None:
    """The units without a figure, apart: they have no rank, and are no zero."""
    ranking = data.unit_ranking(selection)
    missing = ranking[~ranking["is_reported"]]
    if missing.empty:
        return
    st.subheader(text.unreported_title(len(missing), selection.level), anchor=False)
    show_table(tables.unreported(missing, selection.level), as_of_text(selection.watermark), key="unreported")
