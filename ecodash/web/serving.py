"""uvicorn, as Streamlit starts it, put in order: Streamlit hands on none of the options that matter here.

By itself uvicorn believes X-Forwarded-For from this machine (and from FORWARDED_ALLOW_IPS), names itself in every answer,
waits for ever for the end of a request's headers, however long they grow, takes websocket messages of 200 MB, and when it
is to stop closes its door at once but waits without end for what it began.
"""

import asyncio
import functools
import ipaddress
import logging
import socket
import sys
from collections.abc import Sequence
from typing import Any

import uvicorn
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from ecodash.web.stopping import Stopping

HEADER_SECONDS = 20.0
"""So long a connection may take to say what it wants."""
CLOSING_SECONDS = 5
"""So long connections may take to end once all answers were given."""
LONGEST_HEADERS = 64 * 1024
LONGEST_MESSAGE = 8 * 1024 * 1024
"""Of a page to the app: the state of its widgets. Files come another way."""

_ORDERED = "_ecodash_in_order"
_log = logging.getLogger(__name__)


def put_in_order(*, is_open: bool, stopping: Stopping | None = None) -> None:
    """Have every uvicorn server of this process started by our rules; called before it binds the app.

    Args:
        is_open: whether everybody works without an account; such a server answers on this machine alone.
        stopping: is told when the server is to stop, and says when it may.
    """
    startup, on_tick = uvicorn.Server.startup, uvicorn.Server.on_tick
    if getattr(startup, _ORDERED, False):
        return

    @functools.wraps(startup)
    async def start(self: uvicorn.Server, sockets: list[socket.socket] | None = None) -> None:
        if is_open and not is_near(addresses(self.config, sockets)):
            _log.error("%s", "ECODASH_OPEN=1 只能用于本机（127.0.0.1）。请去掉 ECODASH_OPEN，或改用 127.0.0.1 启动。")
            sys.exit(3)
        order(self.config)
        await startup(self, sockets)

    @functools.wraps(on_tick)
    async def tick(self: uvicorn.Server, counter: int) -> bool:
        is_due = await on_tick(self, counter)
        if not is_due or stopping is None or self.force_exit:
            return is_due
        stopping.begin()
        return stopping.may_close()

    uvicorn.Server.on_tick = tick  # type: ignore[method-assign]
    setattr(start, _ORDERED, True)
    uvicorn.Server.startup = start  # type: ignore[method-assign]


def order(config: uvicorn.Config) -> None:
    """Change what a server goes by, once its app is loaded and before it answers."""
    if isinstance(config.loaded_app, ProxyHeadersMiddleware):
        config.loaded_app = config.loaded_app.app
    config.encoded_headers = [one for one in config.encoded_headers if one[0] != b"server"]
    config.timeout_graceful_shutdown = CLOSING_SECONDS
    config.ws_max_size = min(config.ws_max_size, LONGEST_MESSAGE)
    config.http_protocol_class = impatient(config.http_protocol_class)  # type: ignore[arg-type]


def addresses(config: uvicorn.Config, sockets: Sequence[socket.socket] | None) -> list[str]:
    """The addresses a server is going to answer on."""
    if sockets is None:
        return [config.host]
    return [str(one.getsockname()[0]) for one in sockets]


def is_near(hosts: Sequence[str]) -> bool:
    """Whether all addresses are of this machine alone."""
    return all(_is_loopback(host) for host in hosts)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@functools.lru_cache(maxsize=4)
def impatient(protocol: type[Any]) -> type[Any]:
    """A protocol of uvicorn's that lets go of a connection which does not come to the end of its request's headers."""

    class Impatient(protocol):  # type: ignore[misc]
        _deadline: asyncio.TimerHandle | None = None
        _headers_size = 0

        def connection_made(self, transport: asyncio.Transport) -> None:
            super().connection_made(transport)
            self._wait_for_headers()

        def data_received(self, data: bytes) -> None:
            is_new = self._is_idle()
            super().data_received(data)
            if self.transport.is_closing() or self.transport.get_protocol() is not self or not self._is_idle():
                self._stop_waiting()
            elif is_new:
                self._headers_size += len(data)
                if self._headers_size > LONGEST_HEADERS:
                    self.transport.close()
                elif self._deadline is None:
                    self._wait_for_headers()

        def connection_lost(self, exc: Exception | None) -> None:
            self._stop_waiting()
            super().connection_lost(exc)

        def _is_idle(self) -> bool:
            return self.cycle is None or self.cycle.response_complete

        def _wait_for_headers(self) -> None:
            self._deadline = asyncio.get_running_loop().call_later(HEADER_SECONDS, self.transport.close)

        def _stop_waiting(self) -> None:
            self._headers_size = 0
            if self._deadline is not None:
                self._deadline.cancel()
                self._deadline = None

    return Impatient
