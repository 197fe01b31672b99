"""Sessions as kept: by the hash of the browser's opaque id."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ecodash.domain.access import Grant, Role
from ecodash.store.engine import next_number
from ecodash.store.tables import account, account_grant, account_state, session


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """A session with the account it is of, as both stand.

    Args:
        account, login, name: of the account.
        grants: its roles by region, by role and region.
        is_disabled, must_change, password_at: of the account.
        method: password, totp, oidc or setup.
        created_at, seen_at, ends_at, ended_at: see store.tables.session.
        address, agent: where it was opened from, and by which browser.
    """

    token_hash: str
    account: int
    login: str
    name: str
    grants: tuple[Grant, ...]
    is_disabled: bool
    must_change: bool
    password_at: datetime
    method: str
    created_at: datetime
    seen_at: datetime
    ends_at: datetime
    ended_at: datetime | None
    address: str
    agent: str

    def holds(self, now: datetime, idle: timedelta) -> bool:
        """Whether it still opens anything. One used at a time that is still far ahead is of a clock that was set back, by
        which it would go on for as long.

        Args:
            idle: it ends when it was not used for so long.
        """
        return self.ended_at is None and not self.is_disabled and now < self.ends_at and abs(now - self.seen_at) < idle


def find_session(connection: Connection, token_hash: str) -> SessionRecord | None:
    """A session by its hash, whether it still holds or not; None where there is none."""
    statement = (
        sa.select(
            session,
            account.c.login,
            account.c.name,
            account_state.c.is_disabled,
            account_state.c.must_change,
            account_state.c.password_at,
        )
        .join(account, account.c.number == session.c.account)
        .join(account_state, account_state.c.account == session.c.account)
        .where(session.c.token_hash == token_hash)
    )
    row = connection.execute(statement).mappings().one_or_none()
    return None if row is None else SessionRecord(**row, grants=grants_of(connection, int(row["account"])))


def grants_of(connection: Connection, number: int) -> tuple[Grant, ...]:
    """The roles of an account by region."""
    g = account_grant.c
    rows = connection.execute(
        sa.select(g.role, g.region, g.sees_reported).where(g.account == number).order_by(g.role, g.region)
    )
    return tuple(Grant(Role(row.role), int(row.region), bool(row.sees_reported)) for row in rows)


def insert_session(
    connection: Connection,
    *,
    token_hash: str,
    number: int,
    method: str,
    now: datetime,
    ends_at: datetime,
    address: str,
    agent: str,
) -> None:
    """Open a session of an account."""
    next_number(connection, "access")
    connection.execute(
        sa.insert(session).values(
            token_hash=token_hash,
            account=number,
            method=method,
            created_at=now,
            seen_at=now,
            ends_at=ends_at,
            ended_at=None,
            address=address,
            agent=agent,
        )
    )


def touch_session(connection: Connection, token_hash: str, now: datetime) -> None:
    """Write that a session was used."""
    connection.execute(sa.update(session).where(session.c.token_hash == token_hash).values(seen_at=now))


def end_sessions(connection: Connection, number: int, now: datetime, *, only: str = "", but: str = "") -> int:
    """End sessions of an account; returns how many.

    Args:
        only: hash of the one to end; all where empty.
        but: hash of one that goes on.
    """
    s = session.c
    chosen = [s.account == number, s.ended_at.is_(None), s.ends_at > now]
    chosen += [s.token_hash == only] if only else []
    chosen += [s.token_hash != but] if but else []
    hashes = list(connection.execute(sa.select(s.token_hash).where(*chosen)).scalars())
    if hashes:
        connection.execute(sa.update(session).where(s.token_hash.in_(hashes)).values(ended_at=now))
        next_number(connection, "access")
    return len(hashes)


def list_sessions(connection: Connection, number: int) -> list[SessionRecord]:
    """Sessions of an account, newest first."""
    hashes = sa.select(session.c.token_hash).where(session.c.account == number).order_by(session.c.created_at.desc())
    found = (find_session(connection, token_hash) for token_hash in connection.execute(hashes).scalars().all())
    return [one for one in found if one is not None]


def end_all_sessions(connection: Connection, now: datetime) -> int:
    """End every session there is, whatever its account; returns how many still held by the clock of their end."""
    s = session.c
    held = connection.execute(sa.select(sa.func.count()).where(s.ended_at.is_(None), s.ends_at > now)).scalar_one()
    connection.execute(sa.update(session).where(s.ended_at.is_(None)).values(ended_at=now))
    next_number(connection, "access")
    return int(held)


def purge_sessions(connection: Connection, before: datetime) -> None:
    """Forget sessions that ended before a time; the audit keeps who signed in."""
    connection.execute(sa.delete(session).where(session.c.ends_at < before))
