"""区域档案: facts, all indicators, and every figure's origin with its earlier values."""

import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from ecodash import actions
from ecodash.domain.regions import region_key
from ecodash.settings import load_settings
from ecodash.views import profile_facts, profile_origin, profile_tables
from ecodash.workspace import open_workspace
from tests.pages.conftest import CLERK, NOW, table
from tests.pages.test_pages import shown_text

VILLAGE = "500230123202"
EVIL = "<script>alert(1)</script>"


@pytest.fixture(scope="session")
def corrected_home(county_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The county after a correction (66 → 70 t), its undo, and another correction (66 → 68 t); a hostile other name."""
    home = Path(shutil.copytree(county_home, tmp_path_factory.mktemp("corrected") / "home"))
    workspace = open_workspace(load_settings({"ECODASH_HOME": str(home)}))
    actions.add_region_alias(workspace, region_key(VILLAGE), EVIL, actor=CLERK, now=NOW)

    def correct(garbage: float, name: str) -> int:
        content = table("2026年10月", {"暨龙镇九龙泉村": (garbage, 8)})
        upload = actions.read_file(workspace, content, name, actor=CLERK, now=NOW)
        return actions.commit_upload(workspace, upload, actor=CLERK, now=NOW, reasons={"": "已核实"}).batch

    wrong = correct(70, "更正一.csv")
    actions.undo_batch(workspace, wrong, actor=CLERK, now=NOW)
    correct(68, "更正二.csv")
    workspace.close()
    return home


def frame_with(app: Any, *heads: str) -> pd.DataFrame:
    """The one table on the page that has these columns."""
    found = [one.value for one in app.dataframe if set(heads) <= set(one.value.columns)]
    assert len(found) == 1, [list(one.value.columns) for one in app.dataframe]
    return found[0]


def test_a_village_tells_every_version_of_its_figure(open_app: Any, corrected_home: Path) -> None:
    app = open_app(corrected_home, "profile", region=VILLAGE, indicator="garbage_cleared")
    assert not app.exception
    versions = frame_with(app, "做了什么", "原数", "新数")
    columns = ["批次", "做了什么", "原数", "新数", "状态", "文件"]
    assert versions[columns].to_numpy().tolist() == [
        [6, "更正", "66.00", "68.00", "● 现用", "更正二.csv"],
        [5, "撤销更正，恢复原数（撤销第 4 批）", "70.00", "66.00", "", "更正一.csv"],
        [4, "更正", "66.00", "70.00", "已由第 5 批撤销", "更正一.csv"],
        [2, "首次上报", "—", "66.00", "已被后来的数代替", "2026年10月月报.csv"],
    ]


def test_the_file_a_figure_came_in_can_be_had_again(open_app: Any, corrected_home: Path) -> None:
    app = open_app(corrected_home, "profile", region=VILLAGE, indicator="garbage_cleared")
    labels = [one.proto.label for one in app.get("download_button")]
    assert "下载第 6 批原文件" in labels
    assert "下载图片" in labels


def test_a_town_says_which_of_its_villages_numbers_were_changed(open_app: Any, corrected_home: Path) -> None:
    app = open_app(corrected_home, "profile", region=VILLAGE[:9], indicator="garbage_cleared")
    assert not app.exception
    words = shown_text(app)
    assert "暨龙镇没有自己上报这项数" in words
    assert "其中 1 个数被更正或撤销过" in words
    assert len(frame_with(app, "做了什么", "原数", "新数")) == 4


def test_a_county_without_corrections_says_so(open_app: Any, county_home: Path) -> None:
    app = open_app(county_home, "profile", indicator="garbage_cleared")
    assert "本月这些数都没有被更正或撤销过。" in shown_text(app)


def test_facts_name_place_and_code_and_hostile_names_are_letters(open_app: Any, corrected_home: Path) -> None:
    words = shown_text(open_app(corrected_home, "profile", region=VILLAGE))
    assert "重庆市 › 重庆市辖县 › 丰都县 › 暨龙镇 › 九龙泉村" in words
    assert VILLAGE in words
    assert EVIL not in words
    assert "&lt;script&gt;" in words


def test_all_indicators_stand_with_trend_target_and_rank(open_app: Any, county_home: Path) -> None:
    figures = frame_with(open_app(county_home, "profile"), "近 12 个月", "目标值")
    garbage = figures[figures["指标"] == "清理生活垃圾"].iloc[0]
    assert garbage["数值"] == "163.00"
    assert garbage["目标值"] == "400.00"
    assert str(garbage["近 12 个月"]).startswith("data:image/svg+xml;base64,")


def test_late_and_missing_reports_are_counted_by_village(open_app: Any, county_home: Path) -> None:
    """The files came on 4 November: in time for October, late for September. The other 335 villages sent nothing."""
    app = open_app(county_home, "profile", region=VILLAGE)
    months = frame_with(app, "收到时间", "状态")
    assert list(months["状态"]) == ["✔ 按时", "▼ 迟报"]
    assert "近 2 个月迟报 1 次，缺报 0 次。" in shown_text(app)


def test_the_reasons_given_for_doubts_stand_on_the_page(open_app: Any, county_home: Path) -> None:
    doubts = frame_with(open_app(county_home, "profile"), "疑点和理由", "理由")
    assert len(doubts) > 0
    assert set(doubts["理由"]) == {"已核实"}


def test_the_page_leads_to_paper_as_of_what_it_shows(open_app: Any, county_home: Path) -> None:
    app = open_app(county_home, "profile", region=VILLAGE, indicator="garbage_cleared")
    links = [one.proto.url for one in app.get("link_button") if "/print/" in one.proto.url]
    assert len(links) == 1
    assert f"region={VILLAGE}" in links[0]
    assert "as_of=3" in links[0]


def test_a_click_anywhere_on_a_row_chooses_it() -> None:
    def event(**selection: Any) -> Any:
        return SimpleNamespace(selection=selection)

    assert profile_origin.clicked_row(event(rows=[], cells=[(3, "数值")])) == 3
    assert profile_origin.clicked_row(event(rows=[2], cells=[])) == 2
    assert profile_origin.clicked_row(event(rows=[], cells=[])) is None
    assert profile_origin.clicked_row(None) is None


def test_no_column_stands_empty() -> None:
    row = {
        "category": "垃圾治理", "indicator": "garbage_cleared", "name": "清理生活垃圾", "unit": "吨", "decimals": 2,
        "value": float("nan"), "change": float("nan"), "reported": 0, "carried": 0, "totals": 0, "state": None,
        "progress_pct": float("nan"), "target": float("nan"), "rank": None, "ranked_count": 0,
        "year_to_date": float("nan"), "difference": float("nan"), "doubts": "", "batch": None,
        "history": [float("nan")] * 12,
    }  # fmt: skip
    shown = profile_tables.figures(pd.DataFrame([row])).frame
    assert list(shown.columns) == ["类别", "指标", "数值", "单位", "近 12 个月", "比上月", "来源"]
    assert shown["数值"].iloc[0] == "未上报"
    assert shown["比上月"].iloc[0] == ""


def test_a_difference_keeps_its_sign() -> None:
    rows = [SimpleNamespace(difference=value, decimals=1) for value in (5.0, -2.5, float("nan"))]
    assert [profile_tables._difference(row) for row in rows] == ["+5.0", "-2.5", ""]


def test_facts_are_escaped() -> None:
    fact = SimpleNamespace(
        fact="alias", text=EVIL, name="", value=float("nan"), unit="", decimals=0, first_period=0, last_period=0,
        reported=0, villages=0,
    )  # fmt: skip
    assert EVIL not in profile_facts.markup([fact])
