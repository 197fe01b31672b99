"""What the running app does by itself at its hour, by a clock that is moved by hand."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from ecodash import actions, queries
from ecodash.actions import Nightly
from ecodash.actions import backups as action_backups
from ecodash.errors import UserError
from ecodash.store import backup as store_backup
from ecodash.workspace import Workspace, open_workspace
from tests.actions.conftest import CLERK, NOW
from tests.actions.test_maintenance import close, fill

pytestmark = pytest.mark.duckdb_only
HOUR = timedelta(hours=1)
NIGHT = NOW.replace(hour=18, minute=30)
"""02:30 of the next day in Beijing."""


class Clock:
    """Shows what it is set to."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def own(workspace: Workspace) -> Iterator[Workspace]:
    """The store with automatic backups switched on."""
    workspace.close()
    opened = open_workspace(replace(workspace.settings, backup_at="02:30", backup_keep=(2, 1, 0)))
    yield opened
    opened.close()


def nightly(workspace: Workspace, clock: Clock) -> Nightly:
    return Nightly(workspace.settings, lambda: workspace, clock)


def names(workspace: Workspace) -> list[str]:
    return [one.name for one in queries.list_backups(workspace)]


def told(workspace: Workspace, action: str) -> list[str]:
    with workspace.store.reading() as connection:
        statement = sa.text("SELECT detail FROM audit WHERE action = :action ORDER BY number")
        return list(connection.execute(statement, {"action": action}).scalars())


def test_each_night_one_is_made_and_the_rest_goes_by_rotation(own: Workspace) -> None:
    by_hand = actions.make_backup(own, actor=CLERK, now=NOW - timedelta(days=40))
    clock = Clock(NOW)
    job = nightly(own, clock)
    clock.now = NOW + HOUR
    assert job.look()  # Missed last night: made soon after the start.
    assert not job.look()
    for day in range(3):
        clock.now = NIGHT + timedelta(days=day, seconds=5)
        assert job.look()
        assert not job.look()
        clock.now += 3 * HOUR
        assert not job.look()
    # Two days, and of the week of the newest its newest; the one made by hand stays.
    assert names(own) == ["20261106-023005", "20261105-023005", by_hand.name]
    state = queries.backup_state(own.settings, clock.now)
    assert (state.is_verified, state.is_overdue, state.fault) == (True, False, "")
    assert state.age == 3 * HOUR
    assert state.next_at == NIGHT + timedelta(days=3)
    assert all(one.is_automatic for one in queries.list_backups(own)[:2])
    assert len(told(own, "make_backup")) == 5
    assert len(told(own, "delete_backup")) == 2


def test_soon_after_the_start_and_not_at_once(own: Workspace) -> None:
    clock = Clock(NOW)
    job = nightly(own, clock)
    clock.now = NOW + timedelta(minutes=4)
    assert not job.look()
    clock.now = NOW + timedelta(minutes=5)
    assert job.look()


def test_a_failure_is_said_kept_and_tried_again(own: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(NOW)
    job = nightly(own, clock)
    clock.now = NOW + HOUR

    def full(folder: Path, database: Path) -> None:
        raise UserError("磁盘空间不够。", "请清理磁盘。")

    monkeypatch.setattr(store_backup, "require_room", full)
    assert job.look()
    assert names(own) == []
    state = queries.backup_state(own.settings, clock.now)
    assert (state.fault, state.is_verified, state.is_overdue) == ("磁盘空间不够。请清理磁盘。", False, True)
    assert len(told(own, "fail_backup")) == 1
    assert not job.look()
    monkeypatch.undo()
    clock.now += HOUR
    assert job.look()
    assert queries.backup_state(own.settings, clock.now).fault == ""
    assert len(names(own)) == 1


def test_a_bug_is_kept_too_and_surfaces(own: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(NOW)
    job = nightly(own, clock)
    clock.now = NOW + HOUR
    monkeypatch.setattr(store_backup, "copy_store", lambda *_: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        job.look()
    assert "ZeroDivisionError" in queries.backup_state(own.settings, clock.now).fault


def test_while_somebody_makes_one_it_waits(own: Workspace) -> None:
    clock = Clock(NOW)
    job = nightly(own, clock)
    clock.now = NOW + HOUR
    with action_backups._alone():
        assert not job.look()
    assert queries.backup_state(own.settings, clock.now).last_attempt is None
    assert job.look()


def test_closed_months_are_put_in_order_after_it(own: Workspace) -> None:
    fill(own)
    close(own)
    clock = Clock(NOW)
    job = nightly(own, clock)
    clock.now = NOW + HOUR
    assert actions.unordered_months(own)
    assert job.look()
    assert actions.unordered_months(own) == []


def test_the_thread_begins_and_ends(own: Workspace) -> None:
    job = nightly(own, Clock(NOW))
    job.start()
    assert "nightly" in [one.name for one in threading.enumerate()]
    job.stop()
    assert "nightly" not in [one.name for one in threading.enumerate()]
    off = Nightly(replace(own.settings, backup_at=""), lambda: own, Clock(NOW))
    off.start()
    assert "nightly" not in [one.name for one in threading.enumerate()]
    off.stop()
    assert not off.look()
