"""The pages of the app in the order of the bar. A page's file, its address and its name here are one word."""

import streamlit as st

from ecodash.i18n import gettext as _
from ecodash.settings import PROJECT_ROOT
from ecodash.views import text
from ecodash.views.phrases import text as phrases

LOOKED_AT = {
    "overview": phrases.OVERVIEW,
    "map": phrases.MAP,
    "progress": phrases.PROGRESS,
    "ranking": phrases.RANKING,
    "profile": phrases.PROFILE,
    "lists": phrases.LISTS,
    "upload": phrases.UPLOAD,
    "snapshots": phrases.SNAPSHOTS,
    "meeting": phrases.MEETING,
}
"""What people look at stands in the bar itself."""

MANAGED = {"targets": phrases.TARGETS, "composites": phrases.COMPOSITES, "boundaries": phrases.BOUNDARIES}
"""What is set up once in a while stands in a menu of the bar."""

_PAGES = PROJECT_ROOT / "pages"
_FIRST = "overview"


def pages() -> dict[str, list[st.Page]]:
    """Pages by section, named in the reader's language."""
    return {
        "": [_page(name, _(title)) for name, title in LOOKED_AT.items()],
        text.MANAGE: [_page(name, _(title)) for name, title in MANAGED.items()],
    }


def _page(name: str, title: str) -> st.Page:
    if name == _FIRST:
        return st.Page(_PAGES / f"{name}.py", title=title, default=True)
    return st.Page(_PAGES / f"{name}.py", title=title, url_path=name)
