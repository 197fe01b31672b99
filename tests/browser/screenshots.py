"""Pictures of every page for docs/screenshots: `make screenshots`; with names of parts as arguments, only those parts."""

import io
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from ecodash import actions
from ecodash.domain.access import operator
from ecodash.sample import load_sample
from ecodash.settings import PROJECT_ROOT, load_settings
from ecodash.workspace import open_workspace
from tests.browser import office
from tests.browser.driving import (
    OFFICE,
    PAGES,
    PHONE,
    STAFF_PAGES,
    launch,
    open_page,
    running_app,
    settle,
    watched_context,
)
from tests.browser.filled import Links, fill, keep_snapshots
from tests.browser.office import Person

FOLDER = PROJECT_ROOT / "docs" / "screenshots"
TOWN = "region=500230123&indicator=sewage_coverage_rate"
ADDRESSES = {
    "overview": "",
    "map": "map?indicator=sewage_coverage_rate",
    "progress": "progress",
    "ranking": "ranking?indicator=assessment_score",
    "profile": f"profile?{TOWN}",
    "review-filing": f"review?filing={office.DOUBTFUL}",
    "upload-returned": f"upload?part=filings&filing={office.RETURNED}",
}
"""Where a page's address is more than its name."""
SEATS = {
    **dict.fromkeys(("upload", "upload-returned"), office.REPORTER),
    **dict.fromkeys(("boundaries", "users", "indicators", "backups", "audit"), office.ADMINISTRATOR),
}
"""Who sits before a page; before all others the reviewer."""
IN_ENGLISH = ("overview", "map", "progress", "ranking", "profile")
SCREEN = {"width": 1920, "height": 1080}
SLIDES = {"dark": "overview", "light": "ranking:assessment_score"}
"""What the meeting screen shows in each of its colours."""
SHEET = {"width": 794, "height": 1123}
"""A4 at 96 dots an inch."""
COLOURS = 64


@dataclass
class Stage:
    """The running app and the browser, with whoever was signed in once staying so.

    Args:
        seats: of a login the cookies.
    """

    browser: Browser
    url: str
    seats: dict[str, object] = field(default_factory=dict)

    @contextmanager
    def page(self, size: dict[str, int], person: Person | None = office.REVIEWER, **options: object) -> Iterator[Page]:
        """A page of a window of a size, before somebody; before a stranger where it is None."""
        if person is not None:
            options["storage_state"] = self._cookies(person)
        context, _ = watched_context(self.browser, size, **options)
        yield context.new_page()
        context.close()

    def _cookies(self, person: Person) -> object:
        if person.login not in self.seats:
            context = office.signed_in(self.browser, self.url, OFFICE, person.login)
            self.seats[person.login] = context.storage_state()
            context.close()
        return self.seats[person.login]


def main(wanted: list[str]) -> None:
    """Draw the parts named, or all."""
    parts: dict[str, Callable[[Stage, Links], None]] = {
        "pages": lambda stage, _links: for_sizes(picture_pages, stage),
        "people": lambda stage, _links: for_sizes(picture_people, stage),
        "faults": lambda stage, _links: for_sizes(picture_faults, stage),
        "english": lambda stage, _links: for_sizes(picture_english, stage),
        "snapshots": picture_snapshots,
        "meeting": lambda stage, _links: picture_meeting(stage),
        "print": lambda stage, _links: picture_print(stage),
    }
    if unknown := set(wanted) - set(parts):
        sys.exit(f"no such part: {', '.join(sorted(unknown))}; there are: {', '.join(parts)}")
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        links = make_home(home)
        with running_app(home, Path(folder), ECODASH_OPEN="") as server, sync_playwright() as playwright:
            browser = launch(playwright)
            stage = Stage(browser, server.url)
            for name, draw in parts.items():
                if not wanted or name in wanted:
                    draw(stage, links)
            browser.close()


def make_home(home: Path) -> Links:
    """The sample, something of everything on every page, people with accounts, filings, and a backup."""
    workspace, actor = open_workspace(load_settings({"ECODASH_HOME": str(home)})), operator("本机操作员", "page")
    load_sample(workspace, actor=actor)
    workspace.close()
    fill(home)
    links = keep_snapshots(home)
    office.engage(home)
    office.hand_in_some(home)
    workspace = open_workspace(load_settings({"ECODASH_HOME": str(home)}))
    actions.make_backup(workspace, actor=actor, now=datetime.now(UTC))
    workspace.close()
    return links


def for_sizes(draw: Callable[[Stage, dict[str, int]], None], stage: Stage) -> None:
    for size in (OFFICE, PHONE):
        draw(stage, size)


def picture_pages(stage: Stage, size: dict[str, int]) -> None:
    for name in PAGES:
        if name != "snapshots":  # Drawn with the snapshots themselves.
            _picture_page(stage, size, name)


