"""The app with accounts, as a process: what it says at its start, what strangers get, and a tab whose session has ended."""

import re
import socket
from pathlib import Path

import httpx
from playwright.sync_api import Browser, expect

from tests.browser.driving import OFFICE, Server, running_app, settle, watched_context

PASSWORD = "暨龙镇的桂花开了三回"
OFFERED = (
    "/_stcore/health", "/_stcore/host-config", "/_stcore/metrics", "/_stcore/script-health-check",
    "/_stcore/agent/openapi.json", "/_stcore/upload_file/a/b", "/media/a.png", "/component/a/index.html",
    "/_stcore/bidi-components/a", "/app/static/a", "/static/js/a.js", "/favicon.png", "/manifest.json", "/auth/login",
    "/oauth2callback", "/map/_stcore/health", "/nothing", "/api/import",
)  # fmt: skip


def handshake(server: Server, *lines: str) -> str:
    """The status of the answer to a websocket's handshake."""
    host = server.url.removeprefix("http://")
    written = [
        "GET /_stcore/stream HTTP/1.1", f"Host: {host}", "Upgrade: websocket", "Connection: Upgrade",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13", *lines, "", "",
    ]  # fmt: skip
    with socket.create_connection(("127.0.0.1", int(host.rpartition(":")[2])), timeout=30) as connection:
        connection.sendall("\r\n".join(written).encode())
        return connection.recv(4_096).decode("latin-1").split(" ")[1]


def test_an_installation_with_accounts_from_its_first_start_on(
    browser: Browser, sample_copy: Path, tmp_path: Path
) -> None:
    with running_app(sample_copy, tmp_path, ECODASH_OPEN="") as server:
        (link,) = re.findall(r"(http://127\.0\.0\.1:\d+/setup/\S+)", server.log.read_text("utf-8"))
        with httpx.Client(base_url=server.url, trust_env=False) as stranger:
            for path in OFFERED:
                answer = stranger.get(path)
                assert answer.status_code in (401, 404), path
                assert answer.headers["content-type"] == "application/json", path
                assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
                assert "server" not in answer.headers
            led = stranger.get("/map?region=500230", headers={"accept": "text/html"})
            assert (led.status_code, led.headers["location"]) == (303, "/login?next=/map%3Fregion%3D500230")
        own = f"Origin: {server.url}"
        assert handshake(server, own) == "403"

        context, watch = watched_context(browser, OFFICE)
        page = context.new_page()
        page.goto(link)
        for name, text in (("login", "admin"), ("name", "管理员"), ("new", PASSWORD), ("again", PASSWORD)):
            page.fill(f"[name={name}]", text)
        page.click("button[type=submit]")
        page.locator("h1").first.wait_for()
        (session,) = [one["value"] for one in context.cookies() if one["name"] == "ecodash_session"]
        cookie = f"Cookie: ecodash_session={session}"
        assert handshake(server, own, cookie) == "101"
        assert handshake(server, "Origin: http://evil.test", cookie) == "403"
        page.goto(f"{server.url}/map?region=500230")
        page.locator("h1").first.wait_for()
        settle(page)
        expect(page.locator(".places").first).to_be_visible()

        asleep = context.new_page()
        asleep.goto(f"{server.url}/progress?region=500230")
        asleep.locator("h1").first.wait_for()
        settle(asleep)
        other = context.new_page()
        other.goto(f"{server.url}/logout")
        other.click("button[type=submit]")
        expect(other).to_have_url(re.compile("/login"))
        page.locator('[data-testid="stTopNavLink"]').nth(2).click()
        expect(page).to_have_url(re.compile("/login"))
        expect(page.locator("[name=password]")).to_be_visible()
        # What a tab asks whose connection was cut, as when a computer was asleep.
        asleep.evaluate("() => { fetch('/_stcore/health').then((answer) => answer.text()); }")
        expect(asleep).to_have_url(re.compile("/login"))
        assert handshake(server, own, cookie) == "403"
        assert watch.errors == []
        assert watch.outside() == []
        assert server.outside_connections() == []
        context.close()
