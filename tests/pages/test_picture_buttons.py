"""下载图片 beside the charts of the pages: there, and no work until somebody asks for it."""

import base64
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from ecodash import queries
from ecodash.reports import pictures, png
from ecodash.views import data, ranking_table
from tests.pages.conftest import Open

needs_font = pytest.mark.skipif(not png.has_chinese_font(), reason="no Chinese font on this machine")
DRAWN = ["ranking_picture", "progress_picture", "map_picture", "tiles_picture"]


@needs_font
@pytest.mark.parametrize(
    ("page", "count"), [("overview", 1), ("ranking", 1), ("progress", 1), ("map", 2)], ids=lambda value: str(value)
)
def test_a_page_offers_its_charts_and_draws_none_by_itself(
    open_app: Open, county_home: Path, monkeypatch: pytest.MonkeyPatch, page: str, count: int
) -> None:
    asked: list[str] = []
    for name in DRAWN:
        monkeypatch.setattr(pictures, name, lambda *args, name=name, **more: asked.append(name))
    monkeypatch.setattr(queries, "page_meta", lambda *args: asked.append("meta"))
    monkeypatch.setattr(queries, "map_areas", lambda *args: asked.append("areas"))
    app = open_app(county_home, page, indicator="garbage_cleared")
    assert not app.exception
    assert buttons(app).count("下载图片") == count
    assert asked == []


def buttons(app: AppTest) -> list[str]:
    return [one.proto.label for one in app.get("download_button")]


def test_a_small_trend_shows_a_month_without_a_report_as_a_gap(open_app: Open, county_home: Path) -> None:
    app = open_app(county_home, "ranking", indicator="garbage_cleared")
    shown: Any = app.dataframe[0].value
    (name,) = [name for name in shown if "12" in name]
    prefix = "data:image/svg+xml;base64,"
    assert all(cell.startswith(prefix) for cell in shown[name])
    assert b"<polyline" in base64.b64decode(shown[name].iloc[0].removeprefix(prefix))


def test_the_download_has_the_months_as_numbers(open_app: Open, county_home: Path) -> None:
    open_app(county_home, "ranking", indicator="garbage_cleared")
    selection = data.default_selection(500230000000).at(indicator="garbage_cleared")
    comparison = ranking_table.Comparison()
    rows = data.ranking(selection, comparison)
    table = ranking_table.everything(rows, data.indicator(selection), selection.level, comparison, None)
    assert [name for name in table.frame if name.startswith(("前 ", "本月"))][-1] == "本月"
    assert table.frame["本月"].dtype.kind == "f"
    assert not any("data:image" in str(cell) for cell in table.frame.iloc[0])
