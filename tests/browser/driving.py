"""The app as a process, and Chromium in front of it with DNS blocked and every request written down."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, Request

from ecodash.settings import PROJECT_ROOT

CHROMIUM = "/usr/bin/chromium"
OFFICE = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
PAGES = [
    "overview",
    "map",
    "progress",
    "ranking",
    "profile",
    "lists",
    "upload",
    "snapshots",
    "meeting",
    "targets",
    "composites",
    "boundaries",
]
"""What whoever works without an account sees too."""
STAFF_PAGES = ["review", "calendar", "users", "indicators", "backups", "audit", "account"]
"""What is about people, and about what they handed in."""
WAIT_MS = 60_000


@dataclass
class Server:
    """A running app.

    Args:
        url: where it answers.
        home: its ECODASH_HOME.
        left: file with the connections it tried beyond loopback.
        log: file with what it says in the window it was started from.
        pid: of its process.
    """

    url: str
    home: Path
    left: Path
    log: Path
    pid: int = 0

    def outside_connections(self) -> list[str]:
        return self.left.read_text(encoding="utf-8").splitlines() if self.left.exists() else []


@contextmanager
def running_app(home: Path, scratch: Path, **settings: str) -> Iterator[Server]:
    """The app over a home, started as `streamlit run app.py` does, with its way out of the machine watched.

    Args:
        settings: environment variables; by default everybody works without an account, ECODASH_OPEN="" asks for one.
    """
    port = free_port()
    left = scratch / f"left-{port}.log"
    log = (scratch / f"app-{port}.log").open("w", encoding="utf-8")
    environment = os.environ | {
        "ECODASH_HOME": str(home),
        "ECODASH_OPEN": "1",
        "NETGUARD_LOG": str(left),
        "PYTHONPATH": str(Path(__file__).parent / "netguard"),
        **settings,
    }
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    process = subprocess.Popen(command, cwd=PROJECT_ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT)
    server = Server(f"http://127.0.0.1:{port}", home, left, Path(log.name), process.pid)
    try:
        _wait_until_healthy(server, process, Path(log.name))
        yield server
    finally:
        process.terminate()
        # Longer than the app takes to give up: then it says what it was waiting for.
        process.wait(timeout=60)
        log.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_healthy(server: Server, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(240):
        assert process.poll() is None, log.read_text(encoding="utf-8")
        try:
            with urllib.request.urlopen(f"{server.url}/healthz", timeout=5):
                return
        except OSError:
            time.sleep(0.25)
    raise AssertionError(f"the app did not answer: {log.read_text(encoding='utf-8')}")


def launch(playwright: Playwright) -> Browser:
    """Chromium from Debian, which can look up no name."""
    return playwright.chromium.launch(
        executable_path=CHROMIUM,
        args=[
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        ],
    )


_BLOCKED = "blocked by policy:"
_TELL_BLOCKED = (
    "document.addEventListener('securitypolicyviolation', event =>"
    f" console.error('{_BLOCKED}', event.violatedDirective, event.blockedURI, event.sourceFile))"
)


@dataclass
class Watch:
    """What a browser context asked for, and what went wrong in its pages."""

    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def outside(self) -> list[str]:
        local = ("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:", "about:", "chrome-error:")
        return [url for url in self.requests if not url.startswith(local)]


def watched_context(browser: Browser, size: dict[str, int], **options: object) -> tuple[BrowserContext, Watch]:
    """A Chinese browser window of a size, with everything it asks for written down."""
    context = browser.new_context(viewport=size, locale="zh-CN", timezone_id="Asia/Shanghai", **options)  # type: ignore[arg-type]
    context.set_default_timeout(WAIT_MS)
    watch = Watch()

    def note(request: Request) -> None:
        watch.requests.append(request.url)

    def read(message: ConsoleMessage) -> None:
        if message.text.startswith(_BLOCKED):
            watch.errors.append(message.text)

    def follow(page: Page) -> None:
        page.on("console", read)
        page.on("websocket", lambda socket: watch.requests.append(socket.url))
        page.on("pageerror", lambda error: watch.errors.append(str(error)))

    context.add_init_script(_TELL_BLOCKED)
    context.on("request", note)
    context.on("page", follow)
    return context, watch


def open_page(page: Page, address: str) -> None:
    """Go to an address of the app and wait until it is drawn whole."""
    page.goto(address)
    page.locator("h1").first.wait_for()
    settle(page)


def settle(page: Page, pause: int = 300) -> None:
    """Wait until no script runs and nothing is stale, and some milliseconds more for what is drawn after that."""
    page.wait_for_function(
        """() => {
            const app = document.querySelector('[data-testid="stApp"]');
            return app && app.getAttribute('data-test-script-state') === 'notRunning'
                && !document.querySelector('[data-stale="true"]');
        }"""
    )
    page.wait_for_timeout(pause)


def grid_text(page: Page) -> str:
    """The cells of every table on the page, as assistive technology reads them: a row a line."""
    page.wait_for_selector('[data-testid="stDataFrame"] canvas')
    page.wait_for_timeout(500)
    rows = page.evaluate(
        """() => [...document.querySelectorAll('[data-testid="stDataFrame"] canvas table tr')]
            .map(row => [...row.querySelectorAll('td,th')].map(cell => cell.textContent).join(' | '))"""
    )
    return "\n".join(rows)


def grid_row(page: Page, text: str) -> str:
    """The first row of any table that holds a text, once there is one."""
    for _ in range(40):
        found = [line for line in grid_text(page).splitlines() if text in line]
        if found:
            return found[0]
    raise AssertionError(f"no table shows {text}")
