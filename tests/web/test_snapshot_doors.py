"""/s/{token} for those it does not open for: links that lead nowhere, wrong PINs, no sign-in; and what they learn."""

import time
from datetime import timedelta

import pytest

from ecodash import actions, queries
from ecodash.domain.pages import Page
from ecodash.domain.snapshots import Access, Lifetime
from tests.builders import ACTOR
from tests.web.links import NEVER_TOLD, PARTS, PIN, Desk, cookie_of, give_pin

# ── links that lead nowhere ────────────────────────────────────────────────────────────────────────────────────────


ODD_PATHS = (
    "/s/nothing", "/s/1", "/s/１", "/s/" + "1" * 500, "/s/", "/s/../etc/passwd", "/s/%00", "/s/\x00", "/s//", "/s/a/b",
    "/s/<script>alert(1)</script>", "/s/{t}/", "/s/{t}/x", "/s/{t}//now", "/s/{t}/../{t}", "/s/{t}/picture/0.png",
    "/s/{t}/picture/1.png/", "/s/{t}\n", "/s/{t} ", "/s/{t}/now\n", "/s/{t}/pin/", "/s/./{t}", "//s/{t}",
)  # fmt: skip


def test_an_unknown_link_gets_one_page_that_says_so(desk: Desk) -> None:
    made, unknown = desk.make(), desk.ask("/s/" + "A" * 24)
    assert "没有这个快照链接" in unknown.text
    assert not NEVER_TOLD.search(unknown.text)
    for number, path in enumerate(ODD_PATHS):
        answer = desk.ask(path.replace("{t}", made.token), address=f"192.0.2.{number}")
        assert (path, answer.status, answer.body) == (path, 404, unknown.body)


@pytest.mark.parametrize("end", ["revoked", "expired"])
@pytest.mark.parametrize("access", list(Access))
def test_a_dead_link_is_dead_at_once_and_tells_only_whom_to_ask(desk: Desk, end: str, access: Access) -> None:
    made = desk.make(Page.RANKING, access=access, pin=PIN, lifetime=Lifetime.WEEK)
    kept = {"host": "localhost"}
    if access is Access.PIN:
        kept["cookie"] = cookie_of(give_pin(desk, made))
    alive = desk.ask(made.path, **kept)
    assert alive.status == 200
    if end == "revoked":
        actions.revoke_snapshot(desk.workspace, made.number, actor=ACTOR, now=desk.now)
    else:
        desk.wait(timedelta(days=7) - timedelta(microseconds=1))
        assert desk.ask(made.path, **kept).status == 200
        desk.wait(timedelta(microseconds=1))
    for part in PARTS:
        for asked in ({}, {"if_none_match": alive.headers.get("etag", "*")}, {"if_none_match": "*"}):
            answer = desk.ask(made.path + part, **kept, **asked)
            assert answer.status == 410
            assert ACTOR.name in answer.text
            assert not NEVER_TOLD.search(answer.text)
            assert answer.headers["cache-control"] == "private, no-store"


def test_a_renewed_link_closes_the_old_one_and_an_extended_one_opens_again(desk: Desk) -> None:
    made = desk.make(lifetime=Lifetime.WEEK)
    desk.ask(made.path)
    desk.wait(timedelta(days=8))
    assert desk.ask(made.path).status == 410
    actions.extend_snapshot(desk.workspace, made.number, Lifetime.MONTH, actor=ACTOR, now=desk.now)
    assert desk.ask(made.path).status == 200
    renewed = actions.renew_link(desk.workspace, made.number, actor=ACTOR, now=desk.now)
    assert (desk.ask(made.path).status, desk.ask(renewed.path).status) == (404, 200)


def test_wrong_links_are_limited_by_address(desk: Desk) -> None:
    known, fresh = desk.make(), desk.make(title="别的")
    assert desk.ask(known.path, address="192.0.2.1").status == 200
    wrong = [desk.ask(f"/s/{number:024d}", address="192.0.2.1").status for number in range(25)]
    assert wrong == [404] * 20 + [429] * 5
    refused = desk.ask(fresh.path, address="192.0.2.1")
    assert refused.status == 429
    assert int(refused.headers["retry-after"]) == 300
    assert "分钟" in refused.text
    # What was opened before stays open, another address is not touched, and after a while it is over.
    assert desk.ask(known.path, address="192.0.2.1").status == 200
    assert desk.ask(fresh.path, address="192.0.2.2").status == 200
    desk.wait(timedelta(minutes=5))
    assert desk.ask("/s/" + "B" * 24, address="192.0.2.1").status == 404


