"""Nothing but signing in, health and links of snapshots answers without a session; and a session is what its account is now."""

import json
from datetime import timedelta
from typing import Any

import pytest

from ecodash import actions
from ecodash.domain.access import SYSTEM, Grant, Role
from ecodash.domain.pages import Page
from ecodash.domain.regions import region_key
from ecodash.domain.snapshots import Access
from ecodash.link_key import hash_token
from ecodash.sessions import SESSION_COOKIE
from ecodash.store import records
from ecodash.web.client import KEY_HEADER
from tests.builders import A1, COUNTY, TOWN_A, TOWN_B
from tests.people import add, enter
from tests.web.gates import HANDLE, HOST, PAGE, House
from tests.web.links import Desk

PAGES = ("/", "/map", "/ranking?region=500230", "/print/overview", "/screen", "/screen/1", "/favicon.png", "/nothing")
FETCHED = (
    "/_stcore/health", "/_stcore/host-config", "/_stcore/stream", "/_stcore/upload_file/a/b", "/static/js/index.js",
    "/media/0f.png", "/component/x/index.html", f"/geo/{'0' * 64}.json", "/screen/deck", "/api/other",
    "/map/_stcore/health",
)  # fmt: skip
ODD = (
    "/healthz/",
    "/HEALTHZ",
    "/login.html",
    "/loginx",
    "/s",
    "/setupx",
    "/api/import/",
    "//login",
    "/./login",
    "/%2e/s/",
)


def own_page(path: str) -> dict[str, str]:
    return {} if path.startswith(("/_stcore", "/static", "/media", "/component", "/geo", "/api")) else PAGE


# ── without a session ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", PAGES)
def test_a_page_leads_to_signing_in_and_back(house: House, path: str) -> None:
    answer = house.ask(path, **PAGE)
    there = "/login" if path == "/" else f"/login?next={path.replace('?', '%3F').replace('=', '%3D')}"
    assert (answer.status, answer.headers["location"]) == (303, there)
    assert house.behind.seen == []


@pytest.mark.parametrize("path", [*FETCHED, *PAGES, *ODD])
def test_what_a_page_fetches_is_refused(house: House, path: str) -> None:
    answer = house.ask(path)
    error = json.loads(answer.body)["error"]
    assert (answer.status, answer.headers["content-type"]) == (401, "application/json")
    assert error["what"]
    assert error["remedy"]
    assert house.behind.seen == []


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
@pytest.mark.parametrize("path", ["/healthz", "/", "/_stcore/upload_file/a/b", "/screen", "/api/import/x"])
def test_nothing_is_changed_without_a_session(house: House, path: str, method: str) -> None:
    assert house.ask(path, method=method, **PAGE).status == 401
    assert house.behind.seen == []


@pytest.mark.parametrize("path", ["/api/import", "/api/annotate", "/api/backup"])
def test_an_address_for_programs_is_none_for_browsers(house: House, path: str) -> None:
    assert house.ask(path, **PAGE).status == 401
    assert house.behind.seen == []


@pytest.mark.parametrize(
    "headers",
    [
        {"authorization": "Bearer {token}"},
        {"x_session": "{token}"},
        {"cookie": "other={token}"},
        {"cookie": SESSION_COOKIE.upper() + "={token}"},
        {"cookie": SESSION_COOKIE + "="},
        {"cookie": SESSION_COOKIE + "={token}x"},
        {"cookie": SESSION_COOKIE + '="{token}"'},
        {"sec_websocket_protocol": "streamlit, {token}"},
    ],
)
def test_a_session_s_id_counts_in_its_cookie_alone(house: House, headers: dict[str, str]) -> None:
    token = house.enrol(Role.VIEWER, COUNTY)
    sent = {name: value.format(token=token) for name, value in headers.items()}
    asked = f"?{SESSION_COOKIE}={token}&token={token}"
    assert house.ask(f"/map{asked}", **sent).status == 401
    assert not house.connect(f"/_stcore/stream{asked}", origin=f"http://{HOST}", **sent)
    assert house.ask("/map", token=token).body == b"behind"


def test_health_tells_strangers_no_more_than_that_it_is_well(house: House) -> None:
    assert json.loads(house.ask("/healthz").body) == {"status": "warn"}, "there is no backup yet"
    token = house.enrol(Role.VIEWER, TOWN_A)
    assert json.loads(house.ask("/healthz", token=token).body) == {"status": "warn", "watermark": 1}


def test_robots_are_told_to_stay_away(house: House) -> None:
    assert house.ask("/robots.txt").body == b"User-agent: *\nDisallow: /\n"


