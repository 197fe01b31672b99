"""A store of 丰都县 with nothing reported, copied for each test, on either engine."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ecodash import actions
from ecodash.actions import Choices, Upload
from ecodash.domain.access import Actor, operator
from ecodash.domain.periods import Month
from ecodash.settings import Settings, load_settings
from ecodash.store.submission import Receipt
from ecodash.workspace import Workspace, open_workspace
from tests.databases import current

NOW = datetime(2026, 11, 3, 4, 0, tzinfo=UTC)
CLERK, OTHER = operator("暨龙镇填报员", "page"), operator("虎威镇填报员", "page")
COUNTY, JILONG, HUWEI = 500230000000, 500230123000, 500230101000
HEADER = "区划代码,村,清理生活垃圾（吨）,公厕（座）"
FENGLAI, XINGLONG, JIULONGQUAN = "500230123001", "500230123201", "500230123202"


@pytest.fixture(scope="session")
def county_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Not to be written to."""
    home = tmp_path_factory.mktemp("county")
    _fill(load_settings({"ECODASH_HOME": str(home)}))
    return home


def _fill(settings: Settings) -> None:
    workspace = open_workspace(settings)
    actions.add_regions(workspace, ["500230"], actor=CLERK, now=NOW)
    workspace.close()


@pytest.fixture
def workspace(county_home: Path, engine: str, tmp_path: Path) -> Iterator[Workspace]:
    home = tmp_path / "home"
    databases = current()
    if databases is None:
        shutil.copytree(county_home, home)
        settings = load_settings({"ECODASH_HOME": str(home)})
    else:
        url = databases.url(home, "county", lambda url: _fill(replace(load_settings(), database_url=url)))
        settings = load_settings({"ECODASH_HOME": str(home), "ECODASH_DATABASE_URL": url})
    opened = open_workspace(settings)
    yield opened
    opened.close()


def read(
    workspace: Workspace, content: str | bytes, name: str = "2026年10月.csv", *, actor: Actor = CLERK, **choices: object
) -> Upload:
    """Read a text or bytes for October 2026, unless its name or the choices say otherwise."""
    data = content.encode() if isinstance(content, str) else content
    return actions.read_file(workspace, data, name, actor=actor, now=NOW, choices=Choices(**choices))  # type: ignore[arg-type]


def send(
    workspace: Workspace,
    content: str | bytes,
    name: str = "2026年10月.csv",
    *,
    actor: Actor = CLERK,
    reason: str = "",
    **choices: object,
) -> Receipt:
    """Read a file and commit it."""
    upload = read(workspace, content, name, actor=actor, **choices)
    assert upload.intake.faults == ()
    return actions.commit_upload(workspace, upload, actor=actor, now=NOW, reasons={"": reason} if reason else {})


def rows(*lines: str) -> str:
    """A table of three villages of 暨龙镇: 清理生活垃圾, 公厕."""
    return "\n".join([HEADER, *lines])


OCTOBER = Month(2026, 10)
