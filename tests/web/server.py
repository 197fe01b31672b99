"""A small app for test_through_app: our routes on a free port, the store held, the handle written."""

import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware

from ecodash.domain.access import SYSTEM
from ecodash.settings import load_settings
from ecodash.web import handle as handles
from ecodash.web.routes import build_routes
from ecodash.web.session_gate import Doorkeeper, SessionGate
from ecodash.workspace import close_shared_workspaces, shared_workspace


def main() -> None:
    settings = load_settings()
    listener = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        shared_workspace(settings)
        handles.write_handle(settings.handle_file, url)
        print(url, flush=True)
        yield
        handles.remove_handle(settings.handle_file)
        close_shared_workspaces()

    routes = build_routes(lambda: shared_workspace(settings), lambda: handles.find_handle(settings.handle_file))
    doorkeeper = Doorkeeper(lambda: shared_workspace(settings).acting(SYSTEM))
    gates = [Middleware(SessionGate, doorkeeper=doorkeeper)]
    app = Starlette(routes=routes, lifespan=lifespan, middleware=gates)
    server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
    server.run(sockets=[listener])


if __name__ == "__main__":
    sys.exit(main())
