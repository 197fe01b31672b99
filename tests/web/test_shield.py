"""What is refused before anybody answers it, and what every answer carries."""

import asyncio
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest

from ecodash.domain.access import Role
from ecodash.i18n import LANGUAGES
from ecodash.settings import PROJECT_ROOT
from ecodash.views.page_scripts import inline_scripts
from ecodash.web import bodies
from ecodash.web.headers import source_of
from ecodash.web.shield import LONGEST_BODY, MARGIN, MOST_SOCKETS, Paces
from tests.builders import COUNTY
from tests.web.apart import finish
from tests.web.gates import HOST, PAGE, Crash, House

ORIGIN = f"http://{HOST}"


@pytest.fixture(scope="module")
def token(building: House) -> str:
    """Of somebody who may look at the whole county."""
    return building.enrol(Role.VIEWER, COUNTY)


# ── identities claimed from outside ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "name",
    [
        "Remote-User", "X-Remote-User", "X-Forwarded-User", "X-Forwarded-Email", "X-Forwarded-Preferred-Username",
        "X-Forwarded-Groups", "X-Auth-Request-User", "X-WebAuth-User", "X-Streamlit-User", "X-User", "X-Ms-Client-Principal",
        "X-Goog-Authenticated-User-Email", "X-Amzn-Oidc-Identity", "Cf-Access-Authenticated-User-Email", "Authorization",
        "X-Ssl-Client-S-Dn", "Remote_User", "X_Forwarded_For", "Sec_Fetch_Site",
    ],
)  # fmt: skip
def test_a_header_that_claims_who_asks_goes_no_further(house: House, token: str, name: str) -> None:
    sent = [(name.lower(), "admin")]
    assert house.ask("/", headers=sent).status == 401
    assert house.ask("/", token=token, headers=[*sent, ("x-other", "kept")]).status == 200
    got = dict(house.behind.seen[-1]["headers"])
    assert name.lower().encode() not in got
    assert got[b"x-other"] == b"kept"
    assert house.connect(token=token, origin=ORIGIN, headers=sent)
    assert name.lower().encode() not in dict(house.behind.seen[-1]["headers"])


def test_streamlit_s_own_identity_goes_no_further(house: House, token: str) -> None:
    forged = "_streamlit_user=x; _streamlit_user_0=y; _streamlit_user_tokens=z; _streamlit_xsrf=kept"
    house.ask("/", token=token, cookie=forged)
    (cookies,) = [value for name, value in house.behind.seen[-1]["headers"] if name == b"cookie"]
    assert b"_streamlit_user" not in cookies
    assert b"_streamlit_xsrf=kept" in cookies
    house.ask("/healthz", cookie="_streamlit_user=x")


# ── other sites ────────────────────────────────────────────────────────────────────────────────────────────────────

ORIGINS: list[tuple[dict[str, str], bool]] = [
    ({}, True),
    ({"origin": ORIGIN}, True),
    ({"origin": "https://ECODASH.test"}, True),
    ({"origin": ORIGIN, "sec_fetch_site": "same-origin"}, True),
    ({"origin": "http://evil.test"}, False),
    ({"origin": "http://ecodash.test.evil.test"}, False),
    ({"origin": "http://ecodash.test:81"}, False),
    ({"origin": "http://evil.test/ecodash.test"}, False),
    ({"origin": "http://ecodash.test@evil.test"}, False),
    ({"origin": "null"}, False),
    ({"origin": "http://["}, False),
    ({"origin": "http://127.0.0.1"}, False),
    ({"origin": ORIGIN, "sec_fetch_site": "cross-site"}, False),
    ({"origin": ORIGIN, "sec_fetch_site": "same-site"}, False),
]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
@pytest.mark.parametrize(("headers", "passes"), ORIGINS)
def test_another_site_s_page_changes_nothing(
    house: House, token: str, method: str, headers: dict[str, str], passes: bool
) -> None:
    assert house.ask("/read", method=method, token=token, **headers).status == (200 if passes else 403)
    assert bool(house.behind.seen) == passes


@pytest.mark.parametrize("path", ["/login", "/logout", "/setup/x", "/api/import", "/healthz"])
def test_nor_does_it_sign_anybody_in(house: House, path: str) -> None:
    assert house.ask(path, method="POST", origin="http://evil.test").status == 403


@pytest.mark.parametrize(("headers", "passes"), [({}, False), *ORIGINS[1:]])
def test_another_site_s_page_opens_no_websocket(
    house: House, token: str, headers: dict[str, str], passes: bool
) -> None:
    assert house.connect(token=token, **headers) == passes


@pytest.mark.parametrize("path", ["/", "/_stcore/stream/", "/_stcore/other", "/s/abc", "/login", "/_stcore/agent/mcp"])
def test_there_is_one_websocket_and_no_other(house: House, token: str, path: str) -> None:
    assert not house.connect(path, token=token, origin=ORIGIN)


