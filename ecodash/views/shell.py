"""The Streamlit script: page setup, navigation, first start, and the one place that shows a UserError."""

import streamlit as st

from ecodash.errors import UserError
from ecodash.settings import PROJECT_ROOT
from ecodash.views import data, first_start, style, text

_PAGES = PROJECT_ROOT / "pages"


def main() -> None:
    """Run the page the address names; before there are regions, the first-start screen instead of any."""
    st.set_page_config(page_title=text.APP_NAME, page_icon="🌾", layout="wide", initial_sidebar_state="collapsed")
    st.html(style.SHEET)
    pages = [
        st.Page(_PAGES / "overview.py", title=text.OVERVIEW, icon="📊", default=True),
        st.Page(_PAGES / "map.py", title=text.MAP, icon="🗺️", url_path="map"),
        st.Page(_PAGES / "progress.py", title=text.PROGRESS, icon="🎯", url_path="progress"),
        st.Page(_PAGES / "ranking.py", title=text.RANKING, icon="🏅", url_path="ranking"),
        st.Page(_PAGES / "profile.py", title=text.PROFILE, icon="🏡", url_path="profile"),
        st.Page(_PAGES / "upload.py", title=text.UPLOAD, icon="📤", url_path="upload"),
        st.Page(_PAGES / "snapshots.py", title=text.SNAPSHOTS, icon="📌", url_path="snapshots"),
    ]
    page = st.navigation(pages, position="top")
    try:
        if data.has_regions():
            page.run()
        else:
            first_start.show()
    except UserError as error:
        st.error(text.what_and_remedy(error.what, error.remedy), icon="🚫")


main()
