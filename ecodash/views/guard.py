"""The one place that shows a UserError, and says of any other fault that it is ours."""

from collections.abc import Callable
from contextlib import suppress

import streamlit as st

from ecodash.errors import UserError
from ecodash.i18n import is_english
from ecodash.views import runs, text

_TOLD = "__ecodash_told__"
"""Set on an exception whose reader was told of it."""


def guarded(draw: Callable[[], None]) -> None:
    """Draw something; what went wrong is said in its place."""
    try:
        draw()
    except UserError as error:
        runs.refused()
        tell(error)
    except Exception as error:
        # Streamlit logs what is raised, with the same number; its own English notice of it is hidden by the style sheet.
        _tell_fault(error)
        raise


def uncaught(error: Exception) -> bool:
    """Say what went wrong outside of anything that is drawn: in what a click calls, or in a dialog. Streamlit asks for it
    last, so that nobody is left before a page on which nothing happened.

    Returns:
        True: Streamlit's own notice is not wanted.
    """
    if isinstance(error, UserError):
        runs.refused()
        tell(error)
    elif not getattr(error, _TOLD, False):
        _tell_fault(error)
    return True


def _tell_fault(error: Exception) -> None:
    remedy = text.broken_remedy(runs.broke(error))
    st.error(text.what_and_remedy(text.BROKEN, remedy), icon=":material/error:")
    with suppress(AttributeError):
        setattr(error, _TOLD, True)


def tell(error: UserError) -> None:
    """Say what went wrong, and what to do."""
    st.error(text.what_and_remedy(error.what, error.remedy), icon=":material/error:")
    if is_english():
        st.caption(text.CHINESE_ONLY)
