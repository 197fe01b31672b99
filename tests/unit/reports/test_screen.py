"""Slides of the meeting screen: what is cut is said, what is missing is never 0, and names from data stay text."""

import re
from html.parser import HTMLParser
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecodash.domain.meeting import Slide
from ecodash.i18n import ENGLISH, speaking
from ecodash.reports.screen.deck import draw_slides
from ecodash.reports.screen.page import asset, render_page
from ecodash.reports.screen.parts import in_columns, in_parts
from ecodash.reports.screen.slides import ROOMS, Drawn, Shape, SlideTables
from ecodash.reports.screen.targets import neediest

HOSTILE = "</script><img src=x onerror=alert(1)>\"'&"


def meta(**changes: Any) -> dict[str, Any]:
    return {
        "region_code": "500230", "region_name": "丰都县", "region_path": ["重庆市", "丰都县"], "is_whole": True,
        "month": "2026-10", "level": "town", "indicator": "rate", "unit": "%", "decimals": 2, "direction": "higher",
        "names": {"rate": ("治理率", "Coverage")}, "watermark": 65, "committed_at": "2026-11-22T06:02:00+00:00",
        "is_demo": False, "villages": 338, "reported": 334, "late": 12, "attributes": {}, "attribute_units": {},
    } | changes  # fmt: skip


def ranking(count: int, unreported: int = 0, name: str = "镇{}") -> pd.DataFrame:
    """Ranked units with falling values, then unreported ones."""
    rows = []
    for place in range(count + unreported):
        has = place < count
        rows.append(
            {
                "rank": place + 1 if has else None, "movement": (None, 2, -3, 0)[place % 4] if has else None,
                "region": 500230100000 + place * 1000, "region_code": f"5002301{place:02}", "name": name.format(place + 1),
                "parent": "丰都县", "value": 100.0 - place / 10 if has else float("nan"), "reported": int(has),
                "carried": 0, "totals": 0, "villages": 5, "excluded": "", "is_reported": has,
            }
        )  # fmt: skip
    frame = pd.DataFrame(rows)
    return frame.astype({"rank": "Int64", "movement": "Int64"})


def draw(slide: Slide, shape: Shape = Shape.WIDE, info: dict[str, Any] | None = None, **tables: Any) -> list[Drawn]:
    return draw_slides([SlideTables("0", slide, 15, info or meta(), tables)], shape)


