"""What a route of ours answers as plain ASGI: finished bytes with headers that keep a page to itself."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

from starlette.types import Send

from ecodash.errors import NotPermitted, UserError
from ecodash.reports.message_page import MESSAGE_POLICY

Headers = list[tuple[bytes, bytes]]

HTML = "text/html; charset=utf-8"
SAFETY = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-robots-tag", b"noindex, nofollow"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
)
"""Sent with every answer under /s."""
NO_REFERRER = (b"referrer-policy", b"no-referrer")
NEVER_KEPT = (b"cache-control", b"private, no-store")
ASKED_EACH_TIME = (b"cache-control", b"private, no-cache")


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: its status, headers and body."""

    status: int
    headers: Headers
    body: bytes = b""

    async def send(self, send: Send, method: str = "GET") -> None:
        """Send it; where only the head is asked for, the length of the body is told and nothing more."""
        # A copy: what stands around this app may add to the list, and the same headers are sent again.
        await send({"type": "http.response.start", "status": self.status, "headers": [*self.headers]})
        await send({"type": "http.response.body", "body": b"" if method == "HEAD" else self.body})


def html_reply(
    status: int, html: str, *, policy: str = MESSAGE_POLICY, more: Iterable[tuple[bytes, bytes]] = (),
    referrer: tuple[bytes, bytes] = NO_REFERRER,
) -> Reply:  # fmt: skip
    """A page that is made for one asker and kept nowhere."""
    body = html.encode()
    headers = [*common_headers(HTML, policy), referrer, NEVER_KEPT, *more, (b"content-length", b"%d" % len(body))]
    return Reply(status, headers, body)


def json_reply(status: int, kind: str, what: str, remedy: str, *more: tuple[bytes, bytes]) -> Reply:
    """A refusal for a program or a script: what happened and what to do next."""
    body = json.dumps({"error": {"kind": kind, "what": what, "remedy": remedy}}, ensure_ascii=False).encode()
    headers = [*common_headers("application/json", MESSAGE_POLICY), NO_REFERRER, NEVER_KEPT, *more]
    return Reply(status, [*headers, (b"content-length", b"%d" % len(body))], body)


def see_other(path: str, *more: tuple[bytes, bytes]) -> Reply:
    """The way to another page of this server."""
    return Reply(303, [(b"location", path.encode()), NO_REFERRER, NEVER_KEPT, (b"content-length", b"0"), *more])


def status_of(error: UserError) -> int:
    """Of an answer that says why there is none: 403 where the asker may not, 404 where there is no such thing."""
    return 403 if isinstance(error, NotPermitted) else 404


def common_headers(media: str, policy: str) -> Headers:
    """What every answer says: what it is, what it may load, and that it is not to be looked at in any other way."""
    return [(b"content-type", media.encode()), (b"content-security-policy", policy.encode()), *SAFETY]


def entity_tag(body: bytes, encoding: str) -> bytes:
    """The strong tag of a body in a coding, made of its content."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}-{encoding}"'.encode()


def is_known(asked: bytes, tag: bytes) -> bool:
    """Whether an If-None-Match header names a tag: a list, or * for whatever there is; weak tags compare alike."""
    if asked.strip() == b"*":
        return True
    return any(one.strip().removeprefix(b"W/") == tag for one in asked.split(b","))


def disposition(name: str, *, is_shown: bool = False) -> bytes:
    """Content-Disposition of a file to be saved under a name that may be Chinese (RFC 6266, RFC 8187)."""
    plain = "".join(char if char.isascii() and (char.isalnum() or char in "-_.") else "_" for char in name)
    kind = "inline" if is_shown else "attachment"
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}".encode()
