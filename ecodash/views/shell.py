"""The Streamlit script: page setup, navigation, first start."""

import streamlit as st
from streamlit import Page

from ecodash.errors import StoreTrouble
from ecodash.views import account_menu, asking, data, first_start, language, navigation, runs, style, text
from ecodash.views.guard import guarded, tell
from ecodash.views.turns import TURNS


def main() -> None:
    """Run the page the address names; before there are regions, the first-start screen instead of any."""
    with runs.watched(), TURNS.one():
        try:
            _run()
        except StoreTrouble as error:
            # Before any page is reached: who asks is looked up in the store, and the store does not answer.
            runs.refused()
            tell(error)


def _run() -> None:
    language.settle()
    asking.look()
    st.set_page_config(
        page_title=text.APP_NAME, page_icon=str(style.ICON), layout="wide", initial_sidebar_state="collapsed"
    )
    st.logo(style.logo(), size="large")
    st.html(style.SHEET)
    st.html(style.chrome_words(), unsafe_allow_javascript=True)
    if not account_menu.lets_in():
        return
    page = st.navigation(navigation.pages() | account_menu.pages(), position="top", expanded=True)
    runs.at(page.url_path)
    with st.sidebar:
        language.show_switch()
    account_menu.show_mode()
    guarded(lambda: _show(page))


def _show(page: Page) -> None:
    if data.is_ready():
        navigation.run(page)
        asking.look_ahead()
    else:
        first_start.show()


main()
