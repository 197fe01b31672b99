"""A small app for test_stopping: everything that stands before Streamlit, on a free port, with an import that can be held.

Where HELD names a step of an import (read, commit), "held" is written when it is reached, and it goes on when a line comes.
"""

import os
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from starlette.applications import Starlette

from ecodash import actions, import_answers, logs
from ecodash.actions import EXPORT_LOG
from ecodash.domain.access import SYSTEM
from ecodash.domain.audit import Export, ExportKind
from ecodash.settings import load_settings
from ecodash.store import journal
from ecodash.web import handle as handles
from ecodash.web import serving, stopping
from ecodash.web.front import Front
from ecodash.web.health import Health
from ecodash.web.routes import build_routes
from ecodash.workspace import close_shared_workspaces, shared_workspace
from tests.builders import NOON


def _held(work: Callable[..., Any]) -> Callable[..., Any]:
    def hold(*given: Any, **named: Any) -> Any:
        print("held", flush=True)
        sys.stdin.readline()
        return work(*given, **named)

    return hold


def main() -> None:
    settings = load_settings()
    logs.configure(is_json=True)
    if os.environ["HELD"] == "read":
        actions.import_file = import_answers.actions.import_file = _held(actions.import_file)
    if os.environ["HELD"] == "commit":
        journal.keep_file = _held(journal.keep_file)  # Within the transaction, behind the figures.
    stopping.DRAIN_SECONDS = float(os.environ.get("DRAIN", stopping.DRAIN_SECONDS))
    stopping.END_SECONDS = float(os.environ.get("END", stopping.END_SECONDS))
    listener = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    ending = stopping.Stopping()
    front = Front(settings, lambda: shared_workspace(settings), stopping=ending)
    health = Health(lambda: shared_workspace(settings), lambda: ending.is_begun)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        workspace = shared_workspace(settings)
        store = workspace.store
        ending.on_begin(store.refuse_writing)
        ending.waits_for(lambda: store.writing_seconds > 0)
        ending.on_cut_off(lambda: handles.remove_handle(settings.handle_file))
        handles.write_handle(settings.handle_file, url)
        print(url, flush=True)
        yield
        # A download at the last moment: its line is still to be written.
        export = Export(ExportKind.TABLE, "last.csv")
        EXPORT_LOG.note(workspace, export, actor=SYSTEM, now=NOON)
        ending.begin()
        handles.remove_handle(settings.handle_file)
        health.close()
        store.settle(ending.left_seconds - 5)
        EXPORT_LOG.close()
        front.close()
        close_shared_workspaces()
        ending.end()

    routes = build_routes(lambda: shared_workspace(settings), lambda: handles.find_handle(settings.handle_file), health)
    serving.put_in_order(is_open=settings.is_open, stopping=ending)
    app = Starlette(routes=routes, lifespan=lifespan, middleware=front.middleware())
    uvicorn.Server(uvicorn.Config(app, log_level="error")).run(sockets=[listener])


if __name__ == "__main__":
    sys.exit(main())
