"""Pages in the browser beside an almost empty page: opened for the first time, opened again, and turned to another month.

The empty page is served beside the app and measured in turn with each page, so that whatever else the machine does falls
on both.
"""

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

import httpx
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from bench.counties import copied, county_home, looked_at
from bench.results import Findings, Row
from bench.workload import NEWEST
from ecodash.settings import PROJECT_ROOT
from tests.browser.driving import OFFICE, free_port, launch, open_page, running_app, watched_context

PAGES = ("overview", "ranking", "progress")
SIZES = (400, 20_000)
_MOST = 1.5
"""A change of the month is to take so many times that of the empty page, at most."""
_TITLES = {"overview": "总览", "ranking": "排名", "progress": "进度"}
_WHERE = {"县": "one county", "省": "the province"}
_CHANGE, _LOAD = "Change of the month", "Opening a page"
_SETTLED = 250
_KEY = "k" * 43
_TOLD = re.compile(r"ecodash_page_run_duration_seconds_(count|sum)\{.*\} ([0-9.e+-]+)$")
_EMPTY_PLACE = "[data-testid='stMetricValue']"


@dataclass(frozen=True, slots=True)
class Sight:
    """A page to be measured.

    Args:
        what: as the results name it.
        address: of the page.
        place: selector of what names the month.
        is_ours: whether the app serves it.
    """

    what: str
    address: str
    place: str
    is_ours: bool = True


def run(home: Path, given: argparse.Namespace) -> Findings:
    """Measure; see the module."""
    rows: list[Row] = []
    with sync_playwright() as playwright, empty_app() as url, empty_app(is_stock=False) as other:
        browser = launch(playwright)
        empty = Sight("empty page", url, _EMPTY_PLACE, is_ours=False)
        same = Sight("empty page with the settings of the app", other, _EMPTY_PLACE, is_ours=False)
        rows += (row | Row(aim="", met=None) for row in _changes(browser, empty, same, given.months))  # type: ignore[typeddict-item]
        for villages in SIZES:
            kept = county_home(villages, home)
            regions = looked_at(kept)
            with tempfile.TemporaryDirectory() as folder:
                copy = copied(kept, Path(folder) / "home", home)
                with running_app(copy, Path(folder), ECODASH_BACKUP_AT="off", ECODASH_METRICS_KEY=_KEY) as server:
                    for where, region in regions.items():
                        for name in PAGES:
                            what = f"{_TITLES[name]} of {_WHERE[where]}, {villages:,} villages in the store"
                            address = f"{server.url}/{'' if name == 'overview' else name}?region={region}"
                            sight = Sight(what, address, ".as-of")
                            rows += _changes(browser, empty, sight, given.months)
                            if where == "县":
                                rows += _loads(browser, empty, sight, given.runs)
        browser.close()
    return {"rows": sorted(rows, key=lambda row: row["group"] == _LOAD), "about": [_about(given)]}


def _about(given: argparse.Namespace) -> str:
    return (
        "Headless Chromium at 1440×900 on the machine that serves, medians; the ratio is to the empty page (two selects, one "
        "metric; Streamlit as it comes), measured in turn with each page. A change of the month is timed from Enter in the month's box until the "
        f"page shows the month and rests: “first” {given.months} months not looked at before, “again” months seen. Opening a page is "
        f"timed from the start of the navigation until the page rests, {given.runs} times: “cold” in a window with an empty cache, “again” "
        "by a reload. Stores of 24 months of twelve indicators, with targets for every county and town."
    )


# ── a change of the month ──────────────────────────────────────────────────────────────────────────────────────────

_WATCH = """() => {
    window.took = null;
    window.addEventListener('keydown', event => { if (event.key === 'Enter') window.began = performance.now(); },
        {once: true, capture: true});
}"""
_RESTS = """([place, label]) => {
    const app = document.querySelector('[data-testid="stApp"]');
    const shown = document.querySelector(place);
    const done = app && app.getAttribute('data-test-script-state') === 'notRunning'
        && !document.querySelector('[data-stale="true"], [data-testid="stSkeleton"]')
        && shown && shown.textContent.includes(label);
    return done ? performance.now() - (window.began || 0) : false;
}"""


def change_month(page: Page, label: str, place: str) -> float:
    """Milliseconds from choosing a month until the page shows it and rests.

    Args:
        place: selector of what names the month.
    """
    box = page.get_by_role("combobox").first
    box.click()
    box.fill(label)
    page.get_by_role("option", name=label, exact=True).first.wait_for()
    page.evaluate(_WATCH)
    page.keyboard.press("Enter")
    took = page.wait_for_function(_RESTS, arg=[place, label], polling="raf").json_value()
    page.wait_for_timeout(_SETTLED)
    return float(took)


