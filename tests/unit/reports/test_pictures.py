"""Charts as pictures: what stands in them, that they decode, and that Chinese letters are letters."""

import math
import struct
import xml.etree.ElementTree as ET
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from ecodash.errors import UserError
from ecodash.i18n import speaking
from ecodash.reports import pictures, png
from ecodash.reports.picture_canvas import fit, width_of, wrapped
from tests.unit.reports.test_snapshot_page import AREAS, EVIL, OUTLINE, POINTS, RANKING, TARGETS, TILES, make_meta

NAN = math.nan
SVG = "{http://www.w3.org/2000/svg}"
META = make_meta(is_demo=True)
TREND = pd.DataFrame(
    {
        "month": [f"2026-{month:02d}" for month in range(5, 11)],
        "value": [70.0, 71.0, NAN, 73.0, 74.0, 75.25],
        "year_ago": [60.0, NAN, 61.0, 62.0, 63.0, 64.0],
        "target": [98.0] * 6,
        "reported": [6, 6, 0, 0, 6, 6],
        "carried": [0, 0, 0, 6, 2, 2],
        "totals": [0] * 6,
    }
)
ALL: dict[str, Callable[[dict[str, Any]], str]] = {
    "ranking": lambda meta: pictures.ranking_picture(meta, RANKING),
    "progress": lambda meta: pictures.progress_picture(meta, TARGETS, ["污水", EVIL], "目标完成情况"),
    "trend": lambda meta: pictures.trend_picture(meta, TREND, unit="%", decimals=2),
    "flow": lambda meta: pictures.trend_picture(meta | {"indicator_kind": "flow"}, TREND, unit="吨", decimals=0),
    "map": lambda meta: pictures.map_picture(meta, POINTS, OUTLINE, RANKING),
    "areas": lambda meta: pictures.map_picture(meta, POINTS, OUTLINE, RANKING, AREAS),
    "tiles": lambda meta: pictures.tiles_picture(meta | {"level": "village"}, TILES),
}


def words(svg: str) -> str:
    """Everything written in a picture, a line of text a line."""
    return "\n".join(element.text or "" for element in ET.fromstring(svg).iter(f"{SVG}text"))


def pixels(content: bytes) -> tuple[int, int, bytes]:
    """Width, height and raw bytes of a PNG, whose parts are checked by their sums."""
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    place, width, height, packed = 8, 0, 0, b""
    while place < len(content):
        (size,) = struct.unpack(">I", content[place : place + 4])
        kind, body = content[place + 4 : place + 8], content[place + 8 : place + 8 + size]
        assert struct.unpack(">I", content[place + 8 + size : place + 12 + size])[0] == zlib.crc32(kind + body)
        if kind == b"IHDR":
            width, height = struct.unpack(">II", body[:8])
        packed += body if kind == b"IDAT" else b""
        place += 12 + size
    return width, height, zlib.decompress(packed)


# ── what stands in every picture ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ALL)
def test_a_picture_says_place_month_as_of_and_that_it_is_invented(name: str) -> None:
    written = words(ALL[name](META))
    for expected in ("湘潭县", "2026年10月", "截至第 12 批，2026-11-03 09:12 提交（北京时间）", "演示数据"):
        assert expected in written
    assert "演示数据" not in words(ALL[name](make_meta()))


@pytest.mark.parametrize(
    ("name", "unit"), [("ranking", "%"), ("trend", "%"), ("flow", "吨"), ("map", "%"), ("tiles", "%")]
)
def test_a_picture_says_its_unit(name: str, unit: str) -> None:
    assert f"单位：{unit}" in words(ALL[name](META))


@pytest.mark.parametrize("name", ["ranking", "progress", "map", "tiles"])
def test_hostile_names_are_letters_not_markup(name: str) -> None:
    svg = ALL[name](META | {"region_name": f"\x00{EVIL}\ud800"})
    assert "<script" not in svg
    tags = {element.tag.removeprefix(SVG) for element in ET.fromstring(svg).iter()}
    assert tags <= {"svg", "g", "rect", "path", "circle", "text", "polyline"}


