"""A weak line in front of a server: so many bits a second in each direction, and a round trip, for every byte.

Chromium's own throttling leaves websockets alone, and what runs through them is half of a page here. This stands between
the two as a proxy of TCP: connections share the line; each takes a round trip to open, and begins with ten packets and
twice as many every round trip (RFC 6928, slow start), as the Internet does. Nothing is lost on it.
"""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

_PACKET = 1_448
_OVERHEAD = 1_514 / _PACKET
"""Headers of Ethernet, IP and TCP travel too."""
_FIRST_WINDOW = 10 * _PACKET
_MOST_WINDOW = 512 * 1024
_QUEUE_SECONDS = 0.05
"""What waits before the line, as in a small router: more is held back at its sender."""


@dataclass
class _Way:
    """One direction of the line, which one packet takes after the other."""

    bits: float
    delay: float
    free_at: float = 0.0
    carried: int = 0

    def book(self, size: int, now: float) -> float:
        """When a packet arrives that is handed over now."""
        self.free_at = max(now, self.free_at) + size * _OVERHEAD * 8 / self.bits
        self.carried += size
        return self.free_at + self.delay


@dataclass
class Line:
    """A line that is in use.

    Args:
        port: where its near end is, on 127.0.0.1.
    """

    port: int
    down: _Way
    up: _Way

    @property
    def carried(self) -> int:
        """Bytes that came down, without headers of packets."""
        return self.down.carried


@dataclass
class _Window:
    """How much of one connection may be under way."""

    size: int = _FIRST_WINDOW
    under_way: int = 0
    opened: asyncio.Event = field(default_factory=asyncio.Event)

    def acknowledge(self, size: int) -> None:
        self.under_way -= size
        self.size = min(self.size + size, _MOST_WINDOW)
        self.opened.set()

    async def take(self, size: int) -> None:
        while self.under_way and self.under_way + size > self.size:
            self.opened.clear()
            await self.opened.wait()
        self.under_way += size


@contextmanager
def slow_line(port: int, *, megabits: float = 10, round_trip: float = 0.04) -> Iterator[Line]:
    """A line to a server on 127.0.0.1.

    Args:
        megabits: a second, in each direction.
        round_trip: in seconds.
    """
    ready, held = threading.Event(), []

    async def serve() -> None:
        bits, delay = megabits * 1e6, round_trip / 2
        line, over = Line(0, _Way(bits, delay), _Way(bits, delay)), asyncio.Event()
        server = await asyncio.start_server(lambda near, away: _connect(line, port, near, away), "127.0.0.1", 0)
        line.port = server.sockets[0].getsockname()[1]
        held.extend((line, asyncio.get_running_loop(), over))
        ready.set()
        await over.wait()
        server.close()

    thread = threading.Thread(target=asyncio.run, args=(serve(),), daemon=True)
    thread.start()
    ready.wait()
    line, loop, over = held
    try:
        yield line
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join()


async def _connect(line: Line, port: int, near: asyncio.StreamReader, away: asyncio.StreamWriter) -> None:
    # The server is asked for a connection a round trip before the browser may say anything.
    await asyncio.sleep(line.up.delay + line.down.delay)
    try:
        far, back = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        away.close()
        return
    await asyncio.gather(_carry(near, back, line.up, line.down.delay), _carry(far, away, line.down, line.up.delay))


async def _carry(source: asyncio.StreamReader, target: asyncio.StreamWriter, way: _Way, back: float) -> None:
    """Packets from one end to the other, each arriving when its turn on the line has come."""
    loop, window = asyncio.get_running_loop(), _Window()
    last = loop.time()

    def arrive(packet: bytes) -> None:
        if not target.is_closing():
            target.write(packet)
        loop.call_later(back, window.acknowledge, len(packet))

    try:
        while packet := await source.read(_PACKET):
            await window.take(len(packet))
            if (wait := way.free_at - loop.time() - _QUEUE_SECONDS) > 0:
                await asyncio.sleep(wait)
            last = way.book(len(packet), loop.time())
            loop.call_at(last, arrive, packet)
    except OSError:
        last = loop.time()
    loop.call_at(max(last, loop.time()) + 0.001, target.close)
