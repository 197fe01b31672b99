"""A profile on paper and in a snapshot: facts, small trends, reports, doubts and notes."""

import math
import re
from typing import Any

import pandas as pd

from ecodash.i18n import speaking
from ecodash.reports.frozen import from_parquet, to_parquet
from ecodash.reports.snapshot_page import PRINT_SCRIPT, render_print
from tests.unit.reports.test_snapshot_page import EVIL, ORIGINS, PROFILE, TREND, figures, make_meta, render_tables

NAN = math.nan
FACTS = pd.DataFrame(
    [
        ("path", f"湘潭市 › 湘潭县 › {EVIL}", "", NAN, "", 0, 0, 0, 0, 0),
        ("villages", "", "", 9.0, "", 0, 0, 0, 0, 0),
        ("households", "", "户数", 1268.0, "户", 0, 202511, 202512, 7, 9),
        ("population", "", "人口", NAN, "人", 0, 0, 0, 0, 9),
        ("valid_until", "2026-12", "", NAN, "", 0, 0, 0, 0, 0),
        ("successor", f"{EVIL} 430321101", "", NAN, "", 0, 0, 0, 0, 0),
    ],
    columns=[
        "fact", "text", "name", "value", "unit", "decimals", "first_period", "last_period", "reported", "villages",
    ],
)  # fmt: skip
MONTHS = pd.DataFrame(
    {
        "month": ["2026-10", "2026-09"], "villages": [9, 9], "on_time": [6, 7], "late": [0, 2], "missing": [3, 0],
        "last_received": pd.to_datetime(["2026-11-03T01:12Z", None]), "is_due": [False, True],
    }
)  # fmt: skip
VILLAGES = pd.DataFrame(
    {
        "region": [430321100001], "region_code": ["430321100001"], "name": [EVIL], "parent": ["易俗河镇"],
        "months": [12], "late": [2], "missing": [1], "late_months": [["2026-03", "2026-09"]],
        "missing_months": [["2026-01"]],
    }
)  # fmt: skip
DOUBTS = pd.DataFrame(
    {
        "batch": [5], "code": ["jump"], "region": [430321100001], "name": ["董泉村"], "indicator": ["garbage_cleared"],
        "indicator_name": ["清理生活垃圾"], "period": [202610], "hint": [f"比上月多十倍{EVIL}"], "reason": ["集中整治<b>"],
    }
)  # fmt: skip
NOTES = pd.DataFrame(
    {
        "batch": [5], "file_name": ["=十月.xlsx"], "actor": ["张三"],
        "committed_at": pd.to_datetime(["2026-11-03T01:12Z"]), "note": [f"已现场核实{EVIL}"],
    }
)  # fmt: skip
HISTORY = [[1.0, 2.0, NAN, 4.0], [5.0, 5.0, 5.0, 5.0], [NAN, NAN, NAN, 1.0]]
NEW_TREND = TREND.assign(target=98.0, year_ago=NAN, villages=9)
TABLES = {
    "region_facts": FACTS,
    "region_profile": PROFILE.assign(
        doubts=["比上月多十倍理由：集中整治", "", ""], history=pd.Series(HISTORY, dtype=object)
    ),
    "trend": NEW_TREND,
    "figure_origins": ORIGINS,
    "figure_doubts": DOUBTS,
    "batch_notes": NOTES,
    "report_months": MONTHS,
    "late_villages": VILLAGES,
}


def printed(language: str = "zh", tables: dict[str, pd.DataFrame] | None = None, **changes: Any) -> str:
    thawed = {name: from_parquet(to_parquet(table)) for name, table in (tables or TABLES).items()}
    with speaking(language):
        return render_print(make_meta(page="profile", page_label="区域档案", **changes), thawed).decode()


def plain(html: str) -> str:
    """What is written, without markup and style."""
    return re.sub(r"\s+", " ", re.sub(r"<style>.*?</style>|<[^>]+>", " ", html, flags=re.DOTALL))


