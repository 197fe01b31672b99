"""What an action on 红黑榜 did, said after the next run."""

import streamlit as st

from ecodash.domain.definitions import Definition
from ecodash.views import text

RULE = "rule"
"""In the address: number of the rule's version."""

_SAID = "lists_said"


def say(words: str) -> None:
    """Run the page anew, and say it there."""
    st.session_state[_SAID] = words
    st.rerun()


def go_to(kept: Definition, words: str) -> None:
    """Show a version of a rule in the next run, and say what was done."""
    st.query_params[RULE] = str(kept.number)
    say(words)


def show() -> None:
    """What the last action did, once."""
    if words := st.session_state.pop(_SAID, ""):
        st.success(text.escape(str(words)), icon=":material/check_circle:")