def test_behind_a_proxy_that_asks_under_another_name_the_known_address_counts(house: House, token: str) -> None:
    known = house.with_settings(public_url="https://eco.example.cn/app")
    try:
        asked = {"token": token, "host": "10.0.0.5:8501"}
        assert known.ask("/read", method="POST", origin="https://eco.example.cn", **asked).status == 200
        assert known.ask("/read", method="POST", origin="https://evil.test", **asked).status == 403
        assert known.connect(origin="https://eco.example.cn", **asked)
    finally:
        known.close()


# ── malformed requests, closed doors ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("host", ["", "evil test", 'x"y', "a/b", "a@b", "h" * 300, "a:b:c"])
def test_a_host_that_is_none_is_refused(house: House, token: str, host: str) -> None:
    assert house.ask("/", token=token, host=host).status == 400
    assert not house.connect(token=token, host=host, origin=ORIGIN)


def test_two_hosts_and_long_addresses_are_refused(house: House, token: str) -> None:
    assert house.ask("/", token=token, headers=[("host", HOST)]).status == 400
    assert house.ask("/" + "x" * 5_000, token=token).status == 400
    assert house.ask("/?" + "x" * 5_000, token=token).status == 400


@pytest.mark.parametrize("method", ["OPTIONS", "TRACE", "CONNECT", "PATCH", "PROPFIND", "get"])
def test_methods_nobody_uses_are_refused(house: House, token: str, method: str) -> None:
    answer = house.ask("/_stcore/upload_file/a/b", method=method, token=token, origin="http://evil.test")
    assert answer.status == 405
    assert not any(name.startswith("access-control") for name in answer.headers)


@pytest.mark.parametrize(
    "path",
    ["/auth/login", "/auth/logout", "/oauth2callback", "/app/static/x", "/_stcore/agent/mcp", "/_stcore/agent/interact",
     "/_stcore/metrics", "/_stcore/script-health-check"],
)  # fmt: skip
def test_what_streamlit_offers_and_nothing_here_uses_is_not_there(house: House, token: str, path: str) -> None:
    for method in ("GET", "POST"):
        assert house.ask(path, method=method, token=token).status == 404
    assert house.behind.seen == []


# ── bodies ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("path", "length", "status"),
    [
        ("/read", LONGEST_BODY, 200),
        ("/read", LONGEST_BODY + 1, 413),
        ("/_stcore/upload_file/a/b", 1_000 + MARGIN, 200),
        ("/_stcore/upload_file/a/b", 1_000 + MARGIN + 1, 413),
        ("/login", LONGEST_BODY + 1, 413),
        ("/read", 10**40, 413),
    ],
)
def test_a_body_that_is_said_to_be_too_long_is_not_read(
    house: House, token: str, path: str, length: int, status: int
) -> None:
    answer = house.ask(path, method="POST", token=token, content_length=str(length), body=[b"x" * 10])
    assert answer.status == status
    assert house.behind.read == (10 if status == 200 else 0)


@pytest.mark.parametrize("length", ["-1", "1e3", "x", "1,1", " 1"])
def test_a_length_that_is_none_is_refused(house: House, token: str, length: str) -> None:
    assert house.ask("/read", method="POST", token=token, content_length=length).status == 400


@pytest.mark.parametrize(("length", "status"), [({}, 413), ({"content_length": "10"}, 413)])
def test_a_body_that_grows_too_long_is_cut(house: House, token: str, length: dict[str, str], status: int) -> None:
    chunks = [b"x" * 30_000] * 100
    answer = house.ask("/read", method="POST", token=token, body=chunks, **length)
    assert (answer.status, answer.headers["connection"]) == (status, "close")
    assert house.behind.read <= LONGEST_BODY


def test_a_body_that_does_not_come_is_given_up(house: House, token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "FIRST_SECONDS", 0.05)
    answer = house.ask("/read", method="POST", token=token, receive=asyncio.Event().wait)
    assert (answer.status, house.behind.read) == (408, 0)


def test_a_body_that_drips_is_given_up_and_a_slow_one_is_not() -> None:
    async def sent(seconds_apart: float) -> int:
        clock = iter([seconds * seconds_apart for place in range(400) for seconds in (place, place + 1)])
        size = 0

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"x" * 1_000, "more_body": True}

        body = bodies.Body(receive, 10**9, lambda: next(clock))
        for _ in range(199):
            size += len((await body())["body"])
        return size

    # 1 000 bytes every tenth of a second are more than 8 192 a second; every second they are not.
    assert finish(sent(0.1)) == 199_000
    with pytest.raises(bodies.BodyRefused):
        finish(sent(1.0))


# ── how often ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def strict(house: House) -> Iterator[House]:
    found = House(house.workspace, paces=Paces((9, 0.1), (2, 0.1), (3, 0.1), (2, 0.1)))
    yield found
    found.close()


@pytest.mark.parametrize(
    ("method", "path", "most"), [("POST", "/login", 2), ("PUT", "/_stcore/upload_file/a/b", 3), ("GET", "/", 9)]
)
def test_an_address_that_asks_too_often_waits(strict: House, method: str, path: str, most: int) -> None:
    statuses = [strict.ask(path, method=method).status for _ in range(most + 1)]
    assert 429 not in statuses[:-1]
    assert statuses[-1] == 429
    late = strict.ask(path, method=method)
    assert 1 <= int(late.headers["retry-after"]) <= 10
    assert strict.ask(path, method=method, client="10.9.9.9").status != 429


