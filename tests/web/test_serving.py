"""The server itself, over real connections: what uvicorn would do by itself, and does not do here."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import uvicorn

from ecodash.domain.access import Role
from ecodash.web import bodies, serving
from tests.builders import COUNTY
from tests.web.gates import House

PROTOCOLS = ("httptools", "h11")


async def told(scope: Any, receive: Any, send: Any) -> None:
    """Answers with the address and the scheme it was asked from."""
    if scope["type"] == "http":
        body = f"{scope['client'][0]} {scope['scheme']}".encode()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
        await send({"type": "http.response.body", "body": body})


@contextmanager
def served(app: Any, http: str = "httptools", *, is_open: bool = True) -> Iterator[int]:
    """An app on a free port, started as Streamlit starts it."""
    kept = uvicorn.Server.startup
    serving.put_in_order(is_open=is_open)
    serving.put_in_order(is_open=is_open)
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, http=http, ws="websockets-sansio", log_level="critical", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        yield int(listener.getsockname()[1])
    finally:
        server.should_exit = True
        thread.join()
        listener.close()
        uvicorn.Server.startup = kept  # type: ignore[method-assign]


def exchange(port: int, *parts: bytes) -> bytes:
    """What comes back until the server lets go, or has answered what was sent last."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        for part in parts:
            connection.sendall(part)
        got = b""
        while chunk := connection.recv(65_536):
            got += chunk
        return got


def asked(path: str = "/", *lines: str, method: str = "GET") -> bytes:
    written = [f"{method} {path} HTTP/1.1", "Host: ecodash.test", "Connection: close", *lines, "", ""]
    return "\r\n".join(written).encode()


@pytest.fixture(params=PROTOCOLS)
def port(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "*")
    monkeypatch.setattr(serving, "HEADER_SECONDS", 0.3)
    with served(told, request.param) as found:
        yield found


def test_no_header_changes_who_asks_and_none_says_what_answers(port: int) -> None:
    answer = exchange(
        port, asked("/", "X-Forwarded-For: 1.1.1.1", "X-Forwarded-Proto: https", "Forwarded: for=1.1.1.1")
    )
    assert answer.endswith(b"127.0.0.1 http")
    assert b"\r\nserver:" not in answer.lower()


