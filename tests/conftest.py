"""Stores built once for a whole run and copied for each test that changes them."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from ecodash.domain.access import operator
from ecodash.sample import load_sample
from ecodash.settings import load_settings
from ecodash.workspace import open_workspace
from tests.builders import new_store
from tests.databases import DUCKDB, POSTGRESQL, Databases, stores_in
from tests.postgres_server import Server, running_server

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# Tests of pages and routes work without accounts, but for those that are about accounts.
os.environ.setdefault("ECODASH_OPEN", "1")

# A busy machine is not a fault of what is tested.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Both engines for what asks for one, unless it is about the file."""
    if "engine" in metafunc.fixturenames:
        is_about_file = metafunc.definition.get_closest_marker("duckdb_only") is not None
        metafunc.parametrize("engine", [DUCKDB] if is_about_file else [DUCKDB, POSTGRESQL], indirect=True)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """One server for all tests of a process that ask for it."""
    with running_server() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_databases(postgres_server: Server) -> Databases:
    """Its databases, with the templates that tests copy."""
    return Databases(postgres_server)


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Iterator[str]:
    """The engine of the test's stores: its name."""
    if request.param == DUCKDB:
        yield DUCKDB
        return
    with stores_in(request.getfixturevalue("postgres_databases")):
        yield POSTGRESQL


@pytest.fixture(scope="session")
def sample_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the sample store: the published figures and the demonstration county. Not to be written to."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        # The processes of one run (pytest -n) share what is above their own folders: whichever comes first makes it.
        folder = folder.parent
    home, made = folder / "sample", folder / "sample.made"
    with (folder / "sample.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            workspace = open_workspace(load_settings({"ECODASH_HOME": str(home)}))
            load_sample(workspace, actor=operator("测试员", "test"))
            workspace.close()
            made.touch()
    return home


@pytest.fixture(scope="session")
def small_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The DuckDB file of a small store without reports, made once: tests.builders."""
    folder = tmp_path_factory.mktemp("small")
    new_store(folder).close()
    return folder / "ecodash.duckdb"


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    """One Chromium for all tests of a process that ask for one: two would not run in one thread."""
    from playwright.sync_api import sync_playwright

    from tests.browser.driving import launch

    with sync_playwright() as playwright:
        opened = launch(playwright)
        yield opened
        opened.close()


@pytest.fixture
def sample_copy(sample_home: Path, tmp_path: Path) -> Path:
    """A copy of the sample home for one test."""
    return Path(shutil.copytree(sample_home, tmp_path / "home"))
