"""One request to a page of signing in: who asks, from where, in which language, and what is answered."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from urllib.parse import parse_qs, urlencode, urlsplit

from starlette.types import Scope

from ecodash import i18n
from ecodash.i18n import gettext as _
from ecodash.reports.message_page import render_message
from ecodash.sessions import SESSION_COOKIE, SignedIn
from ecodash.web import gate
from ecodash.web.forms import FORM_COOKIE, FormKeys, cookies_named, local_path, set_cookie
from ecodash.web.reply import Reply, html_reply, see_other
from ecodash.web.sign_in_page import SignInPage, policy, render
from ecodash.workspace import Workspace

Header = tuple[bytes, bytes]

LANGUAGE, NEXT = "lang", "next"
EARLY = "ecodash.early"
"""The key of a scope under which the addresses stand that a browser may fetch while somebody types."""
_SAME_ORIGIN = (b"referrer-policy", b"same-origin")
"""Under no-referrer a browser sends a form without its origin, as it would one of another site's."""
_LONGEST_AGENT = 200


@dataclass(frozen=True)
class Visit:
    """A request as the pages of signing in see it.

    Args:
        workspace: acts for the software itself.
        token: the session's opaque id, as the browser sent it; empty where it has none that holds.
        signed: whose session that is.
        fields: of the form that was sent; empty where none was.
        spoken: the language, where it was settled before; else it is found in the address.
    """

    scope: Scope
    workspace: Workspace
    keys: FormKeys
    token: str = ""
    signed: SignedIn | None = None
    fields: tuple[tuple[str, str], ...] = ()
    spoken: str = ""

    @property
    def root(self) -> str:
        """Where the server is mounted; empty at the top."""
        return str(self.scope.get("root_path", ""))

    @property
    def path(self) -> str:
        """Below where the server is mounted."""
        return gate.path_of(self.scope)

    @cached_property
    def query(self) -> dict[str, str]:
        """What the address carries, the first of each name."""
        try:
            found = parse_qs(self.scope.get("query_string", b"").decode("ascii"), max_num_fields=20)
        except ValueError:
            return {}
        return {name: values[0] for name, values in found.items()}

    def field(self, name: str) -> str:
        """A field of the form; empty where it was not sent."""
        return dict(self.fields).get(name, "")

    @property
    def next(self) -> str:
        """Where to go on to, as it stands in the address or in the form."""
        return local_path(self.field(NEXT) or self.query.get(NEXT, "/"))

    @property
    def onward(self) -> str:
        """The same from the top of the host: the start page stands for what was not asked for."""
        return self.next if self.root and self.next.startswith(f"{self.root}/") else f"{self.root}{self.next}"

    @property
    def language(self) -> str:
        """As the address asks for it, else as the page does that one is to go on to."""
        asked = self.spoken or self.query.get(LANGUAGE, "")
        if not asked:
            asked = parse_qs(urlsplit(self.next).query).get(LANGUAGE, [""])[0]
        return asked if asked in i18n.LANGUAGES else i18n.CHINESE

    def going(self, onward: str, language: str) -> "Visit":
        """The same request, where the way on and the language were settled before."""
        return replace(self, fields=((NEXT, onward),), spoken=language)

    @property
    def address(self) -> str:
        """Of the browser, for the audit."""
        return gate.client_host(self.scope)

    @property
    def agent(self) -> str:
        """Which browser it says it is."""
        written = (gate.header(self.scope, b"user-agent") or b"").decode("latin-1")
        return "".join(char for char in written if char.isprintable())[:_LONGEST_AGENT]

    @property
    def is_secure(self) -> bool:
        """Whether the browser came over https: by itself, or to the https address this installation is known by."""
        if self.scope.get("scheme") == "https":
            return True
        known = urlsplit(self.workspace.settings.public_url)
        return known.scheme == "https" and known.netloc.lower() == gate.host_name(self.scope).lower() != ""

    @cached_property
    def browser(self) -> str:
        """How the browser is named in its forms; a new name where it has none."""
        return self.keys.browser(self.scope) or self.keys.new_browser()

    # ── addresses ──────────────────────────────────────────────────────────────────────────────────────────────────

    def to(self, path: str, *, language: str = "", **params: str) -> str:
        """An address here, that keeps the language and where to go on to."""
        spoken = language or self.language
        more = {LANGUAGE: spoken} if spoken != i18n.CHINESE or language else {}
        more |= {NEXT: self.next} if self.next != "/" else {}
        query = urlencode(more | params)
        return f"{self.root}{path}{'?' if query else ''}{query}"

    def in_other_language(self) -> str:
        """The same page in the other language."""
        return self.to(self.path, language=i18n.CHINESE if self.language == i18n.ENGLISH else i18n.ENGLISH)

    # ── forms ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def form_token(self, purpose: str) -> str:
        """What a form shown to this browser carries."""
        return self.keys.make(self.browser, purpose, self._bound)

    def is_ours(self, purpose: str) -> bool:
        """Whether the form that was sent is one that was shown to this browser."""
        return self.keys.is_good(self.scope, self.field("form"), purpose, self._bound)

    @property
    def _bound(self) -> str:
        return "" if self.signed is None else self.signed.token_hash

    # ── answers ────────────────────────────────────────────────────────────────────────────────────────────────────

    def page(self, page: SignInPage, status: int = 200, more: Iterable[Header] = ()) -> Reply:
        """A page, with the cookie its form needs."""
        cookies = [*more]
        if page.action or any(link.posts for link in page.links):
            cookies.append(self.cookie(FORM_COOKIE, self.browser))
        return html_reply(status, render(page, self._early), policy=policy(), referrer=_SAME_ORIGIN, more=cookies)

    @property
    def _early(self) -> list[str]:
        """Where a password is asked for, what the app is going to need after it."""
        return [f"{self.root}/{name}" for name in self.scope.get(EARLY, ())] if self.path == "/login" else []

    def see(self, address: str, *more: Header) -> Reply:
        """Go there by GET."""
        return see_other(address, *more)

    def cookie(self, name: str, value: str, *, below: str = "/", seconds: int | None = None) -> Header:
        """A cookie of ours: until the browser is closed where no time is given."""
        return set_cookie(name, value, path=f"{self.root}{below}", is_secure=self.is_secure, seconds=seconds)

    def session_cookie(self, token: str) -> Header:
        """The session's opaque id; none where the token is empty."""
        # Path=/ whatever the root: the gate reads it for everything this server answers.
        return set_cookie(SESSION_COOKIE, token, path="/", is_secure=self.is_secure, seconds=None if token else 0)


