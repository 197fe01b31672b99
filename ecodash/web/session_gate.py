"""Nothing behind this gate answers without a session: no page and no websocket, no file and no picture.

In open mode there are no sessions: whoever sits at the machine itself passes, and nobody else does.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from urllib.parse import quote

from starlette.types import ASGIApp, Receive, Scope, Send

from ecodash import sessions
from ecodash.domain.access import NOBODY, Actor
from ecodash.i18n import gettext as _
from ecodash.reports.message_page import render_message
from ecodash.sessions import SESSION_COOKIE, SignedIn
from ecodash.settings import Settings
from ecodash.web import gate
from ecodash.web.client import BACKUP_PATH
from ecodash.web.reply import NEVER_KEPT, Reply, html_reply, json_reply, see_other
from ecodash.web.snapshot_cache import Makers
from ecodash.workspace import Workspace

SIGNED_IN = "ecodash.signed_in"
"""The key of a scope under which whoever asks is found: a SignedIn, or None."""
OPEN = frozenset(
    (
        ("GET", "/healthz"), ("HEAD", "/healthz"), ("POST", "/api/import"), ("POST", "/api/annotate"), ("POST", BACKUP_PATH),
    )
)  # fmt: skip
"""Answered without a session: health tells strangers only whether all is well, and the others ask for a key that only the machine has.
Exactly these: any other method or spelling would fall through to Streamlit."""
SESSION_HEADER = b"x-ecodash-session"
"""Tells Streamlit whose websocket it is (server.trustedUserHeaders); from outside it is never passed on (web.headers)."""
ROBOTS = b"User-agent: *\nDisallow: /\n"

_FOR_MACHINES = ("/_stcore/", "/static/", "/media/", "/component/", "/app/", "/geo/", "/api/", "/screen/deck")
_LONGEST_NEXT = 2_000
_THREADS = 2
_MOST_TOKENS = 4


class Doorkeeper:
    """Knows the sessions of browsers; a look at the store never holds the event loop up.

    Args:
        workspace: opened when first needed.
        now: the time of day, for expiry.
    """

    def __init__(
        self, workspace: Callable[[], Workspace], now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._workspace, self._now = workspace, now
        self._askers = Makers(_THREADS, "sessions")

    @property
    def settings(self) -> Settings:
        """Of the installation."""
        return self._workspace().settings

    def close(self) -> None:
        """Ask no more."""
        self._askers.close()

    async def signed_in(self, scope: Scope, *, touches: bool = True) -> SignedIn | None:
        """Whose session a request carries in its cookie; None where it carries none that holds, and in open mode.

        Args:
            touches: whether the request counts as use of the session.
        """
        if self.settings.is_open:
            return None
        address = gate.client_host(scope)
        sent = _tokens(scope)
        for token in sent[:_MOST_TOKENS]:
            # What one page asks for at once is looked up once.
            found = await self._askers.make((token, address, touches), partial(self._find, token, address, touches))
            if found is not None:
                if len(sent) > 1:
                    scope["headers"] = gate.with_cookie(scope["headers"], SESSION_COOKIE, token)
                return found
        return None

    async def reader(self, scope: Scope) -> Actor:
        """Who asks: the account of a session that may be used, in open mode the machine's operator, else nobody."""
        found = await self.signed_in(scope)
        return _actor(self.settings, scope, found)

    def _find(self, token: str, address: str, touches: bool) -> SignedIn | None:
        return sessions.find(self._workspace(), token, now=self._now(), address=address, touches=touches)


def bound(workspace: Workspace, scope: Scope) -> Workspace:
    """A workspace as whoever sent a request sees it; the gate has found out who that is."""
    return workspace.acting(_actor(workspace.settings, scope, scope.get(SIGNED_IN)))


def _actor(settings: Settings, scope: Scope, found: SignedIn | None) -> Actor:
    if settings.is_open:
        return gate.visitor(scope) or NOBODY
    return NOBODY if found is None or found.must_change else found.actor


def _tokens(scope: Scope) -> list[str]:
    """The ids a browser sends as a session's: more than one where another site of the domain gave it one."""
    sent = (value for name, value in scope["headers"] if name == b"cookie")
    return list(gate.cookie_values(sent, SESSION_COOKIE))


