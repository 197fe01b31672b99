"""The first page of a county over a weak line: opened for the first time, and again, until everything on it is drawn.

All bytes go through a proxy that is as slow as the line (bench/slow_line.py), websockets included.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import streamlit
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from bench.results import Findings, Row
from bench.slow_line import Line, slow_line
from ecodash import __version__
from ecodash.domain.access import operator
from ecodash.sample import load_sample
from ecodash.settings import PROJECT_ROOT, load_settings
from ecodash.web.static_copies import BEST, QUICK, Copies, list_files
from ecodash.workspace import open_workspace
from tests.browser.driving import CHROMIUM, OFFICE, free_port, running_app
from tests.browser.office import LEADER, PASSWORD, engage
from tests.deploy.proxy import Proxy, running_nginx

MEGABITS, ROUND_TRIP = 10, 0.04
COLD, WARM = 3.0, 1.0
"""Seconds within which the page is to be finished."""
_NAME = "ecodash.test"
"""Where the county's people find it: a browser asks this machine's own addresses for more than it asks others."""
_GROUP = "First load on a weak line"
_TYPING_SECONDS = 5
_FINISHED = """() => {
    const app = document.querySelector('[data-testid="stApp"]');
    return app && app.getAttribute('data-test-script-state') === 'notRunning'
        && document.querySelector('h1') && document.querySelector('[data-testid="stMain"] svg, .stHtml table')
        && !document.querySelector('[data-stale="true"], [data-testid="stSkeleton"]')
        && document.fonts.status === 'loaded'
        && [...document.images].every(image => image.complete);
}"""
_DRAWN = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now()))))"


@dataclass(frozen=True, slots=True)
class Way:
    """How readers come to the app.

    Args:
        address: at the near end of the line.
        line: that they come over.
    """

    what: str
    address: str
    line: Line


@dataclass(frozen=True, slots=True)
class Load:
    """One opening of the page: seconds until it was finished, and KB that came over the line; and seconds until the browser
    had read Streamlit's program, before which nothing is asked of the server."""

    seconds: float
    kilobytes: float
    program_read: float


def run(home: Path, given: argparse.Namespace) -> Findings:
    """Measure; see the module."""
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        folder = Path(scratch)
        copy = Path(shutil.copytree(_sample(home), folder / "home"))
        passes = [*_copies(copy)]
        engage(copy, [LEADER])
        # One store is open in one process at a time.
        bare = Path(shutil.copytree(copy, folder / "bare"))
        shutil.rmtree(bare / "static")
        with _served(copy, bare, folder) as (ways, proxy):
            rows = [*_loads(playwright, ways, proxy, given.runs)]
    return {"rows": [*rows, *passes], "about": [_about(given)], "notes": [_NOTE]}


def _about(given: argparse.Namespace) -> str:
    return (
        f"总览 of the sample county for somebody who has signed in, in headless Chromium at 1440×900, over a line of {MEGABITS} "
        f"Mbit/s in each direction with a round trip of {ROUND_TRIP * 1000:.0f} ms; medians of {given.runs}. Finished means: "
        "the script has run, nothing is stale or missing, fonts and pictures are there, and two frames were drawn. “Cold”: a "
        "window with an empty cache; “again”: another tab of it. “After signing in”: from the click on 登录 in a window that "
        f"had nothing {_TYPING_SECONDS} seconds before, password check included. Browsers ask plain http for gzip alone, and https "
        "for brotli too. The browser, the app, nginx and the line share this machine's processors; the ratio is to the app "
        "without its layer for Streamlit's files."
    )


_NOTE = (
    "The line is a proxy of TCP with one queue for all connections and slow start. Chromium's own throttling is not used: it "
    "leaves websockets alone, through which everything but the program of a page comes."
)


# ── what is served ─────────────────────────────────────────────────────────────────────────────────────────────────


