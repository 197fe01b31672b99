"""The reporting calendar at the edges of Beijing's days."""

from datetime import UTC, datetime

import pytest

from ecodash.domain.calendar import due_at, newest_reportable
from ecodash.domain.periods import Month


@pytest.mark.parametrize(
    ("month", "expected"),
    [
        ("2026-10", datetime(2026, 11, 5, 16, 0, tzinfo=UTC)),  # the end of 5 November in Beijing
        ("2026-12", datetime(2027, 1, 5, 16, 0, tzinfo=UTC)),
    ],
)
def test_reports_are_due_by_the_end_of_the_fifth_in_beijing(month: str, expected: datetime) -> None:
    assert due_at(Month.parse(month)) == expected


@pytest.mark.parametrize(
    ("now", "month"),
    [
        (datetime(2026, 10, 31, 15, 59, 59, tzinfo=UTC), Month(2026, 10)),
        (datetime(2026, 10, 31, 16, 0, tzinfo=UTC), Month(2026, 11)),
        (datetime(2026, 12, 31, 16, 0, tzinfo=UTC), Month(2027, 1)),
    ],
)
def test_the_running_month_begins_at_midnight_in_beijing(now: datetime, month: Month) -> None:
    assert newest_reportable(now) == month
