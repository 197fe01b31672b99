"""Looking ahead does the newest wish, stops when told to, and troubles nobody."""

import threading

import pytest

from ecodash.views import ahead
from ecodash.views.ahead import Ahead, Load


@pytest.fixture
def looking(monkeypatch: pytest.MonkeyPatch) -> Ahead:
    monkeypatch.setattr(ahead.st.runtime, "exists", lambda: True)
    return Ahead(load=lambda: 0.0)


def test_a_newer_wish_replaces_one_that_is_under_way(looking: Ahead) -> None:
    done: list[str] = []
    began, may_go = threading.Event(), threading.Event()

    def first() -> None:
        began.set()
        may_go.wait(10)
        done.append("first")

    looking.wish([first, lambda: done.append("never")])
    assert began.wait(10)
    looking.wish([lambda: done.append("overtaken")])
    looking.wish([lambda: done.append("newest")])
    may_go.set()
    finished = threading.Event()
    while "newest" not in done:
        finished.wait(0.01)
    looking.stop()
    assert done == ["first", "newest"]


def test_what_fails_ends_its_wish_and_not_the_thread(looking: Ahead) -> None:
    after: list[str] = []
    failed, done = threading.Event(), threading.Event()

    def fail() -> None:
        failed.set()
        raise ValueError("no such month")

    looking.wish([fail, lambda: after.append("after a failure")])
    assert failed.wait(10)
    looking.wish([done.set])
    assert done.wait(10)
    looking.stop()
    assert after == []


def test_nothing_is_looked_ahead_without_a_server() -> None:
    done: list[str] = []
    alone = Ahead()
    alone.wish([lambda: done.append("no server, no reader")])
    alone.stop()
    assert done == []


def test_nothing_is_looked_ahead_while_the_process_is_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead.st.runtime, "exists", lambda: True)
    share, done = 0.9, []
    looking = Ahead(load=lambda: share)
    looking.wish([lambda: done.append("busy")])
    share = 0.1
    finished = threading.Event()
    looking.wish([lambda: done.append("idle"), finished.set])
    assert finished.wait(10)
    looking.stop()
    assert done == ["idle"]


def test_load_is_that_of_the_last_seconds() -> None:
    clock, processor = [0.0], [0.0]
    load = Load(lambda: clock[0], lambda: processor[0])
    assert load.share() == 0.0
    found = []
    for passed, used in ((10.0, 1.0), (1.0, 0.9), (1.5, 1.5), (2.5, 2.0), (60.0, 0.0), (1.0, 0.5)):
        clock[0] += passed
        processor[0] += used
        found.append(round(load.share(), 2))
    assert found == [
        0.1,  # 1 of 10 s
        0.17,  # 1.9 of 11 s: the window is not over
        0.96,  # 2.4 of 2.5 s
        0.8,  # 2 of 2.5 s
        0.0,
        0.01,  # 0.5 of 61 s
    ]


def test_a_run_s_questions_are_written_down_once_each() -> None:
    ahead.begin()
    for question in (("a", (1,)), ("b", ()), ("a", (1,))):
        ahead.note(question)
    assert ahead.asked() == [("a", (1,)), ("b", ())]
    ahead.begin()
    assert ahead.asked() == []