@pytest.mark.parametrize("name", ALL)
def test_pictures_speak_english(name: str) -> None:
    with speaking("en"):
        svg = ALL[name](META)
    assert 'lang="en"' in svg


# ── each chart ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_unreported_are_named_and_have_no_bar() -> None:
    svg = ALL["ranking"](META)
    bars = [element for element in ET.fromstring(svg).iter(f"{SVG}rect") if element.get("fill") == "#2f74b5"]
    assert len(bars) == 2
    assert "未上报（不参加排名）2 个：石潭镇、青山桥镇" in words(svg)


def test_bars_are_in_proportion_and_a_percentage_ends_at_a_hundred() -> None:
    svg = ALL["ranking"](META)
    lengths = [
        float(bar.get("width", 0)) for bar in ET.fromstring(svg).iter(f"{SVG}rect") if bar.get("fill") == "#2f74b5"
    ]
    track = next(
        float(bar.get("width", 0)) for bar in ET.fromstring(svg).iter(f"{SVG}rect") if bar.get("fill") == "#dfe6e3"
    )
    assert lengths == pytest.approx([track * 0.88256, track * 0.615], abs=0.1)


def test_a_ranking_by_another_rule_says_which() -> None:
    rule = {
        "now_label": "2026年第三季度", "before_label": "2025年第三季度", "kinds": [], "peer_class": "山区", "least": 50,
        "left_out": 3,
    }  # fmt: skip
    written = words(pictures.ranking_picture(META | {"comparison": rule}, RANKING)).replace("\n", "")
    assert "名次按2026年第三季度，变化与2025年第三季度的名次相比。" in written
    assert "分母至少为 50。另有 3 个不参加排名。" in written
    assert "与上月" not in written


def test_a_ranking_of_nobody_says_only_who_is_missing() -> None:
    nobody = RANKING.assign(rank=pd.array([None] * 4, dtype="Int64"), value=NAN)
    assert "4 个" in words(pictures.ranking_picture(META, nobody))


def test_more_units_than_fit_are_counted_in_words() -> None:
    many = pd.concat([RANKING.head(1)] * 50, ignore_index=True).assign(rank=pd.array(range(1, 51), dtype="Int64"))
    assert "图中为前 40 名，另有 10 个未画出" in words(pictures.ranking_picture(META, many))


def test_progress_says_the_state_in_words_and_an_unreported_target_has_no_bar() -> None:
    svg = ALL["progress"](META)
    written = words(svg)
    assert "▼ 滞后" in written
    assert "40.1%" in written
    assert "未上报" in written
    dashed = [bar for bar in ET.fromstring(svg).iter(f"{SVG}rect") if bar.get("stroke-dasharray") == "3 2"]
    assert len(dashed) == 1


def test_a_trend_explains_its_target_its_carried_and_its_unreported_months() -> None:
    svg = ALL["trend"](META)
    written = words(svg)
    for expected in ("目标 98.00", "空心大圈：沿用以前的数值", "底部小圈：未上报", "纵轴从"):
        assert expected in written
    assert "上年同月" not in written  # a stock's own line shows last year
    radii = [circle.get("r") for circle in ET.fromstring(svg).iter(f"{SVG}circle") if circle.get("fill") == "#ffffff"]
    assert sorted(radii) == ["2.5", "2.5", "4", "4"]  # each once in the chart, once in the legend


def test_months_of_a_flow_are_bars_from_zero_beside_last_years() -> None:
    svg = ALL["flow"](META)
    bars = [bar for bar in ET.fromstring(svg).iter(f"{SVG}rect") if bar.get("fill") == "#2f74b5"]
    assert len(bars) == 5
    assert "上年同月" in words(svg)
    assert "月均目标 98" in words(svg)
    assert "不从 0 起" not in words(svg)


