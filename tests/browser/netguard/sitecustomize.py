"""Loaded by the server under test through PYTHONPATH: writes down and refuses every connection that leaves loopback."""

import os
import socket
from typing import Any

_LOG = os.environ["NETGUARD_LOG"]
_connect = socket.socket.connect
_getaddrinfo = socket.getaddrinfo
_LOCAL = ("127.", "::1", "localhost")


def _refuse(what: object) -> None:
    with open(_LOG, "a", encoding="utf-8") as log:  # noqa: PTH123 - runs before anything else is imported
        log.write(f"{what}\n")
    raise OSError(f"left loopback: {what}")


def connect(self: socket.socket, address: Any) -> None:
    if self.family in (socket.AF_INET, socket.AF_INET6) and not str(address[0]).startswith(_LOCAL):
        _refuse(address)
    _connect(self, address)


def getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
    name = host.decode() if isinstance(host, bytes) else host
    if name not in (None, "", "0.0.0.0", "::") and not str(name).startswith(_LOCAL):
        _refuse(name)
    return _getaddrinfo(host, *args, **kwargs)


socket.socket.connect = connect  # type: ignore[method-assign]
socket.getaddrinfo = getaddrinfo
