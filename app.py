"""The app: Streamlit's pages with our own routes around them. `streamlit run app.py` starts it."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import streamlit as st

from ecodash import logs
from ecodash.actions import EXPORT_LOG, Nightly, setting_up
from ecodash.domain.access import SYSTEM
from ecodash.settings import PROJECT_ROOT, load_settings
from ecodash.views import log_lines
from ecodash.views.ahead import AHEAD
from ecodash.views.guard import uncaught
from ecodash.web import handle as handles
from ecodash.web import serving
from ecodash.web.front import Front
from ecodash.web.frontend import Frontend
from ecodash.web.health import Health
from ecodash.web.routes import build_routes
from ecodash.web.stopping import Stopping
from ecodash.workspace import Workspace, close_shared_workspaces, shared_workspace

settings = load_settings()
logs.configure(is_json=settings.logs_json)
log_lines.join_logs()


def _inline_scripts() -> list[str]:
    """Asked for when the first request comes: what pages are made of wants Streamlit's runtime, which is there by then."""
    from ecodash.views.page_scripts import inline_scripts

    return inline_scripts()


stopping = Stopping()
serving.put_in_order(is_open=settings.is_open, stopping=stopping)
frontend = Frontend(
    Path(st.__file__).parent / "static",
    st.__version__,
    settings.static_dir,
    (page.stem for page in (PROJECT_ROOT / "pages").glob("*.py")),
)
front = Front(
    settings,
    lambda: shared_workspace(settings),
    scripts=_inline_scripts,
    most_upload=int(st.get_option("server.maxUploadSize")) * 1024 * 1024,
    frontend=frontend,
    stopping=stopping,
)
health = Health(lambda: shared_workspace(settings), lambda: stopping.is_begun)


_LAST_SECONDS = 5.0
"""Kept at the end of the time a stop may take, to write what waits and to close the store."""


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

    store = shared_workspace(settings).store
    stopping.on_begin(store.refuse_writing)
    stopping.waits_for(lambda: store.writing_seconds > 0)
    stopping.on_cut_off(lambda: handles.remove_handle(settings.handle_file))
    _tell_where_to_begin(shared_workspace(settings).acting(SYSTEM))
    handles.write_handle(settings.handle_file, _own_address())
    frontend.start()
    nightly = Nightly(settings, lambda: shared_workspace(settings))
    nightly.start()
    gc.collect()
    gc.freeze()
    try:
        yield {}
    finally:
        stopping.begin()
        handles.remove_handle(settings.handle_file)
        AHEAD.stop()
        nightly.stop()
        health.close()
        # What a page is just committing is finished; then this thread alone writes, what waits for the audit.
        store.settle(stopping.left_seconds - _LAST_SECONDS)
        EXPORT_LOG.close()
        front.close()
        close_shared_workspaces()
        stopping.end()


app = st.App(
    "ecodash/views/shell.py",
    routes=build_routes(lambda: shared_workspace(settings), lambda: handles.find_handle(settings.handle_file), health),
    middleware=front.middleware(),
    lifespan=lifespan,
    on_script_error=uncaught,
)
