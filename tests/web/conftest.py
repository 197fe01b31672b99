import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from unittest import mock

import httpx
import pytest
from argon2 import PasswordHasher
from starlette.applications import Starlette
from starlette.middleware import Middleware

from ecodash import pins
from ecodash.domain.access import SYSTEM
from ecodash.store.engine import open_store
from ecodash.web.handle import Handle, write_handle
from ecodash.web.health import Health
from ecodash.web.routes import build_routes
from ecodash.web.session_gate import Doorkeeper, SessionGate
from ecodash.web.snapshots import Snapshots, SnapshotsFirst
from ecodash.workspace import Workspace
from tests.builders import CATALOG, commit, settings_in
from tests.people import cheap_hashing
from tests.web.apart import finish
from tests.web.gates import House
from tests.web.links import REPORTED, Desk


@dataclass(frozen=True)
class Client:
    """Asks an ASGI app without a server; an exception in the app is raised here."""

    app: Starlette

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
                return await client.request(method, path, **options)

        return finish(ask())

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.request("GET", path, **options)

    def post(self, path: str, **options: Any) -> httpx.Response:
        return self.request("POST", path, **options)


@dataclass(frozen=True)
class Site:
    """Our own routes over a small store, what answers links of snapshots, and the handle that opens /api/import."""

    workspace: Workspace
    client: Client
    handle: Handle
    snapshots: Snapshots
    health: Health


def our_app(
    workspace: Workspace, snapshots: Snapshots, handle: Handle | None = None, health: Health | None = None
) -> Starlette:
    """Everything of ours that the app answers, without Streamlit."""
    gates = [
        Middleware(SnapshotsFirst, snapshots=snapshots),
        Middleware(SessionGate, doorkeeper=Doorkeeper(lambda: workspace)),
    ]
    return Starlette(routes=build_routes(lambda: workspace, lambda: handle, health), middleware=gates)


@pytest.fixture
def site(small_store: Path, tmp_path: Path) -> Iterator[Site]:
    shutil.copy(small_store, tmp_path)
    settings = replace(settings_in(tmp_path), is_open=True)
    workspace = Workspace(settings, open_store(settings), CATALOG, SYSTEM)
    handle = write_handle(tmp_path / "app.json", "http://app")
    snapshots = Snapshots(lambda: workspace, Doorkeeper(lambda: workspace))
    health = Health(lambda: workspace)
    app = our_app(workspace, snapshots, handle, health)
    yield Site(workspace, Client(app), handle, snapshots, health)
    health.close()
    snapshots.close()
    workspace.close()


@pytest.fixture(scope="module")
def quick_pins() -> Iterator[None]:
    """PINs are kept by the same hash at its lowest cost: tests try hundreds of them."""
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with mock.patch.object(pins, "_hasher", return_value=hasher):
        yield


@pytest.fixture(scope="module")
def office(small_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """One store for all tests that commit nothing; each makes the snapshots it needs."""
    folder = tmp_path_factory.mktemp("office")
    shutil.copy(small_store, folder)
    settings = replace(settings_in(folder), is_open=True)
    workspace = Workspace(settings, open_store(settings), CATALOG, SYSTEM)
    commit(workspace.store, *REPORTED)
    yield workspace
    workspace.close()


@pytest.fixture
def desk(office: Workspace, quick_pins: None) -> Iterator[Desk]:
    found = Desk(office)
    yield found
    found.close()


@pytest.fixture
def own(site: Site, quick_pins: None) -> Iterator[Desk]:
    """Links of a store of its own, for tests that commit."""
    commit(site.workspace.store, *REPORTED)
    found = Desk(site.workspace)
    yield found
    found.close()


@pytest.fixture(scope="module")
def quick_passwords() -> Iterator[None]:
    """Passwords are hashed weakly."""
    with cheap_hashing():
        yield


@pytest.fixture(scope="module")
def building(small_store: Path, tmp_path_factory: pytest.TempPathFactory, quick_passwords: None) -> Iterator[House]:
    """An installation with accounts and everything that stands before Streamlit; two villages have reported."""
    folder = tmp_path_factory.mktemp("building")
    shutil.copy(small_store, folder)
    workspace = Workspace(settings_in(folder), open_store(settings_in(folder)), CATALOG)
    commit(workspace.store, *REPORTED)
    found = House(workspace)
    yield found
    found.close()
    workspace.close()


@pytest.fixture
def house(building: House) -> House:
    """The same for one test, at the same time of day; everybody who enters has an account of their own."""
    building.reset()
    return building