def shown(drawn: Drawn) -> str:
    """The text of a slide without its markup."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", drawn.html))


# ── what fits ──────────────────────────────────────────────────────────────────────────────────────────────────────


@given(st.integers(0, 500), st.integers(1, 40), st.integers(1, 5))
def test_no_row_is_lost_or_doubled_over_the_slides(count: int, room: int, most: int) -> None:
    rows = list(range(count))
    parts, left = in_parts(rows, room, most)
    assert [row for part in parts for row in part] == rows[: count - left]
    assert len(parts) <= most
    assert all(len(part) <= room for part in parts)
    assert left == max(count - room * most, 0)


@given(st.integers(1, 200), st.integers(1, 6), st.integers(1, 40))
def test_columns_hold_every_row_in_order(count: int, columns: int, room: int) -> None:
    rows = list(range(count))
    found = in_columns(rows, columns, room)
    assert [row for column in found for row in column] == rows
    assert len(found) <= columns
    assert max(map(len, found)) == len(found[0])


@pytest.mark.parametrize("shape", list(Shape))
def test_a_whole_ranking_stands_on_its_slides(shape: Shape) -> None:
    count = 20
    text = " ".join(shown(one) for one in draw(Slide.RANKING, shape, unit_ranking=ranking(count)))
    assert all(f"镇{place} " in text for place in range(1, count + 1))
    assert "其余" not in text


@pytest.mark.parametrize("shape", list(Shape))
def test_a_long_ranking_shows_both_ends_and_says_how_many_it_leaves_out(shape: Shape) -> None:
    (one,) = draw(Slide.RANKING, shape, unit_ranking=ranking(400, unreported=11))
    text = shown(one)
    left = int(re.search(r"其余 (\d+) 个见“排名”页", text)[1])  # type: ignore[index]
    assert one.html.count('class="rank-row"') == 400 - left <= ROOMS[shape].columns * ROOMS[shape].rows
    assert "镇1 " in text
    assert "镇400 " in text
    assert "○ 未上报，不参与排名 11 个：镇401、" in text
    assert "等" in text.split("未上报")[1]


def test_every_slide_says_unit_month_batch_reports_and_region() -> None:
    (one,) = draw(Slide.RANKING, info=meta(is_demo=True), unit_ranking=ranking(3))
    text = shown(one)
    for words in (
        "丰都县",
        "治理率（%）",
        "2026年10月",
        "截至第 65 批（2026-11-22 14:02）",
        "334/338",
        "12",
        "演示数据",
    ):
        assert words in text
    assert "演示数据" not in shown(draw(Slide.RANKING, unit_ranking=ranking(3))[0])


def test_a_part_of_a_province_is_said_not_to_be_whole() -> None:
    assert "一部分" in shown(draw(Slide.RANKING, info=meta(is_whole=False), unit_ranking=ranking(3))[0])


# ── what is missing ────────────────────────────────────────────────────────────────────────────────────────────────


def test_movement_is_places_and_blank_where_there_was_no_rank() -> None:
    html = draw(Slide.RANKING, unit_ranking=ranking(4))[0].html
    assert re.findall(r'<span class="moved ([a-z]*)">([^<]*)<', html) == [
        ("", ""), ("up", "↑2"), ("down", "↓3"), ("", "—")
    ]  # fmt: skip


def test_nothing_to_rank_is_said() -> None:
    (one,) = draw(Slide.RANKING, unit_ranking=ranking(0, unreported=2))
    assert "2026年10月没有可排名的数据" in shown(one)
    assert "rank-row" not in one.html


def key_figures(value: float, change: float, direction: str = "higher") -> pd.DataFrame:
    row = {
        "category": "类", "indicator": "rate", "name": "治理率", "unit": "%", "kind": "ratio", "decimals": 2,
        "direction": direction, "value": value, "previous": value - change, "change": change,
        "year_to_date": float("nan"), "reported": 0, "carried": 0, "totals": 0, "unweighted": 0, "villages": 338,
        "own": float("nan"), "is_own": False, "headline": 1,
    }  # fmt: skip
    return pd.DataFrame([row])


def overview(figures: pd.DataFrame) -> Drawn:
    no_targets = pd.DataFrame({"state": []})
    return draw(Slide.OVERVIEW, key_figures=figures, region_targets=no_targets, unit_ranking=ranking(0, 1))[0]


def test_a_missing_figure_is_a_word_and_never_0() -> None:
    one = overview(key_figures(float("nan"), float("nan")))
    assert '<span class="v none" data-value="">未上报</span>' in one.html
    assert ">0<" not in one.html.split("cards")[1]


def test_a_change_is_better_or_worse_by_direction_and_says_so_in_words() -> None:
    assert re.search(r'change better">▲ 增 1\.50 个百分点', overview(key_figures(60, 1.5)).html)
    assert re.search(r'change worse">▲ 增 1\.50 个百分点', overview(key_figures(60, 1.5, "lower")).html)
    assert re.search(r'change worse">▼ 减 1\.50 个百分点', overview(key_figures(60, -1.5)).html)


def targets(*states: tuple[str, float | None]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"indicator": f"i{place}", "indicator_name": "", "unit": "座", "decimals": 0, "deadline": 202612, "target": 100.0,
             "actual": float("nan") if done is None else done, "progress_pct": float("nan") if done is None else done,
             "time_gone_pct": 80.0, "arrival_month": None, "state": state}
            for place, (state, done) in enumerate(states)
        ]
    )  # fmt: skip


def test_targets_stand_by_need_with_icon_word_bar_and_time() -> None:
    frame = targets(("done", 120.0), ("behind", 60.0), ("stalled", 70.0), ("unreported", None), ("behind", 50.0))
    assert list(neediest(frame)["indicator"]) == ["i2", "i4", "i1", "i3", "i0"]
    html = draw(Slide.TARGETS, region_targets=frame)[0].html
    assert "■ 停滞" in html
    assert 'class="fill" width="50.0%"' in html
    assert 'class="fill" width="100.0%"' in html  # beyond the whole, the bar is full and the number says more
    assert "120.0%" in html
    assert 'x1="80.0%"' in html
    assert "未上报" in html


def reporting(*rows: tuple[str, int, int, int, str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["name", "villages", "late", "missing", "missing_names"])
    frame["region_code"], frame["last_received"] = "500230101", pd.NaT
    frame["on_time"] = frame["villages"] - frame["late"] - frame["missing"]
    frame["state"] = [
        "missing" if row.missing == row.villages else "partial" if row.missing else "late" if row.late else "complete"
        for row in frame.itertuples()
    ]
    return frame


def test_who_has_not_reported_is_named_and_the_others_are_counted() -> None:
    text = shown(
        draw(
            Slide.REPORTING,
            reporting=reporting(("甲镇", 5, 0, 5, ""), ("乙镇", 8, 1, 1, "李村"), ("丙镇", 3, 0, 0, "")),
        )[0]
    )
    assert "按时 9" in text
    assert "迟报 1" in text
    assert "缺报 6" in text
    assert "○ 未上报 甲镇 0/5 村" in text
    assert "◐ 部分缺报 乙镇 7/8 村 迟报 1；缺 李村" in text
    assert "丙镇" not in text
    assert "另有 1 个乡镇按时报齐" in text


def test_all_reported_is_said() -> None:
    assert "1 个乡镇全部按时报齐" in shown(draw(Slide.REPORTING, reporting=reporting(("甲镇", 5, 0, 0, "")))[0])


# ── names from data ────────────────────────────────────────────────────────────────────────────────────────────────


NO_AREAS = pd.DataFrame({"county": [], "ring": [], "lon": [], "lat": []})


class Marks(HTMLParser):
    """The tags and the names of attributes a browser finds in markup."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


