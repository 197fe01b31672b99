"""What is kept is bounded, and what many ask for at once is made once."""

import asyncio
import threading

import pytest

from ecodash.web.snapshot_cache import Makers, Memory
from tests.web.apart import finish


def test_the_least_recently_used_goes_first() -> None:
    memory: Memory[str] = Memory(10, len)
    memory.keep("a", "aaaa")
    memory.keep("b", "bbbb")
    assert memory.find("a") == "aaaa"
    memory.keep("c", "cccc")
    assert [memory.find(key) for key in "abc"] == ["aaaa", None, "cccc"]
    assert memory.used == 8


def test_what_is_replaced_counts_once_and_what_is_too_large_is_not_kept() -> None:
    memory: Memory[str] = Memory(10, len)
    memory.keep("a", "a" * 10)
    memory.keep("a", "a")
    assert memory.used == 1
    memory.keep("a", "a" * 11)
    assert (memory.find("a"), memory.used) == (None, 0)


def test_many_askers_get_what_is_made_once() -> None:
    makers, made, go = Makers(2, "test"), [], threading.Event()

    def work() -> int:
        go.wait(30)
        made.append(1)
        return len(made)

    async def ask() -> list[int]:
        asked = [asyncio.create_task(makers.make("key", work)) for _ in range(50)]
        await asyncio.sleep(0)
        go.set()
        return await asyncio.gather(*asked)

    assert finish(ask()) == [1] * 50
    assert finish(makers.make("key", work)) == 2
    makers.close()


def test_one_asker_who_leaves_does_not_take_the_work_along() -> None:
    makers, go = Makers(1, "test"), threading.Event()

    def work() -> str:
        go.wait(30)
        return "made"

    async def ask() -> str:
        # The one thread is busy, so that the second piece of work waits in the queue, where it could be cancelled.
        busy = asyncio.create_task(makers.run(lambda: go.wait(30)))
        first, second = (asyncio.create_task(makers.make("key", work)) for _ in range(2))
        await asyncio.sleep(0)
        first.cancel()
        await asyncio.sleep(0)
        go.set()
        await busy
        return await second

    assert finish(ask()) == "made"
    makers.close()


def test_a_failure_is_told_to_all_and_not_kept() -> None:
    makers, results = Makers(1, "test"), iter([ZeroDivisionError, None])

    def work() -> str:
        error = next(results)
        if error:
            raise error
        return "made"

    with pytest.raises(ZeroDivisionError):
        finish(makers.make("key", work))
    assert finish(makers.make("key", work)) == "made"
    makers.close()
