"""Pages take turns in the order they came, and one that takes long keeps nobody waiting."""

import threading

import pytest

from ecodash.views.turns import Turns


def _started(work: object) -> threading.Thread:
    thread = threading.Thread(target=work, daemon=True)  # type: ignore[arg-type]
    thread.start()
    return thread


def _waits(turns: Turns, count: int) -> None:
    """Until so many stand in the row."""
    pause = threading.Event()
    while len(turns._waiting) < count:
        pause.wait(0.001)


def test_one_after_the_other_in_the_order_they_came() -> None:
    turns, order, inside, most = Turns(longest=60), [], 0, 0

    def work(number: int) -> None:
        nonlocal inside, most
        with turns.one():
            inside += 1
            most = max(most, inside)
            order.append(number)
            threading.Event().wait(0.002)
            inside -= 1

    with turns.one():
        threads = []
        for number in range(8):
            threads.append(_started(lambda number=number: work(number)))
            _waits(turns, number + 1)
    for thread in threads:
        thread.join(20)
    assert (order, most, inside) == ([*range(8)], 1, 0)


def test_whoever_takes_long_lets_the_next_one_in() -> None:
    now = [0.0]
    turns, may_end, first_in, second_in = Turns(0.5, lambda: now[0]), *(threading.Event() for _ in range(3))

    def slow() -> None:
        with turns.one():
            first_in.set()
            may_end.wait(20)

    def quick() -> None:
        with turns.one():
            second_in.set()

    one = _started(slow)
    assert first_in.wait(20)
    other = _started(quick)
    _waits(turns, 1)
    assert not second_in.is_set()
    now[0] = 0.6
    assert second_in.wait(20)
    may_end.set()
    one.join(20)
    other.join(20)
    assert (len(turns._inside), len(turns._waiting)) == (0, 0)


def test_whoever_fails_gives_the_turn_back() -> None:
    turns = Turns(longest=60)
    with pytest.raises(ValueError, match="broken"), turns.one():
        raise ValueError("broken")
    with turns.one():
        pass
