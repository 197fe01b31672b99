"""Red and black lists in words and as files: reasons made from figures, harmless text, nothing missing shown as zero."""

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

import openpyxl
import pytest

from ecodash.domain.comparison import Against, Comparison, Span
from ecodash.domain.indicators import Direction
from ecodash.domain.listed import Entry, Ground, Measure, MonthLists, Note
from ecodash.domain.lists import By, Falling, ListRule, Side, SideRule, Sign
from ecodash.domain.periods import Month
from ecodash.domain.regions import Level
from ecodash.i18n import speaking
from ecodash.reports.lists import lists_csv, lists_page, lists_text, lists_xlsx
from ecodash.reports.lists_words import note_words, reason, rule_words

COUNTY = 500230_000_000
RATE = Measure("rate", "生活垃圾收运处置率", "%", 1, Direction.HIGHER, "口径一", "Waste rate")
HOSTILE = '=HYPERLINK("x")<img src=x onerror=alert(1)>'
RULE = ListRule(
    COUNTY,
    Level.TOWN,
    "rate",
    red=SideRule(By.PLACES, 3),
    black=SideRule(By.THRESHOLD, sign=Sign.BELOW, bound=Decimal(85)),
)


def entry(name: str = "甲镇", **changes: Any) -> Entry:
    usual: dict[str, Any] = {
        "region": COUNTY + 1_000, "name": name, "parent": "丰都县", "rank": 1, "previous_rank": 4, "movement": 3,
        "value": 98.2, "previous": 95.0, "distance": None, "grounds": (Ground.PLACES,), "villages": 12, "reported": 12,
    }  # fmt: skip
    return Entry(**(usual | changes))


LAST = entry("乙镇", rank=30, movement=-2, value=78.7, distance=-6.3, reported=9, grounds=(Ground.THRESHOLD,))


def lists(red: tuple[Entry, ...] = (), black: tuple[Entry, ...] = (), **changes: Any) -> MonthLists:
    usual: dict[str, Any] = {
        "rule": RULE, "name": "乡镇月榜", "number": 5, "version": 2, "reasons_number": 0, "watermark": 48,
        "month": Month(2026, 10), "committed_at": datetime(2026, 11, 6, 9, 20, tzinfo=UTC), "region_name": "丰都县",
        "measure": RATE, "red": red, "black": black, "judged": 30, "unlisted": 28, "left_out": (), "notes": (),
        "is_demo": False,
    }  # fmt: skip
    return MonthLists(**(usual | changes))


# ── reasons ────────────────────────────────────────────────────────────────────────────────────────────────────────


def said(one: Entry, side: Side = Side.RED, **changes: Any) -> str:
    return reason(one, side, lists(**changes))


def test_reason_of_a_red_entry() -> None:
    assert said(entry()) == "生活垃圾收运处置率 98.2%，第 1 名，比上月升 3 位"


def test_reason_of_a_black_entry_says_the_gap_and_who_is_missing() -> None:
    assert said(LAST, Side.BLACK) == (
        "生活垃圾收运处置率 78.7%，第 30 名，比上月降 2 位，低于 85% 的标准 6.3 个百分点；3 个村未上报"
    )


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"movement": 0}, "名次与上月相同"),
        ({"movement": None}, "上月没有名次"),
        ({"streak": 3}, "；连续 3 个月列入红榜"),
        ({"streak": 12}, "；连续 12 个月以上列入红榜"),
        ({"reported": 10, "carried": 2}, "；2 个村沿用以前的数"),
        ({"reported": 8, "carried": 2}, "；2 个村未上报，2 个村沿用以前的数"),
    ],
)
def test_parts_of_a_reason(changes: dict[str, Any], part: str) -> None:
    assert said(entry(**changes)).endswith(part)


@pytest.mark.parametrize(
    ("comparison", "since"),
    [
        (Comparison(), "比上月升"),
        (Comparison(Span.QUARTER), "比上季度同期升"),
        (Comparison(Span.YEAR), "比上年同期升"),
        (Comparison(Span.MONTH, Against.YEAR_AGO), "比上年同期升"),
    ],
)
def test_movement_names_what_it_is_against(comparison: Comparison, since: str) -> None:
    assert since in said(entry(), rule=replace(RULE, comparison=comparison))