def test_a_refused_address_does_not_reach_the_store(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(20):
        desk.ask(f"/s/{number:024d}")
    monkeypatch.setattr(queries, "get_snapshot", None)
    assert desk.ask("/s/" + "C" * 24).status == 429


# ── the PIN ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_pin_is_asked_for_and_tells_nothing(desk: Desk) -> None:
    made = desk.make(access=Access.PIN, pin=PIN)
    for part in PARTS:
        asked = desk.ask(made.path + part)
        assert asked.status == 200
        assert f'action="{made.path}/pin"' in asked.text
        assert "<script" not in asked.text
        assert "form-action 'self'" in asked.headers["content-security-policy"]
        assert not NEVER_TOLD.search(asked.text)
        assert ACTOR.name not in asked.text


def test_the_right_pin_opens_page_and_parts_for_twelve_hours(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    made = desk.make(Page.RANKING, access=Access.PIN, pin=PIN)
    answer = give_pin(desk, made)
    assert (answer.status, answer.headers["location"], answer.body) == (303, made.path, b"")
    attributes = answer.headers["set-cookie"].split("; ")[1:]
    assert attributes == [f"Path={made.path}", "Max-Age=43200", "HttpOnly", "SameSite=Lax"]
    cookie = cookie_of(answer)
    for part in ("", "/tables.xlsx"):
        page = desk.ask(made.path + part, cookie=f"a=b; {cookie}; odd")
        assert page.status == 200
        assert "<form" not in page.body.decode("latin-1")
        assert page.headers["cache-control"] == "private, no-store"
        assert "etag" not in page.headers
    # No answer from memory, whatever the reader says to have.
    assert desk.ask(made.path, cookie=cookie, if_none_match="*").status == 200
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 12 * 3600 + 2)
    assert "<form" in desk.ask(made.path, cookie=cookie).text


def test_over_tls_the_cookie_is_secure(desk: Desk) -> None:
    answer = give_pin(desk, desk.make(access=Access.PIN, pin=PIN), scheme="https")
    assert answer.headers["set-cookie"].endswith("; Secure")


@pytest.mark.parametrize("pin", ["%EF%BC%92%EF%BC%94%EF%BC%96%EF%BC%98", "+2468+"])
def test_a_pin_typed_in_full_width_is_the_same(desk: Desk, pin: str) -> None:
    assert give_pin(desk, desk.make(access=Access.PIN, pin=PIN), pin).status == 303


NO_PINS = (b"", b"pin=", b"pin=abcd", b"pin=123", b"pin=123456789", b"other=2468", b"\xff" * 50,
           b"pin=2468" + b"&a=1" * 5, b"pin=" + b"1" * 5000)  # fmt: skip


def test_what_cannot_be_a_pin_is_asked_again_and_costs_nothing(desk: Desk) -> None:
    made = desk.make(access=Access.PIN, pin=PIN)
    for body in NO_PINS:
        answer = desk.ask(f"{made.path}/pin", method="POST", body=body)
        assert answer.status == 400
        assert "4 至 8 位数字" in answer.text
    assert give_pin(desk, made).status == 303


def test_pins_cannot_be_tried_one_after_the_other(desk: Desk) -> None:
    made, other = desk.make(access=Access.PIN, pin=PIN), desk.make(title="别的", access=Access.PIN, pin="1357")
    wrong = [give_pin(desk, made, f"{number:04d}", address="192.0.2.1").status for number in range(5)]
    assert wrong == [403] * 5
    refused = give_pin(desk, made, address="192.0.2.1")
    assert (refused.status, refused.headers["retry-after"]) == (429, "900")
    assert give_pin(desk, other, "1357", address="192.0.2.1").status == 429
    assert give_pin(desk, made, address="192.0.2.2").status == 303
    desk.wait(timedelta(minutes=15))
    assert give_pin(desk, made, address="192.0.2.1").status == 303


def test_pins_sent_at_once_are_counted_before_they_are_checked(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[str] = []
    monkeypatch.setattr(queries, "is_right_pin", lambda _snapshot, pin: checked.append(pin))
    made = desk.make(access=Access.PIN, pin=PIN)
    answers = desk.ask_many([f"{made.path}/pin"] * 40, method="POST", body=b"pin=0000")
    assert sorted(answer.status for answer in answers) == [403] * 5 + [429] * 35
    assert len(checked) == 5


def test_many_addresses_together_are_limited_for_one_snapshot(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "is_right_pin", lambda _snapshot, pin: pin == PIN)
    made, other = desk.make(access=Access.PIN, pin=PIN), desk.make(title="别的", access=Access.PIN, pin=PIN)
    inside = cookie_of(give_pin(desk, made))
    for number in range(50):
        assert give_pin(desk, made, "0000", address=f"192.0.2.{number // 5}").status == 403
    assert give_pin(desk, made, address="198.51.100.1").status == 429
    assert give_pin(desk, other, address="198.51.100.1").status == 303
    assert "<form" not in desk.ask(made.path, cookie=inside).text


def test_right_pins_are_not_counted(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "is_right_pin", lambda _snapshot, pin: pin == PIN)
    made = desk.make(access=Access.PIN, pin=PIN)
    assert {give_pin(desk, made).status for _ in range(60)} == {303}


def test_a_cookie_opens_only_the_snapshot_it_was_given_for(desk: Desk) -> None:
    made, other = desk.make(access=Access.PIN, pin=PIN), desk.make(title="别的", access=Access.PIN, pin=PIN)
    cookie = cookie_of(give_pin(desk, made))
    assert "<form" not in desk.ask(made.path, cookie=cookie).text
    assert "<form" in desk.ask(other.path, cookie=cookie).text
    name, _, value = cookie.partition("=")
    for forged in (f"{name}=", f"{name}=x", f"{name}={value[:-1]}", f"{name}=1.{value}", f"other={value}",
                   f"{name}={value[0]}A{value[2:]}"):  # fmt: skip
        assert "<form" in desk.ask(made.path, cookie=forged).text


def test_another_pin_or_link_makes_the_cookie_void(desk: Desk) -> None:
    made = desk.make(access=Access.PIN, pin=PIN)
    cookie = cookie_of(give_pin(desk, made))
    actions.change_access(desk.workspace, made.number, Access.PIN, PIN, actor=ACTOR, now=desk.now)
    assert "<form" in desk.ask(made.path, cookie=cookie).text
    cookie = cookie_of(give_pin(desk, made))
    assert "<form" not in desk.ask(made.path, cookie=cookie).text
    renewed = actions.renew_link(desk.workspace, made.number, actor=ACTOR, now=desk.now)
    assert "<form" in desk.ask(renewed.path, cookie=cookie).text
    actions.change_access(desk.workspace, made.number, Access.SIGNED_IN, actor=ACTOR, now=desk.now)
    assert desk.ask(renewed.path, cookie=cookie).status == 403


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 303),
        ({"origin": "http://ecodash.test"}, 303),
        ({"origin": "https://ECODASH.test", "sec_fetch_site": "same-origin"}, 303),
        ({"sec_fetch_site": "none"}, 303),
        ({"origin": "http://evil.test"}, 403),
        ({"origin": "http://ecodash.test.evil.test"}, 403),
        ({"origin": "http://ecodash.test:81"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://["}, 403),
        ({"sec_fetch_site": "cross-site"}, 403),
        ({"sec_fetch_site": "same-site", "origin": "http://ecodash.test"}, 403),
        ({"host": 'x"y', "origin": 'http://x"y'}, 403),
    ],
)
def test_a_pin_sent_by_another_site_is_refused(desk: Desk, headers: dict[str, str], status: int) -> None:
    answer = give_pin(desk, desk.make(access=Access.PIN, pin=PIN), **headers)
    assert answer.status == status
    assert ("set-cookie" in answer.headers) == (status == 303)


def test_where_no_pin_is_asked_for_none_is_checked(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "is_right_pin", None)
    made = desk.make()
    answer = give_pin(desk, made)
    assert (answer.status, answer.headers["location"]) == (303, made.path)
    assert "set-cookie" not in answer.headers
    assert desk.ask(f"{made.path}/pin").status == 303


# ── only for those who have signed in ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("request_from", "status"),
    [
        ({}, 200),
        ({"host": "127.0.0.1:8501"}, 200),
        ({"host": "[::1]:8501", "address": "::1"}, 200),
        ({"address": "::ffff:127.0.0.1"}, 200),
        ({"address": "192.0.2.1"}, 403),
        ({"address": ""}, 403),
        ({"host": "ecodash.test"}, 403),
        ({"host": "localhost.evil.test"}, 403),
        ({"host": "127.0.0.1.evil.test"}, 403),
        ({"x_forwarded_for": "127.0.0.1"}, 403),
        ({"forwarded": "for=127.0.0.1"}, 403),
        ({"via": "1.1 proxy"}, 403),
        ({"x_real_ip": "127.0.0.1"}, 403),
        ({"address": "192.0.2.1", "x_forwarded_for": "127.0.0.1"}, 403),
        ({"http_version": "1.0"}, 403),
    ],
)
def test_signed_in_means_at_the_machine_itself_for_now(desk: Desk, request_from: dict[str, str], status: int) -> None:
    made = desk.make(Page.RANKING, access=Access.SIGNED_IN)
    for part in PARTS if status == 403 else ("",):
        answer = desk.ask(made.path + part, **({"host": "localhost:8501"} | request_from))
        assert answer.status == status
        if status == 403:
            assert "登录" in answer.text
            assert not NEVER_TOLD.search(answer.text)
            assert ACTOR.name not in answer.text
        else:
            assert answer.headers["cache-control"] == "private, no-store"
