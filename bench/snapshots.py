"""Snapshot pages: their size, the time to a finished picture beside an empty Streamlit page, requests a second, and what the
app's own pages feel of them. All in one run."""

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from playwright.sync_api import Browser, sync_playwright

from bench.browser import change_month, empty_app
from bench.counties import county_home, looked_at
from bench.load import Load
from bench.results import Findings, Row, Table
from bench.workload import NEWEST, NOW
from ecodash import actions, queries
from ecodash.domain.access import operator
from ecodash.domain.pages import Page
from ecodash.domain.regions import Level, region_key
from ecodash.domain.selection import Selection
from ecodash.domain.snapshots import SnapshotWish
from ecodash.settings import PROJECT_ROOT, Settings
from ecodash.workspace import open_workspace
from tests.browser.driving import OFFICE, PHONE, launch, open_page, running_app, watched_context

VILLAGES = 400
CLIENTS, SECONDS = 50, 10
MEETING = (Page.OVERVIEW, Page.RANKING, Page.MAP)
PACKS: dict[str, tuple[Page, ...]] = {
    "总览": (Page.OVERVIEW,),
    "排名": (Page.RANKING,),
    "总览+排名+地图": MEETING,
    "all six pages": (Page.OVERVIEW, Page.MAP, Page.PROGRESS, Page.RANKING, Page.PROFILE, Page.REPORTING),
}
_MOST_KB, _MOST_MS, _LEAST_PER_SECOND = 150, 300, 1_500
_EMPTY = "empty Streamlit page"
_ACTOR = operator("性能测试", "bench")
_ENCODINGS = ("identity", "gzip", "br", "zstd")
_LOADED = "() => document.readyState === 'complete'"
_METRIC = """() => document.querySelector('[data-testid="stMetricValue"]')
    && document.querySelector('[data-testid="stApp"]').getAttribute('data-test-script-state') === 'notRunning'"""
_DRAWN = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now()))))"
"""Two frames after a page says that it is there, what it shows is on the screen."""


@dataclass(frozen=True, slots=True)
class Size:
    """A snapshot's page: towns and villages shown, bytes by encoding, milliseconds of the first and of a later answer."""

    name: str
    towns: int
    villages: int
    sizes: dict[str, int]
    first: float
    later: float


@dataclass(frozen=True, slots=True)
class Picture:
    """Milliseconds from asking for a page until its picture is finished: medians, in a browser that has seen nothing."""

    name: str
    screen: str
    took: float


@dataclass(frozen=True, slots=True)
class Change:
    """Milliseconds of a month change on a page of the app: alone, and while snapshots are asked for."""

    load: str
    took: float
    asked: float


# ── what is measured ───────────────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def served(home: Path) -> Iterator[tuple[str, dict[str, str], tuple[int, int], str]]:
    """The app over a store with snapshots: its address, their paths by name, towns and villages, the county's code."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(shutil.copytree(county_home(VILLAGES, home), Path(folder) / "home"))
        county = looked_at(copy)["县"]
        workspace = open_workspace(Settings(copy, f"duckdb:///{copy / 'ecodash.duckdb'}", PROJECT_ROOT / "data"), NOW)
        here = Selection(queries.newest_watermark(workspace), NEWEST, region_key(county), "garbage_cleared", Level.TOWN)
        counts = tuple(len(workspace.tree.under(here.region, level)) for level in (Level.TOWN, Level.VILLAGE))
        paths = {}
        for name, pages in PACKS.items():
            frozen = queries.freeze_pages(workspace, pages, here)
            paths[name] = actions.create_snapshot(
                workspace, frozen, SnapshotWish(title=name), actor=_ACTOR, now=NOW
            ).path
        workspace.close()
        with running_app(copy, Path(folder)) as server:
            yield server.url, paths, (counts[0], counts[1]), county


def sizes(url: str, paths: dict[str, str], counts: tuple[int, int]) -> Iterator[Size]:
    """Each pack's page, asked for the first time and again."""
    for name, path in paths.items():
        first = _answer(url + path, "zstd")[1]
        later = statistics.median(_answer(url + path, "zstd")[1] for _ in range(9))
        yield Size(name, *counts, {code: _answer(url + path, code)[0] for code in _ENCODINGS}, first, later)


