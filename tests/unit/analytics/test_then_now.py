"""Figures of a page beside the same page's at another time: frames in, frames out."""

from typing import Any

import pandas as pd

from ecodash.analytics.then_now import COLUMNS, compare_pages

META = {
    "page": "ranking",
    "region_code": "500230",
    "region_name": "丰都县",
    "indicator": "garbage",
    "indicator_name": "清理生活垃圾",
    "indicator_unit": "吨",
    "decimals": 1,
}
NAN = float("nan")


def ranking(*rows: tuple[str, float, int | None, int], previous: float = NAN) -> pd.DataFrame:
    """Units from (region code, value, rank, villages that reported)."""
    return pd.DataFrame(
        [
            {"region_code": code, "name": f"镇{code[-1]}", "value": value, "rank": rank, "previous": previous,
             "reported": reported, "carried": 0, "totals": 0, "villages": 5}
            for code, value, rank, reported in rows
        ]
    ).astype({"rank": "Int64"})  # fmt: skip


def told(frame: pd.DataFrame, *columns: str) -> list[tuple[Any, ...]]:
    rows = frame[list(columns)].astype(object).itertuples(index=False)
    return [tuple(None if pd.isna(cell) else cell for cell in row) for row in rows]


def compare(then: pd.DataFrame, now: pd.DataFrame, table: str = "unit_ranking") -> pd.DataFrame:
    frames = compare_pages({table: then}, {table: now}, META)
    assert len(frames) == 1
    assert list(frames[0].columns) == COLUMNS
    return frames[0]


def test_values_ranks_and_villages_stand_beside_each_other_and_missing_is_not_zero() -> None:
    then = ranking(("1", 120, 1, 5), ("2", 100, 2, 4), ("3", NAN, None, 0), ("4", 3, 3, 1))
    now = ranking(("2", 200, 1, 4), ("1", 120, 2, 5), ("3", 0, 3, 1), ("4", NAN, None, 0))
    found = compare(then, now)
    figures = found[found["label"] == "清理生活垃圾"]
    assert told(figures, "name", "then", "now", "change", "rank_then", "rank_now", "kind") == [
        ("镇1", 120, 120, 0, 1, 2, "moved"),
        ("镇2", 100, 200, 100, 2, 1, "corrected"),
        ("镇3", None, 0, None, None, 3, "added"),
        ("镇4", 3, None, None, 3, None, "withdrawn"),
    ]
    villages = found[found["label"] == "清理生活垃圾：上报村数"]
    assert told(villages, "then", "now", "unit", "is_changed") == [
        (5, 5, "个村", False), (4, 4, "个村", False), (0, 1, "个村", True), (1, 0, "个村", True),
    ]  # fmt: skip


def test_a_unit_that_appeared_or_vanished_is_said_so_even_without_a_figure() -> None:
    found = compare(ranking(("1", 5, 1, 5), ("2", NAN, None, 0)), ranking(("1", 5, 1, 5), ("3", NAN, None, 0)))
    figures = found[found["label"] == "清理生活垃圾"]
    assert told(figures, "region_code", "presence", "kind", "is_changed") == [
        ("1", "both", "same", False), ("2", "then_only", "withdrawn", True), ("3", "now_only", "added", True),
    ]  # fmt: skip


def test_a_change_below_the_digits_shown_reads_the_same() -> None:
    found = compare(ranking(("1", 1.04, 1, 5), ("2", 2.25, 2, 5)), ranking(("1", 0.96, 1, 5), ("2", 2.2, 2, 5)))
    # 2.25 is shown as 2.3: halves round up.
    assert told(found[found["label"] == "清理生活垃圾"], "kind") == [("same",), ("corrected",)]


def test_reports_without_a_figure_are_told_from_no_reports() -> None:
    found = compare(ranking(("1", NAN, None, 3)), ranking(("1", 7, 1, 4)))
    assert told(found[found["label"] == "清理生活垃圾"], "reports_then", "reports_now") == [(3, 4)]


