"""Looking ahead: whoever reads a month turns to its neighbours next, so what a page asked is asked for them as well, by
one thread behind the pages, and kept where the pages look first."""

import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from threading import Lock

import streamlit as st

Question = tuple[str, tuple[object, ...]]
"""A question of queries: its name and arguments."""

_BUSY = 0.6
"""Of a core: whoever clicks is not to wait for what somebody else may click."""
_WINDOW = 2.0
"""Seconds over which that is looked at, at least."""
_log = logging.getLogger(__name__)
_asked: ContextVar[list[Question] | None] = ContextVar("asked", default=None)


def begin() -> None:
    """Write down from here on what this run asks."""
    _asked.set([])


def note(question: Question) -> None:
    """Write down a question."""
    asked = _asked.get()
    if asked is not None:
        asked.append(question)


def asked() -> list[Question]:
    """What this run asked so far, each question once."""
    return list(dict.fromkeys(_asked.get() or []))


class Load:
    """How busy this process has been of late.

    Args:
        clock: seconds that only grow.
        processor: seconds of the processor this process has used.
    """

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, processor: Callable[[], float] = time.process_time
    ) -> None:
        self._clock, self._processor = clock, processor
        self._before = self._last = (clock(), processor())

    def share(self) -> float:
        """Of one core, over the last few seconds or since the last look, where that is longer ago."""
        now = (self._clock(), self._processor())
        if now[0] - self._last[0] >= _WINDOW:
            self._before, self._last = self._last, now
        seconds = now[0] - self._before[0]
        return (now[1] - self._before[1]) / seconds if seconds > 0 else 0.0


class Ahead:
    """One thread that works through the newest wish; a wish that was not begun is dropped for a newer one, so that
    nothing heaps up however many people turn pages, and none is taken while the process has enough to do.

    Args:
        load: tells how busy the process is, of one core.
    """

    def __init__(self, load: Callable[[], float] | None = None) -> None:
        self._load = load or Load().share
        self._lock = Lock()
        self._wish: Sequence[Callable[[], object]] = ()
        self._pool: ThreadPoolExecutor | None = None

    def wish(self, work: Sequence[Callable[[], object]]) -> None:
        """Have some work done soon, in order."""
        if not work or not st.runtime.exists() or self._load() > _BUSY:
            return
        with self._lock:
            self._wish = work
            if self._pool is None:
                self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ahead")
            self._pool.submit(self._work)

    def _work(self) -> None:
        with self._lock:
            work, self._wish = self._wish, ()
        for step in work:
            if self._has_newer():
                return
            try:
                step()
            except Exception:
                # The page that asks the same will show what is wrong; here it only is a picture not drawn in advance.
                _log.debug("not looked ahead", exc_info=True)
                return

    def _has_newer(self) -> bool:
        return bool(self._wish)

    def stop(self) -> None:
        """Let the work in hand end, and take no more of it, before the store is closed."""
        with self._lock:
            self._wish = ()
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(wait=True, cancel_futures=True)


AHEAD = Ahead()
