"""deploy/nginx/ecodash.conf at work: a real nginx in front of two processes of the app that share a PostgreSQL store."""

import http.client
import os
import re
import secrets
import signal
import ssl
import time
import tomllib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, expect

from ecodash import actions, queries
from ecodash.domain.access import SYSTEM, Grant, Role
from ecodash.domain.pages import Page
from ecodash.domain.periods import Month
from ecodash.domain.regions import Level
from ecodash.domain.selection import Selection
from ecodash.domain.snapshots import SnapshotWish
from ecodash.sessions import SESSION_COOKIE
from ecodash.settings import PROJECT_ROOT, load_settings
from ecodash.web.shield import MARGIN
from ecodash.workspace import open_workspace
from tests.browser.driving import OFFICE, Server, running_app, settle, watched_context
from tests.browser.office import sign_in
from tests.builders import commit
from tests.deploy.proxy import SAMPLE, Proxy, running_nginx
from tests.people import COUNTY, PASSWORD, audited, cheap_hashing, enrol
from tests.postgres_server import Server as Postgres

VILLAGE = "500230123200"
OUTSIDE = "127.0.0.9"
"""An address of this machine that is not the proxy's."""


@dataclass(frozen=True)
class Province:
    """Two processes of the app on one store, and nginx in front.

    Args:
        environment: to look into the store with.
        token: of somebody who has signed in.
        snapshot: path of a link.
    """

    apps: tuple[Server, Server]
    proxy: Proxy
    environment: dict[str, str]
    token: str
    snapshot: str

    def get(self, path: str, *, token: str = "", address: str = "127.0.0.1", **headers: str) -> httpx.Response:
        """Through the proxy, over a connection of its own."""
        transport = httpx.HTTPTransport(verify=False, local_address=address)
        cookies = {SESSION_COOKIE: token} if token else {}
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        with httpx.Client(base_url=self.proxy.url, transport=transport, cookies=cookies, headers=sent) as client:
            return client.get(path)

    def served_by(self, mark: str) -> list[int]:
        """Ports of the processes that answered requests for a path with a mark in it."""
        time.sleep(0.1)  # nginx writes the line after the answer
        lines = [line for line in self.proxy.log().splitlines() if mark in line]
        return [int(port) for line in lines for port in re.findall(r" 127\.0\.0\.1:(\d+)", line.partition('" ')[2])]


@pytest.fixture(scope="module")
def province(postgres_server: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Province]:
    folder = tmp_path_factory.mktemp("province")
    database = postgres_server.url(postgres_server.new_database())
    shared = {"ECODASH_DATABASE_URL": database, "ECODASH_LINK_KEY_FILE": str(folder / "link.key")}
    environment = shared | {"ECODASH_HOME": str(folder / "office")}
    token, snapshot = _fill(environment)
    more = shared | {"ECODASH_OPEN": "", "ECODASH_TRUSTED_PROXIES": "127.0.0.1"}
    with ExitStack() as stack:
        apps = [stack.enter_context(running_app(folder / name, folder, **more)) for name in ("a", "b")]
        ports = [int(app.url.rpartition(":")[2]) for app in apps]
        proxy = stack.enter_context(running_nginx(folder / "nginx", ports))
        for app in apps:
            _wait_for_copies(app)
        yield Province((apps[0], apps[1]), proxy, environment, token, snapshot)


def _wait_for_copies(app: Server) -> None:
    """Until Streamlit's files have been compressed, which a thread does after the start."""
    for _ in range(600):
        if [*(app.home / "static").glob("*/copies.json")]:
            return
        time.sleep(0.1)
    raise AssertionError(app.log.read_text("utf-8"))