@pytest.mark.parametrize("begun", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: ecodash.test\r\nX-A: b\r\n"])
def test_a_connection_that_does_not_say_what_it_wants_is_let_go(port: int, begun: bytes) -> None:
    assert exchange(port, begun) == b""


def test_headers_that_grow_too_long_are_let_go(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "HEADER_SECONDS", 3600.0)
    begun = b"GET / HTTP/1.1\r\nHost: ecodash.test\r\n"
    line = b"X-A: " + b"a" * 8_000 + b"\r\n"
    try:
        got = exchange(port, begun, *[line] * (2 * serving.LONGEST_HEADERS // len(line)))
    except ConnectionError:
        got = b""
    assert not got.startswith(b"HTTP/1.1 200")


def test_a_connection_is_used_again(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        for _ in range(3):
            connection.sendall(asked().replace(b"close", b"keep-alive"))
            assert b"127.0.0.1 http" in connection.recv(65_536)
        time.sleep(0.5)
        # Between two requests uvicorn's own patience counts.
        connection.sendall(asked())
        assert b"127.0.0.1 http" in connection.recv(65_536)


@pytest.mark.parametrize(
    ("host", "near"), [("127.0.0.1", True), ("::1", True), ("0.0.0.0", False), ("10.0.0.1", False)]
)
def test_open_mode_answers_on_this_machine_alone(host: str, near: bool) -> None:
    assert serving.is_near([host]) == near
    assert serving.addresses(uvicorn.Config(told, host=host), None) == [host]


def test_open_mode_does_not_start_where_others_reach_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uvicorn.Server, "startup", uvicorn.Server.startup)
    serving.put_in_order(is_open=True)
    with socket.create_server(("0.0.0.0", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(told, log_level="critical", lifespan="off"))
        with pytest.raises(SystemExit):
            server.run(sockets=[listener])
        assert not server.started


# ── attacks on the whole front ─────────────────────────────────────────────────────────────────────────────────────

HANDSHAKE = (
    "Upgrade: websocket", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Protocol: streamlit, x",
)  # fmt: skip


def handshake(port: int, *lines: str) -> bytes:
    """The first line of the answer to a websocket's handshake."""
    sent = asked("/_stcore/stream", *HANDSHAKE, *lines).replace(b"Connection: close", b"Connection: Upgrade")
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(sent)
        return connection.recv(65_536).partition(b"\r\n")[0]


def test_a_websocket_is_refused_before_it_is_accepted(house: House) -> None:
    cookie = f"Cookie: ecodash_session={house.enrol(Role.VIEWER, COUNTY)}"
    own = "Origin: http://ecodash.test"
    with served(house.app, is_open=False) as port:
        assert handshake(port, own, cookie) == b"HTTP/1.1 101 Switching Protocols"
        refused = [
            handshake(port, own),
            handshake(port, cookie),
            handshake(port, "Origin: http://evil.test", cookie),
            handshake(port, own, cookie, "Sec-Fetch-Site: cross-site"),
            handshake(port, own, "X-Forwarded-User: admin", "Remote-User: admin"),
        ]
    assert {line.split(b" ")[1] for line in refused} == {b"403"}
    assert len(house.behind.seen) == 1


@pytest.mark.parametrize(
    "path",
    ["/../../etc/passwd", "/..%2f..%2fetc/passwd", "/static/../../../etc/passwd", "/static/%2e%2e/%2e%2e/etc/passwd",
     "/media/..%5c..%5cx", "/s/../app.json", "/login/../media/x", "/healthz/../media/x", "/%00", "/screen/assets/..%2f..%2fx",
     "//evil.test/x", "/\\evil.test", "/healthz%2f..%2fmedia", "/api/import/..;/media/x", "/login%2f..%2f"],
)  # fmt: skip
def test_no_way_round_the_gate_by_the_path(house: House, path: str) -> None:
    with served(house.app, is_open=False) as port:
        answer = exchange(port, asked(path))
    assert answer.split(b" ")[1] in (b"303", b"400", b"401", b"404")
    assert b"root:" not in answer
    assert house.behind.seen == []


@pytest.mark.parametrize(
    "sent",
    [
        # Two requests in one, by two lengths or by a length and chunks.
        asked("/healthz", "Content-Length: 5", "Transfer-Encoding: chunked", method="POST") + b"0\r\n\r\nGET /media/x",
        asked("/healthz", "Content-Length: 5", "Content-Length: 50", method="POST") + b"12345",
        asked("/healthz", "Transfer-Encoding: chunked, identity", method="POST") + b"0\r\n\r\n",
        b"GET http://evil.test/media/x HTTP/1.1\r\nHost: ecodash.test\r\nConnection: close\r\n\r\n",
        b"GET /media/x HTTP/1.1\r\nHost: ecodash.test\r\nHost: evil.test\r\nConnection: close\r\n\r\n",
        b"GET /media/x HTTP/1.1\nHost : ecodash.test\r\nConnection: close\r\n\r\n",
    ],
)  # fmt: skip
def test_requests_that_can_be_read_two_ways_reach_nobody(house: House, sent: bytes) -> None:
    with served(house.app, is_open=False) as port:
        answer = exchange(port, sent)
    assert answer.split(b" ")[1] in (b"400", b"401")
    assert house.behind.seen == []


def test_a_body_that_stays_away_is_given_up_over_the_line(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "FIRST_SECONDS", 0.2)
    cookie = f"Cookie: ecodash_session={house.enrol(Role.VIEWER, COUNTY)}"
    with served(house.app, is_open=False) as port:
        answer = exchange(port, asked("/read", cookie, "Content-Length: 500", method="POST"), b"x" * 10)
    assert answer.startswith(b"HTTP/1.1 408")
    assert b"x-frame-options: DENY" in answer


def test_a_body_without_a_length_is_cut_over_the_line(house: House) -> None:
    cookie = f"Cookie: ecodash_session={house.enrol(Role.VIEWER, COUNTY)}"
    chunks = b"10000\r\n" + b"x" * 65_536 + b"\r\n" + b"10000\r\n"
    with served(house.app, is_open=False) as port:
        answer = exchange(
            port, asked("/read", cookie, "Transfer-Encoding: chunked", method="POST"), chunks + b"x" * 100
        )
    assert answer.startswith(b"HTTP/1.1 413")
