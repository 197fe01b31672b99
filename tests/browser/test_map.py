"""地图 in Chromium: a click and the keyboard lead to profiles, names are found, nothing is fetched from outside."""

from playwright.sync_api import Browser, expect

from tests.browser.driving import OFFICE, PHONE, Server, open_page, settle, watched_context

ADDRESS = "map?region=500230&month=2026-09&indicator=sewage_coverage_rate"


def test_places_are_found_and_opened_by_mouse_and_by_keyboard(browser: Browser, looked_at: Server) -> None:
    context, watch = watched_context(browser, OFFICE)
    page = context.new_page()
    open_page(page, f"{looked_at.url}/{ADDRESS}")
    dots = page.locator(".figure a[data-code]")
    expect(dots).to_have_count(30)
    one = page.locator('.figure a[data-code="500230123"]')
    # A link of its own, for a new tab or a screen reader.
    expect(one).to_have_attribute("href", "profile?month=2026-09&region=500230123&indicator=sewage_coverage_rate")
    one.click()
    expect(page.locator("h1").first).to_contain_text("区域档案")
    assert "region=500230123" in page.url

    open_page(page, f"{looked_at.url}/{ADDRESS}")
    page.get_by_label("查找村").fill("九龙泉")
    expect(page.locator(".found:visible")).to_contain_text("找到 1 个")
    expect(page.locator(".tiles a.hit")).to_have_count(1)
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator("h1").first).to_contain_text("九龙泉村")
    settle(page)
    assert watch.outside() == []
    assert watch.errors == []
    context.close()


def test_a_phone_sees_the_map_before_it_scrolls(browser: Browser, looked_at: Server) -> None:
    context, watch = watched_context(browser, PHONE)
    page = context.new_page()
    open_page(page, f"{looked_at.url}/{ADDRESS}")
    box = page.locator(".figure svg").first.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] / 2 <= PHONE["height"]
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert not [url for url in watch.requests if "plotly" in url.lower()]
    context.close()
