"""Who stands at the door of a link: the operator of this machine, whoever gave the PIN, or anybody."""

import hashlib
import hmac
import ipaddress
import re
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.types import Scope

from ecodash.domain.access import Actor, local_operator
from ecodash.domain.snapshots import Access, Snapshot

PIN_COOKIE = "ecodash_pin"
PIN_HOURS = 12
"""So long a PIN once given holds in one browser."""

SHORTEST_KEY = 16
"""Characters of a key for programs; a shorter one counts as none."""
FOR_PROGRAMS = frozenset(("/healthz", "/metrics"))
"""What programs that watch over the installation ask, with a key of their own."""
KEY_SHOWN = "ecodash.key_shown"
"""Where a scope says that they showed it; the header itself is not passed on."""
_BEARER = b"Bearer "
_LOCAL_NAMES = ("localhost", "127.0.0.1", "[::1]")
_PROXY_HEADERS = frozenset(
    (b"forwarded", b"via", b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto", b"x-real-ip")
)
_HOST = re.compile(r"([A-Za-z0-9](?:[A-Za-z0-9.-]{0,252})?|\[[0-9A-Fa-f:.]{2,45}\])(?::(\d{1,5}))?", re.ASCII)
_LONGEST_COOKIES = 16_384


def header(scope: Scope, name: bytes) -> bytes | None:
    """A header of a request; None where it is not sent."""
    for key, value in scope["headers"]:
        if key == name:
            return bytes(value)
    return None


def shows_key(scope: Scope, key: str) -> bool:
    """Whether a request shows a key as `Authorization: Bearer …`; none where the key is shorter than SHORTEST_KEY."""
    shown = header(scope, b"authorization") or b""
    if len(key) < SHORTEST_KEY or not shown.startswith(_BEARER):
        return False
    # Both digested first: how long the comparison takes then tells nothing, not even how long the key is.
    digests = (hashlib.sha256(one).digest() for one in (shown.removeprefix(_BEARER), key.encode()))
    return hmac.compare_digest(*digests)


def path_of(scope: Scope) -> str:
    """The path below where the server is mounted."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", ""))


def client_host(scope: Scope) -> str:
    """The address at the other end of the connection; empty where the server does not know it."""
    client = scope.get("client")
    return str(client[0]) if client else ""


def host_name(scope: Scope) -> str:
    """The host and port a reader asked for; empty where the header is not a plain name or address."""
    written = (header(scope, b"host") or b"").decode("latin-1")
    return written if _HOST.fullmatch(written) else ""


def visitor(scope: Scope) -> Actor | None:
    """The operator of this machine, where a request comes from the machine itself: all there is in open mode.

    A proxy on the machine makes everybody's requests come from it: one that says so in any of the usual headers is
    told apart, and so is one that speaks HTTP/1.0 to the app, as proxies do and browsers do not.
    """
    try:
        is_near = ipaddress.ip_address(_unmapped(client_host(scope))).is_loopback
    except ValueError:
        return None
    found = _HOST.fullmatch((header(scope, b"host") or b"").decode("latin-1"))
    if not is_near or found is None or found[1].lower() not in _LOCAL_NAMES or scope.get("http_version") == "1.0":
        return None
    if any(name in _PROXY_HEADERS for name, _ in scope["headers"]):
        return None
    return local_operator("page")


def _unmapped(host: str) -> str:
    return host.lower().removeprefix("::ffff:") if host.count(".") == 3 else host


def is_foreign(scope: Scope, public_url: str = "") -> bool:
    """Whether a request was sent by another site's page. The scheme is not compared: a proxy may take TLS off.

    Args:
        public_url: where readers reach this installation: a proxy may ask it under another name.
    """
    site = header(scope, b"sec-fetch-site")
    if site is not None and site not in (b"same-origin", b"none"):
        return True
    origin = header(scope, b"origin")
    if origin is None:
        return False
    host = host_name(scope).lower()
    try:
        asker = urlsplit(origin.decode("latin-1")).netloc.lower()
        return not host or asker not in (host, urlsplit(public_url).netloc.lower() or host)
    except ValueError:
        return True


class PinCookies:
    """Cookies that say that a PIN was given.

    A cookie is bound to the snapshot, its link and its PIN as they are now: another of them makes it void.

    Args:
        link_key: the installation's key.
    """

    def __init__(self, link_key: bytes) -> None:
        self._key = hmac.new(link_key, b"snapshot pin cookie\0", hashlib.sha256).digest()

    def make(self, snapshot: Snapshot, token: str, *, root: str, is_secure: bool) -> bytes:
        """The Set-Cookie header for a browser that gave the PIN."""
        value = self._serializer(snapshot).dumps(1)
        secure = "; Secure" if is_secure else ""
        kept = f"Path={root}/s/{token}; Max-Age={PIN_HOURS * 3600}; HttpOnly; SameSite=Lax{secure}"
        return f"{PIN_COOKIE}={value}; {kept}".encode()

    def is_given(self, snapshot: Snapshot, cookies: Iterable[bytes]) -> bool:
        """Whether Cookie headers hold one that opens a snapshot."""
        if snapshot.access is not Access.PIN or not snapshot.pin_hash:
            return False
        serializer = self._serializer(snapshot)
        return any(_is_signed(serializer, value) for value in cookie_values(cookies, PIN_COOKIE))

    def _serializer(self, snapshot: Snapshot) -> URLSafeTimedSerializer:
        bound = f"{snapshot.number} {snapshot.token_hash} {snapshot.pin_hash}".encode()
        return URLSafeTimedSerializer(self._key, salt=b"snapshot pin " + hashlib.sha256(bound).digest())


def cookie_values(cookies: Iterable[bytes], name: str) -> Iterable[str]:
    """What Cookie headers hold under a name. Each pair stands for itself: another's odd cookie takes none of ours along."""
    for written in cookies:
        for pair in written[:_LONGEST_COOKIES].decode("latin-1").split(";"):
            found, _, value = pair.partition("=")
            if found.strip() == name:
                yield value.strip()


def with_cookie(headers: Sequence[tuple[bytes, bytes]], name: str, value: str) -> list[tuple[bytes, bytes]]:
    """Headers of a request with one value of a cookie and no other under its name."""
    own = f"{name}={value}".encode("latin-1")
    kept = [one for one in headers if one[0] != b"cookie"]
    sent = (pair.strip() for key, written in headers if key == b"cookie" for pair in written.split(b";"))
    others = [pair for pair in sent if pair.partition(b"=")[0].strip() != name.encode()]
    return [*kept, (b"cookie", b"; ".join([own, *others]))]


def _is_signed(serializer: URLSafeTimedSerializer, value: str) -> bool:
    try:
        serializer.loads(value, max_age=PIN_HOURS * 3600)
    except BadSignature:
        return False
    return True
