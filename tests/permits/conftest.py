"""Two copies of one installation: one to ask, and one that actions use up."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ecodash.store.engine import open_store
from ecodash.workspace import Workspace
from tests.builders import settings_in
from tests.people import cheap_hashing
from tests.permits.world import World, build


@pytest.fixture(scope="package", autouse=True)
def _cheap() -> Iterator[None]:
    with cheap_hashing():
        yield


@pytest.fixture(scope="session")
def _built(tmp_path_factory: pytest.TempPathFactory) -> tuple[World, Path]:
    folder = tmp_path_factory.mktemp("world")
    made = build(folder)
    made.workspace.close()
    return made, folder


@pytest.fixture(scope="session")
def asked(_built: tuple[World, Path]) -> Iterator[World]:
    """An installation nobody changes."""
    yield from _copied(*_built)


@pytest.fixture(scope="session")
def used(_built: tuple[World, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """An installation that is changed by whoever may."""
    folder = shutil.copytree(_built[1], tmp_path_factory.mktemp("used") / "home")
    yield from _copied(_built[0], folder)


@pytest.fixture
def fresh(_built: tuple[World, Path], tmp_path: Path) -> Iterator[World]:
    """An installation of one's own, as it was made."""
    yield from _copied(_built[0], shutil.copytree(_built[1], tmp_path / "home"))


def _copied(made: World, folder: Path) -> Iterator[World]:
    settings = settings_in(folder)
    own = made.workspace
    opened = Workspace(settings, open_store(settings), own.catalog, own.actor)
    yield replace(made, workspace=opened)
    opened.close()