def _fill(environment: dict[str, str]) -> tuple[str, str]:
    """A county with one month's figures, people, and a snapshot: a session's token and the snapshot's path."""
    now = datetime.now(UTC)
    workspace = open_workspace(load_settings(environment), now)
    try:
        actions.add_regions(workspace, ["500230"], actor=SYSTEM, now=now)
        commit(workspace.store, (VILLAGE, "garbage_cleared", "2026-10", 12), file="月报.csv")
        with cheap_hashing():
            _, token = enrol(workspace, "viewer", Grant(Role.VIEWER, COUNTY), now=now)
            enrol(workspace, "reporter", Grant(Role.REPORTER, COUNTY), now=now)
        seen = workspace.acting(SYSTEM)
        here = Selection(queries.newest_watermark(seen), Month(2026, 10), COUNTY, "garbage_cleared", Level.TOWN)
        frozen = queries.freeze_pages(seen, (Page.OVERVIEW,), here)
        made = actions.create_snapshot(seen, frozen, SnapshotWish(title="十月"), actor=SYSTEM, now=now)
        return token, made.path
    finally:
        workspace.close()


# ── the sample ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_takes_files_as_large_as_the_app_does() -> None:
    config = tomllib.loads((PROJECT_ROOT / ".streamlit" / "config.toml").read_text("utf-8"))
    largest = re.search(r"client_max_body_size (\d+)m;", SAMPLE.read_text("utf-8"))
    assert largest is not None
    assert int(largest[1]) * 1024 * 1024 == config["server"]["maxUploadSize"] * 1024 * 1024 + MARGIN


# ── one request ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_pages_and_files_come_through_as_the_app_sends_them(province: Province) -> None:
    page = province.get("/", token=province.token, accept="text/html", accept_encoding="br")
    assert (page.status_code, page.headers["content-encoding"]) == (200, "br")
    assert page.headers["strict-transport-security"] == "max-age=31536000"
    assert f"wss://127.0.0.1:{province.proxy.port}" in page.headers["content-security-policy"]
    assert page.headers["server"] == "nginx"
    direct = httpx.get(f"{province.apps[0].url}/login", headers={"accept": "text/html"})
    through = province.get("/login", accept="text/html")
    assert {*through.headers} - {*direct.headers} <= {"server", "strict-transport-security", "connection"}
    assert re.fullmatch("[0-9a-f]{32}", page.headers["x-request-id"])
    assert page.headers["x-request-id"] in province.proxy.log()
    (script,) = re.findall(r'src="\./(static/js/index\.[^"]+)"', province.get("/", token=province.token).text)
    for taken in ("br", "gzip"):
        answer = province.get(f"/{script}", accept_encoding=taken)
        assert answer.headers["content-encoding"] == taken
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["etag"].startswith('"')
    assert province.get("/map?region=500230", accept="text/html").headers["location"].startswith("/login?next=")


def test_plain_http_leads_to_https(province: Province) -> None:
    answer = httpx.get(f"http://127.0.0.1:{province.proxy.plain_port}/map?region=500230")
    assert (answer.status_code, answer.headers["location"]) == (301, "https://127.0.0.1/map?region=500230")


def test_the_audit_names_the_browser_s_address_and_not_one_it_makes_up(province: Province) -> None:
    transport = httpx.HTTPTransport(verify=False, local_address=OUTSIDE)
    with httpx.Client(base_url=province.proxy.url, transport=transport) as client:
        token = re.search(r'name="form" value="([^"]+)"', client.get("/login").text)
        assert token is not None
        fields = {"form": token[1], "login": "viewer", "password": PASSWORD}
        lies = {"X-Forwarded-For": "203.0.113.7", "X-Real-IP": "203.0.113.7", "Origin": province.proxy.url}
        answer = client.post("/login", data=fields, headers=lies)
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        assert "; Secure" in answer.headers["set-cookie"]
    workspace = open_workspace(load_settings(province.environment))
    try:
        assert audited(workspace, "sign_in").iloc[-1]["address"] == OUTSIDE
    finally:
        workspace.close()


def test_too_large_a_file_is_refused_before_it_is_sent(province: Province) -> None:
    told = ssl.create_default_context(cafile=province.proxy.certificate)
    connection = http.client.HTTPSConnection("127.0.0.1", province.proxy.port, context=told, timeout=30)
    connection.putrequest("POST", "/_stcore/upload_file/a/b")
    connection.putheader("Content-Length", str(52 * 1024 * 1024))
    connection.endheaders()
    assert connection.getresponse().status == 413
    connection.close()


