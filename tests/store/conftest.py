from collections.abc import Iterator
from pathlib import Path

import pytest

from ecodash.store.engine import Store
from tests.builders import new_store


@pytest.fixture
def store(engine: str, tmp_path: Path) -> Iterator[Store]:
    """A small store on a real database of either engine: tests.builders."""
    opened = new_store(tmp_path)
    yield opened
    opened.close()
