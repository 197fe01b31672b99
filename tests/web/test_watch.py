"""Every request has a number, a line in the log and its place in the counts; none of them tells a secret."""

import logging
from typing import Any

import pytest
import sqlalchemy as sa

from ecodash import logs, meters
from ecodash.domain.access import Role
from ecodash.web.routes import build_routes
from ecodash.web.watch import REFUSED
from tests.builders import TOWN_A
from tests.permits.routes import ROUTES
from tests.web.apart import finish
from tests.web.gates import PAGE, READER, Crash, House


def told(caplog: pytest.LogCaptureFixture, event: str = "request") -> list[dict[str, Any]]:
    found = [record.msg for record in caplog.records if isinstance(record.msg, dict)]
    return [line for line in found if line["event"] == event]


@pytest.fixture(autouse=True)
def heard(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)


def counted(method: str, route: str, status: int) -> float:
    value = meters.REGISTRY.get_sample_value(
        "ecodash_http_requests_total", {"method": method, "route": route, "status": str(status)}
    )
    return value or 0.0


def test_a_request_is_told_with_its_route_its_answer_and_who_asked(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    number, token = house.person(Role.VIEWER, TOWN_A)
    answer = house.ask("/map?region=500230101", token=token, **PAGE)
    (line,) = told(caplog)
    assert (line["method"], line["route"], line["status"], line["bytes"]) == ("GET", "/{page}", 200, 6)
    assert (line["by"], line["address"]) == (number, READER)
    assert line["ms"] > 0
    assert len(answer.headers["x-request-id"]) == 16
    assert answer.headers["x-request-id"] != house.ask("/map", token=token).headers["x-request-id"]


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/s/A-secret-link-of-a-snapshot", "/s/{token}"),
        ("/s/A-secret-link-of-a-snapshot/tables.xlsx", "/s/{token}/{part}"),
        ("/setup/A-secret-link", "/setup/{token}"),
        ("/login?next=%2Fs%2FA-secret-link", "/login"),
        ("/A-secret-link", REFUSED),
        ("/auth/A-secret-link", REFUSED),
    ],
)
def test_no_address_is_told_as_it_was_typed(
    house: House, caplog: pytest.LogCaptureFixture, path: str, route: str
) -> None:
    house.ask(path, **PAGE)
    assert told(caplog)[-1]["route"] == route
    assert "A-secret" not in caplog.text


@pytest.mark.parametrize("path", ["/s/x", "/nothing", "/%0a", "/map/x/y", "/_stcore/x", "/api/x"])
def test_routes_are_of_a_bounded_number(house: House, path: str) -> None:
    token = house.enrol(Role.VIEWER, TOWN_A)
    known = {f"/{one.partition(' /')[2]}" for one in ROUTES} | {
        "/s/{token}", "/s/{token}/{part}", "/setup/{token}", "/login", "/logout", "/static/*", "/{page}", "(other)", REFUSED,
    }  # fmt: skip
    house.ask(path, token=token)
    samples = [one for metric in meters.REGISTRY.collect() for one in metric.samples]
    assert {one.labels["route"] for one in samples if "route" in one.labels} <= known


def test_every_route_of_ours_is_counted_under_its_own_template(house: House) -> None:
    for route in build_routes(lambda: house.workspace, lambda: None):
        path = (
            route.path.replace("{digest}", "0" * 64)
            .replace("{number}", "1")
            .replace("{page}", "map")
            .replace("{name}", "x")
        )
        method = "POST" if "POST" in (route.methods or ()) else "GET"
        before = sum(counted(method, route.path, status) for status in (200, 303, 401, 403, 404, 409, 422))
        house.ask(path, method=method, token=house.enrol(Role.ADMINISTRATOR, ""))
        assert sum(counted(method, route.path, status) for status in (200, 303, 401, 403, 404, 409, 422)) == before + 1


def test_a_method_nobody_knows_is_no_label(house: House) -> None:
    before = counted("other", "/{page}", 405)
    house.ask("/map", method="BREW")
    assert counted("other", "/{page}", 405) == before + 1


# ── numbers ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_trusted_proxys_number_is_kept_and_nobody_elses(house: House) -> None:
    behind = house.with_settings(trusted_proxies=("10.9.9.9",))
    try:
        named = {"x_request_id": "nginx-0123456789abcdef"}
        assert behind.ask("/login", client="10.9.9.9", **named).headers["x-request-id"] == named["x_request_id"]
        assert behind.ask("/login", client=READER, **named).headers["x-request-id"] != named["x_request_id"]
    finally:
        behind.close()


@pytest.mark.parametrize(
    "given", ["short", "x" * 65, "with space 12345", "a\tb12345678", "数字数字数字", "<script>alert(1)"]
)
def test_a_number_that_is_no_plain_word_is_not_kept(house: House, given: str) -> None:
    behind = house.with_settings(trusted_proxies=("10.9.9.9",))
    try:
        answer = behind.ask("/login", client="10.9.9.9", headers=[("x-request-id", given.encode().decode("latin-1"))])
        assert len(answer.headers["x-request-id"]) == 16
    finally:
        behind.close()


def test_a_fault_is_told_under_the_number_the_reader_sees(house: House, caplog: pytest.LogCaptureFixture) -> None:
    token = house.enrol(Role.VIEWER, TOWN_A)
    numbers = []
    before = meters.REGISTRY.get_sample_value("ecodash_unexpected_errors_total", {"place": "request"}) or 0.0
    sent: list[Any] = []
    scope = house._scope("http", "/crash", token, READER, "ecodash.test", "http", PAGE.items(), {}) | {"method": "GET"}

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    async def ask() -> None:
        try:
            await house.app(scope, receive, send)
        except Crash as error:
            numbers.append(logs.number_of(error))

    finish(ask())
    assert sent[0]["status"] == 500
    assert f"编号 {numbers[0]}" in sent[1]["body"].decode()
    assert told(caplog)[-1]["status"] == 500
    assert meters.REGISTRY.get_sample_value("ecodash_unexpected_errors_total", {"place": "request"}) == before + 1


def test_a_fault_of_the_store_tells_no_values(house: House) -> None:
    with pytest.raises(sa.exc.SQLAlchemyError) as caught, house.workspace.store.reading() as connection:
        connection.execute(sa.text("SELECT nothing FROM counter WHERE name = :name"), {"name": "geheim-4711"})
    assert "geheim" not in str(caught.value)


def test_an_open_page_is_counted_while_it_is_open(house: House, caplog: pytest.LogCaptureFixture) -> None:
    token = house.enrol(Role.VIEWER, TOWN_A)
    assert house.connect(token=token, origin="http://ecodash.test")
    assert not house.connect(token="", origin="http://ecodash.test")
    assert meters.REGISTRY.get_sample_value("ecodash_websockets") == 0
    assert len(told(caplog, "page_opened")) == len(told(caplog, "page_closed")) == 1
