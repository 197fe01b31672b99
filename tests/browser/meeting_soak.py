"""Ten real minutes of a meeting screen, with its memory and nodes at the start, the middle and the end.

    python -m tests.browser.meeting_soak --minutes 10 http://127.0.0.1:8501

Without an address it starts the app over ECODASH_HOME. Slides change every 3 seconds, figures are asked for every 5,
and once a minute the screen is without a network for ten seconds.
"""

import argparse
import os
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import BrowserContext, CDPSession, Page, sync_playwright

from tests.browser.driving import launch, running_app

PAGES = "overview,targets,ranking,map,reporting,profile"
ADDRESS = f"/screen?pages={PAGES}&seconds=3&refresh=5"


@dataclass(frozen=True, slots=True)
class Memory:
    """What a page holds after a forced collection: bytes of script heap, nodes and listeners of its documents."""

    heap: int
    nodes: int
    listeners: int
    documents: int


def measure(session: CDPSession) -> Memory:
    """The page's memory, after everything that can be freed is freed."""
    for _ in range(3):
        session.send("HeapProfiler.collectGarbage")
    found = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
    return Memory(
        int(found["JSHeapUsedSize"]), int(found["Nodes"]), int(found["JSEventListeners"]), int(found["Documents"])
    )


def open_session(context: BrowserContext, page: Page) -> CDPSession:
    """A session that can measure the page."""
    session = context.new_cdp_session(page)
    session.send("Performance.enable")
    session.send("HeapProfiler.enable")
    return session


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url", nargs="?", default="")
    parser.add_argument("--minutes", type=float, default=10)
    wanted = parser.parse_args()
    with ExitStack() as stack:
        url = wanted.url
        if not url:
            scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            url = stack.enter_context(running_app(Path(os.environ["ECODASH_HOME"]), scratch)).url
        browser = launch(stack.enter_context(sync_playwright()))
        context = browser.new_context(viewport={"width": 1920, "height": 1080})
        page = context.new_page()
        page.add_init_script("window.changes = 0; window.addEventListener('load', () => new MutationObserver("
                             "() => window.changes++).observe(document.getElementById('stage'), {childList: true}))")  # fmt: skip
        asked = []
        context.on("request", lambda request: asked.append(1) if "/screen/deck" in request.url else None)
        page.goto(url + ADDRESS)
        page.wait_for_selector(".stamp")
        session = open_session(context, page)
        started = time.monotonic()
        print(f"{'minute':>6} {'slides':>7} {'asked':>6} {'heap kB':>8} {'nodes':>6} {'listeners':>9} {'documents':>9}")
        minute = 0
        while True:
            found, changes = measure(session), page.evaluate("window.changes")
            passed = (time.monotonic() - started) / 60
            print(f"{passed:6.1f} {changes:7} {len(asked):6} {found.heap / 1000:8.0f} {found.nodes:6} "
                  f"{found.listeners:9} {found.documents:9}", flush=True)  # fmt: skip
            if passed >= wanted.minutes:
                break
            minute += 1
            context.set_offline(True)
            page.wait_for_timeout(10_000)
            context.set_offline(False)
            page.wait_for_timeout(max((minute * 60 - (time.monotonic() - started)) * 1000, 1000))
        browser.close()


if __name__ == "__main__":
    main()
