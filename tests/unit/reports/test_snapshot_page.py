"""The snapshot page: self-contained, deterministic, escaped, and never a zero for what was not reported."""

import math
import re
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

import pandas as pd
import pytest

from ecodash.domain.pages import Page
from ecodash.reports.frozen import FrozenPack, FrozenPage, from_parquet, selection_of, to_parquet
from ecodash.reports.snapshot_page import render_snapshot

NAN = math.nan
SHA = "0123456789abcdef" * 4
EVIL = "<script>alert(1)</script>镇"


def make_meta(**changes: Any) -> dict[str, Any]:
    return {
        "page": "overview", "page_label": "总览", "title": "县域十月调度会", "actor": "王主任",
        "created_at": "2026-11-03T01:30:00+00:00", "committed_at": "2026-11-03T01:12:00+00:00",
        "region_code": "430321", "region_name": "湘潭县", "region_path": ["湖南省", "湘潭市", "湘潭县"],
        "region_level": "county", "is_whole": True, "villages": 9, "month": "2026-10", "month_label": "2026年10月",
        "level": "town", "level_label": "乡镇", "indicator": "sewage_coverage_rate", "indicator_name": "生活污水治理率",
        "indicator_english": "Sewage coverage", "indicator_unit": "%", "indicator_definition": "治理户数除以总户数。",
        "indicator_kind": "ratio", "decimals": 1, "direction": "higher", "watermark": 12, "is_demo": False,
        "catalog_digest": "feed" * 16, "software": "0.1.0",
    } | changes  # fmt: skip


RANKING = pd.DataFrame(
    {
        "rank": pd.array([1, 2, None, None], dtype="Int64"),
        "previous_rank": pd.array([3, 1, 2, None], dtype="Int64"),
        "movement": pd.array([2, -1, None, None], dtype="Int64"),
        "region": [430321100000, 430321101000, 430321102000, 430321103000],
        "region_code": ["430321100", "430321101", "430321102", "430321103"],
        "name": ["易俗河镇", EVIL, "石潭镇", "青山桥镇"],
        "parent": ["湘潭县"] * 4,
        "kind": [""] * 4,
        "value": [88.256, 61.5, NAN, NAN],
        "previous": [80.0, 61.5, 70.0, NAN],
        "reported": [3, 2, 0, 2],
        "carried": [0, 1, 0, 0],
        "totals": [0, 0, 0, 0],
        "unweighted": [0, 0, 0, 2],
        "villages": [3, 3, 1, 2],
        "is_reported": [True, True, False, False],
    }
)
FIGURES = pd.DataFrame(
    {
        "category": ["垃圾治理", "污水治理", "污水治理"],
        "indicator": ["garbage_cleared", "sewage_coverage_rate", "black_water_cleared"],
        "name": ["清理生活垃圾", "生活污水治理率", "黑臭水体整治"],
        "unit": ["吨", "%", "处"],
        "kind": ["flow", "ratio", "flow"],
        "decimals": [1, 1, 0],
        "direction": ["higher"] * 3,
        "value": [1268.5, 75.25, NAN],
        "previous": [1300.0, 74.0, 2.0],
        "change": [-31.5, 1.25, NAN],
        "year_to_date": [9876.5, NAN, 7.0],
        "reported": [9, 6, 0],
        "carried": [0, 2, 0],
        "totals": [0, 0, 0],
        "unweighted": [0, 0, 0],
        "villages": [9, 9, 9],
        "own": [NAN, NAN, NAN],
        "is_own": [False, False, False],
    }
)
TARGETS = pd.DataFrame(
    {
        "category": ["污水治理", "厕所革命"],
        "indicator": ["sewage_coverage_rate", "household_toilets_built"],
        "indicator_name": ["生活污水治理率", "改造户厕"],
        "unit": ["%", "座"],
        "decimals": [1, 0],
        "deadline": [202612, 202612],
        "baseline": [60.0, 0.0],
        "target": [98.0, 388.0],
        "actual": [75.25, NAN],
        "earlier": [70.0, NAN],
        "progress_pct": [40.1, NAN],
        "time_gone_pct": [83.3, 83.3],
        "gap": [22.75, NAN],
        "needed_per_month": [11.375, NAN],
        "arrival_month": ["2028-01", None],
        "state": ["behind", "unreported"],
    }
)
CATEGORIES = pd.DataFrame(
    {
        "category": ["污水治理"],
        "progress_pct": [40.1],
        "time_gone_pct": [83.3],
        "targets_count": [1],
        "reported_count": [1],
        "behind_count": [1],
    }
)
REPORTING = pd.DataFrame(
    {
        "region": RANKING["region"],
        "region_code": RANKING["region_code"],
        "name": RANKING["name"],
        "villages": [3, 3, 1, 2],
        "on_time": [3, 2, 0, 1],
        "late": [0, 1, 0, 0],
        "missing": [0, 0, 1, 1],
        "last_received": pd.to_datetime(["2026-11-02T00:00Z", "2026-11-09T00:00Z", None, "2026-11-01T00:00Z"]),
        "is_own": [False] * 4,
        "state": ["complete", "late", "missing", "partial"],
    }
)
PROFILE = FIGURES.assign(
    target=[NAN, 98.0, NAN], deadline=[NAN, 202612, NAN], progress_pct=[NAN, 40.1, NAN], state=[None, "behind", None],
    rank=pd.array([2, 1, None], dtype="Int64"), ranked_count=[5, 5, 0], difference=[NAN, 2.5, NAN],
    period=[202610, NAN, NAN], batch=[5, NAN, NAN], file_name=["十月.xlsx", None, None], file_row=[7, NAN, NAN],
    actor=["张三", None, None], committed_at=pd.to_datetime(["2026-11-03T01:12Z", None, None]),
    is_own=[True, False, False],
)  # fmt: skip
TREND = pd.DataFrame(
    {
        "month": [f"2026-{month:02d}" for month in range(5, 11)],
        "value": [70.0, 71.0, NAN, 73.0, 74.0, 75.25],
        "reported": [6, 6, 0, 0, 6, 6],
        "carried": [0, 0, 0, 6, 2, 2],
        "totals": [0] * 6,
    }
)
ORIGINS = pd.DataFrame(
    {
        "for_indicator": ["sewage_coverage_rate"],
        "indicator": ["sewage_households"],
        "indicator_name": ["生活污水纳管或治理户数"],
        "region": [430321100001],
        "region_code": ["430321100001"],
        "name": ["董泉村"],
        "level": ["village"],
        "period": [202609],
        "is_carried": [True],
        "value": [120.0],
        "unit": ["户"],
        "batch": [5],
        "file_name": ["=十月.xlsx"],
        "file_row": [7],
        "actor": ["张三"],
        "committed_at": pd.to_datetime(["2026-11-03T01:12Z"]),
        "is_demo": [False],
    }
)
POINTS = pd.DataFrame(
    {"region": RANKING["region"][:3], "lon": [112.2, 112.5, 112.8], "lat": [27.2, 27.5, 27.8], "source": ["seat"] * 3}
)
OUTLINE = pd.DataFrame(
    {"county": 430321000000, "ring": 0, "lon": [112.0, 113.0, 113.0, 112.0, 112.0], "lat": [27, 27, 28, 28, 27.0]}
)


