"""Selection: what the reader is looking at. Every figure is a function of it."""

from dataclasses import dataclass, replace

from ecodash.domain.periods import Month
from ecodash.domain.regions import COUNTRY_KEY, Level, child_level, level_of, region_code


@dataclass(frozen=True, slots=True)
class Selection:
    """A watermark, a month, a region, an indicator and a level of units below the region.

    Args:
        watermark: the last commit that counts.
        month: the month looked at.
        region: key of the region looked at.
        indicator: code.
        level: level of the units compared; must lie below the region.
    """

    watermark: int
    month: Month
    region: int = COUNTRY_KEY
    indicator: str = ""
    level: Level = Level.TOWN

    def at(self, **changes: object) -> "Selection":
        """The same selection with some fields changed."""
        return replace(self, **changes)  # type: ignore[arg-type]

    def to_dict(self) -> dict[str, str | int]:
        """Stable codes only, for links and frozen snapshots."""
        return {
            "watermark": self.watermark,
            "month": str(self.month),
            "region": region_code(self.region),
            "indicator": self.indicator,
            "level": self.level.value,
        }


def default_level(region: int) -> Level:
    """The level of units shown under a region: the next below; a village shows itself."""
    return child_level(level_of(region))
