"""The banner above a snapshot and the page of its figures beside today's: words, order, and nothing unescaped."""

import base64
import hashlib
import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

import pandas as pd

from ecodash.analytics.then_now import COLUMNS
from ecodash.domain.pages import Page
from ecodash.domain.periods import Month
from ecodash.domain.regions import Level
from ecodash.domain.selection import Selection
from ecodash.domain.since import Change, Since
from ecodash.i18n import ENGLISH, speaking
from ecodash.reports.comparison_sections import MOST_SAME
from ecodash.reports.frozen import FrozenPack, FrozenPage
from ecodash.reports.since_page import Edition, render_banner, render_comparison

THEN, NOW = datetime(2026, 11, 6, 9, 20, tzinfo=UTC), datetime(2026, 11, 9, 1, 0, tzinfo=UTC)
CHANGE = Change("1", "高家镇 和平村", "garbage", "生活垃圾清运量", "吨", "2026年10月", 120.0, 1210.5)
CHANGED = Since(
    48, 53, THEN, NOW, corrected=12, added=30, withdrawn=1, people=(("李四", 23), ("张三", 20)),
    batches=(49, 50, 51, 52, 53), largest=CHANGE,
)  # fmt: skip
EVIL = "<script>alert(1)</script>'\"&\u202e"


