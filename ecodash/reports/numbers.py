"""How figures, changes, places and times are written. One spelling for the screens, the files and the frozen pages.

All functions are pure; None and NaN mean missing, and missing is written in words, never as 0.
"""

from datetime import datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal

import pandas as pd

from ecodash.domain.periods import Month

UNREPORTED = "未上报"
"""Nothing was reported, so there is nothing to show."""

NOT_APPLICABLE = "不适用"
"""Something was reported, but no figure follows from it: a ratio whose denominator is missing or zero."""

UP, DOWN, STILL = "▲", "▼", "—"
BEIJING = timezone(timedelta(hours=8), "北京时间")
"""China has kept one offset since 1991; no time-zone files are needed."""


def is_missing(value: object) -> bool:
    """Whether a cell of a frame is None, NaN, NaT or NA."""
    return value is None or bool(pd.isna(value))  # type: ignore[call-overload]


def missing_word(*, reports: int = 0) -> str:
    """The word for a value that is not there.

    Args:
        reports: how many reports stand behind the figure; with any, the figure could not be formed.
    """
    return NOT_APPLICABLE if reports else UNREPORTED


def show_number(value: float | None, decimals: int, *, missing: str = UNREPORTED) -> str:
    """A figure with thousands separators: (1268.5, 0) → 1,269; (0.125, 2) → 0.13; (NaN, 1) → 未上报.

    Halves round up, as people and Excel do, not to the even digit.
    """
    if value is None or is_missing(value):
        return missing
    return f"{_rounded(value, decimals):,.{decimals}f}"


def exact_number(value: float | None) -> str:
    """The figure itself, not rounded, for programs to read back: 85.0 → 85, 1e-05 → 0.00001, missing → ""."""
    if value is None or is_missing(value):
        return ""
    return f"{Decimal(repr(float(value) or 0.0)):f}".removesuffix(".0")


def show_change(change: float | None, decimals: int, unit: str = "") -> str:
    """A change since last month: ▲ 增 1.2 吨, ▼ 减 0.5 个百分点, — 持平, and 无上月数 where it is missing.

    A percentage changes by points, so that 80% → 82% is never read as 2%.
    """
    if change is None or is_missing(change):
        return "无上月数"
    rounded = _rounded(change, decimals)
    if not rounded:
        return f"{STILL} 持平"
    sign, word = (UP, "增") if rounded > 0 else (DOWN, "减")
    step = "个百分点" if unit == "%" else unit
    return f"{sign} {word} {abs(rounded):,.{decimals}f} {step}".rstrip()


def show_movement(places: int | None) -> str:
    """Places gained since the last ranking: ↑2, ↓1, and — for the same place or where there is no earlier one."""
    if places is None or is_missing(places) or not places:
        return STILL
    return f"↑{int(places)}" if places > 0 else f"↓{-int(places)}"


def show_month(month: Month | str | float | None, *, missing: str = STILL) -> str:
    """A month in Chinese, from a Month, yyyy-mm or the key yyyymm: 2026年10月."""
    if month is None or (not isinstance(month, Month) and is_missing(month)):
        return missing
    if isinstance(month, Month):
        return month.label
    return (Month.parse(month) if isinstance(month, str) else Month.from_key(int(month))).label


def show_time(moment: datetime | str | None, *, missing: str = STILL) -> str:
    """An aware time, or its ISO spelling, in Beijing time to the minute: 2026-11-03 09:12."""
    if moment is None or is_missing(moment):
        return missing
    when = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    if when.tzinfo is None:
        raise ValueError("a time needs its offset before it can be shown")
    return f"{when.astimezone(BEIJING):%Y-%m-%d %H:%M}"


def _rounded(value: float, decimals: int) -> Decimal:
    # Through repr, so that the shortest decimal is rounded and not the binary tail: 2.675 is 2.675 here.
    rounded = Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    # -0.04 at one digit is 0.0, without a sign.
    return rounded if rounded else abs(rounded)
