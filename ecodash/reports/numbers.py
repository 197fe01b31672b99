"""How figures, changes, places and times are written. One spelling for the screens, the files and the frozen pages.

All functions are pure; None and NaN mean missing, and missing is written in words, never as 0.
"""

from datetime import datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal

import pandas as pd

from ecodash.domain.periods import Month
from ecodash.i18n import gettext as _
from ecodash.i18n import is_english, marked

UNREPORTED = marked("未上报")
"""Nothing was reported, so there is nothing to show."""

NOT_APPLICABLE = marked("不适用")
"""Something was reported, but no figure follows from it: a ratio whose denominator is missing or zero."""

NO_PREVIOUS = marked("无上月数")
"""There is no figure of the month before to compare with."""

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
    return _(NOT_APPLICABLE) if reports else _(UNREPORTED)


def show_number(value: float | None, decimals: int, *, missing: str | None = None) -> str:
    """A figure with thousands separators: (1268.5, 0) → 1,269; (0.125, 2) → 0.13; (NaN, 1) → 未上报.

    Halves round up, as people and Excel do, not to the even digit.

    Args:
        missing: the word for a value that is not there, where it is another than 未上报.
    """
    if value is None or is_missing(value):
        return _(UNREPORTED) if missing is None else missing
    return f"{_rounded(value, decimals):,.{decimals}f}"


_TEN_THOUSAND, _HUNDRED_MILLION = 10_000, 100_000_000
_AMOUNT_DECIMALS = 2


def show_amount(value: float | None, decimals: int, unit: str, *, missing: str | None = None) -> tuple[str, str]:
    """A headline figure as Chinese offices write it, and its unit: (12345, 0, 吨) → 1.23 and 万吨.

    From ten thousand in 万, from a hundred million in 亿, with two digits; what rounds up to the next unit is written in
    it. A unit that is 万 already goes on to 亿 (12,345 万元 → 1.23 亿元). Percentages and English stay as they are. For
    cards and headlines; tables and files keep the figure itself.

    Args:
        unit: as the catalogue says it, in Chinese; the one returned is Chinese too.
        missing: as of show_number; a missing value has no unit.
    """
    if value is None or is_missing(value):
        return show_number(value, decimals, missing=missing), ""
    if unit == "%" or is_english():
        return show_number(value, decimals), unit
    is_counted_in_wan = unit.startswith("万")
    base = unit.removeprefix("万")
    whole = _rounded(value, decimals) * (_TEN_THOUSAND if is_counted_in_wan else 1)
    if abs(whole) < (_HUNDRED_MILLION if is_counted_in_wan else _TEN_THOUSAND):
        return show_number(value, decimals), unit
    size, name = (_HUNDRED_MILLION, "亿") if is_counted_in_wan else (_TEN_THOUSAND, "万")
    shown = _scaled(value, size // _TEN_THOUSAND if is_counted_in_wan else size)
    if name == "万" and abs(shown) >= _TEN_THOUSAND:
        name, shown = "亿", _scaled(value, _HUNDRED_MILLION)
    return f"{shown:,.{_AMOUNT_DECIMALS}f}", f"{name}{base}"


def _scaled(value: float, size: int) -> Decimal:
    return (Decimal(repr(float(value))) / size).quantize(Decimal(1).scaleb(-_AMOUNT_DECIMALS), ROUND_HALF_UP)


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
        return _(NO_PREVIOUS)
    rounded = _rounded(change, decimals)
    if not rounded:
        same = _("持平")
        return f"{STILL} {same}"
    sign, word = (UP, _("增 {amount} {unit}")) if rounded > 0 else (DOWN, _("减 {amount} {unit}"))
    step = _("个百分点") if unit == "%" else _(unit)
    return f"{sign} {word.format(amount=f'{abs(rounded):,.{decimals}f}', unit=step)}".rstrip()


def show_movement(places: int | None) -> str:
    """Places gained since the last ranking: ↑2, ↓1, and — for the same place or where there is no earlier one."""
    if places is None or is_missing(places) or not places:
        return STILL
    return f"↑{int(places)}" if places > 0 else f"↓{-int(places)}"


def show_month(month: Month | str | float | None, *, missing: str = STILL) -> str:
    """A month in the language of the context, from a Month, yyyy-mm or the key yyyymm: 2026年10月."""
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
