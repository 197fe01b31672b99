"""Who is at the other end of a connection: the peer itself, or, behind a proxy that is trusted, whom the proxy names."""

import ipaddress
import logging
from collections.abc import Sequence
from functools import lru_cache

from starlette.types import Scope

_PROTOCOLS = (b"http", b"https")
_MOST_HOPS = 20
_LONGEST = 4_096
_log = logging.getLogger(__name__)

_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Proxies:
    """The proxies whose X-Forwarded-For and X-Forwarded-Proto are believed; nobody else's are.

    Args:
        trusted: addresses or networks, such as 127.0.0.1 or 10.0.0.0/24.

    Raises:
        ValueError: one of them is neither.
    """

    def __init__(self, trusted: Sequence[str]) -> None:
        self._networks: list[_Network] = []
        for written in trusted:
            try:
                self._networks.append(ipaddress.ip_network(written, strict=False))
            except ValueError as error:
                raise ValueError(f"ECODASH_TRUSTED_PROXIES: {written!r} is neither an address nor a network") from error
        self._trusts = lru_cache(maxsize=1024)(self._is_within)
        self._has_told = False

    def trusts(self, host: str) -> bool:
        """Whether an address is that of a trusted proxy."""
        return self._trusts(host)

    def settle(self, scope: Scope) -> None:
        """Put the browser's address and scheme into a scope, where the peer is a trusted proxy and names them."""
        forwarded = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
        peer = scope.get("client")
        if peer is None or not self._trusts(peer[0]):
            if forwarded and peer is not None:
                self._tell(peer[0])
            return
        if forwarded:
            scope["client"] = (self._browser(forwarded, peer[0]), 0)
        # Of several the last is the one that the trusted proxy itself wrote.
        protocols = [value for name, value in scope["headers"] if name == b"x-forwarded-proto"]
        protocol = protocols[-1].rpartition(b",")[2].strip().lower() if protocols else b""
        if protocol in _PROTOCOLS:
            is_safe = protocol == b"https"
            plain = "ws" if scope["type"] == "websocket" else "http"
            scope["scheme"] = plain + "s" * is_safe

    def _browser(self, forwarded: list[bytes], peer: str) -> str:
        """The last address in the list that is no trusted proxy's: those before it are only what the browser says."""
        hops = b",".join(forwarded)[-_LONGEST:].decode("latin-1").split(",")[-_MOST_HOPS:]
        found = peer
        for written in reversed(hops):
            address = _address(written)
            if not address:
                break
            found = address
            if not self._trusts(address):
                break
        return found

    def _is_within(self, host: str) -> bool:
        try:
            address = ipaddress.ip_address(host.partition("%")[0])
        except ValueError:
            return False
        if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        return any(address in network for network in self._networks)

    def _tell(self, peer: str) -> None:
        """Say once that a proxy is there: all its readers are counted as one until it is trusted."""
        if not self._has_told:
            self._has_told = True
            _log.warning(
                "X-Forwarded-For from %s is not believed; if that is your proxy, name it in ECODASH_TRUSTED_PROXIES",
                peer,
            )


def _address(written: str) -> str:
    """An address as a proxy writes it, perhaps with a port; empty where it is none."""
    host = written.strip()
    if host.startswith("["):
        host = host[1:].partition("]")[0]
    elif host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        return ""
