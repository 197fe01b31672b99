"""The page that every page of the app begins as: Streamlit's index.html, told early what the page is going to need.

By itself a browser learns only from the running page which parts are missing, one round trip after the other. Here the
page names them at its beginning; and it does not fetch a font before the theme is known, which has others.
"""

import logging
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from starlette.types import ASGIApp, Receive, Scope, Send

from ecodash.web import gate
from ecodash.web.encodings import IDENTITY, choose_encoding, encode
from ecodash.web.reply import HTML, Reply
from ecodash.web.static_copies import StaticFile

_EVERYWHERE = ("Html", "Radio", "LinkButton", "Selectbox", "DownloadButton", "PageLink")
_ON_PAGE = {
    "map": ("DataFrame", "ButtonGroup", "BidiComponent"),
    "progress": ("ButtonGroup",),
    "ranking": ("DataFrame", "ButtonGroup"),
    "profile": ("DataFrame", "PlotlyChart"),
    "lists": ("Checkbox", "Button"),
}
"""Streamlit's parts that a page is drawn with; kept by tests/browser/test_first_load.py."""
_CODINGS = ("br", "gzip", IDENTITY)
_LEVELS = {"br": 11, "gzip": 9}
_CHUNK = "static/js/"
_IMPORT = re.compile(r"""(?:\bfrom|\bimport)\s*["'`]\./([\w.@-]+\.js)["'`]""", re.ASCII)
_FONT = re.compile(r'<link\s+rel="preload"\s+href="[^"]+"\s+as="font"[^>]*/>\s*')
_NAMED = re.compile(r'"\./(static/js/[^"]+\.js)"')
_SHEET = re.compile(r'"\./(static/css/[^"]+\.css)"')
_END = "</head>"
_HINT = '<link rel="modulepreload" fetchpriority="low" crossorigin href="./{}">\n'
_STYLE_HINT = '<link rel="preload" as="style" fetchpriority="low" crossorigin href="./{}">\n'
"""Low: what the page begins with goes first, and so does its question where the websocket is."""
_ASKED = ("_stcore/health", "_stcore/host-config")
_ASKED_HINT = '<link rel="preload" as="fetch" crossorigin href="./{}">\n'
"""Asked by the program of a page before it opens its websocket: a round trip less where the answers are there by then."""
_LOCAL = ("Microsoft YaHei", "Noto Sans CJK SC", "NotoSansCJKsc-Regular", "PingFang SC", "Arial", "DejaVu Sans")
_OWN_FONT = (
    '<style>@font-face{font-family:"Source Sans";font-style:normal;font-weight:100 900;src:'
    + ",".join(f'local("{name}")' for name in _LOCAL)
    + "}</style>\n"
)
"""Streamlit writes in its own font until it has been told the theme: 170 KB, fetched when the line is needed most."""
_log = logging.getLogger(__name__)


class FirstPages:
    """The first page of every page of the app, ready to be sent.

    Args:
        folder: of index.html.
        files: Streamlit's, by address.
        pages: names of the app's pages.
    """

    def __init__(self, folder: Path, files: Mapping[str, StaticFile], pages: Iterable[str]) -> None:
        self._folder, self._files, self._names = folder, files, tuple(pages)
        self._ready: dict[str, dict[str, Reply]] = {}
        self._imports: dict[str, list[str]] = {}
        self.landing: tuple[str, ...] = ()

    def make(self) -> None:
        """Make them all; before that Streamlit answers. Where its page is not as it is known here, it keeps answering."""
        try:
            html = (self._folder / "index.html").read_text("utf-8")
            known = self._closed(_NAMED.findall(html))
            if _END not in html or not known:
                _log.warning("Streamlit's index.html is not as expected: it is sent as it is")
                return
            self._ready = {f"/{name}": self._page(html, name, known) for name in ("", *self._names)}
            self.landing = self.needed("")
        except OSError:
            _log.warning("Streamlit's index.html cannot be read", exc_info=True)

    def find(self, path: str, encoding: str) -> Reply | None:
        """A page in a coding; None where the path is of no page, or pages are not made yet."""
        return self._ready.get(path, {}).get(encoding)

    def needed(self, name: str) -> tuple[str, ...]:
        """Addresses of all that a page is drawn with, as far as it is known before."""
        html = (self._folder / "index.html").read_text("utf-8")
        first = self._closed(_NAMED.findall(html))
        icons = self._named("static/media/MaterialSymbols-Rounded.", ".woff2")
        return (*_SHEET.findall(html), *first, *self._added(name, first), *icons)

    # ── making them ────────────────────────────────────────────────────────────────────────────────────────────────

    def _page(self, html: str, name: str, known: list[str]) -> dict[str, Reply]:
        added = self._added(name, known)
        hints = "".join((_STYLE_HINT if one.endswith(".css") else _HINT).format(one) for one in added)
        hints += "".join(_ASKED_HINT.format(one) for one in _ASKED) + _OWN_FONT
        body = _FONT.sub("", html).replace(_END, hints + _END, 1).encode()
        made = {}
        for encoding in _CODINGS:
            made[encoding] = _reply(encode(body, encoding, _LEVELS.get(encoding)), encoding)
        return made

    def _added(self, name: str, known: list[str]) -> list[str]:
        parts = (*_EVERYWHERE, *_ON_PAGE.get(name, ()))
        styles = [one for part in parts for one in self._named(f"static/css/{part}.", ".css")]
        chunks = self._closed(one for part in parts for one in self._named(f"{_CHUNK}{part}.", ".js"))
        return [one for one in chunks if one not in set(known)] + styles

    def _named(self, begin: str, end: str) -> list[str]:
        """Addresses of a part: its name, a digest, an ending."""
        return [
            name
            for name in self._files
            if name.startswith(begin) and name.endswith(end) and "." not in name[len(begin) : -len(end)]
        ]

    def _closed(self, names: Iterable[str]) -> list[str]:
        """Chunks and whatever they import, in the order in which they are named."""
        found: dict[str, None] = {}
        waiting = [*names][::-1]
        while waiting:
            name = waiting.pop()
            if name in found or name not in self._files:
                continue
            found[name] = None
            if name not in self._imports:
                self._imports[name] = _IMPORT.findall(self._files[name].path.read_text("utf-8"))
            waiting.extend(f"{_CHUNK}{one}" for one in reversed(self._imports[name]))
        return [*found]


class FirstPageFirst:
    """Middleware that answers a page of the app with its first page, and hands on everything else.

    Args:
        app: what stands behind.
        pages: that are made ready by whoever gives them.
    """

    def __init__(self, app: ASGIApp, pages: FirstPages) -> None:
        self._app, self._pages = app, pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http" and scope["method"] in ("GET", "HEAD"):
            encoding = choose_encoding(gate.header(scope, b"accept-encoding"), _CODINGS) or IDENTITY
            page = self._pages.find(gate.path_of(scope), encoding)
            if page is not None:
                await page.send(send, scope["method"])
                return
        await self._app(scope, receive, send)


def _reply(body: bytes, encoding: str) -> Reply:
    """How long it may be kept, and what it may run, the shield says, as of everything behind a sign-in."""
    headers = [(b"content-type", HTML.encode()), (b"vary", b"Accept-Encoding"), (b"content-length", b"%d" % len(body))]
    return Reply(200, headers + ([] if encoding == IDENTITY else [(b"content-encoding", encoding.encode())]), body)
