import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from ecodash.store.engine import open_store
from ecodash.workspace import Workspace
from tests.builders import CATALOG, new_store, settings_in


@pytest.fixture(scope="session")
def small_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The DuckDB file of a small store without reports, made once: tests.builders."""
    folder = tmp_path_factory.mktemp("small")
    new_store(folder).close()
    return folder / "ecodash.duckdb"


@pytest.fixture
def workspace(small_store: Path, tmp_path: Path) -> Iterator[Workspace]:
    """A workspace over a copy of the small store."""
    shutil.copy(small_store, tmp_path)
    settings = settings_in(tmp_path)
    opened = Workspace(settings, open_store(settings), CATALOG)
    yield opened
    opened.close()
