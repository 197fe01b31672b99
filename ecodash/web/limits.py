"""How often an address may ask or be wrong: counts in memory, of bounded size, and no address' count touches another's.

An address is what the server sees at the other end of the connection. Behind a proxy all readers share one count until the
proxy is trusted (ECODASH_TRUSTED_PROXIES, ecodash.web.peer).
"""

import ipaddress
import math
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable

Clock = Callable[[], float]


class Limit:
    """So many mistakes within a time; after them a key waits until the first of them is that long ago.

    Args:
        most: mistakes allowed.
        seconds: within which they are counted.
        keys: how many keys are remembered; the least recently seen is forgotten first.
        clock: seconds that only grow.
    """

    def __init__(self, most: int, seconds: float, *, keys: int = 20_000, clock: Clock = time.monotonic) -> None:
        self.most, self._seconds, self._keys, self._clock = most, seconds, keys, clock
        self._seen: OrderedDict[Hashable, deque[float]] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, key: Hashable) -> int:
        """Whole seconds until a key may try again; 0: now."""
        with self._lock:
            return self._wait(key)

    def take(self, key: Hashable) -> int:
        """Count a mistake before it is known to be one, so that attempts made at once are counted too.

        Returns:
            0 where it is counted; else how many seconds to wait, and nothing is counted.
        """
        with self._lock:
            left = self._wait(key)
            if not left:
                self._seen.setdefault(key, deque(maxlen=self.most)).append(self._clock())
                self._seen.move_to_end(key)
                while len(self._seen) > self._keys:
                    self._seen.popitem(last=False)
            return left

    def give_back(self, key: Hashable) -> None:
        """Take the last mistake back: it was none."""
        with self._lock:
            times = self._seen.get(key)
            if times:
                times.pop()
                if not times:
                    del self._seen[key]

    def left(self, key: Hashable) -> int:
        """How many mistakes a key may still make now."""
        with self._lock:
            since = self._clock() - self._seconds
            return self.most - sum(1 for moment in self._seen.get(key, ()) if moment > since)

    def _wait(self, key: Hashable) -> int:
        times = self._seen.get(key)
        if times is None:
            return 0
        self._seen.move_to_end(key)
        if len(times) < self.most:
            return 0
        return max(0, math.ceil(times[0] + self._seconds - self._clock()))


class Pace:
    """So many requests at once and so many a second after that: of every key two numbers are kept.

    Args:
        burst: requests at once.
        per_second: that may follow.
        keys: how many keys are remembered; the least recently seen is forgotten first.
        clock: seconds that only grow.
    """

    def __init__(self, burst: int, per_second: float, *, keys: int = 20_000, clock: Clock = time.monotonic) -> None:
        self._burst, self._per_second, self._keys, self._clock = burst, per_second, keys, clock
        self._left: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def take(self, key: Hashable) -> int:
        """Count a request; 0 where it may pass, else how many whole seconds to wait. Called on the event loop only."""
        now = self._clock()
        left, then = self._left.get(key, (float(self._burst), now))
        left = min(float(self._burst), left + (now - then) * self._per_second)
        wait = 0 if left >= 1 else math.ceil((1 - left) / self._per_second)
        self._left[key] = (left if wait else left - 1, now)
        self._left.move_to_end(key)
        if len(self._left) > self._keys:
            self._left.popitem(last=False)
        return wait


def address_key(host: str) -> str:
    """What an address is counted under: IPv4 as it is, IPv6 by the 64 bits one subscriber has."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host[:64]
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.IPv6Network((address, 64), strict=False))
    return str(address)
