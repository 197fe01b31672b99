"""Our own routes: health, imports by programs."""

from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from ecodash import queries
from ecodash.actions import uploads
from ecodash.web import routes
from ecodash.web.client import KEY_HEADER
from ecodash.web.routes import build_routes
from tests.builders import A1, A2, TOWN_A, commit
from tests.web.conftest import Client, Site

REPORT = f"区划代码,月份,garbage\n{A1},2026-01,5\n{A2},2026-01,8\n".encode()


def post(site: Site, data: bytes = REPORT, key: bytes | None = None, **parameters: str) -> httpx.Response:
    headers = {KEY_HEADER: site.handle.key.encode() if key is None else key}
    return site.client.post("/api/import", params={"name": "r.csv", **parameters}, content=data, headers=headers)


def watermark(site: Site) -> int:
    return queries.newest_watermark(site.workspace)


def test_health_names_the_newest_watermark(site: Site) -> None:
    assert site.client.get("/healthz").json()["watermark"] == 0
    commit(site.workspace.store, (A1, "garbage", "2026-01", 5))
    site.health._seen = None
    assert site.client.get("/healthz").json()["watermark"] == 1


# ── imports ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_import_with_the_key_is_committed(site: Site) -> None:
    answer = post(site)
    values = answer.json()
    assert (answer.status_code, values["batch"], values["watermark"], values["rows"], values["cells"]) == (
        200,
        1,
        1,
        2,
        2,
    )
    batches = queries.list_batches(site.workspace, 1)
    assert batches[["file_name", "channel"]].to_numpy().tolist() == [["r.csv", "api"]]


@pytest.mark.parametrize("key", [b"", b"wrong", "密钥".encode()])
def test_an_import_without_the_key_is_refused(site: Site, key: bytes) -> None:
    answer = post(site, key=key)
    assert (answer.status_code, answer.json()["error"]["what"]) == (403, "没有导入权限。")
    assert watermark(site) == 0


def test_without_a_handle_no_key_opens_the_import(site: Site) -> None:
    app = Starlette(routes=build_routes(lambda: site.workspace, lambda: None))
    assert Client(app).post("/api/import", content=REPORT, headers={KEY_HEADER: ""}).status_code == 403


def test_an_import_is_not_a_link(site: Site) -> None:
    assert site.client.get("/api/import", headers={KEY_HEADER: site.handle.key}).status_code == 405


def test_faults_are_listed_and_nothing_is_committed(site: Site) -> None:
    answer = post(site, REPORT.replace(b",8", "，八".encode()).replace(b",5", ",约5".encode()))
    values = answer.json()
    assert (answer.status_code, values["batch"], values["watermark"]) == (200, None, 0)
    assert values["faults"]
    assert all(fault["row"] and fault["hint"] for fault in values["faults"])
    assert watermark(site) == 0


def test_a_dry_run_commits_nothing(site: Site) -> None:
    assert post(site, dry_run="1").json()["new"] == 2
    assert watermark(site) == 0


def test_a_mapping_and_a_month_can_be_chosen(site: Site) -> None:
    data = f"区划代码,清了多少\n{A1},5\n".encode()
    assert post(site, data, month="2026-01", mapping='{"清了多少": "garbage"}', within=TOWN_A).json()["cells"] == 1


@pytest.mark.parametrize(
    ("parameters", "kind"),
    [
        ({"mapping": "["}, "UserError"),
        ({"mapping": "[]"}, "UserError"),
        ({"mapping": "null"}, "UserError"),
        ({"reasons": "[]"}, "UserError"),
        ({"sheets": '"一"'}, "UserError"),
        ({"mapping": '{"x": "no_such_indicator"}'}, "IndicatorUnknown"),
        ({"month": "九月"}, "PeriodUnknown"),
        ({"within": "没有的镇"}, "RegionUnknown"),
    ],
)
def test_a_bad_choice_is_refused_with_a_remedy(site: Site, parameters: dict[str, str], kind: str) -> None:
    answer = post(site, **parameters)
    error = answer.json()["error"]
    assert (answer.status_code, error["kind"]) == (409, kind)
    assert error["what"]
    assert error["remedy"]
    assert watermark(site) == 0


def test_a_doubt_is_answered_with_its_rule_and_passes_with_a_reason(site: Site) -> None:
    post(site)
    tenfold = REPORT.replace(b",5", b",5000").replace(b"2026-01", b"2026-02")
    asked = post(site, tenfold).json()
    assert (asked["batch"], asked["unexplained"], asked["faults"]) == (None, ["tenfold"], [])
    assert asked["doubts"][0]["hint"]
    assert watermark(site) == 1
    done = post(site, tenfold, reasons='{"tenfold": "春节前集中清理"}').json()
    assert (done["batch"], done["unexplained"]) == (2, [])
    assert [doubt.reason for doubt in queries.batch_doubts(site.workspace, 2)] == ["春节前集中清理"] * len(
        asked["doubts"]
    )


def test_how_a_file_was_recognised_is_told_on_request(site: Site) -> None:
    assert "recognition" not in post(site, dry_run="1").json()
    (sheet,) = post(site, dry_run="1", explain="1").json()["recognition"]["sheets"]
    assert [column["target"] for column in sheet["columns"]] == ["region_code", "month", "garbage"]
    assert (sheet["layout"], sheet["header_rows"], sheet["rows"]) == ("wide", [1], 2)


def test_the_marked_workbook_needs_the_key_and_writes_nothing(site: Site) -> None:
    bad = REPORT.replace(b",5", b",x")
    answer = site.client.post("/api/annotate", params={"name": "r.csv"}, content=bad, headers={KEY_HEADER: "wrong"})
    assert answer.status_code == 403
    headers = {KEY_HEADER: site.handle.key}
    answer = site.client.post("/api/annotate", params={"name": "r.csv"}, content=bad, headers=headers)
    assert (answer.status_code, answer.content[:2], watermark(site)) == (200, b"PK", 0)
    assert answer.headers["content-type"] == routes.XLSX


def test_the_same_file_twice_makes_one_batch(site: Site) -> None:
    first = post(site).json()
    answer = post(site)
    assert (answer.status_code, answer.json()["batch"], answer.json()["already_in"]) == (200, None, first["batch"])
    assert watermark(site) == first["watermark"]


@pytest.mark.parametrize(("limit", "status"), [(len(REPORT), 200), (len(REPORT) - 1, 413)])
def test_a_body_over_the_limit_is_refused(site: Site, monkeypatch: pytest.MonkeyPatch, limit: int, status: int) -> None:
    monkeypatch.setattr(routes, "MAX_IMPORT_BYTES", limit)
    assert post(site).status_code == status
    assert watermark(site) == (1 if status == 200 else 0)


def test_the_same_file_sent_twice_at_once_is_committed_once_and_answered_twice(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit_upload, first = uploads.commit_upload, []

    def overtaken(*arguments: Any, **named: Any) -> Any:
        if not first:
            first.append(True)
            first.append(post(site).json())
        return commit_upload(*arguments, **named)

    monkeypatch.setattr(uploads, "commit_upload", overtaken)
    before = watermark(site)
    answer = post(site).json()
    assert (first[1]["batch"], answer["batch"], answer["already_in"]) == (before + 1, None, before + 1)
    assert (answer["unchanged"], answer["faults"], watermark(site)) == (2, [], before + 1)
