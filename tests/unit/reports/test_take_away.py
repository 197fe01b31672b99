"""What is taken away from a snapshot: the same figures, nothing that runs, and on everything where it comes from."""

import io
import math
import re
import shutil
import struct
import xml.etree.ElementTree as ET
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from ecodash import queries
from ecodash.domain.pages import Page
from ecodash.domain.periods import Month
from ecodash.domain.regions import Level, region_key
from ecodash.domain.selection import Selection
from ecodash.i18n import speaking
from ecodash.reports import png
from ecodash.reports.frozen import FrozenPack, FrozenPage, pack_tables, selection_of, unpack
from ecodash.reports.snapshot_contents import named, page_sheets
from ecodash.reports.snapshot_page import SnapshotHtml, render_snapshot
from ecodash.reports.snapshot_sheets import LEFT_OUT, SHEETS
from ecodash.reports.take_away import (
    Stamp,
    file_stem,
    offline_html,
    snapshot_pictures,
    snapshot_xlsx,
    stamp_of,
)
from ecodash.reports.take_names import safe_name
from ecodash.settings import load_settings
from ecodash.workspace import open_workspace
from tests.unit.reports.test_pictures import SVG, TREND, words
from tests.unit.reports.test_snapshot_page import (
    AREAS,
    CATEGORIES,
    EVIL,
    FIGURES,
    ORIGINS,
    OUTLINE,
    POINTS,
    PROFILE,
    RANKING,
    REPORTING,
    SHA,
    TARGETS,
    TILES,
    make_meta,
)  # fmt: skip

NAN = math.nan
LINK = "http://10.1.2.3:8501/s/AbCdEfGhIjKlMnOpQrStUv"
PARTS = pd.DataFrame(
    {
        "unit": [430321100000, 430321100000], "region": [430321100001, 430321100002],
        "region_code": ["430321100001", "430321100002"], "name": ["和平村", "=1+1"], "kind": ["村", "社区"],
        "value": [0.0, NAN], "previous": [NAN, 3.5], "reported": [1, 0], "carried": [0, 0], "totals": [0, 0],
        "unweighted": [0, 0], "villages": [1, 1], "is_reported": [True, False],
    }
)  # fmt: skip
LISTED = pd.DataFrame(
    {
        "side": ["red", "black"], "place": [1, 1], "region": [430321100000, 430321103000],
        "region_code": ["430321100", "430321103"], "name": ["易俗河镇", EVIL], "parent": ["湘潭县"] * 2,
        "rank": pd.array([1, None], dtype="Int64"), "previous_rank": pd.array([3, None], dtype="Int64"),
        "movement": pd.array([2, None], dtype="Int64"), "value": [88.256, NAN], "previous": [80.0, NAN],
        "distance": [3.256, NAN], "streak": [2, 1], "villages": [3, 2], "reported": [3, 0], "carried": [0, 0],
        "late": [0, 0], "missing": [0, 2], "grounds": ["places", "unreported"], "reason": ["第一名", "未上报"],
        "own_reason": ["", ""], "own_by": ["", ""], "own_at": pd.to_datetime([None, None], utc=True),
    }
)  # fmt: skip
LISTS_META = {
    "lists": {"title": "湘潭县2026年10月红黑榜", "rules": ["前一名上红榜。"], "previous_label": "上年同期"},
    "page": "lists", "page_label": "红黑榜",
}  # fmt: skip


def make_page(tables: dict[str, pd.DataFrame], **changes: Any) -> FrozenPage:
    meta = make_meta(**changes)
    return FrozenPage(Page(meta["page"]), selection_of(meta), meta, tables)


def make_pack(*pages: FrozenPage, **changes: Any) -> FrozenPack:
    return FrozenPack({**make_meta(), "note": "", **changes}, pages)


def make_stamp(pack: FrozenPack, address: str = LINK) -> Stamp:
    return stamp_of(pack, number=12, sha256=SHA, address=address)


def read(pack: FrozenPack, address: str = LINK) -> dict[str, Worksheet]:
    content = snapshot_xlsx(pack, make_stamp(pack, address))
    return {sheet.title: sheet for sheet in openpyxl.load_workbook(io.BytesIO(content))}


