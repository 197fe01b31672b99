"""The very outermost layer: every request gets a number, a line in the log and its place in the counts."""

import re
import secrets
import time
from collections.abc import Callable
from typing import Any

from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from ecodash import logs, meters
from ecodash.settings import PROJECT_ROOT, Settings
from ecodash.web import gate
from ecodash.web.peer import Proxies
from ecodash.web.session_gate import SIGNED_IN
from ecodash.web.stopping import Stopping

REQUEST_ID = b"x-request-id"
_GIVEN = re.compile(rb"[A-Za-z0-9._-]{8,64}")
_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "DELETE", "WS"))
_BEFORE_ROUTES = (
    (re.compile(r"/s/[^/]+/[^/].*"), "/s/{token}/{part}"),
    (re.compile(r"/s/.*"), "/s/{token}"),
    (re.compile(r"/setup/.*"), "/setup/{token}"),
    (re.compile(r"/login(/.*)?"), "/login"),
    (re.compile(r"/logout"), "/logout"),
    (re.compile(r"/static/.*"), "/static/*"),
    (
        re.compile("/(?:" + "|".join(sorted(one.stem for one in (PROJECT_ROOT / "pages").glob("*.py"))) + ")?"),
        "/{page}",
    ),
)
"""What is answered before any route is looked for, or by one that takes all that is left. An address itself is never told: that of a link is a secret."""
REFUSED = "(refused)"
"""The route of what nobody answered but a layer that refused it."""
_OTHER = "(other)"
_QUIET = ("/static/*", "/healthz", "/metrics", "/_stcore/health", "/_stcore/host-config", "/media/{file_id:path}")
"""Fetched by a page or a program by itself: told only where it did not go well, or when all is to be told."""
_log = logs.get_logger(__name__)


class Watch:
    """Middleware around everything.

    Args:
        app: what stands behind.
        settings: which proxies are believed when they number a request.
        stopping: told of what is being answered.
    """

    def __init__(self, app: ASGIApp, settings: Settings, stopping: Stopping) -> None:
        self._app, self._stopping, self._proxies = app, stopping, Proxies(settings.trusted_proxies)
        self._key = settings.metrics_key
        if 0 < len(self._key) < gate.SHORTEST_KEY:
            _log.warning("ECODASH_METRICS_KEY is too short and counts as none", shortest=gate.SHORTEST_KEY)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or hold one websocket."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        if gate.path_of(scope) in gate.FOR_PROGRAMS:
            scope[gate.KEY_SHOWN] = gate.shows_key(scope, self._key)
        number = self._number(scope)
        logs.begin(request=number)
        answer = _Answer(send, number.encode())
        if scope["type"] == "websocket":
            await self._socket(scope, receive, answer)
            return
        begun = time.perf_counter()
        meters.REQUESTS_OPEN.inc()
        self._stopping.enter()
        try:
            await self._app(scope, receive, answer)
        except Exception:
            # What stands around us, the server, writes the traceback, within this context.
            meters.ERRORS.labels("request").inc()
            answer.status = answer.status or 500
            raise
        finally:
            self._stopping.leave()
            meters.REQUESTS_OPEN.dec()
            _tell(scope, answer, time.perf_counter() - begun)

    async def _socket(self, scope: Scope, receive: Receive, answer: "_Answer") -> None:
        begun, answer.on_open = time.perf_counter(), lambda: _log.info("page_opened", **_who(scope))
        try:
            await self._app(scope, receive, answer)
        finally:
            if answer.is_open:
                meters.SOCKETS.dec()
                _log.info("page_closed", **_who(scope), seconds=round(time.perf_counter() - begun, 1))

    def _number(self, scope: Scope) -> str:
        """As a trusted proxy numbered the request, where it did so plainly; else a new number."""
        given = gate.header(scope, REQUEST_ID)
        if given is not None and _GIVEN.fullmatch(given) and self._proxies.trusts(gate.client_host(scope)):
            return given.decode("ascii")
        return secrets.token_hex(8)


class _Answer:
    """The send channel of one request: adds its number, counts its bytes."""

    def __init__(self, send: Send, number: bytes) -> None:
        self._send, self._number = send, number
        self.status, self.bytes, self.is_open = 0, 0, False
        self.on_open: Callable[[], object] = lambda: None

    async def __call__(self, message: Any) -> None:
        kind = message["type"]
        if kind == "http.response.start":
            self.status = message["status"]
            message = message | {"headers": [*message.get("headers", []), (REQUEST_ID, self._number)]}
        elif kind == "http.response.body":
            self.bytes += len(message.get("body", b""))
        elif kind == "websocket.accept" and not self.is_open:
            self.is_open = True
            meters.SOCKETS.inc()
            self.on_open()
        await self._send(message)


def route_of(scope: Scope) -> str:
    """The template of the address that was answered: of a bounded number, and nothing of what somebody typed."""
    path, route = gate.path_of(scope), scope.get("route")
    template = "" if isinstance(route, Mount) else str(getattr(route, "path", ""))
    if template:
        return template
    return next((name for pattern, name in _BEFORE_ROUTES if pattern.fullmatch(path)), _OTHER if route else REFUSED)


def _tell(scope: Scope, answer: _Answer, seconds: float) -> None:
    route, method = route_of(scope), scope["method"] if scope["method"] in _METHODS else "other"
    meters.REQUESTS.labels(method, route, answer.status).inc()
    meters.REQUEST_SECONDS.labels(route).observe(seconds)
    tell = _log.debug if route in _QUIET and 0 < answer.status < 400 else _log.info
    tell(
        "request", method=method, route=route, status=answer.status, ms=round(seconds * 1000, 1), bytes=answer.bytes,
        **_who(scope),
    )  # fmt: skip


def _who(scope: Scope) -> dict[str, object]:
    found = scope.get(SIGNED_IN)
    account = {"by": found.actor.account} if found is not None else {}
    return account | {"address": gate.client_host(scope)}
