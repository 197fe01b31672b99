"""What a page fetches when it is opened for the first time: packed, named early, and nothing that it does not use."""

import time
from pathlib import Path

import streamlit
from playwright.sync_api import Browser

from ecodash.web.first_page import FirstPages
from ecodash.web.static_copies import list_files
from tests.browser.driving import OFFICE, Server, open_page, running_app, watched_context

LOOKED_AT = ("overview", "map", "progress", "ranking", "profile", "lists")
_STREAMLIT = Path(streamlit.__file__).parent / "static"
_TEXTS = (".js", ".css")


def test_a_page_names_early_what_it_fetches_and_it_comes_packed(
    browser: Browser, sample_copy: Path, tmp_path: Path
) -> None:
    known = FirstPages(_STREAMLIT, list_files(_STREAMLIT, streamlit.__version__), LOOKED_AT)
    with running_app(sample_copy, tmp_path) as server:
        _wait_for_copies(server)
        for name in LOOKED_AT:
            context, watch = watched_context(browser, OFFICE)
            page = context.new_page()
            plain: list[str] = []
            page.on(
                "response",
                lambda answer, plain=plain: (
                    plain.append(answer.url)
                    if answer.url.endswith(_TEXTS) and "content-encoding" not in answer.headers
                    else None
                ),
            )
            sockets: list[str] = []
            session = context.new_cdp_session(page)
            session.send("Network.enable")
            session.on(
                "Network.webSocketHandshakeResponseReceived",
                lambda event, found=sockets: found.append(event["response"]["headers"]["Sec-WebSocket-Extensions"]),
            )
            open_page(page, f"{server.url}/{'' if name == 'overview' else name}?region=500230")
            fetched = {url.removeprefix(f"{server.url}/") for url in watch.requests if "/static/" in url}
            missing = {url for url in fetched if url.endswith(_TEXTS)} - {
                *known.needed("" if name == "overview" else name)
            }
            assert missing == set(), f"{name}: keep ecodash/web/first_page.py complete"
            if name == "overview":
                # Where a sign is in no font of this machine, Streamlit's own is looked into, but not for the first page.
                assert not [url for url in fetched if "SourceSans" in url]
            # A file that is hardly longer than nothing is not packed.
            assert [
                url for url in plain if (_STREAMLIT / url.removeprefix(f"{server.url}/")).stat().st_size > 200
            ] == []
            assert "permessage-deflate" in sockets[0]
            assert watch.errors == []
            assert watch.outside() == []
            context.close()


def _wait_for_copies(server: Server) -> None:
    for _ in range(600):
        if [*(server.home / "static").glob("*/copies.json")]:
            return
        time.sleep(0.1)
    raise AssertionError(server.log.read_text("utf-8"))
