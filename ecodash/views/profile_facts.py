"""The head of 区域档案: what is known of the region itself, and the way to paper."""

from html import escape
from typing import Any
from urllib.parse import urlencode, urlsplit

import streamlit as st

from ecodash.domain.pages import Page
from ecodash.domain.selection import Selection
from ecodash.reports.numbers import is_missing, show_month, show_number
from ecodash.views import data, filters, names, profile_text, style, text
from ecodash.views.rows import rows_of

_SHEET = style.SHEET.parent / "profile.css"
_MONTHS = ("valid_from", "valid_until")


def show(selection: Selection) -> None:
    """Facts in one line on a desk, one below the other on a phone; the button to print beside them."""
    st.html(_SHEET)
    with st.container(horizontal=True, vertical_alignment="center", key="region_facts"):
        st.html(markup(list(rows_of(data.region_facts(selection)))))
        st.link_button(
            profile_text.print_label(), print_address(Page.PROFILE, selection), icon=":material/print:", width="content"
        )


def markup(rows: list[Any]) -> str:
    """Facts as a list of terms; every text in it is escaped."""
    return f'<dl class="region-facts">{"".join(_fact(row) for row in rows)}</dl>'


def _fact(row: Any) -> str:
    if row.name:
        label, value, note = names.indicator_name(row.fact, row.name), show_number(row.value, row.decimals), ""
        if not is_missing(row.value):
            value = text.value_with_unit(value, names.unit_name(row.unit))
            note = profile_text.counted(row.first_period, row.last_period, row.reported, row.villages)
        small = f"<small>{escape(note)}</small>" if note else ""
        return f"<div><dt>{escape(label)}</dt><dd>{escape(value)}{small}</dd></div>"
    value = show_month(row.text) if row.fact in _MONTHS else row.text or show_number(row.value, 0)
    if row.fact == "kind":
        value = names.category_name(row.text)
    # The filters say where the region lies, too: on a phone they are enough.
    kind = ' class="path"' if row.fact == "path" else ""
    return f"<div{kind}><dt>{escape(profile_text.FACTS[row.fact])}</dt><dd>{escape(value)}</dd></div>"


def print_address(page: Page, selection: Selection) -> str:
    """Where a page stands ready to print, with the host the reader uses."""
    parts = urlsplit(st.context.url or "")
    host = f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
    query = filters.wish_of(selection).to_params() | {"as_of": str(selection.watermark)}
    return f"{host}/print/{page.value}?{urlencode(query)}"
