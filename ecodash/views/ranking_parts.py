"""The parts of 排名: how it ranks, the ranked units, the reasons of one, other weights, and those without a rank."""

from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from ecodash import queries
from ecodash.analytics.spans import span_rule
from ecodash.domain.comparison import Against, Comparison, Span
from ecodash.domain.composite import find_composite_number
from ecodash.domain.indicators import Aggregation, Indicator
from ecodash.domain.pages import Page
from ecodash.domain.regions import Level
from ecodash.domain.selection import Selection
from ecodash.i18n import gettext as _
from ecodash.reports import pictures
from ecodash.views import data, ranking_options, ranking_table, ranking_text, ranking_why, tables, text
from ecodash.views.display import offer_downloads, show_table
from ecodash.views.heading import as_of_text
from ecodash.views.ranking_weights import show_robustness, show_weights
from ecodash.views.rows import rows_of

_PAGE = 200
"""Rows sent to the screen at once; the files have all."""
_ROW, _HEADER, _SHOWN = 36, 52, 30
_CLICKS = "ranking_clicks"


def show_method(selection: Selection) -> Comparison:
    """The choice of how to rank; a change takes effect with the next run."""
    for written in ranking_options.unread(st.query_params.to_dict()):
        st.warning(ranking_text.option_unknown(written), icon=":material/warning:")
    comparison = ranking_options.settle()
    popover = st.popover(
        ranking_text.method_button(comparison), icon=":material/tune:", key="ranking_method", on_change="rerun"
    )
    if popover.open:
        with popover:
            _show_choices(selection, comparison)
    if comparison.peer_class and comparison.peer_class not in _classes(comparison):
        st.warning(ranking_text.class_unknown(comparison.peer_class), icon=":material/warning:")
        return replace(comparison, peer_class="")
    return comparison


def _show_choices(selection: Selection, comparison: Comparison) -> None:
    _segments(_("统计时段"), [(span.value, span.label) for span in Span], comparison.span.value, "span_box")
    if comparison.span is not Span.YEAR:
        choices = [(against.value, against.label) for against in Against]
        _segments(_("升降和谁比"), choices, comparison.against.value, "against_box")
    if selection.level is Level.VILLAGE:
        _kinds_box(comparison)
    if _has_ratio(selection):
        _least_box(comparison)
    _class_boxes(comparison)


def _classes(comparison: Comparison) -> list[str]:
    """Names of the classes of the scheme asked for."""
    scheme = data.peer_scheme(comparison.scheme)
    return sorted({str(name) for name in scheme.content.get("classes", {}).values() if name}) if scheme else []


def _segments(label: str, choices: list[tuple[str, str]], shown: str, key: str) -> None:
    labels = dict(choices)
    st.session_state[key] = shown
    st.segmented_control(
        label, list(labels), format_func=lambda code: labels[code], required=True, key=key, on_change=_take
    )


def _kinds_box(comparison: Comparison) -> None:
    st.session_state["kinds_box"] = list(comparison.kinds)
    st.pills(
        _("只排这些类型（不选为全部）"),
        list(ranking_options.KIND_CODES.values()),
        selection_mode="multi",
        format_func=ranking_text.kind_label,
        key="kinds_box",
        on_change=_take,
    )


def _has_ratio(selection: Selection) -> bool:
    composite = data.composite_of(selection)
    codes = composite.codes if composite else [selection.indicator]
    return any(data.entry(code).aggregation is Aggregation.RATIO for code in codes)


def _least_box(comparison: Comparison) -> None:
    st.session_state["least_box"] = int(comparison.least)
    st.number_input(
        _("分母至少为（户、个等；0 为不限）"),
        min_value=0,
        step=10,
        key="least_box",
        help=_("分母很小的比率起伏很大。分母低于这个数、或没有上报分母的单位不参加排名，并列出原因。"),
        on_change=_take,
    )


def _class_boxes(comparison: Comparison) -> None:
    scheme = data.peer_scheme(comparison.scheme)
    if scheme is None:
        st.caption(_("还没有分组。可在“综合评价”页给乡镇分组，再按组排名。"))
        return
    names = _classes(comparison)
    st.session_state["class_box"] = comparison.peer_class if comparison.peer_class in names else ""
    st.selectbox(
        _("只排一组（{scheme}）").format(scheme=scheme.name),
        ["", *names],
        format_func=lambda name: name or text.ALL,
        key="class_box",
        on_change=_take,
    )


def _take() -> None:
    """Read the boxes that are on the screen; what is not stays as it was asked for."""
    state = st.session_state
    asked = ranking_options.read_options(st.query_params.to_dict())
    peer_class = str(state.get("class_box", asked.peer_class))
    scheme = data.peer_scheme(asked.scheme)
    ranking_options.take(
        Comparison(
            span=Span(state.get("span_box", asked.span)),
            against=Against(state.get("against_box", asked.against)),
            kinds=tuple(state.get("kinds_box", asked.kinds)),
            peer_class=peer_class,
            least=float(state.get("least_box", asked.least)),
            scheme=scheme.number if scheme and peer_class else asked.scheme,
        )
    )


# ── the ranked units ───────────────────────────────────────────────────────────────────────────────────────────────


def show_ranked(selection: Selection, comparison: Comparison) -> None:
    """The units that have a rank, and the reasons of the one that is opened."""
    entry = data.indicator(selection)
    rows = data.ranking(selection, comparison)
    ranked = rows[rows["rank"].notna()]
    st.caption(_notes(selection, comparison, entry, len(ranked), len(rows)))
    if ranked.empty:
        st.info(text.NOTHING_TO_RANK, icon=":material/inbox:")
        return
    show_robustness(selection, comparison)
    page = _page_of(ranked)
    _show_table(page, selection, comparison)
    parts = data.composite_parts(selection, comparison) if find_composite_number(selection.indicator) else None
    offer_downloads(
        ranking_table.everything(rows, entry, selection.level, comparison, parts),
        as_of_text(selection.watermark),
        key="ranking",
        picture=lambda: _picture(selection, comparison, rows),
    )
    _show_reasons(selection, comparison, rows, page)
    show_weights(selection, comparison)


