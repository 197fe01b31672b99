"""The parts of 数据上报: one is shown, the address names it, and only its own work is done."""

from collections.abc import Callable

import streamlit as st

from ecodash.domain.access import Right
from ecodash.i18n import in_this_language
from ecodash.views import (
    batch_list,
    data,
    filing_data,
    filing_desk,
    filing_own,
    filing_words,
    reporting_part,
    template_part,
    upload_desk,
    upload_form,
    upload_text,
)

_PARAM, _KEY = "part", upload_desk.PART
_SHOW: dict[str, Callable[[int], None]] = {
    "submit": lambda watermark: upload_form.show(),
    "filings": lambda watermark: filing_own.show(),
    "template": template_part.show,
    "reporting": reporting_part.show,
    "batches": batch_list.show,
}


def show(watermark: int) -> None:
    """The choice of parts, and the one chosen."""
    parts = _parts()
    first = parts[0]
    asked = st.query_params.get(_PARAM, "")
    if st.session_state.get(_KEY) not in parts:
        st.session_state[_KEY] = asked if asked in parts else first
    part = st.segmented_control(
        upload_text.PARTS_LABEL,
        parts,
        format_func=in_this_language(_label),
        required=True,
        key=_KEY,
        label_visibility="collapsed",
        wrap=True,
    )
    chosen = part or first
    if chosen == first:
        st.query_params.pop(_PARAM, None)
    elif asked != chosen:
        st.query_params[_PARAM] = chosen
    if chosen != "filings":
        filing_desk.leave()
    _SHOW[chosen](watermark)


def _parts() -> list[str]:
    """What the reader may use: nobody hands in who reports nowhere; whose figures count at once has no filings."""
    is_reporter = data.actor().may_somewhere(Right.REPORT)
    has_filings = is_reporter and (not data.actor().may(Right.PUBLISH) or bool(filing_data.own()))
    left_out = {name for name, holds in (("submit", is_reporter), ("filings", has_filings)) if not holds}
    return [name for name in _SHOW if name not in left_out]


def _label(name: str) -> str:
    label = upload_text.PARTS[name]
    return filing_words.with_count(label, len(filing_data.to_correct())) if name == "filings" else label
