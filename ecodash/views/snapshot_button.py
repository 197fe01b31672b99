"""生成快照: freeze what a page shows, and hand out the link."""

import streamlit as st

from ecodash import actions, i18n
from ecodash.domain.comparison import Comparison
from ecodash.domain.pages import Page
from ecodash.domain.selection import Selection
from ecodash.views import data, links, ranking_options, text

_MADE = "snapshots_made"
"""Where the session keeps the links it made, so that a second click shows the same one."""


def offer_snapshot(page: Page, selection: Selection) -> None:
    """A button that opens a small form: a title, then the link to copy or open."""
    popover = st.popover(
        text.MAKE_SNAPSHOT,
        icon=":material/push_pin:",
        help=text.SNAPSHOT_HELP,
        key="snapshot_popover",
        on_change="rerun",
    )
    if popover.open:
        with popover:
            _show_form(page, selection)


def _show_form(page: Page, selection: Selection) -> None:
    st.markdown(text.SNAPSHOT_PROMISE)
    with i18n.speaking(i18n.CHINESE):  # As the snapshot itself is.
        usual = text.snapshot_title(data.region(selection).name, selection.month, page.label)
    title = st.text_input(
        text.SNAPSHOT_TITLE_LABEL, usual, max_chars=120, key=f"snapshot_title_{page.value}_{selection}",
    )  # fmt: skip
    made: dict[tuple[Page, Selection, Comparison | None, str], str] = st.session_state.setdefault(_MADE, {})
    comparison = ranking_options.asked() if page is Page.RANKING else None
    identity = (page, selection, comparison, title)
    if st.button(text.MAKE_SNAPSHOT_NOW, type="primary", key="snapshot_make") and identity not in made:
        snapshot = actions.create_snapshot(
            data.workspace(),
            data.frozen_page(page, selection, comparison),
            title=title,
            actor=data.actor(),
            now=data.now(),
        )
        made[identity] = snapshot.token
    if identity in made:
        show_link(made[identity])


def show_link(token: str) -> None:
    """A snapshot's link: to copy, and to open."""
    address = links.snapshot_address(st.context.url, token)
    st.success(text.SNAPSHOT_MADE, icon=":material/check_circle:")
    st.code(address, language=None, wrap_lines=True)
    st.link_button(text.OPEN_SNAPSHOT, address, icon=":material/open_in_new:")
