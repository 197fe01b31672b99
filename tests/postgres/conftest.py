import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ecodash.domain.access import SYSTEM
from ecodash.settings import PROJECT_ROOT, Settings
from ecodash.store import records
from ecodash.store.engine import open_store
from ecodash.workspace import Workspace
from tests.builders import CATALOG, NOON, sample_regions
from tests.postgres_server import Server


@dataclass
class Worker:
    """A process of its own: tests.postgres.worker."""

    process: subprocess.Popen[str]

    def send(self, name: str, *arguments: Any) -> None:
        """Give an order and do not wait for it."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps([name, arguments]) + "\n")
        self.process.stdin.flush()

    def line(self) -> Any:
        """What it says next."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "the process ended by itself"
        return json.loads(line)

    def do(self, name: str, *arguments: Any) -> Any:
        """Give an order; its answer."""
        self.send(name, *arguments)
        return self.line()

    def kill(self) -> list[str]:
        """kill -9; the whole lines it had said and nobody read."""
        assert self.process.stdout is not None
        self.process.send_signal(signal.SIGKILL)
        rest = self.process.stdout.read()
        self.process.wait()
        return rest[: rest.rfind("\n") + 1].splitlines()


@contextmanager
def worker() -> Iterator[Worker]:
    """Another process, ready for orders."""
    command = [sys.executable, "-m", "tests.postgres.worker"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(
        command, cwd=PROJECT_ROOT, text=True, env=os.environ | {"ECODASH_OPEN": ""}, **pipes
    ) as process:  # type: ignore[call-overload]
        yield Worker(process)
        process.kill()


@pytest.fixture(scope="module")
def workers() -> Iterator[list[Worker]]:
    """Three other processes."""
    with ExitStack() as stack:
        found = [stack.enter_context(worker()) for _place in range(3)]
        for one in found:
            assert one.line() == "ready"
        yield found


@dataclass
class House:
    """A small store on PostgreSQL that several processes work on.

    Args:
        workspace: as this process has it open.
        settings: with the key that all of them use.
    """

    workspace: Workspace
    settings: Settings

    def enter(self, *others: Worker) -> None:
        """Have other processes open the store, each with a home of its own and the same key."""
        for place, one in enumerate(others):
            home = self.settings.home.parent / f"home{place}"
            assert one.do("open_", str(home), self.settings.database_url, str(self.settings.link_key_file)) is None


@pytest.fixture
def house(postgres_server: Server, tmp_path: Path) -> Iterator[House]:
    database = postgres_server.new_database()
    settings = Settings(
        tmp_path / "home",
        postgres_server.url(database),
        PROJECT_ROOT / "data",
        link_key_path=str(tmp_path / "shared.key"),
    )
    store = open_store(settings)
    with store.writing() as connection:
        records.sync_catalog(connection, CATALOG, NOON)
        records.add_regions(connection, sample_regions())
    workspace = Workspace(settings, store, CATALOG, SYSTEM)
    yield House(workspace, settings)
    workspace.close()
    postgres_server.drop(database)
