"""Finding regions by loosely written names: an index of keys, without the regions themselves."""

from bisect import bisect_left
from collections.abc import Iterable

from ecodash.domain.region_keys import LEVELS, Level, level_of
from ecodash.domain.region_names import (
    fold_name,
    is_plain_village,
    loose_town_name,
    loose_upper_name,
    loose_village_names,
)


class NameIndex:
    """Keys of regions by the forms of their names.

    Args:
        names: key, name and name as published of each region, by key.
        aliases: key and former name.
    """

    def __init__(self, names: Iterable[tuple[int, str, str]], aliases: Iterable[tuple[int, str]]) -> None:
        self._exact: dict[Level, dict[str, list[int]]] = {level: {} for level in LEVELS}
        self._loose: dict[Level, dict[str, list[int]]] = {level: {} for level in LEVELS}
        self._former: dict[str, list[int]] = {}
        for key, name, full_name in names:
            level = level_of(key)
            exact, loose = self._exact[level], self._loose[level]
            both = (name,) if name == full_name else (name, full_name)
            own = dict.fromkeys(map(fold_name, both))
            for form in own:
                exact.setdefault(form, []).append(key)
            # 董泉村 and 董泉村村民委员会 have the same looser forms.
            bearing = both[:1] if is_plain_village(name) and full_name.startswith(name) else both
            for form in dict.fromkeys(form for one in bearing for form in _loose_forms(one, level)):
                if form not in own:
                    loose.setdefault(form, []).append(key)
        self._above: dict[str, list[int]] = {}
        for level in LEVELS[Level.PROVINCE.rank : Level.VILLAGE.rank]:
            for forms in (self._exact[level], self._loose[level]):
                for form, keys in forms.items():
                    self._above.setdefault(form, []).extend(keys)
        for key, name in sorted(aliases):
            for form in (fold_name(name), *_loose_forms(name, level_of(key))):
                held = self._former.setdefault(form, [])
                if key not in held:
                    held.append(key)

    def current(self, name: str, scope: tuple[int, int]) -> list[int]:
        """Keys in a scope, of the highest level and the strictest form that matches; of a place within a place too."""
        return self._within(name, scope, Level.COUNTRY)

    def _within(self, name: str, scope: tuple[int, int], beneath: Level) -> list[int]:
        folded = fold_name(name)
        if not folded:
            return []
        return (
            self._upper(folded, scope, self._exact)
            or _inside(self._exact[Level.TOWN].get(folded), scope)
            or _inside(self._exact[Level.VILLAGE].get(folded), scope)
            or _inside(self._loose[Level.TOWN].get(folded), scope)
            or self._bare(name, folded, scope)
            or self.towns(name, scope)
            or self.prefixed(folded, scope, beneath)
        )

    def former(self, name: str, scope: tuple[int, int]) -> list[int]:
        """Keys in a scope of regions that once bore a name."""
        if not self._former:
            return []
        for form in loose_village_names(name):
            found = _inside(self._former.get(form), scope)
            if found:
                return found
        return []

    def towns(self, name: str, scope: tuple[int, int]) -> list[int]:
        """Keys of the towns a name may mean."""
        folded, bare = fold_name(name), loose_town_name(name)
        exact, loose = self._exact[Level.TOWN], self._loose[Level.TOWN]
        return (
            _inside(exact.get(folded), scope)
            or _inside(loose.get(folded), scope)
            or _merged(_inside(exact.get(bare), scope), _inside(loose.get(bare), scope))
        )

    def villages(self, name: str, scope: tuple[int, int]) -> list[int]:
        """Keys of the villages a name may mean."""
        forms = loose_village_names(name)
        exact, loose = self._exact[Level.VILLAGE], self._loose[Level.VILLAGE]
        for form in forms:
            # A village that is called so goes before one that is called so for short.
            found = _inside(exact.get(form), scope) or _inside(loose.get(form), scope)
            if found:
                return found
        return []

    def _bare(self, name: str, folded: str, scope: tuple[int, int]) -> list[int]:
        """A village by a looser form; 湘潭 may be the county as well as a village."""
        villages = self.villages(name, scope)
        return _merged(self._upper(folded, scope, self._loose), villages)

    def _upper(self, folded: str, scope: tuple[int, int], forms: dict[Level, dict[str, list[int]]]) -> list[int]:
        found: list[int] = []
        for level in LEVELS[: Level.TOWN.rank]:
            found = _merged(found, _inside(forms[level].get(folded), scope))
        return found

    def prefixed(self, folded: str, scope: tuple[int, int], beneath: Level = Level.COUNTRY) -> list[int]:
        """石潭镇董泉村, 湘潭县石潭镇: the name of what contains a place, of a level beneath one, then the place's own."""
        for length in range(len(folded) - 1, 1, -1):
            found: list[int] = []
            for above in self._above.get(folded[:length], ()):
                level = level_of(above)
                lo, hi = max(above, scope[0]), min(above + level.span, scope[1])
                if lo < hi and level.rank > beneath.rank:
                    rest = folded[length:]
                    below = (
                        self.villages(rest, (lo, hi)) if level is Level.TOWN else self._within(rest, (lo, hi), level)
                    )
                    found = _merged(found, [key for key in below if key != above])
            if found:
                return found
        return []


def _loose_forms(name: str, level: Level) -> tuple[str, ...]:
    if level is Level.VILLAGE:
        return loose_village_names(name)
    return (loose_town_name(name),) if level is Level.TOWN else (loose_upper_name(name),)


def _inside(keys: list[int] | None, scope: tuple[int, int]) -> list[int]:
    """Of keys in order those in a half-open range."""
    if not keys:
        return []
    return keys[bisect_left(keys, scope[0]) : bisect_left(keys, scope[1])]


def _merged(one: list[int], other: list[int]) -> list[int]:
    return sorted({*one, *other}) if one and other else one or other
