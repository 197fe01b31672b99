"""What a leader decides from, in Chromium: who is last and why, a composite, boundaries, targets, the lists; on a phone;
by keys alone. One app for all; each test leaves alone what the others look at."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from ecodash.domain.boundaries import Datum
from tests.boundaries import geojson, shifted, town_columns, towns
from tests.browser.driving import (
    OFFICE,
    PHONE,
    Server,
    Watch,
    grid_text,
    open_page,
    running_app,
    settle,
    watched_context,
)

MONTH = "2026-10"
COUNTY = f"region=500230&month={MONTH}"
COMPOSITE = "治污综合评价"
SEWAGE, WASTE = "生活污水治理率", "生活垃圾收运处置率"
_ROW, _HEADER = 35, 36
"""Heights of a table people type in."""
_OPENING = 400
"""Milliseconds a cell takes to open, and to take what was typed; the table says nothing when it has."""


@pytest.fixture(scope="module")
def server(sample_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    scratch = tmp_path_factory.mktemp("decisions")
    with running_app(Path(shutil.copytree(sample_home, scratch / "home")), scratch) as running:
        yield running


def assert_clean(watch: Watch, server: Server) -> None:
    assert (watch.outside(), watch.errors, server.outside_connections()) == ([], [], [])


def ranked_names(page: Page) -> list[str]:
    """Units of the ranking on the page, the first first."""
    lines = [line.split(" | ") for line in grid_text(page).splitlines()]
    return [cells[1] for cells in lines if cells[0].isdigit()]


def choose(page: Page, label: str, words: str) -> None:
    """Type into a choice, which holds more than it shows, and take what it finds first."""
    page.get_by_role("combobox", name=label, exact=True).fill(words)
    page.get_by_role("option", name=words).first.click()


def cell(page: Page, row: int, left: float) -> tuple[float, float]:
    """The middle of a row of the first table that is typed in, so far from its left."""
    box = page.locator('[data-testid="stDataFrame"] canvas').first.bounding_box()
    assert box is not None
    return box["x"] + left, box["y"] + _HEADER + row * _ROW + _ROW / 2


def type_into(page: Page, row: int, left: float, words: str) -> None:
    """Write over a cell. None is chosen before: a click on the chosen one would open it at once."""
    page.keyboard.press("Escape")
    page.mouse.click(*cell(page, row, left))
    page.wait_for_timeout(_OPENING)
    page.keyboard.press("Enter")
    page.wait_for_timeout(_OPENING)
    page.keyboard.press("Control+a")
    page.keyboard.type(words)
    page.wait_for_timeout(_OPENING)
    page.keyboard.press("Enter")
    settle(page)


# ── who is last, and why ───────────────────────────────────────────────────────────────────────────────────────────


def test_the_last_town_its_reasons_its_villages_and_its_profile_on_paper(browser: Browser, server: Server) -> None:
    context, watch = watched_context(browser, OFFICE)
    page = context.new_page()
    open_page(page, f"{server.url}/?month={MONTH}")
    last = page.locator("table.ranks").last.locator("tbody tr").last
    place, town = last.locator("td").nth(0).inner_text(), last.locator("td").nth(1).inner_text()
    assert place == "30"

    last.get_by_role("link", name="为什么").click()  # One click of the two.
    reasons = page.get_by_role("dialog")
    expect(reasons).to_contain_text(f"{town}为什么是这个名次")
    expect(reasons).to_contain_text("是第 30 名")
    expect(reasons).to_contain_text("它的数来自这些上报")
    settle(page)

    page.keyboard.press("Escape")
    expect(reasons).to_have_count(0)
    choose(page, "乡镇", town)
    expect(page.locator("h1").first).to_contain_text(town)
    settle(page)
    villages = int(re.findall(r"/(\d+) 村", page.locator(".as-of").first.inner_text())[0])
    choose(page, "指标", f"：{SEWAGE}")
    expect(page.get_by_role("heading", name=f"村排名：{SEWAGE}")).to_be_visible()
    settle(page)
    names = ranked_names(page)
    assert len(names) == villages
    assert all(name.endswith(("村", "社区")) for name in names)

    page.get_by_test_id("stTopNavLink").filter(has_text="区域档案").click()
    expect(page.locator("h1").first).to_contain_text(f"{town} 区域档案")
    settle(page)
    with context.expect_page() as opened:
        page.get_by_role("link", name="打印").click()
    printed = opened.value
    expect(printed.locator("h1")).to_contain_text(f"{town}2026年10月区域档案")
    expect(printed.locator("body")).to_contain_text("演示数据")
    expect(printed.locator("body")).to_contain_text("截至 第")
    button = printed.get_by_role("button", name="打印")
    expect(button).to_be_visible()
    printed.emulate_media(media="print")
    expect(button).to_be_hidden()
    assert printed.locator("table tbody tr:visible").count() > 10
    paper = printed.pdf(format="A4")
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b(?!s)", paper)) <= 8
    assert_clean(watch, server)
    context.close()


# ── a composite ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_composite_is_defined_and_ranked_by_and_its_old_link_stays(browser: Browser, server: Server) -> None:
    context, watch = watched_context(browser, OFFICE)
    page = context.new_page()
    open_page(page, f"{server.url}/composites")
    page.get_by_role("textbox", name="名称").fill(COMPOSITE)
    page.keyboard.press("Tab")
    settle(page)
    for row, (indicator, weight) in enumerate([(SEWAGE, "70"), (WASTE, "20")]):
        page.mouse.click(*cell(page, row, 150))  # The empty row at the end begins another.
        settle(page)
        page.mouse.dblclick(*cell(page, row, 150))
        page.wait_for_timeout(_OPENING)
        page.keyboard.type(f"：{indicator}")
        page.keyboard.press("Enter")
        settle(page)
        type_into(page, row, 350, weight)
    expect(page.get_by_text("权重合计 90%，还差 10%")).to_be_visible()
    expect(page.get_by_role("button", name="保存", exact=True)).to_have_count(0)
    type_into(page, 1, 350, "30")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_text("历次版本（1 个）")).to_be_visible()
    settle(page)

    page.get_by_role("link", name="按它排名").click()
    expect(page.get_by_role("heading", name=f"乡镇排名：{COMPOSITE}")).to_be_visible()
    settle(page)
    old_link, before = page.url, ranked_names(page)
    assert "indicator=composite-" in old_link
    assert len(before) == 30

    open_page(page, f"{server.url}/composites")
    type_into(page, 0, 350, "10")
    type_into(page, 1, 350, "90")
    page.get_by_role("button", name="保存为新版本").click()
    expect(page.get_by_text("历次版本（2 个）")).to_be_visible()
    settle(page)
    page.get_by_role("link", name="按它排名").click()
    expect(page.get_by_role("heading", name=f"乡镇排名：{COMPOSITE}")).to_be_visible()
    settle(page)
    after = ranked_names(page)
    assert page.url != old_link
    assert after != before
    assert sorted(after) == sorted(before)

    open_page(page, old_link)
    assert ranked_names(page) == before
    assert_clean(watch, server)
    context.close()


# ── boundaries ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_towns_brought_in_gcj02_fit_and_are_drawn_and_a_click_opens_one(browser: Browser, server: Server) -> None:
    context, watch = watched_context(browser, OFFICE)
    page = context.new_page()
    open_page(page, f"{server.url}/boundaries")
    data = geojson(shifted(list(towns().values()), Datum.GCJ02), town_columns(list(towns())))
    page.locator('input[type="file"]').set_input_files(
        {"name": "乡镇界.geojson", "mimeType": "application/geo+json", "buffer": data}
    )
    expect(page.get_by_text("GCJ-02 最吻合")).to_be_visible()
    expect(page.get_by_role("img", name="30 个图形")).to_be_visible()
    settle(page)
    page.get_by_role("button", name="保存这套边界").click()
    expect(page.get_by_text("✓ 正在使用")).to_be_visible()
    settle(page)

    open_page(page, f"{server.url}/map?{COUNTY}&indicator=sewage_coverage_rate")
    areas = page.locator(".figure").first.locator("a[data-code] path")
    expect(areas).to_have_count(30)
    page.locator('.figure a[data-code="500230123"]').first.click()
    expect(page.locator("h1").first).to_contain_text("暨龙镇 区域档案")
    settle(page)
    assert_clean(watch, server)
    context.close()


# ── targets ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_target_is_changed_shown_and_taken_back(browser: Browser, server: Server) -> None:
    context, watch = watched_context(browser, OFFICE)
    page = context.new_page()
    open_page(page, f"{server.url}/progress?{COUNTY}&indicator=collection_points")
    county = page.locator(".goal").filter(has_text="垃圾分类收集点").first
    expect(county).to_contain_text("1,903")

    open_page(page, f"{server.url}/targets")
    row = grid_text(page).splitlines()[1].split(" | ")
    assert row[:3] == ["丰都县", "垃圾分类收集点", "1903"]
    type_into(page, 0, 460, "2000")
    expect(page.get_by_text("保存后的变化")).to_be_visible()
    settle(page)
    change = next(line for line in grid_text(page).splitlines() if "1903（基数" in line)
    assert change.startswith("丰都县 | 垃圾分类收集点 | 2026年12月 | 1903（基数 1654） | 2000（基数 1654） | 修改")
    page.get_by_role("button", name="保存 1 项目标").click()
    said = page.get_by_text("已保存为第")
    expect(said).to_be_visible()
    batch = re.findall(r"第 (\d+) 批", said.inner_text())[0]
    settle(page)

    open_page(page, f"{server.url}/progress?{COUNTY}&indicator=collection_points")
    expect(county).to_contain_text("2,000")

    open_page(page, f"{server.url}/upload")
    page.locator(".st-key-upload_part").get_by_text("历次提交").click()
    settle(page)
    page.locator(f".st-key-undo_open_{batch} label").click()
    page.locator(f".st-key-undo_sure_{batch} label").click()
    settle(page)
    page.locator(".st-key-undo button").click()
    expect(page.get_by_text(f"第 {int(batch) + 1} 批").first).to_be_visible()
    settle(page)
    open_page(page, f"{server.url}/progress?{COUNTY}&indicator=collection_points")
    expect(county).to_contain_text("1,903")
    assert_clean(watch, server)
    context.close()


# ── the lists ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_ready_rule_is_taken_with_a_click_and_its_annex_downloaded(browser: Browser, server: Server) -> None:
    context, watch = watched_context(browser, OFFICE, accept_downloads=True)
    page = context.new_page()
    open_page(page, f"{server.url}/lists")
    first, last = (page.locator(f".preview.list-{side} span").first.inner_text() for side in ("red", "black"))
    page.get_by_role("button", name="就用这条规则").click()
    expect(page.get_by_text("已保存").first).to_be_visible()
    settle(page)
    expect(page.get_by_text("红榜 3 个，黑榜 3 个").first).to_be_visible()
    with page.expect_download() as found:
        page.get_by_role("button", name="下载通报附件").click()
    assert found.value.suggested_filename.endswith(".html")
    annex = context.new_page()
    annex.goto(Path(found.value.path()).as_uri())
    words = annex.locator("body").inner_text()
    assert first.split()[0] in words
    assert last.split()[0] in words
    assert "演示数据" in words
    assert annex.locator("script").count() == 0
    annex.close()
    assert ([url for url in watch.outside() if not url.startswith("file:")], watch.errors) == ([], [])
    context.close()


# ── on a phone ─────────────────────────────────────────────────────────────────────────────────────────────────────

FIRST_FIGURES = {
    "": ".card-value",
    "ranking": '.stMarkdown:is(:has-text("领先"), :has-text("ahead of"))',  # First place and its lead.
    "progress": ".state-counts",
    "map": ".figure svg",
    "lists": ".list-red",
}
EVERY_PAGE = ["profile", "upload", "snapshots", "meeting", "targets", "composites", "boundaries"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_phone_shows_a_figure_at_once_and_no_page_scrolls_sideways(
    browser: Browser, server: Server, language: str
) -> None:
    context, watch = watched_context(browser, PHONE)
    page = context.new_page()
    for name in [*FIRST_FIGURES, *EVERY_PAGE]:
        open_page(page, f"{server.url}/{name}?month={MONTH}&lang={language}")
        if name in FIRST_FIGURES:
            figure = page.locator(FIRST_FIGURES[name]).first
            expect(figure).to_be_visible()
            settle(page)
            box = figure.bounding_box()
            assert box is not None
            assert box["y"] + min(box["height"], 24) <= PHONE["height"], name
        width = page.evaluate("Math.max(document.scrollingElement.scrollWidth, document.body.scrollWidth)")
        assert width <= PHONE["width"], name
        main = page.evaluate("(e => e.scrollWidth - e.clientWidth)(document.querySelector('[data-testid=stMain]'))")
        assert main <= 0, name
        assert page.locator('[data-testid="stException"]').count() == 0, name
    assert_clean(watch, server)
    context.close()


# ── by keys alone ──────────────────────────────────────────────────────────────────────────────────────────────────

FOCUSED = """() => {
    const at = document.activeElement;
    if (at.matches('body, main')) return {name: ''};  // The page itself, which scrolls.
    const box = at.getBoundingClientRect(), looks = [at, at.parentElement];
    const isRinged = looks.some(one => { const s = getComputedStyle(one);
        return (s.outlineStyle !== 'none' && s.outlineWidth !== '0px') || s.boxShadow !== 'none'; });
    return {name: at.getAttribute('aria-label') || at.innerText || at.closest('label')?.innerText || '',
            isSeen: box.width > 0 && box.height > 0 && getComputedStyle(at).visibility === 'visible', isRinged};
}"""


def tab_to(page: Page, words: str, most: int = 80) -> None:
    """Press the tab key until what is named so has the focus, and see that it shows; nothing hidden is passed."""
    for _ in range(most):
        page.keyboard.press("Tab")
        at = page.evaluate(FOCUSED)
        if words in at["name"]:
            assert at["isRinged"], at
            assert at["isSeen"], at
            return
    raise AssertionError(f"the tab key does not reach {words}")


def test_from_the_overview_by_keys_alone(browser: Browser, server: Server) -> None:
    context, watch = watched_context(browser, OFFICE)
    page = context.new_page()
    open_page(page, f"{server.url}/?month={MONTH}")
    tab_to(page, "跳到正文", most=1)
    tab_to(page, "打开菜单", most=1)  # And nothing of the menu that is folded away.
    page.keyboard.press("Enter")
    expect(page.locator("[data-testid=stSidebar] input:focus")).to_have_count(1)
    assert page.evaluate(FOCUSED)["isSeen"]
    page.keyboard.press("ArrowRight")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    settle(page)
    assert "lang=en" in page.url
    page.keyboard.press("ArrowLeft")
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    settle(page)

    open_page(page, f"{server.url}/?month={MONTH}")
    tab_to(page, "口径")
    page.keyboard.press("Enter")
    expect(page.locator("dl.definition")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dl.definition")).to_be_hidden()
    town = page.locator("table.ranks").last.locator("tbody tr").last.locator("td").nth(1).inner_text()
    tab_to(page, town)
    page.keyboard.press("Enter")
    expect(page.locator("h1").first).to_contain_text(f"{town} 区域档案")
    settle(page)
    assert_clean(watch, server)
    context.close()
