"""The end of a process, told by a signal: what was acknowledged is there, what was refused is not, and it does end."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import httpx
import pytest

from ecodash.errors import ServiceStopping
from ecodash.settings import PROJECT_ROOT
from ecodash.store.commit_lock import CommitLock
from ecodash.web.client import KEY_HEADER
from ecodash.web.stopping import DRAIN_SECONDS, END_SECONDS, Stopping
from tests.builders import A1, A2

REPORT = f"区划代码,月份,garbage_cleared\n{A1},2026-01,5\n{A2},2026-01,8\n".encode()


class App:
    """A running app, and imports sent to it."""

    def __init__(self, home: Path, log: Path, **environment: str) -> None:
        self.home, self._log = home, log
        with log.open("w") as stream:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.web.stopping_server"],
                cwd=PROJECT_ROOT,
                env={**os.environ, "ECODASH_HOME": str(home), "ECODASH_OPEN": "1", **environment},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stream,
                text=True,
            )
        # A fault ends in a failure, not in waiting.
        self._guard = threading.Timer(300, self.process.kill)
        self._guard.start()
        self.url = self.said()
        assert self.url.startswith("http://"), log.read_text()
        self.key = json.loads((home / "app.json").read_text())["key"]
        self.answer: httpx.Response | Exception | None = None

    def said(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def send(self) -> threading.Thread:
        """An import, on its way."""

        def post() -> None:
            try:
                self.answer = httpx.post(
                    f"{self.url}/api/import", params={"name": "r.csv"}, content=REPORT,
                    headers={KEY_HEADER: self.key}, timeout=300, trust_env=False,
                )  # fmt: skip
            except httpx.TransportError as error:
                self.answer = error

        thread = threading.Thread(target=post)
        thread.start()
        return thread

    def go_on(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def end(self) -> None:
        self._guard.cancel()
        self.process.kill()
        self.process.communicate()

    def get(self, path: str, **headers: str) -> httpx.Response:
        return httpx.get(f"{self.url}{path}", headers=headers, timeout=30, trust_env=False)

    def wait_until_stopping(self) -> httpx.Response:
        """What health says once the end has begun."""
        for _ in range(600):
            answer = self.get("/healthz")
            if answer.status_code == 503:
                return answer
            time.sleep(0.05)
        raise AssertionError("the end does not begin")

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self._log.read_text().splitlines() if line.startswith("{")]

    def counted(self, question: str) -> int:
        """A number from the store's file once the app is gone; everything is in the file itself."""
        assert not (self.home / "ecodash.duckdb.wal").exists()
        with duckdb.connect(str(self.home / "ecodash.duckdb"), read_only=True) as connection:
            return int(connection.execute(question).fetchone()[0])  # type: ignore[index]


@pytest.fixture
def home(small_store: Path, tmp_path: Path) -> Path:
    home = tmp_path / "home"
    home.mkdir()
    shutil.copy(small_store, home)
    return home


@pytest.fixture
def started(home: Path, tmp_path: Path) -> Iterator[Any]:
    apps: list[App] = []

    def start(**environment: str) -> App:
        apps.append(App(home, tmp_path / "log", **environment))
        return apps[-1]

    yield start
    for app in apps:
        app.end()


def test_a_commit_under_way_is_finished_and_acknowledged_while_others_are_told_to_come_again(started: Any) -> None:
    app = started(HELD="commit")
    post = app.send()
    assert app.said() == "held"
    app.process.terminate()
    health = app.wait_until_stopping()
    assert health.json()["status"] == "bad"
    assert health.json()["checks"]["process"] == {"status": "bad", "note": "正在停止。"}
    page = app.get("/", accept="text/html")
    assert (page.status_code, page.headers["retry-after"]) == (503, "60")
    assert "正在停止或重启" in page.text
    late = app.get("/api/import")
    assert (late.status_code, late.json()["error"]["kind"]) == (503, "ServiceStopping")
    assert late.headers["content-security-policy"]
    app.go_on()
    post.join()
    assert isinstance(app.answer, httpx.Response)
    assert (app.answer.status_code, app.answer.json()["batch"]) == (200, 1)
    app.process.wait(timeout=300)
    assert app.counted("SELECT count(*) FROM batch") == 1
    assert app.counted("SELECT count(*) FROM audit WHERE action = 'export'") == 1
    assert not (app.home / "app.json").exists()
    assert [line["event"] for line in app.lines() if line["logger"].endswith("stopping")] == ["stopping", "stopped"]


