"""Names of regions: as people say them, and the forms they are loosely written in."""

import re
import unicodedata

from ecodash.domain.region_keys import Level

# The published spellings of a committee, with the slips of the pen the source has: 委会, 委员, 会员, a doubled 会.
_COMMITTEE_TAIL = r"委(?:员会|会员|会|员)?[会委员民]?$"
_VILLAGE_SUFFIX = re.compile(rf"(?:(?P<residents>居民?)|(?P<herders>牧民?)|(?P<villagers>村民|村)){_COMMITTEE_TAIL}")
_PLAIN_COMMITTEE = re.compile(rf"(?<=嘎查|社区)(?:人民)?{_COMMITTEE_TAIL}|(?<=村|队|场|居)委员会?$")
_NATURE_NOTE = re.compile(r"\((?:农村)?社区\)+$|\((?:特殊)?村委会\)+$|\(含[^()]*委\)+$")
_TAIL_NOTE = re.compile(r"(?:\([^()]*\)+)+$")
_PLACE_PREFIX = re.compile(r"[^()]*[省市县区州旗盟]\d*")
_UNNAMED = re.compile(r"(?:村|社区|嘎查|虚拟.*|生活区|.*委员?会.*)?")
_TOWN_SUFFIX = re.compile(r"(?:街道办事处|街道|民族乡|镇|乡|办事处)$")
_VILLAGE_KIND = re.compile(r"(?:村|社区|嘎查)$")
_KIND_NOTE = re.compile(r"\((?:行政)?(?:村|社区)\)$")
_UPPER_KIND = re.compile(r"(?:特别行政区|自治[区州县旗]|[省市县区旗盟])$")
_SHORTEST_UPPER = 2
_NUMBERED = re.compile(r"\s*(?:\(\d{1,3}\)\s*[.、]?|\d{1,3}\s*[.、,:)]|[一二三四五六七八九十]{1,3}\s*、)\s*(?=[^\d\s])")
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
    if name.isalnum() and unicodedata.is_normalized("NFKC", name):
        return name.casefold()  # nearly every name, without the slower folding
    return _FOLD_DROP.sub("", unicodedata.normalize("NFKC", name)).casefold()


def is_plain_village(name: str) -> bool:
    """Whether a name says that it is a village's, as nearly all do: 董泉村, 百花社区."""
    return _VILLAGE_KIND.search(name) is not None


def loose_village_names(name: str) -> tuple[str, ...]:
    """The forms a village's name is matched under, strictest first: as folded, without committee, without 村/社区.

    董泉村民委员会, 董泉村（社区）, 董泉行政村 → itself, 董泉村, 董泉.
    """
    folded = shown = fold_name(name)
    if "委" in folded or "行政村" in folded or not name.isalnum():
        plain = _KIND_NOTE.sub("", unicodedata.normalize("NFKC", name).strip())
        committee = fold_name(display_name(plain, Level.VILLAGE))
        shown = fold_name(display_name(committee, Level.VILLAGE)).replace("行政村", "村")
    bare = _VILLAGE_KIND.sub("", shown) or shown
    return tuple(dict.fromkeys((folded, shown, bare)))


def loose_upper_name(name: str) -> str:
    """A county's, city's or province's name without 县, 市, 区, 省; as it is where little would be left."""
    folded = fold_name(name)
    bare = _UPPER_KIND.sub("", folded)
    return bare if len(bare) >= _SHORTEST_UPPER else folded


def loose_town_name(name: str) -> str:
    """A town's name without 镇, 乡, 街道."""
    folded = fold_name(name)
    return _TOWN_SUFFIX.sub("", folded) or folded


def without_number(name: str) -> str:
    """A name without the number it is listed under: 1.董泉村, （2）董泉村, 三、董泉村."""
    folded = unicodedata.normalize("NFKC", name)
    numbered = _NUMBERED.match(folded)
    return folded[numbered.end() :] if numbered else name
