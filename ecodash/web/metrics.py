"""/metrics for Prometheus: what the process counts (ecodash.meters), and how the installation is (ecodash.web.health)."""

from collections.abc import Callable, Iterable

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ecodash import __version__, meters
from ecodash.domain.access import Right
from ecodash.errors import NotPermitted
from ecodash.web.health import Health, Report, may_watch
from ecodash.web.reply import json_reply
from ecodash.workspace import Workspace

_PROCESS = CollectorRegistry()
ProcessCollector(registry=_PROCESS)


class Found(Collector):
    """What one look at the installation found. What is not known is not there: nothing is nought that was not counted.

    Args:
        uptime: seconds.
    """

    def __init__(self, report: Report, uptime: float) -> None:
        self._report, self._uptime = report, uptime

    def collect(self) -> Iterable[Metric]:
        """Every figure that is known."""
        report, probe = self._report, self._report.probe
        info = InfoMetricFamily("ecodash", "The software.", {"version": __version__})
        yield info
        health = GaugeMetricFamily("ecodash_health", "0 ok, 1 warn, 2 bad.", labels=["check"])
        for name, check in report.checks.items():
            health.add_metric([name], check.standing)
        yield health
        age = report.backup_age
        known: dict[str, tuple[str, float | None]] = {
            "ecodash_uptime_seconds": ("Since the process began.", self._uptime),
            "ecodash_disk_free_bytes": ("Free on the disk of the store's folder.", report.disk_free),
            "ecodash_backup_age_seconds": (
                "Age of the newest sound backup.",
                age.total_seconds() if age is not None else None,
            ),
        }
        if probe is not None:
            known |= {
                "ecodash_watermark": ("The newest batch.", probe.watermark),
                "ecodash_store_bytes": ("Size of the store on its disk.", probe.size),
                "ecodash_commit_running_seconds": ("How long the commit under way has taken.", probe.writing_seconds),
            }
        for name, (what, value) in known.items():
            if value is not None:
                yield GaugeMetricFamily(name, what, value=value)


def metrics_route(workspace: Callable[[], Workspace], health: Health) -> Route:
    """GET /metrics, for whoever may know how the installation is."""

    async def answer(request: Request) -> Response:
        opened = workspace()
        if not may_watch(opened, request):
            right = Right.ADMINISTER.label
            refusal = NotPermitted(f"您没有在全部地区“{right}”的权限。", "请联系本系统管理员。")
            reply = json_reply(403, "NotPermitted", refusal.what, refusal.remedy)
            return Response(reply.body, reply.status, media_type="application/json")
        report = await health.report()
        body = await run_in_threadpool(_all, report, health.uptime)
        return Response(body, headers={"content-type": CONTENT_TYPE_LATEST, "cache-control": "no-store"})

    return Route("/metrics", answer, methods=["GET"])


def _all(report: Report, uptime: float) -> bytes:
    own = CollectorRegistry()
    own.register(Found(report, uptime))
    return b"".join(generate_latest(one) for one in (meters.REGISTRY, own, _PROCESS))
