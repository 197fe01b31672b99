import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ecodash.domain.access import SYSTEM
from ecodash.store.engine import open_store
from ecodash.workspace import Workspace
from tests.builders import CATALOG, settings_in

Fill = Callable[[Workspace], object]


@pytest.fixture
def workspace(small_store: Path, tmp_path: Path) -> Iterator[Workspace]:
    """A workspace over a copy of the small store."""
    opened = _open(small_store, tmp_path)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def _filled() -> dict[Fill, Path]:
    return {}


@pytest.fixture
def filled(
    small_store: Path, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, _filled: dict[Fill, Path]
) -> Iterator[Callable[[Fill], Workspace]]:
    """A workspace over a copy of the small store with what a function puts into it: it does so once for all tests."""
    opened = []

    def fill_and_open(fill: Fill) -> Workspace:
        if fill not in _filled:
            folder = tmp_path_factory.mktemp("filled")
            made = _open(small_store, folder)
            fill(made)
            made.close()
            _filled[fill] = folder / small_store.name
        opened.append(_open(_filled[fill], tmp_path))
        return opened[-1]

    yield fill_and_open
    for one in opened:
        one.close()


def _open(store: Path, folder: Path) -> Workspace:
    shutil.copy(store, folder)
    settings = settings_in(folder)
    return Workspace(settings, open_store(settings), CATALOG, SYSTEM)