def _answer(address: str, encoding: str) -> tuple[int, float]:
    """Bytes of the body as sent, and milliseconds until it was there."""
    began = time.perf_counter()
    with httpx.Client() as client, client.stream("GET", address, headers={"Accept-Encoding": encoding}) as answer:
        answer.raise_for_status()
        body = sum(len(chunk) for chunk in answer.iter_raw())
    return body, 1000 * (time.perf_counter() - began)


def pictures(url: str, paths: dict[str, str], runs: int) -> Iterator[Picture]:
    """The empty Streamlit page, then each pack, on an office screen and on a phone."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        with empty_app() as empty:
            for screen, device in (("1440×900", OFFICE), ("390×844", PHONE)):
                _wait_for(empty)
                yield Picture(_EMPTY, screen, _median(browser, device, empty, _METRIC, runs))
                for name, path in paths.items():
                    yield Picture(name, screen, _median(browser, device, url + path, _LOADED, runs))
        browser.close()


def _wait_for(url: str) -> None:
    httpx.get(url).raise_for_status()


def _median(browser: Browser, device: dict[str, int], address: str, finished: str, runs: int) -> float:
    return statistics.median(_cold(browser, device, address, finished) for _ in range(runs))


def _cold(browser: Browser, device: dict[str, int], address: str, finished: str) -> float:
    context = browser.new_context(viewport={"width": device["width"], "height": device["height"]})
    page = context.new_page()
    page.goto(address, wait_until="commit")
    page.wait_for_function(finished, polling="raf")
    took = float(page.evaluate(_DRAWN))
    context.close()
    return took


def loads(url: str, paths: dict[str, str]) -> Iterator[tuple[str, Load]]:
    """Hot snapshots asked for by many clients at once: the whole page, and whether it is still the same."""
    path = url + paths["总览+排名+地图"]
    for name in ("总览", "总览+排名+地图"):
        yield name, load_from_outside(url + paths[name], {"Accept-Encoding": "zstd"})
    tag = httpx.get(path, headers={"Accept-Encoding": "zstd"}).headers["etag"]
    yield "总览+排名+地图, unchanged (304)", load_from_outside(path, {"Accept-Encoding": "zstd", "If-None-Match": tag})


def load_from_outside(address: str, headers: dict[str, str], *, seconds: float = SECONDS, pause: float = 0) -> Load:
    """A load made by another process, so that the two do not share an interpreter."""
    return _result(_started(address, headers, seconds, pause))


def _started(address: str, headers: dict[str, str], seconds: float, pause: float) -> "subprocess.Popen[str]":
    given = [address, str(CLIENTS), str(seconds), json.dumps(headers), str(pause)]
    command = [sys.executable, "-m", "bench.load", *given]
    return subprocess.Popen(command, cwd=PROJECT_ROOT, stdout=subprocess.PIPE, text=True)


def _result(process: "subprocess.Popen[str]") -> Load:
    out, _ = process.communicate()
    return Load(**json.loads(out))


def changes_meanwhile(url: str, path: str, county: str, months: Sequence[str]) -> Iterator[Change]:
    """A month change on 总览, alone, beside a meeting's load and beside all that 50 clients can ask."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        context, _ = watched_context(browser, OFFICE)
        page = context.new_page()
        open_page(page, f"{url}/?region={county}")
        page.wait_for_timeout(1000)

        def change() -> float:
            return statistics.median(change_month(page, label, ".as-of") for label in months)

        change()
        for name, pause in (
            ("nobody else", None),
            ("50 readers, each once a second", 1.0),
            ("50 readers without a pause", 0.0),
        ):
            if pause is None:
                yield Change(name, change(), 0)
                continue
            process = _started(url + path, {"Accept-Encoding": "zstd"}, 8.0, pause)
            time.sleep(0.5)
            took = change()
            yield Change(name, took, _result(process).per_second)
        context.close()
        browser.close()


