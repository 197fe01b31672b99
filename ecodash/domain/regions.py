"""Regions and the tree of a store. Keys, levels and the forms of names are defined beside it and named here too."""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property

from ecodash.domain.region_columns import Region, RegionColumns
from ecodash.domain.region_index import NameIndex
from ecodash.domain.region_keys import (
    COUNTRY_KEY,
    LEVELS,
    Level,
    ancestor_key,
    child_level,
    key_range,
    level_of,
    region_code,
    region_key,
)
from ecodash.domain.region_names import (
    display_name,
    fold_name,
    loose_town_name,
    loose_upper_name,
    loose_village_names,
    village_type,
    without_number,
)
from ecodash.errors import RegionUnknown

__all__ = [
    "COUNTRY_KEY",
    "LEVELS",
    "Level",
    "Region",
    "RegionColumns",
    "RegionTree",
    "ancestor_key",
    "child_level",
    "display_name",
    "fold_name",
    "key_range",
    "level_of",
    "loose_town_name",
    "loose_upper_name",
    "loose_village_names",
    "region_code",
    "region_key",
    "village_type",
    "without_number",
]


class RegionTree:
    """The regions of a store, looked up by key, by parent and by loose name. Immutable once built.

    Args:
        regions: in any order, or as columns.
        aliases: former names of regions, as key and name.
    """

    def __init__(self, regions: Iterable[Region] | RegionColumns, aliases: Iterable[tuple[int, str]] = ()) -> None:
        self._regions = regions if isinstance(regions, RegionColumns) else RegionColumns.of(regions)
        self._keys_of: dict[Level, array[int]] = {level: array("q") for level in LEVELS}
        self._keys_of[Level.VILLAGE] = array("q", [key for key in self._regions.keys if key % Level.TOWN.span])
        for key in self._regions.keys:
            if not key % Level.TOWN.span:
                self._keys_of[level_of(key)].append(key)
        self._aliases = tuple(aliases)

    def __iter__(self) -> Iterator[Region]:
        return iter(self._regions)

    def __len__(self) -> int:
        return len(self._regions)

    def __contains__(self, key: object) -> bool:
        return key in self._regions

    def find(self, key: int) -> Region | None:
        return self._regions.find(key)

    def get(self, key: int) -> Region:
        """The region of a key.

        Raises:
            RegionUnknown: the store does not hold it.
        """
        region = self._regions.find(key)
        if region is None:
            raise RegionUnknown(
                f"本系统没有区划代码 {region_code(key)}。", "请核对代码，或先用 init --region 加入该地区。"
            )
        return region

    def parent_of(self, key: int) -> int:
        """Key of the nearest ancestor the tree holds; the country where none does."""
        level = level_of(key)
        for above in reversed(LEVELS[: level.rank]):
            candidate = ancestor_key(key, above)
            if candidate != key and (candidate in self._regions or above is Level.COUNTRY):
                return candidate
        return COUNTRY_KEY

    def children_of(self, key: int) -> list[Region]:
        """The regions whose nearest ancestor in the tree this is, in code order."""
        keys = self._regions.keys
        place, end = bisect_left(keys, key + 1), bisect_left(keys, key_range(key)[1])
        found = []
        while place < end:
            # What contains others comes before them: the first is a child, and all within it are not.
            child = keys[place]
            found.append(child)
            place = bisect_left(keys, key_range(child)[1], place, end)
        return self._regions.those(found)

    def under(self, key: int, level: Level) -> list[Region]:
        """All regions of one level at or below a region, in code order."""
        lo, hi = self._span(key, level)
        return self._regions.those(self._keys_of[level][lo:hi])

    def count(self, key: int, level: Level) -> int:
        """How many regions of one level there are at or below a region."""
        lo, hi = self._span(key, level)
        return hi - lo

    def village_counts(self, key: int, level: Level, month: int) -> dict[int, int]:
        """Villages at or below a region that exist in a month (yyyymm), by the key of the region of a level they lie
        in; only regions that have any."""
        keys = self._keys_of[Level.VILLAGE]
        place, end = self._span(key, Level.VILLAGE)
        counts: dict[int, int] = {}
        while place < end:
            above = ancestor_key(keys[place], level)
            following = bisect_left(keys, above + level.span, place, end)
            counts[above] = following - place
            place = following
        lo, hi = key_range(key)
        for one in self._limited[bisect_left(self._limited, lo) : bisect_left(self._limited, hi)]:
            if not self.get(one).is_valid(month):
                counts[ancestor_key(one, level)] -= 1
        return {above: count for above, count in counts.items() if count}

    @cached_property
    def _limited(self) -> list[int]:
        """Keys of the villages that do not always exist."""
        return [key for key in self._regions.limited() if key % Level.TOWN.span]

    def _span(self, key: int, level: Level) -> tuple[int, int]:
        """Places of the first and behind the last of a level's keys at or below a region."""
        lo, hi = key_range(key)
        keys = self._keys_of[level]
        return bisect_left(keys, lo), bisect_left(keys, hi)

    def has_any(self, key: int, level: Level) -> bool:
        """Whether there is any region of a level at or below a region."""
        return self.count(key, level) > 0

    def path_of(self, key: int) -> list[Region]:
        """From the highest ancestor below the country down to the region itself."""
        path = [self.get(key)] if key in self else []
        while key != COUNTRY_KEY:
            key = self.parent_of(key)
            if key != COUNTRY_KEY and key in self:
                path.insert(0, self.get(key))
        return path

    def named(self, name: str, *, within: int = COUNTRY_KEY, town: str = "") -> list[Region]:
        """Regions a loosely written name may mean, the strictest form that matches anything.

        Args:
            name: a village (董泉村, 董泉, 董泉村委会, 石潭镇董泉村, 1.董泉村), town, county, city or province, with or
                without the names of what contains it before it. A former name is taken where no region bears it now.
            within: key of the region the name is to be looked for in.
            town: the town's name where it is known apart.
        Returns:
            Candidates in code order; one means the name is clear, none means unknown.
        """
        if town:
            towns = self.named_at(town, Level.TOWN, within=within)
            return [village for one in towns for village in self.named_at(name, Level.VILLAGE, within=one.key)]
        scope = key_range(within)
        return self._first(name, lambda text: self._names.current(text, scope) or self._names.former(text, scope))

    def named_at(self, name: str, level: Level, *, within: int = COUNTRY_KEY) -> list[Region]:
        """Towns or villages a loosely written name may mean, whatever else bears it: 石潭 as a village is 石潭社区."""
        scope = key_range(within)

        def find(text: str) -> list[int]:
            if level is Level.TOWN:
                found = self._names.towns(text, scope) or _at(level, self._names.prefixed(fold_name(text), scope))
            else:
                found = self._names.villages(text, scope) or _at(level, self._names.prefixed(fold_name(text), scope))
            return found or _at(level, self._names.former(text, scope))

        return self._first(name, find)

    def is_former(self, region: Region, name: str) -> bool:
        """Whether a name, loosely written, is one the region once bore and bears no longer."""
        scope = (region.key, region.key + 1)
        for text in _writings(name):
            if region.key in self._names.current(text, scope):
                return False
        return any(region.key in self._names.former(text, scope) for text in _writings(name))

    def _first(self, name: str, find: Callable[[str], list[int]]) -> list[Region]:
        for text in _writings(name):
            found = find(text)
            if found:
                return [self.get(key) for key in found]
        return []

    @cached_property
    def _names(self) -> NameIndex:
        return NameIndex(self._regions.names(), [(key, name) for key, name in self._aliases if key in self])


def _at(level: Level, keys: list[int]) -> list[int]:
    return [key for key in keys if level_of(key) is level]


def _writings(name: str) -> list[str]:
    """A name as written, and without a number before it."""
    plain = without_number(name)
    return [name] if plain == name else [name, plain]
