"""What a composite that is being edited would rank, while it is edited."""

import pandas as pd
import streamlit as st

from ecodash.domain.access import Right
from ecodash.domain.comparison import Comparison
from ecodash.domain.composite import Composite
from ecodash.domain.regions import Level
from ecodash.domain.selection import Selection, default_level
from ecodash.i18n import gettext as _
from ecodash.queries.composites import UNIT
from ecodash.views import data, filters, text
from ecodash.views.display import show_table
from ecodash.views.heading import as_of_text
from ecodash.views.ranking_weights import robustness_words
from ecodash.views.tables import Table, number_column

_AS_IS = Comparison()


def show_preview(draft: Composite) -> None:
    """The towns of the county ranked by it, beside their present rank where there is a saved version."""
    selection = preview_selection()
    rows = data.what_if(selection, _AS_IS, draft)
    st.subheader(
        _("预览：{region}{month}").format(region=data.region(selection).name, month=selection.month.label), anchor=False
    )
    ranked = rows[rows["rank_after"].notna()]
    units = len(data.tree().under(selection.region, selection.level))
    st.caption(
        _("{units} 个{level}中 {ranked} 个有名次。").format(
            units=units, level=text.units_of(selection.level), ranked=len(ranked)
        )
    )
    if ranked.empty:
        st.info(_("这几项指标本月都没有数据，排不出名次。"), icon=":material/inbox:")
        return
    show_table(_table(ranked, selection.level), as_of_text(selection.watermark), key="preview")
    found = data.robustness_of(selection, _AS_IS, draft)
    st.markdown(text.escape(robustness_words(found, UNIT, 2, is_composite=True)))


def _table(rows: pd.DataFrame, level: Level) -> Table:
    frame = pd.DataFrame(
        {
            text.RANK: rows["rank_after"].astype("Int64"),
            text.by_level(level): rows["name"],
            _("得分"): rows["score_after"],
        }
    )
    return Table(_("综合评价预览"), frame, {_("得分"): number_column(2)}, text.UNREPORTED, 520)


def preview_selection(key: str = "preview") -> Selection:
    """The newest month of a county, by town: of the one the reader starts in unless another is chosen."""
    scopes = [key for key in filters.scope_options() if data.may(Right.READ, key)]
    home = data.home_region()
    if len(scopes) > 1:
        st.session_state.setdefault(f"{key}_scope", home if home in scopes else scopes[0])
        home = st.selectbox(text.SCOPE, scopes, format_func=filters.scope_label, key=f"{key}_scope", width=260)
    return data.default_selection(home).at(level=default_level(home))
