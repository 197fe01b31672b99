"""Looking ahead: whoever reads a month turns to its neighbours next, so what a page asked is asked for them as well, by
one thread behind the pages, and kept where the pages look first."""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from threading import Lock

import streamlit as st

Question = tuple[str, tuple[object, ...]]
"""A question of queries: its name and arguments."""

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


class Ahead:
    """One thread that works through the newest wish; a wish that was not begun is dropped for a newer one, so that
    nothing heaps up however many people turn pages."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._wish: Sequence[Callable[[], object]] = ()
        self._pool: ThreadPoolExecutor | None = None

    def wish(self, work: Sequence[Callable[[], object]]) -> None:
        """Have some work done soon, in order."""
        if not work or not st.runtime.exists():
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
