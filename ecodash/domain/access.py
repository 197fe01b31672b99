"""Who may do what, where: roles, rights, grants, and the actor who carries them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from ecodash.domain.regions import COUNTRY_KEY, key_range
from ecodash.errors import NotPermitted
from ecodash.i18n import gettext as _


class Right(StrEnum):
    """Something that can be allowed for a region and everything below it."""

    READ = "read"
    """See published figures, take them away as tables and pictures."""
    READ_REPORTED = "read_reported"
    """See what was handed in and is not accepted yet."""
    SHARE = "share"
    """Make snapshots, give out and withdraw their links."""
    REPORT = "report"
    """Hand in figures."""
    REVIEW = "review"
    """Accept or return what others handed in, undo what others reported."""
    MANAGE = "manage"
    """Set targets, rules of lists, composites, peer classes, orders of meetings."""
    CLOSE = "close"
    """Set deadlines, close a month."""
    REOPEN = "reopen"
    """Open a closed month again."""
    ADMINISTER = "administer"
    """Accounts, regions, boundaries, indicators, backups, whether figures are reviewed."""
    AUDIT = "audit"
    """Read and take away the audit."""
    PUBLISH = "publish"
    """Commit figures without anybody's acceptance: no role has it, only whoever works on the machine itself."""

    @property
    def label(self) -> str:
        """What is allowed, in the reader's language."""
        return _labels_of_rights()[self]


class Role(StrEnum):
    """What an account is in a region."""

    VIEWER = "viewer"
    REPORTER = "reporter"
    REVIEWER = "reviewer"
    ADMINISTRATOR = "administrator"

    @property
    def label(self) -> str:
        """The role's name in the reader's language."""
        names = {
            Role.VIEWER: _("查看员"),
            Role.REPORTER: _("填报员"),
            Role.REVIEWER: _("审核员"),
            Role.ADMINISTRATOR: _("管理员"),
        }
        return names[self]


RIGHTS: dict[Role, frozenset[Right]] = {
    Role.VIEWER: frozenset({Right.READ}),
    Role.REPORTER: frozenset({Right.READ, Right.READ_REPORTED, Right.SHARE, Right.REPORT}),
    Role.REVIEWER: frozenset(
        {
            Right.READ, Right.READ_REPORTED, Right.SHARE, Right.REPORT, Right.REVIEW, Right.MANAGE, Right.CLOSE,
        }
    ),
    Role.ADMINISTRATOR: frozenset(
        {
            Right.READ, Right.READ_REPORTED, Right.SHARE, Right.CLOSE, Right.REOPEN, Right.ADMINISTER, Right.AUDIT,
        }
    ),
}  # fmt: skip
"""What each role allows in its region. Who administers neither reports nor accepts: an office of one person gives that
person two accounts."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A role in one region and everything below it.

    Args:
        region: key; 0 is the whole country.
        sees_reported: of a viewer: whether what is handed in and not accepted yet is shown too.
    """

    role: Role
    region: int
    sees_reported: bool = False

    @property
    def rights(self) -> frozenset[Right]:
        """What is allowed in the region."""
        more = {Right.READ_REPORTED} if self.sees_reported else set()
        return RIGHTS[self.role] | more


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who does something, with what they may do.

    Args:
        name: as shown in the list of batches and in the audit.
        channel: page, cli, api or system.
        grants: roles by region; none allows nothing.
        account: number of the account; 0 for the machine's operator and for programs.
        login: the account's sign-in name.
        address: where the request came from; empty for the machine itself.
        is_operator: works on the machine itself and may do everything.
    """

    name: str
    channel: str = "cli"
    grants: tuple[Grant, ...] = ()
    account: int = 0
    login: str = ""
    address: str = ""
    is_operator: bool = False

    def may(self, right: Right, region: int = COUNTRY_KEY) -> bool:
        """Whether a right holds for a region and everything below it."""
        return self.is_operator or any(right in one.rights and _holds(one.region, region) for one in self.grants)

    def may_somewhere(self, right: Right) -> bool:
        """Whether a right holds for any region at all."""
        return self.is_operator or any(right in one.rights for one in self.grants)

    def regions(self, right: Right) -> tuple[int, ...]:
        """Keys of the regions a right holds for, with everything below them; no region inside another, in order."""
        if self.is_operator:
            return (COUNTRY_KEY,)
        keys = sorted({one.region for one in self.grants if right in one.rights})
        return tuple(key for key in keys if not any(other != key and _holds(other, key) for other in keys))

    def require(self, right: Right, regions: Iterable[int] = (COUNTRY_KEY,)) -> None:
        """That a right holds for every one of some regions.

        Raises:
            NotPermitted: it does not.
        """
        if not self.may_somewhere(right):
            raise NotPermitted(
                _("您的账号没有“{right}”的权限。").format(right=right.label), _("如工作需要，请联系本系统管理员开通。")
            )
        if not all(self.may(right, region) for region in regions):
            raise NotPermitted(
                _("您没有在该地区“{right}”的权限。").format(right=right.label),
                _("请选择您负责的地区；如工作需要，请联系本系统管理员开通。"),
            )

    def through(self, channel: str, address: str = "") -> "Actor":
        """The same person by another channel."""
        return replace(self, channel=channel, address=address)


def _holds(outer: int, inner: int) -> bool:
    """Whether a region is another or lies inside it."""
    if outer == COUNTRY_KEY:
        return True
    lo, hi = key_range(outer)
    return lo <= inner < hi


def operator(name: str, channel: str = "cli") -> Actor:
    """Somebody who works on the machine itself: whoever can read and write the store's file anyway."""
    return Actor(name, channel, is_operator=True)


def local_operator(channel: str) -> Actor:
    """The one user of an installation without accounts, and of the command line."""
    return operator("本机操作员", channel)


NOBODY = Actor("", "page")
"""Somebody who is not known: allowed nothing."""

SYSTEM = operator("系统", "system")
"""What the software does by itself, or has checked already."""


def _labels_of_rights() -> dict[Right, str]:
    return {
        Right.READ: _("查看数据"),
        Right.READ_REPORTED: _("查看待审数据"),
        Right.SHARE: _("分享快照"),
        Right.REPORT: _("上报数据"),
        Right.REVIEW: _("审核数据"),
        Right.MANAGE: _("管理目标和规则"),
        Right.CLOSE: _("设定期限和封账"),
        Right.REOPEN: _("重新开放已封账月份"),
        Right.ADMINISTER: _("系统管理"),
        Right.AUDIT: _("查阅审计日志"),
        Right.PUBLISH: _("不经审核直接发布"),
    }