class _Text(HTMLParser):
    """Words as a reader sees them, and the names of the elements."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.elements: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def read(html: str) -> tuple[str, list[str]]:
    parser = _Text()
    parser.feed(html)
    return re.sub(r"\s+", "", "".join(parser.words)), parser.elements


def banner(since: Since, **links: Any) -> str:
    given = {"compare_path": "abc/now", "previous": None, "next_": None} | links
    return render_banner(since, **given)


# ── the banner ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_banner_says_as_of_when_what_changed_by_whom_and_the_largest() -> None:
    words, elements = read(banner(CHANGED))
    assert (
        "本页截至2026-11-0617:20第48批。▲此后又更正12个、补报30个、撤回1个数据（第49–53批，李四23个、张三20个）。"
        in words
    )
    assert "改动最大：高家镇和平村生活垃圾清运量2026年10月120→1,210.5吨" in words
    assert "下面仍是当时的数字。对照现在的数字" in words
    assert "script" not in elements
    assert "style" not in elements


def test_nothing_changed_is_said_and_offers_nothing_to_compare() -> None:
    html = banner(Since(48, 48, THEN, THEN))
    assert read(html)[0] == "本页截至2026-11-0617:20第48批。✔截至目前没有更正，也没有补报。"
    assert "href" not in html
    later = read(banner(Since(48, 53, THEN, NOW)))[0]
    assert "截至目前（第53批）没有更正" in later


def test_only_targets_changed_is_said() -> None:
    words = read(banner(Since(48, 49, THEN, NOW, targets=2, people=(("张三", 2),), batches=(49,))))[0]
    assert "▲此后有2个目标调整（第49批，张三2个）。" in words
    both = read(banner(Since(48, 49, THEN, NOW, added=3, targets=2, people=(("张三", 5),), batches=(49,))))[0]
    assert "▲此后又补报3个数据，目标调整2个（第49批，张三5个）。" in both


def test_what_was_added_or_withdrawn_alone_names_the_largest_of_it() -> None:
    added = Change("1", "和平村", "bins", "垃圾箱", "个", "2026年10月", None, 7.0)
    gone = Change("1", "和平村", "bins", "垃圾箱", "个", "2026年10月", 0.0, None)
    assert "补报最大：和平村垃圾箱2026年10月7个" in read(banner(Since(1, 2, THEN, NOW, added=1, largest=added)))[0]
    assert "撤回最大：和平村垃圾箱2026年10月原0个" in read(banner(Since(1, 2, THEN, NOW, withdrawn=1, largest=gone)))[0]


def test_batches_apart_are_named_apart_and_many_people_are_counted() -> None:
    people = tuple((f"人{number}", 1) for number in range(7))
    apart = Since(1, 9, THEN, NOW, corrected=7, batches=(2, 4, 5, 9), people=people)
    assert "（第2、4–5、9批，人01个、人11个、人21个、人31个、其他3人）" in read(banner(apart))[0]
    scattered = Since(1, 99, THEN, NOW, corrected=7, batches=(2, 4, 6, 8, 10))
    assert "（第2–10批中的5批）" in read(banner(scattered))[0]


def test_how_many_figures_read_otherwise_is_said_where_it_is_known() -> None:
    known = Since(48, 53, THEN, NOW, corrected=1, shown=4)
    assert "因此页上有4处数字与现在不同。下面仍是当时的数字。" in read(banner(known))[0]
    assert "页上的数字没有因此变化。" in read(banner(Since(48, 53, THEN, NOW, corrected=1, shown=0)))[0]


def test_the_next_edition_is_offered_first_and_the_one_before_last() -> None:
    words, _ = read(banner(CHANGED, previous=Edition(11, "九月例会", "/s/a"), next_=Edition(13, "", "/s/b")))
    assert words.startswith("▶这个例会已有新的一期打开第13期本页截至")
    assert words.endswith("上一期：第11期九月例会")


def test_no_name_breaks_out_of_the_banner() -> None:
    change = Change("1", EVIL + "长" * 10_000, EVIL, EVIL, EVIL, "2026年10月", 1, 2)
    since = Since(1, 2, THEN, NOW, corrected=1, people=((EVIL, 1),), batches=(2,), largest=change)
    html = banner(since, compare_path='"><script>', previous=Edition(1, EVIL, EVIL), next_=Edition(3, EVIL, EVIL))
    assert "<script" not in html
    assert len(html) < 4_000
    assert read(html)[1].count("aside") == 1


def test_the_banner_is_chinese_for_every_reader() -> None:
    with speaking(ENGLISH):
        assert read(banner(CHANGED)) == read(banner(CHANGED))
        assert "此后又更正12个" in read(banner(CHANGED))[0]


# ── both beside each other ─────────────────────────────────────────────────────────────────────────────────────────


def pack(title: str = "十月例会", name: str = "丰都县", watermark: int = 48) -> FrozenPack:
    meta = {
        "title": title, "page": "ranking", "region_code": "500230", "region_name": name, "month_label": "2026年10月",
        "indicator_name": name, "watermark": watermark, "is_demo": True, "committed_at": THEN.isoformat(),
    }  # fmt: skip
    page = FrozenPage(
        Page.RANKING, Selection(watermark, Month(2026, 10), 500230_000_000, "garbage", Level.TOWN), meta, {}
    )
    return FrozenPack(meta, (page,))


def frame(*rows: dict[str, Any], table: str = "unit_ranking") -> pd.DataFrame:
    plain = {
        "page": "ranking", "table": table, "region_code": "1", "name": "高家镇", "indicator": "garbage",
        "label": "清理生活垃圾", "unit": "吨", "decimals": 0, "then": 1.0, "now": 1.0, "change": 0.0,
        "rank_then": pd.NA, "rank_now": pd.NA, "state_then": "", "state_now": "", "reports_then": 1, "reports_now": 1,
        "presence": "both", "is_changed": False, "kind": "same",
    }  # fmt: skip
    found = pd.DataFrame([plain | row for row in rows], columns=COLUMNS)
    return found.astype({"rank_then": "Int64", "rank_now": "Int64"}).assign(position=0)


CORRECTED = {"then": 1200.0, "now": 1290.0, "change": 90.0, "rank_then": 2, "rank_now": 1, "is_changed": True,
             "kind": "corrected"}  # fmt: skip
ADDED = {"name": "兴义镇", "then": float("nan"), "reports_then": 0, "now": 0.0, "change": float("nan"),
         "is_changed": True, "kind": "added"}  # fmt: skip
GONE = {"name": "老镇", "now": float("nan"), "change": float("nan"), "presence": "then_only", "is_changed": True,
        "kind": "withdrawn"}  # fmt: skip


def test_what_changed_comes_first_in_two_columns_with_a_sign_and_a_word() -> None:
    rows = frame({"name": "不变镇"}, CORRECTED, ADDED, GONE)
    html = render_comparison(pack(), [rows], CHANGED, number=12, back_path="/s/abc").whole().decode()
    words, elements = read(html)
    assert "名称当时（第48批）现在（第53批）变化" in words
    assert "高家镇清理生活垃圾1,200吨第2名1,290吨第1名▲更正增90吨" in words
    assert "兴义镇清理生活垃圾未上报0吨＋补报" in words
    assert "老镇清理生活垃圾1吨没有这个单位－不再有" in words
    assert words.index("高家镇清理") < words.index("没有变化的1个数字") < words.index("不变镇")
    assert "“当时”一栏是快照#12里冻结的数字，不会再变" in words
    assert "页上有3处数字变了" in words
    assert "演示数据" in words
    assert 'href="/s/abc"' in html
    assert elements.count("details") == 1


def test_only_reports_are_called_corrected_and_a_rank_says_by_how_much_it_moved() -> None:
    gone = GONE | {"presence": "both"}
    count = CORRECTED | {"unit": "个村", "label": "缺报", "rank_then": pd.NA, "rank_now": pd.NA}
    moved = {"name": "移镇", "rank_then": 2, "rank_now": 4, "is_changed": True, "kind": "moved"}
    html = render_comparison(pack(), [frame(gone, count, moved)], CHANGED, number=1, back_path="").whole().decode()
    words = read(html)[0]
    assert "老镇清理生活垃圾1吨未上报－撤回" in words.replace("不适用", "未上报")
    assert "▲有变化增90个村" in words
    assert "1吨第2名1吨第4名⇅变化名次降2位" in words


def test_nothing_changed_folds_everything() -> None:
    html = render_comparison(pack(), [frame({})], Since(48, 53, THEN, NOW), number=1, back_path="").whole().decode()
    words = read(html)[0]
    assert "页上没有一个数字变化。" in words
    assert "这一页的数字没有变化。" in words
    assert "href=" not in html.replace('href="data:,"', "")


def test_a_long_table_is_cut_and_says_so() -> None:
    rows = frame(*({"name": f"村{number}"} for number in range(MOST_SAME + 5)))
    words = read(render_comparison(pack(), [rows], CHANGED, number=1, back_path="").whole().decode())[0]
    assert f"没有变化的{MOST_SAME + 5}个数字" in words
    assert "另有5行没有变化，没有列出。" in words


def test_the_policy_names_the_style_and_allows_nothing_else() -> None:
    page = render_comparison(pack(), [frame(CORRECTED)], CHANGED, number=1, back_path="")
    html = page.whole().decode()
    style = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    assert len(style) == 1
    digest = base64.b64encode(hashlib.sha256(style[0].encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in page.policy
    assert "default-src 'none'" in page.policy
    assert "script-src" not in page.policy
    assert not re.search(r"\sstyle=|\son\w+=|<script", html)


def test_no_name_breaks_out_of_the_page() -> None:
    rows = frame(CORRECTED | {"name": EVIL + "长" * 10_000, "label": EVIL, "unit": EVIL, "indicator": EVIL})
    since = Since(1, 2, THEN, NOW, corrected=1, people=((EVIL, 1),), batches=(2,))
    page = render_comparison(pack(EVIL, EVIL), [rows], since, number=1, back_path='"><script>')
    html = page.whole().decode()
    assert "<script" not in html
    assert len(html) < 20_000