def column_of(sheet: Worksheet, heading: str) -> list[Any]:
    """The cells under a heading."""
    heads = [cell.value for cell in sheet[5]]
    return [row[heads.index(heading)] for row in sheet.iter_rows(min_row=6, values_only=True)]


def all_text(sheet: Worksheet) -> str:
    return "\n".join(str(value) for row in sheet.values for value in row if value is not None)


EVERYTHING = {
    "key_figures": FIGURES, "category_targets": CATEGORIES, "region_targets": TARGETS, "unit_progress": TARGETS.assign(
        name=["甲镇", EVIL], region_code=["430321100", "430321101"]
    ),
    "unit_ranking": RANKING, "unit_parts": PARTS, "reporting": REPORTING, "unit_tiles": TILES, "region_profile": PROFILE,
    "trend": TREND.assign(villages=9), "figure_origins": ORIGINS,
}  # fmt: skip


@pytest.fixture(scope="module")
def sample(sample_home: Path, tmp_path_factory: pytest.TempPathFactory) -> FrozenPack:
    """Every page made from a selection, of the demonstration county, as a pack that was kept and read again."""
    home = shutil.copytree(sample_home, tmp_path_factory.mktemp("taken") / "home")
    workspace = open_workspace(load_settings({"ECODASH_HOME": str(home)}))
    watermark = queries.newest_watermark(workspace)
    selection = Selection(watermark, Month.parse("2026-10"), region_key("500230"), "sewage_coverage_rate", Level.TOWN)
    pages = [queries.freeze(workspace, page, selection) for page in Page if page.is_selected]
    workspace.close()
    own = {**pages[0].meta, "title": "例会", "note": "", "created_at": "2026-11-03T01:30:00+00:00", "actor": "王主任"}
    metas, tables = pack_tables(pages)
    return unpack({**own, "pages": metas}, [(name, content) for name, content, _ in tables])


# ── the workbook ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_table_a_page_freezes_has_a_sheet_or_a_reason_to_have_none(sample: FrozenPack) -> None:
    frozen = {name for page in sample.pages for name in page.tables} | {"list_entries", "list_notes"}
    assert frozen - set(SHEETS) == set(LEFT_OUT) & frozen
    assert not set(SHEETS) & set(LEFT_OUT)


def numbers_agree(pack: FrozenPack) -> int:
    """How many cells were compared with the frozen figures they are of: those read from a single column."""
    sheets, compared = read(pack), 0
    tabs = {(content.title, content.place): name for page in pack.pages for content in page_sheets(page)
            for name in sheets if sheets[name]["A1"].value == content.title}  # fmt: skip
    for page in pack.pages:
        filled = {name: frame for name, frame in page.tables.items() if name in SHEETS and not frame.empty}
        for (name, frame), content in zip(filled.items(), page_sheets(page), strict=True):
            sheet = sheets[tabs[content.title, content.place]]
            for one in SHEETS[name].columns:
                if one.digits is None or len(one.needs) != 1 or one.needs[0] not in frame:
                    continue
                expected = [None if pd.isna(value) else float(value) for value in frame[one.needs[0]]]
                heading = one.heading.format(**named(page.meta, page.tables))
                assert column_of(sheet, heading) == expected, (name, heading)
                compared += len(expected)
    return compared


def test_the_numbers_are_the_frozen_ones_in_every_table(sample: FrozenPack) -> None:
    assert numbers_agree(sample) > 3_000
    assert numbers_agree(make_pack(make_page(EVERYTHING))) > 100


def test_missing_is_empty_and_said_and_a_reported_zero_is_a_zero() -> None:
    sheets = read(make_pack(make_page({"unit_ranking": RANKING, "unit_parts": PARTS})))
    ranking, parts = sheets["乡镇排名-生活污水治理率"], sheets["各村-生活污水治理率"]
    assert column_of(ranking, "生活污水治理率（%）") == [88.256, 61.5, None, None]
    assert column_of(ranking, "名次") == [1, 2, None, None]
    assert column_of(ranking, "数据情况") == ["上报 3/3 村", "上报 2/3 村，沿用 1 村", "未上报", "不适用"]
    assert column_of(parts, "生活污水治理率（%）") == [0, None]
    assert column_of(parts, "数据情况") == ["已报", "未上报"]
    assert column_of(parts, "所属乡镇") == ["易俗河镇", "易俗河镇"]
    assert column_of(parts, "区划代码") == ["430321100001", "430321100002"]
    assert "空格是没有数，不是 0" in all_text(ranking)


