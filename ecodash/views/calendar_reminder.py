"""催报: who is to be reminded of a month, as a text to paste into a group chat."""

import pandas as pd
import streamlit as st

from ecodash.domain.periods import Month
from ecodash.i18n import CHINESE, speaking
from ecodash.i18n import gettext as _
from ecodash.views import calendar_words, data
from ecodash.views.rows import rows_of


def show(place: int, month: Month, status: pd.DataFrame) -> None:
    """The text, or that there is nobody to remind.

    Args:
        place: key of the region whose units status has: rows of queries.review_status.
    """
    st.subheader(_("催报"), anchor=False)
    by_state = {name: list(rows_of(found)) for name, found in status.groupby("state")}
    missing, partial, returned = (by_state.get(name, []) for name in ("missing", "partial", "returned"))
    if not (missing or partial or returned):
        st.success(calendar_words.all_done(), icon=":material/check_circle:")
        return
    st.caption(_("点右上角“复制”，粘贴到工作群。已经报来、正在等待审核的单位不在其中。"))
    with speaking(CHINESE):  # It goes to those who report.
        words = calendar_words.reminder(
            data.tree().get(place).name,
            month,
            data.due_of(place, month),
            data.now(),
            missing=[one.name for one in missing],
            partial=[calendar_words.partly(one.name, one.accepted, one.villages) for one in partial],
            returned=[one.name for one in returned],
        )
    with st.container(key="reminder"):
        st.code(words, language=None, wrap_lines=True)
