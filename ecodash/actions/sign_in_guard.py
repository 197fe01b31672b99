"""Wrong passwords and codes: counted before they are looked at, and what keeps an account closed for a while.

An attempt counts as a failure until it turned out right, so that of many at once no more are looked at than may be. Names
that are no account's are counted as well, so that being closed tells nobody that there is such an account: not even who
tries at several processes of one store.
"""

import hashlib
import hmac
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from ecodash.domain.access import Actor
from ecodash.domain.accounts import FORGOTTEN_AFTER, Account, common_region, lock_seconds
from ecodash.domain.regions import COUNTRY_KEY
from ecodash.errors import SignInRefused
from ecodash.i18n import gettext as _
from ecodash.meters import SIGN_IN_FAILURES
from ecodash.permits import Reach, needs
from ecodash.store import journal, records
from ecodash.store.engine import Connection
from ecodash.store.records import Failures
from ecodash.workspace import Workspace

STRANGER = "未登录者"
"""Who the audit says tried a name that is no account's."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Where a request comes from.

    Args:
        address: of the network; empty for the machine itself.
        agent: the browser, as it calls itself.
    """

    address: str
    agent: str = ""

    def cut(self) -> "Caller":
        """The same with texts of bounded length."""
        return Caller(_plain(self.address, 64), _plain(self.agent, 200))


@dataclass(frozen=True, slots=True)
class Attempt:
    """A password or a code that may be looked at; it counts as wrong until it is settled.

    Args:
        account: None where the name is no account's.
        password_hash: what a password is compared with; empty where there is none.
        bucket: which of the account's counters it counts in (store.tables.address_lock).
        failures: the counter with this attempt.
    """

    account: Account | None
    password_hash: str = field(repr=False)
    bucket: str
    failures: Failures


@needs(None, Reach.MACHINE)
def begin(
    workspace: Workspace, caller: Caller, now: datetime, *, login: str = "", number: int | None = None
) -> Attempt:
    """Count an attempt, and let it be looked at.

    Args:
        login, number: the account it is for, by either; the login may be no account's.
    Raises:
        SignInRefused: the account is closed for a while.
    """
    key = workspace.link_key
    with workspace.store.writing() as connection:
        records.count_attempt(connection)
        account = records.find_account(connection, number=number, login=login)
        if account is None:
            return _begin_unknown(connection, key, login, now)
        return _begin_known(connection, account, caller, now)


def _begin_known(connection: Connection, account: Account, caller: Caller, now: datetime) -> Attempt:
    known = records.is_known_address(connection, account.number, caller.address, now)
    bucket = caller.address if known else ""
    after = _count(connection, account.number, bucket, now)
    return Attempt(account, records.secrets_of(connection, account.number).password_hash, bucket, after)


def _begin_unknown(connection: Connection, key: bytes, login: str, now: datetime) -> Attempt:
    # Not the name itself: people type passwords there.
    bucket = hmac.new(key, b"stranger\0" + login.encode("utf-8", "replace"), hashlib.sha256).hexdigest()
    records.trim_strangers(connection)
    return Attempt(None, "", bucket, _count(connection, records.NOBODY, bucket, now))


def _count(connection: Connection, number: int, bucket: str, now: datetime) -> Failures:
    added = records.add_failure(connection, number, bucket)
    before = Failures(added.count - 1, added.locked_until)
    _refuse_closed(before, now)
    after = counted(before, now)
    records.set_failures(connection, number, bucket, after)
    return after


def counted(before: Failures, now: datetime) -> Failures:
    """How wrong passwords stand after one more."""
    old = before.locked_until is not None and now - before.locked_until >= FORGOTTEN_AFTER
    count = 1 if old else before.count + 1
    seconds = lock_seconds(count)
    return Failures(count, now + timedelta(seconds=seconds) if seconds else None)


def settle_right(connection: Connection, attempt: Attempt) -> None:
    """The attempt opened the account: nothing counts any more where it came from."""
    assert attempt.account is not None
    records.set_failures(connection, attempt.account.number, attempt.bucket, Failures(0, None))


def settle_half(connection: Connection, attempt: Attempt) -> None:
    """The password was right and a code is asked for next, or something else was wrong: this attempt does not count, what
    counted before and beside it still does."""
    assert attempt.account is not None
    number = attempt.account.number
    added = records.add_failure(connection, number, attempt.bucket)
    count = max(added.count - 2, 0)
    until = added.locked_until if lock_seconds(count) else None
    records.set_failures(connection, number, attempt.bucket, Failures(count, until))


@needs(None, Reach.MACHINE)
def refuse(workspace: Workspace, attempt: Attempt, why: str, caller: Caller, now: datetime) -> SignInRefused:
    """Write down that an attempt was wrong; returns what is said, the same whatever was wrong.

    Args:
        why: for the audit: unknown, password, own_password, disabled or code.
    """
    failures = attempt.failures
    with workspace.store.writing() as connection:
        detail = {"why": why, "failures": failures.count}
        audit(connection, "sign_in_failed", attempt.account, detail, caller, now)
        if failures.locked_until is not None and attempt.account is not None:
            locked = {"failures": failures.count, "until": failures.locked_until.isoformat()}
            audit(connection, "lock_account", attempt.account, locked, caller, now)
    SIGN_IN_FAILURES.inc()
    return SignInRefused(
        _("账号、密码或验证码不对，或账号已停用。"),
        _("请核对后重试；忘记密码请联系本系统管理员重置。"),
    )


def audit(
    connection: Connection,
    action: str,
    account: Account | None,
    detail: Mapping[str, Any],
    caller: Caller,
    now: datetime,
) -> None:
    """One line about signing in. The name typed is told only where it is an account's: people type passwords there."""
    if account is None:
        who, told, region = Actor(STRANGER, "page", address=caller.address), dict(detail), COUNTRY_KEY
    else:
        who = Actor(account.name, "page", account.grants, account.number, account.login, caller.address)
        told, region = {"login": account.login, **detail}, common_region(account.regions)
    records.write_audit(
        connection,
        actor=who,
        now=now,
        action=action,
        detail=told,
        watermark=journal.newest_watermark(connection),
        region=region,
    )


def _refuse_closed(kept: Failures, now: datetime) -> None:
    if kept.locked_until is None or kept.locked_until <= now:
        return
    seconds = math.ceil((kept.locked_until - now).total_seconds())
    if seconds > lock_seconds(kept.count):
        # The clock was set back since: a minute would become years.
        return
    raise SignInRefused(
        _("密码多次输错，这个账号暂时不能登录，请 {minutes} 分钟后再试。").format(minutes=math.ceil(seconds / 60)),
        _("忘记密码请联系本系统管理员重置；不是您本人在试，也请告知管理员。"),
        seconds,
    )


def _plain(text: str, most: int) -> str:
    return "".join(char for char in text[:most] if char.isprintable()).encode("utf-8", "replace").decode()
