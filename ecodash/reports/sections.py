"""What the sections of the snapshot page are made of: frames in, values a template prints out.

A section names its template; everything a template prints is already text, so that no template computes.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ecodash.domain.regions import Level
from ecodash.i18n import gettext as _
from ecodash.i18n import is_english, marked
from ecodash.reports.numbers import exact_number, missing_word, show_number

Meta = Mapping[str, Any]

REPORTING_STATES = {
    "complete": ("✔", marked("齐报")),
    "late": ("◎", marked("有迟报")),
    "partial": ("◐", marked("部分缺报")),
    "missing": ("○", marked("未上报")),
}
"""Icon and word of each state of analytics.completeness."""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page: anchor, heading, template, and what the template prints."""

    anchor: str
    title: str
    template: str
    body: Any
    note: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """One shown figure, findable by region, indicator and field.

    Args:
        region, indicator: codes.
        field: which of the region's figures it is: value, previous, year_to_date, actual, target.
        exact: not rounded, "" where missing.
        text: as shown, with the word for what is missing.
        unit: empty where the value is missing.
    """

    region: str
    indicator: str
    field: str
    exact: str
    text: str
    unit: str = ""

    @property
    def is_missing(self) -> bool:
        return not self.exact


def figure(
    region: str,
    indicator: str,
    value: float | None,
    decimals: int,
    *,
    unit: str = "",
    reports: int = 0,
    field: str = "value",
) -> Figure:
    """A figure ready to print; reports decides between 未上报 and 不适用."""
    exact = exact_number(value)
    text = show_number(value, int(decimals), missing=missing_word(reports=reports))
    return Figure(region, indicator, field, exact, text, _(unit) if exact else "")


def rows_of(frame: pd.DataFrame) -> Iterator[Any]:
    """The rows of a frame with its columns as attributes; what a column holds its query documents."""
    return frame.itertuples(index=False)


def reports_behind(row: Any) -> int:
    """How many reports stand behind a row of figures, of whatever sort."""
    return int(row.reported) + int(row.carried) + int(row.totals)


def coverage(row: Any) -> list[str]:
    """What a figure rests on, in words: villages that reported, carried values, towns' own totals."""
    if row.villages <= 1:
        return [_("沿用")] if row.carried else []
    words = [_("上报 {reported}/{villages} 村").format(reported=int(row.reported), villages=int(row.villages))]
    if row.carried:
        words.append(_("沿用 {carried} 村").format(carried=int(row.carried)))
    if row.totals:
        words.append(_("按上级合计 {totals} 处").format(totals=int(row.totals)))
    if row.unweighted:
        words.append(_("缺分母未计 {count} 村").format(count=int(row.unweighted)))
    return words


def with_unit(text: str, unit: str) -> str:
    """A number with its unit; a percent sign stands close, a word apart."""
    return f"{text}{unit}" if unit in ("%", "") else f"{text} {_(unit)}"


def joined(words: Iterable[str]) -> str:
    """Clauses of one line."""
    return (", " if is_english() else "，").join(words)


def step_of(unit: str) -> str:
    """A difference of percentages is in points."""
    return _("个百分点") if unit == "%" else _(unit)


def is_village_level(meta: Meta) -> bool:
    """Whether the units compared are villages."""
    return bool(meta["level"] == Level.VILLAGE.value)
