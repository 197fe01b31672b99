"""A browser in front of the pages of signing in: it keeps cookies as browsers do, and sends the forms it was shown."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock

import httpx
from argon2 import PasswordHasher
from lxml import html
from starlette.types import ASGIApp

from ecodash import passwords
from ecodash.actions.accounts import create_account
from ecodash.domain.access import SYSTEM, Grant, Role
from ecodash.domain.regions import region_key
from ecodash.sessions import SESSION_COOKIE
from ecodash.workspace import Workspace
from tests.builders import TOWN_A
from tests.web.apart import finish

START = datetime(2026, 11, 3, 1, 0, tzinfo=UTC)
PASSWORD = "暨龙镇的桂花开了三回"
HOST = "http://app"


@contextmanager
def quick_passwords() -> Iterator[None]:
    """Passwords are kept by the same hash at its lowest cost."""
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    passwords._nobodys.cache_clear()
    with mock.patch.object(passwords, "_hasher", return_value=hasher):
        yield
    passwords._nobodys.cache_clear()


@dataclass
class Clock:
    """A time that goes on when told to."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def seconds(self) -> float:
        return (self.now - START).total_seconds()

    def go(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class Cookie:
    value: str
    path: str
    attributes: tuple[str, ...]


@dataclass
class Browser:
    """What one browser knows of the site."""

    app: ASGIApp
    base: str = HOST
    jar: dict[str, Cookie] = field(default_factory=dict)
    address: str = "10.1.2.3"

    def send(self, method: str, path: str, *, headers: dict[str, str] | None = None, **options: Any) -> httpx.Response:
        """One request with the cookies of its path; those of the answer are kept."""
        where = httpx.URL(self.base).join(path)
        kept = "; ".join(f"{name}={one.value}" for name, one in self.jar.items() if where.path.startswith(one.path))
        sent = {"cookie": kept} if kept else {}

        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app, client=(self.address, 5))
            async with httpx.AsyncClient(transport=transport, base_url=self.base) as client:
                return await client.request(method, path, headers=sent | (headers or {}), **options)

        answer = finish(ask())
        for written in answer.headers.get_list("set-cookie"):
            pair, *attributes = (part.strip() for part in written.split(";"))
            name, _, value = pair.partition("=")
            told = dict(part.partition("=")[::2] for part in attributes)
            if told.get("Max-Age") == "0":
                self.jar.pop(name, None)
            else:
                self.jar[name] = Cookie(value, told["Path"], tuple(attributes))
        return answer

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.send("GET", path, **options)

    def fill(self, shown: httpx.Response, **typed: str) -> httpx.Response:
        """Send the form of a page with what is typed into it, as a browser does."""
        form = html.fromstring(shown.text).forms[0]
        headers = {"origin": self.base, "sec-fetch-site": "same-origin"}
        return self.send("POST", form.action, data=dict(form.fields) | typed, headers=headers)

    def sign_in(self, login: str, password: str, path: str = "/login") -> httpx.Response:
        return self.fill(self.get(path), login=login, password=password)

    @property
    def session(self) -> str:
        """The session's id as the browser keeps it; empty where it has none."""
        kept = self.jar.get(SESSION_COOKIE)
        return "" if kept is None else kept.value

    def other(self) -> "Browser":
        """Another one at the same address, which knows nothing yet."""
        return replace(self, jar={})


def text_of(answer: httpx.Response) -> str:
    """What a reader reads."""
    return " ".join(html.fromstring(answer.text).text_content().split())


def said(answer: httpx.Response) -> str:
    """What a page says went wrong."""
    found = html.fromstring(answer.text).xpath('//*[@role="alert"]')
    return " ".join(found[0].text_content().split()) if found else ""


def add_account(workspace: Workspace, login: str, name: str = "王建国", *, now: datetime = START) -> tuple[int, str]:
    """A reporter of the first town; number and first password."""
    grants = [Grant(Role.REPORTER, region_key(TOWN_A))]
    made = create_account(workspace, login, name, grants=grants, actor=SYSTEM, now=now)
    return made.account.number, made.first_password


def settle_password(workspace: Workspace, number: int, password: str = PASSWORD) -> None:
    """The account has changed its first password already."""
    from ecodash.store import records

    with workspace.store.writing() as connection:
        records.update_account(
            connection, number, password_hash=passwords.hash_password(password), must_change=False, password_at=START
        )
