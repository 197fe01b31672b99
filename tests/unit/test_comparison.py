"""Spans of months, and what they are compared with."""

import pytest

from ecodash.domain.comparison import Against, Comparison, Span
from ecodash.domain.periods import Month


@pytest.mark.parametrize(
    ("span", "month", "first", "count"),
    [
        (Span.MONTH, Month(2026, 8), Month(2026, 8), 1),
        (Span.QUARTER, Month(2026, 7), Month(2026, 7), 1),
        (Span.QUARTER, Month(2026, 8), Month(2026, 7), 2),
        (Span.QUARTER, Month(2026, 12), Month(2026, 10), 3),
        (Span.YEAR, Month(2026, 1), Month(2026, 1), 1),
        (Span.YEAR, Month(2026, 10), Month(2026, 1), 10),
    ],
)
def test_a_span_reaches_from_its_first_month_to_the_month(span: Span, month: Month, first: Month, count: int) -> None:
    months = span.months(month)
    assert (months[0], months[-1], len(months)) == (first, month, count)


@pytest.mark.parametrize(
    ("span", "against", "expected"),
    [
        (Span.MONTH, Against.PREVIOUS, Month(2025, 12)),
        (Span.MONTH, Against.YEAR_AGO, Month(2025, 1)),
        (Span.QUARTER, Against.PREVIOUS, Month(2025, 10)),
        (Span.QUARTER, Against.YEAR_AGO, Month(2025, 1)),
        (Span.YEAR, Against.PREVIOUS, Month(2025, 1)),
        (Span.YEAR, Against.YEAR_AGO, Month(2025, 1)),
    ],
)
def test_the_compared_span_is_as_long_as_the_span(span: Span, against: Against, expected: Month) -> None:
    month = Month(2026, 1)
    compared = Comparison(span=span, against=against).compared_month(month)
    assert compared == expected
    assert len(span.months(compared)) == len(span.months(month))
