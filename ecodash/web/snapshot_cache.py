"""What snapshot links answer, kept as finished bytes; and one making at a time, however many ask."""

import asyncio
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Generic, TypeVar

from ecodash.logs import in_context

_Made = TypeVar("_Made")


class Memory(Generic[_Made]):
    """Things by key, of bounded size together; the least recently used goes first.

    Args:
        most: size of all of them.
        size: of one.
    """

    def __init__(self, most: int, size: Callable[[_Made], int]) -> None:
        self._most, self._size, self._used = most, size, 0
        self._kept: OrderedDict[Hashable, tuple[_Made, int]] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, key: Hashable) -> _Made | None:
        """The thing under a key; None where it is not kept."""
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                return None
            self._kept.move_to_end(key)
            return found[0]

    def keep(self, key: Hashable, made: _Made) -> None:
        """Keep a thing in the place of what was there; one that is larger than all may be is not kept."""
        with self._lock:
            self._drop(key)
            size = self._size(made)
            if size > self._most:
                return
            self._kept[key] = (made, size)
            self._used += size
            while self._used > self._most:
                self._drop(next(iter(self._kept)))

    @property
    def used(self) -> int:
        """The size of all that is kept."""
        return self._used

    def drop(self, key: Hashable) -> None:
        """Keep a thing no longer."""
        with self._lock:
            self._drop(key)

    def _drop(self, key: Hashable) -> None:
        found = self._kept.pop(key, None)
        if found is not None:
            self._used -= found[1]


class Makers:
    """Threads that make things; who asks for what is being made waits for it, without a thread.

    Args:
        threads: so many things are made at once.
    """

    def __init__(self, threads: int, name: str) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._making: dict[Hashable, Future[Any]] = {}
        self._lock = threading.Lock()

    async def make(self, key: Hashable, work: Callable[[], _Made]) -> _Made:
        """What a piece of work gives; who asks under the same key meanwhile gets the same."""
        with self._lock:
            future, is_new = self._making.get(key), False
            if future is None:
                future = self._making[key] = self._pool.submit(in_context(work))
                is_new = True
        if is_new:
            # Outside the lock: where the work is done already, it is forgotten at once, under the same lock.
            future.add_done_callback(lambda _done: self._forget(key))
        # A reader who goes away must not take the others' work along.
        made: _Made = await asyncio.shield(asyncio.wrap_future(future))
        return made

    async def run(self, work: Callable[[], _Made]) -> _Made:
        """What a piece of work gives that nobody else asks for."""
        return await asyncio.shield(asyncio.wrap_future(self._pool.submit(in_context(work))))

    def close(self) -> None:
        """Take no more work, and wait for what is being made."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _forget(self, key: Hashable) -> None:
        with self._lock:
            self._making.pop(key, None)
