"""The red and black list of a snapshot's page: reasons as frozen, harmless text, which list it is without its colour."""

import math
import re
from html.parser import HTMLParser
from typing import Any

import pandas as pd
import pytest

from ecodash.domain.pages import Page
from ecodash.domain.periods import Month
from ecodash.domain.regions import Level
from ecodash.domain.selection import Selection
from ecodash.reports.frozen import FrozenPack, FrozenPage, from_parquet, to_parquet
from ecodash.reports.list_sections import lists_section
from ecodash.reports.snapshot_page import render_snapshot

EVIL = '<img src=x onerror=alert(1)>"镇'
META: dict[str, Any] = {
    "page": "lists", "page_label": "红黑榜", "title": "十月通报", "note": "", "actor": "王主任",
    "created_at": "2026-11-06T09:30:00+00:00", "committed_at": "2026-11-06T09:20:00+00:00", "watermark": 48,
    "region_code": "500230", "region_name": "丰都县", "region_path": ["重庆市", "丰都县"], "region_level": "county",
    "is_whole": True, "villages": 9, "month": "2026-10", "month_label": "2026年10月", "level": "town",
    "level_label": "乡镇", "indicator": "rate", "indicator_name": "生活垃圾收运处置率", "indicator_english": "Rate",
    "indicator_unit": "%", "indicator_definition": "处置量除以产生量。", "indicator_kind": "ratio", "decimals": 1,
    "direction": "higher", "is_demo": False, "catalog_digest": "feed" * 16, "software": "0.3.0",
    "lists": {
        "rule_number": 5, "rule_name": "乡镇月榜", "rule_version": 2, "reasons_number": 7,
        "title": "丰都县2026年10月红黑榜", "rules": ["红榜：前 1 名。", "黑榜：低于 85% 的。"], "previous_label": "上月",
        "has_distance": True, "judged": 30, "unlisted": 26, "is_due": True, "due_at": "2026-11-05T16:00:00+00:00",
    },
}  # fmt: skip


def entry(side: str, place: int, code: str, name: str, **changes: Any) -> dict[str, Any]:
    usual = {
        "side": side, "place": place, "region": int(code.ljust(12, "0")), "region_code": code, "name": name,
        "parent": "丰都县", "rank": place, "previous_rank": 4, "movement": 3, "value": 98.25, "previous": 95.0,
        "distance": math.nan, "streak": 1, "villages": 12, "reported": 12, "carried": 0, "late": 0, "missing": 0,
        "grounds": "places", "reason": "生活垃圾收运处置率 98.3%，第 1 名", "own_reason": "", "own_by": "", "own_at": pd.NaT,
    }  # fmt: skip
    return usual | changes


RED = entry("red", 1, "500230100", "甲镇", own_reason="三次抽查无积存", own_by="李审核",
            own_at=pd.Timestamp("2026-11-06T01:05:00Z"))  # fmt: skip
LAST = entry("black", 1, "500230101", "乙镇", rank=30, movement=-2, value=78.7, reason="低于 85% 的标准 6.3 个百分点")
SILENT = entry("black", 2, "500230102", EVIL, rank=None, movement=None, value=math.nan, reason="未上报，没有名次")


def tables(*entries: dict[str, Any], notes: tuple[str, ...] = ()) -> dict[str, pd.DataFrame]:
    """As they are read back from a snapshot."""
    listed = pd.DataFrame(entries, columns=list(RED)).astype({"rank": "Int64", "movement": "Int64"})
    said = pd.DataFrame({"code": ["unreported"] * len(notes), "note": list(notes)}, dtype="string")
    return {"list_entries": from_parquet(to_parquet(listed)), "list_notes": from_parquet(to_parquet(said))}


def page_of(*entries: dict[str, Any], notes: tuple[str, ...] = (), pages: int = 1) -> str:
    look = Selection(48, Month(2026, 10), 500_230_000_000, "rate", Level.TOWN)
    made = FrozenPage(Page.LISTS, look, META, tables(*entries, notes=notes))
    return render_snapshot(FrozenPack(META, (made,) * pages), number=3, sha256="0" * 64).whole().decode()


