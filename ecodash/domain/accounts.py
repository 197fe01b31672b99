"""Accounts: who signs in, under which name, and how long a wrong password keeps one out."""

import re
import secrets
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from ecodash.domain.access import Actor, Grant, Right, Role
from ecodash.domain.regions import COUNTRY_KEY, LEVELS, ancestor_key, key_range
from ecodash.domain.snapshots import clean_text
from ecodash.errors import UserError
from ecodash.i18n import gettext as _

SHORTEST_PASSWORD, LONGEST_PASSWORD = 10, 128
MOST_NAME, MOST_UNIT, MOST_REASON = 40, 60, 200
MOST_GRANTS = 50
FREE_FAILURES = 5
"""The wrong password of this number keeps an account closed for a while."""
_FIRST_LOCK, _LONGEST_LOCK = 60, 3600
FORGOTTEN_AFTER = timedelta(days=1)
"""So long after a lock ended its failures count no more."""

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}")
_LONGEST_TYPED = 200
_CLEAR = "abcdefghjkmnpqrstuvwxyz23456789"
"""Letters and digits that are not taken for one another when read from paper: no i, l, o, 0, 1."""
_GROUPS, _GROUP = 3, 4


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who signs in, as the account stands.

    Args:
        number: given in order of making.
        login: what is typed to sign in.
        name: of the person, as shown and as the audit keeps it.
        unit: where they work; empty where not told.
        grants: roles by region.
        is_disabled: whether it opens nothing any more.
        must_change: whether the password was given by somebody else and is to be changed first.
        has_password: False where only the county's own sign-in opens it.
        has_totp: whether a second factor is asked for.
        locked_until: until when wrong passwords keep it closed to addresses it was never opened from; None: they do not.
        signed_in_at: the last time; None: never.
        password_at: when the password was set.
        created_at, created_by: when and by whom it was made.
        oidc_subject: what the county's own sign-in calls it; empty where it was never opened from there.
    """

    number: int
    login: str
    name: str
    unit: str
    grants: tuple[Grant, ...]
    is_disabled: bool
    must_change: bool
    has_password: bool
    has_totp: bool
    locked_until: datetime | None
    signed_in_at: datetime | None
    password_at: datetime
    created_at: datetime
    created_by: str
    oidc_subject: str

    @property
    def regions(self) -> tuple[int, ...]:
        """Keys of the regions its roles are for, in order; the whole country where it has no role: nobody who looks after
        less may decide about it."""
        return tuple(sorted({one.region for one in self.grants})) or (COUNTRY_KEY,)

    @property
    def administers_all(self) -> bool:
        """Whether it looks after the whole installation, and can be used."""
        return not self.is_disabled and Grant(Role.ADMINISTRATOR, COUNTRY_KEY) in self.grants

    def is_locked(self, now: datetime) -> bool:
        """Whether wrong passwords keep it closed at a time."""
        return self.locked_until is not None and now < self.locked_until


def may_see(actor: Actor, account: Account) -> bool:
    """Whether somebody may know of an account: one's own, and those with a role in a region one administers."""
    own = actor.account == account.number and not actor.is_operator
    return own or any(actor.may(Right.ADMINISTER, key) for key in account.regions)


def may_change(actor: Actor, account: Account) -> bool:
    """Whether somebody may decide about an account: all its regions are administered by them, and it is not their own."""
    if actor.is_operator:
        return True
    return actor.account != account.number and all(actor.may(Right.ADMINISTER, key) for key in account.regions)


def common_region(keys: Iterable[int]) -> int:
    """Key of the lowest region that holds all of some; the whole country where there are none."""
    found = sorted(set(keys))
    if not found:
        return COUNTRY_KEY
    first, last = found[0], found[-1]
    for level in reversed(LEVELS):
        key = ancestor_key(first, level)
        if key_range(key)[0] <= first and last < key_range(key)[1]:
            return key
    return COUNTRY_KEY


# ── what is written ────────────────────────────────────────────────────────────────────────────────────────────────


def fold_login(text: str) -> str:
    """A typed login in the one form kept, whatever it is: full-width letters and capitals mean the same."""
    return unicodedata.normalize("NFKC", text[:_LONGEST_TYPED]).strip().lower()


def check_login(text: str) -> str:
    """A login as it is kept.

    Raises:
        UserError: it is not of 2 to 32 letters and digits (points, strokes and underscores within).
    """
    login = fold_login(text)
    if not _LOGIN.fullmatch(login):
        raise UserError(
            _("账号“{login}”不能用。").format(login=clean_text(text, 40, lines=False)),
            _("账号应为 2 至 32 个小写字母或数字，中间可以有点、短横线和下划线，如 zhang.wei、jilong-01。"),
        )
    return login


def check_name(text: str) -> str:
    """A person's name as it is kept.

    Raises:
        UserError: nothing is left of it, or it is too long.
    """
    name = clean_text(text, MOST_NAME + 1, lines=False)
    if not name or len(name) > MOST_NAME:
        raise UserError(_("没有填写姓名，或姓名太长。"), _("请填写不超过 {most} 个字的姓名。").format(most=MOST_NAME))
    return name


def check_unit(text: str) -> str:
    """Where somebody works, as it is kept; may be empty.

    Raises:
        UserError: it is too long.
    """
    unit = clean_text(text, MOST_UNIT + 1, lines=False)
    if len(unit) > MOST_UNIT:
        raise UserError(_("单位名称太长。"), _("请填写不超过 {most} 个字的单位名称。").format(most=MOST_UNIT))
    return unit


def check_grants(grants: Iterable[Grant]) -> tuple[Grant, ...]:
    """Roles by region as they are kept: each once, in order; what is handed in is a choice for viewers only.

    Raises:
        UserError: there are too many.
    """
    kept: dict[tuple[Role, int], Grant] = {}
    for one in grants:
        sees = one.role is Role.VIEWER and one.sees_reported
        earlier = kept.get((one.role, one.region))
        sees = sees or (earlier is not None and earlier.sees_reported)
        kept[one.role, one.region] = Grant(one.role, one.region, sees)
    if len(kept) > MOST_GRANTS:
        raise UserError(
            _("一个账号的角色和地区太多：{count} 项，最多 {most} 项。").format(count=len(kept), most=MOST_GRANTS),
            _("请改选上一级地区，它包含下属全部地区。"),
        )
    return tuple(kept[key] for key in sorted(kept))


# ── passwords ──────────────────────────────────────────────────────────────────────────────────────────────────────


def new_first_password() -> str:
    """A password for the first time: three groups of four clear letters and digits, about 59 bits."""
    while True:
        groups = ["".join(secrets.choice(_CLEAR) for _place in range(_GROUP)) for _group in range(_GROUPS)]
        text = "-".join(groups)
        if any(char.isdigit() for char in text) and any(char.isalpha() for char in text):
            return text


def lock_seconds(failures: int) -> int:
    """How long the latest of so many wrong passwords in a row keeps an account closed: from the fifth on a minute, twice
    as long each time, an hour at most."""
    if failures < FREE_FAILURES:
        return 0
    return int(min(_FIRST_LOCK * 2 ** min(failures - FREE_FAILURES, 20), _LONGEST_LOCK))


def is_password_old(password_at: datetime, now: datetime, days: int) -> bool:
    """Whether a password has been in use for longer than the installation allows.

    Args:
        days: 0 where it allows any time.
    """
    return bool(days) and now - password_at >= timedelta(days=days)
