"""Several pages in one snapshot, towns that unfold to villages, the script and its policy, and hostile texts."""

import base64
import hashlib
import os
import pickle
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from ecodash.i18n import speaking
from ecodash.reports.content_policy import policy_of
from ecodash.reports.frozen import FrozenPack, unpack
from ecodash.reports.snapshot_page import render_snapshot
from ecodash.reports.snapshot_script import SNAPSHOT_SCRIPT, squeeze
from tests.unit.reports.test_snapshot_page import (
    EVIL,
    NAN,
    PAGES,
    RANKING,
    SHA,
    figures,
    make_meta,
    pack_of,
    part,
    render,
    render_tables,
)

PROJECT = Path(__file__).parents[3]
PARTS = pd.DataFrame(
    {
        "unit": [430321100000] * 3 + [430321101000] * 2 + [430321102000],
        "region": [430321100001, 430321100002, 430321100003, 430321101001, 430321101002, 430321102001],
        "region_code": ["430321100001", "430321100002", "430321100003", "430321101001", "430321101002", "430321102001"],
        "name": ["和平村", "董泉村", EVIL, "新塘村", "白云村", "石潭村"],
        "kind": ["村"] * 6,
        "value": [95.125, 81.0, NAN, 61.5, NAN, NAN],
        "previous": [NAN] * 6,
        "reported": [1, 0, 0, 1, 1, 0],
        "carried": [0, 1, 0, 0, 0, 0],
        "totals": [0] * 6,
        "unweighted": [0] * 6,
        "villages": [1] * 6,
        "is_reported": [True, True, False, True, False, False],
    }
)
UNFOLDING = {"unit_ranking": RANKING, "unit_parts": PARTS}


def whole(pack: FrozenPack, **more: Any) -> str:
    return render_snapshot(pack, number=3, sha256=SHA, **more).whole().decode()


def three(**changes: Any) -> FrozenPack:
    """Overview, ranking and map of one place and month."""
    return pack_of(
        (make_meta(**changes), PAGES["overview"] | {"unit_parts": PARTS}),
        (make_meta(page="ranking", page_label="排名", **changes), UNFOLDING),
        (make_meta(page="map", page_label="地图", **changes), PAGES["map"] | {"unit_parts": PARTS}),
    )


