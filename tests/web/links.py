"""Links of snapshots asked for as a browser or an attacker would: bytes as they are sent, from any address, at any time."""

import asyncio
import gzip
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pyarrow as pa

from ecodash import actions, queries
from ecodash.domain.pages import Page
from ecodash.domain.periods import Month
from ecodash.domain.regions import Level, region_key
from ecodash.domain.selection import Selection
from ecodash.domain.snapshots import SnapshotWish
from ecodash.reports.frozen import FrozenPage
from ecodash.web.session_gate import Doorkeeper
from ecodash.web.snapshots import Snapshots
from ecodash.workspace import Workspace
from tests.builders import A1, A2, ACTOR, COUNTY, NOON
from tests.web.apart import finish

HERE = "127.0.0.1"
PIN = "2468"
REPORTED = ((A1, "garbage", "2026-01", 5), (A2, "garbage", "2026-01", 7))
PARTS = ("", "/now", "/file.html", "/tables.xlsx", "/pictures", "/picture/1.png")
SECRET = ("一月", "调度会", "2026", COUNTY, "garbage", "总览")
NEVER_TOLD = re.compile("|".join((*SECRET, "快照 ?#?[0-9]", "Traceback")))


@dataclass(frozen=True)
class Answer:
    """What came back: headers by name, those sent several times in one line each."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    def unpacked(self, size: int) -> bytes:
        """The body without its coding; it is so long then."""
        coding = self.headers.get("content-encoding", "identity")
        if coding == "identity":
            return self.body
        if coding == "gzip":
            return gzip.decompress(self.body)
        codec = pa.Codec({"br": "brotli"}.get(coding, coding))
        return bytes(codec.decompress(self.body, decompressed_size=size, asbytes=True))


_frozen: dict[tuple[int, Page, int], FrozenPage] = {}
"""Pages by store, page and watermark: many tests make snapshots of the same."""


class Desk:
    """The links of a workspace at a time that is moved by hand."""

    def __init__(self, workspace: Workspace, **options: Any) -> None:
        self.workspace, self.now = workspace, NOON
        self.seconds = 1000.0
        self.doorkeeper = Doorkeeper(lambda: self.workspace, lambda: self.now)
        self.snapshots = Snapshots(
            lambda: self.workspace, self.doorkeeper, now=lambda: self.now, clock=lambda: self.seconds, **options
        )

    def wait(self, span: timedelta) -> None:
        self.now += span
        self.seconds += span.total_seconds()

    def ask(
        self, path: str, *, method: str = "GET", address: str = HERE, host: str = "ecodash.test", body: bytes = b"",
        scheme: str = "http", http_version: str = "1.1", **headers: str,
    ) -> Answer:  # fmt: skip
        """One request; names of headers are written with _ for -."""
        return self.ask_many([path], method=method, address=address, host=host, body=body, scheme=scheme,
                             http_version=http_version, **headers)[0]  # fmt: skip

    def ask_many(self, paths: list[str], **given: Any) -> list[Answer]:
        """Requests sent at once."""

        async def all_of_them() -> list[Answer]:
            return await asyncio.gather(*(self._one(path, **given) for path in paths))

        return finish(all_of_them())

    async def _one(
        self, path: str, *, method: str = "GET", address: str = HERE, host: str = "ecodash.test", body: bytes = b"",
        scheme: str = "http", http_version: str = "1.1", **headers: str,
    ) -> Answer:  # fmt: skip
        sent = [(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in headers.items()]
        plain, _, query = path.partition("?")
        scope = {
            "type": "http", "method": method, "path": plain, "query_string": query.encode(), "scheme": scheme,
            "http_version": http_version, "root_path": "", "client": (address, 50_000),
            "headers": [(b"host", host.encode("latin-1")), *sent],
        }  # fmt: skip
        told: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            told.append(message)

        await self.snapshots(scope, receive, send)
        found = {name.decode(): value.decode("latin-1") for name, value in reversed(told[0]["headers"])}
        return Answer(told[0]["status"], found, b"".join(message.get("body", b"") for message in told[1:]))

    def make(
        self, *pages: Page, title: str = "一月<调度会>", watermark: int | None = None, **wish: Any
    ) -> actions.SnapshotMade:
        """A snapshot of pages of the county in January, by default of 总览."""
        newest = queries.newest_watermark(self.workspace) if watermark is None else watermark
        frozen = [self._freeze(page, newest) for page in pages or (Page.OVERVIEW,)]
        return actions.create_snapshot(
            self.workspace, frozen, SnapshotWish(title=title, **wish), actor=ACTOR, now=self.now
        )

    def _freeze(self, page: Page, watermark: int) -> FrozenPage:
        key = (id(self.workspace), page, watermark)
        if key not in _frozen:
            here = Selection(watermark, Month(2026, 1), region_key(COUNTY), "garbage", Level.TOWN)
            _frozen[key] = queries.freeze(self.workspace, page, here)
        return _frozen[key]

    def close(self) -> None:
        self.snapshots.close()
        self.doorkeeper.close()


def give_pin(desk: Desk, made: actions.SnapshotMade, pin: str = PIN, **options: Any) -> Answer:
    return desk.ask(f"{made.path}/pin", method="POST", body=f"pin={pin}".encode(), **options)


def cookie_of(answer: Answer) -> str:
    return answer.headers["set-cookie"].partition(";")[0]
