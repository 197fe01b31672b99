"""The classes of reports.classes with their colours, so that screens and frozen pages divide alike."""

from collections.abc import Iterable
from dataclasses import dataclass

from ecodash.reports.classes import Classes, quantile_classes
from ecodash.reports.numbers import is_missing, show_number
from ecodash.views import style


@dataclass(frozen=True, slots=True)
class ClassLook:
    """One class as drawn.

    Args:
        number: from 1, lowest first; written beside or on the colour, so that colour is not needed.
        colour, ink: of the mark, and of what is written on it.
        label: from where to where it reaches.
    """

    number: int
    colour: str
    ink: str
    label: str


@dataclass(frozen=True, slots=True)
class Division:
    """Values in classes of about equal size, each with a look."""

    classes: Classes
    looks: tuple[ClassLook, ...]

    def look(self, value: float) -> ClassLook | None:
        """The look of one of the values that were divided; None for what was not reported."""
        if is_missing(value):
            return None
        shade = self.classes.shade_of(value)
        shades = [member.shade for member in self.classes.members]
        return self.looks[shades.index(shade)]


def divide(values: Iterable[float], decimals: int, unit: str) -> Division:
    """Quantile classes of the values that were reported."""
    classes = quantile_classes(float(value) for value in values if not is_missing(value))
    looks = tuple(
        ClassLook(
            number,
            style.CLASSES[member.shade],
            style.CLASS_INKS[member.shade],
            _span(show_number(member.lowest, decimals), show_number(member.highest, decimals), unit),
        )
        for number, member in enumerate(classes.members, start=1)
    )
    return Division(classes, looks)


def _span(low: str, high: str, unit: str) -> str:
    return f"{low}{unit}" if low == high else f"{low}–{high}{unit}"
