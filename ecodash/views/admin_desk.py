"""What the pages of an administrator share: the word on what was done, refusals shown where they belong, and the dialog
that is open."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import streamlit as st

from ecodash.errors import UserError
from ecodash.i18n import gettext as _
from ecodash.i18n import in_this_language
from ecodash.views import text

_SAID, _OPEN = "admin_said", "admin_dialog"
Draw = Callable[[str], None]
"""Draws a dialog's content for what it is about."""


@dataclass(frozen=True, slots=True)
class Said:
    """What came of something.

    Args:
        words: a sentence or two.
        is_bad: what was found is not as it should be.
    """

    words: str
    is_bad: bool = False


def show_said() -> None:
    """What was done last, once."""
    said: Said | None = st.session_state.pop(_SAID, None)
    if said is None:
        return
    words = text.escape(said.words)
    if said.is_bad:
        st.error(words, icon=":material/error:")
    else:
        st.success(words, icon=":material/check_circle:")


def refuse(error: UserError) -> None:
    """A refusal, in the place it belongs to."""
    st.error(text.what_and_remedy(error.what, error.remedy), icon=":material/error:")


def attempt(work: Callable[[], Said | str]) -> None:
    """Do something and run the page anew with the words on it; a refusal is shown here and leaves the page as it is."""
    try:
        said = work()
    except UserError as error:
        refuse(error)
        return
    st.session_state[_SAID] = said if isinstance(said, Said) else Said(said)
    close()
    st.rerun()


# ── the dialog that is open ────────────────────────────────────────────────────────────────────────────────────────


def ask_for(kind: str, about: str) -> None:
    """Open a dialog in the next run."""
    st.session_state[_OPEN] = (kind, about)


def close() -> None:
    st.session_state.pop(_OPEN, None)


def show_dialog(
    kinds: Mapping[str, tuple[str, str, Draw]], width: Literal["small", "medium", "large"] = "small"
) -> None:
    """The dialog that was asked for, if any; called once, when the rest of the page is drawn.

    Args:
        kinds: kind → title (a message), icon, content.
    """
    kind, about = st.session_state.get(_OPEN, ("", ""))
    if kind not in kinds:
        return
    title, icon, draw = kinds[kind]
    dialog = st.dialog(_(title), width=width, icon=icon, on_dismiss=close)
    dialog(in_this_language(_drawn))(draw, about)


def _drawn(draw: Draw, about: str) -> None:
    try:
        draw(about)
    except UserError as error:
        refuse(error)


def is_confirmed(label: str, key: str, *, is_disabled: bool = False) -> bool:
    """The second word, and the way out."""
    with st.container(horizontal=True, horizontal_alignment="right", key=f"{key}_confirm"):
        if st.button(_("取消"), key=f"{key}_cancel"):
            close()
            st.rerun()
        return bool(st.button(label, type="primary", disabled=is_disabled, key=f"{key}_sure"))
