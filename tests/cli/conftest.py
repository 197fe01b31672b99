import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from ecodash.cli import app

NANAN = "350583"
"""南安市, in no sample."""


@dataclass(frozen=True)
class Answer:
    """What a command said: its exit code and both of its outputs."""

    code: int
    out: str
    err: str

    @property
    def values(self) -> dict[str, Any]:
        """Standard output as the one JSON object it must be."""
        found: dict[str, Any] = json.loads(self.out)
        assert isinstance(found, dict)
        return found


Run = Callable[..., Answer]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Runs a command in this process; the store lives in a temporary home unless ECODASH_HOME was set before."""
    monkeypatch.setenv("ECODASH_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("ECODASH_DATABASE_URL", raising=False)

    def command(*arguments: str | Path | int, home: Path | None = None) -> Answer:
        if home is not None:
            monkeypatch.setenv("ECODASH_HOME", str(home))
        result = CliRunner().invoke(app, [str(argument) for argument in arguments])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Answer(result.exit_code, result.stdout, result.stderr)

    return command


@pytest.fixture(scope="session")
def nanan_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with 南安市 and its villages, and nothing reported. Not to be written to."""
    home = tmp_path_factory.mktemp("nanan")
    result = CliRunner(env={"ECODASH_HOME": str(home)}).invoke(app, ["init", "--region", NANAN, "--json"])
    assert result.exit_code == 0, result.output
    return home


@pytest.fixture
def nanan(nanan_home: Path, tmp_path: Path) -> Path:
    """A copy of it, to be written to."""
    return Path(shutil.copytree(nanan_home, tmp_path / "nanan"))
