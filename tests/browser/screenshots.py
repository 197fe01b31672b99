"""Pictures of every page for docs/screenshots: `make screenshots`."""

import io
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from ecodash.domain.access import Actor
from ecodash.sample import load_sample
from ecodash.settings import PROJECT_ROOT, load_settings
from ecodash.workspace import open_workspace
from tests.browser.driving import OFFICE, PAGES, PHONE, launch, open_page, running_app, settle, watched_context
from tests.browser.filled import fill

FOLDER = PROJECT_ROOT / "docs" / "screenshots"
TOWN = "region=500230123&indicator=sewage_coverage_rate"
ADDRESSES = {
    "overview": "",
    "map": "map?indicator=sewage_coverage_rate",
    "progress": "progress",
    "ranking": "ranking?indicator=assessment_score",
    "profile": f"profile?{TOWN}",
}
"""Where a page's address is more than its name."""
IN_ENGLISH = ("overview", "map", "progress", "ranking", "profile")
SCREEN = {"width": 1920, "height": 1080}
SLIDES = {"dark": "overview", "light": "ranking:assessment_score"}
"""What the meeting screen shows in each of its colours."""
SHEET = {"width": 794, "height": 1123}
"""A4 at 96 dots an inch."""
COLOURS = 128


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        workspace = open_workspace(load_settings({"ECODASH_HOME": str(home)}))
        load_sample(workspace, actor=Actor("本机操作员", "page"))
        workspace.close()
        fill(home)
        links = {name: make_snapshot(home, name) for name in ("overview", "ranking")}
        with running_app(home, Path(folder)) as server, sync_playwright() as playwright:
            browser = launch(playwright)
            for size in (OFFICE, PHONE):
                picture_pages(browser, server.url, size)
                picture_faults(browser, server.url, size)
                picture_snapshots(browser, server.url, size, links)
                picture_english(browser, server.url, size)
            picture_meeting(browser, server.url)
            picture_print(browser, server.url)
            browser.close()


def make_snapshot(home: Path, page: str) -> str:
    command = [sys.executable, "-m", "ecodash", "snapshot", "create", "--page", page, "--within", "500230", "--json"]
    environment = os.environ | {"ECODASH_HOME": str(home)}
    answer = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return str(json.loads(answer.stdout)["path"])


def picture_pages(browser: Browser, url: str, size: dict[str, int]) -> None:
    context, _ = watched_context(browser, size)
    page = context.new_page()
    for name in PAGES:
        open_page(page, f"{url}/{ADDRESSES.get(name, name)}")
        page.wait_for_timeout(1500)
        save(page, f"{name}-{size['width']}")
    context.close()


def picture_english(browser: Browser, url: str, size: dict[str, int]) -> None:
    context, _ = watched_context(browser, size)
    page = context.new_page()
    for name in IN_ENGLISH:
        address = ADDRESSES[name]
        open_page(page, f"{url}/{address}{'&' if '?' in address else '?'}lang=en")
        page.wait_for_timeout(1500)
        save(page, f"{name}-en-{size['width']}")
    context.close()


def picture_faults(browser: Browser, url: str, size: dict[str, int]) -> None:
    context, _ = watched_context(browser, size)
    page = context.new_page()
    open_page(page, f"{url}/upload")
    faulty = PROJECT_ROOT / "tests" / "fixtures" / "uploads" / "ten_faults.csv"
    page.locator('input[type="file"]').set_input_files(faulty)
    page.locator('[data-testid="stAlert"]').first.wait_for()
    settle(page)
    page.wait_for_timeout(1500)
    save(page, f"upload-faults-{size['width']}")
    context.close()


def picture_snapshots(browser: Browser, url: str, size: dict[str, int], links: dict[str, str]) -> None:
    context, _ = watched_context(browser, size, java_script_enabled=False)
    page = context.new_page()
    for name, path in links.items():
        page.goto(url + path)
        save(page, f"snapshot-{name}-{size['width']}")
    context.close()


def picture_meeting(browser: Browser, url: str) -> None:
    context, _ = watched_context(browser, SCREEN)
    page = context.new_page()
    for theme, slide in SLIDES.items():
        page.goto(f"{url}/screen?pages={slide}&theme={theme}&seconds=600")
        page.locator("#stage h1").wait_for()
        page.wait_for_timeout(2500)
        save(page, f"screen-{theme}-{SCREEN['width']}")
    page.goto(f"{url}/screen?pages=overview&theme=dark&seconds=600&lang=en")
    page.locator("#stage h1").wait_for()
    page.wait_for_timeout(2500)
    save(page, f"screen-en-{SCREEN['width']}")
    context.close()


def picture_print(browser: Browser, url: str) -> None:
    """The first sheet; its margins, which a printer makes, are made here."""
    context, _ = watched_context(browser, SHEET, bypass_csp=True)
    page = context.new_page()
    page.emulate_media(media="print")
    page.goto(f"{url}/print/profile?{TOWN}")
    page.add_style_tag(content="body { padding: 12mm 14mm; }")
    save(page, "print-profile")
    context.close()


def save(page: Page, name: str) -> None:
    """A picture with few colours: a tenth of the size, and no difference to see on a flat page."""
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    small = picture.quantize(COLOURS, dither=Image.Dither.NONE)
    small.save(FOLDER / f"{name}.png", optimize=True)
    print(f"{name}.png")


if __name__ == "__main__":
    main()
