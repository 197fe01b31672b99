"""Whether the installation is well: asked often by programs, answered in no time, from one look a second at most.

A stranger learns only the word. A look that takes long keeps nobody waiting: what was seen last stands for a while, as a
machine at the end of its strength is not to be restarted for that.
"""

import asyncio
import logging
import shutil
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ecodash import __version__, queries
from ecodash.domain.access import NOBODY, Right
from ecodash.domain.regions import COUNTRY_KEY
from ecodash.settings import Settings
from ecodash.store import health as store_health
from ecodash.store.health import Probe
from ecodash.web import gate
from ecodash.web.session_gate import bound
from ecodash.workspace import Workspace

KEPT_SECONDS = 1.0
WAIT_SECONDS = 3.0
"""So long an asker waits for a look."""
PATIENCE_SECONDS = 30.0
"""So long what was seen last stands, where looks do not come to an end."""
LONG_COMMIT_SECONDS = 600.0
LITTLE_SPACE, NO_SPACE = 2_000_000_000, 200_000_000
"""Bytes free on the disk: below the first it is time to make room, below the second uploads fail."""
_log = logging.getLogger(__name__)


class Standing(IntEnum):
    """How well something is; the worst of all is how well the whole is."""

    OK = 0
    WARN = 1
    BAD = 2

    @property
    def word(self) -> str:
        """As it is answered."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Check:
    """What was found of one thing, and for an administrator in words."""

    standing: Standing
    note: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What one look found.

    Args:
        checks: by name: store, writing, migrations, disk, backup, process; those that do not apply are not there.
        probe: of the store; None where it did not answer.
        disk_free: bytes; None where the disk does not say.
        backup_age: of the newest sound backup; None where there is none or none is made here.
    """

    checks: Mapping[str, Check] = field(default_factory=dict)
    probe: Probe | None = None
    disk_free: int | None = None
    backup_age: timedelta | None = None

    @property
    def standing(self) -> Standing:
        """Of the whole."""
        return max((check.standing for check in self.checks.values()), default=Standing.BAD)

    def with_check(self, name: str, check: Check) -> "Report":
        """The same with one thing said otherwise."""
        return replace(self, checks={**self.checks, name: check})


class Health:
    """Looks at the installation when somebody asks.

    Args:
        workspace: opened when first needed.
        is_stopping: whether the process is being stopped.
        clock: seconds that only grow.
    """

    def __init__(
        self,
        workspace: Callable[[], Workspace],
        is_stopping: Callable[[], bool] = lambda: False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._workspace, self._is_stopping, self._clock = workspace, is_stopping, clock
        self._looker = ThreadPoolExecutor(1, thread_name_prefix="health")
        self._looking: Future[Report] | None = None
        self._seen: Report | None = None
        self._seen_at = clock()
        self._started, self._started_at = clock(), datetime.now(UTC)

    @property
    def uptime(self) -> float:
        """Seconds since this process began to look."""
        return self._clock() - self._started

    async def report(self) -> Report:
        """How things are, or were a second ago. Never longer than WAIT_SECONDS, whatever the store does."""
        found = self._seen
        if found is None or self._clock() - self._seen_at >= KEPT_SECONDS:
            found = await self._fresh()
        if self._is_stopping():
            return found.with_check("process", Check(Standing.BAD, "正在停止。"))
        return found

    async def _fresh(self) -> Report:
        if self._looking is None:
            self._looking = self._looker.submit(self._look)
        looking = self._looking
        try:
            found = await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(looking)), WAIT_SECONDS)
        except TimeoutError:
            return self._silent()
        if self._looking is looking:
            self._looking = None
        self._seen, self._seen_at = found, self._clock()
        return found

    def _silent(self) -> Report:
        waited = self._clock() - self._seen_at
        if waited < PATIENCE_SECONDS:
            return (self._seen or Report()).with_check("store", Check(Standing.WARN, "数据库应答很慢。"))
        return Report({"store": Check(Standing.BAD, f"数据库 {waited:.0f} 秒没有应答。")})

    def close(self) -> None:
        """Look no more."""
        self._looker.shutdown(wait=False, cancel_futures=True)

    # ── one look, in a thread of its own ───────────────────────────────────────────────────────────────────────────

    def _look(self) -> Report:
        try:
            workspace = self._workspace()
        except Exception:
            _log.exception("the store does not open")
            return Report({"store": Check(Standing.BAD, "数据库打不开，见日志。")})
        settings = workspace.settings
        checks: dict[str, Check] = {}
        found: Probe | None = None
        try:
            found = store_health.probe(workspace.store, settings)
            checks |= _of_probe(found)
        except Exception:
            _log.exception("the store does not answer")
            checks["store"] = Check(Standing.BAD, "数据库不能读取或写入，见日志。")
        checks["disk"], free = _disk(settings)
        state = queries.backup_state(settings, datetime.now(UTC), self._started_at)
        if state.is_here:
            checks["backup"] = _backup(state.age, state.is_overdue, state.fault)
        return Report(checks, found, free, state.age)


