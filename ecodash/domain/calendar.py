"""The reporting calendar: when a month's figures are due."""

from datetime import UTC, datetime, timedelta, timezone

from ecodash.domain.periods import Month
from ecodash.i18n import is_english

REPORT_DUE_DAY = 5
"""A month's figures are due by the end of this day of the next month (月结上报)."""

BEIJING = timezone(timedelta(hours=8), "Asia/Shanghai")


def due_at(month: Month) -> datetime:
    """The moment a month's reports become late, as aware UTC."""
    following = month.plus(1)
    return datetime(following.year, following.month, REPORT_DUE_DAY, tzinfo=BEIJING).astimezone(UTC) + timedelta(days=1)


def month_begins(month: Month) -> datetime:
    """The first moment of a month by Beijing time, as aware UTC."""
    return datetime(month.year, month.month, 1, tzinfo=BEIJING).astimezone(UTC)


def due_words(due: datetime, *, has_hour: bool = False) -> str:
    """The last moment to report in time, in the language of the context: the day, and the hour where it does not end with
    the day (2026年11月5日; 2026年11月5日 18:00).

    Args:
        has_hour: whether the hour is said where it ends with the day, too (24:00).
    """
    local = due.astimezone(BEIJING)
    ends_day = (local.hour, local.minute) == (0, 0)
    last = local - timedelta(minutes=1) if ends_day else local
    label = Month(last.year, last.month).label
    day = f"{last.day} {label}" if is_english() else f"{label}{last.day}日"
    hour = "24:00" if ends_day else f"{local:%H:%M}"
    return f"{day} {hour}" if has_hour or not ends_day else day


def newest_reportable(now: datetime) -> Month:
    """The last month that may be reported at a moment: the running one, by Beijing time."""
    local = now.astimezone(BEIJING)
    return Month(local.year, local.month)
