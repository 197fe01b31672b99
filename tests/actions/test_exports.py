"""What is taken away is told by the audit, whatever the store is doing, and nobody waits for it."""

import json
import threading
from collections.abc import Sequence
from typing import Any

import pytest

from ecodash import actions, queries
from ecodash.actions import ExportLog, Taken, exports
from ecodash.domain.access import Actor
from ecodash.domain.audit import Export, ExportKind
from ecodash.workspace import Workspace
from tests.builders import ACTOR, NOON

READER = Actor("张三", "page", account=3, address="10.1.2.3")
TABLE = Export(ExportKind.TABLE, "排名.csv", 500230000000, rows=30, size=1200, sha256="a" * 64)


def told(workspace: Workspace) -> list[dict[str, object]]:
    lines = queries.list_audit(workspace)
    return [json.loads(detail) for detail in lines[lines["action"] == "export"]["detail"]]


def test_a_line_says_what_who_and_where_from(workspace: Workspace) -> None:
    actions.log_exports(workspace, [Taken(TABLE, READER, NOON)])
    line = queries.list_audit(workspace, 1).iloc[0]
    assert (line["actor"], line["account"], line["address"], line["channel"]) == ("张三", 3, "10.1.2.3", "page")
    assert (line["region"], line["at"]) == (500230000000, NOON)
    assert told(workspace) == [{"what": "table", "file": "排名.csv", "rows": 30, "size": 1200, "sha256": "a" * 64}]


def test_taking_away_does_not_wait_for_a_busy_store(workspace: Workspace) -> None:
    log = ExportLog()
    with workspace.store.writing():
        # Whoever waited for the commit lock here would wait for ever.
        log.note(workspace, TABLE, actor=READER, now=NOON)
    log.close()
    assert len(told(workspace)) == 1


def test_the_thread_writes_without_being_asked(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    log, done, write = ExportLog(), threading.Event(), exports.log_exports

    def seen(opened: Workspace, taken: Sequence[Taken], *lost: Any) -> None:
        write(opened, taken, *lost)
        done.set()

    monkeypatch.setattr(exports, "log_exports", seen)
    log.note(workspace, TABLE, actor=READER, now=NOON)
    assert done.wait(60)
    log.close()
    log.note(workspace, TABLE, actor=READER, now=NOON)
    log.close()
    assert len(told(workspace)) == 2


def test_what_the_store_does_not_take_is_tried_again(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    log, write, fails = ExportLog(retry_seconds=0.01), exports.log_exports, [True, True]
    done = threading.Event()

    def fail(opened: Workspace, taken: Sequence[Taken], *lost: Any) -> None:
        if fails:
            fails.pop()
            raise OSError("disk")
        write(opened, taken, *lost)
        done.set()

    monkeypatch.setattr(exports, "log_exports", fail)
    log.note(workspace, TABLE, actor=READER, now=NOON)
    assert done.wait(60)
    log.close()
    assert len(told(workspace)) == 1


def test_lines_beyond_what_can_wait_are_counted(workspace: Workspace) -> None:
    log = ExportLog(most_waiting=2)
    with workspace.store.writing():
        for _time in range(5):
            log.note(workspace, TABLE, actor=READER, now=NOON)
    log.close()
    lines = queries.list_audit(workspace)
    lost = lines[lines["action"] == "exports_lost"]["detail"]
    assert len(told(workspace)) + sum(json.loads(one)["count"] for one in lost) == 5
    assert len(lost) >= 1


def test_only_the_software_writes_what_was_taken(workspace: Workspace) -> None:
    with pytest.raises(Exception, match="没有登录"):
        actions.log_exports(workspace.acting(READER), [Taken(TABLE, ACTOR, NOON)])