def test_numbers_have_the_digits_of_the_page() -> None:
    sheets = read(make_pack(make_page({"key_figures": FIGURES, "unit_ranking": RANKING})))
    assert [row[2].number_format for row in sheets["各项指标"].iter_rows(min_row=6)][:2] == ["#,##0.0", "#,##0.0"]
    assert sheets["乡镇排名-生活污水治理率"]["C6"].number_format == "#,##0.0"
    assert sheets["乡镇排名-生活污水治理率"]["A6"].number_format == "#,##0"


def test_targets_say_state_and_what_is_still_needed_only_while_short() -> None:
    done = TARGETS.assign(state=["done", "unreported"], gap=[-1.5, NAN], needed_per_month=[0.0, NAN])
    behind = read(make_pack(make_page({"region_targets": TARGETS})))["目标完成情况"]
    reached = read(make_pack(make_page({"region_targets": done})))["目标完成情况"]
    assert column_of(behind, "此后每月需完成") == [11.375, None]
    assert column_of(behind, "状态") == ["▼ 滞后", "○ 未上报"]
    assert column_of(behind, "按现速预计达到") == ["2028年1月", None]
    assert column_of(behind, "期限") == ["2026年12月", "2026年12月"]
    assert column_of(reached, "此后每月需完成") == [None, None]
    assert column_of(reached, "距目标还差") == [-1.5, None]


def test_counted_levels_do_not_lend_their_unit_to_villages() -> None:
    page = make_page({"unit_ranking": RANKING, "unit_parts": PARTS}, indicator_unit="个村", indicator_name="创建等级")
    sheets = read(make_pack(page))
    assert "创建等级（个村）" in [cell.value for cell in sheets["乡镇排名-创建等级"][5]]
    assert "创建等级" in [cell.value for cell in sheets["各村-创建等级"][5]]


def test_red_and_black_lists_have_a_sheet() -> None:
    notes = pd.DataFrame({"code": ["tied"], "note": ["=并列"]})
    sheets = read(make_pack(make_page({"list_entries": LISTED, "list_notes": notes}, **LISTS_META)))
    listed = sheets["红黑榜"]
    assert column_of(listed, "榜别") == ["红榜", "黑榜"]
    assert column_of(listed, "生活污水治理率（%）") == [88.256, None]
    assert column_of(listed, "上年同期数值") == [80, None]
    assert column_of(listed, "数据情况") == ["上报 3/3 村", "未上报"]
    assert column_of(sheets["红黑榜说明"], "说明") == ["'=并列"]


def test_tables_of_earlier_versions_go_without_the_columns_they_lack() -> None:
    old = {
        "trend": TREND.drop(columns=["target", "year_ago"]),
        "region_profile": PROFILE,
        "category_targets": CATEGORIES,
    }
    sheets = read(make_pack(make_page(old)))
    assert [cell.value for cell in sheets["走势-生活污水治理率"][5]] == ["月份", "生活污水治理率（%）", "数据情况"]
    assert column_of(sheets["走势-生活污水治理率"], "数据情况")[2:5] == [
        "未上报",
        "上报 0 村，沿用 6 村",
        "上报 6 村，沿用 2 村",
    ]
    assert "疑点" not in [cell.value for cell in sheets["全部指标"][5]]


def test_the_first_sheet_says_what_it_is_and_lists_the_others(sample: FrozenPack) -> None:
    sheets = read(sample)
    front = all_text(sheets["说明"])
    committed = make_stamp(sample).committed
    for expected in (
        "例会", "重庆市 › 重庆市辖县 › 丰都县", "2026年10月", f"截至第 65 批，{committed} 提交（北京时间）", LINK, "12", SHA,
        "未上报", "演示数据", "总览、地图、排名", *list(sheets)[1:],
    ):  # fmt: skip
        assert expected in front
    assert next(iter(sheets)) == "说明"
    links = {cell.hyperlink.location for row in sheets["说明"].iter_rows() for cell in row if cell.hyperlink}
    assert {f"'{name}'!A1" for name in list(sheets)[1:]} <= links