@pytest.mark.parametrize("key", ["", "x", "k" * 42])
def test_a_program_shows_the_machine_s_key(house: House, key: str) -> None:
    sent = [(KEY_HEADER.lower(), key)]
    assert house.ask("/api/import", method="POST", headers=sent).status == 403
    token = house.enrol(Role.ADMINISTRATOR, "")
    assert house.ask("/api/import", method="POST", headers=sent, token=token).status == 403
    right = [(KEY_HEADER.lower(), HANDLE.key)]
    assert house.ask("/api/import?name=a.csv", method="POST", headers=right).status != 403


# ── with a session ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_session_opens_pages_files_and_the_websocket_as_its_account(house: House) -> None:
    token = house.enrol(Role.VIEWER, COUNTY)
    for path in ("/", "/map", "/static/js/index.js", "/media/0f.png", "/_stcore/health"):
        assert house.ask(path, token=token).body == b"behind"
    assert house.connect(token=token, origin=f"http://{HOST}")
    assert set(house.behind.acted) == {"某人"}


def ended(house: House, number: int) -> None:
    actions.end_account_sessions(house.workspace.acting(SYSTEM), number, actor=SYSTEM, now=house.now)


def disabled(house: House, number: int) -> None:
    actions.set_disabled(house.workspace.acting(SYSTEM), number, True, reason="调离", actor=SYSTEM, now=house.now)


def idle(house: House, number: int) -> None:
    house.now += timedelta(minutes=house.workspace.settings.idle_minutes)


def new_password(house: House, number: int) -> None:
    actions.reset_password(house.workspace.acting(SYSTEM), number, actor=SYSTEM, now=house.now)


@pytest.mark.parametrize("end", [ended, disabled, idle, new_password])
def test_a_session_that_ended_opens_nothing_from_the_next_request_on(house: House, end: Any) -> None:
    number, token = house.person(Role.REPORTER, TOWN_A)
    assert house.ask("/", token=token).status == 200
    end(house, number)
    assert house.ask("/", token=token, **PAGE).status == 303
    assert house.ask("/media/0f.png", token=token).status == 401
    assert not house.connect(token=token, origin=f"http://{HOST}")


def test_looking_again_keeps_a_session_alive_and_what_a_screen_fetches_does_not(house: House) -> None:
    token, step = house.enrol(Role.VIEWER, COUNTY), timedelta(minutes=20)
    for path, headers in (("/", PAGE), ("/", PAGE), ("/screen/deck", {}), ("/media/0f.png", {})):
        house.now += step if path == "/" else timedelta(minutes=14)
        assert house.ask(path, token=token, **headers).status in (200, 403)
    house.now += timedelta(minutes=5)
    assert house.ask("/", token=token, **PAGE).status == 303


def test_a_session_has_an_end_however_much_it_is_used(house: House) -> None:
    token = house.enrol(Role.VIEWER, COUNTY)
    for _ in range(12 * 4 - 1):
        house.now += timedelta(minutes=15)
        assert house.ask("/", token=token, **PAGE).status == 200
    house.now += timedelta(minutes=15)
    assert house.ask("/", token=token, **PAGE).status == 303


def test_a_first_password_is_changed_before_anything_else(house: House) -> None:
    made = add(house.workspace, "newcomer", Grant(Role.VIEWER, region_key(COUNTY)))
    token = enter(house.workspace, "newcomer", made.first_password).token
    for asked, next_ in (("/map", "?next=/map"), ("/", "")):
        answer = house.ask(asked, token=token, **PAGE)
        assert (answer.status, answer.headers["location"]) == (303, f"/login/password{next_}")
    assert house.ask("/media/0f.png", token=token).status == 403
    assert not house.connect(token=token, origin=f"http://{HOST}")
    assert house.ask("/login/password", token=token, **PAGE).status == 200
    assert "watermark" not in json.loads(house.ask("/healthz", token=token).body)
    assert house.behind.seen == []


def test_a_role_changed_meanwhile_is_another_answer_at_the_next_request(house: House) -> None:
    number, token = house.person(Role.VIEWER, TOWN_A)
    address = f"/print/overview?region={TOWN_A}&month=2026-01&indicator=garbage"
    assert house.ask(address, token=token).status == 200
    system = house.workspace.acting(SYSTEM)
    actions.change_grants(system, number, [Grant(Role.VIEWER, region_key(TOWN_B))], actor=SYSTEM, now=house.now)
    assert house.ask(address, token=token).status == 403


