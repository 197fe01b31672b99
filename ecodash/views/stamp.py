"""What the page at hand says of all its figures, for the files that are downloaded from it."""

from dataclasses import dataclass

import streamlit as st

from ecodash.domain.selection import Selection

_KEPT = "page_stamp"


@dataclass(frozen=True, slots=True)
class Stamp:
    """Where and when a page's figures belong.

    Args:
        context: place, month, and how much was reported; empty for a page without a selection.
        is_demo: whether invented figures stand among them.
        selection: what they are of; None for a page without one.
    """

    context: str = ""
    is_demo: bool = False
    selection: Selection | None = None


def keep(stamp: Stamp) -> None:
    """Said by the heading, before anything of the page is drawn."""
    st.session_state[_KEPT] = stamp


def kept() -> Stamp:
    """What the heading said."""
    stamp: Stamp = st.session_state.get(_KEPT, Stamp())
    return stamp
