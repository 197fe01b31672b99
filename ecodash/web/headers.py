"""The headers every answer carries, whoever made it; and those of a request that nobody may send from outside."""

import base64
import hashlib
from collections.abc import Iterable

from starlette.types import Scope

from ecodash.web.gate import host_name

Headers = list[tuple[bytes, bytes]]

_ALWAYS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"x-robots-tag", b"noindex, nofollow"),
)
"""Added where an answer does not say it itself."""
_HSTS = (b"strict-transport-security", b"max-age=31536000")
_NEVER_KEPT = b"private, no-store"
_DROPPED = (b"access-control-", b"server", b"x-powered-by")
"""Of an answer: nobody on another site is to read it, nor to know what answers."""

APP_POLICY = (
    "default-src 'none'; script-src 'self' blob: 'wasm-unsafe-eval'{script}; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'{socket}; worker-src 'self' blob:; "
    "media-src 'self' blob:; manifest-src 'self'; frame-src 'none'; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""Of the app's own pages, as Streamlit needs it: it loads the code of a drawing from a blob, and styles stand in the page.
No script runs that is not one of its files or named by its content."""
FILE_POLICY = b"default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; frame-ancestors 'none'"
"""Of files that pages offer: opened by themselves they run nothing, whatever is in them."""
_FILES = ("/media/", "/component/", "/app/")
_KEPT = ("/static/", "/s/", "/geo/", "/screen", "/favicon")
"""Paths whose answers say themselves how long they may be kept."""


# ── of requests ────────────────────────────────────────────────────────────────────────────────────────────────────

_IDENTITY = (
    b"remote-user", b"x-remote-", b"x-forwarded-user", b"x-forwarded-email", b"x-forwarded-preferred-username",
    b"x-forwarded-groups", b"x-forwarded-access-token", b"x-auth-", b"x-authenticated-", b"x-webauth-", b"x-user",
    b"x-streamlit-", b"x-ms-client-principal", b"x-ms-token-", b"x-goog-authenticated-", b"x-goog-iap-", b"x-amzn-oidc-",
    b"cf-access-", b"x-client-", b"x-ssl-client-", b"x-ecodash-session", b"ssl-client-", b"authorization", b"proxy-authorization",
)  # fmt: skip
"""What a proxy would say of who is there. Here only a session says it, so that such a header can only be a lie."""
_THEIRS = b"_streamlit_user"
"""Cookies in which Streamlit would keep an identity of its own; they are not used here."""


def without_identity(headers: Headers) -> Headers:
    """The headers of a request without those that claim who sends it, or that pass for others by an underscore."""
    kept = [one for one in headers if not one[0].startswith(_IDENTITY) and b"_" not in one[0]]
    cookies = [value for name, value in kept if name == b"cookie"]
    if len(cookies) < 2 and not (cookies and _THEIRS in cookies[0]):
        return kept
    # Read one way by us and another by Streamlit, several headers could be two identities: they become one.
    pairs = (pair.strip() for value in cookies for pair in value.split(b";"))
    ours = b"; ".join(pair for pair in pairs if pair and not pair.startswith(_THEIRS))
    return [*(one for one in kept if one[0] != b"cookie"), *([(b"cookie", ours)] if ours else [])]


# ── of answers ─────────────────────────────────────────────────────────────────────────────────────────────────────


class Policies:
    """What answers may load and run, and how they may be kept.

    Args:
        scripts: the scripts that stand in the pages themselves; each may run as it is, and no other.
    """

    def __init__(self, scripts: Iterable[str] = ()) -> None:
        self._app = APP_POLICY.replace("{script}", "".join(f" {source_of(one)}" for one in scripts))

    def complete(self, scope: Scope, path: str, sent: Headers) -> Headers:
        """The headers of an answer with those it lacks, and without those nobody is to see."""
        is_safe = scope["scheme"] in ("https", "wss")
        headers = [one for one in sent if not one[0].lower().startswith(_DROPPED)]
        names = {name.lower() for name, _ in headers}
        headers += [one for one in _ALWAYS if one[0] not in names]
        if path.startswith(_FILES):
            headers = [one for one in headers if one[0] != b"content-security-policy"]
            headers.append((b"content-security-policy", FILE_POLICY))
        elif b"content-security-policy" not in names:
            headers.append((b"content-security-policy", self._policy(scope)))
        if not path.startswith(_KEPT):
            headers = [one for one in headers if one[0].lower() != b"cache-control"]
            headers.append((b"cache-control", _NEVER_KEPT))
        if is_safe:
            headers = [_sent_safely(*one) for one in headers]
            headers.append(_HSTS)
        return headers

    def _policy(self, scope: Scope) -> bytes:
        # Older browsers do not take a websocket for one of the same origin.
        host = host_name(scope)
        socket = f" {'wss' if scope['scheme'] in ('https', 'wss') else 'ws'}://{host}" if host else ""
        return self._app.replace("{socket}", socket).encode()


def source_of(script: str) -> str:
    """How a policy names a script that stands in a page."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return f"'sha256-{digest}'"


def _sent_safely(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    """Cookies that came over TLS go nowhere without it."""
    if name.lower() != b"set-cookie" or b"; secure" in value.lower():
        return name, value
    return name, value + b"; Secure"
