"""Pictures of every page for docs/screenshots: `make screenshots`; with names of parts as arguments, only those parts."""

import io
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from ecodash.domain.access import operator
from ecodash.sample import load_sample
from ecodash.settings import PROJECT_ROOT, load_settings
from ecodash.workspace import open_workspace
from tests.browser.driving import OFFICE, PAGES, PHONE, launch, open_page, running_app, settle, watched_context
from tests.browser.filled import Links, fill, keep_snapshots

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


def main(wanted: list[str]) -> None:
    """Draw the parts named, or all."""
    parts: dict[str, Callable[[Browser, str, Links], None]] = {
        "pages": lambda browser, url, _links: for_sizes(picture_pages, browser, url),
        "faults": lambda browser, url, _links: for_sizes(picture_faults, browser, url),
        "english": lambda browser, url, _links: for_sizes(picture_english, browser, url),
        "snapshots": picture_snapshots,
        "meeting": lambda browser, url, _links: picture_meeting(browser, url),
        "print": lambda browser, url, _links: picture_print(browser, url),
    }
    if unknown := set(wanted) - set(parts):
        sys.exit(f"no such part: {', '.join(sorted(unknown))}; there are: {', '.join(parts)}")
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        workspace = open_workspace(load_settings({"ECODASH_HOME": str(home)}))
        load_sample(workspace, actor=operator("本机操作员", "page"))
        workspace.close()
        fill(home)
        links = keep_snapshots(home)
        with running_app(home, Path(folder)) as server, sync_playwright() as playwright:
            browser = launch(playwright)
            for name, draw in parts.items():
                if not wanted or name in wanted:
                    draw(browser, server.url, links)
            browser.close()


def for_sizes(draw: Callable[[Browser, str, dict[str, int]], None], browser: Browser, url: str) -> None:
    for size in (OFFICE, PHONE):
        draw(browser, url, size)


def picture_pages(browser: Browser, url: str, size: dict[str, int]) -> None:
    context, _ = watched_context(browser, size)
    page = context.new_page()
    for name in PAGES:
        if name == "snapshots":
            continue  # Drawn with the snapshots themselves.
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


def picture_snapshots(browser: Browser, url: str, links: Links) -> None:
    """A snapshot from making it to reading it: on a phone without script, on a projector, on paper, beside the figures
    of now; and the page that lists all."""
    picture_made_link(browser, url)
    picture_phone(browser, url + links.pack)
    for theme in ("dark", "light"):
        context, _ = watched_context(browser, SCREEN, color_scheme=theme)
        page = context.new_page()
        page.goto(f"{url}{links.pack}#{'page-3' if theme == 'dark' else 'page-1'}")
        page.wait_for_timeout(500)
        save(page, f"snapshot-projector-{theme}")
        context.close()
    context, _ = watched_context(browser, OFFICE)
    page = context.new_page()
    page.goto(f"{url}{links.pack}/now")
    save(page, "snapshot-comparison")
    page.goto(url + links.pack)
    save_sheets(page.pdf(format="A4"), {1: "snapshot-print-1", 3: "snapshot-print-3"})
    context.close()
    for size in (OFFICE, PHONE):
        context, _ = watched_context(browser, size)
        page = context.new_page()
        open_page(page, f"{url}/snapshots")
        page.wait_for_timeout(1500)
        save(page, f"snapshots-{size['width']}")
        context.close()


def picture_made_link(browser: Browser, url: str) -> None:
    context, _ = watched_context(browser, OFFICE)
    page = context.new_page()
    open_page(page, f"{url}/ranking?indicator=assessment_score")
    page.locator(".st-key-snapshot_popover button:visible").click()
    page.locator(".st-key-snapshot_make").wait_for()
    settle(page)
    page.mouse.move(0, 0)
    page.wait_for_timeout(500)
    save(page, "snapshot-make")
    page.locator(".st-key-snapshot_make button").click()
    page.locator(".st-key-snapshot_made img").wait_for()
    settle(page)
    page.mouse.move(0, 0)
    page.wait_for_timeout(1000)
    save(page, "snapshot-made")
    context.close()


def picture_phone(browser: Browser, link: str) -> None:
    context, _ = watched_context(browser, PHONE, java_script_enabled=False)
    page = context.new_page()
    page.goto(link)
    save(page, "snapshot-phone")
    fold = page.locator("details[data-unit]").first
    fold.locator("summary").click()
    fold.evaluate("one => scrollTo(0, one.closest('table').getBoundingClientRect().top + scrollY - 150)")
    page.wait_for_timeout(300)
    save(page, "snapshot-phone-villages")
    context.close()


def save_sheets(pdf: bytes, sheets: dict[int, str]) -> None:
    """Some sheets of a PDF, by number."""
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "pack.pdf"
        kept.write_bytes(pdf)
        for number, name in sheets.items():
            command = [
                "pdftoppm",
                "-r",
                "96",
                "-f",
                str(number),
                "-singlefile",
                "-png",
                str(kept),
                str(kept.with_suffix("")),
            ]
            subprocess.run(command, check=True)
            save_picture(kept.with_suffix(".png").read_bytes(), name)


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
    save_picture(page.screenshot(), name)


def save_picture(picture: bytes, name: str) -> None:
    """A picture with few colours: a tenth of the size, and no difference to see on a flat page."""
    small = Image.open(io.BytesIO(picture)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    small.save(FOLDER / f"{name}.png", optimize=True)
    print(f"{name}.png")


if __name__ == "__main__":
    main(sys.argv[1:])
