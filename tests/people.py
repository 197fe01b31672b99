"""Accounts for tests: hashing made cheap, people of a county, and how they sign in."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

import pandas as pd
from argon2 import PasswordHasher

from ecodash import actions, passwords
from ecodash.actions import NewAccount, Opened
from ecodash.domain.access import SYSTEM, Grant, Role
from ecodash.domain.regions import COUNTRY_KEY
from ecodash.errors import UserError
from ecodash.store import records
from ecodash.workspace import Workspace

NOW = datetime(2026, 11, 3, 4, 0, tzinfo=UTC)
COUNTY, JILONG, HUWEI = 500230000000, 500230123000, 500230101000
PASSWORD = "三江口的渡船 1987 号"
HERE, AGENT = "10.1.2.3", "Firefox"
WHOLE_ADMINISTRATOR = Grant(Role.ADMINISTRATOR, COUNTRY_KEY)


class CountingHasher(PasswordHasher):
    """Hashes in a millisecond, and counts how often a password was looked at."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.verified = 0

    def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # type: ignore[override]
        self.verified += 1
        return bool(super().verify(hash, password))


@contextmanager
def cheap_hashing() -> Iterator[CountingHasher]:
    """Passwords hashed within are hashed weakly."""
    hasher = CountingHasher()
    passwords._nobodys.cache_clear()
    with patch.object(passwords, "_hasher", lambda: hasher):
        yield hasher
    passwords._nobodys.cache_clear()


def add(workspace: Workspace, login: str, *grants: Grant, name: str = "") -> NewAccount:
    """An account made by the machine's operator; its first password is still to be changed."""
    return actions.create_account(
        workspace.acting(SYSTEM), login, name or f"{login}的姓名", grants=grants, actor=SYSTEM, now=NOW
    )


def enrol(
    workspace: Workspace, login: str, *grants: Grant, name: str = "", now: datetime = NOW, address: str = HERE
) -> tuple[int, str]:
    """An account that has changed its first password to PASSWORD: its number, and the token of its open session."""
    made = add(workspace, login, *grants, name=name)
    opened = enter(workspace, login, made.first_password, now=now, address=address)
    token = actions.change_password(
        workspace.acting(SYSTEM), opened.token, made.first_password, PASSWORD, now=now, address=address
    )
    return made.account.number, token


def enter(
    workspace: Workspace, login: str, password: str = PASSWORD, *, now: datetime = NOW, address: str = HERE
) -> Opened:
    """Sign in with a password alone."""
    found = actions.sign_in(workspace.acting(SYSTEM), login, password, address=address, agent=AGENT, now=now)
    assert isinstance(found, Opened)
    return found


def audited(workspace: Workspace, action: str = "") -> pd.DataFrame:
    """Lines of the audit, oldest first."""
    with workspace.store.reading() as connection:
        lines = records.list_audit(connection, 1_000)[::-1]
    return lines[lines["action"] == action] if action else lines


def at_once(work: list[Callable[[], Any]]) -> list[Any]:
    """What pieces of work done at the same time return, or raise."""
    found: list[Any] = [None] * len(work)
    gate = threading.Barrier(len(work))

    def do(place: int) -> None:
        gate.wait()
        try:
            found[place] = work[place]()
        except UserError as error:
            found[place] = error

    threads = [threading.Thread(target=do, args=(place,)) for place in range(len(work))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found
