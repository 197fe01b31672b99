"""How long a change of the month takes in the browser, beside an almost empty page measured in the same run."""

import argparse
import os
import shutil
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

import numpy as np
import pandas as pd
import pyarrow as pa
from playwright.sync_api import Browser, Page, sync_playwright

from bench.results import Findings, Row
from bench.workload import NEWEST, NOW, PROVINCE
from ecodash import actions
from ecodash.catalog.regions import RegionBook
from ecodash.domain.access import operator
from ecodash.domain.periods import Month
from ecodash.domain.regions import Level, Region, RegionTree, ancestor_key, region_code
from ecodash.settings import PROJECT_ROOT, Settings
from ecodash.store import journal
from ecodash.store.submission import Submission
from ecodash.workspace import Workspace, open_workspace
from tests.browser.driving import OFFICE, free_port, launch, open_page, running_app, watched_context

PAGES = ("overview", "ranking", "progress")
SIZES = (400, 20_000)
MONTHS = 24
_VERSION = 1
_SEED = 20261122
_ACTOR = operator("性能测试", "bench")
_FLOWS = (
    "garbage_cleared",
    "dump_sites_cleared",
    "household_toilets_built",
    "sewer_pipe_laid",
    "clutter_cleared",
    "patrols",
)
_STOCKS = ("public_toilets", "bins", "cleaners", "sanitary_toilet_households", "sewage_households")
_SCORES = ("assessment_score",)
_TARGETS = (
    "garbage_cleared",
    "household_toilets_built",
    "public_toilets",
    "sanitary_toilet_rate",
    "sewage_coverage_rate",
)


@dataclass(frozen=True, slots=True)
class Change:
    """Milliseconds of a month change on a page: medians of the first look at a month, and of a look at one seen before."""

    place: str
    page: str
    first: float
    again: float


# ── stores ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def store_of(villages: int, home: Path) -> Path:
    """The home of a store with so many villages or a few more, 24 months of twelve indicators; made once."""
    kept = home / f"pages-v{_VERSION}-{villages}"
    if not kept.exists():
        made = home / f"{kept.name}.being-made"
        shutil.rmtree(made, ignore_errors=True)
        workspace = open_workspace(Settings(made, f"duckdb:///{made / 'ecodash.duckdb'}", PROJECT_ROOT / "data"), NOW)
        actions.add_regions(workspace, _counties(villages), actor=_ACTOR, now=NOW)
        _report(workspace)
        workspace.close()
        made.rename(kept)
    return kept


def _counties(villages: int) -> list[str]:
    """Codes of counties of the province that together hold so many villages: one county, or the first ones in order."""
    tree = RegionTree(RegionBook(PROJECT_ROOT / "data").regions([PROVINCE]))
    counted = [(county, len(tree.under(county.key, Level.VILLAGE))) for county in tree.under(0, Level.COUNTY)]
    one = min(counted, key=lambda pair: abs(pair[1] - villages))
    if abs(one[1] - villages) < villages / 10:
        return [one[0].code]
    found, total = [], 0
    for county, count in counted:
        if total >= villages:
            break
        found.append(county.code)
        total += count
    return found


def _report(workspace: Workspace) -> None:
    """Every village each month, a few left out; targets for counties and towns."""
    random = np.random.default_rng(_SEED)
    villages = workspace.tree.under(0, Level.VILLAGE)
    months = [NEWEST.plus(-before) for before in reversed(range(MONTHS))]
    standing = {code: random.integers(20, 60, len(villages)) for code in _STOCKS}
    for place, month in enumerate(months):
        reporting = random.random(len(villages)) > 0.02
        columns = {code: random.integers(1, 90, len(villages)) for code in _FLOWS}
        for code in _STOCKS:
            standing[code] = standing[code] + random.integers(0, 3, len(villages))
        columns |= standing
        columns |= {code: random.integers(600, 1000, len(villages)) / 10 for code in _SCORES}
        if place == 0:
            columns["households"] = random.integers(150, 600, len(villages))
        frames = [_cells(villages, reporting, month, code, values) for code, values in columns.items()]
        goals = _targets(workspace, random) if place == 0 else _no_targets()
        submission = Submission(
            pd.concat(frames, ignore_index=True), goals, f"{month}.csv", f"{place:064d}", row_count=len(villages)
        )
        journal.commit(
            workspace.store, submission, actor=_ACTOR, now=NOW, received_at=NOW, catalog_digest=workspace.catalog.digest
        )


def _cells(
    villages: Sequence[Region],
    reporting: "np.ndarray[tuple[int], np.dtype[np.bool_]]",
    month: Month,
    code: str,
    values: object,
) -> pd.DataFrame:
    keys = np.array([village.key for village in villages], dtype=np.int64)[reporting]
    amounts = pa.array(np.asarray(values, dtype=float)[reporting]).cast(pa.decimal128(18, 4))
    return pd.DataFrame(
        {
            "region": keys,
            "indicator": code,
            "period": np.full(len(keys), month.key, dtype=np.int32),
            "value": pd.arrays.ArrowExtensionArray(pa.chunked_array([amounts])),
            "row": np.arange(2, len(keys) + 2, dtype=np.int32),
        }
    )