def _sample(home: Path) -> Path:
    """A home with the sample store, made once."""
    kept = home / f"sample-{__version__}"
    if not kept.exists():
        made = home / f"{kept.name}.being-made"
        shutil.rmtree(made, ignore_errors=True)
        workspace = open_workspace(load_settings({"ECODASH_HOME": str(made)}))
        load_sample(workspace, actor=operator("性能测试", "bench"))
        workspace.close()
        made.rename(kept)
    return kept


def _copies(home: Path) -> Iterator[Row]:
    """Compress Streamlit's files in both passes: what each takes and gives."""
    folder = Path(streamlit.__file__).parent / "static"
    files = list_files(folder, streamlit.__version__)
    texts = [name for name, one in files.items() if one.is_text]
    yield _figure("Streamlit's files of text, as they are", sum(files[name].size for name in texts) / 1e6, "MB")
    copies = Copies(files, load_settings({"ECODASH_HOME": str(home)}).static_dir)
    for level, what in ((QUICK, "at the start"), (BEST, "behind the pages")):
        begun, spent = time.perf_counter(), time.process_time()
        copies.make(level)
        took, spent = time.perf_counter() - begun, time.process_time() - spent
        found = [copies.find(name, "br") for name in texts]
        yield _figure(f"brotli {level}, made {what}", sum(one.size for one in found if one) / 1e6, "MB")
        yield _figure(f"brotli {level}: time to make it", took, "s", why=f"{spent:.1f} s of one core")
    found = [copies.find(name, "gzip") for name in texts]
    yield _figure("gzip 9, made at the start too", sum(one.size for one in found if one) / 1e6, "MB")


def _figure(what: str, value: float, unit: str, *, why: str = "") -> Row:
    return Row(group="Compressed copies", what=what, value=round(value, 2), unit=unit, why=why)


@contextmanager
def _served(home: Path, bare: Path, folder: Path) -> Iterator[tuple[list[Way], Proxy]]:
    """The app behind nginx, by itself and without its layer, each at the far end of a line of its own."""
    with ExitStack() as stack:
        settings = {"ECODASH_OPEN": "", "ECODASH_TRUSTED_PROXIES": "127.0.0.1"}
        app = stack.enter_context(running_app(home, folder, **settings))
        port = int(app.url.rpartition(":")[2])
        proxy = stack.enter_context(running_nginx(folder / "nginx", [port]))
        plain = stack.enter_context(_bare_app(bare))
        lines = [
            stack.enter_context(slow_line(one, megabits=MEGABITS, round_trip=ROUND_TRIP))
            for one in (proxy.port, port, plain)
        ]
        yield (
            [
                Way("https, nginx", f"https://127.0.0.1:{lines[0].port}", lines[0]),
                Way("plain http", f"http://{_NAME}:{lines[1].port}", lines[1]),
                Way("plain http without the layer", f"http://{_NAME}:{lines[2].port}", lines[2]),
            ],
            proxy,
        )


@contextmanager
def _bare_app(home: Path) -> Iterator[int]:
    port = free_port()
    environment = os.environ | {"ECODASH_HOME": str(home), "ECODASH_OPEN": ""}
    command = [sys.executable, "-m", "bench.bare_app", str(port)]
    process = subprocess.Popen(
        command, cwd=PROJECT_ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(240):
            try:
                httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=5)
                break
            except httpx.HTTPError:
                time.sleep(0.25)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=30)


# ── in the browser ─────────────────────────────────────────────────────────────────────────────────────────────────


