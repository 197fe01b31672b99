"""The parts of 区域档案."""

import streamlit as st

from ecodash.domain.regions import COUNTRY_KEY, level_of
from ecodash.domain.selection import Selection
from ecodash.views import cards, charts, data, tables, text
from ecodash.views.display import show_table
from ecodash.views.heading import as_of_text


def show_chosen_figure(selection: Selection) -> None:
    """Where the region lies, and the headline figures."""
    names = [region.name for region in data.tree().path_of(selection.region)]
    if selection.region != COUNTRY_KEY:
        st.caption(text.path(names, data.region(selection).code))
    cards.show_headlines(data.key_figures(selection), selection.indicator)


def show_trend(selection: Selection) -> None:
    """The chosen indicator over two years."""
    entry, level = data.indicator(selection), level_of(selection.region)
    rows = data.trend(selection)
    st.subheader(text.trend_title(entry.name), anchor=False)
    if not rows["value"].notna().any():
        st.info(text.no_trend(entry.name), icon=":material/inbox:")
        return
    figure = charts.trend(rows, entry, level, is_dark=st.context.theme.type == "dark")
    st.plotly_chart(figure, config=charts.CONFIG, key="trend", alt=text.trend_title(entry.name))
    with st.expander(text.TREND_TABLE, icon=":material/table_rows:"):
        show_table(tables.trend(rows, entry, level), as_of_text(selection.watermark), key="trend")


def show_all_figures(selection: Selection) -> None:
    """Every indicator by category: value, target, state, rank, difference, source."""
    table = tables.profile(data.region_profile(selection))
    show_table(table, as_of_text(selection.watermark), key="profile", row_count=35)


def show_doubts(selection: Selection) -> None:
    """What was doubted at upload about figures of the month, with the reasons; nothing where nothing was."""
    doubts = data.figure_doubts(selection)
    if not doubts.empty:
        st.subheader(text.DOUBTS, anchor=False)
        st.caption(text.DOUBTS_HELP)
        show_table(tables.doubts(doubts, data.catalog()), as_of_text(selection.watermark), key="doubts")


def show_origins(selection: Selection) -> None:
    """The batch, file and row behind the chosen indicator, for the region and everything below it."""
    origins = data.figure_origins(selection)
    if origins.empty:
        st.info(text.NO_ORIGINS, icon=":material/inbox:")
        return
    table = tables.origins(origins, data.catalog())
    show_table(table, as_of_text(selection.watermark), key="origins")
