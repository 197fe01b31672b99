"""The app: Streamlit's pages with our own routes around them. `streamlit run app.py` starts it."""

import gc
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import streamlit as st
from starlette.middleware import Middleware

from ecodash.settings import load_settings
from ecodash.views.ahead import AHEAD
from ecodash.web import handle as handles
from ecodash.web.routes import build_routes
from ecodash.web.snapshots import Snapshots, SnapshotsFirst
from ecodash.workspace import close_shared_workspaces, shared_workspace

logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
settings = load_settings()
snapshots = Snapshots(lambda: shared_workspace(settings))


def _own_address() -> str:
    """Where this process answers, for the command line on the same machine."""
    address = str(st.get_option("server.address") or "127.0.0.1")
    return f"http://{'127.0.0.1' if address in ('0.0.0.0', '::') else address}:{st.get_option('server.port')}"


@asynccontextmanager
async def lifespan(app: Any) -> AsyncIterator[dict[str, Any]]:
    """Open the store, tell the command line where it is, and freeze what was imported: later reruns then spare the
    collector a walk over pandas and plotly."""
    import pandas  # noqa: F401
    import plotly.graph_objects  # noqa: F401

    shared_workspace(settings)
    handles.write_handle(settings.handle_file, _own_address())
    gc.collect()
    gc.freeze()
    try:
        yield {}
    finally:
        handles.remove_handle(settings.handle_file)
        AHEAD.stop()
        snapshots.close()
        close_shared_workspaces()


app = st.App(
    "ecodash/views/shell.py",
    routes=build_routes(lambda: shared_workspace(settings), lambda: handles.find_handle(settings.handle_file)),
    # Before Streamlit's own, which would compress anew what is compressed already.
    middleware=[Middleware(SnapshotsFirst, snapshots=snapshots)],
    lifespan=lifespan,
)
