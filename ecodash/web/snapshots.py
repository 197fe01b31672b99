"""/s/{token}: what the link of a snapshot opens, who may open it, and what can be taken away from it.

A page is drawn once and then answered from memory as finished bytes, on the event loop and without the store, as long as
nothing was written since. It is a plain ASGI app: nothing is parsed, copied or scheduled that a hot page does not need.
"""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from starlette.types import ASGIApp, Receive, Scope, Send

from ecodash import actions, snapshot_answers
from ecodash.actions import EXPORT_LOG, Opening
from ecodash.domain.access import NOBODY, Actor, Right
from ecodash.domain.accounts import common_region
from ecodash.domain.audit import Export, ExportKind
from ecodash.domain.snapshots import Access, Snapshot, Standing
from ecodash.errors import LinkUnknown, UserError
from ecodash.i18n import gettext as _
from ecodash.permits import regions_of_snapshot
from ecodash.reports.message_page import render_message
from ecodash.reports.snapshot_page import SnapshotHtml
from ecodash.snapshot_answers import HTML, Piece
from ecodash.store.records import StoreState
from ecodash.web import gate
from ecodash.web.encodings import IDENTITY, choose_encoding, encode
from ecodash.web.limits import Clock, Limit, address_key
from ecodash.web.link_book import Link, LinkBook
from ecodash.web.openings import Openings
from ecodash.web.pin_door import PinDoor
from ecodash.web.reply import (
    ASKED_EACH_TIME,
    NEVER_KEPT,
    NO_REFERRER,
    Headers,
    Reply,
    common_headers,
    disposition,
    entity_tag,
    html_reply,
    is_known,
    see_other,
)
from ecodash.web.session_gate import Doorkeeper, is_for_a_reader, sign_in_path
from ecodash.web.snapshot_cache import Makers, Memory
from ecodash.workspace import Workspace

MOST_BYTES = 96 * 1024 * 1024
"""So much of finished pages and files is kept in memory."""
WRONG_LINKS, WRONG_LINK_SECONDS = 20, 300.0
"""So many links that lead nowhere an address may ask for within a time."""
_THREADS = {"links": 2, "pages": 2, "files": 2}
"""Apart, so that a page does not wait for a workbook, nor the look-up of a link for either."""

_PATH = re.compile(
    r"/s/([A-Za-z0-9_-]{1,64})(?:/(pin|now|file\.html|tables\.xlsx|pictures|picture/[1-9]\d{0,2}\.png))?", re.ASCII
)
_PACKED = (".xlsx", ".png")
"""Files that are compressed in themselves."""
_FILES = ("file.html", "tables.xlsx", "picture/")
"""Parts that are taken away."""
_READER = "ecodash.reader"
"""Where a request says who signed in, of snapshots that ask for it."""
_BASE = re.compile(r"https?://(?:[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?(?:/[\w.~-]+)*", re.ASCII)


class SnapshotsFirst:
    """Middleware that answers /s/… by itself and hands on everything else.

    Args:
        app: what stands behind.
        snapshots: opened and closed by whoever gives it.
    """

    def __init__(self, app: ASGIApp, snapshots: "Snapshots") -> None:
        self._app, self._snapshots = app, snapshots

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        mine = scope["type"] == "http" and gate.path_of(scope).startswith("/s/")
        await (self._snapshots if mine else self._app)(scope, receive, send)


@dataclass(frozen=True, slots=True)
class Finished:
    """A piece in one coding, ready to be sent.

    Args:
        basis: the state of the store it stands as of; None: it never changes.
        until: when time makes it another; None: never.
        open_headers, guarded_headers: where anybody may open the link, and where a PIN or a sign-in guards it.
        same_headers: with the answer that the reader has it already.
    """

    body: bytes
    tag: bytes
    basis: StoreState | None
    until: datetime | None
    open_headers: Headers
    guarded_headers: Headers
    same_headers: Headers