def hostile_tables() -> dict[Slide, dict[str, pd.DataFrame]]:
    ranked = ranking(4, unreported=2, name=HOSTILE).assign(parent=HOSTILE)
    places = pd.DataFrame({"region": ranked["region"], "lon": [107.0, 107.1, 107.2, 107.3, 107.4, 107.5], "lat": 29.9})
    ring = pd.DataFrame(
        {"county": 500230000000, "ring": 0, "lon": [107.0, 108.0, 108.0, 107.0], "lat": [29, 29, 30, 30]}
    )
    figures = key_figures(1, 1).assign(name=HOSTILE, unit=HOSTILE)
    goal = targets(("behind", 5.0)).assign(name=HOSTILE, region_code="5", unit=HOSTILE)
    profile = figures.assign(target=1.0, deadline=202612, progress_pct=5.0, state="behind", rank=1, ranked_count=9)
    return {
        Slide.OVERVIEW: {"key_figures": figures, "region_targets": goal, "unit_ranking": ranked},
        Slide.TARGETS: {"region_targets": goal},
        Slide.PROGRESS: {"unit_progress": goal},
        Slide.RANKING: {"unit_ranking": ranked},
        Slide.MAP: {"map_points": places, "map_outline": ring, "map_areas": NO_AREAS, "unit_ranking": ranked},
        Slide.REPORTING: {"reporting": reporting((HOSTILE, 5, 1, 1, HOSTILE))},
        Slide.PROFILE: {"region_profile": profile},
    }