def _of_probe(found: Probe) -> dict[str, Check]:
    newest = store_health.newest_schema()
    is_same = found.schema == newest
    writing = Check(Standing.OK)
    if found.took_writing is None and found.writing_seconds:
        standing = Standing.WARN if found.writing_seconds > LONG_COMMIT_SECONDS else Standing.OK
        writing = Check(standing, f"正在提交数据，已 {found.writing_seconds:.0f} 秒。")
    elif found.took_writing is None:
        writing = Check(Standing.OK, "另一个进程正在提交数据。")
    return {
        "store": Check(Standing.OK),
        "writing": writing,
        "migrations": Check(Standing.OK)
        if is_same
        else Check(
            Standing.BAD, f"数据库的版本是 {found.schema}，软件的版本是 {newest}。请把所有进程升级到同一版本后重启。"
        ),
    }


def _disk(settings: Settings) -> tuple[Check, int | None]:
    try:
        free = shutil.disk_usage(settings.home).free
    except OSError as error:
        return Check(Standing.BAD, f"数据文件夹不能读取：{error.strerror}。"), None
    note = f"磁盘剩余 {free / 1e9:.1f} GB。"
    if free < NO_SPACE:
        return Check(Standing.BAD, note + "请立即清理或扩容；此前不要上报。"), free
    return Check(Standing.WARN if free < LITTLE_SPACE else Standing.OK, note), free


def _backup(age: timedelta | None, is_overdue: bool, fault: str) -> Check:
    note = "还没有备份。" if age is None else f"最近一份备份在 {age.total_seconds() / 3600:.1f} 小时前。"
    if fault:
        note += f"自动备份没有做成：{fault}"
    return Check(Standing.WARN if is_overdue or fault else Standing.OK, note)


# ── the address ────────────────────────────────────────────────────────────────────────────────────────────────────


def may_watch(workspace: Workspace, request: Request) -> bool:
    """Whether a request may know how the installation is: with the key for programs, from the machine itself by no proxy,
    or by an administrator of the whole."""
    if request.scope.get(gate.KEY_SHOWN) or gate.visitor(request.scope) is not None:
        return True
    return bound(workspace, request.scope).actor.may(Right.ADMINISTER, COUNTRY_KEY)


def health_route(workspace: Callable[[], Workspace], health: Health) -> Route:
    """GET /healthz: 200 where all is well enough to go on, 503 where not."""

    async def answer(request: Request) -> Response:
        found = await health.report()
        values: dict[str, Any] = {"status": found.standing.word}
        try:
            opened = workspace()
        except Exception:
            return JSONResponse(values, 503)
        is_watcher = may_watch(opened, request)
        if found.probe is not None and (is_watcher or bound(opened, request.scope).actor != NOBODY):
            values["watermark"] = found.probe.watermark
        if is_watcher:
            values |= _details(health, found)
        return JSONResponse(values, 503 if found.standing is Standing.BAD else 200)

    return Route("/healthz", answer, methods=["GET"])


def _details(health: Health, found: Report) -> dict[str, Any]:
    checks = {name: {"status": one.standing.word, "note": one.note} for name, one in found.checks.items()}
    return {"version": __version__, "uptime_seconds": round(health.uptime), "checks": checks}
