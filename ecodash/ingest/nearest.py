"""The names nearest to one that no region bears. They are only ever suggested, never taken."""

from dataclasses import dataclass

from rapidfuzz import fuzz, process

from ecodash.domain.regions import (
    Level,
    Region,
    RegionTree,
    fold_name,
    key_range,
    loose_town_name,
    loose_upper_name,
    loose_village_names,
    without_number,
)
from ecodash.ingest.mistyped import simplified, sounds

SUGGESTED = 3
_CANDIDATES = 12
_LONGEST = 40
_BUDGET = 12_000_000
"""Comparing a name with every other is slow: so many comparisons are made for one file."""


@dataclass(frozen=True, slots=True)
class _Pool:
    """Names to compare with, bare of 村, 镇, 县, and how they sound."""

    regions: list[Region]
    names: list[str]
    sounds: list[str]


class NearestNames:
    """Names like a given one in a tree: by their characters, and by their sound as 河花 is like 荷花."""

    def __init__(self, tree: RegionTree) -> None:
        self._tree = tree
        self._pools: dict[tuple[tuple[Level, ...], int], _Pool] = {}
        self._known: dict[tuple[str, tuple[Level, ...], int], list[Region]] = {}
        self._budget = _BUDGET

    def of(self, text: str, levels: tuple[Level, ...], within: int) -> list[Region]:
        """At most three regions of these levels at or below a region, the nearest first; none where nothing is alike.

        Beyond a large number of comparisons nothing is suggested any more.
        """
        asked = text, levels, within
        if asked not in self._known:
            self._known[asked] = self._find(text, levels, within)
        return self._known[asked]

    def _find(self, text: str, levels: tuple[Level, ...], within: int) -> list[Region]:
        if self._budget <= 0:
            return []
        folded = simplified(fold_name(without_number(text[:_LONGEST])))
        if Level.VILLAGE in levels:
            folded, within = self._below_town(folded, within)
        pool = self._pool(levels, within)
        self._budget -= 2 * len(pool.names)
        if not folded:
            return []
        name = _bare(folded)
        sound = sounds(name)
        likely = {
            place
            for query, choices in ((name, pool.names), (sound, pool.sounds))
            for _, _, place in process.extract(query, choices, scorer=fuzz.ratio, limit=_CANDIDATES, score_cutoff=1)
        }

        def likeness(place: int) -> float:
            return fuzz.ratio(name, pool.names[place]) + fuzz.ratio(sound, pool.sounds[place])

        ranked = sorted(likely, key=lambda place: (-likeness(place), pool.regions[place].key))
        return [pool.regions[place] for place in ranked[:SUGGESTED]]

    def _below_town(self, folded: str, within: int) -> tuple[str, int]:
        """石潭镇东泉村: the village part, and the town it is to be looked for in."""
        for length in range(len(folded) - 1, 1, -1):
            towns = self._tree.named_at(folded[:length], Level.TOWN, within=within)
            if len(towns) == 1 and folded[:length].endswith(fold_name(towns[0].name)):
                return folded[length:], towns[0].key
        return folded, within

    def _pool(self, levels: tuple[Level, ...], within: int) -> _Pool:
        if (levels, within) not in self._pools:
            lo, hi = key_range(within)
            regions = [r for level in levels for r in self._tree.under(within, level) if lo <= r.key < hi]
            names = [_bare(fold_name(region.name)) for region in regions]
            self._pools[levels, within] = _Pool(regions, names, [sounds(name) for name in names])
        return self._pools[levels, within]


def _bare(folded: str) -> str:
    """A name without 村, 镇, 县, which all names share."""
    village = loose_village_names(folded)[-1]
    if village != folded:
        return village
    town = loose_town_name(folded)
    return town if town != folded else loose_upper_name(folded)
