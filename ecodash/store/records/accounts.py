"""Accounts as kept: who they are, their roles by region, and what keeps them from being opened."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ecodash.domain.access import Grant, Role
from ecodash.domain.accounts import Account
from ecodash.domain.regions import COUNTRY_KEY
from ecodash.store.engine import next_number
from ecodash.store.tables import account, account_grant, account_state, address_lock, session, setup_link

KNOWN_FOR = timedelta(days=90)
"""So long an address an account was opened from counts as one it is used at."""
NOBODY = 0
"""The number wrong passwords are counted under that were given with names that are no account's."""
_MOST_STRANGERS = 10_000
"""So many of those names are remembered."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """What opens an account.

    Args:
        password_hash: empty where it has none.
        totp_nonce: what the second factor's secret is derived from; empty where none is asked for.
        totp_step: the newest step a code was used of; 0: none.
    """

    password_hash: str
    totp_nonce: str
    totp_step: int


@dataclass(frozen=True, slots=True)
class Failures:
    """Wrong passwords in a row, and until when they keep an account closed."""

    count: int
    locked_until: datetime | None


# ── accounts ───────────────────────────────────────────────────────────────────────────────────────────────────────


def list_accounts(connection: Connection) -> list[Account]:
    """Every account, by login."""
    grants: dict[int, list[Grant]] = {}
    g = account_grant.c
    for row in connection.execute(sa.select(account_grant).order_by(g.account, g.role, g.region)):
        grants.setdefault(int(row.account), []).append(Grant(Role(row.role), int(row.region), bool(row.sees_reported)))
    rows = connection.execute(_accounts().order_by(account.c.login)).mappings()
    return [_account(row, grants.get(int(row["number"]), ())) for row in rows]


def find_account(
    connection: Connection, *, number: int | None = None, login: str | None = None, subject: str | None = None
) -> Account | None:
    """An account by its number, its login as kept, or what the county's own sign-in calls it; None where there is none."""
    if number is not None:
        wanted = account.c.number == number
    elif login is not None:
        wanted = account.c.login == login
    elif subject:
        wanted = account_state.c.oidc_subject == subject
    else:
        return None
    row = connection.execute(_accounts().where(wanted)).mappings().first()
    if row is None:
        return None
    g = account_grant.c
    rows = connection.execute(
        sa.select(account_grant).where(g.account == row["number"]).order_by(g.role, g.region)
    ).all()
    return _account(row, [Grant(Role(one.role), int(one.region), bool(one.sees_reported)) for one in rows])


def has_accounts(connection: Connection) -> bool:
    """Whether there is any account, disabled or not."""
    return connection.execute(sa.select(account.c.number).limit(1)).first() is not None


def lock_access(connection: Connection) -> None:
    """Let nobody else change accounts until this transaction ends: what it reads from here on stays so."""
    next_number(connection, "access")


def known_logins(connection: Connection, logins: Iterable[str]) -> set[str]:
    """Which of some logins are taken."""
    wanted = list(logins)
    return set(connection.execute(sa.select(account.c.login).where(account.c.login.in_(wanted))).scalars())


def insert_account(
    connection: Connection,
    *,
    login: str,
    name: str,
    unit: str,
    grants: Iterable[Grant],
    password_hash: str,
    must_change: bool,
    created_by: str,
    now: datetime,
) -> int:
    """Keep a new account; returns its number."""
    next_number(connection, "access")
    number = next_number(connection, "account")
    connection.execute(
        sa.insert(account).values(
            number=number, login=login, name=name, unit=unit, created_at=now, created_by=created_by
        )
    )
    connection.execute(
        sa.insert(account_state).values(
            account=number,
            password_hash=password_hash,
            must_change=must_change,
            password_at=now,
            totp_nonce="",
            totp_step=0,
            oidc_subject="",
            is_disabled=False,
            failures=0,
            locked_until=None,
            signed_in_at=None,
        )
    )
    for one in grants:
        _insert_grant(connection, number, one, created_by, now)
    return number


def update_account(connection: Connection, number: int, **changes: Any) -> None:
    """Change columns of account_state."""
    next_number(connection, "access")
    connection.execute(sa.update(account_state).where(account_state.c.account == number).values(**changes))


def replace_grants(connection: Connection, number: int, grants: Iterable[Grant], *, by: str, now: datetime) -> None:
    """Give an account other roles; those that stay keep who gave them and when."""
    next_number(connection, "access")
    g = account_grant.c
    rows = connection.execute(sa.select(account_grant).where(g.account == number))
    before = {(Role(row.role), int(row.region)): bool(row.sees_reported) for row in rows}
    after = {(one.role, one.region): one for one in grants}
    for role, region in before.keys() - after.keys():
        connection.execute(
            sa.delete(account_grant).where(g.account == number, g.role == role.value, g.region == region)
        )
    for (role, region), one in after.items():
        if (role, region) not in before:
            _insert_grant(connection, number, one, by, now)
        elif before[role, region] != one.sees_reported:
            connection.execute(
                sa.update(account_grant)
                .where(g.account == number, g.role == role.value, g.region == region)
                .values(sees_reported=one.sees_reported, granted_by=by, granted_at=now)
            )


def _insert_grant(connection: Connection, number: int, grant: Grant, by: str, now: datetime) -> None:
    connection.execute(
        sa.insert(account_grant).values(
            account=number,
            role=grant.role.value,
            region=grant.region,
            sees_reported=grant.sees_reported,
            granted_by=by,
            granted_at=now,
        )
    )


