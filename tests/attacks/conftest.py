"""One small installation with one of everything for every place, copied for what changes it; and the page tests' store."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Receive, Scope, Send

from ecodash.domain.access import SYSTEM, Actor
from ecodash.sessions import SignedIn
from ecodash.store.engine import open_store
from ecodash.web.routes import build_routes
from ecodash.web.session_gate import SIGNED_IN
from ecodash.workspace import Workspace
from tests.builders import settings_in
from tests.pages.conftest import components, county_home, open_app, short_ways
from tests.people import cheap_hashing
from tests.permits.world import World, build
from tests.web.apart import finish

__all__ = ["components", "county_home", "open_app", "short_ways"]


@pytest.fixture(scope="package", autouse=True)
def _cheap() -> Iterator[None]:
    with cheap_hashing():
        yield


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[World, Path]:
    """A world whose store is closed, and its folder: opened (tests.attacks.conftest.opened) from copies."""
    folder = tmp_path_factory.mktemp("world")
    made = build(folder)
    made.workspace.close()
    return made, folder


def opened(built: tuple[World, Path], folder: Path) -> World:
    """A copy of a world, to be closed by whoever asked for it."""
    made, home = built
    shutil.copytree(home, folder)
    settings, own = settings_in(folder), made.workspace
    return replace(made, workspace=Workspace(settings, open_store(settings), own.catalog, own.actor))


@pytest.fixture
def fresh(built: tuple[World, Path], tmp_path: Path) -> Iterator[World]:
    """An installation of one's own."""
    world = opened(built, tmp_path / "home")
    yield world
    world.workspace.close()


# ── routes ─────────────────────────────────────────────────────────────────────────────────────────────────────────

Ask = Callable[[Actor, str, str], httpx.Response]


class _Signed:
    """Stands for the gate: it says who asks."""

    def __init__(self, app: ASGIApp, who: list[Actor]) -> None:
        self._app, self._who = app, who

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope[SIGNED_IN] = SignedIn(self._who[0], False, "0" * 64, "password")
        await self._app(scope, receive, send)


@pytest.fixture
def ask(fresh: World) -> Ask:
    """One request to our own routes, by somebody."""
    who: list[Actor] = [SYSTEM]
    routes = build_routes(lambda: fresh.workspace, lambda: None)
    app = Starlette(routes=routes, middleware=[Middleware(_Signed, who)])

    def send(actor: Actor, method: str, path: str) -> httpx.Response:
        who[0] = actor

        async def once() -> httpx.Response:
            transport = httpx.ASGITransport(app=app)
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
                return await client.request(method, path)

        return finish(once())

    return send