def test_targets_are_matched_by_indicator_and_deadline_and_bring_their_state() -> None:
    def goal(deadline: int, target: float, actual: float, pct: float, state: str) -> dict[str, Any]:
        return {"indicator": "garbage", "indicator_name": "清理生活垃圾", "unit": "吨", "decimals": 1,
                "deadline": deadline, "target": target, "actual": actual, "progress_pct": pct, "state": state}  # fmt: skip

    then = pd.DataFrame([goal(202612, 100, 50, 50, "behind")])
    now = pd.DataFrame([goal(202612, 100, 50, 50, "stalled"), goal(202611, 40, 50, 125, "done")])
    found = compare(then, now, "region_targets")
    assert told(found, "region_code", "label", "then", "now", "state_then", "state_now", "kind") == [
        ("500230", "清理生活垃圾：完成数（期限2026年12月）", 50, 50, "", "", "same"),
        ("500230", "清理生活垃圾：目标值（期限2026年12月）", 100, 100, "", "", "same"),
        ("500230", "清理生活垃圾：完成率（期限2026年12月）", 50, 50, "behind", "stalled", "moved"),
        ("500230", "清理生活垃圾：完成数（期限2026年11月）", None, 50, "", "", "added"),
        ("500230", "清理生活垃圾：目标值（期限2026年11月）", None, 40, "", "", "added"),
        ("500230", "清理生活垃圾：完成率（期限2026年11月）", None, 125, "", "done", "added"),
    ]


def test_a_flow_has_its_year_and_a_stock_has_not() -> None:
    def figure(kind: str, year: float) -> pd.DataFrame:
        return pd.DataFrame(
            [{"indicator": kind, "name": kind, "unit": "吨", "decimals": 0, "kind": kind, "value": 1.0, "previous": NAN,
              "year_to_date": year, "reported": 1, "carried": 0, "totals": 0, "villages": 1}]
        )  # fmt: skip

    assert told(compare(figure("flow", 3), figure("flow", 4), "key_figures"), "label", "kind") == [
        ("flow", "same"), ("flow：年累计", "corrected"),
    ]  # fmt: skip
    assert told(compare(figure("stock", NAN), figure("stock", NAN), "key_figures"), "label") == [("stock",)]


def test_a_village_that_two_tables_show_counts_once() -> None:
    rows, other = ranking(("1", 1, 1, 5)), ranking(("1", 2, 1, 5))
    frames = compare_pages(
        {"unit_tiles": rows, "unit_ranking": rows}, {"unit_tiles": other, "unit_ranking": other}, META
    )
    assert [str(frame["table"].iloc[0]) for frame in frames] == ["unit_ranking"]
    assert sum(frame["is_changed"].sum() for frame in frames) == 1


def test_trend_and_reports_go_by_month_and_tables_without_figures_are_passed_over() -> None:
    trend = pd.DataFrame({"month": ["2026-09", "2026-10"], "value": [1.0, NAN], "year_ago": NAN, "target": NAN})
    now = trend.assign(value=[1.0, 2.0])
    assert told(compare(trend, now, "trend"), "label", "then", "now", "kind") == [
        ("清理生活垃圾：2026年9月", 1, 1, "same"), ("清理生活垃圾：2026年10月", None, 2, "added"),
    ]  # fmt: skip
    points = pd.DataFrame({"region": [1], "lon": [2.0], "lat": [3.0]})
    assert compare_pages({"map_points": points}, {"map_points": points}, META) == []
    assert compare_pages({"unit_ranking": pd.DataFrame()}, {}, META) == []


def test_a_unit_that_left_a_list_is_there_no_more() -> None:
    def entry(side: str, streak: int) -> dict[str, Any]:
        return {"side": side, "region_code": "1", "name": "镇1", "value": 5.0, "rank": 1, "streak": streak}

    found = compare(pd.DataFrame([entry("red", 2)]), pd.DataFrame([entry("black", 1)]), "list_entries")
    assert told(found, "label", "presence", "kind") == [
        ("红榜：清理生活垃圾", "then_only", "withdrawn"), ("红榜：连续上榜", "then_only", "withdrawn"),
        ("黑榜：清理生活垃圾", "now_only", "added"), ("黑榜：连续上榜", "now_only", "added"),
    ]  # fmt: skip
