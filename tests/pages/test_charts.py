"""The trend chart: gaps, carried months, target, last year."""

import math

import pandas as pd
import pytest

from ecodash.catalog.loader import load_catalog
from ecodash.domain.indicators import Catalog
from ecodash.domain.regions import Level
from ecodash.settings import PROJECT_ROOT
from ecodash.views import charts

NAN = math.nan


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog(PROJECT_ROOT / "data" / "catalog" / "indicators.toml")


def rows(**changes: list[float]) -> pd.DataFrame:
    columns: dict[str, object] = {
        "month": ["2026-07", "2026-08", "2026-09", "2026-10"], "value": [5.0, 5.0, NAN, 7.0], "year_ago": [NAN] * 4,
        "target": [NAN] * 4, "reported": [1, 0, 0, 1], "carried": [0, 1, 0, 0], "totals": [0] * 4, "villages": [1] * 4,
    }  # fmt: skip
    return pd.DataFrame(columns | changes)


def test_carried_months_are_hollow_and_the_legend_says_so_in_words(catalog: Catalog) -> None:
    figure = charts.trend(rows(), catalog["public_toilets"], Level.VILLAGE, is_dark=False)
    line, legend = figure.data
    assert list(line.marker.symbol) == ["circle", "circle-open", "circle", "circle"]
    assert line.connectgaps is False
    assert "沿用" in legend.name
    assert figure.layout.showlegend
    assert "沿用" in line.customdata[1]


def test_a_month_without_a_report_is_a_gap(catalog: Catalog) -> None:
    figure = charts.trend(rows(), catalog["garbage_cleared"], Level.VILLAGE, is_dark=False)
    assert math.isnan(list(figure.data[0].y)[2])


def test_a_flow_shows_last_years_months_and_a_stock_does_not(catalog: Catalog) -> None:
    before = rows(year_ago=[4.0, NAN, 4.0, 4.0])
    assert [one.name for one in charts.trend(before, catalog["garbage_cleared"], Level.TOWN, is_dark=True).data][
        1:
    ] == ["上年同月"]
    stock = charts.trend(before.assign(carried=0), catalog["public_toilets"], Level.TOWN, is_dark=True)
    assert len(stock.data) == 1
    assert not stock.layout.showlegend


@pytest.mark.parametrize(("code", "name"), [("garbage_cleared", "月均目标"), ("public_toilets", "目标值")])
def test_the_target_is_a_line_by_its_own_name(catalog: Catalog, code: str, name: str) -> None:
    held = rows(target=[NAN, 9.0, 9.0, 9.0]).assign(carried=0)
    figure = charts.trend(held, catalog[code], Level.TOWN, is_dark=False)
    assert figure.data[-1].name == name
    assert figure.data[-1].line.dash == "dash"
