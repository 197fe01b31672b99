"""Which account a browser's opaque id stands for at this moment: asked at every request and every click."""

import logging
import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from ecodash.domain.access import Actor
from ecodash.domain.accounts import is_password_old
from ecodash.errors import StoreTrouble
from ecodash.link_key import hash_token
from ecodash.store import records
from ecodash.store.records import SessionRecord
from ecodash.workspace import Workspace

SESSION_COOKIE = "ecodash_session"
LONGEST_TOKEN = 128
TOUCHED_EVERY = timedelta(minutes=1)
"""So often the time a session was last used is written, at most."""
_MOST_KEPT = 2_000
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody's session, as it holds now.

    Args:
        actor: the account with its roles as they are now.
        must_change: the password is to be changed before anything else.
        token_hash: of the session.
        method: how it was opened: password, totp, oidc or setup.
    """

    actor: Actor
    must_change: bool
    token_hash: str
    method: str


class _Kept:
    """Sessions read before, valid while this process wrote nothing: one process owns a DuckDB store."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: OrderedDict[tuple[str, str], tuple[int, SessionRecord]] = OrderedDict()

    def find(self, workspace: Workspace, token_hash: str) -> SessionRecord | None:
        store, key = workspace.store, (workspace.settings.database_url, token_hash)
        writes = store.writes
        with self._lock:
            kept = self._found.get(key)
        if kept is not None and kept[0] == writes and workspace.settings.is_embedded:
            return kept[1]
        with store.reading() as connection:
            found = records.find_session(connection, token_hash)
        with self._lock:
            if found is None:
                self._found.pop(key, None)
            else:
                self._found[key] = writes, found
                self._found.move_to_end(key)
            while len(self._found) > _MOST_KEPT:
                self._found.popitem(last=False)
        return found

    def forget(self, workspace: Workspace, token_hash: str) -> None:
        """Read a session anew when it is asked for next."""
        with self._lock:
            self._found.pop((workspace.settings.database_url, token_hash), None)


_kept = _Kept()


def find(
    workspace: Workspace, token: str, *, now: datetime, address: str = "", touches: bool = True
) -> SignedIn | None:
    """Whose session a token is; None where it is none, has ended, was idle too long, or its account is disabled.

    Args:
        token: the cookie's value, as the browser sent it.
        address: where the request came from, for the audit of what is done.
        touches: whether this counts as use; a page that refreshes itself does not keep a session alive.
    """
    if not token or len(token) > LONGEST_TOKEN:
        return None
    found = _kept.find(workspace, hash_token(token))
    if found is None or not holds(workspace, found, now):
        return None
    if touches and now - found.seen_at >= TOUCHED_EVERY:
        _touch(workspace, found, now)
    actor = Actor(found.name, "page", found.grants, found.account, found.login, address or found.address)
    return SignedIn(actor, _must_change(workspace, found, now), found.token_hash, found.method)


def _touch(workspace: Workspace, session: SessionRecord, now: datetime) -> None:
    """Write that a session was used. Nobody's click waits for a large import or fails for a full disk: the next one writes
    it."""
    try:
        # Not counted: else each of two hundred readers would have everybody's session read anew once a minute.
        with workspace.store.writing_if_free(counts=False) as connection:
            if connection is not None:
                records.touch_session(connection, session.token_hash, now)
        _kept.forget(workspace, session.token_hash)
    except StoreTrouble as trouble:
        _log.warning("the time a session was used could not be written: %s", trouble)


def holds(workspace: Workspace, session: SessionRecord, now: datetime) -> bool:
    """Whether a session still opens anything."""
    return session.holds(now, timedelta(minutes=workspace.settings.idle_minutes))


def _must_change(workspace: Workspace, session: SessionRecord, now: datetime) -> bool:
    if session.method == "oidc":
        # Whoever comes by the county's own sign-in may never have had a password here.
        return False
    return session.must_change or is_password_old(session.password_at, now, workspace.settings.password_days)
