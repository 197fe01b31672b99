"""Keys and levels of regions: statistical codes as 12-digit integers.

A region's key is its code as a 12-digit integer, short codes padded with zeros (430321 → 430321000000), so that a
region and everything below it is one range of integers. The country itself is key 0.

Source of codes: National Bureau of Statistics, 统计用区划代码: province 2, city 4, county 6, town 9, village 12 digits.
"""

import re
import unicodedata
from enum import StrEnum

from ecodash.errors import RegionUnknown
from ecodash.i18n import gettext, marked


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
        return _RANK[self]

    @property
    def span(self) -> int:
        """How many keys a region of this level covers."""
        return _SPAN[self]

    @property
    def label(self) -> str:
        """The level in the language of the context."""
        return gettext(_LABEL[self])


LEVELS = tuple(Level)
_DIGITS = {
    Level.COUNTRY: 0,
    Level.PROVINCE: 2,
    Level.CITY: 4,
    Level.COUNTY: 6,
    Level.TOWN: 9,
    Level.VILLAGE: 12,
}
_RANK = {level: rank for rank, level in enumerate(LEVELS)}
_SPAN: dict[Level, int] = {level: 10 ** (12 - digits) for level, digits in _DIGITS.items()}
_LABEL = {
    Level.COUNTRY: marked("全国"),
    Level.PROVINCE: marked("省"),
    Level.CITY: marked("市"),
    Level.COUNTY: marked("县"),
    Level.TOWN: marked("乡镇"),
    Level.VILLAGE: marked("村"),
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
    if key % 1_000:
        return Level.VILLAGE
    if key % 1_000_000:
        return Level.TOWN
    if key % 100_000_000:
        return Level.COUNTY
    if key % 10_000_000_000:
        return Level.CITY
    return Level.PROVINCE if key % 1_000_000_000_000 else Level.COUNTRY


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
