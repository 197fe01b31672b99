"""Closed months put in order and the file written anew: the same content, or nothing is changed."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
import sqlalchemy as sa

from ecodash import actions, queries
from ecodash.domain.access import SYSTEM
from ecodash.domain.periods import Month
from ecodash.errors import StoreBroken, StoreHeld, TransitionRefused, UserError
from ecodash.store import backup as backups
from ecodash.store import compaction, reorder
from ecodash.store.digest import store_digest
from ecodash.store.engine import Connection
from ecodash.workspace import Workspace, open_workspace
from tests.actions.conftest import CLERK, COUNTY, FENGLAI, JIULONGQUAN, NOW, OCTOBER, XINGLONG, rows, send
from tests.databases import held_by_another

pytestmark = pytest.mark.duckdb_only
Rows = list[tuple[int, int, int, int]]


def fill(workspace: Workspace) -> None:
    """Villages in an order that is not theirs, one of them corrected twice."""
    for village, tonnes in ((JIULONGQUAN, 8), (FENGLAI, 3), (XINGLONG, 5), (FENGLAI, 4), (FENGLAI, 6)):
        send(workspace, rows(f"{village},,{tonnes},"), reason="已核实")


def close(workspace: Workspace, month: Month = OCTOBER, county: int = 0) -> None:
    actions.set_month_closed(workspace, month, is_closed=True, actor=CLERK, now=NOW, county=county)


def lying(workspace: Workspace) -> Rows:
    """The journal as it lies in the file."""
    with workspace.store.reading() as connection:
        found = connection.execute(sa.text("SELECT region, indicator, seq, sign FROM observation ORDER BY rowid"))
        return [tuple(row) for row in found]  # type: ignore[misc]


def digests(workspace: Workspace) -> list[str]:
    with workspace.store.reading() as connection:
        newest = queries.newest_watermark(workspace)
        return [store_digest(connection, number).total for number in range(newest + 1)]


def test_a_closed_month_lies_in_order_and_is_the_same_at_every_batch(workspace: Workspace) -> None:
    fill(workspace)
    before, lay = digests(workspace), lying(workspace)
    assert lay != sorted(lay)
    close(workspace)
    assert actions.unordered_months(workspace) == [OCTOBER]
    done = actions.reorder_month(workspace, OCTOBER, actor=CLERK, now=NOW)
    assert done is not None
    assert done.rows == len(lay)
    assert lying(workspace) == sorted(lay)
    assert digests(workspace) == before
    assert queries.verify(workspace).problems == []
    assert actions.unordered_months(workspace) == []
    assert actions.reorder_month(workspace, OCTOBER, actor=CLERK, now=NOW) is None
    with workspace.store.reading() as connection:
        told = connection.execute(sa.text("SELECT detail FROM audit WHERE action = 'reorder_month'")).scalars().all()
    assert len(told) == 1
    assert done.digest in told[0]


def test_an_open_month_is_left_alone(workspace: Workspace) -> None:
    fill(workspace)
    assert actions.unordered_months(workspace) == []
    for month in (OCTOBER, OCTOBER.plus(-1)):
        with pytest.raises(TransitionRefused, match="没有封账"):
            actions.reorder_month(workspace, month, actor=CLERK, now=NOW)
    close(workspace, county=COUNTY)
    assert actions.unordered_months(workspace) == [OCTOBER]


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE temp.reordered SET value = value + 0.0001 WHERE seq = 1",
        "DELETE FROM temp.reordered WHERE seq = 1",
        "INSERT INTO temp.reordered SELECT * FROM temp.reordered WHERE seq = 1",
    ],
)
def test_rows_that_are_not_the_same_are_taken_back(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, harm: str
) -> None:
    fill(workspace)
    close(workspace)
    before, lay, audited = digests(workspace), lying(workspace), queries.audit_length(workspace)
    execute = Connection.execute

    def harming(self: Connection, statement: object, *rest: object, **options: object) -> object:
        done = execute(self, statement, *rest, **options)  # type: ignore[call-overload]
        if "CREATE OR REPLACE TEMP TABLE reordered" in str(statement):
            execute(self, sa.text(harm))
        return done

    monkeypatch.setattr(Connection, "execute", harming)
    with pytest.raises(StoreBroken, match="已全部撤回"):
        actions.reorder_month(workspace, OCTOBER, actor=CLERK, now=NOW)
    monkeypatch.undo()
    assert (digests(workspace), lying(workspace), queries.audit_length(workspace)) == (before, lay, audited)
    # It can be done afterwards.
    assert actions.reorder_month(workspace, OCTOBER, actor=CLERK, now=NOW) is not None


def test_what_a_reader_began_to_read_stays(workspace: Workspace) -> None:
    fill(workspace)
    close(workspace)
    with workspace.store.reading() as connection:
        before = store_digest(connection, 5).total
        actions.reorder_month(workspace, OCTOBER, actor=CLERK, now=NOW)
        assert store_digest(connection, 5).total == before


# ── compaction ─────────────────────────────────────────────────────────────────────────────────────────────────────


def bloat(workspace: Workspace) -> None:
    """Room in the file that nothing uses."""
    for statement in (
        "CREATE TABLE filler AS SELECT random() AS x FROM range(600000)",
        "CHECKPOINT",
        "DROP TABLE filler",
    ):
        with workspace.store.engine.connect() as connection:
            connection.exec_driver_sql(statement)
            connection.commit()


def files_of(home: Path) -> set[str]:
    return {one.name for one in home.iterdir() if one.name.startswith("ecodash.duckdb")} - {"ecodash.duckdb.newest"}


def whole(workspace: Workspace) -> dict[str, str]:
    with workspace.store.reading() as connection:
        return store_digest(connection).tables


def test_the_file_shrinks_and_its_content_is_the_same(workspace: Workspace) -> None:
    fill(workspace)
    bloat(workspace)
    settings, before = workspace.settings, whole(workspace)
    workspace.close()
    size = (settings.home / "ecodash.duckdb").stat().st_size
    done = actions.compact_store(settings, actor=SYSTEM, now=NOW)
    assert done.before == size
    assert (settings.home / "ecodash.duckdb").stat().st_size == done.after < size - 4_000_000
    assert files_of(settings.home) == {"ecodash.duckdb"}
    assert (settings.home / "ecodash.duckdb").stat().st_mode & 0o077 == 0
    again = open_workspace(settings)
    try:
        after = whole(again)
        assert {name for name in before if before[name] != after[name]} == {"audit", "counter"}
        assert queries.verify(again).problems == []
        send(again, rows(f"{XINGLONG},,7,"), reason="已核实")
    finally:
        again.close()


def test_where_nothing_is_to_be_gained_the_file_stays(workspace: Workspace) -> None:
    settings = workspace.settings
    workspace.close()
    actions.compact_store(settings, actor=SYSTEM, now=NOW)
    kept = (settings.home / "ecodash.duckdb").read_bytes()
    done = actions.compact_store(settings, actor=SYSTEM, now=NOW)
    if done.after == done.before:
        assert (settings.home / "ecodash.duckdb").read_bytes() == kept
    assert files_of(settings.home) == {"ecodash.duckdb"}


def differing(store: object, target: Path) -> backups.Sums:
    sums = COPY(store, target)  # type: ignore[arg-type]
    with duckdb.connect(str(target)) as opened:
        opened.execute("UPDATE batch SET note = 'x'")
    return sums


def stopping(fresh: Path, database: Path) -> Path:
    raise OSError(28, "No space left on device")


COPY = backups.copy_store


@pytest.mark.parametrize(
    ("where", "name", "instead"),
    [(backups, "copy_store", differing), (compaction, "put_in_place", stopping)],
    ids=["it differs", "it cannot be put in place"],
)
def test_a_new_file_that_does_not_come_to_be_leaves_the_old_one(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, where: object, name: str, instead: Callable[..., object]
) -> None:
    fill(workspace)
    bloat(workspace)
    settings = workspace.settings
    workspace.close()
    kept = (settings.home / "ecodash.duckdb").read_bytes()
    monkeypatch.setattr(where, name, instead)
    with pytest.raises((UserError, OSError)):
        actions.compact_store(settings, actor=SYSTEM, now=NOW)
    assert (settings.home / "ecodash.duckdb").read_bytes() == kept
    assert files_of(settings.home) == {"ecodash.duckdb"}


def test_a_new_file_that_is_not_sound_in_place_gives_way_to_the_old_one(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(workspace)
    bloat(workspace)
    settings = workspace.settings
    workspace.close()
    kept = (settings.home / "ecodash.duckdb").read_bytes()
    monkeypatch.setattr(compaction, "is_sound", lambda *_: False)
    with pytest.raises(UserError, match="已换回"):
        actions.compact_store(settings, actor=SYSTEM, now=NOW)
    assert (settings.home / "ecodash.duckdb").read_bytes() == kept


def test_a_store_in_use_is_not_written_anew(workspace: Workspace) -> None:
    settings = workspace.settings
    with pytest.raises(StoreHeld):
        actions.compact_store(settings, actor=SYSTEM, now=NOW)
    workspace.close()
    with held_by_another(settings.home) as pid:
        with pytest.raises(StoreHeld) as refused:
            actions.compact_store(settings, actor=SYSTEM, now=NOW)
        assert refused.value.pid == pid


def test_nobody_opens_the_old_file_while_the_new_one_takes_its_place(workspace: Workspace) -> None:
    database = workspace.settings.home / "ecodash.duckdb"
    workspace.close()
    opening = f"import duckdb\ntry:\n duckdb.connect({str(database)!r})\n print('opened')\nexcept duckdb.IOException:\n print('no')"
    with compaction._kept_closed(database):
        told = subprocess.run([sys.executable, "-c", opening], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "no"


def test_the_order_of_a_month_is_seen(workspace: Workspace) -> None:
    fill(workspace)
    with workspace.store.writing() as connection:
        assert not reorder.is_in_order(connection, OCTOBER.key)
        assert reorder.is_in_order(connection, 209001)
