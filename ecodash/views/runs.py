"""Runs of the pages' script: counted and timed."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from ecodash import logs
from ecodash.meters import ERRORS, RUN_SECONDS, RUNS
from ecodash.views import navigation


@dataclass
class _Run:
    """One run of the script, as far as it came."""

    page: str = ""
    outcome: str = "ok"


_run: ContextVar[_Run | None] = ContextVar("run", default=None)


@contextmanager
def watched() -> Iterator[None]:
    """Count one run."""
    run, begun = _Run(), time.perf_counter()
    _run.set(run)
    try:
        yield
    except Exception:
        run.outcome = "broken"
        raise
    finally:
        page = run.page or "(none)"
        RUNS.labels(page, run.outcome).inc()
        RUN_SECONDS.labels(page).observe(time.perf_counter() - begun)


def at(page: str) -> None:
    """Which page runs, by its address below the root; of one that is not ours only that."""
    run = _run.get()
    if run is not None:
        name = page or "overview"
        run.page = name if name in navigation.NEEDED else "(other)"


def page() -> str:
    """Which page runs here; empty where none does."""
    run = _run.get()
    return "" if run is None else run.page


def refused() -> None:
    """The run ended with what the reader can put right."""
    run = _run.get()
    if run is not None:
        run.outcome = "refused"


def broke(error: Exception) -> str:
    """The run ended with a fault of the software: its number, for the reader to tell and for the log."""
    ERRORS.labels("page").inc()
    return logs.number_of(error)
