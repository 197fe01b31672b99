"""What a run draws is sent to the browser at once: whatever comes bit by bit is drawn bit by bit, the whole page each time,
which took the browser longer than everything else. A run that takes its time shows what it has so far."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from streamlit.runtime.scriptrunner import get_script_run_ctx

_LONGEST = 0.08
"""Seconds that something drawn is held back, at most: less than anybody notices."""


@contextmanager
def at_once() -> Iterator[None]:
    """Hold back what is drawn within, until it ends or has taken a moment."""
    context: Any = get_script_run_ctx(suppress_warning=True)
    send = getattr(context, "_enqueue", None)
    if send is None:
        yield
        return
    held: list[Any] = []
    since = 0.0

    def hold(message: Any) -> None:
        nonlocal since
        now = time.monotonic()
        since = since if held else now
        held.append(message)
        if now - since > _LONGEST:
            release()

    def release() -> None:
        messages = held[:]
        held.clear()
        for message in messages:
            send(message)

    context._enqueue = hold
    try:
        yield
    finally:
        context._enqueue = send
        release()