def box_of(region: int, west: float) -> pd.DataFrame:
    """A square area as queries.map_areas has it."""
    corners = [(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)]
    places = [(west + 0.5 * x, 27.2 + 0.5 * y) for x, y in corners]
    return pd.DataFrame(places, columns=["lon", "lat"]).assign(county=region, ring=0)[["county", "ring", "lon", "lat"]]


AREAS = pd.concat([box_of(430321100000, 112.0), box_of(430321102000, 112.5)], ignore_index=True)
TILES = RANKING.assign(
    region=[430321100001, 430321100002, 430321101001, 430321101002],
    region_code=["430321100001", "430321100002", "430321101001", "430321101002"],
    name=["和平村", "董泉村", "和平村", EVIL],
    town=[430321100000, 430321100000, 430321101000, 430321101000],
    town_name=["易俗河镇", "易俗河镇", "石潭镇", "石潭镇"],
)
PAGES: dict[str, dict[str, pd.DataFrame]] = {
    "overview": {
        "key_figures": FIGURES, "category_targets": CATEGORIES, "region_targets": TARGETS, "unit_ranking": RANKING,
        "reporting": REPORTING,
    },
    "map": {"map_points": POINTS, "map_outline": OUTLINE, "unit_ranking": RANKING, "unit_tiles": TILES},
    "progress": {
        "region_targets": TARGETS,
        "unit_progress": TARGETS.assign(region_code=["430321100", "430321101"], name=["易俗河镇", EVIL]),
    },
    "ranking": {"unit_ranking": RANKING},
    "profile": {"region_profile": PROFILE, "trend": TREND, "figure_origins": ORIGINS},
}  # fmt: skip


def pack_of(*pages: tuple[Mapping[str, Any], Mapping[str, pd.DataFrame]]) -> FrozenPack:
    """A pack whose head is that of its first page, its tables frozen and thawed as real ones are."""
    kept = []
    for meta, tables in pages:
        thawed = {name: from_parquet(to_parquet(table)) for name, table in tables.items()}
        kept.append(FrozenPage(Page(meta["page"]), selection_of(meta), meta, thawed))
    return FrozenPack(pages[0][0], tuple(kept))


