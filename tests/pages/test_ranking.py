"""排名 and 综合评价 as a reader uses them: options in the address, reasons, composites, peer classes."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from ecodash import actions, queries
from ecodash.domain.access import SYSTEM, operator
from ecodash.domain.comparison import Against, Comparison, Span
from ecodash.domain.composite import Composite, CompositeItem, Scoring, composite_code
from ecodash.domain.definitions import DefinitionKind
from ecodash.settings import load_settings
from ecodash.views import ranking_options
from ecodash.workspace import open_workspace, shared_workspace
from tests.pages.reading import opened

Open = Callable[..., AppTest]
NOW = datetime(2026, 11, 4, 2, 0, tzinfo=UTC)
CLERK = operator("测试员", "page")
COMPOSITE = Composite(
    "卫生综合",
    (
        CompositeItem("garbage_cleared", Decimal(60)),
        CompositeItem("public_toilets", Decimal(40), Scoring.TARGET, Decimal(30)),
    ),
)


@pytest.fixture(scope="module")
def defined_home(county_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The county with a composite and a scheme of peer classes."""
    home = Path(shutil.copytree(county_home, tmp_path_factory.mktemp("defined") / "home"))
    workspace = open_workspace(load_settings({"ECODASH_HOME": str(home)}))
    actions.save_definition(
        workspace, DefinitionKind.COMPOSITE, COMPOSITE.name, COMPOSITE.to_content(), actor=CLERK, now=NOW
    )
    classes = {"classes": {"500230001": "城区", "500230207": "乡村"}}
    actions.save_definition(workspace, DefinitionKind.PEER_CLASSES, "城乡", classes, actor=CLERK, now=NOW)
    workspace.close()
    return home


def text_of(app: AppTest) -> str:
    return "\n".join(str(one.value) for one in [*app.markdown, *app.caption, *app.subheader, *app.warning, *app.info])


def table_of(app: AppTest) -> Any:
    return app.dataframe[0].value


# ── options in the address ─────────────────────────────────────────────────────────────────────────────────────────


def test_options_are_written_in_stable_codes_and_read_back() -> None:
    asked = Comparison(Span.QUARTER, Against.YEAR_AGO, ("村", "其他"), "山区", 200, 7)
    written = ranking_options.to_params(asked)
    assert written == {
        "span": "quarter", "against": "year_ago", "kinds": "village,other", "least": "200", "scheme": "7",
        "class": "山区",
    }  # fmt: skip
    assert ranking_options.read_options(written) == asked
    assert ranking_options.to_params(Comparison()) == {}


def test_codes_that_mean_nothing_are_left_at_the_usual() -> None:
    bad = {"span": "decade", "against": "x", "kinds": "town,,", "least": "-5", "scheme": "１", "class": ""}
    assert ranking_options.read_options(bad) == Comparison()


def test_the_options_stand_in_the_address_and_stay_there(open_app: Open, county_home: Path) -> None:
    app = open_app(county_home, "ranking", indicator="garbage_cleared", level="village", span="year", kinds="village")
    assert not app.exception
    assert app.query_params["span"] == "year"
    assert app.query_params["kinds"] == "village"
    table = table_of(app)
    # 暨龙镇九龙泉村 reported 60 and 66; the two communities are no villages.
    assert table.iloc[0, :3].tolist() == [1, "九龙泉村", 126]
    assert len(table) == 1
    assert "2026年9—10月" not in text_of(app)
    assert "名次按2026年1—10月，升降与2025年1—10月比" in text_of(app)
    left_out = next(one.value for one in app.dataframe if "理由" in one.value.columns)
    assert "类型是“社区”，不在本次排名的类型内" in left_out["理由"].tolist()


def test_options_that_mean_nothing_are_said(open_app: Open, county_home: Path) -> None:
    app = open_app(county_home, "ranking", span="decade", kinds="village,castle", least="many", against="previous")
    said = [warning.value for warning in app.warning]
    assert [any(word in one for one in said) for word in ("decade", "castle", "many", "previous")] == [True] * 3 + [
        False
    ]


def test_a_class_that_is_unknown_is_said_and_ranks_everyone(open_app: Open, county_home: Path) -> None:
    app = open_app(county_home, "ranking", indicator="garbage_cleared", level="village", **{"class": "山区"})
    assert not app.exception
    assert "没有名为“山区”的分组" in text_of(app)
    assert len(table_of(app)) == 3