def test_every_sheet_carries_link_as_of_and_digest_and_stays_readable(sample: FrozenPack) -> None:
    for name, sheet in list(read(sample).items())[1:]:
        assert LINK in sheet["A4"].value, name
        assert SHA[:12] in sheet["A4"].value
        assert "截至第 65 批" in sheet["A2"].value
        assert "演示数据" in sheet["A2"].value
        assert sheet.freeze_panes == "A6"
        assert sheet.print_title_rows == "$5:$5"
        assert SHA[:12] in sheet.oddFooter.left.text
        assert all(sheet.column_dimensions[cell.column_letter].width >= 8 for cell in sheet[5])


def test_totals_of_a_part_are_said_to_be_of_a_part_everywhere() -> None:
    page, warning = make_page({"unit_ranking": RANKING}, is_whole=False), "本系统只装有湘潭县的一部分县区"
    assert all(warning in all_text(sheet) for sheet in read(make_pack(page)).values())
    assert all(warning in words(svg) for svg in pictures_of(page))
    assert not any("一部分" in words(svg) for svg in pictures_of(make_page({"unit_ranking": RANKING})))


def test_what_several_pages_show_alike_stands_once_and_namesakes_are_told_apart() -> None:
    twice = [make_page({"unit_ranking": RANKING}, page=page) for page in ("ranking", "map")]
    september = make_page({"unit_ranking": RANKING}, month="2026-09", month_label="2026年9月")
    sheets = read(make_pack(*twice, september))
    assert list(sheets) == ["说明", "乡镇排名-生活污水治理率", "乡镇排名-生活污水治理率(2)"]
    assert "2026年9月" in sheets["乡镇排名-生活污水治理率(2)"]["A2"].value


def test_the_same_snapshot_gives_the_same_bytes_whoever_asks() -> None:
    pack = make_pack(make_page(EVERYTHING))
    first = snapshot_xlsx(pack, make_stamp(pack))
    with speaking("en"):
        assert snapshot_xlsx(pack, make_stamp(pack)) == first
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {entry.date_time[0] for entry in archive.infolist()} == {2020}


HOSTILE = [
    "=cmd|' /C calc'!A0",
    "@SUM(1)",
    "-2+3",
    "＝1",
    "\t=1",
    "\u202e=1",
    "<script>",
    "x\x00\x0b\ufffe\ud800y",
    "长" * 40_000,
]


@pytest.mark.parametrize("evil", HOSTILE)
def test_hostile_texts_neither_run_nor_break_the_workbook(evil: str) -> None:
    kept = evil.replace("\ud800", "")  # a frame cannot hold it
    ranking = RANKING.assign(name=[kept] * 4, parent=[kept, "b", "c", "d"])
    page = make_page({"unit_ranking": ranking, "unit_parts": PARTS}, indicator_name=evil, region_name=evil)
    pack = make_pack(page, title=evil, note=evil)
    for name, sheet in read(pack).items():
        assert 1 <= len(name) <= 31
        assert not re.search(r"[\[\]:*?/\\\u202e]", name)
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f"
                if isinstance(cell.value, str):
                    assert cell.value[:1] not in set("=+-@＝＋－＠\t\r\n"), cell.value[:20]
                    assert "\u202e" not in cell.value
                    assert len(cell.value) <= 32_767


def test_an_address_that_is_no_web_address_is_no_hyperlink() -> None:
    sheets = read(make_pack(make_page({"unit_ranking": RANKING})), "javascript:alert(1)")
    targets = [cell.hyperlink.target for row in sheets["说明"].iter_rows() for cell in row if cell.hyperlink]
    assert not any(targets)


