"""Openings are counted in memory and none is lost on the way to the store."""

import threading
from datetime import datetime, timedelta

import pytest

from ecodash.actions import Opening
from ecodash.web.openings import Counts, Openings
from tests.builders import NOON

LATER = NOON + timedelta(minutes=1)


def test_openings_are_added_up_until_they_are_written() -> None:
    written: list[Counts] = []
    openings = Openings(written.append, seconds=600)
    openings.add(Opening(7), NOON)
    openings.add(Opening(8), NOON)
    openings.add(Opening(7), LATER)
    openings.flush()
    openings.flush()
    assert written == [{Opening(7): (2, LATER), Opening(8): (1, NOON)}]
    openings.close()


def test_closing_writes_what_is_left_and_starts_nothing_any_more() -> None:
    written: list[Counts] = []
    openings = Openings(written.append, seconds=0.01)
    openings.close()
    openings.add(Opening(7), NOON)
    assert not written
    openings.close()
    assert written == [{Opening(7): (1, NOON)}]


def test_what_the_store_did_not_take_is_written_the_next_time() -> None:
    written: list[Counts] = []
    fails = [True]

    def write(counts: Counts) -> None:
        if fails:
            fails.pop()
            openings.add(Opening(7), LATER)
            raise OSError("disk")
        written.append(counts)

    openings = Openings(write, seconds=600)
    openings.add(Opening(7), NOON)
    with pytest.raises(OSError, match="disk"):
        openings.flush()
    openings.close()
    assert written == [{Opening(7): (2, LATER)}]


def test_they_are_written_without_being_asked() -> None:
    done = threading.Event()
    openings = Openings(lambda counts: done.set(), seconds=0.001)
    openings.add(Opening(7), datetime.now().astimezone())
    assert done.wait(30)
    openings.close()
