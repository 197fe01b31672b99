"""Many people at once: 20 and 200 open pages of a county, each a websocket with a session of its own, that read and click.

The clients are another process (bench/clients.py). What the server spends is read from the processor time of its process,
so that what else the machine does weighs less.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

from bench.counties import copied, county_home
from bench.results import Findings, Row
from ecodash import actions, passwords
from ecodash.actions import Opened
from ecodash.domain.access import SYSTEM, Grant, Role
from ecodash.domain.regions import Level
from ecodash.sessions import SESSION_COOKIE
from ecodash.settings import PROJECT_ROOT, Settings
from ecodash.store import records
from ecodash.workspace import Workspace, open_workspace
from tests.browser.driving import Server, running_app
from tests.people import cheap_hashing

FEW, MANY = 20, 200
MOST_MB = 400
"""What the server may hold with MANY open pages."""
_THINK = 10.0
"""Seconds somebody reads before the next click, half as long to half as long again."""
_SECONDS = 40.0
_HAMMER_SECONDS = 15.0
_TTL = 20
"""Seconds the server keeps a page that was left, here; 120 as installed."""
_VILLAGES = 400
_GROUP = "Open pages of a county of 400 villages"
_PASSWORD = "三江口的渡船一九八七"


@dataclass(frozen=True, slots=True)
class Spent:
    """What the server did in one phase.

    Args:
        told: what the clients saw.
        processor: seconds of its processor time.
        seconds: the phase took.
        resident: MB it held at the end.
    """

    told: dict[str, Any]
    processor: float
    seconds: float
    resident: float

    @property
    def per_rerun(self) -> float:
        """Milliseconds of the processor for each rerun."""
        return 1000 * self.processor / max(int(self.told.get("reruns", 0)), 1)


def run(home: Path, given: argparse.Namespace) -> Findings:
    """Measure; see the module."""
    kept = county_home(_VILLAGES, home)
    with tempfile.TemporaryDirectory() as folder:
        copy = copied(kept, Path(folder) / "home", home)
        cookies = engage(copy, MANY)
        # Backups are off: their hour is not in the middle of the day.
        settings = {"ECODASH_OPEN": "", "ECODASH_BACKUP_AT": "off", "MALLOC_ARENA_MAX": "2"}
        settings |= {"STREAMLIT_SERVER_DISCONNECTED_SESSION_TTL": str(_TTL)}
        with running_app(copy, Path(folder), **settings) as server:
            rows = list(_measured(server, cookies))
            errors = [line for line in server.log.read_text(encoding="utf-8").splitlines() if " ERROR " in line]
    if errors:
        raise RuntimeError(f"the server wrote errors: {errors[:3]}")
    return {"rows": rows, "about": [_ABOUT]}


_ABOUT = (
    f"Accounts of a county with its towns sign in; each opens 总览 from an address of its own and then goes on reading for "
    f"{_THINK / 2:.0f} to {_THINK * 1.5:.0f} seconds and clicking: seven times of ten another month, else another page (总览, 排名, 进度). "
    "A time is that from the click to the end of the run, read by the client; a click that is answered by an error or by "
    "another month than the one chosen is an error. Memory is the resident set of the server's process, which is started with "
    f"MALLOC_ARENA_MAX=2 as by the unit of systemd; it keeps a page that was left for {_TTL} seconds here (120 as installed). Caches "
    "are cold at first: sixteen places, 24 months, mostly the newest. While it has time, the server also asks for the months "
    "beside the one that is read: the processor's time of the few holds that too."
)


def _measured(server: Server, cookies: Sequence[str]) -> Iterator[Row]:
    process = psutil.Process(server.pid)
    time.sleep(3)
    base = _resident(process)
    yield _memory("started, nobody there", base)
    with _crowd(server.url, cookies) as tell:
        few = _phase(process, tell, {"open": FEW}, {"act": _SECONDS, "think": _THINK})
        yield from _answers(f"{FEW} people", few)
        yield _memory(f"{FEW} open pages", few.resident)
        hammered = _phase(process, tell, {"act": _HAMMER_SECONDS, "think": 0})
        yield from _answers(f"{FEW} people without a pause", hammered)
        many = _phase(process, tell, {"open": MANY}, {"act": _SECONDS, "think": _THINK})
        yield from _answers(f"{MANY} people", many)
        is_met = many.resident <= MOST_MB
        why = "" if is_met else f"{base:.0f} MB of it stand before the first page is opened"
        yield _memory(f"{MANY} open pages", many.resident) | Row(aim=f"≤ {MOST_MB} MB", met=is_met, why=why)  # type: ignore[typeddict-item]
        tell({"close": True})
        time.sleep(_TTL + 5)
        # Streamlit lets go of pages that were left when the next one is opened or left.
        tell({"open": 1})
        tell({"close": True})
        time.sleep(10)
        yield _memory(f"after {MANY} left", _resident(process))


def _answers(who: str, spent: Spent) -> Iterator[Row]:
    told = spent.told
    errors = sum(told["errors"].values())
    yield Row(group=_GROUP, what=f"{who}: reruns", value=told["per_second"], unit="/s")
    for name, meant in (("p50", "half of them within"), ("p95", "19 of 20 within")):
        yield Row(group=_GROUP, what=f"{who}: {meant}", value=told.get(f"all_{name}"), unit="ms")
    yield Row(group=_GROUP, what=f"{who}: processor of the server", value=spent.per_rerun, unit="ms/rerun")
    share = 100 * spent.processor / spent.seconds
    yield Row(group=_GROUP, what=f"{who}: one core of the server busy", value=share, unit="%")
    yield Row(
        group=_GROUP, what=f"{who}: errors", value=errors, unit=f"of {told['reruns'] + errors}", aim="none",
        met=errors == 0, why="; ".join(told["errors"]),
    )  # fmt: skip


def _memory(what: str, megabytes: float) -> Row:
    return Row(group=_GROUP, what=f"memory: {what}", value=megabytes, unit="MB")


def _phase(process: psutil.Process, tell: Any, *orders: dict[str, Any]) -> Spent:
    """Give orders, and measure the last of them."""
    for order in orders[:-1]:
        told = tell(order)
        if told.get("errors"):
            raise RuntimeError(f"pages did not open: {told['errors']}")
    time.sleep(2)
    before, began = process.cpu_times(), time.perf_counter()
    told = tell(orders[-1])
    after, seconds = process.cpu_times(), time.perf_counter() - began
    spent = after.user + after.system - before.user - before.system
    time.sleep(2)
    return Spent(told, spent, seconds, _resident(process))


def _resident(process: psutil.Process) -> float:
    return float(process.memory_info().rss) / 1024**2


@contextmanager
def _crowd(url: str, cookies: Sequence[str]) -> Iterator[Any]:
    """The clients' process, and what tells it something and reads its answer."""
    command = [sys.executable, "-m", "bench.clients"]
    process = subprocess.Popen(
        command, cwd=PROJECT_ROOT, env=os.environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    sent, heard = process.stdin, process.stdout

    def write(told: dict[str, Any]) -> None:
        sent.write(json.dumps(told) + "\n")
        sent.flush()

    def tell(told: dict[str, Any]) -> dict[str, Any]:
        write(told)
        answer = heard.readline()
        if not answer:
            raise RuntimeError("the clients' process ended")
        found: dict[str, Any] = json.loads(answer)
        return found

    try:
        write({"url": url, "cookies": list(cookies)})
        yield tell
    finally:
        process.terminate()
        process.wait(timeout=30)


# ── accounts ───────────────────────────────────────────────────────────────────────────────────────────────────────


def engage(home: Path, count: int) -> list[str]:
    """Make so many accounts in a home that nobody has open, and sign each in; the cookies of their browsers."""
    workspace = open_workspace(Settings(home, f"duckdb:///{home / 'ecodash.duckdb'}", PROJECT_ROOT / "data"))
    try:
        with cheap_hashing():
            kept = passwords.hash_password(_PASSWORD)
            tokens = [
                _signed_in(workspace, number, grant, kept) for number, grant in enumerate(_grants(workspace, count))
            ]
    finally:
        workspace.close()
    return [f"{SESSION_COOKIE}={token}" for token in tokens]


def _grants(workspace: Workspace, count: int) -> Iterator[Grant]:
    """Of ten people six report a town, two review the county, and two look at it."""
    county = workspace.tree.under(0, Level.COUNTY)[0].key
    towns = [town.key for town in workspace.tree.under(county, Level.TOWN)]
    for number in range(count):
        place = number % 10
        if place < 6:
            yield Grant(Role.REPORTER, towns[number % len(towns)])
        else:
            yield Grant(Role.REVIEWER if place < 8 else Role.VIEWER, county)


def _signed_in(workspace: Workspace, number: int, grant: Grant, kept: str) -> str:
    login, now = f"reader{number}", datetime.now(UTC)
    made = actions.create_account(workspace, login, f"读者{number}", grants=[grant], actor=SYSTEM, now=now)
    with workspace.store.writing() as connection:
        records.update_account(connection, made.account.number, password_hash=kept, must_change=False, password_at=now)
    opened = actions.sign_in(workspace, login, _PASSWORD, address=f"10.0.0.{number}", agent="bench", now=now)
    if not isinstance(opened, Opened):
        raise TypeError(f"{login} was to be signed in")
    return opened.token
