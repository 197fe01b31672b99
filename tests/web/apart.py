"""Coroutines run to their end in a thread of their own: the browser tests keep a loop running in this one."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

_Found = TypeVar("_Found")


def finish(work: Coroutine[Any, Any, _Found]) -> _Found:
    """What a coroutine comes to; what it raises is raised here."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()
