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

FOLDER = PROJECT_ROOT / "docs" / "screenshots"
ADDRESSES = {
    "overview": "",
    "map": "map?indicator=sewage_coverage_rate",
    "progress": "progress",
    "ranking": "ranking?indicator=assessment_score",
    "profile": "profile?region=500230123&indicator=sewage_coverage_rate",
    "upload": "upload",
    "snapshots": "snapshots",
}
COLOURS = 128


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        workspace = open_workspace(load_settings({"ECODASH_HOME": str(home)}))
        load_sample(workspace, actor=Actor("本机操作员", "page"))
        workspace.close()
        links = {name: make_snapshot(home, name) for name in ("overview", "ranking")}
        with running_app(home, Path(folder)) as server, sync_playwright() as playwright:
            browser = launch(playwright)
            for size in (OFFICE, PHONE):
                picture_pages(browser, server.url, size)
                picture_snapshots(browser, server.url, size, links)
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
        open_page(page, f"{url}/{ADDRESSES[name]}")
        page.wait_for_timeout(1500)
        save(page, name, size)
    open_page(page, f"{url}/upload")
    faulty = PROJECT_ROOT / "tests" / "fixtures" / "uploads" / "ten_faults.csv"
    page.locator('input[type="file"]').set_input_files(faulty)
    page.locator('[data-testid="stAlert"]').first.wait_for()
    settle(page)
    page.wait_for_timeout(1500)
    save(page, "upload-faults", size)
    context.close()


def picture_snapshots(browser: Browser, url: str, size: dict[str, int], links: dict[str, str]) -> None:
    context, _ = watched_context(browser, size, java_script_enabled=False)
    page = context.new_page()
    for name, path in links.items():
        page.goto(url + path)
        save(page, f"snapshot-{name}", size)
    context.close()


def save(page: Page, name: str, size: dict[str, int]) -> None:
    """A picture with few colours: a tenth of the size, and no difference to see on a flat page."""
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    small = picture.quantize(COLOURS, dither=Image.Dither.NONE)
    small.save(FOLDER / f"{name}-{size['width']}.png", optimize=True)
    print(f"{name}-{size['width']}.png")


if __name__ == "__main__":
    main()
