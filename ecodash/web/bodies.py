"""Bodies of requests: how much may be sent, and how slowly."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

from starlette.types import Receive

FIRST_SECONDS = 20.0
"""So long a body may keep us waiting before anything of it has come."""
SLOWEST_BYTES = 8_192
"""Of every second of waiting beyond that: a village's line sends more, and who sends less holds a place open."""


class BodyRefused(Exception):
    """A body is longer than it may be, or comes too slowly.

    Args:
        status: 413 or 408.
    """

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Body:
    """The receive channel of one request, counted; it raises BodyRefused in whoever reads it.

    Only waiting counts: a server that is busy elsewhere does not make its readers slow.

    Args:
        most: bytes.
        clock: seconds that only grow.
    """

    def __init__(self, receive: Receive, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._receive, self._most, self._clock = receive, most, clock
        self._size, self._waited, self._is_whole = 0, 0.0, False

    async def __call__(self) -> Any:
        """The next message."""
        if self._is_whole:
            # What comes now is only that the reader has gone, and may take for ever.
            return await self._receive()
        started = self._clock()
        left = FIRST_SECONDS + self._size / SLOWEST_BYTES - self._waited
        if left <= 0:
            raise BodyRefused(408)
        try:
            async with asyncio.timeout(left):
                message = await self._receive()
        except TimeoutError:
            raise BodyRefused(408) from None
        self._waited += self._clock() - started
        self._size += len(message.get("body", b""))
        if self._size > self._most:
            raise BodyRefused(413)
        self._is_whole = message["type"] != "http.request" or not message.get("more_body", False)
        return message
