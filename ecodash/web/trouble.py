"""A store that does not answer, told to whoever asks: 503 in words, where a traceback and "Internal Server Error" would be."""

import logging
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from ecodash.errors import StoreTrouble
from ecodash.i18n import gettext as _
from ecodash.reports.message_page import render_message
from ecodash.web import gate
from ecodash.web.reply import Reply, html_reply, json_reply
from ecodash.web.session_gate import is_for_a_reader

_AGAIN_SECONDS = 10
_log = logging.getLogger(__name__)


class TroubleTold:
    """Middleware that answers where the store did not.

    Args:
        app: what stands behind.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or refuse one websocket before it is accepted: a page tries again by itself."""
        is_begun = False

        async def noting(message: Any) -> None:
            nonlocal is_begun
            is_begun = True
            await send(message)

        try:
            await self._app(scope, receive, noting)
        except StoreTrouble as trouble:
            if is_begun or scope["type"] not in ("http", "websocket"):
                raise
            _log.error("the store does not answer: %s", trouble)
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1013, "reason": ""})
            else:
                await told(scope, trouble).send(send, scope["method"])


def told(scope: Scope, trouble: StoreTrouble) -> Reply:
    """503, with the time to try again."""
    later = (b"retry-after", str(_AGAIN_SECONDS).encode())
    if is_for_a_reader(scope, gate.path_of(scope)):
        page = render_message(_("现在不能使用"), trouble.what, trouble.remedy)
        return html_reply(503, page, more=[later])
    return json_reply(503, type(trouble).__name__, trouble.what, trouble.remedy, later)