def test_links_of_snapshots_are_not_counted(strict: House) -> None:
    assert {strict.ask("/s/nothing").status for _ in range(15)} == {404}


def test_an_address_opens_so_many_websockets(house: House, strict: House, token: str) -> None:
    assert [strict.connect(token=token, origin=ORIGIN) for _ in range(3)] == [True, True, False]

    async def many() -> list[bool]:
        waits = asyncio.Event()
        scopes = [
            House._scope("websocket", "/_stcore/stream", token, "10.1.2.3", HOST, "ws", [("origin", ORIGIN)], {})
            for _ in range(MOST_SOCKETS + 3)
        ]
        opened = [asyncio.create_task(house._connect(scope, waits)) for scope in scopes]
        while sum(one.done() for one in opened) < 3:
            await asyncio.sleep(0.01)
        waits.set()
        return await asyncio.gather(*opened)

    assert sum(finish(many())) == MOST_SOCKETS
    assert house.connect(token=token, origin=ORIGIN)


# ── answers ────────────────────────────────────────────────────────────────────────────────────────────────────────

ALWAYS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


@pytest.mark.parametrize(
    "path",
    ["/", "/media/a.png", "/static/a.js", "/healthz", "/login", "/s/nothing", "/auth/login", "/screen", "/print/overview",
     f"/geo/{'0' * 64}.json", "/robots.txt", "/nothing"],
)  # fmt: skip
@pytest.mark.parametrize("signed", [True, False])
def test_every_answer_is_complete(house: House, token: str, path: str, signed: bool) -> None:
    answer = house.ask(path, token=token if signed else "", **PAGE)
    assert answer.headers.items() >= ALWAYS.items()
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["referrer-policy"] in ("same-origin", "no-referrer")
    assert "strict-transport-security" not in answer.headers
    assert not {"server", "access-control-allow-origin"} & set(answer.headers)
    if not path.startswith(("/static/", "/screen", "/s/", "/geo/")):
        assert answer.headers["cache-control"] == "private, no-store"


def test_over_tls_nothing_goes_without_it(house: House, token: str) -> None:
    answer = house.ask("/cookie", token=token, scheme="https")
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
    assert answer.headers["set-cookie"].endswith("; Secure")
    assert "Secure" not in house.ask("/cookie", token=token).headers["set-cookie"]
    assert f"connect-src 'self' wss://{HOST};" in answer.headers["content-security-policy"]


def test_a_file_opened_by_itself_runs_nothing(house: House, token: str) -> None:
    policy = house.ask("/media/drawing.svg", token=token).headers["content-security-policy"]
    assert "sandbox" in policy
    assert "script-src" not in policy


def test_only_scripts_that_are_known_run_in_a_page(house: House, token: str) -> None:
    known = House(house.workspace, scripts=["let a = 1;"])
    try:
        policy = known.ask("/", token=token).headers["content-security-policy"]
    finally:
        known.close()
    (scripts,) = [part for part in policy.split("; ") if part.startswith("script-src")]
    assert scripts == f"script-src 'self' blob: 'wasm-unsafe-eval' {source_of('let a = 1;')}"
    assert source_of("let a = 1;").startswith("'sha256-")
    assert "default-src 'none'" in policy


def test_a_fault_of_ours_is_answered_with_all_that_keeps_it_safe(house: House, token: str) -> None:
    told: list[Any] = []
    scope = House._scope("http", "/crash", token, "10.1.2.3", HOST, "http", [("accept", "text/html")], {})

    async def send(message: Any) -> None:
        told.append(message)

    with pytest.raises(Crash):
        finish(house.app(scope | {"method": "GET"}, asyncio.Event().wait, send))
    headers = {name.decode(): value.decode() for name, value in told[0]["headers"]}
    assert (told[0]["status"], headers["x-frame-options"]) == (500, "DENY")
    assert "Crash" not in told[1]["body"].decode()
    assert "系统出错" in told[1]["body"].decode()


# ── settings ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_streamlit_s_own_checks_stay_on() -> None:
    server = tomllib.loads((PROJECT_ROOT / ".streamlit" / "config.toml").read_text("utf-8"))["server"]
    # enableCORS is the protection from other sites: false would open the app to them.
    wanted = {"enableXsrfProtection": True, "enableCORS": True, "enableStaticServing": False, "address": "127.0.0.1"}
    assert {name: server[name] for name in wanted} == wanted
    assert not {"corsAllowedOrigins", "enableAgentApi"} & set(server)
    # The one header the gate itself writes; from outside it never arrives (tests/attacks/test_passing_for_others.py).
    assert server["trustedUserHeaders"] == '{"X-Ecodash-Session": "session"}'


def test_every_script_of_our_own_is_known() -> None:
    scripts = inline_scripts()
    assert any("prerenderReady" in script for script in scripts)
    assert sum("ecodashWords" in script for script in scripts) == len(LANGUAGES)