def test_an_import_that_was_not_committed_yet_is_refused_and_nothing_of_it_is_there(started: Any) -> None:
    app = started(HELD="read")
    post = app.send()
    assert app.said() == "held"
    app.process.send_signal(signal.SIGINT)
    app.wait_until_stopping()
    app.go_on()
    post.join()
    assert isinstance(app.answer, httpx.Response)
    assert (app.answer.status_code, app.answer.headers["retry-after"]) == (503, "60")
    assert "没有保存任何数据" in app.answer.json()["error"]["what"]
    app.process.wait(timeout=300)
    assert app.counted("SELECT count(*) FROM batch") == 0
    assert app.counted("SELECT count(*) FROM audit WHERE action = 'export'") == 1


def test_a_commit_that_does_not_end_is_cut_off_not_acknowledged_and_not_there(started: Any) -> None:
    app = started(HELD="commit", DRAIN="0.3", END="2")
    post = app.send()
    assert app.said() == "held"
    app.process.terminate()
    assert app.process.wait(timeout=300) == 75
    post.join()
    assert not (isinstance(app.answer, httpx.Response) and app.answer.status_code == 200)
    assert not (app.home / "app.json").exists()
    assert [line["event"] for line in app.lines()][-1] == "cut_off"
    again = App(app.home, app.home / "log", HELD="")
    try:
        assert again.get("/healthz").json()["watermark"] == 0
        again.process.terminate()
        again.process.wait(timeout=300)
    finally:
        again.end()
    assert again.counted("SELECT count(*) FROM batch") == 0


# ── parts ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_waits_for_requests_and_commits_but_not_for_ever() -> None:
    now, busy, ended = [100.0], [True], []
    stopping = Stopping(lambda: now[0], ended.append)
    stopping.waits_for(lambda: busy[0])
    stopping.on_begin(lambda: ended.append(-1))
    assert not stopping.may_close()
    stopping.begin()
    stopping.begin()
    assert ended == [-1]
    assert not stopping.may_close()
    busy[0] = False
    stopping.enter()
    assert not stopping.may_close()
    stopping.leave()
    assert stopping.may_close()
    stopping.enter()
    now[0] += DRAIN_SECONDS
    assert stopping.may_close()
    assert stopping.left_seconds == END_SECONDS - DRAIN_SECONDS
    stopping.end()
    stopping._watchdog.cancel()  # type: ignore[union-attr]


def test_a_closed_lock_refuses_those_who_come_and_those_who_wait_but_not_who_closed_it() -> None:
    lock, refused, is_waiting = CommitLock(), [], threading.Event()
    lock.acquire()
    assert lock.held_seconds > 0

    def wait() -> None:
        is_waiting.set()
        try:
            lock.acquire()
        except ServiceStopping as error:
            refused.append(error)

    waiting = threading.Thread(target=wait)
    waiting.start()
    is_waiting.wait()
    lock.close()
    assert not lock.settle(0.01), "somebody holds it"
    with pytest.raises(ServiceStopping):
        lock.acquire()
    assert not lock.acquire(blocking=False)
    lock.release()
    waiting.join()
    assert len(refused) == 1
    assert lock.settle(10)
    with lock:
        assert lock.held_seconds > 0
    assert lock.held_seconds == 0
    late = threading.Thread(target=wait)
    late.start()
    late.join()
    assert len(refused) == 2
