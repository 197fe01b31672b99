"""A small store for the pages: one county of the country's list, two months of three villages."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from ecodash import actions
from ecodash.domain.access import operator
from ecodash.settings import PROJECT_ROOT, load_settings
from ecodash.views import ahead, asking
from ecodash.views.memory import AnswerMemory
from ecodash.workspace import close_shared_workspaces, open_workspace
from tests.pages.lending import Lending

COUNTY = "500230"
NOW = datetime(2026, 11, 4, 2, 0, tzinfo=UTC)
SHELL = str(PROJECT_ROOT / "ecodash" / "views" / "shell.py")
CLERK = operator("测试员", "page")

Open = Callable[..., AppTest]


@pytest.fixture(scope="session")
def county_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with 丰都县, figures of September and October 2026, and two targets."""
    home = tmp_path_factory.mktemp("county")
    workspace = open_workspace(load_settings({"ECODASH_HOME": str(home)}))
    actions.add_regions(workspace, [COUNTY], actor=CLERK, now=NOW)
    for name, content in {
        "2026年9月月报.csv": september(),
        "2026年10月月报.csv": october(),
        "目标.csv": targets(),
    }.items():
        upload = actions.read_file(workspace, content, name, actor=CLERK, now=NOW)
        assert not upload.intake.faults, upload.intake.faults
        actions.commit_upload(workspace, upload, actor=CLERK, now=NOW, reasons={"": "已核实"})
    workspace.close()
    return home


@pytest.fixture(scope="session")
def bare_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store without regions."""
    home = tmp_path_factory.mktemp("bare")
    open_workspace(load_settings({"ECODASH_HOME": str(home)})).close()
    return home


@pytest.fixture(scope="session")
def components() -> list[tuple[manifest_scanner.ComponentManifest, Path]]:
    return manifest_scanner.scan_component_manifests()


@pytest.fixture
def short_ways(
    monkeypatch: pytest.MonkeyPatch, components: list[tuple[manifest_scanner.ComponentManifest, Path]]
) -> None:
    """Installed packages are searched for components of Streamlit once, not by every AppTest; and nobody turns to the
    months beside, which a page otherwise works out behind it (tests/unit/views/test_ahead.py)."""
    monkeypatch.setattr(manifest_scanner, "scan_component_manifests", lambda: components)
    monkeypatch.setattr(ahead.AHEAD, "wish", lambda work: None)


@pytest.fixture(scope="session")
def lending(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lending]:
    yield Lending(lambda: tmp_path_factory.mktemp("lent"))
    close_shared_workspaces()


@pytest.fixture
def open_app(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, short_ways: None, lending: Lending) -> Iterator[Open]:
    """The shell over a copy of a store, at a page and an address."""
    monkeypatch.setattr(asking, "_answers", AnswerMemory())

    def start(home: Path, page: str = "overview", **params: str) -> AppTest:
        own = tmp_path / "home"
        monkeypatch.setenv("ECODASH_HOME", str(own if own.exists() else lending.lend(home)))
        app = AppTest.from_file(SHELL, default_timeout=60)
        if page != "overview":
            app.switch_page(f"../../pages/{page}.py")
        for name, value in params.items():
            app.query_params[name] = value
        return app.run()

    yield start
    lending.take_back()


def september() -> bytes:
    return table("2026年9月", {"滨江东路社区": (40, 10), "平都中路社区": (50, 12), "暨龙镇九龙泉村": (60, 9)})


def october() -> bytes:
    return table("2026年10月", {"滨江东路社区": (45, 11), "平都中路社区": (52, 15), "暨龙镇九龙泉村": (66, 8)})


def table(month: str, rows: dict[str, tuple[float, float]]) -> bytes:
    """A wide CSV of two indicators, as a county office would write it."""
    lines = [f"丰都县{month}人居环境月报,,", "村,清理生活垃圾(吨),公厕(座)"]
    lines += [f"{village},{garbage},{toilets}" for village, (garbage, toilets) in rows.items()]
    return "\n".join(lines).encode("gb18030")


def targets() -> bytes:
    return "地区,指标,期限,目标值\n丰都县,清理生活垃圾,2026-12,400\n丰都县,公厕,2026-12,30\n".encode()


@pytest.fixture(scope="session")
def bare_with_regions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with 丰都县 and no figures."""
    home = tmp_path_factory.mktemp("regions")
    workspace = open_workspace(load_settings({"ECODASH_HOME": str(home)}))
    actions.add_regions(workspace, [COUNTY], actor=CLERK, now=NOW)
    workspace.close()
    return home
