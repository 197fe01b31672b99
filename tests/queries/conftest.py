import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from ecodash.domain.access import SYSTEM
from ecodash.store.engine import open_store
from ecodash.workspace import Workspace
from tests.builders import CATALOG, settings_in


@pytest.fixture
def workspace(small_store: Path, tmp_path: Path) -> Iterator[Workspace]:
    """A workspace over a copy of the small store."""
    shutil.copy(small_store, tmp_path)
    settings = settings_in(tmp_path)
    opened = Workspace(settings, open_store(settings), CATALOG, SYSTEM)
    yield opened
    opened.close()
