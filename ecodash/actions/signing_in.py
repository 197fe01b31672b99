"""Signing in and out: a password, a code where the account asks for one, the county's own sign-in; and the own password.

Nobody is known yet when these are called, or only by their session's token: they are asked by the web shell, which acts for
the software itself.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from itsdangerous import BadSignature, URLSafeSerializer

from ecodash.actions.sign_in_guard import Attempt, Caller, audit, begin, refuse, settle_half, settle_right
from ecodash.domain.accounts import Account, fold_login, is_password_old
from ecodash.errors import SignInRefused, UserError
from ecodash.i18n import gettext as _
from ecodash.link_key import hash_token
from ecodash.one_time_codes import derive_secret, matching_step
from ecodash.passwords import check_password, hash_password, is_outdated, is_password_of, written
from ecodash.permits import Reach, needs
from ecodash.store import records
from ecodash.store.engine import Connection
from ecodash.store.records import SessionRecord
from ecodash.workspace import Workspace

TICKET_HOLDS = timedelta(minutes=5)
_KEPT_SESSIONS = timedelta(days=200)
"""Sessions that ended are forgotten after so long."""
_LONGEST_TOKEN, _LONGEST_TICKET, _LONGEST_SUBJECT = 128, 1_000, 255


@dataclass(frozen=True, slots=True)
class Opened:
    """A session just opened.

    Args:
        token: for the browser's cookie; it is kept nowhere here.
        must_change: the password is to be changed before anything else.
    """

    token: str = field(repr=False)
    must_change: bool


@dataclass(frozen=True, slots=True)
class Ticket:
    """The password was right, and a code of the second factor is asked for: hand the text to second_factor with it."""

    text: str = field(repr=False)


@needs(None, Reach.MACHINE)
def sign_in(
    workspace: Workspace, login: str, password: str, *, address: str, agent: str, now: datetime
) -> Opened | Ticket:
    """Open a session with a password, or ask for the second factor where the account has one.

    Args:
        address, agent: where the request comes from, and by which browser.
    Raises:
        SignInRefused: the login or the password is not right, or the account is disabled: the same words for each; or it
            is closed for a while after too many wrong passwords.
    """
    caller = Caller(address, agent).cut()
    attempt = begin(workspace, caller, now, login=fold_login(login))
    kept = attempt.password_hash
    # An unknown name costs as much: passwords.is_password_of.
    is_right = is_password_of(written(password), kept)
    if not is_right or attempt.account is None or attempt.account.is_disabled:
        raise refuse(workspace, attempt, _why(attempt, is_right), caller, now)
    if attempt.account.has_totp:
        return _half_open(workspace, attempt, kept, now)
    renewed = hash_password(written(password)) if is_outdated(kept) else ""
    opened = _open_if_same(workspace, attempt, kept, caller, now, method="password", renewed=renewed)
    if opened is None:
        raise refuse(workspace, attempt, "password", caller, now)
    return opened


def _why(attempt: Attempt, is_right: bool) -> str:
    if attempt.account is None:
        return "unknown"
    return "disabled" if is_right else "password"


def _half_open(workspace: Workspace, attempt: Attempt, password_hash: str, now: datetime) -> Ticket:
    assert attempt.account is not None
    with workspace.store.writing() as connection:
        settle_half(connection, attempt)
    until = int((now + TICKET_HOLDS).timestamp())
    told = [attempt.account.number, _print_of(password_hash), until]
    return Ticket(signer(workspace, "ticket").dumps(told))


@needs(None, Reach.MACHINE)
def second_factor(workspace: Workspace, ticket: str, code: str, *, address: str, agent: str, now: datetime) -> Opened:
    """Open a session with the ticket of a right password and a code; a code is good once.

    Raises:
        SignInRefused: the ticket is none or too old, the code is not right or was used, or the account is closed for a
            while after too many wrong ones.
    """
    caller = Caller(address, agent).cut()
    number, print_, until = _read_ticket(workspace, ticket)
    if now.timestamp() > until:
        raise _stale()
    attempt = begin(workspace, caller, now, number=number)
    if attempt.account is None:
        raise _stale()
    with workspace.store.writing() as connection:
        records.lock_access(connection)
        account = records.find_account(connection, number=number)
        kept = records.secrets_of(connection, number)
        is_current = (
            account is not None
            and not account.is_disabled
            and bool(kept.totp_nonce)
            and hmac.compare_digest(_print_of(kept.password_hash), print_)
        )
        step = None
        if is_current:
            step = matching_step(derive_secret(workspace.link_key, kept.totp_nonce), code, now, after=kept.totp_step)
        if account is not None and step is not None:
            settle_right(connection, attempt)
            records.update_account(connection, number, totp_step=step, signed_in_at=now)
            return _open(connection, workspace, account, caller, now, method="totp")
    raise refuse(workspace, attempt, "code" if is_current else "disabled", caller, now)


def _read_ticket(workspace: Workspace, ticket: str) -> tuple[int, str, int]:
    try:
        number, print_, until = signer(workspace, "ticket").loads(ticket[:_LONGEST_TICKET])
        return int(number), str(print_), int(until)
    except (BadSignature, ValueError, TypeError):
        raise _stale() from None


@needs(None, Reach.MACHINE)
def open_oidc(workspace: Workspace, subject: str, login: str, *, address: str, agent: str, now: datetime) -> Opened:
    """Open a session for whom the county's own sign-in vouches. The account must be there: by its subject, or, at the first
    time, by its login, which then belongs to that subject.

    Args:
        subject: what the issuer calls the person, checked by the caller.
        login: the claim that names the account; empty where there was none.
    Raises:
        SignInRefused: there is no such account, it belongs to another subject, or it is disabled.
    """
    caller = Caller(address, agent).cut()
    issued = f"{workspace.settings.oidc_issuer} {subject[:_LONGEST_SUBJECT]}"
    name = fold_login(login)
    with workspace.store.writing() as connection:
        records.lock_access(connection)
        account = records.find_account(connection, subject=issued) if subject else None
        if account is None and subject and name:
            account = records.find_account(connection, login=name)
            if account is not None and account.oidc_subject:
                audit(connection, "sign_in_failed", account, {"why": "subject"}, caller, now)
                account = None
            elif account is not None and not account.is_disabled:
                records.update_account(connection, account.number, oidc_subject=issued)
                audit(connection, "link_oidc", account, {}, caller, now)
        if account is not None and not account.is_disabled:
            records.update_account(connection, account.number, signed_in_at=now)
            return _open(connection, workspace, account, caller, now, method="oidc")
        audit(connection, "sign_in_failed", account, {"why": "disabled" if account else "unknown"}, caller, now)
    raise SignInRefused(
        _("单位统一登录成功，但本系统没有与之对应的可用账号。"), _("请联系本系统管理员开通或核对账号。")
    )


# ── signing out, the own password ──────────────────────────────────────────────────────────────────────────────────


@needs(None, Reach.MACHINE)
def sign_out(workspace: Workspace, token: str, *, now: datetime, address: str = "") -> bool:
    """End a session; returns whether there was one."""
    with workspace.store.writing() as connection:
        found = find_open_session(connection, workspace, token, now)
        if found is None:
            return False
        records.end_sessions(connection, found.account, now, only=found.token_hash)
        audit(connection, "sign_out", own_account(connection, found), {}, caller_of(found, address), now)
    return True


@needs(None, Reach.MACHINE)
def sign_out_everywhere(workspace: Workspace, token: str, *, keeps_this: bool, now: datetime, address: str = "") -> int:
    """End all sessions of the account a session is of; returns how many.

    Args:
        keeps_this: whether the session itself goes on.
    Raises:
        SignInRefused: the session ended.
    """
    with workspace.store.writing() as connection:
        found = get_open_session(connection, workspace, token, now)
        but = found.token_hash if keeps_this else ""
        ended = records.end_sessions(connection, found.account, now, but=but)
        detail = {"sessions": ended, "keeps_this": keeps_this}
        audit(connection, "sign_out_everywhere", own_account(connection, found), detail, caller_of(found, address), now)
    return ended


@needs(None, Reach.MACHINE)
def change_password(workspace: Workspace, token: str, old: str, new: str, *, now: datetime, address: str = "") -> str:
    """Change the own password. Every session of the account ends; the one this was done in goes on under the token that is
    returned.

    Raises:
        SignInRefused: the session ended, the old password is not right, or too many wrong ones were typed.
        UserError: the new password is not good enough, or the old one.
    """
    attempt, session = confirm_own_password(workspace, token, old, address=address, now=now)
    assert attempt.account is not None
    account = attempt.account
    try:
        text = check_password(new, account.login, account.name)
        if text == written(old):
            raise UserError(_("新密码与原密码相同。"), _("请换一个新密码。"))
    except UserError:
        with workspace.store.writing() as connection:
            settle_half(connection, attempt)
        raise
    password_hash = hash_password(text)
    caller = caller_of(session, address)
    with workspace.store.writing() as connection:
        records.lock_access(connection)
        get_open_session(connection, workspace, token, now)
        _require_same(connection, account.number, attempt.password_hash)
        settle_right(connection, attempt)
        records.update_account(
            connection, account.number, password_hash=password_hash, must_change=False, password_at=now
        )
        ended = records.end_sessions(connection, account.number, now)
        audit(connection, "change_password", account, {"sessions": ended}, caller, now)
        return insert_session(connection, workspace, account.number, caller, now, method=session.method)


@needs(None, Reach.MACHINE)
def confirm_own_password(
    workspace: Workspace, token: str, password: str, *, address: str, now: datetime
) -> tuple[Attempt, SessionRecord]:
    """That whoever holds a session knows its account's password; a wrong one counts like a wrong one at signing in.

    Returns:
        The attempt, to be settled, and the session.
    Raises:
        SignInRefused: the session ended, the password is not right, or too many wrong ones were typed.
    """
    with workspace.store.reading() as connection:
        session = get_open_session(connection, workspace, token, now)
    caller = caller_of(session, address)
    attempt = begin(workspace, caller, now, number=session.account)
    if not is_password_of(written(password), attempt.password_hash):
        refuse(workspace, attempt, "own_password", caller, now)
        raise SignInRefused(_("原密码不对。"), _("请核对后重试；忘记密码请联系本系统管理员重置。"))
    return attempt, session


def _require_same(connection: Connection, number: int, password_hash: str) -> None:
    if records.secrets_of(connection, number).password_hash != password_hash:
        raise SignInRefused(_("密码刚刚在别处改过。"), _("请用新密码重新登录。"))


# ── sessions ───────────────────────────────────────────────────────────────────────────────────────────────────────


def find_open_session(connection: Connection, workspace: Workspace, token: str, now: datetime) -> SessionRecord | None:
    """The session a token opens at a time; None where it opens none."""
    if not token or len(token) > _LONGEST_TOKEN:
        return None
    found = records.find_session(connection, hash_token(token))
    idle = timedelta(minutes=workspace.settings.idle_minutes)
    return found if found is not None and found.holds(now, idle) else None


def get_open_session(connection: Connection, workspace: Workspace, token: str, now: datetime) -> SessionRecord:
    """The session a token opens at a time.

    Raises:
        SignInRefused: it opens none.
    """
    found = find_open_session(connection, workspace, token, now)
    if found is None:
        raise SignInRefused(_("没有登录，或登录已经过期。"), _("请重新登录。"))
    return found


def own_account(connection: Connection, session: SessionRecord) -> Account:
    """The account a session is of."""
    found = records.find_account(connection, number=session.account)
    assert found is not None
    return found


def insert_session(
    connection: Connection, workspace: Workspace, number: int, caller: Caller, now: datetime, *, method: str
) -> str:
    """Open a session; returns its token, which is new each time."""
    token = secrets.token_urlsafe(32)
    records.purge_sessions(connection, now - _KEPT_SESSIONS)
    records.insert_session(
        connection,
        token_hash=hash_token(token),
        number=number,
        method=method,
        now=now,
        ends_at=now + timedelta(hours=workspace.settings.session_hours),
        address=caller.address,
        agent=caller.agent,
    )
    return token


def _open(
    connection: Connection, workspace: Workspace, account: Account, caller: Caller, now: datetime, *, method: str
) -> Opened:
    token = insert_session(connection, workspace, account.number, caller, now, method=method)
    audit(connection, "sign_in", account, {"method": method}, caller, now)
    old = is_password_old(account.password_at, now, workspace.settings.password_days)
    return Opened(token, method != "oidc" and (account.must_change or old))


def _open_if_same(
    workspace: Workspace,
    attempt: Attempt,
    password_hash: str,
    caller: Caller,
    now: datetime,
    *,
    method: str,
    renewed: str,
) -> Opened | None:
    """A session, unless the account was changed while its password was looked at."""
    assert attempt.account is not None
    number = attempt.account.number
    with workspace.store.writing() as connection:
        records.lock_access(connection)
        account = records.find_account(connection, number=number)
        kept = records.secrets_of(connection, number)
        if account is None or account.is_disabled or account.has_totp or kept.password_hash != password_hash:
            return None
        settle_right(connection, attempt)
        records.update_account(connection, number, signed_in_at=now, password_hash=renewed or password_hash)
        return _open(connection, workspace, account, caller, now, method=method)


def caller_of(session: SessionRecord, address: str) -> Caller:
    """Where a request of a session comes from."""
    return Caller(address or session.address, session.agent).cut()


@needs(None, Reach.MACHINE)
def signer(workspace: Workspace, use: str) -> URLSafeSerializer:
    """What signs texts that browsers carry and hand back, each use with its own key."""
    key = hmac.digest(workspace.link_key, b"signing in\0" + use.encode(), "sha256")
    return URLSafeSerializer(key, salt=use, signer_kwargs={"digest_method": hashlib.sha256})


def _print_of(password_hash: str) -> str:
    return hash_token(password_hash)[:32]


def _stale() -> SignInRefused:
    return SignInRefused(_("登录超时，验证码没有核对。"), _("请重新输入账号和密码。"))