def _picture(selection: Selection, comparison: Comparison, rows: pd.DataFrame) -> str:
    """The ranking as a picture says its rule where it is not the usual one."""
    meta, is_left_out = data.page_meta(Page.RANKING, selection), rows["excluded"] != ""
    if comparison != Comparison():
        meta = meta | {"comparison": queries.comparison_meta(selection, comparison, int(is_left_out.sum()))}
    return pictures.ranking_picture(meta, rows[~is_left_out])


def _notes(selection: Selection, comparison: Comparison, entry: Indicator, ranked: int, units: int) -> str:
    catalog = data.catalog()
    rule = span_rule(entry, catalog).value if entry.code in catalog else "composite"
    unit = text.unit_is(text.unit_word(entry.shown_at(selection.level)[0])) if entry.unit else ""
    notes = [
        ranking_text.counts_note(ranked, units, selection.level),
        ranking_text.compared_note(comparison, selection.month),
        ranking_text.span_note(comparison, entry, rule),
        ranking_text.order_note(entry),
        ranking_text.ties_note(),
        unit,
    ]
    return " ".join(text.escape(note) for note in notes if note)


def _page_of(ranked: pd.DataFrame) -> pd.DataFrame:
    """The rows on the screen: all, or of many those found by name and a page of them."""
    if len(ranked) <= _PAGE:
        return ranked
    with st.container(horizontal=True, vertical_alignment="bottom"):
        wanted = st.text_input(_("按名称查找"), key="ranking_find", width=260).strip()
        found = ranked[ranked["name"].str.contains(wanted, regex=False)] if wanted else ranked
        pages = -(-max(len(found), 1) // _PAGE)
        number = st.pagination(pages, key=f"ranking_page_{pages}") if pages > 1 else 1
        st.caption(_("找到 {count} 个，每页 {size} 个").format(count=len(found), size=_PAGE), width="content")
    return found.iloc[(number - 1) * _PAGE : number * _PAGE]


def _show_table(page: pd.DataFrame, selection: Selection, comparison: Comparison) -> None:
    table = ranking_table.ranked(page, data.indicator(selection), selection.level, comparison)
    keys = [int(key) for key in page["region"]]
    with st.container(width=table.widest or "stretch"):
        st.dataframe(
            table.frame,
            column_config=dict(table.columns),
            hide_index=True,
            height="content" if len(page) <= _SHOWN else _ROW * _SHOWN + _HEADER,
            placeholder=table.placeholder,
            row_height=_ROW,
            key=_table_key(),
            on_select=lambda: _picked(keys),
            selection_mode="single-row",
            alt=table.title,
        )


def _table_key() -> str:
    """Another one after each click: a row that stays ticked could not be clicked again."""
    return f"ranking_table_{st.session_state.get(_CLICKS, 0)}"


def _picked(keys: list[int]) -> None:
    chosen: Any = st.session_state[_table_key()]
    places = chosen["selection"]["rows"]
    st.session_state[_CLICKS] = st.session_state.get(_CLICKS, 0) + 1
    if places and places[0] < len(keys):
        ranking_options.open_unit(keys[places[0]])


def _show_reasons(selection: Selection, comparison: Comparison, rows: pd.DataFrame, page: pd.DataFrame) -> None:
    """The choice of a unit, for those who do not click on rows, and its reasons."""
    opened = ranking_options.opened_unit(data.tree())
    opened = opened if opened in set(rows["region"]) else None
    names = {int(row.region): _option(row) for row in rows_of(page)}
    if opened is not None and opened not in names:
        names |= {int(row.region): _option(row) for row in rows_of(rows[rows["region"] == opened])}
    st.session_state["unit_box"] = opened
    st.selectbox(
        _("名次为什么变化：点表中一行，或在这里选一个单位"),
        list(names),
        format_func=lambda key: names.get(key, ""),
        index=None,
        placeholder=text.CHOOSE,
        key="unit_box",
        on_change=lambda: ranking_options.open_unit(st.session_state["unit_box"]),
        width=420,
    )
    if opened is not None:
        ranking_why.open_panel(selection, comparison, opened)


def _option(row: Any) -> str:
    return text.place_in(row.name, text.rank_of(row.rank)) if pd.notna(row.rank) else row.name


# ── those without a rank ───────────────────────────────────────────────────────────────────────────────────────────


def show_without_rank(selection: Selection, comparison: Comparison) -> None:
    """Units left out, with the reason, and units that reported nothing: apart, without a rank, and no zero."""
    rows = data.ranking(selection, comparison)
    excluded = rows[rows["excluded"] != ""]
    if not excluded.empty:
        title = ranking_text.excluded_title(len(excluded), selection.level)
        st.subheader(title, anchor=False)
        table = ranking_table.left_out(
            excluded, data.indicator(selection), selection.level, comparison, _("不参加排名名单")
        )
        show_table(table, as_of_text(selection.watermark), key="excluded", rows=_PAGE)
    missing = rows[rows["rank"].isna() & (rows["excluded"] == "")]
    if not missing.empty:
        st.subheader(text.unreported_title(len(missing), selection.level), anchor=False)
        show_table(
            tables.unreported(missing, selection.level), as_of_text(selection.watermark), key="unreported", rows=_PAGE
        )
