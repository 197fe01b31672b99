"""Regions: statistical codes, their 12-digit keys, levels, names and the tree of a month.

A region's key is its code as a 12-digit integer, short codes padded with zeros (430321 → 430321000000), so that a
region and everything below it is one range of integers. The country itself is key 0.

Source of codes: National Bureau of Statistics, 统计用区划代码: province 2, city 4, county 6, town 9, village 12 digits.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from ecodash.errors import RegionUnknown


class Level(StrEnum):
    """Level of a region, highest first."""

    COUNTRY = "country"
    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    TOWN = "town"
    VILLAGE = "village"

    @property
    def rank(self) -> int:
        """0 for the country to 5 for a village."""
        return LEVELS.index(self)

    @property
    def span(self) -> int:
        """How many keys a region of this level covers."""
        return _SPAN[self]

    @property
    def label(self) -> str:
        """The level in Chinese."""
        return _LABEL[self]


LEVELS = tuple(Level)
_DIGITS = {
    Level.COUNTRY: 0,
    Level.PROVINCE: 2,
    Level.CITY: 4,
    Level.COUNTY: 6,
    Level.TOWN: 9,
    Level.VILLAGE: 12,
}
_SPAN: dict[Level, int] = {level: 10 ** (12 - digits) for level, digits in _DIGITS.items()}
_LABEL = {
    Level.COUNTRY: "全国",
    Level.PROVINCE: "省",
    Level.CITY: "市",
    Level.COUNTY: "县",
    Level.TOWN: "乡镇",
    Level.VILLAGE: "村",
}
COUNTRY_KEY = 0
_CODE = re.compile(r"0|\d{2}|\d{4}|\d{6}|\d{9}|\d{12}")


def region_key(code: str) -> int:
    """The 12-digit key of a code of 2, 4, 6, 9 or 12 digits, or "0" for the country.

    Raises:
        RegionUnknown: the text has another length or is not digits.
    """
    text = unicodedata.normalize("NFKC", code).strip()
    if not _CODE.fullmatch(text) or not text.isascii():
        raise RegionUnknown(f"区划代码“{code[:40]}”不是 2、4、6、9 或 12 位数字。", "请核对统计用区划代码。")
    return int(text.ljust(12, "0"))


def level_of(key: int) -> Level:
    """The level a key stands for. Codes such as 441900 (a county-level code of a city without counties) count as
    the higher level: both name the same area."""
    for level in LEVELS:
        if key % level.span == 0:
            return level
    raise ValueError(f"not a region key: {key}")


def region_code(key: int) -> str:
    """The shortest code of a key: 430321000000 → "430321", 0 → "0"."""
    return f"{key:012d}"[: _DIGITS[level_of(key)]] or "0"


def ancestor_key(key: int, level: Level) -> int:
    """The key of the region at this level that contains the key."""
    return key - key % level.span


def key_range(key: int) -> tuple[int, int]:
    """Half-open range [lo, hi) of the keys of a region and all below it."""
    return key, key + level_of(key).span


def child_level(level: Level) -> Level:
    """The level below; a village is its own."""
    return LEVELS[min(level.rank + 1, len(LEVELS) - 1)]


# ── names ──────────────────────────────────────────────────────────────────────────────────────────────────────────

# The published spellings of a committee, with the slips of the pen the source has: 委会, 委员, 会员, a doubled 会.
_COMMITTEE_TAIL = r"委(?:员会|会员|会|员)?[会委员民]?$"
_VILLAGE_SUFFIX = re.compile(rf"(?:(?P<residents>居民?)|(?P<herders>牧民?)|(?P<villagers>村民|村)){_COMMITTEE_TAIL}")
_PLAIN_COMMITTEE = re.compile(rf"(?<=嘎查|社区)(?:人民)?{_COMMITTEE_TAIL}|(?<=村|队|场|居)委员会?$")
_NATURE_NOTE = re.compile(r"\((?:农村)?社区\)+$|\((?:特殊)?村委会\)+$|\(含[^()]*委\)+$")
_TAIL_NOTE = re.compile(r"(?:\([^()]*\)+)+$")
_PLACE_PREFIX = re.compile(r"[^()]*[省市县区州旗盟]\d*")
_UNNAMED = re.compile(r"(?:村|社区|嘎查|虚拟.*|生活区|.*委员?会.*)?")
_TOWN_SUFFIX = re.compile(r"(?:街道办事处|街道|民族乡|镇|乡|办事处)$")
_FOLD_DROP = re.compile(r"[\s·・.()()【】\[\]\u200b-\u200f\ufeff]+")


def display_name(full_name: str, level: Level, parent_name: str = "") -> str:
    """A region's name as people say it: the committee suffix removed, the published name kept elsewhere.

    东岳村村民委员会 → 东岳村, 三合村委会 → 三合村, 近圣社区居民委员会 → 近圣社区, 洮川居委会 → 洮川社区,
    巴彦嘎查委员会 → 巴彦嘎查, 红光村委会(三叉河) → 红光村(三叉河),
    (韶山市清溪镇花园村村民委员会会, parent 清溪镇) → 花园村, but (庙镇居委会, parent 庙镇) → 庙镇社区.
    """
    name = unicodedata.normalize("NFKC", full_name).strip()
    if level is not Level.VILLAGE:
        return name
    whole = _without_committee(name)
    if parent_name:
        before, parent, after = name.partition(parent_name)
        if parent and after and (not before or _PLACE_PREFIX.fullmatch(before)):
            own = _without_committee(after)
            # 临江镇社区, 某林场虚拟生活区: what follows the town is no name of its own.
            if not _UNNAMED.fullmatch(own):
                return own
    return whole


def _without_committee(name: str) -> str:
    """A village's name without 村民委员会, 居委会 and their like; 村 or 社区 is added where the name has neither."""
    stripped = _NATURE_NOTE.sub("", name) or name
    note = _TAIL_NOTE.search(stripped)
    tail = note.group() if note else ""
    core = stripped[: len(stripped) - len(tail)]
    match = _VILLAGE_SUFFIX.search(core)
    if not match or not match.start():
        return (_PLAIN_COMMITTEE.sub("", core) or core) + tail
    stem = core[: match.start()]
    if match["residents"]:
        return (stem if stem.endswith("社区") else stem + "社区") + tail
    return (stem if stem.endswith(("村", "社区", "嘎查")) else stem + "村") + tail


