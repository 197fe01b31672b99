"""Months: parse, step, compare. A month's key is yyyymm, so adding 100 is a year later."""

import re
import unicodedata
from dataclasses import dataclass
from functools import total_ordering

from ecodash.errors import PeriodUnknown

CARRY_MONTHS = 12
"""A stock or ratio that was not reported carries its last value at most this many months (沿用)."""

_NUMERIC = re.compile(r"(\d{4})(?:[-/.年_](\d{1,2})月?(?:份)?|(\d{2}))")
_SEARCH = re.compile(r"(?<!\d)(\d{4})\s*(?:年\s*(\d{1,2})\s*月|[-./](\d{1,2})(?!\d)|(0[1-9]|1[0-2])(?!\d))")


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
        return f"{self.year}年{self.month}月"

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


def find_months(text: str) -> list[Month]:
    """Every month named in a title, file name or sheet name, in order, without repeats."""
    found: dict[Month, None] = {}
    for match in _SEARCH.finditer(unicodedata.normalize("NFKC", text)):
        number = int(match[2] or match[3] or match[4])
        if 1990 <= int(match[1]) <= 2100 and 1 <= number <= 12:
            found[Month(int(match[1]), number)] = None
    return list(found)


def months_between(first: Month, last: Month) -> list[Month]:
    """All months from first to last, both included."""
    return [first.plus(step) for step in range(first.months_until(last) + 1)]
