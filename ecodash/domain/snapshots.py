"""Snapshots (快照): pages frozen at a watermark under one link; who may open it, until when, and what stands on it."""

import re
import unicodedata
from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from ecodash.errors import UserError
from ecodash.i18n import gettext as _

MOST_PAGES = 20
"""So many pages a snapshot may hold."""
MOST_ROWS = 60_000
"""So many rows its tables may have together: with twice as many its page takes a minute to draw, and no phone opens it."""

MOST_TITLE, MOST_NOTE, MOST_SERIES = 120, 2_000, 60
_PIN = re.compile(r"\d{4,8}", re.ASCII)
_MARKS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C, 0xFEFF])
"""Marks that turn the direction of writing: in a title they can only mislead."""


class Access(StrEnum):
    """Who may open a snapshot."""

    LINK = "link"
    PIN = "pin"
    SIGNED_IN = "signed_in"

    @property
    def label(self) -> str:
        return {
            Access.LINK: _("有链接即可打开"),
            Access.PIN: _("链接加口令"),
            Access.SIGNED_IN: _("仅登录用户"),
        }[self]


class Lifetime(StrEnum):
    """For how long a link opens."""

    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
    NEVER = "never"

    @property
    def label(self) -> str:
        return {
            Lifetime.WEEK: _("一周"),
            Lifetime.MONTH: _("一个月"),
            Lifetime.YEAR: _("一年"),
            Lifetime.NEVER: _("长期有效"),
        }[self]

    def ends(self, now: datetime) -> datetime | None:
        """When a link made now stops opening; None: never. A month from 31 January ends on the last of February."""
        if self is Lifetime.WEEK:
            return now + timedelta(days=7)
        if self is Lifetime.MONTH:
            return _months_on(now, 1)
        return _months_on(now, 12) if self is Lifetime.YEAR else None


def _months_on(start: datetime, months: int) -> datetime:
    years, month = divmod(start.month - 1 + months, 12)
    year = start.year + years
    return start.replace(year=year, month=month + 1, day=min(start.day, monthrange(year, month + 1)[1]))


class Standing(StrEnum):
    """Whether a link opens."""

    OPEN = "open"
    EXPIRED = "expired"
    REVOKED = "revoked"

    @property
    def label(self) -> str:
        return {
            Standing.OPEN: _("有效"),
            Standing.EXPIRED: _("已过期"),
            Standing.REVOKED: _("已撤回"),
        }[self]


@dataclass(frozen=True, slots=True)
class SnapshotWish:
    """What its maker says of a snapshot.

    Args:
        title: shown at the top; where empty, place, month and page.
        note: shown under the title.
        access: who may open it.
        pin: of 4 to 8 digits, where access asks for one.
        lifetime: how long the link opens.
        series: name of the recurring meeting it is an edition of; empty: of none.
        base_url: where the server answers, as its maker sees it, e.g. http://10.1.2.3:8501; empty where unknown.
        presenter_notes: one text a page, for whoever presents; they are not sent to viewers.
    """

    title: str = ""
    note: str = ""
    access: Access = Access.LINK
    pin: str = ""
    lifetime: Lifetime = Lifetime.NEVER
    series: str = ""
    base_url: str = ""
    presenter_notes: tuple[str, ...] = ()

    def cleaned(self) -> "SnapshotWish":
        """The same with texts of bounded length, without control characters and marks that turn the writing.

        Raises:
            UserError: a PIN is asked for and the one given is not of 4 to 8 digits.
        """
        if self.access is Access.PIN and not _PIN.fullmatch(self.pin):
            raise UserError(_("口令应为 4 至 8 位数字。"), _("请重新填写口令。"))
        return SnapshotWish(
            title=clean_text(self.title, MOST_TITLE, lines=False),
            note=clean_text(self.note, MOST_NOTE),
            access=self.access,
            pin=self.pin if self.access is Access.PIN else "",
            lifetime=self.lifetime,
            series=clean_text(self.series, MOST_SERIES, lines=False),
            base_url=self.base_url[:200].rstrip("/"),
            presenter_notes=tuple(clean_text(note, MOST_NOTE) for note in self.presenter_notes[:MOST_PAGES]),
        )


def without_turning_marks(text: str) -> str:
    """A text without marks that turn the direction of writing of itself and of what stands beside it."""
    return text.translate(_MARKS)


def check_page_count(count: int) -> None:
    """That so many pages fit into a snapshot.

    Raises:
        UserError: they are more than MOST_PAGES.
    """
    if count > MOST_PAGES:
        raise UserError(_("一个快照最多 {most} 个页面。").format(most=MOST_PAGES), _("请分成几个快照。"))


def clean_text(text: str, most: int, *, lines: bool = True) -> str:
    """A typed text without control characters and marks that turn the direction of writing, cut to a length.

    Args:
        lines: whether its line ends stay; else each stretch of white space becomes one space.
    """
    turned = unicodedata.normalize("NFC", text[: most * 4]).translate(_MARKS)
    kept = "".join(char for char in turned if char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cs", "Cn"))
    said = kept.strip() if lines else " ".join(kept.split())
    return said[:most]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A snapshot as it is kept, without its tables.

    Args:
        number: given in order of making.
        title, note: as frozen.
        page, page_count: the first page, and how many there are.
        selection: of the first page, JSON.
        watermark: of all pages.
        created_at, actor: when and by whom it was made.
        meta: canonical JSON: names, units, dates, versions of every page.
        sha256: over meta and every frozen table.
        series, edition: the recurring meeting and which of it this is, from 1; empty and 0 where of none.
        nonce: what the link's token is derived from with the installation's key; empty where the token is unknown.
        token_hash: SHA-256 of the token, in hexadecimal.
        base_url: where the server answered when it was made; empty where unknown.
        access, pin_hash: who may open it; pin_hash is empty where no PIN is asked for.
        expires_at: None: never.
        revoked_at, revoked_by: None and empty while it is not revoked.
        presenter_notes: one text a page, not for viewers.
        opened, last_opened_at: how often it was opened, and when last.
    """

    number: int
    title: str
    note: str
    page: str
    page_count: int
    selection: str
    watermark: int
    created_at: datetime
    actor: str
    meta: str
    sha256: str
    series: str
    edition: int
    nonce: str
    token_hash: str
    base_url: str
    access: Access
    pin_hash: str
    expires_at: datetime | None
    revoked_at: datetime | None
    revoked_by: str
    presenter_notes: tuple[str, ...]
    opened: int
    last_opened_at: datetime | None

    def standing(self, now: datetime) -> Standing:
        """Whether its link opens at a time; a revoked one stays revoked after it would have expired."""
        if self.revoked_at is not None:
            return Standing.REVOKED
        return Standing.EXPIRED if self.expires_at is not None and self.expires_at <= now else Standing.OPEN