def render_tables(meta: Mapping[str, Any], tables: Mapping[str, pd.DataFrame]) -> str:
    """A snapshot of one page as HTML."""
    return render_snapshot(pack_of((meta, tables)), number=3, sha256=SHA).whole().decode("utf-8")


def render(page: str, **changes: Any) -> str:
    """One of PAGES as a snapshot's only page."""
    return render_tables(make_meta(page=page, **changes), PAGES[page])


def figures(html: str) -> list[dict[str, str]]:
    """The attributes of every element that carries a figure."""
    found: list[dict[str, str]] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            values = {name: value or "" for name, value in attrs}
            if "data-value" in values:
                found.append(values)

    Reader().feed(html)
    return found


def part(html: str, anchor: str) -> str:
    """The text of one section."""
    return html.split(f'<section id="{anchor}"')[1].split("</section>")[0]


@pytest.mark.parametrize("page", PAGES)
def test_the_same_input_gives_the_same_bytes(page: str) -> None:
    assert render(page) == render(page)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_needs_nothing_but_itself(page: str) -> None:
    html = render(page)
    assert "http" not in html
    assert not re.search(r"\b(src|srcset|action|poster)=|@import|url\(|javascript:", html)
    assert all(link == "data:," or link.startswith("#") for link in re.findall(r'href="([^"]*)"', html))
    # A strict content policy forbids inline style attributes and handlers.
    assert not re.search(r"<[^>]*\s(style|on\w+)=", html.split("</style>")[1].split("<script>")[0])


@pytest.mark.parametrize("page", ["overview", "map", "progress", "ranking"])
def test_names_from_the_store_are_escaped(page: str) -> None:
    assert "&lt;script&gt;alert(1)&lt;/script&gt;镇" in render(page)


def test_the_title_is_escaped() -> None:
    html = render("ranking", title="<img src=x>", actor="<b>")
    assert "<img" not in html
    assert "&lt;img src=x&gt;" in html


@pytest.mark.parametrize("page", PAGES)
def test_every_page_says_what_it_stands_on(page: str) -> None:
    html = re.sub(r"<[^>]+>", "", render(page))
    assert "截至 第 12 批 · 2026-11-03 09:12（北京时间）提交" in html
    assert "快照 #3 生成于 2026-11-03 09:30（北京时间），生成人 王主任，数字固定不变" in html
    assert "湖南省 › 湘潭市 › 湘潭县" in html
    assert SHA in html
    assert "未上报不等于零" in html


def test_demo_figures_are_called_so() -> None:
    assert "演示数据" in render("ranking", is_demo=True)
    assert "演示数据" not in render("ranking")


def test_a_page_without_any_commit_says_so() -> None:
    assert "尚无提交" in render("ranking", committed_at=None)


def test_every_figure_can_be_found_and_read_back() -> None:
    card = next(f for f in figures(render("overview")) if f["data-indicator"] == "garbage_cleared")
    assert card["data-region"] == "430321"
    assert card["data-value"] == "1268.5"
    first = next(f for f in figures(render("ranking")) if f["data-region"] == "430321100")
    assert float(first["data-value"]) == 88.256
    assert first["data-indicator"] == "sewage_coverage_rate"


def test_unreported_regions_are_listed_apart_and_never_ranked() -> None:
    ranked, left_out = part(render("ranking"), "unit-ranking").split('id="unreported"')
    assert ranked.count("<tr>") == 1 + 2
    assert "石潭镇" not in ranked
    assert "未上报（不参与排名）：2 个" in left_out
    values = {f["data-region"]: f for f in figures(left_out)}
    assert values["430321102"]["data-value"] == values["430321103"]["data-value"] == ""
    # Reported, but without a denominator: not the same as silent.
    assert ">未上报</span>" in left_out
    assert ">不适用</span>" in left_out


def test_movement_is_shown_in_places() -> None:
    ranked = part(render("ranking"), "unit-ranking")
    assert "↑2" in ranked
    assert "↓1" in ranked


def test_cards_name_change_coverage_and_year() -> None:
    cards = part(render("overview"), "key-figures")
    assert "▼ 减 31.5 吨" in cards
    assert "▲ 增 1.3 个百分点" in cards
    assert "上报 6/9 村 · 沿用 2 村" in cards
    assert ">9,876.5<" in cards
    assert "1,268.5" in cards
    # An unreported figure has no change, and its year so far still stands.
    assert cards.count("未上报") == 1
    assert cards.count("比上月") == 2


def test_targets_show_state_gap_pace_and_time_gone() -> None:
    targets = part(render("progress"), "region-targets")
    for words in ("▼</span> 滞后", "40.1%", "时序 83.3%", "22.8 个百分点", "11.4 个百分点", "2028年1月"):
        assert words in targets
    assert "○</span> 未上报" in targets


