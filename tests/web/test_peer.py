"""Whose request it is: proxies are believed where they are trusted, and nobody else is."""

import logging
from typing import Any

import pytest

from ecodash.web.peer import Proxies

PROXY, INNER = "10.0.0.5", "172.16.3.9"


def settled(trusted: tuple[str, ...], peer: str, *headers: tuple[str, str], kind: str = "http") -> tuple[str, str]:
    scope: dict[str, Any] = {
        "type": kind,
        "client": (peer, 1),
        "scheme": "ws" if kind == "websocket" else "http",
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers],
    }
    Proxies(trusted).settle(scope)
    return scope["client"][0], scope["scheme"]


def forwarded(*values: str) -> list[tuple[str, str]]:
    return [("x-forwarded-for", value) for value in values]


@pytest.mark.parametrize("peer", ["127.0.0.1", "::1", PROXY, "203.0.113.7"])
def test_by_default_nobody_is_believed(peer: str) -> None:
    said = [*forwarded("1.1.1.1"), ("x-forwarded-proto", "https")]
    assert settled((), peer, *said) == (peer, "http")
    assert settled(("192.0.2.1",), peer, *said) == (peer, "http")


@pytest.mark.parametrize(
    ("values", "address"),
    [
        (["1.1.1.1"], "1.1.1.1"),
        # What a browser writes itself stands before what the proxy adds.
        (["9.9.9.9, 1.1.1.1"], "1.1.1.1"),
        (["9.9.9.9", "1.1.1.1"], "1.1.1.1"),
        ([f"9.9.9.9, 1.1.1.1, {INNER}"], "1.1.1.1"),
        ([f"127.0.0.1, {INNER}"], "127.0.0.1"),
        ([INNER], INNER),
        (["1.1.1.1:5000"], "1.1.1.1"),
        (["[2001:db8::7]:5000"], "2001:db8::7"),
        (["2001:db8::7"], "2001:db8::7"),
        (["1.1.1.1, unknown"], PROXY),
        (["evil<script>"], PROXY),
        ([""], PROXY),
        ([",".join(["1.1.1.1"] * 3_000)], "1.1.1.1"),
    ],
)
def test_of_a_trusted_proxy_the_last_that_is_no_proxy_is_the_browser(values: list[str], address: str) -> None:
    assert settled((PROXY, "172.16.0.0/12"), PROXY, *forwarded(*values))[0] == address


@pytest.mark.parametrize(
    ("value", "scheme"), [("https", "https"), ("http", "http"), ("http, https", "https"), ("javascript", "http"), ("", "http")]
)  # fmt: skip
def test_a_trusted_proxy_says_whether_tls_was_used(value: str, scheme: str) -> None:
    assert settled((PROXY,), PROXY, ("x-forwarded-proto", value))[1] == scheme
    socket = settled((PROXY,), PROXY, ("x-forwarded-proto", value), kind="websocket")[1]
    assert socket == scheme.replace("http", "ws")


def test_an_address_as_ipv6_writes_it_is_the_same() -> None:
    assert settled((PROXY,), f"::ffff:{PROXY}", *forwarded("1.1.1.1"))[0] == "1.1.1.1"


@pytest.mark.parametrize("trusted", ["proxy", "10.0.0.0/33", "*", "10.0.0.1-10.0.0.9"])
def test_a_proxy_that_is_no_address_stops_the_start(trusted: str) -> None:
    with pytest.raises(ValueError, match="ECODASH_TRUSTED_PROXIES"):
        Proxies((trusted,))


def test_a_proxy_that_is_not_trusted_is_told_of_once(caplog: pytest.LogCaptureFixture) -> None:
    proxies = Proxies(())
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            scope = {"client": (PROXY, 1), "headers": [(b"x-forwarded-for", b"1.1.1.1")], "type": "http"}
            proxies.settle(scope)
    assert len(caplog.records) == 1
    assert "ECODASH_TRUSTED_PROXIES" in caplog.text
