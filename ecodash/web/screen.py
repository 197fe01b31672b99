"""The meeting screen: the page, its style sheet and script, and the slides it asks for every so often."""

import hashlib
import json
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import astuple
from typing import Any, TypeVar
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from ecodash import __version__, queries
from ecodash.domain.access import Actor
from ecodash.domain.meeting import MeetingOrder
from ecodash.errors import LinkUnknown, UserError
from ecodash.i18n import CHINESE, LANGUAGES, speaking
from ecodash.i18n import gettext as _
from ecodash.queries.meeting import check_order, meeting_order, meeting_slides
from ecodash.reports.message_page import render_message
from ecodash.reports.screen import page
from ecodash.reports.screen.deck import draw_slides
from ecodash.reports.screen.slides import Shape, SlideTables
from ecodash.web.reply import status_of
from ecodash.web.session_gate import bound
from ecodash.workspace import Workspace

REFRESH, FASTEST_REFRESH, SLOWEST_REFRESH = 60, 5, 3600
"""Seconds between two looks at the slides; an address may ask for others."""
_MOST_TABLES, _MOST_DECKS = 8, 32

_COMMON = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
}
PAGE_HEADERS = _COMMON | {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}
MESSAGE_HEADERS = PAGE_HEADERS | {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
}
_Found = TypeVar("_Found")


class Kept:
    """A few results by key, the least used forgotten first; a key's result is made once, however many ask."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._found: OrderedDict[str, Any] = OrderedDict()
        self._lock = threading.Lock()
        self._making: dict[str, threading.Lock] = {}

    def get(self, key: str, make: Callable[[], _Found]) -> _Found:
        """The result of a key, made if it is not kept."""
        with self._lock:
            if key in self._found:
                self._found.move_to_end(key)
                return self._found[key]  # type: ignore[no-any-return]
            own = self._making.setdefault(key, threading.Lock())
        with own:
            with self._lock:
                if key in self._found:
                    return self._found[key]  # type: ignore[no-any-return]
            try:
                made = make()
            finally:
                with self._lock:
                    self._making.pop(key, None)
            with self._lock:
                self._found[key] = made
                while len(self._found) > self._most:
                    self._found.popitem(last=False)
            return made


class Decks:
    """The slides of orders as of the newest watermark, drawn once for every shape and language that asks."""

    def __init__(self) -> None:
        self._tables, self._drawn = Kept(_MOST_TABLES), Kept(_MOST_DECKS)

    def deck(self, workspace: Workspace, order: MeetingOrder, shape: Shape, language: str, known: str) -> "Deck":
        """The slides, or only their tag where it is the known one.

        Raises:
            UserError: the order names what does not exist.
        """
        state = queries.store_state(workspace)
        basis = [
            workspace.settings.database_url, *astuple(state), len(workspace.tree),
            workspace.catalog.digest, order.to_content(), _sight(workspace.actor),
        ]  # fmt: skip
        tables_key = _digest(basis)
        tag = f'"{_digest([tables_key, shape.value, language, software()])}"'
        if known and tag in (one.strip().removeprefix("W/") for one in known.split(",")):
            return Deck(tag, None)

        def tables() -> list[SlideTables]:
            return meeting_slides(workspace, order, state.watermark)

        def draw() -> bytes:
            with speaking(language):
                slides = draw_slides(self._tables.get(tables_key, tables), shape)
            shown = [
                {"key": slide.key, "seconds": slide.seconds, "label": slide.label, "html": slide.html}
                for slide in slides
            ]
            return json.dumps({"slides": shown}, ensure_ascii=False).encode()

        return Deck(tag, self._drawn.get(tag, draw))


class Deck:
    """Slides as JSON with their entity tag; no content where the asker has them."""

    def __init__(self, tag: str, content: bytes | None) -> None:
        self.tag, self.content = tag, content


def software() -> str:
    """What draws the slides: the version, with a digest over the page's own files."""
    return f"{__version__}+{page.assets_version()}"


def _sight(actor: Actor) -> list[Any]:
    """What an actor may see: slides drawn for one are never shown to another who may see less, and a stop without a
    region shows the reader's own."""
    return [actor.is_operator, actor.account > 0, [astuple(grant) for grant in actor.grants]]


