"""The end of a process in good order: what runs is finished, what comes is told to come again, and after a while it is over.

From the signal on nothing new is begun: no commit, no import, no page (503, with the time to try again). Whoever asks is
still answered so until what was begun is finished, DRAIN_SECONDS at most; then the connections are closed, what waits for
the audit is written, the store is closed. What takes longer than END_SECONDS in all is cut off: a commit that was not
acknowledged is then not there either.
"""

import logging
import os
import threading
import time
from collections.abc import Callable

from starlette.types import ASGIApp, Receive, Scope, Send

from ecodash.i18n import gettext as _
from ecodash.logs import get_logger
from ecodash.reports.message_page import render_message
from ecodash.web import gate
from ecodash.web.reply import Reply, html_reply, json_reply
from ecodash.web.session_gate import is_for_a_reader

DRAIN_SECONDS, END_SECONDS = 20.0, 30.0
AGAIN_SECONDS = 60
"""When to come again: a restart takes less."""
_CUT_OFF = 75
"""The exit code where something had to be cut off (EX_TEMPFAIL)."""
_log = get_logger(__name__)


class Stopping:
    """Whether, and since when, this process is being stopped.

    Args:
        clock: seconds that only grow.
        give_up: ends the process at once.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, give_up: Callable[[int], None] = os._exit) -> None:
        self._clock, self._give_up = clock, give_up
        self._since: float | None = None
        self._open, self._is_done = 0, False
        self._watchdog: threading.Timer | None = None
        self._closers: list[Callable[[], None]] = []
        self._cleaners: list[Callable[[], None]] = []
        self._busy: list[Callable[[], bool]] = []

    def on_begin(self, closer: Callable[[], None]) -> None:
        """Have something closed for what is new, as soon as the end begins."""
        self._closers.append(closer)

    def on_cut_off(self, cleaner: Callable[[], None]) -> None:
        """Have something put away where the process has to be cut off."""
        self._cleaners.append(cleaner)

    def waits_for(self, is_busy: Callable[[], bool]) -> None:
        """Wait for something that may be under way."""
        self._busy.append(is_busy)

    def enter(self) -> None:
        """A request is being answered."""
        self._open += 1

    def leave(self) -> None:
        """It is answered."""
        self._open -= 1

    @property
    def is_begun(self) -> bool:
        """Whether the end has begun."""
        return self._since is not None

    @property
    def left_seconds(self) -> float:
        """How long the end may still take."""
        return END_SECONDS if self._since is None else max(0.0, self._since + END_SECONDS - self._clock())

    def begin(self) -> None:
        """Begin nothing new from here on; called as often as one likes."""
        if self._since is not None:
            return
        self._since = self._clock()
        for close in self._closers:
            close()
        self._watchdog = threading.Timer(END_SECONDS, self._cut_off)
        self._watchdog.daemon = True
        self._watchdog.start()
        _log.info("stopping", open_requests=self._open, is_writing=self._is_busy())

    def may_close(self) -> bool:
        """Whether nothing is under way any more, or it has been waited for long enough."""
        if self._since is None:
            return False
        is_late = self._clock() - self._since >= DRAIN_SECONDS
        if is_late and (self._open or self._is_busy()):
            _log.warning("stopping_without_waiting_longer", open_requests=self._open, is_writing=self._is_busy())
        return is_late or not (self._open or self._is_busy())

    def end(self) -> None:
        """All is put away. Threads that do not come to their end still do not hold the process up."""
        self._is_done = True
        _log.info("stopped")

    def _is_busy(self) -> bool:
        return any(is_busy() for is_busy in self._busy)

    def _cut_off(self) -> None:
        if self._is_done:
            self._give_up(0)
            return
        _log.error("cut_off", is_writing=self._is_busy(), seconds=END_SECONDS)
        for clean in self._cleaners:
            try:
                clean()
            except Exception:
                _log.exception("could not be put away")
        logging.shutdown()
        self._give_up(_CUT_OFF)


class RefuseLate:
    """Middleware that tells whoever comes once the end has begun to come again. What answers for health is asked on.

    Args:
        app: what stands behind.
        stopping: whether it has begun.
    """

    def __init__(self, app: ASGIApp, stopping: Stopping) -> None:
        self._app, self._stopping = app, stopping

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or refuse one websocket before it is accepted: a page tries again by itself."""
        if not self._stopping.is_begun or scope["type"] == "lifespan" or gate.path_of(scope) == "/healthz":
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1012, "reason": ""})
        else:
            await come_again(scope).send(send, scope["method"])


def come_again(scope: Scope) -> Reply:
    """503, with the time to try again."""
    what, remedy = _("系统正在停止或重启。"), _("请一分钟后再试；没有收到成功答复的操作都没有保存。")
    later = (b"retry-after", str(AGAIN_SECONDS).encode())
    if is_for_a_reader(scope, gate.path_of(scope)):
        return html_reply(503, render_message(_("正在重启"), what, remedy), more=[later])
    return json_reply(503, "ServiceStopping", what, remedy, later)
