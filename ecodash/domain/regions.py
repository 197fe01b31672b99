"""Regions and the tree of a store. Keys, levels and the forms of names are defined beside it and named here too."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

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


@dataclass(frozen=True, slots=True)
class Region:
    """One region.

    Args:
        key: 12-digit key.
        name: as people say it.
        full_name: as published.
        kind: 村, 社区, 其他 for villages; empty above.
        first_month, last_month: months (yyyymm) of validity; 0 and 999912 where open.
        successor: key of the region that followed it, where it ended.
        is_whole: whether everything below it is known; False for the province of an installation for one county.
    """

    key: int
    name: str
    full_name: str
    kind: str = ""
    first_month: int = 0
    last_month: int = 999912
    successor: int | None = None
    is_whole: bool = True

    @property
    def level(self) -> Level:
        return level_of(self.key)

    @property
    def code(self) -> str:
        return region_code(self.key)

    def is_valid(self, month: int) -> bool:
        """Whether the region exists in a month (yyyymm)."""
        return self.first_month <= month <= self.last_month


class RegionTree:
    """The regions of a store, looked up by key, by parent and by loose name. Immutable once built.

    Args:
        regions: in any order.
        aliases: former names of regions, as key and name.
    """

    def __init__(self, regions: Iterable[Region], aliases: Iterable[tuple[int, str]] = ()) -> None:
        self._by_key = {region.key: region for region in sorted(regions, key=lambda r: r.key)}
        self._keys_of: dict[Level, list[int]] = {level: [] for level in LEVELS}
        for key in self._by_key:
            self._keys_of[level_of(key)].append(key)
        self._aliases = tuple(aliases)

    def __iter__(self) -> Iterator[Region]:
        return iter(self._by_key.values())

    def __len__(self) -> int:
        return len(self._by_key)

    def __contains__(self, key: object) -> bool:
        return key in self._by_key

    def find(self, key: int) -> Region | None:
        return self._by_key.get(key)

    def get(self, key: int) -> Region:
        """The region of a key.

        Raises:
            RegionUnknown: the store does not hold it.
        """
        region = self._by_key.get(key)
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
            if candidate != key and (candidate in self._by_key or above is Level.COUNTRY):
                return candidate
        return COUNTRY_KEY

    def children_of(self, key: int) -> list[Region]:
        """The regions whose nearest ancestor in the tree this is, in code order."""
        return [r for r in self._by_key.values() if r.key != COUNTRY_KEY and self.parent_of(r.key) == key]

    def under(self, key: int, level: Level) -> list[Region]:
        """All regions of one level at or below a region, in code order."""
        lo, hi = key_range(key)
        keys = self._keys_of[level]
        return [self._by_key[found] for found in keys[bisect_left(keys, lo) : bisect_left(keys, hi)]]

    def has_any(self, key: int, level: Level) -> bool:
        """Whether there is any region of a level at or below a region."""
        lo, hi = key_range(key)
        keys = self._keys_of[level]
        return bisect_left(keys, lo) < bisect_left(keys, hi)

    def path_of(self, key: int) -> list[Region]:
        """From the highest ancestor below the country down to the region itself."""
        path = [self._by_key[key]] if key in self._by_key else []
        while key != COUNTRY_KEY:
            key = self.parent_of(key)
            if key != COUNTRY_KEY and key in self._by_key:
                path.insert(0, self._by_key[key])
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
                return [self._by_key[key] for key in found]
        return []

    @cached_property
    def _names(self) -> NameIndex:
        names = ((region.key, region.name, region.full_name) for region in self._by_key.values())
        return NameIndex(names, [(key, name) for key, name in self._aliases if key in self._by_key])


def _at(level: Level, keys: list[int]) -> list[int]:
    return [key for key in keys if level_of(key) is level]


def _writings(name: str) -> list[str]:
    """A name as written, and without a number before it."""
    plain = without_number(name)
    return [name] if plain == name else [name, plain]