# ── what was found ─────────────────────────────────────────────────────────────────────────────────────────────────


def run(home: Path, given: argparse.Namespace) -> Findings:
    """Measure all of it."""
    with served(home) as (url, paths, counts, county):
        sized = list(sizes(url, paths, counts))
        drawn = list(pictures(url, paths, given.runs))
        loaded = list(loads(url, paths))
        months = [NEWEST.plus(-before).label for before in range(1, 8)]
        changes = list(changes_meanwhile(url, paths["总览+排名+地图"], county, months))
    return {
        "about": [
            f"A county of {counts[0]} towns and {counts[1]} villages with 24 months of twelve indicators, served by the "
            "app, the load made by another process on the same machine."
        ],
        "rows": [*map(_size, sized), *_pictures(drawn), *(_load(*one) for one in loaded), *_changes(changes)],
        "tables": [_bytes(sized), _latencies(loaded)],
        "notes": [
            "A picture is finished two frames after the page is there, in a browser that has seen nothing. What keeps "
            "it from five times sooner is Chromium building and laying out the nodes of the page (ADR 0022)."
        ],
    }


def _size(size: Size) -> Row:
    least = min(size.sizes.values())
    row: Row = {"group": "Bytes of a snapshot", "what": size.name, "value": least / 1000, "unit": "KB compressed"}
    return row | {"aim": f"≤ {_MOST_KB} KB", "met": least <= 1000 * _MOST_KB}


def _pictures(drawn: Sequence[Picture]) -> Iterator[Row]:
    floors = {picture.screen: picture.took for picture in drawn if picture.name == _EMPTY}
    for picture in drawn:
        row: Row = {
            "group": "Finished picture",
            "what": f"{picture.name}, {picture.screen}",
            "value": picture.took,
            "unit": "ms",
            "ratio": picture.took / floors[picture.screen],
        }
        if picture.name != _EMPTY:
            is_met = picture.took <= _MOST_MS and 5 * picture.took <= floors[picture.screen]
            row |= {"aim": f"≤ {_MOST_MS} ms and 1/5 of the empty page", "met": is_met}
            row["why"] = "" if is_met else "building and laying out the page's nodes in Chromium"
        yield row


def _load(name: str, load: Load) -> Row:
    row: Row = {"group": "Hot snapshots", "what": f"{name}, {CLIENTS} clients", "value": load.per_second, "unit": "/s"}
    return row | {"aim": f"≥ {_LEAST_PER_SECOND:,} /s", "met": load.per_second >= _LEAST_PER_SECOND and not load.errors}


def _changes(changes: Sequence[Change]) -> Iterator[Row]:
    for change in changes:
        yield {
            "group": "Month change on 总览 meanwhile",
            "what": f"{change.load}, {change.asked:,.0f} requests a second",
            "value": change.took,
            "unit": "ms",
            "ratio": change.took / changes[0].took,
        }


def _bytes(sized: Sequence[Size]) -> Table:
    return {
        "title": "Bytes by encoding; milliseconds of an answer",
        "header": ["snapshot", *_ENCODINGS, "first answer", "later answer"],
        "rows": [
            [size.name, *(f"{size.sizes[code]:,}" for code in _ENCODINGS), f"{size.first:.0f}", f"{size.later:.1f}"]
            for size in sized
        ],
    }


def _latencies(loaded: Sequence[tuple[str, Load]]) -> Table:
    return {
        "title": f"{CLIENTS} clients for {SECONDS} s, milliseconds",
        "header": ["snapshot", "p50", "p95", "p99", "errors"],
        "rows": [
            [name, f"{load.p50:.1f}", f"{load.p95:.1f}", f"{load.p99:.1f}", str(load.errors)] for name, load in loaded
        ],
    }
