"""Months and longer periods: parse, step, compare. A month's key is yyyymm, so adding 100 is a year later."""

import re
import unicodedata
from dataclasses import dataclass
from functools import total_ordering

from ecodash.errors import PeriodUnknown
from ecodash.i18n import is_english

CARRY_MONTHS = 12
"""A stock or ratio that was not reported carries its last value at most this many months (沿用)."""

_ENGLISH = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NUMERIC = re.compile(r"(\d{4})(?:[-/.年_](\d{1,2})月?(?:份)?|(\d{2}))")


@total_ordering
@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month."""

    year: int
    month: int

    def __post_init__(self) -> None:
        if not (1990 <= self.year <= 2100 and 1 <= self.month <= 12):
            raise PeriodUnknown(f"“{self.year}-{self.month}”不是有效月份。", "月份应在 1990-01 至 2100-12 之间。")

    def __lt__(self, other: "Month") -> bool:
        return self.key < other.key

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    @property
    def key(self) -> int:
        """yyyymm."""
        return self.year * 100 + self.month

    @property
    def label(self) -> str:
        """2026年10月; in English Oct 2026."""
        return f"{_ENGLISH[self.month - 1]} {self.year}" if is_english() else f"{self.year}年{self.month}月"

    @classmethod
    def from_key(cls, key: int) -> "Month":
        return cls(*divmod(int(key), 100))

    @classmethod
    def parse(cls, text: str) -> "Month":
        """A month written 2026-10, 2026/10, 2026.10, 202610 or 2026年10月.

        Raises:
            PeriodUnknown: the text is none of these.
        """
        folded = unicodedata.normalize("NFKC", text).strip().replace(" ", "")
        match = _NUMERIC.fullmatch(folded)
        if not match:
            raise PeriodUnknown(f"“{text[:40]}”不是月份。", "请写成 2026-10 或 2026年10月。")
        return cls(int(match[1]), int(match[2] or match[3]))

    def plus(self, months: int) -> "Month":
        """The month so many months later, or earlier where negative."""
        ordinal = self.year * 12 + self.month - 1 + months
        return Month(ordinal // 12, ordinal % 12 + 1)

    def months_until(self, later: "Month") -> int:
        """Number of steps from this month to a later one; negative where it is earlier."""
        return (later.year - self.year) * 12 + later.month - self.month


FIRST_MONTH = Month(1990, 1)
"""The earliest month there is; the calendar of the store begins with it."""


def months_between(first: Month, last: Month) -> list[Month]:
    """All months from first to last, both included."""
    return [first.plus(step) for step in range(first.months_until(last) + 1)]


# ── periods ────────────────────────────────────────────────────────────────────────────────────────────────────────

_KINDS = {(1, 12): "year", (1, 6): "half", (7, 12): "half", (1, 3): "quarter", (4, 6): "quarter"}
_KINDS |= {(7, 9): "quarter", (10, 12): "quarter"}
_NAMED = {(1, 12): "全年", (1, 6): "上半年", (7, 12): "下半年", (1, 3): "第一季度", (4, 6): "第二季度"}
_NAMED |= {(7, 9): "第三季度", (10, 12): "第四季度"}


@dataclass(frozen=True, slots=True)
class Period:
    """One month, or several in a row.

    Args:
        first, last: both included; the last is not before the first.
    """

    first: Month
    last: Month

    def __post_init__(self) -> None:
        if self.last < self.first:
            said = f"“{self.first.label}至{self.last.label}”的起止月份颠倒了。"
            raise PeriodUnknown(said, "请把较早的月份写在前面。")

    def __contains__(self, other: object) -> bool:
        """Whether a month, or the whole of a period, lies in this one."""
        if isinstance(other, Month):
            return self.first <= other <= self.last
        return isinstance(other, Period) and self.first <= other.first and other.last <= self.last

    @property
    def kind(self) -> str:
        """month, quarter, half, year, or span for any other run of months."""
        if self.first == self.last:
            return "month"
        return _KINDS.get(self._numbers, "span") if self.first.year == self.last.year else "span"

    @property
    def label(self) -> str:
        """2026年9月, 2026年第三季度, 2026年上半年, 2026年, 2026年1—9月, 2025年11月—2026年2月."""
        if self.first == self.last:
            return self.first.label
        if self.first.year != self.last.year:
            return f"{self.first.label}—{self.last.label}"
        if self.kind == "year":
            return f"{self.first.year}年"
        return f"{self.first.year}年{_part_label(*self._numbers)}"

    @property
    def months(self) -> list[Month]:
        return months_between(self.first, self.last)

    @property
    def _numbers(self) -> tuple[int, int]:
        return self.first.month, self.last.month


@dataclass(frozen=True, slots=True)
class PartialPeriod:
    """A period of one year as people write it, often without the year: 9月, 三季度, 1—9月.

    Args:
        year: None where it is not written.
        first, last: numbers of its months, both included, 1 to 12.
    """

    year: int | None
    first: int
    last: int

    def at(self, year: int) -> Period:
        """The period; in this year where it names none itself."""
        own = year if self.year is None else self.year
        return Period(Month(own, self.first), Month(own, self.last))

    @property
    def label(self) -> str:
        return _part_label(self.first, self.last) if self.year is None else self.at(self.year).label


def _part_label(first: int, last: int) -> str:
    return _NAMED.get((first, last)) or (f"{first}月" if first == last else f"{first}—{last}月")