class Snapshots:
    """The ASGI app under /s.

    Args:
        workspace: opened when first needed; what is shown depends on the link alone, so it acts for the software.
        doorkeeper: knows who has signed in; closed by whoever gives it.
        now: the time of day, for expiry.
        clock: seconds that only grow, for limits.
        most_bytes: kept in memory.
    """

    def __init__(
        self,
        workspace: Callable[[], Workspace],
        doorkeeper: Doorkeeper,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        clock: Clock = time.monotonic,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        self._workspace, self._doorkeeper, self._now = workspace, doorkeeper, now
        self._askers, self._drawers, self._packers = (
            Makers(threads, f"snapshot-{name}") for name, threads in _THREADS.items()
        )
        self._links = LinkBook(workspace, self._askers)
        self._wrong_links = Limit(WRONG_LINKS, WRONG_LINK_SECONDS, clock=clock)
        self._door = PinDoor(workspace, clock)
        self._finished: Memory[Finished] = Memory(most_bytes // 2, lambda one: len(one.body) + 4096)
        self._drawn: Memory[SnapshotHtml] = Memory(most_bytes // 4, lambda one: 2 * (len(one.before) + len(one.after)))
        self._pieces: Memory[tuple[StoreState | None, Piece]] = Memory(most_bytes // 4, lambda one: len(one[1].body))
        self.openings = Openings(lambda counts: actions.count_openings(workspace(), counts))

    def close(self) -> None:
        """Write how often snapshots were opened and what was taken away; before the store is released."""
        for makers in (self._askers, self._drawers, self._packers):
            makers.close()
        self._door.close()
        self.openings.close()
        EXPORT_LOG.flush()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        reply = await self._answer(scope, receive)
        await reply.send(send, scope["method"])

    async def _answer(self, scope: Scope, receive: Receive) -> Reply:
        root = scope.get("root_path", "")
        found = _PATH.fullmatch(gate.path_of(scope))
        token, part = (found[1], found[2] or "") if found else ("", "")
        if scope["method"] not in ("GET", "HEAD", "POST") or (scope["method"] == "POST" and part != "pin"):
            return _refused_method("GET, HEAD, POST" if part == "pin" else "GET, HEAD")
        link = await self._find(token, scope)
        if isinstance(link, Reply):
            return link
        now = self._now()
        if link.snapshot.standing(now) is not Standing.OPEN:
            return _gone(link)
        if part == "pin":
            return await self._door.answer(scope, receive, link, root)
        access = link.snapshot.access
        if access is Access.PIN and not self._door.is_given(scope, link.snapshot):
            return self._door.ask(f"{root}/s/{token}/pin")
        if access is Access.SIGNED_IN and (refusal := await self._refuse(scope, link.snapshot)):
            return refusal
        return await self._open(scope, link, part, now)

    async def _find(self, token: str, scope: Scope) -> Link | Reply:
        """The link as it stands now, or the page that says that there is none."""
        link = self._links.known(token) if token else None
        state = self._links.state()
        if link is not None and state is not None and link.state is state:
            return link
        address = address_key(gate.client_host(scope))
        if link is None and (wait := self._wrong_links.wait(address)):
            return _too_many(wait)
        try:
            if not token:
                raise LinkUnknown("")
            state = state or await self._links.ask_state()
            return link if link is not None and link.state == state else await self._links.look_up(token, state)
        except LinkUnknown:
            # Counted when it is known to be wrong: a room that opens one new link at once is not to be refused.
            self._wrong_links.take(address)
            return _unknown()

    async def _refuse(self, scope: Scope, snapshot: Snapshot) -> Reply | None:
        """Why a snapshot for accounts is not shown to whoever asks; None where it is."""
        reader = await self._doorkeeper.reader(scope)
        if reader == NOBODY:
            is_page = is_for_a_reader(scope, gate.path_of(scope)) and not self._doorkeeper.settings.is_open
            return see_other(sign_in_path(scope)) if is_page else _not_signed_in()
        scope[_READER] = reader
        regions = await self._askers.run(lambda: regions_of_snapshot(snapshot))
        return None if all(reader.may(Right.READ, region) for region in regions) else _not_permitted()

    async def _open(self, scope: Scope, link: Link, part: str, now: datetime) -> Reply:
        encoding = choose_encoding(gate.header(scope, b"accept-encoding"))
        if encoding is None:
            return _no_encoding()
        if part.endswith(_PACKED):
            encoding = IDENTITY
        base = self._base(scope, link)
        key = (link.snapshot.token_hash, link.snapshot.number, part, base, encoding)
        finished = self._finished.find(key)
        if finished is None or not _stands(finished, _basis(link, part), now):
            try:
                finished = await self._make(key, link, part, base, encoding, now)
            except LinkUnknown:
                return _unknown()
            except UserError as error:
                return html_reply(503, render_message(_("暂时做不出来"), error.what, error.remedy))
        if scope["method"] == "GET":
            self._tell(scope, link, part, finished, now)
        if link.snapshot.access is not Access.LINK:
            return Reply(200, finished.guarded_headers, finished.body)
        asked = gate.header(scope, b"if-none-match")
        if asked is not None and is_known(asked, finished.tag):
            return Reply(304, finished.same_headers)
        return Reply(200, finished.open_headers, finished.body)

    def _tell(self, scope: Scope, link: Link, part: str, finished: Finished, now: datetime) -> None:
        """Have the audit told who opened the page, or took a file of it away; neither waits for the store."""
        reader: Actor = scope.get(_READER, NOBODY).through("link", gate.client_host(scope))
        if not part:
            self.openings.add(Opening(link.snapshot.number, reader.address, reader.name, reader.account), now)
        elif part.startswith(_FILES):
            what = Export(
                ExportKind.SNAPSHOT_FILE,
                part,
                _region_of(link.snapshot),
                size=len(finished.body),
                more={"snapshot": link.snapshot.number},
            )
            EXPORT_LOG.note(self._workspace(), what, actor=reader, now=now)

    def _base(self, scope: Scope, link: Link) -> str:
        """Where this server answers, as it is printed: as the maker saw it, as it is set up, else as it is asked for."""
        for base in (link.snapshot.base_url, self._workspace().settings.public_url):
            if base and _BASE.fullmatch(base):
                return base
        host = gate.host_name(scope)
        return link.base(f"{scope.get('scheme', 'http')}://{host}") if host else ""

    # ── making ─────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _make(
        self, key: tuple[str, int, str, str, str], link: Link, part: str, base: str, encoding: str, now: datetime
    ) -> Finished:
        """The piece in a coding; of the page one coding at a time, so that it is drawn once."""
        makers, basis = self._packers if part else self._drawers, _basis(link, part)
        while True:
            flight = (link.snapshot.token_hash, part)
            made_key, made = await makers.make(flight, lambda: (key, self._made(key, link, part, base, encoding, now)))
            if made_key == key and _stands(made, basis, now):
                return made
            finished = self._finished.find(key)
            if finished is not None and _stands(finished, basis, now):
                return finished

    def _made(
        self, key: tuple[str, int, str, str, str], link: Link, part: str, base: str, encoding: str, now: datetime
    ) -> Finished:
        address = f"{base}/s/{link.token}"
        until = None
        if part:
            piece = self._piece(link, part, address)
        else:
            banner = self._banner(link, now)
            drawn = self._page(link, address)
            piece, until = Piece(drawn.whole(banner.html), HTML, drawn.policy), banner.until
        tag = entity_tag(piece.body, encoding)
        before = self._finished.find(key)
        body = before.body if before is not None and before.tag == tag else encode(piece.body, encoding)
        finished = _finish(piece, body, tag, encoding, _basis(link, part), until)
        self._finished.keep(key, finished)
        return finished

    def _page(self, link: Link, address: str) -> SnapshotHtml:
        key = (link.snapshot.sha256, link.snapshot.number, address)
        drawn = self._drawn.find(key)
        if drawn is None:
            drawn = snapshot_answers.draw_page(self._workspace(), link.snapshot, address)
            self._drawn.keep(key, drawn)
        return drawn

    def _banner(self, link: Link, now: datetime) -> snapshot_answers.Banner:
        workspace, basis = self._workspace(), link.basis
        if link.since is None or link.since[0] != basis:
            link.since = basis, snapshot_answers.changes(workspace, link.snapshot, basis.watermark)
        return snapshot_answers.draw_banner(workspace, link.snapshot, link.since[1], link.token, now)

    def _piece(self, link: Link, part: str, address: str) -> Piece:
        """A piece without coding; what other codings will ask for is kept."""
        if part.endswith(_PACKED):
            return self._new_piece(link, part, address)
        key, basis = (link.snapshot.token_hash, part, address), _basis(link, part)
        kept = self._pieces.find(key)
        if kept is None or kept[0] != basis:
            kept = basis, self._new_piece(link, part, address)
            self._pieces.keep(key, kept)
        return kept[1]

    def _new_piece(self, link: Link, part: str, address: str) -> Piece:
        workspace, snapshot = self._workspace(), link.snapshot
        if part == "now":
            return snapshot_answers.comparison_page(workspace, snapshot, link.token, link.state.watermark)
        if part == "file.html":
            return snapshot_answers.offline_file(workspace, snapshot, address)
        if part == "tables.xlsx":
            return snapshot_answers.workbook(workspace, snapshot, address)
        if part == "pictures":
            return snapshot_answers.picture_list(workspace, snapshot, link.token, address)
        place = int(part.removeprefix("picture/").removesuffix(".png"))
        return snapshot_answers.picture(workspace, snapshot, address, place)


@lru_cache(maxsize=256)
def _region_of(snapshot: Snapshot) -> int:
    """Key of the lowest region that holds all a snapshot shows."""
    return common_region(regions_of_snapshot(snapshot))


def _basis(link: Link, part: str) -> StoreState | None:
    """What a piece depends on: the page on all there is, as it names the editions beside; the comparison on figures; and
    what is taken away on nothing."""
    return link.state if not part else link.basis if part == "now" else None


def _stands(finished: Finished, basis: StoreState | None, now: datetime) -> bool:
    is_current = finished.basis is basis or finished.basis == basis
    return is_current and (finished.until is None or now < finished.until)


def _finish(
    piece: Piece, body: bytes, tag: bytes, coding: str, basis: StoreState | None, until: datetime | None
) -> Finished:
    same = [
        *common_headers(piece.media, piece.policy)[1:],
        NO_REFERRER,
        *([(b"vary", b"Accept-Encoding")] if piece.media == HTML else []),
    ]
    rest = [
        *common_headers(piece.media, piece.policy)[:1],
        (b"content-length", b"%d" % len(body)),
        *([(b"content-encoding", coding.encode())] if coding != IDENTITY else []),
        *([(b"content-disposition", disposition(piece.file_name, is_shown=piece.is_shown))] if piece.file_name else []),
    ]
    kept = [ASKED_EACH_TIME, (b"etag", tag)]
    guarded = [*same, NEVER_KEPT, (b"vary", b"Cookie"), *rest]
    return Finished(body, tag, basis, until, [*same, *kept, *rest], guarded, [*same, *kept])


# ── pages that tell nothing ────────────────────────────────────────────────────────────────────────────────────────


def _unknown() -> Reply:
    page = render_message(_("快照不存在"), _("没有这个快照链接。"), _("请核对链接是否完整，或向发送人索取新链接。"))
    return html_reply(404, page)


def _gone(link: Link) -> Reply:
    who = _("如仍需查看，请联系生成人：{actor}。").format(actor=link.snapshot.actor)
    return html_reply(410, render_message(_("链接已失效"), _("这个快照链接不再有效。"), who))


def _too_many(wait: int) -> Reply:
    told = _("从这里打开的错误链接太多。")
    page = render_message(_("请稍后再试"), told, _("请 {minutes} 分钟后再打开。").format(minutes=-(-wait // 60)))
    return html_reply(429, page, more=[(b"retry-after", str(wait).encode())])


def _not_signed_in() -> Reply:
    page = render_message(_("需要登录"), _("这个链接只对登录用户开放。"), _("请登录后再打开，或联系把链接发给您的人。"))
    return html_reply(403, page)


def _not_permitted() -> Reply:
    told = _("这个快照里有您的账号无权查看的地区。")
    return html_reply(403, render_message(_("无权查看"), told, _("如工作需要，请联系本系统管理员开通。")))


def _no_encoding() -> Reply:
    page = render_message(_("打不开"), _("浏览器不接受本系统能发送的任何编码。"), _("请换一个浏览器打开。"))
    return html_reply(406, page)


def _refused_method(allowed: str) -> Reply:
    page = render_message(_("不能这样打开"), _("这个链接只能查看。"), _("请在浏览器里直接打开链接。"))
    return html_reply(405, page, more=[(b"allow", allowed.encode())])
