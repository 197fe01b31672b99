"""The classes of reports.classes with their colours, so that screens and frozen pages divide alike."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from ecodash.i18n import gettext as _
from ecodash.reports.classes import SHADES, Classes, Method, ValueClass, band_classes, equal_classes, quantile_classes
from ecodash.reports.numbers import is_missing, show_number
from ecodash.views import style, text


@dataclass(frozen=True, slots=True)
class ClassLook:
    """One class as drawn.

    Args:
        number: from 1, lowest first; written beside or on the colour, so that colour is not needed.
        colour, ink: of the mark, and of what is written on it.
        label: from where to where it reaches.
        count: how many of the divided values are in it.
    """

    number: int
    colour: str
    ink: str
    label: str
    count: int = 0


@dataclass(frozen=True, slots=True)
class Division:
    """Values in classes, each with a look."""

    classes: Classes
    looks: tuple[ClassLook, ...]
    method: Method = Method.QUANTILE

    @property
    def is_of_targets(self) -> bool:
        """Whether what is divided is the attainment of targets, and not the figures shown."""
        return self.method is Method.BANDS

    def look(self, value: float | None) -> ClassLook | None:
        """The look of one of the values that were divided; None for what was not reported."""
        if value is None or is_missing(value) or not self.looks:
            return None
        return self.looks[self.classes.place_of(value)]


def divide(
    values: Iterable[float], decimals: int, unit: str, method: Method = Method.QUANTILE, count: int = SHADES
) -> Division:
    """Classes of the values that were reported; for bands the values are attainments of targets in percent."""
    known = [float(value) for value in values if not is_missing(value)]
    if method is Method.BANDS:
        classes = band_classes(known)
        labels = [_band(member) for member in classes.members]
    else:
        classes = (equal_classes if method is Method.EQUAL else quantile_classes)(known, count)
        labels = [
            _span(show_number(member.lowest, decimals), show_number(member.highest, decimals), unit)
            for member in classes.members
        ]
    looks = tuple(
        ClassLook(number, style.CLASSES[member.shade], style.CLASS_INKS[member.shade], label, member.count)
        for number, (member, label) in enumerate(zip(classes.members, labels, strict=True), start=1)
    )
    return Division(classes, looks, method)


def _span(low: str, high: str, unit: str) -> str:
    span = low if low == high else f"{low}–{high}"
    return text.value_with_unit(span, unit) if unit else span


def _band(member: ValueClass) -> str:
    """低于目标的 60%, 60%–80%, 达到目标."""
    low, high = (f"{edge:g}" for edge in (member.lowest, member.highest))
    if math.isinf(member.lowest):
        return _("完成目标不到 {high}%").format(high=high)
    if math.isinf(member.highest):
        return _("达到目标")
    return _("完成目标 {low}%–{high}%").format(low=low, high=high)
