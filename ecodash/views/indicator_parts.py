"""指标管理: one indicator with what was chosen for it, and all of them in a table."""

from functools import partial

import pandas as pd
import streamlit as st

from ecodash import actions, queries
from ecodash.domain.indicator_choices import AS_DELIVERED, IndicatorChoice, dependents, unused
from ecodash.domain.indicators import Indicator
from ecodash.domain.periods import Month
from ecodash.i18n import gettext as _
from ecodash.views import admin_desk, data, definition, indicator_text, text
from ecodash.views.display import show_table
from ecodash.views.heading import as_of_text
from ecodash.views.rows import rows_of
from ecodash.views.tables import Table, right_column

INDICATOR = "indicator"
"""In the address: the code of the indicator looked at."""
_BOX = "indicator_chosen"
Reports = dict[str, tuple[int, str]]
"""Code → how many reports stand, and the newest month's name."""


def show(watermark: int) -> None:
    """What was done last, the one looked at, and the table of all."""
    reports = _reports(watermark)
    choices = queries.indicator_choices(data.workspace())
    catalog = data.catalog()
    admin_desk.show_said()
    st.markdown(indicator_text.introduction(len(catalog), len(unused(choices))))
    entry = _choose(choices)
    _show_one(entry, choices.get(entry.code, AS_DELIVERED), *reports.get(entry.code, (0, "")))
    st.subheader(_("全部指标"), anchor=False)
    show_table(_table(choices, reports), as_of_text(watermark), key="indicators", row_count=15)
    st.caption(text.escape(indicator_text.where_added()))


def _reports(watermark: int) -> Reports:
    rows = queries.indicator_reports(data.workspace(), watermark)
    return {str(row.indicator): (int(row.reports), Month.from_key(int(row.last_period)).label) for row in rows_of(rows)}


def _choose(choices: dict[str, IndicatorChoice]) -> Indicator:
    """The indicator looked at; it stands in the address, so that a link leads to it."""
    catalog, left_out = data.catalog(), unused(choices)
    asked = st.query_params.get(INDICATOR, "")
    if asked in catalog:
        st.session_state[_BOX] = asked

    def label(code: str) -> str:
        entry = catalog[code]
        named = text.indicator_in_category(entry.category, text.with_unit(entry.label, entry.unit))
        return _("{name}（停用）").format(name=named) if code in left_out else named

    chosen = st.selectbox(
        text.INDICATOR, list(catalog), format_func=label, key=_BOX, width=420,
        on_change=lambda: st.query_params.update({INDICATOR: st.session_state[_BOX]}),
    )  # fmt: skip
    return catalog[str(chosen)]


# ── one ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _show_one(entry: Indicator, choice: IndicatorChoice, reports: int, last: str) -> None:
    with st.container(border=True, key="indicator_card"):
        state = indicator_text.use_word(is_used=choice.is_used)
        st.markdown(f"**{text.escape(text.with_unit(entry.label, entry.unit))}**　{state}")
        st.caption(indicator_text.reports_line(reports, last))
        st.html(definition.markup(entry))
        st.caption(text.escape(indicator_text.usual_headings(entry)))
        _show_form(entry, choice)


def _show_form(entry: Indicator, choice: IndicatorChoice) -> None:
    key = f"indicator_{entry.code}"
    with st.form(f"{key}_form", border=False):
        is_used = st.toggle(_("在用"), value=choice.is_used, key=f"{key}_used")
        st.caption(indicator_text.use_help())
        if choice.is_used and (ratios := dependents(data.catalog(), entry.code)):
            st.caption(text.escape(indicator_text.affects(ratios)))
        written = st.text_area(
            _("本地文件里的列名"), "\n".join(choice.headings), key=f"{key}_headings",
            placeholder=_("一行一个，如：垃圾清运量"), max_chars=2000, height=120, width=520,
        )  # fmt: skip
        st.caption(indicator_text.headings_help())
        if st.form_submit_button(_("保存"), type="primary", icon=":material/save:", key=f"{key}_save"):
            admin_desk.attempt(partial(_saved, entry, choice, is_used=is_used, written=str(written or "")))


def _saved(entry: Indicator, before: IndicatorChoice, *, is_used: bool, written: str) -> str:
    actions.change_indicator(
        data.workspace(), entry.code, is_used=is_used, headings=written.splitlines(), actor=data.actor(), now=data.now()
    )
    # What the boxes hold is what was typed; what was kept is shown instead.
    for name in ("used", "headings"):
        st.session_state.pop(f"indicator_{entry.code}_{name}", None)
    return indicator_text.saved(entry, is_used=is_used, was_used=before.is_used)


# ── all ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _table(choices: dict[str, IndicatorChoice], reports: Reports) -> Table:
    rows = []
    for code, entry in data.catalog().items():
        choice, (count, last) = choices.get(code, AS_DELIVERED), reports.get(code, (0, ""))
        rows.append(
            {
                text.INDICATOR: entry.label,
                _("状态"): indicator_text.use_word(is_used=choice.is_used),
                text.CATEGORY: _(entry.category),
                text.UNIT_OF_MEASURE: _(entry.unit),
                text.KIND: entry.kind.label,
                _("本地列名"): text.joined(choice.headings),
                _("现有数据"): f"{count:,}" if count else "",
                _("最近月份"): last,
                text.WHAT_IS_COUNTED: _(entry.definition),
                text.INDICATOR_CODE: code,
            }
        )
    return Table(_("指标目录"), pd.DataFrame(rows), {_("现有数据"): right_column()})
