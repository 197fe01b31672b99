"""Looking ahead does the newest wish, stops when told to, and troubles nobody."""

import threading

import pytest

from ecodash.views import ahead
from ecodash.views.ahead import Ahead


@pytest.fixture
def looking(monkeypatch: pytest.MonkeyPatch) -> Ahead:
    monkeypatch.setattr(ahead.st.runtime, "exists", lambda: True)
    return Ahead()


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


def test_a_run_s_questions_are_written_down_once_each() -> None:
    ahead.begin()
    for question in (("a", (1,)), ("b", ()), ("a", (1,))):
        ahead.note(question)
    assert ahead.asked() == [("a", (1,)), ("b", ())]
    ahead.begin()
    assert ahead.asked() == []
