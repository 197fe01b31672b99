"""One small installation with one of everything for every place, copied for what changes it; and the page tests' store."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pages.conftest import components, county_home, lending, open_app, short_ways
from tests.people import cheap_hashing
from tests.permits.asking import Ask, Closed, asker, build_closed, opened
from tests.permits.world import World

__all__ = ["components", "county_home", "lending", "open_app", "short_ways"]


@pytest.fixture(scope="package", autouse=True)
def _cheap() -> Iterator[None]:
    with cheap_hashing():
        yield


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Closed:
    return build_closed(tmp_path_factory.mktemp("world"))


@pytest.fixture
def fresh(built: Closed, tmp_path: Path) -> Iterator[World]:
    """An installation of one's own."""
    world = opened(built, tmp_path / "home")
    yield world
    world.workspace.close()


@pytest.fixture
def ask(fresh: World) -> Ask:
    """One request to our own routes, by somebody."""
    return asker(fresh)
