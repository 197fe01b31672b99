"""The meeting screen in Chromium: fills every shape of screen, is driven by keys and touch, outlives the server."""

import os
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from ecodash.settings import PROJECT_ROOT, load_settings
from ecodash.web.client import KEY_HEADER
from ecodash.web.handle import find_handle
from tests.browser.driving import OFFICE, Server, free_port, open_page, running_app, settle, watched_context
from tests.browser.meeting_soak import Memory, measure, open_session

SCREENS = {
    "wide": {"width": 1920, "height": 1080},
    "wall": {"width": 6656, "height": 1792},
    "square": {"width": 1024, "height": 768},
    "tall": {"width": 390, "height": 844},
}
ALL_PAGES = (
    "overview,targets,progress:sewage_coverage_rate,ranking,map:waste_service_rate,map:garbage_cleared@500230107,"
    "reporting,profile,profile@500230107"
)


@contextmanager
def app_on(port: int, home: Path, scratch: Path) -> Iterator[str]:
    """The app on a port that stays the same over restarts."""
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    environment = os.environ | {"ECODASH_HOME": str(home), "ECODASH_OPEN": "1"}
    with (scratch / f"app-{time.monotonic_ns()}.log").open("w") as log:
        process = subprocess.Popen(command, cwd=PROJECT_ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT)
        url = f"http://127.0.0.1:{port}"
        try:
            for _ in range(240):
                try:
                    urllib.request.urlopen(f"{url}/healthz", timeout=5).close()
                    break
                except OSError:
                    time.sleep(0.25)
            yield url
        finally:
            process.terminate()
            process.wait(timeout=60)


def open_screen(page: Page, url: str, address: str) -> None:
    page.goto(f"{url}/screen?{address}")
    page.locator(".stamp").wait_for()


def title(page: Page) -> str:
    return page.locator("#stage h1").inner_text()


def press(page: Page, key: str) -> str:
    page.keyboard.press(key)
    return title(page)


# ── every screen is filled and nothing is cut ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("shape", "theme"), [("wide", "dark"), ("wide", "light"), ("wall", "dark"), ("square", "light"), ("tall", "dark")]
)
def test_every_slide_fits_its_screen_and_says_what_it_stands_on(
    browser: Browser, looked_at: Server, shape: str, theme: str
) -> None:
    size = SCREENS[shape]
    context, watch = watched_context(browser, size)
    page = context.new_page()
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)
    open_screen(page, looked_at.url, f"pages={ALL_PAGES}&theme={theme}&seconds=600&month=2026-10")
    assert page.evaluate("document.documentElement.classList.contains('dark')") is (theme == "dark")
    count = int(page.locator("#place").inner_text().split("共")[1].strip(" 页"))
    assert count >= 9
    seen = set()
    for _ in range(count):
        slide = page.locator(".slide")
        seen.add(title(page))
        assert slide.get_attribute("data-cut") == "0", title(page)
        assert float(slide.get_attribute("data-fit") or 0) >= 0.8, title(page)
        stamp = page.locator(".stamp").inner_text()
        assert "2026年10月" in stamp
        assert "截至第 65 批" in stamp
        assert "演示数据" in stamp
        assert " 村" in stamp
        assert page.evaluate("[document.body.scrollWidth, document.body.scrollHeight]") == [
            size["width"],
            size["height"],
        ]
        press(page, "ArrowRight")
    assert len(seen) == count
    assert refused == []
    assert watch.errors == []
    assert watch.outside() == []
    context.close()


def test_type_is_read_at_five_metres(browser: Browser, looked_at: Server) -> None:
    """On a screen 0.8 m high a letter of 25 mm, which is 3 % of it, is read at five metres."""
    context, _ = watched_context(browser, SCREENS["wide"])
    page = context.new_page()
    open_screen(page, looked_at.url, f"pages={ALL_PAGES}&seconds=600")
    telling = (
        ".rank-row .name, .rank-row .v, .target .name, .percent, .target .state, .cards h2, .big, .report-row .name"
    )
    found = 0
    for _ in range(12):
        sizes = page.evaluate(
            "names => [...document.querySelectorAll(names)].map(one => parseFloat(getComputedStyle(one).fontSize))",
            telling,
        )
        found += len(sizes)
        assert all(size >= 0.028 * 1080 for size in sizes), title(page)
        press(page, "ArrowRight")
    assert found > 60
    context.close()


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_axe_finds_nothing_serious(browser: Browser, looked_at: Server, theme: str) -> None:
    context, _ = watched_context(browser, SCREENS["wide"], reduced_motion="reduce", bypass_csp=True)
    page = context.new_page()
    open_screen(page, looked_at.url, f"pages={ALL_PAGES}&theme={theme}&seconds=600")
    for _ in range(9):
        found = Axe().run(page).response["violations"]
        serious = [
            (one["id"], one["nodes"][0]["html"][:200]) for one in found if one["impact"] in ("serious", "critical")
        ]
        assert serious == [], title(page)
        press(page, "ArrowRight")
    context.close()