def test_reporting_uses_words_beside_icons() -> None:
    reporting = part(render("overview"), "reporting")
    for words in ("✔</span> 齐报", "◎</span> 有迟报", "◐</span> 部分缺报", "○</span> 未上报", "未收到"):
        assert words in reporting


def test_the_map_names_what_it_cannot_place_and_draws_the_unreported_hollow() -> None:
    picture = part(render("map"), "map")
    assert "位置未收录、未画在图上的 1 个：</b>青山桥镇" in picture
    assert picture.count("<circle") == 3 + 3
    assert re.search(r'<circle class="hollow"[^>]*data-value=""[^>]*><title>石潭镇 未上报</title>', picture)
    assert "未上报（2 个）" in picture


def with_areas(areas: pd.DataFrame, **changes: Any) -> str:
    tables = PAGES["map"] | {"map_areas": areas}
    return part(render_tables(make_meta(page="map", **changes), tables), "map")


def test_towns_whose_boundary_was_brought_are_areas_and_lose_their_points() -> None:
    picture = with_areas(AREAS)
    drawn = {f["data-region"]: f["data-value"] for f in figures(picture)}
    assert drawn == {"430321100": "88.256", "430321101": "61.5", "430321102": ""}
    assert picture.count('<path class="area') == 2
    assert '<path class="area none"' in picture  # reported nothing
    assert picture.count("<circle") == 1 + 3
    assert picture.count('<path class="land"') == 1
    assert "边界由使用者上传，仅供示意；没有边界的以圆点示意" in picture
    assert "位置未收录、未画在图上的 1 个：</b>青山桥镇" in picture


def test_where_every_town_is_an_area_the_known_outline_is_left_out() -> None:
    everyone = pd.concat([box_of(int(key), 112 + place) for place, key in enumerate(RANKING["region"])])
    picture = with_areas(everyone.reset_index(drop=True))
    assert picture.count('<path class="area') == 4
    assert '<path class="land"' not in picture
    assert picture.count("<circle") == 3  # of the legend
    assert "边界由使用者上传，仅供示意。" in picture


def test_a_target_that_was_missed_is_coloured_as_one() -> None:
    missed = TARGETS.assign(state=["missed", "unreported"], arrival_month=None)
    tables = {"region_targets": missed, "unit_progress": missed.iloc[:0]}
    html = render_tables(make_meta(page="progress"), tables)
    row = part(html, "region-targets").split("</tr>")[1]
    assert "✘</span> 未按期完成" in row
    assert 'class="bar missed"' in row
    assert "按现速达不到" not in row  # its time is over
    style = html.split("</style>")[0]
    assert ".bar.missed .fill" in style
    assert ".state.missed" in style


def test_tiles_are_grouped_by_town_and_carry_their_value() -> None:
    tiles = part(render("map"), "unit-tiles")
    assert tiles.index("易俗河镇") < tiles.index("石潭镇")
    assert re.findall(r'<data value="([^"]*)">([^<]*)</data>', tiles) == [
        ("88.256", "88.3"), ("61.5", "61.5"), ("", "未上报"), ("", "不适用")
    ]  # fmt: skip
    assert '<li class="none"><bdi>和平村</bdi>' in tiles


def test_without_any_place_the_tiles_are_the_map() -> None:
    tables = PAGES["map"] | {"map_points": POINTS.iloc[:0]}
    html = render_tables(make_meta(page="map"), tables)
    assert '<section id="map"' not in html
    assert html.index('id="unit-tiles"') < html.index('id="unit-ranking"')


def test_a_profile_names_the_origin_and_the_reconciliation_of_a_figure() -> None:
    profile = part(render("profile"), "region-profile")
    assert "第 5 批 · 十月.xlsx · 第 7 行" in profile
    assert "对账：本级自报与村级汇总相差 2.5 个百分点" in profile
    assert "2/5" in profile


def test_a_trend_shows_its_gap_and_what_was_carried() -> None:
    trend = part(render("profile"), "trend")
    assert trend.count("<polyline") == 2
    assert trend.count('class="gap"') == 1
    assert trend.count("<small>沿用</small>") == 1
    assert "纵轴从 70 起，不从 0 起" in trend


def test_a_region_loaded_in_part_is_called_so() -> None:
    assert "不代表全域" in render("ranking", is_whole=False)
    assert "不代表全域" not in render("ranking")


def test_empty_tables_leave_a_page_that_says_so() -> None:
    html = render_tables(make_meta(), {"unit_ranking": RANKING.iloc[:0]})
    assert "本月没有可显示的数字" in html