@pytest.mark.parametrize("shape", list(Shape))
@pytest.mark.parametrize("slide", list(Slide))
def test_hostile_names_stay_text(slide: Slide, shape: Shape) -> None:
    names = {"rate": (HOSTILE, HOSTILE), "i0": (HOSTILE, HOSTILE), "people": (HOSTILE, "")}
    info = meta(
        region_name=HOSTILE, region_path=[HOSTILE], unit=HOSTILE, names=names, attributes={"people": 5.0},
        attribute_units={"people": HOSTILE},
    )  # fmt: skip
    for one in draw(slide, shape, info, **hostile_tables()[slide]):
        assert "<img" not in one.html
        assert "<script" not in one.html
        assert "</script" not in one.html
        assert "&lt;img" in one.html
        marks = Marks(one.html)
        assert not marks.tags & {"img", "script", "style", "a", "iframe"}
        assert not [name for name in marks.attributes if name.startswith("on") or name in ("style", "href", "src")]


def test_tiles_stand_where_no_place_is_known() -> None:
    nothing = {"map_points": pd.DataFrame({"region": [], "lon": [], "lat": []}),
               "map_outline": NO_AREAS, "map_areas": NO_AREAS}  # fmt: skip
    (few,) = draw(Slide.MAP, unit_ranking=ranking(4, unreported=1), **nothing)
    assert few.html.count('class="tile ') == 5
    assert '<span class="name">镇5</span><b>未上报</b>' in few.html
    (many,) = draw(Slide.MAP, unit_ranking=ranking(90), **nothing)
    assert many.html.count('class="tile ') == 90
    assert "镇90 " in many.html


def test_areas_users_brought_stand_in_place_of_dots_and_the_others_are_named() -> None:
    ranked = ranking(3)
    box = [(107.0, 29.0), (107.5, 29.0), (107.5, 29.5), (107.0, 29.5), (107.0, 29.0)]
    areas = pd.DataFrame(
        [(int(ranked["region"][row]), 0, lon + row, lat) for row in (0, 1) for lon, lat in box],
        columns=NO_AREAS.columns,
    )
    ring = pd.DataFrame([(500230000000, 0, lon, lat) for lon, lat in box], columns=NO_AREAS.columns)
    points = pd.DataFrame({"region": ranked["region"], "lon": 107.2, "lat": 29.2})
    (one,) = draw(Slide.MAP, map_points=points, map_outline=ring, map_areas=areas, unit_ranking=ranked)
    assert one.html.count('class="area q') == 2
    assert "data-value" not in "".join(re.findall(r"<circle[^>]*>", one.html))
    assert "未画在图上的 1 个：镇3" in shown(one)
    assert "镇1" in "".join(re.findall(r"<text[^>]*>[^<]*", one.html))


# ── the page ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_page_has_no_inline_script_and_escapes_its_title() -> None:
    html = render_page(title=HOSTILE, deck=f"/screen/deck?x={HOSTILE}", version="1", theme="dark", refresh=60).decode()
    assert "<img" not in html
    assert re.findall(r"<script[^>]*>", html) == [re.search(r'<script src="[^"]+" defer>', html)[0]]  # type: ignore[index]
    marks = Marks(html)
    assert not marks.tags & {"img", "style", "iframe"}
    assert not [name for name in marks.attributes if name.startswith("on") or name == "style"]
    assert 'lang="zh-CN"' in html


def test_the_page_speaks_english() -> None:
    with speaking(ENGLISH):
        html = render_page(title="t", deck="/screen/deck?", version="1", theme="auto", refresh=60).decode()
        assert 'lang="en"' in html
        assert "Coverage" in draw(Slide.RANKING, unit_ranking=ranking(3))[0].html


def test_the_script_never_evaluates_text() -> None:
    script = asset("screen.js").decode()
    assert not re.search(r"\beval\b|new Function|document\.write|outerHTML|setTimeout\('", script)
    assert script.count("setInterval(") == 1