def test_a_gap_is_never_rounded_to_nothing() -> None:
    assert "低于 85% 的标准 0.004 个百分点" in said(replace(LAST, value=84.996, distance=-0.004), Side.BLACK)
    assert "正好为 85% 的标准" in said(replace(LAST, value=85.0, distance=0.0), Side.BLACK)


def test_no_space_stands_between_chinese_characters() -> None:
    points = replace(RATE, name="考核得分", unit="分")
    assert "低于 85 分的标准 6.3 分" in said(LAST, Side.BLACK, measure=points)
    assert "正好为 85 分的标准" in said(replace(LAST, value=85.0, distance=0.0), Side.BLACK, measure=points)
    assert "黑榜：考核得分低于 85 分的。" in rule_words(lists(measure=points))


def test_an_unreported_entry_has_no_figure_and_no_rank() -> None:
    one = entry(rank=None, movement=None, value=None, grounds=(Ground.UNREPORTED,), reported=0)
    assert said(one, Side.BLACK) == "生活垃圾收运处置率未上报，没有名次"
    late = entry(grounds=(Ground.LATE,), late=1, missing=2)
    assert said(late, Side.BLACK).endswith("；1 个村迟报，2 个村未报")
    village = entry(grounds=(Ground.LATE,), late=1, villages=1, reported=1)
    assert said(village, Side.BLACK).endswith("；本月报送迟于期限")


def test_the_rule_is_said_in_words() -> None:
    rule = replace(RULE, falling=Falling.ALSO, fallen_places=5, lists_unreported=True, left_out=(COUNTY + 9_000,))
    assert rule_words(lists(rule=rule, left_out=("农场",))) == [
        "丰都县各乡镇，按生活垃圾收运处置率（%）评比，当月，名次升降较上期。",
        "红榜：前 3 名，名次并列的全部列入。",
        "黑榜：生活垃圾收运处置率低于 85% 的。",
        "名次比上月下降 5 位及以上的，另外列入黑榜。",
        "过了上报期限仍未上报的单位列入黑榜，不按零计。",
        "不参加评比：农场；名额顺延。",
        "一个单位不同时上两榜：够黑榜标准或因上报被列入的只上黑榜，达到红榜标准的只上红榜，只凭名次两榜都够的两榜都不列。",
    ]


@pytest.mark.parametrize(
    ("note", "words"),
    [
        (Note("nobody", {}), "本月没有可以评比的数据。"),
        (
            Note("tied", {"side": "red", "count": 2, "listed": 3}),
            "红榜定 2 名；因名次并列，共有 3 个单位列入。",
        ),
        (Note("few", {"units": 3, "wanted": 4}), "可以评比的只有 3 个单位，少于两榜名额之和 4 个。"),
        (Note("both", {"names": ("甲", "乙")}), "甲、乙只凭名次两榜都够，两榜都不列。"),
        (
            Note("unreported", {"names": tuple("一二三四五六七八九")}),
            "9 个单位未上报，没有名次，不列入任何一榜：一、二、三、四、五、六、七、八等 9 个。",
        ),
        (Note("excluded", {"reason": "least", "names": ("丙",)}), "分母低于下限或不明，不参加评比：丙。"),
        (
            Note("not_due", {"due": datetime(2026, 11, 5, 16, tzinfo=UTC)}),
            "本月上报期限为 2026-11-05；截至本批还没有到期，未上报和迟报的暂不列入黑榜。",
        ),
    ],
)
def test_notes_are_sentences(note: Note, words: str) -> None:
    assert note_words(note) == words


# ── files ──────────────────────────────────────────────────────────────────────────────────────────────────────────

OWN = entry(own_reason=HOSTILE, own_by="李审核", own_at=datetime(2026, 11, 7, 1, 0, tzinfo=UTC), streak=2)