def test_a_profile_tells_all_a_leader_may_ask() -> None:
    words = plain(printed())
    for expected in (
        "户数 1,268 户 2025年11月至2025年12月上报，7/9 村", "人口 未上报", "村数 9", "撤并月份 2026年12月",
        "近 2 个月迟报 2 村次，缺报 0 村次。", "未到截止日", "缺报月份", "2026年3月、2026年9月",
        "董泉村 清理生活垃圾 2026年10月", "理由：", "上报说明", "疑点：比上月多十倍理由：集中整治",
        "虚线为目标 98.0%", "空心圈为沿用以前数值的月份",
    ):  # fmt: skip
        assert expected in words, expected


def test_a_month_not_yet_due_is_not_counted_as_missing() -> None:
    assert "缺报 0 村次" in plain(printed())
    due = TABLES | {"report_months": MONTHS.assign(is_due=True)}
    assert "缺报 3 村次" in plain(printed(tables=due))


def test_a_village_reads_its_months_in_words() -> None:
    own = MONTHS.assign(villages=1, on_time=[0, 0], late=[0, 1], missing=[1, 0])
    words = plain(printed(tables=TABLES | {"report_months": own}, region_level="village"))
    assert "… 未报（未到期）" in words
    assert "▼ 迟报" in words
    assert "近 2 个月迟报 1 次，缺报 0 次。" in words
    assert "易俗河镇" not in words


def test_everything_from_outside_is_letters_not_markup() -> None:
    html = printed(region_name=EVIL, title=f'{EVIL}"}}*{{', region_path=[EVIL], indicator_definition=EVIL)
    assert "<script>alert" not in html
    assert "<b></li>" not in html
    assert html.count("<script>") == 1
    assert f"<script>{PRINT_SCRIPT}</script>" in html
    style = html[html.index("<style>") : html.index("</style>")]
    assert "alert" not in style


def test_small_trends_break_where_nothing_was_reported_and_one_month_is_none() -> None:
    html = printed()
    sparks = re.findall(r'<svg class="spark".*?</svg>', html)
    assert len(sparks) == 2
    assert sparks[0].count("<polyline") == 1
    assert sparks[0].count("<circle") == 1


def test_what_is_printed_is_no_snapshot() -> None:
    html = printed()
    assert "快照" not in html
    assert "SHA-256" not in html
    assert "打印于 2026-11-03 09:30" in plain(html)
    assert "截至 第 12 批" in plain(html)


def test_every_sheet_carries_its_stamp() -> None:
    style = printed(title="湘潭县区域档案")
    assert "@bottom-left" in style
    assert f"\\{ord('湘'):x} " in style
    assert "counter(pages)" in style


def test_figures_can_be_read_back_from_paper() -> None:
    found = {(one["data-indicator"], one["data-field"]): one["data-value"] for one in figures(printed())}
    assert found["garbage_cleared", "value"] == "1268.5"


def test_a_snapshot_frozen_before_these_tables_still_renders() -> None:
    old = {"region_profile": PROFILE, "trend": TREND, "figure_origins": ORIGINS}
    html = render_tables(make_meta(page="profile"), old)
    assert "基本情况" not in html
    assert 'class="spark"' not in html
    assert "走势</th>" not in html
    assert "快照 #3" in html


def test_a_profile_without_late_reports_doubts_or_notes_says_only_what_is_so() -> None:
    tables = TABLES | {
        "figure_doubts": DOUBTS.iloc[:0], "batch_notes": NOTES.iloc[:0], "late_villages": VILLAGES.iloc[:0],
        "report_months": MONTHS.assign(on_time=9, late=0, missing=0),
    }  # fmt: skip
    words = plain(printed(tables=tables))
    assert "疑点、理由和上报说明" not in words
    assert "近 2 个月全部按时上报。" in words


def test_paper_speaks_english() -> None:
    assert '<html lang="en">' in printed("en")


def test_a_table_without_targets_has_no_column_of_them() -> None:
    without = TABLES | {"region_profile": TABLES["region_profile"].assign(target=NAN)}
    assert "goalless" in printed(tables=without)
    assert "goalless" not in printed().split("</style>")[1]
