"""The figures of 区域档案: all indicators in a table, and beside it the chosen one with its trend and its origin."""

from html import escape
from typing import Any

import streamlit as st

from ecodash.domain.pages import Page
from ecodash.domain.regions import level_of
from ecodash.domain.selection import Selection
from ecodash.domain.targets import State
from ecodash.i18n import gettext as _
from ecodash.i18n import is_english
from ecodash.reports import pictures
from ecodash.reports.numbers import is_missing, missing_word, show_change, show_month, show_number
from ecodash.views import charts, data, names, profile_origin, profile_tables, profile_text, text
from ecodash.views.display import offer_downloads, show_table
from ecodash.views.heading import as_of_text
from ecodash.views.pictures import offer_picture
from ecodash.views.rows import rows_of

_ROW, _HEADER = 36, 38
_ROWS_SHOWN = 14
_CHART_HEIGHT = 268


def show_figures(selection: Selection) -> Selection:
    """Every indicator by category; a click on a row opens it beside the table. Returns the selection of that row."""
    rows = data.region_profile(selection)
    with st.container(key="profile_columns"):
        left, right = st.columns([1.8 if is_english() else 1.55, 1], gap="medium")
    with left:
        code = _choose(rows, selection)
    chosen = selection.at(indicator=code)
    with right:
        row = next((one for one in rows_of(rows) if one.indicator == code), None)
        if row is not None:
            _show_chosen(row)
        trend, origin = st.tabs([_("走势"), _("来源")], key="profile_tabs")
        with trend:
            _show_trend(chosen)
        with origin:
            profile_origin.show_summary(chosen)
    return chosen


def _choose(rows: Any, selection: Selection) -> str:
    """The table; the indicator of the row clicked, else the page's."""
    table = profile_tables.figures(rows)
    st.caption(profile_text.figures_hint())
    # A choice of another region, month or indicator above starts anew: the table's own choice would else win over it.
    key = f"profile_{selection.region}_{selection.month.key}_{selection.indicator}"
    count = len(table.frame)
    event: Any = st.dataframe(
        table.frame,
        column_config=dict(table.columns),
        column_order=table.order,
        hide_index=True,
        height=_ROW * min(count, _ROWS_SHOWN) + _HEADER,
        row_height=_ROW,
        on_select="rerun",
        selection_mode="single-cell",
        key=key,
        alt=table.title,
    )
    offer_downloads(profile_tables.without_trends(table), as_of_text(selection.watermark), key="profile")
    place = profile_origin.clicked_row(event)
    codes = list(rows["indicator"])
    return codes[place] if place is not None and place < len(codes) else selection.indicator


def _show_chosen(row: Any) -> None:
    """The chosen figure in a line: value, change, year to date, target, rank."""
    value = show_number(row.value, row.decimals, missing=missing_word(reports=row.reported + row.carried + row.totals))
    unit = names.unit_name(row.unit)
    shown = value if is_missing(row.value) else text.value_with_unit(value, unit)
    parts = []
    if not is_missing(row.value):
        parts.append(text.since_last_month(show_change(row.change, row.decimals, row.unit)))
    if not is_missing(row.year_to_date):
        parts.append(
            _("本年累计 {value}").format(value=text.value_with_unit(show_number(row.year_to_date, row.decimals), unit))
        )
    if not is_missing(row.target):
        goal = text.value_with_unit(show_number(row.target, row.decimals), unit)
        parts.append(_("目标 {target}（至 {month}）").format(target=goal, month=show_month(row.deadline)))
    if isinstance(row.state, str):
        progress = "" if is_missing(row.progress_pct) else f" {show_number(row.progress_pct, 1)}%"
        parts.append(f"{State(row.state).icon} {State(row.state).label}{progress}")
    if rank := profile_tables.peer_rank(row):
        parts.append(_("同级名次 {rank}").format(rank=rank))
    spans = "".join(f"<span>{escape(part)}</span>" for part in parts)
    name = escape(names.indicator_name(row.indicator, row.name))
    st.html(f'<p class="chosen">{name}</p><p class="chosen"><b>{escape(shown)}</b>{spans}</p>')


def _show_trend(selection: Selection) -> None:
    """The chosen indicator over two years, with its target and last year's months."""
    entry, level = data.indicator(selection), level_of(selection.region)
    rows = data.region_trend(selection)
    if not rows["value"].notna().any():
        st.info(text.no_trend(entry.label), icon=":material/inbox:")
        return
    figure = charts.trend(rows, entry, level, is_dark=st.context.theme.type == "dark", height=_CHART_HEIGHT)
    st.plotly_chart(figure, config=charts.CONFIG, key="trend", alt=text.trend_title(entry.label))
    unit, decimals = entry.shown_at(level)
    name = f"{data.region(selection).name}{entry.label}{selection.month}"
    offer_picture(
        name,
        lambda: pictures.trend_picture(data.page_meta(Page.PROFILE, selection), rows, unit=unit, decimals=decimals),
        key=f"trend_{entry.code}",
    )
    with st.expander(text.TREND_TABLE, icon=":material/table_rows:"):
        show_table(profile_tables.trend(rows, entry, level), as_of_text(selection.watermark), key="trend")