def test_a_pack_without_any_figure_is_a_workbook_that_says_so() -> None:
    empty = make_pack(make_page({"unit_ranking": RANKING.iloc[:0]}, committed_at=None), committed_at=None, watermark=0)
    sheets = read(empty, "")
    assert list(sheets) == ["说明"]
    assert "还没有提交过数据" in all_text(sheets["说明"])


# ── pictures ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_each_figure_of_the_pages_is_a_picture_once(sample: FrozenPack) -> None:
    drawn = snapshot_pictures(sample, make_stamp(sample))
    assert [picture.title for picture in drawn] == [
        "丰都县目标完成情况", "乡镇排名：生活污水治理率", "分布图：生活污水治理率", "村格图：生活污水治理率",
        "各乡镇完成情况：生活污水治理率", "逐月走势：生活污水治理率",
    ]  # fmt: skip
    assert drawn[1].name == "02_丰都县2026年10月_乡镇排名：生活污水治理率"
    with speaking("en"):
        svgs = [picture.svg() for picture in drawn]
    stamp = make_stamp(sample)
    for svg in svgs:
        written = words(svg)
        for expected in ("丰都县", "2026年10月", stamp.as_of, stamp.seal, LINK, "演示数据"):
            assert expected in written
        assert 'shape-rendering="crispEdges"' in svg  # the code


def pictures_of(page: FrozenPage, address: str = LINK) -> list[str]:
    pack = make_pack(page)
    return [picture.svg() for picture in snapshot_pictures(pack, make_stamp(pack, address))]


def test_hostile_words_in_a_picture_are_letters() -> None:
    tables = EVERYTHING | {"map_points": POINTS, "map_outline": OUTLINE, "map_areas": AREAS}
    svgs = pictures_of(make_page(tables, region_name=EVIL, indicator_name=f"\x00{EVIL}"), f"{LINK}<script>")
    assert len(svgs) == 6
    for svg in svgs:
        tags = {element.tag.removeprefix(SVG) for element in ET.fromstring(svg).iter()}
        assert tags <= {"svg", "g", "rect", "path", "circle", "text", "polyline"}


def test_units_without_a_place_have_tiles_and_no_map() -> None:
    tables = {"map_points": POINTS.iloc[:0], "map_outline": OUTLINE, "unit_ranking": RANKING, "unit_tiles": TILES}
    pack = make_pack(make_page(tables, page="map"))
    titles = [picture.title for picture in snapshot_pictures(pack, make_stamp(pack))]
    assert titles == ["村格图：生活污水治理率", "乡镇排名：生活污水治理率"]


def test_a_trend_is_in_the_unit_and_digits_of_the_regions_own_figure() -> None:
    profile = PROFILE.assign(unit=["吨", "个村", "处"], decimals=[1, 0, 0])
    (svg,) = pictures_of(make_page({"trend": TREND, "region_profile": profile}, page="profile"))
    assert "单位：个村" in words(svg)
    assert "\n75\n" in words(svg)


def test_another_rule_is_another_picture() -> None:
    rule = {
        "now_label": "2026年第三季度", "before_label": "2025年第三季度", "kinds": [], "peer_class": "", "least": 0,
        "left_out": 0,
    }  # fmt: skip
    pack = make_pack(
        make_page({"unit_ranking": RANKING}), make_page({"unit_ranking": RANKING}, comparison=rule),
        make_page({"unit_ranking": RANKING}, page="ranking"),
    )  # fmt: skip
    names = [picture.name for picture in snapshot_pictures(pack, make_stamp(pack))]
    assert len(names) == 2
    assert len(set(names)) == 2


@pytest.mark.parametrize("address", ["", "http://localhost:8501/s/abc"])
def test_a_code_stands_only_where_another_machine_could_open_it(address: str) -> None:
    (svg,) = pictures_of(make_page({"unit_ranking": RANKING}), address)
    assert "crispEdges" not in svg
    assert "内容校验码" in words(svg)
    assert address in words(svg)


def test_a_long_address_is_written_out_in_full() -> None:
    address = f"https://{'very-long-name.' * 6}example.cn/s/AbCdEfGhIjKlMnOpQrStUv"
    (svg,) = pictures_of(make_page({"unit_ranking": RANKING}), address)
    assert address in words(svg).replace("\n", "")


