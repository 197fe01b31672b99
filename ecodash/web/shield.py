"""The outermost layer: what is asked is looked at before anybody answers it, and every answer carries what keeps it safe.

Whoever sends requests is not known here yet. What stands behind may rely on this: the address and the scheme in a scope
are the browser's own, no header claims an identity, a request that changes something was not sent by another site's page,
and a body ends.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from ecodash.i18n import gettext as _
from ecodash.logs import number_of
from ecodash.reports.message_page import render_message
from ecodash.settings import Settings
from ecodash.web import gate
from ecodash.web.bodies import Body, BodyRefused
from ecodash.web.headers import Policies, without_identity
from ecodash.web.limits import Clock, Pace, address_key
from ecodash.web.peer import Proxies
from ecodash.web.reply import Reply, html_reply, json_reply
from ecodash.web.session_gate import is_for_a_reader

LONGEST_BODY = 64 * 1024
LONGEST_PATH = 4_096
"""With the query: a link of a page spells out every choice made on it."""
MARGIN = 1024 * 1024
"""Around a file in a form: as much as Streamlit allows for."""
MOST_SOCKETS = 200
"""Open pages of one address: each holds memory here, and an office shares an address."""

_CLOSED = ("/auth/", "/oauth2callback", "/app/static/", "/_stcore/agent/", "/_stcore/metrics", "/_stcore/script-health")
"""Doors of Streamlit's that nothing here uses: its own sign-in, its interface for programs, its counts."""
_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "DELETE"))
_SAFE_METHODS = frozenset(("GET", "HEAD"))
_SIGN_IN = ("/login", "/setup/")
_UPLOADS = ("/_stcore/upload_file/", "/api/")
_SOCKET = "/_stcore/stream"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Paces:
    """How much one address may ask for: requests at once, and requests a second after that."""

    everything: tuple[int, float] = (6_000, 100.0)
    sign_ins: tuple[int, float] = (120, 0.2)
    uploads: tuple[int, float] = (120, 0.5)
    sockets: tuple[int, float] = (300, 2.0)


class Shield:
    """Middleware around everything.

    Args:
        app: what stands behind.
        settings: which proxies are trusted, and where readers reach this installation.
        scripts: gives those that stand in the app's pages themselves.
        most_upload: bytes of a file that a page takes.
        paces: limits per address.
        clock: seconds that only grow.
    """

    def __init__(
        self,
        app: ASGIApp,
        settings: Settings,
        *,
        scripts: Callable[[], Iterable[str]] = tuple,
        most_upload: int = 50 * 1024 * 1024,
        paces: Paces | None = None,
        clock: Clock = time.monotonic,
    ) -> None:
        self._app, self._clock = app, clock
        self._proxies, self._policies = Proxies(settings.trusted_proxies), Policies(scripts())
        self._public = settings.public_url
        self._most_upload = most_upload + MARGIN
        chosen = paces or Paces()
        self._everything, self._sign_ins, self._uploads, self._new_sockets = (
            Pace(*pace, clock=clock) for pace in (chosen.everything, chosen.sign_ins, chosen.uploads, chosen.sockets)
        )
        self._sockets: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        self._proxies.settle(scope)
        scope["headers"] = without_identity(scope["headers"])
        path = gate.path_of(scope)
        if scope["type"] == "websocket":
            await self._socket(scope, receive, send, path)
            return
        answer = _Answer(scope, send, path, self._policies)
        refusal = self._refuse(scope, path)
        if refusal is not None:
            await refusal.send(answer, scope["method"])
            return
        body = Body(receive, self._longest(path), self._clock)
        try:
            await self._app(scope, body, answer)
        except BodyRefused as error:
            await self._cut(scope, answer, error.status)
        except Exception as error:
            # What stands around us logs it, but would answer it without any of our headers.
            if not answer.has_begun:
                await _broken(scope, path, number_of(error)).send(answer, scope["method"])
            raise

    def _refuse(self, scope: Scope, path: str) -> Reply | None:
        """Why a request is answered by nobody; None where it is passed on. Nothing of its body is read for it."""
        method = scope["method"]
        hosts = [value for name, value in scope["headers"] if name == b"host"]
        if len(hosts) != 1 or not gate.host_name(scope) or len(scope.get("raw_path", b"")) > LONGEST_PATH:
            return _malformed()
        if len(scope.get("query_string", b"")) > LONGEST_PATH:
            return _malformed()
        if method not in _METHODS:
            return _method()
        if path.startswith(_CLOSED):
            return _nothing()
        if wait := self._wait(scope, path):
            return _too_many(scope, path, wait)
        if method not in _SAFE_METHODS and gate.is_foreign(scope, self._public):
            return json_reply(403, "Foreign", _("这个请求是从别的网站发来的。"), _("请直接打开本系统再操作。"))
        length = gate.header(scope, b"content-length")
        if length is not None:
            if not length.isdigit():
                return _malformed()
            if len(length) > 12 or int(length) > self._longest(path):
                return _too_long()
        return None

    def _wait(self, scope: Scope, path: str) -> int:
        """Seconds until an address may ask again. Links of snapshots count their own mistakes, and answer from memory."""
        if path.startswith("/s/"):
            return 0
        address = address_key(gate.client_host(scope))
        wait = self._everything.take(address)
        if wait or scope["method"] in _SAFE_METHODS:
            return wait
        if path.startswith(_SIGN_IN):
            return self._sign_ins.take(address)
        return self._uploads.take(address) if path.startswith(_UPLOADS) else 0

    def _longest(self, path: str) -> int:
        return self._most_upload if path.startswith(_UPLOADS) else LONGEST_BODY

    async def _cut(self, scope: Scope, answer: "_Answer", status: int) -> None:
        """Answer a body that was too long or too slow, where nothing was answered yet; else let go of the connection."""
        if answer.has_begun:
            raise BodyRefused(status)
        await (_too_long() if status == 413 else _too_slow()).send(answer, scope["method"])

    # ── websockets ─────────────────────────────────────────────────────────────────────────────────────────────────

    async def _socket(self, scope: Scope, receive: Receive, send: Send, path: str) -> None:
        """Open a page's websocket, where the page is one of ours: a browser always says whose it is."""
        address = address_key(gate.client_host(scope))
        has_origin = gate.header(scope, b"origin") is not None
        is_ours = has_origin and bool(gate.host_name(scope)) and not gate.is_foreign(scope, self._public)
        is_full = self._sockets[address] >= MOST_SOCKETS or self._new_sockets.take(address)
        if path != _SOCKET or not is_ours or is_full:
            _log.info("a websocket from %s is refused: %s", address, "too many" if is_full else "not of our page")
            await send({"type": "websocket.close", "code": 1013 if is_full else 1008, "reason": ""})
            return
        self._sockets[address] += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._sockets[address] -= 1
            if not self._sockets[address]:
                del self._sockets[address]


