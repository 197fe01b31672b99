"""/login, /logout and /setup: how people sign in, before anything else is answered. A plain ASGI app.

Nothing but these pages, health and links of snapshots answers without a session (ecodash.web.front). Every form carries a
token bound to the browser it was shown to, besides the check of its origin. Passwords are checked in a few threads of
their own, as each check takes much memory and time on purpose.
"""

import asyncio
import contextvars
import logging
import re
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import cached_property, partial
from typing import ParamSpec, TypeVar

from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.types import Receive, Scope, Send

from ecodash import i18n, passwords, sessions
from ecodash.actions import setting_up, signing_in
from ecodash.domain.access import SYSTEM
from ecodash.errors import LinkUnknown, SignInRefused, UserError
from ecodash.i18n import gettext as _
from ecodash.queries.accounts import has_accounts
from ecodash.web import gate, sign_in_forms
from ecodash.web.forms import FormKeys, cookies_named, derived_key, read_form
from ecodash.web.limits import Clock, Limit, address_key
from ecodash.web.oidc import Oidc, OidcFailed
from ecodash.web.reply import Reply
from ecodash.web.visits import Header, Visit, foreign, no_form, open_visit, refused_method
from ecodash.workspace import Workspace

P = ParamSpec("P")
R = TypeVar("R")

TICKET_COOKIE, TICKET_SECONDS = "ecodash_ticket", 300
"""Between the password and the second factor."""
OIDC_COOKIE, OIDC_SECONDS = "ecodash_oidc", 600
"""While somebody signs in at the county's own service."""
FAILURES, FAILURE_SECONDS = 30, 300.0
"""So many attempts in vain an address may make within a time, whatever the accounts: an office shares one address."""
CHECKS_AT_ONCE = 2
MOST_WAITING = 24
"""So many attempts wait for their turn; further ones are told to come again."""

_SETUP = re.compile(r"/setup/([A-Za-z0-9_-]{1,128})", re.ASCII)
_log = logging.getLogger(__name__)


