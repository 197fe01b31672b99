"""One app for all tests of a process that only look at the sample."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.driving import WAIT_MS, Server, running_app

# What is waited for comes, or the test has failed: how soon is a matter of how busy the machine is.
expect.set_options(timeout=WAIT_MS)


@pytest.fixture(scope="session")
def looked_at(sample_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """An app over the sample, for tests that change nothing in it: to start one takes longer than most of them do."""
    scratch = tmp_path_factory.mktemp("looked-at")
    with running_app(Path(shutil.copytree(sample_home, scratch / "home")), scratch) as server:
        yield server
