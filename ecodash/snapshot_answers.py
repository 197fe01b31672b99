"""What the routes of snapshots answer: the kept pages, drawn, with what has changed since, and files to take away."""

from dataclasses import dataclass
from datetime import datetime

from ecodash import queries
from ecodash.domain.since import Since
from ecodash.domain.snapshots import Access, Snapshot
from ecodash.errors import LinkUnknown
from ecodash.i18n import CHINESE, speaking
from ecodash.i18n import gettext as _
from ecodash.queries.since import changes_since, compare_with_now, with_shown
from ecodash.reports.frozen import FrozenPack
from ecodash.reports.message_page import PICTURES_POLICY, render_picture_list
from ecodash.reports.since_page import Edition, render_banner, render_comparison
from ecodash.reports.snapshot_page import SnapshotHtml, render_snapshot
from ecodash.reports.take_away import (
    Stamp,
    TakePicture,
    file_stem,
    offline_html,
    snapshot_pictures,
    snapshot_xlsx,
    stamp_of,
)
from ecodash.workspace import Workspace

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HTML = "text/html; charset=utf-8"
_FILE_POLICY = "default-src 'none'; frame-ancestors 'none'"


@dataclass(frozen=True, slots=True)
class Piece:
    """Something a link gives out.

    Args:
        body: its bytes.
        media: its media type.
        policy: the Content-Security-Policy it is sent with.
        file_name: under which it is saved; empty: no name.
        is_shown: whether it is looked at first and saved only if wanted.
    """

    body: bytes
    media: str = HTML
    policy: str = _FILE_POLICY
    file_name: str = ""
    is_shown: bool = False


@dataclass(frozen=True, slots=True)
class Banner:
    """What stands above the frozen pages: what has changed since, and the editions beside.

    Args:
        html: as it is put into the page.
        until: when time alone makes it another: an edition beside expires; None: never.
    """

    html: str
    until: datetime | None


def draw_page(workspace: Workspace, snapshot: Snapshot, address: str) -> SnapshotHtml:
    """The frozen pages, with a place for the banner.

    Args:
        address: the full link; where the server's name is not known, its path.
    """
    with speaking(CHINESE):
        pack = queries.frozen_pack(workspace, snapshot)
        return render_snapshot(pack, number=snapshot.number, sha256=snapshot.sha256, address=address)


def changes(workspace: Workspace, snapshot: Snapshot, watermark: int) -> Since:
    """What has been corrected or added up to a watermark of what the pages show."""
    with speaking(CHINESE):
        return changes_since(workspace, queries.frozen_pack(workspace, snapshot), watermark)


def draw_banner(workspace: Workspace, snapshot: Snapshot, since: Since, token: str, now: datetime) -> Banner:
    """What stands above the pages now."""
    with speaking(CHINESE):
        editions = queries.open_editions(workspace, snapshot, now)
        previous, following = queries.neighbours(snapshot, editions)
        html = render_banner(
            since,
            compare_path=f"{token}/now",
            previous=_edition(workspace, previous),
            next_=_edition(workspace, following),
        )
    # When the first of them expires, another is offered, or none.
    ends = [one.expires_at for one in editions if one.expires_at is not None]
    return Banner(html, min(ends, default=None))


def _edition(workspace: Workspace, snapshot: Snapshot | None) -> Edition | None:
    """The link to an edition beside; of one that not everybody may open not even the title is told."""
    token = None if snapshot is None else queries.snapshot_token(workspace, snapshot)
    if snapshot is None or token is None:
        return None
    return Edition(snapshot.edition, snapshot.title if snapshot.access is Access.LINK else "", token)


def comparison_page(workspace: Workspace, snapshot: Snapshot, token: str, watermark: int) -> Piece:
    """The frozen figures beside the same figures as of a watermark.

    Raises:
        UserError: a page looks at what is gone.
    """
    with speaking(CHINESE):
        pack = queries.frozen_pack(workspace, snapshot)
        frames = compare_with_now(workspace, pack, watermark)
        since = with_shown(changes_since(workspace, pack, watermark), frames)
        html = render_comparison(pack, frames, since, number=snapshot.number, back_path=f"../{token}")
        return Piece(html.whole(), policy=html.policy)


# ── to take away ───────────────────────────────────────────────────────────────────────────────────────────────────


def offline_file(workspace: Workspace, snapshot: Snapshot, address: str) -> Piece:
    """The pages as one file that opens without a network."""
    with speaking(CHINESE):
        pack = queries.frozen_pack(workspace, snapshot)
        html = render_snapshot(pack, number=snapshot.number, sha256=snapshot.sha256, address=address, takes=False)
        body = offline_html(html, _stamp(snapshot, pack, address))
        return Piece(body, file_name=f"{file_stem(pack, snapshot.number)}.html")


def workbook(workspace: Workspace, snapshot: Snapshot, address: str) -> Piece:
    """The tables of the pages as a workbook."""
    with speaking(CHINESE):
        pack = queries.frozen_pack(workspace, snapshot)
        body = snapshot_xlsx(pack, _stamp(snapshot, pack, address))
        return Piece(body, XLSX, file_name=f"{file_stem(pack, snapshot.number)}.xlsx")


def picture_list(workspace: Workspace, snapshot: Snapshot, token: str, address: str) -> Piece:
    """A page that shows the pictures there are."""
    with speaking(CHINESE):
        shown = [
            (f"picture/{place}.png", picture.title)
            for place, picture in enumerate(_pictures(workspace, snapshot, address), start=1)
        ]
        html = render_picture_list(snapshot.title, shown, f"../{token}")
        return Piece(html.encode(), policy=PICTURES_POLICY)


def picture(workspace: Workspace, snapshot: Snapshot, address: str, place: int) -> Piece:
    """One picture, counted from 1.

    Raises:
        LinkUnknown: there are not so many.
        UserError: it cannot be drawn here, such as without a Chinese font.
    """
    with speaking(CHINESE):
        pictures = _pictures(workspace, snapshot, address)
        if not 1 <= place <= len(pictures):
            raise LinkUnknown(_("没有这张图片。"), _("请返回快照页面重新选择。"))
        wanted = pictures[place - 1]
        return Piece(wanted.draw(), "image/png", file_name=f"{wanted.name}.png", is_shown=True)


def _pictures(workspace: Workspace, snapshot: Snapshot, address: str) -> list[TakePicture]:
    pack = queries.frozen_pack(workspace, snapshot)
    return snapshot_pictures(pack, _stamp(snapshot, pack, address))


def _stamp(snapshot: Snapshot, pack: FrozenPack, address: str) -> Stamp:
    # A path alone tells nobody who has only the file where to look.
    full = address if address.startswith(("http://", "https://")) else ""
    return stamp_of(pack, number=snapshot.number, sha256=snapshot.sha256, address=full)