def count_administrators(connection: Connection, *, but: int) -> int:
    """How many accounts that are not disabled look after the whole installation.

    Args:
        but: number of one that is not counted.
    """
    g = account_grant.c
    statement = (
        sa.select(sa.func.count())
        .select_from(account_grant)
        .join(account_state, account_state.c.account == g.account)
        .where(g.role == Role.ADMINISTRATOR.value, g.region == COUNTRY_KEY, g.account != but)
        .where(sa.not_(account_state.c.is_disabled))
    )
    return int(connection.execute(statement).scalar_one())


def secrets_of(connection: Connection, number: int) -> Secrets:
    """What opens an account."""
    s = account_state.c
    row = connection.execute(sa.select(s.password_hash, s.totp_nonce, s.totp_step).where(s.account == number)).one()
    return Secrets(row.password_hash, row.totp_nonce, int(row.totp_step))


def _accounts() -> sa.Select[Any]:
    s = account_state.c
    return sa.select(
        account, s.password_hash, s.must_change, s.password_at, s.totp_nonce, s.oidc_subject, s.is_disabled,
        s.locked_until, s.signed_in_at,
    ).join(account_state, s.account == account.c.number)  # fmt: skip


def _account(row: Mapping[Any, Any], grants: Iterable[Grant]) -> Account:
    same = (
        "number", "login", "name", "unit", "is_disabled", "must_change", "locked_until", "signed_in_at", "password_at",
        "created_at", "created_by", "oidc_subject",
    )  # fmt: skip
    return Account(
        **{name: row[name] for name in same},
        grants=tuple(grants),
        has_password=bool(row["password_hash"]),
        has_totp=bool(row["totp_nonce"]),
    )


# ── wrong passwords ────────────────────────────────────────────────────────────────────────────────────────────────


def is_known_address(connection: Connection, number: int, address: str, now: datetime) -> bool:
    """Whether an account was opened from an address not long ago."""
    if not address:
        return False
    s = session.c
    found = sa.select(s.account).where(s.account == number, s.address == address, s.created_at > now - KNOWN_FOR)
    return connection.execute(found.limit(1)).first() is not None


def count_attempt(connection: Connection) -> None:
    """Count an attempt to sign in, so that one with a name that is no account's writes, and takes, as much as another."""
    next_number(connection, "attempt")


def add_failure(connection: Connection, number: int, address: str) -> Failures:
    """Count one more wrong password; returns how they stand then. The update locks the row, so that of two at once both
    are counted.

    Args:
        address: one the account is used at; empty: anywhere else.
    """
    table, chosen = _lock_of(number, address)
    if address and connection.execute(sa.select(table.c.failures).where(*chosen)).first() is None:
        values = {"account": number, "address": address, "failures": 0, "locked_until": None}
        connection.execute(sa.insert(address_lock).values(values))
    connection.execute(sa.update(table).where(*chosen).values(failures=table.c.failures + 1))
    row = connection.execute(sa.select(table.c.failures, table.c.locked_until).where(*chosen)).one()
    return Failures(int(row.failures), row.locked_until)


def set_failures(connection: Connection, number: int, address: str, failures: Failures) -> None:
    """Write how many wrong passwords count, and until when they keep the account closed."""
    table, chosen = _lock_of(number, address)
    changed = {"failures": failures.count, "locked_until": failures.locked_until}
    connection.execute(sa.update(table).where(*chosen).values(changed))


def trim_strangers(connection: Connection) -> None:
    """Forget about half of the names that are no account's, where they are too many: which, nobody can foresee."""
    a = address_lock.c
    kept = connection.execute(
        sa.select(sa.func.count()).select_from(address_lock).where(a.account == NOBODY)
    ).scalar_one()
    if kept >= _MOST_STRANGERS:
        connection.execute(sa.delete(address_lock).where(a.account == NOBODY, a.address < "8"))


def forget_failures(connection: Connection, number: int) -> None:
    """Let an account be opened again from everywhere."""
    for table, column in ((account_state, account_state.c.account), (address_lock, address_lock.c.account)):
        connection.execute(sa.update(table).where(column == number).values(failures=0, locked_until=None))


def _lock_of(number: int, address: str) -> tuple[sa.Table, list[sa.ColumnElement[bool]]]:
    if not address:
        return account_state, [account_state.c.account == number]
    return address_lock, [address_lock.c.account == number, address_lock.c.address == address]


# ── set-up links ───────────────────────────────────────────────────────────────────────────────────────────────────


def insert_setup_link(connection: Connection, token_hash: str, now: datetime, expires_at: datetime) -> None:
    """Keep a new link; those given out before that nobody used open no more."""
    s = setup_link.c
    connection.execute(sa.update(setup_link).where(s.used_at.is_(None), s.expires_at > now).values(expires_at=now))
    connection.execute(
        sa.insert(setup_link).values(token_hash=token_hash, created_at=now, expires_at=expires_at, used_at=None)
    )


def is_setup_link(connection: Connection, token_hash: str, now: datetime) -> bool:
    """Whether a link may be used at a time."""
    s = setup_link.c
    found = sa.select(s.token_hash).where(s.token_hash == token_hash, s.used_at.is_(None), s.expires_at > now)
    return connection.execute(found).first() is not None


def use_setup_link(connection: Connection, token_hash: str, now: datetime) -> None:
    """Write that a link was used."""
    connection.execute(sa.update(setup_link).where(setup_link.c.token_hash == token_hash).values(used_at=now))