def picture_people(stage: Stage, size: dict[str, int]) -> None:
    """Signing in, and the pages about people and about what they handed in."""
    with stage.page(size, None) as page:
        page.goto(f"{stage.url}/login")
        save(page, f"login-{size['width']}")
    for name in (*STAFF_PAGES, "review-filing", "upload-returned"):
        _picture_page(stage, size, name)


def _picture_page(stage: Stage, size: dict[str, int], name: str) -> None:
    with stage.page(size, SEATS.get(name, office.REVIEWER)) as page:
        open_page(page, f"{stage.url}/{ADDRESSES.get(name, name)}")
        page.wait_for_timeout(1500)
        save(page, f"{name}-{size['width']}")


def picture_english(stage: Stage, size: dict[str, int]) -> None:
    with stage.page(size) as page:
        for name in IN_ENGLISH:
            address = ADDRESSES[name]
            open_page(page, f"{stage.url}/{address}{'&' if '?' in address else '?'}lang=en")
            page.wait_for_timeout(1500)
            save(page, f"{name}-en-{size['width']}")


def picture_faults(stage: Stage, size: dict[str, int]) -> None:
    with stage.page(size) as page:
        open_page(page, f"{stage.url}/upload")
        faulty = PROJECT_ROOT / "tests" / "fixtures" / "uploads" / "ten_faults.csv"
        page.locator('input[type="file"]').set_input_files(faulty)
        page.locator('[data-testid="stAlert"]').first.wait_for()
        settle(page)
        page.wait_for_timeout(1500)
        save(page, f"upload-faults-{size['width']}")


def picture_snapshots(stage: Stage, links: Links) -> None:
    """A snapshot from making it to reading it: on a phone without script, on a projector, on paper, beside the figures
    of now; and the page that lists all."""
    picture_made_link(stage)
    picture_phone(stage, stage.url + links.pack)
    for theme in ("dark", "light"):
        with stage.page(SCREEN, None, color_scheme=theme) as page:
            page.goto(f"{stage.url}{links.pack}#{'page-3' if theme == 'dark' else 'page-1'}")
            page.wait_for_timeout(500)
            save(page, f"snapshot-projector-{theme}")
    with stage.page(OFFICE, None) as page:
        page.goto(f"{stage.url}{links.pack}/now")
        save(page, "snapshot-comparison")
        page.goto(stage.url + links.pack)
        save_sheets(page.pdf(format="A4"), {1: "snapshot-print-1", 3: "snapshot-print-3"})
    for size in (OFFICE, PHONE):
        _picture_page(stage, size, "snapshots")


def picture_made_link(stage: Stage) -> None:
    with stage.page(OFFICE) as page:
        open_page(page, f"{stage.url}/ranking?indicator=assessment_score")
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


def picture_phone(stage: Stage, link: str) -> None:
    with stage.page(PHONE, None, java_script_enabled=False) as page:
        page.goto(link)
        save(page, "snapshot-phone")
        fold = page.locator("details[data-unit]").first
        fold.locator("summary").click()
        fold.evaluate("one => scrollTo(0, one.closest('table').getBoundingClientRect().top + scrollY - 150)")
        page.wait_for_timeout(300)
        save(page, "snapshot-phone-villages")


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


def picture_meeting(stage: Stage) -> None:
    with stage.page(SCREEN) as page:
        for theme, slide in SLIDES.items():
            page.goto(f"{stage.url}/screen?pages={slide}&theme={theme}&seconds=600")
            page.locator("#stage h1").wait_for()
            page.wait_for_timeout(2500)
            save(page, f"screen-{theme}-{SCREEN['width']}")
        page.goto(f"{stage.url}/screen?pages=overview&theme=dark&seconds=600&lang=en")
        page.locator("#stage h1").wait_for()
        page.wait_for_timeout(2500)
        save(page, f"screen-en-{SCREEN['width']}")


def picture_print(stage: Stage) -> None:
    """The first sheet; its margins, which a printer makes, are made here."""
    with stage.page(SHEET, bypass_csp=True) as page:
        page.emulate_media(media="print")
        page.goto(f"{stage.url}/print/profile?{TOWN}")
        page.add_style_tag(content="body { padding: 12mm 14mm; }")
        save(page, "print-profile")


def save(page: Page, name: str) -> None:
    save_picture(page.screenshot(), name)


def save_picture(picture: bytes, name: str) -> None:
    """A picture with few colours: a tenth of the size, and no difference to see on a flat page."""
    small = Image.open(io.BytesIO(picture)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    small.save(FOLDER / f"{name}.png", optimize=True)
    print(f"{name}.png")


if __name__ == "__main__":
    main(sys.argv[1:])
