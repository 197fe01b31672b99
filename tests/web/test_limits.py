"""Counts of mistakes by address: sliding, bounded, and apart from each other."""

import pytest

from ecodash.web.limits import Limit, address_key


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def test_after_so_many_mistakes_a_key_waits_until_the_first_is_long_ago() -> None:
    clock = Clock()
    limit = Limit(3, 60, clock=clock)
    waits = []
    for moment in (0, 10, 20, 30, 59.5, 60, 61, 70):
        clock.seconds = 1000 + moment
        waits.append(limit.take("a"))
    # Mistakes at 0, 10 and 20 fill it; at 60 the first is a minute old, so one more is let through, then at 70.
    assert waits == [0, 0, 0, 30, 1, 0, 9, 0]


def test_one_key_does_not_use_up_what_another_has() -> None:
    limit = Limit(2, 60, clock=Clock())
    assert [limit.take("a") for _ in range(4)] == [0, 0, 60, 60]
    assert limit.wait("b") == 0
    assert [limit.left("a"), limit.left("b")] == [0, 2]


def test_what_was_no_mistake_is_given_back() -> None:
    limit = Limit(2, 60, clock=Clock())
    for _ in range(5):
        assert limit.take("a") == 0
        limit.give_back("a")
    assert limit.left("a") == 2
    limit.give_back("a")
    assert limit.left("a") == 2


def test_looking_counts_nothing() -> None:
    limit = Limit(1, 60, clock=Clock())
    assert [limit.wait("a") for _ in range(5)] == [0] * 5
    assert limit.take("a") == 0
    assert limit.wait("a") == 60


def test_the_least_recently_seen_is_forgotten_first() -> None:
    limit = Limit(1, 60, keys=2, clock=Clock())
    limit.take("a")
    limit.take("b")
    assert limit.wait("a") == 60
    limit.take("c")
    assert [limit.wait(key) for key in "abc"] == [60, 0, 60]


@pytest.mark.parametrize(
    ("host", "key"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::9", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unix:", "unix:"),
        ("", ""),
    ],
)
def test_an_address_is_counted_as_one_subscriber(host: str, key: str) -> None:
    assert address_key(host) == key