# ── it is driven by keys, buttons, touch and time ──────────────────────────────────────────────────────────────────


def test_keys_turn_pause_and_change_the_light(browser: Browser, looked_at: Server) -> None:
    context, watch = watched_context(browser, SCREENS["wide"])
    page = context.new_page()
    open_screen(page, looked_at.url, "pages=overview,targets,ranking&seconds=600&theme=dark")
    assert title(page) == "丰都县 · 总览"
    assert press(page, "ArrowRight") == "丰都县 · 目标进度"
    assert press(page, "PageDown").startswith("丰都县 · 乡镇排名")
    assert press(page, "ArrowRight") == "丰都县 · 总览"
    assert press(page, "ArrowLeft").startswith("丰都县 · 乡镇排名")
    assert press(page, "Home") == "丰都县 · 总览"
    assert press(page, "End").startswith("丰都县 · 乡镇排名")
    expect(page.locator("#stage")).to_have_attribute("aria-live", "off")
    press(page, " ")
    expect(page.locator("#mode")).to_have_text("已暂停")
    expect(page.locator("#said")).to_have_text("已暂停")
    expect(page.locator("#stage")).to_have_attribute("aria-live", "polite")
    press(page, "p")
    expect(page.locator("#mode")).to_have_text("播放中")
    press(page, "d")
    expect(page.locator("html")).to_have_class(re.compile(r"\blight\b"))
    press(page, "?")
    expect(page.locator("#help")).to_be_visible()
    press(page, "Escape")
    expect(page.locator("#help")).to_be_hidden()
    assert watch.errors == []
    context.close()


def test_a_swipe_turns_the_page_and_a_button_stops_it(browser: Browser, looked_at: Server) -> None:
    context, _ = watched_context(browser, SCREENS["tall"], has_touch=True)
    page = context.new_page()
    open_screen(page, looked_at.url, "pages=overview,targets&seconds=600")
    swipe = """([from, to]) => ['pointerdown', 'pointerup'].forEach((name, index) => document.body.dispatchEvent(
        new PointerEvent(name, {bubbles: true, pointerType: 'touch', clientX: index ? to : from, clientY: 400})))"""
    page.evaluate(swipe, [300, 100])
    assert title(page) == "丰都县 · 目标进度"
    page.evaluate(swipe, [100, 300])
    assert title(page) == "丰都县 · 总览"
    page.evaluate(swipe, [100, 120])
    assert title(page) == "丰都县 · 总览"
    page.get_by_role("button", name="暂停").click()
    expect(page.get_by_role("button", name="播放")).to_have_attribute("aria-pressed", "true")
    context.close()


def test_it_turns_by_itself_and_stands_while_paused(browser: Browser, looked_at: Server) -> None:
    context, _ = watched_context(browser, SCREENS["wide"])
    page = context.new_page()
    page.clock.install()
    open_screen(page, looked_at.url, "pages=overview,targets~20,ranking&seconds=10")
    page.clock.run_for(10_500)
    assert title(page) == "丰都县 · 目标进度"
    page.clock.run_for(10_500)
    assert title(page) == "丰都县 · 目标进度"
    page.clock.run_for(10_500)
    assert title(page).startswith("丰都县 · 乡镇排名")
    press(page, " ")
    page.clock.run_for(120_000)
    assert title(page).startswith("丰都县 · 乡镇排名")
    press(page, " ")
    page.clock.run_for(10_500)
    assert title(page) == "丰都县 · 总览"
    context.close()


def test_the_clock_is_the_servers_in_beijing_wherever_the_browser_is(browser: Browser, looked_at: Server) -> None:
    from datetime import UTC, datetime, timedelta

    context = browser.new_context(viewport=SCREENS["wide"], timezone_id="America/New_York")
    page = context.new_page()
    page.add_init_script("Date.now = () => 0")
    open_screen(page, looked_at.url, "pages=overview&seconds=600")
    page.wait_for_timeout(1200)
    shown = page.locator("#date").inner_text() + " " + page.locator("#time").inner_text()
    beijing = (datetime.now(UTC) + timedelta(hours=8)).replace(tzinfo=None)
    assert abs((datetime.strptime(shown, "%Y-%m-%d %H:%M:%S") - beijing).total_seconds()) < 30
    context.close()


