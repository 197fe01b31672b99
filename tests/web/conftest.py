import asyncio
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from ecodash.store.engine import open_store
from ecodash.web.handle import Handle, write_handle
from ecodash.web.routes import build_routes
from ecodash.workspace import Workspace
from tests.builders import CATALOG, settings_in


@dataclass(frozen=True)
class Client:
    """Asks an ASGI app without a server; an exception in the app is raised here."""

    app: Starlette

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://app") as client:
                return await client.request(method, path, **options)

        # In a thread of its own: the browser tests keep a loop running in this one.
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(lambda: asyncio.run(ask())).result()

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.request("GET", path, **options)

    def post(self, path: str, **options: Any) -> httpx.Response:
        return self.request("POST", path, **options)


@dataclass(frozen=True)
class Site:
    """Our own routes over a small store, and the handle that opens /api/import."""

    workspace: Workspace
    client: Client
    handle: Handle


@pytest.fixture
def site(small_store: Path, tmp_path: Path) -> Iterator[Site]:
    shutil.copy(small_store, tmp_path)
    settings = settings_in(tmp_path)
    workspace = Workspace(settings, open_store(settings), CATALOG)
    handle = write_handle(tmp_path / "app.json", "http://app")
    yield Site(workspace, Client(Starlette(routes=build_routes(lambda: workspace, lambda: handle))), handle)
    workspace.close()
