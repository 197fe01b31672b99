"""Comparison: over which months units are ranked, against what they are said to have moved, and who takes part."""

from dataclasses import dataclass
from enum import StrEnum

from ecodash.domain.periods import Month, months_between
from ecodash.i18n import gettext as _


class Span(StrEnum):
    """The months a ranking covers: one month, its quarter so far, its year so far."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"

    @property
    def label(self) -> str:
        return {Span.MONTH: _("当月"), Span.QUARTER: _("本季累计"), Span.YEAR: _("本年累计")}[self]

    def months(self, month: Month) -> list[Month]:
        """From the span's first month to the month, both included."""
        first = {Span.MONTH: month.month, Span.QUARTER: month.month - (month.month - 1) % 3, Span.YEAR: 1}[self]
        return months_between(Month(month.year, first), month)

    @property
    def step(self) -> int:
        """Months from a span to the one of its kind before it."""
        return {Span.MONTH: 1, Span.QUARTER: 3, Span.YEAR: 12}[self]


class Against(StrEnum):
    """What movement is measured against.

    previous: the span before, as far into it (last month; last quarter or last year to the same month of it);
    year_ago: the same months of the year before. For the year to date both are the same.
    """

    PREVIOUS = "previous"
    YEAR_AGO = "year_ago"

    @property
    def label(self) -> str:
        return {Against.PREVIOUS: _("较上期"), Against.YEAR_AGO: _("较上年同期")}[self]


@dataclass(frozen=True, slots=True)
class Comparison:
    """How the units of a selection are ranked.

    Args:
        span, against: see there.
        kinds: kinds of village that are ranked; empty: all. Units above the village have no kind and always take part.
        peer_class: rank only the units of this class; empty: all, each ranked within its class besides.
        least: minimum denominator of a ratio; a unit below it is left out, as a handful of households makes any rate.
        scheme: number of the version of the peer classes meant; 0: the first scheme there is.
    """

    span: Span = Span.MONTH
    against: Against = Against.PREVIOUS
    kinds: tuple[str, ...] = ()
    peer_class: str = ""
    least: float = 0
    scheme: int = 0

    def compared_month(self, month: Month) -> Month:
        """The month in which the compared span ends."""
        return month.plus(-12 if self.against is Against.YEAR_AGO else -self.span.step)