# ── several cookies ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_of_several_ids_only_the_one_that_holds_goes_on(house: House, order: tuple[int, int]) -> None:
    token = house.enrol(Role.VIEWER, COUNTY)
    sent = [f"{SESSION_COOKIE}={('forged', token)[place]}" for place in order]
    for headers in ([("cookie", "a=1; " + "; ".join(sent))], [("cookie", one) for one in sent]):
        assert house.ask("/", headers=headers).body == b"behind"
        (cookies,) = [value for name, value in house.behind.seen[-1]["headers"] if name == b"cookie"]
        assert cookies.count(SESSION_COOKIE.encode()) == 1
        assert token.encode() in cookies


def test_a_flood_of_ids_is_not_looked_up(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr("ecodash.sessions.find", lambda _workspace, token, **_more: asked.append(token))
    house.ask("/", headers=[("cookie", "; ".join(f"{SESSION_COOKIE}=t{place}" for place in range(500)))])
    assert len(asked) == 4


def test_an_id_chosen_by_somebody_else_is_never_a_session(house: House) -> None:
    chosen = "A" * 43
    house.enrol(Role.VIEWER, COUNTY)
    assert house.ask("/", token=chosen).status == 401
    with house.workspace.store.reading() as connection:
        assert records.find_session(connection, hash_token(chosen)) is None


# ── what is shown, by region ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("region", "status"), [(TOWN_A, 200), (A1, 200), (TOWN_B, 403), (COUNTY, 403)])
def test_paper_and_screen_show_one_s_own_regions_only(house: House, region: str, status: int) -> None:
    token = house.enrol(Role.VIEWER, TOWN_A)
    printed = house.ask(f"/print/profile?region={region}&month=2026-01", token=token)
    assert printed.status == status
    assert house.ask(f"/screen?region={region}&pages=profile", token=token).status == status
    assert house.ask(f"/screen/deck?region={region}&pages=profile", token=token).status == status


def test_slides_drawn_for_one_are_not_handed_to_another(house: House) -> None:
    all_of_it = house.enrol(Role.VIEWER, COUNTY)
    little = house.enrol(Role.VIEWER, TOWN_B)
    address = f"/screen/deck?region={COUNTY}&pages=ranking:garbage"
    first = house.ask(address, token=all_of_it)
    assert first.status == 200
    again = house.ask(address, token=little, if_none_match=first.headers["etag"])
    assert (again.status, "slides" in json.loads(again.body)) == (403, False)


@pytest.mark.parametrize(
    ("role", "region", "status"),
    [(Role.VIEWER, COUNTY, 200), (Role.ADMINISTRATOR, "", 200), (Role.VIEWER, TOWN_A, 403), (None, "", 401)],
)
def test_a_snapshot_for_accounts_opens_for_those_who_may_read_it(
    house: House, role: Role | None, region: str, status: int
) -> None:
    desk = Desk(house.workspace.acting(SYSTEM))
    made = desk.make(Page.OVERVIEW, access=Access.SIGNED_IN)
    desk.close()
    token = house.enrol(role, region) if role else ""
    answer = house.ask(made.path, token=token)
    assert answer.status == (403 if status == 401 else status)
    assert ("调度会" in answer.body.decode()) == (status == 200)
    if status == 401:
        led = house.ask(made.path, **PAGE)
        assert (led.status, led.headers["location"]) == (303, f"/login?next={made.path}")


# ── open mode ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("sent", "passes"),
    [
        ({"client": "127.0.0.1", "host": "127.0.0.1:8501"}, True),
        ({"client": "::1", "host": "localhost:8501"}, True),
        ({"client": "127.0.0.1", "host": "ecodash.test"}, False),
        ({"client": "10.1.2.3", "host": "127.0.0.1:8501"}, False),
        ({"client": "127.0.0.1", "host": "127.0.0.1", "x_forwarded_for": "10.1.2.3"}, False),
        ({"client": "127.0.0.1", "host": "127.0.0.1", "via": "1.1 proxy"}, False),
    ],
)
def test_open_mode_is_for_the_machine_itself(house: House, sent: dict[str, str], passes: bool) -> None:
    local = house.with_settings(is_open=True)
    try:
        for path, status in (("/map", 403), ("/media/0f.png", 403), ("/_stcore/health", 403)):
            assert local.ask(path, **sent).status == (200 if passes else status)
        assert local.connect(origin=f"http://{sent['host']}", **sent) == passes
        assert set(local.behind.acted) == ({"本机操作员"} if passes else set())
    finally:
        local.close()


def test_a_session_counts_for_nothing_in_open_mode(house: House) -> None:
    token = house.enrol(Role.ADMINISTRATOR, "")
    local = house.with_settings(is_open=True)
    try:
        assert local.ask("/map", token=token, **PAGE).status == 403
    finally:
        local.close()