def open_visit(
    scope: Scope,
    workspace: Workspace,
    keys: FormKeys,
    find: Callable[[str], SignedIn | None],
    fields: dict[str, str],
) -> Visit:
    """A request, with the session it belongs to looked up, as the gate does (ecodash.web.session_gate): of two ids neither
    counts."""
    sent = set(cookies_named(scope, SESSION_COOKIE))
    token = sent.pop() if len(sent) == 1 else ""
    signed = find(token) if token else None
    return Visit(scope, workspace, keys, token if signed else "", signed, tuple(fields.items()))


def refused_method() -> Reply:
    """These pages are looked at, and their forms sent."""
    told = render_message(_("不支持这样访问"), _("这个地址不支持这种请求方式。"), _("请在浏览器中打开登录页。"))
    return html_reply(405, told, more=[(b"allow", b"GET, HEAD, POST")])


def foreign() -> Reply:
    """A form of another site was sent here."""
    return html_reply(
        403, render_message(_("没有办理"), _("这个请求是从别的网站发来的。"), _("请直接打开本系统再操作。"))
    )


def no_form() -> Reply:
    """What was sent is no form of ours, or did not come whole."""
    told = render_message(_("没有办理"), _("收到的内容不完整，或不是从登录页发来的。"), _("请回到登录页，重新填写。"))
    return html_reply(400, told)
