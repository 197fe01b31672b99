"""What has changed since a page was frozen: reports and targets as they stood then, beside how they stand now."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Change:
    """One report that is not what it was.

    Args:
        region_code, region_name: whose it is; the name of a village has its town's before it.
        indicator, indicator_name, unit: what it says, in the unit it is reported in.
        month_label: the month it was made for.
        before, after: None where nothing stood or stands.
    """

    region_code: str
    region_name: str
    indicator: str
    indicator_name: str
    unit: str
    month_label: str
    before: float | None
    after: float | None


@dataclass(frozen=True, slots=True)
class Since:
    """What changed between two watermarks of what some pages are made of.

    It is the state at one against the state at the other: what was changed and changed back does not count.

    Args:
        then, now: watermarks.
        then_at, now_at: when their batches were committed; None before the first.
        corrected: reports that stand at both and differ.
        added: reports that stand now where nothing stood.
        withdrawn: reports that stood where nothing stands now.
        targets: targets set, changed or withdrawn.
        people: who committed the batches that left each of these as it is now, and how many of them; most first.
        batches: numbers of those batches, ascending.
        largest: the most telling of the changes: queries.changes_since says which.
        shown: figures on the pages that would read otherwise now; None where that was not worked out.
    """

    then: int
    now: int
    then_at: datetime | None = None
    now_at: datetime | None = None
    corrected: int = 0
    added: int = 0
    withdrawn: int = 0
    targets: int = 0
    people: tuple[tuple[str, int], ...] = ()
    batches: tuple[int, ...] = ()
    largest: Change | None = None
    shown: int | None = None

    @property
    def is_same(self) -> bool:
        """Whether nothing the pages are made of changed, and, where that was worked out, no figure on them."""
        return not (self.corrected or self.added or self.withdrawn or self.targets or self.shown)