def plain(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<(style|script)>.*?</\1>|<[^>]+>", "", html, flags=re.DOTALL))


class Links(HTMLParser):
    """Every id and every address within the page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.named: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.ids += [values["id"] or ""] if "id" in values else []
        for name in ("href", "aria-labelledby"):
            address = values.get(name) or ""
            if name == "aria-labelledby" and address:
                self.named.append(address)
            elif address.startswith("#"):
                self.named.append(address[1:])


# ── a pack ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_each_page_of_a_pack_stands_alone_and_every_link_leads_somewhere() -> None:
    html = whole(three())
    assert html.count("<article ") == 3
    links = Links(html)
    assert len(links.ids) == len(set(links.ids))
    assert set(links.named) <= set(links.ids)
    agenda = html.split('<nav class="agenda"')[1].split("</nav>")[0]
    assert re.findall(r'href="#(page-\d)"', agenda) == ["page-1", "page-2", "page-3"]
    assert "<b>2</b><bdi>排名 · 生活污水治理率（%）</bdi>" in agenda
    second = html.split('<article id="page-2"')[1].split("</article>")[0]
    assert re.findall(r'href="#(page-\d|agenda)"', second) == ["page-1", "agenda", "page-3"]


def test_one_page_alone_has_no_agenda_and_the_anchors_of_old() -> None:
    html = render_tables(make_meta(page="ranking"), UNFOLDING)
    assert 'class="agenda"' not in html
    assert 'class="dots"' not in html
    assert '<section id="unit-ranking"' in html
    assert '<body data-snapshot="3" data-watermark="12">' in html


def test_what_all_pages_share_is_said_once() -> None:
    html = plain(whole(three()))
    assert html.count("湖南省 › 湘潭市 › 湘潭县") == 1
    assert html.count("未上报不等于零") == 1
    assert html.count("治理户数除以总户数。") == 1
    assert html.count("截至 第 12 批") == 1
    assert html.count("生活污水治理率 第一名") == 1


def test_pages_of_other_places_and_months_say_so_in_their_heading() -> None:
    other = make_meta(page="ranking", page_label="排名", region_code="430322", region_name="湘乡市",
                      region_path=["湖南省", "湘潭市", "湘乡市"], month="2026-09", month_label="2026年9月")  # fmt: skip
    html = whole(pack_of((make_meta(), PAGES["overview"]), (other, UNFOLDING)))
    heads = [plain(head) for head in re.findall(r'<header class="head">(.*?)</header>', html, re.DOTALL)]
    assert "湘潭县 · 2026年10月" in heads[0]
    assert "湘乡市 · 2026年9月" in heads[1]
    assert 'class="place"' not in html


def test_the_banner_stands_between_masthead_and_agenda() -> None:
    html = render_snapshot(three(title="<!--banner-->"), number=3, sha256=SHA)
    assert html.before.rstrip().endswith("</header>")
    assert html.after.lstrip().startswith('<nav class="agenda"')
    assert b"<p>new</p>" in html.whole("<p>new</p>")


def test_a_snapshot_kept_by_an_older_version_opens() -> None:
    meta = make_meta(page="ranking")
    pack = unpack(meta, [])
    old = FrozenPack(pack.meta, (type(pack.pages[0])(pack.pages[0].page, pack.pages[0].selection, meta,
                                                      {"unit_ranking": RANKING}),))  # fmt: skip
    html = whole(old)
    assert "易俗河镇" in html
    assert "<details" not in html
    assert 'id="remark"' not in html


def test_a_snapshot_is_chinese_whatever_its_reader_speaks() -> None:
    with speaking("en"):
        spoken = whole(three())
    assert spoken == whole(three())
    assert '<html lang="zh-CN">' in spoken


# ── towns unfold ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_town_unfolds_to_its_villages() -> None:
    ranking = part(render_tables(make_meta(page="ranking"), UNFOLDING), "unit-ranking")
    first, second = re.findall(r"<details.*?</details>", ranking, re.DOTALL)
    assert 'data-unit="430321100"' in first
    assert "<summary>3 个村 · 沿用 1 · 未上报 1</summary>" in first
    assert '<bdi>和平村</bdi><data value="95.125">95.1</data>' in first
    assert '<bdi>董泉村</bdi><i>沿用</i><data value="81">81.0</data>' in first
    assert "&lt;script&gt;" in first
    assert first.index("和平村") < first.index("董泉村") < first.index("<b>未上报</b>")
    # Reported, but without a denominator: not the same as silent.
    assert "<summary>2 个村 · 不适用 1</summary>" in second
    assert "点开各乡镇可看到村的数值（单位：%）。" in ranking
    # A town left out of the ranking whose villages say nothing either has nothing to unfold.
    assert "石潭村" not in ranking


def test_a_town_left_out_shows_what_its_villages_did_report() -> None:
    parts = PARTS.assign(value=[95.125, 81.0, NAN, 61.5, NAN, 40.0])
    left_out = render_tables(make_meta(page="ranking"), UNFOLDING | {"unit_parts": parts}).split('id="unreported"')[1]
    assert '<bdi>石潭村</bdi><data value="40">40.0</data>' in left_out


def test_villages_of_a_counted_level_have_no_unit_of_their_towns() -> None:
    html = render_tables(make_meta(page="ranking", indicator_unit="个村", decimals=0), UNFOLDING)
    assert "点开各乡镇可看到村的数值。" in html


def test_villages_stand_once_in_a_pack_and_later_pages_lead_there() -> None:
    html = whole(three())
    assert html.count("<details ") == 2
    second = html.split('<article id="page-2"')[1].split("</article>")[0]
    assert 'href="#p1-v430321100">各村</a>' in second
    # The tiles of the map are the villages, too.
    third = html.split('<article id="page-3"')[1]
    assert 'href="#p3-t430321100">各村</a>' in third


def test_other_villages_in_a_pack_are_shown_where_they_are() -> None:
    other = UNFOLDING | {"unit_parts": PARTS.assign(value=[1.0, NAN, NAN, NAN, NAN, NAN])}
    html = whole(pack_of((make_meta(page="ranking"), UNFOLDING), (make_meta(page="ranking"), other)))
    assert 'id="p1-v430321100"' in html
    assert 'id="p2-v430321100"' in html


def test_a_later_ranking_that_has_more_towns_unfolds_itself() -> None:
    fewer = UNFOLDING | {"unit_ranking": RANKING.iloc[1:].reset_index(drop=True)}
    links = Links(html := whole(pack_of((make_meta(page="ranking"), fewer), (make_meta(page="ranking"), UNFOLDING))))
    assert set(links.named) <= set(links.ids)
    assert 'id="p2-v430321100"' in html


def test_figures_of_units_can_still_be_read_back() -> None:
    html = whole(three())
    found = [one for one in figures(html) if one["data-region"] == "430321100" and one["data-field"] == "value"]
    assert {one["data-value"] for one in found} == {"88.256"}


# ── script and policy ──────────────────────────────────────────────────────────────────────────────────────────────


def hashed(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def test_the_policy_names_the_one_style_and_the_one_script() -> None:
    made = render_snapshot(three(), number=3, sha256=SHA)
    html = made.whole("<p>banner</p>").decode()
    (style,) = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    (script,) = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    assert f"style-src 'sha256-{hashed(style)}';" in made.policy
    assert f"script-src 'sha256-{hashed(script)}';" in made.policy
    assert "unsafe" not in made.policy
    assert made.policy.startswith("default-src 'none'; ")
    for rule in ("base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'", "img-src data:"):
        assert rule in made.policy


def test_a_page_without_script_allows_none() -> None:
    assert "script-src" not in policy_of("<style>a{}</style><p>")


def test_the_script_is_small_and_its_source_can_be_read() -> None:
    assert len(SNAPSHOT_SCRIPT.encode()) < 2000
    assert "//" not in SNAPSHOT_SCRIPT
    assert "</" not in SNAPSHOT_SCRIPT
    assert squeeze("// why\n  a=1;\n\n  b=2\n") == "a=1;b=2"


# ── hostile texts ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("field", ["title", "note", "actor", "region_name", "indicator_name", "indicator_definition"])
def test_no_text_is_markup(field: str) -> None:
    html = whole(three(**{field: "</style></script><script>alert(1)</script><img src=x onerror=alert(1)>"}))
    assert html.count("<script>") == 1
    assert html.count("<style>") == 1
    assert "<img" not in html


def test_marks_that_turn_the_writing_are_left_out() -> None:
    turning = "\u202e村\u2066和\u200f平"
    parts = PARTS.assign(name=turning)
    tables = {"unit_ranking": RANKING.assign(name=turning), "unit_parts": parts}
    html = render_tables(make_meta(page="ranking", title=turning, note=turning), tables)
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200e\u200f]", html)
    assert html.count("村和平") > 5
    style = html.split("</style>")[0]
    assert "\\202e " not in style


def test_a_note_keeps_its_lines() -> None:
    html = whole(three(note="第一行\n第二行"))
    assert '<p class="remark" id="remark">第一行\n第二行</p>' in html
    assert ".remark{margin-top:.6rem;white-space:pre-line" in html


def test_long_texts_are_shortened_where_there_is_no_room() -> None:
    html = whole(three(title="长" * 10_000))
    style = html.split("</style>")[0]
    assert style.count("\\957f ") == 39
    assert len(html.split("<title>")[1].split("</title>")[0]) < 100


# ── files to take away, paper, sameness ────────────────────────────────────────────────────────────────────────────

ADDRESS = "http://10.1.2.3:8501/s/abc_DEF-123"


def test_files_are_offered_beside_the_address() -> None:
    html = whole(three(), address=ADDRESS)
    for file in ("file.html", "tables.xlsx", "pictures"):
        assert f'href="abc_DEF-123/{file}"' in html
    assert f'<code id="address">{ADDRESS}</code>' in html
    assert "请用浏览器的“打印”" in html


def test_without_address_or_wish_nothing_is_offered() -> None:
    assert 'id="take"' not in whole(three())
    kept = whole(three(), address=ADDRESS, takes=False)
    assert 'id="take"' not in kept
    assert ADDRESS in kept


def test_on_paper_each_page_begins_a_sheet_and_every_sheet_is_named() -> None:
    html = whole(three())
    style = html.split("<style>")[1].split("</style>")[0]
    paper = style[style.index("@media print") :]
    assert ".pack article+article{break-before:page}" in paper
    assert "thead{display:table-header-group" in paper
    assert "details:not([open]){display:none}" in paper
    foot = "".join(chr(int(code, 16)) for code in re.findall(r"\\([0-9a-f]+) ", style.split("@bottom-left")[1]))
    assert foot == f"县域十月调度会 · 截至第 12 批，2026-11-03 09:12 提交（北京时间） · 校验码 {SHA[:12]}"
    assert 'counter(page) " / " counter(pages)' in style


def test_a_page_before_any_commit_has_a_foot_without_a_time() -> None:
    assert "nan" not in render("ranking", committed_at=None).split("</style>")[0]


def test_another_process_gives_the_same_bytes(tmp_path: Path) -> None:
    kept = tmp_path / "pack.pickle"
    kept.write_bytes(pickle.dumps(three()))
    program = (
        "import hashlib,pickle,sys; from ecodash.reports.snapshot_page import render_snapshot; "
        "pack=pickle.load(open(sys.argv[1],'rb')); "
        f"print(hashlib.sha256(render_snapshot(pack,number=3,sha256={SHA!r},address={ADDRESS!r}).whole()).hexdigest())"
    )
    here = hashlib.sha256(whole(three(), address=ADDRESS).encode()).hexdigest()
    answer = subprocess.run(
        [sys.executable, "-c", program, str(kept)],
        cwd=PROJECT, env=os.environ | {"PYTHONHASHSEED": "1"}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert answer.stdout.strip() == here
