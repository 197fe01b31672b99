"""The whole story: look, keep a snapshot, correct a figure by upload, see it everywhere, undo it."""

from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from ecodash.settings import PROJECT_ROOT
from tests.browser.driving import OFFICE, Server, grid_row, grid_text, open_page, running_app, settle, watched_context

TOWN = "region=500230123&month=2023-12"
"""暨龙镇 in the month its published figures are filed under."""
_FILED = "2023年12月归档,原文为2023年全年、未分月"
"""How the published file's title names its month: the sample is loaded with the month chosen."""
SAMPLE = PROJECT_ROOT / "data" / "samples" / "jilong-2023-12.csv"


def corrected_sample() -> bytes:
    """The published file in GB18030, with 16 collection points for its 15, and one month in its title."""
    text = SAMPLE.read_bytes().decode("gb18030")
    assert text.count(",15,") == text.count(_FILED) == 1
    return text.replace(",15,", ",16,").replace(_FILED, "2023年12月").encode("gb18030")


def collection_points(page: Page, url: str) -> str:
    """The figure on 总览."""
    open_page(page, f"{url}/?{TOWN}&indicator=collection_points")
    return page.locator('[data-indicator="collection_points"] .card-value').inner_text()


def make_snapshot(page: Page) -> str:
    page.locator(".st-key-snapshot_popover button").first.click()
    page.locator(".st-key-snapshot_make button").click()
    link = page.locator('[data-testid="stCode"]').first
    link.wait_for()
    return link.inner_text().strip()


def frozen_part(html: str) -> str:
    """A snapshot's page without the banner, which alone may change."""
    before, aside, rest = html.partition('<aside class="since')
    return before + rest.partition("</aside>")[2] if aside else html


def upload(page: Page, url: str, name: str, content: bytes) -> None:
    open_page(page, f"{url}/upload")
    field = page.locator('input[type="file"]')
    field.set_input_files({"name": name, "mimeType": "text/csv", "buffer": content})
    page.locator(".st-key-commit button").wait_for()
    settle(page)


def test_a_correction_shows_everywhere_but_in_the_snapshot_and_can_be_undone(
    browser: Browser, sample_copy: Path, tmp_path: Path
) -> None:
    with running_app(sample_copy, tmp_path) as server:
        context, watch = watched_context(browser, OFFICE)
        page = context.new_page()

        assert collection_points(page, server.url) == "15 个"
        link = make_snapshot(page)
        assert link.startswith(f"{server.url}/s/")
        frozen = frozen_part(context.request.get(link).text())

        upload(page, server.url, "暨龙镇更正.csv", corrected_sample())
        preview = grid_text(page)
        assert "15" in preview
        assert "16" in preview
        page.locator(".st-key-commit button").click()
        expect(page.get_by_text("第 66 批").first).to_be_visible()

        assert collection_points(page, server.url) == "16 个"
        open_page(page, f"{server.url}/ranking?region=500230&month=2023-12&indicator=collection_points&level=town")
        ranked = grid_row(page, "暨龙镇")
        assert "16" in ranked
        open_page(page, f"{server.url}/profile?{TOWN}&indicator=collection_points")
        origin = grid_row(page, "暨龙镇更正.csv")
        assert "66" in origin

        assert frozen_part(context.request.get(link).text()) == frozen
        page.goto(link)
        figure = page.locator('[data-region="500230123"][data-indicator="collection_points"][data-field="value"]').first
        assert figure.get_attribute("data-value") == "15"

        open_page(page, f"{server.url}/upload")
        page.locator(".st-key-upload_part").get_by_text("历次提交").click()
        page.locator('[class*="st-key-undo_open"] label').click()
        page.locator('[class*="st-key-undo_sure"] label').click()
        settle(page)
        page.locator(".st-key-undo button").click()
        expect(page.get_by_text("第 67 批").first).to_be_visible()
        assert collection_points(page, server.url) == "15 个"
        assert frozen_part(context.request.get(link).text()) == frozen
        assert watch.outside() == []
        assert watch.errors == []
        context.close()
        token = link.rsplit("/", 1)[1]

    with running_app(sample_copy, tmp_path) as again:
        context, _ = watched_context(browser, OFFICE)
        assert frozen_part(context.request.get(f"{again.url}/s/{token}").text()) == frozen
        context.close()


def test_a_file_with_ten_faults_lists_ten_and_changes_nothing(browser: Browser, looked_at: Server) -> None:
    content = (PROJECT_ROOT / "tests" / "fixtures" / "uploads" / "ten_faults.csv").read_bytes()
    context, _ = watched_context(browser, OFFICE)
    page = context.new_page()
    before = context.request.get(f"{looked_at.url}/healthz").json()["watermark"]
    open_page(page, f"{looked_at.url}/upload")
    field = page.locator('input[type="file"]')
    field.set_input_files({"name": "ten_faults.csv", "mimeType": "text/csv", "buffer": content})
    expect(page.get_by_text("10 处").first).to_be_visible()
    assert page.locator(".st-key-commit").count() == 0
    assert context.request.get(f"{looked_at.url}/healthz").json()["watermark"] == before
    context.close()
