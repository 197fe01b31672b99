"""A run asks once who sits before the screen, and anew whenever it looks again."""

from contextvars import copy_context
from pathlib import Path

import pytest

from ecodash.domain.access import operator
from ecodash.settings import load_settings
from ecodash.views import asking
from ecodash.workspace import open_workspace


def test_who_sits_there_is_asked_once_and_again_at_the_next_look(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    opened, run, people = open_workspace(load_settings({"ECODASH_HOME": str(tmp_path)})), object(), ["陈", "王", "李"]
    monkeypatch.setattr(asking, "_this_run", lambda: run)
    monkeypatch.setattr(asking, "shared_workspace", lambda settings: opened)
    monkeypatch.setattr(asking.who, "actor", lambda of: operator(people.pop(0), "page"))

    def seen() -> list[str]:
        found = []
        for _ in range(2):
            asking.look()
            found += [asking.workspace().actor.name for _ in range(2)]
        return found

    try:
        assert copy_context().run(seen) == ["陈", "陈", "王", "王"]
    finally:
        opened.close()