def _loads(playwright: Playwright, ways: Sequence[Way], proxy: Proxy, runs: int) -> Iterator[Row]:
    browser = playwright.chromium.launch(
        executable_path=CHROMIUM,
        args=[
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            f"--host-resolver-rules=MAP {_NAME} 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
            # Believed as any other: what a browser does not believe, it does not keep either.
            f"--ignore-certificate-errors-spki-list={proxy.key_digest}",
        ],
    )
    found: dict[tuple[str, str], list[Load]] = {}
    sessions = [_signed_in(browser, way) for way in ways]
    for _ in range(runs):
        # In turn, so that whatever else the machine does falls on all.
        for way, cookies in zip(ways, sessions, strict=True):
            cold, again = _opened(browser, way, cookies)
            found.setdefault((way.what, "cold"), []).append(cold)
            found.setdefault((way.what, "again"), []).append(again)
    for way in ways[:2]:
        found[way.what, "after signing in"] = [_after_typing(browser, way) for _ in range(min(runs, 3))]
    browser.close()
    aims = {"cold": COLD, "again": WARM}
    for (what, when), loads in found.items():
        is_ours = what != ways[-1].what
        yield _row(f"{what}, {when}", loads, found.get((ways[-1].what, when)), aims.get(when) if is_ours else None)
    for (what, when), loads in found.items():
        yield Row(
            group=_GROUP,
            what=f"{what}, {when}: over the line",
            value=round(statistics.median(one.kilobytes for one in loads)),
            unit="KB",
        )


def _row(what: str, loads: Sequence[Load], floor: Sequence[Load] | None, aim: float | None) -> Row:
    seconds = statistics.median(one.seconds for one in loads)
    row = Row(group=_GROUP, what=what, value=round(seconds, 2), unit="s")
    if floor is not None and floor is not loads:
        row["ratio"] = seconds / statistics.median(one.seconds for one in floor)
    if aim is not None:
        row["aim"], row["met"] = f"≤ {aim:.0f} s", seconds <= aim
        row["why"] = (
            f"{min(one.seconds for one in loads):.2f} to {max(one.seconds for one in loads):.2f} s; Streamlit's program was "
            f"read by the browser after {statistics.median(one.program_read for one in loads):.2f} s, then come the websocket, "
            "the figures and the drawing"
        )
    return row


def _signed_in(browser: Browser, way: Way) -> list[dict[str, object]]:
    """Cookies of somebody who has signed in, after the page was looked at once: the store's answers are known then."""
    with _window(browser) as context:
        page = context.new_page()
        _sign_in(page, way)
        return [{**one} for one in context.cookies() if one["name"] == "ecodash_session"]


def _sign_in(page: Page, way: Way) -> float:
    page.goto(f"{way.address}/login")
    page.fill("[name=login]", LEADER.login)
    page.fill("[name=password]", PASSWORD)
    page.wait_for_timeout(_TYPING_SECONDS * 1000)
    page.click("main form button[type=submit]")
    page.wait_for_url(f"{way.address}/**")
    return _finished(page)


def _opened(browser: Browser, way: Way, cookies: list[dict[str, object]]) -> tuple[Load, Load]:
    """The page in a window that has nothing of it, and in another tab of the same window."""
    with _window(browser) as context:
        context.add_cookies(cookies)  # type: ignore[arg-type]
        found = []
        for _ in range(2):
            page = context.new_page()
            before = way.line.carried
            page.goto(way.address, wait_until="commit")
            took = _finished(page)
            found.append(Load(took, (way.line.carried - before) / 1000, _program_read(page)))
            page.wait_for_timeout(500)
            page.close()
    return found[0], found[1]


def _after_typing(browser: Browser, way: Way) -> Load:
    with _window(browser) as context:
        page = context.new_page()
        before = way.line.carried
        took = _sign_in(page, way)
        return Load(took, (way.line.carried - before) / 1000, _program_read(page))


def _finished(page: Page) -> float:
    """Seconds from the start of the navigation until the page is finished."""
    page.wait_for_function(_FINISHED, polling="raf")
    return float(page.evaluate(_DRAWN)) / 1000


def _program_read(page: Page) -> float:
    """Seconds from the start of the navigation until the scripts named by the page had run."""
    return float(page.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd")) / 1000


@contextmanager
def _window(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={**OFFICE}, locale="zh-CN", timezone_id="Asia/Shanghai")  # type: ignore[typeddict-item]
    context.set_default_timeout(120_000)
    try:
        yield context
    finally:
        context.close()
