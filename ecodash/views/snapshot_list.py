"""The list of snapshots: title, what it shows, as of when, and its link."""

import json
from typing import Any

import streamlit as st

from ecodash.domain.pages import Page
from ecodash.domain.periods import Month
from ecodash.domain.regions import region_key
from ecodash.reports.numbers import show_time
from ecodash.views import data, links, text
from ecodash.views.rows import rows_of

_PER_PAGE = 20


def show() -> None:
    """Newest first, twenty to a page."""
    snapshots = data.list_snapshots()
    if snapshots.empty:
        st.info(text.NO_SNAPSHOT_YET, icon=":material/push_pin:")
        return
    pages = -(-len(snapshots) // _PER_PAGE)
    page = st.pagination(pages, key="snapshot_page") if pages > 1 else 1
    for row in rows_of(snapshots.iloc[(page - 1) * _PER_PAGE : page * _PER_PAGE]):
        _show_one(row)


def _show_one(row: Any) -> None:
    address = links.snapshot_address(st.context.url, row.token)
    selection = json.loads(row.selection)
    region = data.tree().find(region_key(str(selection["region"])))
    with st.container(border=True, key=f"snapshot_{row.number}"):
        what, where = st.columns([5, 4], vertical_alignment="center")
        with what:
            st.markdown(f"**{text.escape(row.title)}**")
            st.caption(
                text.snapshot_line(
                    Page(row.page).label,
                    region.name if region else str(selection["region"]),
                    Month.parse(str(selection["month"])),
                    row.watermark,
                    show_time(row.created_at),
                    row.actor,
                )
            )
        with where, st.container(horizontal=True, vertical_alignment="center"):
            st.code(address, language=None, width="stretch", wrap_lines=True)
            st.link_button(text.OPEN_SNAPSHOT, address, key=f"open_{row.number}")
