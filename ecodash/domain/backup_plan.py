"""When a backup is made by itself, and which of those stay."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ecodash.domain.backups import Backup
from ecodash.domain.calendar import BEIJING

SETTLING = timedelta(minutes=5)
"""So long after it was started the app makes the backup it missed while it was off."""
RETRY = timedelta(hours=1)
"""So long after one failed it is tried again."""
OVERDUE = timedelta(hours=26)
"""A store with automatic backups whose newest one is older than this has missed one."""
OLD = timedelta(days=7)
"""A backup older than this no longer sets one at ease."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """The last time a backup was tried by itself: when (aware UTC), and why it failed; empty where it did not."""

    at: datetime
    fault: str = ""


@dataclass(frozen=True, slots=True)
class BackupState:
    """How an installation stands with its backups.

    Args:
        is_here: whether they are made here at all; those of PostgreSQL are its administrator's.
        newest: the newest one that was opened, compared and found sound; None where there is none.
        age: of the newest; None where there is none. Never below zero.
        is_verified: whether there is such a one.
        next_at: when the next is made by itself (aware UTC), where that is switched on.
        last_attempt: of the automatic ones.
    """

    is_here: bool
    newest: Backup | None
    age: timedelta | None
    next_at: datetime | None
    last_attempt: Attempt | None

    @property
    def is_verified(self) -> bool:
        """Whether there is one that can be put back."""
        return self.newest is not None

    @property
    def fault(self) -> str:
        """Why the last automatic backup failed; empty where it did not."""
        return self.last_attempt.fault if self.last_attempt else ""

    @property
    def is_overdue(self) -> bool:
        """Whether a newer one is wanted: soon missed where they are made by themselves, after a week elsewhere."""
        return self.is_here and (self.age is None or self.age > (OVERDUE if self.next_at else OLD))


def newest_sound(backups: Sequence[Backup]) -> Backup | None:
    """The newest of some backups that can be put back."""
    return max((one for one in backups if not one.fault), key=lambda one: one.made_at, default=None)


def last_moment(at: str, now: datetime) -> datetime:
    """The last time a clock in Beijing showed an hour (HH:MM), as of now."""
    hour, minute = map(int, at.split(":"))
    today = now.astimezone(BEIJING).replace(hour=hour, minute=minute, second=0, microsecond=0)
    return today if today <= now else today - timedelta(days=1)


def next_at(
    at: str, now: datetime, *, started_at: datetime, backups: Sequence[Backup], last: Attempt | None
) -> datetime:
    """When the next automatic backup is due; now or before it where that is at once.

    What was missed while the app was off is made up for soon after its start, and what failed is tried again. Records
    from the future, of a clock that was set back since, do not count.
    """
    moment = last_moment(at, now)
    known = [one.made_at for one in backups if one.is_automatic and not one.fault and one.made_at <= now]
    if known and max(known) >= moment:
        return moment + timedelta(days=1)
    if last is not None and last.fault and moment <= last.at <= now:
        return min(max(last.at + RETRY, started_at), moment + timedelta(days=1))
    return max(moment, started_at + SETTLING)


def rotated_out(backups: Sequence[Backup], keep: tuple[int, int, int]) -> list[Backup]:
    """The automatic backups that go: all but the newest of each of the last days, weeks and months there are any of.

    Those made by hand stay, and so does the newest sound one of all. Damaged ones count for no day; they go when as many
    newer days are kept as there are to be.

    Args:
        keep: how many days, weeks and months.
    """
    mine = sorted((one for one in backups if one.is_automatic), key=lambda one: one.made_at, reverse=True)
    sound = [one for one in mine if not one.fault]
    kept = {one.name for one in (newest_sound(backups),) if one is not None}
    periods: tuple[Callable[[datetime], Any], ...] = (
        lambda moment: moment.date(),
        lambda moment: moment.isocalendar()[:2],
        lambda moment: (moment.year, moment.month),
    )
    for count, period in zip(keep, periods, strict=True):
        newest: dict[Any, str] = {}
        for one in sound:
            newest.setdefault(period(one.made_at.astimezone(BEIJING)), one.name)
        kept.update(list(newest.values())[:count])
    days = {one.made_at.astimezone(BEIJING).date(): one for one in reversed(sound)}
    oldest_day = sorted(days, reverse=True)[: keep[0]]
    since = days[oldest_day[-1]].made_at if len(oldest_day) == keep[0] else None
    damaged = [one for one in mine if one.fault and since is not None and one.made_at < since]
    return [one for one in sound if one.name not in kept] + damaged
