"""A pack of pages for a meeting: made in the app, read on a phone without script, corrected meanwhile, printed, taken away;
and one with hostile texts all over."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from ecodash import actions, queries
from ecodash.domain.access import operator
from ecodash.domain.pages import Page as Shown
from ecodash.domain.periods import Month
from ecodash.domain.regions import Level, region_key
from ecodash.domain.selection import Selection
from ecodash.domain.snapshots import Access, SnapshotWish
from ecodash.settings import load_settings
from ecodash.workspace import open_workspace
from tests.browser.driving import OFFICE, PHONE, open_page, running_app, settle, watched_context
from tests.browser.test_story import corrected_sample, upload

_TOWN = "500230123"
_MONTH = "region=500230&month=2023-12&indicator=collection_points&level=town"
_EVIL = "<script>window.evil=1</script><img src=x onerror=window.evil=1>\u202e反\u2066转"
_FIGURES = """() => [...document.querySelectorAll('[data-field][data-value]')]
    .map(one => [one.dataset.region, one.dataset.indicator, one.dataset.field, one.dataset.value, one.textContent])"""


def figures(page: Page) -> list[list[str]]:
    """Every figure of a page: region, indicator, field, exact value, as shown."""
    found: list[list[str]] = page.evaluate(_FIGURES)
    return found


def overflow(page: Page) -> int:
    """Pixels by which a page is wider than its window."""
    found: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return found


def pdf_pages(pdf: bytes, folder: Path) -> list[str]:
    """The text of every sheet of a PDF."""
    (folder / "pack.pdf").write_bytes(pdf)
    text = subprocess.run(
        ["pdftotext", "-layout", str(folder / "pack.pdf"), "-"], capture_output=True, check=True, text=True
    ).stdout
    return text.rstrip("\f").split("\f")


def without_script(browser: Browser) -> BrowserContext:
    """A phone on which no script runs; what is evaluated by a test is no script of the page."""
    return watched_context(browser, PHONE, java_script_enabled=False)[0]


def make_pack(page: Page, url: str) -> str:
    """总览, 排名 and 地图 under one link, as an official makes it."""
    open_page(page, f"{url}/?{_MONTH}")
    page.locator(".st-key-snapshot_popover button").first.click()
    pages = page.locator(".st-key-snapshot_form_pages")
    pages.wait_for()
    for label in ("排名", "地图"):
        pages.locator("input").click()
        page.get_by_role("option", name=label, exact=True).click()
        page.keyboard.press("Escape")
        # The usual title follows the pages; what is written before it has come would be written over.
        settle(page)
    page.get_by_label("标题", exact=True).fill("丰都县十二月调度会")
    page.keyboard.press("Tab")
    settle(page)
    page.locator(".st-key-snapshot_make button").click()
    link = page.locator('[data-testid="stCode"]').filter(has_text="/s/").first
    link.wait_for()
    expect(page.get_by_role("img", name=re.compile("二维码")).first).to_be_visible()
    return link.inner_text().strip()


def test_a_pack_stays_true_while_the_figures_are_corrected(browser: Browser, sample_copy: Path, tmp_path: Path) -> None:
    with running_app(sample_copy, tmp_path) as server:
        context, watch = watched_context(browser, OFFICE)
        office = context.new_page()
        link = make_pack(office, server.url)
        assert link.startswith(f"{server.url}/s/")

        phone = without_script(browser)
        page = phone.new_page()
        page.goto(link)
        then = figures(page)
        assert [_TOWN, "collection_points", "value", "15"] in [one[:4] for one in then]
        assert page.locator("article").count() == 3
        assert overflow(page) <= 0
        village = page.locator(f'details[data-unit="{_TOWN}"]').first
        assert village.locator("summary ~ *").first.is_visible() is False
        village.locator("summary").click()
        assert village.locator("summary ~ *").first.is_visible()

        upload(office, server.url, "暨龙镇更正.csv", corrected_sample())
        office.locator(".st-key-commit button").click()
        expect(office.get_by_text("第 66 批").first).to_be_visible()

        page.reload()
        banner = page.locator(".since").inner_text()
        assert "更正 1 个" in banner
        assert re.search(r"15\s*→\s*16", banner)
        assert figures(page) == then
        page.get_by_role("link", name=re.compile("对照现在")).click()
        changed = page.locator("tr").filter(has_text="暨龙镇").first.inner_text()
        assert "15" in changed
        assert "16" in changed
        phone.close()

        reader, seen = watched_context(browser, OFFICE, accept_downloads=True)
        page = reader.new_page()
        page.goto(link)
        assert figures(page) == then
        for number in ("1", "2"):  # The masthead stands before the first page.
            page.keyboard.press("ArrowRight")
            expect(page.locator('.dots [aria-current="true"]')).to_have_text(number)
        sheets = pdf_pages(page.pdf(format="A4"), tmp_path)
        assert 4 <= len(sheets) <= 20
        for place, sheet in enumerate(sheets, 1):
            assert "丰都县十二月调度会" in sheet, place
            assert sheet.replace(" ", "").rstrip().endswith(f"{place}/{len(sheets)}"), place
        ranked = "\n".join(sheets)
        assert link in ranked.replace("\n", "")
        with page.expect_download() as taking:
            page.get_by_role("link", name="离线网页", exact=True).click()
        saved = tmp_path / "offline.html"
        taking.value.save_as(saved)
        assert [url for url in seen.requests if not url.startswith(server.url)] == []
        assert seen.errors == []
        reader.close()
        assert watch.outside() == []
        context.close()

    # The server is gone now.
    lonely, asked = watched_context(browser, PHONE, offline=True)
    page = lonely.new_page()
    page.goto(saved.as_uri())
    assert figures(page) == then
    assert link in page.content()
    assert asked.requests == [saved.as_uri()]
    lonely.close()


def test_hostile_texts_run_nothing_and_move_nothing(browser: Browser, sample_copy: Path, tmp_path: Path) -> None:
    workspace = open_workspace(load_settings({"ECODASH_HOME": str(sample_copy)}))
    _rename_regions(workspace)
    county = region_key("500230")
    here = Selection(queries.newest_watermark(workspace), Month(2026, 10), county, "garbage_cleared", Level.TOWN)
    pages = queries.freeze_pages(workspace, [Shown.OVERVIEW, Shown.RANKING, Shown.MAP, Shown.REPORTING], here)
    evil = operator(_EVIL, "test")
    now = queries.list_batches(workspace, here.watermark)["committed_at"].iloc[0].to_pydatetime()
    paths = [
        actions.create_snapshot(workspace, pages, wish, actor=evil, now=now).path
        for wish in (
            SnapshotWish(title=_EVIL + "长" * 10_000, note=(_EVIL + "\n") * 5 + "W" * 10_000, series=_EVIL),
            SnapshotWish(title=_EVIL, access=Access.PIN, pin="2468"),
        )
    ]
    actions.revoke_snapshot(
        workspace, actions.create_snapshot(workspace, pages, SnapshotWish(), actor=evil, now=now).number,
        actor=evil, now=now,
    )  # fmt: skip
    workspace.close()
    with running_app(sample_copy, tmp_path) as server:
        for size in (OFFICE, PHONE):
            context, watch = watched_context(browser, size)
            page = context.new_page()
            for path in (paths[0], f"{paths[0]}/now", f"{paths[0]}/pictures", paths[1]):
                answer = page.goto(server.url + path)
                assert answer is not None
                assert answer.status == 200
                page.wait_for_timeout(200)
                assert page.evaluate("window.evil") is None
                assert page.locator("img[onerror]").count() == 0
                assert overflow(page) <= 0, path
            open_page(page, f"{server.url}/snapshots")
            assert page.evaluate("window.evil") is None
            assert overflow(page) <= 0
            assert watch.errors == []
            assert watch.outside() == []
            context.close()


def _rename_regions(workspace: object) -> None:
    """Names of a town and of villages that try everything, as a list of regions brought by a user might hold."""
    import sqlalchemy as sa

    from ecodash.store.tables import region
    from ecodash.workspace import Workspace

    assert isinstance(workspace, Workspace)
    names = {500230123000: _EVIL, 500230123001: "名" * 10_000, 500230101000: "\u202eevil\u202e" + "x" * 300}
    with workspace.store.writing() as connection:
        for key, name in names.items():
            connection.execute(sa.update(region).where(region.c.key == key).values(name=name, full_name=name))
    workspace.forget_tree()


@pytest.fixture(scope="module")
def under_pin(sample_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a snapshot that opens with 135790, at an app with nothing else."""
    scratch = tmp_path_factory.mktemp("under-pin")
    home = Path(shutil.copytree(sample_home, scratch / "home"))
    workspace = open_workspace(load_settings({"ECODASH_HOME": str(home)}))
    here = queries.default_selection(workspace)
    made = actions.create_snapshot(
        workspace, [queries.freeze(workspace, Shown.OVERVIEW, here)],
        SnapshotWish(title="口令保护的总览", access=Access.PIN, pin="135790"), actor=operator("王主任"),
        now=queries.list_batches(workspace, here.watermark)["committed_at"].iloc[0].to_pydatetime(),
    )  # fmt: skip
    workspace.close()
    with running_app(home, scratch) as server:
        yield server.url + made.path


@pytest.mark.parametrize("size", [OFFICE, PHONE], ids=["office", "phone"])
def test_a_pin_page_tells_nothing_and_opens_with_the_pin(
    browser: Browser, under_pin: str, size: dict[str, int]
) -> None:
    context = browser.new_context(viewport=size, java_script_enabled=False)
    page = context.new_page()
    page.goto(under_pin)
    assert "口令保护的总览" not in page.content()
    page.get_by_label("口令").fill("000000")
    page.get_by_role("button").click()
    assert "口令不对" in page.content()
    page.get_by_label("口令").fill("135790")
    page.get_by_role("button").click()
    expect(page.get_by_role("heading", name="口令保护的总览")).to_be_visible()
    assert page.url == under_pin
    context.close()
