"""A store without regions."""

from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from ecodash import queries, sample
from ecodash.demo.county import demo_files
from ecodash.domain.access import SYSTEM
from ecodash.settings import load_settings
from ecodash.workspace import shared_workspace


@pytest.mark.parametrize("page", ["overview", "map", "progress", "ranking", "profile", "upload", "snapshots"])
def test_every_deep_link_leads_to_the_first_screen(open_app: Any, bare_home: Path, page: str) -> None:
    app = open_app(bare_home, page, region="500230")
    assert not app.exception
    assert app.title[0].value == "欢迎使用农村人居环境整治看板"


def test_county_is_found_by_name_and_added(open_app: Any, bare_home: Path) -> None:
    app = open_app(bare_home)
    app.text_input(key="region_search").set_value("韶山").run()
    app.selectbox[0].set_value("430382").run()
    assert app.multiselect[0].value == ["430382"]
    app.button(key="add_regions").click().run()
    assert not app.exception
    assert app.title[0].value == "韶山市 总览"
    assert "还没有上报过数据" in app.info[0].value


def test_county_is_chosen_step_by_step(open_app: Any, bare_home: Path) -> None:
    app = open_app(bare_home)
    for code in ("43", "4303", "430382"):
        boxes = [box for box in app.selectbox if box.key.startswith("cascade")]
        boxes[-1].set_value(code).run()
    app.button(key="take_region").click().run()
    assert app.multiselect[0].value == ["430382"]


def test_unknown_name_is_said(open_app: Any, bare_home: Path) -> None:
    app = open_app(bare_home)
    app.text_input(key="region_search").set_value("没有这个县").run()
    assert "没有找到" in app.info[0].value


def test_sample_is_loaded_whole_and_called_demo(
    open_app: Any, bare_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Three files of the demonstration's sixty: with all of them the sample is loaded by sample_home (tests/conftest.py).
    monkeypatch.setattr(sample, "demo_files", lambda *given: islice(demo_files(*given), 3))
    app = open_app(bare_home)
    app.button(key="load_sample").click().run(timeout=120)
    assert not app.exception
    assert app.title[0].value == "丰都县 总览"
    assert any("演示数据" in element.proto.body for element in app.get("html"))
    workspace = shared_workspace(load_settings()).acting(SYSTEM)
    assert queries.newest_watermark(workspace) == 5 + 3