class _Answer:
    """The send channel of one request, which completes the headers."""

    def __init__(self, scope: Scope, send: Send, path: str, policies: Policies) -> None:
        self._scope, self._send, self._path, self._policies = scope, send, path, policies
        self.has_begun = False

    async def __call__(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.has_begun = True
            headers = self._policies.complete(self._scope, self._path, message.get("headers", []))
            message = message | {"headers": headers}
        await self._send(message)


# ── answers to what is not passed on ───────────────────────────────────────────────────────────────────────────────

_CLOSE = (b"connection", b"close")


def _malformed() -> Reply:
    return json_reply(400, "Malformed", _("请求的地址或格式不对。"), _("请核对链接后重新打开。"), _CLOSE)


def _nothing() -> Reply:
    return json_reply(404, "LinkUnknown", _("没有这个地址。"), _("请核对链接后重新打开。"))


def _method() -> Reply:
    allowed = (b"allow", b", ".join(sorted(method.encode() for method in _METHODS)))
    return json_reply(405, "Method", _("这个地址不支持这种请求方式。"), _("请在浏览器里直接打开。"), allowed)


def _too_long() -> Reply:
    return json_reply(413, "TooLarge", _("发送的内容太大。"), _("上传的文件不超过 50 MB，请拆分后上传。"), _CLOSE)


def _too_slow() -> Reply:
    return json_reply(408, "TooSlow", _("发送得太慢，连接已断开。"), _("请检查网络后再试。"), _CLOSE)


def _too_many(scope: Scope, path: str, wait: int) -> Reply:
    what = _("从这个网络地址来的请求太多。")
    remedy = _("请 {seconds} 秒后再试。").format(seconds=wait)
    later = (b"retry-after", str(wait).encode())
    if is_for_a_reader(scope, path):
        return html_reply(429, render_message(_("请稍后再试"), what, remedy), more=[later])
    return json_reply(429, "TooMany", what, remedy, later)


def _broken(scope: Scope, path: str, number: str) -> Reply:
    what = _("系统出错，没有办成。")
    remedy = _("请稍后再试；仍然不行，请把编号 {number} 告诉管理员，服务器日志里有记录。").format(number=number)
    if is_for_a_reader(scope, path):
        return html_reply(500, render_message(_("系统出错"), what, remedy))
    return json_reply(500, "Broken", what, remedy)
