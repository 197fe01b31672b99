"""Backups: made while the store is in use, checked, deleted, and put back."""

import hashlib
import json
import threading
from collections import namedtuple
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from ecodash import actions, queries
from ecodash.domain.access import Actor, Grant, Role
from ecodash.domain.backups import Backup, backup_name, is_backup_name
from ecodash.domain.regions import COUNTRY_KEY
from ecodash.errors import NotPermitted, StoreHeld, TransitionRefused, UserError
from ecodash.link_key import hash_token
from ecodash.store import backup as store_backup
from ecodash.store import check, records
from ecodash.workspace import Workspace, open_workspace
from tests.actions.conftest import CLERK, COUNTY, FENGLAI, NOW, rows, send
from tests.databases import held_by_another

LATER = NOW + timedelta(hours=1)

pytestmark = pytest.mark.duckdb_only


def report(workspace: Workspace, tonnes: int) -> None:
    send(workspace, rows(f"{FENGLAI},凤来社区,{tonnes},"), reason="已核实")


def make(workspace: Workspace) -> Backup:
    return actions.make_backup(workspace, actor=CLERK, now=NOW)


def tonnes_in(database: Path) -> list[int]:
    """What the journal of a database file says was cleared, read by DuckDB alone."""
    with duckdb.connect(str(database), read_only=True) as opened:
        rows = opened.execute(
            "SELECT sum(o.value * o.sign) FROM observation o JOIN indicator i ON i.number = o.indicator "
            "WHERE i.code = 'garbage_cleared' GROUP BY o.region HAVING sum(o.sign) > 0"
        ).fetchall()
    return [int(row[0]) for row in rows]


def actions_in_audit(workspace: Workspace) -> list[str]:
    with workspace.store.reading() as connection:
        return list(connection.exec_driver_sql("SELECT action FROM audit ORDER BY number DESC").scalars())


def test_a_backup_is_the_store_of_its_moment(workspace: Workspace) -> None:
    report(workspace, 3)
    key = workspace.link_key
    made = make(workspace)
    report(workspace, 5)
    folder = workspace.settings.backups_dir / made.name
    assert made.name == "20261103-120000"  # four in the morning UTC is noon in Beijing
    assert tonnes_in(folder / "ecodash.duckdb") == [3]
    assert (folder / "link.key").read_bytes() == key
    assert made.watermark == 1
    assert made.tables["batch"] == 1
    assert made.tables["region"] == len(workspace.tree)
    assert actions_in_audit(workspace).count("make_backup") == 1
    with duckdb.connect(str(folder / "ecodash.duckdb"), read_only=True) as copy:
        # The copy was made before the line that tells of it.
        assert copy.execute("SELECT count(*) FROM audit WHERE action = 'make_backup'").fetchone() == (0,)


def test_its_files_are_as_recorded_and_only_for_this_user(workspace: Workspace) -> None:
    made = make(workspace)
    folder = workspace.settings.backups_dir / made.name
    for one in made.files:
        content = (folder / one.name).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (one.size, one.sha256)
        assert (folder / one.name).stat().st_mode & 0o077 == 0
    assert workspace.settings.backups_dir.stat().st_mode & 0o077 == 0


