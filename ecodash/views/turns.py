"""Pages are drawn one after the other. Their work is Python's, of which one thread runs at a time however many there are:
twenty pages begun at once take each other's turn thousands of times, and each of them is finished late."""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Turns:
    """Lets one in after the other, in the order they came. Whoever takes long no longer keeps the others waiting.

    Args:
        longest: seconds after which somebody who is in does not count any more.
        clock: seconds that only grow.
    """

    def __init__(self, longest: float = 0.5, clock: Callable[[], float] = time.monotonic) -> None:
        self._longest, self._clock = longest, clock
        self._lock = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._inside: dict[object, float] = {}

    @contextmanager
    def one(self) -> Iterator[None]:
        """Wait for a turn, and take it."""
        mine = threading.Event()
        self._wait(mine)
        try:
            yield
        finally:
            with self._lock:
                del self._inside[mine]
                self._wake_first()

    def _wait(self, mine: threading.Event) -> None:
        with self._lock:
            self._waiting.append(mine)
        while True:
            with self._lock:
                is_first = self._waiting[0] is mine
                left = self._left()
                if is_first and left <= 0:
                    self._waiting.popleft()
                    self._inside[mine] = self._clock()
                    self._wake_first()
                    return
            # The first waits for whoever is in, or until that one has been in for long; the others for the first.
            mine.wait(left if is_first else None)
            mine.clear()

    def _left(self) -> float:
        """Seconds for which somebody who is in still counts, at most."""
        now = self._clock()
        return max((begun + self._longest - now for begun in self._inside.values()), default=0.0)

    def _wake_first(self) -> None:
        if self._waiting:
            self._waiting[0].set()


TURNS = Turns()
