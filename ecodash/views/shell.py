"""The Streamlit script: page setup, navigation, first start, and the one place that shows a UserError."""

import streamlit as st

from ecodash.errors import UserError
from ecodash.i18n import is_english
from ecodash.views import account_menu, asking, data, first_start, language, navigation, style, text


def main() -> None:
    """Run the page the address names; before there are regions, the first-start screen instead of any."""
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
    with st.sidebar:
        language.show_switch()
    account_menu.show_mode()
    try:
        if data.is_ready():
            navigation.run(page)
            asking.look_ahead()
        else:
            first_start.show()
    except UserError as error:
        st.error(text.what_and_remedy(error.what, error.remedy), icon=":material/error:")
        if is_english():
            st.caption(text.CHINESE_ONLY)
    except Exception:
        # Streamlit logs what is raised; its own English notice of it is hidden by the style sheet.
        st.error(text.what_and_remedy(text.BROKEN, text.BROKEN_REMEDY), icon=":material/error:")
        raise


main()
