"""/api/backup: the command line's way to a backup while the app owns the store's file."""

import json
from pathlib import Path

import httpx
import pytest
from click.testing import Result
from typer.testing import CliRunner

from ecodash import queries
from ecodash.cli import app
from ecodash.web import client
from ecodash.web.client import KEY_HEADER
from tests.web.conftest import Site


def test_with_the_app_running_it_makes_the_backup(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def post(url: str, *, trust_env: bool, timeout: float, **options: object) -> httpx.Response:
        return site.client.post(url.removeprefix("http://app"), **options)

    monkeypatch.setattr(client.httpx, "post", post)
    monkeypatch.setenv("ECODASH_HOME", str(site.workspace.settings.home))
    # The store is open here, as it is in the app: a command that opened it itself would be refused.
    for _ in range(2):
        assert CliRunner().invoke(app, ["backup", "make"]).exit_code == 0
    assert len(queries.list_backups(site.workspace)) == 2
    assert len(CliRunner().invoke(app, ["backup", "list"]).stdout.splitlines()) == 2
    third = CliRunner().invoke(app, ["backup", "make", "--keep", "1"])
    assert "已删除 2 份旧备份" in third.stdout
    assert len(queries.list_backups(site.workspace)) == 1


def test_the_route_asks_for_the_key(site: Site) -> None:
    assert site.client.post("/api/backup").status_code == 403
    assert site.client.post("/api/backup", headers={KEY_HEADER: "x" * 43}).status_code == 403
    assert site.client.get("/api/backup", headers={KEY_HEADER: site.handle.key}).status_code == 405
    refused = site.client.post("/api/backup", params={"keep": "-1"}, headers={KEY_HEADER: site.handle.key})
    assert (refused.status_code, "不是整数" in refused.json()["error"]["what"]) == (409, True)
    assert not site.workspace.settings.backups_dir.exists()
    assert site.client.post("/api/maintain", params={"do": "digest"}).status_code == 403
    wrong = site.client.post("/api/maintain", params={"do": "drop"}, headers={KEY_HEADER: site.handle.key})
    assert (wrong.status_code, "参数 do" in wrong.json()["error"]["what"]) == (409, True)
    site.workspace.store.refuse_writing()
    late = site.client.post("/api/backup", headers={KEY_HEADER: site.handle.key})
    assert (late.status_code, late.json()["error"]["kind"]) == (503, "ServiceStopping")
    assert late.headers["retry-after"] == "60"


def test_a_backup_is_checked_and_the_store_kept_in_order_through_the_app(
    site: Site, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def post(url: str, *, trust_env: bool, timeout: float, **options: object) -> httpx.Response:
        return site.client.post(url.removeprefix("http://app"), **options)

    monkeypatch.setattr(client.httpx, "post", post)
    monkeypatch.setenv("ECODASH_HOME", str(site.workspace.settings.home))

    def run(*words: str) -> Result:
        return CliRunner().invoke(app, list(words))

    assert run("backup", "make").exit_code == 0
    verified = json.loads(run("backup", "verify", "--json").stdout)
    assert (verified["problems"], verified["agrees"]) == ([], True)
    assert "没有需要整理" in run("maintain", "reorder", "--all-closed").stdout
    assert run("maintain", "reorder", "--month", "1999-01").exit_code == 1
    own = queries.store_digest(site.workspace)
    assert json.loads(run("digest", "--json").stdout)["sha256"] == own.total
    assert run("digest", "--watermark", "99").exit_code == 1
    found = json.loads(run("doctor", "--json").stdout)["findings"]
    states = {one["name"]: one["state"] for one in found}
    assert (states["store"], states["soundness"], states["backup"]) == ("ok", "ok", "ok")
    assert run("export-all", str(tmp_path / "open"), "--backup", "latest").exit_code == 0
    with site.workspace.store.reading() as connection:
        told = connection.exec_driver_sql("SELECT count(*) FROM audit WHERE action = 'export_all'").scalar_one()
    assert told == 1
    assert run("maintain", "compact").exit_code == 3
