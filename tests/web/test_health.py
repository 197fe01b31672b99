"""/healthz and /metrics: what they say, to whom, and that nothing holds them up."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from prometheus_client.parser import text_string_to_metric_families

from ecodash import actions, meters, queries
from ecodash.domain.access import SYSTEM, Role
from ecodash.errors import TransitionRefused
from ecodash.store import health as store_health
from ecodash.web import gate, health
from ecodash.web.client import KEY_HEADER
from ecodash.web.health import Health, Standing
from ecodash.workspace import Workspace
from tests.builders import ACTOR, NOON, TOWN_A
from tests.web.apart import finish
from tests.web.conftest import Site
from tests.web.gates import HOST, READER, House

KEY = "a-key-of-some-length-0815"


@pytest.fixture
def looked(site: Site) -> Iterator[Health]:
    """Health over a store of its own, under a clock that stands still."""
    found = Health(lambda: site.workspace, clock=lambda: 100.0)
    yield found
    found.close()


def checks(found: Health) -> dict[str, tuple[Standing, str]]:
    found._seen = None
    return {name: (one.standing, one.note) for name, one in finish(found.report()).checks.items()}


# ── what is looked at ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_store_without_backup_is_well_but_for_that(looked: Health, site: Site) -> None:
    found = checks(looked)
    assert {name for name, (standing, _) in found.items() if standing is Standing.OK} == {
        "store", "writing", "migrations", "disk",
    }  # fmt: skip
    assert found["backup"] == (Standing.WARN, "还没有备份。")
    actions.make_backup(site.workspace, actor=ACTOR, now=datetime.now(UTC))
    assert checks(looked)["backup"][0] is Standing.OK
    assert finish(looked.report()).standing is Standing.OK


def test_an_old_backup_is_told(looked: Health, site: Site) -> None:
    actions.make_backup(site.workspace, actor=ACTOR, now=NOON.replace(year=2025))
    standing, note = checks(looked)["backup"]
    assert standing is Standing.WARN
    assert "小时前" in note


def test_trying_to_write_leaves_nothing(looked: Health, site: Site) -> None:
    before = site.workspace.store.writes
    with site.workspace.store.reading() as connection:
        counters = connection.execute(sa.text("SELECT * FROM counter ORDER BY name")).fetchall()
    for _ in range(3):
        assert checks(looked)["writing"] == (Standing.OK, "")
    with site.workspace.store.reading() as connection:
        assert connection.execute(sa.text("SELECT * FROM counter ORDER BY name")).fetchall() == counters
    assert site.workspace.store.writes == before


def test_a_commit_of_minutes_is_no_illness_and_is_not_waited_for(
    looked: Health, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    with site.workspace.store.writing():
        found = checks(looked)
        assert found["writing"][0] is Standing.OK
        assert "正在提交数据" in found["writing"][1]
        monkeypatch.setattr(health, "LONG_COMMIT_SECONDS", 0.0)
        assert checks(looked)["writing"][0] is Standing.WARN
        assert finish(looked.report()).standing is Standing.WARN


def test_a_store_that_takes_no_writing_is_ill(looked: Health, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(store: Any) -> bool:
        raise sa.exc.OperationalError("INSERT", None, OSError("No space left on device"))

    monkeypatch.setattr(store_health, "_try_writing", full)
    assert checks(looked)["store"][0] is Standing.BAD
    answer = site.client.get("/healthz")
    assert (answer.status_code, answer.json()["status"]) == (503, "bad")


def test_another_version_of_the_tables_is_ill(looked: Health, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_health, "newest_schema", lambda: "9999")
    standing, note = checks(looked)["migrations"]
    assert standing is Standing.BAD
    assert "9999" in note


@pytest.mark.parametrize(
    ("free", "standing"), [(1_999_999_999, Standing.WARN), (199_999_999, Standing.BAD), (2_000_000_000, Standing.OK)]
)
def test_a_full_disk_is_told_before_and_when(
    looked: Health, monkeypatch: pytest.MonkeyPatch, free: int, standing: Standing
) -> None:
    monkeypatch.setattr(health.shutil, "disk_usage", lambda path: SimpleNamespace(free=free))
    assert checks(looked)["disk"][0] is standing


def test_a_store_that_is_gone_is_ill(tmp_path: Path) -> None:
    def gone() -> Workspace:
        raise OSError("gone")

    found = Health(gone)
    assert finish(found.report()).standing is Standing.BAD
    found.close()


# ── nothing holds it up ────────────────────────────────────────────────────────────────────────────────────────────


def test_however_many_ask_there_is_one_look_a_second(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    now, looks, probe = [100.0], [], store_health.probe

    def counted(*given: Any) -> Any:
        looks.append(1)
        return probe(*given)

    monkeypatch.setattr(store_health, "probe", counted)
    found = Health(lambda: site.workspace, clock=lambda: now[0])
    for _ in range(20):
        finish(found.report())
    assert len(looks) == 1
    now[0] += health.KEPT_SECONDS
    finish(found.report())
    assert len(looks) == 2
    found.close()


def test_a_store_that_hangs_is_first_slow_and_then_ill_and_nobody_waits_for_it(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, goes_on, looks, probe = [100.0], threading.Event(), [], store_health.probe

    def hanging(*given: Any) -> Any:
        looks.append(1)
        goes_on.wait()
        return probe(*given)

    found = Health(lambda: site.workspace, clock=lambda: now[0])
    assert finish(found.report()).checks["store"].standing is Standing.OK
    monkeypatch.setattr(store_health, "probe", hanging)
    monkeypatch.setattr(health, "WAIT_SECONDS", 0.01)
    now[0] += 5
    slow = finish(found.report())
    assert (slow.checks["store"].standing, slow.probe is not None) == (Standing.WARN, True)
    now[0] += health.PATIENCE_SECONDS
    assert finish(found.report()).checks["store"].standing is Standing.BAD
    assert len(looks) == 1, "one thread looks, however many ask"
    goes_on.set()
    monkeypatch.setattr(health, "WAIT_SECONDS", 60.0)
    assert finish(found.report()).checks["store"].standing is Standing.OK
    found.close()


# ── who is told what ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def keyed(house: House) -> Iterator[House]:
    found = house.with_settings(metrics_key=KEY)
    yield found
    found.close()


def asked(house: House, path: str, **named: Any) -> tuple[int, bytes]:
    answer = house.ask(path, **named)
    return answer.status, answer.body


def test_health_says_the_details_to_who_keeps_the_installation(keyed: House, house: House) -> None:
    def keys(**named: Any) -> set[str]:
        return set(json.loads(keyed.ask("/healthz", **named).body))

    whole = {"status", "watermark", "version", "uptime_seconds", "checks"}
    assert keys() == {"status"}
    assert keys(token=house.enrol(Role.ADMINISTRATOR, TOWN_A)) == {"status", "watermark"}
    assert keys(token=house.enrol(Role.ADMINISTRATOR, "")) == whole
    assert keys(authorization=f"Bearer {KEY}") == whole
    assert keys(client="127.0.0.1", host="127.0.0.1:8501") == whole
    assert keys(client="127.0.0.1", host="127.0.0.1:8501", x_forwarded_for=READER) == {"status"}
    assert keys(client="127.0.0.1", host=HOST) == {"status"}


def test_metrics_are_for_the_key_or_an_administrator_of_the_whole(keyed: House, house: House) -> None:
    assert asked(keyed, "/metrics")[0] == 401
    assert asked(keyed, "/metrics", accept="text/html")[0] == 303
    assert asked(keyed, "/metrics", token=house.enrol(Role.VIEWER, ""))[0] == 403
    assert asked(keyed, "/metrics", token=house.enrol(Role.ADMINISTRATOR, TOWN_A))[0] == 403
    assert asked(keyed, "/metrics", token=house.enrol(Role.ADMINISTRATOR, ""))[0] == 200
    assert asked(keyed, "/metrics", authorization=f"Bearer {KEY}")[0] == 200


@pytest.mark.parametrize(
    "shown", [f"Bearer {KEY}x", f"Bearer {KEY[:-1]}", f"bearer {KEY}", KEY, "Bearer ", f"Basic {KEY}", f"Bearer  {KEY}"]
)
def test_another_key_opens_nothing(keyed: House, shown: str) -> None:
    assert asked(keyed, "/metrics", authorization=shown)[0] == 401


@pytest.mark.parametrize("key", ["", "short"])
def test_no_key_and_a_short_one_open_nothing(house: House, key: str) -> None:
    found = house.with_settings(metrics_key=key)
    try:
        assert asked(found, "/metrics", authorization=f"Bearer {key}")[0] == 401
    finally:
        found.close()


def test_the_key_opens_no_other_address_and_goes_no_further(keyed: House, house: House) -> None:
    shown = {"authorization": f"Bearer {KEY}"}
    for path in ("/map", "/_stcore/metrics", "/metrics/", "/metrics/x", "/print/ranking", "/geo/x.json"):
        assert asked(keyed, path, **shown)[0] in (401, 404)
    assert asked(keyed, "/metrics", method="POST", **shown)[0] == 401
    keyed.ask("/map", token=house.enrol(Role.VIEWER, TOWN_A), **shown)
    assert not any(name == b"authorization" for scope in keyed.behind.seen for name, _ in scope["headers"])
    assert not gate.shows_key(keyed.behind.seen[-1], KEY)


# ── what is counted ────────────────────────────────────────────────────────────────────────────────────────────────


def families(house: House) -> dict[str, Any]:
    text = house.ask("/metrics", authorization=f"Bearer {KEY}").body.decode()
    return {family.name: family for family in text_string_to_metric_families(text)}


def test_the_answer_can_be_read_and_has_what_an_alert_needs(keyed: House) -> None:
    found = families(keyed)
    assert {
        "ecodash_http_requests", "ecodash_http_request_duration_seconds", "ecodash_http_requests_in_progress",
        "ecodash_websockets", "ecodash_page_runs", "ecodash_page_run_duration_seconds", "ecodash_commits",
        "ecodash_filings", "ecodash_refusals", "ecodash_committed_cells", "ecodash_cache_lookups",
        "ecodash_commit_lock_wait_seconds", "ecodash_store_bytes", "ecodash_watermark", "ecodash_health", "ecodash_uptime_seconds",
        "ecodash_disk_free_bytes", "ecodash_sign_in_failures", "ecodash_export_lines_dropped", "ecodash_unexpected_errors",
        "process_resident_memory_bytes", "process_cpu_seconds",
    } <= set(found)  # fmt: skip
    assert found["ecodash_watermark"].samples[0].value == 1
    assert found["ecodash_store_bytes"].samples[0].value > 100_000
    assert "ecodash_backup_age_seconds" not in found, "there is none: missing is not nought"
    states = {sample.labels["check"]: sample.value for sample in found["ecodash_health"].samples}
    assert states == {"store": 0, "writing": 0, "migrations": 0, "disk": 0, "backup": 1}


def value(name: str, **labels: str) -> float:
    return meters.REGISTRY.get_sample_value(name, labels) or 0.0


def test_commits_undoing_refusals_and_cells_are_counted_once_they_stand(site: Site) -> None:
    names = [
        ("ecodash_commits_total", {"kind": "upload"}), ("ecodash_commits_total", {"kind": "undo"}),
        ("ecodash_committed_cells_total", {}), ("ecodash_refusals_total", {"kind": "TransitionRefused"}),
    ]  # fmt: skip

    def values() -> list[float]:
        return [value(name, **labels) for name, labels in names]

    before = values()
    content = "区划代码,月份,garbage\n500230101001,2026-01,5\n500230101002,2026-01,8\n".encode()
    headers = {KEY_HEADER: site.handle.key}
    assert (
        site.client.post("/api/import", params={"name": "r.csv"}, content=content, headers=headers).json()["batch"] == 1
    )
    assert (
        site.client.post("/api/import", params={"name": "r.csv"}, content=content, headers=headers).json()["batch"]
        is None
    )
    actions.undo_batch(site.workspace, 1, actor=ACTOR, now=NOON)
    with pytest.raises(TransitionRefused):
        actions.undo_batch(site.workspace, 1, actor=ACTOR, now=NOON)
    assert [after - then for after, then in zip(values(), before, strict=True)] == [1, 1, 4, 1]
    assert queries.newest_watermark(site.workspace) == 2


def test_a_rehearsal_is_no_commit(site: Site) -> None:
    before = value("ecodash_commits_total", kind="upload")
    content = "区划代码,月份,garbage\n500230101001,2026-01,5\n".encode()
    upload = actions.read_file(site.workspace, content, "r.csv", actor=ACTOR, now=NOON)
    with actions.rehearsing(site.workspace, upload, actor=ACTOR, now=NOON):
        pass
    assert value("ecodash_commits_total", kind="upload") == before


def test_a_wrong_password_is_counted(house: House) -> None:
    before = value("ecodash_sign_in_failures_total")
    with pytest.raises(Exception, match="不对"):
        actions.sign_in(house.workspace.acting(SYSTEM), "nobody", "x" * 12, address="10.1.1.1", agent="b", now=NOON)
    assert value("ecodash_sign_in_failures_total") == before + 1
