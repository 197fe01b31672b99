"""The parts of 总览."""

import streamlit as st

from ecodash.domain.pages import Page
from ecodash.domain.selection import Selection
from ecodash.reports import pictures
from ecodash.views import data, links, marks, tables, text
from ecodash.views.display import TableToMake, fold_table, offer_downloads, show_table
from ecodash.views.filters import wish_of
from ecodash.views.heading import as_of_text

_SHOWN = 5
_LATE_SHOWN = 10


def show_all_figures(selection: Selection) -> None:
    """Every indicator of the region, folded away."""
    fold_table(
        text.ALL_FIGURES,
        lambda: tables.key_figures(data.key_figures(selection)),
        as_of_text(selection.watermark),
        key="figures",
    )


def show_category_progress(selection: Selection) -> None:
    """Each category against its targets, with the time gone."""
    categories = data.category_targets(selection)
    if categories.empty:
        st.info(text.NO_TARGETS, icon=":material/flag:")
        return
    st.html(marks.category_goals(categories))
    st.page_link(
        links.page_file(Page.PROGRESS), label=text.SEE_EACH_TARGET, icon=":material/flag:",
        query_params=wish_of(selection).to_params(),
    )  # fmt: skip


def show_best_and_last(selection: Selection) -> None:
    """The first and the last few units on the chosen indicator."""
    entry = data.indicator(selection)
    st.subheader(text.ranking_title(entry.label, selection.level), anchor=False)
    ranking = data.unit_ranking(selection)
    ranked = ranking[ranking["is_reported"]]
    if ranked.empty:
        st.info(text.NOTHING_TO_RANK, icon=":material/inbox:")
        return
    unit, decimals = entry.shown_at(selection.level)
    wish = wish_of(selection)
    first = text.first_few(_SHOWN) if len(ranked) > _SHOWN else text.ALL_RANKED
    st.html(marks.rank_list(first, ranked.head(_SHOWN), entry, unit, decimals, wish))
    if len(ranked) > _SHOWN:
        last = ranked.iloc[_SHOWN:].tail(_SHOWN)
        st.html(marks.rank_list(text.last_few(len(last)), last, entry, unit, decimals, wish))
    missing = len(ranking) - len(ranked)
    if missing:
        st.caption(text.units_unreported(missing, selection.level))
    offer_downloads(
        TableToMake(
            text.ranking_title(entry.label, selection.level), lambda: tables.ranking(ranked, entry, selection.level)
        ),
        as_of_text(selection.watermark),
        key="overview_ranking",
        picture=lambda: pictures.ranking_picture(data.page_meta(Page.OVERVIEW, selection), ranking),
    )


def show_late_reporters(selection: Selection) -> None:
    """Who has not reported the month whole and in time."""
    st.subheader(text.REPORTING, anchor=False)
    reporting = data.reporting(selection)
    late = reporting[reporting["state"] != "complete"]
    st.markdown(text.reporting_summary(len(reporting), len(reporting) - len(late), selection.level))
    if not late.empty:
        st.html(marks.late_list(late.head(_LATE_SHOWN), wish_of(selection)))
        if len(late) > _LATE_SHOWN:
            st.caption(text.more_in_download(len(late) - _LATE_SHOWN))
    offer_downloads(
        TableToMake(text.REPORTING, lambda: tables.reporting(reporting)),
        as_of_text(selection.watermark),
        key="reporting",
    )


def show_reconciliation(selection: Selection) -> None:
    """Totals that towns reported beside the sum of their villages, where they differ."""
    both = data.reconciliation(selection)
    differing = both[both["difference"] != 0]
    if differing.empty:
        return
    st.subheader(text.RECONCILIATION, anchor=False, help=text.RECONCILIATION_HELP)
    st.caption(text.reconciliation_count(len(differing), len(both)))
    show_table(tables.reconciliation(differing, data.catalog()), as_of_text(selection.watermark), key="reconciliation")