@pytest.mark.skipif(not png.has_chinese_font(), reason="no Chinese font on this machine")
def test_a_picture_is_as_wide_as_a_chat_shows_it() -> None:
    pack = make_pack(make_page({"unit_ranking": RANKING}))
    content = snapshot_pictures(pack, make_stamp(pack))[0].draw()
    assert content.startswith(b"\x89PNG")
    assert struct.unpack(">I", content[16:20]) == (1080,)


def test_without_a_chinese_font_there_is_no_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(png, "find_chinese_font", lambda dirs=None: None)
    pack = make_pack(make_page({"unit_ranking": RANKING}))
    drawn = snapshot_pictures(pack, make_stamp(pack))[0]
    with pytest.raises(png.NoChineseFont):
        drawn.draw()


# ── the page as a file ─────────────────────────────────────────────────────────────────────────────────────────────

HTML = SnapshotHtml(
    '<!DOCTYPE html><html><head>\n<meta charset="utf-8">\n<style>b{}</style></head><body><header></header>\n',
    "<main>数</main></body></html>",
    "default-src 'none'; style-src 'sha256-abc='; frame-ancestors 'none'",
)


def test_an_offline_copy_is_the_page_with_its_policy_and_where_it_comes_from() -> None:
    pack = make_pack()
    text = offline_html(HTML, make_stamp(pack), saved_at=datetime(2026, 11, 3, 1, 30, tzinfo=UTC)).decode()
    assert "离线副本" in text
    assert "2026-11-03 09:30（北京时间）保存" in text
    assert "截至第 12 批，2026-11-03 09:12 提交（北京时间）" in text
    assert f'<a href="{LINK}" rel="noopener noreferrer">{LINK}</a>' in text
    assert "frame-ancestors" not in text
    assert text.index("Content-Security-Policy") < text.index("<style>")
    assert text.endswith(HTML.after)
    assert offline_html(HTML, make_stamp(pack)) == offline_html(HTML, make_stamp(pack))


def test_the_page_as_rendered_takes_its_policy_along_and_its_banner_above_the_figures() -> None:
    pack = make_pack(make_page({"unit_ranking": RANKING}, page="ranking"))
    html = render_snapshot(pack, number=12, sha256=SHA, address=LINK, takes=False)
    text = offline_html(html, make_stamp(pack)).decode()
    assert text.index('http-equiv="Content-Security-Policy"') < text.index("<style>")
    assert text.index("</header>") < text.index('id="offline"') < text.index("易俗河镇")
    assert not re.search(r'(?:src|href)="(?!data:|#|http://10\.1\.2\.3:8501/s/)', text)


@pytest.mark.parametrize("address", ["", "javascript:alert(1)", '"><script>alert(1)</script>'])
def test_only_a_web_address_is_a_link(address: str) -> None:
    text = offline_html(HTML, make_stamp(make_pack(), address)).decode()
    assert "<a " not in text
    assert "<script" not in text
    assert "请向发送人索取链接" in text


# ── names of files ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_file_says_number_title_and_batch() -> None:
    assert file_stem(make_pack(title="丰都县2026年10月总览", watermark=48), 12) == "快照12_丰都县2026年10月总览_第48批"
    assert file_stem(make_pack(title="../..", watermark=48), 12) == "快照12_第48批"


@given(st.text(max_size=300))
def test_any_title_gives_a_name_that_every_system_takes(title: str) -> None:
    name = file_stem(make_pack(title=title), 7)
    assert name.startswith("快照7_")
    assert name.endswith("_第12批")
    assert len(name.encode()) <= 150
    assert not re.search(r'[\\/:*?"<>|\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]', name)


@given(st.text(max_size=300))
def test_a_safe_name_never_begins_or_ends_with_a_dot_or_space(text: str) -> None:
    name = safe_name(text)
    assert name == name.strip(". ")
    assert safe_name(name) == name


@pytest.mark.parametrize("name", ["con", "NUL", "lpt1", "aux.txt"])
def test_names_that_windows_keeps_for_itself_are_changed(name: str) -> None:
    assert safe_name(name).startswith("_")
