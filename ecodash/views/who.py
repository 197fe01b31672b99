"""Who sits before the screen: looked up anew at every run and every part of a page that runs by itself, so that a changed
role or an ended session takes effect at the next click."""

from collections.abc import Callable
from datetime import UTC, datetime

import streamlit as st

from ecodash import sessions
from ecodash.domain.access import NOBODY, Actor, local_operator
from ecodash.sessions import SESSION_COOKIE
from ecodash.workspace import Workspace


def actor(opened: Workspace) -> Actor:
    """The account of the browser's session; nobody where it ended or waits for a new password; the machine's operator
    where the installation is open.

    Args:
        opened: the shared workspace of the process.
    """
    if opened.settings.is_open:
        return local_operator("page")
    found = sessions.find(opened, st.context.cookies.get(SESSION_COOKIE, ""), now=datetime.now(UTC))
    return NOBODY if found is None or found.must_change else found.actor


def later(opened: Workspace) -> Callable[[], Actor | None]:
    """What tells, in any thread, who the same browser's session stands for at that moment; None once it ended."""
    if opened.settings.is_open:
        return lambda: local_operator("page")
    token = st.context.cookies.get(SESSION_COOKIE, "")

    def find() -> Actor | None:
        found = sessions.find(opened, token, now=datetime.now(UTC))
        return None if found is None or found.must_change else found.actor

    return find
