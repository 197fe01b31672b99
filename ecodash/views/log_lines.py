"""Streamlit's lines of the log and the server's go the way of ours, and every line of a page says which page it is of."""

import logging
from collections.abc import Mapping

from streamlit import logger as streamlit_logger
from streamlit.runtime.scriptrunner import get_script_run_ctx

from ecodash import logs

_SERVER = ("uvicorn", "uvicorn.error", "uvicorn.asgi", "websockets")
_SILENT = "uvicorn.access"
"""It tells whole addresses: that of a link is a secret. ecodash.web.watch tells of requests."""
_SHOWN = 8
"""So many letters of a session's id are told: they tell sessions apart, and open nothing."""


def here() -> Mapping[str, object]:
    """What a line of the log says of the page it was written by; nothing outside of any."""
    context = get_script_run_ctx(suppress_warning=True)
    if context is None:
        return {}
    # Imported by then: a page is running. Before, what they need of Streamlit is not there yet.
    from ecodash.views import asking, runs

    actor, page = asking.known_actor(), runs.page()
    found: dict[str, object] = {"session": context.session_id[:_SHOWN]}
    if page:
        found["page"] = page
    if actor is not None:
        found["by"] = actor.account
    return found


def join_logs() -> None:
    """Have Streamlit's lines and the server's written as ours are, and every line of a page say which page."""
    logs.add_source(here)
    streamlit_logger.setup_formatter = _without_own_handler
    for name in [*streamlit_logger._loggers]:
        _without_own_handler(streamlit_logger._loggers[name])
    logs.take_over(*_SERVER)
    logging.getLogger(_SILENT).disabled = True
    logging.getLogger("uvicorn.error").addFilter(_names_no_address)


def _names_no_address(record: logging.LogRecord) -> bool:
    """Whether a line is to be written: those that tell the address of a websocket are not."""
    return '"WebSocket %s"' not in str(record.msg)


def _without_own_handler(logger: object) -> None:
    """In the place of Streamlit's way of giving each logger a handler that writes to the console."""
    own = getattr(logger, "streamlit_console_handler", None)
    if own is not None:
        logger.removeHandler(own)  # type: ignore[attr-defined]
    logger.propagate = True  # type: ignore[attr-defined]
