"""The receipt: everything a commit did on one page that needs nothing else, with every text escaped."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from html.parser import HTMLParser

import pytest

from ecodash.reports.receipt import MAX_ROWS, DoubtLine, RankLine, ReceiptPage, TotalLine, render_receipt

SHA = "0123456789abcdef" * 4
EVIL = "<script>alert(1)</script>"
PAGE = ReceiptPage(
    batch=12,
    actor="王主任",
    committed_at=datetime(2026, 11, 3, 1, 12, tzinfo=UTC),
    file_name="石潭镇10月.xlsx",
    file_sha256=SHA,
    rows=1_234,
    new=10,
    changed=2,
    unchanged=1_300,
    unit="石潭镇",
    file_size=20_480,
    months=("2026年9月", "2026年10月"),
    totals=(
        TotalLine("清理生活垃圾", "吨", 1, "2026年10月", Decimal("1268.25"), 1300.0),
        TotalLine("垃圾箱", "个", 0, "2026年10月", None, Decimal(3)),
        TotalLine("户数", "户", 0, "2026年10月", 5, None),
    ),
    ranks=(
        RankLine("清理生活垃圾", "2026年10月", "石潭镇", 4, 2),
        RankLine("垃圾箱", "2026年10月", "石潭镇", None, 1),
        RankLine("户数", "2026年10月", "青山桥镇", 3, None),
    ),
    doubts=(DoubtLine("第 5 行“清理生活垃圾”", "是上月的十倍。", "集中清理陈年垃圾"),),
    notes=("第 9 行是合计，没有读取。",),
    software="EcoDash 0.1.0",
)


class Rows(HTMLParser):
    """Texts of table cells, row by row, and the tags that were met."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.tags: set[str] = set()
        self._open = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self._open = self._open or tag in ("td", "th")
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._open = False

    def handle_data(self, data: str) -> None:
        if self._open:
            self.rows[-1][-1] += data


def test_the_receipt_says_what_the_commit_did() -> None:
    html = render_receipt(PAGE).decode()
    rows = Rows(html).rows
    for row in (
        ["上报单位", "石潭镇"],
        ["上报人", "王主任"],
        ["提交时间", "2026-11-03 09:12（北京时间）"],
        ["数据所属月份", "2026年9月、2026年10月"],
        ["文件名", "石潭镇10月.xlsx（20.0 KB）"],
        ["文件 SHA-256", SHA],
        ["清理生活垃圾（吨）", "2026年10月", "1,268.3", "1,300.0", "▲ 增 31.8 吨"],
        ["垃圾箱（个）", "2026年10月", "未上报", "3", "新增"],
        ["户数（户）", "2026年10月", "5", "未上报", "不再有数"],
        ["清理生活垃圾", "2026年10月", "石潭镇", "第 4 名", "第 2 名", "↑2"],
        ["垃圾箱", "2026年10月", "石潭镇", "未排名", "第 1 名", "进入排名"],
        ["户数", "2026年10月", "青山桥镇", "第 3 名", "未排名", "退出排名"],
        ["第 5 行“清理生活垃圾”", "是上月的十倍。", "集中清理陈年垃圾"],
    ):
        assert row in rows
    counts = dict(re.findall(r"<dt>(.+?)</dt><dd>(.+?)</dd>", html))
    assert counts == {"数据行": "1,234", "新增": "10", "更改": "2", "不变": "1,300", "数值合计": "1,312"}
    assert "第 <b>12</b> 批" in html
    assert "第 9 行是合计，没有读取。" in html
    assert "演示数据" not in html


def test_the_page_needs_nothing_but_itself() -> None:
    html = render_receipt(PAGE).decode()
    assert not Rows(html).tags & {"script", "img", "iframe", "form"}
    assert set(re.findall(r'(?:href|src)="([^"]*)"', html)) == {"data:,"}
    assert "@page{size:A4" in html
    assert "url(" not in html
    assert render_receipt(PAGE) == render_receipt(PAGE)


def test_every_text_is_escaped() -> None:
    page = replace(
        PAGE,
        actor=EVIL,
        unit=EVIL,
        file_name=EVIL,
        file_sha256=EVIL,
        months=(EVIL,),
        software=EVIL,
        notes=(EVIL,),
        totals=(TotalLine(EVIL, EVIL, 0, EVIL, 1, 2),),
        ranks=(RankLine(EVIL, EVIL, EVIL, 1, 2),),
        doubts=(DoubtLine(EVIL, EVIL, EVIL),),
    )
    html = render_receipt(page).decode()
    assert "<script" not in html
    assert html.count("&lt;script&gt;") >= 13


def test_tables_without_rows_are_left_out() -> None:
    bare = replace(PAGE, unit="", file_size=0, months=(), totals=(), ranks=(), doubts=(), notes=())
    html = render_receipt(bare).decode()
    assert not any(word in html for word in ("<h2>", "上报单位", "数据所属月份", "KB"))
    assert ["文件名", "石潭镇10月.xlsx"] in Rows(html).rows


def test_long_tables_say_how_much_is_left_out() -> None:
    lines = tuple(RankLine("户数", "2026年10月", f"第{n}村", n, n + 1) for n in range(1, MAX_ROWS + 8))
    html = render_receipt(replace(PAGE, ranks=lines)).decode()
    assert "另有 7 行没有列出" in html
    assert f"第{MAX_ROWS}村" in html
    assert f"第{MAX_ROWS + 1}村" not in html


def test_invented_figures_are_marked() -> None:
    assert "演示数据" in render_receipt(replace(PAGE, is_demo=True)).decode()


def test_a_time_needs_its_offset() -> None:
    with pytest.raises(ValueError, match="offset"):
        render_receipt(replace(PAGE, committed_at=datetime(2026, 11, 3)))
