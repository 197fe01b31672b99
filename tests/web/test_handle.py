"""The handle of a running app."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from ecodash.web.handle import find_handle, remove_handle, write_handle

URL = "http://127.0.0.1:8501"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "app.json"


def ended_process() -> int:
    """The id of a process that is gone."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_a_handle_is_found_as_written_and_only_its_user_can_read_it(path: Path) -> None:
    handle = write_handle(path, URL)
    assert find_handle(path) == handle
    assert (handle.pid, handle.url) == (os.getpid(), URL)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["app.json"]


def test_every_start_has_a_key_of_its_own(path: Path) -> None:
    assert write_handle(path, URL).key != write_handle(path, URL).key


def test_the_handle_of_a_process_that_is_gone_is_ignored(path: Path) -> None:
    write_handle(path, URL)
    path.write_text(json.dumps({"pid": ended_process(), "url": URL, "key": "k"}), encoding="utf-8")
    assert find_handle(path) is None


@pytest.mark.parametrize("content", ["", "{", "[]", "null", "{}", '{"pid": "x", "url": "u", "key": "k"}'])
def test_a_broken_handle_is_ignored(path: Path, content: str) -> None:
    path.parent.mkdir()
    path.write_text(content, encoding="utf-8")
    assert find_handle(path) is None


def test_a_handle_is_removed_by_its_own_process_alone(path: Path) -> None:
    write_handle(path, URL)
    other = {"pid": os.getppid(), "url": URL, "key": "k"}
    path.write_text(json.dumps(other), encoding="utf-8")
    remove_handle(path)
    assert path.exists()
    write_handle(path, URL)
    remove_handle(path)
    assert not path.exists()
    remove_handle(path)
