"""The reporting calendar: when a month's figures are due."""

from datetime import UTC, datetime, timedelta, timezone

from ecodash.domain.periods import Month

REPORT_DUE_DAY = 5
"""A month's figures are due by the end of this day of the next month (月结上报)."""

BEIJING = timezone(timedelta(hours=8), "Asia/Shanghai")


def due_at(month: Month) -> datetime:
    """The moment a month's reports become late, as aware UTC."""
    following = month.plus(1)
    return datetime(following.year, following.month, REPORT_DUE_DAY, tzinfo=BEIJING).astimezone(UTC) + timedelta(days=1)


def newest_reportable(now: datetime) -> Month:
    """The last month that may be reported at a moment: the running one, by Beijing time."""
    local = now.astimezone(BEIJING)
    return Month(local.year, local.month)
