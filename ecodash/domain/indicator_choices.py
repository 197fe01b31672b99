"""What an installation chose for the indicators of the catalogue."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ecodash.domain.indicators import Catalog, Indicator


@dataclass(frozen=True, slots=True)
class IndicatorChoice:
    """What was chosen for one indicator.

    Args:
        is_used: whether it is asked for: offered in templates and lists to choose from, and counted in reminders. Its
            figures stay where they are, whichever it is.
        headings: what its column is called in this place's files, beside the catalogue's names for it.
    """

    is_used: bool = True
    headings: tuple[str, ...] = ()

    def to_content(self) -> dict[str, Any]:
        """Plain values, as they are kept."""
        return {"is_used": self.is_used, "headings": list(self.headings)}

    @classmethod
    def from_content(cls, content: Mapping[str, Any]) -> "IndicatorChoice":
        """The choice that plain values describe."""
        return cls(bool(content["is_used"]), tuple(map(str, content["headings"])))


AS_DELIVERED = IndicatorChoice()
"""Of an indicator nobody chose anything for."""

Choices = Mapping[str, IndicatorChoice]
"""Code → what was chosen; those as delivered may be left out."""


def unused(choices: Choices) -> frozenset[str]:
    """Codes of the indicators that are not asked for."""
    return frozenset(code for code, choice in choices.items() if not choice.is_used)


def in_use(entries: Iterable[Indicator], choices: Choices, shown: Collection[str | None] = ()) -> list[Indicator]:
    """The entries that are asked for, and those of the codes shown already, in their order."""
    left_out = unused(choices) - {*shown}
    return [entry for entry in entries if entry.code not in left_out]


def dependents(catalog: Catalog, code: str) -> list[Indicator]:
    """The ratios that are worked out from an indicator."""
    return [entry for entry in catalog.values() if code in (entry.numerator, entry.denominator)]