def village_type(name: str, full_name: str) -> str:
    """村, 社区 or 其他 (farms, virtual units), by the name as displayed and as published."""
    plain = _TAIL_NOTE.sub("", name)
    if "虚拟" in full_name or "特殊村委会" in full_name:
        return "其他"
    if plain.endswith("社区"):
        return "社区"
    if plain.endswith(("村", "嘎查")) or "村委会" in full_name or "村民委员会" in full_name:
        return "村"
    return "其他"


def fold_name(name: str) -> str:
    """The comparable form of a loosely written name: width folded, spaces and brackets dropped."""
    return _FOLD_DROP.sub("", unicodedata.normalize("NFKC", name)).casefold()


def loose_village_names(name: str) -> tuple[str, ...]:
    """The forms a village's name is matched under, strictest first: as folded, without committee, without 村/社区."""
    folded = fold_name(name)
    shown = fold_name(display_name(folded, Level.VILLAGE))
    bare = re.sub(r"(?:村|社区|嘎查)$", "", shown) or shown
    return tuple(dict.fromkeys((folded, shown, bare)))


def loose_town_name(name: str) -> str:
    """A town's name without 镇, 乡, 街道."""
    folded = fold_name(name)
    return _TOWN_SUFFIX.sub("", folded) or folded


# ── the tree ───────────────────────────────────────────────────────────────────────────────────────────────────────


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
    """The regions of a store, looked up by key, by parent and by loose name. Immutable once built."""

    def __init__(self, regions: Iterable[Region]) -> None:
        self._by_key = {region.key: region for region in sorted(regions, key=lambda r: r.key)}
        self._keys_of: dict[Level, list[int]] = {level: [] for level in LEVELS}
        for key in self._by_key:
            self._keys_of[level_of(key)].append(key)
        self._villages: dict[tuple[int, str], list[Region]] = {}
        self._towns: dict[str, list[Region]] = {}
        self._others: dict[str, list[Region]] = {}
        for region in self._by_key.values():
            if region.level is Level.VILLAGE:
                town = ancestor_key(region.key, Level.TOWN)
                forms = dict.fromkeys((*loose_village_names(region.name), *loose_village_names(region.full_name)))
                for form in forms:
                    self._villages.setdefault((town, form), []).append(region)
            elif region.level is Level.TOWN:
                for form in dict.fromkeys((fold_name(region.name), loose_town_name(region.name))):
                    self._towns.setdefault(form, []).append(region)
            else:
                self._others.setdefault(fold_name(region.name), []).append(region)

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
            name: a village (董泉村, 董泉, 董泉村委会, 石潭镇董泉村), town, county, city or province.
            within: key of the region the name is to be looked for in.
            town: the town's name where it is known apart.
        Returns:
            Candidates in code order; one means the name is clear, none means unknown.
        """
        lo, hi = key_range(within)

        def inside(regions: list[Region]) -> list[Region]:
            return [r for r in regions if lo <= r.key < hi]

        folded = fold_name(name)
        if not folded:
            return []
        if town:
            towns = self._town_candidates(town, lo, hi)
            return self._villages_named(folded, [t.key for t in towns])
        for found in (
            inside(self._others.get(folded, [])),
            inside(self._towns.get(folded, [])),
            self._villages_named(folded, self._town_keys(lo, hi)),
            inside(self._towns.get(loose_town_name(name), [])),
        ):
            if found:
                return found
        return self._prefixed_village(folded, lo, hi)

    def _town_candidates(self, town: str, lo: int, hi: int) -> list[Region]:
        for form in (fold_name(town), loose_town_name(town)):
            found = [r for r in self._towns.get(form, []) if lo <= r.key < hi]
            if found:
                return found
        return []

    def _town_keys(self, lo: int, hi: int) -> list[int]:
        keys = self._keys_of[Level.TOWN]
        return keys[bisect_left(keys, ancestor_key(lo, Level.TOWN)) : bisect_left(keys, hi)]

    def _villages_named(self, folded: str, towns: list[int]) -> list[Region]:
        for form in loose_village_names(folded):
            found = [r for town in towns for r in self._villages.get((town, form), [])]
            if found:
                return found
        return []

    def _prefixed_village(self, folded: str, lo: int, hi: int) -> list[Region]:
        """石潭镇董泉村: a town's name followed by a village's."""
        for length in range(len(folded) - 1, 1, -1):
            towns = self._towns.get(folded[:length], [])
            keys = [t.key for t in towns if lo <= ancestor_key(t.key, Level.TOWN) < hi or t.key == lo]
            found = self._villages_named(folded[length:], keys)
            if found:
                return found
        return []
