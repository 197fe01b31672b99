"""Every page from a deep link, without the internet, on a desk and on a phone."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from typer.testing import CliRunner

from ecodash.cli import app as cli
from tests.browser.driving import OFFICE, PAGES, PHONE, Server, open_page, running_app, settle, watched_context

TITLES = {
    "overview": "总览",
    "map": "地图",
    "progress": "进度",
    "ranking": "排名",
    "profile": "区域档案",
    "lists": "红黑榜",
    "upload": "数据上报",
    "review": "审核",
    "snapshots": "快照",
    "meeting": "会议",
}
"""What stands in the bar itself; what is set up once in a while stands in its menu."""
MANAGED = {"targets": "目标管理", "composites": "综合评价", "boundaries": "边界管理"}
OF_A_REGION = ("overview", "map", "progress", "ranking", "profile")
FIGURES = "region=500230&month=2026-09&indicator=sewage_coverage_rate"


@pytest.fixture
def first_asked(looked_at: Server, sample_copy: Path, tmp_path: Path, name: str) -> Iterator[Server]:
    """A server nobody has asked anything, which Streamlit, at its first answer, might take for pages without a shell: for
    the page at the root and for one at an address. The others are the first link to their page at a server of all."""
    if name not in ("overview", "map"):
        yield looked_at
        return
    with running_app(sample_copy, tmp_path) as server:
        yield server


@pytest.mark.parametrize("name", PAGES)
def test_a_deep_link_goes_through_the_shell_and_stays_on_this_machine(
    browser: Browser, first_asked: Server, name: str
) -> None:
    address, server = "" if name == "overview" else name, first_asked
    for size in (OFFICE, PHONE):
        context, watch = watched_context(browser, size)
        page = context.new_page()
        open_page(page, f"{server.url}/{address}?{FIGURES}")
        assert (TITLES | MANAGED)[name] in page.locator("h1").first.inner_text()
        # Only the shell says what language the page is in, and names the pages in Chinese.
        expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
        if size is OFFICE:
            names = page.locator('[data-testid="stTopNavLink"]').all_inner_texts()
            assert [name.strip() for name in names] == list(TITLES.values())
        if name in OF_A_REGION:
            assert "丰都县" in page.locator("h1").first.inner_text()
            expect(page.locator(".as-of").first).to_contain_text("2026年9月")
            expect(page.locator(".as-of").first).to_contain_text("截至第 65 批")
            expect(page.locator(".demo-badge").first).to_have_text("演示数据")
        assert page.locator('[data-testid="stException"]').count() == 0
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        assert watch.outside() == []
        assert watch.errors == []
        context.close()
    assert server.outside_connections() == []


def test_the_guard_sees_a_connection_that_leaves(tmp_path: Path) -> None:
    import os
    import subprocess
    import sys

    log = tmp_path / "left.log"
    guard = Path(__file__).parent / "netguard"
    environment = os.environ | {"NETGUARD_LOG": str(log), "PYTHONPATH": str(guard)}
    code = "import urllib.request\nurllib.request.urlopen('http://example.invalid/', timeout=2)"
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=False)
    assert done.returncode != 0
    assert "example.invalid" in log.read_text(encoding="utf-8")


def test_the_landing_page_draws_without_plotly_and_a_phone_sees_a_figure_at_once(
    browser: Browser, looked_at: Server
) -> None:
    context, watch = watched_context(browser, PHONE)
    page = context.new_page()
    open_page(page, looked_at.url)
    assert not [url for url in watch.requests if "plotly" in url.lower()]
    figure = page.locator(".card-value").first.bounding_box()
    assert figure is not None
    assert figure["y"] + figure["height"] <= PHONE["height"]
    context.close()


def test_a_bad_link_says_what_is_wrong_and_shows_the_page_all_the_same(browser: Browser, looked_at: Server) -> None:
    context, _ = watched_context(browser, OFFICE)
    page = context.new_page()
    open_page(page, f"{looked_at.url}/ranking?region=999999&month=2026-99&indicator=nothing&level=planet")
    assert page.locator('[data-testid="stAlert"]').count() >= 3
    page.locator('[data-testid="stDataFrame"]').first.wait_for()
    answer = context.request.get(f"{looked_at.url}/s/not-a-token")
    assert answer.status == 404
    assert "没有这个快照链接" in answer.text()
    context.close()


def test_an_empty_store_offers_any_county_of_the_country(browser: Browser, tmp_path: Path) -> None:
    home = tmp_path / "empty"
    home.mkdir()
    with running_app(home, tmp_path) as server:
        context, watch = watched_context(browser, OFFICE)
        page = context.new_page()
        open_page(page, f"{server.url}/ranking")
        page.get_by_label("按名称或代码查找").first.wait_for()
        page.get_by_label("按名称或代码查找").first.fill("南安市")
        page.keyboard.press("Enter")
        settle(page)
        found = page.locator('[class*="st-key-region_found"]')
        found.locator("input").click()
        page.get_by_text("350583").last.click()
        settle(page)
        page.locator(".st-key-add_regions button").click()
        page.locator("h1").filter(has_text="南安市").wait_for()
        assert watch.outside() == []
        assert watch.errors == []
        context.close()
    shutil.rmtree(home)


def test_the_snapshot_page_needs_neither_script_nor_login(browser: Browser, sample_copy: Path, tmp_path: Path) -> None:
    run, made = CliRunner(env={"ECODASH_HOME": str(sample_copy)}), {}
    for name in PAGES[:5]:
        answer = run.invoke(cli, ["snapshot", "create", "--page", name, "--within", "500230", "--json"])
        assert answer.exit_code == 0, answer.output
        made[name] = json.loads(answer.stdout)["path"]
    with running_app(sample_copy, tmp_path) as server:
        for size in (OFFICE, PHONE):
            context, watch = watched_context(browser, size, java_script_enabled=False)
            page = context.new_page()
            for name, path in made.items():
                page.goto(server.url + path)
                expect(page.locator("h1")).to_contain_text("丰都县")
                expect(page.locator("#as-of")).to_contain_text("截至")
                assert page.locator("[data-value]").count() > 5, name
                assert page.locator("script[src]").count() == 0
            assert watch.outside() == []
            assert all(f"{server.url}/s/" in url or url.startswith("data:") for url in watch.requests)
            context.close()
