"""A month's red and black list as drawn up: who is on them, on what grounds, and what to say beside them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from ecodash.domain.indicators import Direction
from ecodash.domain.lists import ListRule, Side
from ecodash.domain.periods import Month
from ecodash.i18n import gettext, is_english


class Ground(StrEnum):
    """Why a unit is on its list: among the first or last few, by the standard, fallen far, no figure, reports late or
    missing."""

    PLACES = "places"
    THRESHOLD = "threshold"
    FALL = "fall"
    UNREPORTED = "unreported"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Measure:
    """What units are judged by.

    Args:
        code: of an indicator, or of a composite's version.
        name, english: Chinese and English name.
        definition: 口径; empty for a composite.
    """

    code: str
    name: str
    unit: str
    decimals: int
    direction: Direction
    definition: str = ""
    english: str = ""

    @property
    def label(self) -> str:
        """The name in the language of the context."""
        return self.english if self.english and is_english() else self.name

    @property
    def unit_label(self) -> str:
        """The unit in the language of the context."""
        return gettext(self.unit)

    @property
    def title(self) -> str:
        """Name with unit: 考核得分（分）."""
        if not self.unit:
            return self.label
        return gettext("{name}（{unit}）").format(name=self.label, unit=self.unit_label)


@dataclass(frozen=True, slots=True)
class Note:
    """Something a reader of the lists has to know: a code and what fills its sentence.

    nobody: nothing; tied: side, count (places given), listed (by their place); few: units, wanted; both, unreported: names;
    excluded: reason, names; not_due: due (aware).
    """

    code: str
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """One unit on one list.

    Args:
        region, name, parent: the unit's key and name, and the name of the region it lies in.
        rank, previous_rank, movement: as in the ranking; None where it has no figure now or then.
        value, previous: None is unreported, never zero.
        distance: value less the bound of the list's standard; None where the list has none.
        grounds: why it is listed.
        streak: months in a row on this list, this one included; 0 where that was not counted.
        villages, reported, carried: how many villages the figure could stand on, and does.
        late, missing: villages whose report of the month came late or is not there.
        own_reason, own_by, own_at: a reviewer's words; "" and None where nobody wrote any.
    """

    region: int
    name: str
    parent: str
    rank: int | None
    previous_rank: int | None
    movement: int | None
    value: float | None
    previous: float | None
    distance: float | None
    grounds: tuple[Ground, ...]
    streak: int = 0
    villages: int = 0
    reported: int = 0
    carried: int = 0
    late: int = 0
    missing: int = 0
    own_reason: str = ""
    own_by: str = ""
    own_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class MonthLists:
    """The red and the black list of a month.

    Args:
        rule: by which they were drawn up.
        name, number, version: of the rule; a draft has no name, number 0 and version 0.
        reasons_number: of the version of the reasons shown; 0: none.
        watermark, month, committed_at: as of which commit (None before the first), for which month.
        region_name: of the region whose units are compared.
        measure: what they are judged by.
        red: from the first rank on.
        black: from the last rank up, units without a figure at its end.
        judged, unlisted: units that were looked at, and those of them that have a figure and are on neither list.
        left_out: names of the units the rule leaves out.
        notes: what to say beside the lists.
        is_demo: whether invented figures stand among these.
    """

    rule: ListRule
    name: str
    number: int
    version: int
    reasons_number: int
    watermark: int
    month: Month
    committed_at: datetime | None
    region_name: str
    measure: Measure
    red: tuple[Entry, ...]
    black: tuple[Entry, ...]
    judged: int
    unlisted: int
    left_out: tuple[str, ...]
    notes: tuple[Note, ...]
    is_demo: bool

    def entries(self, side: Side) -> tuple[Entry, ...]:
        return self.red if side is Side.RED else self.black
