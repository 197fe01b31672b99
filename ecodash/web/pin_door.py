"""The PIN of a link: asked for on a page that tells nothing, checked slowly, and seldom."""

import asyncio
import re
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from urllib.parse import parse_qs

from starlette.types import Receive, Scope

from ecodash import queries
from ecodash.domain.snapshots import Access, Snapshot
from ecodash.i18n import gettext as _
from ecodash.reports.message_page import FORM_POLICY, render_message, render_pin_form
from ecodash.web import gate
from ecodash.web.limits import Clock, Limit, address_key
from ecodash.web.link_book import Link
from ecodash.web.reply import Reply, html_reply, see_other
from ecodash.workspace import Workspace

WRONG_PINS, WRONG_PIN_SECONDS = 5, 900.0
"""So many wrong PINs an address may send within a time."""
ALL_WRONG_PINS, ALL_WRONG_PIN_SECONDS = 50, 3600.0
"""So many wrong PINs all addresses together may send for one snapshot within a time."""
CHECKS_AT_ONCE = 2
"""A check takes 64 MB and some tens of milliseconds on purpose."""

_LONGEST_FORM = 1_024
_PIN = re.compile(r"\d{4,8}", re.ASCII)
_SAME_ORIGIN = (b"referrer-policy", b"same-origin")
"""Of the form alone: under no-referrer a browser sends it without its origin, as it would one of another site's."""


class PinDoor:
    """Asks for PINs and checks them.

    Args:
        workspace: opened when first needed.
        clock: seconds that only grow.
    """

    def __init__(self, workspace: Callable[[], Workspace], clock: Clock) -> None:
        self._workspace = workspace
        self._by_address = Limit(WRONG_PINS, WRONG_PIN_SECONDS, clock=clock)
        self._by_snapshot = Limit(ALL_WRONG_PINS, ALL_WRONG_PIN_SECONDS, clock=clock)
        self._checkers = ThreadPoolExecutor(CHECKS_AT_ONCE, thread_name_prefix="snapshot-pin")

    def close(self) -> None:
        """Take no more checks."""
        self._checkers.shutdown(wait=True, cancel_futures=True)

    @cached_property
    def _cookies(self) -> gate.PinCookies:
        return gate.PinCookies(self._workspace().link_key)

    def is_given(self, scope: Scope, snapshot: Snapshot) -> bool:
        """Whether the PIN was given in this browser."""
        return self._cookies.is_given(snapshot, [value for key, value in scope["headers"] if key == b"cookie"])

    def ask(self, action: str, said: str = "", status: int = 200) -> Reply:
        """The form."""
        return html_reply(status, render_pin_form(action, said), policy=FORM_POLICY, referrer=_SAME_ORIGIN)

    async def answer(self, scope: Scope, receive: Receive, link: Link, root: str) -> Reply:
        """The answer to a form, or to a look at its address."""
        snapshot, page = link.snapshot, f"{root}/s/{link.token}"
        if scope["method"] != "POST" or snapshot.access is not Access.PIN:
            return see_other(page)
        if gate.is_foreign(scope):
            told = render_message(_("口令没有送达"), _("口令是从别的网站发来的。"), _("请直接打开链接，再输入口令。"))
            return html_reply(403, told)
        pin = await _sent_pin(receive)
        if pin is None:
            return self.ask(f"{page}/pin", _("口令应为 4 至 8 位数字，请重新输入。"), 400)
        address = address_key(gate.client_host(scope))
        # Counted before the check, on the event loop: attempts sent at once are counted like those sent in turn.
        if wait := self._by_address.take(address):
            return _too_many(wait)
        if wait := self._by_snapshot.take(snapshot.number):
            self._by_address.give_back(address)
            return _too_many(wait)
        checked = self._checkers.submit(queries.is_right_pin, snapshot, pin)
        if not await asyncio.shield(asyncio.wrap_future(checked)):
            return self.ask(f"{page}/pin", _("口令不对，请核对后重新输入。"), 403)
        self._by_address.give_back(address)
        self._by_snapshot.give_back(snapshot.number)
        is_secure = scope.get("scheme") == "https"
        return see_other(
            page, (b"set-cookie", self._cookies.make(snapshot, link.token, root=root, is_secure=is_secure))
        )


def _too_many(wait: int) -> Reply:
    minutes = -(-wait // 60)
    page = render_message(
        _("请稍后再试"),
        _("口令输错的次数太多。"),
        _("请 {minutes} 分钟后再试，或向发送人核对口令。").format(minutes=minutes),
    )
    return html_reply(429, page, more=[(b"retry-after", str(wait).encode())])


async def _sent_pin(receive: Receive) -> str | None:
    """The PIN of a form; None where there is none that could be right. Digits of full width count as digits."""
    body = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        if len(body) > _LONGEST_FORM:
            return None
        if not message.get("more_body", False):
            break
    fields = parse_qs(body.decode("latin-1"), max_num_fields=4) if body.count(b"&") < 4 else {}
    pin = unicodedata.normalize("NFKC", fields.get("pin", [""])[0]).strip()
    return pin if _PIN.fullmatch(pin) else None
