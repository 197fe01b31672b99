"""Accounts as those may see them who administer their regions, and one's own."""

from datetime import datetime, timedelta

from ecodash.domain.access import Right
from ecodash.domain.accounts import Account, may_see
from ecodash.errors import LinkUnknown
from ecodash.i18n import gettext as _
from ecodash.permits import Reach, needs
from ecodash.permits.accounts import of_account
from ecodash.store import records
from ecodash.store.records import SessionRecord
from ecodash.workspace import Workspace


@needs(Right.ADMINISTER, Reach.SOMEWHERE)
def list_accounts(workspace: Workspace) -> list[Account]:
    """Accounts with a role in a region the asker administers, and the asker's own, by login. Those with no role at all are
    seen by who administers the whole."""
    with workspace.store.reading() as connection:
        return [one for one in records.list_accounts(connection) if may_see(workspace.actor, one)]


@needs(Right.ADMINISTER, Reach.SOMEWHERE)
def get_account(workspace: Workspace, number: int) -> Account:
    """An account the asker may see.

    Raises:
        LinkUnknown: there is none, or it is none of the asker's business.
    """
    with workspace.store.reading() as connection:
        found = records.find_account(connection, number=number)
    if found is None or not may_see(workspace.actor, found):
        raise LinkUnknown(_("没有这个账号。"), _("请刷新用户列表。"))
    return found


@needs(Right.ADMINISTER, of_account)
def account_sessions(workspace: Workspace, number: int, now: datetime | None = None) -> list[SessionRecord]:
    """Sessions of an account, newest first: those that hold at a time, or all that are kept. One's own: own_sessions."""
    return _sessions(workspace, number, now)


@needs(None, Reach.SIGNED_IN)
def own_account(workspace: Workspace) -> Account | None:
    """The asker's account; None for whoever works on the machine itself."""
    with workspace.store.reading() as connection:
        return records.find_account(connection, number=workspace.actor.account)


@needs(None, Reach.SIGNED_IN)
def own_sessions(workspace: Workspace, now: datetime | None = None) -> list[SessionRecord]:
    """The asker's sessions, newest first: those that hold at a time, or all that are kept; none for whoever works on the machine itself."""
    return _sessions(workspace, workspace.actor.account, now)


@needs(None, Reach.GIVEN)
def has_accounts(workspace: Workspace) -> bool:
    """Whether there is any account, disabled or not."""
    with workspace.store.reading() as connection:
        return records.has_accounts(connection)


def _sessions(workspace: Workspace, number: int, now: datetime | None) -> list[SessionRecord]:
    idle = timedelta(minutes=workspace.settings.idle_minutes)
    with workspace.store.reading() as connection:
        kept = records.list_sessions(connection, number)
    return [one for one in kept if now is None or one.holds(now, idle)]
