"""Load on one address: clients in a process of their own that keep their connections and ask again at once.

They speak HTTP/1.1 over plain sockets, so that the load takes as little of the machine as may be from what it loads.

    python -m bench.load URL [CLIENTS [SECONDS [HEADERS as JSON [PAUSE in seconds]]]]
"""

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import cast
from urllib.parse import urlsplit

from ecodash.settings import PROJECT_ROOT

ENCODING = {"Accept-Encoding": "zstd"}
_WARM_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Load:
    """What so many clients got.

    Args:
        per_second: answers.
        p50, p95, p99: milliseconds from asking to the last byte.
        errors: answers other than 200 and 304, and connections that broke.
        size: bytes of a body.
    """

    per_second: float
    p50: float
    p95: float
    p99: float
    errors: int
    size: int


def load(url: str, clients: int, seconds: float, headers: Mapping[str, str] = ENCODING, *, pause: float = 0) -> Load:
    """Ask for an address from so many connections at once, in a process of its own.

    Args:
        pause: seconds each client waits before it asks again.
    """
    given = [url, str(clients), str(seconds), json.dumps(dict(headers)), str(pause)]
    command = [sys.executable, "-m", "bench.load", *given]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=PROJECT_ROOT)
    return Load(**json.loads(done.stdout.splitlines()[-1]))


class _Client(asyncio.Protocol):
    """One connection: it asks, reads the whole answer and asks again, until it is told to stop."""

    def __init__(self, request: bytes, tally: "_Tally", pause: float, first: float) -> None:
        self._request, self._tally, self._pause, self._first = request, tally, pause, first
        self._head = bytearray()
        self._left = 0
        self._asked = 0.0
        self._write: Callable[[bytes], None]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # Of uvloop, whose transports are no asyncio.Transport by class.
        self._write = cast(asyncio.Transport, transport).write
        # Clients that pause begin one after the other, as people do.
        asyncio.get_running_loop().call_later(self._first, self._ask)

    def _ask(self) -> None:
        if self._tally.is_over:
            return
        self._asked = time.perf_counter()
        self._write(self._request)

    def data_received(self, data: bytes) -> None:
        if not self._left:
            self._head += data
            end = self._head.find(b"\r\n\r\n")
            if end < 0:
                return
            head = bytes(self._head[:end]).lower()
            body = len(self._head) - end - 4
            at = head.find(b"content-length:")
            size = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
            self._tally.status(head[9:12], size)
            self._head.clear()
            self._left = size - body
        else:
            self._left -= len(data)
        if not self._left:
            self._tally.answer(self._asked)
            if self._tally.is_over:
                return
            if self._pause:
                asyncio.get_running_loop().call_later(self._pause, self._ask)
            else:
                self._ask()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._tally.is_over:
            self._tally.errors += 1


class _Tally:
    def __init__(self) -> None:
        self.times: list[float] = []
        self.errors = self.size = 0
        self.begun = time.perf_counter() + _WARM_SECONDS
        self.is_over = False

    def status(self, code: bytes, size: int) -> None:
        self.errors += code not in (b"200", b"304")
        self.size = size

    def answer(self, asked: float) -> None:
        now = time.perf_counter()
        if asked >= self.begun:
            self.times.append(now - asked)


async def _run(url: str, clients: int, seconds: float, headers: Mapping[str, str], pause: float) -> Load:
    parts = urlsplit(url)
    lines = [
        f"GET {parts.path or '/'} HTTP/1.1",
        f"Host: {parts.netloc}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    request = ("\r\n".join(lines) + "\r\n\r\n").encode()
    tally, loop = _Tally(), asyncio.get_running_loop()
    made = [
        await loop.create_connection(
            lambda first=pause * number / clients: _Client(request, tally, pause, first),
            parts.hostname,
            parts.port or 80,
        )
        for number in range(clients)
    ]
    await asyncio.sleep(_WARM_SECONDS + seconds)
    tally.is_over = True
    taken = time.perf_counter() - tally.begun
    for transport, _client in made:
        transport.close()
    times = tally.times
    if len(times) < 2:
        return Load(0, 0, 0, 0, tally.errors + clients, tally.size)
    cuts = [1000 * cut for cut in statistics.quantiles(times, n=100)]
    return Load(len(times) / taken, cuts[49], cuts[94], cuts[98], tally.errors, tally.size)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.load", description=__doc__)
    parser.add_argument("url")
    parser.add_argument("clients", type=int, nargs="?", default=50)
    parser.add_argument("seconds", type=float, nargs="?", default=10.0)
    parser.add_argument("headers", type=json.loads, nargs="?", default=ENCODING, help="as JSON")
    parser.add_argument("pause", type=float, nargs="?", default=0.0, help="seconds before a client asks again")
    given = parser.parse_args()
    work = _run(given.url, given.clients, given.seconds, given.headers, given.pause)
    try:
        import uvloop

        found = uvloop.run(work)
    except ImportError:
        found = asyncio.run(work)
    print(json.dumps(asdict(found)))


if __name__ == "__main__":
    main()
