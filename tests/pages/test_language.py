"""Both languages: asked for in the address, kept from page to page, and never left behind in what is kept or cached."""

import re
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from ecodash import queries
from ecodash.domain.pages import Page
from ecodash.i18n import speaking
from ecodash.reports import frozen
from ecodash.settings import PROJECT_ROOT, load_settings
from ecodash.views import links, navigation
from ecodash.views.links import Wish
from ecodash.workspace import open_workspace
from tests.pages.reading import opened
from tests.pages.test_pages import shown_text

CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff01-\uff5e]+")


def test_the_address_asks_for_english_and_every_page_keeps_it(open_app: Any, county_home: Path) -> None:
    app = open_app(county_home, lang="en")
    assert app.title[0].value == "丰都县 Overview"
    assert "As of batch 3, submitted 2026-11-04 10:00 (Beijing time)" in shown_text(app)
    app.query_params.clear()
    app.switch_page("../../pages/upload.py").run()
    assert app.title[0].value == "Report data"
    assert app.query_params["lang"] == "en"


def test_the_switch_goes_into_the_address_and_out_of_it_again(open_app: Any, county_home: Path) -> None:
    app = open_app(county_home)
    assert "lang" not in app.query_params
    app.radio(key="language_box").set_value("en").run()
    assert (app.query_params["lang"], app.title[0].value) == ("en", "丰都县 Overview")
    app.radio(key="language_box").set_value("zh").run()
    assert ("lang" in app.query_params, app.title[0].value) == (False, "丰都县 总览")


def test_an_unknown_language_is_chinese(open_app: Any, county_home: Path) -> None:
    assert open_app(county_home, lang="fr").title[0].value == "丰都县 总览"


def test_links_carry_the_language() -> None:
    assert "lang" not in Wish(indicator="bins").to_params()
    with speaking("en"):
        assert Wish(indicator="bins").to_params() == {"lang": "en", "indicator": "bins"}
        assert links.page_address(Page.PROFILE, Wish(indicator="bins")) == "profile?lang=en&indicator=bins"


@pytest.mark.parametrize("page", ["overview", "upload", "snapshots"])
def test_nothing_but_names_of_places_and_files_stays_chinese(open_app: Any, county_home: Path, page: str) -> None:
    app: AppTest = open_app(county_home, page, lang="en")
    pieces = [shown_text(app), *(metric.label + metric.value + metric.delta for metric in app.metric)]
    pieces += [box.label for kind in ("selectbox", "radio", "button", "expander", "checkbox") for box in app.get(kind)]
    pieces += [str(name) for frame in app.dataframe for name in frame.value.columns]
    # The switch names each language in itself; the style sheet has Chinese comments.
    kept = set(CHINESE.findall("\n".join(piece for piece in pieces if "<style>" not in piece and "/*" not in piece)))
    names = {region.name for region in workspace_tree(county_home)} | {"丰都县", "重庆市", "全国"}
    assert kept - names == set()


def workspace_tree(home: Path) -> Any:
    workspace = open_workspace(load_settings({"ECODASH_HOME": str(home)}))
    tree = workspace.tree
    workspace.close()
    return tree


def test_what_one_language_cached_is_no_answer_for_the_other(open_app: Any, county_home: Path) -> None:
    english = open_app(county_home, "profile", lang="en").dataframe[0].value
    chinese = open_app(county_home, "profile", lang="zh").dataframe[0].value
    assert list(english.columns[:3]) == ["Category", "Indicator", "Value"]
    assert list(chinese.columns[:3]) == ["类别", "指标", "数值"]
    assert english["Indicator"].iloc[0] == "Household garbage cleared"
    assert chinese["指标"].iloc[0] == "清理生活垃圾"


def test_a_snapshot_made_in_english_is_the_chinese_one(county_home: Path) -> None:
    workspace = open_workspace(load_settings({"ECODASH_HOME": str(county_home)}))
    try:
        selection = queries.default_selection(workspace)
        plain = queries.freeze(workspace, Page.OVERVIEW, selection)
        with speaking("en"):
            foreign = queries.freeze(workspace, Page.OVERVIEW, selection)
        assert foreign.meta == plain.meta
        assert plain.meta["month_label"] == "2026年10月"
        digests = [
            {name: frozen.digest(frozen.to_parquet(table)) for name, table in page.tables.items()}
            for page in (plain, foreign)
        ]
        assert digests[0] == digests[1]
    finally:
        workspace.close()


def test_the_definition_of_the_indicator_stands_beside_the_heading(open_app: Any, county_home: Path) -> None:
    app = opened(open_app(county_home, "ranking", indicator="garbage_cleared"), "definition_popover")
    assert any('class="facts definition"' in html.proto.body for html in app.get("html"))
    said = shown_text(app)
    for words in (
        "清理生活垃圾（吨）",
        "Household garbage cleared",
        "当月完成量",
        "各村相加",
        "不含建筑垃圾",
        "越高越好",
    ):
        assert words in said


def test_every_page_of_the_bar_has_its_file_and_its_own_address() -> None:
    files = {file.stem for file in (PROJECT_ROOT / "pages").glob("*.py")}
    assert set(navigation.LOOKED_AT) | set(navigation.MANAGED) | {"account"} == files
    assert {page.value for page in Page if page.is_figure_page} <= files


def test_a_fault_of_the_page_is_told_in_the_readers_language(
    open_app: Any, county_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_app(county_home)
    monkeypatch.setattr("ecodash.views.cards.show_headlines", lambda *_: 1 / 0)
    app.run()
    assert app.exception
    assert "这一页出错了" in app.error[0].value
    app.radio(key="language_box").set_value("en").run()
    assert "This page failed" in app.error[0].value
