"""Answers kept by the pages: worked out once, never changed by who asked, and let go of when there are too many."""

import pandas as pd

from ecodash.views.memory import AnswerMemory


class Counting:
    """Work that counts how often it was done."""

    def __init__(self, answer: object) -> None:
        self.answer, self.times = answer, 0

    def __call__(self) -> object:
        self.times += 1
        return self.answer


def test_an_answer_is_worked_out_once() -> None:
    memory, work = AnswerMemory(), Counting(7)
    assert [memory.answer("a", work), memory.answer("a", work)] == [7, 7]
    assert work.times == 1
    nothing = Counting(None)
    assert [memory.answer("b", nothing), memory.answer("b", nothing)] == [None, None]
    assert nothing.times == 1


def test_who_changes_an_answer_changes_it_for_nobody_else() -> None:
    memory = AnswerMemory()
    frame = Counting(pd.DataFrame({"value": [1.0, 2.0]}))
    mine = memory.answer("frame", frame)
    mine.loc[0, "value"] = 99.0
    mine["extra"] = 1
    again = memory.answer("frame", frame)
    assert (list(again.columns), again["value"].tolist()) == (["value"], [1.0, 2.0])
    pair = Counting((pd.DataFrame({"x": [1]}), [1, 2]))
    first, second = memory.answer("pair", pair)
    first.loc[0, "x"] = 5
    second.append(3)
    assert (memory.answer("pair", pair)[0]["x"].tolist(), memory.answer("pair", pair)[1]) == ([1], [1, 2])


def test_what_was_not_used_longest_goes_first() -> None:
    memory = AnswerMemory(most_answers=2)
    works = {name: Counting(name) for name in "abc"}
    for name in "ab":
        memory.answer(name, works[name])
    memory.answer("a", works["a"])
    memory.answer("c", works["c"])
    for name in "ab":
        memory.answer(name, works[name])
    assert {name: work.times for name, work in works.items()} == {"a": 1, "b": 2, "c": 1}


def test_large_answers_make_room_for_new_ones() -> None:
    memory = AnswerMemory(most_bytes=100_000)
    large = Counting(pd.DataFrame({"x": range(10_000)}))
    memory.answer("first", large)
    memory.answer("second", large)
    memory.answer("first", large)
    assert large.times == 3


def test_small_frames_weigh_too() -> None:
    memory = AnswerMemory(most_bytes=100_000)
    works = {number: Counting(pd.DataFrame({"x": [number]})) for number in range(50)}
    for number, work in works.items():
        memory.answer(number, work)
    for number in (0, 49):
        memory.answer(number, works[number])
    assert (works[0].times, works[49].times) == (2, 1)


def test_a_frame_that_is_asked_for_all_day_grows_no_notes_of_those_who_asked() -> None:
    memory, work = AnswerMemory(), Counting(pd.DataFrame({"name": ["甲", "乙"], "value": [1.0, 2.0]}))
    own = memory.answer("frame", work)
    for _ in range(400):
        memory.answer("frame", work)["value"].sum()
    kept = work.answer
    assert isinstance(kept, pd.DataFrame)
    notes = [len(block.refs.referenced_blocks) for block in kept._mgr.blocks]
    notes += [len(axis._references.referenced_blocks) for axis in kept._mgr.axes]
    assert max(notes) < 20
    own.loc[0, "value"] = 99.0
    assert memory.answer("frame", work)["value"].tolist() == [1.0, 2.0]
