"""While an app holds the store, the command line's import goes through it."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ecodash.errors import IndicatorUnknown, PeriodUnknown, RegionUnknown, UserError
from ecodash.import_answers import ImportOptions
from ecodash.settings import PROJECT_ROOT
from ecodash.web.client import annotate_through_app, import_through_app
from ecodash.web.handle import find_handle


@dataclass(frozen=True)
class Office:
    """A home with one town, and a file for it."""

    home: Path
    file: Path

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "ECODASH_HOME": str(self.home), "PYTHONPATH": str(PROJECT_ROOT)}

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "ecodash", *arguments, "--json"],
            cwd=PROJECT_ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def start_app(self) -> "subprocess.Popen[str]":
        app = subprocess.Popen(
            [sys.executable, str(PROJECT_ROOT / "tests" / "web" / "server.py")],
            cwd=PROJECT_ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert app.stdout is not None
        assert app.stdout.readline().startswith("http://127.0.0.1:")
        return app

    def leave_handle(self, pid: int, url: str) -> None:
        (self.home / "app.json").write_text(json.dumps({"pid": pid, "url": url, "key": "k"}), encoding="utf-8")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    home = tmp_path_factory.mktemp("office")
    file = home / "report.csv"
    file.write_text("区划代码,月份,清理生活垃圾(吨)\n350583100201,2026-09,5\n", encoding="utf-8")
    made = Office(home, file)
    assert made.run("init", "--region", "350583100").returncode == 0
    return made


@pytest.fixture(scope="module")
def app(office: Office) -> "Iterator[subprocess.Popen[str]]":
    """A running app that holds the office's store."""
    process = office.start_app()
    yield process
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=20)
    assert process.stdout is not None
    process.stdout.close()
    assert not (office.home / "app.json").exists()


def test_an_import_goes_through_the_app_that_holds_the_store(office: Office, app: "subprocess.Popen[str]") -> None:
    held = office.run("batches")
    assert (held.returncode, json.loads(held.stdout)["error"]["pid"]) == (3, app.pid)
    done = office.run("import", str(office.file))
    values = json.loads(done.stdout)
    assert (done.returncode, values["batch"], values["watermark"], values["cells"], values["faults"]) == (
        0,
        1,
        1,
        1,
        [],
    )


@pytest.mark.parametrize(
    ("choice", "error"),
    [
        ({"within": "没有的镇"}, RegionUnknown),
        ({"mapping": {"列": "no_such_indicator"}}, IndicatorUnknown),
        ({"month": "九月"}, PeriodUnknown),
    ],
)
def test_a_refusal_by_the_app_is_the_same_as_without_it(
    office: Office, app: "subprocess.Popen[str]", choice: dict[str, Any], error: type[UserError]
) -> None:
    handle = find_handle(office.home / "app.json")
    assert handle is not None
    options = ImportOptions(is_dry_run=True, **choice)
    with pytest.raises(error) as caught:
        import_through_app(handle, office.file, options)
    assert caught.value.remedy
    with pytest.raises(error):
        annotate_through_app(handle, office.file, options)


@pytest.fixture
def silent_port() -> int:
    """A port where nobody answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def test_a_handle_left_by_an_app_that_is_gone_stops_nobody(office: Office, tmp_path: Path, silent_port: int) -> None:
    # After a power cut the process id may be another's by now: this test's own.
    home = tmp_path / "home"
    home.mkdir()
    other = Office(home, office.file)
    other.run("init", "--region", "350583100")
    other.leave_handle(os.getpid(), f"http://127.0.0.1:{silent_port}")
    done = other.run("import", str(office.file))
    assert (done.returncode, json.loads(done.stdout)["batch"]) == (0, 1)


def test_an_app_that_holds_the_store_without_answering_is_named(
    office: Office, app: "subprocess.Popen[str]", silent_port: int
) -> None:
    kept = (office.home / "app.json").read_bytes()
    try:
        office.leave_handle(app.pid, f"http://127.0.0.1:{silent_port}")
        held = office.run("import", str(office.file))
    finally:
        (office.home / "app.json").write_bytes(kept)
    assert (held.returncode, json.loads(held.stdout)["error"]["pid"]) == (3, app.pid)