class SignInPages:
    """The ASGI app under /login, /logout and /setup.

    Args:
        workspace: opened when first needed.
        now: the time of day.
        clock: seconds that only grow, for limits.
    """

    def __init__(
        self,
        workspace: Callable[[], Workspace],
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        clock: Clock = time.monotonic,
    ) -> None:
        self._opened, self._now = workspace, now
        self._failures = Limit(FAILURES, FAILURE_SECONDS, clock=clock)
        self._checkers = ThreadPoolExecutor(CHECKS_AT_ONCE, thread_name_prefix="sign-in")
        self._lookers = ThreadPoolExecutor(2, thread_name_prefix="sign-in-look")
        self._waiting = 0
        # What an unknown name is compared with is made once: the first one asked for is not to take longer for it.
        self._checkers.submit(passwords.is_password_of, "", "")

    @staticmethod
    def answers(path: str) -> bool:
        """Whether a path, below where the server is mounted, is answered here."""
        return path in ("/login", "/logout") or path.startswith(("/login/", "/setup/"))

    def close(self) -> None:
        """Take no more attempts; before the store is released."""
        self._checkers.shutdown(wait=True, cancel_futures=True)
        self._lookers.shutdown(wait=True, cancel_futures=True)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        reply = await self._answer(scope, receive)
        await reply.send(send, scope["method"])

    @property
    def _workspace(self) -> Workspace:
        return self._opened().acting(SYSTEM)

    @cached_property
    def _keys(self) -> FormKeys:
        return FormKeys(self._workspace.link_key)

    @cached_property
    def _oidc(self) -> Oidc:
        return Oidc(self._workspace.settings, self._workspace.link_key)

    @cached_property
    def _seeds(self) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(derived_key(self._workspace.link_key, "oidc seed"), salt=b"oidc seed")

    async def _answer(self, scope: Scope, receive: Receive) -> Reply:
        method = scope["method"]
        if method not in ("GET", "HEAD", "POST"):
            return refused_method()
        if method == "POST" and gate.is_foreign(scope):
            return foreign()
        fields = await read_form(scope, receive) if method == "POST" else {}
        if fields is None:
            return no_form()
        visit = await self._look(self._visit, scope, fields)
        with i18n.speaking(visit.language):
            return await self._route(visit, method)

    def _visit(self, scope: Scope, fields: dict[str, str]) -> Visit:
        workspace = self._workspace
        find = partial(sessions.find, workspace, now=self._now(), address=gate.client_host(scope))
        return open_visit(scope, workspace, self._keys, find, fields)

    async def _route(self, visit: Visit, method: str) -> Reply:
        """What answers a path, by whether something was sent."""
        if visit.workspace.settings.is_open:
            return visit.see(f"{visit.root}/")
        setup = _SETUP.fullmatch(visit.path)
        if setup:
            sent = partial(self._set_up, token=setup[1])
            shown = partial(self._show_setup, token=setup[1])
        else:
            routes: dict[str, tuple[_Answer, _Answer | None]] = {
                "/login": (self._show_login, self._sign_in),
                "/login/code": (self._show_code, self._second_factor),
                "/login/password": (self._show_password, self._change_password),
                "/logout": (self._show_logout, self._sign_out),
                "/login/oidc": (self._start_oidc, None),
                "/login/oidc/callback": (self._finish_oidc, None),
            }
            if visit.path not in routes:
                return visit.see(visit.to("/login"))
            shown, sent = routes[visit.path]  # type: ignore[assignment]
        if method != "POST":
            return await shown(visit)
        return refused_method() if sent is None else await sent(visit)

    # ── name and password ──────────────────────────────────────────────────────────────────────────────────────────

    async def _show_login(self, visit: Visit) -> Reply:
        if visit.signed is not None:
            return visit.see(visit.to("/login/password") if visit.signed.must_change else visit.onward)
        if not await self._look(has_accounts, visit.workspace):
            return visit.page(sign_in_forms.no_account(visit))
        done, told = _("您已退出登录。") if visit.query.get("out") else "", ""
        if not done and any(cookies_named(visit.scope, sessions.SESSION_COOKIE)):
            told = _("登录已失效：长时间没有操作，或账号、密码有变动。请重新登录。")
        return visit.page(sign_in_forms.login(visit, done=done, told=told))

    async def _sign_in(self, visit: Visit) -> Reply:
        if not visit.is_ours("login"):
            return visit.page(sign_in_forms.login(visit, said=sign_in_forms.stale()), 403)
        attempt = partial(
            signing_in.sign_in,
            visit.workspace,
            visit.field("login"),
            visit.field("password"),
            address=visit.address,
            agent=visit.agent,
            now=self._now(),
        )
        try:
            found = await self._attempt(visit, attempt)
        except UserError as error:
            return visit.page(sign_in_forms.login(visit, said=(error.what, error.remedy)), _status(error))
        if isinstance(found, signing_in.Opened):
            return await self._enter(visit, found)
        ticket = visit.cookie(TICKET_COOKIE, found.text, below="/login", seconds=TICKET_SECONDS)
        return visit.see(visit.to("/login/code"), ticket)

    async def _enter(self, visit: Visit, opened: signing_in.Opened, *more: Header) -> Reply:
        """Go on with a new session; one this browser had before ends, and no id it brought is ever taken over."""
        if visit.token:
            await self._look(
                partial(signing_in.sign_out, visit.workspace, visit.token, now=self._now(), address=visit.address)
            )
        used = visit.cookie(TICKET_COOKIE, "", below="/login", seconds=0)
        address = visit.to("/login/password") if opened.must_change else visit.onward
        return visit.see(address, visit.session_cookie(opened.token), used, *more)

    # ── the second factor ──────────────────────────────────────────────────────────────────────────────────────────

    async def _show_code(self, visit: Visit) -> Reply:
        if not any(cookies_named(visit.scope, TICKET_COOKIE)):
            return visit.see(visit.to("/login"))
        return visit.page(sign_in_forms.code(visit))

    async def _second_factor(self, visit: Visit) -> Reply:
        ticket = next((value for value in cookies_named(visit.scope, TICKET_COOKIE) if value), "")
        if not ticket:
            return visit.see(visit.to("/login"))
        if not visit.is_ours("code"):
            return visit.page(sign_in_forms.code(visit, said=sign_in_forms.stale()), 403)
        attempt = partial(
            signing_in.second_factor,
            visit.workspace,
            ticket,
            visit.field("code"),
            address=visit.address,
            agent=visit.agent,
            now=self._now(),
        )
        try:
            opened = await self._attempt(visit, attempt)
        except UserError as error:
            return visit.page(sign_in_forms.code(visit, said=(error.what, error.remedy)), _status(error))
        return await self._enter(visit, opened)

    # ── a new password ─────────────────────────────────────────────────────────────────────────────────────────────

    async def _show_password(self, visit: Visit) -> Reply:
        if visit.signed is None:
            return visit.see(visit.to("/login"))
        return visit.page(sign_in_forms.password(visit))

    async def _change_password(self, visit: Visit) -> Reply:
        if visit.signed is None:
            return visit.see(visit.to("/login"))
        if not visit.is_ours("password"):
            return visit.page(sign_in_forms.password(visit, said=sign_in_forms.stale()), 403)
        if visit.field("new") != visit.field("again"):
            return visit.page(sign_in_forms.password(visit, said=sign_in_forms.not_alike()), 400)
        attempt = partial(
            signing_in.change_password,
            visit.workspace,
            visit.token,
            visit.field("old"),
            visit.field("new"),
            now=self._now(),
            address=visit.address,
        )
        try:
            token = await self._attempt(visit, attempt)
        except UserError as error:
            return visit.page(sign_in_forms.password(visit, said=(error.what, error.remedy)), _status(error))
        return visit.see(visit.onward, visit.session_cookie(token))

    # ── signing out ────────────────────────────────────────────────────────────────────────────────────────────────

    async def _show_logout(self, visit: Visit) -> Reply:
        if visit.signed is None:
            return visit.see(visit.to("/login", out="1"), visit.session_cookie(""))
        return visit.page(sign_in_forms.logout(visit))

    async def _sign_out(self, visit: Visit) -> Reply:
        if visit.signed is not None:
            if not visit.is_ours("logout"):
                return visit.page(sign_in_forms.logout(visit, said=sign_in_forms.stale()), 403)
            await self._look(
                partial(signing_in.sign_out, visit.workspace, visit.token, now=self._now(), address=visit.address)
            )
        return visit.see(visit.to("/login", out="1"), visit.session_cookie(""))

    # ── the first administrator ────────────────────────────────────────────────────────────────────────────────────

    async def _show_setup(self, visit: Visit, token: str) -> Reply:
        if wait := self._failures.wait(address_key(visit.address)):
            return visit.page(sign_in_forms.too_many(visit, wait), 429)
        if not await self._look(partial(setting_up.is_setup_link, visit.workspace, token, now=self._now())):
            self._failures.take(address_key(visit.address))
            return visit.page(sign_in_forms.setup_gone(visit), 404)
        return visit.page(sign_in_forms.setup(visit, token))

    async def _set_up(self, visit: Visit, token: str) -> Reply:
        if not visit.is_ours("setup"):
            return visit.page(sign_in_forms.setup(visit, token, said=sign_in_forms.stale()), 403)
        if visit.field("new") != visit.field("again"):
            return visit.page(sign_in_forms.setup(visit, token, said=sign_in_forms.not_alike()), 400)
        attempt = partial(
            setting_up.set_up,
            visit.workspace,
            token,
            visit.field("login"),
            visit.field("name"),
            visit.field("new"),
            address=visit.address,
            agent=visit.agent,
            now=self._now(),
        )
        try:
            opened = await self._attempt(visit, attempt)
        except LinkUnknown:
            return visit.page(sign_in_forms.setup_gone(visit), 404)
        except UserError as error:
            return visit.page(sign_in_forms.setup(visit, token, said=(error.what, error.remedy)), _status(error))
        return await self._enter(visit, opened)

    # ── the county's own sign-in ───────────────────────────────────────────────────────────────────────────────────

    def _back(self, visit: Visit) -> str:
        """Where the identity service sends the browser back to, as it is registered there."""
        own = f"{visit.scope.get('scheme', 'http')}://{gate.host_name(visit.scope)}{visit.root}"
        return f"{visit.workspace.settings.public_url or own}/login/oidc/callback"

    async def _start_oidc(self, visit: Visit) -> Reply:
        if not visit.workspace.settings.oidc_issuer:
            return visit.see(visit.to("/login"))
        seed = self._oidc.new_seed()
        try:
            address = await self._oidc.start(seed, self._back(visit))
        except OidcFailed as error:
            return self._no_oidc(visit, error)
        kept = self._seeds.dumps([seed, visit.next, visit.language])
        return visit.see(address, visit.cookie(OIDC_COOKIE, str(kept), below="/login/oidc", seconds=OIDC_SECONDS))

    async def _finish_oidc(self, visit: Visit) -> Reply:
        if not visit.workspace.settings.oidc_issuer:
            return visit.see(visit.to("/login"))
        used = visit.cookie(OIDC_COOKIE, "", below="/login/oidc", seconds=0)
        seed, onward, language = self._begun(visit)
        visit = visit.going(onward, language)
        with i18n.speaking(language):
            try:
                known = await self._oidc.finish(seed, self._back(visit), visit.query)
                enter = partial(
                    signing_in.open_oidc,
                    visit.workspace,
                    subject=known.subject,
                    login=known.login,
                    address=visit.address,
                    agent=visit.agent,
                    now=self._now(),
                )
                opened = await self._look(enter)
            except UserError as error:
                return self._no_oidc(visit, error, used)
            return await self._enter(visit, opened, used)

    def _begun(self, visit: Visit) -> tuple[str, str, str]:
        """Seed, way on and language of the sign-in this browser began; a seed that answers nothing where it began none."""
        for value in cookies_named(visit.scope, OIDC_COOKIE):
            try:
                seed, onward, language = self._seeds.loads(value, max_age=OIDC_SECONDS)
            except (BadSignature, ValueError, TypeError):
                continue
            return str(seed), str(onward), str(language)
        return self._oidc.new_seed(), "/", i18n.CHINESE

    def _no_oidc(self, visit: Visit, error: UserError, *more: Header) -> Reply:
        if isinstance(error, OidcFailed):
            _log.warning("the identity service: %s", error.why)
        return visit.page(
            sign_in_forms.login(visit, said=(error.what, error.remedy)),
            502 if isinstance(error, OidcFailed) else 403,
            more,
        )

    # ── threads ────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _attempt(self, visit: Visit, work: Callable[[], R]) -> R:
        """Check a password or a code. An attempt counts before it is known to be in vain, so that those made at once are
        counted like those made in turn."""
        address = address_key(visit.address)
        if wait := self._failures.take(address):
            raise sign_in_forms.TooMany(wait)
        if self._waiting >= MOST_WAITING:
            self._failures.give_back(address)
            raise sign_in_forms.TooBusy()
        self._waiting += 1
        try:
            done = self._checkers.submit(contextvars.copy_context().run, work)
            # Not called off when the browser goes away: what was begun is counted and written.
            found = await asyncio.shield(asyncio.wrap_future(done))
        except UserError as error:
            if not isinstance(error, SignInRefused | LinkUnknown):
                # What was typed can be mended: no guess was made.
                self._failures.give_back(address)
            raise
        finally:
            self._waiting -= 1
        self._failures.give_back(address)
        return found

    async def _look(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Ask the store, beside the event loop."""
        asked = self._lookers.submit(contextvars.copy_context().run, partial(work, *args, **kwargs))
        return await asyncio.wrap_future(asked)


_Answer = Callable[[Visit], Awaitable[Reply]]


def _status(error: UserError) -> int:
    if isinstance(error, sign_in_forms.TooMany):
        return 429
    return 503 if isinstance(error, sign_in_forms.TooBusy) else 403
