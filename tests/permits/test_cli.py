"""--as LOGIN: a command with the rights of an account, and every command with what it needs."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from ecodash import actions
from ecodash.cli import app
from ecodash.domain.access import SYSTEM, Grant, Role
from ecodash.settings import load_settings
from ecodash.workspace import open_workspace
from tests.pages.conftest import NOW
from tests.permits.commands import COMMANDS

JILONG, COUNTY = 500230123000, 500230000000
PEOPLE = {
    "viewer": Grant(Role.VIEWER, JILONG),
    "reporter": Grant(Role.REPORTER, JILONG),
    "reviewer": Grant(Role.REVIEWER, COUNTY),
    "admin": Grant(Role.ADMINISTRATOR, 0),
}


@pytest.fixture(scope="session")
def staffed_home(sample_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample with four accounts. Not to be written to."""
    home = Path(shutil.copytree(sample_home, tmp_path_factory.mktemp("staffed") / "home"))
    workspace = open_workspace(load_settings({"ECODASH_HOME": str(home)}))
    for login, grant in PEOPLE.items():
        actions.create_account(workspace, login, f"{login}的姓名", grants=[grant], actor=SYSTEM, now=NOW)
    workspace.close()
    return home


@pytest.fixture
def run(staffed_home: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("ECODASH_HOME", str(staffed_home))

    def command(*words: str) -> tuple[int, Any, str]:
        done = CliRunner().invoke(app, list(words))
        return done.exit_code, json.loads(done.stdout) if done.stdout.startswith("{") else None, done.stderr

    return command


def commands(group: Any, path: str = "") -> set[str]:
    """Every command of the program, by its words."""
    below = getattr(group, "commands", None)
    if below is None:
        return {path}
    return {words for name, one in below.items() for words in commands(one, f"{path} {name}".strip())}


def test_every_command_says_what_it_needs() -> None:
    assert commands(get_command(app)) == set(COMMANDS), "keep tests/permits/commands.py complete"


def test_an_account_gets_its_own_region_by_itself(run: Any) -> None:
    code, answer, told = run("--as", "viewer", "rank", "--indicator", "garbage_cleared", "--json")
    assert code == 0, told
    assert {row["region"][:9] for row in answer["rows"]} == {"500230123"}


@pytest.mark.parametrize(
    "words",
    [
        ("rank", "--within", "500230", "--indicator", "garbage_cleared"),
        ("show", "500230101"),
        ("reporting", "--within", "500230"),
        ("file", "2"),
        ("undo", "2", "--plan"),
        ("verify",),
        ("months", "close", "2026-08"),
        ("alias", "add", "500230123", "老名字"),
        ("setup-link",),
        ("backup", "list"),
        ("backup", "restore", "x", "--yes"),
    ],
)
def test_an_account_is_refused_what_is_not_its_own(run: Any, words: tuple[str, ...], tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as here:
        here.chdir(tmp_path)
        code, _, told = run("--as", "viewer", *words)
    assert code == 1, told
    assert "权限" in told or "没有登录" in told or "只能由" in told
    assert list(tmp_path.iterdir()) == []


def test_lists_leave_out_what_lies_elsewhere(run: Any) -> None:
    everything, own = run("batches", "--json")[1]["batches"], run("--as", "viewer", "batches", "--json")[1]["batches"]
    assert len(own) < len(everything)
    assert run("--as", "viewer", "snapshot", "list", "--json")[1]["snapshots"] == []


def test_a_name_that_is_no_account_is_said(run: Any) -> None:
    code, _, told = run("--as", "nobody", "batches")
    assert (code, told.splitlines()[0]) == (1, "没有名为“nobody”的账号。")


def test_what_an_account_does_is_told_of_it(run: Any, staffed_home: Path, tmp_path: Path) -> None:
    home = shutil.copytree(staffed_home, tmp_path / "home")
    with pytest.MonkeyPatch.context() as there:
        there.setenv("ECODASH_HOME", str(home))
        done = CliRunner().invoke(app, ["--as", "admin", "alias", "add", "500230123", "暨龙老镇"])
        assert done.exit_code == 0, done.stderr
        lines = json.loads(CliRunner().invoke(app, ["audit", "list", "--json"]).stdout)["lines"]
    assert [(one["actor"], one["channel"]) for one in lines if one["action"] == "add_region_alias"] == [
        ("admin的姓名", "cli")
    ]