class Rows(HTMLParser):
    """Table rows as texts, each after the name of the list it stands on."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.side = ""
        self.is_in_cell = False
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.side = dict(attributes).get("data-side") or self.side
        if tag == "tr":
            self.rows.append([self.side])
        if tag in ("td", "th"):
            self.is_in_cell = True
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self.is_in_cell = False

    def handle_data(self, data: str) -> None:
        if self.is_in_cell:
            self.rows[-1][-1] += data


def test_both_lists_show_rank_figure_movement_and_reason() -> None:
    assert Rows(page_of(RED, LAST, SILENT)).rows == [
        ["red", "名次", "乡镇", "生活垃圾收运处置率", "升降（位）", "上榜理由"],
        ["red", "1", "甲镇", "98.3%", "↑3",
         "生活垃圾收运处置率 98.3%，第 1 名审核人说明 三次抽查无积存李审核，2026-11-06 09:05"],
        ["black", "名次", "乡镇", "生活垃圾收运处置率", "升降（位）", "上榜理由"],
        ["black", "30", "乙镇", "78.7%", "↓2", "低于 85% 的标准 6.3 个百分点"],
        ["black", "—", EVIL, "未上报", "—", "未上报，没有名次"],
    ]  # fmt: skip


def test_a_figure_can_be_found_and_a_missing_one_is_no_zero() -> None:
    html = page_of(RED, SILENT)
    assert 'data-region="500230100" data-indicator="rate" data-field="value" data-value="98.25"' in html
    assert 'data-region="500230102" data-indicator="rate" data-field="value" data-value=""' in html


def test_which_list_it_is_is_said_in_words_and_signs() -> None:
    heads = re.findall(r'<h3 class="sub"><span aria-hidden="true">(.)</span> (.*?)<small>(.*?)</small>', page_of(RED))
    assert heads == [("★", "红榜", "表扬 · 共 1 个"), ("■", "黑榜", "批评 · 共 0 个")]


def test_a_list_that_names_nobody_says_so() -> None:
    html = page_of()
    assert html.count("本月没有单位列入。") == 2
    assert "<table" not in html


@pytest.mark.parametrize("field", ["name", "reason", "own_reason", "own_by", "parent"])
def test_every_text_is_escaped(field: str) -> None:
    html = page_of(RED | {field: EVIL}, LAST)
    assert "<img" not in html
    assert "&lt;img src=x onerror=alert(1)&gt;" in html


def test_texts_of_the_rule_and_the_notes_are_escaped_and_shown() -> None:
    section = lists_section(META, tables(RED, notes=("1 个单位未上报。", EVIL)))
    assert section.body.notes == ["1 个单位未上报。", EVIL]
    html = page_of(RED, notes=("1 个单位未上报。", EVIL))
    assert "<img" not in html
    for said in ("1 个单位未上报。", "红榜：前 1 名。", "黑榜：低于 85% 的。", "处置量除以产生量。"):
        assert html.count(said) == 1


def test_the_heading_says_place_month_rule_and_whether_reports_were_due() -> None:
    section = lists_section(META, tables(RED))
    assert section.title == "丰都县2026年10月红黑榜"
    assert section.note == "按“乡镇月榜”（第 2 版）评比，参评 30 个，有数据而两榜都不列的 26 个；本月上报期限已过。"
    early = META | {"lists": META["lists"] | {"is_due": False}}
    assert lists_section(early, tables(RED)).note.endswith("本月上报期限未到。")


def test_a_parent_is_named_only_where_parents_differ() -> None:
    assert [row.parent for row in lists_section(META, tables(RED, LAST)).body.sides[0].rows] == [""]
    other = lists_section(META, tables(RED, LAST | {"parent": "忠县"}))
    assert [row.parent for side in other.body.sides for row in side.rows] == ["丰都县", "忠县"]


def test_heads_are_repeated_on_paper_and_of_two_lists_no_anchor_stands_twice() -> None:
    html = page_of(RED, LAST, pages=2)
    assert re.search(r"thead\{display:table-header-group[;}]", html)
    assert html.count('<h4 class="sub"><span aria-hidden="true">★') == 2
    anchors = re.findall(r' id="([^"]+)"', html)
    assert len(anchors) == len(set(anchors))
