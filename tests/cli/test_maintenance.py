"""maintain reorder and compact, digest, doctor, restore, export-all."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner

from ecodash.cli import app
from ecodash.settings import load_settings
from ecodash.web.handle import write_handle
from tests.cli.conftest import Run

HOLD = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print(1, flush=True); input()"


@pytest.fixture(scope="session")
def reported_home(nanan_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Not to be written to."""
    folder = tmp_path_factory.mktemp("reported")
    home = Path(shutil.copytree(nanan_home, folder / "home"))
    runner = CliRunner(env={"ECODASH_HOME": str(home)})
    for number, (town, tonnes) in enumerate((("350583102", 8), ("350583101", 3), ("350583001", 5))):
        file = folder / f"{number}.csv"
        file.write_text(f"区划代码,清理生活垃圾（吨）\n{town},{tonnes}\n", encoding="utf-8")
        done = runner.invoke(app, ["import", str(file), "--month", "2025-12", "--reason", "=已核对"])
        assert done.exit_code == 0, done.output
    assert runner.invoke(app, ["months", "close", "2025-12"]).exit_code == 0
    return home


@pytest.fixture
def reported(reported_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run) -> Path:
    """南安市 with three towns' reports of a closed month, in an order that is not theirs; commands work on it."""
    home = Path(shutil.copytree(reported_home, tmp_path / "nanan"))
    monkeypatch.setenv("ECODASH_HOME", str(home))
    return home


def found(run: Run, *words: str) -> tuple[int, dict[str, dict[str, Any]]]:
    answer = run("doctor", "--json", *words)
    return answer.code, {one["name"]: one for one in answer.values["findings"]}


# ── order, room, digest ────────────────────────────────────────────────────────────────────────────────────────────


def test_closed_months_are_put_in_order_and_the_digest_stays(run: Run, reported: Path) -> None:
    before = run("digest", "--watermark", 3, "--json").values
    assert (before["is_whole"], before["tables"]["observation"]["rows"]) == (False, 3)
    assert run("maintain", "reorder").code == run("maintain", "reorder", "--month", "2025-12", "--all-closed").code == 2
    assert found(run, "--full")[1]["order"]["state"] == "warn"
    done = run("maintain", "reorder", "--all-closed", "--json")
    assert [(one["month"], one["rows"]) for one in done.values["months"]] == [("2025-12", 3)]
    assert run("digest", "--watermark", 3, "--json").values == before
    assert "没有需要整理" in run("maintain", "reorder", "--all-closed").out
    assert "原来就按地区排列" in run("maintain", "reorder", "--month", "2025-12").err
    assert found(run, "--full")[1]["order"]["state"] == "ok"
    assert run("maintain", "reorder", "--month", "2025-11").code == 1
    assert run("digest", "--watermark", 9).code == 1
    assert before["sha256"] in run("digest", "--watermark", 3).out


def test_the_file_is_written_anew(run: Run, reported: Path) -> None:
    before = run("digest", "--json").values["tables"]
    done = run("maintain", "compact", "--json")
    assert done.code == 0
    assert done.values["after"] <= done.values["before"]
    after = run("digest", "--json").values["tables"]
    assert {name for name in before if before[name] != after[name]} <= {"audit", "counter"}
    assert run("maintain", "compact", home=reported.parent / "nothing").code == 1


def test_everything_is_given_away_from_a_backup_too(run: Run, reported: Path, tmp_path: Path) -> None:
    assert run("export-all", tmp_path / "a", "--backup", "latest").code == 1
    assert run("backup", "make").code == 0
    apart = run("export-all", tmp_path / "a", "--backup", "latest", "--format", "csv", "--json").values
    direct = run("export-all", tmp_path / "b", "--format", "csv", "--json").values
    assert (apart["digest"], apart["rows"]) == (direct["digest"], direct["rows"])
    assert apart["rows"]["observations"] == 3
    assert run("export-all", tmp_path / "b").code == 1


# ── putting back ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_would_be_lost_is_said_before_anything_is(run: Run, reported: Path, tmp_path: Path) -> None:
    name = run("backup", "make", "--json").values["name"]
    asked = run("restore")
    assert (asked.code, "没有任何变动" in asked.err, f"restore {name} --yes" in asked.err) == (2, True, True)
    (tmp_path / "later.csv").write_text("区划代码,清理生活垃圾（吨）\n350583103,4\n", encoding="utf-8")
    assert run("import", tmp_path / "later.csv", "--month", "2026-01", "--reason", "=已核对").code == 0
    assert "之后有 1 批数据、1 条操作记录" in run("restore", name).err
    done = run("restore", name, "--yes", "--json").values
    assert (done["watermark"], done["lost_batches"]) == (3, 1)
    assert run("digest", "--json").values["tables"]["observation"]["rows"] == 3


def test_a_damaged_store_is_told_and_replaced(run: Run, reported: Path) -> None:
    assert run("backup", "make").code == 0
    database = reported / "ecodash.duckdb"
    with database.open("r+b") as stream:
        stream.seek(0)
        stream.write(b"\xff" * 8192)
    code, said = found(run)
    assert (code, said["store"]["state"]) == (2, "bad")
    assert "恢复" in said["store"]["remedy"]
    assert said["backup"]["state"] == "ok"
    assert "没有与它比对" in run("backup", "verify").out
    assert "读不出" in run("restore").err
    assert run("restore", "--yes").code == 0
    assert found(run)[1]["store"]["state"] == "ok"


