"""The app: Streamlit's pages with our own routes around them. `streamlit run app.py` starts it."""

import gc
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import streamlit as st

from ecodash.actions import EXPORT_LOG, setting_up
from ecodash.domain.access import SYSTEM
from ecodash.settings import load_settings
from ecodash.views.ahead import AHEAD
from ecodash.web import handle as handles
from ecodash.web import serving
from ecodash.web.front import Front
from ecodash.web.routes import build_routes
from ecodash.workspace import Workspace, close_shared_workspaces, shared_workspace

logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
settings = load_settings()


def _inline_scripts() -> list[str]:
    """Asked for when the first request comes: what pages are made of wants Streamlit's runtime, which is there by then."""
    from ecodash.views.page_scripts import inline_scripts

    return inline_scripts()


serving.put_in_order(is_open=settings.is_open)
front = Front(
    settings,
    lambda: shared_workspace(settings),
    scripts=_inline_scripts,
    most_upload=int(st.get_option("server.maxUploadSize")) * 1024 * 1024,
)


def _own_address() -> str:
    """Where this process answers, for the command line on the same machine."""
    address = str(st.get_option("server.address") or "127.0.0.1")
    return f"http://{'127.0.0.1' if address in ('0.0.0.0', '::') else address}:{st.get_option('server.port')}"  # nosec B104


def _tell_where_to_begin(workspace: Workspace) -> None:
    """In the window the app was started from: how it is open, or where the first account is made."""
    address = settings.public_url or _own_address()
    if settings.is_open:
        print(f"ECODASH_OPEN=1：试用模式，不用登录，只能在本机使用：{address}", flush=True)
        return
    token = setting_up.make_setup_link(workspace, now=datetime.now(UTC))
    if token is not None:
        print(
            f"还没有账号。请在 24 小时内打开下面的链接，建立第一个管理员账号（只能用一次）：\n{address}/setup/{token}",
            flush=True,
        )


@asynccontextmanager
async def lifespan(app: Any) -> AsyncIterator[dict[str, Any]]:
    """Open the store, tell the command line where it is, and freeze what was imported: later reruns then spare the
    collector a walk over pandas and plotly."""
    import pandas  # noqa: F401
    import plotly.graph_objects  # noqa: F401

    _tell_where_to_begin(shared_workspace(settings).acting(SYSTEM))
    handles.write_handle(settings.handle_file, _own_address())
    gc.collect()
    gc.freeze()
    try:
        yield {}
    finally:
        handles.remove_handle(settings.handle_file)
        AHEAD.stop()
        EXPORT_LOG.close()
        front.close()
        close_shared_workspaces()


app = st.App(
    "ecodash/views/shell.py",
    routes=build_routes(lambda: shared_workspace(settings), lambda: handles.find_handle(settings.handle_file)),
    middleware=front.middleware(),
    lifespan=lifespan,
)