def _targets(workspace: Workspace, random: np.random.Generator) -> pd.DataFrame:
    regions = [*workspace.tree.under(0, Level.COUNTY), *workspace.tree.under(0, Level.TOWN)]
    rows = [
        (region.key, code, deadline, 0, 90 if code.endswith("rate") else int(random.integers(2000, 90_000)))
        for region in regions
        for code in _TARGETS
        for deadline in (202512, 202612)
    ]
    frame = pd.DataFrame(rows, columns=["region", "indicator", "deadline", "baseline", "value"])
    for name in ("baseline", "value"):
        exact = pa.array(frame[name].astype(float)).cast(pa.decimal128(18, 4))
        frame[name] = pd.Series(exact.to_pylist(), dtype=object)
    return frame.assign(row=range(2, len(rows) + 2)).astype({"deadline": "int32", "row": "int32"})


def _no_targets() -> pd.DataFrame:
    return pd.DataFrame(columns=["region", "indicator", "deadline", "baseline", "value", "row"])


# ── what was found ─────────────────────────────────────────────────────────────────────────────────────────────────

_ABOUT = """From Enter in the month's box until the page shows the month and rests, headless Chromium at 1440×900; beside an
almost empty page (two selects, one metric) in the same run, which the ratio is to. Stores of 24 months × 12 indicators with
targets for every county and town: one county of 400 villages, and 20,000 villages in counties of 山东, looked at by one
county and by the province. "first" is a month not looked at before, "again" one seen."""
_MOST = 1.5
_WHERE = {"县": "county", "省": "province"}


def run(home: Path, given: argparse.Namespace) -> Findings:
    """Measure every page over both stores."""
    found = list(month_changes(home, given.months))
    floor, pages = found[0], found[1:]
    rows: list[Row] = [
        {"group": "Month change", "what": "empty page", "value": floor.first, "unit": "ms", "ratio": 1.0},
        *(row for change in pages for row in _rows(change, floor)),
    ]
    return {"about": [_ABOUT, f"Medians of {given.months}."], "rows": rows}


def _rows(change: Change, floor: Change) -> Iterator[Row]:
    for which, took, least in (("first", change.first, floor.first), ("again", change.again, floor.again)):
        is_met = took <= _MOST * least
        yield {
            "group": "Month change",
            "what": f"{change.place}, {change.page}, {which}",
            "value": took,
            "unit": "ms",
            "ratio": took / least,
            "aim": f"≤ {_MOST} × the empty page",
            "met": is_met,
            "why": "" if is_met else "markup, tables and Streamlit's own messages of a page that shows something",
        }


# ── the browser ────────────────────────────────────────────────────────────────────────────────────────────────────

_WATCH = """() => {
    window.took = null;
    window.addEventListener('keydown', event => { if (event.key === 'Enter') window.began = performance.now(); },
        {once: true, capture: true});
}"""
_DONE = """([place, label]) => {
    const app = document.querySelector('[data-testid="stApp"]');
    const shown = document.querySelector(place);
    const done = app.getAttribute('data-test-script-state') === 'notRunning'
        && !document.querySelector('[data-stale="true"]') && shown && shown.textContent.includes(label);
    return done ? performance.now() - window.began : false;
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
    took = page.wait_for_function(_DONE, arg=[place, label], polling="raf").json_value()
    page.wait_for_timeout(250)
    return float(took)


def _measure(page: Page, name: str, where: str, place: str, months: Sequence[str]) -> Change:
    first = [change_month(page, label, place) for label in months]
    again = [change_month(page, label, place) for label in reversed(months[:-1])]
    return Change(where, name, statistics.median(first), statistics.median(again))


def month_changes(home: Path, months: int) -> Iterator[Change]:
    """The empty page, then each page over each store: at its county, and at the region above where there are several."""
    labels = [NEWEST.plus(-before).label for before in range(1, months + 1)]
    with sync_playwright() as playwright:
        browser = launch(playwright)
        with empty_app() as url:
            yield _on_page(browser, url, "empty", "", "[data-testid='stMetricValue']", labels)
        for villages in SIZES:
            kept = store_of(villages, home)
            regions = looked_at(kept)
            with tempfile.TemporaryDirectory() as folder:
                copy = shutil.copytree(kept, Path(folder) / "home")
                with running_app(copy, Path(folder)) as server:
                    for where, region in regions.items():
                        for name in PAGES:
                            address = f"{server.url}/{'' if name == 'overview' else name}?region={region}"
                            place = f"{villages:,} villages, {_WHERE[where]}"
                            yield _on_page(browser, address, name, place, ".as-of", labels)
        browser.close()


def _on_page(browser: Browser, address: str, name: str, where: str, place: str, labels: Sequence[str]) -> Change:
    context, _ = watched_context(browser, OFFICE)
    page = context.new_page()
    open_page(page, address)
    page.wait_for_timeout(1000)
    found = _measure(page, name, where, place, labels)
    context.close()
    return found


def looked_at(home: Path) -> dict[str, str]:
    workspace = open_workspace(Settings(home, f"duckdb:///{home / 'ecodash.duckdb'}", PROJECT_ROOT / "data"), NOW)
    counties = workspace.tree.under(0, Level.COUNTY)
    workspace.close()
    found = {"县": counties[len(counties) // 2].code}
    if len(counties) > 1:
        found["省"] = region_code(ancestor_key(counties[0].key, Level.PROVINCE))
    return found


@contextmanager
def empty_app() -> Iterator[str]:
    port = free_port()
    script = Path(__file__).with_name("empty_page.py")
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port)]
    process = subprocess.Popen(
        command, cwd=PROJECT_ROOT, env=os.environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
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