def test_the_light_follows_the_machine_and_motion_may_be_refused(browser: Browser, looked_at: Server) -> None:
    context, _ = watched_context(browser, SCREENS["wide"], color_scheme="dark", reduced_motion="reduce")
    page = context.new_page()
    open_screen(page, looked_at.url, "pages=overview,targets&seconds=600")
    expect(page.locator("html")).to_have_class(re.compile(r"\bdark\b"))
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    expect(page.locator("html")).to_have_class(re.compile(r"\blight\b"))
    press(page, "ArrowRight")
    assert page.evaluate("getComputedStyle(document.querySelector('.body')).animationName") == "none"
    context.close()


def test_a_turned_screen_gets_slides_of_its_shape(browser: Browser, looked_at: Server) -> None:
    context, _ = watched_context(browser, SCREENS["wide"])
    page = context.new_page()
    open_screen(page, looked_at.url, "pages=ranking&seconds=600")
    assert page.locator(".list").count() == 3
    page.set_viewport_size(SCREENS["tall"])
    expect(page.locator(".list")).to_have_count(1)
    assert "1/3" in title(page)
    context.close()


# ── it outlives the network, the server, and the days ──────────────────────────────────────────────────────────────


def test_without_a_network_the_last_figures_stay_and_it_comes_back_by_itself(
    browser: Browser, looked_at: Server
) -> None:
    context, _ = watched_context(browser, SCREENS["wide"])
    page = context.new_page()
    open_screen(page, looked_at.url, "pages=ranking,overview&seconds=600&refresh=5")
    before = page.locator("#stage").inner_html()
    context.set_offline(True)
    band = page.locator("#band")
    expect(band).to_contain_text("断线：数据截至", timeout=15_000)
    expect(band).to_have_attribute("role", "alert")
    assert page.locator("#stage").inner_html().split("<header>")[1] == before.split("<header>")[1]
    assert page.locator(".slide").get_attribute("data-cut") == "0"
    assert press(page, "ArrowRight") == "丰都县 · 总览"
    # Each try that fails is longer in coming; the words go on.
    page.wait_for_timeout(5000)
    expect(band).to_contain_text("秒后重连")
    context.set_offline(False)
    expect(band).to_be_hidden(timeout=60_000)
    expect(page.locator("#said")).to_have_text("已恢复连接")
    assert title(page) == "丰都县 · 总览"
    context.close()


def test_a_restarted_server_and_a_new_batch_are_picked_up_where_the_screen_stands(
    browser: Browser, sample_copy: Path, tmp_path: Path
) -> None:
    port = free_port()
    context, watch = watched_context(browser, SCREENS["wide"])
    page = context.new_page()
    with app_on(port, sample_copy, tmp_path) as url:
        open_screen(page, url, "pages=overview,reporting&seconds=600&refresh=5")
        press(page, "ArrowRight")
    expect(page.locator("#band")).to_contain_text("断线", timeout=20_000)
    expect(page.locator("#stage h1")).to_contain_text("上报情况")
    with app_on(port, sample_copy, tmp_path) as url:
        expect(page.locator("#band")).to_be_hidden(timeout=90_000)
        assert "截至第 65 批" in page.locator(".stamp").inner_text()
        handle = find_handle(load_settings({"ECODASH_HOME": str(sample_copy)}).handle_file)
        assert handle is not None
        report = "区划代码,月份,清理生活垃圾(吨)\n500230107201,2026-10,33\n".encode()
        asked = urllib.request.Request(
            f"{url}/api/import?name=r.csv&reasons=%7B%22%22%3A%22ok%22%7D",
            data=report,
            headers={KEY_HEADER: handle.key},
        )
        with urllib.request.urlopen(asked, timeout=60) as answer:
            assert b'"watermark": 66' in answer.read().replace(b'"watermark":66', b'"watermark": 66')
        expect(page.locator(".stamp")).to_contain_text("截至第 66 批", timeout=30_000)
        expect(page.locator("#stage h1")).to_contain_text("上报情况")
    assert watch.errors == []
    context.close()


