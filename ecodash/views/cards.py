"""Key figures as cards: the number, its change, and how many villages stand behind it."""

from html import escape
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

    One element, not three for each card: a change of the month draws it anew, and each element costs the browser.

    Args:
        figures: rows of queries.key_figures.
    """
    rows = sorted(rows_of(figures), key=lambda row: (row.indicator != chosen, row.headline))
    st.html(f'<ul class="cards">{"".join(_card(row) for row in rows[:HEADLINES])}</ul>')


def _card(row: Any) -> str:
    missing = missing_word(reports=row.reported + row.carried + row.totals)
    value, unit = show_amount(row.value, row.decimals, row.unit, missing=missing)
    shown = value if is_missing(row.value) else text.value_with_unit(value, unit)
    exact = text.value_with_unit(show_number(row.value, row.decimals), row.unit)
    is_rounded = not is_missing(row.value) and shown != exact
    title = f' title="{escape(text.exactly(exact))}"' if is_rounded else ""
    change = text.since_last_month(show_change(row.change, row.decimals, row.unit))
    backed = text.reported_line(row.reported, row.villages, row.carried, row.totals, is_own=row.is_own)
    return (
        f'<li data-indicator="{escape(row.indicator)}">'
        f'<span class="card-name">{escape(names.indicator_name(row.indicator, row.name))}</span>'
        f'<b class="card-value"{title}>{escape(shown)}</b>'
        f'<span class="card-change {_mood(row)}">{escape(change)}</span>'
        f"<small>{escape(backed)}</small></li>"
    )


def _mood(row: Any) -> str:
    """Green for better, red for worse, by the indicator's direction; the words beside it say the same."""
    if is_missing(row.change) or not row.change or row.direction == Direction.NEUTRAL:
        return "same"
    return "better" if (row.change > 0) == (row.direction == Direction.HIGHER) else "worse"
