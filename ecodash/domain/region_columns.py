"""Many regions as columns: a country has 700,000, of which a page shows some hundred."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat

from ecodash.domain.region_keys import Level, level_of, region_code


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


Limits = tuple[int, int, int | None, bool]
"""Of a region that is not open at both ends, or has a successor, or is held in part: first_month and what follows it."""
_OPEN: Limits = (0, 999912, None, True)
_WHOLLY = "\0"
"""Stands before the published name of a region where that does not begin with its name."""


class RegionColumns:
    """Regions by key; a Region is made when it is first asked for. Names that many bear are held once.

    Args:
        keys: ascending, each once.
        names, full_names, kinds: one for each key.
        limits: by key, of those regions that have any.
    """

    def __init__(
        self,
        keys: Iterable[int],
        names: Iterable[str],
        full_names: Iterable[str],
        kinds: Iterable[str],
        limits: "dict[int, Limits]",
    ) -> None:
        held: dict[str, str] = {}
        same = held.setdefault
        self.keys = array("q", keys)
        self._names = [same(name, name) for name in names]
        endings = (
            full[len(name) :] if full.startswith(name) else _WHOLLY + full
            for name, full in zip(self._names, full_names, strict=True)
        )
        self._endings = [same(ending, ending) for ending in endings]
        self._kinds = [same(kind, kind) for kind in kinds]
        self._limits = limits
        self._made: list[Region | None] = list(repeat(None, len(self.keys)))

    @staticmethod
    def of(regions: Iterable[Region]) -> "RegionColumns":
        """These regions, in any order; of several with one key the last."""
        held = {region.key: region for region in regions}
        ordered = [held[key] for key in sorted(held)]
        limits = {one.key: (one.first_month, one.last_month, one.successor, one.is_whole) for one in ordered}
        return RegionColumns(
            (one.key for one in ordered),
            (one.name for one in ordered),
            (one.full_name for one in ordered),
            (one.kind for one in ordered),
            {key: found for key, found in limits.items() if found != _OPEN},
        )

    def __len__(self) -> int:
        return len(self.keys)

    def __iter__(self) -> Iterator[Region]:
        return map(self._at, range(len(self.keys)))

    def __contains__(self, key: object) -> bool:
        try:
            return self._place(key) is not None  # type: ignore[arg-type]
        except TypeError:
            return False

    def find(self, key: int) -> Region | None:
        """The region of a key."""
        place = self._place(key)
        return None if place is None else self._at(place)

    def those(self, keys: Sequence[int]) -> list[Region]:
        """The regions of keys that are all held, in their order; quick where they lie close together."""
        found, place = [], 0
        for key in keys:
            if place >= len(self.keys) or self.keys[place] != key:
                place = bisect_left(self.keys, key)
            found.append(self._at(place))
            place += 1
        return found

    def names(self) -> Iterator[tuple[int, str, str]]:
        """Key, name and name as published of each, by key."""
        for key, name, ending in zip(self.keys, self._names, self._endings, strict=True):
            yield key, name, _published(name, ending)

    def limited(self) -> list[int]:
        """Keys of those that did not or will not always exist, ascending."""
        return sorted(key for key, limits in self._limits.items() if limits[:2] != _OPEN[:2])

    def _place(self, key: int) -> int | None:
        place = bisect_left(self.keys, key)
        return place if place < len(self.keys) and self.keys[place] == key else None

    def _at(self, place: int) -> Region:
        made = self._made[place]
        if made is None:
            key, name = self.keys[place], self._names[place]
            limits = self._limits.get(key, _OPEN)
            made = Region(key, name, _published(name, self._endings[place]), self._kinds[place], *limits)
            self._made[place] = made
        return made


def _published(name: str, ending: str) -> str:
    return ending[1:] if ending.startswith(_WHOLLY) else name + ending