def test_slides_of_newer_software_bring_a_new_page_but_never_a_loop(browser: Browser, looked_at: Server) -> None:
    context, _ = watched_context(browser, SCREENS["wide"])
    page = context.new_page()
    loads: list[str] = []
    page.on("framenavigated", lambda frame: loads.append(frame.url))
    open_screen(page, looked_at.url, "pages=overview&seconds=600&refresh=5")
    assert len(loads) == 1

    def newer(route):  # type: ignore[no-untyped-def]
        answer = route.fetch()
        route.fulfill(response=answer, headers=answer.headers | {"x-screen-version": "9.9"})

    page.route("**/screen/deck*", newer)
    with page.expect_navigation(timeout=30_000):
        page.evaluate("window.dispatchEvent(new Event('online'))")
    page.locator(".stamp").wait_for()
    page.evaluate("window.dispatchEvent(new Event('online'))")
    page.wait_for_timeout(6000)
    assert len(loads) == 2
    context.close()


def test_another_machine_that_answers_in_the_servers_place_is_no_contact(browser: Browser, looked_at: Server) -> None:
    context, _ = watched_context(browser, SCREENS["wide"])
    page = context.new_page()
    open_screen(page, looked_at.url, "pages=overview&seconds=600")
    page.route("**/screen/deck*", lambda route: route.fulfill(status=200, body="<html>login</html>"))
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator("#band")).to_contain_text("断线")
    assert title(page) == "丰都县 · 总览"
    context.close()


def test_memory_is_steady_over_thousands_of_slides_and_refreshes(browser: Browser, looked_at: Server) -> None:
    context, _ = watched_context(browser, SCREENS["wide"])
    page = context.new_page()
    open_screen(page, looked_at.url, f"pages={ALL_PAGES}&seconds=600&refresh=3600")
    session = open_session(context, page)
    turn = """async ([count, refreshes]) => {
        for (let place = 0; place < count; place++) {
            document.dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowRight', bubbles: true}));
            if (place % 50 === 0) { await new Promise(done => setTimeout(done)); }
            if (place % Math.floor(count / refreshes) === 0) {
                window.dispatchEvent(new Event('resize'));
                window.dispatchEvent(new Event('online'));
                await new Promise(done => setTimeout(done, 30));
            }
        }
        document.dispatchEvent(new KeyboardEvent('keydown', {key: 'Home', bubbles: true}));
        await new Promise(done => setTimeout(done, 500));
    }"""
    # Every answer brings the whole deck anew, as a day of changing figures would.
    page.route(
        "**/screen/deck*",
        lambda route: route.continue_(
            headers={name: value for name, value in route.request.headers.items() if name != "if-none-match"}
        ),
    )
    found: list[Memory] = []
    page.evaluate(turn, [300, 20])
    for _ in range(3):
        found.append(measure(session))
        page.evaluate(turn, [1500, 40])
    found.append(measure(session))
    first, last = found[0], found[-1]
    assert last.nodes <= first.nodes + 40, found
    assert last.listeners <= first.listeners, found
    assert last.documents <= first.documents, found
    assert last.heap <= first.heap * 1.1 + 100_000, found
    context.close()


# ── from the page 会议模式 ─────────────────────────────────────────────────────────────────────────────────────────


def test_an_order_is_kept_on_the_page_and_opened_in_a_new_tab(
    browser: Browser, sample_copy: Path, tmp_path: Path
) -> None:
    with running_app(sample_copy, tmp_path) as server:
        context, watch = watched_context(browser, OFFICE)
        page = context.new_page()
        open_page(page, f"{server.url}/meeting")
        page.locator(".st-key-meeting_up_2 button").click()
        settle(page)
        page.get_by_label("名称").fill("月度<b>调度会</b>")
        page.keyboard.press("Enter")
        settle(page)
        page.locator(".st-key-meeting_save button").click()
        settle(page)
        order = page.locator(".st-key-meeting_order_1")
        expect(order).to_contain_text("月度<b>调度会</b>")
        expect(order).to_contain_text("总览 → 排名 → 目标进度")
        with context.expect_page() as opened:
            order.get_by_role("link", name="放映").click()
        screen = opened.value
        screen.locator(".stamp").wait_for()
        assert screen.url.split("?")[0] == f"{server.url}/screen/1"
        assert screen.title() == "月度<b>调度会</b> 会议模式"
        assert press(screen, "ArrowRight").startswith("丰都县 · 乡镇排名")
        assert watch.outside() == []
        assert watch.errors == []
        context.close()