def _digest(values: Any) -> str:
    return hashlib.sha256(json.dumps(values, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:32]


def screen_routes(workspace: Callable[[], Workspace]) -> list[Route]:
    """The routes of the meeting screen over a workspace that is opened when first needed."""
    decks = Decks()

    async def show(request: Request) -> Response:
        number = str(request.path_params.get("number", ""))
        return await run_in_threadpool(_page, bound(workspace(), request.scope), number, dict(request.query_params))

    async def deck(request: Request) -> Response:
        known = request.headers.get("if-none-match", "")
        return await run_in_threadpool(
            _deck, decks, bound(workspace(), request.scope), dict(request.query_params), known
        )

    async def assets(request: Request) -> Response:
        name = str(request.path_params["name"])
        if name not in page.ASSETS:
            return Response(status_code=404)
        # The address carries a digest over the content: another content has another address.
        is_current = request.query_params.get("v") == page.assets_version()
        kept = "private, max-age=31536000, immutable" if is_current else "no-cache"
        headers = _COMMON | {"Cache-Control": kept}
        return Response(page.asset(name), media_type=page.ASSETS[name], headers=headers)

    return [
        Route("/screen", show, methods=["GET"]),
        Route("/screen/deck", deck, methods=["GET"]),
        Route("/screen/assets/{name}", assets, methods=["GET"]),
        Route("/screen/{number}", show, methods=["GET"]),
    ]


def _page(workspace: Workspace, number: str, params: dict[str, str]) -> Response:
    language = _language(params)
    with speaking(language):
        try:
            if number:
                params["order"] = number
            name, order = _order(workspace, params)
            # An order kept long ago may name what is gone: the screen would show nothing and only say so.
            check_order(workspace, order)
        except UserError as error:
            told = render_message(_("会议模式打不开"), error.what, error.remedy)
            return HTMLResponse(told, status_code=status_of(error), headers=MESSAGE_HEADERS)
        asked = {"order": number} if number else order.to_params()
        html = page.render_page(
            title=_("{name} 会议模式").format(name=name) if name else _("会议模式"),
            deck=f"/screen/deck?{urlencode(asked | {'lang': language})}",
            version=software(),
            theme=params["theme"] if params.get("theme") in ("light", "dark", "auto") else order.theme.value,
            refresh=_refresh(params),
        )
        return HTMLResponse(html, headers=PAGE_HEADERS)


def _deck(decks: Decks, workspace: Workspace, params: dict[str, str], known: str) -> Response:
    language = _language(params)
    headers = _COMMON | {
        "Cache-Control": "private, no-cache",
        "X-Server-Time": str(int(time.time() * 1000)),
        "X-Screen-Version": software(),
    }
    with speaking(language):
        try:
            _name, order = _order(workspace, params)
            found = decks.deck(workspace, order, _shape(params), language, known)
        except UserError as error:
            shown = {"what": error.what, "remedy": error.remedy}
            return JSONResponse(shown, status_code=status_of(error), headers=headers)
    headers |= {"ETag": found.tag}
    if found.content is None:
        return Response(status_code=304, headers=headers)
    return Response(found.content, media_type="application/json", headers=headers)


def _order(workspace: Workspace, params: Mapping[str, str]) -> tuple[str, MeetingOrder]:
    """The kept order an address names, with its name, else the one it spells.

    Raises:
        UserError: neither is one.
    """
    number = params.get("order", "")
    if not number:
        return "", MeetingOrder.from_params(params)
    if not number.isascii() or not number.isdecimal() or len(number) > 9:
        raise LinkUnknown(_("没有编号为“{number}”的会议顺序。").format(number=number[:20]), _("请核对链接是否完整。"))
    return meeting_order(workspace, int(number))


def _language(params: Mapping[str, str]) -> str:
    return params["lang"] if params.get("lang") in LANGUAGES else CHINESE


def _shape(params: Mapping[str, str]) -> Shape:
    return Shape(params["shape"]) if params.get("shape") in list(Shape) else Shape.WIDE


def _refresh(params: Mapping[str, str]) -> int:
    written = params.get("refresh", "")
    if not written.isascii() or not written.isdecimal() or len(written) > 6:
        return REFRESH
    return min(max(int(written), FASTEST_REFRESH), SLOWEST_REFRESH)