def test_a_trend_without_any_report_says_so() -> None:
    empty = TREND.assign(value=NAN, year_ago=NAN, target=NAN, reported=0, carried=0)
    assert "近 6 个月均未上报。" in words(pictures.trend_picture(META, empty, unit="%", decimals=2))


def test_a_map_names_whom_it_cannot_place() -> None:
    assert "位置未收录、未画在图上 1 个：青山桥镇" in words(ALL["map"](META))
    nowhere = pictures.map_picture(META, POINTS.iloc[:0], OUTLINE.iloc[:0], RANKING)
    assert "这些区域的位置未收录，不画地图。" in words(nowhere)


def test_areas_that_were_brought_are_drawn_and_the_others_stay_dots() -> None:
    svg = ET.fromstring(ALL["areas"](META))
    fills = [path.get("fill") for path in svg.iter(f"{SVG}path") if path.get("fill-rule")]
    assert len(fills) == 3  # two areas and the outline around
    assert fills.count("#ffffff") == 1  # the unreported
    assert len(list(svg.iter(f"{SVG}circle"))) == 1
    assert "易俗河镇" in words(ALL["areas"](META))


def test_every_village_has_a_tile_and_the_unreported_a_dashed_one() -> None:
    svg = ALL["tiles"](META)
    tiles = [box for box in ET.fromstring(svg).iter(f"{SVG}rect") if box.get("width") == "30.0"]
    assert len(tiles) == 4
    assert sum(box.get("stroke-dasharray") is not None for box in tiles) == 2


def test_long_texts_are_cut_or_wrapped_to_fit() -> None:
    assert fit("易俗河镇", 100, 15) == "易俗河镇"
    assert fit("很长很长很长的名字", 60, 15) == "很长很…"
    lines = wrapped("甲乙丙丁" * 20, 300, 15)
    assert len(lines) == 3
    assert all(width_of(one, 15) <= 300 for one in lines)
    assert lines[-1].endswith("…")


# ── PNG ────────────────────────────────────────────────────────────────────────────────────────────────────────────

needs_font = pytest.mark.skipif(not png.has_chinese_font(), reason="no Chinese font on this machine")


@needs_font
@pytest.mark.parametrize("name", ALL)
def test_a_picture_is_a_png_of_the_width_of_a_chat_window(name: str) -> None:
    width, height, raw = pixels(png.svg_to_png(ALL[name](META)))
    assert width == 1200
    assert height > 400
    assert len(set(raw)) > 20


def one_letter(letter: str) -> bytes:
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="50" height="50"><text x="5" y="40" font-size="36" font-family="sans-serif">{letter}</text></svg>'
    return png.svg_to_png(svg, 50)


@needs_font
def test_chinese_letters_differ_so_they_are_not_empty_boxes() -> None:
    assert len({one_letter(letter) for letter in "村镇县未上报演示数据√▲▼○●■×"}) == 17


@needs_font
def test_only_the_chosen_fonts_tell_apart_what_a_font_without_chinese_cannot() -> None:
    """Broken on purpose: with a family nobody has, letters vanish, and the check that guards us must see it."""
    font = png.find_chinese_font()
    assert font is not None
    assert not png._draws_chinese(png.ChineseFont("No Such Family", font.files))


def test_without_a_chinese_font_there_is_a_remedy_and_no_picture(tmp_path: Path) -> None:
    (tmp_path / "NotoSansCJK-Fake.ttc").write_bytes(b"not a font")
    with pytest.raises(UserError) as caught:
        png.svg_to_png(ALL["ranking"](META), font_dirs=[tmp_path])
    assert "没有中文字体" in caught.value.what
    assert "fonts-noto-cjk" in caught.value.remedy


def test_folders_named_in_the_environment_come_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(png.FONT_DIRS_VARIABLE, str(tmp_path))
    assert png.font_dirs()[0] == tmp_path