class SessionGate:
    """Middleware that lets through who has signed in, and tells all others where to.

    Args:
        app: what stands behind.
        doorkeeper: closed by whoever gives it.
    """

    def __init__(self, app: ASGIApp, doorkeeper: Doorkeeper) -> None:
        self._app, self._doorkeeper = app, doorkeeper

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or refuse one websocket before it is accepted."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        path = gate.path_of(scope)
        found = await self._doorkeeper.signed_in(scope, touches=_is_use(scope, path))
        scope[SIGNED_IN] = found
        is_http = scope["type"] == "http"
        if not is_http and found is not None:
            # Streamlit lets a page that lost its connection take up what it had: only for the session it was begun in.
            scope["headers"] = [*scope["headers"], (SESSION_HEADER, found.token_hash.encode())]
        if (is_http and ((scope["method"], path) in OPEN or _is_watcher(scope, path))) or _actor(
            self._doorkeeper.settings, scope, found
        ) != NOBODY:
            await self._app(scope, receive, send)
        elif is_http:
            await self._refusal(scope, path, found).send(send, scope["method"])
        else:
            await send({"type": "websocket.close", "code": 1008, "reason": ""})

    def _refusal(self, scope: Scope, path: str, found: SignedIn | None) -> Reply:
        if path == "/robots.txt":
            return Reply(200, [(b"content-type", b"text/plain; charset=utf-8"), NEVER_KEPT], ROBOTS)
        is_page = is_for_a_reader(scope, path)
        if self._doorkeeper.settings.is_open:
            return _elsewhere(is_page)
        if found is not None:
            return see_other(sign_in_path(scope, "/login/password")) if is_page else _must_change()
        return see_other(sign_in_path(scope)) if is_page else _not_signed_in()


def _is_watcher(scope: Scope, path: str) -> bool:
    """Whether a program that watches over the installation asks, and showed its key."""
    return path in gate.FOR_PROGRAMS and bool(scope.get(gate.KEY_SHOWN)) and scope["method"] in ("GET", "HEAD")


def _is_use(scope: Scope, path: str) -> bool:
    """Whether a request shows that somebody is there; what a page or a screen fetches by itself does not."""
    return scope["type"] == "websocket" or scope["method"] not in ("GET", "HEAD") or is_for_a_reader(scope, path)


def is_for_a_reader(scope: Scope, path: str) -> bool:
    """Whether what is asked for is a page that somebody looks at, and not something a page fetches."""
    if scope["method"] not in ("GET", "HEAD") or path.startswith(_FOR_MACHINES):
        return False
    if (gate.header(scope, b"sec-fetch-dest") or b"document") not in (b"document", b"iframe", b"frame"):
        return False
    return b"text/html" in (gate.header(scope, b"accept") or b"")


def sign_in_path(scope: Scope, form: str = "/login") -> str:
    """Where to sign in, or to change a password first, and from there back to what was asked for."""
    root, asked = scope.get("root_path", ""), quote(scope["path"], safe="/")
    if scope.get("query_string"):
        asked += "?" + scope["query_string"].decode("latin-1")
    if asked in ("/", f"{root}/") or len(asked) > _LONGEST_NEXT:
        return f"{root}{form}"
    return f"{root}{form}?next={quote(asked, safe='/')}"


def _not_signed_in() -> Reply:
    return json_reply(401, "NotSignedIn", _("没有登录，或登录已失效。"), _("请重新登录后再试。"))


def _must_change() -> Reply:
    return json_reply(403, "PasswordExpired", _("密码需要先修改。"), _("请在登录页面修改密码后再试。"))


def _elsewhere(is_page: bool) -> Reply:
    what = _("本系统以试用模式运行，只能在安装它的这台电脑上打开。")
    remedy = _("请在那台电脑上打开；需要供多人使用时，请管理员去掉 ECODASH_OPEN 设置并开通账号。")
    if is_page:
        return html_reply(403, render_message(_("只能在本机打开"), what, remedy))
    return json_reply(403, "NotPermitted", what, remedy)
