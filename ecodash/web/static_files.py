"""/static/…: Streamlit's own files, from compressed copies, to whoever asks.

They are the same for every installation and hold nothing of this one, so that they need no session: a browser fetches them
while somebody types a password. What is not one of them is not there; nothing of a path is ever looked for on the disk.
"""

from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from starlette.types import ASGIApp, Receive, Scope, Send

from ecodash.i18n import gettext as _
from ecodash.web import gate
from ecodash.web.encodings import IDENTITY, choose_encoding
from ecodash.web.reply import Headers, Reply, is_known, json_reply
from ecodash.web.snapshot_cache import Makers, Memory
from ecodash.web.static_copies import ENCODINGS, Copies, StaticFile

PREFIX = "/static/"
POLICY = b"default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
"""Short, as it goes with a hundred files of a page; of no meaning for a script but where one is opened by itself."""
FOR_EVER = b"public, max-age=31536000, immutable"
"""Names hold a digest of the content. Proxies may keep what holds nothing of ours."""

_MOST_BYTES = 16 * 1024 * 1024
_LARGE = 512 * 1024
"""Larger ones are read as they are sent, and not kept."""
_CHUNK = 64 * 1024
"""Sent at once: what a slow reader has not taken yet waits on disk, and not in the memory of its connection."""
_THREADS = 2
_OFFERED = (*ENCODINGS, IDENTITY)


class StaticFiles:
    """The ASGI app under /static/.

    Args:
        files: by address.
        copies: of them; started and stopped by whoever gives them.
    """

    def __init__(self, files: Mapping[str, StaticFile], copies: Copies) -> None:
        self._files, self._copies = files, copies
        self._bodies: Memory[bytes] = Memory(_MOST_BYTES, len)
        self._readers = Makers(_THREADS, "static")

    def close(self) -> None:
        """Read no more."""
        self._readers.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request. Parts of files are not sent: who asks for one gets all of it, as HTTP allows."""
        method, name = scope["method"], gate.path_of(scope)[1:]
        one = self._files.get(name)
        if one is None:
            await _nothing().send(send, method)
            return
        if method not in ("GET", "HEAD"):
            await _method().send(send)
            return
        for found in self._offers(name, one, gate.header(scope, b"accept-encoding")):
            headers = _headers(one, found.encoding, found.tag)
            if (asked := gate.header(scope, b"if-none-match")) is not None and is_known(asked, found.tag):
                await send({"type": "http.response.start", "status": 304, "headers": headers})
                await send({"type": "http.response.body", "body": b""})
                return
            parts = self._parts(found.path, found.size)
            try:
                # Before anything is promised: where somebody removed the copies, the file itself is there.
                first = await anext(parts, b"") if method == "GET" else b""
            except OSError:
                if found.encoding == IDENTITY:
                    raise
                continue
            headers.append((b"content-length", b"%d" % found.size))
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            while first:
                await send({"type": "http.response.body", "body": first, "more_body": True})
                first = await anext(parts, b"")
            await send({"type": "http.response.body", "body": b""})
            return

    def _offers(self, name: str, one: StaticFile, accepted: bytes | None) -> Iterator["_Offer"]:
        """What may be sent, the best first; the file itself in any case."""
        encoding = choose_encoding(accepted, _OFFERED) if one.is_text else IDENTITY
        copy = self._copies.find(name, encoding) if encoding else None
        if encoding and copy is not None:
            yield _Offer(encoding, copy.path, copy.size, f'"{copy.digest[:32]}"'.encode())
        yield _Offer(IDENTITY, one.path, one.size, f'"{one.tag[:32]}"'.encode())

    async def _parts(self, path: Path, size: int) -> AsyncIterator[bytes]:
        if size > _LARGE:
            for start in range(0, size, _CHUNK):
                yield await self._readers.make((path, start), partial(_read, path, start))
            return
        body = self._bodies.find(path)
        if body is None:
            body = await self._readers.make(path, path.read_bytes)
            self._bodies.keep(path, body)
        for start in range(0, size, _CHUNK):
            yield body[start : start + _CHUNK]


@dataclass(frozen=True, slots=True)
class _Offer:
    """A file in one coding."""

    encoding: str
    path: Path
    size: int
    tag: bytes


class StaticFirst:
    """Middleware that answers /static/… by itself and hands on everything else.

    Args:
        app: what stands behind.
        files: closed by whoever gives them.
    """

    def __init__(self, app: ASGIApp, files: StaticFiles) -> None:
        self._app, self._files = app, files

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        mine = scope["type"] == "http" and gate.path_of(scope).startswith(PREFIX)
        await (self._files if mine else self._app)(scope, receive, send)


def _headers(one: StaticFile, encoding: str, tag: bytes) -> Headers:
    headers = [
        (b"content-type", one.media),
        (b"etag", tag),
        (b"cache-control", FOR_EVER),
        (b"content-security-policy", POLICY),
        (b"accept-ranges", b"none"),
    ]
    if one.is_text:
        headers.append((b"vary", b"Accept-Encoding"))
    if encoding != IDENTITY:
        headers.append((b"content-encoding", encoding.encode()))
    return headers


def _read(path: Path, start: int) -> bytes:
    with path.open("rb") as file:
        file.seek(start)
        return file.read(_CHUNK)


def _nothing() -> Reply:
    return json_reply(404, "LinkUnknown", _("没有这个地址。"), _("请核对链接后重新打开。"))


def _method() -> Reply:
    allowed = (b"allow", b"GET, HEAD")
    return json_reply(405, "Method", _("这个地址不支持这种请求方式。"), _("请在浏览器里直接打开。"), allowed)
