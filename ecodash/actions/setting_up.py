"""The first administrator: made by whoever holds a link printed where the program was started."""

import secrets
from datetime import datetime, timedelta

from ecodash.actions.sign_in_guard import Caller, audit
from ecodash.actions.signing_in import Opened, insert_session
from ecodash.domain.access import SYSTEM, Grant, Role
from ecodash.domain.accounts import check_login, check_name
from ecodash.domain.regions import COUNTRY_KEY
from ecodash.errors import LinkUnknown
from ecodash.i18n import gettext as _
from ecodash.link_key import hash_token
from ecodash.passwords import check_password, hash_password
from ecodash.permits import Reach, needs
from ecodash.store import journal, records
from ecodash.workspace import Workspace

SETUP_HOLDS = timedelta(hours=24)
_LONGEST_TOKEN = 128


@needs(None, Reach.MACHINE)
def make_setup_link(workspace: Workspace, *, now: datetime) -> str | None:
    """A token that makes the first administrator, once, within 24 hours; links given out before open no more. None where
    there is an account."""
    token = secrets.token_urlsafe(24)
    with workspace.store.writing() as connection:
        records.lock_access(connection)
        if records.has_accounts(connection):
            return None
        records.insert_setup_link(connection, hash_token(token), now, now + SETUP_HOLDS)
        records.write_audit(
            connection,
            actor=SYSTEM,
            now=now,
            action="make_setup_link",
            detail={"expires_at": (now + SETUP_HOLDS).isoformat()},
            watermark=journal.newest_watermark(connection),
        )
    return token


@needs(None, Reach.MACHINE)
def is_setup_link(workspace: Workspace, token: str, *, now: datetime) -> bool:
    """Whether a link would still make the first administrator."""
    if not token or len(token) > _LONGEST_TOKEN:
        return False
    with workspace.store.reading() as connection:
        return not records.has_accounts(connection) and records.is_setup_link(connection, hash_token(token), now)


@needs(None, Reach.MACHINE)
def set_up(
    workspace: Workspace,
    token: str,
    login: str,
    name: str,
    password: str,
    *,
    address: str,
    agent: str,
    now: datetime,
) -> Opened:
    """Make the administrator of the whole installation and sign in as them. A link is good once, and never where there is
    an account.

    Raises:
        LinkUnknown: the link is none, was used, is too old, or there is an account.
        UserError: the login, the name or the password cannot be used; the link stays good.
    """
    if not is_setup_link(workspace, token, now=now):
        raise _unknown()
    folded, called = check_login(login), check_name(name)
    password_hash = hash_password(check_password(password, folded, called))
    caller, token_hash = Caller(address, agent).cut(), hash_token(token)
    with workspace.store.writing() as connection:
        records.lock_access(connection)
        if records.has_accounts(connection) or not records.is_setup_link(connection, token_hash, now):
            raise _unknown()
        records.use_setup_link(connection, token_hash, now)
        number = records.insert_account(
            connection,
            login=folded,
            name=called,
            unit="",
            grants=[Grant(Role.ADMINISTRATOR, COUNTRY_KEY)],
            password_hash=password_hash,
            must_change=False,
            created_by=called,
            now=now,
        )
        records.update_account(connection, number, signed_in_at=now)
        account = records.find_account(connection, number=number)
        audit(connection, "set_up", account, {}, caller, now)
        return Opened(insert_session(connection, workspace, number, caller, now, method="setup"), must_change=False)


def _unknown() -> LinkUnknown:
    return LinkUnknown(
        _("这个设置链接不能用：它已用过、已过期，或系统里已有账号。"),
        _("请直接登录；还没有账号时，请重新启动程序，用启动窗口里的新链接。"),
    )
