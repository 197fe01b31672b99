"""The command line as a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

from ecodash.settings import PROJECT_ROOT
from tests.builders import new_store


def ecodash(home: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "ecodash", *arguments],
        cwd=PROJECT_ROOT,
        env={**os.environ, "ECODASH_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_store_held_by_another_process_is_not_touched_and_says_by_which(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    try:
        result = ecodash(tmp_path, "verify", "--json")
    finally:
        store.close()
    assert result.returncode == 3
    assert json.loads(result.stdout)["error"]["pid"] == os.getpid()
    assert str(os.getpid()) in result.stderr


def test_the_module_answers_on_standard_output_alone(nanan: Path) -> None:
    result = ecodash(nanan, "verify", "--json")
    assert (result.returncode, result.stderr) == (0, "")
    assert json.loads(result.stdout)["ok"] is True
