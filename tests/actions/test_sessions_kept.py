"""Sessions are kept between clicks: one that is used has no other read anew, and one that ended is noticed at once."""

from datetime import timedelta
from unittest.mock import patch

from ecodash import actions, queries, sessions
from ecodash.domain.access import SYSTEM, Grant, Role
from ecodash.store import records
from ecodash.workspace import Workspace
from tests.people import COUNTY, NOW, WHOLE_ADMINISTRATOR, cheap_hashing, enrol


def test_the_use_of_one_session_has_no_other_read_anew(workspace: Workspace) -> None:
    with cheap_hashing():
        enrol(workspace, "admin", WHOLE_ADMINISTRATOR)
        one, mine = enrol(workspace, "one", Grant(Role.VIEWER, COUNTY))
        _, other = enrol(workspace, "other", Grant(Role.VIEWER, COUNTY))
    for token in (mine, other):
        assert sessions.find(workspace, token, now=NOW) is not None
    writes = workspace.store.writes
    with patch.object(records, "find_session", wraps=records.find_session) as read:
        for minute in range(1, 4):
            later = NOW + timedelta(minutes=minute)
            assert sessions.find(workspace, mine, now=later) is not None
            assert sessions.find(workspace, other, now=later, touches=False) is not None
    embedded = workspace.settings.is_embedded
    tokens = [call.args[1] for call in read.call_args_list]
    assert workspace.store.writes == writes
    assert (sessions.hash_token(other) not in tokens) is embedded
    with workspace.store.reading() as connection:
        found = records.find_session(connection, sessions.hash_token(mine))
    assert found is not None
    assert found.seen_at == NOW + timedelta(minutes=3)

    actions.set_disabled(workspace, one, True, reason="调离", actor=SYSTEM, now=NOW + timedelta(minutes=3))
    assert sessions.find(workspace, mine, now=NOW + timedelta(minutes=3)) is None


def test_how_far_the_store_has_come_is_read_anew_after_each_write(workspace: Workspace) -> None:
    seen = workspace.acting(SYSTEM)
    before = queries.store_state(seen)
    with patch.object(records, "store_state", wraps=records.store_state) as read:
        assert queries.store_state(seen) == before
    assert (read.call_count == 0) is workspace.settings.is_embedded
    with cheap_hashing():
        enrol(workspace, "admin", WHOLE_ADMINISTRATOR)
    assert queries.store_state(seen) != before
