"""The regions named in a title, a sheet's name or a file's name."""

import re
import unicodedata
from weakref import WeakKeyDictionary

from ecodash.domain.period_words import period_mentions
from ecodash.domain.regions import (
    COUNTRY_KEY,
    Level,
    Region,
    RegionTree,
    ancestor_key,
    fold_name,
    key_range,
    level_of,
)

_LONGEST_TEXT = 600
_LONGEST_NAME = 20
_SURE_LENGTH = 3
"""A shorter name (庙镇, 城区) is looked for only where something before it ends: a mark, or another place."""
_BREAK = re.compile(r"[^㐀-鿿\w]|[\d_]")
# Words of titles that end like the names of villages, some of which are names of villages too.
_COMMON_WORDS = re.compile(
    r"(?:新农|农|乡|山|渔|牧|行政|自然|示范|中心|重点|试点|文明|卫生|生态|美丽|特色|贫困|先进|后进|空心|城中|全)村$"
)
_AROUND = re.compile(
    r"农村人居环境(?:综合)?(?:整治|治理|提升)?|人居环境|(?:月|季|年)?(?:统计|汇总|情况|进度|上报|填报)?(?:月报)?(?:报表|表|台账|数据)$"
)


class _Names:
    """Keys of a tree's regions by their names."""

    def __init__(self, tree: RegionTree) -> None:
        self.keys: dict[str, list[int]] = {}
        for region in tree:
            if region.key != COUNTRY_KEY:
                self.keys.setdefault(fold_name(region.name), []).append(region.key)
        self.longest = min(_LONGEST_NAME, max(map(len, self.keys), default=0))


_NAMES: WeakKeyDictionary[RegionTree, _Names] = WeakKeyDictionary()


def places_in(text: str, tree: RegionTree, within: int) -> list[Region]:
    """Regions a title, a sheet's name or a file's name speaks of, in code order: the deepest ones.

    A name must stand there whole, with its 镇, 乡, 街道, 村, 社区, 县; without it only where the text says nothing else
    (a sheet named 石潭, or 石潭9月). 湘潭县石潭镇 is the town in that county. A name that several regions bear gives all of
    them.

    Returns:
        Regions at or below the one asked for; where the text speaks of none, counties and towns elsewhere: then the
        file is for somebody else.
    """
    plain, breaks = _without_periods(text[:_LONGEST_TEXT])
    found = _mentioned(plain, breaks, tree, within) or _alone(plain, tree, within)
    if not found and within != COUNTRY_KEY:
        elsewhere = _mentioned(plain, breaks, tree, COUNTRY_KEY)
        found = {
            key for key in elsewhere if level_of(key) in (Level.COUNTY, Level.TOWN) and not _contains_or_is(key, within)
        }
    deepest = {key for key in found if not any(_contains(key, other) for other in found)}
    return [tree.get(key) for key in sorted(deepest)]


def _alone(plain: str, tree: RegionTree, within: int) -> set[int]:
    """What a text names for short that says nothing else."""
    rest = _AROUND.sub("", plain.replace("\0", "")).strip("_-—()")
    named = tree.named(rest, within=within) if 1 < len(rest) <= _LONGEST_NAME else []
    return {region.key for region in named if region.key != within and region.level.rank >= Level.COUNTY.rank}


def _without_periods(text: str) -> tuple[str, set[int]]:
    """A text with width folded, without spaces and periods, and the places where a word begins."""
    for mention in reversed(period_mentions(text)):
        text = text[: mention.start] + "\0" + text[mention.end :]
    kept: list[str] = []
    breaks = {0}
    for char in unicodedata.normalize("NFKC", text):
        if char.isspace():
            breaks.add(len(kept))
            continue
        kept.append(char.casefold())
        if char == "\0" or _BREAK.match(char):
            breaks.add(len(kept))
    return "".join(kept), breaks


def _mentioned(plain: str, breaks: set[int], tree: RegionTree, within: int) -> set[int]:
    """Keys of the regions whose names stand in a text, the longest at each place."""
    names = _names_of(tree)
    found: set[int] = set()
    above: list[int] = []
    place, after_place = 0, -1
    while place < len(plain):
        starts_word = place in breaks or place == after_place
        for length in range(min(names.longest, len(plain) - place), 1, -1):
            name = plain[place : place + length]
            keys = names.keys.get(name)
            if keys and _is_meant(name, plain, place, starts_word, keys):
                keys = _in_scope(keys, above, within, touching=place == after_place)
                if keys:
                    above = keys
                    found.update(key for key in keys if not _contains(key, within))
                    place = after_place = place + length
                    break
        else:
            place += 1
    return found


def _is_meant(name: str, plain: str, place: int, starts_word: bool, keys: list[int]) -> bool:
    if all(level_of(key) is Level.VILLAGE for key in keys):
        # 生态文明村: the end of another word, unless it begins one or follows its town.
        return starts_word and (not _COMMON_WORDS.search(name) or len(plain) == len(name))
    return starts_word or len(name) >= _SURE_LENGTH


def _in_scope(keys: list[int], above: list[int], within: int, *, touching: bool) -> list[int]:
    """Of the regions of one name those a scope allows, and of these those in the places named before."""
    lo, hi = key_range(within)
    allowed = [key for key in keys if lo <= key < hi or _contains_or_is(key, within)]
    inside = [key for key in allowed if any(_contains(one, key) for one in above)]
    if inside:
        return inside
    if touching and above and all(level_of(key) is Level.VILLAGE for key in allowed):
        return []
    return allowed


def _contains(above: int, key: int) -> bool:
    return above != key and ancestor_key(key, level_of(above)) == above


def _contains_or_is(above: int, key: int) -> bool:
    return above == key or _contains(above, key)


def _names_of(tree: RegionTree) -> _Names:
    if tree not in _NAMES:
        _NAMES[tree] = _Names(tree)
    return _NAMES[tree]
