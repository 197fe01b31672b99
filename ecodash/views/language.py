"""The reader's language: asked for in the address, kept by the session, switched in the sidebar."""

import streamlit as st

from ecodash import i18n
from ecodash.views import links, text

_KEPT, _BOX = "language", "language_box"
_NAMES = {i18n.CHINESE: "中文", i18n.ENGLISH: "English"}


def settle() -> None:
    """Speak what the address asks for, else what the session spoke before; the address then says so, for links."""
    asked = st.query_params.get(links.LANGUAGE, "")
    code = asked if asked in i18n.LANGUAGES else str(st.session_state.get(_KEPT, i18n.CHINESE))
    st.session_state[_KEPT] = code
    i18n.use(code)
    if st.query_params.get(links.LANGUAGE, "") != links.language_param().get(links.LANGUAGE, ""):
        _write()


def show_switch() -> None:
    """中文 | English, each named in itself."""
    st.session_state[_BOX] = i18n.language()
    st.radio(
        text.LANGUAGE,
        list(_NAMES),
        format_func=lambda code: _NAMES[code],
        horizontal=True,
        key=_BOX,
        on_change=_take,
    )
    if i18n.is_english():
        st.caption(text.CHINESE_ONLY)


def _take() -> None:
    st.session_state[_KEPT] = st.session_state[_BOX]
    i18n.use(str(st.session_state[_BOX]))
    _write()


def _write() -> None:
    """Chinese is what an address without a language means."""
    st.query_params.pop(links.LANGUAGE, None)
    for name, value in links.language_param().items():
        st.query_params[name] = value