def test_a_changed_option_is_kept_on_other_pages(open_app: Open, county_home: Path) -> None:
    app = open_app(county_home, "ranking", indicator="garbage_cleared")
    opened(app, "ranking_method").segmented_control(key="span_box").set_value("quarter").run()
    assert app.query_params["span"] == "quarter"
    app.switch_page("../../pages/map.py").run()
    app.switch_page("../../pages/ranking.py").run()
    assert not app.exception
    assert opened(app, "ranking_method").segmented_control(key="span_box").value == "quarter"


# ── why ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_unit_says_why_it_stands_where_it_stands(open_app: Open, county_home: Path) -> None:
    app = open_app(county_home, "ranking", indicator="public_toilets", level="village", unit="500230001001")
    assert not app.exception
    said = text_of(app)
    assert "是第 2 名，与2026年9月相同" in said
    assert "第 2 批“2026年10月月报.csv”" in said
    assert "每一步名次变了几位" in said


def test_a_unit_the_address_misspells_opens_nothing(open_app: Open, county_home: Path) -> None:
    app = open_app(county_home, "ranking", indicator="public_toilets", unit="99x")
    assert not app.exception
    assert "每一步名次变了几位" not in text_of(app)


# ── composites ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_composite_is_ranked_beside_the_indicators(open_app: Open, defined_home: Path) -> None:
    app = open_app(defined_home, "ranking", indicator="composite-1", level="village")
    assert not app.exception
    assert app.query_params["indicator"] == "composite-1"
    # 60%: 66 is best, 45 worst; 40%: of a full mark of 30.
    assert table_of(app).iloc[:, 1].tolist() == ["九龙泉村", "平都中路社区", "滨江东路社区"]
    assert table_of(app).iloc[:, 2].round(2).tolist() == [70.67, 40, 14.67]
    said = text_of(app)
    assert "如果调整权重" in said
    assert "清理生活垃圾 60%" in said


def test_a_slider_shows_who_would_move(open_app: Open, defined_home: Path) -> None:
    app = open_app(defined_home, "ranking", indicator="composite-1", level="village")
    app.slider[0].set_value(10).run()
    assert not app.exception
    assert "3 个单位中有 3 个名次变化" in text_of(app) or "3 个单位中有 2 个名次变化" in text_of(app)


def test_a_composite_that_is_unknown_is_said_and_not_guessed_at(open_app: Open, county_home: Path) -> None:
    app = open_app(county_home, "ranking", indicator="composite-77")
    assert not app.exception
    assert any("composite" in str(one.value) for one in app.warning)


def test_a_snapshot_of_a_composite_and_of_another_rule_can_be_frozen(open_app: Open, defined_home: Path) -> None:
    app = open_app(defined_home, "ranking", indicator="composite-1", level="village", span="quarter")
    opened(app, "snapshot_popover").button(key="snapshot_make").click().run()
    assert not app.exception
    assert any("/s/" in str(one.value) for one in app.code)


def test_composites_are_shown_with_a_preview_and_their_rules(open_app: Open, defined_home: Path) -> None:
    app = open_app(defined_home, "composites")
    assert not app.exception
    said = text_of(app)
    assert "✔ 权重合计 100%" in said
    assert "预览：丰都县2026年10月" in said
    assert "未上报的项不是 0 分，是缺项" in said
    assert app.button(key="composite_save").disabled


def test_another_least_weight_is_saved_as_a_new_version(open_app: Open, defined_home: Path) -> None:
    app = open_app(defined_home, "composites")
    app.number_input[0].set_value(80).run()
    app.button(key="composite_save").click().run()
    assert not app.exception
    assert any("第 2 版" in str(one.value) for one in app.success)
    workspace = shared_workspace(load_settings()).acting(SYSTEM)
    newest = queries.list_definitions(workspace, DefinitionKind.COMPOSITE)[0]
    assert (newest.version, newest.content["least_weight"]) == (2, "80")
    assert queries.composite_of(workspace, composite_code(1)) == COMPOSITE


def test_a_page_without_composites_offers_a_new_one(open_app: Open, county_home: Path) -> None:
    app = open_app(county_home, "composites")
    assert not app.exception
    assert "在表的最后一行选一项指标" in text_of(app)


def test_peer_classes_are_edited_in_a_table_of_towns(open_app: Open, defined_home: Path) -> None:
    app = open_app(defined_home, "composites")
    app.segmented_control(key="composites_part").set_value("peers").run()
    assert not app.exception
    assert "城区 1 个" in text_of(app)
    assert "乡村 1 个" in text_of(app)
    app.button(key="peer_save").click().run()
    assert not app.exception
    app = open_app(defined_home, "ranking", indicator="public_toilets", **{"class": "城区"})
    assert "没有分组" in "".join(
        str(reason) for one in app.dataframe if "理由" in one.value.columns for reason in one.value["理由"]
    )
