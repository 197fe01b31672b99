"""地图 through the shell: what is drawn, two months, the slider, boundaries, and the choice in the address."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from ecodash import actions
from ecodash.domain.boundaries import Datum
from ecodash.domain.regions import Level, region_code
from ecodash.settings import load_settings
from ecodash.workspace import open_workspace
from tests import boundaries
from tests.pages.conftest import CLERK, NOW

Open = Callable[..., AppTest]
GARBAGE = "garbage_cleared"
VILLAGES = len(boundaries.level_keys(Level.VILLAGE))


def drawings(app: AppTest) -> dict[str, dict[str, Any]]:
    """What each drawing on the page was sent, by what follows its key."""
    found: dict[str, dict[str, Any]] = {}
    for element in app.main:
        _collect(element, found)
    return found


def _collect(element: Any, found: dict[str, dict[str, Any]]) -> None:
    proto = getattr(element, "proto", None)
    if proto is not None and getattr(proto, "component_name", "") == "places":
        found[proto.id.rsplit("-", 1)[-1]] = json.loads(proto.json)
    for child in getattr(element, "children", {}).values():
        _collect(child, found)


def cells(drawing: dict[str, Any]) -> list[list[Any]]:
    return [cell for group in drawing["groups"] for cell in group["cells"]]


def notes(app: AppTest) -> str:
    kinds = ("caption", "info", "warning", "markdown")
    said = [str(getattr(element, "value", "")) for kind in kinds for element in app.get(kind)]
    return "\n".join([*said, *(element.proto.body for element in app.get("html"))])


def test_towns_are_dots_and_every_village_is_a_tile(open_app: Open, county_home: Path) -> None:
    app = open_app(county_home, "map", indicator=GARBAGE)
    assert not app.exception
    drawn = drawings(app)
    assert drawn["county_map"]["markup"].count("<circle") == 30
    tiles = cells(drawn["villages"])
    assert len(tiles) == len({cell[0] for cell in tiles}) == VILLAGES
    assert sorted(cell[2] for cell in tiles if cell[3] >= 0) == ["45.00 吨", "52.00 吨", "66.00 吨"]
    assert {cell[2] for cell in tiles if cell[3] < 0} == {"未上报"}
    assert drawn["villages"]["words"]["find"] == "查找村"


def test_the_table_behind_the_map_stays(open_app: Open, county_home: Path) -> None:
    app = open_app(county_home, "map", indicator=GARBAGE)
    assert len(app.dataframe[0].value) == 2
    assert "28 个" in "\n".join(expander.label for expander in app.expander)


def test_the_choice_stands_in_the_address_in_codes(open_app: Open, county_home: Path) -> None:
    app = open_app(county_home, "map", indicator=GARBAGE)
    assert (app.query_params["view"], app.query_params["classes"]) == ("one", "quantile-5")
    app.radio(key="map_method").set_value("equal").run()
    assert app.query_params["classes"] == "equal-5"
    assert "等间距" in notes(app)
    # The selection changes, and the choice stays.
    app.selectbox(key="month_box").set_value("2026-09").run()
    assert (app.query_params["month"], app.query_params["classes"]) == ("2026-09", "equal-5")


def test_a_choice_is_kept_while_the_reader_is_elsewhere(open_app: Open, county_home: Path) -> None:
    app = open_app(county_home, "map", indicator=GARBAGE, classes="equal-3")
    app.query_params.clear()
    app.switch_page("../../pages/ranking.py").run()
    assert "classes" not in app.query_params
    app.query_params.clear()
    app.switch_page("../../pages/map.py").run()
    assert app.query_params["classes"] == "equal-3"


def test_an_unknown_choice_is_said(open_app: Open, county_home: Path) -> None:
    app = open_app(county_home, "map", classes="rainbow-9")
    assert not app.exception
    assert len(app.warning) == 1
    assert app.query_params["classes"] == "quantile-5"


def test_two_months_share_their_classes_and_list_the_differences(open_app: Open, county_home: Path) -> None:
    app = open_app(county_home, "map", indicator=GARBAGE, view="pair", classes="equal-4")
    assert not app.exception
    drawn = drawings(app)
    assert drawn["map_202609"]["looks"] == drawn["map_202610"]["looks"]
    frame = app.dataframe[0].value
    # 名山街道's two communities: 90 in September, 97 in October; 九龙泉村 of 暨龙镇: 60 and 66.
    known = frame[frame["2026年10月"].notna()]
    assert sorted(known.iloc[:, 3]) == [6, 7]
    # From 60 to 97 in four: 60 stands in the first, 66 too; 90 and 97 in the last.
    assert set(known.iloc[:, 4]) == {"1 → 1", "4 → 4"}


def test_the_other_month_is_the_one_before_unless_the_address_names_it(open_app: Open, county_home: Path) -> None:
    app = open_app(county_home, "map", indicator=GARBAGE, view="pair")
    assert app.selectbox(key="map_against").value == "2026-09"
    app.query_params["month"] = "2026-09"
    app.query_params["against"] = "2026-10"
    app.run()
    assert app.selectbox(key="map_against").value == "2026-10"
    assert app.query_params["against"] == "2026-10"


def test_the_slider_moves_the_month_and_the_classes_stay(open_app: Open, county_home: Path) -> None:
    app = open_app(county_home, "map", indicator=GARBAGE, view="run", classes="equal-4")
    # Towns of both months lie between 60 and 97: four steps of 9.25.
    spans = ["60.00–69.25 吨", "69.25–78.50 吨", "78.50–87.75 吨", "87.75–97.00 吨"]
    assert all(span in notes(app) for span in spans)
    app.select_slider(key="map_month").set_value("2026-09").run()
    assert not app.exception
    assert app.query_params["month"] == "2026-09"
    assert all(span in notes(app) for span in spans)


def test_bands_without_targets_say_so_and_fall_back(open_app: Open, county_home: Path) -> None:
    app = open_app(county_home, "map", indicator=GARBAGE, classes="bands")
    assert not app.exception
    assert "目标" in app.info[0].value
    assert "分位数" in notes(app)


def test_a_province_shows_tiles_and_offers_its_counties(open_app: Open, county_home: Path) -> None:
    app = open_app(county_home, "map", region="50", indicator=GARBAGE)
    assert not app.exception
    assert "villages" not in drawings(app)
    app.selectbox(key="map_county").set_value(500230000000).run()
    assert app.title[0].value == "丰都县 地图"


# ── boundaries ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def mapped_home(county_home: Path, tmp_path: Path) -> Path:
    """The county with boundaries of its towns, but for one, and of three villages."""
    home = Path(shutil.copytree(county_home, tmp_path / "mapped"))
    workspace = open_workspace(load_settings({"ECODASH_HOME": str(home)}))
    towns = boundaries.towns()
    keys = sorted(towns)[1:]
    villages = workspace.tree.under(boundaries.FENGDU, Level.VILLAGE)[:3]
    few = list(boundaries.villages(40).values())[:3]
    for name, content in {
        "乡镇界.geojson": boundaries.geojson([towns[key] for key in keys], boundaries.town_columns(keys)),
        "村界.geojson": boundaries.geojson(few, {"code": [region_code(village.key) for village in villages]}),
    }.items():
        draft = actions.read_boundaries(workspace, content, name, county=boundaries.FENGDU, now=NOW, datum=Datum.WGS84)
        actions.save_boundaries(workspace, draft, actor=CLERK, now=NOW)
    workspace.close()
    return home


def test_boundaries_replace_points_and_tiles_and_the_rest_is_counted(open_app: Open, mapped_home: Path) -> None:
    app = open_app(mapped_home, "map", indicator=GARBAGE)
    assert not app.exception
    drawn = drawings(app)
    assert drawn["county_map"]["markup"].count("<a ") == 29
    assert "<circle" not in drawn["county_map"]["markup"]
    assert len(cells(drawn["county_map"])) == 1
    assert drawn["villages"]["markup"].count("<a ") == 3
    assert len(cells(drawn["villages"])) == VILLAGES - 3
    labels = [expander.label for expander in app.expander]
    assert any(label.startswith("1 个乡镇没有界线") for label in labels)
