"""What the villages of the three stores report: each figure follows from village, indicator and month alone, so that a
county reports the same in every store it is part of."""

from dataclasses import dataclass

from bench.workload import NEWEST
from ecodash.catalog.regions import RegionBook
from ecodash.domain.periods import Month
from ecodash.domain.regions import COUNTRY_KEY, Level, Region, RegionTree, ancestor_key
from ecodash.settings import PROJECT_ROOT

VERSION = 1
"""Raised when the workload changes, so that no store built before is measured."""
SIZES = (400, 20_000, 690_000)
COUNTY = 371602000000
"""滨城区, which is whole in every size, with its first 400 villages."""
PROVINCE = "37"
MONTHS = tuple(NEWEST.plus(-before) for before in reversed(range(24)))
CORRECTED = tuple(NEWEST.plus(-before) for before in (0, 1, 0, 1, 0, 1))
"""The month each of the six corrections is about."""
_FIRST_INVENTED = 900
"""Villages beyond those of the book have numbers from here on in their towns: the book's end below."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """One indicator and how its figures are drawn, as SQL.

    Args:
        figure: over size (1 to 4, of the village), h (64 random bits of the cell), g (of village and indicator), t (the
            month's place, 0 to 23), and households and natural_villages of the village.
        fix: what a correction makes of a figure v, never the same; over v and h, and more than zero.
    """

    code: str
    figure: str
    fix: str = "v + 1 + h % 3"


ATTRIBUTES = (
    Drawn("households", "80 + g % 150 * size"),
    Drawn("natural_villages", "1 + g % (3 * size)"),
)
"""Reported once, for the first month."""
MONTHLY = (
    Drawn("garbage_cleared", "5 * size + h % 2000 * size / 100.0", "v + 1 + h % 300 / 100.0"),
    Drawn("waste_service_rate", "least(100, 60 + g % 20 + t * 0.6 + h % 100 / 10.0)", "greatest(1, v - 1.5)"),
    Drawn("cleaners", "1 + g % (2 * size) + h % 2"),
    Drawn("household_toilets_built", "h % 100 * (h // 128 % 4 = 0)::INTEGER * size // 20"),
    Drawn("public_toilets", "g % (2 * size) + t // 6"),
    Drawn("sanitary_toilet_households", "least(households, households * (40 + g % 20 + t * 3 // 2) // 100 + h % 3)"),
    Drawn("sewer_pipe_laid", "h % 900 * (h // 1024 % 5 = 0)::INTEGER / 1000.0", "v + (1 + h % 300) / 1000.0"),
    Drawn("sewage_households", "least(households, households * (15 + g % 25 + t) // 100 + h % 2)"),
    Drawn("clutter_cleared", "h % (8 * size)"),
    Drawn("patrols", "4 + h % (6 * size)"),
    Drawn("problems_found", "1 + h % (4 * size)"),
    Drawn("funds_invested", "h % 4000 * (h // 4096 % 3 = 0)::INTEGER * size / 1000.0", "v + (1 + h % 900) / 1000.0"),
)
"""Eight flows, three stocks that grow (two of them parts of ratios), and a percentage as reported, which weighs by the
natural villages; three in a hundred are missing."""
RATIOS = ("waste_service_rate", "sanitary_toilet_rate", "sewage_coverage_rate")
CODES = tuple(drawn.code for drawn in MONTHLY)
"""The twelve indicators of a month."""
ASKED = (*CODES, *RATIOS[1:])
"""What a page about them shows: the twelve, and the ratios their parts make."""


def regions(villages: int) -> list[Region]:
    """The country and its regions down to exactly so many villages: one county, counties of a province, or all."""
    book = RegionBook(PROJECT_ROOT / "data")
    if villages > 100_000:
        return _with_invented(book.regions([str(COUNTRY_KEY)]), villages)
    held = book.regions([PROVINCE])
    tree = RegionTree(held)
    kept: set[int] = set()
    others = [county.key for county in tree.under(COUNTRY_KEY, Level.COUNTY) if county.key != COUNTY]
    for county in (COUNTY, *others):
        most = 400 if county == COUNTY else villages
        kept.update(village.key for village in tree.under(county, Level.VILLAGE)[: min(most, villages - len(kept))])
        if len(kept) == villages:
            break
    kept |= {ancestor_key(key, level) for key in kept for level in Level}
    return [region for region in held if region.key in kept]


def _with_invented(held: list[Region], villages: int) -> list[Region]:
    """The book's regions, 400 villages of the one county, and invented villages in all other towns until there are
    enough."""
    extra_of_county = [r.key for r in held if ancestor_key(r.key, Level.COUNTY) == COUNTY and r.level is Level.VILLAGE]
    dropped = set(extra_of_county[400:])
    kept = [region for region in held if region.key not in dropped]
    towns = [
        region for region in kept if region.level is Level.TOWN and ancestor_key(region.key, Level.COUNTY) != COUNTY
    ]
    missing = villages - sum(region.level is Level.VILLAGE for region in kept)
    taken = {region.key for region in kept}
    invented: list[Region] = []
    number = 1
    while len(invented) < missing:
        for town in towns:
            key = town.key + _FIRST_INVENTED + number
            if key not in taken and len(invented) < missing:
                invented.append(Region(key, f"新增{number}村", f"新增{number}村村民委员会", "村"))
        number += 1
    return sorted([*kept, *invented], key=lambda region: region.key)


def place_of(month: Month) -> int:
    """A month's place, 0 for the first."""
    return MONTHS[0].months_until(month)