# ── doctor ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_sound_installation_has_nothing_bad(run: Run, reported: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ECODASH_PUBLIC_URL", "https://ecodash.example.cn")
    monkeypatch.delenv("ECODASH_OPEN")
    assert run("maintain", "reorder", "--all-closed").code == run("backup", "make").code == 0
    before = (reported / "ecodash.duckdb").read_bytes()
    code, said = found(run)
    assert {one["name"]: one for one in said.values() if one["state"] != "ok"} == {}
    assert code == 0
    assert (reported / "ecodash.duckdb").read_bytes() == before, "it only looks"
    assert "全部正常" in run("doctor", "--full").out


def test_each_thing_that_is_wrong_is_found(run: Run, reported: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ECODASH_PUBLIK_URL", "x")
    monkeypatch.setenv("ECODASH_TRUSTED_PROXIES", "10.0.0.0/8,proxy")
    monkeypatch.setenv("ECODASH_FONT_DIRS", str(reported / "none"))
    (reported / "sample.loading").touch()
    (reported / "ecodash.duckdb.compacting").touch()
    with duckdb.connect(str(reported / "ecodash.duckdb")) as opened:
        opened.execute("UPDATE batch SET committed_at = '2099-01-01' WHERE seq = 2")
        opened.execute("UPDATE audit SET actor = '别人' WHERE number = 3")
    code, said = found(run)
    states = {name: one["state"] for name, one in said.items()}
    expected = {
        "settings": "warn", "proxies": "bad", "sample": "warn", "left_over": "warn", "clock": "bad",
        "soundness": "bad", "backup": "bad", "open": "warn",
    }  # fmt: skip
    assert (code, {name: states.get(name) for name in expected}) == (2, expected)
    assert all(one["remedy"] for one in said.values() if one["state"] != "ok")
    assert "ECODASH_PUBLIK_URL" in said["settings"]["what"]
    assert "审计日志第 3 行" in said["soundness"]["what"]


def test_a_bad_setting_is_told(run: Run, reported: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ECODASH_BACKUP_AT", "half past two")
    code, said = found(run)
    assert (code, list(said)) == (2, ["settings"])
    assert "ECODASH_BACKUP_AT" in said["settings"]["what"]


def test_an_empty_home_and_an_empty_file_are_told(run: Run, tmp_path: Path) -> None:
    code, said = found(run)
    assert (code, said["store"]["state"]) == (2, "warn")
    (tmp_path / "home").mkdir(exist_ok=True)
    (tmp_path / "home" / "ecodash.duckdb").touch()
    assert found(run)[1]["store"]["state"] == "bad"


def test_the_key_of_links_is_looked_at(run: Run, reported: Path) -> None:
    made = ("snapshot", "create", "--page", "overview", "--month", "2025-12", "--within", "350583")
    assert run(*made).code == 0
    assert found(run)[1]["link_key"]["state"] == "ok"
    key = reported / "link.key"
    key.write_bytes(b"k" * 32)
    assert "不是生成现有快照链接" in found(run)[1]["link_key"]["what"]
    key.unlink()
    assert found(run)[1]["link_key"]["state"] == "bad"
    assert not key.exists(), "it only looks"


def test_a_store_of_an_older_version_is_not_brought_up_to_date(run: Run, reported: Path) -> None:
    with duckdb.connect(str(reported / "ecodash.duckdb")) as opened:
        opened.execute("UPDATE alembic_version SET version_num = '0005'")
    assert found(run)[1]["migrations"]["state"] == "warn"
    with duckdb.connect(str(reported / "ecodash.duckdb")) as opened:
        assert opened.execute("SELECT version_num FROM alembic_version").fetchone() == ("0005",)
        opened.execute("UPDATE alembic_version SET version_num = '9999'")
    assert found(run)[1]["migrations"]["state"] == "bad"


def test_a_store_in_use_by_another_process_is_told_by_its_number(run: Run, reported: Path, tmp_path: Path) -> None:
    name = run("backup", "make", "--json").values["name"]
    shutil.copytree(reported / "backups" / name, tmp_path / "kept")
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(reported / "ecodash.duckdb")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as other:  # fmt: skip
        assert other.stdout is not None
        assert other.stdout.readline()
        code, said = found(run)
        assert (code, said["store"]["state"]) == (1, "warn")
        assert f"进程号 {other.pid}" in said["store"]["what"]
        # A backup is another file.
        verified = run("backup", "verify", name, "--json")
        assert (verified.code, verified.values["is_apart"], verified.values["problems"]) == (0, True, [])
        # An app that hangs: its handle is there, and nobody answers.
        write_handle(load_settings().handle_file, "http://127.0.0.1:9")
        code, said = found(run)
        assert (code, said["app"]["state"]) == (2, "bad")
        assert run("digest").code == run("maintain", "compact").code == run("restore", name, "--yes").code == 3
        other.communicate("\n")


def test_backups_of_a_server_are_its_administrators(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ECODASH_DATABASE_URL", "postgresql+psycopg://ecodash@127.0.0.1:9/none")
    for words in (("restore",), ("backup", "verify"), ("backup", "restore", "20261104-100000", "--yes")):
        refused = run(*words)
        assert (refused.code, "pg_dump" in refused.err) == (1, True), words
    assert "CLUSTER" in run("maintain", "compact").err