def _changes(browser: Browser, empty: Sight, sight: Sight, months: int) -> Iterator[Row]:
    """Months one after the other on both pages in turn, and the same again."""
    labels = [NEWEST.plus(-before).label for before in range(1, months + 1)]
    with _window(browser) as context, _window(browser) as other:
        floor_page, page = other.new_page(), context.new_page()
        open_page(floor_page, empty.address)
        open_page(page, sight.address)
        page.wait_for_timeout(1000)
        for which, turned in (("first", labels), ("again", labels[-2::-1])):
            floor, took, before = [], [], _scripts(sight)
            for label in turned:
                # Only the page in front draws.
                floor_page.bring_to_front()
                floor.append(change_month(floor_page, label, empty.place))
                page.bring_to_front()
                took.append(change_month(page, label, sight.place))
            row = _row(_CHANGE, f"{sight.what}, {which}", took, floor, most=_MOST)
            runs, seconds = (now - then for now, then in zip(_scripts(sight), before, strict=True))
            if runs:
                row["why"] += (
                    f"; the page's script {1000 * seconds / runs:.0f} ms, the rest Chromium drawing what it says"
                )
            yield row


def _scripts(sight: Sight) -> tuple[float, float]:
    """How often the server ran scripts of pages, and for how many seconds in all; of an empty page it does not say."""
    if not sight.is_ours:
        return 0, 0
    answer = httpx.get(urljoin(sight.address, "/metrics"), headers={"Authorization": f"Bearer {_KEY}"}, timeout=30)
    answer.raise_for_status()
    told = dict.fromkeys(("count", "sum"), 0.0)
    for line in answer.text.splitlines():
        if found := _TOLD.match(line):
            told[found[1]] += float(found[2])
    return told["count"], told["sum"]


# ── opening a page ─────────────────────────────────────────────────────────────────────────────────────────────────


def _loads(browser: Browser, empty: Sight, sight: Sight, runs: int) -> Iterator[Row]:
    """Both pages in turn, each time in a window without anything kept, and then once more in the same one."""
    times: dict[tuple[Sight, str], list[float]] = {}
    for _ in range(runs):
        for one in (empty, sight):
            with _window(browser) as context:
                page = context.new_page()
                page.goto(one.address)
                times.setdefault((one, "cold"), []).append(_rested(page, one))
                page.wait_for_timeout(500)
                page.reload()
                times.setdefault((one, "again"), []).append(_rested(page, one))
    for which in ("cold", "again"):
        yield _row(_LOAD, f"{sight.what}, {which}", times[sight, which], times[empty, which])


def _rested(page: Page, sight: Sight) -> float:
    """Milliseconds from the start of the navigation until the page rests."""
    return float(page.wait_for_function(_RESTS, arg=[sight.place, ""], polling="raf").json_value())


def _row(group: str, what: str, took: Sequence[float], floor: Sequence[float], *, most: float | None = None) -> Row:
    least = statistics.median(floor)
    ratio = statistics.median(took) / least
    row = Row(group=group, what=what, value=statistics.median(took), unit="ms", ratio=ratio)
    if most is not None:
        row["aim"], row["met"] = f"≤ {most} × the empty page", ratio <= most
    row["why"] = f"empty page {least:.0f} ms"
    return row


@contextmanager
def _window(browser: Browser) -> Iterator[BrowserContext]:
    context, _ = watched_context(browser, OFFICE)
    try:
        yield context
    finally:
        context.close()


@contextmanager
def empty_app(*, is_stock: bool = True) -> Iterator[str]:
    """The empty page as a server of its own.

    Args:
        is_stock: with the settings Streamlit comes with, and not with those of the app.
    """
    port = free_port()
    script = Path(__file__).with_name("empty_page.py")
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port)]
    command += ["--server.headless", "true", "--server.address", "127.0.0.1"]
    command += ["--server.fileWatcherType", "none", "--browser.gatherUsageStats", "false"]
    # Streamlit reads the settings of the folder it is started in.
    place = script.parent if is_stock else PROJECT_ROOT
    process = subprocess.Popen(command, cwd=place, env=os.environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(240):
            try:
                with urllib.request.urlopen(f"{url}/_stcore/health", timeout=5):
                    break
            except OSError:
                time.sleep(0.25)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=30)
