"""Python's search for cycles, paused while millions of cells are made: they hold none, and each pass looks at all."""

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.Lock()
_pauses = 0
_was_on = False


@contextmanager
def without_collection() -> Iterator[None]:
    """No cycles are searched for meanwhile, in any thread; the last of several pauses at once ends them all."""
    global _pauses, _was_on
    with _lock:
        if not _pauses:
            _was_on = gc.isenabled()
            gc.disable()
        _pauses += 1
    try:
        yield
    finally:
        with _lock:
            _pauses -= 1
            if not _pauses and _was_on:
                gc.enable()
