"""A whole front with a stand-in for Streamlit behind it: what reaches the stand-in got through."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import Receive, Scope, Send

from ecodash.domain.access import Grant, Role
from ecodash.domain.regions import region_key
from ecodash.sessions import SESSION_COOKIE
from ecodash.web.front import Front
from ecodash.web.frontend import Frontend
from ecodash.web.handle import Handle
from ecodash.web.routes import build_routes
from ecodash.web.session_gate import bound
from ecodash.web.shield import Paces
from ecodash.workspace import Workspace
from tests.people import NOW, enrol
from tests.web.apart import finish

HOST = "ecodash.test"
READER = "10.1.2.3"
PAGE = {"accept": "text/html"}
HANDLE = Handle(1, f"http://{HOST}", "k" * 43)


class Crash(Exception):
    """A fault of the software."""


class Behind:
    """Answers every path, and remembers what it was asked.

    Args:
        acted: who asked, as a route behind the gate finds out.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self.seen: list[Scope] = []
        self.acted: list[str] = []
        self.read = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return
        self.seen.append(scope)
        self.acted.append(bound(self._workspace, scope).actor.name)
        if scope["type"] == "websocket":
            await send({"type": "websocket.accept"})
            while (await receive())["type"] != "websocket.disconnect":
                pass
            return
        if scope["path"] == "/crash":
            raise Crash
        while scope["path"].startswith(("/read", "/_stcore/upload_file/")):
            message = await receive()
            self.read += len(message.get("body", b""))
            if not message.get("more_body"):
                break
        headers = [(b"content-type", b"text/html"), (b"access-control-allow-origin", b"*"), (b"server", b"x")]
        if scope["path"].startswith("/static/"):
            headers.append((b"cache-control", b"public, immutable, max-age=31536000"))
        if scope["path"] == "/cookie":
            headers.append((b"set-cookie", b"_streamlit_xsrf=1; Path=/"))
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"behind"})


@dataclass(frozen=True)
class Answer:
    """What came back; headers sent several times are the first of them."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class House:
    """An installation with its front, and a time that stands still until it is moved."""

    workspace: Workspace
    paces: Paces | None = None
    scripts: Iterable[str] = ()
    most_upload: int = 1_000
    now: datetime = NOW
    frontend: Frontend | None = None
    _people: int = 0
    behind: Behind = field(init=False)
    front: Front = field(init=False)
    app: Starlette = field(init=False)

    def __post_init__(self) -> None:
        self.behind = Behind(self.workspace)
        self.front = Front(
            self.workspace.settings, lambda: self.workspace,
            scripts=lambda: self.scripts, most_upload=self.most_upload, paces=self.paces,
            frontend=self.frontend,
        )  # fmt: skip
        self.front.doorkeeper._now = self.front.sign_in._now = self.front.snapshots._now = lambda: self.now
        routes = [*build_routes(lambda: self.workspace, lambda: HANDLE), Mount("/", app=self.behind)]
        self.app = Starlette(routes=routes, middleware=self.front.middleware())

    def close(self) -> None:
        self.front.close()

    def reset(self) -> None:
        """Nobody has asked yet."""
        self.now = NOW
        self.behind.seen.clear()
        self.behind.acted.clear()
        self.behind.read = 0

    def with_settings(self, **changes: Any) -> "House":
        """The same store under other settings; closed by whoever asked for it."""
        settings = replace(self.workspace.settings, **changes)
        return House(replace(self.workspace, settings=settings), self.paces, self.scripts, self.most_upload)

    # ── people ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def enrol(self, role: Role, region: str) -> str:
        """Somebody who has signed in: the token of the session."""
        return self.person(role, region)[1]

    def person(self, role: Role, region: str) -> tuple[int, str]:
        """The number of a new account, and the token of its session."""
        self._people += 1
        grant = Grant(role, region_key(region) if region else 0)
        return enrol(self.workspace, f"person{self._people}", grant, name="某人")

    # ── asking ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def ask(
        self, path: str, *, method: str = "GET", token: str = "", client: str = READER, host: str = HOST,
        scheme: str = "http", body: Iterable[bytes] = (), headers: Iterable[tuple[str, str]] = (),
        receive: Callable[[], Any] | None = None, **named: str,
    ) -> Answer:  # fmt: skip
        """One request; names of headers given by name are written with _ for -."""
        told: list[Any] = []
        scope = self._scope("http", path, token, client, host, scheme, headers, named) | {"method": method}
        chunks = [*body]

        async def next_chunk() -> dict[str, Any]:
            chunk = chunks.pop(0) if chunks else b""
            return {"type": "http.request", "body": chunk, "more_body": bool(chunks)}

        async def send(message: Any) -> None:
            told.append(message)

        finish(self.app(scope, receive or next_chunk, send))
        found = {name.decode().lower(): value.decode("latin-1") for name, value in reversed(told[0]["headers"])}
        return Answer(told[0]["status"], found, b"".join(message.get("body", b"") for message in told[1:]))

    def connect(
        self, path: str = "/_stcore/stream", *, token: str = "", client: str = READER, host: str = HOST,
        scheme: str = "ws", headers: Iterable[tuple[str, str]] = (), **named: str,
    ) -> bool:  # fmt: skip
        """Whether a websocket is accepted."""
        return finish(self._connect(self._scope("websocket", path, token, client, host, scheme, headers, named)))

    async def _connect(self, scope: Scope, waits: asyncio.Event | None = None) -> bool:
        told: list[str] = []

        async def receive() -> dict[str, Any]:
            if waits is not None:
                await waits.wait()
            return {"type": "websocket.disconnect"}

        async def send(message: Any) -> None:
            told.append(message["type"])

        await self.app(scope, receive, send)
        return told == ["websocket.accept"]

    @staticmethod
    def _scope(
        kind: str, path: str, token: str, client: str, host: str, scheme: str,
        headers: Iterable[tuple[str, str]], named: dict[str, str],
    ) -> Scope:  # fmt: skip
        plain, _, query = path.partition("?")
        sent = [("host", host), *headers, *((name.replace("_", "-"), value) for name, value in named.items())]
        sent += [("cookie", f"{SESSION_COOKIE}={token}")] if token else []
        return {
            "type": kind, "path": plain, "raw_path": plain.encode(), "query_string": query.encode(), "scheme": scheme,
            "http_version": "1.1", "root_path": "", "client": (client, 50_000), "server": (HOST, 80), "state": {},
            "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in sent if value],
            "subprotocols": [],
        }  # fmt: skip
