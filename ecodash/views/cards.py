"""Key figures as cards: the number, its change, and how many villages stand behind it."""

from typing import Any

import pandas as pd
import streamlit as st

from ecodash.domain.indicators import Direction
from ecodash.reports.numbers import is_missing, missing_word, show_amount, show_change, show_number
from ecodash.views import names, text
from ecodash.views.rows import rows_of

HEADLINES = 8
"""So many figures stand on the first screen; the others are in the table below them."""


def show_headlines(figures: pd.DataFrame, chosen: str) -> None:
    """Cards of the chosen indicator and then the headline figures, four to a row on a desk and two on a phone.

    Args:
        figures: rows of queries.key_figures.
    """
    rows = sorted(rows_of(figures), key=lambda row: (row.indicator != chosen, row.headline))
    with st.container(horizontal=True, key="cards", gap="small"):
        for row in rows[:HEADLINES]:
            _card(row)


def _card(row: Any) -> None:
    missing = missing_word(reports=row.reported + row.carried + row.totals)
    value, unit = show_amount(row.value, row.decimals, row.unit, missing=missing)
    shown = value if is_missing(row.value) else text.value_with_unit(value, unit)
    exact = text.value_with_unit(show_number(row.value, row.decimals), row.unit)
    with st.container(border=True, key=f"card_{row.indicator}", gap=None, height="stretch"):
        st.metric(
            names.indicator_name(row.indicator, row.name),
            shown,
            text.since_last_month(show_change(row.change, row.decimals, row.unit)),
            delta_color=_delta_colour(row),
            delta_arrow="off",
            help=None if is_missing(row.value) or shown == exact else text.exactly(exact),
        )
        st.caption(text.reported_line(row.reported, row.villages, row.carried, row.totals, is_own=row.is_own))


def _delta_colour(row: Any) -> Any:
    """Green for better, red for worse, by the indicator's direction; the words beside it say the same."""
    if is_missing(row.change) or not row.change or row.direction == Direction.NEUTRAL:
        return "off"
    is_better = (row.change > 0) == (row.direction == Direction.HIGHER)
    return "green" if is_better else "red"
