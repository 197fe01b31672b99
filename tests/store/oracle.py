"""The roll-up rules once more, as plainly as they can be said: no SQL, no frames, no speed.

Written from the domain's rules, not from the statements under test.
"""

from collections.abc import Iterable
from fractions import Fraction
from functools import cache

from ecodash.domain.indicators import Aggregation, Catalog, Kind
from ecodash.domain.periods import Month
from ecodash.domain.regions import LEVELS, Level, Region, ancestor_key, level_of

Cells = dict[tuple[int, str, int], Fraction]
Figure = tuple[Fraction | None, int, int, int]
"""Value (None where reported and not to be computed), villages reported, villages carried, own totals used."""


class Oracle:
    """Figures of a store at one watermark.

    Args:
        cells: (region key, indicator code, yyyymm) → value, as they stand.
    """

    def __init__(self, catalog: Catalog, regions: Iterable[Region], cells: Cells) -> None:
        self.catalog = catalog
        self.regions = {region.key: region for region in regions}
        self.cells = cells
        # Asked for again and again; each answer is worked out once.
        self.standing, self.additive, self.weighed = cache(self.standing), cache(self.additive), cache(self.weighed)  # type: ignore[method-assign]

    def standing(self, key: int, code: str, month: Month) -> tuple[Fraction, bool] | None:
        """The region's own report that stands in a month, and whether it is of that month."""
        region = self.regions[key]
        if not region.is_valid(month.key):
            return None
        for back in range(self.catalog[code].kind.carry_months + 1):
            earlier = month.plus(-back) if month.year * 12 + month.month - back > 1990 * 12 else None
            if earlier is None:
                return None
            if (key, code, earlier.key) in self.cells:
                return self.cells[key, code, earlier.key], back == 0
        return None

    def villages(self, key: int, month: Month) -> list[int]:
        level = level_of(key)
        return [
            k
            for k, region in self.regions.items()
            if level_of(k) is Level.VILLAGE and ancestor_key(k, level) == key and region.is_valid(month.key)
        ]

    def children(self, key: int) -> list[int]:
        level = level_of(key)
        if level is Level.VILLAGE:
            return []
        below = LEVELS[level.rank + 1]
        return [k for k in self.regions if level_of(k) is below and ancestor_key(k, level) == key]

    # ── one region's own ratio ─────────────────────────────────────────────────────────────────────────────────────

    def own_ratio(self, key: int, code: str, month: Month) -> tuple[Fraction, Fraction | None, bool] | None:
        """(percent, denominator or None, fresh) of the region's own reports."""
        entry = self.catalog[code]
        numerator = self.standing(key, entry.numerator, month)
        percent = self.standing(key, code, month)
        whole = self.denominator(key, entry.denominator, month)
        by_parts = numerator is not None and whole is not None and whole > 0
        if by_parts and percent is not None:
            by_parts = self.age(key, entry.numerator, month) <= self.age(key, code, month)
        if by_parts:
            assert numerator is not None
            assert whole is not None
            return 100 * numerator[0] / whole, whole, numerator[1]
        if percent is None:
            return None
        return percent[0], whole if whole is not None and whole > 0 else None, percent[1]

    def age(self, key: int, code: str, month: Month) -> int:
        back = 0
        while (key, code, month.plus(-back).key) not in self.cells:
            back += 1
        return back

    def denominator(self, key: int, code: str, month: Month) -> Fraction | None:
        own = self.standing(key, code, month)
        if own is not None:
            return own[0]
        if level_of(key) not in (Level.TOWN, Level.COUNTY):
            return None
        found = [self.standing(village, code, month) for village in self.villages(key, month)]
        if not found or any(one is None for one in found):
            return None
        return sum((one[0] for one in found if one), Fraction(0))

    # ── figures ────────────────────────────────────────────────────────────────────────────────────────────────────

    def figure(self, key: int, code: str, month: Month) -> Figure | None:
        """The region's figure, or None where there is none."""
        if self.catalog[code].aggregation is Aggregation.RATIO:
            weighed = self.weighed(key, code, month)
            return None if weighed is None else (weighed[0], *weighed[2:])
        return self.additive(key, code, month)

    def additive(self, key: int, code: str, month: Month) -> Figure | None:
        entry = self.catalog[code]
        own = self.standing(key, code, month)
        if level_of(key) is Level.VILLAGE:
            return None if own is None else (own[0], int(own[1]), int(not own[1]), 0)
        below = [self.additive(child, code, month) for child in self.children(key)]
        parts = [part for part in below if part is not None and entry.aggregation is not Aggregation.NONE]
        prefers_own = own is not None and level_of(key).rank < Level.COUNTY.rank and not self.regions[key].is_whole
        if parts and not prefers_own:
            values = [part[0] for part in parts]
            if entry.aggregation is Aggregation.COUNT and level_of(key) is Level.TOWN:
                values = [Fraction(int(value is not None and value > 0)) for value in values]
            total = sum((value for value in values if value is not None), Fraction(0))
            return (total, sum(p[1] for p in parts), sum(p[2] for p in parts), sum(p[3] for p in parts))
        return None if own is None else (own[0], 0, 0, 1)

    def weighed(
        self, key: int, code: str, month: Month
    ) -> tuple[Fraction | None, Fraction | None, int, int, int] | None:
        """(percent, weight, reported, carried, totals)."""
        own = self.own_ratio(key, code, month)
        if level_of(key) is Level.VILLAGE:
            return None if own is None else (own[0], own[1], int(own[2]), int(not own[2]), 0)
        parts = [part for child in self.children(key) if (part := self.weighed(child, code, month)) is not None]
        weighted = [(part[0], part[1]) for part in parts if part[0] is not None and part[1] is not None]
        counts = (sum(p[2] for p in parts), sum(p[3] for p in parts), sum(p[4] for p in parts))
        prefers_own = own is not None and level_of(key).rank < Level.COUNTY.rank and not self.regions[key].is_whole
        if weighted and not prefers_own:
            weight = sum((w for _, w in weighted if w is not None), Fraction(0))
            amount = sum((v * w for v, w in weighted if v is not None and w is not None), Fraction(0))
            return (amount / weight, weight, *counts)
        if own is not None:
            return own[0], own[1], 0, 0, 1
        return (None, None, *counts) if parts else None


def kinds_reported(catalog: Catalog, level: Level) -> list[str]:
    """Codes that may be reported at a level."""
    return [
        code
        for code, entry in catalog.items()
        if level in entry.report_levels
        and not (entry.aggregation is Aggregation.COUNT and level is not Level.VILLAGE)
        and not (entry.kind is Kind.ATTRIBUTE and level.rank < Level.TOWN.rank)
    ]
