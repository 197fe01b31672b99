"""The Streamlit script: page setup, navigation, first start, and the one place that shows a UserError."""

import streamlit as st

from ecodash.errors import UserError
from ecodash.settings import PROJECT_ROOT
from ecodash.views import data, first_start, style, text

_PAGES = PROJECT_ROOT / "pages"


def main() -> None:
    """Run the page the address names; before there are regions, the first-start screen instead of any."""
    st.set_page_config(
        page_title=text.APP_NAME, page_icon=str(style.ICON), layout="wide", initial_sidebar_state="collapsed"
    )
    st.logo(str(style.LOGO), size="large")
    st.html(style.SHEET)
    st.html(style.LANGUAGE_SCRIPT, unsafe_allow_javascript=True)
    pages = [
        st.Page(_PAGES / "overview.py", title=text.OVERVIEW, default=True),
        st.Page(_PAGES / "map.py", title=text.MAP, url_path="map"),
        st.Page(_PAGES / "progress.py", title=text.PROGRESS, url_path="progress"),
        st.Page(_PAGES / "ranking.py", title=text.RANKING, url_path="ranking"),
        st.Page(_PAGES / "profile.py", title=text.PROFILE, url_path="profile"),
        st.Page(_PAGES / "upload.py", title=text.UPLOAD, url_path="upload"),
        st.Page(_PAGES / "snapshots.py", title=text.SNAPSHOTS, url_path="snapshots"),
    ]
    page = st.navigation(pages, position="top")
    try:
        if data.is_ready():
            page.run()
        else:
            first_start.show()
    except UserError as error:
        st.error(text.what_and_remedy(error.what, error.remedy), icon=":material/error:")


main()
