"""Copies of one closed world, and somebody who asks the routes over one."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import httpx
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Receive, Scope, Send

from ecodash.domain.access import NOBODY, Actor
from ecodash.sessions import SignedIn
from ecodash.store.engine import open_store
from ecodash.web.handle import Handle
from ecodash.web.routes import build_routes
from ecodash.web.session_gate import SIGNED_IN
from ecodash.workspace import Workspace
from tests.builders import settings_in
from tests.permits.world import World, build
from tests.web.apart import finish

Closed = tuple[World, Path]
"""A world whose store is closed, and its folder."""
Ask = Callable[[Actor, str, str], httpx.Response]


def build_closed(folder: Path) -> Closed:
    """A world to be opened from copies."""
    made = build(folder)
    made.workspace.close()
    return made, folder


def opened(closed: Closed, folder: Path) -> World:
    """A copy of a world in a folder that is not there yet; closed by whoever asked for it."""
    made, home = closed
    shutil.copytree(home, folder)
    settings, own = settings_in(folder), made.workspace
    return replace(made, workspace=Workspace(settings, open_store(settings), own.catalog, own.actor))


class _Signed:
    """Stands for the gate: it says who asks, unless that is nobody."""

    def __init__(self, app: ASGIApp, who: list[Actor]) -> None:
        self._app, self._who = app, who

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._who[0] != NOBODY:
            scope[SIGNED_IN] = SignedIn(self._who[0], False, "0" * 64, "password")
        await self._app(scope, receive, send)


def asker(world: World, handle: Handle | None = None) -> Ask:
    """One request to our own routes over a world, by somebody."""
    who: list[Actor] = [NOBODY]
    routes = build_routes(lambda: world.workspace, lambda: handle)
    app = Starlette(routes=routes, middleware=[Middleware(_Signed, who)])

    def send(actor: Actor, method: str, path: str) -> httpx.Response:
        who[0] = actor

        async def once() -> httpx.Response:
            transport = httpx.ASGITransport(app=app, client=("10.1.2.3", 50_000))
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
                return await client.request(method, path)

        return finish(once())

    return send
