"""Forms of our own pages: what a browser sends is read within bounds, and only taken from a form that it was shown."""

import asyncio
import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from urllib.parse import parse_qs, quote, urlsplit

from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.types import Receive, Scope

from ecodash.web import gate

FORM_COOKIE = "ecodash_form"
"""Names a browser before anybody has signed in, so that a form shown to one cannot be sent by another."""
FORM_HOURS = 12
"""So long a page with a form may stay open."""
LONGEST_FORM = 8_192
LONGEST_NEXT = 2_000
FORM_SECONDS = 20.0
"""So long a browser may take to send a form."""

_FORM_TYPE = b"application/x-www-form-urlencoded"
_MOST_FIELDS = 12
_BROWSER = re.compile(r"[A-Za-z0-9_-]{22}", re.ASCII)
_ODD = re.compile(r"[\x00-\x1f\x7f\\]")
_NOT_NEXT = ("/login", "/logout", "/setup", "/api/", "/_stcore/", "/media/", "/component/")


def cookies_named(scope: Scope, name: str) -> Iterable[str]:
    """Every value a browser sends under a name."""
    return gate.cookie_values((value for key, value in scope["headers"] if key == b"cookie"), name)


def set_cookie(name: str, value: str, *, path: str, is_secure: bool, seconds: int | None = None) -> tuple[bytes, bytes]:
    """The header that sets a cookie no script reads and no other site's form sends.

    Args:
        seconds: how long it is kept; None until the browser is closed, 0 takes it away.
    """
    age = "" if seconds is None else f"; Max-Age={seconds}"
    secure = "; Secure" if is_secure else ""
    return b"set-cookie", f"{name}={value}; Path={path}{age}; HttpOnly; SameSite=Lax{secure}".encode("latin-1")


def local_path(written: str) -> str:
    """Where to go on to after signing in: a path of this site as a header may carry it; / where it is anything else.

    Browsers read // and /\\ as another host, and leave out line ends: none of them is let through.
    """
    if len(written) > LONGEST_NEXT or not written.startswith("/") or written.startswith("//") or _ODD.search(written):
        return "/"
    try:
        parts = urlsplit(written)
    except ValueError:
        return "/"
    if parts.scheme or parts.netloc or parts.path.startswith(_NOT_NEXT):
        return "/"
    return quote(written.encode("utf-8", "replace"), safe="/?&=%:@!$'()*+,;~-._#")


async def read_form(scope: Scope, receive: Receive) -> dict[str, str] | None:
    """The fields of a form by name, the first of each; None where it is no form, too long, too slow or not UTF-8."""
    if (gate.header(scope, b"content-type") or b"").partition(b";")[0].strip().lower() != _FORM_TYPE:
        return None
    try:
        async with asyncio.timeout(FORM_SECONDS):
            body = await _body(receive)
    except TimeoutError:
        return None
    if body is None or body.count(b"&") >= _MOST_FIELDS:
        return None
    try:
        fields = parse_qs(body.decode("ascii"), keep_blank_values=True, errors="strict")
    except ValueError:
        return None
    return {name: values[0] for name, values in fields.items()}


async def _body(receive: Receive) -> bytes | None:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        if len(body) > LONGEST_FORM:
            return None
        if not message.get("more_body", False):
            return bytes(body)


class FormKeys:
    """Tokens that a form carries beside the Origin check: bound to the browser it was shown to, to what it is for, and
    to the session it was shown in.

    Args:
        link_key: the installation's key.
    """

    def __init__(self, link_key: bytes) -> None:
        self._key = derived_key(link_key, "sign-in form")

    def browser(self, scope: Scope) -> str:
        """How this browser is named; empty where it is not yet."""
        return next((value for value in cookies_named(scope, FORM_COOKIE) if _BROWSER.fullmatch(value)), "")

    def new_browser(self) -> str:
        """A name for a browser that has none."""
        return secrets.token_urlsafe(16)

    def make(self, browser: str, purpose: str, bound: str = "") -> str:
        """The token for a form.

        Args:
            bound: what else it is to hold for only, such as the hash of a session.
        """
        return self._serializer(browser, purpose, bound).dumps(1)

    def is_good(self, scope: Scope, written: str, purpose: str, bound: str = "") -> bool:
        """Whether a form that was sent carries the token it was shown with."""
        browser = self.browser(scope)
        if not browser:
            return False
        try:
            self._serializer(browser, purpose, bound).loads(written, max_age=FORM_HOURS * 3600)
        except BadSignature:
            return False
        return True

    def _serializer(self, browser: str, purpose: str, bound: str) -> URLSafeTimedSerializer:
        told = hashlib.sha256(f"{browser}\0{purpose}\0{bound}".encode()).digest()
        return URLSafeTimedSerializer(self._key, salt=b"form " + told)


def derived_key(link_key: bytes, purpose: str) -> bytes:
    """A key for one purpose, from the installation's."""
    return hmac.new(link_key, f"{purpose}\0".encode(), hashlib.sha256).digest()
