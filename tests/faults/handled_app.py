"""The app as a process with a hand in it."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from ecodash.sessions import SESSION_COOKIE
from ecodash.settings import PROJECT_ROOT


@dataclass
class App:
    """A running app.

    Args:
        hand: the folder that says what goes wrong (sabotaged_app).
    """

    url: str
    home: Path
    hand: Path
    log: Path
    process: "subprocess.Popen[bytes]"

    def set(self, name: str, said: str = "") -> None:
        """Put something wrong, or right again."""
        file = self.hand / name
        if not said:
            file.unlink(missing_ok=True)
            return
        fresh = file.with_suffix(".new")
        fresh.write_text(said, encoding="utf-8")
        fresh.replace(file)

    def ask(self, path: str, login: str = "", **more: str) -> httpx.Response:
        """One request of a browser."""
        cookies = {"Cookie": f"{SESSION_COOKIE}={login}"} if login else {}
        return httpx.get(
            self.url + path, headers={"Accept": "text/html", **cookies, **more}, follow_redirects=False, timeout=60
        )  # fmt: skip


@contextmanager
def running_app(home: Path, scratch: Path, **settings: str) -> Iterator[App]:
    """The app over a home with accounts; ended however it stands."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    hand = scratch / "hand"
    hand.mkdir(exist_ok=True)
    log = scratch / f"app-{port}.log"
    environment = os.environ | {
        "ECODASH_HOME": str(home), "ECODASH_OPEN": "", "SABOTAGE": str(hand), "PYTHONPATH": str(PROJECT_ROOT), **settings,
    }  # fmt: skip
    command = [sys.executable, str(Path(__file__).parent / "sabotaged_app.py"), "--server.port", str(port)]
    with log.open("wb") as written:
        process = subprocess.Popen(command, cwd=PROJECT_ROOT, env=environment, stdout=written, stderr=written)
    app = App(f"http://127.0.0.1:{port}", home, hand, log, process)
    try:
        for _ in range(480):
            assert process.poll() is None, log.read_text(encoding="utf-8", errors="replace")
            try:
                httpx.get(f"{app.url}/healthz", timeout=10)
                break
            except httpx.TransportError:
                time.sleep(0.25)
        else:
            raise AssertionError("the app did not answer")
        yield app
    finally:
        process.kill()
        process.wait()