def test_links_that_open_by_themselves_are_not_in_the_log(province: Province) -> None:
    assert province.get(province.snapshot).status_code == 200
    province.get("/setup/secret-of-the-first-account")
    log = province.proxy.log()
    assert province.snapshot.removeprefix("/s/") not in log
    assert "secret-of-the-first-account" not in log
    assert '"GET /s/-" 200' in log


# ── two processes ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_session_and_a_snapshot_link_are_good_on_either_process(province: Province) -> None:
    cookies = {SESSION_COOKIE: province.token}
    pages = [httpx.get(app.url, cookies=cookies, headers={"accept": "text/html"}) for app in province.apps]
    assert [page.status_code for page in pages] == [200, 200]
    as_asked = {"host": "ecodash.example.cn"}
    shown = [httpx.get(f"{app.url}{province.snapshot}", headers=as_asked) for app in province.apps]
    assert [page.status_code for page in shown] == [200, 200]
    assert shown[0].content == shown[1].content
    assert "十月" in shown[0].text


def test_a_browser_stays_with_a_process_and_browsers_are_spread(province: Province) -> None:
    tokens = [secrets.token_hex(16) for _ in range(12)]
    for token in tokens:
        for turn in range(3):
            province.get(f"/static/js/{token}-{turn}", token=token, address=f"127.0.0.{2 + turn}")
    found = [province.served_by(token) for token in tokens]
    assert all(len(ports) == 3 and len(set(ports)) == 1 for ports in found)
    assert len({ports[0] for ports in found}) == 2


def test_an_ended_session_is_ended_on_both(province: Province) -> None:
    transport = httpx.HTTPTransport(verify=False)
    with httpx.Client(base_url=province.proxy.url, transport=transport) as client:
        token = re.search(r'name="form" value="([^"]+)"', client.get("/login").text)
        assert token is not None
        own = {"Origin": province.proxy.url}
        client.post("/login", data={"form": token[1], "login": "viewer", "password": PASSWORD}, headers=own)
        session = client.cookies[SESSION_COOKIE]
        cookies = {SESSION_COOKIE: session}
        assert [httpx.get(app.url, cookies=cookies).status_code for app in province.apps] == [200, 200]
        leaving = re.search(r'name="form" value="([^"]+)"', client.get("/logout").text)
        assert leaving is not None
        client.post("/logout", data={"form": leaving[1]}, headers=own)
    assert [httpx.get(app.url, cookies=cookies).status_code for app in province.apps] == [401, 401]


def test_a_page_keeps_its_websocket_takes_a_file_and_outlives_its_process(
    province: Province, browser: Browser, tmp_path: Path
) -> None:
    context, watch = watched_context(browser, OFFICE, ignore_https_errors=True)
    page = context.new_page()
    sign_in(page, f"{province.proxy.url}/upload", "reporter", PASSWORD)
    page.locator("h1").first.wait_for()
    settle(page)
    report = tmp_path / "上报.csv"
    report.write_text("月份,区划代码,清运生活垃圾(吨)\n2026-10,500230123201,7\n", "gb18030")
    page.locator("input[type=file]").first.set_input_files(report)
    expect(page.get_by_text("上报.csv").first).to_be_visible()
    settle(page)
    for name in ("排名", "总览"):
        page.get_by_role("link", name=name, exact=True).first.click()
        expect(page.locator("h1").first).to_contain_text(name)
        settle(page)
    sockets = [url for url in watch.requests if url.startswith("wss:")]
    assert len(sockets) == 1
    assert watch.errors == []
    (own,) = {*province.served_by('"PUT /_stcore/upload_file')}
    assert {*province.served_by('"GET /media/')} <= {own}

    serving = next(app for app in province.apps if app.url.endswith(f":{own}"))
    with page.expect_websocket(timeout=60_000):
        os.kill(serving.pid, signal.SIGKILL)
    page.wait_for_function("""() => document.querySelector('[data-testid="stApp"]')
        .getAttribute('data-test-connection-state') === 'CONNECTED'""")
    page.get_by_role("link", name="排名", exact=True).first.click()
    expect(page.locator("h1").first).to_contain_text("排名")
    settle(page)
    context.close()
    # Everybody else of that process is served by the other one too.
    assert province.get("/", token=province.token).status_code == 200
    assert province.get(province.snapshot).status_code == 200