def test_commits_go_on_while_it_is_made(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    report(workspace, 3)
    sums = store_backup.table_sums

    def commit_meanwhile(connection: object) -> object:
        # Between the copy and the sums it is compared with, within its transaction.
        if workspace.store.engine is getattr(connection, "engine", None):
            thread = threading.Thread(target=report, args=(workspace, 8))
            thread.start()
            thread.join()
        return sums(connection)  # type: ignore[arg-type]

    monkeypatch.setattr(store_backup, "table_sums", commit_meanwhile)
    made = make(workspace)
    assert made.watermark == 1
    assert tonnes_in(workspace.settings.backups_dir / made.name / "ecodash.duckdb") == [3]
    assert queries.newest_watermark(workspace) == 2


def test_a_copy_that_differs_is_thrown_away(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    report(workspace, 3)
    copy = store_backup.copy_store

    def falsify(store: object, target: Path) -> object:
        sums = copy(store, target)  # type: ignore[arg-type]
        with duckdb.connect(str(target)) as opened:
            opened.execute("UPDATE account SET name = name; UPDATE batch SET note = 'x'")
        return sums

    monkeypatch.setattr(store_backup, "copy_store", falsify)
    with pytest.raises(UserError, match="不一致（batch）"):
        make(workspace)
    assert list(workspace.settings.backups_dir.iterdir()) == []
    assert "make_backup" not in actions_in_audit(workspace)


def test_a_full_disk_is_told_before_anything_is_written(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(store_backup.shutil, "disk_usage", lambda folder: usage(10**9, 10**9, 10**6))
    with pytest.raises(UserError, match="磁盘空间不够"):
        make(workspace)
    assert list(workspace.settings.backups_dir.iterdir()) == []


def test_a_sound_backup_is_found_so(workspace: Workspace) -> None:
    report(workspace, 3)
    made = make(workspace)
    report(workspace, 5)
    found = actions.check_backup(workspace, made.name, actor=CLERK, now=LATER)
    assert (found.problems, found.agrees) == ((), True)
    assert queries.get_backup(workspace, made.name).checked_at == LATER
    assert actions_in_audit(workspace)[0] == "check_backup"


def test_an_altered_file_is_found(workspace: Workspace) -> None:
    assert workspace.link_key
    made = make(workspace)
    for name in ("ecodash.duckdb", "link.key"):
        file = workspace.settings.backups_dir / made.name / name
        kept = file.read_bytes()
        altered = bytearray(kept)
        altered[len(kept) // 2] ^= 1
        file.write_bytes(altered)
        found = actions.check_backup(workspace, made.name, actor=CLERK, now=LATER)
        assert found.problems == (f"备份文件 {name} 的内容与制作时的校验值不符，已被改动或损坏。",)
        assert "校验值不符" in queries.list_backups(workspace)[0].fault
        file.unlink()
        found = actions.check_backup(workspace, made.name, actor=CLERK, now=LATER)
        assert found.problems == (f"备份缺少文件 {name}。",)
        file.write_bytes(kept)


def test_history_altered_since_does_not_agree(workspace: Workspace) -> None:
    report(workspace, 3)
    made = make(workspace)
    with workspace.store.writing() as connection:
        connection.exec_driver_sql("UPDATE observation SET value = 4 WHERE value = 3")
    found = actions.check_backup(workspace, made.name, actor=CLERK, now=LATER)
    assert found.agrees is False
    assert "不一致" in found.problems[0]


def test_the_newest_comes_first_and_halves_are_passed_over(workspace: Workspace) -> None:
    first = make(workspace)
    second = make(workspace)
    third = actions.make_backup(workspace, actor=CLERK, now=LATER)
    folder = workspace.settings.backups_dir
    (folder / ".20261103-190000.part").mkdir()
    (folder / "20261103-190000").mkdir()
    (folder / "20261103-190001").mkdir()
    (folder / "20261103-190001" / "backup.json").write_text(json.dumps(first.to_record()), encoding="utf-8")
    assert second.name == "20261103-120000-2"
    assert [one.name for one in queries.list_backups(workspace)] == [third.name, second.name, first.name]
    assert queries.list_backups(workspace)[2] == first


def test_the_last_good_backup_is_kept(workspace: Workspace) -> None:
    first = make(workspace)
    with pytest.raises(TransitionRefused, match="最后一份"):
        actions.delete_backup(workspace, first.name, actor=CLERK, now=LATER)
    second = make(workspace)
    actions.delete_backup(workspace, first.name, actor=CLERK, now=LATER)
    assert [one.name for one in queries.list_backups(workspace)] == [second.name]
    assert sorted(one.name for one in workspace.settings.backups_dir.iterdir()) == [second.name]


def test_a_name_is_never_a_path(workspace: Workspace) -> None:
    make(workspace)
    for name in ("", "..", "../home", "20261103-120000/..", "/etc", "20261103-120000\n"):
        for ask in (actions.delete_backup, actions.check_backup):
            with pytest.raises(UserError, match="没有名为"):
                ask(workspace, name, actor=CLERK, now=NOW)
        with pytest.raises(UserError, match="没有名为"):
            actions.restore_backup(workspace.settings, name, actor=CLERK, now=NOW)


def test_only_an_administrator_of_the_whole_makes_deletes_or_sees_them(workspace: Workspace) -> None:
    made = make(workspace)
    for grant in (Grant(Role.ADMINISTRATOR, COUNTY), Grant(Role.REVIEWER, COUNTRY_KEY)):
        actor = Actor("甲", "page", (grant,), 7, "jia")
        page = workspace.acting(actor)
        with pytest.raises(NotPermitted):
            queries.list_backups(page)
        with pytest.raises(NotPermitted):
            actions.make_backup(page, actor=actor, now=NOW)
        for do in (actions.delete_backup, actions.check_backup):
            with pytest.raises(NotPermitted):
                do(page, made.name, actor=actor, now=NOW)


# ── putting one back ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_restored_store_is_that_of_the_backup_and_nobody_is_signed_in(workspace: Workspace) -> None:
    settings = workspace.settings
    report(workspace, 3)
    key = workspace.link_key
    with workspace.store.writing() as connection:
        records.insert_session(
            connection, token_hash=hash_token("t"), number=1, method="password", now=NOW,
            ends_at=NOW + timedelta(days=1), address="", agent="",
        )  # fmt: skip
    made = make(workspace)
    report(workspace, 5)
    workspace.close()
    settings.link_key_file.write_bytes(b"k" * 32)

    restored = actions.restore_backup(settings, made.name, actor=CLERK, now=LATER)

    assert restored.ended == 1
    assert settings.link_key_file.read_bytes() == key
    assert tonnes_in(settings.home / "ecodash.duckdb") == [3]
    kept = sorted(one.name for one in restored.aside.iterdir())
    assert kept == ["ecodash.duckdb", "ecodash.duckdb.newest", "link.key"]
    assert tonnes_in(restored.aside / "ecodash.duckdb") == [5]
    again = open_workspace(settings)
    try:
        assert queries.newest_watermark(again) == 1
        assert actions_in_audit(again)[0] == "restore_backup"
        assert queries.verify(again).problems == []
        with again.store.reading() as connection:
            ended = connection.exec_driver_sql("SELECT count(*) FROM session WHERE ended_at IS NULL").scalar_one()
        assert ended == 0
        # The backup itself is as it was: what was written went into the copy.
        assert actions.check_backup(again, made.name, actor=CLERK, now=LATER).problems == ()
        report(again, 6)
    finally:
        again.close()


def test_a_broken_store_is_replaced_too(workspace: Workspace) -> None:
    report(workspace, 3)
    made = make(workspace)
    workspace.close()
    database = workspace.settings.home / "ecodash.duckdb"
    database.write_bytes(b"\x00" * 4096)
    actions.restore_backup(workspace.settings, made.name, actor=CLERK, now=LATER)
    assert tonnes_in(database) == [3]


def test_an_altered_backup_is_not_put_back(workspace: Workspace) -> None:
    report(workspace, 3)
    made = make(workspace)
    workspace.close()
    settings = workspace.settings
    before = (settings.home / "ecodash.duckdb").read_bytes()
    file = settings.backups_dir / made.name / "ecodash.duckdb"
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(UserError, match="校验值不符"):
        actions.restore_backup(settings, made.name, actor=CLERK, now=LATER)
    assert (settings.home / "ecodash.duckdb").read_bytes() == before
    assert [one.name for one in settings.backups_dir.iterdir()] == [made.name]


def test_a_store_in_use_is_not_replaced(workspace: Workspace) -> None:
    made = make(workspace)
    settings = workspace.settings
    with pytest.raises(StoreHeld):
        actions.restore_backup(settings, made.name, actor=CLERK, now=LATER)
    workspace.close()
    with held_by_another(settings.home), pytest.raises(StoreHeld):
        actions.restore_backup(settings, made.name, actor=CLERK, now=LATER)


# ── names ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_names_tell_the_moment_and_differ() -> None:
    taken: set[str] = set()
    for _ in range(12):
        name = backup_name(NOW, frozenset(taken))
        assert is_backup_name(name)
        taken.add(name)
    assert len(taken) == 12
    assert not is_backup_name("２0261103-120000")


def test_the_digest_is_the_same_however_many_rows_are_read_at_once(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    for tonnes in (3, 5, 6):
        report(workspace, tonnes)
    with workspace.store.reading() as connection:
        whole = [check.digest(connection, watermark) for watermark in range(4)]
        monkeypatch.setattr(check, "_AT_ONCE", 1)
        assert [check.digest(connection, watermark) for watermark in range(4)] == whole
    assert len(set(whole)) == 4
