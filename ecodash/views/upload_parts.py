"""The parts of 数据上报: one is shown, the address names it, and only its own work is done."""

from collections.abc import Callable

import streamlit as st

from ecodash.i18n import in_this_language
from ecodash.views import batch_list, reporting_part, template_part, upload_form, upload_text

_PARAM, _KEY = "part", "upload_part"
_SHOW: dict[str, Callable[[int], None]] = {
    "submit": lambda watermark: upload_form.show(),
    "template": template_part.show,
    "reporting": reporting_part.show,
    "batches": batch_list.show,
}
_FIRST = "submit"


def show(watermark: int) -> None:
    """The choice of parts, and the one chosen."""
    asked = st.query_params.get(_PARAM, "")
    if _KEY not in st.session_state:
        st.session_state[_KEY] = asked if asked in _SHOW else _FIRST
    part = st.segmented_control(
        upload_text.PARTS_LABEL,
        list(_SHOW),
        format_func=in_this_language(lambda name: upload_text.PARTS[name]),
        required=True,
        key=_KEY,
        label_visibility="collapsed",
        wrap=True,
    )
    chosen = part or _FIRST
    if chosen == _FIRST:
        st.query_params.pop(_PARAM, None)
    elif asked != chosen:
        st.query_params[_PARAM] = chosen
    _SHOW[chosen](watermark)
