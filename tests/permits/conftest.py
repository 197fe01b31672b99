"""Two copies of one installation: one to ask, and one that actions use up."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.people import cheap_hashing
from tests.permits.asking import Closed, build_closed, opened
from tests.permits.world import World


@pytest.fixture(scope="package", autouse=True)
def _cheap() -> Iterator[None]:
    with cheap_hashing():
        yield


@pytest.fixture(scope="session")
def _built(tmp_path_factory: pytest.TempPathFactory) -> Closed:
    return build_closed(tmp_path_factory.mktemp("world"))


@pytest.fixture(scope="session")
def asked(_built: Closed, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """An installation nobody changes."""
    with _copy(_built, tmp_path_factory.mktemp("asked")) as world:
        yield world


@pytest.fixture(scope="session")
def used(_built: Closed, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """An installation that is changed by whoever may."""
    with _copy(_built, tmp_path_factory.mktemp("used")) as world:
        yield world


@pytest.fixture
def fresh(_built: Closed, tmp_path: Path) -> Iterator[World]:
    """An installation of one's own, as it was made."""
    with _copy(_built, tmp_path) as world:
        yield world


@contextmanager
def _copy(built: Closed, folder: Path) -> Iterator[World]:
    world = opened(built, folder / "home")
    yield world
    world.workspace.close()