def test_workbook_has_a_sheet_for_each_list_with_rule_stamp_and_typed_cells() -> None:
    book = openpyxl.load_workbook(io.BytesIO(lists_xlsx(lists((OWN,), (LAST,)))))
    assert book.sheetnames == ["红榜", "黑榜"]
    rows = list(book["黑榜"].values)
    column = [row[0] for row in rows]
    assert column[:3] == [
        "丰都县2026年10月红黑榜：黑榜",
        "截至第 48 批，2026-11-06 17:20 提交（北京时间）",
        "乡镇月榜（第 2 版）",
    ]
    assert "黑榜：生活垃圾收运处置率低于 85% 的。" in column
    head = column.index("名次")
    found = dict(zip(rows[head], rows[head + 1], strict=True))
    assert (found["名次"], found["乡镇"], found["生活垃圾收运处置率（%）"]) == (30, "乙镇", 78.7)
    assert (found["与标准相差"], found["区划代码"], found["审核人说明"]) == (-6.3, "500230001", None)
    assert book["黑榜"].print_title_rows == f"${head + 1}:${head + 1}"


def test_a_missing_value_is_an_empty_cell() -> None:
    nobody = entry(rank=None, movement=None, previous_rank=None, value=None, previous=None)
    content = lists_csv(lists(black=(nobody,))).decode("utf-8-sig")
    row = next(csv.DictReader(io.StringIO(content)))
    assert (row["榜别"], row["名次"], row["生活垃圾收运处置率（%）"], row["上月数值"]) == ("黑榜", "", "", "")


def test_no_file_lets_hostile_text_run() -> None:
    both = lists((replace(OWN, name=HOSTILE),), (), region_name=HOSTILE, name=HOSTILE)
    book = openpyxl.load_workbook(io.BytesIO(lists_xlsx(both)))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert all(cell.data_type != "f" for cell in cells)
    assert not any(str(cell.value).startswith("=") for cell in cells)
    rows = list(csv.reader(io.StringIO(lists_csv(both).decode("utf-8-sig"))))
    assert rows[1][2] == f"'{HOSTILE}"
    assert "img" not in tags(lists_page(both))


def tags(page: bytes) -> set[str]:
    found: set[str] = set()

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.add(tag)

    Reader().feed(page.decode("utf-8"))
    return found


def test_csv_begins_with_a_byte_order_mark_and_names_the_list() -> None:
    content = lists_csv(lists((entry(),), (LAST,)))
    assert content.startswith(b"\xef\xbb\xbf")
    assert [row[0] for row in csv.reader(io.StringIO(content.decode("utf-8-sig")))] == ["榜别", "红榜", "黑榜"]


def test_page_needs_nothing_but_itself_and_is_the_same_each_time() -> None:
    both = lists((OWN,), (LAST,), is_demo=True)
    page = lists_page(both)
    assert page == lists_page(both)
    assert not tags(page) & {"script", "img", "iframe"}
    shown = page.decode("utf-8")
    assert "不得用于通报和考核" in shown
    assert "李审核，2026-11-07 09:00" in shown
    assert "口径一" in shown


def test_chat_text_is_plain_lines() -> None:
    shown = lists_text(lists((replace(OWN, own_reason="带头清运。"),), ()))
    assert shown.splitlines() == [
        "【丰都县2026年10月红黑榜】",
        "丰都县各乡镇，按生活垃圾收运处置率（%）评比，当月，名次升降较上期。",
        "",
        "红榜（1 个）",
        "1. 甲镇：生活垃圾收运处置率 98.2%，第 1 名，比上月升 3 位；连续 2 个月列入红榜。带头清运。",
        "",
        "黑榜（0 个）",
        "本月没有单位列入。",
        "",
        "截至第 48 批，2026-11-06 17:20 提交（北京时间）",
    ]


def test_empty_lists_make_files_all_the_same() -> None:
    nothing = lists(number=0, version=0, name="")
    assert openpyxl.load_workbook(io.BytesIO(lists_xlsx(nothing))).sheetnames == ["红榜", "黑榜"]
    assert "本月没有单位列入" in lists_page(nothing).decode("utf-8")
    assert len(lists_csv(nothing).decode("utf-8-sig").splitlines()) == 1


def test_english_names_the_indicator_in_english() -> None:
    with speaking("en"):
        assert reason(entry(), Side.RED, lists()).startswith("Waste rate 98.2%")
