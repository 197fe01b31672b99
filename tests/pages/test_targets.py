"""目标管理 and 进度 through the shell: what is shown, what is typed, what is saved."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from ecodash import actions, queries
from ecodash.domain.access import SYSTEM
from ecodash.domain.periods import Month
from ecodash.domain.regions import region_key
from ecodash.domain.selection import Selection
from ecodash.domain.targets import TargetEdit
from ecodash.reports.tables import to_csv, to_xlsx
from ecodash.settings import load_settings
from ecodash.views import target_tables
from ecodash.views.target_edit import find_edits
from ecodash.workspace import shared_workspace
from tests.pages.conftest import CLERK, NOW
from tests.pages.test_pages import shown_text

JILONG = "500230123"
COLUMNS = ["code", "place", "of", "indicator", "unit", "target", "deadline", "baseline", "used"]


def save(*edits: TargetEdit) -> None:
    """Save targets into the store the app under test has open."""
    actions.save_targets(shared_workspace(load_settings()).acting(SYSTEM), edits, actor=CLERK, now=NOW)


def part(app: AppTest, name: str) -> AppTest:
    app.session_state["target_part"] = name
    return app.run()


# ── 进度 ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_progress_says_how_it_was_worked_out(open_app: Any, county_home: Path) -> None:
    app = open_app(county_home, "progress", region="500230")
    assert not app.exception
    words = shown_text(app)
    # 150 吨 in September and 163 in October, of 400 by December.
    assert "当月完成量从2026年1月起累计，基数为 0。" in words
    assert "完成率 =（313.00 − 0.00）÷（400.00 − 0.00）= 78.3%。" in words
    assert "时序进度 = 到2026年10月已过 10 个月 ÷ 全期 12 个月 = 83.3%。" in words
    assert "10 个月共完成 313.00 吨，平均每月 31.30 吨。还差 87.00 吨，剩 2 个月，每月还需 43.50 吨。" in words
    # Nothing stood in December, so September's 31 toilets are the baseline.
    assert "取本年首次上报（2026年9月）的 31" in words


def test_progress_sets_units_side_by_side_and_leads_into_them(open_app: Any, county_home: Path) -> None:
    app = open_app(county_home, "progress", region="500230")
    assert "各乡镇本年没有下达目标" in "\n".join(info.value for info in app.info)
    save(TargetEdit(JILONG, "garbage_cleared", "2026-12", "100"), TargetEdit(JILONG, "public_toilets", "2026-06", "9"))
    app.run()
    assert not app.exception
    words = shown_text(app)
    assert f"region={JILONG}" in words
    assert "垃圾治理：超前，完成 100.0%" not in words
    assert "已完成" in words  # 126 吨 of 100
    app.segmented_control(key="category_box").set_value("垃圾治理").run()
    assert app.query_params["category"] == "垃圾治理"
    assert not app.exception
    assert "清理生活垃圾：已完成" in shown_text(app)


def test_a_deadline_that_passed_is_shown_beside_the_later_one(open_app: Any, county_home: Path) -> None:
    app = open_app(county_home, "progress", region=JILONG)
    save(
        TargetEdit(JILONG, "garbage_cleared", "2026-09", "80"),
        TargetEdit(JILONG, "garbage_cleared", "2026-12", "112"),
    )
    app.run()
    words = shown_text(app)
    assert "✘ 未按期完成" in words  # 60 of 80 by September
    assert "期限以后补上，现在已达到" in words  # 126 by October
    assert "完成 112.5%，超额 12.5%" in words  # 126 of 112


# ── 目标管理 ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["edit", "adding", "next", "files"])
def test_every_part_opens(open_app: Any, county_home: Path, name: str) -> None:
    app = part(open_app(county_home, "targets"), name)
    assert not app.exception
    assert app.title[0].value == "目标管理"


def test_every_part_opens_without_targets(open_app: Any, bare_with_regions: Path) -> None:
    app = open_app(bare_with_regions, "targets")
    for name in ("edit", "adding", "next", "files"):
        part(app, name)
        assert not app.exception
    assert "还没有下达目标" in "\n".join(caption.value for caption in app.caption)


def test_decomposition_names_who_signed_nothing(open_app: Any, county_home: Path) -> None:
    app = open_app(county_home, "targets")
    save(TargetEdit(JILONG, "garbage_cleared", "2026-12", "100"), TargetEdit(JILONG, "public_toilets", "2026-06", "9"))
    words = shown_text(part(app, "adding"))
    assert "丰都县目标 400.00 吨，1 个乡镇合计 100.00 吨，少 300.00 吨。" in words
    assert "没有目标：" in words
    assert "等 29 个" in words
    assert "丰都县目标 30 座，下级都没有分解。" in words
    assert "只有其他期限的目标：暨龙镇。" in words


def test_next_years_targets_are_saved_with_a_click(open_app: Any, county_home: Path) -> None:
    app = part(open_app(county_home, "targets"), "next")
    app.button(key="save_next_year").click().run()
    assert not app.exception
    assert "已保存为第 4 批：新增 1 项" in app.success[0].value  # 34 toilets have passed the 30: not ticked
    app.selectbox(key="target_year").set_value(2027).run()
    assert "丰都县目标 400.00 吨，下级都没有分解。" in shown_text(part(app, "adding"))


def rows(*lines: tuple[str, str, str, str]) -> pd.DataFrame:
    """Rows of the editor: region code, target, deadline, baseline."""
    return pd.DataFrame(
        [(code, code, "bins", "", "", target, deadline, baseline, "") for code, target, deadline, baseline in lines],
        columns=COLUMNS,
        dtype=object,
    )


@pytest.mark.parametrize(
    ("before", "after", "edits"),
    [
        (("1", "5", "2026-12", ""), ("1", "5", "2026-12", ""), []),
        (("1", "5", "2026-12", ""), ("1", "6 ", "2026-12", ""), [TargetEdit("1", "bins", "2026-12", "6")]),
        (("1", "5", "2026-12", ""), ("1", "5", "2026-12", "2"), [TargetEdit("1", "bins", "2026-12", "5", "2")]),
        (
            ("1", "5", "2026-12", "2"),
            ("1", "", "2026-12", "2"),
            [TargetEdit("1", "bins", "2026-12", is_withdrawn=True)],
        ),
        (
            ("1", "5", "2026-12", ""),
            ("1", "5", "2026-06", ""),
            [TargetEdit("1", "bins", "2026-12", is_withdrawn=True), TargetEdit("1", "bins", "2026-06", "5")],
        ),
        (("1", "", "2026-12", ""), ("1", "7", "2026-12", ""), [TargetEdit("1", "bins", "2026-12", "7")]),
        (("1", "", "2026-12", ""), ("1", "", "2026-06", ""), []),
        (("1", "", "2026-12", ""), ("1", "", "2026-12", "3"), [TargetEdit("1", "bins", "2026-12", "", "3")]),
    ],
)
def test_what_was_typed_becomes_changes(before: Any, after: Any, edits: list[TargetEdit]) -> None:
    assert find_edits(rows(before), rows(after)) == edits


@pytest.mark.parametrize(
    ("value", "decimals", "written"),
    [(12.5, 2, "12.5"), (90.0, 2, "90"), (1200.0, 0, "1200"), (float("nan"), 2, ""), (0.0, 1, "0")],
)
def test_figures_are_written_as_somebody_would_type_them(value: float, decimals: int, written: str) -> None:
    assert target_tables.plain(value, decimals) == written


@pytest.mark.parametrize("name", ["目标表.csv", "目标表.xlsx"])
def test_the_downloaded_table_is_read_back_as_it_stands(open_app: Any, county_home: Path, name: str) -> None:
    open_app(county_home)
    save(
        TargetEdit(JILONG, "garbage_cleared", "2026-12", "100"),
        TargetEdit("500230", "sanitary_toilet_rate", "2026-06", "90.5", "78.25"),
        TargetEdit(JILONG, "model_level", "2026-12", "12"),
    )
    opened = shared_workspace(load_settings()).acting(SYSTEM)
    selection = Selection(4, Month(2026, 12), region_key("500230"))
    table = target_tables.set_targets(queries.target_plans(opened, selection), opened.catalog, "目标表")
    content = to_csv(table.frame) if name.endswith("csv") else to_xlsx(table.frame, title="目标表", as_of="截至第 4 批")
    upload = actions.read_file(opened, content, name, actor=CLERK, now=NOW)
    assert upload.intake.faults == ()
    assert upload.counts == {"new": 0, "changed": 0, "unchanged": 5}


def test_an_empty_table_filled_in_is_read(open_app: Any, county_home: Path) -> None:
    open_app(county_home)
    opened = shared_workspace(load_settings()).acting(SYSTEM)
    table = target_tables.template([(JILONG, "暨龙镇"), ("500230", "丰都县")], opened.catalog, ["bins"], 2027, "空白")
    frame = table.frame.copy()
    frame.loc[0, target_tables.TARGET] = "25"
    upload = actions.read_file(opened, to_csv(frame), "目标.csv", actor=CLERK, now=NOW)
    assert upload.intake.faults == ()
    assert upload.target_changes[["deadline", "new"]].to_numpy().tolist() == [[202712, 25]]
